/* signal: what the newest point of a series signals, and how that is to be read; see series.h. */
#include "services/kpi/counted.h"
#include "services/kpi/figure.h"
#include "services/kpi/series.h"

/* What is there at a point; it is said when it was not there at the one before. */
enum { ACTIVE_BAD = 1, ACTIVE_GOOD = 2, ACTIVE_ODD = 4, ACTIVE_DECAY = 8 };

enum { MISSED_IN_A_ROW = 2, REPETITION_LEAST = 3, TREND_POINTS = 6, EXPECTED_SCALE = 1000000 };

/* 0.001, as tails are given. */
#define REPETITION_TAIL INT64_C(1000000)

/* --- saying ----------------------------------------------------------------------------------- */

/* What all signals say: which series, against which baseline, and its newest points. */
static struct signal_found signal_of(const struct closing *c, enum signal_kind kind,
                                     enum signal_rule rule)
{
    struct signal_found e = { .kind = (int32_t)kind,
                              .rule = (int32_t)rule,
                              .kpi = (int32_t)c->kpi,
                              .service = c->place.service,
                              .component = c->place.component,
                              .sole_service = c->sole_service,
                              .from = c->now.from,
                              .to = c->now.to,
                              .target = c->target,
                              .baseline_from = c->baseline.baseline_from,
                              .baseline_to = c->baseline.baseline_to };
    struct observed_point *dots =
        decision_alloc(c->decision, EVIDENCE_MAX * sizeof(struct observed_point));
    int64_t first = c->series->points.count ? c->series->points.at[0].from : c->now.from;
    e.has.target = c->has_target;
    e.points.count = (uint32_t)dots_of(c, first, c->now.to, dots, EVIDENCE_MAX);
    e.points.at = dots;
    return e;
}

/* Whether the client's series said it for its sole service: what is seen in points alone, always;
 * what is measured by a target, where that is the same. */
static bool is_told(const struct closing *c, enum signal_kind kind)
{
    const struct series *s = c->of_client;
    if (!s)
        return false;
    switch (kind) {
    case signal_kind_missed:
        return s->missed_row == MISSED_IN_A_ROW &&
               s->points.at[s->points.count - 1].target == c->target;
    case signal_kind_chronic:
        return s->incapable && s->incapable_of == c->target;
    default:
        return true;
    }
}

/* A series gives at most one of a kind with a point. Whether it is said. */
static bool say(const struct closing *c, const struct signal_found *e)
{
    if (is_told(c, (enum signal_kind)e->kind))
        return false;
    decision_emit(c->decision, EVENT_signal_found,
                  decision_id(c->decision, "signal", (uint32_t)e->kind), e, sizeof *e);
    return true;
}

static void set_limits(struct signal_found *e, const struct limits *l, bool lower, bool upper)
{
    e->center = l->center;
    e->lower = l->lower;
    e->upper = l->upper;
    e->has.center = true;
    e->has.lower = lower;
    e->has.upper = upper;
}

/* --- against limits --------------------------------------------------------------------------- */

static bool is_good(const struct closing *c, const struct chart_signal *s)
{
    return s->high == figure_rises(c->kpi);
}

static int64_t bits_of(const struct closing *c, const struct chart_signal *s)
{
    if (s->rule == CHART_NONE)
        return 0;
    if (s->rule >= CHART_FOURTEEN_ALTERNATE)
        return ACTIVE_ODD;
    return is_good(c, s) ? ACTIVE_GOOD : ACTIVE_BAD;
}

static void say_charted(const struct closing *c, enum signal_kind kind,
                        const struct chart_signal *s, const struct charted *newest, int64_t from)
{
    struct signal_found e = signal_of(c, kind, (enum signal_rule)s->rule);
    e.from = from;
    e.good = bits_of(c, s) == ACTIVE_GOOD;
    set_limits(&e, &newest->limits, !newest->clamped_lower, !newest->clamped_upper);
    say(c, &e);
}

/* A run or a trend on the bad side. A run on the good side hides a trend, but not where only as
 * many points are looked at as a trend has. */
