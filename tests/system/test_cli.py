"""The command-line tool: data on stdout, the rest on stderr, and exit codes that a script can rely on."""
import json
import os
import re
import select
import signal
import subprocess
import time
import urllib.error
import urllib.request

import msgpack
import pytest

import cases
import redress
import sse


def test_up_returns_when_all_is_ready(suite):
    """Nothing is waited for: the first command after `up` is served."""
    with suite.commander() as commander:
        message = {"op": "command", "id": redress.uuid7(), "type": "escalation.raise", "client": "acme", "data": cases.raising()}
        commander.raw(msgpack.packb(message))
        assert commander.receive()["status"] == "ok"


def test_status_and_endpoints_are_json(suite):
    assert isinstance(suite.cli_json("status"), dict)
    for row in suite.endpoints():
        assert {"service", "partition", "command", "events", "replay", "epoch", "instance"} <= set(row)


def test_every_word_after_the_noun_reaches_the_bus(suite):
    raised = suite.cli_json("escalation", "raise", "--client", "acme", *cases.flags(cases.raising("by hand")))
    ident = raised["result"]["id"] if "result" in raised else raised["id"]
    done = suite.cli("escalation", "ack", ident, "--client", "acme")
    assert done.returncode == 0
    types = [msgpack.unpackb(frame)["type"] for frame in suite.log()]
    assert types == ["escalation.raised", "escalation.acked"]


@pytest.mark.parametrize("arguments, code", [
    (("escalation", "ack", "esc-none", "--client", "acme"), 3), (("escalation", "ack"), 2), (("escalation", "fly", "x"), 2),
    (("nonsense",), 2), (("query", "escalation.nonsense"), 2), (("escalation", "ack", "x", "--client", "acme", "--no-such"), 2),
    (("up", "--partitions", "none"), 2), (("up", "--clock", "sideways"), 2),
], ids=cases.short)
def test_exit_codes(suite, arguments, code):
    done = suite.cli(*arguments, check=False)
    assert done.returncode == code, done
    assert done.stderr.strip() and not done.stdout.strip(), "what went wrong is said on stderr"


def test_refused_is_four_and_says_the_rule(suite):
    ident = cases.id_of_reply(suite.commander().ok("escalation.raise", "acme", cases.raising()))
    done = suite.cli("escalation", "close", ident, "--client", "acme", check=False)
    assert done.returncode in (2, 4), done
    late = cases.update(ident, seconds=-60)
    del late["escalation"]
    done = suite.cli("escalation", "update", ident, "--client", "acme", *cases.flags(late), check=False)
    assert done.returncode == 4 and "next_update" in done.stderr.replace("-", "_"), done


def test_unavailable_is_six(suite):
    suite.down()
    done = suite.cli("escalation", "ack", "esc-x", "--client", "acme", check=False)
    assert done.returncode == 6 and done.stderr.strip(), done
    with redress.Suite() as none:
        assert none.cli("status", check=False).returncode in (3, 6)


def test_wrong_option_names_option_value_and_range(suite):
    done = suite.cli("up", "--partitions", "100000000", check=False)
    assert done.returncode == 2 and "partitions" in done.stderr and "100000000" in done.stderr, done


def test_help_is_on_stdout_and_succeeds(suite):
    for arguments in (("--help",), ("up", "--help"), ("escalation", "ack", "--help"), ("import", "--help")):
        done = suite.cli(*arguments, data=False)
        assert done.stdout.strip() and not done.stderr.strip(), arguments


def test_a_command_is_listed_once(suite):
    text = suite.cli("--help", data=False).stdout
    listed = re.findall(r"(?m)^  ([a-z_]+) {2,}[a-z]", text[text.index("Commands of the suite:"):])
    assert len(listed) > 40 and len(listed) == len(set(listed)), [word for word in listed if listed.count(word) > 1]


