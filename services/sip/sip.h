/* sip: what the parts of this service share. Rules: RULES.md. Private to services/sip. */
#ifndef REDRESS_SIP_H
#define REDRESS_SIP_H

#include "proto/sip.h"

#include "common/def_functions.h"
#include "common/wall.h"

#endif
