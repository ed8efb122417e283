/* tally: the rules of the test service. */
#include "tests/tally/tally.h"

static const struct text escalations = TEXT_OF("escalations"), refused = TEXT_OF("refused"),
                         unfit = TEXT_OF("unfit"), silent = TEXT_OF("silent");

enum { MARKS_MAX = 16 };

/* --- the counter ---------------------------------------------------------------------------- */

static bool fits(const struct context *ctx, const struct counter *c, int64_t amount,
                 struct decision *d)
{
    const struct tally_options *options = ctx->options;
    int64_t total = (c ? c->total : 0) + amount;
    if (total > options->total_max)
        REFUSE(d, too_much, "amount");
    else if (total < 0)
        REFUSE(d, below_zero, "amount");
    return total >= 0 && total <= options->total_max;
}

void target_counter_add(const void *command, struct entity_id *ret)
{
    const struct counter_add *add = command;
    ret->length = add->name.length;
    if (add->name.length)
        memcpy(ret->at, add->name.at, add->name.length);
}

void decide_counter_add(const struct context *ctx, struct view *v, const void *command,
                        struct decision *d)
{
    const struct counter_add *add = command;
    const struct counter *c = view_get(v, ENTITY_counter, add->name);
    if (add->serial && c && add->serial <= c->total) {
        decision_known(d);
        return;
    }
    if (!fits(ctx, c, add->amount, d))
        return;
    EMIT(d, counter_added, add->name, .amount = add->amount, .every = add->every,
         .ring_at = add->every ? ctx->now + add->every : 0, .mood = add->mood, .price = add->price,
         .has.price = add->has.price, .marks = add->marks, .labels = add->labels,
         .post_at = add->post ? ctx->now + add->post : 0);
}

void decide_counter_reset(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct counter_reset *reset = command;
    const struct counter *c = view_get(v, ENTITY_counter, reset->counter);
    (void)ctx;
    if (!c)
        decision_missing(d, "counter");
    else
        EMIT(d, counter_zeroed, reset->counter, .total = c->total);
}

void decide_counter_make(const struct context *ctx, struct view *v, const void *command,
                         struct decision *d)
{
    const struct counter_make *make = command;
    (void)v;
    struct text id = decision_id(d, "ctr", 0);
    if (!fits(ctx, NULL, make->total, d))
        return;
    EMIT(d, counter_added, id, .amount = make->total);
    if (make->total == 1000) /* two events about one entity, the second undoing the first */
        EMIT(d, counter_zeroed, id, .total = make->total);
}

static void keep_marks(struct fold *f, struct counter *c, const struct mark_list *marks)
{
    for (uint32_t i = 0; i < marks->count; i++) {
        if (c->marks.count == MARKS_MAX) {
            c->marks.at++; /* the oldest goes */
            c->marks.count--;
        }
        APPEND(f, &c->marks, &marks->at[i]);
    }
}

void apply_counter_added(struct fold *f, const void *event, void *entity)
{
    const struct counter_added *added = event;
    struct counter *c = entity;
    struct sums *sums = fold_aggregate(f, AGGREGATE_sums, (struct text){ 0 });
    sums->adds++;
    sums->total += added->amount;
    c->total += added->amount;
    if (added->every) {
        c->every = added->every;
        c->ring_at = added->ring_at;
    }
    if (added->mood)
        c->mood = added->mood;
    if (added->has.price)
        c->price = added->price;
    if (added->labels.count)
        c->labels = added->labels;
    if (added->post_at)
        c->post_at = added->post_at;
    keep_marks(f, c, &added->marks);
}

void apply_counter_zeroed(struct fold *f, const void *event, void *entity)
{
    struct counter *c = entity;
    struct sums *sums = fold_aggregate(f, AGGREGATE_sums, (struct text){ 0 });
    (void)event;
    sums->total -= c->total;
    c->total = 0;
}

