"""What becomes of a message when the peer refuses, hangs, closes or points elsewhere: states, typed reasons, tries and their
waits, the next channel, and that nobody waits for somebody else (RULES.md 3)."""
import itertools

import pytest

import hooks
import mailbox
import peers
import redress

WAITS = {"retry_first": "PT1S", "retry_most": "PT1M", "attempts_max": 4}


@pytest.fixture(name="told", scope="module")
def fixture_told():
    """The receiver `stuck` hangs from the beginning: what it holds up would show in every other test."""
    with peers.Told(options=WAITS) as told:
        told.mailbox.answer(peers.mail("stuck"), last=mailbox.HANG)
        told.person("stuck")
        told.stuck = told.raised(told.client("waiting", {1: ["stuck"]}), "hangs")
        told.mailbox.wait_tries(peers.mail("stuck"))
        yield told


@pytest.fixture(name="one")
def fixture_one(told, request):
    """A person with mail of their own who is told of everything at a client of their own, made of the test's name."""
    name = "p" + redress.hashlib.sha256(request.node.name.encode()).hexdigest()[:10]
    told.person(name)
    return told.client(f"at-{name}", {1: [name]}), name


def story(told, message):
    """The kinds of events of a message, in order, and the events."""
    events = [event for event in told.events() if event["subject"].split("/", 1)[1] == message["id"]]
    return [event["type"].split(".")[1] for event in events], events


def microseconds(event, key="time"):
    value = event[key] if key in event else event["data"][key]
    return redress.instant(value)


def check_waits(events, first, most):
    """Each wait is twice the one before, by a factor from 0.80 to 1.20, at most `most`; nothing is tried early."""
    waits, tries = [], 0
    for before, after in itertools.pairwise(events):
        if before["type"] == "message.deferred":
            wait, nominal = microseconds(before, "next_attempt_at") - microseconds(before), first * 2 ** (tries - 1)
            assert 0.79 * min(nominal, most) <= wait / 1e6 <= 1.21 * min(nominal, most), (wait, nominal)
            waits.append(wait)
            assert after["type"] != "message.attempted" or microseconds(after) >= microseconds(before, "next_attempt_at")
        tries += before["type"] == "message.attempted"
    return waits


def count_tries(events):
    return [event["data"]["attempt"] for event in events if event["type"] == "message.attempted"]


def test_taken_at_once(told, one):
    client, person = one
    told.raised(client)
    row = told.wait_messages(client, state="sent")[0]
    kinds, events = story(told, row)
    assert kinds == ["queued", "attempted", "sent"]
    assert row["detail"].startswith("250") and row["attempts"] == 1 and len(row["digest"]) == 64
    blob = told.suite.data / "notification" / "000" / "blobs" / row["digest"][:2] / row["digest"]
    content = blob.read_bytes()
    assert redress.hashlib.blake2b(content, digest_size=32).hexdigest() == row["digest"]
    assert redress.json.loads(content)["plain"].strip() == told.mailbox.of(peers.mail(person))[0].plain.strip().replace("\r", "")
    assert events[-1]["data"]["digest"] == row["digest"]


@pytest.mark.parametrize("answer,failure", [
    (mailbox.BUSY, ("busy",)), ("421 4.3.2 shutting down", ("busy", "peer_failed")),
    (mailbox.CLOSE, ("unreachable", "peer_failed", "interrupted"))])
def test_fails_for_now_and_is_tried_again(told, one, answer, failure):
    client, person = one
    told.mailbox.answer(peers.mail(person), answer, answer)
    told.raised(client)
    row = told.wait_messages(client, state="sent", attempts=3)[0]
    kinds, events = story(told, row)
    assert kinds == ["queued", "attempted", "deferred", "attempted", "deferred", "attempted", "sent"]
    for event in events:
        if event["type"] == "message.deferred":
            assert event["data"]["failure"] in failure, event
            assert answer == mailbox.CLOSE or event["data"]["detail"].startswith(answer[:3])
    assert len(check_waits(events, 1, 60)) == 2 and count_tries(events) == [1, 2, 3]
    tries = told.mailbox.of(peers.mail(person), True)
    assert len(tries) == 3 and len({each.id for each in tries}) == 1


def test_waits_as_long_as_the_peer_says(told, one):
    """An hour would be too long: a minute is the most that anything waits."""
    client, person = one
    told.person(person, (told.hooks.url(f"/{person}"), None))
    told.heard()
    told.hooks.answer(f"/{person}", (429, {"Retry-After": "3600"}))
    told.raised(client)
    row = told.wait_messages(client, state="deferred")[0]
    _, events = story(told, row)
    wait = microseconds(events[-1], "next_attempt_at") - microseconds(events[-1])
    assert events[-1]["type"] == "message.deferred" and row["attempts"] == 1 and wait > 45_000_000


@pytest.mark.parametrize("at", ["data", "rcpt"])
@pytest.mark.parametrize("answer,failure", [
    (mailbox.UNKNOWN, "recipient_unknown"), (mailbox.REJECTED, "rejected"), ("552 5.3.4 too big", "rejected")])
def test_fails_for_good_at_once(told, one, answer, failure, at):
    client, person = one
    told.mailbox.answer(peers.mail(person), last=answer, at=at)
    told.raised(client)
    row = told.wait_messages(client, state="failed")[0]
    kinds, events = story(told, row)
    assert kinds == ["queued", "attempted", "failed"] and row["attempts"] == 1
    assert row["failure"] in (failure, "rejected" if at == "data" else failure), row
    assert row["detail"].startswith(answer[:3]) and events[-1]["data"]["failure"] == row["failure"]
    assert len(told.mailbox.of(peers.mail(person), True)) == 1


