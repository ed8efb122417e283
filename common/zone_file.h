/* zone_file: what is in a TZif file, between the files of zone (zone.h). */
#ifndef REDRESS_ZONE_FILE_H
#define REDRESS_ZONE_FILE_H

#include "common/zone.h"

enum { ZONE_WORD_MAX = 15 /* characters of an abbreviation in a footer */ };

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

/* The file's tables are read where they lie, big-endian. */
struct zone {
    struct zone *next;
    char name[ZONE_NAME_MAX + 1];
    struct zone_rule rule;
    size_t change_count, type_count;
    size_t width; /* bytes of an instant: 4 or 8 */
    const uint8_t *instants, *kinds, *types;
    const char *words;
    uint8_t bytes[];
};

/* A footer without its line ends: 0, or -EBADMSG. */
int zone_rule_parse(struct text t, struct zone_rule *ret);

/* What the rule says at the instant in seconds. */
int32_t zone_rule_at(const struct zone_rule *r, int64_t seconds, const char **ret_word);

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. */
int64_t zone_days(int64_t year, int month, int day);
void zone_date(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day);

#endif