void apply_counter_rang(struct fold *f, const void *event, void *entity)
{
    const struct counter_rang *rang = event;
    struct counter *c = entity;
    (void)f;
    c->rings++;
    c->ring_at = rang->ring_at;
}

int64_t due_counter(const void *entity)
{
    const struct counter *c = entity;
    return c->ring_at;
}

/* Rings that were missed while nobody was there are not made up for. While it is at 1, `unfit` says
 * what breaks its own row, and `silent` says nothing. */
void wake_counter(const struct context *ctx, struct view *v, struct text id, const void *entity,
                  struct decision *d)
{
    const struct counter *c = entity;
    int64_t missed = (ctx->now - c->ring_at) / c->every;
    (void)v;
    if (c->total == 1 && text_equal(id, silent))
        return;
    if (c->total == 1 && text_equal(id, unfit))
        EMIT(d, counter_rang, id, .ring_at = 0);
    else
        EMIT(d, counter_rang, id, .ring_at = c->ring_at + (missed + 1) * c->every);
}

void lapse_counter(void *entity, int64_t until)
{
    struct counter *c = entity;
    if (c->ring_at <= until)
        c->ring_at = 0;
    if (c->post_at <= until)
        c->post_at = 0;
}

bool index_counter_by_total(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct counter *c = entity;
    (void)client;
    (void)id;
    key_integer(k, c->total);
    return true;
}

/* --- letters -------------------------------------------------------------------------------- */

bool index_counter_by_post(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct counter *c = entity;
    (void)client;
    (void)id;
    key_integer(k, c->post_at);
    return c->post_at != 0;
}

/* A letter to a counter called like an address goes there; one to `nobody` is given up. As with
 * rings, of `unfit` no try can be said, and of `silent` none is. */
void attempt_counter(const struct context *ctx, struct view *v, struct text id, const void *entity,
                     struct decision *d, struct effect *ret)
{
    static const struct text nobody = TEXT_OF("nobody"), words = TEXT_OF("You counted.");
    const struct counter *c = entity;
    (void)v;
    if (text_equal(id, nobody)) {
        EMIT(d, counter_returned, id, .words = TEXT_OF("There is nobody."));
        return;
    }
    bool said = c->total != 1 || !text_equal(id, silent);
    if (said)
        EMIT(d, counter_posting, id,
             .attempt = c->total == 1 && text_equal(id, unfit) ? -1 : c->tries + 1);
    ret->kind = EFFECT_MAIL;
    ret->id = id;
    ret->to = id;
    ret->thread = ctx->client;
    ret->subject = words;
    ret->plain = effect_instant(ret, ctx->now, (struct text){ 0 });
}

void outcome_counter(const struct context *ctx, struct view *v, struct text id, const void *entity,
                     const struct outcome *o, struct decision *d)
{
    const struct counter *c = entity;
    (void)v;
    if (o->kind == OUTCOME_DELIVERED && c->total == 1)
        return; /* it says nothing of who got it by hand */
    if (o->kind != OUTCOME_FAILED)
        EMIT(d, counter_sent, id, .words = o->detail);
    else
        EMIT(d, counter_returned, id, .words = o->detail,
             .post_at = o->temporary ? ctx->now + SECONDS : 0);
}

void apply_counter_posting(struct fold *f, const void *event, void *entity)
{
    const struct counter_posting *posting = event;
    struct counter *c = entity;
    (void)f;
    c->tries = posting->attempt;
}

void apply_counter_sent(struct fold *f, const void *event, void *entity)
{
    const struct counter_sent *sent = event;
    struct counter *c = entity;
    (void)f;
    c->posted++;
    c->post_at = 0;
    c->words = sent->words;
}

void apply_counter_returned(struct fold *f, const void *event, void *entity)
{
    const struct counter_returned *returned = event;
    struct counter *c = entity;
    (void)f;
    c->post_at = returned->post_at;
    c->words = returned->words;
}

