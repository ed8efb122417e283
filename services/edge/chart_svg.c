/* chart_svg: see chart_svg.h. */
#include "services/edge/chart_svg.h"

#include <stdlib.h>
#include <string.h>

#include "services/edge/chart_private.h"

enum {
    TICKS = 5, /* on the left, about */
    WORDS = 600, /* bytes of the longest text */
    SAMPLE = 22 /* so wide is a line in the legend */
};

/* Why there is no point. */
static void nothing_words(const struct chart *c, char *out, size_t size)
{
    if (c->withheld)
        snprintf(out, size, "Withheld: too few people answered in each period. Take longer ones.");
    else if (c->least_n > 0 && c->observed)
        snprintf(out, size, "Fewer than %.0f a period: take longer ones.", c->least_n);
    else
        snprintf(out, size, c->observed ? "Too little in each period." : "Nothing was counted.");
}

/* Rules of how points are spread say nothing of better or worse. */
static bool has_side(const char *rule)
{
    static const char *const none[] = { "fourteen_alternate", "fifteen_within", "eight_outside" };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (strcmp(rule, none[i]) == 0)
            return false;
    return true;
}

static void read_points(struct chart *c, const json_t *points)
{
    const json_t *row;
    size_t i;
    json_array_foreach(points, i, row)
    {
        if (c->count == CHART_POINTS_MAX)
            break;
        struct point *p = &c->points[c->count++];
        *p = (struct point){ .from = chart_text(row, "from"),
                             .to = chart_text(row, "to"),
                             .rule = chart_text(row, "rule"),
                             .baseline = json_is_true(json_object_get(row, "baseline")),
                             .judged = has_side(chart_text(row, "rule")),
                             .good = json_is_true(json_object_get(row, "good")) };
        p->counted = chart_value(row, "value", &p->value);
        c->counted += p->counted;
        double n = 0;
        c->withheld = c->withheld || *chart_text(row, "withheld");
        c->observed = (chart_value(row, "n", &n) && n > 0) || c->observed;
        p->has_lower = chart_value(row, "lower", &p->lower);
        p->has_upper = chart_value(row, "upper", &p->upper);
    }
}

static void widen(struct chart *c, bool there, double v, bool *any)
{
    if (!there)
        return;
    c->least = !*any || v < c->least ? v : c->least;
    c->most = !*any || v > c->most ? v : c->most;
    *any = true;
}

/* 1, 2 or 5 times a power of ten, so that about TICKS of them are in the range. */
static double step_of(const struct chart *c)
{
    double wanted = (c->most - c->least) / TICKS, unit = 1;
    while (unit > wanted)
        unit /= 10;
    while (unit * 10 <= wanted)
        unit *= 10;
    double part = wanted / unit;
    return unit * (part < 1.5 ? 1 : part < 3 ? 2 : part < 7 ? 5 : 10);
}

/* The numbers on the left: `first` and so many more, each a step above the one before. */
static int64_t ticks(const struct chart *c, double *ret_first)
{
    double step = step_of(c), slack = step / 1e6;
    int64_t n = (int64_t)(c->least / step);
    while ((double)n * step < c->least - slack)
        n++;
    *ret_first = (double)n * step;
    return (int64_t)((c->most + slack - *ret_first) / step);
}

static void find_range(struct chart *c)
{
    bool any = false;
    widen(c, c->has_center, c->center, &any);
    widen(c, c->has_target, c->target, &any);
    for (size_t i = 0; i < c->count; i++) {
        const struct point *p = &c->points[i];
        widen(c, p->counted, p->value, &any);
        widen(c, p->has_lower, p->lower, &any);
        widen(c, p->has_upper, p->upper, &any);
    }
    double least = c->least, most = c->most;
    double size = most < 0 ? -least : most;
    double room = most - least > size / 1e6 ? (most - least) * 0.08 : 1 + size / 100;
    c->least -= room;
    c->most += room;
    if (least >= 0 && c->least < 0)
        c->least = 0;
    if (c->percent && most <= 100 && c->most > 100)
        c->most = 100;
}