static struct chart_signal lasting_badly(const struct closing *c, const struct charted *points,
                                         size_t n)
{
    struct chart_signal s = chart_lasting(points, n);
    if (s.rule == CHART_RUN_OF_EIGHT && is_good(c, &s))
        s = chart_lasting(points + n - TREND_POINTS, TREND_POINTS);
    if (is_good(c, &s))
        s.rule = CHART_NONE;
    return s;
}

/* What is there at this point, as bits; what was not there at the one before is said. */
static int64_t look_at_chart(const struct closing *c)
{
    struct observed_point dots[EVIDENCE_MAX];
    struct charted points[EVIDENCE_MAX] = { 0 };
    size_t n = dots_of(c, c->baseline.baseline_to + 1, c->now.to, dots, EVIDENCE_MAX);
    for (size_t i = 0; i < n; i++)
        points[i] = baseline_limits(c, &dots[i]);
    struct charted newest = points[n - 1];
    struct chart_signal first = chart_rules(points, n, 0), last = lasting_badly(c, points, n);
    bool decays = last.rule != CHART_NONE;
    int64_t found = bits_of(c, &first) | (decays ? ACTIVE_DECAY : 0);
    int64_t fresh = found & ~c->series->active;
    if (fresh & ACTIVE_DECAY)
        say_charted(c, signal_kind_decay, &last, &newest, dots[n - last.points].from);
    else if (fresh && !decays)
        say_charted(c, signal_kind_special, &first, &newest, dots[n - first.points].from);
    return found;
}

/* Whether the limits of a period with the baseline's mean number clear the target. */
static bool is_capable(const struct closing *c)
{
    return figure_rises(c->kpi) ? c->baseline.lower >= c->target : c->baseline.upper <= c->target;
}

static bool is_said(const struct closing *c)
{
    return c->series->incapable && c->series->incapable_of == c->target;
}

/* Whether the process behind the limits is the one that is there: the baseline has no signal, or
 * none was there for as long as the baseline is. */
static bool is_stable(const struct closing *c)
{
    const struct series_frozen *b = &c->baseline;
    return b->stable || (c->series->frozen && c->series->quiet_row + 1 >= b->baseline_points);
}

/* Said once for a baseline and a target, as long as nothing else is there. */
static bool look_at_capability(const struct closing *c)
{
    const struct series_frozen *b = &c->baseline;
    const struct kpi_row *row = kpi_row(c->kpi);
    if (!c->has_target || !is_stable(c) || is_capable(c) || is_said(c))
        return false;
    struct signal_found e = signal_of(c, signal_kind_chronic, signal_rule_not_capable);
    struct limits l = { .center = b->center, .lower = b->lower, .upper = b->upper };
    e.from = b->baseline_from;
    set_limits(&e, &l, l.lower > row->least, l.upper < row->most);
    return say(c, &e);
}

/* --- others ----------------------------------------------------------------------------------- */

static void look_at_target(const struct closing *c, const struct series_closed *seal)
{
    if (!seal->missed || c->series->missed_row + 1 != MISSED_IN_A_ROW)
        return;
    struct signal_found e = signal_of(c, signal_kind_missed, signal_rule_missed_in_a_row);
    e.from = c->series->missed_from; /* may be long ago: points without a value lie between */
    say(c, &e);
}

/* The incidents of the component that were opened in the period, the first of them. */
static struct ticket_named_list incidents_of(const struct closing *c)
{
    struct ticket_named *named =
        decision_alloc(c->decision, EVIDENCE_MAX * sizeof(struct ticket_named));
    struct ticket_named_list list = { .at = named };
    struct found found;
    for (int64_t day = c->now.from; day <= c->now.to; day++) {
        struct key key = { .length = 0 };
        of_day(&key, day, c->place.client);
        struct walk *w = view_walk(c->view, INDEX_ticket_by_opened, &key, UINT32_MAX);
        while (list.count < EVIDENCE_MAX && view_next(w, &found)) {
            const struct ticket *t = found.entity;
            if (t->type == ticket_type_incident && text_equal(t->component, c->place.component))
                named[list.count++].ticket = found.id;
        }
    }
    return list;
}

