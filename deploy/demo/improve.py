"""The second story: the same gateway fails again and again, and a service improvement programme ends that. It runs in a suite of its
own that knows twelve weeks of tickets, a day a second from then on."""
import datetime
import json
import os

import clock
import past
import stage
from stage import Refused, Stage, Wrong, check
from voice import line, tell, title

CLIENT, COMPONENT = "lindner-logistics", "scanner-gateway"
RATE = 86400  # a day a second
DAY, HOUR = 86_400_000_000, 3_600_000_000
TICKETS_A_DAY = 12  # three weekdays of them are a proof
WEEK = 7 * DAY
# A period is a weekday; a day with one clock that was due counts.
CONFIG = {"kpi": {"period": "weekday", "baseline_periods": 20, "chart_least": 1},
          "sip": {}}
PERIODS = 3
SIGNED = "The warehouse says so"
PEOPLE = {"manager": "helen", "coordinator": "sven", "sponsor": "bruno", "client_sponsor": "lindner", "owner": "tomas",
          "verifier": "mara", "contact": "moser"}


def odds(tail):
    """A probability as people say it; as small as it is told, it may be none."""
    return f"1 in {1 / float(tail):,.0f}" if float(tail) else "none to speak of"


def percent(text):
    return f"{float(text):.1f} %"


