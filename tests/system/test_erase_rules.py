"""What `redress erase` refuses, what it leaves to others, and what it says of what it cannot reach."""
import json
import os
import pty
import shutil
import subprocess

import pytest

import cases
import peers
import redress
import sse
from erasing import MAIL, NAME, OTHER, erase, files, life, told_in, verified


@pytest.fixture(name="kept", scope="module")
def fixture_kept():
    """The directory of a suite with a life, down."""
    with peers.Told() as told:
        life(told)
        told.suite.down()
        yield told.suite


@pytest.fixture(name="copy")
def fixture_copy(kept):
    """A copy of it, to be spoiled."""
    with redress.Suite() as suite:
        shutil.copytree(kept.data, suite.data, dirs_exist_ok=True)
        yield suite


def small(suite, *people):
    """A suite with people of the provider (id, name, address) and one escalation for each word said."""
    with suite.commander(service="catalog") as ask:
        for ident, name, to in people:
            sse.catalog(ask, "person.set", {"id": ident, "name": name, "side": "provider",
                                            "addresses": [{"channel": "email", "to": to}]})


def refused(suite, *words, code):
    done = suite.cli("erase", *words, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stderr


def test_who_is_still_named_is_not_erased(copy):
    copy.up()
    with copy.commander(service="catalog") as ask:
        sse.catalog(ask, "client.set", {"id": "acme", "name": "acme", "primary_contact": "c-17"})
    copy.down()
    said = refused(copy, "person", "c-17", "--yes", code=4)
    assert "still_named" in said and "client/acme names it" in said
    said = refused(copy, "client", "acme", "--yes", code=4)
    assert "person/c-17 names it" in said and "person/c-18 names it" in said
    assert told_in(copy.data), "nothing was erased"
    verified(copy)


def test_a_wrong_word_or_id(copy):
    assert "never had person/nobody" in refused(copy, "person", "nobody", "--yes", code=3)
    assert "cannot be erased" in refused(copy, "contract", "x", "--yes", code=2)
    refused(copy, "person", code=2)


def test_nothing_without_a_confirmation(copy):
    assert "--yes" in refused(copy, "person", "c-17", code=2)
    assert all(row["redacted"] == 0 for row in verified(copy).values()) and told_in(copy.data)


@pytest.mark.parametrize("typed,code", [("c-18", 4), ("c-17", 0)])
def test_a_terminal_is_asked(copy, typed, code):
    master, slave = pty.openpty()
    with subprocess.Popen([str(redress.program()), "erase", "person", "c-17", "--data", str(copy.data)], stdin=slave,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        os.write(master, typed.encode() + b"\n")
        assert process.wait(60) == code
    os.close(master)
    os.close(slave)
    assert bool(told_in(copy.data)) == (code != 0)


def test_a_suite_that_is_up_is_left_alone(copy):
    copy.up()
    assert "is up" in refused(copy, "person", "c-17", "--yes", code=4)
    copy.down()


def test_a_rehearsal_changes_nothing(copy):
    before = verified(copy)
    done = copy.cli_json("erase", "person", "c-17", "--dry-run")
    assert done["dry_run"] and not done["erased"] and done["event_count"] > 8
    rows = {(row["service"], row["type"]): row for row in done["events"]}
    assert rows["escalation", "escalation.perceived"]["events"] == 1
    assert set(rows["escalation", "escalation.perceived"]["fields"].split(",")) == {"who", "promise"}
    assert set(rows["catalog", "person.changed"]["fields"].split(",")) == {"name", "to"}
    assert verified(copy) == before and told_in(copy.data)


def test_a_file_that_is_nobodys_fails_loudly_and_loses_nothing(copy):
    note = copy.data / "note.txt"
    note.write_text(f"ask {NAME.upper()}", encoding="utf-8")
    said = refused(copy, "person", "c-17", "--yes", code=1)
    assert "note.txt: it still says" in said and "at byte 4" in said
    note.unlink()
    erase(copy, "person", "c-17")
    assert not told_in(copy.data)
    verified(copy)


def test_lines_and_copies_of_history(copy):
    """Lines of processes lose the words; files of history's outbox that name somebody are deleted."""
    line = copy.data / "run" / "escalation.log"
    line.write_text(f'{{"message": "no such user", "detail": "{NAME}"}}\n{{"other": "{OTHER}"}}\n', encoding="utf-8")
    copies = [path for path in files(copy.data) if "blobs" in path.parts]
    (copy.data / "outbox").mkdir()
    for path in copies:
        shutil.copy(path, copy.data / "outbox" / f"msg-{path.name}-1.json")
    report = erase(copy, "person", "c-17")
    assert line.read_text(encoding="utf-8").splitlines() == ['{"message": "no such user", "detail": "[erased]"}',
                                                             f'{{"other": "{OTHER}"}}']
    left = len(list((copy.data / "outbox").iterdir()))
    assert 0 < left < len(copies) and report["message_count"] == 2 * (len(copies) - left)


def test_further_words(copy):
    copy.up()
    with copy.commander() as ask:
        escalation = cases.id_of_reply(ask.ok("escalation.raise", "acme", cases.raising(title="Ms Färber, +49 30 1234, called")))
        ask.ok("escalation.raise", "acme", cases.raising(title="färbers of all kinds"))
    copy.down()
    erase(copy, "person", "c-17", "--also", "Färber", "--also", "+49 30 1234", code=0)
    assert not told_in(copy.data, "+49 30 1234")
    copy.up()
    with copy.commander() as ask:
        titles = [row.get("title") for row in ask.query("escalation.list", {}, client="acme")["result"]]
        row = ask.query("escalation.get", {"escalation": escalation}, client="acme")["result"][0]
    copy.down()
    assert row["title"] == "[erased]" and "färbers of all kinds" in titles


def test_what_is_somebody_elses_stays():
    """An address of two people and a name within another's: only where nothing else tells whose it is, it stays."""
    with redress.Suite() as suite:
        suite.up()
        small(suite, ("p-1", "Ann", "desk@provider.test"), ("p-2", "Ann Lee", "desk@provider.test"))
        with suite.commander() as ask:
            for title in ("Ann called", "Ann Lee called", "Anna called", "ann called", "mail desk@provider.test"):
                ask.ok("escalation.raise", "acme", cases.raising(title=title))
        suite.down()
        done = suite.cli("erase", "person", "p-1", "--yes")
        assert "desk@provider.test is also somebody else's" in done.stderr
        suite.up()
        with suite.commander() as ask, suite.commander(service="catalog") as catalog:
            titles = sorted(row["title"] for row in ask.query("escalation.list", {}, client="acme")["result"])
            other = catalog.query("catalog.person", {"person": "p-2"})["result"][0]
        assert titles == ["Ann Lee called", "Anna called", "[erased]", "ann called", "mail desk@provider.test"]
        assert other["name"] == "Ann Lee" and other["addresses"][0]["to"] == "desk@provider.test"
        people = [event["data"] for event in map(redress.msgpack.unpackb, suite.log("catalog")) if event["type"] == "person.changed"]
        assert [row["addresses"][0]["to"] for row in people] == ["[erased]", "desk@provider.test"]


def test_every_name_and_address_that_somebody_ever_had():
    """Also those of before, and of somebody who was removed long ago."""
    had = ("Zora Alt", "zora.alt@provider.test", "Zora Neu", "https://hooks.provider.test/zora?key=1")
    with redress.Suite() as suite:
        suite.up()
        with suite.commander() as ask, suite.commander(service="catalog") as catalog:
            small(suite, ("p-1", had[0], had[1]))
            sse.catalog(catalog, "person.set", {"id": "p-1", "name": had[2], "side": "provider",
                                                "addresses": [{"channel": "webhook", "to": had[3], "secret": "env:ZORA"}]})
            sse.catalog(catalog, "person.remove", {"person": "p-1"})
            for title in had:
                ask.ok("escalation.raise", "acme", cases.raising(title=f"look: {title}"))
            for service in ("kpi", "notification"):
                titled = lambda: [event for event in map(redress.msgpack.unpackb, suite.log(service)) if "title" in event["data"]]
                redress.wait_for(lambda: len(titled()) == len(had), what=f"the titles to be in {service}, too")
        suite.down()
        report = erase(suite, "person", "p-1")
        assert report["event_count"] == 2 + 3 * len(had) and not told_in(suite.data, *had, but=())
        assert not told_in(suite.data, "env:ZORA", but=()), "what belongs to a personal list is personal"
        verified(suite)


def test_a_catalog_that_was_never_opened():
    with redress.Suite() as suite:
        suite.up().down()
        shutil.rmtree(suite.data / "catalog")
        assert "never had" in refused(suite, "person", "p-1", "--yes", code=3)
        assert not (suite.data / "catalog").exists()


def test_an_id_that_tells_is_said():
    """Ids stay: the exit code says that something of it is left."""
    with redress.Suite() as suite:
        suite.up()
        with suite.commander() as ask:
            small(suite, ("p-1", "Bo Ek", "bo@provider.test"))
            ask.ok("ticket.record", "acme", cases.fact("Bo Ek", title="Bo Ek is ill"))
        suite.down()
        done = suite.cli("erase", "person", "p-1", "--yes", check=False)
        assert done.returncode == 7 and "the id test:Bo Ek says a word of it" in done.stderr, done.stderr
        verified(suite)


def test_a_client_with_all_that_is_personal():
    """Every field of its events that is marked as personal, its name anywhere, its people's names, copies of its messages."""
    clients = [redress.client_in(partition, 2, "k") for partition in (0, 1)]
    with peers.Told(partitions=2) as told:
        told.person("ann", name="Ann Lee")
        for client in clients:
            told.client(client, {1: ["ann"]}, contact=f"contact-{client}", name=f"Firma {client} & Söhne")
        raised = {client: told.raised(client, f"Title of {client}") for client in clients}
        for client in clients:
            told.ask.ok("escalation.perceive", client, cases.perception(raised[client], who=f"Somebody at {client}x"))
            told.ask.ok("escalation.update", client, cases.update(raised[client], context=f"Firma {clients[0]} & Söhne waits"))
            redress.wait_for(lambda client=client: [each for each in told.mailbox.of(peers.mail("ann"))
                                                    if raised[client] in each.plain], what="a letter")
        told.set("client.set", {"id": clients[0], "name": f"Firma {clients[0]} & Söhne"})
        told.set("person.remove", {"person": f"contact-{clients[0]}"})
        redress.wait_for(lambda: all(row["state"] not in ("pending", "attempted") for client in clients
                                     for row in told.messages(client)), what="letters")
        sent = {client: [row["digest"] for row in told.messages(client) if "digest" in row] for client in clients}
        told.suite.down()
        report = erase(told.suite, "client", clients[0])
        gone = (f"Firma {clients[0]} & Söhne", f"Title of {clients[0]}", f"Somebody at {clients[0]}x", f"contact-{clients[0]}@")
        assert not told_in(told.suite.data, *gone, but=())
        verified(told.suite)
        blobs = {path.name for path in files(told.suite.data) if "blobs" in path.parts}
        assert not blobs & set(sent[clients[0]]) and report["message_count"] >= len(sent[clients[0]]) > 0
        told.suite.up()
        row = told.ask.query("escalation.get", {"escalation": raised[clients[0]]}, client=clients[0])["result"][0]
        assert row["title"] == row["perceptions"][0]["who"] == row["context"] == "[erased]" and row["impact"] == "some"
        row = told.ask.query("escalation.get", {"escalation": raised[clients[1]]}, client=clients[1])["result"][0]
        assert row["title"] == f"Title of {clients[1]}" and row["perceptions"][0]["who"] == f"Somebody at {clients[1]}x"
        assert row["context"] == "[erased]", "the client's name in somebody else's words"
        names = [row["id"] for row in told.catalog_ask.query("catalog.clients")["result"]]
        assert names == [clients[1]]


def test_history_and_its_outbox(tmp_path):
    """A directory of history: its clock stands where it stood, letters that were put into the outbox go, and more history
    follows as if nothing had been."""
    model, rows = tmp_path / "model", tmp_path / "tickets.csv"
    model.mkdir()
    (model / "model.yaml").write_text(json.dumps({
        "people": [{"id": "p-1", "name": NAME, "side": "provider", "addresses": [{"channel": "email", "to": MAIL}]},
                   {"id": "p-2", "name": "Ann Lee", "side": "provider", "addresses": [{"channel": "email", "to": "ann@provider.test"}]}],
        "clients": [{"id": "north", "name": "North", "holders": [{"level": 1, "person": "p-1"}, {"level": 2, "person": "p-2"}]}]}))
    row = "north,T{n},2025-11-0{n}T08:00:00Z,2025-11-0{n}T08:00:00Z,new,1,{title}\n"
    head = "client,number,opened_at,updated_at,state,priority,title\n"
    rows.write_text(head + row.format(n=1, title=NAME) + row.format(n=2, title="disk"), encoding="utf-8")
    with redress.Suite() as suite:
        suite.data.mkdir(parents=True, mode=0o700)
        suite.cli("import", "tickets", rows, "--map", "ticket-log", "--history", "--model", model, "--actor", NAME)
        letters = len(list((suite.data / "outbox").iterdir()))
        assert letters > 2 and told_in(suite.data, but=())
        said = refused(suite, "person", "p-1", "--yes", code=4)
        assert "client/north names it" in said
        clients = [{"id": "north", "name": "North", "holders": [{"level": 2, "person": "p-2"}]}]
        people = [{"id": "p-2", "name": "Ann Lee", "side": "provider"}]
        (model / "model.yaml").write_text(json.dumps({"people": people, "clients": clients}))
        rows.write_text(head + row.format(n=3, title="tape"), encoding="utf-8")
        suite.cli("import", "tickets", rows, "--map", "ticket-log", "--history", "--model", model)
        before = verified(suite)
        report = erase(suite, "person", "p-1")
        assert report["message_count"] > 0 and not told_in(suite.data, but=())
        after = verified(suite)
        assert all(after[key]["events"] - before[key]["events"] == (2 if key[0] == "catalog" else 0) for key in before)
        rows.write_text(head + row.format(n=4, title="more"), encoding="utf-8")
        suite.cli("import", "tickets", rows, "--map", "ticket-log", "--history")
        verified(suite)
