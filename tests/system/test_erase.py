"""`redress erase`: after it no byte tells who somebody was: not in logs, states, checkpoints, copies of mails or lines of
processes, nor on the wire; the chain still verifies, and everything that others said and were told is as it was."""
import json
import re

import pytest

import peers
import redress
import sse
from erasing import MAIL, NAME, OTHER, OTHER_MAIL, erase, files, life, logs, told_in, verified

ENVELOPE = {"specversion", "id", "source", "type", "subject", "time", "partitionkey", "epoch", "sequence", "causationid",
            "actor", "dataversion", "data"}


def without(event):
    return {key: value for key, value in event.items() if key not in ("data", "redacted", "digest")}


def stream_from(suite, viewer, last, count):
    """What a stream tells that begins behind an event."""
    with sse.Gateway(suite) as door, sse.Stream(door, "services=catalog,escalation", viewer, last=last).opened() as stream:
        return stream.count(count).events()


@pytest.fixture(name="done", scope="module")
def fixture_done():
    """A life, the logs before, the erasure, and the suite up again."""
    with peers.Told() as told:
        suite, viewer = told.suite, sse.token(told.suite)[0]
        with sse.Gateway(suite) as door, sse.Stream(door, "services=catalog,escalation", viewer).opened() as stream:
            begin = stream.last
        escalation, other = life(told)
        before = logs(suite)
        suite.down()
        assert told_in(suite.data), "there is something to erase"
        blobs = [path for path in files(suite.data) if "blobs" in path.parts]
        report = erase(suite, "person", "c-17")
        left, proof = told_in(suite.data), verified(suite)
        suite.up()
        yield {"told": told, "before": before, "after": logs(suite), "left": left, "proof": proof, "report": report,
               "escalation": escalation, "other": other, "blobs": blobs, "viewer": viewer, "begin": begin}


def test_no_byte_tells_who_it_was(done):
    assert done["left"] == []
    done["told"].suite.down()
    again = told_in(done["told"].suite.data)
    done["told"].suite.up()
    assert again == []


def test_no_frame_tells_who_it_was(done):
    for service, events in done["after"].items():
        text = json.dumps(events, ensure_ascii=False).replace(OTHER, "").replace(OTHER_MAIL, "").lower()
        assert NAME.lower() not in text and MAIL not in text, service


def test_no_stream_tells_who_it_was(done):
    count = sum(len(done["before"][service]) for service in ("catalog", "escalation"))
    events = stream_from(done["told"].suite, done["viewer"], done["begin"], count - 5)
    text = json.dumps(events, ensure_ascii=False).replace(OTHER, "").replace(OTHER_MAIL, "").lower()
    assert NAME.lower() not in text and MAIL not in text
    marked = [event for event in events if event.get("redacted") is True]
    assert {event["type"] for event in marked} >= {"person.changed", "escalation.perceived", "ticket.recorded"}


def test_the_chain_verifies_and_says_what_was_redacted(done):
    for (service, _), row in done["proof"].items():
        marked = [event for event in done["after"][service] if event.get("redacted")]
        assert row["chain_ok"] and row["state_ok"] and row["redacted"] == len(marked), row
        text = json.dumps(done["before"][service], ensure_ascii=False)
        assert bool(marked) == (NAME in text or MAIL in text), service
    assert {service for service, events in done["after"].items() if any(event.get("redacted") for event in events)} >= \
        {"catalog", "escalation", "kpi", "notification"}
    assert sum(row["redacted"] for row in done["proof"].values()) == done["report"]["event_count"]


def test_every_event_is_where_it_was(done):
    """Sequence, epoch, id, time, actor, cause and subject are as they were; only texts changed, and whose did is marked
    with the digest that the chain runs over."""
    for service, events in done["before"].items():
        assert len(done["after"][service]) >= len(events)
        for old, new in zip(events, done["after"][service]):
            assert without(old) == without(new)
            assert set(new) - {"traceparent"} in (ENVELOPE, ENVELOPE | {"redacted", "digest"})
            if "redacted" in new:
                assert new["redacted"] is True and re.fullmatch("[0-9a-f]{64}", new["digest"]) and old["data"] != new["data"]
            else:
                assert old == new
            assert list(old["data"]) == list(new["data"])


