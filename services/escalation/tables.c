/* tables: the escalation service as the runtime sees it. */
#define DEF_FOLD_VERSION 1
#define DEF_DOC                                                                                    \
    "Watches the clocks of tickets, raises escalations, keeps what clients perceive and were "     \
    "promised, and holds the closeout until client, managers and reviewers have had their say."

#include "services/escalation/escalation.h"

#include "common/def_tables.h"
