/* command: one request of WIRE.md in a partition's open batch: known? fits? decide, and answer. */
#include "common/store/turn.h"
#include "common/suite/suite.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { ID_OLDEST_MS = 6 * 86400000, ID_AHEAD_MS = 5 * 60000 };

static struct text turn_text(struct partition *p, const char *s)
{
    return arena_text(&p->batch, text_from(s));
}

static void say_invalid(struct partition *p, struct reply *reply, const char *field,
                        const char *rule)
{
    reply->status = STATUS_invalid;
    reply->field = turn_text(p, field);
    reply->message = turn_text(p, rule);
}

/* What is remembered of a request: its type, client and body. The transport's dressing may differ
 * when it is asked again. */
static void request_hash(const struct request *r, uint8_t out[static 16])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 16);
    crypto_generichash_update(&state, (const uint8_t *)r->type.at, r->type.length);
    crypto_generichash_update(&state, (const uint8_t *)"\0", 1);
    crypto_generichash_update(&state, (const uint8_t *)r->client.at, r->client.length);
    crypto_generichash_update(&state, (const uint8_t *)"\0", 1);
    crypto_generichash_update(&state, r->data, r->data_size);
    crypto_generichash_final(&state, out, 16);
}

/* {"id": <entity>}: what a command made or changed. */
static void put_result(struct partition *p, struct reply *reply, struct text id)
{
    struct msg_buffer b = { .arena = &p->batch };
    msg_put_map(&b, 1);
    msg_put_key(&b, "id");
    msg_put_text(&b, id);
    reply->result = b.at;
    reply->result_size = b.size;
}

/* The first event of a remembered command; its id and how many events there are. */
static int read_first(struct partition *p, uint64_t first, struct text *ret_id, uint16_t *ret_count)
{
    struct entry e = { 0 };
    struct envelope env = { 0 };
    struct msg_error error;
    struct text client;
    int r = journal_read(&p->journal, p->log_txn, first, &e);
    if (r == 0)
        r = envelope_read(e.envelope, e.envelope_size, &env, &error);
    subject_split(env.subject, &client, ret_id);
    *ret_count = e.count;
    return r;
}

/* A command asked again: the answer it had, from the log. True when it is one. */
static bool answer_again(struct partition *p, const struct request *r,
                         const uint8_t hash[static 16], struct reply *reply)
{
    uint8_t key[SEEN_KEY_BYTES];
    MDB_val found = { 0 };
    struct text id;
    uint16_t count;
    seen_key(&r->id, r->principal, key);
    int err = store_get(p->state_txn, p->state.seen, key, sizeof key, &found);
    if (err == -ENOENT)
        return false;
    if (err || found.mv_size != SEEN_VALUE_BYTES) {
        p->error = err ? err : -EBADMSG;
        return true;
    }
    const uint8_t *at = found.mv_data;
    if (memcmp(at + 16, hash, 16) != 0) {
        reply->status = STATUS_id_reused;
        reply->message = turn_text(p, "This id came with another request before.");
        return true;
    }
    uint64_t first = store_read_u64(at);
    err = read_first(p, first, &id, &count);
    if (err) {
        p->error = err;
        return true;
    }
    reply->status = STATUS_ok;
    reply->sequence = first + count - 1;
    reply->version = store_read_u64(at + 8);
    reply->replayed = true;
    put_result(p, reply, id);
    return true;
}

static bool id_in_time(struct partition *p, const struct request *r, struct reply *reply)
{
    int64_t now_ms = real_now() / 1000;
    int64_t ms = id_milliseconds(&r->id);
    if (id_version(&r->id) != 7) {
        say_invalid(p, reply, "id", "must be a UUIDv7");
        return false;
    }
    if (ms < now_ms - ID_OLDEST_MS) {
        say_invalid(p, reply, "id",
                    "must not be older than 6 days: what it named may be forgotten");
        return false;
    }
    if (ms > now_ms + ID_AHEAD_MS) {
        say_invalid(p, reply, "id", "must not be more than 5 minutes ahead of the clock");
        return false;
    }
    return true;
}

/* The entity a command is about, as its row says; *ret is NULL for one that creates. */
static bool find_target(struct partition *p, struct view *v, const struct command_row *row,
                        const void *command, struct reply *reply, struct slot **ret)
{
    const struct entity_row *noun = service_entity_named(p->service, row->noun);
    struct entity_id natural;
    struct text id = { 0 };
    *ret = NULL;
    if (row->how == CREATES)
        return true;
    if (row->how == NATURAL) {
        row->target(command, &natural);
        id = arena_text(&p->turn, (struct text){ natural.at, natural.length });
    } else {
        struct field_rows fields = row->record->fields();
        for (size_t i = 0; i < fields.count; i++)
            if (strcmp(fields.at[i].name, row->noun) == 0)
                memcpy(&id, (const uint8_t *)command + fields.at[i].offset, sizeof id);
    }
    *ret = view_slot(v, noun, v->client, id);
    if (*ret && row->how == ON && !(*ret)->born) {
        reply->status = STATUS_not_found;
        reply->field = turn_text(p, row->noun);
        reply->message =
            arena_printf(&p->batch, "%s no %s of that id.",
                         p->service->single ? "There is" : "This client has", row->noun);
        return false;
    }
    return *ret != NULL;
}

