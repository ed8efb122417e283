/* sip_report_html: the report as a page to print; see sip_report.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/edge/chart_draw.h"
#include "services/edge/chart_svg.h"
#include "services/edge/sip_report_private.h"
#include "services/edge/svg.h"

const char sip_report_style[] =
    ":root { color-scheme: light; font: 10pt/1.4 system-ui, \"Segoe UI\", Roboto, \"Noto Sans\", "
    "\"Liberation Sans\", sans-serif; color: #17212c; background: #fff; }\n"
    "body { max-width: 190mm; margin: 0 auto; padding: 8mm; }\n"
    "h1 { margin: 0; font-size: 17pt; line-height: 1.2; }\n"
    "h2 { margin: 7mm 0 1mm; padding-top: 3mm; border-top: 2px solid #0f4c81; font-size: 13pt; "
    "line-height: 1.25; }\n"
    "h3 { margin: 4mm 0 1mm; font-size: 10pt; color: #0f4c81; }\n"
    "p { margin: 0 0 1.5mm; white-space: pre-line; }\n"
    ".muted { color: #55616e; }\n"
    "table { width: 100%; border-collapse: collapse; font-size: 9pt; }\n"
    "th, td { padding: 1mm 2mm; text-align: left; vertical-align: top; border-bottom: 1px solid "
    "#c8d0d8; overflow-wrap: anywhere; }\n"
    "thead th { font-weight: 600; color: #55616e; white-space: nowrap; }\n"
    "tbody th { font-weight: 600; }\n"
    "td:last-child { white-space: nowrap; }\n"
    "ul { margin: 0; padding: 0; list-style: none; }\n"
    ".conditions { columns: 2; column-gap: 6mm; font-size: 9pt; }\n"
    ".conditions li { break-inside: avoid; margin-bottom: 1mm; }\n"
    ".mark { display: inline-block; padding: 0 1.5mm; border: 1px solid #17212c; border-radius: "
    "3mm; font-size: 8.5pt; font-weight: 600; white-space: nowrap; }\n"
    ".charts { display: grid; grid-template-columns: 1fr 1fr; gap: 0 5mm; align-items: start; }\n"
    "svg { display: block; max-width: 100%; height: auto; margin: 1mm 0; }\n"
    ".sums th { overflow-wrap: normal; }\n.more { display: none; }\n"
    "@media print { @page { size: A4; margin: 10mm; } :root { font-size: 8.5pt; } body { "
    "max-width: none; padding: 0; } h1 { font-size: 14pt; } h2 { margin-top: 3mm; padding-top: "
    "2mm; font-size: 11pt; } h3 { margin: 2.5mm 0 .5mm; font-size: 9pt; } table, .conditions { "
    "font-size: 8pt; } th, td { padding: .6mm 1.5mm; } h2, h3 { break-after: avoid; } section, tr, "
    "svg, li { break-inside: avoid; }\n"
    /* More than a page holds: smaller, and so many lines of each text; all of it is in the CSV. */
    ".tight { font-size: 7pt; line-height: 1.2; } .tight table, .tight .conditions { font-size: "
    "7pt; } .tight h1 { font-size: 12pt; } .tight h2 { margin-top: 2mm; padding-top: 1mm; "
    "font-size: 10pt; } .tight h3 { margin: 1.5mm 0 .3mm; font-size: 8pt; } .tight p { "
    "margin-bottom: "
    ".8mm; } .tight th, .tight td { padding: .3mm 1.2mm; white-space: nowrap; }\n"
    ".tight .cut { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 1; "
    "overflow: hidden; white-space: normal; } .tight td .cut { max-width: 35mm; } .tight .three { "
    "-webkit-line-clamp: 3; white-space: pre-line; } .tight .five { -webkit-line-clamp: 5; "
    "white-space: pre-line; } .tight .conditions .cut { -webkit-line-clamp: 2; }\n"
    ".tight .sums th { white-space: normal; } .tight .mark { padding: 0 1mm; font-size: 6.5pt; } "
    ".tight .charts { grid-template-columns: repeat(4, "
    "1fr); gap: 0 2mm; } .tight .rest { display: "
    "none; } .tight .more { display: block; } }\n";

