/* What `redress clock` answers: the spans walked, the sum, the result; and of every day why. */
#include <stdio.h>
#include <stdlib.h>

#include "common/time/zone.h"
#include "services/cli/clock.h"
#include "services/cli/print.h"

struct show {
    const struct clock_asked *asked;
    const struct calendar_file *file;
    const struct zone *zone;
    struct arena *arena;
    int64_t from, to; /* in their order */
};

/* --- values -------------------------------------------------------------------------------------
 */

static json_t *json_text(struct text t)
{
    return json_stringn(t.length ? t.at : "", t.length);
}

/* Whole seconds as they are; a fraction only where there is one. */
static json_t *json_seconds(int64_t microseconds)
{
    if (microseconds % SECONDS == 0)
        return json_integer(microseconds / SECONDS);
    return json_real((double)microseconds / (double)SECONDS);
}

static json_t *json_instant(int64_t instant)
{
    char out[INSTANT_TEXT + 1];
    instant_print(instant, out);
    return json_string(out);
}

static json_t *json_day(int64_t day)
{
    char out[DATE_TEXT + 1];
    day_print(day, out);
    return json_string(out);
}

/* "PT4H30M", with its sign. */
static struct text in_words(struct arena *a, int64_t microseconds)
{
    char out[DURATION_TEXT_MAX];
    duration_print(microseconds < 0 ? -microseconds : microseconds, out);
    return arena_printf(a, "%s%s", microseconds < 0 ? "-" : "", out);
}

static const char *weekday_name(int64_t day)
{
    static const char *const names[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                         "Friday", "Saturday", "Sunday" };
    return names[weekday_of(day)];
}

static int64_t day_of(const struct show *s, int64_t instant)
{
    int64_t day, minutes;
    wall_at(s->zone, instant, &day, &minutes);
    return day;
}

/* --- why a day counts or not --------------------------------------------------------------------
 */

static const struct holiday *holiday_of(const struct calendar *c, int64_t day)
{
    for (uint32_t i = 0; i < c->holidays.count; i++)
        if (c->holidays.at[i].date == day)
            return &c->holidays.at[i];
    return NULL;
}

/* The last version that begins at or before the day; before all of them the first. */
static const struct calendar_version *version_of(const struct calendar *c, int64_t day)
{
    const struct calendar_version *first = &c->versions.at[0], *last = NULL;
    for (uint32_t i = 0; i < c->versions.count; i++) {
        const struct calendar_version *v = &c->versions.at[i];
        first = v->from < first->from ? v : first;
        if (v->from <= day && (!last || v->from > last->from))
            last = v;
    }
    return last ? last : first;
}

static bool has_hours(const struct calendar_version *v, int64_t day)
{
    uint8_t days = 0;
    for (uint32_t i = 0; i < v->hours.count; i++)
        if (worktime_days_parse(v->hours.at[i].days, &days) == 0 && days >> weekday_of(day) & 1)
            return true;
    return false;
}

/* What the wall does on that day, or "". */
static struct text turn_of(const struct show *s, int64_t day)
{
    int64_t longer = wall_first(s->zone, day + 1, 0) - wall_first(s->zone, day, 0) - DAYS;
    if (longer == -DAYS)
        return arena_printf(s->arena, "; the zone skips this day");
    if (longer == 0)
        return (struct text){ 0 };
    return arena_printf(s->arena, "; the clock goes %s %s", longer > 0 ? "back" : "forward",
                        in_words(s->arena, longer > 0 ? longer : -longer).at);
}

static struct text reason(const struct show *s, int64_t day, int64_t worked)
{
    const struct calendar *c = &s->file->calendar;
    const struct holiday *h = holiday_of(c, day);
    const struct calendar_version *v = version_of(c, day);
    struct text turn = turn_of(s, day);
    char since[DATE_TEXT + 1];
    day_print(v->from, since);
    if (h) {
        struct text name = print_safe(h->name, s->arena);
        return arena_printf(s->arena, "holiday%s%.*s%s%.*s", name.length ? ": " : "",
                            TEXT_ARG(name), h->to ? ", with hours of its own" : ", closed",
                            TEXT_ARG(turn));
    }
    if (!has_hours(v, day))
        return arena_printf(s->arena, "closed on %ss (hours since %s)%.*s", weekday_name(day),
                            since, TEXT_ARG(turn));
    if (worked == 0 && turn.length == 0)
        return arena_printf(s->arena, "its hours are not within these instants");
    return arena_printf(s->arena, "hours since %s%.*s", since, TEXT_ARG(turn));
}

