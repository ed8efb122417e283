"""Documents of other systems: Alertmanager's webhook, PagerDuty's events; all of a document or nothing of it."""
import os
import signal
import threading

import pytest

import redress
import sse
import web

CLIENT = "ours"


@pytest.fixture(name="door", scope="module")
def fixture_door():
    with redress.Suite(partitions=2) as suite:
        suite.up()
        with web.Web(suite) as gateway:
            yield gateway


@pytest.fixture(name="tokens", scope="module")
def fixture_tokens(door):
    return {"admin": sse.token(door.suite, role="administrator")[0],
            "ingest": sse.token(door.suite, role="ingest", clients=(CLIENT,))[0],
            "any": sse.token(door.suite, role="ingest")[0],
            "viewer": sse.token(door.suite, role="viewer")[0]}


def alert(name, status="firing", **labels):
    ended = redress.from_now(-1) if status == "resolved" else "0001-01-01T00:00:00Z"
    return {"status": status, "labels": {"alertname": name, "severity": "critical", **labels}, "annotations": {"summary": f"{name} fires"},
            "startsAt": redress.from_now(-60), "endsAt": ended, "generatorURL": "", "fingerprint": name.ljust(16, "0")}


def webhook(*alerts):
    return {"version": "4", "groupKey": "{}:{}", "status": "firing", "receiver": "redress", "groupLabels": {}, "commonLabels": {},
            "commonAnnotations": {}, "externalURL": "http://alertmanager.example", "truncatedAlerts": 0, "alerts": list(alerts)}


def ticket(door, tokens, number, source="alertmanager", client=CLIENT):
    return door.read(f"/v1/tickets/{source}:{number}?client={client}", tokens["admin"])


def test_alertmanager(door, tokens):
    body = webhook(alert("disk"), alert("net"))
    taken = door.post("/v1/ingest/alertmanager", body, tokens["ingest"])
    assert (taken.status, taken.json) == (200, {"records": 2}), taken
    assert ticket(door, tokens, "disk".ljust(16, "0")).json["state"] == "new"
    assert door.post("/v1/ingest/alertmanager", body, tokens["ingest"]).status == 200, "sent again, it changes nothing"
    path = f"/v1/tickets/alertmanager:{'disk'.ljust(16, '0')}/history?client={CLIENT}"
    assert [row["type"] for row in door.read(path, tokens["admin"]).rows()].count("ticket.recorded") == 1
    assert door.post("/v1/ingest/alertmanager", webhook(alert("disk", "resolved")), tokens["ingest"]).status == 200
    assert ticket(door, tokens, "disk".ljust(16, "0")).json["state"] == "resolved"


def test_large_documents(door, tokens):
    body = webhook(*(alert(f"many{n}") for n in range(300)))
    assert door.post("/v1/ingest/alertmanager", body, tokens["ingest"]).json == {"records": 300}
    assert ticket(door, tokens, "many299".ljust(16, "0")).status == 200


def test_all_or_nothing(door, tokens):
    bad = alert("bad")
    del bad["startsAt"]
    answer = door.post("/v1/ingest/alertmanager", webhook(alert("good"), bad), tokens["ingest"])
    assert (answer.status, answer.code) == (400, "invalid") and answer.json["field"].startswith("/alerts/1"), answer
    assert ticket(door, tokens, "good".ljust(16, "0")).status == 404
    for body in (b"", b"{", b"[]", b"3", b'{"alerts":1}', b'{"alerts":[1]}'):
        assert door.ask("POST", "/v1/ingest/alertmanager", body, tokens["ingest"]).status == 400, body
    assert door.post("/v1/ingest/nothing", {}, tokens["ingest"]).code == "not_found"
    assert door.post("/v1/ingest/..%2Falertmanager", {}, tokens["ingest"]).status in (400, 404)


