/* sip_report_private: what the parts of sip_report share. */
#ifndef REDRESS_EDGE_SIP_REPORT_PRIVATE_H
#define REDRESS_EDGE_SIP_REPORT_PRIVATE_H

#include "services/edge/sip_report.h"

/* What was answered: {client, name, programmes: [{programme, actions, reviews, exit, verdict,
 * charts: [[point]], lessons: [lesson]}]}; people: names by id. */
struct sip_report {
    json_t *document, *people;
    json_t *parameters; /* of what is asked now */
    char *client, *programme;
    int step; /* of the report, then of each programme (sip_report.c) */
    size_t at, part; /* which programme, which objective or lesson */
};

/* What somebody is called, or their id. */
const char *report_person(const struct sip_report *r, const char *id);

#endif
