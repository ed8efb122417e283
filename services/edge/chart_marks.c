/* chart_marks: the lines and points of a chart (chart_svg.h). */
#include <string.h>

#include "services/edge/chart_private.h"

enum { WORDS = 120 /* bytes of what a point says */ };

/* --- lines ------------------------------------------------------------------------------------
 */

static void level(const struct chart *c, double v, const char *colour, const char *dash,
                  double thick)
{
    canvas_line(&c->canvas, c->plot.x, chart_y(c, v), c->plot.x + c->plot.w, chart_y(c, v), colour,
                thick, dash);
}

/* A limit goes on straight from point to point, and steps between them where they differ. */
static void limit(const struct chart *c, bool upper)
{
    FILE *out = c->canvas.out;
    double half = c->plot.w / (double)c->count / 2;
    bool down = false, any = false;
    for (size_t i = 0; i < c->count; i++) {
        const struct point *p = &c->points[i];
        bool there = upper ? p->has_upper : p->has_lower;
        if (there && !any)
            fputs("<path fill=\"none\" stroke-width=\"1.5\" stroke-dasharray=\"" DASH_LIMIT
                  "\" d=\"",
                  out);
        any = any || there;
        if (there)
            fprintf(out, "%s%.2f %.2fH%.2f", down ? "L" : "M", chart_x(c, i) - half,
                    chart_y(c, upper ? p->upper : p->lower), chart_x(c, i) + half);
        down = there;
    }
    if (any)
        fprintf(out, "\" stroke=\"%s\"/>\n", c->canvas.p->limit);
}

/* A period of which too little was counted breaks the line. */
static void series(const struct chart *c)
{
    FILE *out = c->canvas.out;
    bool down = false, any = false;
    for (size_t i = 0; i < c->count; i++) {
        const struct point *p = &c->points[i];
        if (p->counted && !any)
            fputs("<path fill=\"none\" stroke-width=\"2\" stroke-linejoin=\"round\" d=\"", out);
        any = any || p->counted;
        if (p->counted)
            fprintf(out, "%s%.2f %.2f", down ? "L" : "M", chart_x(c, i), chart_y(c, p->value));
        down = p->counted;
    }
    if (any)
        fprintf(out, "\" stroke=\"%s\"/>\n", c->canvas.p->line);
}

/* The line before the period of a day: what was done then. */
static void event(const struct chart *c)
{
    const struct chart_look *l = c->look;
    for (size_t i = 0; l->mark_day && i < c->count; i++) {
        double x = chart_x(c, i) - c->plot.w / (double)c->count / 2;
        bool left = x > c->plot.x + c->plot.w * 0.6;
        if (strcmp(c->points[i].to, l->mark_day) < 0)
            continue;
        canvas_line(&c->canvas, x, c->plot.y, x, c->plot.y + c->plot.h, c->canvas.p->ink, 1.5, "");
        if (l->mark)
            /* Above the plot, where no point lies below the words. */
            canvas_words(&c->canvas, left ? x - 4 : x + 4, c->plot.y - 3, left ? "end" : "", true,
                         c->canvas.p->ink, c->plot.w * 0.58, l->mark);
        return;
    }
}

void chart_lines(const struct chart *c)
{
    const struct palette *p = c->canvas.p;
    limit(c, false);
    limit(c, true);
    if (c->has_center)
        level(c, c->center, p->muted, DASH_CENTER, 1.5);
    if (c->has_target)
        level(c, c->target, p->target, DASH_TARGET, 2);
    event(c);
    series(c);
}

/* --- points -----------------------------------------------------------------------------------
 */

enum mark_kind chart_kind(const struct point *p)
{
    return !*p->rule ? MARK_POINT : !p->judged ? MARK_NEWS : p->good ? MARK_GOOD : MARK_BAD;
}

/* A dot; a signal on the bad side is a diamond, on the good side a triangle, on none a square. */
void chart_shape(const struct chart *c, double x, double y, enum mark_kind kind)
{
    const struct palette *p = c->canvas.p;
    FILE *out = c->canvas.out;
    double r = c->look->narrow ? 6.5 : 7;
    switch (kind) {
    case MARK_BAD:
        fprintf(out, "<path d=\"M%.2f %.2fl%.1f %.1fl-%.1f %.1fl-%.1f -%.1fz\" fill=\"%s\"", x,
                y - r, r, r, r, r, r, r, p->bad);
        break;
    case MARK_GOOD:
        fprintf(out, "<path d=\"M%.2f %.2fl%.1f %.1fh-%.1fz\" fill=\"%s\"", x, y - r, r, r * 1.7,
                r * 2, p->good);
        break;
    case MARK_NEWS:
        fprintf(out, "<path d=\"M%.2f %.2fh%.1fv%.1fh-%.1fz\" fill=\"%s\"", x - r * 0.8,
                y - r * 0.8, r * 1.6, r * 1.6, r * 1.6, p->ink);
        break;
    case MARK_POINT:
        fprintf(out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.1f\" fill=\"%s\"", x, y,
                c->count > 60 ? 2.0 : 3.2, p->line);
        break;
    }
    fprintf(out, " stroke=\"%s\" stroke-width=\"1\">", p->paper);
}

const char *chart_shape_end(enum mark_kind kind)
{
    return kind == MARK_POINT ? "</circle>\n" : "</path>\n";
}

void chart_points(const struct chart *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct point *p = &c->points[i];
        char value[CHART_NUMBER], rule[WORDS];
        if (!p->counted)
            continue;
        chart_number(p->value, value);
        chart_words(p->rule, rule, sizeof rule);
        chart_shape(c, chart_x(c, i), chart_y(c, p->value), chart_kind(p));
        fputs("<title>", c->canvas.out);
        svg_escape(c->canvas.out, p->from, strlen("2026-12-24"));
        fprintf(c->canvas.out, ": %s%s%s</title>%s", value, *rule ? ", " : "", rule,
                chart_shape_end(chart_kind(p)));
    }
}
