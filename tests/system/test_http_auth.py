"""Who may do what over HTTP: tokens, sessions, roles, scopes; and pages of other sites, which may do nothing."""
import hashlib
import http.cookies
import json
import re
import time

import pytest

import cases
import redress
import sse
import web

OURS, THEIRS = "ours", "theirs"
LET_IN_FOR = 2.0  # AUTH_GOOD_MS: so long a revoked token may still be let in


@pytest.fixture(name="suite", scope="module")
def fixture_suite():
    with redress.Suite(partitions=2) as suite:
        yield suite.up()


@pytest.fixture(name="door", scope="module")
def fixture_door(suite):
    with web.Web(suite) as gateway:
        yield gateway


@pytest.fixture(name="tokens", scope="module")
def fixture_tokens(suite):
    """One of each role, and scoped ones; the catalog has both clients."""
    rows = {"viewer": (), "operator": (), "administrator": (), "ingest": (), "client": (OURS,)}
    made = {role: sse.token(suite, role=role, clients=clients)[0] for role, clients in rows.items()}
    made["scoped"] = sse.token(suite, role="operator", clients=(OURS,))[0]
    made["both"] = sse.token(suite, role="operator", clients=(OURS, THEIRS))[0]
    return made


@pytest.fixture(name="escalations", scope="module")
def fixture_escalations(door, tokens):
    return {client: door.raised(client, tokens["operator"], mark=client) for client in (OURS, THEIRS)}


def test_nobody_without_a_token(door):
    for path in ("/v1/me", "/v1/escalations", "/v1/events", "/v1/queries/escalation.summary", "/v1/nothing"):
        answer = door.read(path)
        assert (answer.status, answer.code) == (401, "unauthorised"), path
        assert "Bearer" in answer.headers["www-authenticate"] and "redress token grant" in answer.json["detail"]
    for header in ("Bearer wrong", "Bearer", "Basic eDp5", "Bearer " + "x" * 300, "Bearer a b"):
        assert door.read("/v1/me", Authorization=header).status == 401, header


def test_no_token_in_a_url(door, tokens):
    for path in ("/v1/me?token=", "/v1/me?access_token=", "/v1/events?token="):
        assert door.read(path + tokens["viewer"]).status == 401


def test_me(door, tokens):
    me = door.read("/v1/me", tokens["client"]).json
    assert (me["role"], me["clients"], me["session"]) == ("client", [OURS], False) and me["person"]
    assert tokens["client"] not in json.dumps(me)


def jar(answer):
    cookie = http.cookies.SimpleCookie(answer.headers["set-cookie"])["redress_session"]
    return cookie, f"redress_session={cookie.value}"


def test_login_and_logout(door, tokens):
    answer = door.post("/login", {"token": tokens["operator"]})
    cookie, sent = jar(answer)
    assert answer.status == 200 and answer.json["role"] == "operator"
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/" and int(cookie["max-age"]) > 0
    assert not cookie["secure"] and tokens["operator"] not in cookie.value
    me = door.read("/v1/me", Cookie=f"other=1; {sent}").json
    assert (me["role"], me["session"]) == ("operator", True)
    form = door.ask("POST", "/login", f"token={tokens['operator']}".encode(), Content_Type="application/x-www-form-urlencoded",
                    Origin=f"http://{door.address}")
    assert (form.status, form.headers["location"]) == (303, "/") and jar(form)[0].value
    gone = door.post("/logout", Cookie=sent)
    assert gone.status == 200 and jar(gone)[0]["max-age"] == "0"
    for bad in (sent[:-2] + "AA", "redress_session=", "redress_session=x", sent + "A"):
        assert door.read("/v1/me", Cookie=bad).status == 401, bad
    assert door.post("/login", {"token": "wrong"}).code == "unauthorised"
    assert door.post("/login", {}).json["field"] == "token"


def test_sessions_outlive_the_gateway(suite, tokens):
    with web.Web(suite) as gateway:
        sent = jar(gateway.post("/login", {"token": tokens["viewer"]}))[1]
        gateway.stop()
        gateway.start()
        assert gateway.read("/v1/me", Cookie=sent).json["session"]


