"""What tests of `redress erase` share: a small life in which somebody is spoken of, and looking for words in every byte."""
import json
import pathlib

import msgpack

import cases
import peers
import redress

NAME = "Zoë Quäsimodo-Färber"
MAIL = "zoe.quasi@client.test"
OTHER = "Zoë Quäsimodo-Färber-Schmidt"  # somebody else, whose name begins alike
OTHER_MAIL = "azoe.quasi@client.test"  # and whose address ends alike


def forms(word):
    """How a word may be written in a file: as it is, and as JSON, URLs and wrapped lines write it."""
    plain = word.lower()
    return {plain.encode(), word.encode(), word.upper().encode(), json.dumps(plain)[1:-1].encode(), json.dumps(word)[1:-1].encode(),
            plain.replace("@", "%40").encode(), plain.replace(" ", "+").encode(), plain.replace(" ", "\n").encode()}


def files(data):
    return [path for path in sorted(pathlib.Path(data).rglob("*")) if path.is_file()]


def told_in(data, *words, but=(OTHER, OTHER_MAIL)):
    """Every file below a directory in which a word is said. `but`: words of others, taken away first."""
    found = []
    for path in files(data):
        content = path.read_bytes()
        for other in but:
            for form in sorted(forms(other), key=len, reverse=True):
                content = content.replace(form, b"")
        content = content.lower()
        found += [(str(path.relative_to(data)), form) for word in words or (NAME, MAIL) for form in forms(word)
                  if form.lower() in content]
    return found


def erase(suite, *words, code=0):
    """The report; everything that was said is in the assertion's words."""
    done = suite.cli("erase", *words, "--yes", "-o", "json", check=False)
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}{done.stderr}"
    return json.loads(done.stdout) if done.stdout else {"said": done.stderr}


def verified(suite):
    """The proof of every partition, by service and number."""
    report = suite.cli_json("verify")
    assert report["equal"], report
    return {(row["service"], row["partition"]): row for row in report["partitions"]}


def logs(suite):
    """Every event of every service, by replay."""
    return {row["service"]: [msgpack.unpackb(frame) for frame in suite.log(row["service"])] for row in suite.endpoints()}


def life(told):
    """Two people at a client, one of whom is to be forgotten, and what is said of both. The ids of two escalations."""
    told.person("ann", name="Ann Lee")
    told.client("acme", {1: ["ann"]}, contact="c-17")
    told.person("c-17", MAIL, name=NAME, side="client", client="acme")
    told.person("c-18", OTHER_MAIL, name=OTHER, side="client", client="acme")
    told.heard()
    escalation = told.raised("acme", f"{NAME} cannot log in")
    ask = told.ask
    ask.ok("escalation.ack", "acme", {"escalation": escalation}, actor="ann")
    ask.ok("escalation.update", "acme", cases.update(escalation, context=f"We called {NAME.upper()} twice"))
    ask.ok("escalation.perceive", "acme", cases.perception(escalation, who=NAME, statement="It is a shame", seconds=3600,
                                                           promise=f"We call zoë\nquäsimodo-färber at {MAIL}."))
    ask.ok("escalation.perceive", "acme", cases.perception(escalation, who=OTHER, statement=f"write to {OTHER_MAIL}"))
    ask.ok("escalation.engage", "acme", {"escalation": escalation, "manager": "Mia", "role": "manager", "client_executive": NAME})
    other = told.raised("acme", "Something else")
    ask.ok("ticket.record", "acme", cases.fact("T7", title="printer", owner=NAME))
    for who in (MAIL, peers.mail("ann")):
        redress.wait_for(lambda who=who: told.mailbox.of(who), what=f"a letter to {who}")
    redress.wait_for(lambda: not [row for row in told.messages("acme") if row["state"] in ("pending", "attempted")],
                     what="every letter to be sent")
    redress.wait_for(lambda: told.events("ticket.counted", "kpi"), what="the ticket to be counted")
    told.client("acme", {1: ["ann"]})  # and nothing in the catalog names c-17 any more
    return escalation, other
