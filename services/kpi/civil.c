/* civil: see civil.h. Years begin in March inside, so that the leap day is a year's last. */
#include "services/kpi/civil.h"

enum { DAYS_OF_400_YEARS = 146097, MARCH_FIRST_0000 = 719468 /* days before 1970-01-01 */ };

static int64_t floor_of(int64_t n, int64_t by)
{
    return (n >= 0 ? n : n - by + 1) / by;
}

struct civil civil_of(int64_t day)
{
    int64_t shifted = day + MARCH_FIRST_0000, era = floor_of(shifted, DAYS_OF_400_YEARS);
    int64_t in_era = shifted - era * DAYS_OF_400_YEARS;
    int64_t year =
        (in_era - in_era / 1460 + in_era / 36524 - in_era / (DAYS_OF_400_YEARS - 1)) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153;
    bool next_year = month > 9; /* January and February */
    return (struct civil){ .year = year + era * 400 + next_year,
                           .month = next_year ? month - 9 : month + 3,
                           .day = in_year - (153 * month + 2) / 5 + 1 };
}

int64_t civil_day(int64_t year, int64_t month, int64_t day)
{
    int64_t months = year * 12 + month - 1 - 2; /* since March of the year 0 */
    int64_t from_march = floor_of(months, 12), in_year = months - from_march * 12;
    int64_t era = floor_of(from_march, 400), in_era = from_march - era * 400;
    return era * DAYS_OF_400_YEARS + in_era * 365 + in_era / 4 - in_era / 100 +
           (153 * in_year + 2) / 5 + day - 1 - MARCH_FIRST_0000;
}

int64_t civil_later(int64_t day, int64_t months)
{
    struct civil c = civil_of(day);
    int64_t same = civil_day(c.year, c.month + months, c.day);
    int64_t last = civil_day(c.year, c.month + months + 1, 1) - 1;
    return same < last ? same : last;
}

void civil_print(int64_t day, char out[static CIVIL_DATE_SIZE])
{
    struct civil c = civil_of(day);
    int64_t n = (c.year * 100 + c.month) * 100 + c.day;
    for (int i = CIVIL_DATE_SIZE - 1; i >= 0; i--) {
        bool dash = i == 4 || i == 7;
        out[i] = (char)(dash ? '-' : '0' + n % 10);
        if (!dash)
            n /= 10;
    }
}
