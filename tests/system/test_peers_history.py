"""Nothing is ever sent from history: neither while it is imported, nor when its clock is adopted, nor when people come to be known
afterwards. What happens from then on is told."""
import csv
import json

import pytest

import peers
import redress

CLIENTS, TICKETS = ("north", "south"), 12
RAISED = TICKETS - 1  # the clocks of the last one still run when the history ends, and lapse


def rows():
    """A year ago: tickets that ran out of time; every third is solved after two days, the others are open to this day."""
    for n in range(TICKETS):
        client, name, day = CLIENTS[n % 2], f"T{n}", f"2025-11-{n + 1:02}"
        base = {"client": client, "number": name, "opened_at": f"{day}T08:00:00Z", "priority": 1 + n % 2, "title": f"Old outage {n}"}
        yield {**base, "updated_at": f"{day}T08:00:00Z", "state": "new"}
        if n % 3 == 0:
            yield {**base, "updated_at": f"2025-11-{n + 3:02}T08:00:00Z", "state": "resolved"}


def imported(suite):
    """The history of a year ago, with the same settings that the running suite has."""
    suite.data.mkdir(parents=True, mode=0o700)
    path = suite.data.parent / "tickets.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(next(rows())))
        writer.writeheader()
        writer.writerows(sorted(rows(), key=lambda row: row["updated_at"]))
    done = suite.cli("import", "tickets", path, "--map", "ticket-log", "--history", "--config", suite.config, "-o", "json")
    suite.printed = json.loads(done.stdout)


@pytest.fixture(name="told", scope="module")
def fixture_told():
    found = {}

    def before(suite):
        imported(suite)
        found["connections"] = told.mailbox.connections + told.hooks.connections
        found["outbox"] = sorted((suite.data / "outbox").glob("*"))
    told = peers.Told(before=before, up=("--adopt-clock",))
    with told:
        told.found = found
        yield told


def raised_then(told):
    return [event for event in told.events("escalation.raised", "escalation") if event["time"] < "2026"]


def test_the_import_reaches_nobody(told):
    assert told.suite.printed["rows"] == TICKETS + TICKETS // 3 and told.suite.printed["escalations"] == RAISED
    assert len(raised_then(told)) == RAISED
    assert told.found["connections"] == 0
    assert told.found["outbox"] == [], "nobody was known then, so there was nobody to write to"


def test_its_messages_are_records_only(told):
    """One record a raise that the client was unknown, stamped with the time of the data, and none waits."""
    everything = told.messages()
    assert {row["failure"] for row in everything} == {"client_unknown"} and len(everything) == RAISED
    assert all(row["state"] == "failed" and row["queued_at"] < "2026" and "attempts" not in row for row in everything)
    assert "message.attempted" not in {event["type"] for event in told.events()}


def test_who_becomes_known_hears_of_the_present_only(told):
    """People for the clients of history; then a new escalation, which is told while nothing of the past is."""
    for person in ("ann", "mia"):
        told.person(person, peers.mail(person))
    told.person("pager", (told.hooks.url("/pager"), None))
    for client in CLIENTS:
        told.client(client, {1: ["ann", "pager"], 4: ["mia"], 6: ["mia"]}, contact=f"contact-{client}", executives=[f"chief-{client}"])
    fresh = told.raised("north", "Outage of today")
    told.mailbox.wait(peers.mail("ann"))
    told.hooks.wait("/pager")
    told.suite.down()
    told.suite.up()
    told.raised("south", "Another of today")
    told.mailbox.wait(peers.mail("ann"), 2)
    told.hooks.wait("/pager", 2)
    told.settled(count=RAISED + 4)
    letters = told.mailbox.letters
    assert len(letters) == 2 and all("of today" in letter.plain for letter in letters), [letter.plain for letter in letters]
    assert len(told.hooks.hooks) == 2 and fresh in letters[0].plain
    assert not told.events("message.failed")
    assert len(told.events("escalation.raised", "escalation")) == RAISED + 2


def test_a_record_of_history_may_be_tried_again_by_nobody(told):
    """It was for nobody; asking for it again is refused with that word."""
    row = next(row for row in told.messages("north") if row.get("failure") == "client_unknown")
    reply = told.message_ask.command("message.retry", "north", {"message": row["id"]}, actor="mia")
    assert (reply["status"], reply["code"]) == ("refused", "nobody")
    told.settled("north")
    assert len(told.mailbox.letters) == 2


def test_the_directory_proves_itself(told):
    told.suite.down()
    told.suite.cli("verify")