class Improvement:
    """From the signal to the closeout."""

    def __init__(self):
        self.stage, self.candidate, self.programme, self.number = Stage("programme", RATE), None, None, 0

    def play(self):
        """All of it; the suite is down afterwards, and what it holds is proved."""
        for chapter in (self.told, self.launched, self.done, self.closed, self.verified):
            chapter()

    def day(self, ahead=0):
        """A day from the suite's today, as the wire has it."""
        return str(datetime.date.fromisoformat(clock.wire(self.stage.now())[:10]) + datetime.timedelta(days=ahead))

    def told(self):
        title("8. Twelve weeks of tickets, and what they say")
        today = datetime.datetime.now(datetime.timezone.utc).date()
        text, failures = past.tickets(today - datetime.timedelta(days=today.weekday()))
        file, config = self.stage.home / "tickets.csv", self.stage.config
        self.stage.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(text, encoding="utf-8")
        config.write_text(json.dumps(CONFIG, indent=2), encoding="utf-8")
        self.stage.do("import", "tickets", os.path.relpath(file), "--map", "tickets-csv", "--history", "--clock", f"x{RATE}",
                      "--model", os.path.relpath(stage.HERE.parent / "example"), "--config", os.path.relpath(config))
        tell(f"The gateway of the scanners at Lindner Logistics failed {', '.join(map(str, failures))} times in these weeks. Nobody "
             "reported that; the figures do:")
        self.stage.rise()
        signals = [row for row in self.stage.rows("query", "kpi.signals", "--client", CLIENT) if row.get("component") == COMPONENT]
        check(signals, "nothing signals the gateway")
        for row in signals[:3]:
            line(f"  {row['to']}  {row['count']} incidents, {float(row['expected'])} expected; by chance: {odds(row['tail'])}")
        found = [row for row in self.stage.rows("query", "sip.candidates", "--client", CLIENT) if row.get("component") == COMPONENT]
        check(len(found) == 1, f"the gateway is {len(found)} candidates for a programme")
        self.candidate = self.know("CANDIDATE", found[0]["id"])
        line(f"  So it is a candidate for a programme: {len(found[0]['evidence'])} pieces of evidence, rank {found[0]['rank']}.")

    def know(self, name, ident):
        """An id that is shown by a name from now on."""
        self.stage.known[ident] = f"${name}"
        return f"{CLIENT}/{ident}"

    def person(self, role):
        return PEOPLE[role]

    def act(self, *words):
        return self.stage.do(*words, "--actor", f"person:{PEOPLE['manager']}")

    def launched(self):
        title("9. A programme, agreed with the client")
        self.act("candidate", "qualify", self.candidate, "--reason", "The warehouse stands still every other day")
        self.record("pending_problem")
        self.act("programme", "launch", "--client", CLIENT, "--candidate", self.candidate.split("/")[1],
                 "--title", "Scanners that stay online", "--problem", "The gateway of the scanners fails several times a day",
                 "--charter", "Find out why the gateway fails, and end it; nothing else",
                 "--manager", self.person("manager"), "--coordinator", self.person("coordinator"),
                 "--sponsor", self.person("sponsor"), "--client-sponsor", self.person("client_sponsor"), "--ticket", "desk:SIP-1",
                 "--objective", f"name=Every ticket is solved in time,kpi=sla_attainment,whole=true,target=90,by={self.day(60)},"
                 "measured=Resolve targets met of those due", "--criteria", f"kind=closeout,words={SIGNED}",
                 "--periods", PERIODS, "--window-days", PERIODS, "--cadence-days", 7)
        self.programme = self.know("PROGRAMME", self.stage.rows("programme", "list", "--client", CLIENT)[0]["id"])
        self.act("programme", "cause", self.programme, "--words", "The gateway runs out of memory under two access points")
        self.act("action", "plan", "--client", CLIENT, "--programme", self.programme.split("/")[1], "--cause", 1,
                 "--words", "Twice the memory for the gateway", "--owner", self.person("owner"), "--due", self.day(7))
        self.act("programme", "post", self.programme)
        self.act("programme", "sign", self.programme, "--person", self.person("client_sponsor"))

    def action(self):
        return f"{CLIENT}/{self.stage.rows('action', 'list', '--client', CLIENT)[0]['id']}"

    def done(self):
        title("10. Done is what somebody else verified")
        action = self.action()
        self.act("action", "start", action)
        self.act("action", "finish", action, "--evidence", "The memory is in, no restart since")
        try:
            self.act("action", "verify", action, "--person", self.person("owner"))
        except Refused as refusal:
            line(f"  {str(refusal).split(' (code')[0]}")
        else:
            raise Wrong("the owner verified his own action")
        self.act("action", "verify", action, "--person", self.person("verifier"))
        self.act("programme", "review", self.programme, "--attended", f"person={self.person('coordinator')}", "--minutes",
                 "The gateway is up since the change")
        self.act("programme", "monitor", self.programme)

    def record(self, state):
        """A fact of the programme's ticket."""
        self.stage.run("ticket", "record", "--client", CLIENT, "--source", "desk", "--number", "SIP-1", "--type", "request", "--state",
                       state, "--priority", 2, "--updated-at", clock.wire(self.stage.now()), "--actor", "desk")

    def days(self):
        """A week of good days, or more: what comes in is solved in time. Sooner the conditions may hold by days before the last
        action, and days behind it are what proves something."""
        tell("The days go on, a day a second; what comes in is solved within an hour:")
        after = self.stage.now()
        least = after + WEEK
        for _ in range(60):
            after = self.good(after)
            waits = [row for row in self.exits() if row["number"] in (1, 2, 3) and not row["holds"] and row.get("about") != SIGNED]
            if not waits and after > least:
                return
            self.stage.until(after)
        raise Wrong(f"sixty good days, and still open: {waits}")

    def good(self, at):
        """What came in on this day and on every one since, as one file: a busy machine sleeps through a day, the desk does not. The
        day that comes next."""
        rows = []
        while at <= self.stage.now():
            for _ in range(TICKETS_A_DAY):
                self.number += 1
                rows.append({"ticket_id": f"D-{self.number}", "client_id": CLIENT, "service": "mail", "component": "mail-gateway",
                             "type": "incident", "priority": 2, "opened_at": clock.wire(at - HOUR),
                             "first_response_at": clock.wire(at - HOUR // 2), "resolved_at": clock.wire(at), "status": "resolved"})
            at += DAY
        file = self.stage.home / "days.csv"
        file.write_text(past.written(rows), encoding="utf-8")
        self.stage.run("import", "tickets", file, "--map", "tickets-csv")
        return at

    def exits(self):
        rows = self.stage.rows("query", "sip.exit", self.programme)
        return [{**row, "holds": row.get("holds", False)} for row in rows]

    def show_exits(self):
        for row in self.exits():
            line(f"  [{'x' if row['holds'] else ' '}] {row['number']}  {row['condition'] if row['holds'] else row['why']}")

    def closed(self):
        title("11. Closed out when all seven conditions hold, and not before")
        self.refused()
        self.show_exits()
        self.days()
        self.act("programme", "criterion", self.programme, "--number", 1, "--person", self.person("contact"), "--met", "true", "--evidence",
                 "A week without a stop")
        self.stage.do("lesson", "set", "--id", "scanner-memory", "--name", "Memory of gateways is watched like that of servers",
                      "--source", "programme", "--client", CLIENT, "--learned-on", self.day())
        self.stage.heard("sip.candidates")
        self.act("programme", "lesson", self.programme, "--lesson", "scanner-memory")
        self.record("closed")
        self.act("programme", "survey", self.programme, "--decision", "asked", "--words", "By telephone, after the last review")
        self.act("programme", "signoff", self.programme)
        self.act("programme", "confirm", self.programme, "--person", self.person("contact"))
        try:
            stage.wait(lambda: all(row["holds"] for row in self.exits()), "all exit conditions")
        except Wrong as wrong:
            raise Wrong(f"still open: {[row for row in self.exits() if not row['holds']]}") from wrong
        self.show_exits()
        self.act("programme", "close", self.programme, "--code", "resolved", "--achieved", "met")
        for row in self.stage.rows("query", "sip.verdict", self.programme):
            line(f"  solved in time before: {percent(row['before'])} of {row['n_before']}; after: {percent(row['after'])} of "
                 f"{row['n_after']}")
            line(f"  change: {float(row['change']):+.1f} points, with 95 % certainty between {float(row['low']):+.1f} and "
                 f"{float(row['high']):+.1f}")
            line(f"  verdict: {row['verdict'].replace('_', ' ')}")
            check(row["verdict"] == "proved", f"the improvement is not proved: {row}")

    def refused(self):
        try:
            self.act("programme", "close", self.programme, "--code", "resolved", "--achieved", "met")
        except Refused as refusal:
            check("(code " in str(refusal), f"the closeout was not refused by a rule: {refusal}")
            line(f"  {str(refusal).split(' (code')[0]}")
        else:
            raise Wrong("the programme was closed at once")

    def verified(self):
        self.stage.down()
        found = self.stage.ask("verify")
        check(found["equal"], f"verify found a difference: {found}")
        events = sum(row["events"] for row in found["partitions"])
        line(f"redress verify: {events} events, their chain, every state: equal")
