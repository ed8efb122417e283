/* tables: the rows of the test service. */
#include "tests/tally/tally.h"

#define DEF_FOLD_VERSION 1
#define DEF_DOC          "Counts, for tests of the runtime."
#include "common/def_tables.h"
