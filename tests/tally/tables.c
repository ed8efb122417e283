/* tables: the test service as a `const struct service`. */
#include "tests/tally/tally.h"

#define DEF_FOLD_VERSION 1
#define DEF_DOC          "Counts escalations of each client; a service for tests of the runtime only."
#include "common/def_tables.h"
