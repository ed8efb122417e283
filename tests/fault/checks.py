"""What must hold after a fault run. Each check is a function of the facts of the run and yields one sentence per breach, so
that an empty answer is the proof and anything else says where to look."""
import bisect
import collections
import datetime
import itertools
import zoneinfo

import msgpack

import redress


class Facts:
    """Everything a run knows: the clients' records, the logs as replayed, the copies of the followers."""

    def __init__(self, partitions, records, logs, copies, again, read_at):
        self.partitions, self.records, self.logs, self.copies, self.again = partitions, records, logs, copies, again
        self.read_at = read_at  # the real time after the logs were read
        self.counters = None  # what tally answers, by client
        self.figures = None  # what kpi answers: {(figure, client, component): (numerator, denominator)}
        self.zones, self.complaints = {}, []  # of clients, when not UTC; what was told to kpi
        self.letters, self.heard, self.told = [], [], ()  # what the mail server took, what the listener heard; of which clients
        self.events = {key: [msgpack.unpackb(frame) for frame in frames] for key, frames in logs.items()}
        self.acknowledged = [record for record in records if record["status"] == "ok"]

    def of(self, service):
        """All events of a service."""
        return [event for (name, _), events in sorted(self.events.items()) if name == service for event in events]

    def log_of(self, record):
        return self.events["escalation", redress.partition_of(record["client"], self.partitions)]


def same_content(said, logged):
    """The fields that a command and its event share say the same."""
    return [name for name in said if name in logged and said[name] != logged[name]]


def acknowledged_once(facts):
    """Every acknowledged command is in the log, exactly once, with its content."""
    causes = collections.defaultdict(list)
    for event in facts.of("escalation"):
        causes[event["causationid"]].append(event)
    for record in facts.acknowledged:
        name, mine = f"{record['type']} {record['id']}", causes.get(record["id"], [])
        if not mine:
            yield f"{name} was acknowledged with sequence {record['reply'].get('sequence')} and is not in the log"
            continue
        counts = collections.Counter((event["type"], event["subject"], event["data"].get("clock")) for event in mine)
        for (kind, subject, _), count in counts.items():
            if count > 1:
                yield f"{name} made {count} events {kind} of {subject}"
        if record["reply"].get("sequence") not in {event["sequence"] for event in mine}:
            yield f"{name} was answered {record['reply']}, its events are {[e['sequence'] for e in mine]}"
        main = [event for event in mine if event["type"].split(".")[0] == record["type"].split(".")[0]]
        if not main or (wrong := same_content(record["data"], main[0]["data"])):
            yield f"{name}: the log says otherwise in {wrong if main else 'everything'}"


def answers_make_sense(facts):
    """The clients say only what is valid, about what was acknowledged: anything but yes, or no for what came too late after a
    kill, says that the service forgot something."""
    for record in facts.records:
        reply = record["reply"] or {}
        expected = record["status"] in ("ok", "unknown") or reply.get("code") in ("update_past", "promise_past", "too_many")
        if not expected:
            yield f"{record['type']} {record['data']}: {reply}"


def marks_once(facts):
    """The text that only one command said is in the raise of one event: also for commands whose answer is unknown."""
    raised = collections.Counter(event["causationid"] for event in facts.of("escalation") if event["type"] == "escalation.raised")
    yield from (f"{cause} raised {count} escalations" for cause, count in raised.items() if count > 1 and "/" not in cause)
    refused = {record["id"] for record in facts.records if record["status"] in ("refused", "invalid", "not_found")}
    yield from (f"{cause} was refused and is in the log" for cause in raised if cause in refused)


def gapless(facts):
    """Sequences from 1 without a gap, ids as the wire says, times and epochs never decreasing."""
    for (service, partition), events in facts.events.items():
        time, epoch = "", 0
        for n, event in enumerate(events, 1):
            if event["sequence"] != n or event["id"] != f"{service}/{partition:03}/{event['epoch']}/{n}":
                yield f"{service} {partition}: place {n} holds {event['id']}"
                break
            if event["time"] < time or event["epoch"] < epoch:
                yield f"{event['id']}: {event['time']} after {time}, epoch after {epoch}"
            time, epoch = event["time"], event["epoch"]


def consumers_identical(facts):
    """Every consumer, whatever happened to it, holds exactly the log."""
    for (service, partition, name, _), frames in facts.copies.items():
        log = facts.logs[service, partition]
        if frames != log:
            first = next((n for n, (a, b) in enumerate(zip(frames, log), 1) if a != b), min(len(frames), len(log)) + 1)
            yield f"{service} {partition}: the {name} consumer has {len(frames)} of {len(log)} events, first difference at {first}"


