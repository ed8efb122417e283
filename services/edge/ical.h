/* ical: calendars as iCalendar says them (RFC 5545), for programs that read feeds. Lines end with
 * CRLF and are folded at 75 octets, never within a character; texts are escaped, control characters
 * left out; all instants are UTC, so that no definition of a zone is needed.
 *
 *     struct ical w = ical_begin(&arena, name, now);
 *     ical_event(&w, &event); ...
 *     struct text document = ical_end(&w);
 */
#ifndef REDRESS_EDGE_ICAL_H
#define REDRESS_EDGE_ICAL_H

#include "common/base/arena.h"
#include "common/msg/msg.h"

enum { ICAL_LINE_OCTETS = 75 /* without CRLF */ };

struct ical {
    struct msg_buffer out;
    int64_t now;
};

struct ical_event {
    struct text uid; /* the same in every document in which the event is */
    int64_t from, to; /* microseconds; iCalendar knows seconds, what is less is cut */
    struct text summary, description; /* description: "" for none */
};

/* `name` is what the calendar is called; `now` when the document was made. */
struct ical ical_begin(struct arena *a, struct text name, int64_t now);
void ical_event(struct ical *w, const struct ical_event *e);
struct text ical_end(struct ical *w);

#endif
