/* sip_report_private: what the parts of sip_report share. */
#ifndef REDRESS_EDGE_SIP_REPORT_PRIVATE_H
#define REDRESS_EDGE_SIP_REPORT_PRIVATE_H

#include "services/edge/sip_report.h"

/* What was answered: {client, name, summary, programmes: [{programme, actions, reviews, exit,
 * verdict, charts: [[point]], lessons: [lesson]}]}; people: names by id. */
struct sip_report {
    json_t *document, *people;
    json_t *parameters; /* of what is asked now */
    char *client, *programme;
    int step; /* of the report, then of each programme (sip_report.c) */
    size_t at, part; /* which programme, which objective or lesson */
};

/* An action is done or left out; its day passed, and it is not even said to be done. */
bool report_has_ended(const json_t *action);
bool report_is_late(const json_t *action);

/* What the client's programmes come to: one figure of them, and its words. False: nothing of that
 * kind has happened, or it is not for whoever reads. */
enum { REPORT_FIGURES = 8 };
bool report_figure(const struct sip_report *r, size_t i, const char **ret_words, double *ret);

/* What a figure is told in, "percent"; "" of what is none. */
const char *report_unit(const char *kpi);

/* What somebody is called, or their id. */
const char *report_person(const struct sip_report *r, const char *id);

#endif
