"""Mail as Python's own mail package reads it, received by aiosmtpd: its form, its thread, and who reads what."""
import datetime
import re
import zoneinfo

import pytest

import cases
import mailbox
import peers
import redress

TITLE = "Ausfall der Röntgen-Übersicht im Haus »Süd«: 発注システム, Ελλάδα, " + "ä" * 30
INTERNAL = ("level", "responder", "Silent", "Gruppe Netz", "Ann Bäuer", "Service-Müller", "Boss", "actor", "/a/", "Take it",
            "internal-owner", "climb")


@pytest.fixture(name="told", scope="module")
def fixture_told():
    with peers.Told(http=True) as told:
        told.person("ann", name="Ann Bäuer", zone="Asia/Kolkata")
        told.person("mia", name='Müller, "Mia" Service-Müller')
        told.person("boss", name="Boss")
        yield told


def acme(told, name, zone="Europe/Berlin", **more):
    """A client whose contact and executive have mail of their own."""
    return told.client(name, {1: ["ann"], 3: ["mia"], 6: ["boss"]}, contact=f"contact-{name}", executives=[f"chief-{name}"],
                       zone=zone, **{"name": f"Firma {name} & Söhne", **more})


def taken(told, person, escalation):
    """The letters to somebody that speak of an escalation."""
    return [each for each in told.mailbox.of(person) if escalation in each.plain]


def await_letter(told, person, escalation, count=1):
    redress.wait_for(lambda: len(taken(told, person, escalation)) >= count, what=f"{count} letters to {person} about {escalation}")
    return taken(told, person, escalation)


def test_form(told):
    """multipart/alternative, text first; headers of RFC 5322 and 2047 that a strict reader takes without a defect."""
    escalation = told.raised(acme(told, "form"), TITLE, level=3)
    letters = [await_letter(told, peers.mail(person), escalation)[0] for person in ("ann", "mia")]
    for letter in letters:
        mail = letter.mail
        letter.raw.decode("ascii")
        assert mail.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert all(part.get_content_charset() == "utf-8" for part in mail.iter_parts())
        assert not any(part.defects for part in mail.walk())
        for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted"):
            assert len(mail.get_all(name)) == 1, name
            assert not mail[name].defects, (name, mail[name].defects)
        assert mail["Auto-Submitted"] == "auto-generated"
        sender = mail["From"].addresses[0]
        assert (sender.display_name, sender.addr_spec) == ("Störungsdienst", "redress@provider.test")
        assert letter.sender == "redress@provider.test"
        assert abs(mail["Date"].datetime.timestamp() - redress.time.time()) < 300
        assert mail["Subject"].endswith(TITLE) or TITLE.startswith(re.sub(r"^.*?: ", "", mail["Subject"])[:60])
        assert TITLE in letter.plain and TITLE in letter.html
        head = letter.raw.split(b"\r\n\r\n")[0]
        assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ ]*\?=", head)), "RFC 2047, 2: at most 75 characters"
        assert all(len(line) <= 998 for line in letter.raw.split(b"\r\n")), "RFC 5322, 2.1.1"
        assert b"\n" not in letter.raw.replace(b"\r\n", b"")
    assert [letter.mail["To"].addresses[0].display_name for letter in letters] == ["Ann Bäuer", 'Müller, "Mia" Service-Müller']
    assert [letter.mail["To"].addresses[0].addr_spec for letter in letters] == [letter.to[0] for letter in letters]


def test_one_message_id_over_all_tries_and_one_thread(told):
    client = acme(told, "thread")
    told.mailbox.answer(peers.mail("ann"), mailbox.BUSY, mailbox.BUSY)
    first = told.raised(client, "thread")
    letter = await_letter(told, peers.mail("ann"), first)[0]
    tries = [each for each in told.mailbox.of(peers.mail("ann"), True) if first in each.plain]
    assert len(tries) == 3 and {each.id for each in tries} == {letter.id}
    told.ask.ok("escalation.ack", client, {"escalation": first}, actor="mia")
    told.ask.ok("escalation.update", client, cases.update(first), actor="mia")
    other = told.raised(client, "another")
    await_letter(told, peers.mail("ann"), first, 2)
    await_letter(told, f"contact-{client}@client.test", first)
    await_letter(told, peers.mail("ann"), other)
    about = {name: [each.mail for each in told.mailbox.letters if name in each.plain] for name in (first, other)}
    roots = {name: {mail["References"].split()[0] for mail in mails} for name, mails in about.items()}
    assert all(len(root) == 1 for root in roots.values()) and roots[first] != roots[other]
    every = [mail["Message-ID"] for mails in about.values() for mail in mails]
    assert len(every) == len(set(every))
    for name, mails in about.items():
        for mail in mails:
            assert mail["In-Reply-To"] in mail["References"]
            assert mail["In-Reply-To"] not in every or mail["In-Reply-To"] in [m["Message-ID"] for m in about[name]]
            assert re.fullmatch(r"<[^<>\s@]+@[^<>\s@]+>", mail["In-Reply-To"])
    row = next(row for row in told.wait_messages(client, state="sent", attempts=3) if letter.id.strip("<>").startswith(row["id"]))
    assert row["person"] == "ann"


