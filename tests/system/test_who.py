"""`redress who` and the matrix from outside: what people read, what programs read, and what is said when there is nothing."""
import json

import msgpack
import pytest

import redress

DATA = redress.ROOT / "tests" / "data"
BEFORE, BEHIND = "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"  # of a hand-over at 02:30, which there is not that night


@pytest.fixture(name="provider", scope="module")
def fixture_provider():
    with redress.Suite() as suite:
        suite.up()
        suite.cli("apply", "-f", DATA / "who.yaml")
        yield suite


def who(suite, *more):
    return suite.cli_json("who", "--client", "acme", *more)["rows"]


def at_level(rows, level, part="line"):
    return [row for row in rows if row.get("level") == level and row["part"] == part]


def test_people_read_a_table_and_a_sentence_for_each_level_that_is_passed_over(provider):
    severe = provider.cli("who", "--client", "acme", "--component", "mx", "--group", "Carrier lines", "--severity", "1", "--at", BEFORE)
    weekday = provider.cli("who", "--client", "acme", "--component", "mx", "--at", "2026-03-30T08:00:00Z")
    assert f"{severe.stdout}\n{weekday.stdout}" == (DATA / "who.txt").read_text(encoding="utf-8")
    assert not severe.stderr


def test_programs_read_rows(provider):
    rows = who(provider, "--at", BEFORE)
    assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["level"] for row in rows if row["part"] == "line"} == {1, 2, 3, 4, 5, 6}
    for row in rows:
        assert row.get("skipped", False) == ("person" not in row), row
        assert ("why" in row) != row.get("reachable", False), row
        if row.get("skipped") and row["part"] == "line":
            assert any("person" in other for other in at_level(rows, row["instead"]))


@pytest.mark.parametrize("at, person", [(BEFORE, "bob"), (BEHIND, "ann"), ("2026-03-30T00:29:59Z", "ann"), ("2026-03-30T00:30:00Z", "bob"),
                                        ("2026-10-25T00:29:59Z", "bob"), ("2026-10-25T00:30:00Z", "ann"),
                                        ("2026-10-25T01:30:00Z", "ann")])
def test_a_hand_over_in_a_night_in_which_clocks_are_set(provider, at, person):
    (first,) = at_level(who(provider, "--at", at), 1)
    assert (first["person"], first["how"], first["group"]) == (person, "duty", "Service desk")


def test_a_weekend_is_a_gap_that_is_passed_over(provider):
    (friday,) = at_level(who(provider, "--at", "2026-03-27T16:59:59Z"), 2)
    (gap,) = at_level(who(provider, "--at", "2026-03-27T17:00:00Z"), 2)
    assert friday["person"] == "bob" and "skipped" not in friday
    assert (gap["skipped"], gap["why"], gap["instead"]) == (True, "nobody_on_duty", 3)


@pytest.mark.parametrize("arguments, code, said", [
    (["--client", "nobody"], 3, "the catalog has no client nobody"),
    (["--client", "acme", "--component", "nothing"], 3, "the catalog has no component nothing"),
    (["--client", "acme", "--service", "none"], 3, "the catalog has no service none"),
    (["--client", "acme", "--process", "juggling"], 3, "the catalog has no process juggling"),
    ([], 2, "--client"),
    (["--client", "acme", "--at", "tomorrow"], 2, "--at"),
    (["--client", "acme", "--severity", "9"], 2, "--severity"),
    (["--client", "acme", "--sevrity", "1"], 2, "sevrity"),
    (["acme"], 2, "acme"),
])
def test_what_is_wrong_is_named(provider, arguments, code, said):
    done = provider.cli("who", *arguments, check=False)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert said in done.stderr


def test_it_is_in_the_help_and_needs_no_running_suite(provider):
    assert "who would be told" in provider.cli("--help", data=False).stdout
    assert "--severity" in provider.cli("who", "--help", data=False).stdout
    running = who(provider, "--component", "mx", "--at", BEFORE)
    provider.down()
    try:
        assert who(provider, "--component", "mx", "--at", BEFORE) == running
    finally:
        provider.up()


def test_nobody_at_a_client_is_answered(provider):
    with provider.commander(service="catalog") as catalog:
        theirs = catalog.query("catalog.who", {"client": "acme"}, client="acme")
        ours = catalog.query("catalog.who", {"client": "acme"}, client="provider")
    assert theirs["status"] == "ok" and theirs["result"] == []
    assert len(ours["result"]) > 6


def test_a_matrix_that_does_not_hold_is_kept_and_told(provider, tmp_path):
    """In progress it is stored as it is; what is wrong is a question, and mended it is none."""
    path = tmp_path / "row.yaml"

    def cells(text):
        path.write_text(f"racis:\n- {{id: mx:change, component: mx, process: change, cells: [{text}]}}\n", encoding="utf-8")
        provider.cli("apply", "-f", path)
        return provider.cli_json("query", "catalog.raci_findings", "--component", "mx")["rows"]

    (row,) = cells("{role: engineer, letter: R}, {role: contact, letter: I}")
    assert (row["id"], row["errors"], row["warnings"]) == ("mx:change", 1, 0)
    assert [(f["severity"], f["code"]) for f in row["findings"]] == [("error", "accountable_missing")]
    assert row["findings"][0]["sentence"].startswith("Nobody answers for it")
    gap = provider.cli_json("query", "catalog.raci_gaps")["rows"]
    assert gap[0]["holes"] == [{"process": "change", "errors": 1, "boundary": "provider"}]
    assert not cells("{role: engineer, letter: AR}")
    assert provider.cli_json("query", "catalog.raci_gaps")["rows"] == []


def test_pages_of_findings_hold_every_row_once(provider, tmp_path):
    """Rows that hold are passed over, and a page that ends between them goes on behind."""
    count, path = 60, tmp_path / "many.yaml"
    components = "".join(f"- {{id: part{n:02}, name: P, services: [{{service: mail}}]}}\n" for n in range(count))
    rows = "".join(f"- {{id: part{n:02}:change, component: part{n:02}, process: change, cells: "
                   f"[{{role: manager, letter: {'AR' if n % 3 else 'A'}}}]}}\n" for n in range(count))
    path.write_text(f"components:\n{components}racis:\n{rows}", encoding="utf-8")
    provider.cli("apply", "-f", path)
    seen, cursor = [], None
    for _ in range(count):
        more = ["--cursor", cursor] if cursor else []
        page = json.loads(provider.cli("query", "catalog.raci_findings", "--limit", "7", "-o", "json", *more).stdout)
        assert len(page["rows"]) <= 7
        seen += [row["id"] for row in page["rows"]]
        cursor = page.get("cursor")
        if not cursor:
            break
    assert seen == [f"part{n:02}:change" for n in range(count) if n % 3 == 0]
    loads = {row["role"]: row for row in provider.cli_json("query", "catalog.raci_roles")["rows"]}
    assert (loads["manager"]["A"], loads["manager"]["R"]) == (count + 1, count - count // 3)
    assert [f["code"] for f in loads["manager"]["findings"]] == ["role_overloaded"]
    (mail,) = provider.cli_json("query", "catalog.raci_services")["rows"]
    assert (mail["cells"], mail["invalid"], mail["empty"]) == (2 * (count + 1), count // 3, count)


def test_the_events_of_the_matrix_are_there_for_followers(provider):
    types = {msgpack.unpackb(frame)["type"] for frame in provider.log("catalog")}
    assert {"role.changed", "raci.changed", "process.changed"} <= types
