/* plain: pages without a script, for whoever comes by a link in a message (plain.css). */
#ifndef REDRESS_GATEWAY_PLAIN_H
#define REDRESS_GATEWAY_PLAIN_H

#include <jansson.h>

#include "services/gateway/gateway.h"

/* Answers with a page. The title is text, `inside` is HTML. */
void plain_page(struct call *c, int status, struct text title, struct text inside);

/* A page of one paragraph of text. */
void plain_sentence(struct call *c, int status, const char *title, struct text text);

/* A name and its value for a list of them (<dl>) as HTML; "" without a value. */
struct text plain_term(struct call *c, const char *name, struct text value);

/* A member of a row as text, numbers in digits; "" when it is not there. */
struct text plain_member(struct call *c, const json_t *row, const char *name);

/* Who the actor of a link is: the part behind the kind ("person:ann"). */
struct text plain_who(struct text actor);

#endif