def test_whose(door, tokens):
    foreign = webhook(alert("theirs", client="theirs"))
    assert door.post("/v1/ingest/alertmanager", foreign, tokens["ingest"]).code == "denied"
    assert door.post("/v1/ingest/alertmanager?client=theirs", webhook(alert("q")), tokens["ingest"]).code == "denied"
    assert door.post("/v1/ingest/alertmanager", foreign, tokens["any"]).status == 200
    assert ticket(door, tokens, "theirs".ljust(16, "0"), client="theirs").status == 200
    assert door.post("/v1/ingest/alertmanager", webhook(alert("x")), tokens["viewer"]).code == "denied"
    assert door.post("/v1/ingest/alertmanager", webhook(alert("x"))).status == 401


def pagerduty(action, key, token, **payload):
    body = {"routing_key": token, "event_action": action, "dedup_key": key}
    if action != "trigger":
        return body
    return {**body, "payload": {"summary": "it broke", "source": "host", "severity": "critical", **payload}}


def test_pagerduty(door, tokens):
    for action, state in (("trigger", "new"), ("acknowledge", "active"), ("resolve", "resolved")):
        taken = door.post("/v2/enqueue", pagerduty(action, "pd-1", tokens["ingest"]))
        assert taken.status == 202, taken
        assert taken.json == {"status": "success", "message": "Event processed", "dedup_key": "pd-1"}
        assert ticket(door, tokens, "pd-1", "pagerduty").json["state"] == state
    bad = door.post("/v2/enqueue", {"routing_key": tokens["ingest"], "event_action": "trigger"})
    assert bad.status == 400 and bad.json["status"] == "invalid event" and bad.json["errors"], bad
    never = door.post("/v2/enqueue", pagerduty("resolve", "pd-never", tokens["ingest"]))
    assert never.status == 400 and never.json["status"] == "invalid event", never
    for key in ("wrong", "", None, 7):
        assert door.post("/v2/enqueue", pagerduty("trigger", "pd-2", key)).status == 401, key
    assert door.post("/v2/enqueue", pagerduty("trigger", "pd-2", tokens["viewer"])).code == "denied"
    assert ticket(door, tokens, "pd-2", "pagerduty").status == 404


def test_trouble_is_told_so_that_it_is_sent_again():
    with redress.Suite() as suite:
        suite.up()
        token, admin = sse.token(suite, role="ingest", clients=(CLIENT,))[0], sse.token(suite, role="administrator")[0]
        pid = next(row["pid"] for row in suite.cli_json("status")["partitions"] if row["service"] == "escalation")
        with web.Web(suite) as gateway:
            assert gateway.post("/v1/ingest/alertmanager", webhook(alert("first")), token).status == 200
            answers, body = [], webhook(*(alert(f"held{n}") for n in range(40)))
            redress.freeze(pid)
            try:
                thread = threading.Thread(target=lambda: answers.append(gateway.post("/v1/ingest/alertmanager", body, token)))
                thread.start()
                thread.join(redress.PATIENCE)
            finally:
                os.kill(pid, signal.SIGCONT)
            assert [answer.status // 100 for answer in answers] == [5], answers
            redress.wait_for(lambda: gateway.post("/v1/ingest/alertmanager", body, token).status == 200, what="the service")
            for n in (0, 39):
                path = f"/v1/tickets/alertmanager:{f'held{n}'.ljust(16, '0')}/history?client={CLIENT}"
                assert len(gateway.read(path, admin).rows()) == 1, "taken once"


def test_maps_are_a_directory(door, tmp_path, tokens):
    source = (redress.ROOT / "deploy" / "maps" / "alertmanager.yaml").read_text(encoding="utf-8")
    (tmp_path / "monitoring.yaml").write_text(source, encoding="utf-8")
    with web.Web(door.suite, "--maps", str(tmp_path)) as gateway:
        assert gateway.post("/v1/ingest/monitoring", webhook(alert("own")), tokens["ingest"]).status == 200
        assert gateway.post("/v1/ingest/alertmanager", webhook(alert("own")), tokens["ingest"]).status == 404
    (tmp_path / "broken.yaml").write_text("mapping: 1\nformat: json\nnonsense: 1\n", encoding="utf-8")
    broken = web.Web(door.suite, "--maps", str(tmp_path))
    with pytest.raises(AssertionError, match="ended by itself"):
        broken.start()
    assert broken.process.wait(redress.PATIENCE) == 2
    broken.process = None
    assert "broken.yaml" in open(broken.log.name, encoding="utf-8").read()
