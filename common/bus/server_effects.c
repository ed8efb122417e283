/* server_effects: mail and hooks around a turn. What is due is chosen and its attempt committed
 * with the batch; behind the commit it goes to the outbound thread; what became of it is committed
 * with a later batch. A try is known by its row, so that none is under way twice. */
#include "common/bus/server_effects.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/monotonic.h"
#include "common/bus/server.h"
#include "common/suite/plant.h"

enum {
    LOOK_MAX = 64, /* due rows that are looked at in one turn, of each kind */
    LOOK_MS = 1000, /* without a reason to look earlier */
    NO_ROOM_MS = 50, /* when destinations are busy */
    DRAIN_EFFECTS_MS = 5000, /* an ending process waits so long for tries under way */
};

static const int64_t LATE_BOUNDS[] = {
    100000,       500000,        1000000,       5000000,        15000000,
    60 * SECONDS, 300 * SECONDS, 900 * SECONDS, 3600 * SECONDS, 0
};

/* A try, from its choice to the commit of its outcome. */
struct trial {
    enum { TRY_FREE, TRY_CHOSEN, TRY_UNDER_WAY, TRY_LANDED, TRY_TAKEN } state;
    const struct effect_row *row;
    struct effect_due key;
    struct effect effect; /* CHOSEN: in the turn's arena */
    struct outcome outcome; /* LANDED: its texts are the two below */
    char detail[OUTBOUND_DETAIL_MAX], digest[64];
};

/* --- metrics -------------------------------------------------------------------------------- */

enum { M_TRIES, M_UNDER_WAY, M_LATE, METRICS };
static struct metric metrics[METRICS] = {
    [M_TRIES] = { .name = "redress_effect_tries_total",
                  .kind = METRIC_COUNTER,
                  .help = "Tries to send mail and hooks, by what became of them",
                  .labels = { "service", "partition", "outcome" } },
    [M_UNDER_WAY] = { .name = "redress_effect_tries_under_way",
                      .kind = METRIC_GAUGE,
                      .help = "Tries whose outcome is not committed yet",
                      .labels = { "service", "partition" } },
    [M_LATE] = { .name = "redress_effect_late_seconds",
                 .kind = METRIC_HISTOGRAM,
                 .unit = UNIT_SECONDS,
                 .help = "From the instant at which a try was due to its choice, on the suite's "
                         "clock",
                 .labels = { "service", "partition" },
                 .bounds = LATE_BOUNDS },
};

static void metrics_once(void)
{
    metrics_register(metrics, METRICS);
}

static const char *outcome_name(const struct outcome *o)
{
#define FAILURE_NAME_(name, number, temporary, doc)                                                \
    case EFFECT_##name:                                                                            \
        return #name;
    if (o->kind != OUTCOME_FAILED)
        return o->kind == OUTCOME_SENT ? "sent" : "delivered";
    switch (o->failure) {
        EFFECT_FAILURES(FAILURE_NAME_)
    }
    return "failed";
}

struct effects {
    char partition[8];
    struct outbound *outbound;
    struct series *under_way, *late;
    struct effect_tools tools;
    struct effect_due *from; /* one for each kind: where the next look begins */
    bool *begun;
    struct trial tries[OUTBOUND_TRIES_MAX];
    int64_t look_ms, wait_ms;
    bool ending;
};

/* --- opening and closing ---------------------------------------------------------------------- */

int effects_open(struct server *s, const char *directory, struct msg_error *reterr)
{
    const struct process *p = s->process;
    char secrets[SUITE_PATH_MAX], domain[ID_TEXT + 16];
    if (s->service->effect_count == 0)
        return 0;
    struct effects *e = calloc(1, sizeof *e);
    if (!e)
        return -ENOMEM;
    s->effects = e;
    e->from = calloc(s->service->effect_count, sizeof *e->from);
    e->begun = calloc(s->service->effect_count, sizeof *e->begun);
    if (!e->from || !e->begun)
        return -ENOMEM;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, metrics_once);
    snprintf(e->partition, sizeof e->partition, "%u", s->number);
    const char *const labels[] = { s->service->name, e->partition };
    e->under_way = metric_series(&metrics[M_UNDER_WAY], labels);
    e->late = metric_series(&metrics[M_LATE], labels);
    int r = link_key(&p->suite, e->tools.key);
    if (r < 0)
        return r;
    if (p->outbound.secrets.length)
        snprintf(secrets, sizeof secrets, "%.*s", TEXT_ARG(p->outbound.secrets));
    else
        snprintf(secrets, sizeof secrets, "%.*s/secrets", SUITE_PATH_MAX - 16, p->suite.directory);
    snprintf(domain, sizeof domain, "%s.redress", p->suite.install);
    r = outbound_open(&p->outbound, directory, secrets, domain, &e->outbound, reterr);
    if (r == 0)
        e->tools.public_url = outbound_public_url(e->outbound);
    return r;
}