def test_a_noun_has_verbs_of_the_tool_beside_its_own(suite):
    """A report is somebody's in the catalog, and one of programmes is made here: neither hides the other."""
    text = suite.cli("report", "--help", data=False).stdout
    assert {"set", "remove", "sip"} <= set(re.findall(r"(?m)^  ([a-z_]+) {2,}[A-Z]", text)), text
    suite.cli("client", "set", "--id", "acme", "--name", "Acme")
    suite.cli("person", "set", "--id", "ann", "--name", "Ann", "--side", "provider")
    suite.cli("report", "set", "--id", "monthly", "--name", "Monthly", "--client", "acme", "--audience", "client", "--owner", "ann",
              "--every-days", "30")
    assert [row["id"] for row in suite.cli_json("report", "list")["rows"]] == ["monthly"]
    assert "Acme" in suite.cli("report", "sip", "--client", "acme").stdout
    done = suite.cli("report", "sip", check=False)
    assert done.returncode == 2 and "--client" in done.stderr, done


def test_query_prints_json(suite):
    with suite.commander() as commander:
        ident, _ = cases.raised(commander, "acme")
    assert ident in json.dumps(suite.cli_json("query", "escalation.list"))


def watching(suite, *options):
    """`event watch` in a process of its own."""
    command = [str(redress.program()), "event", "watch", *options, "-o", "json", "--data", str(suite.data)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def lines(process, count, seconds=redress.PATIENCE):
    """So many lines of a process, decoded, within the time."""
    deadline, data, pipe = time.monotonic() + seconds, b"", process.stdout.fileno()
    while data.count(b"\n") < count:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        piece = os.read(pipe, 1 << 16) if ready else b""
        if not piece:
            process.kill()
            raise AssertionError(f"{data.count(10)} of {count} lines within {seconds} s")
        data += piece
    return [json.loads(line) for line in data.splitlines()]


def test_watch_gives_the_past_and_then_what_happens(suite):
    with suite.commander() as commander:
        for n in range(5):
            ident, _ = cases.raised(commander, "acme", f"n{n}")
        commander.ok("escalation.ack", "acme", {"escalation": ident})
        with watching(suite, "--since", "PT1H", "--type", "escalation.raised", "--count", "6") as watch:
            seen = lines(watch, 5)
            cases.raised(commander, "acme", "live")
            seen += lines(watch, 1)
            assert watch.wait(redress.PATIENCE) == 0
    assert [event["type"] for event in seen] == ["escalation.raised"] * 6
    assert [event["sequence"] for event in seen] == ["1", "2", "3", "4", "5", "7"], "decimal strings in JSON"


def test_watch_resumes_by_its_cursor(suite, tmp_path):
    seen = []
    with suite.commander() as commander:
        for n in range(6):
            cases.raised(commander, "acme", f"n{n}")
            if n in (2, 5):
                with watching(suite, "escalation.*", "--service", "escalation", "--since", "PT1H", "--count", "3",
                              "--cursor", str(tmp_path / "seen.json")) as watch:
                    seen += [event["sequence"] for event in lines(watch, 3)]
                    assert watch.wait(redress.PATIENCE) == 0
    assert seen == ["1", "2", "3", "4", "5", "6"]


def test_watch_is_the_log(suite):
    """The JSON of every event says what the MessagePack says."""
    with suite.commander() as commander:
        for n in range(10):
            cases.raised(commander, f"c{n}", f"ünïcode \"quoted\" {n}")
    suite.down()
    with watching(suite, "--service", "escalation", "--since", "PT1H") as watch:
        printed = lines(watch, 10)
        assert watch.wait(redress.PATIENCE) == 0, "it ends at the heads while the suite is down"
    suite.up()
    logged = [msgpack.unpackb(frame) for frame in suite.log()]
    for event in logged:
        event["epoch"], event["sequence"] = str(event["epoch"]), str(event["sequence"])
    assert [cases.texts(event) for event in printed] == [cases.texts(event) for event in logged]


def get(port, path):
    """Status and text of a page."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=redress.PATIENCE) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def metrics_with(port, name):
    """The page with that on it: whoever answers late on a busy machine is not."""
    def page():
        status, text = get(port, "/metrics")
        assert status == 200
        return text if name in text else None
    return redress.wait_for(page, what=name)


def test_metrics_are_what_promtool_accepts():
    """By the gateway, and they count what happened."""
    port, name = sse.free_port(), 'redress_replies_total{service="escalation",partition="0",status="ok"}'
    with redress.Suite(http=f"127.0.0.1:{port}") as suite:
        suite.up()
        with suite.commander() as commander:
            cases.raised(commander, "acme")
            before = metrics_with(port, name)
            cases.raised(commander, "acme")
        text = metrics_with(port, name)
    count = [next(int(line.split()[-1]) for line in page.splitlines() if line.startswith(name)) for page in (before, text)]
    assert count[1] > count[0]
    done = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_health_and_readiness():
    port = sse.free_port()
    with redress.Suite(http=f"127.0.0.1:{port}") as suite:
        suite.up()
        assert get(port, "/healthz")[0] == 200
        redress.wait_for(lambda: get(port, "/readyz")[0] == 200, what="everybody's answer in time")
        pid = next(pid for pid, name in suite.processes("redress-").items() if name == "redress-escalation")
        redress.freeze(pid)
        try:
            redress.wait_for(lambda: get(port, "/readyz")[0] == 503, what="503 while a service stands still")
            assert get(port, "/healthz")[0] == 200
        finally:
            os.kill(pid, signal.SIGCONT)
        redress.wait_for(lambda: get(port, "/readyz")[0] == 200, what="ready again")


def test_a_service_that_stands_still_is_told():
    """Whoever watches over a service has an answer while it has none: in a few seconds, however many partitions it has."""
    with redress.Suite(partitions=8) as many:
        many.up()
        pid = next(pid for pid, name in many.processes("redress-").items() if name == "redress-kpi")
        redress.freeze(pid)
        try:
            done = many.cli("health", "-o", "json", check=False, seconds=25)
        finally:
            os.kill(pid, signal.SIGCONT)
        rows = json.loads(done.stdout)["partitions"]
        assert done.returncode == 6 and {row.get("note") for row in rows if row["service"] == "kpi"} == {f"process {pid} does not answer"}
        assert all(row["ready"] == (row["service"] != "kpi") for row in rows) and len(rows) > 4 * 8
        redress.wait_for(lambda: many.cli("health", check=False).returncode == 0, what="it to go on")


def test_a_killed_service_is_started_again(suite):
    with suite.commander() as commander:
        ident, _ = cases.raised(commander, "acme")
        log = suite.log()
        os.kill(next(iter(suite.processes("redress-"))), signal.SIGKILL)
        commander.ok("escalation.ack", "acme", {"escalation": ident})
        assert suite.log()[:len(log)] == log


def test_a_client_that_the_catalog_does_not_know_is_named(suite):
    """A name mistyped is answered by nothing, which looks like an answer; where there is no catalog every client is one."""
    raising = ("escalation", "raise", "--severity", "2", "--title", "x", "--client")
    figure = ("query", "kpi.value", "--kpi", "nps", "--from", "2026-08-01", "--to", "2026-08-31", "--client")
    assert suite.cli(*raising, "acmee").stderr == ""
    suite.cli("client", "set", "--id", "acme", "--name", "Acme", "--zone", "Europe/Berlin")
    assert suite.cli(*raising, "acme").stderr == ""
    assert "no client acmee; did you mean acme?" in suite.cli(*raising, "acmee").stderr
    assert "no client zephyr; `redress client list`" in suite.cli(*figure, "zephyr").stderr
    assert suite.cli(*figure, "acme").stderr == ""
    assert "no client acmee" in suite.cli("programme", "list", "--client", "acmee").stderr
    assert "summary,,,Programmes," in suite.cli("report", "sip", "--client", "acme", "--form", "csv").stdout
    done = suite.cli("report", "sip", "--client", "acmee", check=False)
    assert (done.returncode, done.stdout) == (3, "") and "did you mean acme?" in done.stderr
    done = suite.cli("programme", "get", "acme/sip-none", check=False)
    assert done.returncode == 3 and "programme acme/sip-none" in done.stderr


def test_help_tells_flags_in_their_order(suite):
    """One says \"Of this service,\" and the next \"or of this component\": by their names they would come the other way round."""
    told = suite.cli("query", "kpi.value", "--help").stdout
    flags = re.findall(r"^ +--([a-z-]+)=", told, re.M)
    assert flags[:5] == ["kpi", "service", "component", "from", "to"]
    assert all(len(line) < 100 for line in told.split("\n")), "words wrap"
