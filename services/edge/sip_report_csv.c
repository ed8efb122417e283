/* sip_report_csv: the report as rows; see sip_report.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/edge/chart_draw.h"
#include "services/edge/sip_report_private.h"

enum column {
    PART,
    PROGRAMME,
    NUMBER,
    NAME,
    STATE,
    WHO,
    FROM,
    DUE,
    FIGURE,
    BASELINE,
    TARGET,
    VALUE,
    LOW,
    HIGH,
    VERDICT,
    WORDS,
    UNIT,
    COLUMNS
};
static const char *const columns[COLUMNS] = { "part",   "programme", "number", "name",   "state",
                                              "who",    "from",      "due",    "figure", "baseline",
                                              "target", "value",     "low",    "high",   "verdict",
                                              "words",  "unit" };

struct sheet {
    FILE *out;
    const struct sip_report *report;
    const char *programme; /* id */
};

/* Whether it is a number, which no spreadsheet runs. */
static bool is_number(const char *s)
{
    size_t n = strspn(s + (*s == '-'), "0123456789.");
    return n > 0 && s[n + (*s == '-')] == 0;
}

/* RFC 4180: quoted where it must be. What a spreadsheet would run is made a text (CWE-1236). */
static void cell(FILE *out, const char *s)
{
    bool formula = *s && strchr("=+-@\t\r\n", *s) && !is_number(s);
    bool quoted = formula || s[strcspn(s, "\",\r\n")];
    if (quoted)
        fputc('"', out);
    if (formula)
        fputc('\'', out);
    for (; *s; s++) {
        if (*s == '"')
            fputc('"', out);
        fputc(*s, out);
    }
    if (quoted)
        fputc('"', out);
}

static void line(FILE *out, const char *const values[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (i)
            fputc(',', out);
        cell(out, values[i] ? values[i] : "");
    }
    fputs("\r\n", out);
}

/* A member as text; numbers in digits. */
struct digits {
    char at[24];
};
static const char *shown(const json_t *row, const char *name, struct digits *buffer)
{
    const json_t *v = json_object_get(row, name);
    if (json_is_integer(v)) {
        snprintf(buffer->at, sizeof buffer->at, "%lld", (long long)json_integer_value(v));
        return buffer->at;
    }
    return json_is_boolean(v) ? (json_is_true(v) ? "true" : "false") : chart_text(row, name);
}

/* --- parts -------------------------------------------------------------------------------------
 */

static void registered(const struct sheet *s, const json_t *row, const json_t *programme)
{
    struct digits percent;
    line(s->out,
         (const char *const[COLUMNS]){ [PART] = "register",
                                       [PROGRAMME] = s->programme,
                                       [NAME] = chart_text(row, "title"),
                                       [STATE] = chart_text(row, "state"),
                                       [WHO] = report_person(s->report, chart_text(row, "manager")),
                                       [FROM] = chart_text(programme, "launched_on"),
                                       [DUE] = chart_text(row, "next_review"),
                                       [FIGURE] = chart_text(programme, "kpi"),
                                       [VALUE] = shown(row, "percent", &percent),
                                       [VERDICT] = chart_text(row, "verdict"),
                                       [WORDS] = chart_text(programme, "problem") });
}

static void summed(const struct sheet *s)
{
    for (size_t i = 0; i < REPORT_FIGURES; i++) {
        char number[CHART_NUMBER];
        const char *words;
        double v;
        if (!report_figure(s->report, i, &words, &v))
            continue;
        chart_number(v, number);
        line(s->out,
             (const char *const[COLUMNS]){ [PART] = "summary", [NAME] = words, [VALUE] = number });
    }
}

static void planned(const struct sheet *s, const json_t *actions)
{
    const json_t *a;
    size_t i;
    json_array_foreach(actions, i, a)
    {
        struct digits number;
        line(s->out,
             (const char *const[COLUMNS]){ [PART] = "plan",
                                           [PROGRAMME] = s->programme,
                                           [NUMBER] = shown(a, "number", &number),
                                           [NAME] = chart_text(a, "words"),
                                           [STATE] = chart_text(a, "state"),
                                           [WHO] = report_person(s->report, chart_text(a, "owner")),
                                           [FROM] = chart_text(a, "original_due"),
                                           [DUE] = chart_text(a, "due"),
                                           [FIGURE] = chart_text(a, "effect_kpi"),
                                           [WORDS] = chart_text(a, "evidence") });
    }
}

