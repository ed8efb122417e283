"""A hand-over on the real clock, over HTTP: asked for, accepted by who comes and by nobody else."""
import datetime

import redress
import sse
import web


def test_who_comes_on_duty_accepts():
    today = datetime.datetime.now(datetime.timezone.utc).date()
    with redress.Suite() as suite:
        suite.up()
        with web.Web(suite) as door, suite.commander(service="catalog") as catalog:
            tokens = {person: sse.token(suite, "operator", person=person)[0] for person in ("ann", "bob", "cid")}
            sse.catalog(catalog, "group.set", {"id": "network", "side": "provider"})
            layer = {"name": "all", "from": (today - datetime.timedelta(days=3)).isoformat(), "handover": "00:00", "unit": "week",
                     "every": 1, "people": [{"person": "ann"}]}
            sse.catalog(catalog, "roster.set", {"id": "net", "group": "network", "zone": "Asia/Kolkata", "layers": [layer],
                                                "accept_within": "PT30M"})

            def duty():
                return next(iter(door.read("/v1/duties", tokens["cid"]).rows()), {})

            redress.wait_for(lambda: duty().get("person") == "ann", what="ann on duty")
            assert duty()["tzdata"] and duty()["from_what"] == "layer"
            span = {"from": redress.from_now(-60), "to": redress.from_now(7200)}
            sse.catalog(catalog, "override.set", {"id": "o", "roster": "net", "person": "bob", **span})
            redress.wait_for(lambda: duty().get("incoming") == "bob", what="bob to be asked")
            assert duty()["person"] == "ann" and duty()["accept_by"]

            def accept(who, person):
                return door.post("/v1/duties/net/accept", {"person": person}, tokens[who])

            assert accept("cid", "cid").code == "handover_other"
            assert accept("cid", "bob").code == "handover_actor"
            assert accept("bob", "bob").status == 200
            assert duty()["person"] == "bob" and "incoming" not in duty()
            assert accept("bob", "bob").code == "handover_none"
            types = [redress.msgpack.unpackb(frame)["type"] for frame in suite.log("catalog")]
            asked = types.index("duty.handover_asked")
            assert types[asked + 1] == "duty.changed" and types[-2:] == ["duty.handover_accepted", "duty.changed"], types
            asked = f"roster=net&from={span['from']}&to={span['to']}"
            shifts = door.read(f"/v1/queries/catalog.shifts?{asked}", tokens["cid"]).rows()
            assert [row["person"] for row in shifts] == ["bob"] and shifts[0]["source"] == "override"
