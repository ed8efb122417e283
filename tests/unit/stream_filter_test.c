/* stream_filter_test: what a request selects, what its principal may have of it, and the hashes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/gateway/roles.h"
#include "services/gateway/stream_filter.h"

enum { LOGS = 64 };
static const struct suite suite = { .install = "0192aa7c-1234-7abc-8def-0123456789ab",
                                    .partitions = 8 };
static const struct text acme = TEXT_OF("acme"), other = TEXT_OF("other");

static struct call call_of(const char *role, const struct text *clients, uint32_t count)
{
    struct call c = {
        .who = { .role = role_find(text_from(role)), .clients = clients, .client_count = count }
    };
    assert_non_null(c.who.role);
    return c;
}

static void say(struct call *c, const char *name, const char *value)
{
    c->params[c->param_count++] = (struct param){ text_from(name), text_from(value) };
}

static struct filter read_ok(const struct call *c)
{
    struct filter f;
    struct filter_error e = { 0 };
    if (filter_read(c, &f, &e) < 0)
        fail_msg("%s %s", e.field, e.rule);
    return f;
}

struct wrong {
    const char *role, *name, *value;
    enum problem what;
};

static void refusals(void **state)
{
    static char many[2000];
    static const struct wrong rows[] = {
        { "viewer", "types", ",", PROBLEM_invalid },
        { "viewer", "types", "escalation.raised,", PROBLEM_invalid },
        { "viewer", "types", "escalation.nothing", PROBLEM_invalid },
        { "viewer", "types", "escalation", PROBLEM_invalid },
        { "viewer", "types", "nobody.follow_refused", PROBLEM_invalid },
        { "viewer", "clients", "a,,b", PROBLEM_invalid },
        { "viewer", "clients", "a b", PROBLEM_invalid },
        { "viewer", "clients", "a/b", PROBLEM_invalid },
        { "viewer", "clients", many, PROBLEM_invalid },
        { "viewer", "services", "nothing", PROBLEM_invalid },
        { "client", "clients", "other", PROBLEM_denied },
        { "client", "clients", "acme,other", PROBLEM_denied },
        { "client", "services", "catalog", PROBLEM_denied },
        { "ingest", "services", "escalation", PROBLEM_denied },
    };
    (void)state;
    for (int i = 0; i < 65; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "%sc%d", i ? "," : "", i);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool scoped = strcmp(rows[i].role, "client") == 0;
        struct call c = call_of(rows[i].role, &acme, scoped);
        struct filter f;
        struct filter_error e = { 0 };
        say(&c, rows[i].name, rows[i].value);
        if (filter_read(&c, &f, &e) != -EINVAL || e.what != rows[i].what ||
            strcmp(e.field, rows[i].name) != 0)
            fail_msg("%s=%s for a %s", rows[i].name, rows[i].value, rows[i].role);
    }
}

static void takes_what_was_asked(void **state)
{
    struct call c = call_of("viewer", NULL, 0);
    (void)state;
    struct filter all = read_ok(&c);
    assert_true(filter_takes(&all, text_from("escalation.raised"), acme));
    assert_true(filter_takes(&all, text_from("clock.adopted"), PROVIDER_CLIENT));
    say(&c, "types", "ticket.recorded,escalation.raised,escalation.follow_refused");
    say(&c, "clients", "zeta,acme");
    struct filter f = read_ok(&c);
    assert_true(filter_takes(&f, text_from("escalation.raised"), acme));
    assert_true(filter_takes(&f, text_from("ticket.recorded"), text_from("zeta")));
    assert_true(filter_takes(&f, text_from("escalation.follow_refused"), acme));
    assert_false(filter_takes(&f, text_from("escalation.closed"), acme));
    assert_false(filter_takes(&f, text_from("escalation.raised"), other));
    assert_false(filter_takes(&f, text_from("escalation.raise"), acme));
}

/* A token of some clients sees those and no others, asked or not. */
static void a_token_of_clients(void **state)
{
    static const struct text two[] = { TEXT_OF("zeta"), TEXT_OF("acme") };
    struct call c = call_of("client", two, 2);
    struct log_name logs[LOGS];
    (void)state;
    struct filter f = read_ok(&c);
    assert_true(f.as_client);
    assert_true(filter_takes(&f, text_from("escalation.raised"), acme));
    assert_false(filter_takes(&f, text_from("escalation.raised"), other));
    assert_false(filter_takes(&f, text_from("escalation.raised"), PROVIDER_CLIENT));
    size_t n = filter_logs(&f, &c.who, &suite, logs, LOGS);
    assert_true(n == 3 || n == 6); /* of each service that does something for clients */
    for (size_t i = 0; i < n; i++) {
        static const char *const theirs[] = { "escalation", "kpi", "sip" };
        assert_string_equal(logs[i].service->name, theirs[i / (n / 3)]);
        assert_true(logs[i].partition == partition_of(two[0], 8) ||
                    logs[i].partition == partition_of(two[1], 8));
    }
    say(&c, "clients", "acme");
    f = read_ok(&c);
    assert_int_equal(filter_logs(&f, &c.who, &suite, logs, LOGS), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(logs[i].partition, partition_of(acme, 8));
}

static void logs_in_order(void **state)
{
    struct call c = call_of("viewer", NULL, 0);
    struct log_name logs[LOGS];
    (void)state;
    struct filter f = read_ok(&c);
    size_t all = filter_logs(&f, &c.who, &suite, logs, LOGS), escalation = 0;
    for (size_t i = 1; i < all; i++)
        assert_true(logs[i].service != logs[i - 1].service
                        ? logs[i].partition == 0
                        : logs[i].partition == logs[i - 1].partition + 1);
    for (size_t i = 0; i < all; i++)
        escalation += strcmp(logs[i].service->name, "escalation") == 0;
    assert_int_equal(escalation, 8);
    assert_int_equal(filter_logs(&f, &c.who, &suite, logs, 3), all); /* room or not */
    say(&c, "types", "escalation.raised");
    f = read_ok(&c);
    assert_int_equal(filter_logs(&f, &c.who, &suite, logs, LOGS), 8);
    say(&c, "services", "escalation");
    f = read_ok(&c);
    assert_int_equal(filter_logs(&f, &c.who, &suite, logs, LOGS), 8);
}

static struct cursor_key key_of(const struct call *c, const struct suite *s)
{
    struct cursor_key key;
    struct log_name logs[LOGS];
    struct filter f = read_ok(c);
    size_t n = filter_logs(&f, &c->who, s, logs, LOGS);
    filter_key(&f, s, logs, n, &key);
    return key;
}

static bool same_filter(struct cursor_key a, struct cursor_key b)
{
    return memcmp(a.filter, b.filter, sizeof a.filter) == 0;
}

static void hashes(void **state)
{
    static const struct {
        const char *name, *value;
    } filters[] = {
        { "clients", "acme" },
        { "clients", "acme,b" },
        { "clients", "acm,eb" },
        { "types", "escalation.raised" },
        { "types", "escalation.raised,escalation.closed" },
        { "services", "escalation" },
    };
    enum { COUNT = sizeof filters / sizeof *filters };
    struct cursor_key keys[COUNT + 2];
    struct suite another = suite;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct call c = call_of("viewer", NULL, 0);
        say(&c, filters[i].name, filters[i].value);
        keys[i] = key_of(&c, &suite);
    }
    struct call all = call_of("viewer", NULL, 0), scoped = call_of("client", &acme, 1);
    keys[COUNT] = key_of(&all, &suite);
    keys[COUNT + 1] = key_of(&scoped, &suite); /* not what a viewer of acme gets */
    for (size_t i = 0; i < COUNT + 2; i++)
        for (size_t k = 0; k < COUNT + 2; k++)
            assert_true(same_filter(keys[i], keys[k]) == (i == k));
    /* Another order, or the same twice, is the same filter. */
    struct call turned = call_of("viewer", NULL, 0);
    say(&turned, "clients", "b,acme,b");
    assert_true(same_filter(key_of(&turned, &suite), keys[1]));
    another.partitions = 4;
    assert_memory_not_equal(key_of(&all, &another).layout, keys[COUNT].layout, CURSOR_LAYOUT);
    another = suite;
    another.install[0] = 'f';
    assert_memory_not_equal(key_of(&all, &another).layout, keys[COUNT].layout, CURSOR_LAYOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals),
        cmocka_unit_test(takes_what_was_asked),
        cmocka_unit_test(a_token_of_clients),
        cmocka_unit_test(logs_in_order),
        cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
