"""The checks of the fault run on made-up histories: each must be silent on a good one and speak on the one bug it is for."""
import copy
import pathlib
import sys

import msgpack
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import checks  # pylint: disable=wrong-import-position

KEY, TALLY, TOLD, KPI, SIP = ("escalation", 0), ("tally", 0), ("notification", 0), ("kpi", 0), ("sip", 0)
LATER = "2026-01-01T00:01:00.000000Z"


def event(sequence, kind, cause, subject="acme/esc-1", service="escalation", second=0, **data):
    return {"id": f"{service}/000/1/{sequence}", "type": kind, "subject": subject, "partitionkey": subject.split("/", 1)[0],
            "sequence": sequence, "epoch": 1, "time": f"2026-01-01T00:00:{second:02}.000000Z", "causationid": cause, "data": data}


def message(sequence, kind, name="msg-1", **data):
    return {**event(sequence, f"message.{kind}", "x", subject=f"acme/{name}", service="notification"), "data": data}


def fact(sequence, state, group="a"):
    """Of a ticket of a client whose day is the next one already."""
    return event(sequence, "ticket.recorded", f"t{sequence}", subject="acme/test:T1", second=12, state=state, group=group,
                 type="incident", priority=3, component="disk", occurred_at="2026-01-01T12:00:00.000000Z")


def image(sequence, cause, **more):
    return event(sequence, "ticket.counted", cause, subject="acme/test:T1", service="kpi", told="2026-01-02", opened="2026-01-02",
                 type="incident", priority=3, component="disk", **more)


def candidate(sequence, said_by, client="acme", **evidence):
    return event(sequence, "candidate.found", said_by, subject=f"{client}/can-{sequence}", service="sip", evidence=[evidence])


class Letter:
    """What the mail server took."""

    def __init__(self, name="msg-1"):
        self.id = f"<{name}@example.org>"


def good():
    """Events of the services and the records of two clients that made them."""
    due = "2026-01-01T00:00:10.000000Z"
    logs = {KEY: [event(1, "escalation.raised", "a", title="one", level=1),
                  event(2, "escalation.updated", "b", context="c", next_update_at=due),
                  event(3, "escalation.update_missed", "escalation/000/1/2", second=10, occurred_at=due),
                  event(4, "escalation.raised", "d", subject="refused/esc-2", second=11, title="two", level=1),
                  fact(5, "new"), fact(6, "resolved", group="b"),
                  event(7, "escalation.raised", "e", subject="hooli/esc-3", second=12, title="x", level=6),
                  event(8, "escalation.raised", "f", subject="hooli/esc-4", second=12, title="y", level=6)],
            KPI: [event(1, "escalation.counted", "escalation/000/1/1", service="kpi", told="2026-01-01"),
                  event(2, "escalation.counted", "escalation/000/1/4", subject="refused/esc-2", service="kpi", told="2026-01-01"),
                  image(3, "escalation/000/1/5"), image(4, "escalation/000/1/6", resolved="2026-01-02", handed_over=True),
                  event(5, "escalation.counted", "escalation/000/1/7", subject="hooli/esc-3", service="kpi", told="2026-01-01"),
                  event(6, "escalation.counted", "escalation/000/1/8", subject="hooli/esc-4", service="kpi", told="2026-01-01"),
                  event(7, "account.alarmed", "c", subject="acme/account", service="kpi", alarm="complaint", title="slow")],
            SIP: [candidate(1, "kpi/000/1/7", cause="complaint", words="slow"),
                  candidate(2, "escalation/000/1/8", client="hooli", cause="escalations", count=2)],
            TALLY: [event(1, "counter.added", "escalation/000/1/1", subject="acme/x", service="tally"),
                    event(2, "tally.follow_refused", "escalation/000/1/4", subject="refused/x", service="tally"),
                    event(3, "counter.added", "escalation/000/1/7", subject="hooli/x", service="tally"),
                    event(4, "counter.added", "escalation/000/1/8", subject="hooli/x", service="tally")],
            TOLD: [message(1, "queued", cause="escalation/000/1/1", person="acme-owner"), message(2, "attempted", attempt=1),
                   message(3, "sent", digest="d")]}

    def record(ident, kind, sequence, begin, client="acme", **data):
        return {"id": ident, "type": kind, "client": client, "data": data, "begin": begin, "end": begin + 1, "status": "ok",
                "reply": {"id": ident, "status": "ok", "sequence": sequence}}
    records = [record("a", "escalation.raise", 1, 0, title="one"), record("b", "escalation.update", 2, 2, context="c"),
               record("d", "escalation.raise", 4, 4, client="refused", title="two"),
               {**record("u", "escalation.raise", 0, 5), "status": "unknown", "reply": None}]
    again = [(records[0], {**records[0]["reply"], "replayed": True})]
    return logs, records, again