/* Of a programme that is more than a page: so many of its actions, lessons and charts are printed.
 */
enum { ROWS_PRINTED = 10, LESSONS_PRINTED = 2, CHARTS_PRINTED = 4 };

struct page {
    FILE *out;
    const struct sip_report *report;
};

/* --- words ------------------------------------------------------------------------------------
 */

static void text(const struct page *p, const char *s)
{
    for (; *s; s++) {
        switch (*s) {
        case '<':
            fputs("&lt;", p->out);
            break;
        case '>':
            fputs("&gt;", p->out);
            break;
        case '&':
            fputs("&amp;", p->out);
            break;
        case '"':
            fputs("&quot;", p->out);
            break;
        default:
            fputc(*s, p->out);
        }
    }
}

/* The parts one after the other: what begins with < is HTML, all else is text. */
#define put(p, ...) put_all((p), __VA_ARGS__, (const char *)NULL)
static void put_all(const struct page *p, const char *first, ...)
{
    va_list more;
    va_start(more, first);
    for (const char *s = first; s; s = va_arg(more, const char *))
        if (*s == '<')
            fputs(s, p->out);
        else
            text(p, s);
    va_end(more);
}

struct words {
    char at[64];
};

/* A word of an enumeration, or a figure's name. */
static const char *named(const json_t *row, const char *name, struct words *buffer)
{
    chart_words(chart_text(row, name), buffer->at, sizeof buffer->at);
    return buffer->at;
}

/* A number as people read it, or an en dash. */
static const char *number(const json_t *row, const char *name, struct words *buffer)
{
    double v;
    if (!chart_value(row, name, &v))
        return *chart_text(row, "withheld") ? "withheld" : "\xe2\x80\x93";
    chart_number(v, buffer->at);
    return buffer->at;
}

/* A cell of text that is somebody's own; of a page that is full one line of it. */
static void cell(const struct page *p, const char *s)
{
    fputs("<td><div class=\"cut\">", p->out);
    text(p, s);
    fputs("</div></td>", p->out);
}

static void head_cell(const struct page *p, const char *s)
{
    fputs("<th scope=\"row\"><div class=\"cut\">", p->out);
    text(p, s);
    fputs("</div></th>", p->out);
}

/* `lines`: how many of a page that is full, "cut", "cut three" or "cut five". */
static void paragraph(const struct page *p, const char *title, const char *lines, const char *s)
{
    if (!*s)
        return;
    if (title)
        put(p, "<h3>", title, "</h3>\n");
    fprintf(p->out, "<p class=\"%s\">", lines);
    text(p, s);
    put(p, "</p>\n");
}

/* What does not fit is said, and where it is. */
static void more(const struct page *p, size_t left_out)
{
    if (left_out)
        fprintf(p->out, "<p class=\"more muted\">And %zu more, in the CSV.</p>\n", left_out);
}

static void head(const struct page *p, const char *title, const char *const *columns)
{
    if (title)
        put(p, "<h3>", title, "</h3>\n");
    put(p, "<table>\n<thead><tr>");
    for (; *columns; columns++)
        put(p, "<th scope=\"col\">", *columns, "</th>");
    put(p, "</tr></thead>\n<tbody>\n");
}

static void end(const struct page *p)
{
    put(p, "</tbody></table>\n");
}

/* --- parts -------------------------------------------------------------------------------------
 */

static void registered(const struct page *p, const json_t *programmes)
{
    static const char *const columns[] = { "Programme",   "State",   "Health",  "Plan",
                                           "Next review", "Manager", "Verdict", NULL };
    const json_t *one;
    size_t i;
    head(p, NULL, columns);
    json_array_foreach(programmes, i, one)
    {
        const json_t *row = json_object_get(one, "row");
        struct words state, rag, verdict, percent;
        put(p, "<tr>");
        head_cell(p, chart_text(row, "title"));
        put(p, "<td>", named(row, "state", &state), "</td><td>", named(row, "rag", &rag), " ",
            chart_text(row, "trend"), "</td><td>", number(row, "percent", &percent),
            json_object_get(row, "percent") ? " %" : "", "</td><td>",
            chart_text(row, "next_review"), "</td>");
        cell(p, report_person(p->report, chart_text(row, "manager")));
        put(p, "<td>", named(row, "verdict", &verdict), "</td></tr>\n");
    }
    end(p);
}