static void progressed(const struct sheet *s, const json_t *reviews)
{
    const json_t *v, *m;
    size_t i, k;
    json_array_foreach(reviews, i, v)
    {
        struct digits number;
        line(s->out, (const char *const[COLUMNS]){ [PART] = "progress",
                                                   [PROGRAMME] = s->programme,
                                                   [NUMBER] = shown(v, "number", &number),
                                                   [STATE] = chart_text(v, "rag"),
                                                   [FROM] = chart_text(v, "held_on"),
                                                   [DUE] = chart_text(v, "next_on"),
                                                   [VERDICT] = chart_text(v, "trend"),
                                                   [WORDS] = chart_text(v, "minutes") });
        json_array_foreach(json_object_get(v, "metrics"), k, m)
        {
            line(s->out, (const char *const[COLUMNS]){ [PART] = "progress",
                                                       [PROGRAMME] = s->programme,
                                                       [NUMBER] = number.at,
                                                       [FROM] = chart_text(m, "from"),
                                                       [DUE] = chart_text(m, "to"),
                                                       [FIGURE] = chart_text(m, "kpi"),
                                                       [UNIT] = report_unit(chart_text(m, "kpi")),
                                                       [BASELINE] = chart_text(m, "baseline"),
                                                       [TARGET] = chart_text(m, "target"),
                                                       [VALUE] = chart_text(m, "value"),
                                                       [VERDICT] = chart_text(m, "trend"),
                                                       [WORDS] = chart_text(m, "withheld") });
        }
    }
}

static void closed(const struct sheet *s, const json_t *conditions, const json_t *outcomes)
{
    const json_t *x;
    size_t i;
    json_array_foreach(conditions, i, x)
    {
        struct digits number;
        bool holds = json_is_true(json_object_get(x, "holds"));
        line(s->out,
             (const char *const[COLUMNS]){ [PART] = "closeout",
                                           [PROGRAMME] = s->programme,
                                           [NUMBER] = shown(x, "number", &number),
                                           [NAME] = chart_text(x, "condition"),
                                           [STATE] = holds ? "holds" : "open",
                                           [DUE] = chart_text(x, "day"),
                                           [WORDS] = chart_text(x, holds ? "evidence" : "why") });
    }
    json_array_foreach(outcomes, i, x)
    {
        struct digits number;
        line(s->out, (const char *const[COLUMNS]){ [PART] = "verdict",
                                                   [PROGRAMME] = s->programme,
                                                   [NUMBER] = shown(x, "objective", &number),
                                                   [NAME] = chart_text(x, "name"),
                                                   [FROM] = chart_text(x, "since"),
                                                   [DUE] = chart_text(x, "until"),
                                                   [FIGURE] = chart_text(x, "kpi"),
                                                   [UNIT] = report_unit(chart_text(x, "kpi")),
                                                   [BASELINE] = chart_text(x, "before"),
                                                   [TARGET] = chart_text(x, "target"),
                                                   [VALUE] = chart_text(x, "after"),
                                                   [LOW] = chart_text(x, "low"),
                                                   [HIGH] = chart_text(x, "high"),
                                                   [VERDICT] = chart_text(x, "verdict"),
                                                   [WORDS] = chart_text(x, "withheld") });
    }
}

static void learned(const struct sheet *s, const json_t *lessons)
{
    const json_t *x;
    size_t i;
    json_array_foreach(lessons, i, x)
        line(s->out, (const char *const[COLUMNS]){ [PART] = "lessons",
                                                   [PROGRAMME] = s->programme,
                                                   [NUMBER] = chart_text(x, "id"),
                                                   [NAME] = chart_text(x, "name"),
                                                   [WORDS] = chart_text(x, "text") });
}

char *sip_report_csv(const struct sip_report *r, const char *made)
{
    char *text = NULL;
    size_t size = 0, i;
    const json_t *one;
    struct sheet s = { .out = open_memstream(&text, &size), .report = r };
    if (!s.out)
        return NULL;
    line(s.out, columns);
    line(s.out, (const char *const[COLUMNS]){ [PART] = "report",
                                              [NAME] = chart_text(r->document, "name"),
                                              [WHO] = chart_text(r->document, "client"),
                                              [FROM] = made });
    summed(&s);
    json_array_foreach(json_object_get(r->document, "programmes"), i, one)
    {
        const json_t *row = json_object_get(one, "row");
        s.programme = chart_text(row, "id");
        registered(&s, row, json_object_get(one, "programme"));
        planned(&s, json_object_get(one, "actions"));
        progressed(&s, json_object_get(one, "reviews"));
        closed(&s, json_object_get(one, "exit"), json_object_get(one, "verdict"));
        learned(&s, json_object_get(one, "lessons"));
    }
    if (fclose(s.out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