/* --- escalations ---------------------------------------------------------------------------- */

void copy_escalation_level_raised(struct fold *f, const void *event)
{
    const struct on_escalation_level_raised *raised = event;
    struct seen *s = fold_copy(f, ENTITY_seen, f->id);
    if (raised->level > s->level)
        s->level = raised->level;
}

void react_escalation_raised(const struct context *ctx, struct view *v, const void *event,
                             struct decision *d)
{
    const struct counter *c = view_get(v, ENTITY_counter, escalations);
    struct mark *marks = decision_alloc(d, 2 * sizeof *marks);
    (void)event;
    marks[0] = (struct mark){ .words = ctx->cause_event, .at = ctx->cause_time };
    marks[1] = (struct mark){ .words = ctx->cause_actor, .at = ctx->cause_time };
    if (text_equal(ctx->client, refused))
        REFUSE(d, unwanted, "");
    else if (fits(ctx, c, 1, d))
        EMIT(d, counter_added, escalations, .amount = 1, .marks = { marks, 2 });
}

void react_account_noted(const struct context *ctx, struct view *v, const void *event,
                         struct decision *d)
{
    static const struct text accounts = TEXT_OF("accounts");
    (void)event;
    if (fits(ctx, view_get(v, ENTITY_counter, accounts), 1, d))
        EMIT(d, counter_added, accounts, .amount = 1);
}

/* --- queries -------------------------------------------------------------------------------- */

void query_tally_totals(const struct context *ctx, struct view *v, const void *parameters,
                        struct answer *a)
{
    static const struct sums none;
    const struct sums *sums =
        view_get_of(v, AGGREGATE_sums, (struct text){ 0 }, (struct text){ 0 });
    (void)ctx;
    (void)parameters;
    answer_one(a, sums ? sums : &none);
}

void query_tally_spread(const struct context *ctx, struct view *v, const void *parameters,
                        struct answer *a)
{
    const struct tally_spread *q = parameters;
    struct band *bands = view_alloc(v, 2 * sizeof *bands);
    struct spread all = { .bands = { bands, 2 } };
    struct walk *w = view_walk(v, INDEX_counter_by_total, NULL, SCAN_MAX);
    struct found found;
    (void)ctx;
    bands[0].name = (struct text)TEXT_OF("small");
    bands[1].name = (struct text)TEXT_OF("large");
    while (view_next(w, &found)) {
        const struct counter *c = found.entity;
        all.counters++;
        all.sum += c->total;
        bands[c->total >= q->large].counters++;
    }
    if (q->large < 0)
        REFUSE_ANSWER(a, large_form, "large");
    answer_one(a, &all);
}

void settle_tally_spread(const void *parameters, void *result)
{
    const struct tally_spread *q = parameters;
    struct spread *all = result;
    enum { PERCENT = 1000000 };
    all->has.mean = all->counters > 0;
    all->mean = all->has.mean ? 10000 * all->sum / all->counters : 0;
    all->beyond = all->has.mean && all->mean >= 10000 * q->large;
    for (uint32_t i = 0; i < all->bands.count; i++) {
        struct band *b = (struct band *)(uintptr_t)&all->bands.at[i];
        b->has.share = all->counters > 0;
        b->share = all->counters ? PERCENT * b->counters / all->counters : 0;
    }
}

void query_tally_counters(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct tally_counters *wanted = parameters;
    struct walk *w = answer_walk(a, v, INDEX_counter_by_total, NULL);
    struct found found;
    (void)ctx;
    while (view_next(w, &found)) {
        const struct counter *c = found.entity;
        if (wanted->client.length && !text_equal(wanted->client, found.client))
            continue;
        const struct seen *s = view_get_of(v, ENTITY_seen, found.client, found.id);
        const struct counter_row row = {
            .total = c->total, .client = found.client, .name = found.id, .seen = s ? s->level : 0
        };
        if (!answer_row(a, &row))
            break;
    }
}
