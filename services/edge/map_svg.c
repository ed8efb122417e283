/* map_svg: see map_svg.h. All lengths are millimetres on the paper. */
#include "services/edge/map_svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/edge/svg.h"

enum { BOXES_MAX = 512 };

#define MARGIN     8.0
#define TITLE      15.0
#define FOOT       6.0
#define SIDE       52.0 /* the arrows on both sides */
#define GUTTER     3.0
#define FONT       3.3
#define FONT_LEAST 1.5

const char paper_names[] = "a3, a4, 11x17";

const struct paper *paper_find(struct text name)
{
    static const struct paper papers[] = {
        { "a3", 420, 297 },
        { "a4", 297, 210 },
        { "11x17", 431.8, 279.4 },
    };
    for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
        if (text_equal(name, text_from(papers[i].name)))
            return &papers[i];
    return NULL;
}

struct item {
    const char *band, *id, *name, *channel, *note, *of, *gap;
    bool critical;
};

struct sheet {
    FILE *out;
    double width, height; /* of the drawing: that of A3 or 11x17, which A4 shrinks */
    struct item items[BOXES_MAX];
    size_t count;
};

/* --- boxes -------------------------------------------------------------------------------------
 */

/* A gap is hatched and dashed, and says what is missing. */
static void frame(const struct sheet *m, struct svg_box b, const char *class, const struct item *i)
{
    svg_rect(m->out, b, class);
    if (*i->gap)
        svg_rect(m->out, b, "gap");
}

static bool is_band(const struct item *i, const char *band)
{
    return strcmp(i->band, band) == 0;
}

static size_t count_band(const struct sheet *m, const char *band)
{
    size_t n = 0;
    for (size_t i = 0; i < m->count; i++)
        n += is_band(&m->items[i], band);
    return n;
}

static void heading(const struct sheet *m, double x, double y, const char *s)
{
    svg_line(m->out, x, y, FONT, 1000, "band", s);
}

/* A box with a name, a note and what is missing. */
static void card(const struct sheet *m, struct svg_box b, const char *class, const struct item *i)
{
    double y = b.y + FONT * 1.4, room = b.w - 3;
    double font = svg_width(i->name, FONT, "name") > room ? FONT * 0.8 : FONT;
    frame(m, b, class, i);
    svg_line(m->out, b.x + 1.5, y, font, room, "name", i->name);
    y += FONT * 1.2;
    if (*i->note && y < b.y + b.h)
        y = svg_lines(m->out, b.x + 1.5, y, FONT * 0.8, room,
                      (unsigned)((b.y + b.h - y) / FONT) + !*i->gap, "note", i->note);
    if (*i->gap)
        svg_lines(m->out, b.x + 1.5, y, FONT * 0.8, room, 3, "missing", i->gap);
}

/* The boxes of a band beside each other. */
static void row(const struct sheet *m, const char *band, struct svg_box b, const char *class)
{
    size_t n = count_band(m, band), k = 0;
    if (!n)
        return;
    double w = (b.w - GUTTER * (double)(n - 1)) / (double)n;
    for (size_t i = 0; i < m->count; i++) {
        if (!is_band(&m->items[i], band))
            continue;
        card(m, (struct svg_box){ b.x + (w + GUTTER) * (double)k++, b.y, w, b.h }, class,
             &m->items[i]);
    }
}

/* --- the desk ----------------------------------------------------------------------------------
 */

static void desk(const struct sheet *m, struct svg_box b)
{
    size_t channels = count_band(m, "channel");
    struct svg_box left = { b.x, b.y, channels ? b.w * 0.4 : b.w, b.h };
    double x = left.x + left.w + GUTTER, room = b.x + b.w - x, y = b.y;
    row(m, "desk", left, "desk");
    if (!channels)
        return;
    double h = (b.h - 1.0 * (double)(channels - 1)) / (double)channels;
    double font = h * 0.6 < FONT ? h * 0.6 : FONT;
    for (size_t i = 0; i < m->count; i++) {
        const struct item *c = &m->items[i];
        char words[SVG_TEXT_MAX];
        if (!is_band(c, "channel"))
            continue;
        snprintf(words, sizeof words, "%s%s%s%s%s", c->channel, *c->id ? ": " : "", c->id,
                 c->critical ? " (self-service) \xe2\x86\x92 a person: " : "", c->note);
        for (char *at = words; *at && *at != ':'; at++)
            *at = *at == '_' ? ' ' : *at; /* a name of the table as words */
        svg_rect(m->out, (struct svg_box){ x, y, room, h }, c->critical ? "self" : "channel");
        svg_line(m->out, x + 1.5, y + h / 2 + font * 0.35, font, room - 3, "note", words);
        y += h + 1.0;
    }
}

/* --- services and what they are made of --------------------------------------------------------
 */

/* A component's words, as they are drawn. */
static void chip_words(const struct item *c, char out[static SVG_TEXT_MAX])
{
    snprintf(out, SVG_TEXT_MAX, "%s%s%s", c->critical ? "\xe2\x98\x85 " : "", c->name,
             *c->gap ? (*c->name ? " !" : c->gap) : "");
}

