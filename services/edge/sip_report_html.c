/* sip_report_html: the report as a page to print; see sip_report.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/edge/chart_draw.h"
#include "services/edge/chart_svg.h"
#include "services/edge/sip_report_private.h"
#include "services/edge/svg.h"

/* Of a programme that is more than a page: so many of its actions, lessons, charts are printed. */
enum { ROWS_PRINTED = 10, LESSONS_PRINTED = 2, CHARTS_PRINTED = 4 };

struct page {
    FILE *out;
    const struct sip_report *report;
};

/* --- words ------------------------------------------------------------------------------------ */

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

/* What a figure is told in, behind its name: nothing where that says it. */
static const char *unit_of(const char *kpi)
{
    const char *unit = report_unit(kpi);
    return strcmp(kpi, unit) == 0 ? "" : unit;
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

/* Where there is no room for columns a cell is told by the name of its own (sip_report_style.c). */
static void cell_begin(const struct page *p, const char *column)
{
    fputs("<td data-label=\"", p->out);
    text(p, column);
    fputs("\">", p->out);
}

/* A cell of text that is somebody's own; of a page that is full one line of it. */
static void cell(const struct page *p, const char *column, const char *s)
{
    cell_begin(p, column);
    fputs("<div class=\"cut\">", p->out);
    text(p, s);
    fputs("</div></td>", p->out);
}

/* A cell of the report's own words and numbers, one part after the other. */
#define fact(p, column, ...)                                                                       \
    do {                                                                                           \
        cell_begin((p), (column));                                                                 \
        put((p), __VA_ARGS__, "</td>");                                                            \
    } while (0)

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

static void head(const struct page *p, const char *title, const char *kind,
                 const char *const *columns)
{
    if (title)
        put(p, "<h3>", title, "</h3>\n");
    fprintf(p->out, "<table class=\"%s\">\n<thead><tr>", kind);
    for (; *columns; columns++)
        put(p, "<th scope=\"col\">", *columns, "</th>");
    put(p, "</tr></thead>\n<tbody>\n");
}

static void end(const struct page *p)
{
    put(p, "</tbody></table>\n");
}

/* --- parts ------------------------------------------------------------------------------------ */

static void registered(const struct page *p, const json_t *programmes)
{
    static const char *const columns[] = { "Programme",   "State",   "Health",  "Plan",
                                           "Next review", "Manager", "Verdict", NULL };
    const json_t *one;
    size_t i;
    head(p, NULL, "register", columns);
    json_array_foreach(programmes, i, one)
    {
        const json_t *row = json_object_get(one, "row");
        struct words state, rag, verdict, percent;
        put(p, "<tr>");
        head_cell(p, chart_text(row, "title"));
        fact(p, columns[1], named(row, "state", &state));
        fact(p, columns[2], named(row, "rag", &rag), " ", chart_text(row, "trend"));
        fact(p, columns[3], number(row, "percent", &percent),
             json_object_get(row, "percent") ? " %" : "");
        fact(p, columns[4], chart_text(row, "next_review"));
        cell(p, columns[5], report_person(p->report, chart_text(row, "manager")));
        fact(p, columns[6], named(row, "verdict", &verdict));
        put(p, "</tr>\n");
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
        fact(p, words, there ? number : "\xe2\x80\x93");
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
    head(p, "Objectives, before and after", "objectives", columns);
    json_array_foreach(json_object_get(programme, "objectives"), i, one)
    {
        const json_t *after = json_array_get(outcomes, i);
        struct words kpi, was, target, is, change, low, high, verdict;
        bool known = json_object_get(after, "change") != NULL;
        bool certain = json_object_get(after, "low") != NULL;
        put(p, "<tr>");
        head_cell(p, chart_text(one, "name"));
        fact(p, columns[1], named(one, "kpi", &kpi), *unit_of(chart_text(one, "kpi")) ? ", " : "",
             unit_of(chart_text(one, "kpi")));
        fact(p, columns[2], number(one, "baseline", &was));
        fact(p, columns[3], number(one, "target", &target));
        fact(p, columns[4], chart_text(one, "by"));
        fact(p, columns[5], number(after, "after", &is));
        fact(p, columns[6], number(after, "change", &change));
        fact(p, columns[7], certain ? number(after, "low", &low) : "", certain ? " to " : "",
             certain ? number(after, "high", &high) : "");
        fact(p, columns[8], known ? "<span class=\"mark\">" : "<span>",
             named(after, "verdict", &verdict), "</span>");
        put(p, "</tr>\n");
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
    head(p, "Plan", "plan", columns);
    json_array_foreach(actions, i, a)
    {
        struct words n, state;
        put(p, before(actions, i) < ROWS_PRINTED ? "<tr>" : "<tr class=\"rest\">");
        fact(p, columns[0], number(a, "number", &n));
        head_cell(p, chart_text(a, "words"));
        cell(p, columns[2], report_person(p->report, chart_text(a, "owner")));
        fact(p, columns[3], chart_text(a, "due"));
        fact(p, columns[4], report_is_late(a) ? "Overdue" : named(a, "state", &state));
        put(p, "</tr>\n");
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

/* --- how full it is --------------------------------------------------------------------------- */

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