def test_a_session_ends_its_streams(suite):
    """Whoever left a page open is logged in no longer than who comes back to it."""
    with web.Web(suite) as gateway:
        token = sse.token(suite)[1]
        for seconds in (3, 15, 60):  # until it is read from in time
            ends = time.time() + seconds
            cookie = {"Cookie": f"redress_session={web.link(suite, token, purpose='session', seconds=seconds)}"}
            with sse.Stream(gateway, headers=cookie) as stream:
                stream.read(lambda stream=stream: stream.status is not None)
                assert stream.status == 200 or time.time() > ends, stream.status
                if stream.status == 200:
                    redress.wait_for(lambda stream=stream: stream.quiet(0.2).ended, seconds + redress.PATIENCE, "the end of the session")
                    assert time.time() > ends, "it has not ended"
                    break
        else:
            raise AssertionError("nothing was read within any session")
        assert gateway.read("/v1/me", **cookie).status == 401


def test_a_revoked_token_ends_its_sessions(door, suite):
    text, ident = sse.token(suite)
    sent = jar(door.post("/login", {"token": text}))[1]
    assert door.read("/v1/me", text).status == door.read("/v1/me", Cookie=sent).status == 200
    with suite.commander(service="catalog") as commander:
        sse.catalog(commander, "token.revoke", {"token": ident})
    time.sleep(LET_IN_FOR + 0.3)
    assert door.read("/v1/me", text).status == door.read("/v1/me", Cookie=sent).status == 401


def test_an_expired_token_is_none(door, suite):
    with suite.commander(service="catalog") as commander:
        sse.catalog(commander, "person.set", {"id": "shorty", "name": "S", "side": "provider"})
        for seconds in (2, 10, 50):  # until it is let in in time
            text, ends = f"short-{seconds}", redress.from_now(seconds)
            digest = web.hashlib.blake2b(text.encode(), digest_size=32).hexdigest()
            sse.catalog(commander, "token.grant", {"person": "shorty", "role": "viewer", "digest": digest, "expires_at": ends})
            status = door.read("/v1/me", text).status
            assert status == 200 or redress.from_now(0) > ends, status
            if status == 200:
                break
    assert status == 200
    redress.wait_for(lambda: door.read("/v1/me", text).status == 401, what="the end of the token")
    assert redress.from_now(0) > ends


def test_roles(door, tokens, escalations):
    path, fact = f"/v1/escalations/{escalations[OURS]}", {**cases.fact("R1"), "client": OURS}
    reads = {"viewer": 200, "operator": 200, "administrator": 200, "ingest": 403, "client": 200}
    works = {"viewer": 403, "operator": 200, "administrator": 200, "ingest": 403, "client": 403}
    rules = {"viewer": 403, "operator": 403, "administrator": 200, "ingest": 403, "client": 403}
    for role, status in reads.items():
        assert door.read(path, tokens[role]).status == status, role
        assert door.read(f"{path}/history", tokens[role]).status == status, role
        assert door.read("/v1/messages", tokens[role]).status == (403 if role == "client" else status), role
        assert door.read("/v1/tokens", tokens[role]).status == (403 if role == "client" else status), role
    for role, status in works.items():
        assert door.post(f"{path}/ack", bearer=tokens[role]).status == status, role
        assert door.post("/v1/tickets", fact, tokens[role]).status == status, role
    for role, status in rules.items():
        assert door.post("/v1/people", {"id": "p", "name": "P", "side": "provider"}, tokens[role]).status == status, role