@pytest.mark.parametrize("zone", ["America/St_Johns", "Australia/Lord_Howe", "Europe/Berlin"])
def test_the_clients_update_names_the_next_in_their_zone(told, zone):
    client = acme(told, "zone-" + zone.split("/")[1].lower().replace("_", "-"), zone=zone)
    escalation = told.raised(client, "Portal down", severity=2)
    update = cases.update(escalation, "Zeile <eins>\nZeile zwei", 5400, impact="Kein Login möglich", action="Wir tauschen den Router")
    told.ask.ok("escalation.update", client, update, actor="mia")
    promised = redress.instant(update["next_update_at"])
    for person in (f"contact-{client}@client.test", f"chief-{client}@client.test"):
        letter = await_letter(told, person, escalation)[0]
        for text in (letter.plain, letter.html):
            assert moment_in(text, promised, zone), text
            assert "Kein Login möglich" in text and "Wir tauschen den Router" in text
            for word in INTERNAL:
                assert word.lower() not in visible(text).lower(), f"{word}: {text}"
        assert not re.search(r"\bacme\b|msg-|person:", letter.plain)


def moment_in(text, microseconds, zone):
    """Day and time of an instant stand there as that zone's clocks show them."""
    moment = datetime.datetime.fromtimestamp(microseconds / 1e6, zoneinfo.ZoneInfo(zone))
    return re.search(rf"\b0?{moment.day} {moment:%b} {moment.year} {moment:%H:%M}\b", text)


def visible(text):
    """Without the style sheet and tags of HTML."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.S))


def test_an_update_without_the_next_instant_is_not_sent(told):
    client = acme(told, "silent")
    escalation = told.raised(client, "no promise")
    body = cases.update(escalation)
    body.pop("next_update_at")
    reply = told.ask.command("escalation.update", client, body, actor="mia")
    if reply["status"] == "ok":
        redress.wait_for(lambda: [event for event in told.events("notification.follow_refused")
                                  if event["data"].get("code") == "no_next_update"], what="the refusal")
    else:
        assert (reply["status"], reply["field"]) in (("refused", "next_update_at"), ("invalid", "next_update_at")), reply
    assert not [row for row in told.settled(client) if row["stage"] == "updated"]
    assert not told.mailbox.of(f"contact-{client}@client.test")


def test_who_reads_what_from_raise_to_closeout(told):
    """One incident to its end: who was told at which stage (RULES.md 1), and what each letter must say."""
    client = acme(told, "whole")
    told.ask.ok("ticket.record", client, cases.fact("W1"))
    escalation = told.raised(client, "Order entry down", severity=2, tickets=[{"ticket": "test:W1"}], level=3)
    await_letter(told, peers.mail("mia"), escalation)
    told.ask.ok("escalation.ack", client, {"escalation": escalation}, actor="mia")
    told.ask.ok("escalation.update", client, cases.update(escalation), actor="mia")
    told.ask.ok("ticket.record", client, cases.fact("W1", mod_count=1, state="resolved", resolved_at=redress.from_now(0)))
    told.wait_messages(client, 1, stage="resolved", person=f"contact-{client}")
    for verb, body in cases.closeout(escalation):
        body.update({"confirm": {"confirmed_by": f"Name of contact-{client}"}, "review": {"decision": "required"}}.get(verb, {}))
        told.ask.ok(f"escalation.{verb}", client, body, actor="mia")
    told.ask.ok("escalation.close", client, {"escalation": escalation}, actor="mia")
    told.wait_messages(client, 1, stage="closed", person=f"contact-{client}")
    rows = told.settled(client)
    who = {}
    for row in rows:
        assert row["state"] == "sent" or row["failure"] == "nobody", row
        if row["state"] == "sent":
            who.setdefault(row["stage"], set()).add(row["person"])
    contact, chief = f"contact-{client}", f"chief-{client}"
    assert who == {"raised": {"ann", "mia"}, "acked": {"ann"}, "updated": {contact, chief}, "resolved": {contact, "ann", "mia"},
                   "closed": {contact, chief, "ann"}}, who
    told_to = {person: {letter.mail["X-Redress-Message"]: letter for letter in told.mailbox.of(address)}
               for person, address in (("ann", peers.mail("ann")), (contact, f"{contact}@client.test"))}
    for row in rows:
        if row.get("person") in told_to and row["state"] == "sent":
            letter = told_to[row["person"]][row["id"]]
            assert "Order entry down" in letter.plain and "Order entry down" in letter.mail["Subject"], letter.plain
            assert escalation in letter.plain
            assert ("/a/" in letter.plain) == (row["stage"] == "raised")
            if row["person"] == "ann":
                assert f"Firma {client} & Söhne" in letter.plain and f"Firma {client} &amp; Söhne" in letter.html
    for person in (contact, chief):
        for letter in told.mailbox.of(f"{person}@client.test"):
            said = visible(letter.html) + letter.plain + str(letter.mail["Subject"])
            assert not [word for word in INTERNAL if word in said], said
    assert re.search("Ann Bäuer|mia|Müller", told_to["ann"][next(r["id"] for r in rows if r["stage"] == "acked")].plain)


def counted(told, outcome):
    """Tries of the first partition with this outcome, as the process itself says."""
    reply = told.message_ask.ask({"op": "metrics", "id": redress.uuid7()}, 0)
    line = f'redress_effect_tries_total{{service="notification",partition="0",outcome="{outcome}"}} '
    return sum(int(each.removeprefix(line)) for each in reply["result"].splitlines() if each.startswith(line))


def test_tries_are_counted_by_their_outcome(told):
    client = acme(told, "counted")
    told.settled()  # of those before
    told.mailbox.answer(peers.mail("mia"), mailbox.BUSY)
    sent, busy = counted(told, "sent"), counted(told, "busy")
    told.raised(client, level=3)
    told.settled(client)
    assert (counted(told, "sent") - sent, counted(told, "busy") - busy) == (2, 1)
