#!/usr/bin/python3
"""The story that `make demo` tells, chapter by chapter. stage.py does the work, proof.py checks what came of it."""
import os
import signal
import sys
import time

import clock
import improve
import proof
import stage
from stage import Refused, Stage, Wrong, check
from voice import line, say, tell, title

HOSPITAL, LOGISTICS = "harbor-hospital", "lindner-logistics"
OUTAGE, SCANNERS = "Patient records unreachable", "Scanners in hall 2 are offline"
# Who holds which level at the hospital, as deploy/example says; the same for the ticket that a supplier has.
LINE = {1: ("ann", "jon"), 2: ("priya",), 3: ("mia", "sven"), 4: ("dario", "helen"), 5: ("bruno",), 6: ("ines",)}
CONTACT, EXECUTIVES = "okafor", ("brandt", "yilmaz")
SUPPLIER = {1: "cableco-noc", 2: "cableco-vera"}
OWNERS = ("mara", "ann")  # level 1 at the logistics company
# The hospital's critical tickets are to be taken within 10 minutes. These parts of them raise, and reach these levels.
TARGET_MIN = 10
STEPS = ((75, 1), (90, 3), (100, 4), (120, 5), (150, 6))
PASSED_MIN, HEAR_MIN, SILENT_MIN, CLIMB_MIN = 3, 15, 15, 10


def reached(level):
    """The people of the levels that this step newly reaches."""
    before = max((step for _, step in STEPS if step < level), default=0)
    return tuple(person for held in range(before + 1, level + 1) for person in LINE[held])


def everybody(*but):
    return tuple(person for people in LINE.values() for person in people if person not in but)


