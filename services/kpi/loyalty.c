/* loyalty: satisfaction, behaviour and what binds, and what becomes of them: the quadrants, the
 * curve, the hostages, and what an announced change would do (RULES.md, loyalty). */
#include "services/kpi/loyalty.h"
#include "services/kpi/account.h"
#include "services/kpi/bucket.h"
#include "services/kpi/civil.h"
#include "services/kpi/contract.h"
#include "services/kpi/figure.h"
#include "services/kpi/period.h"
#include "services/kpi/phrase.h"

#include <string.h>

enum {
    UNIT = 10000, /* of satisfaction: ten-thousandths */
    HUNDREDTH = UNIT / 100,
    PRIOR = 3, /* the middle of 1 to 5, which counts as one answer more */
    RENEWAL_GAP = 31, /* days between a contract and the one that follows it */
    RATINGS = 5
};

int64_t hostage_notice(int64_t days_left)
{
    static const int64_t notices[] = { 30, 60, 90, 180 };
    for (size_t i = 0; i < sizeof notices / sizeof *notices; i++)
        if (days_left <= notices[i])
            return notices[i];
    return 0;
}

/* --- satisfaction ----------------------------------------------------------------------------- */

static int64_t rounded(int64_t numerator, int64_t denominator)
{
    return (2 * numerator + denominator) / (2 * denominator);
}

static void look_at_answers(const struct kpi_options *o, struct view *v, struct text client,
                            struct account_looked *look)
{
    const struct place p = { .client = client };
    struct survey_sums sums;
    bucket_sum(v, AGGREGATE_survey_sums, &p, look->day - o->satisfaction_days + 1, look->day, 0,
               &sums);
    look->answers = sums.rated;
    look->ratings = sums.ratings;
    if (!sums.rated)
        return;
    look->rating = (int32_t)rounded(sums.ratings, sums.rated);
    look->satisfaction = rounded((sums.ratings + PRIOR) * UNIT, sums.rated + 1);
}

/* --- behaviour, and what binds ---------------------------------------------------------------- */

/* What the contracts of a client come to, in the order of their first days. */
struct bonds {
    const struct kpi_options *options;
    struct account_looked *look;
    struct phrase *lock;
    int64_t first_value, ended; /* what it paid at first, and the last end so far */
    int64_t bound; /* until when it is bound, as said last */
    bool any;
};

/* A reason why it cannot easily leave: words, and a number or a text behind them. */
static struct phrase *lock(struct bonds *b, const char *words)
{
    if (b->lock->length)
        phrase_words(b->lock, "; ");
    phrase_words(b->lock, words);
    b->look->locked = true;
    return b->lock;
}

static void look_at_lock(struct bonds *b, const struct contract *c,
                         const struct contract_version *known, int64_t turn)
{
    const struct kpi_options *o = b->options;
    bool term = known->end - known->start + 1 >= o->lock_term;
    bool left = turn - b->look->day >= o->lock_left;
    if (turn && turn != b->bound && (term || left)) {
        char end[CIVIL_DATE_SIZE];
        civil_print(turn, end);
        b->bound = turn; /* contracts that end together bind once */
        phrase_text(lock(b, "bound until "), (struct text){ end, sizeof end });
    }
    if (c->exit_cost && c->exit_cost >= o->lock_exit * known->value) {
        phrase_number(lock(b, "leaving costs "), c->exit_cost / 100);
        phrase_words(b->lock, " ");
        phrase_text(b->lock, c->currency);
    }
    if (c->sole_source)
        (void)lock(b, "nobody else offers it");
}

/* What is paid in another currency cannot be added. */
static int64_t value_of(const struct contract_version *v)
{
    return v->valued ? v->value : 0;
}

static void look_at_contract(struct bonds *b, const struct contract *c)
{
    const struct contract_version *known = contract_known(c, 0);
    struct account_looked *look = b->look;
    if (known->status == contract_status_void || known->start > look->day)
        return;
    bool first = !b->any;
    b->any = true;
    if (first)
        look->customer_since = known->start;
    if (known->start == look->customer_since)
        b->first_value += value_of(&c->versions.at[0]);
    int64_t gap = known->start - b->ended;
    if (b->ended && -RENEWAL_GAP <= gap && gap <= RENEWAL_GAP)
        look->renewals++;
    if (known->end > b->ended)
        b->ended = known->end;
    if (!contract_covers(known, look->day))
        return;
    int64_t turn = contract_turn(c, look->day);
    if (turn > known->end) /* it went on by itself */
        look->renewals += (look->day - known->start) / (known->end - known->start + 1);
    if (turn && (!look->renewal || turn < look->renewal))
        look->renewal = turn;
    look->value += value_of(known);
    look_at_lock(b, c, known, turn);
}

static void look_at_contracts(const struct context *ctx, struct view *v, struct decision *d,
                              struct account_looked *look)
{
    struct bonds b = { .options = ctx->options,
                       .look = look,
                       .lock = decision_alloc(d, sizeof *b.lock) };
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, ctx->client);
    struct walk *w = view_walk(v, INDEX_contract_by_client, &key, UINT32_MAX);
    while (view_next(w, &found))
        look_at_contract(&b, found.entity);
    look->lock = phrase_is(b.lock);
    look->expanded = b.first_value && look->value > b.first_value;
    if (client_stands(v, ctx->client, look->day, 0))
        look->standing = standing_stays;
    else
        look->standing = b.any ? standing_lost : standing_unknown;
}

