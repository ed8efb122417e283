/* loyalty_svg: see loyalty_svg.h. */
#include "services/edge/loyalty_svg.h"

#include <stdlib.h>
#include <string.h>

#include "services/edge/chart_draw.h"
#include "services/edge/svg.h"

enum {
    MEMBERS_MAX = 500, /* that are looked at */
    LINES_MAX = 12, /* of members in a quadrant */
    LINES_LEAST = 3,
    WORDS = 200 /* bytes of what a member or a heading says */
};

#define GAP 10.0 /* between quadrants, and around them */

/* On the left who is not satisfied, above who stays. */
static const struct quadrant {
    const char *name, *title, *words;
} quadrants[] = {
    { "hostage", "Hostages", "not satisfied, and cannot easily leave" },
    { "loyal", "Loyal", "satisfied, and stay" },
    { "defector", "Defectors", "not satisfied, and free to leave, or gone" },
    { "mercenary", "Mercenaries", "satisfied, and leave for a better offer" },
};
enum { QUADRANTS = sizeof quadrants / sizeof *quadrants };

struct member {
    double satisfaction;
    bool rated, crosses;
    char words[WORDS];
};

struct drawing {
    struct canvas canvas;
    const struct loyalty_look *look;
    struct member members[QUADRANTS][MEMBERS_MAX];
    size_t counts[QUADRANTS], undecided, all;
};

/* --- who they are ------------------------------------------------------------------------------
 */

static int by_satisfaction(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->satisfaction != y->satisfaction)
        return x->satisfaction < y->satisfaction ? 1 : -1;
    return strcmp(x->words, y->words);
}

static void read_member(const struct loyalty_look *look, const json_t *row, struct member *ret)
{
    const char *id = chart_text(row, "client"), *name = chart_text(look->names, id);
    const char *then = chart_text(row, "quadrant_then"), *now = chart_text(row, "quadrant");
    char figure[CHART_NUMBER] = "";
    ret->rated = chart_value(row, "satisfaction", &ret->satisfaction);
    if (ret->rated)
        chart_number(ret->satisfaction, figure);
    ret->crosses = json_is_true(json_object_get(row, "crosses"));
    bool moves = *then && strcmp(then, now) != 0;
    snprintf(ret->words, sizeof ret->words, "%.120s%s%s%s%.20s", *name ? name : id,
             ret->rated ? " " : "", figure, moves ? " \xe2\x86\x92 " : "", moves ? then : "");
}

static void read_rows(struct drawing *d, const json_t *rows)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        const char *name = chart_text(row, "quadrant");
        size_t q = 0;
        while (q < QUADRANTS && strcmp(quadrants[q].name, name) != 0)
            q++;
        d->all++;
        if (q == QUADRANTS)
            d->undecided++;
        else if (d->counts[q] < MEMBERS_MAX)
            read_member(d->look, row, &d->members[q][d->counts[q]++]);
    }
    for (size_t q = 0; q < QUADRANTS; q++)
        qsort(d->members[q], d->counts[q], sizeof d->members[q][0], by_satisfaction);
}

/* --- where they stand --------------------------------------------------------------------------
 */

static double line_height(const struct drawing *d)
{
    return d->canvas.font * 1.65;
}

static void draw_member(const struct drawing *d, const struct member *m, double x, double y,
                        double room)
{
    const struct palette *p = d->canvas.p;
    double r = d->canvas.font * 0.28;
    /* Who crosses the line is a diamond, and bold. */
    if (m->crosses)
        fprintf(d->canvas.out,
                "<path d=\"M%.2f %.2fl%.1f %.1fl-%.1f %.1fl-%.1f -%.1fz\" fill=\"%s\"/>\n", x + r,
                y - d->canvas.font * 0.35 - r * 1.4, r * 1.4, r * 1.4, r * 1.4, r * 1.4, r * 1.4,
                r * 1.4, p->bad);
    else
        fprintf(d->canvas.out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.1f\" fill=\"%s\"/>\n", x + r,
                y - d->canvas.font * 0.35, r, p->line);
    canvas_words(&d->canvas, x + r * 2 + 5, y, "", m->crosses, m->crosses ? p->bad : p->ink,
                 room - r * 2 - 5, m->words);
}

static double member_width(const struct drawing *d, const struct member *m, double most)
{
    double w = d->canvas.font * 0.56 + 5 + canvas_width(&d->canvas, m->crosses, m->words) + 14;
    return w < most ? w : most;
}