class Story:
    """The chapters, and what they need of each other."""

    def __init__(self):
        self.stage = Stage()
        self.names = self.reporter = self.began = self.hospital = self.hears = self.passed = None
        self.expected, self.levels, self.second = [], [], None

    def name(self, person):
        return self.names[person]

    def expect(self, client, stage_, people, level=None):
        """From now on these mails must be there; waits for them."""
        self.expected.append((client, stage_, level, people))
        count = sum(each[:3] == (client, stage_, level) for each in self.expected)
        return self.stage.told(client, stage_, people, level, count)

    def alert(self, status, at):
        """A document as the Alertmanager of Prometheus sends it."""
        alert = {"status": status, "labels": {"alertname": "PatientRecordsDown", "severity": "critical", "client": HOSPITAL},
                 "annotations": {"summary": OUTAGE}, "startsAt": clock.wire(self.began), "fingerprint": "5ca1ab1e00c0ffee",
                 "endsAt": clock.wire(at) if status == "resolved" else "0001-01-01T00:00:00Z"}
        body = {"version": "4", "groupKey": "{}", "status": status, "receiver": "redress", "groupLabels": {}, "commonLabels": {},
                "commonAnnotations": {}, "externalURL": "http://alertmanager.example", "alerts": [alert]}
        answer = self.stage.http("POST", "/v1/ingest/alertmanager", body, self.reporter)
        check(answer[0] == 200, f"the report was not taken: {answer}")
        line(f"  {clock.short(at)}  POST /v1/ingest/alertmanager: 200 {answer[1]}")

    # --- the chapters -----------------------------------------------------------------------------

    def setting(self):
        title("A provider with twenty clients, on a clock that runs a minute a second")
        self.stage.clear()
        self.stage.up()
        applied = self.stage.do("apply", "-f", os.path.relpath(stage.HERE.parent / "example")).strip().split("\n")[-1]
        line(f"  {applied}")
        self.stage.do("person", "set", "--id", "monitoring", "--name", "Monitoring", "--side", "provider")
        self.names = {row["id"]: row["name"] for row in self.stage.rows("person", "list")}
        self.reporter = self.stage.do("token", "grant", "--person", "monitoring", "--role", "ingest", "--client",
                                      f"client={HOSPITAL}").strip()
        self.stage.heard("escalation.summary", "notification.summary")
        tell("Mail goes to a real receiver on this machine; every mail is shown as it arrives, with the time of the suite (UTC).")

    def model(self):
        """What is known before anything happens: who would be told, and what is missing."""
        tell("Before anything happens: who would be told, if it happened at the hospital now?")
        rows = self.stage.ask("who", "--client", HOSPITAL)["rows"]
        say(f"  $ redress who --client {HOSPITAL}")
        for level, people in LINE.items():
            told = tuple(row["person"] for row in rows if row["part"] == "line" and row["level"] == level)
            check(sorted(told) == sorted(people), f"who says {told} for level {level}, and the example says {people}")
            line(f"  L{level}  {', '.join(self.name(person) for person in told)}")
        missing = [row for row in self.stage.rows("query", "catalog.readiness") if row["state"] != "yes"]
        check(missing, "the example has its gaps, and readiness names none")
        tell(f"And is the service model ready? {11 - len(missing)} of 11 questions are answered; what is missing:")
        for row in missing:
            line(f"  {row['number']}. {row['sentence']} ({', '.join(one['id'] for one in row['missing'])})")
        picture = self.stage.home / "map.svg"
        picture.write_text(self.stage.run("map"), encoding="utf-8")
        line(f"The whole of it on one page, with its gaps: {os.path.relpath(picture)}")

    def outage(self):
        title("1. An outage, and nobody takes it")
        tell(f"The hospital's critical tickets are to be taken within {TARGET_MIN} minutes. Its monitoring reports one:")
        self.began = self.stage.now()
        self.alert("firing", self.began)
        self.stage.until(self.began + PASSED_MIN * clock.MINUTE)
        self.hand_over()
        self.expect(HOSPITAL, "reminded", LINE[1])
        for percent, level in STEPS:
            due = self.began + TARGET_MIN * percent * clock.MINUTE // 100
            mails = self.expect(HOSPITAL, "raised" if level == 1 else "level_raised", reached(level), level)
            self.levels.append((level, due, max(mail["at"] for _, mail in mails), mails))
        self.hospital = self.stage.escalation(HOSPITAL)
        line("  level  of the target  due       told      by")
        for (percent, _), (level, due, told, mails) in zip(STEPS, self.levels):
            last = max(mails, key=lambda each: each[1]["at"])[0]
            line(f"      {level}          {percent:3} %  {clock.long(due)}  {clock.long(told)}  {self.name(last['person'])}")
        proof.on_time([row[:3] for row in self.levels])
        tell("So the executives know, on time. Now somebody takes it.")

    def taken(self):
        title("2. Taken from the mail, and the client hears a time")
        _, mail = next((row, mail) for row, mail in self.levels[1][3] if row["person"] == "priya")
        link = next(word for word in proof.texts(self.stage.mail, mail)[1].split() if "/a/" in word)
        status, page = self.stage.http("GET", link)
        check(status == 200 and 'method="post"' in page, f"the link shows nothing to acknowledge: {status}")
        check("acked_by" not in self.stage.one(self.hospital), "looking at a link acknowledged the escalation")
        line(f"  GET  /a/{link.rsplit('/', 1)[1][:16]}…  shows it; a mail scanner changes nothing")
        status, _ = self.stage.http("POST", link, form=True)
        check(status == 200 and self.stage.one(self.hospital)["acked_by"] == "person:priya", "the link acknowledged nothing")
        line("  POST /a/…                 acknowledges, once, as Priya Nair")
        check(self.stage.http("POST", link, form=True)[0] == 410, "a link acknowledged twice")
        self.expect(HOSPITAL, "acked", everybody("priya"))
        self.speak("The storage of the records fails", "Wards cannot open any record",
                   "The second storage is being started", "Paper forms, as in the last exercise", HEAR_MIN)

    def speak(self, context, impact, action, workaround, minutes):
        """An update to the client: five parts, or it is not sent."""
        self.hears = self.stage.now() + minutes * clock.MINUTE
        self.stage.do("escalation", "update", self.hospital, "--context", context, "--impact", impact, "--action", action,
                      "--workaround", workaround, "--next-update-at", clock.wire(self.hears), "--actor", "person:priya")
        told = self.expect(HOSPITAL, "updated", (CONTACT, *EXECUTIVES))
        mails = [mail for _, mail in told[-3:]]
        said = proof.names_the_next(self.stage.mail, mails, self.hears, "Europe/Berlin")
        tell(f"The contact and the executives of the hospital read when they hear again: {said} in Berlin.")

    def hand_over(self):
        """A ticket of the logistics company, passed from the service desk to a supplier."""
        for group in ("Service desk", "CableCo support"):
            self.passed = self.stage.now()
            self.stage.run("ticket", "record", "--source", "desk", "--number", "INC-7", "--client", LOGISTICS, "--state", "active",
                           "--priority", 1, "--title", SCANNERS, "--opened-at", clock.wire(self.passed), "--updated-at",
                           clock.wire(self.passed), "--group", group, "--actor", "desk")
        line(f"  {clock.short(self.passed)}  elsewhere, desk:INC-7 is passed to CableCo, a supplier: see 3")

    def supplier(self):
        title("3. A supplier does not answer")
        tell(f"The logistics company's ticket desk:INC-7 is with CableCo since {clock.short(self.passed)}. CableCo has as long to"
             f" respond as anybody has: {SILENT_MIN} minutes.")
        rows = []
        for level, people in SUPPLIER.items():
            due = self.passed + (SILENT_MIN + (level - 1) * CLIMB_MIN) * clock.MINUTE
            told = self.expect(LOGISTICS, "raised" if level == 1 else "level_raised", (people, *OWNERS), level)
            rows.append((level, due, min(mail["at"] for row, mail in told if row["person"] == people)))
        # A step of the line is due minutes after the raise, which itself came a moment after it was due.
        proof.on_time(rows)
        escalation = self.stage.escalation(LOGISTICS)
        check(self.stage.one(escalation)["kind"] == "hierarchical", "the supplier's silence raised no hierarchical escalation")
        tell(f"It climbs CableCo's own line: {' and then '.join(self.name(each) for each in SUPPLIER.values())}; "
             "the owners of the ticket are told of each step. CableCo's shift lead calls back:")
        self.stage.do("escalation", "ack", escalation, "--actor", "person:tomas")
        self.expect(LOGISTICS, "acked", (*SUPPLIER.values(), *OWNERS))

    def promise(self):
        title("4. The promised update is missed")
        first = self.hears
        self.stage.until(first)
        told = self.expect(HOSPITAL, "update_missed", everybody())
        missed = min(mail["at"] for _, mail in told)
        proof.on_time([("of the line", first, missed)])
        tell(f"The hospital was to hear by {clock.long(first)}. At {clock.long(missed)} the whole line knows that it did not. "
             "So somebody writes:")
        self.speak("The second storage took over", "Records open again, slowly", "Indexes are being built", "None is needed", 45)

    def closeout(self):
        title("5. Solved, but not closed before everything is done")
        self.alert("resolved", self.stage.now())
        self.expect(HOSPITAL, "resolved", (CONTACT, *everybody()))
        steps = (
            ("not_confirmed", "confirm", "--confirmed-by", "Dr. Okafor"),
            ("review_undecided", "review", "--decision", "required", "--reason", "Records were away for half an hour"),
            ("not_assessed", "assess", "--manager", "Dario Conti", "--assessment", "at_risk", "--reason", "Asks for other offers"),
            ("survey_undecided", "survey", "--decision", "asked"))
        for code, verb, *words in steps:
            self.refused(code)
            self.stage.do("escalation", verb, self.hospital, *words, "--actor", "person:dario")
        self.stage.do("escalation", "close", self.hospital, "--actor", "person:dario")
        check(self.stage.one(self.hospital)["state"] == "closed", "the escalation is not closed")
        self.expect(HOSPITAL, "closed", (CONTACT, *EXECUTIVES, *everybody("dario")))

    def refused(self, code):
        """A closeout that has to be refused for this reason."""
        try:
            self.stage.do("escalation", "close", self.hospital, "--actor", "person:dario")
        except Refused as refusal:
            check(f"code {code}" in str(refusal), f"the closeout was refused, but not as {code}: {refusal}")
            line(f"  {str(refusal).split(' (code')[0]}")
        else:
            raise Wrong(f"the escalation was closed in spite of {code}")

    def evidence(self):
        title("6. The proof")
        stage.wait(lambda: not any(row["state"] in proof.WAITING for row in self.stage.messages()), "all mail to be on its way")
        messages, mails = self.stage.messages(), self.stage.received()
        line("  $ redress notification messages --all")
        for row in messages[:2] + messages[-2:]:
            if row is messages[-2]:
                line("  ...")
            line(f"  {row['sent_at'][11:19]}  {row['state']:<5} {row['stage']:<13} {row['person']:<12} {row['client']}")
        proof.each_once(messages, mails)
        proof.all_told(messages, self.expected)
        line(f"  {len(messages)} messages were decided on and sent; each was received exactly once.")
        people = self.stage.rows("person", "list")
        clients = [each["to"] for row in people if row["side"] == "client" for each in row["addresses"]]
        internal = [row["name"] for row in people if row["side"] != "client"] + ["level", "escalat", "service desk", "cableco"]
        count = proof.nothing_internal(self.stage.mail, mails, clients, internal)
        line(f"  {count} of them went to clients; none holds a word that is not theirs.")
        line(f"  $ redress timeline {self.hospital}")
        for row in self.stage.ask("timeline", self.hospital)["timeline"]:
            line(f"  {row['at'][11:19]}  {row.get('level', ''):<2}  {row['what']}")
        line(f"The mails: {os.path.relpath(self.stage.mail)}/*.eml")

    def opinions(self):
        """What clients think and cost, from files, and the figures that it comes to."""
        title("7. What clients say, and what it costs")
        observed = stage.HERE.parent / "example" / "observed"
        for kind in ("surveys", "time-entries", "contracts", "endpoints"):
            self.stage.do("import", kind, os.path.relpath(observed / f"{kind.replace('-', '_')}.csv"))
        tell("Who would leave is told to managers at once. What it comes to:")
        for kpi, unit in (("nps", ""), ("csat_relationship", " %"), ("retention", " %"), ("reactive", " %")):
            figure = self.stage.ask("query", "kpi.value", "--kpi", kpi, "--from", "2026-08-01", "--to", "2026-11-22")
            sure = f", with 95 % certainty {float(figure['low']):.1f} to {float(figure['high']):.1f}" if "low" in figure else ""
            line(f"  {kpi:<18} {float(figure['value']):5.1f}{unit:<2} of {figure['n']}{sure}")
        hostages = [row for row in self.stage.rows("query", "kpi.loyalty") if row["quadrant"] == "hostage"]
        check(hostages, "the example has clients that stay because they must, and none is found")
        for row in hostages:
            line(f"  {row['client']} stays and is not satisfied: {float(row['satisfaction']):.1f} of 5, until {row['renewal']}")

    def improvement(self):
        """The second story, in a suite of its own."""
        self.second = improve.Improvement()
        self.second.play()

    def verified(self):
        """When the suite is down: every event, the chain, and the state folded anew."""
        found = self.stage.ask("verify")
        check(found["equal"], f"verify found a difference: {found}")
        events = sum(row["events"] for row in found["partitions"])
        line(f"redress verify: {events} events, their chain, and every state folded anew: equal")

    def yours(self):
        """What to do next."""
        token = self.stage.run("token", "grant", "--person", "ann", "--role", "operator").strip()
        title("It is up, still a minute a second")
        say(f"""
  {self.stage.url}/
  Sign in as {self.name('ann')} with this token:
  {token}

  Raise one and watch it climb, on the page and in the mail below:

  export PATH={self.stage.tool.parent}:$PATH
  export REDRESS_DATA={self.stage.data}
  redress escalation raise --client quiet-valley-school --severity 1 \\
      --title "No network"
  redress event watch          what happens, as it happens
  redress simulate --help      what would happen on another day
  redress timeline             the story so far
  redress report sip --client {improve.CLIENT} > report.html \\
      --data {self.second.stage.data}
                               the programme, as a page to print
  redress --help               everything else

  Ctrl-C here ends it.
""")
        while self.stage.is_up():
            time.sleep(2)
        raise Wrong(f"the suite is not up any more; see {self.stage.data / 'run'}")


def main():
    """0 when everything was as told, or somebody ended it; 1 when something was not."""
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.getsignal(signal.SIGINT))
    story = Story()
    try:
        for chapter in (story.setting, story.model, story.outage, story.taken, story.supplier, story.promise, story.closeout,
                        story.evidence, story.opinions, story.improvement):
            chapter()
        if not os.environ.get("ONESHOT"):
            story.yours()
        story.stage.down()
        story.verified()
        line("Everything was as told.")
    except KeyboardInterrupt:
        say(f"\nEnded. Data, logs and mails stay in {story.stage.home}.")
    except (Wrong, Refused) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    finally:
        story.stage.down()
        if story.second:
            story.second.stage.down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