def facts(logs, records, again, copies=None, counters=None, letters=("msg-1",), hear=lambda events: events, figures=None):
    frames = {key: [msgpack.packb(each) for each in events] for key, events in logs.items()}
    if copies is None:
        copies = {(*key, "quick", 0): list(log) for key, log in frames.items()}
    found = checks.Facts(1, records, frames, copies, again, LATER)
    found.counters, found.told, found.letters = counters, ("acme",), [Letter(name) for name in letters]
    found.heard, found.figures, found.zones = hear(copy.deepcopy(logs[KEY])), figures, {"acme": "Pacific/Kiritimati"}
    found.complaints = [{"id": "c", "data": {"title": "slow"}, "status": "ok"}]
    return found


def breaches(found):
    names = {check.__name__ for check in checks.CHECKS if list(check(found))}
    return names | ({"timers_once"} if list(checks.timers_once(found, LATER)) else set())


def renumbered(events):
    return [{**each, "sequence": n, "id": each["id"].rsplit("/", 1)[0] + f"/{n}"} for n, each in enumerate(events, 1)]


COUNTERS = {"acme": 1, "hooli": 2}
FIGURES = {(name, "acme", component): pair for component in ("", "disk")
           for name, pair in (("resolution_rate", (1, 1)), ("first_contact", (0, 1)))}


def test_a_good_history_is_silent():
    assert breaches(facts(*good(), counters=COUNTERS, figures=FIGURES)) == set()


@pytest.mark.parametrize("wrong", [None, {("resolution_rate", "acme", "disk"): (1, 2)}, {("first_contact", "hooli", ""): (0, 1)}],
                         ids=["none", "twice", "another"])
def test_figures_that_differ_are_named(wrong):
    assert breaches(facts(*good(), counters=COUNTERS, figures=wrong and {**FIGURES, **wrong} or {})) == {"figures_agree"}


@pytest.mark.parametrize("counters", [{}, {**COUNTERS, "acme": 2}, {**COUNTERS, "refused": 1}], ids=["none", "twice", "refused"])
def test_a_counter_that_differs_is_named(counters):
    assert breaches(facts(*good(), counters=counters)) == {"counters_agree"}


def lost(logs, records, _):
    logs[KEY] = renumbered(logs[KEY][:3])
    logs[TALLY] = logs[TALLY][:1]


def doubled(logs, *_):
    logs[KEY].append(event(9, "escalation.raised", "a", subject="acme/esc-3", second=12, title="one", level=1))


def other_content(logs, *_):
    logs[KEY][0]["data"]["title"] = "else"


def hole(logs, *_):
    logs[KEY][3].update(sequence=5, id="escalation/000/1/5")


def backwards(logs, *_):
    logs[KEY][3]["time"] = "2025-01-01T00:00:00.000000Z"


def twice_rung(logs, *_):
    logs[KEY].append({**logs[KEY][2], "sequence": 9, "id": "escalation/000/1/9", "time": LATER})


def early(logs, *_):
    logs[KEY][2]["time"] = "2026-01-01T00:00:09.999999Z"


def not_yet(logs, *_):
    logs[KEY][3]["time"] = "9999-12-31T23:59:59.999999Z"


def forgot(_, records, __):
    records[3].update(status="not_found", reply={"status": "not_found"})


def silent(logs, *_):
    logs[KEY][2]["type"] = "escalation.other"


def same_level(logs, *_):
    logs[KEY].append(event(9, "escalation.level_raised", "x", second=12, level=1))


def no_reaction(logs, *_):
    del logs[TALLY][1]


def two_reactions(logs, *_):
    logs[TALLY].append(event(5, "counter.added", "escalation/000/1/1", subject="acme/x", service="tally"))


def reaction_of_the_refused(logs, *_):
    logs[TALLY][1]["type"] = "counter.added"


def not_observed(logs, *_):
    logs[KPI] = renumbered(logs[KPI][1:])


def observed_from_nowhere(logs, *_):
    logs[KPI][2]["subject"] = "acme/test:T2"


def observed_again(logs, *_):
    logs[KPI].append({**logs[KPI][3], "sequence": 8, "id": "kpi/000/1/8"})


def observed_otherwise(logs, *_):
    logs[KPI][3]["data"]["resolved"] = "2026-01-01"


def complaint_unheard(logs, *_):
    logs[SIP] = renumbered(logs[SIP][1:])