/* Each period that breaks more often than its own past explains is said. */
static bool look_at_repetition(const struct closing *c)
{
    const struct series_frozen *b = &c->baseline;
    if (!b->baseline_points || c->now.n < REPETITION_LEAST)
        return false;
    int64_t tail = poisson_tail(c->now.n, b->hits, b->total);
    if (tail >= REPETITION_TAIL)
        return false;
    struct signal_found e = signal_of(c, signal_kind_repetition, signal_rule_poisson_tail);
    e.count = c->now.n;
    e.expected = fixed_ratio(b->hits, b->total, EXPECTED_SCALE);
    e.has.expected = true;
    e.tail = tail;
    e.has.tail = true;
    e.tickets = incidents_of(c);
    return say(c, &e);
}

void signal_look(const struct closing *c, struct series_closed *seal)
{
    if (!text_empty(c->place.component)) {
        seal->bad_signal = look_at_repetition(c);
        return;
    }
    seal->active = c->series->active;
    if (!c->now.has.value)
        return; /* too few: there is no point, and what was there is there still */
    look_at_target(c, seal);
    if (!c->baseline.charted)
        return;
    seal->active = look_at_chart(c);
    seal->bad_signal = (seal->active & (ACTIVE_BAD | ACTIVE_DECAY)) != 0;
    seal->incapable = !seal->active && look_at_capability(c);
}

/* --- kept, and asked for ---------------------------------------------------------------------- */

void apply_signal_found(struct fold *f, const void *event, void *entity)
{
    const struct signal_found *e = event;
    struct signal *s = entity;
    s->found_at = f->time;
    s->signal = f->id;
    s->client = f->client;
    s->kind = e->kind;
    s->rule = e->rule;
    s->kpi = e->kpi;
    s->service = e->service;
    s->component = e->component;
    s->sole_service = e->sole_service;
    s->good = e->good;
    s->from = e->from;
    s->to = e->to;
    s->points = e->points;
    s->center = e->center;
    s->lower = e->lower;
    s->upper = e->upper;
    s->target = e->target;
    s->count = e->count;
    s->expected = e->expected;
    s->tail = e->tail;
    s->tickets = e->tickets;
    s->baseline_from = e->baseline_from;
    s->baseline_to = e->baseline_to;
    s->has.center = e->has.center;
    s->has.lower = e->has.lower;
    s->has.upper = e->has.upper;
    s->has.target = e->has.target;
    s->has.expected = e->has.expected;
    s->has.tail = e->has.tail;
}

bool index_signal_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    key_text(k, id);
    return true;
}

bool index_signal_by_time(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct signal *s = entity;
    (void)client, (void)id;
    key_integer(k, s->found_at);
    return true;
}

bool index_signal_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    key_text(k, client);
    return index_signal_by_time(client, id, entity, k);
}

static bool fits(const struct kpi_signals *q, const struct signal *s)
{
    return (!q->kpi || q->kpi == s->kpi) && (!q->kind || q->kind == s->kind);
}

void query_kpi_signals(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct kpi_signals *q = parameters;
    struct text client = text_empty(ctx->client) ? q->client : ctx->client;
    struct key key = { .length = 0 };
    struct found found;
    if (!text_empty(client))
        key_text(&key, client);
    struct walk *w =
        answer_walk(a, v, text_empty(client) ? INDEX_signal_by_time : INDEX_signal_by_client, &key);
    while (view_next(w, &found))
        if (fits(q, found.entity) && !answer_row(a, found.entity))
            break;
}

void query_kpi_signal(const struct context *ctx, struct view *v, const void *parameters,
                      struct answer *a)
{
    const struct kpi_signal *q = parameters;
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, q->signal);
    struct walk *w = view_walk(v, INDEX_signal_by_id, &key, 1);
    if (view_next(w, &found) && (text_empty(ctx->client) || text_equal(ctx->client, found.client)))
        answer_found(a, &found);
}
