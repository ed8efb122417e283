/* sip_report: what is asked and kept; see sip_report.h. */
#include "services/edge/sip_report.h"

#include <stdlib.h>
#include <string.h>

#include "services/edge/chart_draw.h"
#include "services/edge/sip_report_private.h"

/* In this order; those from PROGRAMME on once for each programme. */
enum step {
    STEP_CLIENT,
    STEP_PEOPLE,
    STEP_SUMMARY,
    STEP_OPEN,
    STEP_ENDED,
    STEP_PROGRAMME,
    STEP_ACTIONS,
    STEP_REVIEWS,
    STEP_EXIT,
    STEP_VERDICT,
    STEP_CHARTS,
    STEP_LESSONS,
    STEP_NEXT
};
static const struct {
    const char *service, *query, *member; /* of the programme's object */
} steps[] = {
    [STEP_CLIENT] = { "catalog", "catalog.client", NULL },
    [STEP_PEOPLE] = { "catalog", "catalog.people", NULL },
    [STEP_SUMMARY] = { "sip", "sip.summary", NULL },
    [STEP_OPEN] = { "sip", "sip.programmes", NULL },
    [STEP_ENDED] = { "sip", "sip.programmes", NULL },
    [STEP_PROGRAMME] = { "sip", "sip.programme", "programme" },
    [STEP_ACTIONS] = { "sip", "sip.actions", "actions" },
    [STEP_REVIEWS] = { "sip", "sip.reviews", "reviews" },
    [STEP_EXIT] = { "sip", "sip.exit", "exit" },
    [STEP_VERDICT] = { "sip", "sip.verdict", "verdict" },
    [STEP_CHARTS] = { "sip", "sip.chart", "charts" },
    [STEP_LESSONS] = { "catalog", "catalog.lesson", "lessons" },
};

struct sip_report *sip_report_begin(struct text client, struct text programme)
{
    struct sip_report *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->client = strndup(client.length ? client.at : "", client.length);
    r->programme = strndup(programme.length ? programme.at : "", programme.length);
    r->document = json_pack("{ss ss s{} s[]}", "client", r->client ? r->client : "", "name",
                            r->client ? r->client : "", "summary", "programmes");
    r->people = json_object();
    if (!r->client || !r->programme || !r->document || !r->people)
        sip_report_end(&r);
    return r;
}

void sip_report_end(struct sip_report **where)
{
    struct sip_report *r = *where;
    if (!r)
        return;
    json_decref(r->document);
    json_decref(r->people);
    json_decref(r->parameters);
    free(r->client);
    free(r->programme);
    free(r);
    *where = NULL;
}

static json_t *programmes(const struct sip_report *r)
{
    return json_object_get(r->document, "programmes");
}

size_t sip_report_count(const struct sip_report *r)
{
    return json_array_size(programmes(r));
}

const char *report_person(const struct sip_report *r, const char *id)
{
    const char *name = chart_text(r->people, id);
    return *name ? name : id;
}

