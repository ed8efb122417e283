/* sip_report: the improvement programmes of one client as a report: register, plan, progress,
 * closeout, lessons; as JSON, as CSV and as a page to print. The gateway and the command line ask
 * what it asks and give it what is answered:
 *
 *     sip_report_begin
 *     while (sip_report_ask(r, &ask))
 *         sip_report_take(r, the rows of that query)     or NULL: they cannot be had
 *     sip_report_json, sip_report_csv or sip_report_html
 *     sip_report_end
 */
#ifndef REDRESS_EDGE_SIP_REPORT_H
#define REDRESS_EDGE_SIP_REPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "common/base/text.h"

struct sip_report;

/* What is to be asked next. The parameters are borrowed until the next call. */
struct sip_ask {
    const char *service, *query;
    const json_t *parameters; /* an object of texts, numbers and truths */
    bool provider; /* names of the provider's own: not for a client, who reads ids */
};

/* Of all programmes of a client, or of one when `programme` is not "". NULL when there is no
 * memory. */
struct sip_report *sip_report_begin(struct text client, struct text programme);
void sip_report_end(struct sip_report **where);

/* False: there is nothing more to be asked. */
bool sip_report_ask(struct sip_report *r, struct sip_ask *ret);

/* Takes the rows, borrowed, of what was asked. */
void sip_report_take(struct sip_report *r, const json_t *rows);

/* Whether there is anything to tell: a client without programmes has an empty register. */
size_t sip_report_count(const struct sip_report *r);

/* The report; `made` is the day it was made. The caller's to free; NULL when there is no memory. */
char *sip_report_json(const struct sip_report *r, const char *made);

/* RFC 4180: a row for each thing, the first column says of which part of the report. A text that a
 * spreadsheet would take for a formula gets an apostrophe before it. */
char *sip_report_csv(const struct sip_report *r, const char *made);

/* A page of HTML without a script. `style`: the address of its style sheet, or NULL: it is inside.
 */
char *sip_report_html(const struct sip_report *r, const char *made, const char *style);
extern const char sip_report_style[];

#endif