/* --- spans and days -----------------------------------------------------------------------------
 */

static bool span_within(const struct show *s, int64_t at, int64_t *ret_from, int64_t *ret_to)
{
    if (at >= s->to || !worktime_span(s->file->worktime, at, ret_from, ret_to) ||
        *ret_from >= s->to)
        return false;
    *ret_from = *ret_from > s->from ? *ret_from : s->from;
    *ret_to = *ret_to < s->to ? *ret_to : s->to;
    return true;
}

static json_t *spans_json(const struct show *s)
{
    json_t *spans = json_array();
    int64_t from, to;
    for (int64_t at = s->from;
         json_array_size(spans) < CLOCK_SPANS_MAX && span_within(s, at, &from, &to); at = to)
        json_array_append_new(spans,
                              json_pack("{so so so}", "from", json_instant(from), "to",
                                        json_instant(to), "seconds", json_seconds(to - from)));
    return spans;
}

/* How much is worked on a day of the wall, between the two instants. */
static int64_t worked_on(const struct show *s, int64_t day)
{
    int64_t begin = wall_first(s->zone, day, 0), end = wall_first(s->zone, day + 1, 0);
    begin = begin > s->from ? begin : s->from;
    end = end < s->to ? end : s->to;
    return end > begin ? worktime_between(s->file->worktime, begin, end) : 0;
}

static int64_t last_day(const struct show *s)
{
    return day_of(s, s->to > s->from ? s->to - 1 : s->to);
}

/* Every day that the wall shows between the two instants; one that it skips, too. */
static json_t *days_json(const struct show *s)
{
    json_t *days = json_array();
    for (int64_t day = day_of(s, s->from), last = last_day(s); day <= last; day++) {
        int64_t worked = worked_on(s, day);
        json_array_append_new(days, json_pack("{so ss so so}", "date", json_day(day), "weekday",
                                              weekday_name(day), "seconds", json_seconds(worked),
                                              "why", json_text(reason(s, day, worked))));
    }
    return days;
}

/* --- JSON ---------------------------------------------------------------------------------------
 */

static json_t *result(const struct show *s, int64_t working)
{
    const struct clock_asked *c = s->asked;
    const struct calendar *calendar = &s->file->calendar;
    json_t *all = json_pack("{so so so so so so}", "calendar", json_text(calendar->id), "from",
                            json_instant(c->from), "to", json_instant(c->to), "working_seconds",
                            json_seconds(working), "zone", json_text(calendar->zone), "tzdata",
                            json_text(zones_version()));
    if (c->verb == CLOCK_EXPLAIN)
        json_object_set_new(all, "days", days_json(s));
    json_t *spans = spans_json(s);
    json_object_set_new(all, "spans", spans);
    if (json_array_size(spans) == CLOCK_SPANS_MAX)
        json_object_set_new(all, "spans_left_out", json_true());
    return all;
}

/* --- for people ---------------------------------------------------------------------------------
 */

/* A span's end by the wall; midnight is the end of the day that the span began on. */
static json_t *time_cell(const struct show *s, int64_t instant, bool ends)
{
    const char *word;
    char at[LOCAL_TIME_TEXT + 1];
    int32_t offset = zone_offset(s->zone, instant, &word);
    local_time_print(instant + offset * SECONDS, at);
    const char *time = at + 11;
    int shown = strcmp(time + 5, ":00") == 0 ? 5 : 8;
    if (ends && strcmp(time, "00:00:00") == 0)
        time = "24:00";
    return json_string(arena_printf(s->arena, "%.*s %s", shown, time, word).at);
}

