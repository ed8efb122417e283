"""The circle of care: somebody at a client gets one question by mail, answers by its link, managers hear that they are not
satisfied, and an escalation is open until that is put right; through a real mail server and all services."""
import html
import re
import time
import urllib.parse

import pytest

import peers
import redress
import web

PARTITIONS = 2
LINK = re.compile(r"^(-?\d+): http://[^/]+(/survey/[^?\s]+)\?score=(-?\d+)\r?$", re.MULTILINE)
DAY = 86_400


@pytest.fixture(name="told", scope="module")
def fixture_told():
    with peers.Told(http=True, partitions=PARTITIONS) as told:
        for person in ("first", "boss", "deal"):
            told.person(person)
        yield told


@pytest.fixture(name="figures", scope="module")
def fixture_figures(told):
    commander = told.suite.commander(service="kpi")
    yield commander
    commander.close()


def acme(told, name):
    return told.client(name, {1: ["first"], 3: ["boss"], 4: ["deal"]}, contact=f"olga-{name}", executives=(f"eve-{name}",))


def invited(figures, client, contact, **more):
    """The id of a survey, once kpi knows whom it asks."""
    def ask():
        reply = figures.command("survey.invite", client, {"kind": "nps", "contact": contact, **more})
        return reply["result"]["id"] if reply["status"] == "ok" else None
    return redress.wait_for(ask, what=f"{contact} to be known in kpi")


def survey(figures, client, ident):
    reply = figures.query("kpi.survey", {"survey": ident}, client)
    assert reply["status"] == "ok", reply
    return reply["result"][0]


def answer(told, path, score, comment=""):
    body = urllib.parse.urlencode({"score": score, "comment": comment})
    return told.http("POST", path, body, Content_Type="application/x-www-form-urlencoded")


def of_client(told, service, type_, client):
    return [event for partition in range(PARTITIONS) for event in told.events(type_, service, partition)
            if event["partitionkey"] == client]


def test_a_question_and_what_a_bad_answer_leads_to(told, figures):
    client = acme(told, "cared")
    ident = invited(figures, client, f"olga-{client}")
    letter = told.mailbox.wait(f"olga-{client}@client.test")[0]
    assert str(letter.mail["Subject"]) == "One question: would you recommend us?"
    links = LINK.findall(letter.plain)
    assert [int(score) for score, _, _ in links] == list(range(0, 11))
    assert all(label == score for label, _, score in links) and len({path for _, path, _ in links}) == 1
    hrefs = [html.unescape(each) for each in re.findall(r'href="([^"]+)"', letter.html)]
    assert [urllib.parse.urlsplit(each).query for each in hrefs] == [f"score={score}" for score in range(0, 11)]
    path = links[0][1]
    for _, each, score in links:  # as a scanner of mails does
        assert told.http("GET", f"{each}?score={score}")[0] == 200
    assert survey(figures, client, ident)["state"] == "asked"
    assert answer(told, path, 2, "Nobody answers the telephone")[0] == 200
    row = redress.wait_for(lambda: next((r for r in [survey(figures, client, ident)] if r["state"] == "answered"), None))
    assert row["score"] == 2 and row["class"] == "detractor"

    managers = told.wait_messages(client, 2, stage="account_detractor", state="sent")
    assert sorted(r["person"] for r in managers) == ["boss", "deal"]
    raised = redress.wait_for(lambda: of_client(told, "escalation", "escalation.raised", client), what="an escalation")
    assert [(e["data"]["cause"], e["data"]["severity"], e["data"]["level"]) for e in raised] == [("dissatisfaction", 3, 4)]
    told.wait_messages(client, 3, stage="raised", state="sent")
    for person in ("boss", "deal"):
        alarm = [each for each in told.mailbox.of(peers.mail(person)) if "anything but satisfied" in each.plain]
        assert len(alarm) == 1 and f"[{client}]" in str(alarm[0].mail["Subject"])
    assert not any("would not recommend" in each.plain for each in told.mailbox.of(peers.mail("first")))

    # Another one: managers hear it, and the escalation that is open is enough.
    invited(figures, client, f"eve-{client}")
    other = told.mailbox.wait(f"eve-{client}@client.test")[0]
    assert answer(told, LINK.findall(other.plain)[0][1], 0)[0] == 200
    told.wait_messages(client, 4, stage="account_detractor", state="sent")
    told.settled(client)
    assert len(of_client(told, "escalation", "escalation.raised", client)) == 1
    for address in (f"olga-{client}@client.test", f"eve-{client}@client.test"):
        assert len(told.mailbox.of(address)) == 1, "clients read nothing of what is made of their answers"


def test_a_good_answer_leads_to_nothing(told, figures):
    client = acme(told, "content")
    ident = invited(figures, client, f"olga-{client}", kind="relationship")
    letter = told.mailbox.wait(f"olga-{client}@client.test")[0]
    links = LINK.findall(letter.plain)
    assert [int(score) for score, _, _ in links] == list(range(1, 6)) and "very dissatisfied" in letter.plain
    assert answer(told, links[0][1], 5)[0] == 200
    assert survey(figures, client, ident)["score"] == 5
    redress.pause(1)
    assert not of_client(told, "escalation", "escalation.raised", client)
    assert {row["stage"] for row in told.settled(client)} == {"asked_relationship"}


def test_a_link_answers_as_long_as_its_survey_does(told, figures):
    """Ids of commands are judged by their age; a survey's link is good for longer than that."""
    client = acme(told, "late")
    ident = invited(figures, client, f"olga-{client}")
    issued = int((time.time() - 13 * DAY) * 1e6)
    token = web.link(told.suite, f"{client}/{ident}", actor=f"person:olga-{client}", purpose="survey", seconds=14 * DAY, issued=issued)
    assert answer(told, f"/survey/{token}", 9)[0] == 200
    assert survey(figures, client, ident)["score"] == 9
    assert b"You have answered already" in answer(told, f"/survey/{token}", 1)[2]


def test_nobody_refused_to_follow(told):
    for service in ("catalog", "escalation", "kpi", "sip", "notification"):
        for partition in range(1 if service == "catalog" else PARTITIONS):
            refused = [e for e in told.events(None, service, partition) if e["type"].endswith(".follow_refused")]
            assert not refused, refused
