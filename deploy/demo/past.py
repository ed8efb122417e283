"""Twelve weeks before the story, as a help desk exports them: tickets of two clients, ordinary until the gateway of the scanners
at one of them begins to fail every other day. Days are those before `today`; the same every time."""
import csv
import datetime
import io
import random

COLUMNS = ("ticket_id", "client_id", "service", "component", "type", "priority", "opened_at", "first_response_at", "resolved_at",
           "closed_at", "status", "reassignment_count")
WEEKS, FAILS_FROM_WEEK = 12, 9
# (client, service, component, title, tickets a week)
ORDINARY = (
    ("lindner-logistics", "warehouse", "label-printer", 2), ("lindner-logistics", "mail", "mail-gateway", 3),
    ("lindner-logistics", "accounts", "directory", 4), ("lindner-logistics", "warehouse", "scanner-gateway", 0.4),
    ("harbor-hospital", "records", "records-db", 1), ("harbor-hospital", "accounts", "directory", 5))
CHRONIC = ("lindner-logistics", "warehouse", "scanner-gateway")


def days(today):
    """The weekdays of the twelve weeks before, with the number of their week."""
    monday = today - datetime.timedelta(days=today.weekday() + 7 * WEEKS)
    for week in range(WEEKS):
        for day in range(5):
            yield week, monday + datetime.timedelta(days=7 * week + day)


def ticket(number, about, day, dice, hours):
    """A row: opened in the morning, taken within half an hour, solved after `hours`."""
    client, service, component = about
    opened = datetime.datetime.combine(day, datetime.time(7), datetime.timezone.utc) + datetime.timedelta(minutes=dice.randrange(180))
    taken, solved = opened + datetime.timedelta(minutes=dice.randrange(5, 25)), opened + datetime.timedelta(hours=hours)
    return {"ticket_id": f"T-{number:04}", "client_id": client, "service": service, "component": component, "type": "incident",
            "priority": 2, "opened_at": opened.isoformat(), "first_response_at": taken.isoformat(), "resolved_at": solved.isoformat(),
            "closed_at": (solved + datetime.timedelta(minutes=30)).isoformat(), "status": "closed",
            "reassignment_count": dice.randrange(2)}


def written(rows):
    """The text of the file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def tickets(today):
    """The file, as text, and how often the gateway failed in each week."""
    dice, rows, failures = random.Random(7), [], [0] * WEEKS
    for week, day in days(today):
        for client, service, component, often in ORDINARY:
            for _ in range(2):
                if dice.random() < often / 10:
                    rows.append(ticket(len(rows) + 1, (client, service, component), day, dice, dice.uniform(1, 6)))
                    failures[week] += (client, service, component) == CHRONIC
        if week >= FAILS_FROM_WEEK and day.weekday() % 2 == 0:
            for _ in range(3):  # the same gateway, three times a day, and solved late
                rows.append(ticket(len(rows) + 1, CHRONIC, day, dice, dice.uniform(9, 14)))
                failures[week] += 1
    return written(rows), failures
