"""The import of the small log, over the bus and by --history: what it prints, what it refuses, and that it is idempotent."""
import json
import pathlib

import msgpack
import pytest

import cases
import oracle
import redress

DATA = redress.ROOT / "tests" / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
SMALL = DATA / "incidents.csv"
KEYS = {"rows", "tickets", "made_sla", "missed_sla", "reopened", "escalations", "refused", "seconds"}


def imported(suite, path, *options):
    """What an import printed, and its run; bad rows make it partial, not failed."""
    done = suite.cli("import", "tickets", path, "--map", "uci-incidents", "-o", "json", *options, check=False)
    assert done.returncode in (0, 7), done
    return json.loads(done.stdout), done


def expect_totals(printed):
    assert set(printed) >= KEYS, printed
    for key in ("rows", "tickets", "made_sla", "missed_sla", "reopened"):
        assert printed[key] == EXPECTED[key], f"{key}: {printed}"
    assert printed["refused"] == 0 and printed["bad"] == len(EXPECTED["bad_lines"]), "a row is bad, a fact is refused"


def same(one, two):
    """Two imports printed the same but for the time they took and what was known already."""
    return [{k: v for k, v in each.items() if k not in ("seconds", "known")} for each in (one, two)]


def without_envelope(frames):
    """What two imports must agree in: not the install, the epoch or the time of the commit."""
    events = [msgpack.unpackb(frame) for frame in frames]
    return [{name: e[name] for name in ("sequence", "type", "subject", "partitionkey", "data")} for e in events]


@pytest.fixture(name="empty")
def fixture_empty():
    """A directory of a suite that is down."""
    with redress.Suite() as suite:
        suite.data.mkdir(parents=True, mode=0o700)
        yield suite


def bad_lines_are_named(done):
    for row in EXPECTED["bad_lines"]:
        lines = [line for line in done.stderr.splitlines() if str(row["line"]) in line]
        assert any(row["names"] in line or row["names"].removeprefix("sys_") in line for line in lines), \
            f"line {row['line']} with {row['names']} is not in:\n{done.stderr}"


def test_over_the_bus(suite):
    printed, done = imported(suite, SMALL)
    expect_totals(printed)
    bad_lines_are_named(done)
    assert printed["escalations"] == 0, "facts of long ago lapse on the real clock"
    clients = {msgpack.unpackb(frame)["partitionkey"] for frame in suite.log()}
    assert clients == set(EXPECTED["clients"])


def test_bad_rows_make_the_import_partial(suite):
    assert imported(suite, SMALL)[1].returncode == 7


def test_gz_is_the_same(empty):
    printed, _ = imported(empty, SMALL, "--history")
    with redress.Suite() as other:
        other.data.mkdir(parents=True, mode=0o700)
        zipped, _ = imported(other, SMALL.with_suffix(".csv.gz"), "--history")
        assert len(set(map(str, same(printed, zipped)))) == 1
        assert without_envelope(imported_log(empty)) == without_envelope(imported_log(other))


def imported_log(suite):
    """The log of a directory imported by history: opened on the real clock only when adopted."""
    suite.up("--adopt-clock")
    frames = suite.log()
    suite.down()
    last = msgpack.unpackb(frames.pop())
    assert last["type"] == "clock.adopted"
    return frames


def test_by_history(empty):
    printed, done = imported(empty, SMALL, "--history")
    expect_totals(printed)
    bad_lines_are_named(done)
    assert printed["escalations"] == EXPECTED["history_escalations"]


def test_history_is_what_the_oracle_says(empty):
    imported(empty, SMALL, "--history")
    facts, _ = oracle.read(SMALL)
    expected = oracle.changes(oracle.simulate(facts))
    assert cases.changes(imported_log(empty)) == expected



def test_again_over_the_bus_changes_nothing(suite):
    first, _ = imported(suite, SMALL)
    log = suite.log()
    second, _ = imported(suite, SMALL)
    assert suite.log() == log, "an event was added"
    assert len(set(map(str, same(first, second)))) == 1 and second["known"] == EXPECTED["rows"]


