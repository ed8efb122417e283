#!/usr/bin/python3
"""A fault run: clients make events while the processes that serve them are killed, and at the end nothing may be lost, doubled,
reordered, fired twice or too early.

    run.py [--seconds 40] [--seed N] [--partitions 2] [--clients 6] [--build DIR] [--plant NAME] [--rounds 6]

With --plant the processes of build/plant-NAME run, and the run passes when a check catches the bug within the rounds. The
last line is `N passed, N failed`; the seed is printed first and repeats the choices (not the machine's timing).
"""
import argparse
import contextlib
import datetime
import itertools
import pathlib
import random
import shutil
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
# pylint: disable=wrong-import-position
import cases
import checks
import fleet as fleets
import follower
import mailbox as mailboxes
import redress
import sse

CLIENTS = ("acme", "globex", "initech", "umbrella", "refused", "hooli")
TOLD = ("told-0", "told-2")  # clients of the catalog: people are told of theirs, by mail
ZONES = {"told-0": "Pacific/Kiritimati", "told-2": "Pacific/Pago_Pago"}  # of two days at any moment
COMPONENTS = ("disk", "tape")
EXECUTIVES, EXECUTIVES_PART, COMPLAINTS_PART = 6, 0.01, 0.005  # a level; of raises; of what is said
STEPS = {"new": ("active", "resolved"), "active": ("active", "resolved"), "resolved": ("closed", "active"), "closed": ("active",)}
TOLD_PART = 0.01  # of what is said: each costs some letters
CONFIG = """notification:
  smtp: {smtp}
  smtp_tls: false
  mail_from: redress@example.org
  throttle: 6000
  retry_first: PT1S
  retry_most: PT2S
  attempts_max: 100
"""
SETTLE, SETTLE_PLANTED = 60.0, 15.0  # seconds at most: a slow machine has its time; a bug that is there never settles


class Load(threading.Thread):
    """One client: says things about escalations and tickets, and writes down what it was told, by one monotonic clock."""

    def __init__(self, fleet, number, seed):
        super().__init__(daemon=True)
        self.fleet, self.number, self.dice = fleet, number, random.Random(seed * 1000 + number)
        self.records, self.complaints, self.ended, self.count = [], [], threading.Event(), 0
        self.mine, self.tickets = [], []  # (client, escalation); [client, number, state]

    def choose(self):
        """A command: raises come first, the others are about what this client raised."""
        self.count += 1
        mark, kind = f"{self.number}/{self.count}", self.dice.random()
        if self.dice.random() < TOLD_PART:
            return "escalation.raise", self.dice.choice(TOLD), cases.raising(mark)
        if kind < 0.45 or not self.mine:
            level = {"level": EXECUTIVES} if self.dice.random() < EXECUTIVES_PART else {}
            return "escalation.raise", self.dice.choice(CLIENTS), cases.raising(mark, **level)
        if kind < 0.6:
            return self.ticket(mark)
        client, escalation = self.dice.choice(self.mine)
        if kind < 0.85:
            return "escalation.update", client, cases.update(escalation, mark, self.dice.uniform(0.3, 3.0))
        if kind < 0.95:
            return "escalation.perceive", client, cases.perception(escalation, mark, self.dice.uniform(0.3, 3.0))
        return "escalation.ack", client, {"escalation": escalation}

    def ticket(self, mark):
        """A new ticket, or one more fact of an earlier one: it goes on, is reopened, or is about something else."""
        again = self.tickets and self.dice.random() < 0.6
        if not again:
            self.tickets.append([self.dice.choice((*CLIENTS, *TOLD)), f"T{mark}", "new"])
            del self.tickets[:-30]
        ticket = self.dice.choice(self.tickets) if again else self.tickets[-1]
        ticket[2] = self.dice.choice(STEPS[ticket[2]]) if again else "new"
        return "ticket.record", ticket[0], cases.fact(ticket[1], state=ticket[2], type="incident", group=self.dice.choice("ab"),
                                                      component=self.dice.choice(COMPONENTS), priority=self.dice.choice((3, 4)))

    def run(self):
        with self.fleet.commander() as commander, self.fleet.commander("kpi") as figures:
            while not self.ended.is_set():
                if self.dice.random() < COMPLAINTS_PART:
                    self.complain(figures)
                self.one(commander)

    def complain(self, commander):
        """A complaint is about something that nobody else complains about, so that each is a candidate of its own."""
        self.count += 1
        client, data = self.dice.choice(CLIENTS), {"title": f"complaint {self.number}/{self.count}", "component": f"c{self.count % 5}"}
        record = {"id": redress.uuid7(), "client": client, "data": data, "status": "unknown"}
        self.complaints.append(record)
        with contextlib.suppress(TimeoutError):
            record["status"] = commander.command("complaint.record", client, data, id=record["id"], seconds=20, again=0.5)["status"]

    def one(self, commander):
        kind, client, data = self.choose()
        record = {"id": redress.uuid7(), "type": kind, "client": client, "data": data, "begin": time.monotonic(),
                  "status": "unknown", "reply": None}
        self.records.append(record)
        try:
            record["reply"] = commander.command(kind, client, data, id=record["id"], seconds=20, again=0.5)
        except TimeoutError:
            return
        record["end"], record["status"] = time.monotonic(), record["reply"]["status"]
        if record["status"] == "ok" and kind == "escalation.raise":
            self.mine.append((client, cases.id_of_reply(record["reply"])))
            del self.mine[:-20]