static json_t *day_cell(const struct show *s, int64_t day)
{
    char date[DATE_TEXT + 1];
    day_print(day, date);
    return json_string(arena_printf(s->arena, "%.3s %s", weekday_name(day), date).at);
}

static void add_row(const struct show *s, json_t *rows, int64_t from, int64_t to)
{
    json_array_append_new(rows,
                          json_pack("{so so so ss}", "day", day_cell(s, day_of(s, from)), "from",
                                    time_cell(s, from, false), "to", time_cell(s, to, true),
                                    "working", in_words(s->arena, to - from).at));
}

static void print_spans(const struct show *s, int64_t working)
{
    static const char *const names[] = { "day", "from", "to", "working", NULL };
    json_t *rows = json_array();
    int64_t from, to;
    for (int64_t at = s->from;
         json_array_size(rows) < CLOCK_SPANS_MAX && span_within(s, at, &from, &to); at = to)
        add_row(s, rows, from, to);
    if (json_array_size(rows))
        json_array_append_new(rows, json_pack("{ss ss ss ss}", "day", "sum", "from", "", "to", "",
                                              "working", in_words(s->arena, working).at));
    print_table(stdout, rows, names);
    if (json_array_size(rows) > CLOCK_SPANS_MAX)
        printf("only the first %d spans are shown; the sum is of all\n", CLOCK_SPANS_MAX);
    json_decref(rows);
}

static void print_days(const struct show *s)
{
    static const char *const names[] = { "day", "working", "why", NULL };
    json_t *rows = json_array();
    for (int64_t day = day_of(s, s->from), last = last_day(s); day <= last; day++) {
        int64_t worked = worked_on(s, day);
        json_array_append_new(rows, json_pack("{so ss so}", "day", day_cell(s, day), "working",
                                              worked ? in_words(s->arena, worked).at : "-", "why",
                                              json_text(reason(s, day, worked))));
    }
    print_table(stdout, rows, names);
    putchar('\n');
    json_decref(rows);
}

static void print_line(const struct show *s, const char *what, int64_t instant)
{
    char utc[INSTANT_TEXT + 1];
    instant_print(instant, utc);
    printf("%-9s %s  (%s)\n", what, zone_print(s->zone, instant, s->arena).at, utc);
}

static void print_all(const struct show *s, int64_t working)
{
    const struct clock_asked *c = s->asked;
    struct text id = print_safe(s->file->calendar.id, s->arena);
    printf("%-9s %.*s in %.*s, tzdata %.*s\n", "calendar", TEXT_ARG(id),
           TEXT_ARG(s->file->calendar.zone), TEXT_ARG(zones_version()));
    print_line(s, "from", c->from);
    if (c->has.duration)
        printf("%-9s %s\n", "add", in_words(s->arena, c->duration).at);
    if (c->has.days)
        printf("%-9s %lld working day%s%s\n", "add", (long long)c->days, c->days > 1 ? "s" : "",
               c->end_of_day ? ", until the day's end" : "");
    print_line(s, c->verb == CLOCK_ADD ? "due" : "to", c->to);
    printf("%-9s %s\n\n", "working", in_words(s->arena, working).at);
    if (c->verb == CLOCK_EXPLAIN)
        print_days(s);
    print_spans(s, working < 0 ? -working : working);
}

int clock_show(const struct clock_asked *c, const struct calendar_file *file, struct arena *a)
{
    bool forward = c->to >= c->from;
    struct show s = { .asked = c,
                      .file = file,
                      .zone = zone_find(file->calendar.zone),
                      .arena = a,
                      .from = forward ? c->from : c->to,
                      .to = forward ? c->to : c->from };
    if (c->verb == CLOCK_EXPLAIN && c->to - c->from > CLOCK_DAYS_MAX * DAYS) {
        cli_say("at most %d days are explained", CLOCK_DAYS_MAX);
        return EXIT_USAGE;
    }
    int64_t working = worktime_between(file->worktime, c->from, c->to);
    if (c->cli->output == OUTPUT_JSON) {
        json_t *all = result(&s, working);
        print_json(stdout, all);
        json_decref(all);
    } else {
        print_all(&s, working);
    }
    return 0;
}