/* What all of them come to. */
static void summed(const struct page *p)
{
    const char *words;
    double v = 0;
    bool any = false;
    for (size_t i = 0; i < REPORT_FIGURES; i++)
        any = report_figure(p->report, i, &words, &v) || any;
    if (!any)
        return;
    put(p, "<table class=\"sums\">\n<thead><tr>");
    for (size_t i = 0; i < REPORT_FIGURES; i++) {
        (void)report_figure(p->report, i, &words, &v);
        put(p, "<th scope=\"col\">", words, "</th>");
    }
    put(p, "</tr></thead>\n<tbody><tr>");
    for (size_t i = 0; i < REPORT_FIGURES; i++) {
        char number[CHART_NUMBER];
        bool there = report_figure(p->report, i, &words, &v);
        if (there)
            chart_number(v, number);
        put(p, "<td>", there ? number : "\xe2\x80\x93", "</td>");
    }
    put(p, "</tr>\n");
    end(p);
}

static void objectives(const struct page *p, const json_t *programme, const json_t *outcomes)
{
    static const char *const columns[] = { "Objective", "Figure", "Baseline",     "Target",  "By",
                                           "After",     "Change", "95 % certain", "Verdict", NULL };
    const json_t *one;
    size_t i;
    head(p, "Objectives, before and after", columns);
    json_array_foreach(json_object_get(programme, "objectives"), i, one)
    {
        const json_t *after = json_array_get(outcomes, i);
        struct words kpi, was, target, is, change, low, high, verdict;
        bool known = json_object_get(after, "change") != NULL;
        bool certain = json_object_get(after, "low") != NULL;
        put(p, "<tr>");
        head_cell(p, chart_text(one, "name"));
        put(p, "<td>", named(one, "kpi", &kpi), "</td><td>", number(one, "baseline", &was),
            "</td><td>", number(one, "target", &target), "</td><td>", chart_text(one, "by"),
            "</td><td>", number(after, "after", &is), "</td><td>", number(after, "change", &change),
            "</td><td>", certain ? number(after, "low", &low) : "", certain ? " to " : "",
            certain ? number(after, "high", &high) : "", "</td><td>",
            known ? "<span class=\"mark\">" : "<span>", named(after, "verdict", &verdict),
            "</span></td></tr>\n");
    }
    end(p);
}

/* The closed periods of each objective, drawn. */
static void charts(const struct page *p, const json_t *programme, const json_t *lists)
{
    json_t *rows;
    size_t i;
    put(p, "<div class=\"charts\">\n");
    json_array_foreach(lists, i, rows)
    {
        const json_t *one = json_array_get(json_object_get(programme, "objectives"), i);
        if (json_array_size(rows) == 0)
            continue;
        json_t *chart = chart_of_periods(rows);
        const struct chart_look look = { .title = chart_text(one, "name"),
                                         .mark_day = chart_text(programme, "launched_on"),
                                         .mark = "Programme",
                                         .narrow = true };
        char *svg = chart_svg(chart, &look);
        put(p, i < CHARTS_PRINTED ? "<div>" : "<div class=\"rest\">");
        if (svg)
            fputs(svg, p->out);
        put(p, "</div>\n");
        free(svg);
        json_decref(chart);
    }
    put(p, "</div>\n");
}

/* What a full page leaves out first: what has ended, then what is not late. */
static int urgency(const json_t *action)
{
    return report_has_ended(action) ? 2 : report_is_late(action) ? 0 : 1;
}

/* How many actions come before this one when the most urgent do. */
static size_t before(const json_t *actions, size_t at)
{
    int mine = urgency(json_array_get(actions, at));
    const json_t *a;
    size_t i, count = 0;
    json_array_foreach(actions, i, a)
    {
        int other = urgency(a);
        count += other < mine || (other == mine && i < at);
    }
    return count;
}

