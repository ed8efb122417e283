"""`redress apply` finds the order that the catalog's rules ask for, which no reference tells: from any configuration to any other in
one go."""
import pytest

import redress
from test_export import Model, nothing_differs

BASE = """
people: [{id: ann, name: Ann, side: provider}, {id: sue, name: Sue, side: supplier}]
groups: [{id: Desk, side: provider}, {id: Net, side: provider}, {id: Carrier, side: supplier, partner: carrier}]
services: [{id: mail, name: Mail}]
"""
DESKS = "desks:\n- {id: a, name: A, group: Desk, usual: %s, channels: [{channel: phone}]}\n" \
    "- {id: b, name: B, group: Desk, usual: %s, channels: [{channel: phone}]}\n"
ROSTER = "- {id: %s, group: %s, zone: UTC, layers: [{name: A, from: 2026-01-01, handover: 09:00, unit: week, every: 1, people: [ann]}]}\n"
TEMPORARY = "- {id: t%d, roster: r1, fallback: ann, from: '2030-01-0%dT00:00:00Z', to: '2030-01-0%dT00:00:00Z'}\n"
PARTNER = "partners: [{id: carrier, name: Carrier, state: %s}]\n"
HERE = PARTNER % "active"

# What there is, and what there is to be; each of its own is refused while something else is still as it was.
CHANGES = {
    "another desk is the usual one": (DESKS % ("true", "false") + HERE, DESKS % ("false", "true") + HERE),
    "the one before is again": (DESKS % ("false", "true") + HERE, DESKS % ("true", "false") + HERE),
    "a partner goes, with its agreement and what it supported": (
        HERE + "components: [{id: disk, name: Disk, services: [mail], group: Carrier}]\n"
        "agreements: [{id: uc, kind: supplier, partner: carrier, groups: [Carrier], start: 2026-01-01}]\n",
        PARTNER % "gone" + "components: [{id: disk, name: Disk, services: [mail], group: Desk}]\n"),
    "a roster takes over the group of one that goes": (
        HERE + "rosters:\n" + ROSTER % ("r1", "Desk") + ROSTER % ("r2", "Net"), HERE + "rosters:\n" + ROSTER % ("r1", "Net")),
    "schedules move up by a day": tuple(
        HERE + "rosters:\n" + ROSTER % ("r1", "Desk") + "temporaries:\n" + "".join(TEMPORARY % (n, n + by, n + by + 1) for n in (1, 2, 3))
        for by in (0, 1)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_in_one_go(suite, tmp_path, name):
    path = tmp_path / "model.yaml"
    for text in CHANGES[name]:
        path.write_text(BASE + text)
        suite.cli("apply", "-f", path, "--prune")
        nothing_differs(suite, path)
    suite.down()
    suite.cli("verify")


def test_what_is_refused_for_good_is_said_once(suite, tmp_path):
    """Two rosters change their groups: no order does it, and nothing is sent."""
    path = tmp_path / "model.yaml"
    path.write_text(BASE + HERE + "rosters:\n" + ROSTER % ("r1", "Desk") + ROSTER % ("r2", "Net"))
    suite.cli("apply", "-f", path)
    before = suite.cli("export").stdout
    path.write_text(BASE + HERE + "rosters:\n" + ROSTER % ("r1", "Net") + ROSTER % ("r2", "Desk") + "tools: [{id: t, name: T}]\n")
    done = suite.cli("apply", "-f", path, check=False)
    assert done.returncode == 4 and done.stderr.count("\n") == 1, done.stderr
    assert f"{path}:7:19: rosters[0].group: the roster r1 is refused: The group has another roster" in done.stderr, done.stderr
    assert done.stdout.endswith("nothing was sent\n") and suite.cli("export").stdout == before


@pytest.mark.parametrize("seed", range(2))
def test_from_any_model_to_any_other(suite, tmp_path, seed):
    path = tmp_path / "model.yaml"
    for n in range(6):
        text = redress.json.dumps(Model(100 * seed + n).build(), ensure_ascii=False)
        path.write_text(text.replace("\u0085", "\\u0085").replace("\u2028", "\\u2028"))
        suite.cli("apply", "-f", path, "--prune")
        nothing_differs(suite, path)
