"""The chain with no code of ours on either side of the wire: Prometheus scrapes us, its rule fires, Alertmanager posts it to us, a
ticket's clock runs out, a mail receiver gets the mail, a receiver of hooks the hook, and a subscriber of the bus sees the same
event. Then the alert is over, and so is the ticket."""
import json
import re
import shutil
import subprocess
import tempfile
import urllib.request

import msgpack
import pytest
import zmq

import peers
import redress
import sse

CLIENT = "harbor"


class Server:
    """A program of Debian's on loopback, with a directory of its own; its log is shown when it does not come up."""

    def __init__(self, home, name, ready, *words):
        self.name, self.ready, self.log = name, ready, open(f"{home}/{name}.log", "ab")  # pylint: disable=consider-using-with
        assert shutil.which(words[0]), f"{words[0]} is not installed: deploy/packages.sh test"
        self.process = subprocess.Popen(words, cwd=home, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        redress.wait_for(self.is_ready, what=f"{self.name} ({self.log.name})")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(redress.PATIENCE)
        self.log.close()

    def is_ready(self):
        assert self.process.poll() is None, open(self.log.name, encoding="utf-8").read()[-2000:]
        return answers(self.ready)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read() or b" "
    except OSError:
        return None


def write(path, document):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)  # JSON is YAML
    return path


def rules(path, metric, bound):
    """Fires while the catalog has logged exactly so many events."""
    return write(path, {"groups": [{"name": "redress", "interval": "500ms", "rules": [
        {"alert": "CatalogChanged", "expr": f'max({metric}{{service="catalog"}}) by (service) == {bound}', "for": "0s",
         "labels": {"severity": "critical", "client": CLIENT}, "annotations": {"summary": "Wards wait for records <b>&amp;</b>"}}]}]})


@pytest.fixture(name="home", scope="module")
def fixture_home():
    with tempfile.TemporaryDirectory(prefix="rd-") as home:
        yield home


@pytest.fixture(name="told", scope="module")
def fixture_told():
    with peers.Told(clock="x60", http=True) as told:
        told.person("ann")
        told.person("pager", (told.hooks.url("/pager"), None))
        told.client(CLIENT, {1: ["ann", "pager"]}, contact="okafor",
                    targets=[{"priority": 1, "response": "PT10M", "resolve": "PT20M"}])
        yield told


