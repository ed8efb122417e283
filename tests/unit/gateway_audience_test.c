/* gateway_audience_test: what clients are not told of figures that few people's answers make: of
 * answers, rows and events of every kind that has such figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "proto/http.h"
#include "services/gateway/audience.h"
#include "services/registry.h"

static const struct query_row *query(const char *name)
{
    const struct service_type *s;
    const struct query_row *row = http_query(services, text_from(name), &s);
    assert_non_null(row);
    return row;
}

static const struct record *event(const char *name)
{
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->event_count; i++)
            if (strcmp((*s)->events[i].name, name) == 0)
                return (*s)->events[i].record;
    fail_msg("there is no event %s", name);
    return NULL;
}

/* What is given, what a client sees of it. */
static void sees(const struct record *r, bool of_answers, const char *given, const char *wanted)
{
    json_t *object = json_loads(given, 0, NULL), *expected = json_loads(wanted, 0, NULL);
    assert_non_null(object);
    assert_non_null(expected);
    audience_client(r, object, of_answers);
    if (!json_equal(object, expected)) {
        char *got = json_dumps(object, JSON_SORT_KEYS);
        fail_msg("%s\nis seen as\n%s\ninstead of\n%s", given, got, wanted);
    }
    json_decref(object);
    json_decref(expected);
}

#define FEW "\"withheld\": \"few_answers\""