/* --- quadrants -------------------------------------------------------------------------------- */

static bool is_satisfied(const struct kpi_options *o, int64_t satisfaction)
{
    return satisfaction > o->satisfaction_cut * HUNDREDTH;
}

/* What is known of a client, and its satisfaction, as it is or would be. */
struct known {
    int64_t day, answers, customer_since, renewals;
    int32_t standing;
    bool expanded, locked;
};

static int32_t quadrant_of(const struct kpi_options *o, const struct known *k, int64_t satisfaction)
{
    bool stays = k->standing == standing_stays;
    bool stayed = k->day - k->customer_since >= o->loyal_days || k->renewals || k->expanded;
    if (!k->answers || k->standing == standing_unknown)
        return quadrant_undecided;
    if (is_satisfied(o, satisfaction))
        return stays && stayed ? quadrant_loyal : quadrant_mercenary;
    return stays && k->locked ? quadrant_hostage : quadrant_defector;
}

#define KNOWN(of)                                                                                  \
    {                                                                                              \
        .day = (of)->day, .answers = (of)->answers, .customer_since = (of)->customer_since,        \
        .renewals = (of)->renewals, .standing = (of)->standing, .expanded = (of)->expanded,        \
        .locked = (of)->locked                                                                     \
    }

void loyalty_look(const struct context *ctx, struct view *v, struct decision *d,
                  struct account_looked *look)
{
    look_at_answers(ctx->options, v, ctx->client, look);
    look_at_contracts(ctx, v, d, look);
    const struct known k = KNOWN(look);
    look->quadrant = quadrant_of(ctx->options, &k, look->satisfaction);
}

/* --- what would be ---------------------------------------------------------------------------- */

void loyalty_foresee(const struct kpi_options *o, int64_t delta, struct loyal_client *row)
{
    const struct known k = KNOWN(row);
    int64_t then = row->satisfaction + delta * HUNDREDTH;
    if (!row->answers)
        return;
    if (then < UNIT)
        then = UNIT;
    if (then > RATINGS * UNIT)
        then = RATINGS * UNIT;
    row->satisfaction_then = then;
    row->quadrant_then = quadrant_of(o, &k, then);
    row->crosses = is_satisfied(o, row->satisfaction) != is_satisfied(o, then);
}

int64_t loyalty_share(int64_t part, int64_t all)
{
    return all ? rounded(part * 100 * UNIT, all) : 0;
}

/* --- counting --------------------------------------------------------------------------------- */

static void count_quadrant(struct survey_sums *sums, int32_t quadrant, int64_t by)
{
    sums->loyal += quadrant == quadrant_loyal ? by : 0;
    sums->mercenary += quadrant == quadrant_mercenary ? by : 0;
    sums->defector += quadrant == quadrant_defector ? by : 0;
    sums->hostages += quadrant == quadrant_hostage ? by : 0;
}

/* The numbers of a class lie behind each other. */
static void count_curve(struct curve_sums *sums, int32_t rating, int32_t standing, int32_t quadrant,
                        int64_t by)
{
    int64_t *clients[] = { &sums->clients_1, &sums->clients_2, &sums->clients_3, &sums->clients_4,
                           &sums->clients_5 };
    int64_t *stay[] = { &sums->stay_1, &sums->stay_2, &sums->stay_3, &sums->stay_4, &sums->stay_5 };
    int64_t *hostages[] = { &sums->hostages_1, &sums->hostages_2, &sums->hostages_3,
                            &sums->hostages_4, &sums->hostages_5 };
    if (!rating || standing == standing_unknown)
        return;
    *clients[rating - 1] += by;
    *stay[rating - 1] += standing == standing_stays ? by : 0;
    *hostages[rating - 1] += quadrant == quadrant_hostage ? by : 0;
}

void loyalty_count(struct fold *f, const struct account *before, const struct account_looked *now)
{
    const struct place p = { .client = f->client };
    const struct text whose[] = { { 0 }, f->client };
    struct survey_sums sums = { 0 };
    for (size_t i = 0; i < sizeof whose / sizeof *whose; i++) {
        struct curve_sums *curve = fold_aggregate(f, AGGREGATE_curve_sums, whose[i]);
        count_curve(curve, before->rating, before->standing, before->quadrant, -1);
        count_curve(curve, now->rating, now->standing, now->quadrant, 1);
    }
    count_quadrant(&sums, before->quadrant, -1);
    count_quadrant(&sums, now->quadrant, 1);
    bucket_add(f, AGGREGATE_survey_sums, &p, now->day, now->day, 1, &sums);
}

/* Who is a hostage at the end of the last day: what became one by then, less what ceased to be. */
void hostage_sum(struct view *v, const struct place *p, int64_t to, int64_t as_of,
                 struct figure *ret)
{
    struct survey_sums sums;
    bucket_sum(v, AGGREGATE_survey_sums, p, month_of(to - RANGE_DAYS_MAX).from, to, as_of, &sums);
    ret->numerator += sums.hostages;
    ret->n += sums.loyal + sums.mercenary + sums.defector + sums.hostages;
}
