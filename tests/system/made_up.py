"""Made-up catalogs and logs by seeds (test_differential.py): rows of the real log's columns, and more where a catalog says what
they mean; files that `redress apply` and the oracle's book read alike. Instants are round minutes, so that facts, timers, ends of
working days and changes of clocks meet."""
import csv
import datetime
import random

import redress
import test_import
from test_oracle import row

STATES = ("New", "Active", "Active", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence",
          "Resolved", "Closed", "-100")
STEPS = (0, 0, 1, 5, 15, 30, 60, 75, 120, 240, 600, 1440, 2400)
FAR = (0, 5, 15, 60, 120, 240, 600, 1440, 2400, 3120, 4320)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland")
DAYS = ("mon,tue,wed,thu,fri", "mon,tue,wed,thu,fri", "mon,tue,wed,thu,fri,sat,sun", "sat,sun", "mon,wed")
PENDING = ("pending_client", "pending_supplier", "pending_problem", "pending_evidence")
START = datetime.datetime(2016, 3, 1)
MAP = (redress.ROOT / "deploy" / "maps" / "uci-incidents.yaml").read_text(encoding="utf-8")
MORE = """  service: {column: service, optional: true}
  client_contact_at: {column: client_contact_at, optional: true}
  provider_contact_at: {column: provider_contact_at, optional: true}
"""


def stamp(minute):
    return (START + datetime.timedelta(minutes=minute)).strftime("%d/%m/%Y %H:%M")


def day(number):
    return (START.date() + datetime.timedelta(days=number)).isoformat()


def life(dice, number, promised=False):
    """The rows of one ticket. Where things were promised, it comes on any day of the weeks around changes of clocks, lasts
    for days, has a service, and people talk about it."""
    minute, priority, rows = dice.randrange(0, 3000, 5), dice.choice((1, 1, 2, 2, 3, 4)), []
    if promised:
        minute, priority = dice.randrange(0, 40 * 1440, 15), dice.choice((1, 2, 3, 3, 4))
    opened = stamp(minute - dice.choice((0, 0, 5, 15, 100, 700, -30)))
    group, reopened, service, more = dice.choice("AB?"), 0, dice.choice(("mail", "shop", "Unheard of", "?")), {}
    for mod in range(dice.randrange(1, 12)):
        state = dice.choice(STATES)
        if dice.random() < 0.25:
            priority = dice.randrange(1, 5)
        if dice.random() < 0.3:
            group = dice.choice("ABC?")
        if promised:
            service = dice.choice(("mail", "shop", "Unheard of", "?")) if dice.random() < 0.15 else service
            more["service"] = service
            if dice.random() < 0.3:
                more["client_contact_at"] = stamp(minute - dice.choice((0, 0, 10, 45)))
            if dice.random() < 0.2:
                more["provider_contact_at"] = stamp(minute - dice.choice((0, 5, 30)))
        reopened += rows != [] and rows[-1]["incident_state"] in ("Resolved", "Closed") and state == "Active"
        rows.append(row(0, state, priority, group, dice.choice((mod, mod, mod, 3)), f"INC{number}", opened_at=opened,
                        sys_updated_at=stamp(minute), made_sla=dice.choice(("true", "false")), reopen_count=str(reopened),
                        location=f"Location {dice.randrange(1, 6)}", **more))
        minute += dice.choice(FAR if promised else STEPS)
    return rows


def write(path, seed, tickets, promised=False):
    dice = random.Random(seed)
    rows = [each for number in range(tickets) for each in life(dice, number, promised)]
    dice.shuffle(rows)
    with open(test_import.SMALL, encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    if promised:
        names += ["service", "client_contact_at", "provider_contact_at"]
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="?")
        writer.writeheader()
        writer.writerows(rows)


def mapping(path):
    """The shipped mapping of the real log, and the columns that it lacks."""
    path.write_text(MAP.replace("\ndetails:", MORE + "\ndetails:", 1), encoding="utf-8")
    return path


# --- catalogs --------------------------------------------------------------------------------------------------------


def clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


