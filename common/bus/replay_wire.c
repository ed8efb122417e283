/* replay_wire: which frame has which members, in one table. */
#include "common/bus/replay_wire.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "common/base/token.h"

static const char *const op_names[] = {
    [REPLAY_FETCH] = "fetch",   [REPLAY_POSITION] = "position", [REPLAY_BATCH] = "batch",
    [REPLAY_GAP] = "gap",       [REPLAY_SKIP] = "skip",         [REPLAY_TOO_OLD] = "too_old",
    [REPLAY_EPOCHS] = "epochs", [REPLAY_MOVED] = "moved",       [REPLAY_ERROR] = "error",
};
enum { OPS = sizeof op_names / sizeof *op_names };

/* One member of a frame, and the ops that have it. */
struct member {
    const char *name;
    enum { NUMBER, NUMBER_OPTIONAL, TEXT } kind;
    size_t offset;
    unsigned ops;
};
#define IN(op)     (1u << REPLAY_##op)
#define AT(member) offsetof(struct replay_frame, member)

static const struct member members[] = {
    { "partition", NUMBER, AT(partition), IN(FETCH) | IN(POSITION) | IN(BATCH) },
    { "epoch", NUMBER_OPTIONAL, AT(epoch), IN(FETCH) },
    { "epoch", NUMBER, AT(epoch), IN(BATCH) },
    { "from", NUMBER, AT(from), IN(FETCH) | IN(BATCH) | IN(GAP) | IN(SKIP) },
    { "to", NUMBER, AT(to), IN(GAP) | IN(SKIP) },
    { "epoch", NUMBER, AT(epoch), IN(GAP) },
    { "credit", NUMBER, AT(credit), IN(FETCH) },
    { "count", NUMBER, AT(count), IN(BATCH) },
    { "head", NUMBER, AT(head), IN(BATCH) },
    { "low", NUMBER, AT(low), IN(TOO_OLD) },
    { "consumer", TEXT, AT(consumer), IN(POSITION) },
    { "sequence", NUMBER, AT(sequence), IN(POSITION) },
    { "endpoint", TEXT, AT(endpoint), IN(MOVED) },
    { "code", TEXT, AT(code), IN(ERROR) },
    { "message", TEXT, AT(message), IN(ERROR) },
};
enum { MEMBERS = sizeof members / sizeof *members };

static void *at(struct replay_frame *f, const struct member *m)
{
    return (char *)f + m->offset;
}

static bool absent(const uint64_t *number, const struct member *m)
{
    return m->kind == NUMBER_OPTIONAL && *number == 0;
}

static void epochs_write(const struct replay_frame *f, struct msg_buffer *b)
{
    msg_put_key(b, "epochs");
    msg_put_array(b, (uint32_t)f->epoch_count);
    for (size_t i = 0; i < f->epoch_count; i++) {
        msg_put_map(b, 2);
        msg_put_key(b, "epoch");
        msg_put_integer(b, (int64_t)f->epochs[i].epoch);
        msg_put_key(b, "from");
        msg_put_integer(b, (int64_t)f->epochs[i].from);
    }
}

void replay_write(const struct replay_frame *f, struct msg_buffer *b)
{
    struct replay_frame copy = *f;
    uint32_t entries = 1 + (f->op == REPLAY_EPOCHS);
    for (int i = 0; i < MEMBERS; i++)
        if (members[i].ops & 1u << f->op && !absent(at(&copy, &members[i]), &members[i]))
            entries++;
    msg_put_map(b, entries);
    msg_put_key(b, "op");
    msg_put_text(b, text_from(op_names[f->op]));
    for (int i = 0; i < MEMBERS; i++) {
        const struct member *m = &members[i];
        if (!(m->ops & 1u << f->op) || absent(at(&copy, m), m))
            continue;
        msg_put_key(b, m->name);
        if (m->kind == TEXT)
            msg_put_text(b, *(struct text *)at(&copy, m));
        else
            msg_put_integer(b, (int64_t) * (uint64_t *)at(&copy, m));
    }
    if (f->op == REPLAY_EPOCHS)
        epochs_write(f, b);
}

