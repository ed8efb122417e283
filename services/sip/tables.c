/* tables: the sip service as the runtime sees it. */
#define DEF_FOLD_VERSION 3
#define DEF_DOC                                                                                    \
    "Service improvement programmes: candidates with evidence, plans, actions and reviews, a "     \
    "closeout that is proved, and the watch for a relapse."

#include "services/sip/sip.h"

#include "common/def_tables.h"