double chart_x(const struct chart *c, size_t i)
{
    return c->plot.x + c->plot.w * ((double)i + 0.5) / (double)c->count;
}

double chart_y(const struct chart *c, double v)
{
    return c->plot.y + c->plot.h * (c->most - v) / (c->most - c->least);
}

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* The number that a day's text has at a place; 0 when it is none. */
static int part_of(const char *day, size_t at)
{
    return strlen(day) == strlen("2026-12-24") ? (int)strtol(day + at, NULL, 10) : 0;
}

static void day_words(const char *day, bool month, char out[static 16])
{
    int m = part_of(day, 5);
    if (m < 1 || m > 12)
        snprintf(out, 16, "%.15s", day);
    else if (month)
        snprintf(out, 16, "%s", months[m - 1]);
    else
        snprintf(out, 16, "%d %s", part_of(day, 8), months[m - 1]);
}

/* Whether periods are months: from a first day to a last one behind the 27th. */
static bool monthly(const struct chart *c)
{
    const struct point *p = &c->points[0];
    return c->count && part_of(p->from, 8) == 1 && part_of(p->to, 8) >= 28 &&
           part_of(p->from, 5) == part_of(p->to, 5);
}

/* --- the frame --------------------------------------------------------------------------------
 */

static void scale(const struct chart *c)
{
    double first, step = step_of(c);
    char text[CHART_NUMBER];
    for (int64_t i = 0, n = ticks(c, &first); i <= n; i++) {
        double v = first + (double)i * step, y = chart_y(c, v);
        canvas_line(&c->canvas, c->plot.x, y, c->plot.x + c->plot.w, y, c->canvas.p->grid, 1, "");
        chart_tick(v, step, text);
        canvas_words(&c->canvas, c->plot.x - 6, y + c->canvas.font * 0.35, "end", false,
                     c->canvas.p->muted, c->plot.x - 8, text);
    }
}

/* Below each point so many that they do not touch; the year below the first of each. */
static void days(const struct chart *c)
{
    bool month = monthly(c);
    double y = c->plot.y + c->plot.h + c->canvas.font * 1.5,
           wide = canvas_width(&c->canvas, false, "28 Nov");
    double apart = c->plot.w / (double)c->count;
    size_t each = 1 + (size_t)((wide + 6) / apart);
    const char *year = "";
    char text[16];
    for (size_t i = 0; i < c->count; i += each) {
        const char *day = c->points[i].from;
        double x = chart_x(c, i);
        if (x + wide / 2 > c->canvas.width)
            break;
        day_words(day, month, text);
        canvas_words(&c->canvas, x, y, "middle", false, c->canvas.p->muted, wide, text);
        if (strlen(day) == 10 && strncmp(day, year, 4) != 0) {
            snprintf(text, sizeof text, "%.4s", day);
            canvas_words(&c->canvas, x, y + c->canvas.font * 1.25, "middle", false,
                         c->canvas.p->muted, wide, text);
            year = day;
        }
    }
}

static void shade(const struct chart *c)
{
    size_t first = c->count, last = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->points[i].baseline) {
            first = i < first ? i : first;
            last = i;
        }
    if (first == c->count)
        return;
    double half = c->plot.w / (double)c->count / 2, x = chart_x(c, first) - half;
    double w = chart_x(c, last) + half - x;
    fprintf(c->canvas.out,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"/>\n", x,
            c->plot.y, w, c->plot.h, c->canvas.p->shade);
    canvas_line(&c->canvas, x + w, c->plot.y, x + w, c->plot.y + c->plot.h, c->canvas.p->grid, 1,
                "");
}

/* --- what the lines and points are ------------------------------------------------------------
 */

struct legend { /* where the next sample stands */
    const struct chart *c;
    double x, y;
    bool draw;
};

