"""The import of surveys, time entries, contracts and endpoints from files as other systems write them, with the headers that are
documented: what is taken, what is said of bad rows, and that importing again changes nothing."""
import json

import msgpack
import pytest

import redress

SURVEYS = "survey_id,kind,client_id,contact_id,role,asked_at,answered_at,score,scale_min,scale_max,comment,ticket_id,escalation_id"
TIME_ENTRIES = "id,client_id,ticket_id,person,started_at,minutes,work_type,rate"
CONTRACTS = "client_id,start,end,mrr,currency,notice_days,exit_cost,status,loss_reason"
ENDPOINTS = "client_id,month,count"
EVENTS = {"surveys": "survey.recorded", "time-entries": "effort.recorded", "contracts": "contract.noted",
          "endpoints": "endpoint.recorded"}


def write(directory, name, header, *rows, end="\n", bom=False):
    path = directory / name
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + end.join((header, *rows, "")).encode())
    return path


def imported(suite, *arguments, code=0):
    """What an import printed, and what it said of rows."""
    done = suite.cli("import", *arguments, "-o", "json", check=False)
    assert done.returncode == code, done
    return json.loads(done.stdout), done.stderr


def facts(suite, kind):
    """The data of the events of a kind, by client and id."""
    events = [msgpack.unpackb(frame) for frame in suite.log(service="kpi")]
    return {event["subject"]: event["data"] for event in events if event["type"] == EVENTS[kind]}


def counted(suite):
    return len([frame for frame in suite.log(service="kpi") if msgpack.unpackb(frame)["type"] in EVENTS.values()])


@pytest.fixture(name="files")
def fixture_files(tmp_path):
    """One good file of each kind; the first as a spreadsheet saves it."""
    return {
        "surveys": write(tmp_path, "surveys.csv", SURVEYS,
                         's1,nps,acme,ann,executive,2026-08-01T10:00:00+02:00,2026-08-02T09:30:00+02:00,9,0,10,"Good, ""really""",,',
                         "s2,csat_rel,acme,bob,user,2026-08-01T10:00:00+02:00,,,1,5,,,",
                         's3,csat_esc,beta,eve,sponsor,2026-08-03T10:00:00Z,2026-08-03T11:00:00Z,2,1,5,"Two\nlines",T1,esc-1',
                         end="\r\n", bom=True),
        "time-entries": write(tmp_path, "time_entries.csv", TIME_ENTRIES,
                              "1,acme,T1,Mia,2026-08-01T23:30:00+02:00,90,reactive,80.50",
                              "2,acme,,Mia,2026-08-02T10:00:00+02:00,30,Project,",
                              "3,beta,desk:7,Max,2026-08-02T10:00:00-05:00,15,admin,0"),
        "contracts": write(tmp_path, "contracts.csv", CONTRACTS,
                           "acme,2025-01-01,,1000.50,EUR,90,5000,active,",
                           "beta,2025-01-01T00:00:00+01:00,2026-06-30,800,,,,lost,price"),
        "endpoints": write(tmp_path, "endpoints.csv", ENDPOINTS, "acme,2026-08,40", "acme,2026-09-01,41", "beta,2026-08,7"),
    }


def test_surveys(suite, files):
    printed, _ = imported(suite, "surveys", files["surveys"])
    assert printed["rows"] == printed["recorded"] == 3 and printed["bad"] == printed["refused"] == printed["known"] == 0
    is_told = facts(suite, "surveys")
    assert set(is_told) == {"acme/s1", "acme/s2", "beta/s3"}
    first, open_one, last = is_told["acme/s1"], is_told["acme/s2"], is_told["beta/s3"]
    assert (first["kind"], first["score"], first["scale_max"], first["comment"]) == ("nps", 9, 10, 'Good, "really"')
    assert first["asked_at"] == "2026-08-01T08:00:00.000000Z" and first["answered_at"] == "2026-08-02T07:30:00.000000Z"
    assert open_one["kind"] == "relationship" and "score" not in open_one, "who did not answer is kept"
    assert (last["kind"], last["ticket"], last["escalation"]) == ("escalation", "csv:T1", "esc-1")


def test_time_entries(suite, files):
    printed, _ = imported(suite, "time-entries", files["time-entries"])
    assert printed["recorded"] == 3
    is_told = facts(suite, "time-entries")
    first, second, third = (is_told[key] for key in ("acme/1", "acme/2", "beta/3"))
    assert (first["ticket"], first["minutes"], first["work_type"], first["rate"]) == ("csv:T1", 90, "incident", "80.50")
    assert first["day"] == "2026-08-01" and first["started_at"] == "2026-08-01T21:30:00.000000Z"
    assert second["work_type"] == "change" and "rate" not in second
    assert third["rate"] == "0.00" and third["ticket"] == "desk:7"


