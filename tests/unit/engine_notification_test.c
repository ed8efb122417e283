/* engine_notification_test: catalog, escalation and notification together, in virtual time: what is
 * said to two of them becomes mail of the third, into files, and every fold agrees. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/engine/engine.h"
#include "common/msg/json.h"
#include "common/service.h"
#include "common/store/verify.h"
#include "common/suite/options.h"

enum { OPTIONS_BYTES = 1024, PATH_BYTES = 512, SUITE_MAX = 8 };

extern const struct service_type catalog_service, escalation_service, notification_service;
static const struct service_type *const services[] = { &catalog_service, &escalation_service,
                                                       &notification_service, NULL };
enum { NOTIFICATION = 2 };

static const int64_t begin = INT64_C(1767571200) * SECONDS; /* 2026-01-05 */

static char directory[64];
static int64_t options[SUITE_MAX][OPTIONS_BYTES / sizeof(int64_t)];
static const void *option_of[SUITE_MAX];
static struct engine *engine;
static struct arena arena;

static struct engine_options how_opened(void)
{
    return (struct engine_options){ .directory = directory,
                                    .install = text_from("0192f0a0-0000-7000-8000-000000000001"),
                                    .partitions = 1,
                                    .services = services,
                                    .options = option_of };
}

static int set_up(void **state)
{
    struct msg_error error;
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/engine_notification_test.XXXXXX");
    assert_non_null(mkdtemp(directory));
    for (int i = 0; services[i]; i++) {
        const struct option_table table = { services[i]->options, services[i]->option_count,
                                            options[i] };
        assert_true(services[i]->options_size <= OPTIONS_BYTES);
        assert_int_equal(options_default(&table, &error), 0);
        option_of[i] = options[i];
    }
    const struct engine_options o = how_opened();
    assert_int_equal(engine_open(&o, &engine, &error), 0);
    return 0;
}

static int tear_down(void **state)
{
    char command[96];
    (void)state;
    engine_close(&engine);
    arena_free(&arena);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static struct request request_of(const char *type, const char *client, const char *actor,
                                 const char *body, int64_t instant)
{
    struct msg_buffer b = { .arena = &arena };
    struct msg_error error;
    json_t *json = json_parse(text_from(body), &error);
    if (!json)
        fail_msg("%s: %s %s", body, error.field, error.rule);
    assert_int_equal(json_to_msg(json, &b, &error), 0);
    json_decref(json);
    return (struct request){ .id = id_derive_bytes(type, instant, body, strlen(body)),
                             .type = text_from(type),
                             .client = text_from(client),
                             .principal = text_from("local"),
                             .actor = text_from(actor),
                             .data = b.at,
                             .data_size = b.size };
}

/* Minutes since the beginning; the command must be accepted. Its subject's id. */
static const char *say(int minute, const char *service, const char *type, const char *client,
                       const char *actor, const char *body)
{
    struct reply reply;
    const int64_t instant = begin + minute * MINUTES;
    const struct request r = request_of(type, client, actor, body, instant);
    assert_int_equal(engine_input(engine, service, &r, instant, &reply), 0);
    if (reply.status != STATUS_ok)
        fail_msg("%s: %.*s %.*s", type, TEXT_ARG(reply.field), TEXT_ARG(reply.message));
    const void *id;
    size_t size;
    struct text text;
    assert_int_equal(msg_member(reply.result, reply.result_size, "id", &id, &size), 0);
    assert_int_equal(msg_read_text(id, size, &text), 0);
    return arena_printf(&arena, "%.*s", TEXT_ARG(text)).at;
}

static void person(const char *id, const char *side, const char *client, const char *address)
{
    char body[300];
    snprintf(body, sizeof body,
             "{\"id\":\"%s\",\"name\":\"Name of %s\",\"side\":\"%s\",%s%s%s\"addresses\":[%s]}", id,
             id, side, client ? "\"client\":\"" : "", client ? client : "", client ? "\"," : "",
             address);
    say(0, "catalog", "person.set", "provider", "ann", body);
}

static void catalog(void)
{
    person("lea", "provider", NULL, "{\"channel\":\"email\",\"to\":\"lea@msp.example\"}");
    person("max", "provider", NULL,
           "{\"channel\":\"webhook\",\"to\":\"https://max.example/hook\",\"secret\":\"file:max\"}");
    say(0, "catalog", "client.set", "provider", "ann",
        "{\"id\":\"acme\",\"name\":\"Acme\",\"zone\":\"Europe/Berlin\"}");
    person("ken", "client", "acme", "{\"channel\":\"email\",\"to\":\"ken@acme.example\"}");
    say(1, "catalog", "client.set", "provider", "ann",
        "{\"id\":\"acme\",\"name\":\"Acme\",\"zone\":\"Europe/Berlin\",\"primary_contact\":\"ken\","
        "\"holders\":[{\"level\":1,\"person\":\"lea\"},{\"level\":2,\"person\":\"max\"}]}");
}

/* One document of the outbox: the n-th by name, NULL behind the last. */
static json_t *outbox(int n)
{
    char path[PATH_BYTES];
    struct dirent **names;
    json_error_t error;
    json_t *document = NULL;
    snprintf(path, sizeof path, "%s/outbox", directory);
    int count = scandir(path, &names, NULL, alphasort);
    assert_true(count >= 2);
    for (int i = 0, at = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.' && at++ == n) {
            snprintf(path, sizeof path, "%s/outbox/%s", directory, names[i]->d_name);
            document = json_load_file(path, 0, &error);
            assert_non_null(document);
        }
        free(names[i]);
    }
    free(names);
    return document;
}

