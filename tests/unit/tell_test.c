/* Tests of what a program of the suite says itself: that somebody was erased, in the catalog. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/store/tell.h"
#include "common/store/turn.h"
#include "common/store/verify.h"
#include "common/suite/options.h"
#include "tests/unit/packed.h"

extern const struct service_type catalog_service;

enum { NOW_DAYS = 20000 };
static const int64_t now = NOW_DAYS * 86400 * SECONDS;

struct book {
    char directory[64];
    struct partition_options o;
    struct partition *p;
    struct arena arena;
};

static int set_up(void **state)
{
    struct book *b = calloc(1, sizeof *b);
    struct msg_error error;
    assert_non_null(b);
    snprintf(b->directory, sizeof b->directory, "/tmp/tell-XXXXXX");
    assert_non_null(mkdtemp(b->directory));
    void *options = arena_alloc(&b->arena, catalog_service.options_size);
    const struct option_table table = { catalog_service.options, catalog_service.option_count,
                                        options };
    assert_int_equal(options_default(&table, &error), 0);
    b->o = (struct partition_options){
        .directory = b->directory,
        .service = &catalog_service,
        .options = options,
        .install = TEXT_OF("00000000-0000-7000-8000-000000000000"),
        .count = 1,
        .clock = CLOCK_VIRTUAL,
        .any_file_system = true,
        .now = now,
    };
    assert_int_equal(partition_open(&b->o, &b->p, &error), 0);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct book *b = *state;
    char command[128];
    partition_close(&b->p);
    snprintf(command, sizeof command, "rm -rf %s", b->directory);
    assert_int_equal(system(command), 0);
    arena_free(&b->arena);
    free(b);
    return 0;
}

static enum status say(struct book *b, const char *type, const char *json)
{
    const struct msg_buffer body = packed(&b->arena, json);
    struct reply reply;
    const struct request r = {
        .id = id_new(now),
        .type = text_from(type),
        .client = PROVIDER_CLIENT,
        .principal = TEXT_OF("test"),
        .actor = TEXT_OF("test"),
        .data = body.at,
        .data_size = body.size,
        .raw = body.at,
        .raw_size = body.size,
    };
    assert_int_equal(partition_begin(b->p), 0);
    partition_command(b->p, &r, now, &reply);
    assert_int_equal(partition_commit(b->p), 0);
    return reply.status;
}

static int tell(struct book *b, const char *event, const char *id, const char *json)
{
    const struct msg_buffer body = packed(&b->arena, json);
    assert_int_equal(partition_begin(b->p), 0);
    int r = partition_tell(b->p, text_from(event), PROVIDER_CLIENT, text_from(id),
                           text_from("boss"), body.at, body.size, now);
    assert_int_equal(partition_commit(b->p), 0);
    return r;
}

/* The type of the newest event, what it follows, and who said it. */
static struct text newest(struct book *b, uint64_t *ret_previous)
{
    struct entry e;
    struct envelope env;
    struct msg_error error;
    MDB_txn *txn;
    assert_int_equal(mdb_txn_begin(b->p->journal.env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(journal_read(&b->p->journal, txn, b->p->tip.sequence, &e), 0);
    assert_int_equal(envelope_read(e.envelope, e.envelope_size, &env, &error), 0);
    assert_true(text_equal(env.actor, text_from("boss")));
    *ret_previous = e.previous;
    struct text type = arena_text(&b->arena, env.type);
    mdb_txn_abort(txn);
    return type;
}

static void erasure_is_the_last_word_about_somebody(void **state)
{
    static const struct {
        const char *set, *data, *remove, *name, *event, *id;
    } cases[] = {
        { "person.set", "{\"id\":\"ann\",\"name\":\"Ann\",\"side\":\"provider\"}", "person.remove",
          "{\"person\":\"ann\"}", "person.erased", "ann" },
        { "client.set", "{\"id\":\"acme\",\"name\":\"Acme\"}", "client.remove",
          "{\"client\":\"acme\"}", "client.erased", "acme" },
    };
    struct book *b = *state;
    struct verify_report report;
    struct msg_error error;
    uint64_t previous;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(say(b, cases[i].set, cases[i].data), STATUS_ok);
        assert_int_equal(say(b, cases[i].remove, cases[i].name), STATUS_ok);
        const uint64_t removed = b->p->tip.sequence;
        assert_int_equal(tell(b, cases[i].event, cases[i].id, "{\"events\":3,\"messages\":1}"), 0);
        assert_true(text_equal(newest(b, &previous), text_from(cases[i].event)));
        assert_int_equal(previous, removed);
        /* The same id is somebody new. */
        assert_int_equal(say(b, cases[i].set, cases[i].data), STATUS_ok);
    }
    partition_close(&b->p);
    assert_int_equal(partition_verify(&b->o, &report, &error), 0);
    assert_true(report.chain_ok && report.state_ok);
    assert_int_equal(partition_open(&b->o, &b->p, &error), 0);
}

static void what_no_row_says_is_not_told(void **state)
{
    struct book *b = *state;
    const uint64_t head = b->p->tip.sequence;
    assert_int_equal(tell(b, "person.praised", "ann", "{}"), -ENOENT);
    assert_int_equal(tell(b, "person.erased", "ann", "{}"), -EBADMSG);
    assert_int_equal(tell(b, "person.erased", "ann", "{\"events\":-1,\"messages\":0}"), -EBADMSG);
    assert_int_equal(b->p->tip.sequence, head);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ROW(erasure_is_the_last_word_about_somebody),
        ROW(what_no_row_says_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
