/* The contract of the catalog service as C types; its rows and their meaning are in catalog.def. */
#ifndef REDRESS_PROTO_CATALOG_H
#define REDRESS_PROTO_CATALOG_H

#define DEF_SERVICE catalog
#define DEF_FILE    "proto/catalog.def"
#include "common/def_types.h"

enum { /* of a roster, that are not over yet */
       CATALOG_OVERRIDES_MAX = 256,
       CATALOG_TEMPORARIES_MAX = 32,
};

#endif
