#!/usr/bin/python3
"""A suite with its gateway for tests in other languages: suite.py ROLE...

Starts both, prints one line of JSON {address, data, tokens: {role: token}}, and then does what the lines of stdin say, answering
each with a line of JSON: {"do": "raise", "client"} gives the reply of the command, {"do": "flood", "client", "count"} null,
{"do": "restart"} kills the gateway and starts it at the same address. The end of stdin ends everything.
"""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(os.environ["REDRESS_ROOT"]) / "tests" / "system"))
# pylint: disable=wrong-import-position
import cases
import redress
import sse


def restart(gateway):
    gateway.stop()
    gateway.start()


def main():
    with redress.Suite(partitions=2) as suite:
        suite.up()
        tokens = {role: sse.token(suite, role, ["acme"] if role == "client" else [])[0] for role in sys.argv[1:]}
        with sse.Gateway(suite) as gateway, suite.commander() as ask:
            do = {"raise": lambda client: cases.raised(ask, client)[1],
                  "flood": lambda client, count: sse.flood(suite, client, count),
                  "restart": lambda: restart(gateway)}
            redress.wait_for(lambda: gateway.get("/readyz")[0] == 200, 20, "everybody to serve")
            print(json.dumps({"address": f"http://{gateway.address}", "data": str(suite.data), "tokens": tokens}), flush=True)
            for line in sys.stdin:
                said = json.loads(line)
                print(json.dumps(do[said.pop("do")](**said)), flush=True)


if __name__ == "__main__":
    main()
