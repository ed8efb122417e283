/* tally: the test service's functions. One counter of a client is about one name; "escalations" is fed by a reaction. */
#include "tests/tally/tally.h"

static int64_t total_max(const struct context *ctx)
{
    const struct tally_options *options = ctx->options;
    return options->total_max;
}

static struct text id_of(struct text name)
{
    return name; /* a counter is called what it counts */
}

void target_counter_add(const void *command, struct entity_id *ret)
{
    const struct counter_add *c = command;
    ret->length = c->name.length;
    memcpy(ret->at, c->name.at, c->name.length);
}

void decide_counter_add(const struct context *ctx, struct view *v, const void *command,
                        struct decision *d)
{
    const struct counter_add *c = command;
    const struct counter *is = view_get(v, ENTITY_counter, id_of(c->name));
    int64_t total = is ? is->total : 0;
    if (c->serial && c->serial <= total) {
        decision_known(d);
        return;
    }
    if (total + c->amount > total_max(ctx))
        REFUSE(d, too_much, "amount");
    if (total + c->amount < 0)
        REFUSE(d, below_zero, "amount");
    EMIT(d, counter_added, id_of(c->name), .amount = c->amount, .every = c->every,
         .ring_at = c->every ? ctx->now + c->every : 0, .mood = c->mood, .price = c->price,
         .marks = c->marks, .labels = c->labels);
}

void decide_counter_reset(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct counter_reset *c = command;
    const struct counter *is = view_get(v, ENTITY_counter, c->counter);
    (void)ctx;
    EMIT(d, counter_zeroed, c->counter, .total = is->total);
}

void decide_counter_make(const struct context *ctx, struct view *v, const void *command,
                         struct decision *d)
{
    const struct counter_make *c = command;
    (void)ctx;
    (void)v;
    EMIT(d, counter_added, decision_id(d, "cnt", 0), .amount = c->total);
}

void apply_counter_added(struct fold *f, const void *event, void *entity)
{
    const struct counter_added *e = event;
    struct counter *c = entity;
    struct sums *sums = fold_aggregate(f, AGGREGATE_sums, (struct text){ 0 });
    c->total += e->amount;
    sums->adds++;
    sums->total += e->amount;
    if (e->every) {
        c->every = e->every;
        c->ring_at = e->ring_at;
    }
    if (e->mood)
        c->mood = e->mood;
    if (e->price)
        c->price = e->price;
    for (uint32_t i = 0; i < e->marks.count && c->marks.count < 16; i++)
        APPEND(f, &c->marks, &e->marks.at[i]);
    if (e->labels.count)
        c->labels = e->labels;
}

void apply_counter_zeroed(struct fold *f, const void *event, void *entity)
{
    const struct counter_zeroed *e = event;
    struct counter *c = entity;
    struct sums *sums = fold_aggregate(f, AGGREGATE_sums, (struct text){ 0 });
    sums->total -= e->total;
    c->total = 0;
}

void apply_counter_rang(struct fold *f, const void *event, void *entity)
{
    const struct counter_rang *e = event;
    struct counter *c = entity;
    (void)f;
    c->rings++;
    c->ring_at = e->ring_at;
}

int64_t due_counter(const void *entity)
{
    const struct counter *c = entity;
    return c->ring_at;
}

void wake_counter(const struct context *ctx, struct view *v, struct text id, const void *entity,
                  struct decision *d)
{
    const struct counter *c = entity;
    (void)ctx;
    (void)v;
    EMIT(d, counter_rang, id, .ring_at = c->ring_at + c->every);
}

void lapse_counter(void *entity, int64_t until)
{
    struct counter *c = entity;
    while (c->ring_at && c->ring_at <= until)
        c->ring_at += c->every;
}

bool index_counter_by_total(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct counter *c = entity;
    (void)client;
    (void)id;
    key_integer(k, c->total);
    return true;
}

void query_tally_totals(const struct context *ctx, struct view *v, const void *parameters,
                        struct answer *a)
{
    const struct sums *sums =
        view_get_of(v, AGGREGATE_sums, (struct text){ 0 }, (struct text){ 0 });
    const struct sums none = { 0 };
    (void)ctx;
    (void)parameters;
    answer_one(a, sums ? sums : &none);
}

void query_tally_counters(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct tally_counters *p = parameters;
    struct walk *w = answer_walk(a, v, INDEX_counter_by_total, NULL);
    struct found found;
    (void)ctx;
    while (view_next(w, &found)) {
        const struct counter *c = found.entity;
        if (!text_empty(p->client) && !text_equal(p->client, found.client))
            continue;
        const struct seen *seen = view_get_of(v, ENTITY_seen, found.client, found.id);
        const struct counter_row row = { .total = c->total,
                                         .client = found.client,
                                         .name = found.id,
                                         .seen = seen ? seen->level : 0 };
        if (!answer_row(a, &row))
            return;
    }
}

void copy_escalation_level_raised(struct fold *f, const void *event)
{
    const struct on_escalation_level_raised *e = event;
    struct seen *s = fold_copy(f, ENTITY_seen, f->id);
    if (e->level > s->level)
        s->level = e->level;
}

void react_escalation_raised(const struct context *ctx, struct view *v, const void *event,
                             struct decision *d)
{
    const struct text name = TEXT_OF("escalations"), unwanted = TEXT_OF("refused");
    (void)v;
    (void)event;
    if (text_equal(ctx->client, unwanted))
        REFUSE(d, unwanted, "");
    EMIT(d, counter_added, name, .amount = 1);
}
