"""The HTTP side of WIRE.md: what the tables say, as paths; statuses, problems, versions, ids, pages of rows."""
import gzip
import urllib.parse

import pytest

import cases
import redress
import sse
import web


@pytest.fixture(name="door", scope="module")
def fixture_door():
    with redress.Suite(partitions=2) as suite:
        suite.up()
        with web.Web(suite) as gateway:
            yield gateway


@pytest.fixture(name="admin", scope="module")
def fixture_admin(door):
    return sse.token(door.suite, role="administrator")[0]


def test_one_and_its_version(door, admin, client):
    made = door.post("/v1/escalations", {"client": client, "title": "lights out", "severity": 2}, admin)
    assert made.status == 201 and made.json["status"] == "ok", made
    assert made.json["sequence"].isdigit() and redress.uuid7()[14] == made.headers["idempotency-key"][14] == "7"
    path = made.headers["location"]
    seen = door.read(path, admin)
    assert (seen.status, seen.json["title"], seen.json["client"]) == (200, "lights out", client)
    assert seen.headers["etag"] == made.headers["etag"] == f'"{made.json["version"]}"'
    assert door.read(path, admin, If_None_Match=seen.headers["etag"]).status == 304
    head = door.ask("HEAD", path, bearer=admin)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(seen.body)))
    acked = door.post(f"{path}/ack", bearer=admin, If_Match=seen.headers["etag"])
    assert acked.status == 200 and acked.json["version"] > made.json["version"], acked
    stale = door.post(f"{path}/ack", bearer=admin, If_Match=seen.headers["etag"])
    assert (stale.status, stale.code) == (412, "version")
    assert door.post(f"{path}/ack", bearer=admin, If_Match="nonsense").json["field"] == "If-Match"
    assert door.read(path, admin).json["acked_by"].startswith("person:")


def test_the_actor_is_the_person(door, admin, client):
    text, _ = sse.token(door.suite, role="operator", person="olga")
    path = f"/v1/escalations/{door.raised(client, text)}"
    assert door.read(path, admin).json["raised_by"] == "person:olga"


def test_an_id_is_done_once(door, admin, client):
    key, body = redress.uuid7(), {"client": client, "title": "once", "severity": 3}
    first = door.post("/v1/escalations", body, admin, Idempotency_Key=key)
    again = door.post("/v1/escalations", body, admin, Idempotency_Key=f'"{key}"')
    assert (first.status, again.status) == (201, 200) and again.json["replayed"], again
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"] == key
    assert first.json["result"] == again.json["result"] and first.headers["location"] == again.headers["location"]
    other = door.post("/v1/escalations", {**body, "title": "twice"}, admin, Idempotency_Key=key)
    assert (other.status, other.code) == (422, "id_reused")
    assert len(door.read(f"/v1/escalations?client={client}", admin).rows()) == 1
    for bad in ("1", "", "c9b3d8f0-1111-4111-8111-111111111111"):
        answer = door.post("/v1/escalations", body, admin, Idempotency_Key=bad)
        assert (answer.status, answer.json["field"]) == (400, "Idempotency-Key"), answer


@pytest.mark.parametrize("body, field", [
    ({"title": "x", "severity": 9}, "severity"), ({"severity": 3}, "title"), ({"title": "x", "severity": 3, "nope": 1}, "nope"),
    ({"title": "x", "severity": "three"}, "severity"), ({"title": 7, "severity": 3}, "title"),
    ({"title": "x", "severity": 3, "tickets": [{"ticket": "a:b", "wrong": 1}]}, "tickets[0].wrong"),
])
def test_what_is_wrong_is_named(door, admin, client, body, field):
    answer = door.post(f"/v1/escalations?client={client}", body, admin)
    assert (answer.status, answer.code, answer.json["field"]) == (400, "invalid", field), answer


@pytest.mark.parametrize("bytes_", [b"", b"[]", b"3", b"{", b'{"title":"a","title":"b"}', b'{"title":"\xff"}', b'{"a":' * 99,
                                    b'{"title":"a\\u0000b","severity":3}'])
