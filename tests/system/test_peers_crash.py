"""SIGKILL of notification while it tells people. Only between the peer's acceptance and our commit may a crash repeat a send,
once a crash, with the same id; everywhere else nothing is lost and nothing is repeated."""
import contextlib
import os
import random
import shutil
import signal
import threading

import pytest

import hooks
import mailbox
import peers
import redress

CRASHES = 3


@pytest.fixture(name="told")
def fixture_told():
    with peers.Told() as told:
        yield told


def killer(told, killed, answer):
    """An answer that kills the sender after the receiver has taken the message and before it can hear so."""
    def kill(letter):
        killed.append((told.kill(), letter))
        return answer
    return kill


def back(told, dead):
    """Another process serves than those that were killed."""
    return redress.wait_for(lambda: told.pid() not in (None, *dead) and told.pid(), what="another process of notification")


@pytest.mark.parametrize("answer", [mailbox.ACCEPT, mailbox.CLOSE])
def test_killed_between_the_acceptance_of_mail_and_our_commit(told, answer):
    """Each crash repeats the one letter that was under way, and no other."""
    told.person("ann")
    client, killed = told.client("acme", {1: ["ann"]}), []
    kill = killer(told, killed, answer)
    told.mailbox.answer(peers.mail("ann"), *[kill] * CRASHES)
    told.raised(client)
    letters = told.mailbox.wait(peers.mail("ann"), CRASHES + 1)
    (row,) = told.settled(client)
    assert (row["state"], row["attempts"]) == ("sent", CRASHES + 1)
    assert len(killed) == CRASHES and len({pid for pid, _ in killed}) == CRASHES
    assert len(letters) == CRASHES + 1 and len({letter.id for letter in letters}) == 1
    assert letters[0].mail["X-Redress-Message"] == row["id"]
    kinds = [event["type"] for event in told.events()]
    assert kinds.count("message.queued") == 1 and kinds.count("message.sent") == 1
    told.raised(client, "after it")  # and none of it comes again
    told.mailbox.wait(peers.mail("ann"), CRASHES + 2)
    told.settled(client, count=2)
    assert len(told.mailbox.of(peers.mail("ann"))) == CRASHES + 2


def test_killed_between_the_acceptance_of_a_hook_and_our_commit(told):
    told.person("ann", (told.hooks.url("/ann"), None))
    client, killed = told.client("acme", {1: ["ann"]}), []
    kill = killer(told, killed, hooks.ACCEPT)
    told.hooks.answer("/ann", kill, kill)
    told.raised(client)
    got = told.hooks.wait("/ann", 3)
    (row,) = told.settled(client)
    assert (row["state"], row["attempts"]) == ("delivered", 3)
    assert len(got) == 3 and {hook.id for hook in got} == {row["id"]} and len({hook.raw for hook in got}) == 1


def test_killed_before_the_acceptance(told):
    """The peer had taken nothing, and takes it once."""
    told.person("ann")
    client, killed = told.client("acme", {1: ["ann"]}), []
    busy = killer(told, killed, mailbox.BUSY)

    def refuse(letter):
        told.mailbox.letters.remove(letter)  # it is not taken
        return busy(letter)

    told.mailbox.answer(peers.mail("ann"), refuse, refuse)
    told.raised(client)
    told.mailbox.wait(peers.mail("ann"))
    (row,) = told.settled(client)
    assert len(killed) == 2 and row["state"] == "sent" and len(told.mailbox.of(peers.mail("ann"))) == 1


def test_killed_after_the_commit(told):
    """What was sent and committed is not sent again, however often the service starts anew."""
    told.person("ann")
    client = told.client("acme", {1: ["ann"]})
    told.raised(client)
    told.mailbox.wait(peers.mail("ann"))
    told.wait_messages(client, state="sent")
    dead = []
    for n in range(2):
        dead.append(told.kill())
        back(told, dead)
        told.raised(client, f"after {n}")
        told.mailbox.wait(peers.mail("ann"), 2 + n)
        told.wait_messages(client, 2 + n, state="sent")
    letters = told.mailbox.of(peers.mail("ann"))
    assert len(letters) == len({letter.id for letter in letters}) == 3


def test_folded_anew_from_the_log(told):
    """The state is lost, and made again from the log: no message is sent because it is folded."""
    for person in ("ann", "hook"):
        told.person(person, *(((told.hooks.url("/hook"), None),) if person == "hook" else ()))
    client = told.client("acme", {1: ["ann", "hook"]})
    for n in range(5):
        told.raised(client, f"number {n}")
    told.settled(client, count=10)
    told.suite.down()
    for derived in ("state", "checkpoint"):
        shutil.rmtree(told.suite.data / "notification" / "000" / derived, ignore_errors=True)
    told.suite.up()
    told.raised(client, "after it")
    told.settled(client, count=12)
    assert (len(told.mailbox.letters), len(told.hooks.hooks)) == (6, 6)
    assert len({letter.id for letter in told.mailbox.letters}) == len({hook.id for hook in told.hooks.hooks}) == 6


def test_killed_at_any_moment_under_load(told):
    """Nobody is forgotten, nobody is told of something that did not happen, and each letter more than there are messages is
    the repeat of a try that a crash interrupted."""
    people = [f"p{n}" for n in range(5)]
    for person in people:
        told.person(person)
    client, killed, stop = told.client("acme", {1: people}), [], threading.Event()
    chance = random.Random(20261122)

    def disturb():
        while not stop.wait(chance.uniform(0.05, 0.6)):
            pid = told.pid()
            if pid and pid not in killed and len(killed) < 5:
                killed.append(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        escalations = [told.raised(client, f"number {n}") for n in range(20)]
        redress.wait_for(lambda: len(killed) == 5, 2 * redress.PATIENCE, "five crashes")
    finally:
        stop.set()
        thread.join()
    back(told, killed)
    redress.wait_for(lambda: len(told.messages(client)) == 100, what="100 messages")
    rows = told.settled(client, 2 * redress.PATIENCE, 100)
    assert all(row["state"] == "sent" for row in rows)
    assert len({(row["escalation"], row["person"]) for row in rows}) == 100 and {row["escalation"] for row in rows} == set(escalations)
    letters = [letter.mail["X-Redress-Message"] for letter in told.mailbox.letters]
    assert set(letters) == {row["id"] for row in rows}
    tries = {row["id"]: row["attempts"] for row in rows}
    for message in tries:
        assert letters.count(message) <= tries[message], "no send without its `attempted`"
        assert letters.count(message) - 1 <= len(killed)
    repeats = len(letters) - 100
    assert repeats <= sum(tries.values()) - 100, "no repeat but that of an interrupted try"
    told.suite.down()
    told.suite.cli("verify")


def ticks(pid):
    """What a process has had of a processor, in hundredths of a second."""
    fields = open(f"/proc/{pid}/stat", encoding="ascii").read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def test_who_waits_for_the_catalog_does_not_spin(told):
    """Nothing is sent before copies have caught up, or their publisher was silent for three seconds: a time of waiting."""
    catalog = next(p["pid"] for p in told.suite.cli_json("status")["partitions"] if p["service"] == "catalog")
    dead = told.pid()
    redress.freeze(catalog)
    try:
        os.kill(dead, signal.SIGKILL)
        pid = back(told, [dead])
        before = ticks(pid)
        redress.pause(1.5)
        assert ticks(pid) - before < 50, "it looked again and again"
    finally:
        os.kill(catalog, signal.SIGCONT)
