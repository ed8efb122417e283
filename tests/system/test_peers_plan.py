"""The model at work: who is on duty, who has a role and what the matrix of responsibilities says decide who gets a mail, through
a real mail server and all services, on a fast clock and in several partitions. What `catalog.who` answers beforehand is what
then happens."""
import pytest

import cases
import mailbox
import peers
import redress

PARTITIONS = 4
MINUTE = 60 * 1_000_000  # a second of ours
TEAM = ("duty-one", "duty-two", "lead", "worker", "helper", "answers", "knows", "asked", "chief", "boss", "nobody-else")


@pytest.fixture(name="told", scope="module")
def fixture_told():
    """A minute a second. One group with a roster, roles for the levels, a matrix for the mail."""
    with peers.Told(clock="x60", http=True, partitions=PARTITIONS, options={"expires_after": "P1D"}) as told:
        for person in TEAM:
            told.person(person)
        told.person("sam", "sam@supplier.test", side="supplier")
        told.set("group.set", {"id": "Net", "side": "provider", "members": [{"person": "lead", "lead": True}, {"person": "duty-one"}]})
        told.set("roster.set", roster("net", "Net", ["duty-one"]))
        for role, more in {"worker": {"person": "worker", "backup": "helper"}, "answers": {"person": "answers"},
                           "knows": {"person": "knows"}, "asked": {"person": "asked"},
                           "second": {"level": 2, "person": "chief"}, "third": {"level": 3, "person": "boss"}}.items():
            told.set("role.set", {"id": role, "name": f"Role {role}", "side": "provider", **more})
        told.set("role.set", {"id": "user", "name": "User", "side": "client"})
        told.set("role.set", {"id": "cable", "name": "Cables", "side": "supplier", "person": "sam"})
        told.set("service.set", {"id": "post", "name": "Post"})
        told.set("component.set", {"id": "mail", "name": "Mail", "services": [{"service": "post"}]})
        told.set("process.set", {"id": "incident", "name": "Incidents"})
        told.set("raci.set", {"id": "mail:incident", "component": "mail", "process": "incident", "cells": [
            {"role": role, "letter": letter} for role, letter in
            (("worker", "R"), ("cable", "R"), ("answers", "A"), ("asked", "C"), ("knows", "I"), ("user", "I"))]})
        yield told


def roster(ident, group, people, **more):
    layer = {"name": "all", "from": "2026-01-01", "handover": "00:00", "unit": "day", "every": 1,
             "people": [{"person": person} for person in people]}
    return {"id": ident, "group": group, "zone": "Europe/Berlin", "layers": [layer], **more}


def now(told):
    """The suite's clock, from what its status says."""
    told.set("person.set", {"id": "tick", "name": f"at {redress.uuid7()}", "side": "provider"})
    return redress.instant(told.events(service="catalog")[-1]["time"])


def client_of(told, name, contact, **more):
    """A client of a partition of its own choice; level 1 is who is on duty for Net."""
    told.client(name, {}, contact=contact)
    told.set("client.set", {"id": name, "name": name, "primary_contact": contact,
                            "holders": [{"level": 1, "group": "Net"}], **more})
    told.heard()
    return name


def who(told, client, **more):
    """Rows of catalog.who."""
    reply = told.catalog_ask.query("catalog.who", {"client": client, **more}, limit=500)
    assert reply["status"] == "ok", reply
    return reply["result"]


def of_part(rows, part, **more):
    """Those who would be told in that part of the answer."""
    return {row["person"] for row in rows if row["part"] == part and row.get("person")
            and all(row.get(key) == value for key, value in more.items())}


