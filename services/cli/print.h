/* print: data on standard output: JSON as the interface has it, and tables for people. */
#ifndef REDRESS_CLI_PRINT_H
#define REDRESS_CLI_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "common/msg/msg.h"

/* One line of JSON. 0 or -ENOMEM. */
int print_json(FILE *out, const json_t *value);

/* The JSON of the interface: like MessagePack's, but `sequence` and `epoch` are decimal strings,
 * because a JSON number is not exact everywhere (WIRE.md, HTTP). Changes the object and gives it
 * back. */
json_t *print_as_interface(json_t *object);

/* A list of objects as a table: a column for each of `names` (ends with NULL) that any row has;
 * NULL: the keys of the first row. Nothing is printed for an empty list. */
void print_table(FILE *out, const json_t *rows, const char *const *names);

/* One object, a line a key. */
void print_object(FILE *out, const json_t *object);

/* The names of a record's fields, in the arena, ending with NULL. */
const char *const *print_columns(const struct record *r, struct arena *a);

/* A value as text for people: instants to the second, control characters replaced (a ticket's text
 * must not speak to the terminal), lists and maps as JSON. Borrowed from the arena. */
struct text print_cell(const json_t *value, struct arena *a);

/* t with control characters replaced. */
struct text print_safe(struct text t, struct arena *a);

/* "2026-03-01 09:00:00" of an instant, for people: in UTC, without fractions. */
enum { PRINT_INSTANT_MAX = 32 };
void print_instant(int64_t instant, char out[static PRINT_INSTANT_MAX]);

#endif
