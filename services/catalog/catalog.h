/* catalog.h: what the files of this service share. The rules behind it all are in RULES.md; the
 * tables that name the functions of each row are in proto/catalog.def. */
#ifndef REDRESS_CATALOG_H
#define REDRESS_CATALOG_H

#include "proto/catalog.h"

#include "common/def_functions.h"

/* --- forms.c: how ids, zones, addresses, secrets and digests are written -----------------------
 */

bool form_id(struct text t);
bool form_zone(struct text t); /* whether there is such a zone is for whoever has the zones */
bool form_address(int32_t channel, struct text to);
bool form_secret(struct text t);
bool form_digest(struct text t);

/* --- group.c -----------------------------------------------------------------------------------
 */

/* Checks a line of escalation: everybody in it is on its side, nobody holds a level twice or stands
 * in for themselves. False when it refused, naming `holders`. */
bool holders_stand(struct view *v, const struct holder_list *holders, enum side side,
                   struct decision *d);

/* --- query.c ----------------------------------------------------------------------------------- */

/* Whoever asks in the name of one client sees nothing of the catalog. */
bool is_providers(const struct context *ctx);

#endif
