/* edge_chart_test: charts as pictures: what stands where, and that no word leaves them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/edge/chart_draw.h"
#include "services/edge/chart_svg.h"
#include "services/edge/loyalty_svg.h"
#include "services/edge/svg.h"

enum { MANY = 200 };

static char *drawn(json_t *chart, const struct chart_look *look)
{
    char *svg = chart_svg(chart, look);
    assert_non_null(svg);
    json_decref(chart);
    return svg;
}

static json_t *parsed(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, 0, &error);
    if (!value)
        fail_msg("%s in %s", error.text, text);
    return value;
}

static size_t count(const char *svg, const char *what)
{
    size_t n = 0;
    for (const char *at = strstr(svg, what); at; at = strstr(at + 1, what))
        n++;
    return n;
}

static double attribute(const char *tag, const char *name)
{
    char wanted[32];
    snprintf(wanted, sizeof wanted, " %s=\"", name);
    const char *at = strstr(tag, wanted);
    assert_non_null(at);
    return strtod(at + strlen(wanted), NULL);
}

/* Every word lies within the picture by the width that is guessed for it, and no number is none. */
static void words_stay(const char *svg)
{
    double width = attribute(svg, "width"), height = attribute(svg, "height");
    assert_null(strstr(svg, "nan"));
    assert_null(strstr(svg, "inf"));
    for (const char *at = strstr(svg, "<text"); at; at = strstr(at + 1, "<text")) {
        const char *begin = strchr(at, '>') + 1, *end = strstr(begin, "</text>");
        double x = attribute(at, "x"), y = attribute(at, "y"), font = attribute(at, "font-size");
        char tag[300], words[300];
        snprintf(tag, sizeof tag, "%.*s", (int)(begin - at), at);
        snprintf(words, sizeof words, "%.*s", (int)(end - begin), begin);
        double w =
            strchr(words, '&') ? 0 : svg_width(words, font, strstr(tag, "700") ? "name" : "note");
        x -= strstr(tag, "\"end\"") ? w : strstr(tag, "\"middle\"") ? w / 2 : 0;
        if (x < -0.01 || x + w > width + 0.01 || y < font * 0.7 || y > height)
            fail_msg("\"%s\" at %.1f..%.1f, %.1f of %.0f x %.0f", words, x, x + w, y, width,
                     height);
    }
}

static const char XMR[] =
    "{'kpi': 'sla_attainment', 'unit': 'percent', 'kind': 'xmr', 'center': '96.4375', 'target': "
    "'95.0000', 'baseline_points': 2, 'points': ["
    "{'from': '2025-12-01', 'to': '2025-12-31', 'n': 40, 'value': '96.2000', 'lower': '93.8535', "
    "'upper': '99.0215', 'baseline': true},"
    "{'from': '2026-01-01', 'to': '2026-01-31', 'n': 41, 'value': '97.1000', 'lower': '93.8535', "
    "'upper': '99.0215', 'baseline': true},"
    "{'from': '2026-02-01', 'to': '2026-02-28', 'n': 3},"
    "{'from': '2026-03-01', 'to': '2026-03-31', 'n': 42, 'value': '91.2000', 'lower': '93.8535', "
    "'rule': 'beyond_limits'},"
    "{'from': '2026-04-01', 'to': '2026-04-30', 'n': 42, 'value': '99.5000', 'lower': '93.8535', "
    "'rule': 'beyond_limits', 'good': true},"
    "{'from': '2026-05-01', 'to': '2026-05-31', 'n': 42, 'value': '96.5000', 'lower': '93.8535', "
    "'rule': 'fifteen_within'}]}";

static json_t *xmr(void)
{
    char text[sizeof XMR];
    memcpy(text, XMR, sizeof XMR);
    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    return parsed(text);
}