const char *report_unit(const char *kpi)
{
#define KPI(name, measure, good, least, most, of, unit, formula)                                   \
    if (strcmp(kpi, #name) == 0)                                                                   \
        return unit;
#include "proto/kpi/kpis.def"
    return "";
}

/* --- asking ------------------------------------------------------------------------------------
 */

static json_t *current(const struct sip_report *r)
{
    return json_array_get(programmes(r), r->at);
}

/* The list of the programme that a step goes through, one ask for each of its members. */
static const json_t *parts_of(const struct sip_report *r)
{
    const json_t *programme = json_object_get(current(r), "programme");
    return json_object_get(programme, r->step == STEP_CHARTS ? "objectives" : "lessons");
}

/* Goes on to what is next, without asking for what is not there. */
static void advance(struct sip_report *r)
{
    bool parts = r->step == STEP_CHARTS || r->step == STEP_LESSONS;
    if (parts && ++r->part < json_array_size(parts_of(r)))
        return;
    r->step++;
    r->part = 0;
}

static void skip(struct sip_report *r)
{
    for (;;) {
        bool parts = r->step == STEP_CHARTS || r->step == STEP_LESSONS;
        if (parts && json_array_size(parts_of(r)) == 0) {
            r->step++;
        } else if (r->step == STEP_NEXT) {
            r->step = STEP_PROGRAMME;
            r->at++;
        } else {
            return;
        }
    }
}

static json_t *parameters_of(const struct sip_report *r)
{
    const char *id = chart_text(json_object_get(current(r), "row"), "id");
    const json_t *part = json_array_get(parts_of(r), r->part);
    switch (r->step) {
    case STEP_CLIENT:
        return json_pack("{ss}", "client", r->client);
    case STEP_PEOPLE:
        return json_object();
    case STEP_SUMMARY:
    case STEP_OPEN:
        return json_pack("{ss}", "client", r->client);
    case STEP_ENDED:
        return json_pack("{ss sb}", "client", r->client, "ended", true);
    case STEP_CHARTS:
        return json_pack("{ss sO}", "programme", id, "objective", json_object_get(part, "number"));
    case STEP_LESSONS:
        return json_pack("{ss}", "lesson", chart_text(part, "lesson"));
    default:
        return json_pack("{ss}", "programme", id);
    }
}

/* --- figures -----------------------------------------------------------------------------------
 */

bool report_has_ended(const json_t *action)
{
    const char *state = chart_text(action, "state");
    return strcmp(state, "done") == 0 || strcmp(state, "skipped") == 0;
}

bool report_is_late(const json_t *action)
{
    return json_is_true(json_object_get(action, "overdue")) && !report_has_ended(action) &&
           strcmp(chart_text(action, "state"), "done_unverified") != 0;
}

/* A sum, or one as part of another: in percent, or as a mean. */
static const struct {
    const char *name, *of, *words;
    double times;
} figures[REPORT_FIGURES] = {
    { "candidates", NULL, "Candidates", 1 },
    { "launched", NULL, "Programmes", 1 },
    { "closed", NULL, "Closeouts", 1 },
    { "proved", "closed", "Proved, % of closeouts", 100 },
    { "relapses", "closed", "Relapsed, % of closeouts", 100 },
    { "days_closed", "closed", "Days to closeout, mean", 1 },
    { "actions_on_time", "actions_done", "Actions on time, % of done", 100 },
    { "reviews_missed", NULL, "Reviews missed", 1 },
};

bool report_figure(const struct sip_report *r, size_t i, const char **ret_words, double *ret)
{
    const json_t *sums = json_object_get(r->document, "summary");
    double part, all = 1;
    *ret_words = figures[i].words;
    if (!chart_value(sums, figures[i].name, &part) ||
        (figures[i].of && (!chart_value(sums, figures[i].of, &all) || all <= 0)))
        return false;
    *ret = figures[i].times * part / all;
    return true;
}

bool sip_report_ask(struct sip_report *r, struct sip_ask *ret)
{
    skip(r);
    if (r->step >= STEP_PROGRAMME && r->at >= sip_report_count(r))
        return false;
    json_decref(r->parameters);
    r->parameters = parameters_of(r);
    *ret = (struct sip_ask){ .service = steps[r->step].service,
                             .query = steps[r->step].query,
                             .parameters = r->parameters,
                             .provider = r->step == STEP_PEOPLE || r->step == STEP_LESSONS };
    return true;
}

/* --- keeping -----------------------------------------------------------------------------------
 */

static void take_people(struct sip_report *r, const json_t *rows)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        json_object_set_new(r->people, chart_text(row, "id"), json_string(chart_text(row, "name")));
    }
}

static void take_register(struct sip_report *r, const json_t *rows)
{
    json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        if (*r->programme && strcmp(chart_text(row, "id"), r->programme) != 0)
            continue;
        json_array_append_new(programmes(r), json_pack("{sO s{} s[] s[] s[] s[] s[] s[]}", "row",
                                                       row, "programme", "actions", "reviews",
                                                       "exit", "verdict", "charts", "lessons"));
    }
}

void sip_report_take(struct sip_report *r, const json_t *rows)
{
    const char *member = steps[r->step].member;
    json_t *row = json_array_get(rows, 0);
    if (r->step == STEP_CLIENT && *chart_text(row, "name"))
        json_object_set(r->document, "name", json_object_get(row, "name"));
    else if (r->step == STEP_PEOPLE)
        take_people(r, rows);
    else if (r->step == STEP_SUMMARY && rows)
        json_object_set_new(r->document, "summary",
                            json_deep_copy(json_is_array(rows) ? row : rows));
    else if (r->step == STEP_OPEN || r->step == STEP_ENDED)
        take_register(r, rows);
    else if (r->step == STEP_PROGRAMME && row)
        json_object_set(current(r), member, row);
    else if (r->step == STEP_CHARTS)
        json_array_append_new(json_object_get(current(r), member),
                              rows ? json_deep_copy(rows) : json_array());
    else if (r->step == STEP_LESSONS && row)
        json_array_append(json_object_get(current(r), member), row);
    else if (member && rows && r->step != STEP_PROGRAMME && r->step != STEP_LESSONS)
        json_object_set_new(current(r), member, json_deep_copy(rows));
    advance(r);
}

char *sip_report_json(const struct sip_report *r, const char *made)
{
    json_t *all = json_copy(r->document), *list = json_array(), *one;
    size_t i;
    json_array_foreach(programmes(r), i, one)
    {
        /* What the register says of a programme is in the programme itself, but for the verdict. */
        json_t *copy = json_copy(one);
        json_object_set(copy, "register", json_object_get(one, "row"));
        json_object_del(copy, "row");
        json_array_append_new(list, copy);
    }
    json_object_set_new(all, "made", json_string(made));
    json_object_set_new(all, "programmes", list);
    char *text = json_dumps(all, JSON_INDENT(2));
    json_decref(all);
    return text;
}
