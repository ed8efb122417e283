/* The contract of the sip service as C types; its rows and their meaning are in sip.def. */
#ifndef REDRESS_PROTO_SIP_H
#define REDRESS_PROTO_SIP_H

#define DEF_SERVICE sip
#define DEF_FILE    "proto/sip.def"
#include "common/def_types.h"

#endif
