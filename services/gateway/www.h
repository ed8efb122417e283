/* www: the pages, which lie in www/ as they are served and are part of the program. */
#ifndef REDRESS_GATEWAY_WWW_H
#define REDRESS_GATEWAY_WWW_H

#include "services/gateway/gateway.h"

/* Answers with the file of a path, or 404. */
void www_call(struct call *c);

/* Answers with bytes that only another program changes: a browser that has them is told so. */
void www_send(struct call *c, const char *type, struct text bytes);

#endif