/* Lays out the components of a service from y on, drawing them when `draw`; the y behind them. */
static double chips(const struct sheet *m, const char *service, struct svg_box b, double font,
                    bool draw)
{
    double x = b.x, h = font * 1.7;
    double y = b.y;
    for (size_t i = 0; i < m->count; i++) {
        const struct item *c = &m->items[i];
        char words[SVG_TEXT_MAX];
        if (!is_band(c, "component") || strcmp(c->of, service) != 0)
            continue;
        chip_words(c, words);
        const char *class = *c->gap ? "missing" : "note";
        double w = svg_width(words, font, class) + font;
        w = w < b.w ? w : b.w;
        if (x > b.x && x + w > b.x + b.w) {
            x = b.x;
            y += h + font * 0.35;
        }
        if (draw) {
            frame(m, (struct svg_box){ x, y, w, h }, c->critical ? "critical" : "chip", c);
            svg_line(m->out, x + font * 0.5, y + font * 1.2, font, w - font * 0.4, class, words);
        }
        x += w + font * 0.4;
    }
    return y + h;
}

static double service_height(const struct sheet *m, const struct item *s, double w, double font)
{
    struct svg_box inside = { 0, font * (*s->gap ? 4.4 : 3.2), w - 3, 0 };
    return chips(m, s->id, inside, font, false) + font * 0.8;
}

/* The height of all services in so many columns; each row is as high as its highest. */
static double grid(const struct sheet *m, struct svg_box b, size_t columns, double font, bool draw)
{
    double w = (b.w - GUTTER * (double)(columns - 1)) / (double)columns;
    double y = b.y, highest = 0;
    size_t k = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct item *s = &m->items[i];
        if (!is_band(s, "service"))
            continue;
        if (k && k % columns == 0) {
            y += highest + GUTTER * 0.7;
            highest = 0;
        }
        double h = service_height(m, s, w, font);
        struct svg_box at = { b.x + (w + GUTTER) * (double)(k++ % columns), y, w, h };
        if (draw) {
            frame(m, at, "service", s);
            svg_line(m->out, at.x + 1.5, at.y + font * 1.4, font * 1.1, w - 3, "name", s->name);
            svg_line(m->out, at.x + 1.5, at.y + font * 2.6, font * 0.85, w - 3, "note", s->note);
            if (*s->gap)
                svg_line(m->out, at.x + 1.5, at.y + font * 3.8, font * 0.85, w - 3, "missing",
                         s->gap);
            struct svg_box inside = { at.x + 1.5, at.y + font * (*s->gap ? 4.4 : 3.2), w - 3, 0 };
            chips(m, s->id, inside, font, true);
        }
        highest = h > highest ? h : highest;
    }
    return y + highest - b.y;
}

/* Whether every word has its room in so many columns. */
static bool is_wide_enough(const struct sheet *m, double w, size_t columns, double font)
{
    double room = (w - GUTTER * (double)(columns - 1)) / (double)columns - 3;
    for (size_t i = 0; i < m->count; i++) {
        const struct item *c = &m->items[i];
        char words[SVG_TEXT_MAX];
        chip_words(c, words);
        if (is_band(c, "component") &&
            svg_width(words, font, *c->gap ? "missing" : "note") + font > room)
            return false;
        if (is_band(c, "service") && svg_width(c->name, font * 1.1, "name") > room)
            return false;
    }
    return true;
}

/* The largest font, and for it the fewest columns, with which all fits; in the smallest one, words
 * may be cut. */
static void services(const struct sheet *m, struct svg_box b)
{
    size_t n = count_band(m, "service");
    for (double font = FONT; n; font -= 0.1)
        for (size_t columns = 1; columns <= n; columns++) {
            bool last = font - 0.1 < FONT_LEAST && columns == n;
            bool fits =
                is_wide_enough(m, b.w, columns, font) && grid(m, b, columns, font, false) <= b.h;
            if (!fits && !last)
                continue;
            grid(m, b, columns, font, true);
            return;
        }
}

/* --- what goes down and up ---------------------------------------------------------------------
 */

static void arrow(const struct sheet *m, struct svg_box b, const char *band, bool up,
                  const char *words)
{
    double tip = 12, mid = b.x + b.w / 2, y = b.y + (up ? tip + 8 : 8);
    double from = up ? b.y + b.h : b.y, to = up ? b.y : b.y + b.h, neck = up ? to + tip : to - tip;
    fprintf(m->out, "<path %s d=\"M%.2f %.2fH%.2fV%.2fH%.2fL%.2f %.2fL%.2f %.2fH%.2fZ\"/>\n",
            svg_look("arrow"), b.x + 4, from, b.x + b.w - 4, neck, b.x + b.w, mid, to, b.x, neck,
            b.x + 4);
    y = svg_lines(m->out, b.x + 6, y, FONT, b.w - 11, 6, "band", words) + 2;
    for (size_t i = 0; i < m->count; i++) {
        const struct item *p = &m->items[i];
        if (!is_band(p, band))
            continue;
        double h = *p->gap ? FONT * 5.4 : FONT * 2;
        card(m, (struct svg_box){ b.x + 6, y, b.w - 12, h }, "process", p);
        y += h + 1.6;
    }
}

