/* packet: what whoever comes on duty takes over, as one document: the turn of a roster, and in it
 * what is owed to clients, open escalations, reviews and actions of programmes, announced changes,
 * known risks (services/catalog/RULES.md, the hand-over packet). The gateway and the command line
 * ask what it asks and give it what is answered, all of it or nothing:
 *
 *     packet_begin
 *     while (packet_ask(p, &ask))
 *         packet_take(p, the rows of that query)
 *     packet_document                   unless !packet_found
 *     packet_end
 *
 * The document is JSON; packet_table and packet_html show it. It is the provider's own. */
#ifndef REDRESS_EDGE_PACKET_H
#define REDRESS_EDGE_PACKET_H

#include <jansson.h>
#include <stdbool.h>

#include "common/base/text.h"

struct packet;

/* What is to be asked next, of all partitions of a service that has several. The parameters are
 * borrowed until the next call. */
struct packet_ask {
    const char *service, *query;
    const json_t *parameters;
};

/* Of the turn that holds at an instant, written as queries take it; now when that is "". NULL when
 * there is no memory. */
struct packet *packet_begin(struct text roster, struct text at);
void packet_end(struct packet **where);

/* False: there is nothing more to be asked. */
bool packet_ask(struct packet *p, struct packet_ask *ret);

/* Takes the rows, borrowed, of what was asked. */
void packet_take(struct packet *p, const json_t *rows);

/* Whether there is such a roster. */
bool packet_found(const struct packet *p);

/* The document; `made` is an instant. Lists are sorted by what is due first. Each instant stands
 * there a second time, with `_local` behind its name, as walls in the zone of who comes show it.
 * The caller's. */
json_t *packet_document(const struct packet *p, int64_t made);

/* --- showing it --------------------------------------------------------------------------------
 */

/* Part i of a document as people read it: rows of texts by the names of `columns`. */
struct packet_part {
    const char *title, *none; /* none: what is said when there is nothing */
    const char *const *columns; /* ends with NULL */
    json_t *rows; /* the caller's */
};

/* False: there are no more parts. */
bool packet_part(const json_t *document, size_t i, struct packet_part *ret);

/* What stands above the parts, line by line: who comes, who goes, whether it was accepted, in whose
 * zone times are, whom it is about. The caller's to free; NULL when there is no memory. */
char *packet_heading(const json_t *document);

/* "Hand-over of NAME" */
enum { PACKET_TITLE = 200 };
void packet_title(const json_t *document, char out[static PACKET_TITLE]);

/* A page of HTML without a script. `style`: the address of its style sheet, or NULL: it is inside.
 * The caller's to free; NULL when there is no memory. */
char *packet_html(const json_t *document, const char *style);

#endif