void effects_close(struct server *s)
{
    struct effects *e = s->effects;
    if (!e)
        return;
    outbound_close(&e->outbound);
    free(e->from);
    free(e->begun);
    free(e);
    s->effects = NULL;
}

int effects_fd(const struct server *s)
{
    return s->effects ? outbound_fd(s->effects->outbound) : -1;
}

/* --- what has landed -------------------------------------------------------------------------- */

static struct text keep_word(char *room, size_t size, struct text t)
{
    uint32_t n = t.length < size ? t.length : (uint32_t)size;
    if (n)
        memcpy(room, t.at, n);
    return (struct text){ room, n };
}

static void receive(struct server *s)
{
    uint64_t tag;
    struct outcome o;
    while (outbound_result(s->effects->outbound, &s->arena, &tag, &o)) {
        struct trial *t = &s->effects->tries[tag];
        t->outcome = o;
        t->outcome.detail = keep_word(t->detail, sizeof t->detail, o.detail);
        t->outcome.digest = keep_word(t->digest, sizeof t->digest, o.digest);
        t->state = TRY_LANDED;
        const char *const labels[] = { s->service->name, s->effects->partition,
                                       outcome_name(&t->outcome) };
        series_add(metric_series(&metrics[M_TRIES], labels), 1);
    }
}

static void take_landed(struct server *s)
{
    for (size_t i = 0; i < OUTBOUND_TRIES_MAX; i++) {
        struct trial *t = &s->effects->tries[i];
        if (t->state != TRY_LANDED)
            continue;
        server_begin(s);
        int r = partition_outcome(s->partition, t->row, effect_due_client(&t->key),
                                  effect_due_id(&t->key), &t->outcome, s->now);
        if (r == -EAGAIN)
            return; /* the log is at its quota: it stays landed */
        t->state = TRY_TAKEN;
        s->worked = true;
    }
}

/* --- what is chosen --------------------------------------------------------------------------- */

static struct trial *free_try(struct effects *e)
{
    for (size_t i = 0; i < OUTBOUND_TRIES_MAX; i++)
        if (e->tries[i].state == TRY_FREE)
            return &e->tries[i];
    return NULL;
}

static bool is_under_way(const struct effects *e, const struct effect_row *row,
                         const struct effect_due *key)
{
    for (size_t i = 0; i < OUTBOUND_TRIES_MAX; i++) {
        const struct trial *t = &e->tries[i];
        if (t->state != TRY_FREE && t->row == row &&
            text_equal(effect_due_client(&t->key), effect_due_client(key)) &&
            text_equal(effect_due_id(&t->key), effect_due_id(key)))
            return true;
    }
    return false;
}

/* Tries of one destination are bounded: those chosen in this batch count as well. */
static bool may_try(void *arg, const struct effect *effect)
{
    struct effects *e = arg;
    int64_t wait_ms;
    for (size_t i = 0; i < OUTBOUND_TRIES_MAX; i++)
        if (e->tries[i].state == TRY_CHOSEN && text_equal(e->tries[i].effect.to, effect->to)) {
            e->wait_ms = 0;
            return false;
        }
    if (outbound_room(e->outbound, effect, &wait_ms))
        return true;
    if (wait_ms < e->wait_ms)
        e->wait_ms = wait_ms;
    return false;
}

static void submit(struct effects *e, struct trial *t)
{
    t->state = TRY_UNDER_WAY;
    int r = outbound_submit(e->outbound, &t->effect, (uint64_t)(t - e->tries));
    if (r == 0)
        return;
    t->state = TRY_LANDED;
    t->outcome = (struct outcome){ .kind = OUTCOME_FAILED,
                                   .failure = EFFECT_interrupted,
                                   .temporary = true,
                                   .detail = text_from("The try could not begin.") };
}

