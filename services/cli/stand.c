/* stand: see stand.h. */
#include "services/cli/stand.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "common/msg/json.h"
#include "common/out/outbound.h"
#include "common/suite/options.h"
#include "services/cli/query.h"
#include "services/registry.h"

/* --- opening ----------------------------------------------------------------------------------
 */

int stand_options(struct arena *arena, const char *config, const void **ret)
{
    static const struct option_row others[] = {
        { .name = "log_level", .kind = OPTION_TEXT, .fallback = "", .max = 16, .doc = "Not used" },
    };
    struct msg_error why = { 0 };
    struct text unused;
    struct outbound_options way_out; /* nothing goes out */
    char *flags[] = { (char *)(uintptr_t) "--config", (char *)(uintptr_t)config };
    for (size_t s = 0; services[s]; s++) {
        void *into = arena_alloc(arena, services[s]->options_size);
        const struct option_table tables[] = {
            { services[s]->options, services[s]->option_count, into },
            { others, 1, &unused },
            { outbound_rows, outbound_row_count, &way_out },
        };
        const struct option_sources sources = { .section = services[s]->name,
                                                .environment = environ,
                                                .argc = config ? 2 : 0,
                                                .argv = flags };
        ret[s] = into;
        if (options_load(tables, sizeof tables / sizeof *tables, &sources, arena, &why) < 0) {
            cli_say("%s: %s", why.field, why.rule);
            return EXIT_USAGE;
        }
    }
    return 0;
}

int stand_open(const struct suite *suite, const char *config, struct stand *ret)
{
    const void *options[ENGINE_SERVICES_MAX];
    struct msg_error why = { 0 };
    ret->arena.limit = (size_t)APPLY_MIB_MAX << 20;
    int code = stand_options(&ret->arena, config, options);
    if (code)
        return code;
    const struct engine_options o = {
        .directory = suite->directory,
        .install = text_from(suite->install),
        .partitions = suite->partitions,
        .services = services,
        .options = options,
    };
    int r = engine_open(&o, &ret->engine, &why);
    return r < 0 ? cli_fail(r, &why, "cannot open %s", suite->directory) : 0;
}

int stand_close(struct stand *s)
{
    int r = engine_close(&s->engine);
    arena_free(&s->arena);
    return r;
}

/* --- commands and questions --------------------------------------------------------------------
 */

static int input(struct stand *s, const char *service, const struct request *request,
                 struct reply *ret)
{
    int r = engine_input(s->engine, service, request, s->now, ret);
    return r < 0 ? cli_fail(r, NULL, "%.*s", TEXT_ARG(request->type)) : 0;
}

int stand_do(struct stand *s, const char *service, const char *type, struct text client,
             const json_t *data, struct reply *ret)
{
    struct msg_buffer body = { .arena = &s->arena };
    struct msg_error why = { 0 };
    int r = json_to_msg(data, &body, &why);
    if (r < 0)
        return cli_fail(r, &why, "%s", type);
    const struct request request = {
        .id = id_new(s->now),
        .type = text_from(type),
        .client = client,
        .principal = text_from(s->actor),
        .actor = text_from(s->actor),
        .data = body.at,
        .data_size = body.size,
    };
    int code = input(s, service, &request, ret);
    if (code)
        return code;
    return ret->status == STATUS_ok ? 0 : cli_answer_failed(ret);
}

int stand_send(void *arg, struct apply_item *i, const void *value)
{
    struct stand *s = arg;
    struct msg_buffer body = { .arena = &s->arena };
    struct reply reply = { 0 };
    const struct command_row *command = apply_command(i, value, &body);
    const struct request request = {
        .id = apply_id(&s->arena, i, command->name, &body),
        .type = text_from(command->name),
        .client = PROVIDER_CLIENT,
        .principal = text_from(s->actor),
        .actor = text_from(s->actor),
        .data = body.at,
        .data_size = body.size,
    };
    int code = input(s, i->kind->service->name, &request, &reply);
    if (code)
        return code;
    if (reply.status != STATUS_ok)
        return apply_refused(s->apply, i, &reply);
    i->version = reply.version;
    return 0;
}

int stand_ask(void *arg, const struct service_type *s, const struct query_row *row,
              const struct request *q, struct arena *arena, struct reply *reply)
{
    struct stand *stand = arg;
    (void)row;
    return engine_query(stand->engine, s->name, 0, q, arena, reply);
}

json_t *stand_rows(struct stand *s, const char *service, const char *query, const json_t *data,
                   int *ret_code)
{
    struct msg_buffer body = { .arena = &s->arena };
    struct msg_error why = { 0 };
    struct text cursor = { 0 };
    json_t *all = json_array();
    *ret_code = 0;
    int r = json_to_msg(data, &body, &why);
    while (r == 0) {
        struct reply reply = { 0 };
        const struct request q = { .query = true,
                                   .id = id_new(s->now),
                                   .type = text_from(query),
                                   .data = body.at,
                                   .data_size = body.size,
                                   .cursor = cursor };
        r = engine_query(s->engine, service, 0, &q, &s->arena, &reply);
        if (r == 0 && reply.status != STATUS_ok)
            *ret_code = cli_answer_failed(&reply);
        if (r < 0 || *ret_code)
            break;
        json_t *rows = json_from_msg(reply.result, reply.result_size);
        json_array_extend(all, rows);
        json_decref(rows);
        if (text_empty(reply.cursor) || text_equal(reply.cursor, cursor))
            return all;
        cursor = arena_text(&s->arena, reply.cursor);
    }
    if (r < 0)
        *ret_code = cli_fail(r, &why, "%s", query);
    json_decref(all);
    return NULL;
}

/* --- a configuration ---------------------------------------------------------------------------
 */

int stand_apply(struct stand *s, struct apply *a)
{
    int code = apply_say_errors(a);
    if (code == 0)
        code = apply_look(a, stand_ask, s);
    if (code == 0)
        code = apply_differ(a, stand_ask, s);
    if (code == 0)
        code = apply_say_errors(a);
    s->apply = a;
    if (code == 0)
        code = apply_order(a, stand_send, s);
    if (code == APPLY_REFUSED)
        code = apply_say_refused(a);
    int r = code == 0 ? engine_flush(s->engine) : 0;
    return r < 0 ? cli_fail(r, NULL, "cannot apply %s", a->from ? a->from : "the catalog") : code;
}

/* --- directories -------------------------------------------------------------------------------
 */

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

void stand_drop(const char *directory)
{
    enum { OPEN_MAX_FTW = 8 };
    nftw(directory, drop, OPEN_MAX_FTW, FTW_DEPTH | FTW_PHYS);
}
