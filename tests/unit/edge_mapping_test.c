/* Tests of mappings of JSON documents: the shipped ones on what real senders send, and hostile
 * documents. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/msg/json.h"
#include "services/edge/mapping.h"
#include "tests/unit/edge_documents.h"

extern const struct service_type escalation_service;

static struct mapping *alertmanager, *pagerduty;

static const struct record *ticket_record(void)
{
    for (size_t i = 0; i < escalation_service.command_count; i++)
        if (strcmp(escalation_service.commands[i].name, "ticket.record") == 0)
            return escalation_service.commands[i].record;
    return NULL;
}

/* --- one document ----------------------------------------------------------------------------- */

struct told {
    struct arena a;
    json_t *document;
    struct mapped *facts;
    uint32_t count;
    struct msg_error e;
    int r;
};

/* 2026-03-01T10:00:00Z */
static struct mapping_context context = {
    .client = TEXT_OF("acme"),
    .received_at = INT64_C(1772359200000000),
};

static struct told map(const struct mapping *m, const char *document)
{
    struct told o = { .document = json_parse(text_from(document), &o.e) };
    if (!o.document)
        fail_msg("%s: %s: %s", o.e.field, o.e.rule, document);
    o.r = mapping_json(m, o.document, &context, &o.a, &o.facts, &o.count, &o.e);
    return o;
}

static void forget(struct told *o)
{
    json_decref(o->document);
    arena_free(&o->a);
}

static void must_equal(const json_t *got, const char *expected)
{
    struct msg_error e;
    json_t *wanted = json_parse(text_from(expected), &e);
    if (!wanted)
        fail_msg("%s: %s: %s", e.field, e.rule, expected);
    if (!json_equal(got, wanted)) {
        char *a = json_dumps(wanted, JSON_SORT_KEYS | JSON_INDENT(1));
        char *b = json_dumps(got, JSON_SORT_KEYS | JSON_INDENT(1));
        print_message("expected:\n%s\nbut there was:\n%s\n", a, b);
        free(a);
        free(b);
    }
    assert_true(json_equal(got, wanted));
    json_decref(wanted);
}

/* A fact is compared as the command that it becomes, with its client. */
static void fact_is(const struct told *o, uint32_t i, const char *client, const char *expected)
{
    struct msg_error e;
    if (o->r < 0)
        fail_msg("%s: %s", o->e.field, o->e.rule);
    assert_in_range(i, 0, o->count - 1);
    const struct mapped *f = &o->facts[i];
    assert_int_equal(msg_scan(f->body, f->body_size, MSG_FRAME_MAX, &e), 0);
    json_t *body = json_from_msg(f->body, f->body_size);
    must_equal(body, expected);
    json_decref(body);
    assert_true(text_equal(f->client, text_from(client)));
}

static void becomes(const struct mapping *m, const char *document, const char *client,
                    const char *expected)
{
    struct told o = map(m, document);
    fact_is(&o, 0, client, expected);
    assert_int_equal(o.count, 1);
    forget(&o);
}

static void refuses(const struct mapping *m, const char *document, const char *field,
                    const char *rule)
{
    struct told o = map(m, document);
    assert_int_equal(o.r, -EINVAL);
    assert_string_equal(o.e.field, field);
    assert_string_equal(o.e.rule, rule);
    forget(&o);
}

/* --- Alertmanager ----------------------------------------------------------------------------- */

static void an_alert_fires(void **state)
{
    (void)state;
    becomes(alertmanager, ALERT_DOMAIN, "acme", ALERT_DOMAIN_FACT);
    becomes(alertmanager, ALERT_GRAFANA, "umbrella", ALERT_GRAFANA_FACT);
}

static void one_document_tells_of_many_alerts(void **state)
{
    (void)state;
    struct told o = map(alertmanager, ALERT_TWO);
    fact_is(&o, 0, "acme", ALERT_TWO_FIRING);
    fact_is(&o, 1, "acme", ALERT_TWO_RESOLVED);
    assert_int_equal(o.count, 2);
    forget(&o);
}

