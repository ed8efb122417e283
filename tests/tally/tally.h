/* tally: types and functions of the test service's rows. */
#ifndef REDRESS_TALLY_H
#define REDRESS_TALLY_H

#define DEF_SERVICE tally
#define DEF_FILE    "tests/tally/tally.def"

#include "common/def_types.h"

#include "common/def_functions.h"

#endif
