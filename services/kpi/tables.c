/* tables: the kpi service as the runtime sees it. */
#define DEF_FOLD_VERSION 2
#define DEF_DOC                                                                                    \
    "Observes tickets, surveys, efforts and contracts, answers every figure with its formula and " \
    "its interval, closes periods, and says what signals: chronic problems, detractors, hostages."

#include "services/kpi/kpi.h"

#include "common/def_tables.h"
