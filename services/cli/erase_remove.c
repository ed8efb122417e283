/* erase_remove: what the catalog itself says of an erasure: that it was removed, that it was
 * erased; and folding what was forgotten. */
#include <errno.h>
#include <stdio.h>

#include "common/store/tell.h"
#include "services/cli/erase.h"
#include "services/cli/offline.h"

/* History's clock stands where its last event is. */
static int64_t now_of(const struct erase *x, struct partition *p)
{
    struct position at;
    partition_position(p, &at);
    int64_t now = x->suite.is_virtual ? at.time : suite_now(&x->suite.clock);
    return now > at.time ? now : at.time;
}

static void say_remove(struct erase *x, struct partition *p, struct arena *a, struct reply *ret)
{
    struct msg_buffer b = { .arena = a };
    const int64_t now = now_of(x, p);
    msg_put_map(&b, 1);
    msg_put_key(&b, x->noun);
    msg_put_text(&b, text_from(x->id));
    const struct request r = {
        .id = id_new(real_now()), /* judged by the real clock, however fast the suite's is */
        .type = arena_printf(a, "%s.remove", x->noun),
        .client = PROVIDER_CLIENT,
        .principal = text_from("erase"),
        .actor = text_from(x->actor),
        .data = b.at,
        .data_size = b.size,
        .raw = b.at,
        .raw_size = b.size,
    };
    partition_command(p, &r, now, ret);
    ret->message = arena_text(a, ret->message);
    ret->code = arena_text(a, ret->code);
    ret->field = arena_text(a, ret->field);
}

int erase_remove(struct erase *x, bool rehearse, struct arena *a, struct reply *ret_reply,
                 struct msg_error *reterr)
{
    char directory[SUITE_PATH_MAX];
    struct partition *p;
    void *options = arena_alloc(a, x->catalog->options_size + 1);
    const struct partition_options o =
        offline_options(&x->suite, x->catalog, 0, options, directory);
    int r = rehearse ? partition_inspect(&o, &p, reterr) : partition_open(&o, &p, reterr);
    if (r < 0)
        return r;
    r = partition_begin(p);
    if (r == 0) {
        say_remove(x, p, a, ret_reply);
        if (rehearse)
            partition_abort(p);
        else
            r = partition_commit(p);
    }
    if (rehearse)
        partition_leave(&p);
    else
        partition_close(&p);
    return r;
}

int erase_tell(struct erase *x, struct msg_error *reterr)
{
    char directory[SUITE_PATH_MAX];
    struct partition *p;
    struct arena a = { 0 };
    struct msg_buffer b = { .arena = &a };
    void *options = arena_alloc(&a, x->catalog->options_size + 1);
    const struct partition_options o =
        offline_options(&x->suite, x->catalog, 0, options, directory);
    int r = partition_open(&o, &p, reterr);
    if (r == 0) {
        msg_put_map(&b, 2);
        msg_put_key(&b, "events");
        msg_put_integer(&b, (int64_t)x->event_count);
        msg_put_key(&b, "messages");
        msg_put_integer(&b, (int64_t)x->message_count);
        r = partition_begin(p);
        if (r == 0)
            r = partition_tell(p, arena_printf(&a, "%s.erased", x->noun), PROVIDER_CLIENT,
                               text_from(x->id), text_from(x->actor), b.at, b.size, now_of(x, p));
        if (r == 0)
            r = partition_commit(p);
        partition_close(&p);
    }
    arena_free(&a);
    return r;
}

int erase_fold(struct erase *x, const struct service_type *s, uint32_t n, struct msg_error *reterr)
{
    char directory[SUITE_PATH_MAX];
    struct partition *p;
    struct arena a = { 0 };
    void *options = arena_alloc(&a, s->options_size + 1);
    const struct partition_options o = offline_options(&x->suite, s, n, options, directory);
    int r = partition_open(&o, &p, reterr);
    if (r == 0)
        partition_close(&p);
    arena_free(&a);
    return r;
}
