/* handlers: the functions that proto/routes.def names. */
#ifndef REDRESS_GATEWAY_HANDLERS_H
#define REDRESS_GATEWAY_HANDLERS_H

#include "services/gateway/gateway.h"

#define ROUTE(method, path, access, body, handler, summary) call_handler handler;
#include "proto/routes.def"
#undef ROUTE

#endif
