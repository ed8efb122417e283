/* chart_draw: what the charts share: colours, words that stand where they are put, numbers.
 */
#ifndef REDRESS_EDGE_CHART_DRAW_H
#define REDRESS_EDGE_CHART_DRAW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Colours of a light and of a dark page; words hold 4.5:1 on `paper` and on `shade`. */
struct palette {
    const char *paper, *ink, *muted, *grid, *line, *limit, *target, *bad, *good, *shade;
};
extern const struct palette chart_light, chart_dark;

struct canvas {
    FILE *out;
    const struct palette *p;
    double width, height, font;
};

/* Begins the document: its size, its title and what it shows for who cannot see it, its paper. */
void canvas_begin(const struct canvas *c, const char *title, const char *description);
void canvas_end(const struct canvas *c);

/* One line of words, begun at x, or with its middle or end there ("", "middle", "end"); cut where
 * it would leave `room`. */
void canvas_words(const struct canvas *c, double x, double y, const char *anchor, bool bold,
                  const char *colour, double room, const char *s);

/* What stands above a picture: a title over at most two lines, and a line below it when there is
 * one; the y of the last one. Only measures unless `draw`. */
double canvas_heading(const struct canvas *c, const char *title, const char *below, bool draw);

/* So wide they are thought to be. */
double canvas_width(const struct canvas *c, bool bold, const char *s);

void canvas_line(const struct canvas *c, double x1, double y1, double x2, double y2,
                 const char *colour, double thick, const char *dash);

/* "sla_attainment" as "SLA attainment", into `out`, cut where it ends. */
void chart_words(const char *name, char *out, size_t size);

/* A number as people read it: two digits behind the point, fewer where it is large, more where it
 * is next to nothing. */
enum { CHART_NUMBER = 32 };
void chart_number(double v, char out[static CHART_NUMBER]);

/* A number of a scale, with the digits that tell it from the next one, a step away. */
void chart_tick(double v, double step, char out[static CHART_NUMBER]);

/* A member of a row that is a number, as kpi says it: "93.3333", or 3. False when it is not there.
 */
bool chart_value(const json_t *row, const char *name, double *ret);

/* A member of a row that is a text, borrowed; "" when it is not there. */
const char *chart_text(const json_t *row, const char *name);

#endif
