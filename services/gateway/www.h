/* www: the pages, which lie in www/ as they are served and are part of the program. */
#ifndef REDRESS_GATEWAY_WWW_H
#define REDRESS_GATEWAY_WWW_H

#include "services/gateway/gateway.h"

/* Answers with the file of a path, or 404. */
void www_call(struct call *c);

#endif
