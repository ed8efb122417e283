/* edge_report_test: the report of programmes: what is asked for it, and its forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/edge/sip_report.h"

/* What a suite with one programme answers, whose words mean ill. */
static const struct {
    const char *query, *rows;
} answers[] = {
    { "catalog.client", "[{'id': 'acme', 'name': 'Acme <Works>'}]" },
    { "catalog.people", "[{'id': 'ann', 'name': '=cmd|calc'}]" },
    { "sip.summary", "[{'candidates': 5, 'launched': 2, 'closed': 2, 'proved': 1, 'days_closed': "
                     "61, 'actions_done': 4, 'actions_on_time': 3, 'reviews_missed': 0}]" },
    { "sip.programmes", "[{'id': 'sip-1', 'client': 'acme', 'title': '@SUM(A1), </h2><script>', "
                        "'state': 'executing', 'manager': 'ann', 'percent': 40}]" },
    { "sip.programme", "[{'id': 'sip-1', 'manager': 'ann', 'sponsor': 'x', 'client_sponsor': 'y', "
                       "'launched_on': '2026-01-05', 'problem': '+1 line\\nand \\\"another\\\"', "
                       "'charter': '-2', 'objectives': [{'number': 1, 'name': 'Better', 'kpi': "
                       "'nps', 'baseline': '-12.5000', 'target': '20.0000', 'by': '2026-12-01'}], "
                       "'lessons': [{'lesson': 'l-1'}]}]" },
    { "sip.actions", "[{'number': 1, 'words': '\\t=1+1', 'state': 'wip', 'owner': 'ann', 'due': "
                     "'2026-03-01', 'original_due': '2026-02-01', 'overdue': true}, "
                     "{'number': 2, 'words': 'Was late', 'state': 'done', 'owner': 'ann', 'due': "
                     "'2026-03-01', 'original_due': '2026-02-01', 'overdue': true}]" },
    { "sip.reviews", "[{'number': 1, 'rag': 'amber', 'trend': 'same', 'held_on': '2026-02-01', "
                     "'next_on': '2026-03-01', 'minutes': 'Said & done', 'metrics': []}]" },
    { "sip.exit", "[{'number': 1, 'condition': 'All met', 'holds': true}, {'number': 2, "
                  "'condition': 'No recurrence', 'why': 'Not over <yet>'}]" },
    { "sip.verdict", "[{'objective': 1, 'name': 'Better', 'kpi': 'nps', 'before': '-12.5000', "
                     "'after': '10.0000', 'target': '20.0000', 'change': '22.5000', 'low': "
                     "'3.1000', 'high': '41.9000', 'verdict': 'proved'}]" },
    { "sip.chart", "[{'from': '2026-01-01', 'to': '2026-01-31', 'part': 'baseline', 'value': "
                   "'-12.5000'}, {'from': '2026-02-01', 'to': '2026-02-28', 'value': '10.0000', "
                   "'target': '20.0000'}]" },
    { "catalog.lesson", "[{'id': 'l-1', 'name': 'Ask first', 'text': 'then buy'}]" },
};

static json_t *answer(const struct sip_ask *ask)
{
    char text[1000];
    if (json_is_true(json_object_get(ask->parameters, "ended")))
        return json_array();
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (strcmp(answers[i].query, ask->query) != 0)
            continue;
        snprintf(text, sizeof text, "%s", answers[i].rows);
        for (char *at = text; *at; at++)
            *at = *at == '\'' ? '"' : *at;
        json_error_t error;
        json_t *rows = json_loads(text, 0, &error);
        if (!rows)
            fail_msg("%s: %s", ask->query, error.text);
        return rows;
    }
    fail_msg("%s is not known here", ask->query);
    return NULL;
}