def test_bodies_that_are_none(door, admin, client, bytes_):
    answer = door.ask("POST", f"/v1/escalations?client={client}", bytes_, admin)
    assert (answer.status, answer.code) == (400, "invalid"), answer


def test_a_rule_says_no_by_its_own_code(door, admin, client):
    path = f"/v1/escalations/{door.raised(client, admin)}"
    answer = door.post(f"{path}/close", bearer=admin)
    assert answer.status == 422 and answer.json["type"].endswith(":refused"), answer
    assert answer.code not in ("refused", "") and answer.json["detail"].endswith("."), answer


def test_whose_it_is(door, admin, client):
    nobody = door.post("/v1/escalations", {"title": "x", "severity": 3}, admin)
    assert (nobody.status, nobody.json["field"]) == (400, "client")
    path = f"/v1/escalations/{door.raised(client, admin)}"
    assert door.post(f"{path}/ack?client={client}", bearer=admin).status == 200
    assert door.post(f"{path}/ack", {"client": client}, admin).status == 200
    wrong = door.post(f"{path}/ack", {"client": "another"}, admin)
    assert (wrong.status, wrong.code) == (404, "not_found"), wrong
    other = door.post(f"{path}/ack", {"escalation": "esc-other"}, admin)
    assert (other.status, other.json["field"]) == (400, "escalation")
    for bad in ("a%20b", "%C3%A4", "x" * 65):
        assert door.read(f"/v1/escalations?client={bad}", admin).json["field"] == "client"


def test_tickets_have_ids_of_other_systems(door, admin, client):
    fact = {**cases.fact("INC-1.2_3"), "client": client, "source": "servicenow"}
    made = door.post("/v1/tickets", fact, admin)
    assert made.status == 200 and made.json["status"] == "ok", made
    ident = urllib.parse.quote("servicenow:INC-1.2_3", safe="")
    assert made.headers["location"] == f"/v1/tickets/{ident}?client={client}"
    assert door.read(made.headers["location"], admin).json["number"] == "INC-1.2_3"
    nobody = door.read(f"/v1/tickets/{ident}", admin)
    assert (nobody.status, nobody.json["field"]) == (400, "client")
    again = door.post("/v1/tickets", fact, admin)
    assert again.json["replayed"] is True, again


def test_pages_are_the_same_rows(door, admin):
    clients = [redress.client_in(p, 2, prefix=f"page{n}") for p in range(2) for n in range(3)]
    for n in range(24):
        door.raised(clients[n % 6], admin, mark=f"{n}")
    whole = door.read("/v1/escalations?limit=500", admin).rows()
    path, pieces, pages = "/v1/escalations?limit=5", [], 0
    while path:
        page = door.read(path, admin)
        pieces, pages = pieces + page.rows(), pages + 1
        assert ("link" in page.headers) == ("cursor" in page.json)
        path = page.headers["link"].split(">")[0].removeprefix("<") if "link" in page.headers else None
        assert path is None or page.headers["link"].endswith('; rel="next"')
    assert pieces == whole and pages > len(whole) // 5 and len(whole) >= 24
    for bad in ("limit=0", "limit=501", "limit=x", "limit=5&cursor=nonsense"):
        answer = door.read(f"/v1/escalations?{bad}", admin)
        assert (answer.status, answer.code) == (400, "invalid"), answer


def test_parameters_are_the_rows_of_the_query(door, admin, client):
    door.raised(client, admin)
    assert len(door.read(f"/v1/escalations?client={client}&ended=false", admin).rows()) == 1
    assert door.read(f"/v1/escalations?client={client}&ended=true", admin).rows() == []
    for bad, field in (("ended=perhaps", "ended"), ("nope=1", "nope"), ("ended=true&ended=false", "ended"), ("ended=%ff", "ended")):
        answer = door.read(f"/v1/escalations?{bad}", admin)
        assert (answer.status, answer.json["field"]) == (400, field), answer
    summary = door.read(f"/v1/queries/escalation.summary?client={client}", admin)
    assert (summary.status, summary.json["raised"]) == (200, 1)
    assert door.read("/v1/queries/escalation.nothing", admin).code == "not_found"


