"""Processes that nobody supervises, as containers and units run them: each makes the suite when it is the first, says by
`redress health` whether it is ready, and is known to be dead whatever process ids mean to the reader."""
import datetime
import json
import os
import shutil
import signal
import subprocess
import zoneinfo

import msgpack
import pytest

import cases
import redress
import sse


@pytest.fixture(name="empty")
def fixture_empty():
    """A directory for a suite that nobody has made."""
    with redress.Suite() as suite:
        yield suite


def free_address():
    return f"127.0.0.1:{sse.free_port()}"


def start(suite, name, *flags, before=()):
    """A program of the suite by itself; its log goes where nobody has to read it while it runs."""
    command = [*before, str(redress.program(f"redress-{name}")), "--data", str(suite.data), *map(str, flags)]
    with open(f"{suite.home}/{name}.log", "ab") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def health(suite, *arguments):
    """Exit code and rows."""
    done = suite.cli("health", *arguments, "-o", "json", check=False)
    return done.returncode, json.loads(done.stdout)["partitions"] if done.stdout else []


def wait_healthy(suite, *arguments):
    redress.wait_for(lambda: health(suite, *arguments)[0] == 0, what=f"health of {arguments}")


def services():
    """All that are built: every redress-<service> but what is no service."""
    built = redress.program("redress-escalation").parent.glob("redress-*")
    return sorted({path.name[len("redress-"):] for path in built if "." not in path.name} - {"docs", "tally", "gateway"})


def test_who_starts_first_makes_the_suite(empty):
    """All services and the gateway at once on an empty directory: one suite, and all of it becomes ready."""
    names, address = services(), free_address()
    running = [start(empty, name, "--partitions", 2) for name in names]
    running.append(start(empty, "gateway", "--partitions", 2, "--http", address))
    wait_healthy(empty, *names, "gateway", "--http", address)
    _, rows = health(empty)
    assert {row["service"] for row in rows} == set(names) and all(row["ready"] for row in rows)
    for process in running:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(timeout=redress.PATIENCE) for process in running] == [0] * len(running)
    verified = empty.cli_json("verify")
    assert verified["equal"] and {row["service"] for row in verified["partitions"]} == set(names)


def test_another_count_of_partitions_is_refused(empty):
    first = start(empty, "escalation", "--partitions", 2)
    wait_healthy(empty, "escalation")
    second = start(empty, "gateway", "--partitions", 3, "--http", free_address())
    assert second.wait(timeout=redress.PATIENCE) == 2
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=redress.PATIENCE) == 0
    assert start(empty, "escalation", "--partitions", 3).wait(timeout=redress.PATIENCE) == 2
    told = open(f"{empty.home}/escalation.log", encoding="utf-8").read()
    assert "partitions: of this directory is 2 and cannot be changed to 3" in told


def test_nothing_is_made_unasked(empty):
    assert start(empty, "escalation").wait(timeout=redress.PATIENCE) == 3
    assert not empty.data.exists()


def test_health_is_an_exit_code(empty):
    address = free_address()
    assert health(empty, "escalation")[0] == 3, "there is no suite"
    assert health(empty, "escalatoin")[0] == 2
    assert health(empty, "gateway", "--http", "nowhere")[0] == 2
    process = start(empty, "escalation", "--partitions", 2)
    wait_healthy(empty, "escalation")
    code, rows = health(empty, "escalation")
    assert code == 0 and [(row["partition"], row["ready"]) for row in rows] == [(0, True), (1, True)]
    code, rows = health(empty, "escalation", "gateway", "--http", address)
    assert code == 6 and [row["ready"] for row in rows] == [False, True, True]
    gateway = start(empty, "gateway", "--http", address)
    wait_healthy(empty, "escalation", "gateway", "--http", address)
    process.kill()
    process.wait()
    code, rows = health(empty, "escalation")
    assert code == 6 and [row["note"] for row in rows] == ["nobody serves it"] * 2
    assert health(empty, "gateway", "--http", address)[0] == 0, "the gateway itself is well"
    gateway.kill()
    gateway.wait()


