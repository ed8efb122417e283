"""Hooks: what the receiver's answer means, where they must not go, and addresses that the catalog refuses. That signatures hold is
shown by others' code, in tests/node."""
import json

import pytest

import peers
import redress


@pytest.fixture(name="told", scope="module")
def fixture_told():
    with peers.Told() as told:
        yield told


@pytest.fixture(name="one")
def fixture_one(told, request):
    """A client, somebody who is told by a hook alone, and the hook's path."""
    name = "p" + redress.hashlib.sha256(request.node.name.encode()).hexdigest()[:10]
    told.person(name, (told.hooks.url(f"/{name}"), told.secret(name, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))
    return told.client(f"at-{name}", {1: [name]}), name, f"/{name}"


def test_form(told, one):
    """The headers of Standard Webhooks, once each, and one JSON document of type, timestamp and data."""
    client, person, path = one
    escalation = told.raised(client, "Störung", level=2)
    (hook,) = told.hooks.wait(path)
    (row,) = told.wait_messages(client, state="delivered", person=person)
    assert hook.id == row["id"] and abs(int(hook.header("webhook-timestamp")) - redress.time.time()) < 300
    assert hook.header("webhook-signature").startswith("v1,") and hook.header("content-type").startswith("application/json")
    assert set(hook.body) == {"type", "timestamp", "data"} and hook.body["type"] == "escalation.raised"
    assert hook.body["timestamp"].endswith("Z")
    assert (hook.body["data"]["escalation"], hook.body["data"]["title"]) == (escalation, "Störung")
    assert "cookie" not in {key.lower() for key, _ in hook.headers}


@pytest.mark.parametrize("status,failure", [
    (410, "gone"), (404, ("rejected", "recipient_unknown")), (400, "rejected"), (401, "rejected"), (403, "rejected"),
    (413, "rejected"), (422, "rejected"), (301, "redirected"), (302, "redirected"), (307, "redirected"), (308, "redirected")])
def test_failed_for_good(told, one, status, failure):
    """One request, one answer, one word of why; where a redirect points to is never asked."""
    client, _, path = one
    told.hooks.answer(path, last=(status, {"Location": told.hooks.url(f"/elsewhere-{status}")}) if status < 400 else status)
    told.raised(client)
    (row,) = told.wait_messages(client, state="failed")
    assert row["failure"] in ((failure,) if isinstance(failure, str) else failure) and row["attempts"] == 1, row
    assert str(status) in row["detail"]
    assert len(told.hooks.of(path)) == 1 and not told.hooks.of(f"/elsewhere-{status}")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_taken(told, one, status):
    client, _, path = one
    told.hooks.answer(path, last=status)
    told.raised(client)
    assert told.wait_messages(client, state="delivered")[0]["attempts"] == 1 and len(told.hooks.of(path)) == 1


@pytest.mark.parametrize("status,failure", [(408, None), (425, None), (429, "busy"), (500, "peer_failed"), (503, "busy")])
def test_tried_again(told, one, status, failure):
    client, _, path = one
    told.hooks.answer(path, status)
    told.raised(client)
    row = told.wait_messages(client, state="delivered")[0]
    first, second = told.hooks.of(path)
    assert row["attempts"] == 2 and first.id == second.id and first.raw == second.raw
    event = next(e for e in told.events("message.deferred") if e["subject"].endswith(row["id"]))
    assert failure in (None, event["data"]["failure"]), event


def test_an_answer_without_end_is_not_read(told, one):
    """A receiver that takes the hook and then talks on: what it says is cut, and the hook is delivered or judged, never stuck."""
    client, _, path = one
    told.hooks.answer(path, last=(200, {"X-Long": "x" * 4000, "Set-Cookie": "a=b"}))
    told.raised(client)
    row = told.wait_messages(client, state="delivered")[0]
    assert len(row.get("detail", "")) <= 300


PRIVATE = ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "0x7f000001", "2130706433", "10.0.0.1",
           "192.168.0.1", "172.16.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]", "100.64.0.1", "[::]")


