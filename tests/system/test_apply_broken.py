"""One broken file of each kind of the catalog: what a person reads names file, line, column, field and rule."""
import pytest

import redress

# What others are broken against: enough of each kind that one thing alone is wrong.
SOUND = """
clients: [{id: acme, name: Acme}]
people:
- {id: ann, name: Ann, side: provider}
- {id: bob, name: Bob, side: provider}
- {id: olga, name: Olga, side: client, client: acme}
- {id: sue, name: Sue, side: supplier}
groups: [{id: Desk, side: provider}, {id: CableCo, side: supplier, partner: cableco}]
calendars: [{id: office, zone: UTC, versions: [{from: 2026-01-01, hours: [{days: mon-fri, from: 09:00, to: 17:00}]}]}]
areas: [{id: support, name: Support, kind: support}]
services: [{id: mail, name: Mail}, {id: files, name: Files}]
components: [{id: server, name: Server, services: [mail], depends: [disk]}, {id: disk, name: Disk, services: [mail]}]
partners: [{id: cableco, name: CableCo, state: active}, {id: gone, name: Gone, state: gone}]
desks: [{id: desk, name: Desk, group: Desk, usual: true, channels: [{channel: phone}]}]
contracts: [{id: acme, client: acme, services: [mail], start: 2026-01-01}]
roles: [{id: engineer, name: Engineer, side: provider, person: ann}, {id: owner, name: Owner, side: client}]
processes: [{id: incident, name: Incidents}]
skills: [{id: restore, name: Restores}]
rosters: [{id: desk, group: Desk, zone: UTC, layers: [{name: All, from: 2026-01-01, handover: 09:00, unit: week, every: 1,
  people: [ann]}]}]
sops: [{id: reboot, name: Reboot, version: 1, owner: ann, review_on: 2027-01-01, steps: [{text: Do it, evidence: The log}]}]
transitions: [{id: taken, name: Taken on, client: acme, owner: ann, started_on: 2026-01-01}]
"""

ROSTER = "rosters:\n- {id: other, group: CableCo, zone: UTC, layers: [{name: A, from: 2026-01-01, handover: 09:00, unit: "
HOURS = "calendars:\n- {id: c, zone: UTC, versions: [{from: 2026-01-01, hours: [{days: mon-fri, from: 09:00, to: 17:00}"
OBJECTIVE = "objectives:\n- {id: o, name: Better, area: support, kpi: nps, baseline: 10, target: 20, means: Work, owner: ann, " \
    "reason: Good, since: 2026-01-01"

