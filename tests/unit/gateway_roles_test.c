/* gateway_roles_test: what roles may, what clients see, how often somebody may guess. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "services/gateway/audience.h"
#include "services/gateway/auth_failures.h"
#include "services/gateway/roles.h"
#include "services/registry.h"

static const struct service_type *service(const char *name)
{
    for (const struct service_type *const *s = services; *s; s++)
        if (strcmp((*s)->name, name) == 0)
            return *s;
    fail_msg("there is no service %s", name);
    return NULL;
}

static const struct record *entity(const char *of, const char *name)
{
    const struct service_type *s = service(of);
    for (size_t i = 0; i < s->entity_count; i++)
        if (strcmp(s->entities[i].name, name) == 0)
            return s->entities[i].record;
    fail_msg("%s has no %s", of, name);
    return NULL;
}

/* A role that the catalog grants and nobody here knows would be a token that opens nothing. */
static void every_role_of_the_catalog(void **state)
{
    const struct field *role = http_field(entity("catalog", "token"), "role");
    size_t count = 0;
    (void)state;
    for (const struct enumeration_value *v = role->values->values; v->name; v++, count++)
        assert_non_null(role_find(text_from(v->name)));
    assert_true(count >= 5);
    assert_null(role_find(text_from("")));
    assert_null(role_find(text_from("root")));
}

static bool may(const struct role *r, const char *of, const char *command)
{
    const struct service_type *s = service(of);
    for (size_t i = 0; i < s->command_count; i++)
        if (strcmp(s->commands[i].name, command) == 0)
            return role_may_command(r, s, &s->commands[i]);
    fail_msg("%s has no %s", of, command);
    return false;
}

