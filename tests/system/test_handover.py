"""The hand-over packet with real services: what is due in the shift and what is not, whose clients it is about, and for whom it is."""
import datetime
import zoneinfo

import pytest

import cases
import redress
import sse
import web

ACME, UMBRELLA, INITECH = "acme", "umbrella", "initech"
ZONES = {"ann": "America/New_York", "bob": "Asia/Kolkata"}
HOUR = 3600
SHIFT = (-HOUR, 47 * HOUR)  # bob's, in seconds from now; a review of tomorrow lies in it at any hour


def local(instant, person="bob"):
    """As a wall where that person is shows it."""
    at = redress.EPOCH + datetime.timedelta(microseconds=redress.instant(instant))
    at = at.astimezone(zoneinfo.ZoneInfo(ZONES[person]))
    return f"{at:%a} {at.day} {at:%b %Y %H:%M %Z}"


def both(name, instant, person="bob"):
    return {name: instant, f"{name}_local": local(instant, person)}


def people_and_clients(catalog):
    for client in (ACME, UMBRELLA, INITECH):
        sse.catalog(catalog, "client.set", {"id": client, "name": client.title()})
    for person, zone in ZONES.items():
        sse.catalog(catalog, "person.set", {"id": person, "name": person.title(), "side": "provider", "zone": zone})
    sse.catalog(catalog, "person.set", {"id": "olga", "name": "Olga", "side": "client", "client": ACME})
    sse.catalog(catalog, "role.set", {"id": "responder", "name": "Responder", "side": "provider"})
    for group, client in (("network", ACME), ("quiet", INITECH)):
        sse.catalog(catalog, "group.set", {"id": group, "side": "provider"})
        sse.catalog(catalog, "delivery.set", {"id": client, "client": client, "roles": [{"role": "responder", "group": group}]})


def model(catalog):
    """Ann and Bob share the network's roster, Bob alone the quiet one; a contract, a change, risks."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    people_and_clients(catalog)
    layer = {"name": "all", "from": (today - datetime.timedelta(days=3)).isoformat(), "handover": "00:00", "unit": "week", "every": 1}
    for roster, group, person in (("net", "network", "ann"), ("still", "quiet", "bob")):
        sse.catalog(catalog, "roster.set", {"id": roster, "name": roster.title(), "group": group, "zone": "UTC", "accept_within": "PT6H",
                                            "layers": [{**layer, "people": [{"person": person}]}]})
    sse.catalog(catalog, "service.set", {"id": "mail", "name": "Mail"})
    sse.catalog(catalog, "contract.set", {"id": "c", "client": ACME, "services": [{"service": "mail"}], "start": "2026-01-01"})
    change = {"owner": "ann", "services": [{"service": "mail"}], "from": redress.from_now(3 * HOUR)}
    sse.catalog(catalog, "change.set", {"id": "move", "name": "Mail moves", "to": redress.from_now(4 * HOUR), **change})
    sse.catalog(catalog, "change.set", {"id": "later", "name": "Mail stays", "to": redress.from_now(61 * HOUR), **change,
                                        "from": redress.from_now(60 * HOUR)})
    risk = {"state": "open", "probability": 2, "impact": 3, "owner": "ann", "review_on": "2035-01-01"}
    sse.catalog(catalog, "risk.set", {"id": "fire", "name": "Fire", "client": ACME, "mitigation": "Water", **risk})
    sse.catalog(catalog, "risk.set", {"id": "queue", "name": "Queues", "service": "mail", **risk, "probability": 5})
    sse.catalog(catalog, "risk.set", {"id": "past", "name": "Past", "client": ACME, **risk, "state": "closed"})
    sse.catalog(catalog, "risk.set", {"id": "theirs", "name": "Theirs", "client": UMBRELLA, **risk})


def lived_before(suite, folder):
    """Months in which a few tickets were solved, as history: what a baseline is made of."""
    rows = ["ticket_id,client_id,service,component,type,priority,status,opened_at,first_response_at,resolved_at,closed_at"]
    for days in range(120, 30, -10):
        at = [redress.from_now(minutes * 60 - days * 24 * HOUR) for minutes in (0, 1, 2, 3)]
        rows.append(f"T{days},{ACME},mail,mx,incident,3,closed,{','.join(at)}")
    (folder / "tickets.csv").write_text("\n".join(rows) + "\n")
    suite.cli("import", "tickets", folder / "tickets.csv", "--map", "tickets-csv", "--history", "--partitions", suite.partitions)


def launch(sip, candidate):
    """The programme's id, or None while no period is closed."""
    reply = sip.command("programme.launch", ACME, {
        "candidate": candidate, "title": "Mail in time", "charter": "Mend it", "manager": "ann", "coordinator": "bob", "sponsor": "ann",
        "client_sponsor": "olga", "cadence_days": 1, "criteria": [{"kind": "closeout", "words": "They say so"}],
        "objectives": [{"name": "Attain", "kpi": "incidents", "target": "1.0000", "by": "2036-01-01", "measured": "By clocks"}]})
    assert reply["status"] == "ok" or reply["code"] == "baseline_missing", reply
    return reply["result"]["id"] if reply["status"] == "ok" else None


