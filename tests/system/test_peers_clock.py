"""What the clock does to messages, on a fast one: they expire, tries to one destination are spread, an escalation that nobody
takes climbs and tells the next; and an acknowledgement from a mail works once, for a while."""
import html
import re

import pytest

import cases
import mailbox
import peers
import redress

RETRIES = {"retry_first": "PT1M", "retry_most": "PT2M", "attempts_max": 1000}
HASTY = {**RETRIES, "expires_after": "PT10M", "link_lasts": "PT10M"}
LATE = 20 * 60 * 60_000_000  # twenty seconds of ours


@pytest.fixture(name="told", scope="module")
def fixture_told():
    """A minute a second; nothing ends while a slow machine still looks at it."""
    with peers.Told(clock="x60", http=True, options={**RETRIES, "expires_after": "P1D", "link_lasts": "P1D"}) as told:
        yield told


@pytest.fixture(name="hasty", scope="module")
def fixture_hasty():
    """The same, where messages and links end after ten seconds of ours."""
    with peers.Told(clock="x60", http=True, options=HASTY) as told:
        yield told


def client_of(told, request):
    name = "p" + redress.hashlib.sha256(request.node.name.encode()).hexdigest()[:10]
    told.person(name)
    return told.client(f"at-{name}", {1: [name]}), name


@pytest.fixture(name="one")
def fixture_one(told, request):
    return client_of(told, request)


def test_expires(hasty, request):
    """Tried for ten minutes, then not any more; nothing is sent instead of it, because it came too late."""
    told, (client, person) = hasty, client_of(hasty, request)
    told.person(person, peers.mail(person), (told.hooks.url(f"/{person}"), None))
    told.heard()
    told.mailbox.answer(peers.mail(person), last=mailbox.BUSY)
    told.raised(client, level=6)  # at the top: nothing else happens to it
    row = told.wait_messages(client, state="failed", failure="expired")[0]
    assert redress.instant(row["failed_at"]) - redress.instant(row["expires_at"]) < LATE
    assert redress.instant(row["expires_at"]) - redress.instant(row["queued_at"]) <= 600_000_000
    assert 2 <= row["attempts"] <= 14 and row["attempts"] == len(told.mailbox.of(peers.mail(person), True))
    assert not told.hooks.of(f"/{person}") and not told.messages(client, instead_of=row["id"])


def test_climbs_and_tells_the_next(told):
    """Nobody takes it: level by level the mail goes to who holds it, and each says whence and whither."""
    for person in ("l1", "l2", "l3"):
        told.person(person)
    client = told.client("climbing", {1: ["l1"], 2: ["l2"], 3: ["l3"]}, contact="c-climbing")
    escalation = told.raised(client, "climbs", severity=1)
    for person, level in (("l1", 1), ("l2", 2), ("l3", 3)):
        letter = told.mailbox.wait(peers.mail(person))[0]
        assert escalation in letter.plain and f"level {level}" in letter.plain
    told.ask.ok("escalation.ack", client, {"escalation": escalation}, actor="l3")
    told.wait_messages(client, 2, stage="acked")
    assert not told.mailbox.of("c-climbing@client.test"), "levels are nothing for the client (RULES.md 1)"


def visible(text):
    """Without the style sheet and tags of HTML."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.S))


def test_a_silent_supplier_is_asked_and_told_nothing_internal(told):
    """A group that a ticket was passed to and that does not take it is climbed in its own line; a supplier's people read words
    meant for them."""
    told.person("vera", "vera@supplier.test", side="supplier", name="Vera of CableCo")
    told.person("owner", name="Owner Internal")
    told.person("lead", name="Lead Internal")
    told.set("group.set", {"id": "CableCo support", "side": "supplier", "holders": [{"level": 1, "person": "vera"}]})
    client = told.client("supplied", {1: ["owner"], 3: ["lead"]}, targets=[{"priority": 1, "response": "PT10M", "resolve": "P1D"}])
    now = told.events(service="catalog")[-1]["time"]
    for n, group in enumerate(("Service desk", "CableCo support")):
        told.ask.ok("ticket.record", client, cases.fact("S1", mod_count=n, priority=1, group=group, title="Line cut",
                                                        opened_at=now, updated_at=now, state="active"))
    letter = told.mailbox.wait("vera@supplier.test")[0]
    said = visible(letter.html) + letter.plain + str(letter.mail["Subject"])
    assert "Line cut" in said and "CableCo support" in said and "/a/" not in said, said
    assert not [word for word in ("Owner Internal", "Lead Internal", "climb") if word in said], said
    owner = told.mailbox.wait(peers.mail("owner"))[0]
    assert "CableCo support" in owner.plain and "/a/" in owner.plain


def link_of(letter):
    """Path of the link, the same in text and HTML."""
    (plain,) = re.findall(r"https?://\S+/a/\S+", letter.plain)
    (linked,) = re.findall(r'href="([^"]*/a/[^"]*)"', letter.html)
    assert html.unescape(linked) == plain
    return "/" + plain.split("/", 3)[3]


def get(told, client, escalation):
    (row,) = told.ask.query("escalation.get", {"escalation": escalation}, client)["result"]
    return row


def version(told, client, escalation):
    return [event["type"] for event in told.events(service="escalation") if event["subject"] == f"{client}/{escalation}"]


@pytest.fixture(name="taken")
def fixture_taken(told, one):
    client, person = one
    escalation = told.raised(client, "take me", level=6)
    letter = told.mailbox.wait(peers.mail(person))[0]
    return client, person, escalation, link_of(letter)


SCANNERS = ({"User-Agent": "Mozilla/5.0 (compatible; MSIE 10.0; Microsoft Outlook)", "X-Forwarded-For": "40.94.0.1"},
            {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "X-Moz": "prefetch"},
            {"Range": "bytes=0-1023", "Accept": "*/*", "Referer": "https://mail.google.com/"},
            {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST", "Content-Type": "application/x-www-form-urlencoded"})


def test_looking_at_the_link_does_nothing(told, taken):
    """GET twice, HEAD, and what scanners of mail send with them; a form's answer in a query is no answer."""
    client, _, escalation, link = taken
    before = version(told, client, escalation)
    for headers in ({}, {}, *SCANNERS):
        for method in ("GET", "HEAD"):
            status, answer, body = told.http(method, link, **{key.replace("-", "_"): value for key, value in headers.items()})
            assert status in (200, 206) or (method == "HEAD" and status == 405), (method, headers, status, body)
            assert answer["Cache-Control"] == "no-store" and answer["Referrer-Policy"] in ("no-referrer", "same-origin")
            if method == "GET":
                assert answer["Content-Type"].startswith("text/html") and b"take me" in body
    assert told.http("GET", link + "?_method=POST&confirm=1")[0] in (200, 400, 404)
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
        assert told.http(method, link)[0] in (204, 400, 404, 405, 501)  # OPTIONS may say 204
    assert version(told, client, escalation) == before and "acked_by" not in get(told, client, escalation)


