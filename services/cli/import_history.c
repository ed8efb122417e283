/* An import of history: the services in this process, on a clock that follows the data (engine.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/engine.h"
#include "services/cli/import.h"
#include "services/cli/query.h"
#include "services/cli/stand.h"
#include "services/registry.h"

/* A suite in which nothing was ever opened may become one of history. */
static bool is_new(const struct suite *s)
{
    char directory[SUITE_PATH_MAX];
    for (const struct service_type *const *v = services; *v; v++) {
        for (uint32_t n = 0; n < suite_partitions(s, (*v)->name); n++) {
            suite_partition_directory(s, (*v)->name, n, directory);
            if (access(directory, F_OK) == 0)
                return false;
        }
    }
    return true;
}

/* The catalog as files have it, before anything else is true: contracts, calendars and lines then
 * hold for all that comes. Again over the same directory only what differs is set. */
static int set_model(struct import *i, struct engine *e)
{
    struct stand s = { .engine = e, .actor = i->actor };
    struct apply *a = calloc(1, sizeof *a);
    if (!a)
        return EXIT_FAILED;
    s.now = i->facts.count ? i->facts.at[0].moment - 1 : engine_now(e);
    apply_begin(a);
    apply_read(a, i->model);
    int code = stand_apply(&s, a);
    apply_end(a);
    arena_free(&s.arena);
    free(a);
    return code;
}

static int offer_all(struct import *i, struct engine *e)
{
    int64_t last = 0;
    int r = 0;
    for (size_t n = 0; n < i->facts.count && r == 0 && !cli_stopped; n++) {
        const struct fact *f = &i->facts.at[n];
        struct request request;
        struct reply reply;
        import_request(i, f, &request);
        request.principal = request.actor;
        r = engine_input(e, i->service->name, &request, f->moment, &reply);
        if (r == 0)
            import_answered(i, f, &reply);
        last = f->moment > last ? f->moment : last;
        if (n % 4096 == 0)
            cli_progress("importing", n, i->facts.count);
    }
    if (r == 0 && !cli_stopped)
        r = engine_advance(e, last);
    return r == 0 ? engine_flush(e) : r;
}

/* The totals of all partitions, summed. 0, or the exit code. */
static int sum_totals(struct import *i, struct engine *e)
{
    const struct record *record = i->summary->result;
    struct msg_buffer body = { .arena = &i->arena };
    struct msg_error why = { 0 };
    void *empty = arena_alloc(&i->arena, i->summary->parameters->size);
    void *one = arena_alloc(&i->arena, record->size);
    msg_encode(i->summary->parameters, empty, &body);
    const struct request q = {
        .query = true, .type = text_from(i->summary->name), .data = body.at, .data_size = body.size
    };
    i->totals = arena_alloc(&i->arena, record->size);
    for (uint32_t n = 0; n < i->suite.partitions; n++) {
        struct reply reply = { 0 };
        int r = engine_query(e, i->service->name, n, &q, &i->arena, &reply);
        if (r < 0)
            return cli_fail(r, NULL, "%s", i->summary->name);
        if (reply.status != STATUS_ok)
            return cli_answer_failed(&reply);
        r = msg_decode(record, reply.result, reply.result_size, &i->arena, one, &why);
        if (r < 0)
            return cli_fail(r, &why, "%s", i->summary->name);
        msg_sum(record, i->totals, one);
    }
    return 0;
}

int import_history(struct import *i)
{
    const void *options[ENGINE_SERVICES_MAX];
    struct engine *e = NULL;
    struct msg_error why = { 0 };
    int code = stand_options(&i->arena, i->config, options);
    if (code)
        return code;
    if (!i->suite.is_virtual) {
        if (!is_new(&i->suite)) {
            cli_say("%s runs on the real clock; history needs a directory of its own",
                    i->cli->data);
            return EXIT_CONFLICT;
        }
        int r = suite_virtual_set(&i->suite, true);
        if (r < 0)
            return cli_fail(r, NULL, "cannot write %s/suite.json", i->suite.directory);
    }
    const struct engine_options o = {
        .directory = i->suite.directory,
        .install = text_from(i->suite.install),
        .partitions = i->suite.partitions,
        .services = services,
        .options = options,
    };
    int r = engine_open(&o, &e, &why);
    if (r < 0)
        return cli_fail(r, &why, "cannot open %s", i->suite.directory);
    code = i->model ? set_model(i, e) : 0;
    if (code) {
        engine_close(&e);
        return code;
    }
    r = offer_all(i, e);
    code = r < 0 ? cli_fail(r, NULL, "cannot import into %s", i->suite.directory) : 0;
    if (code == 0 && !cli_stopped)
        code = sum_totals(i, e);
    r = engine_close(&e);
    return r < 0 && code == 0 ? cli_fail(r, NULL, "cannot write to %s", i->suite.directory) : code;
}
