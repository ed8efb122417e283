"""`redress erase` where figures and programmes are made: what somebody said in surveys and complaints goes, and what was made of
that; so do their names in work, plans and actions. Numbers stay, and so does what others said."""
import json
import shutil

import pytest

import cases
import peers
import redress
import sse
from erasing import MAIL, NAME, OTHER, OTHER_MAIL, erase, logs, told_in, verified
from test_sip import CLIENT, CONFIG, RATE, Life, launch

# Words without a name: who said them tells whose they are.
SAID = "Nobody rang me while my son was in hospital"
MORE = "For three days he could not reach his doctor"
COMMENT = "I shall tell my sister who chairs the board"
RECORDED = "My mother had to wait in the rain"
RECORDED_BY_NAME = "The children were sent home from school"
THEIRS = (SAID, MORE, COMMENT, RECORDED, RECORDED_BY_NAME)
KEPT = "The line was dead for an hour"


def known(commander, type_, data):
    """Asked until it is ok: the service has heard of the catalog by then."""
    reply = {}

    def ask():
        reply.update(commander.command(type_, "acme", data))
        return reply["status"] == "ok"
    redress.wait_for(ask, what=f"{type_} of {data}")
    return reply["result"]["id"]


def elsewhere(number, contact, comment):
    """A survey that was asked by another system."""
    return {"survey": f"x-{number}", "kind": "nps", "contact": contact, "asked_at": redress.from_now(-7200),
            "answered_at": redress.from_now(-3600), "score": 8, "scale_min": 0, "scale_max": 10, "comment": comment}


def work(number, person):
    return {"effort": f"w-{number}", "person": person, "started_at": redress.from_now(-3600), "minutes": 30, "work_type": "incident"}


def life(told, name="acme"):
    """Two people at a client who complain, answer, and are worked with; one is to be forgotten. The escalation's id."""
    for person in ("ann", "deal"):
        told.person(person)
    told.client("acme", {1: ["ann"], 4: ["deal"]}, contact="c-17", name=name)
    told.person("c-17", MAIL, name=NAME, side="client", client="acme")
    told.person("c-18", OTHER_MAIL, name=OTHER, side="client", client="acme")
    told.heard()
    with told.suite.commander(service="kpi") as figures, told.suite.commander(service="sip") as sip:
        known(figures, "complaint.record", {"title": SAID, "text": MORE, "contact": "c-17"})
        raised = redress.wait_for(lambda: told.events("escalation.raised", "escalation"), what="an escalation")
        assert [event["data"]["alarm"] for event in raised] == [SAID]
        known(figures, "complaint.record", {"title": KEPT, "contact": "c-18"})
        for contact, score, comment in (("c-17", 2, COMMENT), ("c-18", 9, KEPT)):
            survey = known(figures, "survey.invite", {"kind": "nps", "contact": contact})
            figures.ok("survey.answer", "acme", {"survey": survey, "score": score, "comment": comment})
        for number, row in enumerate((("c-17", RECORDED), (NAME, RECORDED_BY_NAME), ("c-18", KEPT), (OTHER, KEPT))):
            figures.ok("survey.record", "acme", elsewhere(number, *row))
        for number, person in enumerate((NAME, OTHER)):
            figures.ok("effort.record", "acme", work(number, person))
        sip.ok("candidate.propose", "acme", {"title": f"{NAME} of {name} waits", "problem": f"So says {MAIL}",
                                             "evidence": f"{OTHER} called"})
        redress.wait_for(lambda: sum(row["times"] for row in sip.query("sip.candidates", {}, client="acme")["result"]) >= 3,
                         what="sip to hear of both complaints")
    escalation = raised[0]["subject"].split("/")[1]
    told.ask.ok("escalation.update", "acme", cases.update(escalation, context=KEPT))
    told.wait_messages("acme", 1, stage="raised", person="deal")
    told.wait_messages("acme", 2, stage="account_complaint", person="deal")
    told.settled("acme")
    told.client("acme", {1: ["ann"], 4: ["deal"]}, name=name)  # and nothing in the catalog names c-17 any more
    return escalation


