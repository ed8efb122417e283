/* apply_rehearse: the whole apply once in this process, over a copy of what there is: the services'
 * own rules say no before anything is sent. What the copy lacks (tokens, what somebody changes
 * meanwhile) may still lead to a refusal later. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/engine/engine.h"
#include "common/suite/options.h"
#include "services/cli/stand.h"
#include "services/registry.h"

struct rehearsal {
    struct apply now; /* what there is */
    struct engine *engine;
    struct arena arena;
    struct apply *of; /* what is copied, then what is rehearsed */
    int64_t at;
};

/* --- what there is, as items -------------------------------------------------------------------
 */

static int copy_row(struct apply *now, const struct apply_kind *kind, const char *id,
                    const json_t *row)
{
    struct apply_item item = { .kind = kind, .path = "", .mark = { .file = "" } };
    item.id = arena_text(&now->arena, text_from(id));
    int r = apply_value(&now->arena, kind, row, &item.value);
    if (r == 0) {
        apply_name_all(now, &item, kind->set->record, item.value);
        apply_keep(now, &item);
    }
    return r;
}

int apply_copy(const struct apply *a, struct apply *ret)
{
    apply_begin(ret);
    for (uint32_t k = 0; k < a->kind_count; k++) {
        const char *id;
        json_t *row;
        json_object_foreach(a->kinds[k].is, id, row)
        {
            int r = copy_row(ret, &ret->kinds[k], id, row);
            if (r < 0)
                return r;
        }
        ret->kinds[k].is = json_object();
    }
    apply_index(ret);
    apply_plan(ret);
    return ret->error_count ? -EINVAL : 0;
}

/* --- the engine --------------------------------------------------------------------------------
 */

static int open_engine(struct rehearsal *x, const char *directory)
{
    const struct service_type *singles[ENGINE_SERVICES_MAX + 1] = { NULL };
    const void *options[ENGINE_SERVICES_MAX] = { NULL };
    struct msg_error why;
    size_t n = 0;
    for (const struct service_type *const *s = services; *s && n < ENGINE_SERVICES_MAX; s++) {
        if (!(*s)->single)
            continue;
        void *into = arena_alloc(&x->arena, (*s)->options_size);
        const struct option_table table = { (*s)->options, (*s)->option_count, into };
        int r = options_default(&table, &why);
        if (r < 0)
            return r;
        options[n] = into;
        singles[n++] = *s;
    }
    const struct engine_options o = {
        .directory = directory,
        .install = text_from("00000000-0000-7000-8000-000000000000"),
        .partitions = 1,
        .services = singles,
        .options = options,
    };
    return engine_open(&o, &x->engine, &why);
}

static int try_one(void *arg, struct apply_item *i, const void *value)
{
    struct rehearsal *x = arg;
    struct msg_buffer body = { .arena = &x->arena };
    struct reply reply = { 0 };
    const struct command_row *command = apply_command(i, value, &body);
    const struct request request = {
        .id = id_new(x->at),
        .type = text_from(command->name),
        .client = PROVIDER_CLIENT,
        .principal = text_from("rehearsal"),
        .actor = text_from("rehearsal"),
        .data = body.at,
        .data_size = body.size,
    };
    int r = engine_input(x->engine, i->kind->service->name, &request, x->at, &reply);
    if (r < 0)
        return cli_fail(r, NULL, "cannot rehearse");
    if (reply.status == STATUS_ok) {
        i->version = reply.version;
        return 0;
    }
    return apply_refused(x->of, i, &reply);
}

/* As if nothing had been tried. */
static void forget(struct apply *a, const uint64_t *versions)
{
    for (uint32_t n = 0; n < a->count; n++) {
        a->items[n].version = versions[n];
        a->items[n].done = a->items[n].opened = false;
        a->items[n].no = NULL;
        a->items[n].after_count = 0;
    }
}

static int rehearse_in(struct apply *a, const char *directory)
{
    struct rehearsal *x = calloc(1, sizeof *x);
    int code = 0;
    if (!x)
        return 0;
    x->of = &x->now;
    x->at = real_now();
    x->arena.limit = a->arena.limit;
    /* What there is need not fit rules that are newer than it: then there is no rehearsal. */
    bool copied = apply_copy(a, &x->now) == 0 && open_engine(x, directory) == 0 &&
                  apply_order(&x->now, try_one, x) == 0;
    x->of = a;
    if (copied && !cli_stopped) {
        uint64_t *versions = arena_alloc(&a->arena, (a->count + (size_t)1) * sizeof *versions);
        for (uint32_t n = 0; n < a->count; n++)
            versions[n] = a->items[n].version;
        code = apply_order(a, try_one, x);
        if (code == APPLY_REFUSED)
            code = apply_say_refused(a);
        forget(a, versions);
    }
    engine_close(&x->engine);
    apply_end(&x->now);
    arena_free(&x->arena);
    free(x);
    return code;
}

int apply_rehearse(struct apply *a, const struct suite *suite)
{
    char directory[SUITE_PATH_MAX + 32];
    snprintf(directory, sizeof directory, "%s/rehearsal-XXXXXX", suite->directory);
    if (!mkdtemp(directory))
        return 0; /* not ours to write to; the suite itself will say what is wrong */
    int code = rehearse_in(a, directory);
    stand_drop(directory);
    return code;
}