/* Room for a sample and its words, on this line or on the next; true where it is to be drawn. */
static bool place(struct legend *l, const char *words, double *ret_x)
{
    const struct canvas *v = &l->c->canvas;
    double w = SAMPLE + 6 + canvas_width(v, false, words) + 14;
    if (l->x > l->c->plot.x && l->x + w > v->width - 6) {
        l->x = l->c->plot.x;
        l->y += v->font * 1.55;
    }
    *ret_x = l->x;
    l->x += w;
    if (l->draw)
        canvas_words(v, *ret_x + SAMPLE + 6, l->y, "", false, v->p->ink, v->width - *ret_x - SAMPLE,
                     words);
    return l->draw;
}

static void line_sample(struct legend *l, const char *name, const double *value, const char *colour,
                        const char *dash)
{
    char words[WORDS], number[CHART_NUMBER] = "";
    double x;
    if (value)
        chart_number(*value, number);
    snprintf(words, sizeof words, "%s%s%s", name, value ? " " : "", number);
    if (place(l, words, &x))
        canvas_line(&l->c->canvas, x, l->y - l->c->canvas.font * 0.35, x + SAMPLE,
                    l->y - l->c->canvas.font * 0.35, colour, 2, dash);
}

static bool any_limit(const struct chart *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->points[i].has_lower || c->points[i].has_upper)
            return true;
    return false;
}

static void mark_sample(struct legend *l, enum mark_kind kind, const char *words)
{
    bool there = false;
    double x;
    for (size_t i = 0; i < l->c->count; i++)
        there = there || (l->c->points[i].counted && chart_kind(&l->c->points[i]) == kind);
    if (!there || !place(l, words, &x))
        return;
    chart_shape(l->c, x + SAMPLE / 2.0, l->y - l->c->canvas.font * 0.35, kind);
    fputs(chart_shape_end(kind), l->c->canvas.out);
}

static void shade_sample(struct legend *l)
{
    const struct canvas *v = &l->c->canvas;
    double x;
    bool there = false;
    for (size_t i = 0; i < l->c->count; i++)
        there = there || l->c->points[i].baseline;
    if (there && place(l, "baseline, frozen", &x))
        fprintf(v->out,
                "<rect x=\"%.2f\" y=\"%.2f\" width=\"%d\" height=\"%.2f\" fill=\"%s\" "
                "stroke=\"%s\" stroke-width=\".8\"/>\n",
                x, l->y - v->font * 0.8, SAMPLE, v->font * 0.95, v->p->shade, v->p->muted);
}

/* The y behind its last line. */
static double legend(const struct chart *c, double y, bool draw)
{
    struct legend l = { c, c->plot.x, y, draw };
    const struct palette *p = c->canvas.p;
    shade_sample(&l);
    if (c->has_center)
        line_sample(&l, "mean of the baseline", &c->center, p->muted, DASH_CENTER);
    if (any_limit(c))
        line_sample(&l, "limits", NULL, p->limit, DASH_LIMIT);
    if (c->has_target)
        line_sample(&l, "target", &c->target, p->target, DASH_TARGET);
    mark_sample(&l, MARK_BAD, "signal, worse than chance");
    mark_sample(&l, MARK_GOOD, "signal, better than chance");
    mark_sample(&l, MARK_NEWS, "signal");
    return l.y + c->canvas.font * 0.6;
}

/* --- the whole --------------------------------------------------------------------------------
 */

