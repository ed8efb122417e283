/* What is known ahead of the time that is simulated: clocks that change in it, days that are not as
 * their weekdays, hours without anybody on duty, and who would be told. */
#include <stdio.h>
#include <stdlib.h>

#include "services/cli/simulate.h"

#define MINUTE INT64_C(60000000)
#define HOUR   (60 * MINUTE)

void simulate_local(const struct simulate *x, const struct zone *zone, int64_t instant,
                    char out[static SIMULATE_LOCAL])
{
    static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    int64_t day, minutes;
    const char *word = "";
    char date[DATE_TEXT + 1], time[TIME_TEXT + 1];
    const struct zone *z = zone ? zone : x->zone;
    wall_at(z, instant, &day, &minutes);
    zone_offset(z, instant, &word);
    day_print(day, date);
    time_print(minutes, time);
    snprintf(out, SIMULATE_LOCAL, "%s %s %s %.12s", days[weekday_of(day)], date, time, word);
}

static void note(struct simulate *x, int64_t at, const char *kind, const char *words)
{
    char instant[INSTANT_TEXT + 1];
    instant_print(at, instant);
    json_array_append_new(x->notes,
                          json_pack("{ss ss ss}", "at", instant, "kind", kind, "words", words));
}

static const char *word(const json_t *row, const char *key)
{
    const char *s = json_string_value(json_object_get(row, key));
    return s ? s : "";
}

static bool instant_of(const json_t *row, const char *key, int64_t *ret)
{
    return instant_parse(text_from(word(row, key)), ret) == 0;
}

/* --- clocks that change ------------------------------------------------------------------------
 */

/* The first instant in (from, to] at which the zone's offset is another than at `from`. */
static int64_t change_in(const struct zone *z, int64_t from, int64_t to)
{
    int32_t before = simulate_offset(z, from);
    while (to - from > 1000000) {
        int64_t middle = from + (to - from) / 2;
        if (simulate_offset(z, middle) == before)
            from = middle;
        else
            to = middle;
    }
    return to - to % 1000000;
}

static void note_change(struct simulate *x, const struct zone *z, const char *name, int64_t at)
{
    char was[SIMULATE_LOCAL], is[SIMULATE_LOCAL], words[400];
    int32_t by = simulate_offset(z, at) - simulate_offset(z, at - 1);
    const char *word_was, *word_is;
    int64_t day, from, to;
    zone_offset(z, at - 1, &word_was);
    zone_offset(z, at, &word_is);
    wall_at(z, at, &day, &to);
    from = (to - by / 60 + 2 * 1440) % 1440;
    time_print(from, was);
    time_print(to, is);
    snprintf(words, sizeof words,
             by > 0
                 ? "clocks of %s go forward from %s %s to %s %s: what lies between is shown by no "
                   "clock"
                 : "clocks of %s go back from %s %s to %s %s: what lies between is shown twice",
             name, was, word_was, is, word_is);
    note(x, at, "clock", words);
}

/* `seen` holds the zones that were looked at. */
static void note_zone(struct simulate *x, const char *name, json_t *seen)
{
    const struct zone *z = zone_find(text_from(name));
    if (!*name || !z || json_object_get(seen, name))
        return;
    json_object_set_new(seen, name, json_true());
    for (int64_t t = x->at - 12 * HOUR; t < x->end + 12 * HOUR; t += HOUR)
        if (simulate_offset(z, t) != simulate_offset(z, t + HOUR))
            note_change(x, z, name, change_in(z, t, t + HOUR));
}

/* --- holidays ----------------------------------------------------------------------------------
 */

static void note_holiday(struct simulate *x, const json_t *calendar, const json_t *holiday)
{
    const struct zone *z = zone_find(text_from(word(calendar, "zone")));
    char words[400];
    int64_t day;
    if (!z || day_parse(text_from(word(holiday, "date")), &day) < 0)
        return;
    int64_t from = wall_first(z, day, 0), to = wall_first(z, day + 1, 0);
    if (to <= x->at || from >= x->end)
        return;
    const char *name = word(holiday, "name"), *opens = word(holiday, "from");
    snprintf(words, sizeof words, "%s is %s by the calendar %s: %s%s%s%s", word(holiday, "date"),
             *name ? name : "a holiday", word(calendar, "id"), *opens ? "worked from " : "closed",
             opens, *opens ? " to " : "", *opens ? word(holiday, "to") : "");
    note(x, from > x->at ? from : x->at, "holiday", words);
}

static void add_key(json_t *set, const char *key)
{
    if (*key)
        json_object_set_new(set, key, json_true());
}

/* The calendars that the client's targets count: its own, and those of its contracts. */
static json_t *calendars_of(struct simulate *x, const json_t *clients, const json_t *contracts)
{
    json_t *set = json_object();
    size_t n, t;
    json_t *row, *term;
    json_array_foreach(clients, n, row)
    {
        add_key(set, word(row, "calendar"));
    }
    json_array_foreach(contracts, n, row)
    {
        if (strcmp(word(row, "client"), x->client) != 0)
            continue;
        add_key(set, word(row, "calendar"));
        json_array_foreach(json_object_get(row, "terms"), t, term)
        {
            add_key(set, word(term, "calendar"));
        }
    }
    return set;
}