static void planned(const struct page *p, const json_t *actions)
{
    static const char *const columns[] = { "No.", "Action", "Owner", "Due", "State", NULL };
    size_t count = json_array_size(actions), i;
    const json_t *a;
    if (!count)
        return;
    head(p, "Plan", columns);
    json_array_foreach(actions, i, a)
    {
        struct words n, state;
        put(p, before(actions, i) < ROWS_PRINTED ? "<tr><td>" : "<tr class=\"rest\"><td>",
            number(a, "number", &n), "</td>");
        head_cell(p, chart_text(a, "words"));
        cell(p, report_person(p->report, chart_text(a, "owner")));
        put(p, "<td>", chart_text(a, "due"), "</td><td>",
            report_is_late(a) ? "Overdue" : named(a, "state", &state), "</td></tr>\n");
    }
    end(p);
    more(p, count > ROWS_PRINTED ? count - ROWS_PRINTED : 0);
}

static void progressed(const struct page *p, const json_t *reviews)
{
    const json_t *last = json_array_get(reviews, json_array_size(reviews) - 1);
    struct words n, rag;
    if (!last)
        return;
    put(p, "<h3>", "Progress", "</h3>\n<p><span class=\"mark\">", named(last, "rag", &rag), " ",
        chart_text(last, "trend"), "</span>", " Review ", number(last, "number", &n), " of ",
        chart_text(last, "held_on"), ", the next on ", chart_text(last, "next_on"), "</p>\n");
    paragraph(p, NULL, "cut three", chart_text(last, "minutes"));
}

static void closed(const struct page *p, const json_t *conditions)
{
    const json_t *x;
    size_t i, open = 0;
    char count[64];
    json_array_foreach(conditions, i, x) open += !json_is_true(json_object_get(x, "holds"));
    if (json_array_size(conditions) == 0)
        return;
    snprintf(count, sizeof count, "Closeout: %zu of %zu conditions hold",
             json_array_size(conditions) - open, json_array_size(conditions));
    put(p, "<h3>", count, "</h3>\n<ul class=\"conditions\">\n");
    json_array_foreach(conditions, i, x)
    {
        bool holds = json_is_true(json_object_get(x, "holds"));
        put(p, "<li><div class=\"cut\"><strong>", holds ? "\xe2\x9c\x93 " : "\xe2\x97\x8b ",
            "</strong>");
        text(p, chart_text(x, "condition"));
        put(p, "<span class=\"muted\">", holds ? "" : " open: ");
        text(p, holds ? "" : chart_text(x, "why"));
        put(p, "</span></div></li>\n");
    }
    put(p, "</ul>\n");
}

static void learned(const struct page *p, const json_t *lessons)
{
    const json_t *x;
    size_t count = json_array_size(lessons), i;
    if (!count)
        return;
    put(p, "<h3>", "Lessons", "</h3>\n<ul>\n");
    json_array_foreach(lessons, i, x)
    {
        put(p, i < LESSONS_PRINTED ? "<li>" : "<li class=\"rest\">", "<div class=\"cut\"><strong>");
        text(p, chart_text(x, "name"));
        put(p, "</strong> ");
        text(p, chart_text(x, "text"));
        put(p, "</div></li>\n");
    }
    put(p, "</ul>\n");
    more(p, count > LESSONS_PRINTED ? count - LESSONS_PRINTED : 0);
}

static void programme(const struct page *p, const json_t *one)
{
    const json_t *of = json_object_get(one, "programme"), *row = json_object_get(one, "row");
    struct words state;
    put(p, "<h2 class=\"cut\">");
    text(p, chart_text(row, "title"));
    put(p, "</h2>\n<p class=\"muted cut\">", named(row, "state", &state), "; led by ");
    text(p, report_person(p->report, chart_text(of, "manager")));
    put(p, ", sponsored by ");
    text(p, report_person(p->report, chart_text(of, "sponsor")));
    put(p, " and ");
    text(p, report_person(p->report, chart_text(of, "client_sponsor")));
    put(p, ", since ", chart_text(of, "launched_on"), "</p>\n");
    paragraph(p, "Problem", "cut three", chart_text(of, "problem"));
    paragraph(p, "Charter", "cut five", chart_text(of, "charter"));
    objectives(p, of, json_object_get(one, "verdict"));
    charts(p, of, json_object_get(one, "charts"));
    planned(p, json_object_get(one, "actions"));
    progressed(p, json_object_get(one, "reviews"));
    closed(p, json_object_get(one, "exit"));
    learned(p, json_object_get(one, "lessons"));
}

