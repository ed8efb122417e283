/* engine_kpi_test: the same facts in one partition and in four give the same figures, and so do
 * facts that are told twice, late, and in another order; every fold agrees. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/bus/client_merge.h"
#include "common/engine/engine.h"
#include "common/msg/json.h"
#include "common/store/state.h"
#include "common/store/verify.h"
#include "common/suite/options.h"

enum {
    OPTIONS_BYTES = 1024,
    PARTITIONS_MAX = 4,
    CLIENTS = 9,
    TICKETS = 150,
    FACTS_MAX = 8 * TICKETS,
    WORDS_MAX = 480,
    DAYS_OF_FACTS = 70,
    QUESTIONS_MAX = 4096,
};

extern const struct service_type catalog_service, escalation_service, kpi_service;
static const struct service_type *const services[] = { &catalog_service, &escalation_service,
                                                       &kpi_service, NULL };
enum { SERVICES = 3 };

#define BEGIN (INT64_C(1767571200) * SECONDS) /* 2026-01-05 */

static int64_t options[SERVICES][OPTIONS_BYTES / sizeof(int64_t)];
static const void *option_of[SERVICES];
static struct arena arena;

/* --- what is said ----------------------------------------------------------------------------- */

struct fact {
    int64_t at; /* when it is said */
    uint32_t n; /* of facts of one instant, their order */
    const char *service, *type;
    char client[16], words[WORDS_MAX];
};
static struct fact facts[FACTS_MAX];
static size_t fact_count;

static uint32_t draw(uint32_t below)
{
    static uint64_t x = 88172645463325252u;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (uint32_t)(x >> 16) % below;
}

static void say(int64_t at, const char *service, const char *type, const char *client,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
static void say(int64_t at, const char *service, const char *type, const char *client,
                const char *format, ...)
{
    assert_true(fact_count < FACTS_MAX);
    struct fact *f = &facts[fact_count];
    va_list args;
    *f = (struct fact){ .at = at, .n = (uint32_t)fact_count++, .service = service, .type = type };
    snprintf(f->client, sizeof f->client, "%s", client);
    va_start(args, format);
    int n = vsnprintf(f->words, sizeof f->words, format, args);
    va_end(args);
    assert_true(n < (int)sizeof f->words);
}

struct when {
    char at[INSTANT_TEXT + 1];
};
static struct when when(int64_t instant)
{
    struct when w;
    instant_print(instant, w.at);
    return w;
}

struct ticket_said {
    uint32_t n;
    int64_t opened;
    char client[16];
    const char *type, *service, *component;
    uint32_t priority;
};

static void say_ticket(const struct ticket_said *t, int64_t at, const char *state,
                       const char *group, int reopened)
{
    say(at, "escalation", "ticket.record", t->client,
        "{\"source\":\"desk\",\"number\":\"%" PRIu32
        "\",\"updated_at\":\"%s\",\"opened_at\":\"%s\","
        "\"state\":\"%s\",\"type\":\"%s\",\"priority\":%" PRIu32 ",\"service\":\"%s\","
        "\"component\":\"%s\",\"group\":\"%s\",\"reopen_count\":%d}",
        t->n, when(at).at, when(t->opened).at, state, t->type, t->priority, t->service,
        t->component, group, reopened);
}

static void say_work(const struct ticket_said *t, int64_t at, uint32_t minutes, const char *type)
{
    say(at + (int64_t)draw(5) * DAYS, "kpi", "effort.record", t->client,
        "{\"effort\":\"e%" PRIu32 "%s\",\"ticket\":\"desk:%" PRIu32 "\",\"started_at\":\"%s\","
        "\"minutes\":%" PRIu32 ",\"work_type\":\"%s\",\"rate\":\"80.00\"}",
        t->n, type, t->n, when(at).at, minutes, type);
}

static void say_survey(const struct ticket_said *t, int64_t at, const char *kind, uint32_t most)
{
    say(at + (int64_t)draw(5) * DAYS, "kpi", "survey.record", t->client,
        "{\"survey\":\"s%" PRIu32 "%s\",\"kind\":\"%s\",\"contact\":\"kim\",\"asked_at\":\"%s\","
        "\"answered_at\":\"%s\",\"score\":%" PRIu32 ",\"scale_min\":%d,\"scale_max\":%" PRIu32
        ",\"ticket\":\"desk:%" PRIu32 "\",\"service\":\"%s\"}",
        t->n, kind, kind, when(at - HOURS).at, when(at).at, 1 + draw(most), most == 5, most, t->n,
        t->service);
}

static void say_ticket_s_life(uint32_t n)
{
    static const char *const names[] = { "mail", "erp", "web" };
    static const char *const parts[] = { "disk", "queue", "link", "clock" };
    struct ticket_said t = {
        .n = n,
        .opened = BEGIN + DAYS + (int64_t)draw(DAYS_OF_FACTS * 24 * 60) * MINUTES,
        .type = draw(4) ? "incident" : "request",
        .service = names[draw(3)],
        .component = parts[draw(4)],
        .priority = 1 + draw(4),
    };
    snprintf(t.client, sizeof t.client, "client%" PRIu32, draw(CLIENTS));
    int64_t taken = t.opened + (int64_t)(1 + draw(60)) * MINUTES;
    int64_t solved = taken + (int64_t)(1 + draw(1000)) * MINUTES;
    say_ticket(&t, t.opened, "new", "desk", 0);
    if (draw(8) == 0)
        t.service = names[draw(3)];
    say_ticket(&t, taken, "active", draw(3) ? "desk" : "net", 0);
    if (draw(10))
        say_ticket(&t, solved, draw(12) ? "resolved" : "cancelled", "desk", 0);
    if (draw(6) == 0) {
        say_ticket(&t, solved + 3 * HOURS, "active", "desk", 1);
        say_ticket(&t, solved + 30 * HOURS, "closed", "desk", 1);
    }
    say_work(&t, taken, 15 + draw(90), "incident");
    if (draw(2))
        say_work(&t, taken, 15 + draw(90), "proactive");
    if (draw(2))
        say_survey(&t, solved, draw(2) ? "escalation" : "relationship", 5);
    if (draw(3) == 0)
        say_survey(&t, solved, "nps", 10);
    if (draw(12) == 0)
        say(solved + 40 * HOURS, "kpi", "ticket.exclude", t.client,
            "{\"ticket\":\"desk:%" PRIu32 "\",\"clock\":\"response\",\"reason\":\"Our mistake\","
            "\"client_agreed\":true}",
            n);
}

static int in_time(const void *a, const void *b)
{
    const struct fact *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->n > y->n) - (x->n < y->n);
}