def test_to_take_a_shift_is_not_to_edit_a_roster(door, suite, tokens):
    """Who works takes over shifts and gives them back; what the roster says is for administrators (GoAlert 4544)."""
    layer = {"name": "A", "from": "2026-01-01", "handover": "09:00", "unit": "week", "every": 1, "people": [{"person": "turn"}]}
    roster = {"id": "net", "group": "network", "zone": "UTC", "layers": [layer]}
    shift = {"id": "swap", "roster": "net", "person": "turn", "from": redress.from_now(3600), "to": redress.from_now(7200)}
    instead = {"id": "instead", "roster": "net", "fallback": "turn", "from": redress.from_now(86400), "to": redress.from_now(90000)}
    with suite.commander(service="catalog") as catalog:
        sse.catalog(catalog, "person.set", {"id": "turn", "name": "T", "side": "provider"})
        sse.catalog(catalog, "group.set", {"id": "network", "side": "provider"})
        sse.catalog(catalog, "roster.set", roster)
    for role, takes, edits in (("viewer", 403, 403), ("operator", 200, 403), ("administrator", 200, 200), ("client", 403, 403),
                               ("scoped", 403, 403)):
        assert door.post("/v1/overrides", shift, tokens[role]).status == takes, role
        assert door.post("/v1/overrides/swap/remove", bearer=tokens[role]).status == takes, role
        assert door.post("/v1/rosters", roster, tokens[role]).status == edits, role
        assert door.post("/v1/temporaries", instead, tokens[role]).status == edits, role


def test_clients_see_what_is_theirs(door, tokens, escalations):
    full = door.read(f"/v1/escalations/{escalations[OURS]}", tokens["operator"]).json
    seen = door.read(f"/v1/escalations/{escalations[OURS]}", tokens["client"]).json
    assert seen.items() <= full.items()
    assert {"raised_by", "kind", "steps", "steps_from"} <= full.keys() - seen.keys()
    assert [row["client"] for row in door.read("/v1/escalations", tokens["client"]).rows()] == [OURS]
    history = door.read(f"/v1/escalations/{escalations[OURS]}/history", tokens["client"])
    assert history.status == 200 and b"person:" not in history.body and b"actor" not in history.body


def test_scopes(door, tokens, escalations):
    assert {row["client"] for row in door.read("/v1/escalations", tokens["scoped"]).rows()} == {OURS}
    several = door.read("/v1/escalations", tokens["both"])
    assert (several.status, several.json["field"]) == (400, "client")
    assert {row["client"] for row in door.read(f"/v1/escalations?client={THEIRS}", tokens["both"]).rows()} == {THEIRS}
    made = door.post("/v1/escalations", {"title": "mine alone", "severity": 3}, tokens["scoped"])
    assert made.status == 201 and door.read(made.headers["location"], tokens["operator"]).json["client"] == OURS
    denied = door.post("/v1/escalations", {"title": "not mine", "severity": 3, "client": THEIRS}, tokens["scoped"])
    assert (denied.status, denied.code) == (403, "denied")
    assert door.read(f"/v1/clients/{OURS}", tokens["scoped"]).status == 200
    assert door.read(f"/v1/clients/{THEIRS}", tokens["scoped"]).status == 403
    assert door.read("/v1/clients", tokens["scoped"]).status == 403


def test_a_clients_history_does_not_tell_of_people(door, tokens):
    """Who may see one client only does not read people, and neither behind the history of that client."""
    person = {"id": "boss", "name": "Boss", "side": "client", "client": OURS,
              "addresses": [{"channel": "email", "to": "boss@ours.example"}]}
    assert door.post("/v1/people", person, tokens["administrator"]).status == 200
    client = {"id": OURS, "name": OURS, "executives": [{"person": "boss"}]}
    assert door.post("/v1/clients", client, tokens["administrator"]).status == 200
    full, seen = (door.read(f"/v1/clients/{OURS}/history", tokens[who]) for who in ("viewer", "scoped"))
    assert "person.changed" in {event["type"] for event in full.rows()} and b"boss@ours.example" in full.body
    assert {event["subject"] for event in seen.rows()} == {f"provider/{OURS}"} and b"boss@ours.example" not in seen.body
    for path in ("/v1/people/boss", "/v1/people/boss/history"):
        assert door.read(path, tokens["scoped"]).status == 403


