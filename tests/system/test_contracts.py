"""Contracts of the catalog in the figures of who stays: set, taken back, set anew; and whose they are, stays."""
import datetime
import json

import pytest

import redress

TODAY = datetime.datetime.now(datetime.timezone.utc).date()
CLIENTS = ("acme", "beta", "gamma", "delta")


def contract(client, **more):
    return {"id": f"c-{client}", "client": client, "services": ["mail"], "start": "2025-01-01", **more}


def apply(suite, **nouns):
    file = suite.data.parent / "catalog.yaml"
    file.write_text(json.dumps(nouns), encoding="utf-8")  # JSON is YAML
    return suite.cli("apply", "-f", file, check=False)


@pytest.fixture(name="suite")
def fixture_suite():
    with redress.Suite(partitions=3) as suite:
        suite.up()
        done = apply(suite, services=[{"id": "mail", "name": "Mail"}], clients=[{"id": client, "name": client} for client in CLIENTS],
                     contracts=[contract(client, value="100", currency="EUR") for client in CLIENTS])
        assert done.returncode == 0, done.stderr
        yield suite


def retention(suite):
    found = suite.cli_json("query", "kpi.value", "--kpi", "retention", "--from", TODAY, "--to", TODAY + datetime.timedelta(days=30))
    return found["numerator"], found["denominator"]


def known(suite):
    return {row["client"]: row["status"] for row in suite.cli_json("query", "kpi.contracts", "--all")["rows"]}


def test_what_is_taken_back_never_was(suite):
    redress.wait_for(lambda: len(known(suite)) == len(CLIENTS), what="every contract to be noted")
    assert retention(suite) == (4, 4)
    for client in ("beta", "delta"):
        suite.cli("contract", "remove", f"c-{client}")
    redress.wait_for(lambda: list(known(suite).values()).count("void") == 2, what="the removals to be noted")
    assert known(suite) == {"acme": "active", "beta": "void", "gamma": "active", "delta": "void"}
    assert retention(suite) == (2, 2)
    assert apply(suite, contracts=[contract("beta")]).returncode == 0
    redress.wait_for(lambda: known(suite)["beta"] == "active", what="the contract to be noted again")
    assert retention(suite) == (3, 3)


def test_a_contract_stays_with_its_client(suite):
    done = apply(suite, contracts=[contract("beta") | {"id": "c-acme"}])
    assert done.returncode != 0 and "stays with its client" in done.stdout + done.stderr