def programme(suite):
    """A programme whose next review is tomorrow, with an action for tomorrow, and one for later."""
    tomorrow = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=1)
    with suite.commander(service="sip") as sip:
        def say(type_, **data):
            return sip.ok(type_, ACME, data)["result"].get("id")

        candidate = say("candidate.propose", title="Mail is slow", problem="It breaks", component="mx", evidence="Calls")
        say("candidate.qualify", candidate=candidate, reason="It costs us")
        launched = redress.wait_for(lambda: launch(sip, candidate), 60, "a closed period to be the baseline")
        say("programme.cause", programme=launched, words="The queue is full")
        say("action.plan", programme=launched, words="Grow it", cause=1, owner="bob", due=tomorrow.isoformat())
        say("action.plan", programme=launched, words="Watch it", cause=1, owner="bob", due="2035-01-01")
        (row,) = sip.query("sip.programmes", {"client": ACME}, client=ACME)["result"]
    return launched, row["next_review"], tomorrow.isoformat()


class World:
    """All of it, once for all tests of this file."""

    def __init__(self, suite, door):
        self.suite, self.door = suite, door
        with suite.commander(service="catalog") as catalog:
            model(catalog)
            self.tokens = {person: sse.grant(catalog, "operator", person)[0] for person in ZONES}
            redress.wait_for(lambda: self.duty().get("person") == "ann", 60, "ann on duty")
            self.span = tuple(redress.from_now(seconds) for seconds in SHIFT)
            sse.catalog(catalog, "override.set", {"id": "o", "roster": "net", "person": "bob", "from": self.span[0], "to": self.span[1]})
        redress.wait_for(lambda: self.duty().get("incoming") == "bob", 60, "bob to be asked")
        with suite.commander() as ask:
            self.ours = cases.raised(ask, ACME, severity=4)[0]
            self.theirs = cases.raised(ask, UMBRELLA, severity=4)[0]
            for mark, seconds in (("today", 5 * HOUR), ("later", 60 * HOUR)):
                ask.ok("escalation.perceive", ACME, cases.perception(self.ours, mark, seconds))
            ask.ok("escalation.update", ACME, cases.update(self.ours, seconds=6 * HOUR))
            ask.ok("escalation.update", UMBRELLA, cases.update(self.theirs))
            (self.row,) = ask.query("escalation.get", {"escalation": self.ours}, client=ACME)["result"]
        self.programme, self.review, self.tomorrow = programme(suite)

    def duty(self):
        return next((row for row in self.door.read("/v1/duties", self.tokens["ann"]).rows() if row["id"] == "net"), {})

    def packet(self, roster="net", at=None, person="bob"):
        answer = self.door.read(f"/v1/handovers/{roster}.json" + (f"?at={at}" if at else ""), self.tokens[person])
        assert answer.status == 200, answer.body
        packet = answer.json
        made = packet.pop("made_at")
        assert packet.pop("made_at_local") == local(made, packet["incoming"]) and packet.pop("tzdata")
        return packet


@pytest.fixture(name="world", scope="module")
def fixture_world(tmp_path_factory):
    with redress.Suite(partitions=2) as suite:
        lived_before(suite, tmp_path_factory.mktemp("handover"))
        suite.up("--adopt-clock")
        with web.Web(suite) as door:
            yield World(suite, door)


def acme(**more):
    return {"client": ACME, "client_name": "Acme", **more}


KNOWN = {"state": "open", "impact": 3, "review_on": "2035-01-01", "owner": "ann", "owner_name": "Ann"}


def owed(world, what, due, when, person="bob", **more):
    return acme(escalation=world.ours, title="raised for words", what=what, when=when, **both("due_at", due, person), **more)


def expected(world):
    """Bob's packet, whole."""
    first, second = world.row["promises"]
    update = world.row["next_update_at"]
    changes = world.door.read("/v1/changes/move", world.tokens["bob"]).json
    return {
        "roster": "net", "name": "Net", "group": "network", "zone": ZONES["bob"], "incoming": "bob", "incoming_name": "Bob",
        "outgoing": "ann", "outgoing_name": "Ann", "state": "waiting", **both("from", world.span[0]), **both("to", world.span[1]),
        **both("until", world.span[1]), **both("accept_by", world.duty()["accept_by"]), "all_clients": False,
        "clients": [acme(by="delivery")],
        "promises": [owed(world, "promise", first["until"], "in_shift", number=1, promised="promise of today"),
                     owed(world, "update", update, "in_shift")],
        "escalations": [acme(escalation=world.ours, title="raised for words", level=1, severity=4, kind="management", cause="hand",
                             when="in_shift", **both("raised_at", world.row["raised_at"]), **both("due_at", first["until"]))],
        "reviews": [acme(day=world.review, programme=world.programme, title="Mail in time", state=world_state(world), manager="ann",
                         manager_name="Ann")],
        "actions": [acme(day=world.tomorrow, programme=world.programme, title="Mail in time", number=1, words="Grow it", state="pending",
                         owner="bob", owner_name="Bob")],
        "changes": [{"change": "move", "name": "Mail moves", "owner": "ann", "owner_name": "Ann", "clients": [acme()],
                     **both("from", changes["from"]), **both("to", changes["to"])}],
        "risks": [{"risk": "queue", "name": "Queues", "probability": 5, "service": "mail", **KNOWN},
                  acme(risk="fire", name="Fire", probability=2, mitigation="Water", **KNOWN)],
        "clients_at_risk": [],
    }, second