def mails(told, cause):
    """People by the messages about an event that a mail server took; each of them once."""
    found = [row for row in told.messages() if row["cause"] == cause and row["state"] == "sent"]
    people = [row["person"] for row in found]
    assert len(people) == len(set(people)), found
    addresses = {"sam": "sam@supplier.test"}
    for row in found:
        own = addresses.get(row["person"], peers.mail(row["person"]) if row["person"] in TEAM else f"{row['person']}@client.test")
        letters = [each for each in told.mailbox.of(own) if each.mail["X-Redress-Message"] == row["id"]]
        assert len(letters) == 1, (row, letters)
    return {row["person"]: row for row in found}


def event_of(told, type_, client, **data):
    """The first event of that type about that client, once it is there."""
    partition = redress.partition_of(client, PARTITIONS)

    def look():
        return [event for event in told.events(type_, "escalation", partition) if event["partitionkey"] == client
                and all(event["data"].get(key) == value for key, value in data.items())]
    return redress.wait_for(look, what=f"{type_} of {client}")[0]


def told_of(told, event, count):
    """Who got a mail about an event, once so many have."""
    redress.wait_for(lambda: len([row for row in told.messages() if row["cause"] == event["id"] and row["state"] == "sent"]) >= count,
                     redress.PATIENCE, f"{count} mails about {event['type']}: {[r for r in told.messages() if r['cause'] == event['id']]}")
    redress.pause(1)
    return mails(told, event["id"])


def everywhere(told, stage, person):
    """Messages in all partitions; each partition is asked, so that none hides one that another should have."""
    return [row for row in told.messages() if row["stage"] == stage and row["person"] == person]


def test_the_matrix_is_executed(told):
    """A ticket about a component passes its thresholds: R, A and I get what RULES.md says, and so does the client."""
    client = client_of(told, "matrixed", "okoro", targets=[{"priority": 2, "response": "PT30M", "resolve": "PT40M"}])
    expected = who(told, client, component="mail", severity=3)
    opened = redress.instant_text(now(told))
    fact = {"priority": 2, "service": "post", "component": "mail", "opened_at": opened}
    told.ask.ok("ticket.record", client, cases.fact("M1", **fact, updated_at=opened, title="No mail leaves"))
    raised = event_of(told, "escalation.raised", client)
    assert raised["data"]["cause"] == "threshold" and raised["data"]["component"] == "mail"
    level = raised["data"]["level"]
    workers, accountable, informed = (of_part(expected, "matrix", letter=letter) for letter in "RAI")
    assert workers == {"worker", "helper", "sam"} and accountable == {"answers"} and informed == {"knows", "okoro"}
    lines = set().union(*(of_part(expected, "line", level=each) for each in range(2, level + 1)))
    assert lines <= {"chief", "boss"}
    got = told_of(told, raised, len(workers | accountable | lines) + 1)
    assert set(got) == workers | accountable | lines | {"knows"}, "and nobody of the client at a raise"
    readers = {person: (row["reader"], row.get("letter")) for person, row in got.items()}
    assert readers["worker"] == readers["helper"] == ("responder", "R") and readers["sam"] == ("partner", "R")
    assert readers["answers"] == ("manager", "A") and readers["knows"] == ("informed", "I")
    letter = told.mailbox.wait(peers.mail("worker"))[-1]
    assert "Role worker" in letter.plain and "/a/" in letter.plain, letter.plain
    outside = told.mailbox.wait("sam@supplier.test")[-1]
    assert "No mail leaves" in outside.plain and "/a/" not in outside.plain and "Level" not in outside.plain, outside.plain
    assert "Nothing is asked of you" in told.mailbox.wait(peers.mail("knows"))[-1].plain
    asked = event_of(told, "consultation.asked", client)
    got = told_of(told, asked, 1)
    assert set(got) == of_part(expected, "matrix", letter="C") == {"asked"} and got["asked"]["stage"] == "consulted"
    assert got["asked"]["answer_by"] == asked["data"]["until"]
    assert "Role asked" in told.mailbox.wait(peers.mail("asked"))[-1].plain
    solved = redress.instant_text(now(told))
    told.ask.ok("ticket.record", client, cases.fact("M1", **fact, mod_count=1, updated_at=solved, state="resolved"))
    resolved = event_of(told, "escalation.resolved", client)
    got = told_of(told, resolved, len(workers | accountable) + 2)
    assert workers | accountable | {"knows", "okoro"} <= set(got) <= workers | accountable | {"knows", "okoro", "chief", "boss"}
    assert got["knows"]["reader"] == "informed" and got["okoro"]["reader"] == "client"


