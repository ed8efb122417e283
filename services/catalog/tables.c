/* tables: the catalog service as the runtime sees it. */
#define DEF_FOLD_VERSION 2
#define DEF_SINGLE       1
#define DEF_DOC                                                                                    \
    "Keeps the service model and plan: clients and contracts, services and components, people, "   \
    "rosters and roles, groups and partners, procedures, objectives and risks; and the tokens "    \
    "that let people in."

#include "proto/catalog.h"

#include "common/def_tables.h"