static int64_t moment_of(const char *document, const char *key)
{
    struct told o = map(alertmanager, document);
    assert_int_equal(o.r, 0);
    assert_true(text_equal(o.facts[0].key, text_from(key)));
    int64_t moment = o.facts[0].moment;
    forget(&o);
    return moment;
}

/* A repetition is the same fact, to the byte, whenever it comes; firing anew is a later one. */
static void the_same_alert_is_the_same_fact(void **state)
{
    struct told first = map(alertmanager, ALERT_DOMAIN);
    int64_t before = context.received_at;
    (void)state;
    context.received_at += 4 * HOURS;
    struct told again = map(alertmanager, ALERT_DOMAIN);
    context.received_at = before;
    assert_int_equal(first.facts[0].body_size, again.facts[0].body_size);
    assert_memory_equal(first.facts[0].body, again.facts[0].body, again.facts[0].body_size);
    forget(&first);
    forget(&again);
    int64_t fires =
        moment_of(ALERT("firing", "2026-03-01T09:00:00Z", "0001-01-01T00:00:00Z"), "f1");
    int64_t ends =
        moment_of(ALERT("resolved", "2026-03-01T09:00:00Z", "2026-03-01T09:20:00Z"), "f1");
    int64_t anew =
        moment_of(ALERT("firing", "2026-03-01T09:30:00.123456789Z", "0001-01-01T00:00:00Z"), "f1");
    assert_int_equal(ends - fires, 20 * MINUTES);
    assert_int_equal(anew - ends, 10 * MINUTES + 123456);
}

static void a_fingerprint_is_computed_where_none_is_sent(void **state)
{
    (void)state;
    /* the vector of prometheus/common/model, signature_test.go */
    assert_true(moment_of("{\"alerts\": [{\"status\": \"firing\", \"startsAt\": "
                          "\"2026-03-01T09:00:00Z\", \"labels\": {\"name\": \"garland, briggs\", "
                          "\"fear\": \"love is not enough\"}}]}",
                          "507a62d79ee76c9a") > 0);
    /* and what a real Alertmanager sent for these labels */
    assert_true(moment_of("{\"alerts\": [{\"status\": \"firing\", \"startsAt\": "
                          "\"2026-03-01T09:00:00Z\", \"labels\": {\"severity\": \"warning\", "
                          "\"alertname\": \"Disk\", \"instance\": \"db2\"}}]}",
                          "f49ca2ad96f25f5d") > 0);
    becomes(alertmanager, ALERT_OLD, "acme", ALERT_OLD_FACT);
}

static void an_alert_that_does_not_fit_says_where(void **state)
{
    (void)state;
    refuses(alertmanager, "[]", "document", "must be an object");
    refuses(alertmanager, "{}", "/alerts", "must be a list");
    refuses(alertmanager, "{\"alerts\": {}}", "/alerts", "must be a list");
    refuses(alertmanager, "{\"alerts\": [3]}", "/alerts/0", "must be an object");
    refuses(alertmanager, "{\"alerts\": [{}]}", "/alerts/0/status",
            "is required; one of firing, resolved");
    refuses(alertmanager, "{\"alerts\": [{\"status\": \"lost\"}]}", "/alerts/0/status",
            "\"lost\" is none of firing, resolved");
    refuses(alertmanager, "{\"alerts\": [{\"status\": {\"a\": 1}}]}", "/alerts/0/status",
            "must be a text");
    refuses(alertmanager, "{\"alerts\": [{\"status\": \"firing\"}]}", "/alerts/0/startsAt",
            "is required where /alerts/0/status is \"firing\"");
    refuses(alertmanager, ALERT("firing", "yesterday", ""), "/alerts/0/startsAt",
            "opened_at: \"yesterday\" is no instant of the mapping's dates");
    refuses(alertmanager,
            "{\"alerts\": [{\"status\": \"firing\", \"startsAt\": \"2026-03-01T09:00:00Z\"}]}",
            "/alerts/0/labels", "number: is required");
    refuses(alertmanager,
            "{\"status\": \"firing\", \"alerts\": [{\"fingerprint\": \"a\", \"startsAt\": "
            "\"2026-03-01T09:00:00Z\"}, {\"fingerprint\": [1]}]}",
            "/alerts/1/startsAt", "is required where /alerts/1/status is \"firing\"");
    refuses(alertmanager, "{\"alerts\": [{\"status\": \"resolved\", \"fingerprint\": [1]}]}",
            "/alerts/0/fingerprint", "number: must be a text without NUL, a number, true or false");
    context.client.length = 0;
    refuses(alertmanager, ALERT_DOMAIN, "/alerts/0",
            "client: it names none, and there is no default");
    context.client.length = 4;
}

