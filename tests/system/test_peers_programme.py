"""What people get by mail of an improvement programme, from a candidate that nobody decides on to its end: the whole of each letter,
through sip, notification and a mail server, on a clock that lives a day in a few seconds."""
import json

import pytest

import peers
import redress
import test_sip

CLIENT, CONTACT, SPONSOR = "acme", "ken", "olga"
CONFIG = {"kpi": test_sip.CONFIG["kpi"],
          "sip": {"candidate_days": 1, "overdue_coordinator": "PT24H", "overdue_manager": "PT48H", "overdue_sponsor": "PT72H"}}
TOLD = {"expires_after": "P30D", "late_after": "P300D"}
TITLE, WORDS = "Mail in time", "Grow the <queue> & the disks"
PROGRAMME = f"“{TITLE}”"

# What each alarm says: to the provider's people and to the client's, a subject and what comes before the facts.
SAYS = {
    "approval_asked": (("Please approve: {title}", "The charter of the programme {quoted} for Acme waits for approval.",
                        "Whoever approves it, please read it and say so; it expires when nobody does in time."), None),
    "launched": (("Improvement programme begins: {title}", "The improvement programme {quoted} for Acme begins.",
                  "Please read its charter, and see what your part in it is."),
                 ("We begin an improvement programme: {title}",
                  "Something has gone wrong too often, and we begin a programme to end that: {title}",
                  "We tell you what we plan, show you how it goes, and close it when you agree that it is better.")),
    "plan_posted": (("The plan is with the client: {title}", "The action plan of the programme {quoted} is with Acme.",
                     "Its actions begin when the client has signed it."),
                    ("Please look at our plan: {title}", "The action plan of the programme {quoted} is there for you.",
                     "Please read it, and sign it when you agree; we begin then.")),
    "action_opened": (("Can begin", "What you have a part in, in the programme {quoted}, can begin.",
                       "Please look at its day, and begin in time, or say early that it needs longer."), None),
    "action_due": (("Due soon, {day}: {words}", "An action of the programme {quoted} is due on {day}.",
                    "Please finish it, or say early that it needs longer, and why."), None),
    "action_overdue": (("Overdue since {day}: {words}", "An action of the programme {quoted} was due on {day} and is not done.",
                        "Please see that it is finished, or agree on a new day and say why."), None),
    "action_done": (None, ("Done: {words}",
                           "An action of the programme {quoted} is done, and somebody else than its owner verified that.",
                           "Nothing is asked of you.")),
    "review_due": (("Progress review on {day}: {title}", "The progress of the programme {quoted} is reviewed on {day}.",
                    "Please bring the actions and the figures up to date before."),
                   ("Progress review on {day}: {title}", "We review the progress of the programme {quoted} with you on {day}.",
                    "We bring what was done, and the figures before and now.")),
    "review_missed": (("Progress review was missed: {title}",
                       "The progress review of the programme {quoted} was due on {day} and was not held.",
                       "Please hold it now, and tell the client."), None),
    "signoff_asked": (("The client is asked to confirm the outcome: {title}",
                       "Acme is asked whether the programme {quoted} reached what it was for.",
                       "It is closed when the client confirms that, and everything else is done."),
                      ("Is it better now? {title}", "From our side the programme {quoted} has done what it was for.",
                       "Please look at the figures before and now, and tell us whether you agree. We close it only then.")),
    "closed": (("Closed: {title}", "The programme {quoted} is closed: {words}.",
                "Nothing is asked of you now. Should the problem come back, it is opened again."),
               ("Closed: {title}", "The programme {quoted} is closed. Thank you for working on it with us.",
                "We go on watching: should the problem come back, we open it again and tell you.")),
    "relapsed": (("The problem came back: {title}", "What the programme {quoted} was for has come back.",
                  "It is open again. Please look at what was not cured, and plan anew."),
                 ("It came back, and we are on it again: {title}",
                  "What the programme {quoted} was for has come back, so we opened it again.",
                  "We look at what was not cured, and come to you with a new plan.")),
    "cancelled": (("Given up: {title}", "The programme {quoted} is given up. Nothing of it is to be done any more.",
                   "Please talk with Acme about what happens instead."),
                  ("Ended early: {title}", "The programme {quoted} ends before it reached what it was for.",
                   "We come to you to talk about what happens instead.")),
}
# Who is told (RULES.md of sip, 5 and 9).
BOTH = {"mia", "cora", "pat", SPONSOR, CONTACT}
WHO = {
    "approval_asked": [{"pat", "mia", "cora"}], "launched": [BOTH], "plan_posted": [{"mia", "cora", SPONSOR, CONTACT}],
    "action_opened": [{"ann", "sue"}], "action_due": [{"ann"}, {"ann", "sue"}],
    "action_overdue": [{"ann"}, {"cora", "ann"}, {"mia", "cora", "ann"}, {"pat", "mia", "cora", "ann"}], "action_done": [{SPONSOR}],
    "review_due": [{"cora", "mia", SPONSOR, CONTACT}], "review_missed": [{"cora", "mia", "pat"}],
    "signoff_asked": [{"mia", "cora", SPONSOR, CONTACT}], "closed": [BOTH], "relapsed": [BOTH], "cancelled": [BOTH],
}