/* --- how full it is ----------------------------------------------------------------------------
 */

/* Lines that a text takes where so many letters fit beside each other; wide ones count twice. */
static size_t lines_of(const char *s, size_t letters)
{
    size_t lines = 1, used = 0;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '\n' || used >= letters) {
            lines++;
            used = 0;
        }
        used += (c & 0xc0) == 0x80 ? 0 : c >= 0xe1 ? 2 : 1;
    }
    return lines;
}

static size_t lines_of_all(const json_t *rows, const char *member, size_t letters)
{
    const json_t *row;
    size_t i, lines = 0;
    json_array_foreach(rows, i, row) lines += lines_of(chart_text(row, member), letters);
    return lines;
}

/* Whether a programme may need more than a page; on the safe side. */
static bool is_full(const json_t *one)
{
    enum { WIDE = 100, NARROW = 20, PLAN = 60, HEADS = 18, CHART = 16, PAGE = 60 };
    const json_t *of = json_object_get(one, "programme"), *row = json_object_get(one, "row");
    const json_t *reviews = json_object_get(one, "reviews"),
                 *charts = json_object_get(one, "charts");
    const json_t *last = json_array_get(reviews, json_array_size(reviews) - 1);
    size_t lines =
        HEADS + lines_of(chart_text(row, "title"), PLAN) +
        lines_of(chart_text(row, "title"), NARROW) + lines_of(chart_text(of, "problem"), WIDE) +
        lines_of(chart_text(of, "charter"), WIDE) + lines_of(chart_text(last, "minutes"), WIDE) +
        lines_of_all(json_object_get(of, "objectives"), "name", NARROW) +
        lines_of_all(json_object_get(one, "actions"), "words", PLAN) +
        lines_of_all(json_object_get(one, "lessons"), "text", PLAN) +
        lines_of_all(json_object_get(one, "exit"), "why", PLAN) +
        (json_array_size(charts) + 1) / 2 * CHART;
    return lines > PAGE;
}

char *sip_report_html(const struct sip_report *r, const char *made, const char *style)
{
    char *html = NULL;
    size_t size = 0, i;
    const json_t *all = json_object_get(r->document, "programmes"), *one;
    const struct page p = { .out = open_memstream(&html, &size), .report = r };
    if (!p.out)
        return NULL;
    put(&p,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        "Service improvement: ");
    text(&p, chart_text(r->document, "name"));
    put(&p, "</title>\n");
    if (style)
        fprintf(p.out, "<link rel=\"stylesheet\" href=\"%s\">\n", style);
    else
        fprintf(p.out, "<style>\n%s</style>\n", sip_report_style);
    bool alone = json_array_size(all) == 1, full = alone && is_full(json_array_get(all, 0));
    put(&p, "</head>\n<body>\n", full ? "<main class=\"tight\">" : "<main>", "<h1 class=\"cut\">",
        "Service improvement: ");
    text(&p, chart_text(r->document, "name"));
    put(&p, "</h1>\n<p class=\"muted\">", "As it stood on ", made, "</p>\n");
    if (json_array_size(all))
        registered(&p, all);
    else
        put(&p, "<p>", "There is no programme.", "</p>\n");
    summed(&p);
    json_array_foreach(all, i, one)
    {
        put(&p, is_full(one) ? "<section class=\"tight\">\n" : "<section>\n");
        programme(&p, one);
        put(&p, "</section>\n");
    }
    put(&p, "</main>\n</body>\n</html>\n");
    if (fclose(p.out) != 0) {
        free(html);
        return NULL;
    }
    return html;
}
