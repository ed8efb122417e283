"""A made-up year whose truth is known: clients that are as they always were, and some to whom something happens on a known day.
From a seed, so twice the same. It is imported like anybody's files; what the suite signals is then judged by what is true.

Each client has about 25 tickets a day that are due on the day they are opened; resolved in time or late, by chance. Components
break by chance, each at a rate of its own.
"""
import dataclasses
import datetime
import json
import random

FIRST = datetime.date(2026, 1, 1)
TARGETS = {"met": datetime.timedelta(hours=1), "missed": datetime.timedelta(hours=9)}  # priority 2 has 8 hours
STEADY, SHIFTED, SPIKE = 0.9, 0.72, 0.35
COMPONENTS, RATE, CHRONIC_RATE = 6, 0.4, 4.0
LEAST, SPREAD = 22, 6  # tickets a day


@dataclasses.dataclass
class Truth:
    days: int
    baseline: int
    quiet: list  # clients to whom nothing happens
    happens: int  # the day on which something happens to the others, from 0
    shift: str = "shift"  # attainment falls for good
    spike: str = "spike"  # on one day only
    chronic: str = "chronic"  # one component breaks ten times as often
    incapable: str = "incapable"  # stable, and promised more than it can hold
    hostage: str = "hostage"  # content with nothing, bound until a known day

    def day(self, n):
        return FIRST + datetime.timedelta(days=n)

    @property
    def clients(self):
        return [*self.quiet, self.shift, self.spike, self.chronic, self.incapable, self.hostage]

    def attainment(self, client, n):
        if client == self.shift and n >= self.happens:
            return SHIFTED
        return SPIKE if client == self.spike and n == self.happens else STEADY

    def rate(self, client, component, n):
        return CHRONIC_RATE if (client, component) == (self.chronic, 0) and n >= self.happens else RATE


def poisson(chance, mean):
    """Arrivals within a unit of time."""
    count, at = 0, chance.expovariate(mean)
    while at < 1:
        count, at = count + 1, at + chance.expovariate(mean)
    return count


def write_tickets(truth, chance, path):
    """A row a ticket; what has a component is beside what counts for attainment, and is always in time."""
    with path.open("w", encoding="utf-8") as out:
        out.write("ticket_id,client_id,type,priority,component,opened_at,first_response_at,resolved_at,closed_at,status,pending_minutes\n")
        number = 0
        for n in range(truth.days):
            morning = datetime.datetime.combine(truth.day(n), datetime.time(8), datetime.timezone.utc)
            for client in truth.clients:
                broken = [f"part-{c}" for c in range(COMPONENTS) for _ in range(poisson(chance, truth.rate(client, c, n)))]
                for i, component in enumerate(broken + [""] * (LEAST + chance.randrange(SPREAD + 1))):
                    met = component or chance.random() < truth.attainment(client, n)
                    opened = morning + datetime.timedelta(minutes=i)
                    answered = opened + datetime.timedelta(minutes=round(chance.lognormvariate(2, 0.5)))
                    resolved = opened + TARGETS["met" if met else "missed"]
                    number += 1
                    out.write(f"{number},{client},{'incident' if component else 'request'},{3 if component else 2},{component},"
                              f"{opened.isoformat()},{answered.isoformat()},{resolved.isoformat()},,,\n")


def write_observed(truth, directory):
    """Answers, and contracts: of the hostage's alone there are any."""
    asked = f"{truth.day(1).isoformat()}T09:00:00Z,{truth.day(2).isoformat()}T09:00:00Z"
    (directory / "surveys.csv").write_text(
        "survey_id,kind,client_id,contact_id,role,asked_at,answered_at,score,scale_min,scale_max,comment,ticket_id,escalation_id\n"
        f"s1,csat_rel,{truth.hostage},{truth.hostage}-exec,executive,{asked},1,1,5,,,\n", encoding="utf-8")
    end = truth.day(truth.happens + 60)  # so near on the day on which something happens
    (directory / "contracts.csv").write_text(
        "client_id,start,end,mrr,currency,notice_days,exit_cost,status,loss_reason\n"
        f"{truth.hostage},{truth.day(0) - datetime.timedelta(days=700)},{end},1000,EUR,30,9000,active,\n", encoding="utf-8")
    return end