def test_contracts(suite, files):
    imported(suite, "contracts", files["contracts"])
    rows = suite.cli_json("query", "kpi.contracts")
    rows = rows if isinstance(rows, list) else rows["rows"]
    assert [(row["client"], row["start"], row["status"]) for row in rows] == [
        ("acme", "2025-01-01", "active"), ("beta", "2025-01-01", "lost")]
    assert rows[0]["value"] == "1000.50" and rows[0]["exit_cost"] == "5000.00" and rows[0]["notice_days"] in (90, "90")
    assert rows[1]["end"] == "2026-06-30" and rows[1]["loss_reason"] == "price" and rows[1]["currency"] == "EUR"
    retention = suite.cli_json("query", "kpi.value", "--kpi", "retention", "--from", "2026-01-01", "--to", "2026-12-31")
    assert (retention["numerator"], retention["denominator"], retention["value"]) == (1, 2, 50) or \
        [str(retention[key]) for key in ("numerator", "denominator", "value")] == ["1", "2", "50.0000"], retention


def test_endpoints(suite, files):
    imported(suite, "endpoints", files["endpoints"])
    is_told = facts(suite, "endpoints")
    assert {key: (one["day"], one["count"]) for key, one in is_told.items()} == {
        "acme/2026-08": ("2026-08-01", 40), "acme/2026-09": ("2026-09-01", 41), "beta/2026-08": ("2026-08-01", 7)}


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_again_changes_nothing(suite, files, kind):
    first, _ = imported(suite, kind, files[kind])
    before = counted(suite)
    again, _ = imported(suite, kind, files[kind])
    assert counted(suite) == before
    assert again["recorded"] == 0 and again["known"] == first["recorded"] == first["rows"]


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_a_dry_run_only_reads(suite, files, kind):
    printed, _ = imported(suite, kind, files[kind], "--dry-run")
    assert printed["rows"] in (2, 3) and "recorded" not in printed
    assert counted(suite) == 0


BAD = [
    ("surveys", SURVEYS, "s1,smile,acme,a,user,2026-08-01T10:00:00Z,,,1,5,,,", "kind", "smile"),
    ("surveys", SURVEYS, "s1,nps,acme,a,user,2026-08-01 10:00,,,0,10,,,", "asked_at", "no instant"),
    ("surveys", SURVEYS, "s1,nps,acme,a,user,2026-08-01T10:00:00Z,2026-08-01T11:00:00Z,11,0,10,,,", "score", "scale"),
    ("surveys", SURVEYS, "s1,nps,acme,a,user,2026-08-01T10:00:00Z,2026-08-01T11:00:00Z,nine,0,10,,,", "score", "whole number"),
    ("surveys", SURVEYS, ",nps,acme,a,user,2026-08-01T10:00:00Z,,,0,10,,,", "survey_id", "is required"),
    ("time-entries", TIME_ENTRIES, "1,acme,,Mia,2026-08-01T10:00:00Z,-5,admin,", "minutes", "from 0"),
    ("time-entries", TIME_ENTRIES, "1,acme,,Mia,2026-08-01T10:00:00Z,5,fun,", "work_type", "fun"),
    ("time-entries", TIME_ENTRIES, "1,acme,,Mia,2026-08-01T10:00:00Z,5,admin,1.234", "rate", "2 decimals"),
    ("time-entries", TIME_ENTRIES, "1,acme,,Mia,2099-08-01T10:00:00Z,5,admin,", "started_at", "a day from now"),
    ("time-entries", TIME_ENTRIES, "1,,,Mia,2026-08-01T10:00:00Z,5,admin,", "client_id", "no client"),
    ("contracts", CONTRACTS, "acme,2025-01-01,,much,EUR,,,active,", "mrr", "number"),
    ("contracts", CONTRACTS, "acme,01.02.2025,,1,EUR,,,active,", "start", "date"),
    ("contracts", CONTRACTS, "acme,2025-01-01,2024-01-01,1,EUR,,,active,", "end", "before its first"),
    ("contracts", CONTRACTS, "acme,2025-01-01,,1,EUR,,,lost,price", "end", "last day"),
    ("contracts", CONTRACTS, "acme,2025-01-01,,1,Euro,,,active,", "currency", "3"),
    ("contracts", CONTRACTS, "acme,2025-01-01,,1,EUR,,,active", "row", "cells"),
    ("endpoints", ENDPOINTS, "acme,2026-13,4", "month", "date"),
    ("endpoints", ENDPOINTS, "acme,2026-08,some", "count", "whole number"),
]


