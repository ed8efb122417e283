"""A suite whose people are reached at servers of ours: mail at a Mailbox, hooks at Hooks, everything else over the wire.

    with Told(people=("ann", "mia")) as told:
        told.client("acme", holders={1: ["ann"], 2: ["mia"]})
        told.raised("acme", "Mail is down")
        told.mailbox.wait("ann@provider.test")
"""
import hashlib
import http.client
import json
import os
import secrets
import signal

import msgpack

import hooks
import mailbox
import redress
import sse

FAST = {"retry_first": "PT1S", "throttle": 6000}


def mail(person):
    return f"{person}@provider.test"


class Told:
    """A suite with its receivers. `options` are those of the notification service; `clock` is the suite's. A client's
    people and lines are set with few words, and nothing is decided before notification has heard of them. `before` is done
    with the suite before it is up for the first time, which it is with the words of `up`."""

    def __init__(self, clock="real", partitions=1, options=None, http=False, gateway=None,
                 before=None, up=()):
        self.mailbox, self.hooks = mailbox.Mailbox(), hooks.Hooks()
        address = f"127.0.0.1:{sse.free_port()}" if http else None
        told = {"smtp": self.mailbox.url, "smtp_tls": False, "mail_from": "Störungsdienst <redress@provider.test>",
                "allow_private": True, **FAST, **({"public_url": f"http://{address}"} if http else {}), **(options or {})}
        config = {"notification": {key: value for key, value in told.items() if value is not None}}
        if gateway:
            config["gateway"] = gateway
        self.suite = redress.Suite(partitions=partitions, clock=clock, http=address, config=config)
        self.before, self.up_words = before, up
        self.ask = self.catalog_ask = self.message_ask = None

    def __enter__(self):
        self.mailbox.__enter__()
        self.hooks.__enter__()
        try:
            if self.before:
                self.before(self.suite)
            self.suite.up(*self.up_words)
        except BaseException:
            self.__exit__()
            raise
        self.ask, self.catalog_ask = self.suite.commander(), self.suite.commander(service="catalog")
        self.message_ask = self.suite.commander(service="notification")
        return self

    def __exit__(self, *_):
        for each in (self.ask, self.catalog_ask, self.message_ask):
            if each:
                each.close()
        self.mailbox.release()
        self.hooks.release()
        self.suite.__exit__()
        self.hooks.__exit__()
        self.mailbox.__exit__()

    # The catalog

    def set(self, type_, data):
        return sse.catalog(self.catalog_ask, type_, data)

    def person(self, person, *addresses, name=None, side="provider", **more):
        """Addresses are mail addresses, or (URL, secret or None); without one it is the person's own mail address."""
        rows = []
        for each in addresses or (mail(person),):
            to, secret = each if isinstance(each, tuple) else (each, None)
            rows.append({"channel": "webhook" if to.startswith("http") else "email", "to": to,
                         **({"secret": secret} if secret else {})})
        self.set("person.set", {"id": person, "name": name or f"Name of {person}", "side": side, "addresses": rows, **more})
        return person

    def client(self, client, holders=None, contact=None, executives=(), **more):
        """`holders` is people by level; the contact and the executives get mail at the client's own addresses, unless they
        were given as (id, address, ...) with what `person` takes in a dictionary at the end."""
        self.set("client.set", {"id": client, "name": more.get("name", client)})
        row = {"id": client, "name": client, **more}
        row["holders"] = [{"level": level, "person": person} for level, people in (holders or {}).items() for person in people]
        if contact:
            self.person(contact, f"{contact}@client.test", side="client", client=client)
            row["primary_contact"] = contact
        for each in executives:
            self.person(each, f"{each}@client.test", side="client", client=client)
        row["executives"] = [{"person": each} for each in executives]
        self.set("client.set", row)
        self.heard()
        return client

    def heard(self):
        """Notification and escalation have the catalog's latest word: their copies are asked by waiting for it."""
        head = self.suite.cli_json("status")["partitions"]
        head = next(row["head"] for row in head if row["service"] == "catalog")
        for partition in range(self.suite.partitions):
            for commander in (self.ask, self.message_ask):
                name = "escalation.summary" if commander is self.ask else "notification.summary"
                reply = commander.query(name, {}, partition=partition, after={"catalog/000": int(head)})
                assert reply["status"] == "ok", reply

    def secret(self, name, text):
        """A file that `file:NAME` reads."""
        folder = self.suite.data / "secrets"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o600)
        return f"file:{name}"

    def token(self, person, role="operator", clients=()):
        """A token of somebody who is in the catalog already."""
        text = secrets.token_urlsafe(24)
        named = {"clients": [{"client": client} for client in clients]} if clients else {}
        digest = hashlib.blake2b(text.encode(), digest_size=32).hexdigest()
        self.set("token.grant", {"person": person, "role": role, "digest": digest, **named})
        return text

    # What happens

    def raised(self, client, title="Mail is down", actor="test", **more):
        """The id of an escalation."""
        reply = self.ask.ok("escalation.raise", client, {"title": title, "severity": 3, **more}, actor=actor)
        return reply["result"]["id"]

    # What became of it

    def messages(self, client=None, **filters):
        """All messages, or those of a client, the oldest first."""
        rows, partitions = [], range(self.suite.partitions)
        if client:
            partitions = [redress.partition_of(client, self.suite.partitions)]
        for partition in partitions:
            more = {}
            while True:
                reply = self.message_ask.query("notification.messages", {}, client, partition, limit=100, **more)
                assert reply["status"] == "ok", reply
                rows += reply["result"]
                if not reply.get("cursor"):
                    break
                more = {"cursor": reply["cursor"]}
        return [row for row in rows if all(row.get(key) == value for key, value in filters.items())]

    def wait_messages(self, client, count=1, seconds=redress.PATIENCE, **filters):
        """So many messages in which these fields have these values."""
        what = f"{count} messages of {client} with {filters}"
        try:
            redress.wait_for(lambda: len(self.messages(client, **filters)) >= count, seconds, what)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.messages(client)}") from error
        return self.messages(client, **filters)

    def settled(self, client=None, seconds=redress.PATIENCE, count=1):
        """All messages, once there are so many and none is on its way."""
        found = []

        def look():
            found[:] = self.messages(client)
            return len(found) >= count and not any(row["state"] in ("pending", "attempted", "deferred") for row in found)
        try:
            redress.wait_for(look, seconds, f"{count} settled messages")
        except AssertionError as error:
            raise AssertionError(f"{error}: {found}") from error
        return found

    def events(self, type_=None, service="notification", partition=0):
        """The decoded log of a service."""
        found = [msgpack.unpackb(frame) for frame in self.suite.log(service, partition)]
        return [event for event in found if type_ in (None, event["type"])]

    # The processes

    def pid(self, service="notification"):
        """Of a process that serves, from what it says of itself; None while it is away."""
        for path in (self.suite.data / "run").glob(f"{service}-*.json"):
            try:
                pid = json.loads(path.read_text(encoding="utf-8"))["pid"]
                if self.suite.processes().get(pid):
                    return pid
            except (OSError, ValueError):
                pass
        return None

    def kill(self, service="notification"):
        """SIGKILL to the process that serves now."""
        pid = redress.wait_for(lambda: self.pid(service), what=f"a process of {service}")
        os.kill(pid, signal.SIGKILL)
        return pid

    # HTTP

    def http(self, method, path, body=None, bearer=None, **headers):
        """Status, headers, body; `body` that is no bytes becomes JSON."""
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.suite.http, timeout=redress.PATIENCE)
        try:
            connection.request(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()
