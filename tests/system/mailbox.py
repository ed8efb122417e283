"""A mail server that keeps what it gets, made of aiosmtpd: what it took, when and from whom, and every try that it refused.

What it answers is a list a recipient: each try takes the first that is left, `accept` when none is. It runs in a thread of
its own, so a test waits for letters with redress.wait_for.
"""
import asyncio
import email
import email.policy
import socket
import threading
import time

from aiosmtpd.smtp import SMTP

import redress

ACCEPT, HANG, CLOSE = "accept", "hang", "close"
BUSY, REJECTED, UNKNOWN = "451 4.3.0 come again", "554 5.7.1 not here", "550 5.1.1 no such user"


class Letter:
    """One try: the envelope, the bytes, the instant (monotonic), and what was answered."""

    def __init__(self, envelope, peer, answer):
        self.sender, self.to, self.raw = envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content or b"")
        self.peer, self.answer, self.time = peer, answer, time.monotonic()

    @property
    def mail(self):
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def id(self):
        return self.mail["Message-ID"]

    def part(self, kind):
        return self.mail.get_body((kind,)).get_content()

    @property
    def plain(self):
        return self.part("plain")

    @property
    def html(self):
        return self.part("html")


class Mailbox:
    """The server. An answer is ACCEPT, HANG, CLOSE, a reply of SMTP such as BUSY, or a function of the letter that returns
    one; it is given after DATA, or to RCPT when it was said with `at="rcpt"`. A letter that is taken is kept before the
    answer leaves: what the function does then happens between our acceptance and the sender's knowledge of it."""

    def __init__(self):
        self.letters, self.tries, self.connections, self.open, self.most_open = [], [], 0, 0, 0
        self.plans = {"rcpt": {}, "data": {}}
        self.lock, self.thread, self.loop, self.server = threading.Lock(), None, None, None
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.hanging = []

    def __enter__(self):
        ready = threading.Event()
        self.thread = threading.Thread(target=self.serve, args=(ready,), daemon=True)
        self.thread.start()
        assert ready.wait(redress.PATIENCE), "the mail server did not start"
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(redress.PATIENCE)
        self.socket.close()

    def serve(self, ready):
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(self.loop.create_server(self.session, sock=self.socket))
        self.loop.call_soon(ready.set)
        self.loop.run_forever()
        self.server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    def session(self):
        return Session(self, hostname="mail.test", enable_SMTPUTF8=True)

    # What a test says

    def answer(self, recipient, *answers, at="data", last=None):
        """The next tries to this recipient get these, in order; the ones behind them `last`, or are accepted."""
        with self.lock:
            self.plans[at][recipient.lower()] = (list(answers), last)
        return self

    def release(self, recipient=None):
        """Those that hang, or those to one recipient, are closed; later ones hang again."""
        def let_go():
            for to, event in self.hanging:
                if recipient in (None, to):
                    event.set()
        self.loop.call_soon_threadsafe(let_go)

    def of(self, recipient, tries=False):
        """What was taken for somebody, in order; with tries, what was refused as well."""
        return [each for each in (self.tries if tries else self.letters) if recipient.lower() in map(str.lower, each.to)]

    def wait(self, recipient, count=1, seconds=redress.PATIENCE):
        """The letters of somebody once there are so many."""
        redress.wait_for(lambda: len(self.of(recipient)) >= count, seconds, f"{count} letters to {recipient}")
        return self.of(recipient)

    def wait_tries(self, recipient, count=1, seconds=redress.PATIENCE):
        redress.wait_for(lambda: len(self.of(recipient, True)) >= count, seconds, f"{count} tries to {recipient}")
        return self.of(recipient, True)

    # What the server asks

    def planned(self, at, recipient):
        with self.lock:
            answers, last = self.plans[at].get(recipient.lower(), ([], None))
            return answers.pop(0) if answers else last or ACCEPT

    async def carry_out(self, server, answer, recipient):
        if answer == ACCEPT:
            return "250 2.0.0 taken"
        if answer == HANG:
            self.hanging.append((recipient.lower(), asyncio.Event()))
            await self.hanging[-1][1].wait()
            answer = CLOSE
        if answer == CLOSE:
            server.transport.abort()
            return "421 4.3.2 closing"
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # pylint: disable=invalid-name
        answer = self.planned("rcpt", address)
        if answer != ACCEPT:
            envelope.rcpt_tos.append(address)
            self.tries.append(Letter(envelope, session.peer, answer))
            envelope.rcpt_tos.pop()
            return await self.carry_out(server, answer, address)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):  # pylint: disable=invalid-name
        answer = self.planned("data", envelope.rcpt_tos[0])
        letter = Letter(envelope, session.peer, answer)
        if answer == ACCEPT or callable(answer):
            self.letters.append(letter)
        self.tries.append(letter)
        if callable(answer):
            answer = letter.answer = await self.loop.run_in_executor(None, answer, letter) or ACCEPT
        return await self.carry_out(server, answer, envelope.rcpt_tos[0])


class Session(SMTP):
    """A connection, counted."""

    def __init__(self, mailbox, **options):
        super().__init__(mailbox, **options)
        self.mailbox = mailbox

    def connection_made(self, transport):
        self.mailbox.connections += 1
        self.mailbox.open += 1
        self.mailbox.most_open = max(self.mailbox.open, self.mailbox.most_open)
        super().connection_made(transport)

    def connection_lost(self, error):
        self.mailbox.open -= 1
        super().connection_lost(error)