@pytest.mark.parametrize("kind,header,row,column,words", BAD, ids=[f"{row[0]}-{row[3]}-{n}" for n, row in enumerate(BAD)])
def test_bad_rows_are_named_and_stop_nobody(suite, tmp_path, files, kind, header, row, column, words):
    good = files[kind].read_text(encoding="utf-8-sig").splitlines()[1]
    path = write(tmp_path, "mixed.csv", header, row, good)
    printed, said = imported(suite, kind, path, code=7)
    assert printed["recorded"] == 1 and printed["bad"] + printed["refused"] == 1
    lines = [line for line in said.splitlines() if "mixed.csv:2:" in line]
    assert len(lines) == 1 and column in lines[0] and words in lines[0], said


def test_what_changed_is_told_anew(suite, tmp_path):
    for minutes, recorded in (("30", 1), ("45", 1), ("45", 0)):
        path = write(tmp_path, "t.csv", TIME_ENTRIES, f"1,acme,,Mia,2026-08-01T10:00:00Z,{minutes},incident,60")
        assert imported(suite, "time-entries", path)[0]["recorded"] == recorded
    assert facts(suite, "time-entries")["acme/1"]["minutes"] == 45


def test_a_column_that_is_missing_is_named(suite, tmp_path):
    path = write(tmp_path, "c.csv", "client_id,start,end", "acme,2025-01-01,")
    done = suite.cli("import", "contracts", path, check=False)
    assert done.returncode == 2 and 'no column "mrr"' in done.stderr


def test_a_column_that_is_there_twice_is_named(suite, tmp_path):
    path = write(tmp_path, "e.csv", ENDPOINTS + ",Count", "acme,2026-08,40,41")
    done = suite.cli("import", "endpoints", path, check=False)
    assert done.returncode == 2 and 'more than one column "count"' in done.stderr and counted(suite) == 0
    path = write(tmp_path, "f.csv", ENDPOINTS + ",note,note", "acme,2026-08,40,a,b")
    assert imported(suite, "endpoints", path)[0]["recorded"] == 1, "columns that nobody reads may be as they are"


def test_a_mapping_of_ones_own(suite, tmp_path):
    mapping = tmp_path / "hours.yaml"
    mapping.write_text("mapping: 1\ncommand: effort.record\ndelimiter: ';'\nzone: +01:00\ndates: ['%d.%m.%Y %H:%M']\n"
                       "moment: started_at\nclient: {column: Kunde}\nfields:\n  effort: {column: Nr, prefix: 'h-'}\n"
                       "  started_at: {column: Beginn}\n  minutes: {column: Minuten}\n  work_type: {is: proactive}\n",
                       encoding="utf-8")
    path = write(tmp_path, "hours.csv", "Nr;Kunde;Beginn;Minuten", "7;acme;1.8.2026 09:00;25")
    imported(suite, "time-entries", path, "--map", mapping)
    assert facts(suite, "time-entries")["acme/h-7"]["started_at"] == "2026-08-01T08:00:00.000000Z"
    done = suite.cli("import", "surveys", path, "--map", mapping, check=False)
    assert done.returncode == 2 and "effort.record" in done.stderr


def test_an_unknown_kind_names_those_that_are_known(suite, files):
    done = suite.cli("import", "time-entry", files["time-entries"], check=False)
    assert done.returncode == 2 and "did you mean time-entries?" in done.stderr
    assert all(kind in done.stderr for kind in ("tickets", *EVENTS))
    text = suite.cli("import", "--help", data=False).stdout
    assert all(kind in text for kind in ("tickets", *EVENTS))
    words = suite.cli("completion", "bash", data=False).stdout
    assert all(kind in words for kind in ("tickets", *EVENTS))


@pytest.fixture(name="empty")
def fixture_empty():
    """A directory of a suite that is down."""
    with redress.Suite() as suite:
        suite.data.mkdir(parents=True, mode=0o700)
        yield suite


def history(suite):
    suite.up("--adopt-clock")
    events = [msgpack.unpackb(frame) for frame in suite.log(service="kpi")]
    suite.down()
    return events


