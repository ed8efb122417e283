"""Lives: of a process (SIGTERM, restart, a second owner, a lost state) and of an escalation from its raise to its closeout."""
import json
import shutil
import signal
import struct
import subprocess
import threading

import msgpack
import pytest

import cases
import redress


def events_of(suite, **options):
    return [msgpack.unpackb(frame) for frame in suite.log(**options)]


# --- processes ------------------------------------------------------------------------------------------------------


def test_sigterm_drains(suite):
    """Every command acknowledged before the end is in the log, and the end is clean."""
    sent = []
    with suite.commander() as commander:
        for n in range(500):
            sent.append(redress.uuid7())
            commander.raw(msgpack.packb({"op": "command", "id": sent[-1], "type": "escalation.raise", "client": "acme",
                                         "data": cases.raising(f"drained {n}")}))
        assert commander.receive()["status"] == "ok"
        ended = threading.Thread(target=suite.down)
        ended.start()
        replies = []
        while (reply := commander.receive(seconds=1.0)) is not None:
            replies.append(reply)
        ended.join()
    assert not suite.processes(), "something still runs"
    suite.up()
    logged = {event["causationid"]: event for event in events_of(suite)}
    acknowledged = [reply["id"] for reply in replies if reply["status"] == "ok"]
    assert set(acknowledged) <= set(logged) and sent[0] in logged


def test_restart_keeps_everything(suite):
    with suite.commander() as commander:
        ident, data = redress.uuid7(), cases.raising("kept")
        first = commander.ok("escalation.raise", "acme", data, id=ident)
        escalation = cases.id_of_reply(first)
        log = suite.log()
        epoch = suite.endpoint()["epoch"]
        suite.down()
        suite.up()
        assert suite.log() == log
        assert int(suite.endpoint()["epoch"]) > int(epoch)
        again = commander.command("escalation.raise", "acme", data, id=ident)
        assert again == {**first, "replayed": True}
        assert commander.ok("escalation.ack", "acme", {"escalation": escalation}, expect=first["version"])
        assert len(suite.log()) == len(log) + 1


def test_state_that_was_lost_is_folded_again(suite):
    with suite.commander() as commander:
        ids = [cases.raised(commander, "acme", f"n{n}")[0] for n in range(20)]
        log = suite.log()
        suite.down()
        states = [path for path in suite.data.glob("**/state") if path.is_dir()]
        assert states
        for path in states:
            shutil.rmtree(path)
        suite.up()
        assert suite.log() == log
        for ident in ids:
            commander.ok("escalation.ack", "acme", {"escalation": ident})


def test_a_stop_leaves_a_copy_of_the_head(suite):
    """What is left to be restored from is named by what is in it: everything, and no more."""
    with suite.commander() as commander:
        for n in range(3):
            cases.raised(commander, "acme", f"n{n}")
    head = len(suite.log())
    suite.down()
    copies = [path.name for path in (suite.data / "escalation" / "000" / "checkpoint").iterdir()]
    assert [name.split("-")[0] for name in copies] == [str(head)], f"the log ends at {head}, the copies are {copies}"


def test_second_owner_of_a_directory_is_refused(suite):
    with suite.commander() as commander:
        cases.raised(commander, "acme")
        done = suite.cli("up", "--detach", check=False)
        assert done.returncode in (1, 4, 6) and done.stderr.strip(), done
        alone = subprocess.run([str(redress.program("redress-escalation")), "--data", str(suite.data), "--partition", "0"],
                               stdin=subprocess.DEVNULL, capture_output=True, timeout=redress.PATIENCE, check=False)
        said = (alone.stdout + alone.stderr).decode()
        assert alone.returncode not in (0, -signal.SIGKILL), said
        assert any(word in said for word in ("owner", "owned", "lock", "in use", "claim", "running")), said
        commander.ok("escalation.raise", "acme", cases.raising("still served"))


def test_verify_after_kills(suite):
    with suite.commander() as commander:
        cases.raised(commander, "acme")
    suite.kill()
    assert suite.cli("verify").returncode == 0


def test_verify_finds_a_flipped_bit(suite):
    with suite.commander() as commander:
        for n in range(50):
            cases.raised(commander, "acme", f"flip me {n}")
    suite.down()
    found = 0
    for path in suite.data.glob("**/log/data.mdb"):
        content = bytearray(path.read_bytes())
        at = content.find(b"flip me 7")
        while at >= 0:
            content[at] ^= 1
            found += 1
            at = content.find(b"flip me 7", at)
        path.write_bytes(content)
    assert found, "the text is not in the log file"
    done = suite.cli("verify", check=False)
    assert done.returncode == 1 and (done.stdout + done.stderr).strip(), done


def bend(path):
    """Every entry of every leaf of an LMDB file lies where no file is; returns how many."""
    content, bent = bytearray(path.read_bytes()), 0
    assert len(content) < 65536, "an entry is at most so far behind its page"
    for page in range(2 * 4096, len(content), 4096):  # behind the two that say where all is
        flags, lower = struct.unpack_from("<HH", content, page + 10)
        for at in range(page + 16, page + lower, 2) if flags & 2 else ():
            struct.pack_into("<H", content, at, 65534)
            bent += 1
    path.write_bytes(content)
    return bent