static bool check_expect(struct partition *p, const struct request *r, const struct slot *target,
                         struct reply *reply)
{
    uint64_t is = target && target->born ? target->version : 0;
    if (!r->has_expect || r->expect == is)
        return true;
    reply->status = STATUS_version;
    reply->version = is;
    reply->field = turn_text(p, "expect");
    reply->message = arena_printf(&p->batch, "It is at version %llu.", (unsigned long long)is);
    return false;
}

static void answer_accepted(struct partition *p, struct decision *d, struct view *v,
                            const struct origin *o, struct reply *reply)
{
    const struct emitted *first = &d->events[0];
    const struct entity_row *noun = service_entity_named(p->service, first->row->noun);
    struct slot *s = view_slot(v, noun, o->client, first->id);
    reply->status = STATUS_ok;
    reply->sequence = p->tip.sequence;
    reply->version = s ? s->version : 0;
    put_result(p, reply, first->id);
}

static void answer_decision(struct partition *p, struct view *v, struct decision *d,
                            const struct origin *o, const struct slot *target, int64_t time,
                            struct reply *reply)
{
    if (d->wait) {
        reply->status = STATUS_wait;
    } else if (d->missing) {
        reply->status = STATUS_not_found;
        reply->field = turn_text(p, d->field);
        reply->message = turn_text(p, "There is nothing of that id.");
    } else if (d->refusal) {
        const struct refusal_row *row = &p->service->refusals[d->refusal];
        reply->status = STATUS_refused;
        reply->code = turn_text(p, row->code);
        reply->field = turn_text(p, d->field);
        reply->message = turn_text(p, row->sentence);
    } else if (d->count == 0) {
        /* Known already: the entity's own version says since when. */
        reply->status = STATUS_ok;
        reply->replayed = true;
        reply->sequence = reply->version = target ? target->version : 0;
        if (target)
            put_result(p, reply, arena_text(&p->batch, target->id));
    } else {
        int r = turn_accept(p, v, d, o, time);
        if (r == -EMSGSIZE)
            say_invalid(p, reply, "data", "would make an event of more than 64 KiB");
        else if (r == -EPROTO)
            say_invalid(p, reply, p->unfit.field, p->unfit.rule);
        else if (!p->error)
            answer_accepted(p, d, v, o, reply);
    }
}

static void decide(struct partition *p, const struct request *r, const struct command_row *row,
                   const void *command, const uint8_t hash[static 16], int64_t time,
                   struct reply *reply)
{
    struct view v;
    struct slot *target;
    char id[ID_TEXT + 1];
    turn_view(p, p->state_txn, &v, r->client);
    id_print(&r->id, id);
    struct origin o = {
        .command = r->id,
        .causation = { id, ID_TEXT },
        .client = r->client,
        .actor = r->actor,
        .principal = r->principal,
        .traceparent = r->traceparent,
        .remember = row->how != NATURAL,
    };
    memcpy(o.request_hash, hash, sizeof o.request_hash);
    if (find_target(p, &v, row, command, reply, &target) && check_expect(p, r, target, reply)) {
        struct decision d = { .view = &v, .cause = r->id };
        const struct context ctx = {
            .now = time, .client = r->client, .actor = r->actor, .options = p->options
        };
        row->decide(&ctx, &v, command, &d);
        if (!v.error)
            answer_decision(p, &v, &d, &o, target, time, reply);
    }
    if (v.error && !p->error)
        p->error = v.error;
    view_end(&v);
}

/* What belongs to the provider lies in services with a single partition; elsewhere there is only
 * what followed from it, as a message about it: nobody makes such a thing, but it can be asked to
 * do something. */
static bool check_client(struct partition *p, const struct request *r,
                         const struct command_row *row, struct reply *reply)
{
    bool provider = text_equal(r->client, PROVIDER_CLIENT);
    if (text_empty(r->client) || r->client.length > CLIENT_MAX)
        say_invalid(p, reply, "client", "is required");
    else if (p->service->single && !provider)
        say_invalid(p, reply, "client", "is \"provider\": there is one for all clients");
    else if (!p->service->single && provider && row->how != ON)
        say_invalid(p, reply, "client", "cannot be called \"provider\"");
    else
        return true;
    return false;
}

void partition_command(struct partition *p, const struct request *r, int64_t now,
                       struct reply *reply)
{
    uint8_t hash[16] = { 0 };
    struct msg_error error;
    *reply = (struct reply){ .status = STATUS_full };
    if (p->full || p->error)
        return;
    arena_reset(&p->turn);
    const struct command_row *row = service_command(p->service, r->type);
    if (!row) {
        say_invalid(p, reply, "type", "is not a command of this service");
        return;
    }
    if (!check_client(p, r, row, reply))
        return;
    if (row->how != NATURAL) {
        request_hash(r, hash);
        if (answer_again(p, r, hash, reply))
            return;
        if (p->clock == CLOCK_REAL && !id_in_time(p, r, reply))
            return;
    }
    void *command = arena_alloc(&p->turn, row->record->size);
    if (msg_decode(row->record, r->data, r->data_size, &p->turn, command, &error) < 0) {
        say_invalid(p, reply, error.field, error.rule);
        return;
    }
    decide(p, r, row, command, hash, turn_time(p, now), reply);
}