def answers_again(facts):
    """The same id asked again gives the same reply, marked as replayed."""
    for record, reply in facts.again:
        before = {key: value for key, value in record["reply"].items() if key != "replayed"}
        after = {key: value for key, value in reply.items() if key != "replayed"}
        if before != after or not reply.get("replayed"):
            yield f"{record['type']} {record['id']}: {record['reply']} became {reply}"


def real_time_order(facts):
    """What was acknowledged before another command was begun stands before it in the log."""
    for partition in range(facts.partitions):
        mine = [r for r in facts.acknowledged if redress.partition_of(r["client"], facts.partitions) == partition
                and "sequence" in r["reply"] and not r["reply"].get("known")]
        ends = sorted((r["end"], r["reply"]["sequence"]) for r in mine)
        highest, times = [], [end for end, _ in ends]
        for _, sequence in ends:
            highest.append(max(sequence, highest[-1] if highest else 0))
        for record in mine:
            before = bisect.bisect_left(times, record["begin"])
            if before and highest[before - 1] >= record["reply"]["sequence"]:
                yield f"{record['type']} {record['id']} is at {record['reply']['sequence']}, behind it {highest[before - 1]}"


def timers_once(facts, now):
    """A next update that passed is missed once, a promise too; never early, by the event's time or by the real one; the level of
    an escalation never twice the same."""
    due, fired, levels = {}, collections.Counter(), {}
    yield from (f"{event['id']} {event['type']} is stamped {event['time']}, read at {facts.read_at}"
                for events in facts.events.values() for event in events if event["time"] > facts.read_at)
    for event in facts.of("escalation"):
        kind, subject, data = event["type"].removeprefix("escalation."), event["subject"], event["data"]
        if kind == "updated":
            due[subject, "update"] = (data["next_update_at"], event["id"])
        elif kind == "perceived" and "promise_until" in data:
            due[subject, data["number"]] = (data["promise_until"], event["id"])
        elif kind in ("update_missed", "promise_missed"):
            at, cause = due.get((subject, data.get("promise", "update")), (None, None))
            fired[cause] += 1
            if at is None or event["time"] < at or data["occurred_at"] != at:
                yield f"{event['id']} says {kind} of {data['occurred_at']} at {event['time']}, but it was due at {at}"
        elif kind in ("raised", "level_raised"):
            if data["level"] <= levels.get(subject, 0):
                yield f"{event['id']}: {subject} goes from level {levels[subject]} to {data['level']}"
            levels[subject] = data["level"]
    yield from (f"the due instant of {cause} fired {count} times" for cause, count in fired.items() if count > 1)
    for at, cause in due.values():
        if at < now and fired[cause] == 0:
            yield f"the due instant {at} of {cause} passed in silence"


def reactions_once(facts):
    """tally counted every raise once: one event of its own for each, caused by it."""
    wanted = {event["id"]: event for event in facts.of("escalation") if event["type"] == "escalation.raised"}
    found = collections.Counter(event["causationid"] for event in facts.of("tally"))
    yield from (f"tally reacted {count} times to {cause}" for cause, count in found.items() if count > 1 and cause in wanted)
    yield from (f"tally never reacted to {cause}" for cause in wanted if cause not in found)
    for event in facts.of("tally"):
        cause = wanted.get(event["causationid"])
        if cause is not None:
            refused = event["type"].endswith("follow_refused")
            if refused != (cause["partitionkey"] == "refused") or event["partitionkey"] != cause["partitionkey"]:
                yield f"{event['id']} of {cause['id']} is {event['type']} of {event['partitionkey']}"


def counters_agree(facts):
    """What tally keeps is what the escalation log says: a number for each client, the refused one apart."""
    raised = collections.Counter(event["partitionkey"] for event in facts.of("escalation") if event["type"] == "escalation.raised")
    raised.pop("refused", None)
    if facts.counters is not None and facts.counters != dict(raised):
        yield f"tally keeps {facts.counters}, the log says {dict(raised)}"


def day_of(facts, client, moment):
    """The day that the client's wall shows at that instant."""
    return str(datetime.datetime.fromisoformat(moment).astimezone(zoneinfo.ZoneInfo(facts.zones.get(client, "UTC"))).date())


