/* engine: partitions of several services in one process, one scheduler, one virtual clock. */
#include "common/engine/engine.h"

#include "common/engine/outbox.h"
#include "common/store/turn.h"
#include "common/time/zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A partition that follows another, and the first event that it has not taken. This is asked
 * between any two events, so nothing of it is looked up anew. */
struct lane {
    struct partition *to, *from;
    size_t source; /* index of the service */
    uint64_t next; /* sequence */
    int64_t time; /* of that event, once it was looked at */
    bool timed, feedback;
};

struct engine {
    const struct service_type *const *services;
    size_t service_count;
    uint32_t partitions;
    struct partition **partition; /* [service * partitions + number] */
    int64_t now;
    uint32_t offered; /* inputs since the last commit */
    struct outbox *outbox;
    bool open; /* a batch is open */
    struct lane *lanes; /* who takes events from whom, in the order in which equals come */
    size_t lane_count;
    struct arena arena; /* events on their way to followers */
};

/* The partition of a service for a number of the suite's: its only one where it is single. */
static struct partition *at(struct engine *e, size_t service, uint32_t number)
{
    return e->partition[service * e->partitions + (e->services[service]->single ? 0 : number)];
}

static uint32_t partitions_of(const struct engine *e, size_t service)
{
    return e->services[service]->single ? 1 : e->partitions;
}

static size_t count(const struct engine *e)
{
    return e->service_count * e->partitions;
}

/* --- batches -------------------------------------------------------------------------------- */

static int open_batch(struct engine *e)
{
    if (e->open)
        return 0;
    for (size_t i = 0; i < count(e); i++) {
        int r = e->partition[i] ? partition_begin(e->partition[i]) : 0;
        if (r < 0)
            return r;
    }
    e->open = true;
    e->offered = 0;
    return 0;
}

int engine_flush(struct engine *e)
{
    if (!e->open)
        return 0;
    /* Services stand in the order of the follow graph, so no follower is ever ahead of what it
     * follows. */
    for (size_t i = 0; i < count(e); i++) {
        int r = e->partition[i] ? partition_commit(e->partition[i]) : 0;
        if (r < 0)
            return r;
    }
    e->open = false;
    return 0;
}

/* --- following ------------------------------------------------------------------------------ */

static bool before(const struct lane *a, const struct lane *b)
{
    if (a->feedback != b->feedback)
        return b->feedback;
    if (a->time != b->time)
        return a->time < b->time;
    return a->source < b->source;
}

static int follow_source(struct engine *e, const struct service_type *s, const char *name,
                         size_t *ret, bool *ret_feedback)
{
    bool found = false;
    *ret_feedback = true;
    for (size_t i = 0; i < s->follow_count; i++) {
        if (strcmp(s->follows[i].source, name) != 0)
            continue;
        found = true;
        *ret_feedback = *ret_feedback && s->follows[i].how == FEEDBACK;
    }
    for (size_t i = 0; found && i < e->service_count; i++)
        if (strcmp(e->services[i]->name, name) == 0) {
            *ret = i;
            return 0;
        }
    return -ENOENT;
}

static uint64_t behind(struct partition *p, const char *source, uint32_t number)
{
    uint64_t copies = UINT64_MAX, reactions = UINT64_MAX;
    for (size_t i = 0; i < p->service->follow_count; i++) {
        const struct follow_row *row = &p->service->follows[i];
        if (strcmp(row->source, source) != 0)
            continue;
        if (row->how == COPY)
            copies = partition_cursor(p, source, number, COPY);
        else
            reactions = partition_cursor(p, source, number, REACTION);
    }
    return copies < reactions ? copies : reactions;
}

