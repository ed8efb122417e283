/* svg: words and boxes of pictures, for pages and paper. All lengths are the picture's own units.
 *
 * Words are measured by guess, since no font is at hand: more room than most need, and whatever
 * would leave it is cut with an ellipsis.
 */
#ifndef REDRESS_EDGE_SVG_H
#define REDRESS_EDGE_SVG_H

#include <stddef.h>
#include <stdio.h>

enum { SVG_TEXT_MAX = 200 /* bytes of a text that is drawn */ };

struct svg_box {
    double x, y, w, h;
};

/* How a class looks, as attributes: a style sheet inside a picture is not allowed where pages have
 * a strict policy. "" for a class that is none. */
const char *svg_look(const char *class);

/* Up to `bytes` of a text, escaped; control characters are blanks. */
void svg_escape(FILE *out, const char *s, size_t bytes);

double svg_width(const char *s, double font, const char *class);

/* One line whose baseline is at y, cut where it would leave `room`. */
void svg_line(FILE *out, double x, double y, double font, double room, const char *class,
              const char *s);

/* Words over at most `most` lines; the y behind the last. */
double svg_lines(FILE *out, double x, double y, double font, double room, unsigned most,
                 const char *class, const char *s);

void svg_rect(FILE *out, struct svg_box b, const char *class);

#endif
