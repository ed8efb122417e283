/* apply_send: commands over the bus, many in flight. A partition takes them in the order in which
 * they were sent, so what an earlier one sets is there for a later one; one that is refused ends
 * the sending, and those behind it that name it are refused as well. */
#include <errno.h>
#include <stdio.h>

#include "services/cli/apply.h"
#include "services/cli/query.h"

struct flight {
    struct apply_item *item;
    const void *value;
    bool whole; /* the item is as wanted once it is answered */
    bool no; /* it was not ok */
    struct reply reply;
};

struct sender {
    struct apply *apply;
    struct client *client;
    const char *actor;
    struct flight *flights; /* one for each command sent since the last settling */
    uint32_t count;
    uint32_t no; /* how many of them were not ok */
};

enum { FLIGHTS_MAX = 4096 };

struct id apply_id(struct arena *a, const struct apply_item *i, const char *command,
                   const struct msg_buffer *body)
{
    struct msg_buffer all = { .arena = a };
    msg_put_key(&all, command);
    msg_put_text(&all, i->id);
    msg_put_integer(&all, (int64_t)i->version);
    msg_put_raw(&all, body->at, body->size);
    return id_derive_bytes("apply", 0, all.at, all.size);
}

static void place_of(const struct apply *a, const struct mark *mark, char *out, size_t size)
{
    if (mark->file)
        snprintf(out, size, "%s:%u:%u", mark->file, mark->line, mark->column);
    else
        snprintf(out, size, "%s: to be removed, for no file says it", a->from);
}

int apply_say_no(const struct apply *a, const struct apply_item *i, const struct reply *reply)
{
    char field[256], where[SUITE_PATH_MAX + 256];
    snprintf(field, sizeof field, "%.*s", TEXT_ARG(reply->field));
    const struct apply_place *at = apply_place(i, field);
    place_of(a, at->mark.file ? &at->mark : &i->mark, where, sizeof where);
    cli_say("%s: %s%s%s%sthe %s %.*s is %s: %.*s%s%.*s%s", where, i->path,
            *field && *i->path ? "." : "", field, *i->path || *field ? ": " : "",
            i->kind->entity->name, TEXT_ARG(i->id), status_name(reply->status),
            TEXT_ARG(reply->message), text_empty(reply->code) ? "" : " (", TEXT_ARG(reply->code),
            text_empty(reply->code) ? "" : ")");
    return cli_exit_of_status(reply->status);
}

/* Somebody else was there; or it was this very command, whose answer got lost. */
static int look_again(struct sender *x, struct flight *f)
{
    struct apply_item now = *f->item;
    char where[SUITE_PATH_MAX + 256];
    struct reply reply = { 0 };
    const struct request q = apply_question(x->apply, &now);
    now.value = (void *)(uintptr_t)f->value;
    now.wanted = NULL;
    int r = client_ask(x->client, now.kind->service->name, 0, &q, &x->apply->arena, &reply);
    if (r < 0)
        return cli_fail(r, NULL, "%s", now.kind->service->name);
    if (reply.status != STATUS_ok)
        return cli_answer_failed(&reply);
    apply_answer(x->apply, &now, &reply);
    bool same = f->value ? now.is && now.change == CHANGE_NONE : !now.is;
    json_decref(now.wanted);
    if (same) {
        f->item->version = now.version;
        return 0;
    }
    place_of(x->apply, &f->item->mark, where, sizeof where);
    cli_say("%s: %s%sthe %s %.*s was changed by somebody else meanwhile, it is at version "
            "%llu; apply again to see how it differs",
            where, f->item->path, *f->item->path ? ": " : "", f->item->kind->entity->name,
            TEXT_ARG(f->item->id), (unsigned long long)now.version);
    return EXIT_CONFLICT;
}

/* An answer; its texts are the sender's only during the call. */
static void answered(void *arg, uint64_t tag, const struct reply *reply)
{
    struct sender *x = arg;
    struct flight *f = &x->flights[tag];
    bool gone = !f->value && reply->status == STATUS_not_found;
    f->item->flies = false;
    if (reply->status == STATUS_ok || gone) {
        f->item->version = gone ? 0 : reply->version;
        return;
    }
    struct arena *arena = &x->apply->arena;
    f->no = true;
    f->item->done = false;
    f->reply = (struct reply){ .status = reply->status };
    f->reply.code = arena_text(arena, reply->code);
    f->reply.field = arena_text(arena, reply->field);
    f->reply.message = arena_text(arena, reply->message);
    x->no++;
}

