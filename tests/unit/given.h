/* given: a service's rules under test, without a store: given these events, when somebody says this
 * or time passes, then exactly these events follow, or exactly this refusal.
 *
 * It implements what service.h promises over lists in memory, with the real codec, and after every
 * test folds the whole log again and compares. A script is lines, each a time and what happens
 * then; time passes in between, and timers fire:
 *
 * - `09:00 ticket.record number=1 priority=2`: a command; its fields as given_words.h spells them.
 * - `09:30 bob@acme escalation.ack escalation=esc-1`: by whom, for which client; ann@acme when not
 *   said, ann@provider for a service with a single partition.
 * - `10:00 passes`: nothing but time.
 * - `12:00 starts`: the service was down; timers fire now, not when they were due.
 * - `12:00 frozen COMMAND ...`: timers stand still meanwhile, and fire with the next line, late.
 * - `12:00 adopts`: clock.adopted; everything due by then lapses.
 * - `12:00 query escalation.list ended=yes limit=2`: a query; of one client with @acme. With
 * `pages` all pages of it, where the query says where it goes on; with `place=` from that place.
 * - `12:00 copies client.changed acme targets=1/5m`: an event of the catalog, about acme.
 * - `12:00 bob@acme hears escalation.raised esc-1 level=1 ...`: an event of a followed service, by
 *   whom; `committed=11:00` says when there, `patient` that copies may lack something.
 * - `12:00 sends`: what waits to be sent is, and arrives; `fails rejected after=5m`: it does not,
 *   for that reason; `dies`: the process does, before it knows. With an id, only that.
 * - `option response_1=1m`: at any place before it matters.
 *
 * What comes out is a transcript of lines, without those events that the book calls quiet:
 *
 * - `09:30 ticket.reminded desk:1 clock=response ...`
 * - `refused CODE FIELD`, `known`, `missing FIELD`, `invalid FIELD`
 * - `row raised_at=09:00 ...`, `one rows=3 ...`
 *
 * An expected line need only hold some of the words of the line that came out, but every line must
 * be expected.
 */
#ifndef REDRESS_GIVEN_H
#define REDRESS_GIVEN_H

#include "common/service.h"

struct given_default {
    const char *command,
        *words; /* fields that a line of this command has when it does not say them */
};

struct given_book {
    const struct service_type *service;
    const struct given_default *defaults; /* ends with a NULL command */
    const char *const *quiet; /* types of events left out of transcripts; ends with NULL */
};

struct given_row {
    const char *words; /* the rule, as its reader would say it */
    const char *given, *when, *then; /* scripts, and the transcript of `when` */
};

/* Plays every row in a world of its own, names those that fail, and fails the test if any did. */
void given_rows(const struct given_book *book, const struct given_row *rows, size_t count);
#define GIVEN_ROWS(book, rows) given_rows((book), (rows), sizeof(rows) / sizeof *(rows))

/* Whether any script so far was refused so. */
bool given_refused(int refusal);

/* For tests that need loops: one world, begun and ended. */
void given_begin(const struct given_book *book);
void given_end(void);
/* Plays lines, made as printf does; what came out replaces the transcript before. */
const char *given_play(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Fails the test unless the transcript is as expected. */
void given_expect(const char *then);
/* An effect to write into, until the next line that sends something. */
struct effect *given_effect(void);

/* What was sent by the last line that sent something. */
const struct effect *given_sent(size_t n);
size_t given_sent_count(void);

/* The bytes that an entity takes in the state. */
size_t given_size(int entity, const char *client, const char *id);

#endif
