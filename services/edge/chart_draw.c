/* chart_draw: see chart_draw.h. */
#include "services/edge/chart_draw.h"

#include <stdlib.h>
#include <string.h>

#include "services/edge/svg.h"

enum { WORDS = 240 /* bytes of a line */ };

const struct palette chart_light = { "#ffffff", "#17212c", "#55616e", "#dce2e8", "#0f4c81",
                                     "#5b6b7b", "#1b6638", "#a4201a", "#1b6638", "#eef3f8" };
const struct palette chart_dark = { "#171e26", "#e5ebf1", "#a4b0bd", "#2b3540", "#86bdf2",
                                    "#a4b0bd", "#8ad5a2", "#ffa39b", "#8ad5a2", "#1f2a36" };

bool chart_value(const json_t *row, const char *name, double *ret)
{
    const json_t *v = json_object_get(row, name);
    if (json_is_number(v))
        *ret = json_number_value(v);
    else if (json_is_string(v))
        *ret = strtod(json_string_value(v), NULL);
    return json_is_number(v) || json_is_string(v);
}

/* Takes zeros behind the point away. */
static void trim(char out[static CHART_NUMBER])
{
    char *point = strchr(out, '.');
    for (size_t n = strlen(out); point && (out[n - 1] == '0' || out[n - 1] == '.'); n--) {
        bool end = out[n - 1] == '.';
        out[n - 1] = 0;
        if (end)
            break;
    }
    if (strcmp(out, "-0") == 0)
        memcpy(out, "0", sizeof "0");
}

void chart_number(double v, char out[static CHART_NUMBER])
{
    double size = v < 0 ? -v : v;
    int digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 0.1 ? 2 : 4;
    snprintf(out, CHART_NUMBER, "%.*f", digits, v);
    trim(out);
}

void chart_tick(double v, double step, char out[static CHART_NUMBER])
{
    enum { DIGITS_MAX = 6 };
    int digits = 0;
    for (double s = step; s < 1 - 1e-6 && digits < DIGITS_MAX; s *= 10)
        digits++;
    snprintf(out, CHART_NUMBER, "%.*f", digits, v);
    trim(out);
}

void chart_words(const char *name, char *out, size_t size)
{
    static const char *const letters[] = { "nps", "sla", "csat", "sip", "wip" };
    snprintf(out, size, "%s", name);
    for (char *at = out; *at;) {
        size_t n = strcspn(at, "_");
        for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
            if (strlen(letters[i]) == n && memcmp(at, letters[i], n) == 0)
                for (size_t k = 0; k < n; k++)
                    at[k] = (char)(at[k] - 'a' + 'A');
        if (at == out && *at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
        at += n;
        if (*at)
            *at++ = ' ';
    }
}

const char *chart_text(const json_t *row, const char *name)
{
    const char *s = json_string_value(json_object_get(row, name));
    return s ? s : "";
}

void canvas_begin(const struct canvas *c, const char *title, const char *description)
{
    fprintf(c->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
            "height=\"%.0f\" role=\"img\" "
            "font-family=\"system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', "
            "sans-serif\">\n<title>",
            c->width, c->height, c->width, c->height);
    svg_escape(c->out, title, strlen(title));
    fputs("</title>\n<desc>", c->out);
    svg_escape(c->out, description, strlen(description));
    fprintf(c->out, "</desc>\n<rect width=\"%.0f\" height=\"%.0f\" fill=\"%s\"/>\n", c->width,
            c->height, c->p->paper);
}

void canvas_end(const struct canvas *c)
{
    fputs("</svg>\n", c->out);
}

double canvas_width(const struct canvas *c, bool bold, const char *s)
{
    return svg_width(s, c->font, bold ? "name" : "note");
}

/* Room that was made of the words' own width is not less than it for a rounding. */
static const double SLACK = 1e-6;

void canvas_words(const struct canvas *c, double x, double y, const char *anchor, bool bold,
                  const char *colour, double room, const char *s)
{
    size_t bytes = strlen(s);
    char cut[WORDS];
    bool fits = bytes < sizeof cut;
    snprintf(cut, sizeof cut, "%s", fits ? s : "");
    fits = fits && canvas_width(c, bold, cut) <= room + SLACK;
    bytes = bytes < sizeof cut ? bytes : sizeof cut - sizeof "\xe2\x80\xa6";
    while (!fits && bytes > 1) {
        do
            bytes--;
        while (bytes && ((unsigned char)s[bytes] & 0xc0) == 0x80);
        snprintf(cut, sizeof cut, "%.*s\xe2\x80\xa6", (int)bytes, s);
        fits = canvas_width(c, bold, cut) <= room + SLACK;
    }
    fprintf(c->out, "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%.2f\" fill=\"%s\"%s%s%s%s>", x, y,
            c->font, colour, bold ? " font-weight=\"700\"" : "", *anchor ? " text-anchor=\"" : "",
            anchor, *anchor ? "\"" : "");
    svg_escape(c->out, cut, strlen(cut));
    fputs("</text>\n", c->out);
}

/* How many bytes of words there is room for, up to a blank; all of them where there is none. */
static size_t line_length(const struct canvas *c, bool bold, double room, const char *words)
{
    char part[WORDS];
    size_t cut = strlen(words);
    if (canvas_width(c, bold, words) <= room)
        return cut;
    for (const char *at = strchr(words, ' '); at; at = strchr(at + 1, ' ')) {
        size_t n = (size_t)(at - words);
        snprintf(part, sizeof part, "%.*s", (int)n, words);
        if (n >= sizeof part || (n > 0 && canvas_width(c, bold, part) > room))
            break;
        cut = n ? n : cut;
    }
    return cut;
}

/* Words in as many lines as they need, from y on; where the last of them stands. */
static double wrapped(const struct canvas *c, double y, bool bold, const char *colour,
                      const char *words, bool draw)
{
    double room = c->width - 16;
    for (;;) {
        char part[WORDS];
        size_t n = line_length(c, bold, room, words);
        snprintf(part, sizeof part, "%.*s", (int)n, words);
        if (draw)
            canvas_words(c, 8, y, "", bold, colour, room, words[n] ? part : words);
        words += n;
        words += *words == ' ';
        if (!*words)
            return y;
        y += c->font * 1.25;
    }
}

double canvas_heading(const struct canvas *c, const char *title, const char *below, bool draw)
{
    double y = wrapped(c, c->font * 1.5, true, c->p->ink, title, draw);
    return *below ? wrapped(c, y + c->font * 1.3, false, c->p->muted, below, draw) : y;
}

void canvas_line(const struct canvas *c, double x1, double y1, double x2, double y2,
                 const char *colour, double thick, const char *dash)
{
    fprintf(c->out,
            "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" stroke=\"%s\" "
            "stroke-width=\"%.1f\"%s%s%s/>\n",
            x1, y1, x2, y2, colour, thick, *dash ? " stroke-dasharray=\"" : "", dash,
            *dash ? "\"" : "");
}