def world_state(world):
    return world.door.read(f"/v1/programmes/{world.programme}", world.tokens["bob"]).json["state"]


def test_what_is_handed_over(world):
    whole, second = expected(world)
    assert world.packet() == whole
    assert world.packet(at=redress.from_now(HOUR)) == whole
    told = world.suite.cli_json("roster", "handover", "net")
    assert told.pop("made_at") and told.pop("made_at_local") and told.pop("tzdata") and told == whole
    later = world.packet(at=redress.from_now(50 * HOUR))
    assert (later["incoming"], later["outgoing"], later["state"], later["zone"]) == ("ann", "bob", "ahead", ZONES["ann"])
    assert later["from"] == world.span[1] and "to" not in later
    assert later["promises"] == [owed(world, "promise", second["until"], "in_shift", "ann", number=2, promised="promise of later")]
    assert [(row["escalation"], row["when"]) for row in later["escalations"]] == [(world.ours, "before")]
    assert [row["change"] for row in later["changes"]] == ["later"]


def test_as_people_read_it(world):
    page = world.door.read("/v1/handovers/net.html", world.tokens["bob"])
    assert page.status == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
    text = page.body.decode()
    printed = world.suite.cli("roster", "handover", "net", "--html").stdout
    told = world.suite.cli("roster", "handover", "net").stdout
    for words in ("Hand-over of Net", "Bob comes on duty for network, Ann goes", local(world.span[0]), local(world.span[1]),
                  "promise of today", "Mail moves", "Queues", "Grow it", "No client&#39;s risk is red.", "Times are those of Asia/Kolkata"):
        plain = words.replace("&#39;", "'")
        assert plain in told, words
        for form in (text, printed):
            assert words in form or plain in form, words
    for form in (text, printed, told):
        assert "Umbrella" not in form and "promise of later" not in form and "<script" not in form


def test_a_quiet_shift(world):
    packet = world.packet("still")
    lists = ("promises", "escalations", "reviews", "actions", "changes", "risks", "clients_at_risk")
    assert [packet[name] for name in lists] == [[] for _ in lists]
    assert (packet["incoming"], packet["state"], [row["client"] for row in packet["clients"]]) == ("bob", "unasked", [INITECH])
    told = world.suite.cli("roster", "handover", "still").stdout
    for words in ("Nothing is due to a client in this shift.", "No escalation is open.", "No review is due", "No action is due",
                  "No announced change", "No risk is known.", "No client's risk is red."):
        assert words in told, words


def test_for_whom_it_is(world):
    for role, clients in (("client", (ACME,)), ("operator", (ACME,)), ("ingest", ())):
        token = sse.token(world.suite, role=role, clients=clients)[0]
        for form in ("json", "html"):
            answer = world.door.read(f"/v1/handovers/net.{form}", token)
            assert (answer.status, answer.code) == (403, "denied") and b"promise" not in answer.body, role
    assert world.door.read("/v1/handovers/net.html").status == 401
    assert world.door.read("/v1/handovers/net.json", sse.token(world.suite, role="viewer")[0]).status == 200


def test_what_is_wrong(world):
    def code(path):
        answer = world.door.read(f"/v1/handovers/{path}", world.tokens["ann"])
        return answer.status, answer.code

    assert [code(path) for path in ("other.json", "net", "net.csv", ".json")] == [(404, "not_found")] * 4
    assert [code(f"net.json?{query}") for query in ("at=now", "at=2026-01-01T00:00:00", "of=x")] == [(400, "invalid")] * 3
    for arguments, status in ((("other",), 3), ((), 2), (("net", "still"), 2), (("net", "--at", "noon"), 2)):
        assert world.suite.cli("roster", "handover", *arguments, check=False).returncode == status, arguments


def test_it_is_accepted(world):
    assert world.door.post("/v1/duties/net/accept", {"person": "bob"}, world.tokens["bob"]).status == 200
    packet = world.packet()
    assert (packet["state"], packet["outgoing"]) == ("accepted", "ann") and "accept_by" not in packet
    assert packet["accepted_at_local"] == local(packet["accepted_at"])
    assert "It was accepted" in world.suite.cli("roster", "handover", "net").stdout
