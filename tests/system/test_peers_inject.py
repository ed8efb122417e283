"""Words from outside that would like to be more: headers, HTML, templates, line ends, overrides of direction, in titles, updates, names
and labels of alerts. What arrives is read by Python's parsers of mail, HTML and JSON."""
import html.parser
import json
import re

import pytest

import cases
import peers
import redress

CLIENT = "acme"
ELEMENTS = {"html", "head", "meta", "title", "style", "body", "p", "table", "tr", "th", "td", "a", "h1", "h2", "ul", "li", "br", "div",
            "span", "strong", "tbody", "hr"}
WORDS = {
    "header": "Down\r\nBcc: all@example.org\r\nX-Evil: 1\r\n\r\n<h1>body</h1>",
    "element": "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>",
    "attribute": "\" onmouseover=\"alert(1)\" ' onfocus='alert(1)' autofocus x=\"",
    "template": "{{by}} {{{ack_link}}} {{#level}}{{level}}{{/level}} {{> secret}} {{=<% %>=}} ${7*7} <%= 7*7 %> #{7*7} %s%n",
    "entity": "&lt;script&gt; &#x3c;b&#x3e; &amp;amp; ]]> <!-- --> <![CDATA[",
    "direction": "invoice\u202egnp.exe \u2066hidden\u2069 \u200f \ufeff",
    "dots": ".\r\n.\r\nQUIT\r\n. \nFrom here",
    "words": "=?utf-8?B?PGI+?= =?iso-8859-1?Q?=0D=0ABcc:x@y.zz?= =0D=0A soft=\nbreak",
    "json": '","evil":"1","x":{"a":[1]} \\u0000 \\ \u2028 \u2029 \U0001f525',
}
HEADERS = {"content-type", "mime-version", "from", "to", "subject", "date", "message-id", "auto-submitted", "x-redress-message",
           "in-reply-to", "references"}