/* --- PagerDuty -------------------------------------------------------------------------------- */

static void an_incident_lives(void **state)
{
    (void)state;
    becomes(pagerduty, EVENT_TRIGGER, "umbrella", EVENT_TRIGGER_FACT);
    becomes(pagerduty, EVENT_END("acknowledge"), "acme", EVENT_END_FACT("active", "1"));
    becomes(pagerduty, EVENT_END("resolve"), "acme", EVENT_END_FACT("resolved", "2"));
}

static void images_and_links_lie_in_two_places(void **state)
{
    (void)state;
    becomes(pagerduty, EVENT_LINKS_INSIDE, "acme", EVENT_LINKS_FACT);
    becomes(pagerduty, EVENT_LINKS_OUTSIDE, "acme", EVENT_LINKS_FACT);
}

static struct text key_of(struct told *o, const char *document)
{
    *o = map(pagerduty, document);
    assert_int_equal(o->r, 0);
    return o->facts[0].key;
}

/* The same payload has the same key, whoever is told and in whatever order its members are. */
static void a_missing_key_is_derived(void **state)
{
    struct told a, b, c;
    (void)state;
    struct text key = key_of(&a, EVENT_KEYLESS("r1", "\"source\": \"db1\", \"severity\": \"info\"",
                                               "2026-03-01T09:00:00Z"));
    assert_true(text_equal(
        key, key_of(&b, EVENT_KEYLESS("r2", "\"severity\": \"info\", \"source\": \"db1\"",
                                      "2026-03-01T09:00:00Z"))));
    assert_false(text_equal(
        key, key_of(&c, EVENT_KEYLESS("r1", "\"source\": \"db1\", \"severity\": \"info\"",
                                      "2026-03-01T09:00:01Z"))));
    assert_int_equal(key.length, 36);
    forget(&a);
    forget(&b);
    forget(&c);
}

static void a_long_key_fits_and_stays_apart(void **state)
{
    char documents[2][512], key[256];
    struct text numbers[2];
    struct told o[2];
    (void)state;
    memset(key, 'k', sizeof key);
    key[255] = '\0';
    for (int i = 0; i < 2; i++) {
        key[254] = (char)('a' + i);
        snprintf(documents[i], sizeof documents[i],
                 "{\"event_action\": \"resolve\", \"dedup_key\": \"%s\"}", key);
        assert_true(text_equal(key_of(&o[i], documents[i]), text_from(key)));
        const void *at;
        size_t size;
        assert_int_equal(
            msg_member(o[i].facts[0].body, o[i].facts[0].body_size, "number", &at, &size), 0);
        assert_int_equal(msg_read_text(at, size, &numbers[i]), 0);
        assert_int_equal(numbers[i].length, 79);
    }
    assert_memory_equal(numbers[0].at, numbers[1].at, 42);
    assert_false(text_equal(numbers[0], numbers[1]));
    forget(&o[0]);
    forget(&o[1]);
}