def post(told, link, **headers):
    return told.http("POST", link, b"", Content_Type="application/x-www-form-urlencoded", **headers)


def test_posting_takes_it_once_as_the_person_told(told, taken):
    client, person, escalation, link = taken
    status, _, body = post(told, link)
    assert status == 200, body
    row = get(told, client, escalation)
    assert row["acked_by"] in (person, f"person:{person}"), row
    event = next(e for e in told.events("escalation.acked", "escalation") if e["subject"] == f"{client}/{escalation}")
    assert event["actor"] == f"person:{person}"
    after = version(told, client, escalation)
    for _ in range(2):
        assert post(told, link)[0] == 410
    assert told.http("GET", link)[0] in (200, 410)
    assert version(told, client, escalation).count("escalation.acked") == after.count("escalation.acked") == 1


def test_a_used_link_stays_used_for_the_same_escalation_only(told, one):
    """Another mail of another escalation has a link of its own, which still works."""
    client, person = one
    links = []
    for n in range(2):
        told.raised(client, f"number {n}", level=6)
        links.append(link_of(told.mailbox.wait(peers.mail(person), n + 1)[n]))
    assert links[0] != links[1]
    assert post(told, links[0])[0] == 200 and post(told, links[0])[0] == 410 and post(told, links[1])[0] == 200


def test_the_link_expires(hasty, request):
    told, (client, person) = hasty, client_of(hasty, request)
    escalation = told.raised(client, "take me", level=6)
    link = link_of(told.mailbox.wait(peers.mail(person))[0])
    redress.wait_for(lambda: told.http("GET", link)[0] == 410, what="the link's end")
    assert post(told, link)[0] == 410
    assert "escalation.acked" not in version(told, client, escalation)


def test_forged_links(told, taken):
    """Every place of the link changed by one character, cut, or made for somebody else: it is none."""
    client, _, escalation, link = taken
    token = link.split("/a/")[1]
    flipped = [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1:] for n in range(0, len(token) - 1, 7)]
    for forged in (*flipped, token[:-4], token[:20], token + token, "x", "%00", "..%2f..%2fetc%2fpasswd", "A" * 4000):
        for method in ("GET", "POST"):
            status = (post(told, f"/a/{forged}") if method == "POST" else told.http(method, f"/a/{forged}"))[0]
            assert status in (404, 400, 414) if len(forged) > 1000 or "%" in forged else status == 404, (method, forged, status)
    assert "escalation.acked" not in version(told, client, escalation)


def test_a_link_of_an_escalation_that_ended(told, one):
    """Closed meanwhile: there is nothing left to take."""
    client, person = one
    escalation = told.raised(client, "soon over", level=6)
    link = link_of(told.mailbox.wait(peers.mail(person))[0])
    for verb, body in cases.closeout(escalation):
        body.update({"review": {"decision": "required"}}.get(verb, {}))
        told.ask.ok(f"escalation.{verb}", client, body)
    told.ask.ok("escalation.close", client, {"escalation": escalation})
    assert post(told, link)[0] in (409, 410, 422)


def test_throttle():
    """Twelve a minute to one destination, of the real clock: they come one after another, and others do not wait for them."""
    with peers.Told(options={"throttle": 12}) as told:
        for person in ("many", "few"):
            told.person(person)
        client = told.client("acme", {1: ["many"]})
        other = told.client("other", {1: ["few"]})
        for n in range(40):
            told.raised(client, f"number {n}")
        told.raised(other, "alone")
        told.mailbox.wait(peers.mail("few"))
        redress.wait_for(lambda: len(told.mailbox.of(peers.mail("many"))) >= 2, what="the second")
        redress.wait_for(lambda: redress.time.monotonic() - told.mailbox.of(peers.mail("many"))[0].time > 8, what="8 s")
        times = [letter.time for letter in told.mailbox.of(peers.mail("many"))]
        most = 12 + (times[-1] - times[0]) / 5 + 1
        assert 2 <= len(times) <= most, f"at most 12 a minute, and as many more as {times[-1] - times[0]} s bring"
        waiting = told.messages(client, state="pending") + told.messages(client, state="attempted")
        assert len(waiting) >= 40 - len(told.mailbox.of(peers.mail("many"))) - 2
        assert waiting, "others waited until all of them were told"
        assert all("attempts" not in row for row in told.messages(client, state="pending")), "waiting is no try"