def test_private_targets_are_refused():
    """Judged by the address that is connected to: names and unusual spellings of the loopback are refused as well."""
    with peers.Told(options={"allow_private": None}) as told:
        people = []
        for n, host in enumerate(PRIVATE):
            url = f"http://{host}:{told.hooks.port}/hook-{n}"
            try:
                people.append(told.person(f"p{n}", (url, None)))
            except AssertionError as error:
                assert "address_form" in str(error) or "invalid" in str(error), error  # the catalog may refuse it first
        assert len(people) >= 8
        clients = [told.client(f"c{n}", {1: people[n * 8:n * 8 + 8]}) for n in range(2)]
        for client in clients:
            told.raised(client)
            for row in told.settled(client, count=min(8, len(people))):
                assert (row["state"], row["failure"]) == ("failed", "target_forbidden"), (row, PRIVATE[int(row["person"][1:])])
        assert told.hooks.connections == 0
        told.person("mailed")  # mail goes to the relay that the installation names, wherever that is
        told.raised(told.client("c-mail", {1: ["mailed"]}))
        told.mailbox.wait(peers.mail("mailed"))


BAD = ("ann@example.org\r\nBcc: all@example.org", "ann@example.org\nRCPT TO:<x@example.org>", "ann@example.org\r", "a\0b@example.org",
       "ann@example.org,bob@example.org", "<ann@example.org>", '"ann"@example.org', "ann example.org", "ann@", "@example.org",
       "ann@b@c", "ann (x)@example.org", "ann;bob@example.org", "")
BAD_HOOKS = ("ftp://example.org/", "file:///etc/passwd", "http://user:word@example.org/", "http://", "http://example.org/\r\nX: y",
             "javascript:alert(1)", "http://exa mple.org/", "//example.org", "gopher://example.org/", "smtp://example.org/")


@pytest.mark.parametrize("channel,to", [("email", each) for each in BAD] + [("webhook", each) for each in BAD_HOOKS])
def test_addresses_that_the_catalog_refuses(told, channel, to):
    message = {"op": "command", "id": redress.uuid7(), "type": "person.set", "client": "provider",
               "data": {"id": "bad", "name": "Bad", "side": "provider", "addresses": [{"channel": channel, "to": to}]}}
    reply = told.catalog_ask.ask(message)
    assert reply["status"] in ("refused", "invalid") and reply["field"].startswith("addresses"), reply
    assert told.catalog_ask.query("catalog.person", {"person": "bad"})["result"] == []


def test_names_cannot_break_out_of_a_header(told):
    """A name is text; what would end a header's line is gone from it, or the catalog refuses it."""
    names = ("Ann\r\nBcc: all@example.org", "Ann\nSubject: other", 'Ann" <x@example.org>, "', "=?utf-8?q?=0D=0ABcc:_x@y.zz?=",
             "\u2028Ann\u202egnp.exe", "Ann\t\x0b\x1b[31m", "A" * 120)
    for n, name in enumerate(names):
        try:
            told.person(f"named-{n}", name=name)
        except AssertionError as error:
            assert "invalid" in str(error) or "refused" in str(error)
            continue
        told.raised(told.client(f"names-{n}", {1: [f"named-{n}"]}, name=name))
        letter = told.mailbox.wait(peers.mail(f"named-{n}"))[0]
        assert letter.to == [peers.mail(f"named-{n}")]
        mail = letter.mail
        assert mail.keys() == told.mailbox.letters[0].mail.keys() and "Bcc" not in mail
        assert [each.addr_spec for each in mail["To"].addresses] == [peers.mail(f"named-{n}")]
        assert len(mail.get_all("Subject")) == 1 and not mail["To"].defects


def test_what_is_kept_of_a_hook_is_what_was_sent(told, one):
    """The digest of the message names the copy, and the copy holds the body that was signed, and no secret."""
    client, person, path = one
    told.raised(client, "kept")
    row = told.wait_messages(client, state="delivered", person=person)[0]
    blob = (told.suite.data / "notification" / "000" / "blobs" / row["digest"][:2] / row["digest"]).read_text(encoding="utf-8")
    assert json.loads(blob)["body"] == told.hooks.of(path)[0].raw.decode() and "whsec" not in blob and "MfKQ" not in blob
