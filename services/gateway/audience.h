/* audience: what clients may see of an answer or an event, by the rows. Pure. */
#ifndef REDRESS_GATEWAY_AUDIENCE_H
#define REDRESS_GATEWAY_AUDIENCE_H

#include <jansson.h>

#include "common/msg/msg.h"

/* Whether there is anything in it for clients; what has nothing they are not told of at all. */
bool audience_any(const struct record *r);

/* A figure that people's answers make (its sums are those of surveys, proto/kpi/kpis.def) is told
 * to clients when so many answered: with fewer, whoever knows who was asked may know who said what.
 * 5 is what makers of survey tools report from (Betterworks Engage: "no lower than 5"; Quicksearch:
 * 5 for NPS and means; dialog.nl: 5). RULES.md of kpi, section 9, says what that protects and what
 * it does not. */
enum { ANSWERS_LEAST = 5 };

/* Removes every member of the object that r does not give to clients, inside lists too, where what
 * names a figure of the provider's own goes as a whole; and what r does not know. Of a figure that
 * answers make also what is CLIENT_COUNTED where fewer than ANSWERS_LEAST were counted beside it,
 * and what is CLIENT_UNCOUNTED but for limits beside the baseline that they come from; `withheld`
 * then says so. The figure is the one that the object or what it is in names, else `of_answers`
 * says of what kind it is. */
void audience_client(const struct record *r, json_t *object, bool of_answers);

/* The same for an array of objects, without those that audience_hides. */
void audience_client_rows(const struct record *r, json_t *rows, bool of_answers);

/* Whether the whole of it is not for clients: what is of a figure that is the provider's own
 * (INTERNAL in proto/kpi/kpis.def), as the field `kpi` says that its row requires; and what says so
 * itself, by a field `internal`. To be asked before audience_client. */
bool audience_hides(const struct record *r, const json_t *object);

/* The same of a question: of its parameters, a struct of r. */
bool audience_hides_question(const struct record *r, const void *parameters);

/* Whether a question names a figure that answers make. */
bool audience_of_answers(const struct record *r, const void *parameters);

#endif