static void open_lanes(struct engine *e, size_t service, uint32_t number)
{
    struct partition *to = at(e, service, number);
    for (size_t s = 0; s < e->service_count; s++) {
        struct lane lane = { .to = to };
        if (follow_source(e, to->service, e->services[s]->name, &lane.source, &lane.feedback) < 0)
            continue;
        lane.from = at(e, lane.source, number);
        lane.next = behind(to, e->services[s]->name, lane.from->identity.number) + 1;
        e->lanes[e->lane_count++] = lane;
    }
}

/* The instant of a lane's next event. */
static int lane_time(struct lane *l)
{
    struct entry entry;
    struct envelope env = { 0 };
    struct msg_error error;
    int r = journal_read(&l->from->journal, l->from->log_txn, l->next, &entry);
    if (r == 0)
        r = envelope_read(entry.envelope, entry.envelope_size, &env, &error);
    l->time = env.time;
    l->timed = r == 0;
    return r;
}

/* The lane whose event is next; *ret is NULL when there is none. */
static int next_lane(struct engine *e, struct lane **ret)
{
    *ret = NULL;
    for (size_t i = 0; i < e->lane_count; i++) {
        struct lane *l = &e->lanes[i];
        if (l->next > l->from->tip.sequence)
            continue;
        int r = l->timed ? 0 : lane_time(l);
        if (r < 0)
            return r;
        if (!*ret || before(l, *ret))
            *ret = l;
    }
    return 0;
}

static int deliver_one(struct engine *e, struct lane *l)
{
    struct entry entry;
    struct envelope env;
    struct msg_error error;
    int r = journal_read(&l->from->journal, l->from->log_txn, l->next, &entry);
    if (r < 0)
        return r;
    arena_reset(&e->arena);
    const void *copy = arena_copy(&e->arena, entry.envelope, entry.envelope_size);
    r = envelope_read(copy, entry.envelope_size, &env, &error);
    if (r == 0)
        r = partition_foreign(l->to, &env, e->now, FINAL);
    if (r == 0) {
        l->next++;
        l->timed = false;
    }
    return r;
}

/* Mail and hooks of history go to files, and are as good as sent. 1 when there were any. */
static int put_outbox(struct engine *e)
{
    int any = 0;
    for (size_t s = 0; s < e->service_count; s++)
        for (uint32_t n = 0; e->services[s]->effect_count && n < partitions_of(e, s); n++) {
            int r = outbox_put(e->outbox, at(e, s, n), e->now);
            if (r < 0)
                return r;
            any = any || r > 0;
        }
    return any;
}

/* Hands every event to everybody who follows it, and what that causes too. */
static int deliver(struct engine *e)
{
    for (;;) {
        struct lane *best;
        int r = next_lane(e, &best);
        if (r == 0)
            r = best ? deliver_one(e, best) : put_outbox(e);
        if (r < 0 || (!best && r == 0))
            return r;
    }
}

/* --- time ----------------------------------------------------------------------------------- */

/* Fires what is due until then, earliest first; of one instant, in the order of service and
 * partition. */
static int fire(struct engine *e, int64_t until)
{
    for (;;) {
        struct partition *first = NULL;
        int64_t due = 0;
        for (size_t i = 0; i < count(e); i++) {
            int64_t d = e->partition[i] ? partition_due(e->partition[i]) : 0;
            if (d && d <= until && (!first || d < due)) {
                first = e->partition[i];
                due = d;
            }
        }
        if (!first)
            return 0;
        if (due > e->now)
            e->now = due;
        if (!partition_wake(first, due))
            return first->error ? first->error : -EIO;
        int r = deliver(e);
        if (r < 0)
            return r;
    }
}

int engine_advance(struct engine *e, int64_t until)
{
    int r = open_batch(e);
    if (r == 0)
        r = fire(e, until);
    if (r == 0 && until > e->now)
        e->now = until;
    return r;
}

int64_t engine_now(const struct engine *e)
{
    return e->now;
}

