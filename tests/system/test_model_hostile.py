"""What nobody should set, and somebody will: it is refused, and the catalog goes on."""
import pytest

import redress


@pytest.fixture(name="catalog", scope="module")
def fixture_catalog():
    with redress.Suite() as suite:
        suite.up()
        with suite.commander(service="catalog") as commander:
            commander.ok("person.set", "provider", {"id": "ann", "name": "Ann", "side": "provider"})
            commander.ok("group.set", "provider", {"id": "desk", "side": "provider"})
            yield commander


def test_lists_that_must_hold_something(catalog):
    catalog.ok("client.set", "provider", {"id": "acme", "name": "Acme"})
    for type_, field, data in (("roster.set", "layers", {"id": "none", "group": "desk", "zone": "UTC", "layers": []}),
                               ("delivery.set", "roles", {"id": "acme", "client": "acme", "roles": []}),
                               ("calendar.set", "versions", {"id": "none", "zone": "UTC", "versions": []})):
        reply = catalog.command(type_, "provider", data)
        assert (reply["status"], reply.get("code"), reply.get("field")) == ("refused", "none_named", field), reply


@pytest.mark.parametrize("unit", ["hour", "day", "week", "month"])
def test_a_layer_of_nobody(catalog, unit):
    """It divided by their number, at every start anew."""
    layer = {"name": "day", "from": "2026-01-05", "handover": "08:00", "unit": unit, "every": 1, "people": []}
    pids = catalog.suite.processes()
    reply = catalog.command("roster.set", "provider", {"id": "desk", "group": "desk", "zone": "UTC", "layers": [layer]})
    assert (reply["status"], reply.get("code"), reply.get("field")) == ("refused", "none_named", "layers"), reply
    assert catalog.query("catalog.duties", client="provider")["result"] == []
    assert catalog.suite.processes() == pids