def test_a_shift_that_changes_between_two_levels_changes_who_is_told(told):
    """Level 1 is told to who is on duty then, level 2 to who has come on duty since; whoever comes hears of it once."""
    client = client_of(told, "shifty", "shifty-contact", holders=[{"level": 1, "group": "Net"}, {"level": 2, "group": "Net"}])
    assert of_part(who(told, client), "line", level=1) == of_part(who(told, client), "line", level=2) == {"duty-one"}
    told.raised(client, "nobody takes it", severity=1)  # and level 2 is told ten minutes later
    assert set(told_of(told, event_of(told, "escalation.raised", client), 1)) == {"duty-one"}
    begin = now(told) + 2 * MINUTE
    told.set("override.set", {"id": "swap", "roster": "net", "person": "duty-two", "from": redress.instant_text(begin),
                              "to": redress.instant_text(begin + 600 * MINUTE)})
    later = redress.instant_text(begin + MINUTE)
    assert of_part(who(told, client, at=later), "line", level=2) == {"duty-two"}, "asked ahead of time"
    told.heard()
    climbed = event_of(told, "escalation.level_raised", client, level=2)
    assert set(told_of(told, climbed, 1)) == {"duty-two"}
    told.wait_messages("provider", stage="shift_started", person="duty-two", state="sent")
    notices = everywhere(told, "shift_started", "duty-two")
    assert len(notices) == 1, "all partitions hear the catalog, and one tells"
    letter = [each for each in told.mailbox.of(peers.mail("duty-two")) if each.mail["X-Redress-Message"] == notices[0]["id"]][0]
    assert letter.mail["Subject"].startswith("You are on duty for Net until")
    assert len(everywhere(told, "shift_started", "duty-one")) == 1
    told.set("override.remove", {"override": "swap"})


def test_what_is_wrong_with_a_roster_is_told_to_who_leads(told):
    """Nobody in some hours, somebody without an address; and a hand-over that nobody accepts stays with who went."""
    told.set("person.set", {"id": "silent", "name": "Silent", "side": "provider"})
    told.set("group.set", {"id": "Night", "side": "provider", "members": [{"person": "boss", "lead": True}]})
    hours = {"restrictions": [{"days": "mon-sun", "from": "08:00", "to": "20:00"}]}
    plan = roster("night", "Night", ["silent"])
    plan["layers"][0].update(hours)
    told.set("roster.set", plan)
    for stage in ("duty_gap", "duty_unreachable"):
        row = told.wait_messages("provider", stage=stage, group="Night", state="sent")[0]
        assert row["person"] == "boss" and row["about"] == "roster/night", row
    subjects = [each.mail["Subject"] for each in told.mailbox.of(peers.mail("boss"))]
    assert [each for each in subjects if "Nobody will be on duty for Night" in each]
    assert [each for each in subjects if "Silent cannot be reached on duty for Night" in each]
    told.set("group.set", {"id": "Hand", "side": "provider", "members": [{"person": "lead", "lead": True}]})
    told.set("roster.set", roster("hand", "Hand", ["chief"], accept_within="PT4M"))
    begin = now(told) + 2 * MINUTE
    told.set("override.set", {"id": "hand-over", "roster": "hand", "person": "worker", "from": redress.instant_text(begin),
                              "to": redress.instant_text(begin + 600 * MINUTE)})
    asked = told.wait_messages("provider", 2, stage="handover_asked", group="Hand", state="sent")
    assert {row["person"] for row in asked} == {"worker", "chief"} and len(asked) == 2
    missed = told.wait_messages("provider", 2, stage="handover_missed", group="Hand", state="sent")
    assert {row["person"] for row in missed} == {"chief", "lead"} and len(missed) == 2
    told.set("duty.accept", {"duty": "hand", "person": "worker"})
    taken = told.wait_messages("provider", 1, stage="shift_started", person="worker", group="Hand", state="sent")
    assert len(taken) == 1


