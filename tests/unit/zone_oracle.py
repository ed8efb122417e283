#!/usr/bin/python3
# What Python's zoneinfo says of many instants in every zone: "zone seconds offset word printed" a line, for zone_test.c.
import datetime
import random
import sys
import zoneinfo

ROOT = zoneinfo.TZPATH[0] if zoneinfo.TZPATH else "/usr/share/zoneinfo"
DAYS, MONTHS = ("Mon Tue Wed Thu Fri Sat Sun".split(), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
BEGIN, END = (int(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc).timestamp()) for year in (1970, 2101))
# Summer in winter, rules as days of the year, changes outside of the day, no change at all, and names of old.
MORE = ["Europe/Dublin", "Africa/Casablanca", "America/Nuuk", "Asia/Gaza", "Antarctica/Troll", "Australia/Lord_Howe", "Asia/Tehran",
        "Etc/GMT+12", "Etc/GMT-14", "Pacific/Kiritimati", "EST5EDT", "America/Argentina/Buenos_Aires", "Etc/UTC", "Zulu"]


def names():
    with open(f"{ROOT}/zone1970.tab", encoding="utf-8") as table:
        listed = [line.split("\t")[2].strip() for line in table if not line.startswith("#")]
    return sorted(set(listed + MORE))


def changes(zone, dice):
    """Instants around a few changes of the offset, found by halving years."""
    for year in dice.sample(range(1970, 2100), 6):
        low = int(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
        for begin in (low, low + 182 * 86400):
            end = begin + 182 * 86400
            if offset(zone, begin) == offset(zone, end):
                continue
            while end - begin > 1:
                middle = (begin + end) // 2
                begin, end = (middle, end) if offset(zone, middle) == offset(zone, begin) else (begin, middle)
            yield from (begin, end, begin - 1, end + 3599)


def offset(zone, seconds):
    return datetime.datetime.fromtimestamp(seconds, zone).utcoffset()


def main():
    dice = random.Random(int(sys.argv[1]))
    for name in names():
        zone = zoneinfo.ZoneInfo(name)
        chosen = [dice.randrange(BEGIN, END) for _ in range(int(sys.argv[2]))]
        for seconds in chosen + list(changes(zone, dice)):
            at = datetime.datetime.fromtimestamp(seconds, zone)
            print(name, seconds, int(at.utcoffset().total_seconds()), at.tzname(), DAYS[at.weekday()], at.day, MONTHS[at.month - 1],
                  at.year, f"{at.hour:02}:{at.minute:02}", at.tzname())


main()
