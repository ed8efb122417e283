/* svg: see svg.h. */
#include "services/edge/svg.h"

#include <stdbool.h>
#include <string.h>

#define GLYPH      0.60 /* a glyph's width in its font's size: more than the average, */
#define GLYPH_BOLD 0.70 /* so that words end before their box does */

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

/* Up to `bytes` of it, escaped; control characters are blanks. */
void svg_escape(FILE *out, const char *s, size_t bytes)
{
    for (size_t i = 0; i < bytes && s[i]; i++) {
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

/* How many bytes of it `glyphs` characters are. */
static size_t bytes_of(const char *s, size_t glyphs)
{
    size_t i = 0;
    while (i < SVG_TEXT_MAX && s[i]) {
        if (((unsigned char)s[i] & 0xc0) != 0x80 && glyphs-- == 0)
            break;
        i++;
    }
    while (i && ((unsigned char)s[i] & 0xc0) == 0x80)
        i--;
    return i;
}

static size_t glyphs_of(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static double glyph_of(const char *class)
{
    return strcmp(class, "note") == 0 ? GLYPH : GLYPH_BOLD;
}

double svg_width(const char *s, double font, const char *class)
{
    return (double)glyphs_of(s) * font * glyph_of(class);
}

/* One line, cut with an ellipsis where it would leave `room`. */
void svg_line(FILE *out, double x, double y, double font, double room, const char *class,
              const char *s)
{
    size_t fits = room > 0 ? (size_t)(room / (font * glyph_of(class))) : 0;
    bool cut = glyphs_of(s) > fits;
    if (fits < 2)
        return;
    fprintf(out, "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%.2f\" %s>", x, y, font, svg_look(class));
    svg_escape(out, s, cut ? bytes_of(s, fits - 1) : SVG_TEXT_MAX);
    fprintf(out, "%s</text>\n", cut ? "\xe2\x80\xa6" : "");
}

/* Words over at most `lines` lines; returns the y behind the last. */
double svg_lines(FILE *out, double x, double y, double font, double room, unsigned most,
                 const char *class, const char *s)
{
    size_t fits = (size_t)(room / (font * glyph_of(class)));
    while (*s && most-- > 0 && fits > 2) {
        size_t end = glyphs_of(s) <= fits ? strlen(s) : bytes_of(s, fits);
        if (s[end] && most > 0) {
            size_t space = end;
            while (space > 0 && s[space] != ' ')
                space--;
            end = space ? space : end;
        } else if (s[end]) {
            end = strlen(s); /* the last line: line() cuts it */
        }
        char part[SVG_TEXT_MAX + 1];
        snprintf(part, sizeof part, "%.*s", (int)end, s);
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
