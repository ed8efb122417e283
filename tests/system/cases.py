"""Bodies of commands as the contract's tables name them: one place that knows the fields, so that tests speak of rules."""
import msgpack

import redress


def raising(mark="words", **more):
    """Data of escalation.raise by hand, without tickets."""
    return {"title": f"raised for {mark}", "severity": 3, **more}


def fact(number="T1", **more):
    """Data of ticket.record: a fact of now."""
    now = redress.from_now(0)
    return {"source": "test", "number": number, "updated_at": now, "mod_count": 0, "row": 1, "opened_at": now,
            "state": "new", "priority": 3, **more}


def update(escalation, mark="words", seconds=3600, **more):
    """Data of escalation.update, with the next one due in so many seconds."""
    return {"escalation": escalation, "context": f"context of {mark}", "impact": "some", "action": "working on it",
            "workaround": "none", "next_update_at": redress.from_now(seconds), **more}


def due_soon(commander, client, escalation, seconds):
    """An update whose next one is due that soon, or later where the machine was not as quick; its body and the reply."""
    while True:
        body = update(escalation, seconds=seconds)
        reply = commander.command("escalation.update", client, body)
        if reply.get("code") != "update_past" or seconds > redress.PATIENCE:
            assert reply["status"] == "ok", reply
            return body, reply
        seconds *= 2


def perception(escalation, mark="words", seconds=None, **more):
    """Data of escalation.perceive, with a promise when seconds are given."""
    promise = {} if seconds is None else {"promise": f"promise of {mark}", "promise_until": redress.from_now(seconds)}
    return {"escalation": escalation, "who": "Ann", "sentiment": 2, "statement": f"said {mark}", **promise, **more}


def closeout(escalation):
    """What has to be said before an escalation may be closed, step by step."""
    name = {"escalation": escalation}
    return (("confirm", {**name, "confirmed_by": "Ann"}),
            ("review", {**name, "decision": "not_required", "reason": "small"}),
            ("assess", {**name, "manager": "Mia", "assessment": "safe", "reason": "they said so"}),
            ("survey", {**name, "decision": "declined", "reason": "they asked us not to"}))


def flags(data):
    """A body as the tool's flags."""
    return [word for key, value in data.items() for word in (f"--{key.replace('_', '-')}", value)]


def after(sequence, partition=0, service="escalation"):
    """The sequences that a request wants to see first."""
    return {f"{service}/{partition:03}": sequence}


def id_of_reply(reply):
    """The id of what a command made."""
    return reply["result"]["id"]


def id_of_row(row):
    """The id in a row of escalation.list."""
    return row["escalation"]


def escalation_of(suite, cause, partition=0):
    """The id of the escalation that a command raised, from the log."""
    for frame in suite.log(partition=partition):
        event = msgpack.unpackb(frame)
        if event["causationid"] == cause and event["type"] == "escalation.raised":
            return event["subject"].split("/", 1)[1]
    raise LookupError(cause)


def raised(commander, client, mark="words", **more):
    """Raises an escalation and gives its id and the reply."""
    reply = commander.ok("escalation.raise", client, raising(mark, **more))
    return id_of_reply(reply), reply


def changes(frames):
    """(ticket, level, instant) of every raise and level change of a log written by history, where an event's time is its
    due instant."""
    seen, tickets = set(), {}
    for frame in frames:
        event = msgpack.unpackb(frame)
        if event["type"] == "escalation.raised":
            tickets[event["subject"]] = [row["ticket"] for row in event["data"].get("tickets", [])]
            assert event["data"]["raised_at"] == event["time"], event
        if event["type"] in ("escalation.raised", "escalation.level_raised"):
            for name in tickets[event["subject"]]:
                seen.add((name, event["data"]["level"], redress.instant(event["time"])))
    return seen


def find(value, key):
    """A key of an answer, wherever the tool nests it."""
    if isinstance(value, dict) and key in value:
        return value[key]
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        found = find(each, key)
        if found is not None:
            return found
    return None


def short(value):
    """A parameter's name in a test's id."""
    text = str(value)
    return text if len(text) <= 40 else f"{text[:30]} and {len(text) - 30} more"


def texts(value):
    """A value with every number as text: JSON and MessagePack may differ in how they write one."""
    if isinstance(value, dict):
        return {key: texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [texts(each) for each in value]
    return value if isinstance(value, bool) else str(value)