static void what_is_drawn(void **state)
{
    const struct chart_look look = { .title = "SLA attainment: Harbor Hospital",
                                     .mark_day = "2026-03-15",
                                     .mark = "Programme" };
    (void)state;
    char *svg = drawn(xmr(), &look);
    words_stay(svg);
    assert_non_null(strstr(svg, "role=\"img\""));
    assert_non_null(strstr(svg, "<title>SLA attainment: Harbor Hospital</title>"));
    assert_non_null(strstr(svg, "6 periods from 2025-12-01 to 2026-05-31, 5 with a figure: 96.2 at "
                                "first, 96.5 at last; mean of the baseline 96.44; target 95; "
                                "signals at 3."));
    assert_non_null(strstr(svg, "<title>2026-03-01: 91.2, Beyond limits</title>"));
    assert_int_equal(count(svg, "<circle"), 2); /* no signal, and counted */
    assert_non_null(strstr(svg, "mean of the baseline 96.44"));
    assert_non_null(strstr(svg, "signal, worse than chance"));
    assert_non_null(strstr(svg, "signal, better than chance"));
    assert_non_null(strstr(svg, ">signal<"));
    assert_non_null(strstr(svg, ">Programme<"));
    assert_non_null(strstr(svg, ">2025<"));
    assert_non_null(strstr(svg, ">2026<"));
    assert_null(strstr(svg, "class="));
    assert_null(strstr(svg, "style"));
    /* The figure's line is broken where nothing was counted; the upper limit ends where it has
     * none. */
    const char *line = strstr(svg, "stroke-linejoin");
    assert_non_null(line);
    char path[400];
    snprintf(path, sizeof path, "%.*s", (int)strcspn(strstr(line, " d=\"") + 4, "\""),
             strstr(line, " d=\"") + 4);
    assert_int_equal(count(path, "M"), 2);
    assert_int_equal(count(path, "L"), 3);
    free(svg);
}

static void shapes_tell_sides_apart(void **state)
{
    const struct chart_look look = { .title = "T" };
    static const char *const sides[] = { "false", "true" };
    char *svg[2];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "{\"unit\": \"points\", \"points\": [{\"from\": \"2026-01-01\", \"to\": "
                 "\"2026-01-31\", \"value\": \"5\", \"rule\": \"beyond_limits\", \"good\": %s}]}",
                 sides[i]);
        svg[i] = drawn(parsed(text), &look);
        assert_int_equal(count(svg[i], "<circle"), 0);
    }
    /* The same but for shape and colour. */
    assert_string_not_equal(strstr(svg[0], "<path"), strstr(svg[1], "<path"));
    assert_int_not_equal(strlen(strstr(svg[0], "<path d=")), strlen(strstr(svg[1], "<path d=")));
    free(svg[0]);
    free(svg[1]);
}

static void hostile_words(void **state)
{
    char title[2000];
    const struct chart_look look = { .title = title, .mark_day = "2026-01-01", .mark = title };
    (void)state;
    snprintf(title, sizeof title, "</text><script>alert(1)</script>&\"'");
    char *svg = drawn(xmr(), &look);
    assert_null(strstr(svg, "<script"));
    assert_null(strstr(svg, "&\""));
    free(svg);
    /* Longer than any line: of four bytes a character, cut between characters. */
    for (size_t i = 0; i + 5 < sizeof title; i += 4)
        memcpy(title + i, "\xf0\x9f\x98\x80", sizeof "\xf0\x9f\x98\x80");
    svg = drawn(xmr(), &look);
    words_stay(svg);
    json_t *text = json_string(svg); /* takes UTF-8 only */
    assert_non_null(text);
    json_decref(text);
    free(svg);
    svg = drawn(parsed("{\"points\": [{\"from\": 3, \"to\": null, \"value\": \"x\"}, 7]}"), &look);
    words_stay(svg);
    free(svg);
}

static void nothing(void **state)
{
    const struct chart_look look = { .title = "T", .narrow = true };
    (void)state;
    const char *rows[] = { "{}", "{\"points\": []}",
                           "{\"points\": [{\"from\": \"2026-01-01\", \"to\": \"2026-01-31\"}]}" };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *svg = drawn(parsed(rows[i]), &look);
        words_stay(svg);
        assert_non_null(strstr(svg, "Nothing was counted."));
        free(svg);
    }
    char *svg = drawn(parsed("{\"least\": 20, \"points\": [{\"from\": \"2026-01-01\", \"to\": "
                             "\"2026-01-31\", \"n\": 7}]}"),
                      &look);
    words_stay(svg);
    assert_non_null(strstr(svg, "Fewer than 20 a period: take longer ones."));
    free(svg);
}

static uint64_t seed = 1;
static double any(double least, double most)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return least + (most - least) * (double)(seed >> 11) / 9007199254740992.0;
}