static void say_all(void)
{
    static const char *const zones[] = { "Europe/Berlin", "America/Chicago", "Asia/Kolkata" };
    for (uint32_t i = 0; i < CLIENTS; i++) {
        char id[16];
        snprintf(id, sizeof id, "client%" PRIu32, i);
        say(BEGIN, "catalog", "client.set", "provider",
            "{\"id\":\"%s\",\"name\":\"Client %" PRIu32 "\",\"zone\":\"%s\"}", id, i, zones[i % 3]);
        say(BEGIN + HOURS, "kpi", "contract.record", id,
            "{\"contract\":\"c%" PRIu32 "\",\"start\":\"2025-0%" PRIu32 "-01\",\"end\":\"%s\","
            "\"value\":\"%" PRIu32 ".00\",\"currency\":\"EUR\"}",
            i, 1 + i, i % 4 ? "2026-12-31" : "2026-02-15", 100 * (1 + i));
        say(BEGIN + HOURS, "kpi", "endpoint.record", id,
            "{\"month\":\"2026-02-01\",\"count\":%" PRIu32 "}", 10 + i);
    }
    for (uint32_t n = 0; n < TICKETS; n++)
        say_ticket_s_life(n);
    qsort(facts, fact_count, sizeof *facts, in_time);
}

/* --- suites ----------------------------------------------------------------------------------- */

struct told {
    struct engine *engine;
    uint32_t partitions;
    char directory[64];
};

static struct request request_of(const char *type, const char *client, const char *words,
                                 int64_t at, bool query)
{
    struct msg_buffer b = { .arena = &arena };
    struct msg_error error;
    json_t *json = json_parse(text_from(words), &error);
    if (!json)
        fail_msg("%s: %s %s", words, error.field, error.rule);
    assert_int_equal(json_to_msg(json, &b, &error), 0);
    json_decref(json);
    return (struct request){ .query = query,
                             .id = id_derive_bytes(type, at, words, strlen(words)),
                             .type = text_from(type),
                             .client = text_from(client),
                             .principal = text_from("local"),
                             .actor = text_from("ann"),
                             .data = b.at,
                             .data_size = b.size };
}

static void suite_open(struct told *t, uint32_t partitions)
{
    struct msg_error error;
    *t = (struct told){ .partitions = partitions };
    snprintf(t->directory, sizeof t->directory, "/tmp/engine_kpi_test.XXXXXX");
    assert_non_null(mkdtemp(t->directory));
    const struct engine_options o = { .directory = t->directory,
                                      .install = text_from("0192f0a0-0000-7000-8000-000000000001"),
                                      .partitions = partitions,
                                      .services = services,
                                      .options = option_of };
    assert_int_equal(engine_open(&o, &t->engine, &error), 0);
}