static int complain(struct msg_error *reterr, const char *field, const char *rule)
{
    snprintf(reterr->field, sizeof reterr->field, "%s", field);
    snprintf(reterr->rule, sizeof reterr->rule, "%s", rule);
    return -EBADMSG;
}

static int number_read(const void *frame, size_t size, const char *name, uint64_t *ret)
{
    const void *value;
    size_t value_size;
    int64_t v;
    int r = msg_member(frame, size, name, &value, &value_size);
    if (r < 0)
        return r;
    if (msg_read_integer(value, value_size, &v) < 0 || v < 0)
        return -EBADMSG;
    *ret = (uint64_t)v;
    return 0;
}

static int text_read(const void *frame, size_t size, const char *name, struct text *ret)
{
    const void *value;
    size_t value_size;
    int r = msg_member(frame, size, name, &value, &value_size);
    return r < 0 ? r : msg_read_text(value, value_size, ret);
}

static int epochs_read(const void *frame, size_t size, struct arena *a, struct replay_frame *f)
{
    const void *value;
    size_t value_size;
    struct token t;
    if (msg_member(frame, size, "epochs", &value, &value_size) < 0)
        return -EBADMSG;
    struct reader r = reader_over(value, value_size);
    if (!reader_next(&r, &t) || t.kind != TOKEN_ARRAY)
        return -EBADMSG;
    struct catchup_epoch *epochs = arena_alloc(a, t.count * sizeof *epochs);
    f->epochs = epochs;
    f->epoch_count = t.count;
    for (size_t i = 0; i < f->epoch_count; i++) {
        const uint8_t *row = r.at;
        if (!reader_skip(&r))
            return -EBADMSG;
        size_t row_size = (size_t)(r.at - row);
        if (number_read(row, row_size, "epoch", &epochs[i].epoch) < 0 ||
            number_read(row, row_size, "from", &epochs[i].from) < 0)
            return -EBADMSG;
    }
    return 0;
}

int replay_read(const void *frame, size_t size, struct arena *a, struct replay_frame *ret,
                struct msg_error *reterr)
{
    struct replay_frame f = { 0 };
    struct text op;
    int known = 0;
    if (text_read(frame, size, "op", &op) < 0)
        return complain(reterr, "op", "is required, and must be text");
    while (known < OPS && !text_equal(op, text_from(op_names[known])))
        known++;
    if (known == OPS)
        return complain(reterr, "op", "must be an operation of the replay socket");
    f.op = (enum replay_op)known;
    for (int i = 0; i < MEMBERS; i++) {
        const struct member *m = &members[i];
        if (!(m->ops & 1u << known))
            continue;
        int r = m->kind == TEXT ? text_read(frame, size, m->name, at(&f, m))
                                : number_read(frame, size, m->name, at(&f, m));
        if (r == -ENOENT && m->kind == NUMBER_OPTIONAL)
            continue;
        if (r < 0)
            return complain(reterr, m->name,
                            m->kind == TEXT ? "is required, and must be text"
                                            : "is required, and must be an integer, not negative");
    }
    if (f.op == REPLAY_EPOCHS && epochs_read(frame, size, a, &f) < 0)
        return complain(reterr, "epochs", "must be a list of epoch and from");
    *ret = f;
    return 0;
}

void beacon_write(const struct beacon *h, struct msg_buffer *b)
{
    msg_put_map(b, 4);
    msg_put_key(b, "epoch");
    msg_put_integer(b, (int64_t)h->epoch);
    msg_put_key(b, "head");
    msg_put_integer(b, (int64_t)h->head);
    msg_put_key(b, "time");
    msg_put_instant(b, h->time);
    msg_put_key(b, "chain");
    msg_put_bin(b, h->chain, sizeof h->chain);
}

int beacon_read(const void *frame, size_t size, struct beacon *ret)
{
    struct beacon h = { 0 };
    const void *at;
    size_t length;
    struct text time;
    if (number_read(frame, size, "epoch", &h.epoch) < 0 ||
        number_read(frame, size, "head", &h.head) < 0 ||
        msg_member(frame, size, "time", &at, &length) < 0 || msg_read_text(at, length, &time) < 0 ||
        instant_parse(time, &h.time) < 0)
        return -EBADMSG;
    *ret = h;
    return 0;
}