def test_history_is_cloudevents_with_the_tickets(door, admin, client):
    door.post("/v1/tickets", {**cases.fact("H1"), "client": client}, admin)
    made = door.post("/v1/escalations", {"client": client, "title": "told", "severity": 2,
                                         "tickets": [{"ticket": "test:H1"}]}, admin)
    path = made.headers["location"]
    assert door.post(f"{path}/ack", bearer=admin).status == 200
    rows = door.read(f"{path}/history", admin).rows()
    assert {"ticket.recorded", "escalation.raised", "escalation.acked"} <= {row["type"] for row in rows}
    assert all(row["specversion"] == "1.0" and row["sequence"].isdigit() and row["epoch"].isdigit() for row in rows)
    one, path, pages = [], f"{path}/history?limit=1", 0
    while path:
        page = door.read(path, admin)
        one, pages = one + page.rows(), pages + 1
        path = page.headers["link"].split(">")[0].removeprefix("<") if "link" in page.headers else None
    assert one == rows and pages >= len(rows)
    assert door.read("/v1/escalations/esc-none/history", admin).code == "not_found"


def test_the_catalog_belongs_to_the_provider(door, admin, client):
    assert door.post("/v1/clients", {"id": client, "name": "One"}, admin).status == 200
    seen = door.read(f"/v1/clients/{client}", admin)
    assert (seen.status, seen.json["name"]) == (200, "One") and seen.headers["etag"]
    assert client in [row["id"] for row in door.read("/v1/clients?limit=500", admin).rows()]
    assert door.post(f"/v1/clients/{client}/remove", bearer=admin).status == 200
    assert door.read(f"/v1/clients/{client}", admin).code == "not_found"
    assert door.read(f"/v1/clients?client={client}", admin).json["field"] == "client"


def test_methods_and_paths(door, admin):
    for path, allow in (("/v1/escalations", "GET, HEAD, POST, OPTIONS"), ("/v1/me", "GET, HEAD, OPTIONS"),
                        ("/v1/escalations/x/ack", "POST, OPTIONS"), ("/login", "POST, OPTIONS"), ("/", "GET, HEAD, OPTIONS")):
        answer = door.ask("DELETE", path, bearer=admin)
        assert (answer.status, answer.code, answer.headers["allow"]) == (405, "method", allow), answer
        assert door.ask("OPTIONS", path, bearer=admin).status == 204
    for path in ("/v1", "/v1/nothing", "/v1/escalations/x/y/z", "/v1/escalations/x/nothing", "/v1/totals", "/nothing", "/v1/queries"):
        assert door.read(path, admin).code == "not_found", path
    for path in ("/v1//escalations", "/v1/../v1/me", "/v1/escalations/", "/v1/%00", "/v1/%0a", "/v1/%zz", "/v1/%ff"):
        assert door.read(path, admin).code == "invalid", path


def test_every_answer_has_the_headers(door, admin):
    for path in ("/healthz", "/", "/nothing", "/v1/me", "/v1/escalations", "/a/x", "/openapi.json"):
        headers = door.read(path, admin).headers
        assert "default-src 'self'" in headers["content-security-policy"] and "frame-ancestors 'none'" in headers[
            "content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff" and headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"] == ("no-cache" if path in ("/", "/openapi.json") else "no-store"), path
        assert headers["referrer-policy"] in ("no-referrer", "same-origin")


def test_the_description_is_packed_for_whoever_takes_that(door):
    plain = door.read("/openapi.json", Accept_Encoding="identity")
    packed = door.read("/openapi.json", Accept_Encoding="br, gzip;q=0.8")
    refused = door.read("/openapi.json", Accept_Encoding="gzip;q=0")
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body == refused.body and len(packed.body) < len(plain.body) / 8
    assert packed.headers["etag"] != plain.headers["etag"] and packed.headers["vary"] == "Accept-Encoding"
    assert door.read("/openapi.json", Accept_Encoding="gzip", If_None_Match=packed.headers["etag"]).status == 304


def test_pages_are_asked_for_by_hash(door):
    page = door.read("/")
    assert page.status == 200 and page.headers["content-type"].startswith("text/html") and b"Redress" in page.body
    assert door.read("/", If_None_Match=page.headers["etag"]).status == 304