/* --- the page ----------------------------------------------------------------------------------
 */

static void head(const struct sheet *m, const struct paper *paper, const char *title)
{
    fprintf(m->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%gmm\" height=\"%gmm\" "
            "viewBox=\"0 0 %g %g\" font-family=\"DejaVu Sans, Verdana, sans-serif\" role=\"img\" "
            "aria-label=\"",
            paper->width, paper->height, m->width, m->height);
    svg_escape(m->out, title, SVG_TEXT_MAX);
    fprintf(m->out, "\">\n<title>");
    svg_escape(m->out, title, SVG_TEXT_MAX);
    fprintf(m->out,
            "</title>\n<defs><pattern id=\"hatch\" width=\"2\" height=\"2\" "
            "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path d=\"M0 0V2\" "
            "stroke=\"#d98080\" stroke-width=\".35\"/></pattern></defs>\n"
            "<rect width=\"%g\" height=\"%g\" %s/>\n",
            m->width, m->height, svg_look("paper"));
    svg_line(m->out, MARGIN, MARGIN + 6, 6, m->width / 2, "title", title);
}

static void legend(const struct sheet *m)
{
    double x = m->width - MARGIN - 118, y = MARGIN + 1;
    size_t gaps = 0;
    char words[64];
    for (size_t i = 0; i < m->count; i++)
        gaps += *m->items[i].gap != 0;
    svg_rect(m->out, (struct svg_box){ x, y, 5, 4 }, "critical");
    svg_line(m->out, x + 7, y + 3.2, FONT, 60, "note", "\xe2\x98\x85 critical component");
    svg_rect(m->out, (struct svg_box){ x + 55, y, 5, 4 }, "gap");
    snprintf(words, sizeof words, "a gap: %zu on this page", gaps);
    svg_line(m->out, x + 62, y + 3.2, FONT, 60, gaps ? "missing" : "note", words);
}

static void draw(const struct sheet *m, const struct paper *paper, const char *title,
                 const char *made)
{
    bool third = count_band(m, "third") > 0, partner = count_band(m, "partner") > 0;
    double top = MARGIN + TITLE, bottom = m->height - MARGIN - FOOT;
    double x = MARGIN + SIDE + GUTTER, w = m->width - 2 * x, y = top, label = 4.5;
    double below = (18 + label) * (1 + third + partner) + 2;
    head(m, paper, title);
    legend(m);
    arrow(m, (struct svg_box){ MARGIN, top, SIDE, bottom - top }, "down", false,
          "Top down: incidents, requests (install, move, add, change, delete)");
    arrow(m, (struct svg_box){ m->width - MARGIN - SIDE, top, SIDE, bottom - top }, "up", true,
          "Bottom up: changes, releases, alerts and alarms");
    row(m, "users", (struct svg_box){ x, y, w, 12 }, "users");
    y += 12 + label;
    heading(m, x, y - 1, "First point of contact");
    desk(m, (struct svg_box){ x, y, w, 30 });
    y += 30 + label;
    heading(m, x, y - 1, "Services and their components");
    services(m, (struct svg_box){ x, y, w, bottom - below - y });
    y = bottom - below + label;
    heading(m, x, y - 1, "Second level");
    row(m, "second", (struct svg_box){ x, y, w, 18 }, "group");
    y += 18 + label;
    if (third) {
        heading(m, x, y - 1, "Third level");
        row(m, "third", (struct svg_box){ x, y, w, 18 }, "group");
        y += 18 + label;
    }
    if (partner) {
        heading(m, x, y - 1, "Partners");
        row(m, "partner", (struct svg_box){ x, y, w, 18 }, "partner");
    }
    svg_line(m->out, MARGIN, m->height - MARGIN, FONT * 0.85, m->width - 2 * MARGIN, "note", made);
    fputs("</svg>\n", m->out);
}

static const char *member(const json_t *row_, const char *key)
{
    const char *s = json_string_value(json_object_get(row_, key));
    return s ? s : "";
}

char *map_svg(const json_t *rows, const struct paper *paper, const char *title, const char *made)
{
    char *bytes = NULL;
    size_t size = 0;
    struct sheet *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    bool tabloid = paper->width / paper->height > 1.5;
    m->width = tabloid ? 431.8 : 420;
    m->height = tabloid ? 279.4 : 297;
    for (size_t i = 0; i < json_array_size(rows) && m->count < BOXES_MAX; i++) {
        const json_t *r = json_array_get(rows, i);
        m->items[m->count++] = (struct item){
            .band = member(r, "band"),
            .id = member(r, "id"),
            .name = member(r, "name"),
            .note = member(r, "note"),
            .of = member(r, "of"),
            .channel = member(r, "channel"),
            .gap = member(r, "gap"),
            .critical = json_is_true(json_object_get(r, "critical")),
        };
    }
    m->out = open_memstream(&bytes, &size);
    if (m->out)
        draw(m, paper, title, made);
    if (m->out && fclose(m->out) != 0) {
        free(bytes);
        bytes = NULL;
    }
    free(m);
    return bytes;
}
