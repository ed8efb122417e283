#!/usr/bin/python3
"""A suite that asks people by a real mail server, for tests in a browser: care.py

Starts it with its gateway and prints one line of JSON {url, client, token}: a client with a primary contact (olga) and an executive
(eve), whose line has a first level (first), a manager (boss) and an account manager (deal); the token is one of the client's own. Then
it does what the lines of stdin say, answering each with a line of JSON: {"do": "invite", "contact", "kind"} asks somebody and gives
the survey's id, {"do": "letters", "to"} the mails that came for an address, the oldest first, as {subject, plain, html},
{"do": "survey", "survey"} the survey, {"do": "raised"} what was said of each escalation when it was raised. The end of stdin ends
everything.
"""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(os.environ["REDRESS_ROOT"]) / "tests" / "system"))
# pylint: disable=wrong-import-position
import peers
import redress

CLIENT, PARTITIONS = "harbor", 2


def main():
    with peers.Told(http=True, partitions=PARTITIONS) as told:
        for person in ("first", "boss", "deal"):
            told.person(person)
        told.client(CLIENT, {1: ["first"], 3: ["boss"], 4: ["deal"]}, contact="olga", executives=("eve",), zone="Europe/Berlin")
        figures = told.suite.commander(service="kpi")

        def invite(contact, kind):
            def ask():
                reply = figures.command("survey.invite", CLIENT, {"kind": kind, "contact": contact})
                return reply["result"]["id"] if reply["status"] == "ok" else None
            return redress.wait_for(ask, what=f"{contact} to be known in kpi")

        def letters(to):
            return [{"subject": str(each.mail["Subject"]), "plain": each.plain, "html": each.html} for each in told.mailbox.of(to)]

        def look(survey):
            reply = figures.query("kpi.survey", {"survey": survey}, CLIENT)
            assert reply["status"] == "ok", reply
            return reply["result"][0]

        def raised():
            return [event["data"] for partition in range(PARTITIONS)
                    for event in told.events("escalation.raised", "escalation", partition)]

        do = {"invite": invite, "letters": letters, "survey": look, "raised": raised}
        redress.wait_for(lambda: told.http("GET", "/readyz")[0] == 200, what="everybody to serve")
        token = told.token("olga", "client", [CLIENT])
        print(json.dumps({"url": f"http://{told.suite.http}", "client": CLIENT, "token": token}), flush=True)
        for line in sys.stdin:
            said = json.loads(line)
            print(json.dumps(do[said.pop("do")](**said)), flush=True)
        figures.close()


if __name__ == "__main__":
    main()
