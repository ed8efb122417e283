/* totals: sums over the partition, under "", and over each client, under its name. Written by
 * folds only. */
#include "services/escalation/escalation.h"

void totals_add(struct fold *f, int aggregate, size_t offset, int64_t amount)
{
    uint8_t *all = fold_aggregate(f, aggregate, (struct text){ 0 });
    uint8_t *client = fold_aggregate(f, aggregate, f->client);
    *(int64_t *)(void *)(all + offset) += amount;
    *(int64_t *)(void *)(client + offset) += amount;
}

/* What one ticket adds to the totals, by its own state; a ticket not born adds nothing. */
static void add_ticket(struct ticket_totals *s, const struct ticket *t, int64_t sign)
{
    bool ours_met = t->verdict == verdict_met, ours_missed = t->verdict == verdict_missed;
    bool log_met = t->has.made_sla && t->made_sla;
    bool log_missed = t->has.made_sla && !t->made_sla;
    if (!t->moment)
        return;
    s->tickets += sign;
    s->made_sla += sign * log_met;
    s->missed_sla += sign * log_missed;
    s->reopened += sign * t->reopened;
    s->verdict_met += sign * ours_met;
    s->verdict_missed += sign * ours_missed;
    s->verdict_running += sign * (t->verdict == verdict_running);
    s->both_met += sign * (log_met && ours_met);
    s->both_missed += sign * (log_missed && ours_missed);
    s->log_met_ours_missed += sign * (log_met && ours_missed);
    s->log_missed_ours_met += sign * (log_missed && ours_met);
    s->agree = s->both_met + s->both_missed;
    s->disagree = s->log_met_ours_missed + s->log_missed_ours_met;
}

void totals_ticket(struct fold *f, const struct ticket *before, const struct ticket *after)
{
    struct ticket_totals *sums[] = { fold_aggregate(f, AGGREGATE_ticket_totals, (struct text){ 0 }),
                                     fold_aggregate(f, AGGREGATE_ticket_totals, f->client) };
    for (int i = 0; i < 2; i++) {
        add_ticket(sums[i], before, -1);
        add_ticket(sums[i], after, 1);
    }
}

void totals_levels(struct fold *f, int64_t from, int64_t to)
{
    static const size_t levels[] = {
        offsetof(struct ticket_totals, level_1), offsetof(struct ticket_totals, level_2),
        offsetof(struct ticket_totals, level_3), offsetof(struct ticket_totals, level_4),
        offsetof(struct ticket_totals, level_5), offsetof(struct ticket_totals, level_6),
    };
    for (int64_t level = from + 1; level <= to; level++)
        totals_add(f, AGGREGATE_ticket_totals, levels[level - 1], 1);
}
