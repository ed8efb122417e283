/* What `redress import` takes: one row a kind of file. */
#include "services/cli/import.h"

const struct import_kind import_kinds[] = {
    { .word = "tickets",
      .service = "escalation",
      .command = "ticket.record",
      .summary = "escalation.ticket_summary",
      .shown = { "tickets", "made_sla", "missed_sla", "reopened", "escalations" },
      .doc = "tickets of another system; the mapping must be named" },
    { .word = "surveys",
      .service = "kpi",
      .command = "survey.record",
      .map = "surveys-csv",
      .doc = "surveys that were asked elsewhere, answered or not" },
    { .word = "time-entries",
      .service = "kpi",
      .command = "effort.record",
      .map = "time-entries-csv",
      .doc = "who worked on what, for how long, at which rate" },
    { .word = "contracts",
      .service = "kpi",
      .command = "contract.record",
      .map = "contracts-csv",
      .doc = "who is under contract, for how much, and who was lost" },
    { .word = "endpoints",
      .service = "kpi",
      .command = "endpoint.record",
      .map = "endpoints-csv",
      .doc = "how many endpoints a client has in a month" },
    { .word = NULL },
};

const struct import_kind *import_kind_named(struct text word)
{
    for (const struct import_kind *k = import_kinds; k->word; k++)
        if (text_equal(word, text_from(k->word)))
            return k;
    return NULL;
}