/* `names`: whether what is the provider's own is answered. Counts what was asked. */
static struct sip_report *made(const char *programme, bool names, size_t *ret_asked)
{
    struct sip_ask ask;
    struct sip_report *r = sip_report_begin(text_from("acme"), text_from(programme));
    assert_non_null(r);
    *ret_asked = 0;
    while (sip_report_ask(r, &ask)) {
        json_t *rows = names || !ask.provider ? answer(&ask) : NULL;
        sip_report_take(r, rows);
        json_decref(rows);
        ++*ret_asked;
    }
    return r;
}

static void is_in(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("\"%s\" is not in\n%s", wanted, text);
}

static void as_csv(void **state)
{
    size_t asked;
    (void)state;
    struct sip_report *r = made("", true, &asked);
    assert_int_equal(asked, 12);
    char *csv = sip_report_csv(r, "2026-11-22");
    is_in(csv, "part,programme,number,name,state,who,from,due,figure,baseline,target,value,low,"
               "high,verdict,words,unit\r\n");
    is_in(csv, "\r\nreport,,,Acme <Works>,,acme,2026-11-22,,,,,,,,,,\r\n");
    /* What a spreadsheet would run is a text; a number is a number, also below zero. */
    is_in(csv, ",\"'@SUM(A1), </h2><script>\",executing,\"'=cmd|calc\",2026-01-05,");
    is_in(csv, ",\"'+1 line\nand \"\"another\"\"\",\r\n");
    is_in(csv, "plan,sip-1,1,\"'\t=1+1\",wip,\"'=cmd|calc\",2026-02-01,2026-03-01,");
    is_in(csv, "verdict,sip-1,1,Better,,,,,nps,-12.5000,20.0000,10.0000,3.1000,41.9000,proved,,"
               "points\r\n");
    is_in(csv, "closeout,sip-1,2,No recurrence,open,,,,,,,,,,,Not over <yet>,\r\n");
    is_in(csv, "summary,,,Candidates,,,,,,,,5,,,,,\r\n");
    is_in(csv, "summary,,,\"Proved, % of closeouts\",,,,,,,,50,,,,,\r\n");
    is_in(csv, "summary,,,\"Days to closeout, mean\",,,,,,,,30.5,,,,,\r\n");
    is_in(csv, "summary,,,\"Actions on time, % of done\",,,,,,,,75,,,,,\r\n");
    assert_null(strstr(csv, "Relapsed")); /* who reads may not see that sum */
    is_in(csv, "lessons,sip-1,l-1,Ask first,,,,,,,,,,,,then buy,\r\n");
    free(csv);
    sip_report_end(&r);
    assert_null(r);
}

static void as_a_page(void **state)
{
    size_t asked;
    (void)state;
    struct sip_report *r = made("", true, &asked);
    char *linked = sip_report_html(r, "2026-11-22", "/report.css");
    char *whole = sip_report_html(r, "2026-11-22", NULL);
    for (size_t i = 0; i < 2; i++) {
        const char *html = i ? whole : linked;
        assert_null(strstr(html, "<script"));
        assert_null(strstr(html, "<yet>"));
        is_in(html, "<title>Service improvement: Acme &lt;Works&gt;</title>");
        is_in(html, "@SUM(A1), &lt;/h2&gt;&lt;script&gt;");
        is_in(html, "Closeout: 1 of 2 conditions hold");
        is_in(html, "Said &amp; done");
        is_in(html, "<td data-label=\"Change\">22.5</td><td data-label=\"95 % certain\">3.1 to "
                    "41.9</td><td data-label=\"Verdict\"><span class=\"mark\">Proved</span>");
        is_in(html, "<svg ");
        is_in(html, "<strong>Ask first</strong> then buy");
        is_in(html,
              "<td data-label=\"Closeouts\">2</td><td data-label=\"Proved, % of closeouts\">50"
              "</td>");
        is_in(html, "<td data-label=\"Days to closeout, mean\">30.5</td>");
        is_in(html, "<td data-label=\"Due\">2026-03-01</td><td data-label=\"State\">Overdue</td>");
        is_in(html, "<td data-label=\"Due\">2026-03-01</td><td data-label=\"State\">Done</td>");
        is_in(html, "<main><h1");
        is_in(html, "<section>");
    }
    is_in(linked, "<link rel=\"stylesheet\" href=\"/report.css\">");
    assert_null(strstr(linked, "<style"));
    is_in(whole, "<style>");
    is_in(whole, "size: A4");
    free(linked);
    free(whole);
    sip_report_end(&r);
}