static void tell(struct told *t, const struct fact *f, int64_t at)
{
    struct reply reply;
    arena_reset(&arena);
    const struct request r = request_of(f->type, f->client, f->words, f->at, false);
    assert_int_equal(engine_input(t->engine, f->service, &r, at, &reply), 0);
    /* A clock that is in flight cannot be left out. */
    bool no_verdict = text_equal(reply.code, text_from("clock_no_verdict"));
    if (reply.status != STATUS_ok && !no_verdict)
        fail_msg("%s %s: %.*s %.*s", f->type, f->words, TEXT_ARG(reply.field),
                 TEXT_ARG(reply.message));
}

#define END (BEGIN + (DAYS_OF_FACTS + 20) * DAYS)

static void suite_close(struct told *t)
{
    char command[96], path[96];
    struct msg_error error;
    assert_int_equal(engine_close(&t->engine), 0);
    for (uint32_t n = 0; n < t->partitions; n++) {
        struct verify_report report;
        snprintf(path, sizeof path, "%s/kpi/%03" PRIu32, t->directory, n);
        const struct partition_options p = {
            .directory = path,
            .service = &kpi_service,
            .options = option_of[SERVICES - 1],
            .install = text_from("0192f0a0-0000-7000-8000-000000000001"),
            .number = n,
            .count = t->partitions,
            .clock = CLOCK_VIRTUAL,
        };
        assert_int_equal(partition_verify(&p, &report, &error), 0);
        assert_string_equal(report.difference, "");
        assert_true(report.chain_ok && report.state_ok && report.events > 0);
    }
    snprintf(command, sizeof command, "rm -rf %s", t->directory);
    assert_int_equal(system(command), 0);
}

/* --- what is asked ---------------------------------------------------------------------------- */

/* The answer of all partitions as JSON, the caller's. */
static char *ask(struct told *t, const char *query, const char *words)
{
    const struct query_row *row = service_query(&kpi_service, text_from(query));
    struct request parts[PARTITIONS_MAX];
    struct reply replies[PARTITIONS_MAX], reply;
    arena_reset(&arena);
    const struct request r = request_of(query, "", words, END, true);
    assert_int_equal(merge_requests(row, &r, t->partitions, parts, &reply), 0);
    for (uint32_t i = 0; i < t->partitions; i++)
        assert_int_equal(engine_query(t->engine, "kpi", i, &parts[i], &arena, &replies[i]), 0);
    assert_int_equal(merge_replies(row, &r, parts, replies, t->partitions, &arena, &reply), 0);
    if (reply.status == STATUS_refused) /* not every figure is of a service */
        return strndup(reply.code.at, reply.code.length);
    if (reply.status != STATUS_ok)
        fail_msg("%s %s: %.*s %.*s", query, words, TEXT_ARG(reply.field), TEXT_ARG(reply.message));
    json_t *json = json_from_msg(reply.result, reply.result_size);
    char *ret = json_dumps(json, JSON_SORT_KEYS | JSON_ENCODE_ANY);
    json_decref(json);
    return ret;
}

static const char *const scopes[] = { "",
                                      ",\"client\":\"client1\"",
                                      ",\"client\":\"client2\",\"service\":\"mail\"",
                                      ",\"client\":\"client3\",\"component\":\"disk\"",
                                      ",\"service\":\"erp\"",
                                      ",\"component\":\"queue\"" };
static const char *const ranges[] = {
    ",\"from\":\"2026-01-05\",\"to\":\"2026-03-31\"",
    ",\"from\":\"2026-02-01\",\"to\":\"2026-02-28\"",
    ",\"from\":\"2026-01-17\",\"to\":\"2026-03-09\"",
};
static const char *const known[] = { "", ",\"as_of\":\"2026-03-09\"", ",\"as_of\":\"2026-02-11\"" };

static char *answers[QUESTIONS_MAX];
static size_t asked, differed, something;

/* The first suite's answers are kept, those of others compared. */
static void compare(struct told *t, bool first, const char *query, const char *words)
{
    char *is = ask(t, query, words);
    assert_true(asked < QUESTIONS_MAX);
    if (first) {
        answers[asked++] = is;
        something += strstr(is, "\"value\"") != NULL;
        return;
    }
    if (strcmp(is, answers[asked]) != 0) {
        print_error("%s %s\n  was %s\n  is  %s\n", query, words, answers[asked], is);
        differed++;
    }
    asked++;
    free(is);
}