def test_facts_stay_and_words_go(done):
    said = [event["data"] for event in done["after"]["escalation"] if event["type"] == "escalation.perceived"]
    assert said[0]["who"] == said[0]["promise"] == "[erased]"
    assert said[0]["sentiment"] == 2 and said[0]["statement"] == "It is a shame"
    assert said[1]["who"] == OTHER and said[1]["statement"] == f"write to {OTHER_MAIL}"
    people = [event["data"] for event in done["after"]["catalog"] if event["type"] == "person.changed"]
    mine = [row for row in people if row["id"] == "c-17"]
    assert mine and all(row["name"] == "[erased]" and row["addresses"][0]["to"] == "[erased]" for row in mine)
    assert [row["name"] for row in people if row["id"] == "c-18"] == [OTHER]


def test_the_catalog_says_so_last(done):
    ends = [event for event in done["after"]["catalog"] if event["subject"] == "provider/c-17"][-2:]
    assert [event["type"] for event in ends] == ["person.removed", "person.erased"]
    assert ends[1]["data"]["events"] == done["report"]["event_count"]
    assert ends[1]["data"]["messages"] == done["report"]["message_count"] > 0


def test_others_are_as_they_were(done):
    ask = done["told"].catalog_ask
    row = ask.query("catalog.person", {"person": "c-18"})["result"][0]
    assert row["name"] == OTHER and row["addresses"][0]["to"] == OTHER_MAIL
    assert ask.query("catalog.person", {"person": "c-17"})["result"] == []
    assert [path for path in done["blobs"] if path.exists()], "letters to others that do not name the person stay"
    assert len([path for path in done["blobs"] if not path.exists()]) == done["report"]["message_count"]


def test_questions_are_answered(done):
    told, client = done["told"], "acme"
    row = told.ask.query("escalation.get", {"escalation": done["escalation"]}, client=client)["result"][0]
    assert row["title"] == "[erased]" and row["context"] == "[erased]" and len(row["perceptions"]) == 2
    assert row["engagements"][0]["client_executive"] == "[erased]" and row["engagements"][0]["manager"] == "Mia"
    assert told.ask.query("escalation.get", {"escalation": done["other"]}, client=client)["result"][0]["title"] == "Something else"
    assert told.ask.query("escalation.ticket", {"ticket": "test:T7"}, client=client)["result"][0]["owner"] == "[erased]"
    history = told.ask.query("escalation.history", {"id": done["escalation"]}, client=client)["result"]
    assert [event["type"] for event in history][-1] == "escalation.raised" and any(event.get("redacted") for event in history)
    history = told.catalog_ask.query("catalog.history", {"id": "c-17"}, client="provider")["result"]
    assert [event["type"] for event in history][:2] == ["person.erased", "person.removed"]
    lines = told.suite.cli("timeline", f"acme/{done['escalation']}").stdout
    assert "[erased]" in lines and NAME not in lines.replace(OTHER, "")


def test_life_goes_on(done):
    told = done["told"]
    told.person("c-19", "new@client.test", name="New One", side="client", client="acme")
    fresh = told.raised("acme", "After all that")
    redress.wait_for(lambda: [each for each in told.mailbox.of(peers.mail("ann")) if fresh in each.plain], what="a new letter")
    assert not [each for each in told.mailbox.of(MAIL) if fresh in each.plain]


def test_a_second_time_finds_nothing(done):
    done["told"].suite.down()
    report = erase(done["told"].suite, "person", "c-17")
    assert report["event_count"] == 0 and report["erased"]
    verified(done["told"].suite)
    done["told"].suite.up()