def test_the_next_channel_gets_a_new_message(told, one):
    client, person = one
    path = f"/{person}"
    told.person(person, peers.mail(person), (told.hooks.url(path), told.secret(person, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))
    told.heard()
    told.mailbox.answer(peers.mail(person), last=mailbox.UNKNOWN)
    told.raised(client, "Mail bounces")
    delivered = told.wait_messages(client, state="delivered")[0]
    failed = told.messages(client, state="failed")[0]
    assert (delivered["instead_of"], delivered["channel"], delivered["person"]) == (failed["id"], "webhook", person)
    assert delivered["id"] != failed["id"] and delivered["cause"] == failed["cause"]
    assert delivered["expires_at"] == failed["expires_at"]
    (hook,) = told.hooks.of(path)
    assert hook.id == delivered["id"] and hook.body["data"]["title"] == "Mail bounces"
    assert len(told.settled(client, count=2)) == 2


def test_tried_as_often_as_is_allowed_then_by_hand(told, one):
    """Four tries on a hook that fails; then `exhausted`; `message retry` begins anew, and is refused where it must be."""
    client, person = one
    path = f"/{person}"
    told.person(person, (told.hooks.url(path), None))
    told.heard()
    told.hooks.answer(path, 503, (429, {"Retry-After": "3"}), hooks.CLOSE, 502, 500)
    told.raised(client)
    row = told.wait_messages(client, state="failed", seconds=2 * redress.PATIENCE)[0]
    kinds, events = story(told, row)
    assert (row["failure"], count_tries(events)) == ("exhausted", [1, 2, 3, 4])
    reasons = [event["data"]["failure"] for event in events if event["type"] == "message.deferred"]
    assert reasons == ["busy", "busy", reasons[2]] and reasons[2] in ("unreachable", "peer_failed")
    after_busy = microseconds(events[4], "next_attempt_at") - microseconds(events[4])
    assert events[4]["type"] == "message.deferred" and after_busy >= 2_900_000, "the peer said when to come again"
    assert kinds[-1] == "failed"
    reply = told.message_ask.command("message.retry", client, {"message": row["id"]}, actor="mia")
    assert reply["status"] == "ok", reply
    again = told.message_ask.command("message.retry", client, {"message": row["id"]}, actor="mia")
    assert (again["status"], again.get("code")) == ("refused", "not_failed")
    # The fifth answer is 500, the next 200.
    row = told.wait_messages(client, state="delivered", id=row["id"])[0]
    assert row["attempts"] == 2
    assert {hook.id for hook in told.hooks.of(path)} == {row["id"]} and len(told.hooks.of(path)) == 6


def test_nobody_is_recorded_and_not_retried(told):
    client = told.client("empty", {})
    told.raised(client)
    row = told.wait_messages(client, state="failed")[0]
    assert (row["failure"], row.get("person")) == ("nobody", None) or row["failure"] == "nobody"
    reply = told.message_ask.command("message.retry", client, {"message": row["id"]})
    assert (reply["status"], reply["code"]) == ("refused", "nobody")


def test_somebody_without_an_address(told, one):
    client, person = one
    told.set("person.set", {"id": person, "name": person, "side": "provider", "addresses": []})
    told.heard()
    told.raised(client)
    row = told.wait_messages(client, state="failed")[0]
    assert (row["failure"], row["person"]) == ("no_address", person)
    reply = told.message_ask.command("message.retry", client, {"message": row["id"]})
    assert (reply["status"], reply["code"]) == ("refused", "no_address")
    told.person(person)
    told.heard()
    told.message_ask.ok("message.retry", client, {"message": row["id"]}, actor="mia")
    assert told.wait_messages(client, state="sent")[0]["id"] == row["id"]


def test_one_that_hangs_delays_nobody(told):
    """Two to the same recipient hang; ten others are told within seconds of the real clock, by mail and hook."""
    told.mailbox.answer(peers.mail("sloth"), last=mailbox.HANG)
    told.hooks.answer("/sloth", last=hooks.HANG)
    people = [f"quick-{n}" for n in range(10)]
    for person in people:
        told.person(person)
    told.person("sloth", peers.mail("sloth"))
    told.person("lazy", (told.hooks.url("/sloth"), None))
    client = told.client("fair", {1: ["sloth", "lazy", *people]})
    escalations = [told.raised(client, f"fair {n}") for n in range(5)]
    for person in people:
        letters = told.mailbox.wait(peers.mail(person), 5)
        bodies = " ".join(letter.plain for letter in letters)
        assert all(name in bodies for name in escalations)
    hanging = told.messages(client, state="attempted")
    assert {row["person"] for row in hanging} == {"sloth", "lazy"}
    assert len(told.mailbox.of(peers.mail("sloth"), True)) <= 2, "at most two tries at once to one destination"
    told.mailbox.answer(peers.mail("sloth"))
    told.hooks.answer("/sloth")
    told.mailbox.release(peers.mail("sloth"))
    told.hooks.release()
    assert all(row["state"] in ("sent", "delivered") for row in told.settled(client, 2 * redress.PATIENCE, 60))


def test_hangs_until_the_try_times_out(told):
    """The module's first message: its tries ended by themselves, as timeouts; the stuck one is deferred."""
    def deferred():
        events = [event for event in told.events("message.deferred") if event["partitionkey"] == "waiting"]
        return events
    event = redress.wait_for(deferred, 2 * redress.PATIENCE, "the timeout")[0]
    began = next(e for e in told.events("message.attempted") if e["partitionkey"] == "waiting")
    assert event["data"]["failure"] == "timeout", event
    lasted = (microseconds(event) - microseconds(began)) / 1e6
    assert 29 < lasted < 60, f"a whole try lasts 30 s, and a moment to part; this one {lasted} s"
