"""Links that acknowledge without a login: GET shows, POST does it once."""
import pytest

import redress
import sse
import web

FORM = {"Content_Type": "application/x-www-form-urlencoded"}


@pytest.fixture(name="door", scope="module")
def fixture_door():
    with redress.Suite(partitions=2) as suite:
        suite.up()
        with web.Web(suite) as gateway:
            yield gateway


@pytest.fixture(name="admin", scope="module")
def fixture_admin(door):
    return sse.token(door.suite, role="administrator")[0]


def press(door, path, **headers):
    return door.ask("POST", path, b"", **{**FORM, **headers})


def test_get_shows_and_post_does(door, admin, client):
    escalation = door.raised(client, admin, mark="<script>alert('x')</script> & \"quotes\"")
    path = f"/a/{web.link(door.suite, f'{client}/{escalation}', actor='person:<b>pat</b>')}"
    for method in ("GET", "HEAD", "GET"):
        shown = door.ask(method, path)
        assert shown.status == 200 and shown.headers["content-type"] == "text/html; charset=utf-8", shown
    page = shown.body.decode()
    assert "<script" not in page and "<b>" not in page and "&lt;script&gt;" in page and "&lt;b&gt;pat" in page
    assert '<form method="post">' in page and client in page
    assert "acked_by" not in door.read(f"/v1/escalations/{escalation}", admin).json, "looking is not acknowledging"
    done = press(door, path, Origin=f"http://{door.address}")
    assert done.status == 200 and b"Acknowledged" in done.body, done
    assert door.read(f"/v1/escalations/{escalation}", admin).json["acked_by"] == "person:<b>pat</b>"
    again = press(door, path)
    assert again.status == 410 and b"used already" in again.body, again
    types = [row["type"] for row in door.read(f"/v1/escalations/{escalation}/history", admin).rows()]
    assert types.count("escalation.acked") == 1


def test_another_link_of_the_same_escalation_counts_anew(door, admin, client):
    escalation = door.raised(client, admin)
    for n in range(2):
        link = web.link(door.suite, f"{client}/{escalation}", actor=f"person:p{n}")
        assert press(door, f"/a/{link}").status == 200


def test_forged_and_expired(door, admin, client):
    escalation = door.raised(client, admin)
    good = web.link(door.suite, f"{client}/{escalation}")
    forged = [good[:-3] + "AAA", good[:-1], good + "A", "x", "AAAA" * 40, "A" * 1500, good.upper(),
              web.link(door.suite, f"{client}/{escalation}", purpose="session"), web.link(door.suite, "no-slash")]
    for token in forged:
        for answer in (door.read(f"/a/{token}"), press(door, f"/a/{token}")):
            assert answer.status == 404 and answer.headers["content-type"].startswith("text/html"), (token, answer)
    old = web.link(door.suite, f"{client}/{escalation}", seconds=-1)
    assert door.read(f"/a/{old}").status == press(door, f"/a/{old}").status == 410
    gone = web.link(door.suite, f"{client}/esc-none")
    assert door.read(f"/a/{gone}").status == press(door, f"/a/{gone}").status == 404
    assert "acked_by" not in door.read(f"/v1/escalations/{escalation}", admin).json


def test_a_session_is_no_link_and_a_link_no_session(door, admin, client):
    escalation = door.raised(client, admin)
    token = web.link(door.suite, f"{client}/{escalation}")
    assert door.read("/v1/me", Cookie=f"redress_session={token}").status == 401


def test_refused_with_the_sentence(door, admin, client):
    one, two = door.raised(client, admin, mark="one"), door.raised(client, admin, mark="two")
    link = web.link(door.suite, f"{client}/{two}")
    assert door.post(f"/v1/escalations/{one}/merge", {"other": two}, admin).status == 200
    shown = door.read(f"/a/{link}")
    assert shown.status == 200 and b"<form" not in shown.body
    answer = press(door, f"/a/{link}")
    assert answer.status == 422 and b"closed" in answer.body, answer


def test_other_sites_and_hosts(door, admin, client):
    escalation = door.raised(client, admin)
    path = f"/a/{web.link(door.suite, f'{client}/{escalation}')}"
    assert door.read(path, Sec_Fetch_Site="cross-site").status == 200, "a link in a mail may be followed"
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}):
        assert press(door, path, **headers).status == 403, headers
    assert door.read(path, Host="evil.example").status == 421
    assert door.ask("PUT", path).status == 405
    assert "acked_by" not in door.read(f"/v1/escalations/{escalation}", admin).json


def test_on_a_fast_clock():
    """A link's times are the suite's; the id of its command is judged by the real clock."""
    with redress.Suite(clock="x600") as suite:
        suite.up()
        token = sse.token(suite, role="operator")[0]
        with web.Web(suite) as gateway:
            redress.pause(1.5)  # the suite's clock is a quarter of an hour ahead
            escalation = gateway.raised("fast", token)
            seen = gateway.read(f"/v1/escalations/{escalation}", token).json
            issued = redress.instant(seen["raised_at"])
            path = f"/a/{web.link(suite, f'fast/{escalation}', issued=issued, seconds=86400)}"
            assert press(gateway, path).status == 200
            assert press(gateway, path).status == 410