def promtool(*words, text=None):
    done = subprocess.run(["promtool", *words], input=text, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_metrics_are_accepted(told):
    """Of every service, with what it counts; no help text, name or unit that promtool finds fault with."""
    told.raised(CLIENT, "to be counted", level=6)
    told.mailbox.wait(peers.mail("ann"))
    told.settled(CLIENT, count=2)
    wanted = [re.compile(rf'^redress_\w+{{[^}}]*service="{service}"', re.M) for service in ("catalog", "escalation", "notification")]

    def whole():
        text = told.http("GET", "/metrics")[2]
        assert not promtool("check", "metrics", text=text).strip(), "not even a warning"
        return all(each.search(text.decode()) for each in wanted)
    redress.wait_for(whole, what="metrics of every service")


def head_metric(told):
    """The name under which the head of a log is told, from the exposition itself."""
    def names():
        text = told.http("GET", "/metrics")[2].decode()
        return re.findall(r'^(redress_\w*(?:head|sequence)\w*){[^}]*service="escalation"', text, re.M)
    return redress.wait_for(names, what="the head of escalation's log")[0]


def test_from_a_scrape_to_the_mail_and_back(told, home):
    metric = head_metric(told)
    ours, away = sse.free_port(), sse.free_port()
    token = told.token("ann", "ingest", [CLIENT])
    alerting = {"route": {"receiver": "redress", "group_by": ["alertname"], "group_wait": "200ms", "group_interval": "1s",
                          "repeat_interval": "1h"},
                "receivers": [{"name": "redress", "webhook_configs": [{"url": f"http://{told.suite.http}/v1/ingest/alertmanager",
                               "send_resolved": True, "http_config": {"authorization": {"type": "Bearer", "credentials": token}}}]}]}
    write(f"{home}/alertmanager.yml", alerting)
    subprocess.run(["amtool", "check-config", f"{home}/alertmanager.yml"], check=True, capture_output=True)
    head = next(row["head"] for row in told.suite.cli_json("status")["partitions"] if row["service"] == "catalog")
    rule = rules(f"{home}/rules.yml", metric, int(head) + 1)
    promtool("check", "rules", rule)
    scraping = {"global": {"scrape_interval": "500ms", "evaluation_interval": "500ms"}, "rule_files": [rule],
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{away}"]}]}]},
                "scrape_configs": [{"job_name": "redress", "static_configs": [{"targets": [told.suite.http]}]}]}
    write(f"{home}/prometheus.yml", scraping)
    promtool("check", "config", f"{home}/prometheus.yml")
    manager = Server(home, "alertmanager", f"http://127.0.0.1:{away}/-/ready", "prometheus-alertmanager",
                     "--config.file=alertmanager.yml", "--storage.path=am", f"--web.listen-address=127.0.0.1:{away}",
                     "--cluster.listen-address=")
    watcher = Server(home, "prometheus", f"http://127.0.0.1:{ours}/-/ready", "prometheus", "--config.file=prometheus.yml",
                     "--storage.tsdb.path=tsdb", f"--web.listen-address=127.0.0.1:{ours}")
    row = told.suite.endpoint("escalation")
    with manager, watcher, redress.socket(told.suite.context, zmq.SUB, row["events"]) as live:
        live.subscribe(b"E/escalation/000")
        redress.wait_for(lambda: b'"health":"up"' in (answers(f"http://127.0.0.1:{ours}/api/v1/targets") or b""), what="a scrape")
        told.person("somebody")  # the one event more that the rule is waiting for
        ticket = redress.wait_for(lambda: tickets(told), 2 * redress.PATIENCE, "the ticket of the alert")[0]
        assert (ticket["client"], ticket["priority"], ticket["state"]) == (CLIENT, 1, "new"), ticket
        assert ticket["title"] == "Wards wait for records <b>&amp;</b>"
        raised = heard(live, lambda event: event["type"] == "escalation.raised" and event["data"].get("tickets"))
        assert raised["data"]["tickets"] == [{"ticket": f"alertmanager:{ticket['number']}"}]
        escalation = raised["subject"].split("/")[1]
        letter = redress.wait_for(lambda: [each for each in told.mailbox.of(peers.mail("ann")) if escalation in each.plain],
                                  what="the mail")[0]
        assert "Wards wait for records <b>&amp;</b>" in letter.plain and "alertmanager:" in letter.plain
        hook = redress.wait_for(lambda: [each for each in told.hooks.of("/pager") if each.body["data"].get("escalation") == escalation],
                                20, "the hook")[0]
        message = next(each for each in told.messages(CLIENT) if each["id"] == letter.mail["X-Redress-Message"])
        paged = next(each for each in told.messages(CLIENT) if each["id"] == hook.id)
        assert message["cause"] == paged["cause"] == raised["id"], "the same event, wherever it is seen"
        told.person("somebody-else")  # so the alert is over
        redress.wait_for(lambda: tickets(told)[0]["state"] == "resolved", 2 * redress.PATIENCE, "the end of the alert")
    assert told.wait_messages(CLIENT, stage="resolved", person="okafor", state="sent")
    assert told.mailbox.of("okafor@client.test")


def tickets(told):
    """Those of Alertmanager, as its events tell them: the last word about each."""
    found = {}
    for event in told.events("ticket.recorded", "escalation"):
        if event["data"]["source"] == "alertmanager":
            found[event["subject"]] = {"client": event["partitionkey"], **found.get(event["subject"], {}), **event["data"]}
    return list(found.values())


def heard(live, wanted, seconds=redress.PATIENCE):
    """The first live event that is wanted."""
    for _ in range(10000):
        assert live.poll(int(seconds * 1000)), "nothing more was published"
        event = msgpack.unpackb(live.recv_multipart()[1])
        if wanted(event):
            return event
    raise AssertionError("not among 10,000 events")
