/* wire_write: structs to frames, and the small text forms of the bus. Keys come in the order of
 * WIRE.md. */
#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>

#include "common/msg/wire.h"

static const char *const status_names[STATUS_COUNT] = {
    [STATUS_ok] = "ok",           [STATUS_refused] = "refused",
    [STATUS_invalid] = "invalid", [STATUS_id_reused] = "id_reused",
    [STATUS_version] = "version", [STATUS_not_found] = "not_found",
    [STATUS_denied] = "denied",   [STATUS_busy] = "busy",
    [STATUS_full] = "full",       [STATUS_moved] = "moved"
};

const char *status_name(enum status s)
{
    assert((int)s < (int)STATUS_COUNT);
    return status_names[s];
}

int status_parse(struct text t, enum status *ret)
{
    for (int i = 0; i < (int)STATUS_COUNT; i++) {
        if (text_equal(t, text_from(status_names[i]))) {
            *ret = (enum status)i;
            return 0;
        }
    }
    return -EINVAL;
}

/* Maps are written with their entries counted as they come: the count goes into the first byte,
 * which holds up to 15. */
struct map_writer {
    struct msg_buffer *buffer;
    size_t start;
    unsigned count;
};

static struct map_writer map_begin(struct msg_buffer *b)
{
    struct map_writer w = { .buffer = b, .start = b->size };
    msg_put_map(b, 0);
    return w;
}

static void map_end(const struct map_writer *w)
{
    assert(w->count <= 15);
    w->buffer->at[w->start] = (uint8_t)(0x80 | w->count);
}

static void map_key(struct map_writer *w, const char *key)
{
    msg_put_key(w->buffer, key);
    w->count++;
}

static void map_text(struct map_writer *w, const char *key, struct text t)
{
    map_key(w, key);
    msg_put_text(w->buffer, t);
}

static void map_text_given(struct map_writer *w, const char *key, struct text t)
{
    if (!text_empty(t))
        map_text(w, key, t);
}

static void map_number(struct map_writer *w, const char *key, uint64_t v)
{
    map_key(w, key);
    msg_put_integer(w->buffer, (int64_t)v);
}

static void map_number_given(struct map_writer *w, const char *key, uint64_t v)
{
    if (v)
        map_number(w, key, v);
}

static void map_id(struct map_writer *w, const struct id *id)
{
    char text[ID_TEXT + 1];
    id_print(id, text);
    map_text(w, "id", (struct text){ text, ID_TEXT });
}

static void map_data(struct map_writer *w, const void *data, size_t size)
{
    map_key(w, "data");
    if (data)
        msg_put_raw(w->buffer, data, size);
    else
        msg_put_map(w->buffer, 0);
}

static void write_after(const struct request *r, struct map_writer *w)
{
    map_key(w, "after");
    msg_put_map(w->buffer, r->after_count);
    for (uint32_t i = 0; i < r->after_count; i++) {
        const struct after *a = &r->after[i];
        struct text key =
            arena_printf(w->buffer->arena, "%.*s/%03u", TEXT_ARG(a->service), a->partition);
        msg_put_text(w->buffer, key);
        msg_put_integer(w->buffer, (int64_t)a->sequence);
    }
}

void request_write(const struct request *r, struct msg_buffer *b)
{
    struct map_writer w = map_begin(b);
    map_text(&w, "op", text_from(r->query ? "query" : "command"));
    map_id(&w, &r->id);
    map_text(&w, "type", r->type);
    map_text_given(&w, "client", r->client);
    map_data(&w, r->data, r->data_size);
    map_text_given(&w, "actor", r->actor);
    if (r->has_expect)
        map_number(&w, "expect", r->expect);
    if (r->after_count)
        write_after(r, &w);
    map_text_given(&w, "traceparent", r->traceparent);
    map_number_given(&w, "limit", r->limit);
    map_text_given(&w, "cursor", r->cursor);
    map_end(&w);
}

void envelope_write(const struct envelope *e, struct msg_buffer *b)
{
    struct map_writer w = map_begin(b);
    map_text(&w, "specversion", text_from("1.0"));
    map_text(&w, "id", e->id);
    map_text(&w, "source", e->source);
    map_text(&w, "type", e->type);
    map_text(&w, "subject", e->subject);
    map_key(&w, "time");
    msg_put_instant(b, e->time);
    map_text(&w, "partitionkey", e->partition_key);
    map_number(&w, "epoch", e->epoch);
    map_number(&w, "sequence", e->sequence);
    map_text(&w, "causationid", e->causation_id);
    map_text(&w, "actor", e->actor);
    map_text_given(&w, "traceparent", e->trace_parent);
    map_number(&w, "dataversion", e->data_version);
    map_data(&w, e->data, e->data_size); /* last, so that a reader can stop in front of it */
    map_end(&w);
}

void reply_write(const struct id *id, const struct reply *r, struct msg_buffer *b)
{
    struct map_writer w = map_begin(b);
    if (id)
        map_id(&w, id);
    map_text(&w, "status", text_from(status_name(r->status)));
    map_number_given(&w, "sequence", r->sequence);
    map_number_given(&w, "version", r->version);
    if (r->result) {
        map_key(&w, "result");
        msg_put_raw(b, r->result, r->result_size);
    }
    map_text_given(&w, "code", r->code);
    map_text_given(&w, "field", r->field);
    map_text_given(&w, "message", r->message);
    map_number_given(&w, "retry_after_ms", r->retry_after_ms);
    map_text_given(&w, "endpoint", r->endpoint);
    if (r->replayed) {
        map_key(&w, "replayed");
        msg_put_bool(b, true);
    }
    map_text_given(&w, "cursor", r->cursor);
    map_end(&w);
}

void subject_split(struct text subject, struct text *client, struct text *id)
{
    const char *slash = subject.length ? memchr(subject.at, '/', subject.length) : NULL;
    *client = (struct text){ 0 };
    *id = (struct text){ 0 };
    if (!slash)
        return;
    uint32_t before = (uint32_t)(slash - subject.at);
    *client = (struct text){ subject.at, before };
    *id = (struct text){ slash + 1, subject.length - before - 1 };
}

uint32_t partition_of(struct text client, uint32_t count)
{
    uint8_t digest[16];
    uint64_t v = 0;
    assert(count > 0);
    crypto_generichash(digest, sizeof digest, (const uint8_t *)client.at, client.length, NULL, 0);
    for (int i = 0; i < 8; i++)
        v = v << 8 | digest[i];
    return (uint32_t)(v % count);
}

size_t topic_print(char kind, const char *service, uint32_t partition, char out[static TOPIC_MAX])
{
    int length = snprintf(out, TOPIC_MAX, "%c/%s/%03u", kind, service, partition);
    assert(length > 0 && length < TOPIC_MAX);
    return (size_t)length;
}
