/* An import of history: the services in this process, on a clock that follows the data (engine.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/engine/engine.h"
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

/* The file whose next fact is the earliest, the first of those that are of one moment; NULL when
 * all were told. */
static struct load *earliest(struct import *i, const size_t told[static IMPORT_FILES_MAX])
{
    struct load *first = NULL;
    int64_t moment = 0;
    for (size_t n = 0; n < i->count; n++) {
        struct load *l = &i->loads[n];
        if (told[n] < l->facts.count && (!first || l->facts.at[told[n]].moment < moment)) {
            first = l;
            moment = l->facts.at[told[n]].moment;
        }
    }
    return first;
}

/* The catalog as files have it, before anything else is true: contracts, calendars and lines then
 * hold for all that comes. Again over the same directory only what differs is set. */
static int set_model(struct import *i, struct engine *e)
{
    static const size_t nothing[IMPORT_FILES_MAX];
    struct stand s = { .engine = e, .actor = i->actor };
    struct apply *a = calloc(1, sizeof *a);
    if (!a)
        return EXIT_FAILED;
    const struct load *first = earliest(i, nothing);
    s.now = first ? first->facts.at[0].moment - 1 : engine_now(e);
    apply_begin(a);
    apply_read(a, i->model);
    int code = stand_apply(&s, a);
    apply_end(a);
    arena_free(&s.arena);
    free(a);
    return code;
}

/* What lies ahead is told today, as over the bus: a plan is known then, and what cannot be yet is
 * refused. One wrong year would take the clock with it else, and all that comes behind it is late.
 */
static int64_t told_at(const struct fact *f, int64_t today)
{
    return f->moment > today ? today : f->moment;
}

static int offer_all(struct import *i, struct engine *e)
{
    size_t told[IMPORT_FILES_MAX] = { 0 }, all = 0, done = 0;
    int64_t last = 0, today = real_now();
    struct load *l;
    int r = 0;
    for (size_t n = 0; n < i->count; n++)
        all += i->loads[n].facts.count;
    while (r == 0 && !cli_stopped && (l = earliest(i, told)) != NULL) {
        const struct fact *f = &l->facts.at[told[l - i->loads]++];
        int64_t moment = told_at(f, today);
        struct request request;
        struct reply reply;
        import_request(i, l, f, &request);
        request.principal = request.actor;
        r = engine_input(e, l->service->name, &request, moment, &reply);
        if (r == 0)
            import_answered(l, f, &reply);
        last = moment > last ? moment : last;
        if (done++ % 4096 == 0)
            cli_progress("importing", done, all);
    }
    if (r == 0 && !cli_stopped)
        r = engine_advance(e, last);
    return r == 0 ? engine_flush(e) : r;
}

/* The totals of all partitions, summed. 0, or the exit code. */
static int sum_totals(struct import *i, struct load *l, struct engine *e)
{
    const struct record *record = l->summary->result;
    struct msg_buffer body = { .arena = &i->arena };
    struct msg_error why = { 0 };
    void *empty = arena_alloc(&i->arena, l->summary->parameters->size);
    void *one = arena_alloc(&i->arena, record->size);
    msg_encode(l->summary->parameters, empty, &body);
    const struct request q = {
        .query = true, .type = text_from(l->summary->name), .data = body.at, .data_size = body.size
    };
    l->totals = arena_alloc(&i->arena, record->size);
    for (uint32_t n = 0; n < i->suite.partitions; n++) {
        struct reply reply = { 0 };
        int r = engine_query(e, l->service->name, n, &q, &i->arena, &reply);
        if (r < 0)
            return cli_fail(r, NULL, "%s", l->summary->name);
        if (reply.status != STATUS_ok)
            return cli_answer_failed(&reply);
        r = msg_decode(record, reply.result, reply.result_size, &i->arena, one, &why);
        if (r < 0)
            return cli_fail(r, &why, "%s", l->summary->name);
        msg_sum(record, l->totals, one);
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
    for (size_t n = 0; n < i->count && code == 0 && !cli_stopped; n++)
        code = i->loads[n].summary ? sum_totals(i, &i->loads[n], e) : 0;
    r = engine_close(&e);
    return r < 0 && code == 0 ? cli_fail(r, NULL, "cannot write to %s", i->suite.directory) : code;
}