def test_again_by_history_changes_nothing(empty):
    first, _ = imported(empty, SMALL, "--history")
    second, _ = imported(empty, SMALL, "--history")
    assert len(set(map(str, same(first, second)))) == 1 and second["known"] == EXPECTED["rows"]
    with redress.Suite() as other:
        other.data.mkdir(parents=True, mode=0o700)
        imported(other, SMALL, "--history")
        assert without_envelope(imported_log(empty)) == without_envelope(imported_log(other))


def test_history_needs_the_suite_down(suite):
    done = suite.cli("import", "tickets", SMALL, "--map", "uci-incidents", "--history", check=False)
    assert done.returncode in (1, 4, 6) and done.stderr.strip(), done
    assert suite.log() == []


def test_history_in_four_partitions_is_the_same_set():
    with redress.Suite(partitions=4) as suite:
        imported(suite, SMALL, "--history", "--partitions", "4")
        suite.up("--adopt-clock")
        found = set().union(*(cases.changes(suite.log(partition=p)) for p in range(4)))
    facts, _ = oracle.read(SMALL)
    assert found == oracle.changes(oracle.simulate(facts))


def test_query_gives_the_same_totals_as_the_import(suite):
    printed, _ = imported(suite, SMALL)
    summary = suite.cli_json("query", "escalation.ticket_summary")
    for key in ("rows", "tickets", "made_sla", "missed_sla", "reopened"):
        assert cases.find(summary, key) == printed[key], f"{key}: {summary}"



def test_documents_of_an_alertmanager(suite):
    """Eleven alerts in six documents are four facts of two tickets; the one that was resolved is open again."""
    path = DATA / "alertmanager.jsonl"
    options = ("--map", "alertmanager", "--client-default", "umbrella", "-o", "json")
    printed = json.loads(suite.cli("import", "tickets", path, *options).stdout)
    assert printed["rows"] == 11 and printed["tickets"] == 2 and printed["known"] == 7 and printed["bad"] == 0, printed
    assert json.loads(suite.cli("import", "tickets", path, *options).stdout)["known"] == 11
    fired = suite.cli_json("query", "escalation.ticket", "acme/alertmanager:77e728627ca15e5c")["rows"][0]
    assert fired["state"] == "new" and fired["priority"] == 1 and fired["title"] == "Disk full again", fired
    assert fired["opened_at"] == "2026-11-22T00:41:50.411780Z" and fired["moment"] == "2026-11-22T00:42:00.444744Z", fired
    other = suite.cli_json("query", "escalation.ticket", "umbrella/alertmanager:f49ca2ad96f25f5d")["rows"][0]
    assert other["state"] == "new" and other["priority"] == 3, other


def test_a_document_that_does_not_fit_is_named_and_the_rest_is_taken(suite, tmp_path):
    good = (DATA / "alertmanager.jsonl").read_text(encoding="utf-8").splitlines()[0]
    path = pathlib.Path(tmp_path, "alerts.json")
    path.write_text(f'{good}\n{{"alerts": [{{"status": "asleep"}}]}}\n', encoding="utf-8")
    done = suite.cli("import", "tickets", path, "--map", "alertmanager", "--client-default", "umbrella", "-o", "json", check=False)
    assert done.returncode == 7 and json.loads(done.stdout)["tickets"] == 2, done
    assert f"{path}:2: /alerts/0/status: " in done.stderr, done.stderr
    path.write_text(good + "\n{", encoding="utf-8")
    done = suite.cli("import", "tickets", path, "--map", "alertmanager", "--client-default", "umbrella", check=False)
    assert done.returncode == 1 and f"{path}:2: not JSON" in done.stderr, done


@pytest.mark.parametrize("content, code", [(None, 1), ("", 1), ("a,b\n1,2\n", 1)], ids=["absent", "empty", "header"])
def test_a_file_that_is_no_log_fails_with_a_sentence(suite, tmp_path, content, code):
    path = pathlib.Path(tmp_path, "log.csv")
    if content is not None:
        path.write_text(content, encoding="utf-8")
    done = suite.cli("import", "tickets", path, "--map", "uci-incidents", check=False)
    assert done.returncode in (code, 2, 3) and done.stderr.strip(), done
    assert suite.log() == []


def test_an_unknown_map_is_a_usage_error(suite):
    done = suite.cli("import", "tickets", SMALL, "--map", "no-such-map", check=False)
    assert done.returncode in (2, 3) and "no-such-map" in done.stderr, done