int engine_input(struct engine *e, const char *service, const struct request *r, int64_t instant,
                 struct reply *reply)
{
    size_t s = 0;
    while (s < e->service_count && strcmp(e->services[s]->name, service) != 0)
        s++;
    if (s == e->service_count)
        return -ENOENT;
    if (e->offered >= ENGINE_BATCH) {
        int err = engine_flush(e);
        if (err < 0)
            return err;
    }
    int err = engine_advance(e, instant > e->now ? instant : e->now);
    if (err < 0)
        return err;
    struct partition *p = at(e, s, partition_of(r->client, partitions_of(e, s)));
    partition_command(p, r, e->now, reply);
    e->offered++;
    if (p->error)
        return p->error;
    return deliver(e);
}

int engine_query(struct engine *e, const char *service, uint32_t partition, const struct request *q,
                 struct arena *a, struct reply *reply)
{
    struct reader *reader;
    int r = engine_flush(e);
    for (size_t s = 0; r == 0 && s < e->service_count; s++) {
        if (strcmp(e->services[s]->name, service) != 0)
            continue;
        r = reader_open(at(e, s, partition), &reader);
        if (r < 0)
            return r;
        reader_query(reader, q, e->now, a, reply);
        reader_close(&reader);
        return 0;
    }
    return r < 0 ? r : -ENOENT;
}

/* --- opening -------------------------------------------------------------------------------- */

static int open_one(struct engine *e, const struct engine_options *o, size_t service,
                    uint32_t number, struct msg_error *reterr)
{
    char directory[STORE_PATH_MAX];
    struct partition **into = &e->partition[service * e->partitions + number];
    if (snprintf(directory, sizeof directory, "%s/%s/%03u", o->directory,
                 o->services[service]->name, number) >= (int)sizeof directory)
        return -ENAMETOOLONG;
    const struct partition_options p = { .directory = directory,
                                         .service = o->services[service],
                                         .options = o->options[service],
                                         .install = o->install,
                                         .number = number,
                                         .count = partitions_of(e, service),
                                         .clock = CLOCK_VIRTUAL };
    int r = partition_open(&p, into, reterr);
    if (r == 0 && (*into)->committed.time > e->now)
        e->now = (*into)->committed.time;
    return r;
}

int engine_open(const struct engine_options *o, struct engine **ret, struct msg_error *reterr)
{
    struct engine *e = calloc(1, sizeof *e);
    int r = 0;
    if (!e)
        return -ENOMEM;
    zones_load();
    e->services = o->services;
    e->partitions = o->partitions;
    while (o->services[e->service_count])
        e->service_count++;
    e->partition = calloc(count(e) + 1, sizeof(struct partition *));
    e->lanes = calloc(count(e) * e->service_count + 1, sizeof(struct lane));
    if (!e->partition || !e->lanes)
        r = -ENOMEM;
    for (size_t s = 0; r == 0 && s < e->service_count; s++)
        for (uint32_t n = 0; r == 0 && n < partitions_of(e, s); n++)
            r = open_one(e, o, s, n, reterr);
    for (size_t s = 0; r == 0 && s < e->service_count; s++)
        for (uint32_t n = 0; n < partitions_of(e, s); n++)
            open_lanes(e, s, n);
    if (r == 0)
        r = outbox_open(o->directory, &e->outbox);
    if (r == 0)
        r = open_batch(e);
    if (r == 0)
        r = deliver(
            e); /* a service that is new in this suite, or was left behind, catches up first */
    if (r < 0) {
        engine_close(&e);
        return r;
    }
    *ret = e;
    return 0;
}

int engine_close(struct engine **where)
{
    struct engine *e = *where;
    if (!e)
        return 0;
    int r = engine_flush(e);
    for (size_t i = 0; e->partition && i < count(e); i++)
        partition_close(&e->partition[i]);
    free(e->partition);
    free(e->lanes);
    outbox_close(&e->outbox);
    arena_free(&e->arena);
    free(e);
    *where = NULL;
    return r;
}