/* Waits for all answers; of those that were not ok the first is said, and those that were done
 * already do not count. */
static int settle(struct sender *x)
{
    int code = 0, r = client_drain(x->client);
    for (uint32_t n = 0; n < x->count && code == 0 && x->no; n++) {
        struct flight *f = &x->flights[n];
        if (!f->no)
            continue;
        code = f->reply.status == STATUS_version ? look_again(x, f)
                                                 : apply_say_no(x->apply, f->item, &f->reply);
        f->item->done = code == 0 && f->whole;
    }
    x->count = x->no = 0;
    return code || r == 0 ? code : cli_fail(r, NULL, "%s", x->apply->kinds[0].service->name);
}

static int send_one(void *arg, struct apply_item *i, const void *value)
{
    struct sender *x = arg;
    struct arena *arena = &x->apply->arena;
    struct msg_buffer body = { .arena = arena };
    /* A circle's second half is sent over the version that the first one's answer tells. */
    if (x->no || x->count == FLIGHTS_MAX || i->flies) {
        int code = settle(x);
        if (code)
            return code;
    }
    const struct command_row *command = apply_command(i, value, &body);
    const struct request request = {
        .id = command->how == NATURAL ? apply_id(arena, i, command->name, &body)
                                      : id_new(real_now()), /* ids are judged by the real clock */
        .type = text_from(command->name),
        .client = PROVIDER_CLIENT,
        .actor = text_from(x->actor),
        .data = body.at,
        .data_size = body.size,
        .has_expect = true,
        .expect = i->version,
    };
    bool whole = i->change == CHANGE_REMOVE ? !value : value == i->value;
    x->flights[x->count] = (struct flight){ .item = i, .value = value, .whole = whole };
    i->flies = true;
    int r = client_send(x->client, i->kind->service->name, &request, x->count++, answered, x);
    return r < 0 ? cli_fail(r, NULL, "%s %.*s", command->name, TEXT_ARG(i->id)) : 0;
}

/* What the rehearsal found out to be an order, command by command. */
static int follow(struct sender *x)
{
    const struct apply *a = x->apply;
    int code = 0;
    for (uint32_t n = 0; n < a->step_count && code == 0 && !cli_stopped; n++) {
        const struct apply_step *s = &a->steps[n];
        s->item->opened = s->opened;
        code = send_one(x, s->item, s->value);
        s->item->done = code == 0 && s->whole;
    }
    return code;
}

int apply_over_bus(struct apply *a, struct client *c, const char *actor)
{
    struct sender x = { .apply = a, .client = c, .actor = actor };
    x.flights = arena_alloc(&a->arena, FLIGHTS_MAX * sizeof *x.flights);
    int code = a->step_count ? follow(&x) : apply_order(a, send_one, &x);
    int last = settle(&x);
    return code ? code : last;
}

/* --- versions ----------------------------------------------------------------------------------
 */

struct looking {
    struct apply *apply;
    int code;
};

static void looked(void *arg, uint64_t tag, const struct reply *reply)
{
    struct looking *x = arg;
    if (reply->status == STATUS_ok)
        apply_answer(x->apply, &x->apply->items[tag], reply);
    else if (x->code == 0)
        x->code = cli_answer_failed(reply);
}

int apply_versions(struct apply *a, struct client *c)
{
    struct looking x = { .apply = a };
    int r = 0;
    for (uint32_t n = 0; n < a->count && r == 0 && x.code == 0 && !cli_stopped; n++) {
        const struct apply_item *i = &a->items[n];
        if (i->change != CHANGE_EDIT && i->change != CHANGE_REMOVE)
            continue;
        const struct request q = apply_question(a, i);
        r = client_send(c, i->kind->service->name, &q, n, looked, &x);
    }
    int drained = client_drain(c);
    r = r < 0 ? r : drained;
    return r < 0 ? cli_fail(r, NULL, "%s", a->kinds[0].service->name) : x.code;
}
