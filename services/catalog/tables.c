/* tables: the catalog service as the runtime sees it. */
#define DEF_FOLD_VERSION 1
#define DEF_SINGLE       1
#define DEF_DOC                                                                                    \
    "Keeps the service model: clients and what they were promised, people and how they are "       \
    "reached, who holds which level of escalation, and the tokens that let people in."

#include "proto/catalog.h"

#include "common/def_tables.h"