class Elements(html.parser.HTMLParser):
    """What a document consists of: tags with attributes, and the text outside of style."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.text, self.inside, self.odd = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            self.text.append("\n")  # a line that ends, as in the plain text
        self.tags.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_endtag(self, tag):
        if tag in self.inside:
            self.inside = self.inside[:len(self.inside) - 1 - self.inside[::-1].index(tag)]

    def handle_data(self, data):
        if "style" not in self.inside:
            self.text.append(data)

    def handle_comment(self, data):
        self.odd.append(data)

    def unknown_decl(self, data):
        self.odd.append(data)

    def handle_pi(self, data):
        self.odd.append(data)


@pytest.fixture(name="told", scope="module")
def fixture_told():
    with peers.Told(http=True) as told:
        told.person("ann")
        told.person("hook", (told.hooks.url("/hook"), told.secret("hook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))
        told.client(CLIENT, {1: ["ann", "hook"]}, contact="carl")
        told.viewer = told.token("ann", "viewer")
        yield told


def shape(letter):
    """The form of a mail: its headers, and the elements of its HTML with the names of their attributes; not its line ends."""
    mail = letter.mail
    return sorted(key.lower() for key in mail.keys()), [(tag, sorted(attrs)) for tag, attrs in Elements(letter.html).tags if tag != "br"]


def check_letter(told, letter, to):
    """Nothing but what we write: one recipient, the known headers once each, the known elements, no script, no foreign link."""
    mail = letter.mail
    assert letter.to == [to] and [each.addr_spec for each in mail["To"].addresses] == [to]
    names = [key.lower() for key in mail.keys()]
    assert len(names) == len(set(names)) and set(names) <= HEADERS, names
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert not any(part.defects for part in mail.walk()) and not mail["Subject"].defects
    assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", str(mail["Subject"])), repr(str(mail["Subject"]))
    parsed = Elements(letter.html)
    assert not parsed.odd and {tag for tag, _ in parsed.tags} <= ELEMENTS, parsed.tags
    for tag, attributes in parsed.tags:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        if "href" in attributes:
            assert attributes["href"].startswith(f"http://{told.suite.http}/a/"), attributes
    for text in (letter.plain, "".join(parsed.text)):
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text), repr(text)
    return parsed


def squeezed(text):
    """As texts of one line are written: blanks in a row are one; what may not stand in a line is U+FFFD or a blank."""
    return re.sub(r"[\s\ufffd]+", " ", re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", " ", text)).strip()


@pytest.fixture(name="plain", scope="module")
def fixture_plain(told):
    """What a mail about harmless words looks like."""
    escalation = told.raised(CLIENT, "harmless")
    return shape(letter_of(told, escalation))


def letter_of(told, escalation, person=None, count=1):
    to = person or peers.mail("ann")
    found = redress.wait_for(lambda: len([each for each in told.mailbox.of(to) if escalation in each.plain]) >= count and
                             [each for each in told.mailbox.of(to) if escalation in each.plain], what=f"{count} letters to {to}")
    return found[-1]


def hook_of(told, escalation):
    return redress.wait_for(lambda: [each for each in told.hooks.of("/hook") if escalation in each.raw.decode()], what="the hook")[0]


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_titles(told, plain, kind):
    title = WORDS[kind][:200]
    escalation = told.raised(CLIENT, title)
    letter = letter_of(told, escalation)
    parsed = check_letter(told, letter, peers.mail("ann"))
    assert shape(letter) == plain, "words change no form"
    assert squeezed(title) in squeezed("".join(parsed.text)) and squeezed(title) in squeezed(letter.plain)
    assert squeezed(title)[:40] in squeezed(str(letter.mail["Subject"]))
    body = hook_of(told, escalation).body
    assert set(body) == {"type", "timestamp", "data"} and "evil" not in body["data"]
    assert squeezed(body["data"]["title"]) == squeezed(title)
    status, headers, answer = told.http("GET", f"/v1/escalations/{escalation}?client={CLIENT}", bearer=told.viewer)
    assert status == 200 and headers["Content-Type"].startswith("application/json"), answer
    assert headers["X-Content-Type-Options"] == "nosniff" and json.loads(answer)["title"] == title


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_updates_to_the_client(told, kind):
    """What somebody writes to a client is text, in every field, over several lines."""
    escalation = told.raised(CLIENT, "updated")
    words = WORDS[kind]
    update = cases.update(escalation, context=words, impact=words, action=words, workaround=f"first\n{words}\nlast")
    told.ask.ok("escalation.update", CLIENT, update, actor="ann")
    letter = letter_of(told, escalation, "carl@client.test")
    parsed = check_letter(told, letter, "carl@client.test")
    assert squeezed("".join(parsed.text)).count(squeezed(words)) >= 4 and squeezed(letter.plain).count(squeezed(words)) >= 4
    assert "Name of ann" not in letter.plain and "/a/" not in letter.plain


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_names_and_zones(told, kind):
    """Names of people and clients, where the catalog takes them."""
    name, person = WORDS[kind][:120], f"named-{kind}"
    try:
        told.person(person, name=name)
        client = told.client(f"client-{kind}", {1: [person]}, name=name)
    except AssertionError as error:
        assert re.search("'status': '(invalid|refused)'", str(error)), error
        return
    escalation = told.raised(client, "by name", actor=f"person:{person}" if kind == "element" else "somebody")
    if kind == "element":
        return  # who did it is not told
    letter = letter_of(told, escalation, peers.mail(person))
    check_letter(told, letter, peers.mail(person))
    assert squeezed(name)[:30] in squeezed(letter.mail["To"].addresses[0].display_name)


def test_zones_are_names_of_zones(told):
    for zone in ("../../etc/passwd", "/etc/passwd", "Europe/../../../etc/shadow", ":Europe/Berlin", "<b>", "EST5EDT,M3.2.0,M11.1.0\n"):
        message = {"op": "command", "id": redress.uuid7(), "type": "client.set", "client": "provider",
                   "data": {"id": "zoned", "name": "zoned", "zone": zone}}
        reply = told.catalog_ask.ask(message)
        assert (reply["status"], reply["field"]) in (("refused", "zone"), ("invalid", "zone")), (zone, reply)


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_labels_of_alerts(told, plain, kind):
    """An alert whose every word is hostile becomes a ticket; an escalation of it is told."""
    words, finger = WORDS[kind], redress.hashlib.sha256(kind.encode()).hexdigest()[:16]
    token = told.token("ann", "ingest", [CLIENT])
    alert = {"status": "firing", "fingerprint": finger, "startsAt": redress.from_now(-60), "endsAt": "0001-01-01T00:00:00Z",
             "labels": {"alertname": words, "severity": "critical", "instance": words, "job": words},
             "annotations": {"summary": words, "runbook_url": words}, "generatorURL": words}
    body = {"version": "4", "groupKey": words, "status": "firing", "receiver": words, "groupLabels": {}, "commonLabels": {},
            "commonAnnotations": {}, "externalURL": words, "truncatedAlerts": 0, "alerts": [alert]}
    status, _, answer = told.http("POST", "/v1/ingest/alertmanager", body, token)
    assert status == 200, answer
    status, _, answer = told.http("GET", f"/v1/tickets/alertmanager:{finger}?client={CLIENT}", bearer=told.viewer)
    row = json.loads(answer)
    assert status == 200 and squeezed(row["title"]) == squeezed(words[:200]), answer
    assert not re.search(r"[\x00-\x1f]", row["title"])
    escalation = told.raised(CLIENT, row["title"], tickets=[{"ticket": f"alertmanager:{finger}"}], severity=2)
    check_letter(told, letter_of(told, escalation), peers.mail("ann"))


def test_numbers_of_tickets_are_any_text(told):
    """A ticket is called as its own system calls it: it is escalated, told and looked up all the same."""
    from urllib.parse import quote  # pylint: disable=import-outside-toplevel
    for number in ("srv01/HTTP", "Ünde #7 <b>", "a/../b", "100%25", "x?client=other&y", "tab and \u202e"):
        told.ask.ok("ticket.record", CLIENT, cases.fact(number, title="called oddly"))
        escalation = told.raised(CLIENT, "odd number", tickets=[{"ticket": f"test:{number}"}])
        letter = letter_of(told, escalation)
        check_letter(told, letter, peers.mail("ann"))
        assert squeezed(f"test:{number}") in squeezed(letter.plain)
        status, _, answer = told.http("GET", f"/v1/tickets/{quote('test:' + number, safe='')}?client={CLIENT}", bearer=told.viewer)
        assert (status, status == 200 and json.loads(answer)["number"]) == (200, number), answer


def test_what_a_peer_says_is_kept_as_text(told):
    """The words of a mail server's refusal are kept, and are data wherever they are shown."""
    told.person("refused")
    told.mailbox.answer(peers.mail("refused"), last="550 5.1.1 <script>alert(1)</script> \x1b[31m{{by}}")
    client = told.client("refusing", {1: ["refused"]})
    told.raised(client)
    row = told.wait_messages(client, state="failed")[0]
    assert "<script>" in row["detail"] and not re.search(r"[\x00-\x1f\x7f]", row["detail"]), row
    status, headers, answer = told.http("GET", f"/v1/messages?client={client}", bearer=told.viewer)
    assert status == 200 and headers["Content-Type"].startswith("application/json") and b"<script>" in answer