def test_an_administrator_of_one_client_makes_no_other(door, suite):
    """The catalog belongs to all clients: whoever may write it could let themselves in for every one of them."""
    bearer = sse.token(suite, role="administrator", clients=(OURS,))[0]
    me = door.read("/v1/me", bearer).json["person"]
    digest = hashlib.blake2b(b"wider", digest_size=32).hexdigest()
    for path, body in (("/v1/tokens", {"person": me, "role": "administrator", "digest": digest}),
                       ("/v1/clients", {"id": THEIRS, "name": "Taken"}), ("/v1/people", {"id": "p", "name": "P", "side": "provider"}),
                       (f"/v1/people/{me}/remove", {})):
        answer = door.post(path, body, bearer)
        assert (answer.status, answer.code) == (403, "denied"), (path, answer)
    assert door.read("/v1/me", "wider").status == 401
    assert door.post("/v1/escalations", {"title": "its own", "severity": 3}, bearer).status == 201


def operations(door):
    document = door.read("/openapi.json").json
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


@pytest.fixture(name="hidden", scope="module")
def fixture_hidden(suite, door, tokens, escalations):
    """Ids of what is theirs, by what references call it; of what has pages there is more than one."""
    made = {"client": THEIRS, "escalation": escalations[THEIRS], "ticket": "test:SECRET"}
    door.post("/v1/tickets", {**cases.fact("SECRET"), "client": THEIRS}, tokens["operator"])
    door.raised(THEIRS, tokens["operator"], mark="SECRET")
    with suite.commander(service="kpi") as kpi, suite.commander(service="sip") as sip, suite.commander() as escalation:
        for client, words in ((OURS, "ours"), (THEIRS, "SECRET-1"), (THEIRS, "SECRET-2"), (THEIRS, "SECRET-3")):
            survey = {"survey": words, "kind": "nps", "asked_at": redress.from_now(-3600), "scale_min": 0, "scale_max": 10,
                      "answered_at": redress.from_now(-60), "score": 9, "comment": words}
            for asker, type_, data in ((kpi, "complaint.record", {"title": words}), (kpi, "survey.record", survey),
                                       (sip, "candidate.propose", {"title": words, "problem": words, "service": words})):
                made[type_.split(".", maxsplit=1)[0]] = asker.ok(type_, client, data)["result"].get("id", words)

        def said(asker, service):
            return asker.query(f"{service}.summary", {}, client=THEIRS)["result"]
        # Complaints are candidates, and the first of them is an escalation: from then on sums stay as they are.
        redress.wait_for(lambda: said(sip, "sip")["strengthened"] == 2, what="sip to hear of all complaints")
        redress.wait_for(lambda: said(escalation, "escalation")["raised_by_dissatisfaction"], what="the escalation of a complaint")
    return made


def value_of(schema, ids):
    """Something for a parameter that has to be said: what is theirs, where it is a reference."""
    if "x-reference" in schema:
        return ids.get(schema["x-reference"], "none")
    forms = {"date": "2026-01-05", "date-time": "2026-01-05T00:00:00Z", "integer": "1"}
    return schema["enum"][0] if "enum" in schema else forms.get(schema.get("format") or schema["type"], "none")


def path_of(path, operation, ids):
    """The path with its own parameters, and the query that it cannot do without."""
    noun = path.split("/")[2].removesuffix("s") if path.startswith("/v1/") else ""
    names = {"id": ids.get(noun, "none"), "source": "alertmanager", "report": f"{THEIRS}.json", "packet": "net.json"}
    needed = [p for p in operation.get("parameters", ()) if p.get("in") == "query" and p.get("required")]
    query = [f"{p['name']}={value_of(p['schema'], ids)}" for p in needed]
    return re.sub(r"\{(\w+)\}", lambda m: names[m[1]], path) + "?" + "&".join(query)


