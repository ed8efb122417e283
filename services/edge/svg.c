/* svg: see svg.h. */
#include "services/edge/svg.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/text.h"

#define GLYPH      0.60 /* a glyph's width in its font's size: more than the average, */
#define GLYPH_BOLD 0.70 /* so that words end before their box does */
#define ELLIPSIS   1.00

/* What is wider than the average, as capitals are: hundredths of the font's size, of bold words; of
 * others nine tenths. From a blank on, as DejaVu Sans has them. */
static const unsigned char widths[] = {
    35, 46,  52, 84, 70, 100, 87, 31,  46, 46, 52, 84, 38, 42,  38, 37, 70, 70,  70,
    70, 70,  70, 70, 70, 70,  70, 40,  40, 84, 84, 84, 58, 100, 77, 76, 73, 83,  68,
    68, 82,  84, 37, 37, 77,  64, 100, 84, 85, 73, 85, 77, 72,  68, 81, 77, 110, 77,
    72, 73,  46, 37, 46, 84,  50, 50,  67, 72, 59, 72, 68, 44,  72, 71, 34, 34,  67,
    34, 104, 71, 69, 72, 72,  49, 60,  48, 71, 65, 92, 65, 65,  58, 71, 37, 71,  84,
};

enum { WIDE_LATIN = 80, WIDE_CYRILLIC = 90, WIDE_ELSE = 110 /* a square, and signs */ };
enum { CYRILLIC = 0x400, ELSE = 0x530 };

/* How classes look, as attributes: a style sheet inside the picture is not allowed where pages have
 * a strict policy. */
const char *svg_look(const char *class)
{
#define THIN  " stroke=\"#5b6b7b\" stroke-width=\".3\""
#define THICK " stroke=\"#5b6b7b\" stroke-width=\".5\""
    static const struct {
        const char *class, *look;
    } looks[] = {
        { "title", "fill=\"#16202b\" font-weight=\"700\"" },
        { "band", "fill=\"#2a4a6b\" font-weight=\"700\"" },
        { "name", "fill=\"#16202b\" font-weight=\"700\"" },
        { "note", "fill=\"#33404d\"" },
        { "missing", "fill=\"#a30d0d\" font-weight=\"700\"" },
        { "users", "fill=\"#eaf1f8\"" THIN },
        { "desk", "fill=\"#dcebf7\"" THIN },
        { "channel", "fill=\"#f4f8fc\"" THIN },
        { "self", "fill=\"#ffffff\" stroke-dasharray=\".8 .5\"" THIN },
        { "service", "fill=\"#f7f9fb\"" THIN },
        { "chip", "fill=\"#ffffff\"" THIN },
        { "critical", "fill=\"#fdf1d0\"" THICK },
        { "group", "fill=\"#e6f2e6\"" THIN },
        { "partner", "fill=\"#efe6f4\"" THIN },
        { "process", "fill=\"#ffffff\"" THIN },
        { "arrow", "fill=\"#e3e9ef\" stroke=\"#9aa8b5\" stroke-width=\".3\"" },
        { "paper", "fill=\"#ffffff\"" },
        { "gap", "fill=\"url(#hatch)\" stroke=\"#a30d0d\" stroke-width=\".6\" "
                 "stroke-dasharray=\"1.4 .8\"" },
    };
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (strcmp(class, looks[i].class) == 0)
            return looks[i].look;
    return "";
}

/* How many bytes the character takes that begins so. */
static size_t octets_of(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Up to `bytes` of it, escaped; control characters are blanks, and what is left of a character that
 * was cut is left out. */
void svg_escape(FILE *out, const char *s, size_t bytes)
{
    for (size_t i = 0, end = text_whole(s, strnlen(s, bytes)); i < end; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '<')
            fputs("&lt;", out);
        else if (c == '>')
            fputs("&gt;", out);
        else if (c == '&')
            fputs("&amp;", out);
        else if (c == '"')
            fputs("&quot;", out);
        else
            fputc(c < 0x20 || c == 0x7f ? ' ' : c, out);
    }
}

/* --- how wide words are ------------------------------------------------------------------------
 */

static double glyph_of(const char *class)
{
    return strcmp(class, "note") == 0 ? GLYPH : GLYPH_BOLD;
}

static unsigned width_of(const char *s)
{
    unsigned char c = (unsigned char)*s;
    if (c < 0x80)
        return c >= ' ' && c < 0x7f ? widths[c - ' '] : widths[0];
    unsigned code = (c & 0x1fU) << 6 | ((unsigned char)s[1] & 0x3fU);
    if (c >= 0xe0 || code >= ELSE)
        return WIDE_ELSE;
    return code < CYRILLIC ? WIDE_LATIN : WIDE_CYRILLIC;
}

/* The bytes of the first words that take no more than `room`, and how wide they are. */
static size_t measure(const char *s, double font, const char *class, double room, double *ret)
{
    const double glyph = glyph_of(class), part = glyph < GLYPH_BOLD ? 0.009 : 0.01;
    size_t n = 0, next;
    double sum = 0, wide = 0;
    *ret = 0;
    for (; s[n]; n = next) {
        next = n + octets_of((unsigned char)s[n]);
        if (next > SVG_TEXT_MAX || next > n + strnlen(s + n, next - n))
            break;
        sum += glyph;
        wide += part * width_of(s + n);
        double all = font * (sum > wide ? sum : wide);
        if (all > room)
            break;
        *ret = all;
    }
    return n;
}

double svg_width(const char *s, double font, const char *class)
{
    double ret;
    (void)measure(s, font, class, HUGE_VAL, &ret);
    return ret;
}

/* One line, cut with an ellipsis where it would leave `room`. */
void svg_line(FILE *out, double x, double y, double font, double room, const char *class,
              const char *s)
{
    double ignored;
    size_t fits = measure(s, font, class, room, &ignored);
    bool cut = fits < text_whole(s, strlen(s));
    if (room < 2 * font * glyph_of(class))
        return;
    if (cut)
        fits = measure(s, font, class, room - font * ELLIPSIS, &ignored);
    fprintf(out, "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%.2f\" %s>", x, y, font, svg_look(class));
    svg_escape(out, s, fits);
    fprintf(out, "%s</text>\n", cut ? "\xe2\x80\xa6" : "");
}

/* Words over at most `lines` lines; returns the y behind the last. */
double svg_lines(FILE *out, double x, double y, double font, double room, unsigned most,
                 const char *class, const char *s)
{
    double ignored;
    while (*s && most-- > 0 && room >= 3 * font * glyph_of(class)) {
        size_t end = measure(s, font, class, room, &ignored);
        if (s[end] && most > 0) {
            size_t space = end;
            while (space > 0 && s[space] != ' ')
                space--;
            end = space ? space : end;
        } else if (s[end]) {
            end = strlen(s); /* the last line: it is cut */
        }
        char part[2 * SVG_TEXT_MAX];
        snprintf(part, sizeof part, "%.*s", (int)(end < sizeof part ? end : sizeof part - 1), s);
        svg_line(out, x, y, font, room, class, part);
        y += font * 1.25;
        s += end + (s[end] == ' ');
    }
    return y;
}

void svg_rect(FILE *out, struct svg_box b, const char *class)
{
    fprintf(out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" rx=\"1\" %s/>\n", b.x,
            b.y, b.w, b.h, svg_look(class));
}