def test_process_ids_mean_nothing(empty):
    """In a process-id namespace of its own it is number 1, a number that somebody else has who lives for ever."""
    before = ["unshare", "--pid", "--fork"] + (["--user", "--map-current-user"] if os.geteuid() else [])
    start(empty, "escalation", "--partitions", 1, before=before)
    wait_healthy(empty, "escalation")
    _, rows = health(empty, "escalation")
    assert rows[0]["pid"] == 1
    with empty.commander() as commander:
        assert commander.command("escalation.raise", "acme", {"title": "down", "severity": 1})["status"] == "ok"
    for pid in empty.processes("redress-escalation"):
        os.kill(pid, signal.SIGKILL)
    redress.wait_for(lambda: health(empty, "escalation")[1][0].get("note") == "nobody serves it", what="its end")
    assert empty.cli("endpoints", check=False).returncode == 6
    # Its sockets and its word are still there, and are no hindrance; process 1 is a good end too.
    start(empty, "escalation", before=before)
    wait_healthy(empty, "escalation")
    assert len(empty.log()) == 1
    for pid in empty.processes("redress-escalation"):
        os.kill(pid, signal.SIGTERM)
    redress.wait_for(lambda: not empty.processes("redress-escalation"), what="a drained end")
    assert empty.cli_json("verify")["equal"]


ZONES = {"east": "Pacific/Kiritimati", "west": "Pacific/Pago_Pago"}  # 25 hours apart: UTC has the day of one of them at most


def complaint(client):
    return {"op": "command", "id": redress.uuid7(), "type": "complaint.record", "client": client, "data": {"title": "too slow"}}


def behind_or_ready(suite):
    """What health says of kpi once its log is folded."""
    rows = health(suite, "kpi")[1]
    return rows and (rows[0]["ready"] or "copies" in rows[0].get("note", "")) and rows[0]


def ask_while_copies_are_missing(suite):
    """Complaints that the service has and does not decide, as it says itself; what it said nevertheless."""
    askers = {client: suite.commander(service="kpi") for client in ZONES}
    with suite.commander(service="kpi") as other:
        for client, asker in askers.items():
            asker.raw(msgpack.packb(complaint(client)))
        said = []

        def held():
            said.extend(reply for asker in askers.values() if (reply := asker.receive(seconds=0)))
            return said or other.ask({"op": "health", "id": redress.uuid7()})["result"]["waiting"] == len(askers)
        redress.wait_for(held, what="both to wait")
        assert not said, f"decided without its copies: {said}"
    return askers


def test_nothing_is_decided_before_lost_copies_are_there_again(empty):
    """A state is lost while the service whose copies it held cannot answer: what is asked waits until it can."""
    catalog, kpi = (start(empty, name, "--partitions", 1) for name in ("catalog", "kpi"))
    wait_healthy(empty, "catalog", "kpi")
    with empty.commander(service="catalog") as asker:
        for client, zone in ZONES.items():
            known = sse.catalog(asker, "client.set", {"id": client, "name": client, "zone": zone})["sequence"]
    with empty.commander(service="kpi") as asker:
        for client in ZONES:
            assert asker.ask({**complaint(client), "after": cases.after(known, service="catalog")})["status"] == "ok"
    kpi.send_signal(signal.SIGTERM)
    assert kpi.wait(timeout=redress.PATIENCE) == 0
    for path in [*empty.data.glob("kpi/*/state"), *empty.data.glob("kpi/*/checkpoint")]:
        shutil.rmtree(path)
    redress.freeze(catalog.pid)
    try:
        kpi = start(empty, "kpi")
        redress.wait_for(lambda: behind_or_ready(empty), what="the log to be folded")
        askers = ask_while_copies_are_missing(empty)
        assert behind_or_ready(empty)["note"] == "copies of catalog are being made again"
    finally:
        catalog.send_signal(signal.SIGCONT)
    assert [asker.receive()["status"] for asker in askers.values()] == ["ok", "ok"]
    told = [event for event in map(msgpack.unpackb, empty.log("kpi")) if event["type"] == "complaint.recorded"]
    assert len(told) == 2 * len(ZONES)
    for event in told:
        wall = datetime.datetime.fromisoformat(event["time"]).astimezone(zoneinfo.ZoneInfo(ZONES[event["partitionkey"]]))
        assert event["data"]["day"] == str(wall.date())
    for process in (catalog, kpi):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=redress.PATIENCE) == 0
    assert empty.cli_json("verify")["equal"]