/* What is more than a page: what has ended and what is not late are left out of print first. */
static void as_a_full_page(void **state)
{
    enum { ACTIONS = 64 };
    struct sip_ask ask;
    (void)state;
    struct sip_report *r = sip_report_begin(text_from("acme"), text_from(""));
    while (sip_report_ask(r, &ask)) {
        json_t *rows = answer(&ask);
        for (int i = 3; strcmp(ask.query, "sip.actions") == 0 && i <= ACTIONS; i++)
            json_array_append_new(rows, json_pack("{si ss ss ss ss}", "number", i, "words", "Do it",
                                                  "state", i % 2 ? "skipped" : "open", "owner",
                                                  "ann", "due", "2026-03-01"));
        sip_report_take(r, rows);
        json_decref(rows);
    }
    char *html = sip_report_html(r, "2026-11-22", NULL);
    size_t left_out = 0;
    for (const char *at = html; (at = strstr(at, "<tr class=\"rest\">")); at++)
        left_out++;
    is_in(html, "<main class=\"tight\"><h1");
    is_in(html, "<section class=\"tight\">");
    is_in(html, "And 54 more, in the CSV.");
    is_in(html, "<tr><td data-label=\"No.\">1</td>"); /* late */
    is_in(html, "<tr class=\"rest\"><td data-label=\"No.\">2</td>"); /* done */
    is_in(html, "<tr class=\"rest\"><td data-label=\"No.\">3</td>"); /* left out of the plan */
    is_in(html, "<tr><td data-label=\"No.\">4</td>");
    assert_int_equal(left_out, ACTIONS - 10);
    free(html);
    sip_report_end(&r);
}

static void as_json(void **state)
{
    size_t asked;
    json_error_t error;
    (void)state;
    struct sip_report *r = made("", true, &asked);
    char *text = sip_report_json(r, "2026-11-22");
    json_t *all = json_loads(text, 0, &error);
    const json_t *one = json_array_get(json_object_get(all, "programmes"), 0);
    assert_string_equal(json_string_value(json_object_get(all, "made")), "2026-11-22");
    assert_string_equal(json_string_value(json_object_get(all, "name")), "Acme <Works>");
    static const char *const members[] = { "register", "programme", "actions", "reviews",
                                           "exit",     "verdict",   "charts",  "lessons" };
    assert_int_equal(json_object_size(one), sizeof members / sizeof *members);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_non_null(json_object_get(one, members[i]));
    assert_int_equal(json_array_size(json_array_get(json_object_get(one, "charts"), 0)), 2);
    json_decref(all);
    free(text);
    sip_report_end(&r);
}

/* A client gets ids where names of the provider's own would be; who is not there has no report. */
static void for_others(void **state)
{
    size_t asked;
    (void)state;
    struct sip_report *r = made("sip-1", false, &asked);
    char *csv = sip_report_csv(r, "2026-11-22");
    assert_null(strstr(csv, "cmd|calc"));
    assert_null(strstr(csv, "Ask first"));
    is_in(csv, ",executing,ann,");
    assert_int_equal(sip_report_count(r), 1);
    free(csv);
    sip_report_end(&r);
    r = made("sip-2", true, &asked);
    assert_int_equal(asked, 5);
    assert_int_equal(sip_report_count(r), 0);
    char *html = sip_report_html(r, "2026-11-22", NULL);
    is_in(html, "There is no programme.");
    free(html);
    sip_report_end(&r);
    sip_report_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_csv),  cmocka_unit_test(as_a_page),  cmocka_unit_test(as_a_full_page),
        cmocka_unit_test(as_json), cmocka_unit_test(for_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