/* In words, for who cannot see it. */
static void describe(const struct chart *c, char out[static WORDS])
{
    char first[CHART_NUMBER], last[CHART_NUMBER], center[CHART_NUMBER], target[CHART_NUMBER];
    size_t counted = 0, signals = 0;
    double from = 0, to = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct point *p = &c->points[i];
        from = p->counted && !counted ? p->value : from;
        to = p->counted ? p->value : to;
        counted += p->counted;
        signals += p->counted && *p->rule;
    }
    if (!counted) {
        nothing_words(c, out, WORDS);
        return;
    }
    chart_number(from, first);
    chart_number(to, last);
    chart_number(c->center, center);
    chart_number(c->target, target);
    snprintf(out, WORDS,
             "%zu periods from %.10s to %.10s, %zu with a figure: %s at first, %s at last%s%s%s%s; "
             "signals at %zu.",
             c->count, c->points[0].from, c->points[c->count - 1].to, counted, first, last,
             c->has_center ? "; mean of the baseline " : "", c->has_center ? center : "",
             c->has_target ? "; target " : "", c->has_target ? target : "", signals);
}

/* The frame needs the width of the words on the left, and the lines above and below. */
static void lay_out(struct chart *c, const char *unit)
{
    struct canvas *v = &c->canvas;
    bool narrow = c->look->narrow;
    char text[CHART_NUMBER];
    double first, left = 0;
    v->width = narrow ? 380 : 760;
    v->font = narrow ? 13 : 12.5;
    for (int64_t i = 0, n = ticks(c, &first); i <= n; i++) {
        chart_tick(first + (double)i * step_of(c), step_of(c), text);
        double w = canvas_width(v, false, text);
        left = w > left ? w : left;
    }
    double top = canvas_heading(v, c->look->title, unit, false) + v->font * 0.9;
    c->plot = (struct svg_box){ left + 12, top, v->width - left - 24, narrow ? 190 : 230 };
    v->height = legend(c, c->plot.y + c->plot.h + v->font * 4.6, false);
}

static void draw(const struct chart *c, const char *unit)
{
    const struct canvas *v = &c->canvas;
    const struct svg_box *b = &c->plot;
    char description[WORDS];
    describe(c, description);
    canvas_begin(v, c->look->title, description);
    canvas_heading(v, c->look->title, unit, true);
    shade(c);
    if (c->counted)
        scale(c);
    else
        canvas_words(v, b->x + b->w / 2, b->y + b->h / 2, "middle", true, v->p->muted, b->w,
                     description);
    canvas_line(v, b->x, b->y + b->h, b->x + b->w, b->y + b->h, v->p->muted, 1, "");
    if (c->count) {
        days(c);
        chart_lines(c);
        chart_points(c);
    }
    legend(c, b->y + b->h + v->font * 4.6, true);
    canvas_end(v);
}

char *chart_svg(const json_t *chart, const struct chart_look *look)
{
    char *svg = NULL;
    size_t size = 0;
    struct chart *c = calloc(1, sizeof *c);
    FILE *out = c ? open_memstream(&svg, &size) : NULL;
    if (!out) {
        free(c);
        return NULL;
    }
    const char *unit = chart_text(chart, "unit");
    c->canvas = (struct canvas){ .out = out, .p = look->dark ? &chart_dark : &chart_light };
    c->look = look;
    c->percent = strncmp(unit, "percent", strlen("percent")) == 0;
    c->has_center = chart_value(chart, "center", &c->center);
    c->has_target = chart_value(chart, "target", &c->target);
    (void)chart_value(chart, "least", &c->least_n);
    read_points(c, json_object_get(chart, "points"));
    find_range(c);
    lay_out(c, unit);
    draw(c, unit);
    free(c);
    if (fclose(out) != 0) {
        free(svg);
        return NULL;
    }
    return svg;
}

json_t *chart_of_periods(json_t *rows)
{
    json_t *row, *chart = json_object();
    size_t i;
    json_array_foreach(rows, i, row)
    {
        const char *part = chart_text(row, "part");
        const json_t *target = json_object_get(row, "target");
        if (strcmp(part, "baseline") == 0)
            json_object_set_new(row, "baseline", json_true());
        if (json_is_true(json_object_get(row, "bad_signal")))
            json_object_set_new(row, "rule", json_string("signal"));
        if (target)
            json_object_set_new(chart, "target", json_deep_copy(target));
    }
    json_object_set(chart, "points", rows);
    return chart;
}