def configured(suite):
    """The suite's file of options with what the other services get as well."""
    options = json.loads(suite.config.read_text(encoding="utf-8"))
    suite.config.write_text(json.dumps({**options, **CONFIG}), encoding="utf-8")


@pytest.fixture(name="told", scope="module")
def fixture_told():
    with peers.Told(clock=f"x{test_sip.RATE}", options=TOLD, before=configured) as told:
        yield told


def people(told):
    for person, side in {**test_sip.PEOPLE, "sue": "provider", "boss": "provider", "deal": "provider"}.items():
        told.person(person, name=person.title(), side=side, **({"client": CLIENT} if side == "client" else {}))
    told.set("client.set", {"id": CLIENT, "name": "Acme", "primary_contact": CONTACT, "executives": [{"person": SPONSOR}],
                            "holders": [{"level": 3, "person": "boss"}, {"level": 4, "person": "deal"}]})
    told.heard()


def launched(life, candidate):
    """With an approver; two actions: one that will be late, and one that is done at once, of which the client's sponsor hears."""
    programme = life.say(
        "programme.launch", candidate=candidate, title=TITLE, charter="Find out, and mend", manager="mia", coordinator="cora",
        sponsor="pat", client_sponsor=SPONSOR, approver="pat", periods=2, window_days=1, watch_days=300, cadence_days=4,
        objectives=[{"name": "Attain", "kpi": "sla_attainment", "target": "95", "by": life.day(300), "measured": "By clocks"}],
        criteria=[{"kind": "closeout", "words": "They say so"}])
    life.say("programme.approve", programme=programme, person="pat")
    life.say("programme.cause", programme=programme, words="The queue is full")
    planned = {"programme": programme, "words": WORDS, "cause": 1, "owner": "ann"}
    life.say("action.plan", due=life.day(3), **planned)
    life.say("action.plan", due=life.day(60), responsible=[{"person": "sue"}], informed=[{"person": SPONSOR}], **planned)
    life.say("programme.post", programme=programme)
    life.say("programme.sign", programme=programme, person=SPONSOR)
    done(life, f"{programme}.2")
    return programme


def done(life, action):
    life.say("action.start", action=action)
    life.say("action.finish", action=action, evidence="It holds a million")
    life.say("action.verify", action=action, person="cora")


def alarms(life, type_="programme.alarmed"):
    return [event for event in life.log("sip") if event["type"] == type_]