def figures_of(suite):
    """All that is counted of the client, without words."""
    row = suite.cli_json("query", "kpi.loyalty", "--client", "acme")["rows"][0]
    span = ("--from", redress.from_now(-40 * 86400)[:10], "--to", redress.from_now(86400)[:10])
    values = [suite.cli_json("query", "kpi.value", "--kpi", kpi, "--client", "acme", *span) for kpi in ("nps", "reactive")]
    kept = ("value", "numerator", "denominator", "promoters", "detractors", "covered")  # there is one less who could be asked
    return row, [{key: value.get(key) for key in kept} for value in values]


def backup(suite, folder):
    """What is in a backup that is made now, and whether a suite lives from it."""
    shutil.copytree(suite.data, folder)
    with redress.Suite(data=folder) as copy:
        verified(copy)
        copy.up()
        assert copy.cli_json("query", "kpi.complaints", "--client", "acme")["rows"]
        copy.down()
    return told_in(folder, *THEIRS, NAME, MAIL)


@pytest.fixture(name="done", scope="module")
def fixture_done(tmp_path_factory):
    with peers.Told() as told:
        escalation = life(told)
        before = logs(told.suite)
        numbers = figures_of(told.suite)
        told.suite.down()
        assert all(told_in(told.suite.data, word, but=()) for word in (*THEIRS, NAME, MAIL)), "there is something to erase"
        plan = json.loads(told.suite.cli("erase", "person", "c-17", "--dry-run", "-o", "json").stdout)
        report = erase(told.suite, "person", "c-17")
        left, proof = told_in(told.suite.data, *THEIRS, NAME, MAIL), verified(told.suite)
        left += backup(told.suite, tmp_path_factory.mktemp("b") / "data")
        told.suite.up()
        yield {"told": told, "before": before, "after": logs(told.suite), "numbers": numbers, "plan": plan, "report": report,
               "left": left, "proof": proof, "escalation": escalation}


def test_no_byte_is_theirs(done):
    assert done["left"] == []
    text = json.dumps(done["after"], ensure_ascii=False)
    assert not [word for word in THEIRS if word in text]


def test_each_service_had_something(done):
    marked = {service for service, events in done["after"].items() if any(event.get("redacted") for event in events)}
    assert marked == {"catalog", "escalation", "kpi", "sip", "notification"}
    assert sum(row["redacted"] for row in done["proof"].values()) == done["report"]["event_count"]
    assert done["plan"]["events"] == [row for row in done["report"]["events"] if row["type"] not in ("person.removed",)], \
        "a rehearsal says what is done"


def test_what_others_said_stays(done):
    kpi, sip = (done["after"][service] for service in ("kpi", "sip"))
    said = [event["data"].get("comment", event["data"].get("title")) for event in kpi if event["type"] in
            ("survey.answered", "survey.recorded", "complaint.recorded")]
    assert said.count("[erased]") == 4 and said.count(KEPT) == 4 and len(said) == 8, said
    assert [event["data"]["person"] for event in kpi if event["type"] == "effort.recorded"] == ["[erased]", OTHER]
    words = [row.get("words") for event in sip for row in event["data"].get("evidence", [])]
    assert words.count("[erased]") == 1 and {KEPT, f"{OTHER} called"} <= set(words), words
    told = done["told"]
    row = told.ask.query("escalation.get", {"escalation": done["escalation"]}, client="acme")["result"][0]
    assert row["title"] == row["alarm"] == "[erased]" and row["context"] == KEPT


def test_numbers_stay(done):
    assert figures_of(done["told"].suite) == done["numbers"]
    for service, events in done["before"].items():
        for old, new in zip(events, done["after"][service]):
            assert {key: old[key] for key in ("type", "subject", "time", "sequence")} == \
                {key: new[key] for key in ("type", "subject", "time", "sequence")}
            numbers = {key: value for key, value in old["data"].items() if not isinstance(value, (str, list, dict))}
            assert numbers.items() <= new["data"].items(), (old, new)


def test_copies_of_messages_go_with_them(done):
    """What managers were told of their complaint, and of the escalation that began with it."""
    stages = {row["stage"] for row in done["told"].messages("acme") if row.get("title") == "[erased]"}
    assert {"raised", "account_complaint"} <= stages
    kept = [row["title"] for row in done["told"].messages("acme") if row["stage"] == "account_complaint"]
    assert KEPT in kept and "[erased]" in kept