def complaint_heard_twice(logs, *_):
    logs[SIP].append({**logs[SIP][0], "sequence": 3, "id": "sip/000/1/3"})


def executives_miscounted(logs, *_):
    logs[SIP][1]["data"]["evidence"][0]["count"] = 3


def complaint_lost(logs, *_):
    logs[KPI], logs[SIP] = logs[KPI][:6], renumbered(logs[SIP][1:])


def forgotten(_, __, again):
    again[0][1]["sequence"] = 9


def not_marked(_, __, again):
    del again[0][1]["replayed"]


def order(_, records, __):
    records[0]["begin"], records[0]["end"] = 10, 11


@pytest.mark.parametrize("bug, named", [
    (lost, "acknowledged_once"), (doubled, "marks_once"), (other_content, "acknowledged_once"), (hole, "gapless"),
    (backwards, "gapless"), (twice_rung, "timers_once"), (early, "timers_once"), (silent, "timers_once"),
    (not_yet, "timers_once"), (forgot, "answers_make_sense"),
    (same_level, "timers_once"), (no_reaction, "reactions_once"), (two_reactions, "reactions_once"),
    (reaction_of_the_refused, "reactions_once"), (forgotten, "answers_again"), (not_marked, "answers_again"),
    (order, "real_time_order"), (not_observed, "observed"), (observed_from_nowhere, "observed"), (observed_again, "observed"),
    (observed_otherwise, "observed"), (complaint_unheard, "improvements"), (complaint_heard_twice, "improvements"),
    (executives_miscounted, "improvements"), (complaint_lost, "improvements"),
])
def test_each_bug_is_named(bug, named):
    history = copy.deepcopy(good())
    bug(*history)
    assert named in breaches(facts(*history))


def untold(logs):
    del logs[TOLD][:]


def told_to_another(logs):
    logs[TOLD][0]["data"]["person"] = "acme-lead"


def told_twice(logs):
    logs[TOLD] += [message(4, "queued", "msg-2", cause="escalation/000/1/1", person="acme-owner"),
                   message(5, "attempted", "msg-2", attempt=1), message(6, "failed", "msg-2", failure="rejected")]


def waits(logs):
    del logs[TOLD][2]


def not_attempted(logs):
    logs[TOLD] = renumbered([logs[TOLD][0], logs[TOLD][2]])


def sent_again(logs):
    logs[TOLD] += [message(4, "attempted", attempt=2), message(5, "sent", digest="d")]


@pytest.mark.parametrize("bug, letters, named", [
    (untold, (), "people_are_told"), (told_to_another, ("msg-1",), "people_are_told"), (told_twice, ("msg-1",), "people_are_told"),
    (waits, ("msg-1",), "people_are_told"), (not_attempted, ("msg-1",), "letters_have_attempts"),
    (lambda logs: None, (), "letters_have_attempts"), (lambda logs: None, ("msg-1", "msg-9"), "letters_have_attempts"),
    (sent_again, ("msg-1", "msg-1"), "letters_end"), (lambda logs: None, ("msg-1", "msg-1"), "letters_end"),
])
def test_each_bug_of_letters_is_named(bug, letters, named):
    logs, records, again = copy.deepcopy(good())
    bug(logs)
    assert named in breaches(facts(logs, records, again, letters=letters))


def test_an_interrupted_try_may_arrive_twice():
    logs, records, again = copy.deepcopy(good())
    logs[TOLD] = renumbered([*logs[TOLD][:2], message(3, "attempted", attempt=2), logs[TOLD][2]])
    assert "letters_end" not in breaches(facts(logs, records, again, letters=("msg-1", "msg-1")))


@pytest.mark.parametrize("hear", [lambda heard: heard[:-1], lambda heard: [heard[0], *heard], lambda heard: heard[::-1],
                                  lambda heard: [*heard[:-1], {**heard[-1], "data": {}}]],
                         ids=["short", "doubled", "backwards", "another"])
def test_a_listener_that_differs_is_named(hear):
    assert "streams_identical" in breaches(facts(*good(), hear=hear))


@pytest.mark.parametrize("spoil", [lambda log: log[:-1], lambda log: [log[0], *log], lambda log: [*log[:-1], b"x"]],
                         ids=["short", "doubled", "another"])
def test_a_consumer_that_differs_is_named(spoil):
    logs, records, again = good()
    copies = {(*key, "quick", 0): spoil([msgpack.packb(each) for each in events]) for key, events in logs.items()}
    assert "consumers_identical" in breaches(facts(logs, records, again, copies))
