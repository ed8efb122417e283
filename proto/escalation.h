/* The contract of the escalation service as C types; its rows and their meaning are in
 * escalation.def. */
#ifndef REDRESS_PROTO_ESCALATION_H
#define REDRESS_PROTO_ESCALATION_H

#define DEF_SERVICE escalation
#define DEF_FILE    "proto/escalation.def"
#include "common/def_types.h"

#endif
