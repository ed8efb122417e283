#!/usr/bin/python3
"""A suite that tells people, for tests in other languages: told.py

Starts it with its gateway, prints one line of JSON {address, token}: the token may send documents of client acme. Then it does what
the lines of stdin say, answering each with a line of JSON: {"do": "secret", "name", "text"} writes a secret and gives its name for
the catalog, {"do": "reach", "person", "url", "secret"} makes somebody the one who is told of everything at acme, {"do": "raise",
"title"} gives the escalation's id, {"do": "messages"} what became of the messages, {"do": "ticket", "number"} a ticket of PagerDuty
as a list of one or none. The end of stdin ends everything.
"""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(os.environ["REDRESS_ROOT"]) / "tests" / "system"))
# pylint: disable=wrong-import-position
import peers
import redress

CLIENT = "acme"


def main():
    with peers.Told(http=True) as told:
        told.person("sender")
        told.client(CLIENT)

        def reach(person, url, secret):
            told.person(person, (url, secret))
            told.client(CLIENT, {1: [person]})

        def ticket(number):
            reply = told.ask.query("escalation.ticket", {"ticket": f"pagerduty:{number}"}, CLIENT)
            assert reply["status"] == "ok", reply
            return reply["result"]

        do = {"secret": told.secret, "reach": reach, "raise": lambda title: told.raised(CLIENT, title),
              "messages": lambda: told.messages(CLIENT), "ticket": ticket}
        redress.wait_for(lambda: told.http("GET", "/readyz")[0] == 200, 20, "everybody to serve")
        token = told.token("sender", "ingest", [CLIENT])
        print(json.dumps({"address": told.suite.http, "token": token}), flush=True)
        for line in sys.stdin:
            said = json.loads(line)
            print(json.dumps(do[said.pop("do")](**said)), flush=True)


if __name__ == "__main__":
    main()
