/* zone_file: what is in a zone, between the files of zone and wall (zone.h, wall.h). */
#ifndef REDRESS_ZONE_FILE_H
#define REDRESS_ZONE_FILE_H

#include "common/time/zone.h"

enum {
    ZONE_WORD_MAX = 15, /* characters of an abbreviation in a footer */
    ZONE_TABLE_UNTIL = 2100, /* the rule is written out into the table up to this year */
    ZONE_NEAR_MAX = 8, /* stretches around a year behind the table */
    ZONE_OFFSET_MAX = 93599, /* RFC 8536, 3.2: less than 26 hours */
    ZONE_OFFSET_MIN = -89999,
};

/* Beyond every instant in seconds, and small enough to be added to. */
#define ZONE_ENDLESS (INT64_C(1) << 60)

/* A day of every year and a time of it, as POSIX writes them in TZ. */
struct zone_change {
    enum { CHANGE_WEEKDAY, CHANGE_JULIAN, CHANGE_DAY } kind; /* Mm.w.d, Jn, n */
    int month, week, weekday; /* WEEKDAY: week 5 is the last; Sunday is 0 */
    int day; /* JULIAN: 1 to 365, never 29 February; DAY: 0 to 365 */
    int32_t seconds; /* since midnight, by the clock that was valid before; may leave the day */
};

/* The rule for instants behind the table. */
struct zone_rule {
    bool given, has_summer;
    int32_t standard, summer; /* seconds east of UTC */
    char standard_word[ZONE_WORD_MAX + 1], summer_word[ZONE_WORD_MAX + 1];
    struct zone_change begins, ends; /* of summer time */
};

/* Time cut into stretches in which the wall runs evenly: stretch i begins at at[i] and ends where
 * the next one begins. `high` is the latest time that the wall has shown when stretch i ends, `low`
 * the earliest that it shows from its beginning on; neither ever falls. All in seconds. */
struct zone_table {
    size_t count;
    int64_t *at, *high, *low;
    int32_t *offset;
    const char **word;
};

struct zone {
    struct zone_rule rule;
    struct zone_table table;
    int64_t until; /* instants and walls before it are in the table, those behind follow the rule */
    const char *words;
    int64_t room[]; /* of the table and the words */
};

/* A footer without its line ends: 0, or -EBADMSG. */
int zone_rule_parse(struct text t, struct zone_rule *ret);

/* What the rule says at the instant in seconds. */
int32_t zone_rule_at(const struct zone_rule *r, int64_t seconds, const char **ret_word);

/* The changes of some years in their order, two a year; where two fall together, as in a year that
 * is always summer, summer is last. */
struct zone_turn {
    int64_t at; /* seconds */
    int32_t offset;
    const char *word; /* the rule's */
};
void zone_rule_years(const struct zone_rule *r, int64_t first, size_t years, struct zone_turn *ret);

/* Appends a stretch; one that would begin where the last one did takes its place. */
void zone_table_push(struct zone_table *t, int64_t at, int32_t offset, const char *word);
/* Fills in high and low. */
void zone_table_finish(struct zone_table *t);

/* The years around an instant behind the table. */
struct zone_near {
    struct zone_table table;
    int64_t at[ZONE_NEAR_MAX], high[ZONE_NEAR_MAX], low[ZONE_NEAR_MAX];
    int32_t offset[ZONE_NEAR_MAX];
    const char *word[ZONE_NEAR_MAX];
};

/* The table in which an instant, or a time on the wall, in seconds is to be looked up. */
const struct zone_table *zone_table_for(const struct zone *z, int64_t seconds,
                                        struct zone_near *near);

/* The stretch in which an instant lies. */
size_t zone_table_at(const struct zone_table *t, int64_t seconds);

/* Times on the wall, in seconds, between which every time is shown once: [from, to). */
struct wall_even {
    int64_t from, to;
    int32_t offset;
};
/* False when the wall shows that time twice or never. */
bool wall_even(const struct zone *z, int64_t local, struct wall_even *ret);

/* wall_first and wall_last in seconds. */
int64_t wall_first_second(const struct zone *z, int64_t local);
int64_t wall_last_second(const struct zone *z, int64_t local);

/* What the wall shows at an instant in seconds; and the latest that it has shown before and the
 * earliest that it shows from then on, which differ from it around a clock that goes back. */
int64_t wall_local(const struct zone *z, int64_t seconds, int64_t *ret_high, int64_t *ret_low);

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. */
int64_t zone_days(int64_t year, int month, int day);
void zone_date(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day);

static inline int64_t floor_to(int64_t v, int64_t unit)
{
    return v / unit - (v % unit < 0);
}

#endif