@pytest.mark.parametrize("who", ["client", "scoped"])
def test_another_clients_token_against_every_route(door, tokens, hidden, who):
    """Nothing of another client comes out, nothing of it changes, and what exists is not told from what does not."""
    nothing = {name: "esc-01a20000-0000-8000-8000-000000000000" for name in hidden} | {"client": THEIRS}
    tried, answered = 0, set()
    sums = [f"/v1/queries/{of}.summary?client={THEIRS}" for of in ("escalation", "sip")]
    before = [door.read(path, tokens["operator"]).json for path in sums]
    for method, path, operation in operations(door):
        if operation.get("security") == [] or path == "/v1/events":
            continue
        for query in ("", f"&client={THEIRS}"):
            real, none = (path_of(path, operation, ids) + query for ids in (hidden, nothing))
            if query and "?client=" in real:
                continue
            answer = door.ask(method, real, {} if method == "POST" else None, tokens[who])
            tried += 1
            assert answer.status in (200, 400, 403, 404), (method, real, answer)
            assert b"SECRET" not in answer.body.replace(b"test:SECRET", b""), (method, real)
            assert answer.status != 200 or not [name for name in hidden if hidden[name].encode() in answer.body], (method, real)
            if query and answer.status == 200:
                assert path in ("/v1/me",), (method, real, answer)
            if answer.status == 200:
                answered.add(path)
            if real != none:
                other = door.ask(method, none, {} if method == "POST" else None, tokens[who])
                assert (answer.status, answer.json.get("code")) == (other.status, other.json.get("code")), (method, real)
    assert tried > 300 and {"/v1/queries/kpi.value", "/v1/queries/sip.programme", "/v1/queries/escalation.ticket"} <= answered
    assert [door.read(path, tokens["operator"]).json for path in sums] == before


def test_a_cursor_of_another_clients_page(door, tokens, hidden):
    """A cursor is a place among the rows of an index: of another client's page it leads nobody there."""
    del hidden
    paths = ("/v1/complaints", "/v1/candidates", "/v1/surveys", "/v1/escalations")
    for path in paths:
        page = door.read(f"{path}?client={THEIRS}&limit=1", tokens["operator"])
        assert [row["client"] for row in page.rows()] == [THEIRS] and page.json["cursor"], path
        for who in ("client", "scoped"):
            answer = door.read(f"{path}?cursor={page.json['cursor']}", tokens[who])
            assert answer.status in (400, 403) or {row["client"] for row in answer.rows()} <= {OURS}, (path, answer)
            everybody = door.read(f"{path}?limit=1", tokens["operator"]).json["cursor"]
            answer = door.read(f"{path}?cursor={everybody}", tokens[who])
            assert answer.status in (400, 403) or {row["client"] for row in answer.rows()} <= {OURS}, (path, answer)


def test_other_sites_may_do_nothing(door, tokens):
    body, own = {"title": "x", "severity": 3, "client": OURS}, f"http://{door.address}"
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": own + "0"}, {"Origin": f"https://{door.address}"},
                    {"Sec_Fetch_Site": "cross-site"}, {"Origin": ""}):
        for path in ("/v1/escalations", "/login", "/logout", "/v1/ingest/alertmanager", "/v2/enqueue", "/a/x"):
            answer = door.ask("POST", path, body, tokens["operator"], **headers)
            assert (answer.status, answer.code) == (403, "cross_site"), (path, headers)
        assert door.read("/v1/events", tokens["operator"], **headers).code == "cross_site"
        assert door.read("/v1/me", tokens["operator"], **headers).code == "cross_site"
    assert door.post("/v1/escalations", body, tokens["operator"], Origin=own, Sec_Fetch_Site="same-origin").status == 201
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = door.ask("POST", "/v1/escalations", json.dumps(body).encode(), tokens["operator"], Content_Type=kind)
        assert (answer.status, answer.code) == (415, "media_type"), kind