static json_t *made_up(size_t points, double size, bool days)
{
    json_t *all = json_array();
    char text[64];
    for (size_t i = 0; i < points; i++) {
        char from[64], to[64];
        size_t m = i % 12;
        snprintf(from, sizeof from, days ? "2026-%02zu-%02zu" : "2026-%02zu-01", m + 1,
                 i / 12 % 28 + 1);
        snprintf(to, sizeof to, days ? "2026-%02zu-%02zu" : "2026-%02zu-28", m + 1,
                 i / 12 % 28 + 1);
        snprintf(text, sizeof text, "%.4f", any(-size, size));
        json_t *p = json_pack("{ss ss}", "from", from, "to", to);
        if (any(0, 1) < 0.8)
            json_object_set_new(p, "value", json_string(text));
        if (any(0, 1) < 0.5)
            json_object_set_new(p, "upper", json_string(text));
        json_array_append_new(all, p);
    }
    return json_pack("{ss ss so}", "unit", "percent", "target", text, "points", all);
}

static void any_chart(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        const struct chart_look look = { .title = "Resolution rate: somebody, something",
                                         .narrow = i % 2,
                                         .dark = i % 3 == 0,
                                         .mark_day = i % 5 ? NULL : "2026-06-01",
                                         .mark = "Programme begins" };
        static const double sizes[] = { 1e-4, 1, 100, 5e4, 9e14 };
        char *svg = drawn(made_up((size_t)any(0, MANY + 50), sizes[i % 5], i % 2), &look);
        words_stay(svg);
        free(svg);
    }
}

static void numbers_and_names(void **state)
{
    static const struct {
        double v;
        const char *words;
    } rows[] = { { 0, "0" },       { -0.001, "-0.001" }, { 96.4375, "96.44" },  { 95, "95" },
                 { 99.5, "99.5" }, { 123.46, "123.5" },  { 12345.6, "12346" },  { -7.25, "-7.25" },
                 { 100, "100" },   { 1000, "1000" },     { 0.03752, "0.0375" }, { -0.00001, "0" } };
    static const struct {
        double v, step;
        const char *words;
    } ticks[] = { { 0.04, 0.005, "0.04" }, { 0.035, 0.005, "0.035" }, { 78.3, 0.1, "78.3" },
                  { 42, 0.5, "42" },       { 1200, 200, "1200" },     { 0, 0.002, "0" },
                  { 0.3, 0.1, "0.3" } };
    static const char *const names[][2] = { { "sla_attainment", "SLA attainment" },
                                            { "nps", "NPS" },
                                            { "csat_relationship", "CSAT relationship" },
                                            { "first_contact", "First contact" },
                                            { "", "" },
                                            { "_", " " } };
    char out[CHART_NUMBER], name[64];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        chart_number(rows[i].v, out);
        assert_string_equal(out, rows[i].words);
    }
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
        chart_tick(ticks[i].v, ticks[i].step, out);
        assert_string_equal(out, ticks[i].words);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        chart_words(names[i][0], name, sizeof name);
        assert_string_equal(name, names[i][1]);
    }
    chart_words("satisfaction_improvement", name, 8);
    assert_string_equal(name, "Satisfa");
}

static void quadrants(void **state)
{
    (void)state;
    json_t *names = parsed("{\"acme\": \"Acme <Works>\"}");
    json_t *rows =
        parsed("[{\"client\": \"acme\", \"quadrant\": \"loyal\", \"satisfaction\": \"4.2000\", "
               "\"quadrant_then\": \"hostage\", \"crosses\": true},"
               "{\"client\": \"bolt\", \"quadrant\": \"loyal\", \"satisfaction\": \"4.7000\", "
               "\"quadrant_then\": \"loyal\"},"
               "{\"client\": \"cork\", \"quadrant\": \"hostage\"},"
               "{\"client\": \"dune\", \"quadrant\": \"undecided\"}]");
    const struct loyalty_look look = { .title = "Loyalty", .names = names };
    char *svg = loyalty_svg(rows, &look);
    assert_non_null(svg);
    words_stay(svg);
    assert_non_null(strstr(svg, ">Acme &lt;Works&gt; 4.2 \xe2\x86\x92 hostage<"));
    assert_non_null(strstr(svg, ">bolt 4.7<"));
    assert_non_null(strstr(svg, ">cork<"));
    assert_null(strstr(svg, "dune"));
    assert_true(strstr(svg, ">bolt") < strstr(svg, ">Acme")); /* the most satisfied first */
    assert_non_null(strstr(svg, ">Loyal: 2<"));
    assert_non_null(strstr(svg, ">Hostages: 1<"));
    assert_non_null(strstr(svg, "4 clients: 2 loyal, 1 hostages, 0 mercenaries, 0 defectors; of 1 "
                                "too little is known."));
    assert_int_equal(count(svg, "<circle"), 2);
    free(svg);
    json_decref(rows);
    json_decref(names);
}

