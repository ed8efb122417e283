"""Configuration as files: what `redress apply` shows, sets, refuses and leaves alone, and that the suite lives by it."""
import array
import collections
import fcntl
import json
import os
import signal
import subprocess
import termios

import pytest

import redress

EXAMPLE = redress.ROOT / "deploy" / "example"
ACME = """
clients:
- id: acme
  name: Acme
  zone: Europe/Berlin
  primary_contact: olga
  executives: [otto]
  holders:
  - {level: 1, person: ann, backup: bob}
  targets:
  - {priority: 3, response: PT10M, resolve: PT100M}
people:
- {id: ann, name: Ann, side: provider}
- {id: bob, name: Bob, side: provider, addresses: [{channel: email, to: bob@example.org}]}
- {id: olga, name: Olga Olsen, side: client, client: acme}
- {id: otto, name: Otto, side: client, client: acme}
"""


@pytest.fixture(name="files")
def fixture_files(tmp_path):
    """Writes one file, and says where."""
    def write(text, name="all.yaml"):
        path = tmp_path / name
        path.write_text(text)
        return path
    return write


def head(suite):
    return next(p["head"] for p in suite.cli_json("status")["partitions"] if p["service"] == "catalog")


def apply(suite, path, *more, code=0):
    done = suite.cli("apply", "-f", path, *more, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def people(numbers, role, prefix="p"):
    rows = "".join(f"- {{id: {prefix}{n:05}, name: P, side: provider, role: {role}}}\n" for n in numbers)
    return f"people:\n{rows}"


def events(suite):
    return [redress.msgpack.unpackb(frame) for frame in suite.log("catalog")]


def test_the_example_is_applied_in_one_go_and_once(suite):
    plan = json.loads(apply(suite, EXAMPLE, "--dry-run", "-o", "json").stdout)
    count = plan["add"]
    kinds = collections.Counter(row["entity"] for row in plan["plan"])
    assert (kinds["client"], kinds["service"], kinds["component"], kinds["partner"]) == (20, 12, 60, 3)
    assert (plan["change"], plan["remove"], plan["applied"], plan["dry_run"]) == (0, 0, 0, True)
    assert head(suite) == 0, "a dry run changed something"
    done = apply(suite, EXAMPLE)
    assert done.stdout.endswith(f"applied: {count} added, 0 changed\n")
    said = collections.Counter(event["subject"] for event in events(suite) if event["type"].endswith(".changed")
                               and event["type"].split(".")[0] in kinds)
    assert sum(said.values()) == count + kinds["client"], "each once, but the clients, whose people name them"
    assert apply(suite, EXAMPLE).stdout == f"= {count} unchanged\nnothing to change\n"
    again = json.loads(apply(suite, EXAMPLE, "-o", "json", "--prune").stdout)
    assert again == {"plan": [], "add": 0, "change": 0, "remove": 0, "unchanged": count, "applied": 0, "dry_run": False}
    assert suite.cli_json("group", "get", "CableCo support")["rows"][0]["side"] == "supplier"
    suite.cli("tool", "remove", "vault")
    assert apply(suite, EXAMPLE).stdout.startswith("+ tool vault\n")
    suite.down()
    suite.cli("verify")


def test_the_example_provider_has_25_people_in_four_zones(suite):
    apply(suite, EXAMPLE)
    people = [row for row in suite.cli_json("person", "list", "--all")["rows"] if row["side"] == "provider"]
    assert len(people) == 25
    assert len({row["zone"] for row in people}) == 4
    assert [row["state"] for row in suite.cli_json("partner", "list")["rows"]].count("leaving") == 1
    found = suite.cli_json("query", "catalog.raci_findings")["rows"]
    assert [row["id"] for row in found] == ["records-app:incident"], "the matrix holds, but where the files say"
    suite.down()
    suite.cli("verify")


CIRCLE = """
clients:
- {id: acme, name: Acme, primary_contact: olga, executives: [otto], desk: front, calendar: office}
people:
- {id: olga, name: Olga, side: client, client: acme}
- {id: otto, name: Otto, side: client, client: acme}
- {id: ann, name: Ann, side: provider}
groups: [{id: Desk, side: provider, members: [{person: ann}]}]
calendars: [{id: office, zone: UTC, versions: [{from: 2026-01-01}]}]
desks: [{id: front, name: Front desk, group: Desk, channels: [{channel: phone}]}]
services: [{id: mail, name: Mail, owner: ann}]
components:
- {id: server, name: Server, services: [mail], depends: [disk]}
- {id: disk, name: Disk, services: [mail]}
contracts: [{id: acme, client: acme, services: [mail], start: 2026-01-01}]
"""


def test_what_no_file_says_is_removed(suite, files):
    everything = apply(suite, files(CIRCLE)).stdout
    assert everything.endswith("applied: 11 added, 0 changed\n")
    only = files("people: [{id: ann, name: Ann, side: provider}]\n", "only.yaml")
    before = head(suite)
    assert apply(suite, only).stdout == "= 1 unchanged\nnothing to change\n", "only what is asked for goes"
    dry = apply(suite, only, "--prune", "--dry-run").stdout.splitlines()
    assert dry == ["- client acme", "- person olga", "- person otto", "- group Desk", "- calendar office", "- service mail",
                   "- component disk", "- component server", "- desk front", "- contract acme", "= 1 unchanged",
                   "0 to add, 0 to change, 10 to remove; nothing was sent"]
    assert head(suite) == before
    plan = json.loads(apply(suite, only, "--prune", "--dry-run", "-o", "json").stdout)
    assert plan["remove"] == 10 and plan["plan"][0] == {"change": "remove", "entity": "client", "id": "acme", "applied": False}
    assert apply(suite, only, "--prune").stdout.endswith("applied: 0 added, 0 changed, 10 removed\n")
    assert [row["id"] for row in suite.cli_json("export")["people"]] == ["ann"]
    assert not any(rows for kind, rows in suite.cli_json("export").items() if kind != "people")
    assert apply(suite, files(CIRCLE), "--prune").stdout.endswith("applied: 10 added, 0 changed, 0 removed\n")
    suite.down()
    suite.cli("verify")


def test_what_is_named_or_lets_somebody_in_is_not_removed(suite, files):
    apply(suite, files(CIRCLE))
    named = files(CIRCLE.replace("- {id: otto, name: Otto, side: client, client: acme}\n", ""))
    done = apply(suite, named, "--prune", code=2)
    assert f"{named}:3:62: clients[0].executives[0]: the person otto is in no file, so --prune removes it\n" in done.stderr
    suite.cli("token", "grant", "--person", "otto", "--role", "client", "--client", "acme")
    token = suite.cli_json("token", "list")["rows"][0]["id"]
    free = files(CIRCLE.replace("- {id: otto, name: Otto, side: client, client: acme}\n", "").replace("[otto]", "[]"))
    before = head(suite)
    done = apply(suite, free, "--prune", code=2)
    assert done.stderr == (f"redress: {free}: the person otto is in no file, but the token {token} names it; `redress token revoke "
                           f"{token}` first\n")
    assert head(suite) == before
    suite.cli("token", "revoke", token)
    assert apply(suite, free, "--prune").stdout.endswith("applied: 0 added, 1 changed, 1 removed\n")


def test_a_rule_against_a_removal_is_asked_before(suite, files):
    """A mail is written to nobody, so what the catalog refuses is refused in the rehearsal."""
    apply(suite, files(CIRCLE))
    suite.cli("group", "set", "--id", "Other", "--side", "provider")
    path = files(CIRCLE + "rosters: [{id: desk, group: Other, zone: UTC, layers: [{name: A, from: 2026-01-01, handover: 09:00, "
                 "unit: week, every: 1, people: [ann]}]}]\n")
    before = head(suite)
    done = apply(suite, path, "--prune", code=2)
    assert "rosters[0].group: the group Other is in no file, so --prune removes it" in done.stderr
    assert head(suite) == before


def test_a_removal_on_a_fast_clock(files):
    """Ids of commands are judged by the real clock, however far the suite's is ahead."""
    with redress.Suite(clock="x3600") as suite:
        suite.up()
        apply(suite, files(people(range(2), "Lead")))
        redress.pause(0.5)  # half an hour of it
        assert apply(suite, files(people(range(1), "Lead")), "--prune").stdout.endswith("applied: 0 added, 0 changed, 1 removed\n")


def test_thousands_at_once_and_gone_again(suite, tmp_path):
    """Within seconds: many are on their way at a time."""
    count = 6000
    path = tmp_path / "many.yaml"
    path.write_text(people(range(count), "Lead"))
    began = redress.time.monotonic()
    assert apply(suite, path).stdout.endswith(f"applied: {count} added, 0 changed\n")
    assert redress.time.monotonic() - began < redress.PATIENCE
    path.write_text(people(range(1), "Lead"))
    assert apply(suite, path, "--prune").stdout.endswith(f"applied: 0 added, 0 changed, {count - 1} removed\n")


def test_a_change_shows_only_itself(suite, files):
    apply(suite, files(ACME))
    path = files(ACME.replace("[otto]", "[olga, otto]").replace("PT100M", "PT2H").replace("Bob,", "Robert,"))
    dry = apply(suite, path, "--dry-run").stdout.splitlines()
    assert dry == [
        '~ client acme: executives +{"person":"olga"}, targets -{"priority":3,"response":"PT10M","resolve":"PT1H40M"} '
        '+{"priority":3,"response":"PT10M","resolve":"PT2H"}',
        '~ person bob: name "Bob" -> "Robert"', "= 3 unchanged", "0 to add, 2 to change; nothing was sent"]
    before = head(suite)
    assert apply(suite, path).stdout.endswith("applied: 0 added, 2 changed\n")
    assert head(suite) == before + 2
    plan = json.loads(apply(suite, files(ACME), "--dry-run", "-o", "json").stdout)["plan"]
    assert [(row["change"], row["entity"], row["id"], row["line"]) for row in plan] == \
        [("change", "client", "acme", 3), ("change", "person", "bob", 14)]
    assert plan[1]["fields"] == {"name": {"from": "Robert", "to": "Bob"}}
    assert "\033" not in apply(suite, path, "--dry-run").stdout


def test_nothing_is_sent_while_a_file_is_wrong(suite, files):
    files(ACME, "a.yaml")
    wrong = files("people:\n- {id: eve, name: Eve, side: client, client: umbrella}\n- {id: x, name: X, sid: client}\n",
                  "b.yaml")
    done = apply(suite, wrong.parent, code=2)
    assert done.stderr == f"redress: {wrong}:3:20: people[1]: sid is not known here; did you mean id?\n"
    files("people:\n- {id: eve, name: Eve, side: client, client: umbrella}\n", "b.yaml")
    done = apply(suite, wrong.parent, code=2)
    assert done.stderr == (f"redress: {wrong}:2:46: people[0].client: there is no client umbrella, neither in the files "
                           "nor in the suite\n")
    assert done.stdout == "" and head(suite) == 0


def test_the_catalogs_own_rules_are_asked_before_anything_is_sent(suite, files):
    path = files(ACME.replace("resolve: PT100M", "resolve: PT5M"))
    for more in ((), ("--dry-run",)):
        done = apply(suite, path, *more, code=4)
        assert f"redress: {path}:11:3: clients[0].targets: the client acme is refused: The response target is longer " \
            "than the resolve target. (target_order)\n" == done.stderr
        assert done.stdout.endswith("\nnothing was sent\n")
    assert head(suite) == 0
    apply(suite, files(ACME))
    done = apply(suite, files("people:\n- {id: olga, name: Olga, side: provider}\n"), code=4)
    assert "people[0].side: the person olga is refused" in done.stderr and "(still_named)" in done.stderr
    assert not list(suite.data.glob("rehearsal*")), "the rehearsal left something"


def test_a_refusal_on_the_way_names_its_place_and_what_was_done_stays(suite, files):
    """Of tokens no rehearsal knows."""
    apply(suite, files(ACME))
    suite.cli("token", "grant", "--person", "bob", "--role", "viewer")
    other = ACME.replace("name: Acme", "name: Acme Inc").replace(", backup: bob", "").replace("Bob, side: provider",
                                                                                             "Bob, side: supplier")
    path, before = files(other), head(suite)
    done = apply(suite, path, code=7)
    assert f"{path}:14:30: people[1].side: the person bob is refused: " in done.stderr and "(still_named)" in done.stderr
    assert done.stdout.endswith("applied 1 of 2; apply again for the rest\n")
    assert head(suite) == before + 1
    suite.cli("token", "revoke", suite.cli_json("token", "list")["rows"][0]["id"])
    assert apply(suite, path).stdout.endswith("applied: 0 added, 1 changed\n")


def test_a_contact_moves_to_another_client(suite, files):
    """Acme lets go of her, she moves, and Globex, which is new, takes her: no order but one."""
    apply(suite, files(ACME))
    moved = ACME.replace("primary_contact: olga", "primary_contact: otto").replace("client: acme}\n- {id: otto", "client: "
                                                                                   "globex}\n- {id: otto")
    moved = moved.replace("people:", "- {id: globex, name: Globex, primary_contact: olga}\npeople:")
    assert apply(suite, files(moved)).stdout.endswith("applied: 1 added, 2 changed\n")
    back = apply(suite, files(ACME.replace("people:", "- {id: globex, name: Globex}\npeople:")))
    assert back.stdout.endswith("applied: 0 added, 3 changed\n")


def running(suite, path, out=subprocess.PIPE):
    """Nobody reads a pipe until the end: a plan that does not fit it holds the program up before it sends anything."""
    command = [str(redress.program()), "apply", "-f", str(path), "--data", str(suite.data)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True)


def in_the_middle(suite, tmp_path, number):
    """New people are applied, and the signal comes on the way. How long the way is, the machine decides: where the end
    was there before the signal, others are tried, four times as many. Returns the ids asked for, how many of them are
    there, the files, the exit status and what was printed."""
    for prefix, count in (("p", 3500), ("q", 14000), ("r", 56000)):
        files, printed, before = tmp_path / prefix, tmp_path / f"{prefix}.txt", head(suite)
        files.mkdir()
        for part in range(0, count, 3500):
            (files / f"{part}.yaml").write_text(people(range(part, part + 3500), "Lead", prefix))
        with printed.open("w") as out, running(suite, files, out) as process:
            redress.wait_for(lambda before=before: head(suite) >= before + 50, what="the first people")
            process.send_signal(number)
            process.communicate(timeout=2 * redress.PATIENCE)
        done = head(suite) - before
        if done < count:
            return [f"{prefix}{n:05}" for n in range(count)], done, files, process.returncode, printed.read_text()
    pytest.fail(f"{count} people were there before a signal came")


def test_killed_in_the_middle_and_said_again(suite, tmp_path):
    ids, done, path, _, _ = in_the_middle(suite, tmp_path, signal.SIGKILL)
    assert apply(suite, path).stdout.endswith(f"applied: {len(ids) - done} added, 0 changed\n")
    said = sorted(event["subject"] for event in events(suite))
    assert [name for name in said if name.startswith(f"provider/{ids[0][0]}")] == [f"provider/{n}" for n in ids]


def test_interrupted_by_hand(suite, tmp_path):
    ids, done, _, status, out = in_the_middle(suite, tmp_path, signal.SIGINT)
    assert status == 130
    assert f"applied {done} of {len(ids)}; apply again for the rest" in out


def waiting(pipe):
    """Bytes that nobody has read yet."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def test_somebody_else_was_there_meanwhile(suite, files):
    """Its plan does not fit the pipe, so it has seen what there is, and waits before it sends anything."""
    count = 3000
    apply(suite, files(people(range(count), "Lead")))
    with running(suite, files(people(range(count), "Boss"))) as process:
        room = fcntl.fcntl(process.stdout, fcntl.F_GETPIPE_SZ)  # which is less for who has many
        redress.wait_for(lambda: waiting(process.stdout) > min(60000, room // 2), what="the plan")
        assert head(suite) == count
        suite.cli("person", "set", "--id", "p02999", "--name", "P", "--side", "provider", "--role", "Chief")
        _, err = process.communicate(timeout=2 * redress.PATIENCE)
    assert process.returncode == 7
    assert "people[2999]: the person p02999 was changed by somebody else meanwhile" in err
    assert suite.cli_json("person", "get", "p02999")["rows"][0]["role"] == "Chief"
    assert "applied: 0 added, 1 changed" in apply(suite, files(people(range(count), "Boss"))).stdout


def test_escalations_live_by_the_catalog(files):
    """In every partition: the client's targets, and its primary contact."""
    with redress.Suite(partitions=2) as suite:
        suite.up()
        names = [redress.client_in(partition, 2) for partition in range(2)]
        for name in names:
            apply(suite, files(ACME.replace("acme", name).replace("olga", f"olga-{name}").replace("otto", f"otto-{name}")))
        with suite.commander() as asker:
            for name in names:
                def recorded(name=name, numbers=iter(range(100))):
                    number = str(next(numbers))
                    asker.ok("ticket.record", name, {"source": "desk", "number": number, "state": "active", "priority": 3,
                                                     "updated_at": redress.from_now(0)})
                    ticket = asker.query("escalation.ticket", {"ticket": f"desk:{number}"}, client=name)["result"][0]
                    return (ticket["response_target"], ticket["resolve_target"]) == ("PT10M", "PT1H40M") and number
                number = redress.wait_for(recorded, what="the client's targets")
                esc = asker.ok("escalation.raise", name, {"title": "Mail", "tickets": [{"ticket": f"desk:{number}"}]})
                row = asker.query("escalation.get", {"escalation": esc["result"]["id"]}, client=name)["result"][0]
                assert row["primary_contact"] == "Olga Olsen"
                assert row["severity"] == 3
        suite.down()
        suite.cli("verify")


def test_tokens_are_shown_once_and_kept_nowhere(suite, files):
    apply(suite, files(ACME))
    granted = suite.cli("token", "grant", "--person", "ann", "--role", "operator")
    token = granted.stdout.strip()
    assert token.startswith("rdt_") and len(token) == 4 + 43 and granted.stdout.count("\n") == 1
    row = suite.cli_json("token", "list")["rows"][0]
    assert row["digest"] == redress.hashlib.blake2b(token.encode(), digest_size=32).hexdigest()
    assert (row["person"], row["role"]) == ("ann", "operator") and "revoked_at" not in row
    other = suite.cli_json("token", "grant", "--person", "olga", "--role", "client", "--client", "acme", "--expires-at", "+P1D")
    assert other["token"] != token and other["id"] != row["id"]
    refused = suite.cli("token", "grant", "--person", "olga", "--role", "viewer", check=False)
    assert refused.returncode == 4 and "wrong_side" in refused.stderr and refused.stdout == ""
    suite.cli("token", "revoke", row["id"])
    assert suite.cli_json("token", "get", row["id"])["rows"][0]["revoked_at"]
    suite.down()
    kept = b"".join(path.read_bytes() for path in suite.data.rglob("*") if path.is_file())
    assert row["digest"].encode() in kept
    assert token.encode() not in kept and other["token"].encode() not in kept


def test_without_a_suite_or_files(suite, files, tmp_path):
    assert "which files? Give -f DIR" in suite.cli("apply", check=False).stderr
    assert "holds no file *.yaml" in apply(suite, tmp_path, code=2).stderr
    suite.down()
    assert "is the suite up?" in apply(suite, files(ACME), code=6).stderr
    assert not os.path.exists(suite.data / "nothing")


def test_a_big_provider(tmp_path):
    """More items, and more that is said of them, than a turn of a service may hold: a tool is no turn."""
    terms = [{"service": f"s{n}", "priority": priority, "metric": metric, "within": f"PT{priority}H"}
             for n in range(12) for priority in (1, 2, 3, 4) for metric in ("response", "resolve", "update")]
    lists = {"skills": [{"id": f"skill-{n}", "name": "S"} for n in range(20500)],
             "clients": [{"id": "acme", "name": "Acme"}], "services": [{"id": f"s{n}", "name": "S"} for n in range(12)],
             "contracts": [{"id": f"c{n}", "client": "acme", "services": [f"s{n}" for n in range(12)], "start": "2026-01-01",
                            "terms": terms} for n in range(1100)]}
    for plural, rows in lists.items():
        per = 40 if plural == "contracts" else 2000
        for first in range(0, len(rows), per):
            (tmp_path / f"{plural}-{first:05}.yaml").write_text(json.dumps({plural: rows[first:first + per]}))
    with redress.Suite() as suite:
        suite.up()
        assert "applied: 21613 added" in apply(suite, tmp_path).stdout
        again = apply(suite, tmp_path)
        assert "nothing to change" in again.stdout + again.stderr