def ticket_images(facts):
    """{subject: how the ticket counts}, made of escalation's log alone by the rules of services/kpi/RULES.md."""
    images, groups = {}, {}
    for event in facts.of("escalation"):
        if event["type"] != "ticket.recorded":
            continue
        subject, client, data = event["subject"], event["partitionkey"], event["data"]
        day, new = day_of(facts, client, data["occurred_at"]), subject not in images
        image = images.setdefault(subject, {"opened": day, "handed_over": False, "reopened": False, "resolved": None})
        if new and data.get("opened_at", data["occurred_at"]) < data["occurred_at"]:
            image["opened"] = day_of(facts, client, data["opened_at"])
        image.update({name: data.get(name) for name in ("type", "priority", "component")})
        group = groups.setdefault(subject, data.get("group"))
        image["handed_over"] |= data.get("group") not in (None, group)
        solved = data["state"] in ("resolved", "closed")
        image["reopened"] |= image["resolved"] is not None and not solved
        image["resolved"] = (image["resolved"] or day) if solved else None
    return images


def observed(facts):
    """kpi counts every ticket and every escalation, and none that is not there; each image differs from the one before, and
    the last is what the log comes to."""
    images, tickets = collections.defaultdict(list), ticket_images(facts)
    for event in facts.of("kpi"):
        images[event["type"], event["subject"]].append({key: value for key, value in event["data"].items() if key != "told"})
    raised = {event["subject"] for event in facts.of("escalation") if event["type"] == "escalation.raised"}
    for kind, wanted in (("ticket", set(tickets)), ("escalation", raised)):
        counted = {subject for (name, subject) in images if name == f"{kind}.counted"}
        yield from (f"kpi never counted {kind} {subject}" for subject in sorted(wanted - counted))
        yield from (f"kpi counted {kind} {subject}, which nobody told of" for subject in sorted(counted - wanted))
    for (name, subject), mine in images.items():
        if name.endswith(".counted") and any(a == b for a, b in zip(mine, mine[1:])):
            yield f"kpi counted {subject} twice the same"
        if name == "ticket.counted" and subject in tickets:
            wanted = tickets[subject]
            if wrong := [key for key, value in wanted.items() if (mine[-1].get(key) or None) != (value or None)]:
                yield f"kpi counts {subject} as {mine[-1]}, by the log it is {wanted}: otherwise in {wrong}"


# A figure's numerator and denominator are numbers of tickets: of those that one holds for, and the other.
FIGURES = {"resolution_rate": (lambda image: image["resolved"], lambda image: True),
           "first_contact": (lambda image: image["resolved"] and not image["handed_over"], lambda image: image["resolved"])}


def figures_agree(facts):
    """What kpi answers is what escalation's log comes to, for each client and each of its components."""
    if facts.figures is None:
        return
    wanted = collections.defaultdict(lambda: [0, 0])
    for subject, image in ticket_images(facts).items():
        for (name, parts), component in itertools.product(FIGURES.items(), {"", image["component"] or ""}):
            for n, holds in enumerate(parts):
                wanted[name, subject.split("/", 1)[0], component][n] += bool(holds(image))
    wanted = {key: tuple(value) for key, value in wanted.items() if any(value)}
    for key in sorted(wanted.keys() | facts.figures.keys()):
        if wanted.get(key) != facts.figures.get(key):
            yield f"kpi answers {facts.figures.get(key)} for {key}, by the log it is {wanted.get(key)}"


def executives(facts):
    """{event: how many of the client's escalations had reached executives with it}, for the second and further ones."""
    found, reached = {}, collections.defaultdict(set)
    for event in facts.of("escalation"):
        if event["type"] in ("escalation.raised", "escalation.level_raised") and event["data"]["level"] == 6:
            of = reached[event["partitionkey"]]
            if event["subject"] not in of:
                of.add(event["subject"])
                found[event["id"]] = len(of)
    return {name: count for name, count in found.items() if count > 1}


def improvements(facts):
    """sip hears each complaint and each further escalation to executives once, and keeps what was said."""
    heard = collections.defaultdict(list)
    for event in facts.of("sip"):
        if event["data"].get("evidence"):
            heard[event["causationid"]].append(event["data"]["evidence"][0])
    alarms = [event for event in facts.of("kpi") if event["type"] == "account.alarmed" and event["data"]["alarm"] == "complaint"]
    wanted = {event["id"]: ("complaint", event["data"]["title"]) for event in alarms}
    wanted.update({name: ("escalations", min(count, EXECUTIVES_SEEN)) for name, count in executives(facts).items()})
    for name in sorted(wanted.keys() | heard.keys()):
        mine = [(each["cause"], each.get("words" if each["cause"] == "complaint" else "count")) for each in heard[name]]
        if mine != [wanted.get(name)]:
            yield f"sip heard {mine} of {name} instead of {wanted.get(name)}"
    said = collections.Counter(event["causationid"] for event in alarms)
    for record in facts.complaints:
        if said[record["id"]] > 1 or (record["status"] == "ok" and not said[record["id"]]):
            yield f"{record['data']} was answered {record['status']} and alarmed {said[record['id']]} times"