/* Where there is room for a name and its figure, both are told to the end: half a figure is
 * another. */
static void names_stay_whole(void **state)
{
    static const char *const names[] = { "Hanse Shipping",      "Thames Legal",
                                         "Rhein Foods",         "Alpen",
                                         "Quiet Valley School", "Brandenburg Museum" };
    static const char *const figures[] = { "4.0000", "3.7000", "4.1429", "2.4444" };
    (void)state;
    for (int n = 0; n < 4; n++) {
        json_t *rows = json_array();
        for (size_t i = 0; i < 24; i++)
            json_array_append_new(rows, json_pack("{ss ss ss}", "client", names[i % 6], "quadrant",
                                                  i % 2 ? "loyal" : "mercenary", "satisfaction",
                                                  figures[i / 6]));
        const struct loyalty_look look = { .title = "T", .narrow = n % 2, .dark = n / 2 };
        char *svg = loyalty_svg(rows, &look);
        assert_non_null(svg);
        words_stay(svg);
        assert_null(strstr(svg, "\xe2\x80\xa6"));
        assert_non_null(strstr(svg, ">Hanse Shipping 4<"));
        free(svg);
        json_decref(rows);
    }
}

/* However many there are and whatever they are called, no name lies over another. */
static void crowds(void **state)
{
    (void)state;
    for (size_t n = 0; n < 700; n += 69) {
        json_t *rows = json_array();
        for (size_t i = 0; i < n; i++) {
            char name[100] = "";
            snprintf(name, sizeof name, "c%zu-%.*s", i, (int)any(0, 70),
                     "a-very-long-name-of-a-client-that-nobody-would-ever-give-to-one-but-some-do");
            json_array_append_new(rows, json_pack("{ss ss ss sb}", "client", name, "quadrant",
                                                  i % 3 ? "defector" : "loyal", "satisfaction",
                                                  "3.2500", "crosses", i % 4 == 0));
        }
        const struct loyalty_look look = { .title = "T", .narrow = n % 2, .dark = n % 3 == 0 };
        char *svg = loyalty_svg(rows, &look);
        assert_non_null(svg);
        words_stay(svg);
        if (n == 0 || n > 400)
            assert_int_equal(strstr(svg, " more<") != NULL, n > 0);
        double last = -1, end = 0;
        for (const char *at = strstr(svg, "<text"); at; at = strstr(at + 1, "<text")) {
            const char *begin = strchr(at, '>') + 1, *tail = strstr(begin, "</text>");
            char words[300], tag[200];
            double x = attribute(at, "x"), y = attribute(at, "y");
            snprintf(words, sizeof words, "%.*s", (int)(tail - begin), begin);
            snprintf(tag, sizeof tag, "%.*s", (int)(begin - at), at);
            if (y == last && x < end)
                fail_msg("\"%s\" begins at %.1f, before %.1f", words, x, end);
            last = y;
            end = x + svg_width(words, attribute(at, "font-size"),
                                strstr(tag, "700") ? "name" : "note");
            if (strstr(words, "Loyal:") || strstr(words, "satisfied, and"))
                last = -1; /* headings of quadrants beside each other */
        }
        free(svg);
        json_decref(rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_drawn),    cmocka_unit_test(shapes_tell_sides_apart),
        cmocka_unit_test(hostile_words),    cmocka_unit_test(nothing),
        cmocka_unit_test(any_chart),        cmocka_unit_test(numbers_and_names),
        cmocka_unit_test(quadrants),        cmocka_unit_test(crowds),
        cmocka_unit_test(names_stay_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