static const struct enumeration *kpis(void)
{
    const struct field_rows rows =
        service_query(&kpi_service, text_from("kpi.value"))->parameters->fields();
    return rows.at[0].values;
}

/* What a client was judged to be on a day, and whom managers were called for, is a consequence of
 * what was known then. */
static bool depends_on_telling(const char *kpi)
{
    return strcmp(kpi, "hostages") == 0 || strcmp(kpi, "engagement_time") == 0;
}

static void compare_all(struct told *t, bool first, size_t known_count)
{
    char words[300];
    asked = 0;
    for (const struct enumeration_value *k = kpis()->values; k->name; k++) {
        if (known_count == 1 && depends_on_telling(k->name))
            continue;
        for (size_t s = 0; s < sizeof scopes / sizeof *scopes; s++)
            for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
                for (size_t a = 0; a < known_count; a++) {
                    bool change = strstr(k->name, "improvement") != NULL;
                    snprintf(words, sizeof words, "{\"kpi\":\"%s\"%s%s%s%s}", k->name, scopes[s],
                             ranges[r], known[a],
                             change ? ",\"baseline_from\":\"2026-01-05\","
                                      "\"baseline_to\":\"2026-01-31\""
                                    : "");
                    compare(t, first, "kpi.value", words);
                }
    }
    for (size_t s = 0; s < sizeof scopes / sizeof *scopes; s++) {
        snprintf(words, sizeof words, "{\"kpi\":\"sla_attainment\",\"period\":\"week\"%s%s}",
                 scopes[s], ranges[0]);
        compare(t, first, "kpi.series", words);
    }
}

static void forget_answers(void)
{
    for (size_t i = 0; i < QUESTIONS_MAX && answers[i]; i++) {
        free(answers[i]);
        answers[i] = NULL;
    }
    asked = differed = something = 0;
}

static void tell_all(struct told *t)
{
    for (size_t i = 0; i < fact_count; i++)
        tell(t, &facts[i], facts[i].at);
    assert_int_equal(engine_advance(t->engine, END), 0);
}

static int set_up(void **state)
{
    struct msg_error error;
    (void)state;
    for (int i = 0; services[i]; i++) {
        const struct option_table table = { services[i]->options, services[i]->option_count,
                                            options[i] };
        assert_true(services[i]->options_size <= OPTIONS_BYTES);
        assert_int_equal(options_default(&table, &error), 0);
        option_of[i] = options[i];
    }
    say_all();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void partitions_together_are_one(void **state)
{
    struct told one, four;
    size_t known_count = sizeof known / sizeof *known;
    (void)state;
    suite_open(&one, 1);
    tell_all(&one);
    compare_all(&one, true, known_count);
    size_t expected = asked;
    assert_true(something > expected / 3); /* most questions have an answer */
    suite_open(&four, 4);
    tell_all(&four);
    compare_all(&four, false, known_count);
    assert_int_equal(asked, expected);
    assert_int_equal(differed, 0);
    suite_close(&one);
    suite_close(&four);
    forget_answers();
}

/* Facts of tickets are told twice, the second time behind later ones; work and answers weeks later
 * than they were, the last first. All figures but two come out the same. */
static void the_order_does_not_matter(void **state)
{
    struct told plain, other;
    (void)state;
    suite_open(&plain, 1);
    tell_all(&plain);
    compare_all(&plain, true, 1);
    suite_open(&other, 1);
    for (size_t i = 0; i < fact_count; i++) {
        bool late = strcmp(facts[i].type, "effort.record") == 0 ||
                    strcmp(facts[i].type, "survey.record") == 0;
        if (!late)
            tell(&other, &facts[i], facts[i].at);
        if (i > 20 && strcmp(facts[i - 20].type, "ticket.record") == 0)
            tell(&other, &facts[i - 20], facts[i].at);
    }
    for (size_t i = fact_count; i-- > 0;)
        if (strcmp(facts[i].type, "effort.record") == 0 ||
            strcmp(facts[i].type, "survey.record") == 0)
            tell(&other, &facts[i], BEGIN + (DAYS_OF_FACTS + 10) * DAYS);
    assert_int_equal(engine_advance(other.engine, END), 0);
    compare_all(&other, false, 1);
    assert_int_equal(differed, 0);
    suite_close(&plain);
    suite_close(&other);
    forget_answers();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partitions_together_are_one),
        cmocka_unit_test(the_order_does_not_matter),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
