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

/* --- lists.c ---------------------------------------------------------------------------------- */

/* Equal in every element, in the same order. */
bool holders_equal(const struct holder_list *a, const struct holder_list *b);
bool people_equal(const struct person_name_list *a, const struct person_name_list *b);
bool targets_equal(const struct target_list *a, const struct target_list *b);
bool addresses_equal(const struct address_list *a, const struct address_list *b);

/* Checks the line of a client or a group: everybody in it is known and on its side, nobody holds a
 * level twice or stands in for themselves. False when it refused, naming `holders`. */
bool holders_stand(struct view *v, const struct holder_list *holders, enum side side,
                   struct decision *d);

/* --- needs.c: who still needs whom ------------------------------------------------------------ */

/* Counts, up or down (by is 1 or -1), what a client, group, person or token names. */
void needs_of_client(struct fold *f, const struct client *c, int64_t by);
void needs_of_group(struct fold *f, const struct group *g, int64_t by);
void needs_of_person(struct fold *f, const struct person *p, int64_t by);
void needs_of_token(struct fold *f, const struct token *t, int64_t by);

/* What needs them; zeroes when nothing does. */
const struct person_needs *needs_for_person(struct view *v, struct text id);
const struct client_needs *needs_for_client(struct view *v, struct text id);

#endif