static int note_holidays(struct simulate *x, json_t *seen)
{
    int code = 0;
    json_t *ask = json_pack("{ss}", "client", x->client), *none = json_object();
    json_t *clients = stand_rows(&x->stand, "catalog", "catalog.client", ask, &code);
    json_t *contracts =
        code ? NULL : stand_rows(&x->stand, "catalog", "catalog.contracts", none, &code);
    json_t *calendars =
        code ? NULL : stand_rows(&x->stand, "catalog", "catalog.calendars", none, &code);
    json_t *wanted = calendars_of(x, clients, contracts), *row, *holiday;
    size_t n, h;
    json_array_foreach(calendars, n, row)
    {
        if (!json_object_get(wanted, word(row, "id")))
            continue;
        note_zone(x, word(row, "zone"), seen);
        json_array_foreach(json_object_get(row, "holidays"), h, holiday)
        {
            note_holiday(x, row, holiday);
        }
    }
    json_t *const owned[] = { ask, none, clients, contracts, calendars, wanted };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        json_decref(owned[i]);
    return code;
}

/* --- who, and gaps -----------------------------------------------------------------------------
 */

static bool matters(const struct simulate *x, const json_t *row)
{
    return json_object_get(x->groups, word(row, "group")) != NULL;
}

static int read_line(struct simulate *x)
{
    int code = 0;
    char at[INSTANT_TEXT + 1];
    size_t n;
    json_t *row;
    instant_print(x->at, at);
    json_t *ask = json_pack("{ss ss si ss* ss* ss*}", "client", x->client, "at", at, "severity",
                            (int)x->severity, "service", x->service, "component", x->component,
                            "group", x->group);
    x->line = stand_rows(&x->stand, "catalog", "catalog.who", ask, &code);
    json_decref(ask);
    if (x->group)
        add_key(x->groups, x->group);
    json_array_foreach(x->line, n, row)
    {
        add_key(x->groups, word(row, "group"));
    }
    return code;
}

static int read_duties(struct simulate *x)
{
    int code = 0;
    json_t *none = json_object(), *row;
    size_t n;
    json_t *all = stand_rows(&x->stand, "catalog", "catalog.duties", none, &code);
    x->duties = json_array();
    json_array_foreach(all, n, row)
    {
        if (matters(x, row))
            json_array_append(x->duties, row);
    }
    json_decref(all);
    json_decref(none);
    return code;
}

static int note_gaps(struct simulate *x)
{
    int code = 0;
    char from[INSTANT_TEXT + 1], to[INSTANT_TEXT + 1], words[400], until[SIMULATE_LOCAL];
    size_t n;
    json_t *row;
    instant_print(x->at, from);
    instant_print(x->end, to);
    json_t *ask = json_pack("{ss ss}", "from", from, "to", to);
    json_t *gaps = stand_rows(&x->stand, "catalog", "catalog.gaps", ask, &code);
    json_array_foreach(gaps, n, row)
    {
        int64_t begins, ends;
        if (!matters(x, row) || !instant_of(row, "from", &begins) || !instant_of(row, "to", &ends))
            continue;
        simulate_local(x, NULL, ends, until);
        snprintf(words, sizeof words, "nobody is on duty for %s until %s%s", word(row, "group"),
                 until, ends >= x->end ? " or longer" : "");
        note(x, begins, "gap", words);
    }
    json_decref(gaps);
    json_decref(ask);
    return code;
}

/* The zones of the rosters that matter. */
static int note_rosters(struct simulate *x, json_t *seen)
{
    int code = 0;
    json_t *none = json_object(), *row;
    size_t n;
    json_t *rosters = stand_rows(&x->stand, "catalog", "catalog.rosters", none, &code);
    json_array_foreach(rosters, n, row)
    {
        if (matters(x, row))
            note_zone(x, word(row, "zone"), seen);
    }
    json_decref(rosters);
    json_decref(none);
    return code;
}

static int by_instant(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int order = strcmp(word(x, "at"), word(y, "at"));
    return order ? order : strcmp(word(x, "words"), word(y, "words"));
}

json_t *simulate_sorted(json_t *rows, int (*compare)(const void *, const void *))
{
    size_t count = json_array_size(rows);
    json_t **at = calloc(count + 1, sizeof *at), *sorted = json_array();
    for (size_t n = 0; at && n < count; n++)
        at[n] = json_array_get(rows, n);
    if (at)
        qsort(at, count, sizeof(json_t *), compare);
    for (size_t n = 0; at && n < count; n++)
        json_array_append(sorted, at[n]);
    free(at);
    json_decref(rows);
    return sorted;
}

int simulate_notes(struct simulate *x)
{
    json_t *seen = json_object();
    int code = read_line(x);
    note_zone(x, x->zone_name, seen);
    if (code == 0)
        code = note_holidays(x, seen);
    if (code == 0)
        code = note_rosters(x, seen);
    if (code == 0)
        code = note_gaps(x);
    if (code == 0)
        code = read_duties(x);
    json_decref(seen);
    x->notes = simulate_sorted(x->notes, by_instant);
    return code;
}