static void an_event_that_does_not_fit_says_where(void **state)
{
    (void)state;
    refuses(pagerduty, "{}", "/event_action", "is required; one of trigger, acknowledge, resolve");
    refuses(pagerduty, "{\"event_action\": \"snooze\"}", "/event_action",
            "\"snooze\" is none of trigger, acknowledge, resolve");
    refuses(pagerduty, "{\"event_action\": \"trigger\"}", "/payload",
            "is required where /event_action is \"trigger\"");
    refuses(pagerduty, "{\"event_action\": \"trigger\", \"payload\": \"x\"}", "/payload/summary",
            "is required where /event_action is \"trigger\"");
    refuses(pagerduty, "{\"event_action\": \"trigger\", \"payload\": {\"summary\": \"x\"}}",
            "/payload/source", "is required where /event_action is \"trigger\"");
    refuses(pagerduty, "{\"event_action\": \"resolve\", \"dedup_key\": \"\"}", "/dedup_key",
            "is required where /event_action is \"resolve\"");
    refuses(pagerduty,
            "{\"event_action\": \"trigger\", \"payload\": {\"summary\": \"x\", \"source\": \"y\", "
            "\"severity\": \"bad\"}}",
            "/payload/severity", "priority: \"bad\" is not among the values of the mapping");
    refuses(pagerduty,
            "{\"event_action\": \"trigger\", \"payload\": {\"summary\": {\"a\": 1}, \"source\": "
            "\"y\", \"severity\": \"info\"}}",
            "/payload/summary", "title: must be a text without NUL, a number, true or false");
}

/* --- answers ---------------------------------------------------------------------------------- */

static void replies_are_filled(void **state)
{
    const struct msg_error why = { "/payload", "is required" };
    struct text token = { 0 };
    json_t *body = NULL;
    (void)state;
    struct told o = map(pagerduty, EVENT_TRIGGER);
    assert_int_equal(mapping_token(pagerduty, o.document, &token), 0);
    assert_true(text_equal(token, text_from("R0")));
    assert_int_equal(mapping_token(alertmanager, o.document, &token), -ENOENT);
    assert_int_equal(mapping_reply(pagerduty, o.document, &o.facts[0], NULL, &body), 202);
    must_equal(body, "{\"status\": \"success\", \"message\": \"Event processed\", "
                     "\"dedup_key\": \"disk/db1\"}");
    json_decref(body);
    assert_int_equal(mapping_reply(pagerduty, o.document, NULL, &why, &body), 400);
    must_equal(body, "{\"status\": \"invalid event\", \"message\": \"Event object is invalid\", "
                     "\"errors\": [\"/payload: is required\"]}");
    json_decref(body);
    assert_int_equal(mapping_reply(alertmanager, o.document, &o.facts[0], NULL, &body), 0);
    forget(&o);
    o = map(pagerduty, "{\"event_action\": \"resolve\", \"dedup_key\": \"a\", \"routing_key\": 7}");
    assert_int_equal(mapping_token(pagerduty, o.document, &token), -ENOENT);
    forget(&o);
}

/* --- hostile documents ------------------------------------------------------------------------ */

static void refuses_size(const struct mapping *m, json_t *document, const char *field,
                         const char *rule)
{
    struct told o = { .document = document };
    o.r = mapping_json(m, document, &context, &o.a, &o.facts, &o.count, &o.e);
    assert_int_equal(o.r, -E2BIG);
    assert_string_equal(o.e.field, field);
    assert_string_equal(o.e.rule, rule);
    assert_null(o.facts);
    forget(&o);
}

static json_t *alerts_of(size_t count, json_t *alert)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append(list, alert);
    json_decref(alert);
    return json_pack("{so}", "alerts", list);
}

static json_t *alert_with(const char *name, json_t *value)
{
    json_t *alert = json_pack("{ss ss ss}", "status", "firing", "startsAt", "2026-03-01T09:00:00Z",
                              "fingerprint", "f1");
    json_object_set_new(alert, name, value);
    return alert;
}

static void limits_are_named(void **state)
{
    json_t *deep = json_array();
    (void)state;
    for (int i = 0; i < 1500; i++)
        deep = json_pack("[o]", deep);
    refuses_size(alertmanager, alerts_of(1, alert_with("labels", deep)), "document",
                 "must nest at most 32 deep");
    refuses_size(alertmanager, alerts_of(10000, alert_with("x", json_null())), "/alerts",
                 "must have at most 1000 elements");
    json_t *labels = json_object();
    for (int i = 0; i < 2000; i++) {
        char name[1100];
        snprintf(name, sizeof name, "%05d%01040d", i, 0);
        json_object_set_new(labels, name, json_stringn(name, 1040));
    }
    refuses_size(alertmanager, alerts_of(1000, alert_with("labels", labels)), "/alerts",
                 "its facts must come to at most 67108864 bytes");
}