/* Members beside each other until there is no room, in lines from y on; how many lines they take.
 */
static size_t flow(const struct drawing *d, size_t q, double x, double y, double w, bool draw)
{
    double at = x;
    size_t line = 0;
    for (size_t i = 0; i < d->counts[q]; i++) {
        const struct member *m = &d->members[q][i];
        double wide = member_width(d, m, w);
        if (at > x && at + wide > x + w) {
            at = x;
            line++;
        }
        if (line == LINES_MAX) {
            char words[WORDS];
            snprintf(words, sizeof words, "and %zu more", d->counts[q] - i);
            if (draw)
                canvas_words(&d->canvas, x, y + (double)line * line_height(d), "", true,
                             d->canvas.p->muted, w, words);
            return line + 1;
        }
        if (draw)
            draw_member(d, m, at, y + (double)line * line_height(d), wide - 14);
        at += wide;
    }
    return line + 1;
}

/* The height of its heading and of `lines` of members. */
static double box_height(const struct drawing *d, size_t lines)
{
    lines = lines > LINES_LEAST ? lines : LINES_LEAST;
    return d->canvas.font * 4.4 + (double)lines * line_height(d);
}

static void box(const struct drawing *d, size_t q, struct svg_box b)
{
    const struct palette *p = d->canvas.p;
    const struct quadrant *of = &quadrants[q];
    double y = b.y + d->canvas.font * 1.7, room = b.w - 20;
    char title[WORDS];
    fprintf(d->canvas.out,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" rx=\"6\" fill=\"%s\" "
            "stroke=\"%s\" stroke-width=\"1\"%s/>\n",
            b.x, b.y, b.w, b.h, q == 1 ? p->shade : p->paper, p->muted,
            q == 0 ? " stroke-dasharray=\"6 4\"" : "");
    snprintf(title, sizeof title, "%s: %zu", of->title, d->counts[q]);
    canvas_words(&d->canvas, b.x + 10, y, "", true, q == 0 ? p->bad : p->ink, room, title);
    canvas_words(&d->canvas, b.x + 10, y + d->canvas.font * 1.3, "", false, p->muted, room,
                 of->words);
    flow(d, q, b.x + 10, y + d->canvas.font * 3.2, room, true);
}

/* --- the whole --------------------------------------------------------------------------------
 */

static void describe(const struct drawing *d, char out[static WORDS])
{
    snprintf(out, WORDS,
             "%zu%s clients: %zu loyal, %zu hostages, %zu mercenaries, %zu defectors; of "
             "%zu too little is known.",
             d->all, d->look->more ? " and more" : "", d->counts[1], d->counts[0], d->counts[3],
             d->counts[2], d->undecided);
}

static void draw(struct drawing *d)
{
    struct canvas *v = &d->canvas;
    size_t across = d->look->narrow ? 1 : 2;
    char description[WORDS];
    describe(d, description);
    v->width = d->look->narrow ? 380 : 760;
    v->font = d->look->narrow ? 13 : 12.5;
    double top = canvas_heading(v, d->look->title, description, false) + v->font;
    double w = (v->width - GAP * (double)(across + 1)) / (double)across, y = top;
    struct svg_box boxes[QUADRANTS];
    for (size_t q = 0; q < QUADRANTS; q += across) {
        double h = 0;
        for (size_t i = q; i < q + across; i++) {
            double wanted = box_height(d, flow(d, i, 0, 0, w - 20, false));
            h = wanted > h ? wanted : h;
        }
        for (size_t i = q; i < q + across; i++)
            boxes[i] = (struct svg_box){ GAP + (w + GAP) * (double)(i - q), y, w, h };
        y += h + GAP;
    }
    v->height = y;
    canvas_begin(v, d->look->title, description);
    canvas_heading(v, d->look->title, description, true);
    for (size_t q = 0; q < QUADRANTS; q++)
        box(d, q, boxes[q]);
    canvas_end(v);
}

char *loyalty_svg(const json_t *rows, const struct loyalty_look *look)
{
    char *svg = NULL;
    size_t size = 0;
    struct drawing *d = calloc(1, sizeof *d);
    FILE *out = d ? open_memstream(&svg, &size) : NULL;
    if (!out) {
        free(d);
        return NULL;
    }
    d->canvas = (struct canvas){ .out = out, .p = look->dark ? &chart_dark : &chart_light };
    d->look = look;
    read_rows(d, rows);
    draw(d);
    free(d);
    if (fclose(out) != 0) {
        free(svg);
        return NULL;
    }
    return svg;
}
