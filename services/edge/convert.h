/* convert: values as people and files write them, into the fields of a record's struct (msg.h).
 *
 * Only the form is checked here ("not a number"); bounds, lengths and what is required are checked
 * once, by msg_check.
 */
#ifndef REDRESS_EDGE_CONVERT_H
#define REDRESS_EDGE_CONVERT_H

#include "common/msg/msg.h"

/* The row of that name, or NULL. Dashes count as underscores. */
const struct field *record_field(const struct record *r, struct text name);

/* Where a field's value lies in a struct, and saying that it is there. */
void *field_at(const struct field *f, void *record);
void field_given(const struct field *f, void *record);

/* One value in its text form into its field; lists and maps get one more element:
 * "level=1,after=PT10M" (the fields of the list's record; a comma that no "field=" follows belongs
 * to the value; a record of one field needs no name) and "key=value". Instants may be told from
 * `now`: "+PT30M", "-P1D". Texts are borrowed from `value`, the rest lies in the arena. 0, or
 * -EINVAL with *reterr naming the field and the rule. */
int field_set_text(const struct field *f, struct text value, int64_t now, struct arena *a,
                   void *record, struct msg_error *reterr);

/* Sets a map field to these pairs. */
void field_set_map(const struct field *f, const struct text_pair *pairs, uint32_t count,
                   void *record);

/* A form for people: "text of at most 64 bytes", "1 to 6", "active|resolved", "instant, or +PT30M
 * from now". */
struct text field_form(const struct field *f, struct arena *a);

/* "true" "yes" "1" "on" and their opposites, in any case. 0 or -EINVAL. */
int bool_parse(struct text t, bool *ret);

/* Decimal digits with an optional sign that fit. 0 or -EINVAL. */
int integer_parse(struct text t, int64_t *ret);

/* t without white space at both ends. */
struct text text_trim(struct text t);

#endif