def lived(life):
    """Everything there is to be told of, in the order in which it happens."""
    candidate = life.say("candidate.propose", title="Mail is slow", problem="It takes hours", service="mail", evidence="Forty calls")
    life.work(True, lambda: len(life.periods()) >= 3 and alarms(life, "candidate.alarmed"), "three days that were bad")
    life.say("candidate.qualify", candidate=candidate, reason="It costs us the client")
    programme = launched(life, candidate)
    life.work(False, lambda: sum(each["data"]["alarm"] == "action_overdue" for each in alarms(life)) >= 4, "an action to be late")
    done(life, f"{programme}.1")
    life.say("programme.monitor", programme=programme)
    acted = life.rows("sip.programme", programme=programme)[0]["acted_on"]
    life.work(False, lambda: sum(each["from"] > acted and each["value"] == "100.0000" for each in life.periods()) >= 3,
              "three days that were good")
    for condition in (1, 2):
        redress.wait_for(lambda: life.rows("sip.exit", programme=programme)[condition].get("holds"), what="exit conditions to hold")
    test_sip.close_out(life, programme, asks=True)
    life.say("programme.reopen", programme=programme, reason="It is back, says our own desk")
    life.say("programme.cancel", programme=programme, reason="The client left")
    return programme


def facts(data, programme, provider):
    known = {"Client": "Acme", "About": TITLE, "What": data.get("words"), "Day": data.get("day")}
    if provider:
        known.update({"Owner": "Ann" if data.get("owner") == "ann" else None, "Reference": f"programme/{programme}"})
    return "\n".join(f"{label}: {value}" for label, value in known.items() if value)


def expected(event, programme, person):
    """Subject and text of what somebody is to get of an alarm."""
    data, provider = event["data"], person not in (CONTACT, SPONSOR)
    subject, *paragraphs = [
        part.format(title=TITLE, quoted=PROGRAMME, words=data.get("words"), day=data.get("day"))
        for part in SAYS[data["alarm"]][not provider]]
    ending = "You receive this because you have a part in this programme."
    return ("[Acme] " if provider else "") + subject, "\n\n".join([*paragraphs, facts(data, programme, provider), ending])


def letters(told, rows, event):
    """What was taken by the mail server for an event: (subject, text) by person."""
    got = {}
    for row in rows:
        if row["cause"] != event["id"]:
            continue
        assert row["state"] == "sent" and row["person"] not in got, row
        letter, = [each for each in told.mailbox.letters if each.mail["X-Redress-Message"] == row["id"]]
        got[row["person"]] = str(letter.mail["Subject"]), letter.plain.replace("\r\n", "\n").strip()
        assert "says our own desk" not in letter.html and "<queue>" not in letter.html
    return got


def test_everybody_gets_what_is_for_them(told):
    life = test_sip.Life(told.suite)
    people(told)
    programme = lived(life)
    events, found = alarms(life), {}
    told.wait_messages(CLIENT, len(BOTH), cause=events[-1]["id"])
    rows = [row for row in told.settled(CLIENT, count=40) if row["stage"].startswith("programme_")]
    for event in events:
        got, alarm = letters(told, rows, event), event["data"]["alarm"]
        assert got == {person: expected(event, programme, person) for person in got}, event
        found.setdefault(alarm, []).append(set(got))
    for alarm, who in WHO.items():
        assert all(each in who for each in found.get(alarm, [None])), (alarm, found.get(alarm))
    assert [each for each in WHO["action_overdue"] if each not in found["action_overdue"]] == [], found["action_overdue"]
    assert set(found) <= set(WHO) and not [row for row in rows if row["cause"] not in {each["id"] for each in events}
                                           and row["stage"] != "programme_candidate"]

    asked = [row for row in told.messages(CLIENT) if row["stage"].startswith("asked_")]
    assert [(row["stage"], row["person"], row["title"], row["state"]) for row in asked] == [("asked_escalation", CONTACT, TITLE, "sent")]

    waiting, = alarms(life, "candidate.alarmed")
    assert letters(told, rows, waiting) == {person: ("[Acme] Worth an improvement programme? Mail is slow", "\n\n".join([
        "A problem of Acme waits for a decision: Mail is slow",
        "Please look at what speaks for it, and qualify or reject it, with a reason.",
        f"Client: Acme\nService: mail\nFound: {waiting['data']['day']}\nReference: candidate/{waiting['subject'].split('/')[-1]}",
        f"You receive this as level {level} for Acme."])) for person, level in (("boss", 3), ("deal", 4))}