static void what_roles_may(void **state)
{
    static const struct {
        const char *role;
        bool reads_catalog, reads_escalation, reads_notification, commands, administers, reports;
    } rows[] = {
        { "viewer", true, true, true, false, false, false },
        { "operator", true, true, true, true, false, false },
        { "administrator", true, true, true, true, true, true },
        { "ingest", false, false, false, false, false, true },
        { "client", false, true, false, false, false, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct role *r = role_find(text_from(rows[i].role));
        assert_int_equal(role_may_query(r, service("catalog")), rows[i].reads_catalog);
        assert_int_equal(role_may_query(r, service("escalation")), rows[i].reads_escalation);
        assert_int_equal(role_may_query(r, service("notification")), rows[i].reads_notification);
        assert_int_equal(may(r, "escalation", "escalation.ack"), rows[i].commands);
        assert_int_equal(may(r, "catalog", "person.set"), rows[i].administers);
        assert_int_equal(may(r, "catalog", "duty.accept"), rows[i].commands);
        assert_int_equal(may(r, "catalog", "override.set"), rows[i].commands);
        assert_int_equal(may(r, "catalog", "override.remove"), rows[i].commands);
        assert_int_equal(may(r, "catalog", "roster.set"), rows[i].administers);
        assert_int_equal(may(r, "catalog", "roster.remove"), rows[i].administers);
        assert_int_equal(may(r, "catalog", "temporary.set"), rows[i].administers);
        assert_int_equal(r->reports, rows[i].reports);
        assert_int_equal(r->as_client, strcmp(rows[i].role, "client") == 0);
    }
}

static void scopes(void **state)
{
    static const struct text own[] = { TEXT_OF("a"), TEXT_OF("b") };
    const struct principal all = { 0 }, some = { .clients = own, .client_count = 2 };
    (void)state;
    assert_true(principal_sees(&all, text_from("c")));
    assert_true(principal_sees(&all, text_from("")));
    assert_true(principal_sees(&some, text_from("b")));
    assert_false(principal_sees(&some, text_from("c")));
    assert_false(principal_sees(&some, text_from("")));
}

/* Every field of every entity, with lists: what is left is exactly what its rows give to clients.
 */
static void clients_see_their_rows_only(void **state)
{
    (void)state;
    json_t *e = json_loads("{\"id\": \"esc-1\", \"raised_by\": \"person:pat\", \"title\": \"t\","
                           " \"nonsense\": 1, \"perceptions\": [{\"who\": \"Ann\"}],"
                           " \"tickets\": [{\"ticket\": \"a:1\", \"unknown\": 1}],"
                           " \"engagements\": [{\"manager\": \"Mia\", \"role\": \"CTO\"}],"
                           " \"steps\": [{\"level\": 1, \"after\": \"PT0S\"}]}",
                           0, NULL);
    json_t *wanted = json_loads("{\"id\": \"esc-1\", \"title\": \"t\", \"tickets\": [{\"ticket\": "
                                "\"a:1\"}], \"engagements\": [{\"manager\": \"Mia\", \"role\": "
                                "\"CTO\"}]}",
                                0, NULL);
    audience_client(entity("escalation", "escalation"), e, false);
    assert_true(json_equal(e, wanted));
    json_decref(e);
    json_decref(wanted);
    for (const struct service_type *const *s = services; *s; s++) {
        for (size_t i = 0; i < (*s)->entity_count; i++) {
            const struct record *r = (*s)->entities[i].record;
            struct field_rows rows = r->fields();
            json_t *all = json_object();
            for (size_t f = 0; f < rows.count; f++)
                json_object_set_new(all, rows.at[f].name, json_true());
            audience_client(r, all, false);
            for (size_t f = 0; f < rows.count; f++)
                assert_int_equal(json_object_get(all, rows.at[f].name) != NULL,
                                 audience_is_client(rows.at[f].audience));
            json_decref(all);
        }
    }
}

/* What has nothing for clients is not told to them at all: neither that they are a risk, nor what
 * speaks for a programme. */
static void what_has_nothing_for_clients(void **state)
{
    static const struct {
        const char *query;
        bool shared;
    } rows[] = {
        { "kpi.value", true },       { "kpi.series", true },    { "kpi.counted", true },
        { "kpi.risk", false },       { "kpi.loyalty", false },  { "kpi.surveys", false },
        { "sip.programmes", true },  { "sip.exit", true },      { "sip.candidates", false },
        { "escalation.list", true }, { "kpi.maturity", false },
    };
    (void)state;
    const struct role *client = role_find(text_from("client"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct service_type *s;
        const struct query_row *row = http_query(services, text_from(rows[i].query), &s);
        assert_non_null(row);
        assert_true(role_may_query(client, s));
        if (audience_any(row->result) != rows[i].shared)
            fail_msg("%s", rows[i].query);
    }
}

static bool hides(const char *query, const char *json)
{
    const struct service_type *s;
    json_t *row = json_loads(json, 0, NULL);
    assert_non_null(row);
    bool hidden = audience_hides(http_query(services, text_from(query), &s)->result, row);
    json_decref(row);
    return hidden;
}

static bool hides_question(const char *query, const char *kpi)
{
    const struct service_type *s;
    const struct record *r = http_query(services, text_from(query), &s)->parameters;
    const struct field *f = http_field(r, "kpi");
    int64_t parameters[64] = { 0 };
    assert_true(r->size <= sizeof parameters);
    int32_t *number = (void *)((char *)parameters + f->offset);
    *number = enumeration_value(f->values, text_from(kpi));
    return audience_hides_question(r, parameters);
}

/* What the provider's own work costs, and which clients it is afraid to lose; not what may be about
 * such a figure, as a programme. */
static void figures_of_the_providers_own(void **state)
{
    static const char *const own[] = { "unit_cost", "hostages", "retention", "reactive",
                                       "maturity" };
    static const char *const shared[] = { "nps", "sla_attainment", "csat_escalation", "incidents" };
    static const char *const questions[] = { "kpi.value", "kpi.series", "kpi.counted",
                                             "kpi.periods" };
    char row[64];
    (void)state;
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            assert_true(hides_question(questions[q], own[i]));
        for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
            assert_false(hides_question(questions[q], shared[i]));
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        snprintf(row, sizeof row, "{\"kpi\": \"%s\"}", own[i]);
        assert_true(hides("kpi.signals", row));
        assert_false(hides("sip.programme", row));
    }
    assert_false(hides("kpi.signals", "{\"kpi\": \"nps\"}"));
    assert_false(hides_question("kpi.signals", "unit_cost")); /* its rows are */
    assert_true(hides("kpi.counted", "{\"value\": 3, \"internal\": true}"));
    assert_false(hides("kpi.counted", "{\"value\": 3}"));
    assert_false(hides("kpi.loyalty", "{}"));
}

static void shown(const char *query, const char *given, const char *wanted)
{
    const struct service_type *s;
    json_t *rows = json_loads(given, 0, NULL), *left = json_loads(wanted, 0, NULL);
    assert_true(rows && left);
    audience_client_rows(http_query(services, text_from(query), &s)->result, rows, false);
    if (!json_equal(rows, left))
        fail_msg("%s: %s", query, json_dumps(rows, JSON_COMPACT));
    json_decref(rows);
    json_decref(left);
}

/* Neither does a programme tell them: what of it is of such a figure is left out, and the rest of
 * the programme is there. */
static void parts_of_the_providers_own(void **state)
{
    (void)state;
    shown("sip.programme",
          "[{\"id\": \"p\", \"kpi\": \"reactive\", \"title\": \"t\", \"rank\": 1,"
          " \"objectives\": [{\"number\": 1, \"kpi\": \"unit_cost\", \"baseline\": 9}, "
          "{\"number\": 2, \"kpi\": "
          "\"incidents\", \"baseline\": 8}],"
          " \"criteria\": [{\"number\": 1, \"words\": \"w\"}, {\"number\": 2, \"kpi\": "
          "\"reactive\", \"target\": "
          "7}],"
          " \"evidence\": [{\"kpi\": \"reactive\", \"value\": 60}, {\"kpi\": \"incidents\", "
          "\"value\": 6}]}]",
          "[{\"id\": \"p\", \"kpi\": \"reactive\", \"title\": \"t\","
          " \"objectives\": [{\"number\": 2, \"kpi\": \"incidents\", \"baseline\": 8}],"
          " \"criteria\": [{\"number\": 1, \"words\": \"w\"}],"
          " \"evidence\": [{\"kpi\": \"incidents\", \"value\": 6}]}]");
    shown("sip.reviews", "[{\"id\": \"r\", \"metrics\": [{\"kpi\": \"unit_cost\", \"value\": 5}]}]",
          "[{\"id\": \"r\", \"metrics\": []}]");
    shown("sip.chart",
          "[{\"kpi\": \"unit_cost\", \"value\": 5}, {\"kpi\": \"incidents\", \"value\": 4}]",
          "[{\"kpi\": \"incidents\", \"value\": 4}]");
    shown("sip.verdict", "[{\"objective\": 1, \"kpi\": \"hostages\", \"before\": 3}]", "[]");
}

static const struct field *client_field(const struct record *r, const char *name)
{
    const struct field *f = http_field(r, name);
    return f && audience_is_client(f->audience) ? f : NULL;
}

/* What says how much of a figure there was says of which, or nobody could leave it out. */
static void figures_say_which(void **state)
{
    static const char *const amounts[] = { "value", "numerator", "denominator", "baseline",
                                           "points" };
    size_t looked_at = 0;
    (void)state;
    for (const struct service_type *const *s = services; *s; s++) {
        if (!role_may_query(role_find(text_from("client")), *s))
            continue;
        for (size_t i = 0; i < (*s)->query_count + (*s)->event_count; i++) {
            bool query = i < (*s)->query_count;
            const struct record *r =
                query ? (*s)->queries[i].result : (*s)->events[i - (*s)->query_count].record;
            bool amount = false;
            for (size_t n = 0; n < sizeof amounts / sizeof *amounts; n++)
                amount = amount || client_field(r, amounts[n]);
            const struct field *said =
                query ? http_field((*s)->queries[i].parameters, "kpi") : NULL;
            if (!amount || (said && said->need == REQUIRED))
                continue; /* its question says which */
            looked_at++;
            if (!client_field(r, "kpi"))
                fail_msg("%s",
                         query ? (*s)->queries[i].name : (*s)->events[i - (*s)->query_count].name);
        }
    }
    assert_true(looked_at >= 6);
}

static void guesses(void **state)
{
    const struct text a = TEXT_OF("10.0.0.1"), b = TEXT_OF("10.0.0.2");
    struct failures *f;
    (void)state;
    assert_int_equal(failures_open(&f), 0);
    assert_int_equal(failures_wait(f, a, 0), 0);
    for (int i = 0; i < AUTH_FAILURES_MAX; i++) {
        assert_int_equal(failures_wait(f, a, 1000), 0);
        failures_add(f, a, 1000);
    }
    assert_int_equal(failures_wait(f, a, 1000), AUTH_FAILURES_S);
    assert_int_equal(failures_wait(f, a, 1001), AUTH_FAILURES_S);
    assert_int_equal(failures_wait(f, a, 1000 + AUTH_FAILURES_S * 1000 - 1), 1);
    assert_int_equal(failures_wait(f, a, 1000 + AUTH_FAILURES_S * 1000), 0);
    assert_int_equal(failures_wait(f, b, 1000), 0);
    failures_add(f, a, 2000 + AUTH_FAILURES_S * 1000);
    assert_int_equal(failures_wait(f, a, 2000 + AUTH_FAILURES_S * 1000), 0);
    /* Many addresses push out who failed least recently, and nobody else. */
    for (int i = 0; i < AUTH_FAILURES_MAX; i++)
        failures_add(f, b, 500000);
    for (int i = 0; i < AUTH_ADDRESSES_MAX - 1; i++) {
        char name[16];
        snprintf(name, sizeof name, "h%d", i);
        failures_add(f, text_from(name), 500001);
    }
    assert_true(failures_wait(f, b, 500001) > 0);
    failures_close(&f);
    assert_null(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_of_the_catalog),
        cmocka_unit_test(what_roles_may),
        cmocka_unit_test(scopes),
        cmocka_unit_test(clients_see_their_rows_only),
        cmocka_unit_test(what_has_nothing_for_clients),
        cmocka_unit_test(figures_of_the_providers_own),
        cmocka_unit_test(parts_of_the_providers_own),
        cmocka_unit_test(figures_say_which),
        cmocka_unit_test(guesses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