def test_several_files_of_history_are_told_in_the_order_of_their_moments(empty, files):
    arguments = [word for kind in sorted(files) for word in (kind, files[kind])]
    printed, _ = imported(empty, *arguments, "--history")
    assert {kind: one["recorded"] for kind, one in printed.items() if kind != "seconds"} == {
        "surveys": 3, "time-entries": 3, "contracts": 2, "endpoints": 3}
    again, _ = imported(empty, *arguments, "--history")
    assert all(one["recorded"] == 0 for kind, one in again.items() if kind != "seconds")
    events = [event for event in history(empty) if event["type"] in EVENTS.values()]
    told = [event["data"]["told"] for event in events]
    assert told == sorted(told) and told[0] == "2025-01-01" and told[-1] == "2026-09-01"


def test_history_tells_each_file_in_the_order_of_its_moments(empty, tmp_path):
    """Of surveys the one asked first was answered last: nothing of what happened in between is told late."""
    surveys = write(tmp_path, "s.csv", SURVEYS, "s1,nps,acme,a,user,2026-03-01T10:00:00Z,2026-06-01T10:00:00Z,9,0,10,,,",
                    "s2,nps,acme,a,user,2026-04-01T10:00:00Z,2026-04-02T10:00:00Z,3,0,10,,,",
                    "s2,nps,acme,a,user,2026-04-01T10:00:00Z,,,0,10,,,")
    work = write(tmp_path, "t.csv", TIME_ENTRIES, "1,acme,,Mia,2026-05-01T10:00:00Z,30,incident,60")
    imported(empty, "surveys", surveys, "time-entries", work, "--history")
    told = {event["subject"]: event["data"] for event in history(empty) if event["type"] in EVENTS.values()}
    assert {name: data["told"] for name, data in told.items()} == {
        "acme/s1": "2026-06-01", "acme/s2": "2026-04-02", "acme/1": "2026-05-01"}
    assert told["acme/s2"]["score"] == 3, "an answer comes behind its question, wherever it stands in the file"


def test_history_of_contracts_does_not_run_ahead(empty, tmp_path):
    path = write(tmp_path, "c.csv", CONTRACTS, "acme,2031-01-01,,1,EUR,,,active,")
    imported(empty, "contracts", path, "--history")
    noted = [event["data"] for event in history(empty) if event["type"] == "contract.noted"]
    assert noted[0]["start"] == noted[0]["since"] == "2031-01-01" and noted[0]["told"] < "2030"


AHEAD = [
    ("tickets", "number,client,updated_at,state,priority,opened_at", "2,acme,{},new,1,2026-08-01T10:00:00Z", "updated_at"),
    ("surveys", SURVEYS, "s2,nps,acme,a,user,2026-08-01T10:00:00Z,{},9,0,10,,,", "answered_at"),
    ("time-entries", TIME_ENTRIES, "2,acme,,Mia,{},90,admin,", "started_at"),
]


def test_a_wrong_year_does_not_take_the_clock_of_history_along(empty, tmp_path):
    """Facts from ahead are refused as over the bus; plans are known today."""
    year, arguments = redress.from_now(0)[:4], []
    for kind, header, row, _ in AHEAD:
        arguments += [kind, write(tmp_path, f"{kind}.csv", header, row.format(f"{int(year) + 90}-08-02T10:00:00Z"))]
    arguments += ["endpoints", write(tmp_path, "e.csv", ENDPOINTS, f"acme,{int(year) + 2}-01,7"), "--map", "tickets=ticket-log"]
    printed, said = imported(empty, *arguments, "--history", code=7)
    assert printed["endpoints"]["recorded"] == 1 and not any(printed[kind]["recorded"] for kind in ("surveys", "time-entries"))
    for kind, _, _, column in AHEAD:
        assert printed[kind]["refused"] == 1 and any(f"{kind}.csv:2:" in line and column in line for line in said.splitlines()), said
    events = history(empty)
    assert [event["data"]["count"] for event in events if event["type"] == EVENTS["endpoints"]] == [7]
    assert all(event["time"] <= redress.from_now(60) for event in events)


def test_a_mapping_for_a_file_that_is_not_given(suite, files):
    done = suite.cli("import", "contracts", files["contracts"], "--map", "surveys=surveys-csv", check=False)
    assert done.returncode == 2 and "no file of surveys" in done.stderr
    done = suite.cli("import", "contracts", files["contracts"], "--map", "contracts=contracts-csv", check=False)
    assert done.returncode == 0


def test_a_file_that_does_not_fit_is_named_with_its_columns(suite, tmp_path):
    path = write(tmp_path, "bad.csv", SURVEYS.replace("score,", "scored,"), "s1,nps,acme")
    done = suite.cli("import", "surveys", path, check=False)
    assert done.returncode == 2
    assert 'the file has no column "score"' in done.stderr and f"{path}:1: its columns are survey_id, kind," in done.stderr