def hours(dice):
    """One or two spans of some days."""
    one = dice.randrange(6 * 60, 11 * 60, 30)
    two = dice.choice((1020, 1080, 1260, 1440))
    days = dice.choice(DAYS)
    if dice.random() < 0.3:
        return [{"days": days, "from": clock(one), "to": "12:00"}, {"days": days, "from": "13:00", "to": clock(two)}]
    return [{"days": days, "from": clock(one), "to": clock(two)}]


def calendar(dice, name):
    versions = [{"from": "2015-01-01", "hours": hours(dice)}]
    if dice.random() < 0.4:
        versions.append({"from": day(dice.randrange(5, 40)), "hours": hours(dice)})
    holidays = [{"date": day(d)} for d in sorted(dice.sample(range(60), dice.randrange(6)))]
    for holiday in holidays:
        if dice.random() < 0.3:
            holiday.update({"from": "02:30", "to": "12:00"})
    return {"id": name, "zone": dice.choice(ZONES), "versions": versions, "holidays": holidays}


def term(dice, priority, metric, calendars, services):
    made = {"priority": priority, "metric": metric}
    if services and dice.random() < 0.4:
        made["service"] = dice.choice(services)
    if metric == "response" or dice.random() < 0.7:  # a response target is not longer than one to resolve
        made["within"] = f"PT{dice.choice((15, 30, 60) if metric == 'response' else (60, 120, 240, 480, 960))}M"
    else:
        made["days"] = dice.randrange(1, 4)
        made["end_of_day"] = dice.random() < 0.5
    if dice.random() < 0.25:
        made["calendar"] = dice.choice(calendars)
    return made


def terms(dice, metrics, calendars, services=()):
    """At most one a service, priority and metric."""
    made = {}
    for _ in range(dice.randrange(2, 12)):
        one = term(dice, dice.randrange(1, 5), dice.choice(metrics), calendars, services)
        made.setdefault((one.get("service"), one["priority"], one["metric"]), one)
    return list(made.values())


def contract(dice, name, calendars):
    services = dice.choice((["mail"], ["shop"], ["mail", "shop"]))
    start = dice.choice((-400, -40, -40, 10, 20))
    made = {"id": name, "client": str(dice.randrange(1, 6)), "services": services, "start": day(start),
            "terms": terms(dice, ("response", "resolve", "resolve", "update"), calendars, services)}
    if dice.random() < 0.3:
        made["end"] = day(dice.randrange(max(start, 0) + 1, 60))
    if dice.random() < 0.5:
        made["calendar"] = dice.choice(calendars)
    pauses = dice.random()
    if pauses < 0.4:
        made["pauses"] = dice.sample(PENDING, dice.randrange(1, 4))
    elif pauses < 0.5:
        made["never_pauses"] = True
    return made


def agreement(dice, name, calendars, contracts):
    made = {"id": name, "kind": "internal", "groups": dice.sample("ABC", dice.randrange(1, 3)), "start": day(dice.choice((-30, -10, 15))),
            "terms": terms(dice, ("response",), calendars)}
    if dice.random() < 0.5:
        made["calendar"] = dice.choice(calendars)
    if dice.random() < 0.3:
        made["contracts"] = [dice.choice(contracts)]
    return made


def catalog(seed):
    """A dict of lists, as files of the catalog say it."""
    dice = random.Random(seed)
    calendars = [f"hours-{n}" for n in range(4)]
    contracts = [contract(dice, f"contract-{n}", calendars) for n in range(9)]
    clients = [{"id": str(n), "name": f"Client {n}", "zone": dice.choice(ZONES)} for n in range(1, 6)]
    for client in clients:
        if dice.random() < 0.4:
            client["calendar"] = dice.choice(calendars)
        if dice.random() < 0.4:
            client["targets"] = [{"priority": dice.randrange(1, 5), "resolve": "PT90M"}]
    return {"calendars": [calendar(dice, name) for name in calendars],
            "services": [{"id": name, "name": name} for name in ("mail", "shop")],
            "groups": [{"id": name, "side": "provider"} for name in "ABC"],
            "clients": clients, "contracts": contracts,
            "agreements": [agreement(dice, f"agreement-{n}", calendars, [c["id"] for c in contracts]) for n in range(4)]}