# The file; then line, column, path, and what the rule says, as a part of it.
BROKEN = [
    ("clients:\n- {id: acme, name: Acme, targets: [{priority: 5, response: PT1H}]}\n", "2:47: clients[0].targets[0].priority",
     "must be from 1 to 4"),
    ("people:\n- {id: ann, name: Ann, side: client}\n", "2:3: people[0].client", "needs that client"),
    ("groups:\n- {id: Desk, side: client}\n", "2:20: groups[0].side", "provider's or a supplier's"),
    (HOURS + ", {days: fri, from: 12:00, to: 13:00}]}]}\n", "2:32: calendars[0].versions", "overlap"),
    ("calendars:\n- {id: c, zone: Mars/Base, versions: [{from: 2026-01-01}]}\n", "2:17: calendars[0].zone", "no time zone"),
    ("areas:\n- {id: a, name: A, kind: upkeep}\n", "2:26: areas[0].kind", "must be one of support, maintenance"),
    ("families:\n- {id: a b, name: A}\n", "2:8: families[0].id", "letters, digits"),
    ("services:\n- {id: s, name: S, family: none}\n", "2:28: services[0].family", "there is no family none"),
    ("components:\n- {id: disk, name: Disk, services: [mail], depends: [server]}\n", "2:53: components[0].depends", "depends on itself"),
    ("partners:\n- {id: p, name: P, state: new}\n", "2:27: partners[0].state", "must be one of onboarding"),
    ("desks:\n- {id: d, name: D, group: Desk, channels: [{channel: portal, self_service: true}]}\n", "desks[0].human_after",
     "somebody real takes over"),
    ("contracts:\n- {id: c, client: acme, services: [mail], start: 2026-02-30}\n", "2:50: contracts[0].start", "date"),
    ("contracts:\n- {id: c, client: acme, services: [mail], start: 2026-02-01, end: 2026-01-01}\n", "2:67: contracts[0].end",
     "before the beginning"),
    ("agreements:\n- {id: a, kind: supplier, groups: [CableCo], start: 2026-01-01}\n", "agreements[0].partner", "names the partner"),
    ("roles:\n- {id: r, name: R, side: client, level: 2}\n", "2:41: roles[0].level", "Only a role of the provider"),
    ("deliveries:\n- {id: other, client: acme, roles: [{role: engineer, person: ann}]}\n", "2:8: deliveries[0].id", "called as its client"),
    ("processes:\n- {id: p, name: P, direction: sideways}\n", "2:31: processes[0].direction", "must be one of down, up, inside"),
    ("racis:\n- {id: disk, component: disk, process: incident}\n", "2:8: racis[0].id", "component, a colon"),
    ("racis:\n- {id: 'disk:incident', component: disk, process: incident, cells: [{role: engineer, letter: X}]}\n",
     "2:94: racis[0].cells[0].letter", "must be one of R, A, C, I, AR"),
    ("skills:\n- {id: s}\n", "2:3: skills[0].name", "is required"),
    ("trainings:\n- {id: t, person: ann, skill: restore, passed_on: 2026-05-01, expires_on: 2026-04-01}\n",
     "2:75: trainings[0].expires_on", "before the beginning"),
    (ROSTER + "fortnight, every: 1, people: [ann]}]}\n", "2:102: rosters[0].layers[0].unit", "must be one of hour, day, week, month"),
    ("overrides:\n- {id: o, roster: desk, person: olga, from: '2026-02-01T00:00:00Z', to: '2026-02-02T00:00:00Z'}\n",
     "2:33: overrides[0].person", "another side"),
    ("temporaries:\n- {id: t, roster: desk, from: '2026-02-02T00:00:00Z', to: '2026-02-01T00:00:00Z', fallback: ann}\n",
     "2:59: temporaries[0].to", "ends behind its beginning"),
    (OBJECTIVE + "}\n", "2:3: objectives[0].by", "Not time-bound"),
    (OBJECTIVE.replace("target: 20", "target: 120") + ", by: 2026-12-31}\n", "2:72: objectives[0].target", "never has this value"),
    ("sops:\n- {id: reboot, name: Reboot, version: 1, owner: ann, review_on: 2027-01-01, steps: [{text: Do another thing}]}\n",
     "2:39: sops[0].version", "version rises"),
    ("sop_runs:\n- {id: r, sop: reboot, version: 1, person: ann, at: '2026-02-01T00:00:00Z', steps: [{step: 1}]}\n",
     "2:84: sop_runs[0].steps", "asks what shows"),
    ("risks:\n- {id: r, name: R, state: open, probability: 6, impact: 1, owner: ann}\n", "2:46: risks[0].probability", "from 1 to 5"),
    ("reports:\n- {id: r, name: R, audience: manager, client: acme, owner: ann, every_days: 7}\n", "2:47: reports[0].client",
     "Only what clients are told"),
    ("transitions:\n- {id: t, name: T, owner: ann, started_on: soon}\n", "2:44: transitions[0].started_on", "date"),
    ("lessons:\n- {id: l, name: L, source: transition, learned_on: 2026-02-01}\n", "lessons[0].transition", "names it"),
    ("changes:\n- {id: c, name: C, from: '2026-02-01T00:00', to: '2026-02-02T00:00:00Z', owner: ann, services: [mail]}\n",
     "2:26: changes[0].from", "instant"),
    ("relationships:\n- {id: r, kind: supplier, client: acme, manager: ann, every_days: 30, next_review: 2026-12-01}\n",
     "relationships[0].", "with a client or with a partner"),
    ("plans:\n- {id: p, name: P, owner: ann, every_days: 0, next_evaluation: 2026-12-01}\n", "2:44: plans[0].every_days",
     "must be from 1 to 3660"),
    ("tools:\n- {id: t, name: T, owner: nobody}\n", "2:27: tools[0].owner", "there is no person nobody"),
]


@pytest.fixture(name="sound", scope="module")
def fixture_sound(tmp_path_factory):
    with redress.Suite() as suite:
        suite.up()
        path = tmp_path_factory.mktemp("sound") / "all.yaml"
        path.write_text(SOUND)
        suite.cli("apply", "-f", path)
        yield suite


@pytest.mark.parametrize("text, place, rule", BROKEN)
def test_what_a_person_reads(sound, tmp_path, text, place, rule):
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    done = sound.cli("apply", "-f", path, "--dry-run", check=False)
    assert done.returncode in (2, 4), done.stdout + done.stderr
    assert done.stderr.startswith(f"redress: {path}:2:"), done.stderr
    assert place in done.stderr and rule in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1, "one thing is wrong"


def test_there_is_one_of_each_kind(sound):
    assert {text.split(":", 1)[0] for text, _, _ in BROKEN} == set(sound.cli_json("export"))
