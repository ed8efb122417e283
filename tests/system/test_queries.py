"""Queries: pages by cursor are the whole without overlap, scopes hold, wrong ones are answered and not done."""
import pytest

import cases
import redress


@pytest.fixture(name="many", scope="module")
def fixture_many():
    """Twenty-five escalations of each of two clients, in two partitions."""
    with redress.Suite(partitions=2) as suite:
        suite.up()
        clients = [redress.client_in(partition, 2) for partition in range(2)]
        with suite.commander() as commander:
            ids = {client: [cases.raised(commander, client, f"n{n}")[0] for n in range(25)] for client in clients}
            yield commander, ids


def pages(commander, limit, **options):
    """All rows of escalation.list by pages."""
    rows, cursor, count = [], None, 0
    while True:
        more = {"cursor": cursor} if cursor is not None else {}
        reply = commander.query("escalation.list", limit=limit, **more, **options)
        assert reply["status"] == "ok", reply
        assert len(reply["result"]) <= limit
        rows, cursor, count = rows + reply["result"], reply.get("cursor"), count + 1
        if cursor is None:
            return rows, count
        assert count < 100, "pages without an end"


@pytest.mark.parametrize("limit", [1, 7, 25, 500])
def test_pages_are_the_whole(many, limit):
    commander, ids = many
    for client, wanted in ids.items():
        rows, count = pages(commander, limit, client=client)
        assert sorted(cases.id_of_row(row) for row in rows) == sorted(wanted)
        assert count >= len(wanted) // limit


def test_rows_come_in_the_same_order_whatever_the_page(many):
    commander, ids = many
    for client in ids:
        assert pages(commander, 1, client=client)[0] == pages(commander, 500, client=client)[0]


def test_a_client_sees_only_its_own(many):
    commander, ids = many
    for client in ids:
        rows, _ = pages(commander, 100, client=client)
        others = {ident for other, own in ids.items() if other != client for ident in own}
        assert not others & {cases.id_of_row(row) for row in rows}


def test_provider_queries_answer_per_partition(many):
    """Merged by the client as the query's row says; each partition answers for its own."""
    commander, ids = many
    found = [cases.id_of_row(row) for partition in range(2) for row in pages(commander, 100, partition=partition)[0]]
    assert sorted(found) == sorted(ident for own in ids.values() for ident in own)


@pytest.mark.parametrize("changes, field", [
    ({"type": "escalation.nonsense"}, "type"), ({"limit": -1}, "limit"), ({"limit": 1 << 40}, "limit"),
    ({"limit": "x"}, "limit"), ({"cursor": 5}, "cursor"), ({"data": 7}, "data"), ({"client": "a/b"}, "client"),
], ids=cases.short)
def test_wrong_query_is_invalid(many, changes, field):
    commander, _ = many
    message = {"op": "query", "id": redress.uuid7(), "type": "escalation.list", "data": {}, **changes}
    reply = commander.ask(message)
    assert reply["status"] == "invalid" and reply["field"] == field, reply


@pytest.mark.parametrize("cursor", ["", "x", "A" * 5000, "\0" * 30], ids=["empty", "text", "long", "zeroes"])
def test_a_forged_cursor_is_answered(many, cursor):
    commander, ids = many
    reply = commander.query("escalation.list", client=next(iter(ids)), cursor=cursor)
    assert reply["status"] in ("ok", "invalid"), reply


def test_get_one(many):
    commander, ids = many
    client, own = next(iter(ids.items()))
    reply = commander.query("escalation.get", {"escalation": own[3]}, client=client)
    assert reply["status"] == "ok" and own[3] in str(reply["result"]), reply
    assert reply["result"][0]["id"] == own[3] and len(reply["result"]) == 1
    reply = commander.query("escalation.get", {"escalation": "esc-none"}, client=client)
    assert reply["status"] == "ok" and reply["result"] == [], reply