static bool is_to(const json_t *document, const char *to)
{
    const char *words = json_string_value(json_object_get(document, "to"));
    assert_non_null(words);
    return strcmp(words, to) == 0;
}

static void count_outbox(int expected, const char *to, int expected_to)
{
    int count = 0, there = 0;
    for (json_t *d; (d = outbox(count)); count++) {
        there += is_to(d, to);
        json_decref(d);
    }
    assert_int_equal(count, expected);
    assert_int_equal(there, expected_to);
}

static void verify_notification(void)
{
    char path[PATH_BYTES];
    struct verify_report report;
    struct msg_error error;
    assert_int_equal(engine_close(&engine), 0);
    snprintf(path, sizeof path, "%s/notification/000", directory);
    const struct partition_options p = {
        .directory = path,
        .service = &notification_service,
        .options = option_of[NOTIFICATION],
        .install = how_opened().install,
        .count = 1,
        .clock = CLOCK_VIRTUAL,
    };
    assert_int_equal(partition_verify(&p, &report, &error), 0);
    assert_string_equal(report.difference, "");
    assert_true(report.chain_ok && report.state_ok && report.events > 0);
}

static void people_are_told(void **state)
{
    (void)state;
    char body[600];
    catalog();
    const char *id = say(10, "escalation", "escalation.raise", "acme", "ann",
                         "{\"title\":\"Mail is down\",\"severity\":1}");
    count_outbox(1, "lea@msp.example", 1);
    /* It climbs by itself: level 2 holds level 3 as well, which nobody else does. */
    assert_int_equal(engine_advance(engine, begin + 20 * MINUTES - 1), 0);
    count_outbox(1, "https://max.example/hook", 0);
    assert_int_equal(engine_advance(engine, begin + 20 * MINUTES), 0);
    count_outbox(2, "https://max.example/hook", 1);
    assert_int_equal(engine_advance(engine, begin + 25 * MINUTES), 0);
    count_outbox(3, "https://max.example/hook", 2);
    snprintf(body, sizeof body, "{\"escalation\":\"%s\"}", id);
    say(26, "escalation", "escalation.ack", "acme", "person:lea", body);
    snprintf(body, sizeof body,
             "{\"escalation\":\"%s\",\"context\":\"A disk failed.\",\"impact\":\"No mail.\","
             "\"action\":\"Restoring.\",\"workaround\":\"Telephone.\","
             "\"next_update_at\":\"2026-01-05T01:00:00Z\"}",
             id);
    say(27, "escalation", "escalation.update", "acme", "person:lea", body);
    bool told = false;
    for (int n = 0; !told; n++) {
        json_t *d = outbox(n);
        assert_non_null(d);
        const char *subject = json_string_value(json_object_get(d, "subject"));
        told = is_to(d, "ken@acme.example");
        if (told)
            assert_string_equal(subject,
                                "Update on Mail is down, next by Mon 5 Jan 2026 02:00 CET");
        json_decref(d);
    }
    verify_notification();
}

static void a_query_answers(void **state)
{
    (void)state;
    struct reply reply;
    catalog();
    say(10, "escalation", "escalation.raise", "acme", "ann",
        "{\"title\":\"Mail is down\",\"severity\":1}");
    assert_int_equal(engine_advance(engine, begin + 60 * MINUTES), 0);
    assert_int_equal(engine_flush(engine), 0);
    const struct request q = request_of("notification.messages", "", "ann", "{}", begin);
    assert_int_equal(engine_query(engine, "notification", 0, &q, &arena, &reply), 0);
    json_t *rows = json_from_msg(reply.result, reply.result_size);
    assert_true(json_array_size(rows) >= 2);
    int sent = 0, nobody = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *outcome = json_string_value(json_object_get(row, "state"));
        const char *failure = json_string_value(json_object_get(row, "failure"));
        sent += strcmp(outcome, "sent") == 0 || strcmp(outcome, "delivered") == 0;
        nobody += failure && strcmp(failure, "nobody") == 0;
    }
    json_decref(rows);
    assert_true(sent >= 2 && nobody >= 1); /* levels 3 and up: nobody holds them */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(people_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_query_answers, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