def test_only_its_own_names(door, suite, tokens):
    port = door.address.split(":")[1]
    for host, status in ((door.address, 200), ("localhost", 200), (f"LOCALHOST:{port}", 200), ("[::1]:1", 200), ("evil.example", 421),
                         ("127.0.0.1.evil.example", 421), ("", 421), ("localhost.", 421), ("x@localhost", 421)):
        answer = door.read("/healthz", Host=host)
        assert answer.status == status, (host, answer)
    assert door.raw(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")[0] == 421
    assert door.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n")[0] == 400
    with web.Web(suite, "--allow-host", "a.example, b.example:8443") as named:
        for host, status in (("a.example:1", 200), ("b.example:8443", 200), ("b.example", 421), ("localhost", 200)):
            assert named.read("/healthz", Host=host).status == status, host


def test_a_login_is_short(door, tokens):
    """Nobody has a megabyte of theirs read before they are known."""
    long = door.post("/login", {"token": tokens["viewer"], "more": "x" * 4096})
    assert (long.status, long.code, long.json["field"]) == (400, "invalid", "token")
    assert door.post("/login", {"token": tokens["viewer"], "more": "x" * 3000}).status == 200


def test_behind_a_proxy(suite, tokens):
    """Only who is trusted is believed about https and about who asks."""
    with web.Web(suite, "--trusted-proxy", "127.0.0.9") as gateway:
        forwarded = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.1, 203.0.113.7"}
        body = {"token": tokens["viewer"]}
        secure = gateway.post("/login", body, source="127.0.0.9", Origin=f"https://{gateway.address}", **forwarded)
        assert secure.status == 200 and jar(secure)[0]["secure"]
        plain = gateway.post("/login", body, **forwarded)
        assert plain.status == 200 and not jar(plain)[0]["secure"]
        assert gateway.post("/login", body, Origin=f"https://{gateway.address}", **forwarded).code == "cross_site"
        for _ in range(30):
            last = gateway.post("/login", {"token": "guess"}, source="127.0.0.9", **forwarded)
        assert last.status == 429 and int(last.headers["retry-after"]) > 0
        other = {**forwarded, "X_Forwarded_For": "203.0.113.1, 203.0.113.8"}
        assert gateway.post("/login", {"token": "guess"}, source="127.0.0.9", **other).status == 401


def test_nobody_says_for_whom_the_proxy_speaks(suite):
    """Some proxies write a line of their own behind the one that came; only theirs, which is the last, is believed."""
    with web.Web(suite, "--trusted-proxy", "127.0.0.1") as gateway:
        head = f"POST /login HTTP/1.1\r\nHost: {gateway.address}\r\nContent-Type: application/json\r\nConnection: close\r\n"
        body = '{"token":"guess"}'
        for n in range(30):
            status, _ = gateway.raw(f"{head}X-Forwarded-For: 203.0.113.{n}\r\nX-Forwarded-For: 203.0.113.99\r\n"
                                    f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        assert status == 429
        status, answer = gateway.raw(f"{head}X-Forwarded-For: 203.0.113.99\r\nTransfer-Encoding: chunked\r\n\r\n"
                                     f"{len(body):x}\r\n{body}\r\n0\r\nX-Forwarded-For: 203.0.113.1\r\n\r\n".encode())
        assert status == 429, ("a trailer is no header", answer)


def test_guessing_has_a_rate(suite, tokens):
    with web.Web(suite) as gateway:
        assert gateway.read("/v1/me", tokens["viewer"], source="127.0.0.7").status == 200
        answers = [gateway.read("/v1/me", f"guess-{n}", source="127.0.0.7").status for n in range(25)]
        assert answers == [401] * 20 + [429] * 5
        assert gateway.read("/v1/me", tokens["operator"], source="127.0.0.7").status == 429, "a right guess among wrong ones"
        assert gateway.read("/v1/me", tokens["viewer"], source="127.0.0.7").status == 200, "who was in before stays in"
        time.sleep(LET_IN_FOR + 0.3)
        assert gateway.read("/v1/me", tokens["viewer"], source="127.0.0.7").status == 200
        assert gateway.read("/v1/me", tokens["operator"], source="127.0.0.8").status == 200, "others are not meant"


def test_a_fresh_suite_says_how_to_begin():
    with redress.Suite() as suite:
        suite.up()
        with web.Web(suite) as gateway:
            assert "redress token grant" in gateway.read("/v1/me", "anything").json["detail"]
            paths = re.findall(r'^WWW\(\w+, "([^"]+)"', (redress.ROOT / "services/gateway/www/files.def").read_text(), re.M)
            assert "/" in paths and any(b"redress token grant" in gateway.read(path).body for path in paths)
