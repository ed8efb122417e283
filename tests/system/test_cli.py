"""The command-line tool: data on stdout, the rest on stderr, and exit codes that a script can rely on."""
import json
import os
import shutil
import subprocess

import msgpack
import pytest

import cases
import redress


def test_up_returns_when_all_is_ready(suite):
    """Nothing is waited for: the first command after `up` is served."""
    with suite.commander() as commander:
        assert commander.command("escalation.raise", "acme", cases.raising(), seconds=2.0)["status"] == "ok"


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


def test_query_prints_json(suite):
    with suite.commander() as commander:
        ident, _ = cases.raised(commander, "acme")
    assert ident in json.dumps(suite.cli_json("query", "escalation.list"))


def test_watch_gives_every_event_of_a_type_since_a_cursor(suite):
    with suite.commander() as commander:
        for n in range(5):
            ident, _ = cases.raised(commander, "acme", f"n{n}")
        commander.ok("escalation.ack", "acme", {"escalation": ident})
        command = [str(redress.program()), "event", "watch", "--since", "0", "--type", "escalation.raised", "-o", "json",
                   "--data", str(suite.data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as watch:
            try:
                seen = [json.loads(watch.stdout.readline()) for _ in range(5)]
                cases.raised(commander, "acme", "live")
                seen.append(json.loads(watch.stdout.readline()))
            finally:
                watch.terminate()
    assert [event["type"] for event in seen] == ["escalation.raised"] * 6
    assert [int(event["sequence"]) for event in seen] == [1, 2, 3, 4, 5, 7]


def test_metrics_are_what_promtool_accepts(suite):
    """Found where `status` or `endpoints` name it."""
    text = cases.metrics(suite)
    assert text.strip()
    if shutil.which("promtool"):
        done = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