def test_verify_survives_what_leads_out_of_a_file(suite):
    """A log whose pages lead elsewhere ends who reads it; the others are looked at all the same, and it is told which it is."""
    with suite.commander() as commander:
        cases.raised(commander, "acme")
    suite.down()
    assert bend(suite.data / "sip" / "000" / "log" / "data.mdb")
    done = suite.cli("verify", "-o", "json", check=False)
    rows = json.loads(done.stdout)["partitions"]
    assert done.returncode == 4 and {row["service"] for row in rows} == {"catalog", "escalation", "kpi", "notification"}
    assert "cannot verify sip/000: its files are damaged" in done.stderr, done


def test_down_twice_and_up_twice_say_so(suite):
    suite.down()
    assert suite.cli("down", check=False).returncode in (0, 6)
    suite.up()


def test_directory_is_private(suite):
    assert suite.data.stat().st_mode & 0o777 == 0o700


# --- timers ---------------------------------------------------------------------------------------------------------


def test_a_missed_update_fires_once_and_not_early_over_restarts(suite):
    with suite.commander() as commander:
        ident, _ = cases.raised(commander, "acme")
        body, reply = cases.due_soon(commander, "acme", ident, 2)
        suite.down()
        suite.up()
        with suite.consumer() as consumer:
            consumer.follow(to=reply["sequence"] + 1)
        suite.down()
        suite.up()
        commander.ok("escalation.raise", "acme", cases.raising("later"))
    missed = [event for event in events_of(suite) if event["type"] == "escalation.update_missed"]
    assert len(missed) == 1 and missed[0]["time"] >= body["next_update_at"]
    assert missed[0]["subject"] == f"acme/{ident}"


def test_a_due_instant_that_passed_while_down_fires_at_the_start(suite):
    with suite.commander() as commander:
        ident, _ = cases.raised(commander, "acme")
        body, reply = cases.due_soon(commander, "acme", ident, 1)
        last = reply["sequence"]
        suite.down()
        redress.wait_for(lambda: redress.from_now(0) > body["next_update_at"], what="the due instant")
        suite.up()
        with suite.consumer() as consumer:
            consumer.follow(to=last + 1)
            assert msgpack.unpackb(consumer.frames[-1])["type"] == "escalation.update_missed"


def test_a_ticket_life_on_a_quick_clock():
    """A critical ticket that nobody takes, five minutes a second: reminded, raised at 75 %, climbing by floors and minutes. A
    machine that is late passes steps over, which then have to be those that were due: it is asked again, by a slower clock."""
    for rate in (300, 60, 15):
        if a_ticket_life(rate):
            return
    raise AssertionError("every clock was too fast for this machine")


def a_ticket_life(rate):
    """Whether every step was taken by itself."""
    with redress.Suite(clock=f"x{rate}") as suite:
        suite.up()
        with suite.commander() as commander, suite.consumer() as consumer:
            consumer.follow()
            now = consumer.beacons[-1]["time"]
            fact = cases.fact("X1", priority=1, updated_at=now, opened_at=now)
            commander.ok("ticket.record", "acme", fact)
            consumer.follow(to=1)
            begin, minute = redress.instant(now), 60_000_000

            def top():
                consumer.step(0.1)
                return any(msgpack.unpackb(f)["data"].get("level") == 6 for f in consumer.frames)
            redress.wait_for(top, 3 * redress.PATIENCE, "level 6")
        seen = events_of(suite)
        assert consumer.frames == suite.log()[:len(consumer.frames)]
    due = {1: 11 * minute + 15_000_000, 3: 13 * minute + 30_000_000, 4: 15 * minute, 5: 18 * minute,
           6: 22 * minute + 30_000_000}
    climbs = [(e["data"]["level"], redress.instant(e["time"]) - begin) for e in seen
              if e["type"] in ("escalation.raised", "escalation.level_raised")]
    for (_, before), (level, time) in zip([(0, 0), *climbs], climbs):
        assert level == max(each for each in due if due[each] <= time) and before < time, climbs
    reached = [(e["data"]["clock"], e["data"]["percent"], redress.instant(e["data"]["occurred_at"]) - begin) for e in seen
               if e["type"] in ("ticket.reminded", "ticket.threshold_reached")]
    assert reached == [("response", percent, 15 * minute * percent // 100) for percent in (50, 75, 90, 100, 120, 150)]
    return [level for level, _ in climbs] == [1, 3, 4, 5, 6] and all(time - due[level] < 5 * minute for level, time in climbs)


# --- an escalation's life by hand -----------------------------------------------------------------------------------


def test_closeout_is_refused_until_all_is_said(suite):
    with suite.commander() as commander:
        ident, _ = cases.raised(commander, "acme", severity=3)
        for step, body in cases.closeout(ident):
            reply = commander.command("escalation.close", "acme", {"escalation": ident})
            assert reply["status"] == "refused" and reply["code"] and reply["message"], f"before {step}: {reply}"
            commander.ok(f"escalation.{step}", "acme", body)
        commander.ok("escalation.close", "acme", {"escalation": ident})
        for step, body in (*cases.closeout(ident), ("ack", {"escalation": ident})):
            assert commander.command(f"escalation.{step}", "acme", body)["status"] == "refused", f"{step} after the close"
    types = [event["type"] for event in events_of(suite)]
    assert types[0] == "escalation.raised" and types[-1] == "escalation.closed"
    assert suite.down() is None and suite.cli("verify").returncode == 0


@pytest.mark.parametrize("level", [1, 4])
def test_a_clients_wish_is_at_least_level_four(suite, level):
    with suite.commander() as commander:
        reply = commander.ok("escalation.raise", "acme", cases.raising(cause="client_wish", level=level))
    assert events_of(suite)[reply["sequence"] - 1]["data"]["level"] == 4
