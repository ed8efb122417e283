/* given_words: fields of a record as short words, so that a test reads like a log book.
 *
 * Instants are hours and minutes since the test's first midnight ("09:30", "49:00", "09:30:15"),
 * durations minutes ("90m"), dates "2026-01-05", booleans "yes", texts have _ for a space and may
 * have | for a slash, lists are elements joined by + whose fields are joined by /, lists within
 * lists by & and ; instead. What is not given at the end of an element is left out.
 */
#ifndef REDRESS_GIVEN_WORDS_H
#define REDRESS_GIVEN_WORDS_H

#include <stdio.h>

#include "common/msg/msg.h"

/* "09:30" as an instant; `now` is the word for the given one. Fails the test on anything else. */
int64_t words_instant(struct text word, int64_t now);

/* "90m" or "0" in microseconds. */
int64_t words_duration(struct text word);

/* " 09:30", with a leading space. */
void words_print_instant(FILE *out, int64_t instant);

/* Sets one field from its word; false when the record has no such field. */
bool words_set(const struct record *r, void *value, struct text name, struct text word, int64_t now,
               struct arena *a);

/* A record that begins with an id which was not said has this one. */
void words_set_id(const struct record *r, void *value, struct text id);

/* " name=word" for every field that is not zero. */
void words_print(FILE *out, const struct record *r, const void *value);

/* The next word of a line, blanks skipped; empty at the end of the line. Moves *line behind it. */
struct text words_next(const char **line);

#endif