static void a_figure(void **state)
{
    static const struct {
        const char *given, *wanted;
    } rows[] = {
        /* As few as are withheld, as few as are not, and nobody. */
        { "{\"kpi\": \"nps\", \"n\": 4, \"value\": \"25\", \"promoters\": 2, \"denominator\": 4}",
          "{\"kpi\": \"nps\", \"n\": 4, " FEW "}" },
        { "{\"kpi\": \"nps\", \"n\": 5, \"value\": \"25\", \"promoters\": 2, \"by_client\": \"1\"}",
          "{\"kpi\": \"nps\", \"n\": 5, \"value\": \"25\", \"promoters\": 2}" },
        { "{\"kpi\": \"nps\", \"n\": 0, \"numerator\": 0}",
          "{\"kpi\": \"nps\", \"n\": 0, \"numerator\": 0}" },
        /* A change is of both. */
        { "{\"kpi\": \"satisfaction_improvement\", \"n\": 9, \"baseline_denominator\": 4, "
          "\"value\": \"3\", \"baseline\": \"4\", \"changed\": true}",
          "{\"kpi\": \"satisfaction_improvement\", \"n\": 9, \"baseline_denominator\": 4, " FEW
          "}" },
        { "{\"kpi\": \"csat_relationship\", \"n\": 4, \"small\": true, \"coverage\": \"80\"}",
          "{\"kpi\": \"csat_relationship\", \"n\": 4, " FEW "}" },
        /* Nobody said what tickets came to. */
        { "{\"kpi\": \"sla_attainment\", \"n\": 1, \"value\": \"0\", \"numerator\": 0}",
          "{\"kpi\": \"sla_attainment\", \"n\": 1, \"value\": \"0\", \"numerator\": 0}" },
        { "{\"kpi\": \"sla_improvement\", \"n\": 1, \"value\": \"0\"}",
          "{\"kpi\": \"sla_improvement\", \"n\": 1, \"value\": \"0\"}" },
        { "{\"kpi\": \"incidents\", \"n\": 1, \"value\": \"1\"}",
          "{\"kpi\": \"incidents\", \"n\": 1, \"value\": \"1\"}" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        sees(query("kpi.value")->result, false, rows[i].given, rows[i].wanted);
}

/* Limits are made of the baseline's points: they are there when all of these are. */
static void a_chart(void **state)
{
    const struct record *r = query("kpi.series")->result;
    (void)state;
    sees(r, false,
         "{\"kpi\": \"nps\", \"center\": \"2\", \"range\": \"1\", \"points\": [{\"n\": 5, "
         "\"value\": \"2\", "
         "\"upper\": \"9\", \"baseline\": true}, {\"n\": 6, \"value\": \"3\", \"rule\": "
         "\"beyond_limits\"}]}",
         "{\"kpi\": \"nps\", \"center\": \"2\", \"range\": \"1\", \"points\": [{\"n\": 5, "
         "\"value\": \"2\", "
         "\"upper\": \"9\", \"baseline\": true}, {\"n\": 6, \"value\": \"3\", \"rule\": "
         "\"beyond_limits\"}]}");
    sees(r, false,
         "{\"kpi\": \"nps\", \"center\": \"2\", \"points\": [{\"n\": 5, \"value\": \"2\", "
         "\"upper\": "
         "\"9\", \"baseline\": true}, {\"n\": 4, \"value\": \"3\", \"good\": true}, {\"n\": 0}]}",
         "{\"kpi\": \"nps\", \"points\": [{\"n\": 5, \"value\": \"2\", \"baseline\": true, " FEW
         "}, {\"n\": 4, " FEW "}, {\"n\": 0}], " FEW "}");
    sees(r, false,
         "{\"kpi\": \"incidents\", \"center\": \"2\", \"points\": [{\"n\": 1, \"value\": \"1\", "
         "\"upper\": \"9\"}]}",
         "{\"kpi\": \"incidents\", \"center\": \"2\", \"points\": [{\"n\": 1, \"value\": \"1\", "
         "\"upper\": \"9\"}]}");
}

/* Rows that do not say of which figure they are: the question does. */
static void sealed_periods(void **state)
{
    const struct query_row *q = query("kpi.periods");
    static const char sealed[] =
        "{\"n\": 4, \"value\": \"50\", \"missed\": true, \"target\": \"90\"}",
                      corrected[] = "{\"n\": 5, \"value\": \"50\", \"now_n\": 4, \"now\": \"60\"}";
    int64_t parameters[64] = { 0 };
    (void)state;
    assert_true(q->parameters->size <= sizeof parameters);
    const struct field *kpi = http_field(q->parameters, "kpi");
    int32_t *number = (void *)((char *)parameters + kpi->offset);
    static const struct {
        const char *kpi;
        bool of_answers;
    } rows[] = { { "nps", true },
                 { "csat_escalation", true },
                 { "satisfaction_improvement", true },
                 { "sla_attainment", false },
                 { "maturity", false },
                 { "unit_cost", false } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        *number = enumeration_value(kpi->values, text_from(rows[i].kpi));
        assert_int_equal(audience_of_answers(q->parameters, parameters), rows[i].of_answers);
    }
    *number = 9999; /* no figure, as a peer may say it */
    assert_false(audience_of_answers(q->parameters, parameters));
    assert_false(audience_of_answers(query("sip.programmes")->parameters, parameters));
    sees(q->result, true, sealed, "{\"n\": 4, \"target\": \"90\", " FEW "}");
    sees(q->result, true, corrected, "{\"n\": 5, \"now_n\": 4, " FEW "}");
    sees(q->result, false, sealed, sealed);
}

static void events(void **state)
{
    (void)state;
    sees(event("series.closed"), false,
         "{\"kpi\": \"csat_escalation\", \"n\": 1, \"value\": \"0\", \"missed\": true}",
         "{\"kpi\": \"csat_escalation\", \"n\": 1, " FEW "}");
    sees(event("series.corrected"), false,
         "{\"kpi\": \"nps\", \"n\": 6, \"sealed\": \"100\", \"value\": \"50\"}",
         "{\"kpi\": \"nps\", \"n\": 6, \"value\": \"50\", " FEW "}");
    sees(event("series.frozen"), false, "{\"kpi\": \"nps\", \"center\": \"40\", \"stable\": true}",
         "{\"kpi\": \"nps\", " FEW "}");
    sees(
        event("signal.found"), false,
        "{\"kpi\": \"nps\", \"rule\": \"beyond_limits\", \"lower\": \"4\", \"points\": [{\"n\": 7, "
        "\"value\": \"3\"}, {\"n\": 1, \"value\": \"-100\"}]}",
        "{\"kpi\": \"nps\", \"points\": [{\"n\": 7, \"value\": \"3\"}, {\"n\": 1, " FEW "}], " FEW
        "}");
    sees(
        event("signal.found"), false,
        "{\"kpi\": \"nps\", \"rule\": \"beyond_limits\", \"lower\": \"4\", \"points\": [{\"n\": 7, "
        "\"value\": \"3\"}]}",
        "{\"kpi\": \"nps\", \"rule\": \"beyond_limits\", \"points\": [{\"n\": 7, \"value\": "
        "\"3\"}], " FEW "}");
}

/* A programme about tickets may have an objective about answers, and the other way round. */
static void programmes(void **state)
{
    (void)state;
    sees(query("sip.programme")->result, false,
         "{\"kpi\": \"nps\", \"objectives\": [{\"kpi\": \"csat_escalation\", \"n\": 3, "
         "\"baseline\": "
         "\"0\", \"target\": \"9\"}, {\"kpi\": \"incidents\", \"n\": 3, \"baseline\": \"3\"}], "
         "\"evidence\": [{\"cause\": \"missed\", \"value\": \"1\"}, {\"kpi\": \"incidents\", "
         "\"value\": "
         "\"1\"}]}",
         "{\"kpi\": \"nps\", \"objectives\": [{\"kpi\": \"csat_escalation\", \"n\": 3, \"target\": "
         "\"9\", " FEW "}, {\"kpi\": \"incidents\", \"n\": 3, \"baseline\": \"3\"}], "
         "\"evidence\": [{\"cause\": \"missed\", " FEW "}, {\"kpi\": \"incidents\", \"value\": "
         "\"1\"}]}");
    sees(
        query("sip.verdict")->result, false,
        "{\"kpi\": \"nps\", \"n_before\": 30, \"before\": \"1\", \"n_after\": 4, \"after\": \"2\", "
        "\"change\": \"1\"}",
        "{\"kpi\": \"nps\", \"n_before\": 30, \"n_after\": 4, " FEW "}");
    sees(query("sip.chart")->result, false, "{\"kpi\": \"nps\", \"n\": 2, \"value\": \"1\"}",
         "{\"kpi\": \"nps\", \"n\": 2, " FEW "}");
    sees(query("sip.reviews")->result, false,
         "{\"metrics\": [{\"kpi\": \"nps\", \"n\": 8, \"value\": \"1\", \"baseline\": \"5\"}]}",
         "{\"metrics\": [{\"kpi\": \"nps\", \"n\": 8, \"value\": \"1\", " FEW "}]}");
}

static bool says_what_was_counted(const struct record *r)
{
    return http_field(r, "n") || http_field(r, "n_before");
}

/* Whoever adds a figure to what clients read says what of it is made of answers. Named are decimals
 * that nobody answered: what a figure is to be, and of a count what was to be expected. */
static void every_figure_is_marked(const struct record *r, bool of_figure, int *seen)
{
    static const char *const said[] = { "target", "expected", "tail" };
    struct field_rows rows = r->fields();
    of_figure = of_figure || http_field(r, "kpi");
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        bool named = false;
        for (size_t n = 0; n < sizeof said / sizeof *said; n++)
            named = named || strcmp(f->name, said[n]) == 0;
        if (f->kind == KIND_LIST)
            every_figure_is_marked(f->record, of_figure, seen);
        if (f->kind == KIND_DECIMAL && f->audience == CLIENT && !named &&
            (of_figure || says_what_was_counted(r)))
            fail_msg("%s.%s is for clients, of however few answers", r->name, f->name);
        *seen += f->audience == CLIENT_COUNTED || f->audience == CLIENT_UNCOUNTED;
    }
}

static void nothing_is_forgotten(void **state)
{
    int seen = 0;
    (void)state;
    for (const struct service_type *const *s = services; *s; s++) {
        for (size_t i = 0; i < (*s)->entity_count; i++)
            every_figure_is_marked((*s)->entities[i].record, false, &seen);
        for (size_t i = 0; i < (*s)->event_count; i++)
            every_figure_is_marked((*s)->events[i].record, false, &seen);
        for (size_t i = 0; i < (*s)->query_count; i++)
            every_figure_is_marked((*s)->queries[i].result, false, &seen);
    }
    assert_true(seen > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_figure),       cmocka_unit_test(a_chart),
        cmocka_unit_test(sealed_periods), cmocka_unit_test(events),
        cmocka_unit_test(programmes),     cmocka_unit_test(nothing_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