def write_model(truth, path):
    """Whom the catalog knows, and what one of them was promised."""
    people = [{"id": "olga", "name": "Olga", "side": "provider", "role": "Owner"}]
    people += [{"id": f"{c}-exec", "name": c, "side": "client", "client": c} for c in truth.clients]
    objective = {"id": "o1", "name": "More than it can hold", "client": truth.incapable, "kpi": "sla_attainment", "baseline": "90",
                 "target": "95", "means": "None", "owner": "olga", "reason": "It was promised", "since": FIRST.isoformat(),
                 "by": "2030-01-01"}
    path.write_text(json.dumps({"people": people, "clients": [{"id": c, "name": c} for c in truth.clients],
                                "objectives": [objective]}), encoding="utf-8")  # JSON is YAML


def config(truth):
    return {"kpi": {"period": "day", "baseline_periods": truth.baseline, "baseline_from": FIRST.isoformat()}}


def bring_in(truth, seed, suite):
    """Into an empty suite, as history."""
    directory = suite.data.parent
    chance = random.Random(seed)
    write_tickets(truth, chance, directory / "tickets.csv")
    end = write_observed(truth, directory)
    write_model(truth, directory / "model.yaml")
    suite.data.mkdir(parents=True, mode=0o700)
    suite.cli("import", "tickets", directory / "tickets.csv", "surveys", directory / "surveys.csv", "contracts",
              directory / "contracts.csv", "--map", "tickets-csv", "--history", "--model", directory / "model.yaml",
              "--config", suite.config, seconds=1200)
    return end


@dataclasses.dataclass
class Verdict:
    """What was signalled, by what is true; delays are in periods behind the one in which it happened."""
    delays: dict
    false: dict  # of series to which nothing happens: how often each kind was said
    series_days: dict  # by kind: days, behind the baseline, of the series to which nothing happens and that can say it


def judge(truth, events):
    """Only signals on the bad side alarm anybody."""
    delays, false, charted = {}, {}, 0
    quiet_parts = COMPONENTS * len(truth.quiet) + COMPONENTS - 1  # those of the client of which one part breaks, too
    for event in events:
        data, client = event["data"], event["partitionkey"]
        if event["type"] == "account.alarmed" and data["alarm"] == "hostage" and data.get("days_left") == 60:
            delays.setdefault((client, "hostage", "", ""), day_of(data["day"]) - truth.happens)
        if event["type"] == "series.closed" and is_charted(truth, client, data) and day_of(data["from"]) >= truth.baseline:
            charted += 1
        if event["type"] != "signal.found" or data.get("good"):
            continue
        where = (client, data["kind"], data["kpi"], data.get("component", ""))
        if is_quiet(truth, client, data):
            false[data["kind"]] = false.get(data["kind"], 0) + 1
        elif day_of(data["to"]) >= truth.happens or data["kind"] == "chronic":
            delays.setdefault(where, day_of(data["to"]) - truth.happens)
    days = dict.fromkeys(("special", "decay", "chronic"), charted)
    return Verdict(delays, false, days | {"repetition": quiet_parts * (truth.days - truth.baseline)})


def day_of(text):
    return (datetime.date.fromisoformat(text) - FIRST).days


def is_charted(truth, client, data):
    """Of incidents clients have fewer a day than charts need."""
    return client in truth.quiet and data["kpi"] == "sla_attainment"


def is_quiet(truth, client, data):
    """Figures of tickets that are opened or due are touched by what happens; others of the same client are not."""
    if client in truth.quiet:
        return data["kpi"] in ("sla_attainment", "incidents")
    if client == truth.chronic:
        return data["kpi"] == "incidents" and data.get("component", "part-0") != "part-0"
    return False