EXECUTIVES_SEEN = 64  # sip looks at no more
MESSAGE_ENDS = ("message.sent", "message.delivered", "message.failed")


def histories(facts):
    """{message: its events, in order}."""
    found = collections.defaultdict(list)
    for event in facts.of("notification"):
        if event["type"].startswith("message."):
            found[event["subject"].split("/", 1)[1]].append(event)
    return found


def arrivals(facts):
    """{message: how often it arrived}, by Message-ID."""
    return collections.Counter(letter.id.strip("<>").split("@")[0] for letter in facts.letters)


def people_are_told(facts):
    """Everybody who holds a level at the raise has one message of it, which was sent; nothing waits."""
    messages = collections.defaultdict(list)
    for name, events in histories(facts).items():
        queued = events[0]["data"]
        messages[queued["cause"]].append((queued.get("person"), name))
        if events[-1]["type"] not in MESSAGE_ENDS and not queued.get("failure"):
            yield f"{name} to {queued.get('person')} waits: {[event['type'] for event in events]}"
    for event in facts.of("escalation"):
        client = event["partitionkey"]
        if event["type"] != "escalation.raised" or client not in facts.told:
            continue
        wanted = [f"{client}-owner"] + ([f"{client}-lead"] if event["data"]["level"] > 1 else [])
        told = sorted(person or "" for person, _ in messages.get(event["id"], []))
        if told != sorted(wanted):
            yield f"{event['id']} was told to {told} instead of {wanted}"
    for cause, mine in messages.items():
        people = [person for person, _ in mine if person]
        if len(people) != len(set(people)):
            yield f"{cause} was told twice to somebody: {mine}"


def letters_have_attempts(facts):
    """A letter arrives at most as often as its message was attempted, and never without; what the log calls sent has arrived."""
    arrived, events = arrivals(facts), histories(facts)
    for name, count in arrived.items():
        attempts = [event["type"] for event in events.get(name, [])].count("message.attempted")
        if count > attempts:
            yield f"{name} arrived {count} times and was attempted {attempts} times"
    for name, mine in events.items():
        if any(event["type"] == "message.sent" for event in mine) and not arrived[name]:
            yield f"{name} is said to be sent and never arrived"


def letters_end(facts):
    """What was sent is over: nothing about a message follows its end. Only an interrupted try is made again unasked."""
    arrived = arrivals(facts)
    for name, events in histories(facts).items():
        kinds = [event["type"] for event in events]
        ends = [n for n, kind in enumerate(kinds) if kind in MESSAGE_ENDS]
        if ends and (len(ends) > 1 or ends[0] != len(kinds) - 1):
            yield f"{name} goes on behind its end: {kinds}"
        outcomes = sum(kind in ("message.deferred", *MESSAGE_ENDS) for kind in kinds)
        interrupted = kinds.count("message.attempted") - outcomes
        if arrived[name] > 1 + max(0, interrupted):
            yield f"{name} arrived {arrived[name]} times with {interrupted} tries interrupted: {kinds}"


def streams_identical(facts):
    """The listener heard every event once, in the order of each log, with its content."""
    wanted = {event["id"]: event for event in facts.of("escalation")}
    heard = collections.Counter(event["id"] for event in facts.heard)
    yield from (f"the listener heard {name} {count} times" for name, count in heard.items() if count > 1)
    yield from (f"the listener never heard {name}" for name in wanted if name not in heard)
    yield from (f"the listener heard {name}, which is not in the log" for name in heard if name not in wanted)
    for event in facts.heard:
        logged = wanted.get(event["id"])
        if logged and (event["data"] != logged["data"] or event["time"] != logged["time"]):
            yield f"the listener heard {event['id']} otherwise: {event}"
    for partition in range(facts.partitions):
        mine = [int(event["sequence"]) for event in facts.heard if event["id"].startswith(f"escalation/{partition:03}/")]
        if mine != sorted(mine):
            yield f"the listener heard partition {partition} in another order"


CHECKS = (people_are_told, letters_have_attempts, letters_end, streams_identical,
          acknowledged_once, answers_make_sense, marks_once, gapless, consumers_identical, answers_again, real_time_order,
          reactions_once, counters_agree, observed, figures_agree, improvements)