def test_a_silent_supplier_is_climbed_by_its_agreement(told):
    """Not by the group's own line, while the agreement is in force; the owner of the incident is who is on duty."""
    told.person("sue", "sue@supplier.test", side="supplier")
    told.set("partner.set", {"id": "cableco", "name": "CableCo", "state": "active"})
    told.set("group.set", {"id": "Cable hands", "side": "supplier", "partner": "cableco", "holders": [{"level": 1, "person": "sue"}]})
    told.set("agreement.set", {"id": "uc", "kind": "supplier", "partner": "cableco", "groups": [{"group": "Cable hands"}],
                               "start": "2026-01-01", "holders": [{"level": 1, "person": "sam"}, {"level": 3, "person": "boss"}],
                               "terms": [{"priority": 1, "metric": "response", "within": "PT5M"}]})
    client = client_of(told, "cabled", "cabled-contact", targets=[{"priority": 1, "response": "PT5M", "resolve": "P1D"}])
    expected = who(told, client, group="Cable hands")
    assert of_part(expected, "group", level=1) == {"sam"}
    opened = redress.instant_text(now(told))
    for n, group in enumerate(("Service desk", "Cable hands")):
        told.ask.ok("ticket.record", client, cases.fact("C1", mod_count=n, priority=1, group=group, title="Line cut",
                                                        opened_at=opened, updated_at=opened, state="active"))
    raised = event_of(told, "escalation.raised", client, cause="silence")
    people = of_part(expected, "line", level=1)
    for level in range(1, raised["data"]["level"] + 1):
        people |= of_part(expected, "group", level=level)
    assert set(told_of(told, raised, len(people))) == people


def test_a_day_of_the_plan_draws_near(told):
    """The reminder goes to its person; refused by the server, it is tried again by hand, as any message."""
    told.mailbox.answer(peers.mail("nobody-else"), mailbox.REJECTED)
    told.set("plan.set", {"id": "year", "name": "The year", "owner": "nobody-else", "every_days": 365,
                          "next_evaluation": redress.from_now(86400 * 40)[:10]})
    told.set("relationship.set", {"id": "rel", "kind": "client", "client": client_of(told, "related", "rel-contact"),
                                  "manager": "nobody-else", "every_days": 30, "next_review": redress.from_now(86400 * 2)[:10]})
    row = told.wait_messages("provider", stage="reminder_due", state="failed")[0]
    assert (row["person"], row["what"], row["failure"]) == ("nobody-else", "relationship_review", "rejected"), row
    told.message_ask.ok("message.retry", "provider", {"message": row["id"]})
    told.wait_messages("provider", stage="reminder_due", state="sent")
    assert "the review of a relationship" in told.mailbox.of(peers.mail("nobody-else"))[-1].mail["Subject"]
    token = told.token("boss", "viewer")
    status, _, body = told.http("GET", "/v1/messages?client=provider&limit=100", bearer=token)
    assert status == 200 and row["id"] in body.decode(), body
    for role in ("viewer", "operator", "client"):
        scoped = told.token("rel-contact" if role == "client" else "boss", role, ["related"])
        for path in ("/v1/messages?client=provider&limit=100", "/v1/messages?client=related&limit=100", f"/v1/messages/{row['id']}",
                     f"/v1/messages/{row['id']}?client=provider"):
            status, _, body = told.http("GET", path, bearer=scoped)
            assert row["id"] not in body.decode() or status in (403, 404), (role, path, status, body)
