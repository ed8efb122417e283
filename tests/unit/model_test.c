/* Entities that are set and removed as a whole, over a real partition of the catalog: what is named
 * is there and stays, whoever lists them sees who names whom, and the log folds to the same again.
 */
#include "tests/unit/rig.h"

#include "common/suite/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct service_type catalog_service;

static const int64_t options[64]; /* all zero: nothing here asks for one */

static void open_catalog(struct rig *g)
{
    struct msg_error error;
    assert_true(catalog_service.options_size <= sizeof options);
    g->o = (struct partition_options){ .directory = g->directory,
                                       .service = &catalog_service,
                                       .options = options,
                                       .install = text_from("0192f0a0-0000-7000-8000-000000000001"),
                                       .count = 1,
                                       .now = rig_now };
    assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
}

static int set_up(void **state)
{
    struct rig *g = calloc(1, sizeof *g);
    assert_non_null(g);
    snprintf(g->directory, sizeof g->directory, "/tmp/model_test.XXXXXX");
    assert_non_null(mkdtemp(g->directory));
    open_catalog(g);
    *state = g;
    return 0;
}

/* Every test ends so: closed, folded once more, the same. */
static int tear_down(void **state)
{
    struct rig *g = *state;
    struct verify_report report;
    struct msg_error error;
    partition_close(&g->p);
    assert_int_equal(partition_verify(&g->o, &report, &error), 0);
    assert_string_equal(report.difference, "");
    assert_true(report.chain_ok && report.state_ok);
    open_catalog(g);
    return rig_tear_down(state);
}

static struct reply say(struct rig *g, const char *type, const char *body)
{
    struct msg_error error;
    struct msg_buffer b = { .arena = &g->arena };
    json_t *in = json_parse(text_from(body), &error);
    assert_int_equal(json_to_msg(in, &b, &error), 0);
    json_decref(in);
    const struct request r = { .id = id_new(real_now()),
                               .type = text_from(type),
                               .client = PROVIDER_CLIENT,
                               .principal = text_from("local"),
                               .actor = text_from("ann"),
                               .data = b.at,
                               .data_size = b.size };
    return rig_say(g, &r);
}

/* It is done, and was new. */
static void does(struct rig *g, const char *type, const char *body)
{
    struct reply r = say(g, type, body);
    if (r.status != STATUS_ok || r.replayed)
        fail_msg("%s %s: %.*s %.*s %.*s", type, body, TEXT_ARG(r.code), TEXT_ARG(r.field),
                 TEXT_ARG(r.message));
}

static void is_known(struct rig *g, const char *type, const char *body)
{
    struct reply r = say(g, type, body);
    if (r.status != STATUS_ok || !r.replayed)
        fail_msg("%s %s is not known", type, body);
}

static void is_refused(struct rig *g, const char *type, const char *body, const char *code,
                       const char *field)
{
    struct reply r = say(g, type, body);
    if (r.status == STATUS_ok || !text_equal(r.code, text_from(code)) ||
        !text_equal(r.field, text_from(field)))
        fail_msg("%s %s: %.*s %.*s", type, body, TEXT_ARG(r.code), TEXT_ARG(r.field));
}

/* The first fields of the rows, joined by spaces. */
static void lists(struct rig *g, const char *query, const char *body, const char *ids)
{
    struct reply reply = { 0 };
    json_t *rows = rig_ask(g, query, body, 0, &reply), *row;
    char seen[256] = "";
    size_t i, used = 0;
    assert_int_equal(reply.status, STATUS_ok);
    json_array_foreach(rows, i, row)
    {
        used += (size_t)snprintf(seen + used, sizeof seen - used, "%s%s", used ? " " : "",
                                 json_string_value(json_object_get(row, "id")));
        assert_true(used < sizeof seen);
    }
    json_decref(rows);
    assert_string_equal(seen, ids);
}

#define PERSON  "{\"id\": \"ann\", \"name\": \"Ann\", \"side\": \"provider\"}"
#define SERVICE "{\"id\": \"mail\", \"name\": \"Mail\"}"

static void test_set_is_all(void **state)
{
    struct rig *g = *state;
    does(g, "person.set", PERSON);
    does(g, "service.set", "{\"id\": \"mail\", \"name\": \"Mail\", \"owner\": \"ann\"}");
    is_known(g, "service.set", "{\"id\": \"mail\", \"name\": \"Mail\", \"owner\": \"ann\"}");
    is_known(g, "service.set",
             "{\"id\": \"mail\", \"name\": \"Mail\", \"owner\": \"ann\", \"description\": \"\"}");
    lists(g, "catalog.services", "{\"names\": \"person/ann\"}", "mail");
    does(g, "service.set", SERVICE);
    lists(g, "catalog.services", "{\"names\": \"person/ann\"}", "");
    lists(g, "catalog.service", "{\"service\": \"mail\"}", "mail");
    does(g, "service.remove", "{\"service\": \"mail\"}");
    lists(g, "catalog.service", "{\"service\": \"mail\"}", "");
    does(g, "service.set", SERVICE);
    lists(g, "catalog.services", "{}", "mail");
    does(g, "person.remove", "{\"person\": \"ann\"}");
}

