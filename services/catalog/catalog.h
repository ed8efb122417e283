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

/* --- check.c: what several nouns ask for; each says no itself, and is false then ----------------
 */

/* Somebody of the provider's, or nobody. */
bool provider_stands(struct view *v, struct text person, const char *field, struct decision *d);

/* Names of which the same does not stand twice; with `some`, at least one stands there. */
bool names_stand(const struct list *names, size_t size, size_t offset, bool some, const char *field,
                 struct decision *d);
#define NAMES_STAND(names, noun, some, field, d)                                                   \
    names_stand(&(const struct list){ (names)->at, (names)->count }, sizeof(struct noun##_name),   \
                offsetof(struct noun##_name, noun), (some), (field), (d))

/* Whether a text is empty, or blanks and ends of lines alone. */
bool says_nothing(struct text t);

/* At least one entry. */
bool some_stand(uint32_t count, const char *field, struct decision *d);

/* An end that is given is not before the beginning, or with `later` behind it. */
bool dates_stand(int64_t begin, int64_t end, bool later, const char *field, struct decision *d);

/* Targets: each in working time or in days, said once, response not behind resolve. */
bool terms_stand(const struct term_list *terms, struct decision *d);

/* Whether the group's partner is gone. */
bool is_group_gone(struct view *v, struct text group);

/* --- group.c -----------------------------------------------------------------------------------
 */

/* Checks a line of escalation: everybody in it is on its side, nobody holds a level twice or stands
 * in for themselves. False when it refused, naming `holders`. */
bool holders_stand(struct view *v, const struct holder_list *holders, enum side side,
                   struct decision *d);

/* --- query.c -----------------------------------------------------------------------------------
 */

/* Whoever asks in the name of one client sees nothing of the catalog. */
bool is_providers(const struct context *ctx);

/* --- roster_rota.c, duty.c ----------------------------------------------------------------------
 */

/* Who is on duty for a group at an instant, by the plan of its roster; "" when nobody is, or when
 * the group has no roster. For now it is who really is: a hand-over may wait to be accepted. */
struct text roster_person(const struct context *ctx, struct view *v, struct text group, int64_t at,
                          enum duty_source *ret_source);

/* To be called where a training changes: duties that ask for its skill are looked at anew. */
void duty_stir_training(struct view *v, const struct training *now, const struct training *is,
                        struct decision *d);

/* --- component.c -------------------------------------------------------------------------------
 */

bool component_is_part(const struct component *c, struct text service);

#endif
