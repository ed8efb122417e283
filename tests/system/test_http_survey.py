"""Links that answer a survey without a login: GET shows, POST scores once, and programs that follow links change nothing."""
import html.parser
import urllib.parse

import pytest

import redress
import sse
import web

FORM = {"Content_Type": "application/x-www-form-urlencoded"}
CATALOG = """
people:
- {{id: {contact}, name: Olga Olsen, side: client, client: {client}, addresses: [{{channel: email, to: "{contact}@client.test"}}]}}
clients:
- {{id: {client}, name: {client}, zone: Europe/Berlin, primary_contact: {contact}}}
"""


class Form(html.parser.HTMLParser):
    """The fields of a page's form, as a browser would send them."""

    def __init__(self, page):
        super().__init__()
        self.radios, self.checked, self.fields, self.scripts = [], None, [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.scripts += tag == "script"
        if tag in ("input", "textarea"):
            self.fields.append(given["name"])
        if given.get("type") == "radio":
            self.radios.append(int(given["value"]))
            if "checked" in given:
                self.checked = int(given["value"])


@pytest.fixture(name="door", scope="module")
def fixture_door():
    with redress.Suite(partitions=2) as suite:
        suite.up()
        with web.Web(suite) as gateway:
            yield gateway


@pytest.fixture(name="admin", scope="module")
def fixture_admin(door):
    return sse.token(door.suite, role="administrator")[0]


class Asked:
    """Somebody who was asked, and their link."""

    def __init__(self, door, admin, client, kind="nps", contact=None, seconds=3600, **more):
        self.door, self.admin, self.client = door, admin, client
        self.contact = contact or f"olga-{client}"
        model = door.suite.data / f"{client}.yaml"
        model.write_text(CATALOG.format(client=client, contact=self.contact))
        door.suite.cli("apply", "-f", str(model))
        self.survey = redress.wait_for(lambda: self.invited(kind, more), what="the catalog's word in kpi")
        self.seconds = seconds

    def invited(self, kind, more):
        made = self.door.post("/v1/surveys", {"client": self.client, "kind": kind, "contact": self.contact, **more}, self.admin)
        return made.json["result"]["id"] if made.status == 201 else None

    def path(self, **more):
        link = web.link(self.door.suite, f"{self.client}/{self.survey}", actor=f"person:{self.contact}", purpose="survey",
                        **{"seconds": self.seconds, **more})
        return f"/survey/{link}"

    def now(self):
        return self.door.read(f"/v1/surveys/{self.survey}?client={self.client}", self.admin).json

    def press(self, path, **fields):
        headers = {name: fields.pop(name) for name in list(fields) if name[0].isupper()}
        return self.door.ask("POST", path, urllib.parse.urlencode(fields).encode(), **{**FORM, **headers})

    def types(self):
        history = self.door.read(f"/v1/surveys/{self.survey}/history?client={self.client}", self.admin).rows()
        return [row["type"] for row in reversed(history)]


def test_get_shows_and_post_scores_once(door, admin, client):
    asked = Asked(door, admin, client)
    path = asked.path()
    before = asked.now()
    for method in ("GET", "HEAD", "GET"):  # programs that scan mails follow the link of every score
        for score in range(0, 11):
            shown = door.ask(method, f"{path}?score={score}&utm_source=mail")
            assert shown.status == 200 and shown.headers["content-type"] == "text/html; charset=utf-8", shown
    assert asked.now() == before and asked.types() == ["survey.invited"], "looking is not answering"
    form = Form(door.read(f"{path}?score=9").body.decode())
    assert form.radios == list(range(0, 11)) and form.checked == 9
    assert form.fields == ["score"] * 11 + ["comment"] and not form.scripts
    for none in ("11", "-1", "x", "", "9.5"):
        assert Form(door.read(f"{path}?score={none}").body.decode()).checked is None
    words = "All <b>well</b>, but:\r\nthe \"portal\" & its 'login'"
    done = asked.press(path, score="9", comment=words, Origin=f"http://{door.address}")
    assert done.status == 200 and b"Thank you" in done.body, done
    row = asked.now()
    assert (row["score"], row["comment"], row["state"]) == (9, words.replace("\r", ""), "answered")
    for score in ("9", "0"):
        again = asked.press(path, score=score, comment=words)
        assert again.status == 200 and b"You have answered already" in again.body, again
    page = door.read(path).body.decode()
    assert "You have answered already" in page and "<b>" not in page and "&lt;b&gt;well" in page and "<form" not in page
    assert asked.types() == ["survey.invited", "survey.answered"]
    assert asked.now()["score"] == 9


def test_what_clients_read_of_it(door, admin, client):
    """That somebody answered, and as what it counts in all; not what each answered, nor what the provider makes of the client."""
    asked = Asked(door, admin, client)
    assert asked.press(asked.path(), score="2", comment="Nobody calls back").status == 200
    own = sse.token(door.suite, "client", [client])[0]
    span = f"client={client}&from={redress.from_now(-86400)[:10]}&to={redress.from_now(86400)[:10]}"
    counted = door.read(f"/v1/queries/kpi.counted?kpi=nps&{span}", admin).rows()
    assert [(row["id"], row["value"]) for row in counted] == [(asked.survey, 2)]
    assert door.read(f"/v1/queries/kpi.counted?kpi=nps&{span}", own).rows() == []
    one = door.read(f"/v1/queries/kpi.value?kpi=nps&{span}", own).json
    assert (one["n"], one["withheld"]) == (1, "few_answers") and "value" not in one
    for kpi in ("hostages", "retention", "unit_cost", "reactive", "maturity"):
        assert door.read(f"/v1/queries/kpi.value?kpi={kpi}&{span}", admin).status == 200, kpi
        for question in ("queries/kpi.value", "queries/kpi.counted", "queries/kpi.series", "chart.svg"):
            answer = door.read(f"/v1/{question}?kpi={kpi}&{span}", own)
            assert answer.status == 403 and "does not include this figure" in answer.body.decode(), (question, kpi, answer)
    for hidden in ("surveys", "complaints", "accounts"):
        answer = door.read(f"/v1/{hidden}?client={client}", own)
        assert answer.status in (403, 404), (hidden, answer)
    for query in ("kpi.risk", "kpi.loyalty", "kpi.surveys", "kpi.complaints", "kpi.curve", "kpi.contracts"):
        assert door.read(f"/v1/queries/{query}?client={client}", own).status == 403, query
    stranger = sse.token(door.suite, "client", [f"{client}-2"])[0]
    assert door.read(f"/v1/queries/kpi.value?kpi=nps&{span}", stranger).status in (403, 404)


def test_another_link_of_an_answered_survey(door, admin, client):
    """The same survey's next mail has another token: its POST is refused by the survey, not by the id."""
    asked = Asked(door, admin, client)
    assert asked.press(asked.path(), score="3").status == 200
    again = asked.press(asked.path(seconds=7200), score="10")
    assert again.status == 200 and b"You have answered already" in again.body, again
    assert asked.now()["score"] == 3


def test_one_click_then_words(door, admin, client):
    asked = Asked(door, admin, client)
    path = asked.path()
    done = asked.press(path, score="10")
    assert done.status == 200 and Form(done.body.decode()).fields == ["comment", "more"], done
    said = asked.press(path, comment="Quick and kind", more="1")
    assert said.status == 200 and b"<form" not in said.body, said
    assert asked.now()["comment"] == "Quick and kind"
    assert asked.press(path, comment="And more", more="1").status == 200
    assert asked.now()["comment"] == "Quick and kind"
    assert asked.types() == ["survey.invited", "survey.answered", "survey.commented"]


def test_what_is_wrong_is_said_above_the_form(door, admin, client):
    asked = Asked(door, admin, client)
    path = asked.path()
    for score, comment in (("", "mine"), ("x", "mine"), ("11", "mine"), ("-1", "mine"), ("5", "x" * 2001), ("9" * 20, "mine")):
        answer = asked.press(path, score=score, comment=comment)
        page = answer.body.decode()
        assert answer.status == 422 and 'role="alert"' in page and comment in page, (score, answer.status)
        assert Form(page).radios
    assert asked.types() == ["survey.invited"]
    assert asked.door.ask("POST", path, b"score=%ff", **FORM).status == 422
    assert asked.door.ask("POST", path, b"{}", Content_Type="text/plain").status == 415
    assert asked.door.post(path, {"score": 5, "comment": "as JSON"}).status == 200
    assert (asked.now()["score"], asked.now()["comment"]) == (5, "as JSON")


def test_satisfaction_has_words_and_says_what_about(door, admin, client):
    asked = Asked(door, admin, client, kind="escalation", title="Records <slow>")
    page = door.read(asked.path()).body.decode()
    assert "Records &lt;slow&gt;" in page
    row = asked.now()
    assert Form(page).radios == list(range(row["scale_min"], row["scale_max"] + 1))
    assert page.index("Very dissatisfied") < page.index("Very satisfied")


def test_forged_and_expired(door, admin, client):
    asked = Asked(door, admin, client)
    good = asked.path()
    suite = door.suite
    forged = [good[:-3] + "AAA", good[:-1], good + "A", "/survey/x", "/survey/" + "A" * 1500, good.upper(),
              "/survey/" + web.link(suite, f"{client}/{asked.survey}"),  # of an acknowledgement
              "/survey/" + web.link(suite, "no-slash", purpose="survey"),
              "/survey/" + web.link(suite, f"{client}/srv-none", purpose="survey")]
    for path in forged:
        for answer in (door.read(path), asked.press(path, score="5")):
            assert answer.status == 404, (path, answer)
    old = asked.path(seconds=-1)
    for answer in (door.read(old), asked.press(old, score="5")):
        assert answer.status == 410 and b"has ended" in answer.body, answer
    token = good.rsplit("/", 1)[1]
    assert door.read(f"/a/{token}").status == 404, "a survey's link acknowledges nothing"
    assert door.read("/v1/me", Cookie=f"redress_session={token}").status == 401
    assert asked.types() == ["survey.invited"]


def test_other_sites_and_hosts(door, admin, client):
    asked = Asked(door, admin, client)
    path = asked.path()
    assert door.read(path, Sec_Fetch_Site="cross-site").status == 200, "a link in a mail may be followed"
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}):
        assert asked.press(path, score="0", **headers).status == 403, headers
    assert door.read(path, Host="evil.example").status == 421
    assert door.ask("PUT", path).status == 405
    headers = door.read(path).headers
    assert "default-src 'self'" in headers["content-security-policy"] and headers["cache-control"] == "no-store"
    assert asked.types() == ["survey.invited"]