/* A list in a list: a roster's layers have people. */
#define ROSTER(person)                                                                             \
    "{\"id\": \"nights\", \"group\": \"Net\", \"zone\": \"UTC\", \"layers\": [{\"name\": "         \
    "\"A\", \"from\": \"2026-01-01\", \"handover\": \"09:00\", \"unit\": \"day\", \"every\": 1, "  \
    "\"people\": [{\"person\": \"ann\"}, {\"person\": \"" person "\"}]}]}"

static void test_references_in_lists_in_lists(void **state)
{
    struct rig *g = *state;
    does(g, "person.set", PERSON);
    does(g, "person.set", "{\"id\": \"bob\", \"name\": \"Bob\", \"side\": \"provider\"}");
    does(g, "group.set", "{\"id\": \"Net\", \"side\": \"provider\"}");
    is_refused(g, "roster.set", ROSTER("eve"), "not_in_catalog", "layers[0].people[1].person");
    does(g, "roster.set", ROSTER("bob"));
    lists(g, "catalog.rosters", "{\"names\": \"person/bob\"}", "nights");
    lists(g, "catalog.rosters", "{\"names\": \"group/bob\"}", "");
    is_refused(g, "person.remove", "{\"person\": \"bob\"}", "still_named", "person");
    is_refused(g, "group.remove", "{\"group\": \"Net\"}", "still_named", "group");
    does(g, "roster.set", ROSTER("ann"));
    does(g, "person.remove", "{\"person\": \"bob\"}");
    is_refused(g, "person.remove", "{\"person\": \"ann\"}", "still_named", "person");
    does(g, "roster.remove", "{\"roster\": \"nights\"}");
    does(g, "person.remove", "{\"person\": \"ann\"}");
    does(g, "group.remove", "{\"group\": \"Net\"}");
}

/* Each place that names something counts, over events, a restart and a fold. */
static void test_counts(void **state)
{
    struct rig *g = *state;
    does(g, "service.set", SERVICE);
    does(g, "component.set",
         "{\"id\": \"a\", \"name\": \"A\", \"services\": [{\"service\": \"mail\"}]}");
    does(g, "component.set",
         "{\"id\": \"b\", \"name\": \"B\", \"services\": [{\"service\": \"mail\"}], "
         "\"depends\": [{\"component\": \"a\"}]}");
    lists(g, "catalog.components", "{\"names\": \"service/mail\"}", "a b");
    partition_close(&g->p);
    open_catalog(g);
    is_refused(g, "component.remove", "{\"component\": \"a\"}", "still_named", "component");
    does(g, "component.remove", "{\"component\": \"b\"}");
    does(g, "component.remove", "{\"component\": \"a\"}");
    does(g, "service.remove", "{\"service\": \"mail\"}");
    assert_int_equal(say(g, "service.remove", "{\"service\": \"mail\"}").status, STATUS_not_found);
}

/* A group is called as tickets call it; other ids are words. */
static void test_ids(void **state)
{
    struct rig *g = *state;
    char body[400], id[ENTITY_ID_MAX + 1];
    does(g, "group.set", "{\"id\": \"Network / EU (2nd)\", \"side\": \"provider\"}");
    does(g, "group.set",
         "{\"id\": \"Desk\", \"side\": \"provider\", \"holders\": [{\"level\": 1, \"group\": "
         "\"Network / EU (2nd)\"}]}");
    lists(g, "catalog.groups", "{\"names\": \"group/Network / EU (2nd)\"}", "Desk");
    is_refused(g, "service.set", "{\"id\": \"a b\", \"name\": \"A\"}", "id_form", "id");
    is_refused(g, "service.set", "{\"id\": \"a/b\", \"name\": \"A\"}", "id_form", "id");
    does(g, "service.set", "{\"id\": \"A.b_c:d-9\", \"name\": \"A\"}");
    /* what counts it is called group/ID, and no longer than any id */
    memset(id, 'x', sizeof id - 1);
    id[ENTITY_ID_MAX] = 0;
    snprintf(body, sizeof body, "{\"id\": \"%s\", \"side\": \"provider\"}", id);
    is_refused(g, "group.set", body, "id_form", "id");
    id[ENTITY_ID_MAX - strlen("group/")] = 0;
    snprintf(body, sizeof body, "{\"id\": \"%s\", \"side\": \"provider\"}", id);
    does(g, "group.set", body);
    snprintf(body, sizeof body, "{\"group\": \"%s\"}", id);
    does(g, "group.remove", body);
}

/* A noun's own rules are asked behind ids and references. */
static void test_order_of_rules(void **state)
{
    struct rig *g = *state;
    does(g, "service.set", SERVICE);
    is_refused(g, "component.set",
               "{\"id\": \"a b\", \"name\": \"A\", \"services\": [{\"service\": \"web\"}]}",
               "id_form", "id");
    is_refused(g, "component.set",
               "{\"id\": \"a\", \"name\": \"A\", \"services\": [{\"service\": \"mail\"}, "
               "{\"service\": \"mail\"}, {\"service\": \"web\"}]}",
               "not_in_catalog", "services[2].service");
    is_refused(g, "component.set",
               "{\"id\": \"a\", \"name\": \"A\", \"services\": [{\"service\": \"mail\"}, "
               "{\"service\": \"mail\"}]}",
               "named_twice", "services");
    lists(g, "catalog.components", "{}", "");
    does(g, "service.remove", "{\"service\": \"mail\"}"); /* what was refused named nobody */
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ROW(test_set_is_all),     ROW(test_references_in_lists_in_lists),
        ROW(test_counts),         ROW(test_ids),
        ROW(test_order_of_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