static const struct text_pair *detail_at(const struct told *o, const char *key)
{
    struct field_rows rows = ticket_record()->fields();
    for (size_t i = 0; i < rows.count; i++) {
        const uint8_t *at = (const uint8_t *)o->facts[0].value + rows.at[i].offset;
        const struct text_map *map = (const void *)at;
        for (uint32_t n = 0; rows.at[i].kind == KIND_MAP && n < map->count; n++)
            if (text_equal(map->at[n].key, text_from(key)))
                return &map->at[n];
    }
    return NULL;
}

/* What is too long is cut visibly, what is too much is counted: a ticket is worth more than its
 * details. */
static void details_have_an_end(void **state)
{
    json_t *labels = json_object();
    char name[16];
    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "l%02d", 99 - i);
        json_object_set_new(labels, name, json_sprintf("%02000d", i));
    }
    struct told o = { .document = alerts_of(1, alert_with("labels", labels)) };
    o.r = mapping_json(alertmanager, o.document, &context, &o.a, &o.facts, &o.count, &o.e);
    assert_int_equal(o.r, 0);
    const struct text_pair *first = detail_at(&o, "label.l00"), *last = detail_at(&o, "label.l22");
    assert_non_null(first);
    assert_int_equal(first->value.length, 1024);
    assert_memory_equal(first->value.at + 1021, "\xe2\x80\xa6", 3);
    assert_non_null(last);
    assert_null(detail_at(&o, "label.l23"));
    assert_true(text_equal(detail_at(&o, "dropped")->value, text_from("77 more")));
    forget(&o);
}

static void a_title_is_one_line_of_its_length(void **state)
{
    char description[12000];
    (void)state;
    memset(description, 'x', sizeof description);
    memcpy(description, "Disk\r\n\tfull  on ", 16);
    description[sizeof description - 1] = '\0';
    struct told o = { .document =
                          alerts_of(1, alert_with("annotations",
                                                  json_pack("{ss}", "summary", description))) };
    o.r = mapping_json(alertmanager, o.document, &context, &o.a, &o.facts, &o.count, &o.e);
    assert_int_equal(o.r, 0);
    const void *at;
    size_t size;
    struct text title;
    assert_int_equal(msg_member(o.facts[0].body, o.facts[0].body_size, "title", &at, &size), 0);
    assert_int_equal(msg_read_text(at, size, &title), 0);
    assert_int_equal(title.length, 200);
    assert_memory_equal(title.at, "Disk full on xxx", 16);
    assert_memory_equal(title.at + 197, "\xe2\x80\xa6", 3);
    forget(&o);
}

static int open_mappings(void **state)
{
    struct mapping_error e;
    (void)state;
    return mapping_load("deploy/maps/alertmanager.yaml", ticket_record(), &alertmanager, &e) |
           mapping_load("deploy/maps/pagerduty.yaml", ticket_record(), &pagerduty, &e);
}

static int close_mappings(void **state)
{
    (void)state;
    mapping_free(&alertmanager);
    mapping_free(&pagerduty);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_fires),
        cmocka_unit_test(one_document_tells_of_many_alerts),
        cmocka_unit_test(the_same_alert_is_the_same_fact),
        cmocka_unit_test(a_fingerprint_is_computed_where_none_is_sent),
        cmocka_unit_test(an_alert_that_does_not_fit_says_where),
        cmocka_unit_test(an_incident_lives),
        cmocka_unit_test(images_and_links_lie_in_two_places),
        cmocka_unit_test(a_missing_key_is_derived),
        cmocka_unit_test(a_long_key_fits_and_stays_apart),
        cmocka_unit_test(an_event_that_does_not_fit_says_where),
        cmocka_unit_test(replies_are_filled),
        cmocka_unit_test(limits_are_named),
        cmocka_unit_test(details_have_an_end),
        cmocka_unit_test(a_title_is_one_line_of_its_length),
    };
    return cmocka_run_group_tests(tests, open_mappings, close_mappings);
}
