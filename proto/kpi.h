/* The contract of the kpi service as C types; its rows and their meaning are in kpi.def. */
#ifndef REDRESS_PROTO_KPI_H
#define REDRESS_PROTO_KPI_H

#define DEF_SERVICE kpi
#define DEF_FILE    "proto/kpi.def"
#include "common/def_types.h"

#endif
