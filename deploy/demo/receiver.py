#!/usr/bin/python3
"""A mail server on the loopback that keeps what it gets: receiver.py DIR SUITE

Every mail becomes DIR/0001.eml and so on, a line of DIR/index.jsonl, and a line on standard output: the time on the suite's
clock, to whom, the subject. DIR/port says where it listens. It ends with SIGTERM, or when its standard input does, so it
outlives nobody who started it.
"""
import asyncio
import email
import email.policy
import json
import pathlib
import signal
import sys

from aiosmtpd.smtp import SMTP

import clock
import voice


class Keeper:
    """What aiosmtpd calls."""

    def __init__(self, folder, suite):
        self.folder, self.suite, self.count = folder, suite, 0

    async def handle_DATA(self, server, session, envelope):  # pylint: disable=invalid-name,unused-argument
        """The mail is on disk before the sender hears that it was taken."""
        now = clock.Clock(self.suite).now()
        self.count += 1
        name = f"{self.count:04}.eml"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        (self.folder / name).write_bytes(envelope.content)
        row = {"file": name, "at": now, "to": list(envelope.rcpt_tos), "subject": str(mail["Subject"]),
               "message": mail["X-Redress-Message"]}
        with open(self.folder / "index.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        who = mail["To"].addresses[0].display_name or envelope.rcpt_tos[0]
        voice.line(f"  {clock.short(now)}  mail  {who:<18} {row['subject']}")
        return "250 2.0.0 kept"


async def serve(folder, suite):
    """Until SIGTERM, or the end of standard input."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # Ctrl-C is for the story, which ends the suite first
    loop.add_reader(sys.stdin, ended.set)
    keeper = Keeper(folder, suite)
    server = await loop.create_server(lambda: SMTP(keeper, enable_SMTPUTF8=True), "127.0.0.1", 0)
    (folder / "port.new").write_text(str(server.sockets[0].getsockname()[1]), encoding="ascii")
    (folder / "port.new").rename(folder / "port")
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