def test_a_second_time_finds_nothing(done):
    done["told"].suite.down()
    report = erase(done["told"].suite, "person", "c-17")
    assert report["event_count"] == 0 and report["erased"]
    verified(done["told"].suite)
    done["told"].suite.up()


def test_a_client_with_its_people():
    """All that was said there, by whomever, and the names of client and people; the numbers stay."""
    company = "Klinik am Söderweg"
    with peers.Told() as told:
        life(told, company)
        counted = figures_of(told.suite)[1]
        for person in ("c-17", "c-18"):
            told.set("person.remove", {"person": person})
        told.heard()
        told.suite.down()
        assert told_in(told.suite.data, company, but=())
        erase(told.suite, "client", "acme")
        assert told_in(told.suite.data, company, *THEIRS, NAME, MAIL, OTHER, OTHER_MAIL, but=()) == []
        verified(told.suite)
        told.suite.up()
        events = [event for event in told.events(service="kpi") if event["type"] in ("survey.answered", "complaint.recorded")]
        assert events and {event["data"].get("comment", event["data"].get("title")) for event in events} == {"[erased]"}
        assert figures_of(told.suite)[1] == counted


def test_a_programme_and_its_people():
    """Sponsor and owner of an action are gone; their ids, and the programme, go on."""
    sponsor, owner, problem = "Olga Quendolin-Ahrens", "Ann Threepwood-Lee", "The night ward cannot send mail"
    with redress.Suite(clock=f"x{RATE}", config=CONFIG) as suite:
        lived = Life(suite.up())
        with suite.commander(service="catalog") as catalog:
            sse.catalog(catalog, "person.set", {"id": "olga", "name": sponsor, "side": "client", "client": CLIENT})
            sse.catalog(catalog, "person.set", {"id": "ann", "name": owner, "side": "provider"})
            candidate = lived.say("candidate.propose", title=f"{sponsor} waits", problem=problem, service="mail",
                                  evidence=f"{owner} saw it")
            lived.work(True, lambda: len(lived.periods()) >= 2, "two days that were bad")
            lived.say("candidate.qualify", candidate=candidate, reason=f"{sponsor} may leave")
            programme = launch(lived, candidate)
            lived.say("programme.cause", programme=programme, words=f"The queue of {sponsor} is full")
            action = lived.say("action.plan", programme=programme, words=f"{owner} grows the queue", cause=1, owner="ann",
                               due=lived.day(30))
            lived.say("programme.post", programme=programme)
            lived.say("programme.sign", programme=programme, person="olga")
            lived.say("action.start", action=action)
            lived.say("programme.review", programme=programme, attended=[{"person": "mia"}, {"person": "olga"}],
                      minutes=f"{sponsor} is glad of {owner}")
            sse.catalog(catalog, "client.set", {"id": CLIENT, "name": "Acme", "primary_contact": "ken"})
        suite.down()
        assert told_in(suite.data, sponsor, owner, but=())
        for person in ("olga", "ann"):
            erase(suite, "person", person)
        assert told_in(suite.data, sponsor, owner, but=()) == []
        verified(suite)
        suite.up()
        with suite.commander(service="sip") as sip:
            row = sip.query("sip.programme", {"programme": programme}, client=CLIENT)["result"][0]
            assert row["client_sponsor"] == "olga" and row["title"] == "Mail in time" and row["problem"] == problem
            assert row["causes"][0]["words"] == "[erased]"
            rows = sip.query("sip.actions", {"programme": programme}, client=CLIENT)["result"]
            assert [(each["owner"], each["words"], each["state"]) for each in rows] == [("ann", "[erased]", "wip")]
            sip.ok("action.finish", CLIENT, {"action": action, "evidence": "It holds a million"})
        with suite.commander(service="catalog") as catalog:
            sse.catalog(catalog, "objective.remove", {"objective": "mail-in-time"})
            sse.catalog(catalog, "client.set", {"id": CLIENT, "name": "Acme"})
            sse.catalog(catalog, "person.remove", {"person": "ken"})
        suite.down()
        assert told_in(suite.data, problem, but=()), "of the client there is more"
        erase(suite, "client", CLIENT)
        assert told_in(suite.data, problem, but=()) == []
        verified(suite)