def people(fleet):
    """Who is told for the clients of the catalog: two people and the primary contact each; one's mail server is moody."""
    with fleet.commander("catalog") as commander:
        for client in TOLD:
            known = {"id": client, "name": client, "zone": ZONES[client]}
            sse.catalog(commander, "client.set", known)
            for name, side in (("owner", "provider"), ("lead", "provider"), ("contact", "client")):
                whose = {"client": client} if side == "client" else {}
                sse.catalog(commander, "person.set", {
                    "id": f"{client}-{name}", "name": name, "side": side, **whose,
                    "addresses": [{"channel": "email", "to": f"{client}-{name}@example.org"}]})
            holders = [{"level": level, "person": f"{client}-{name}"} for level, name in ((1, "owner"), (2, "lead"))]
            sse.catalog(commander, "client.set", {**known, "primary_contact": f"{client}-contact", "holders": holders})


class Listener(threading.Thread):
    """Follows the escalations at the gateway, and comes back with its last id whenever the gateway is gone."""

    def __init__(self, fleet, token):
        super().__init__(daemon=True)
        self.fleet, self.token, self.ended = fleet, token, threading.Event()
        self.events, self.last, self.resumed, self.address = [], None, 0, fleet.address

    def get(self):
        return sse.Stream(self, "services=escalation&since=beginning", bearer=self.token, last=self.last)

    def run(self):
        while not self.ended.is_set():
            try:
                with self.get() as stream:
                    self.read(stream)
            except (OSError, AssertionError):
                redress.pause(0.1)

    def read(self, stream):
        self.resumed += 1
        try:
            while not self.ended.is_set() and not stream.ended:
                stream.quiet(0.2)
                self.take(stream)
        finally:
            self.take(stream)

    def take(self, stream):
        """An id is taken with the events that it stands behind: the connection may end at any moment."""
        if stream.status == 200:
            self.events += stream.events()
            stream.messages.clear()
            self.last = stream.last or self.last


def ask_again(fleet, loads, dice):
    """Some acknowledged commands once more, with the same id; the newest are the likeliest to be forgotten."""
    records = sorted((r for load in loads for r in load.records if r["status"] == "ok"), key=lambda r: r["end"])
    records = [r for r in records if r["type"] != "ticket.record"]  # idempotent by the ticket, not by the id
    chosen = records[-100:] + dice.sample(records[:-100], min(100, max(0, len(records) - 100)))
    with fleet.commander() as commander:
        return [(r, commander.command(r["type"], r["client"], r["data"], id=r["id"])) for r in chosen]