/* False when no further try fits. */
static bool choose_row(struct server *s, const struct effect_row *row, const struct effect_due *key)
{
    struct effects *e = s->effects;
    struct trial *t = free_try(e);
    if (!t)
        return false;
    if (is_under_way(e, row, key))
        return true;
    server_begin(s);
    int r = partition_attempt(s->partition, row, effect_due_client(key), effect_due_id(key), s->now,
                              &e->tools, &s->arena, may_try, e, &t->effect);
    if (r > 0) {
        t->row = row;
        t->key = *key;
        t->state = TRY_CHOSEN;
        s->worked = true;
        series_observe(&metrics[M_LATE], e->late, s->now - key->due);
        if (PLANTED(send_before_attempted)) {
            const struct timespec gap = { .tv_nsec = 30000000 };
            submit(e, t);
            nanosleep(&gap, NULL);
        }
    }
    return true;
}

/* Looks at some of the rows that are due, each time at the next ones, so that many that must wait
 * do not hide those that need not. */
static void choose_kind(struct server *s, size_t kind)
{
    struct effects *e = s->effects;
    struct effect_due due[LOOK_MAX];
    const struct effect_row *row = &s->service->effects[kind];
    server_begin(s);
    int n = partition_effects(s->partition, row, s->now, e->begun[kind] ? &e->from[kind] : NULL,
                              due, LOOK_MAX);
    if (n < 0)
        server_die(s, "the effects cannot be read", n);
    for (int i = 0; i < n; i++) {
        if (!choose_row(s, row, &due[i])) {
            e->wait_ms = NO_ROOM_MS;
            break;
        }
        e->from[kind] = due[i];
    }
    e->begun[kind] = n == LOOK_MAX;
    if (n == LOOK_MAX)
        e->wait_ms = e->wait_ms < NO_ROOM_MS ? e->wait_ms : NO_ROOM_MS;
    int64_t next = partition_effect_next(s->partition, row, s->now);
    if (next) {
        int64_t left = (next - s->now) / s->process->suite.clock.rate / 1000 + 1;
        e->wait_ms = left < e->wait_ms ? left : e->wait_ms;
    }
}

void effects_turn(struct server *s, bool may_write)
{
    struct effects *e = s->effects;
    if (!e)
        return;
    receive(s);
    if (!may_write)
        return;
    take_landed(s);
    if (s->now_ms < e->look_ms)
        return;
    if (e->ending || s->guard.frozen || !follow_settled(s) || !follow_rebuilt(s, NULL)) {
        e->look_ms = s->now_ms + NO_ROOM_MS; /* else the turn would spin until it may look */
        return;
    }
    e->wait_ms = LOOK_MS;
    for (size_t i = 0; i < s->service->effect_count; i++)
        choose_kind(s, i);
    e->look_ms = s->now_ms + e->wait_ms;
}

/* --- around the commit ------------------------------------------------------------------------ */

void effects_committed(struct server *s, bool changed)
{
    struct effects *e = s->effects;
    if (!e)
        return;
    for (size_t i = 0; i < OUTBOUND_TRIES_MAX; i++) {
        struct trial *t = &e->tries[i];
        if (t->state == TRY_CHOSEN)
            submit(e, t);
        else if (t->state == TRY_TAKEN)
            t->state = TRY_FREE;
    }
    int64_t count = 0;
    for (size_t i = 0; i < OUTBOUND_TRIES_MAX; i++)
        count += e->tries[i].state != TRY_FREE;
    series_set(e->under_way, count);
    if (changed)
        e->look_ms = s->now_ms; /* there may be new rows */
}

void effects_rewind(struct server *s)
{
    struct effects *e = s->effects;
    for (size_t i = 0; e && i < OUTBOUND_TRIES_MAX; i++) {
        struct trial *t = &e->tries[i];
        if (t->state == TRY_CHOSEN)
            t->state = TRY_FREE;
        else if (t->state == TRY_TAKEN)
            t->state = TRY_LANDED;
    }
}

int64_t effects_wait_ms(const struct server *s)
{
    return s->effects ? s->effects->look_ms - s->now_ms : INT64_MAX;
}

static bool any_under_way(const struct effects *e)
{
    for (size_t i = 0; i < OUTBOUND_TRIES_MAX; i++)
        if (e->tries[i].state != TRY_FREE)
            return true;
    return false;
}

void effects_drain(struct server *s)
{
    const struct timespec pause = { .tv_nsec = 5000000 };
    int64_t until = monotonic_ms() + DRAIN_EFFECTS_MS;
    if (!s->effects)
        return;
    s->effects->ending = true;
    while (any_under_way(s->effects) && monotonic_ms() < until)
        if (!server_turn(s))
            nanosleep(&pause, NULL);
}
