/* ical: see ical.h. */
#include "services/edge/ical.h"

#include <string.h>

static void put(struct ical *w, const char *at, size_t length)
{
    msg_put_raw(&w->out, at, length);
}

/* --- lines --------------------------------------------------------------------------------------
 */

/* A line that grows: its octets since it began, or since it was folded. */
struct line {
    struct ical *ical;
    size_t octets;
};

/* A character of 1 to 4 octets stays whole; a folded line goes on behind a space. */
static void line_put(struct line *l, const char *at, size_t length)
{
    if (l->octets + length > ICAL_LINE_OCTETS) {
        put(l->ical, "\r\n ", 3);
        l->octets = 1;
    }
    put(l->ical, at, length);
    l->octets += length;
}

static void line_end(struct line *l)
{
    put(l->ical, "\r\n", 2);
}

static size_t octets_of(char first)
{
    unsigned char c = (unsigned char)first;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static void line_text(struct line *l, struct text t)
{
    for (uint32_t i = 0, n; i < t.length; i += n) {
        char c = t.at[i];
        n = (uint32_t)octets_of(c);
        if (n > t.length - i)
            n = t.length - i;
        if (c == '\\' || c == ';' || c == ',')
            line_put(l, (const char[]){ '\\', c }, 2);
        else if (c == '\n')
            line_put(l, "\\n", 2);
        else if ((unsigned char)c >= ' ' && c != 0x7f)
            line_put(l, t.at + i, n);
    }
}

/* A line whose value is as it has to be. */
static void say(struct ical *w, const char *name, const char *value)
{
    struct line l = { .ical = w };
    for (const char *at = name; *at; at++)
        line_put(&l, at, 1);
    line_put(&l, ":", 1);
    for (const char *at = value; *at; at++)
        line_put(&l, at, 1);
    line_end(&l);
}

static void say_text(struct ical *w, const char *name, struct text value)
{
    struct line l = { .ical = w };
    for (const char *at = name; *at; at++)
        line_put(&l, at, 1);
    line_put(&l, ":", 1);
    line_text(&l, value);
    line_end(&l);
}

/* 2026-11-22T08:00:00.000000Z without what iCalendar does not write: 20261122T080000Z */
static void say_instant(struct ical *w, const char *name, int64_t instant)
{
    char printed[INSTANT_TEXT + 1], value[INSTANT_TEXT + 1];
    size_t n = 0;
    instant_print(instant, printed);
    for (const char *at = printed; *at && *at != '.'; at++)
        if (*at != '-' && *at != ':')
            value[n++] = *at;
    value[n++] = 'Z';
    value[n] = 0;
    say(w, name, value);
}

/* --- documents ----------------------------------------------------------------------------------
 */

struct ical ical_begin(struct arena *a, struct text name, int64_t now)
{
    struct ical w = { .out = { .arena = a }, .now = now };
    say(&w, "BEGIN", "VCALENDAR");
    say(&w, "VERSION", "2.0");
    say(&w, "PRODID", "-//Redress//Rosters//EN");
    say(&w, "CALSCALE", "GREGORIAN");
    say(&w, "METHOD", "PUBLISH");
    say_text(&w, "X-WR-CALNAME", name);
    say(&w, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    say(&w, "X-PUBLISHED-TTL", "PT1H");
    return w;
}

void ical_event(struct ical *w, const struct ical_event *e)
{
    say(w, "BEGIN", "VEVENT");
    say_text(w, "UID", e->uid);
    say_instant(w, "DTSTAMP", w->now);
    say_instant(w, "DTSTART", e->from);
    say_instant(w, "DTEND", e->to);
    say_text(w, "SUMMARY", e->summary);
    if (!text_empty(e->description))
        say_text(w, "DESCRIPTION", e->description);
    say(w, "STATUS", "CONFIRMED");
    say(w, "TRANSP", "TRANSPARENT");
    say(w, "END", "VEVENT");
}

struct text ical_end(struct ical *w)
{
    say(w, "END", "VCALENDAR");
    return (struct text){ (const char *)w->out.at, (uint32_t)w->out.size };
}