def settle(facts_of, seconds):
    """Reads everything until reactions and timers have caught up, or the time is over: then the checks say what is missing."""
    deadline = time.monotonic() + seconds
    while True:
        facts = facts_of()
        late = redress.instant_text(redress.time.time_ns() // 1000 - 2_000_000)
        waiting = [*checks.reactions_once(facts), *checks.timers_once(facts, late), *checks.consumers_identical(facts),
                   *checks.people_are_told(facts), *checks.streams_identical(facts), *checks.observed(facts),
                   *checks.improvements(facts)]
        if not waiting or time.monotonic() > deadline:
            return facts, late
        redress.pause(0.5)


def counters(fleet, partitions):
    """What tally's state says, asked from every partition."""
    found = {}
    with fleet.commander("tally") as commander:
        for partition in range(partitions):
            for row in commander.query("tally.counters", partition=partition)["result"]:
                found[row["client"]] = found.get(row["client"], 0) + row["total"]
    return found


def figures(fleet):
    """{(figure, client, component): (numerator, denominator)}, asked of kpi's partition of each client, with and without a
    component."""
    found, day = {}, datetime.date.today()
    days = {"from": str(day - datetime.timedelta(2)), "to": str(day + datetime.timedelta(2))}
    with fleet.commander("kpi") as commander:
        for name, client, component in itertools.product(checks.FIGURES, (*CLIENTS, *TOLD), ("", *COMPONENTS)):
            of = {"component": component} if component else {}
            figure = commander.query("kpi.value", {"kpi": name, "client": client, **of, **days}, client)["result"]
            if figure.get("numerator") or figure.get("denominator"):
                found[name, client, component] = (figure.get("numerator", 0), figure.get("denominator", 0))
    return found


def harass(fleet, loads, followers, arguments, seed):
    """The time in which everything is killed."""
    killer, deadline = fleets.Killer(fleet, seed, pause=(0.05, 0.7)), time.monotonic() + arguments.seconds
    for each in (*loads, killer):
        each.start()
    while time.monotonic() < deadline and killer.error is None:
        redress.pause(0.7)
        followers.kill_one()
    killer.stop()
    for load in loads:
        load.ended.set()
    for load in loads:
        load.join(60)


def one_round(arguments, seed):
    """{check: breaches} of one run."""
    with contextlib.ExitStack() as stack:
        suite = stack.enter_context(redress.Suite(partitions=arguments.partitions))
        suite.data.mkdir(parents=True, mode=0o700)
        build = fleets.scratch(suite, "programs")  # whoever builds meanwhile does not change what is tested
        for program in arguments.build.glob("redress*"):
            shutil.copy2(program, build)
        redress.os.environ["REDRESS"], redress.os.environ["REDRESS_BUILD"] = str(build / "redress"), str(build)
        services = ["catalog", "escalation", "kpi", "sip", "notification", "gateway"]
        services += ["tally"] if (build / "redress-tally").exists() else []
        mailbox = stack.enter_context(mailboxes.Mailbox())
        for client in TOLD:  # this one's server is moody at first
            mailbox.answer(f"{client}-lead@example.org", *[mailboxes.BUSY, mailboxes.CLOSE] * 10)
        config = suite.data.parent / "config.yaml"
        config.write_text(CONFIG.format(smtp=mailbox.url), encoding="utf-8")
        fleet = fleets.Fleet(suite, build, config)
        fleet.launch(services)
        people(fleet)
        with fleet.commander("catalog") as commander:
            token = sse.grant(commander, "viewer", f"{TOLD[0]}-owner")[0]
        followers = fleets.Followers(fleet, fleets.scratch(suite, "followers"), seed)
        listener = Listener(fleet, token)
        listener.start()
        loads = [Load(fleet, number, seed) for number in range(arguments.clients)]
        try:
            harass(fleet, loads, followers, arguments, seed)
            dice, records = random.Random(seed), [r for load in loads for r in load.records]
            again = ask_again(fleet, loads, dice)

            def facts_of():
                logs = {key: fleet.read(*key) for key in fleet.partitions_of_logs()}
                copies = {key: follower.stored(followers.path(key))[0] for key in followers.processes}
                said = checks.Facts(arguments.partitions, records, logs, copies, again, redress.from_now(0))
                said.letters, said.heard, said.told = list(mailbox.letters), list(listener.events), TOLD
                said.zones, said.complaints = ZONES, [record for load in loads for record in load.complaints]
                return said
            facts, late = settle(facts_of, SETTLE_PLANTED if arguments.plant else SETTLE)
            facts.counters = counters(fleet, arguments.partitions) if "tally" in services else None
            facts.figures = figures(fleet)
        except (AssertionError, TimeoutError) as error:
            return {"the run itself": [repr(error), *fleet.deaths]}, "the run broke off"
        finally:
            listener.ended.set()
            listener.join(10)
            followers.stop()
            fleet.stop()
            if arguments.keep:
                shutil.copytree(suite.data.parent, arguments.keep, dirs_exist_ok=True)
        result = {check.__name__: list(check(facts)) for check in checks.CHECKS}
        result["timers_once"] = list(checks.timers_once(facts, late))
        result["no_process_fell"] = fleet.deaths
        verified = suite.cli("verify", check=False, seconds=300)
        result["verify"] = [] if verified.returncode == 0 else [verified.stdout + verified.stderr]
        return result, summary(facts, fleet, followers) + f", letters {len(facts.letters)}, streams {listener.resumed}"


def summary(facts, fleet, followers):
    counts = {f"{service} {partition}": len(log) for (service, partition), log in facts.logs.items()}
    statuses = checks.collections.Counter(record["status"] for record in facts.records)
    rung = sum(event["type"] in ("escalation.update_missed", "escalation.promise_missed") for event in facts.of("escalation"))
    return (f"kills {fleet.kills}, folds {fleet.folds}, consumers killed {followers.kills}, commands {dict(statuses)}, "
            f"events {counts}, timers rung {rung}")


def report(result, said):
    print(said)
    for name, breaches in result.items():
        print(f"  {'FAILED' if breaches else 'passed'}  {name}" + (f": {len(breaches)} breaches" if breaches else ""))
        for breach in breaches[:3]:
            print(f"          {breach[:600]}")
    return {name for name, breaches in result.items() if breaches}


def catch(arguments, seed):
    """A planted bug: rounds until a check catches it."""
    for turn in range(arguments.rounds):
        caught = report(*one_round(arguments, seed + turn))
        if caught - {"the run itself"}:
            print(f"plant {arguments.plant}: caught in round {turn + 1} by {', '.join(sorted(caught))}")
            return 1, 0
    print(f"plant {arguments.plant}: not caught in {arguments.rounds} rounds")
    return 0, 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=40.0, help="how long processes are killed (40)")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--partitions", type=int, default=2)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--build", default=None, help="the directory of the programs (build/release)")
    parser.add_argument("--plant", default=None, help="a planted bug that must be caught")
    parser.add_argument("--rounds", type=int, default=6, help="with --plant: how often it is tried")
    parser.add_argument("--keep", default=None, help="copy the data directory there")
    arguments = parser.parse_args()
    if arguments.build is None:
        arguments.build = redress.ROOT / "build" / (f"plant-{arguments.plant}" if arguments.plant else "release")
    arguments.build = pathlib.Path(arguments.build).resolve()
    seed = arguments.seed if arguments.seed is not None else int.from_bytes(redress.os.urandom(3), "big")
    print(f"seed {seed}", flush=True)
    if arguments.plant:
        passed, failed = catch(arguments, seed)
    else:
        result, said = one_round(arguments, seed)
        failed = len(report(result, said))
        passed = len(result) - failed
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
