"""What must be true of the mails when the story is over. Each function raises Wrong with what is not."""
import datetime
import email
import email.policy
import html
import re
import zoneinfo

import clock
from stage import check

LATE = 20 * clock.MINUTE  # on the fast clock: twenty seconds of this machine
WAITING = ("pending", "attempted", "deferred")


def each_once(messages, mails):
    """What was sent was received exactly once, and nothing else was; nobody was told of one thing twice."""
    received = [mail["message"] for mail in mails]
    for row in messages:
        what = f"{row['stage']} to {row['person']} ({row['id']})"
        check(row["state"] == "sent", f"{what} is {row['state']}: {row.get('failure', '')} {row.get('detail', '')}")
        check(received.count(row["id"]) == 1, f"{what} was received {received.count(row['id'])} times")
    known = {row["id"] for row in messages}
    for mail in mails:
        check(mail["message"] in known, f"{mail['file']} to {mail['to']} is a mail that nobody decided on")
    pairs = [(row["cause"], row["person"]) for row in messages]
    check(len(pairs) == len(set(pairs)), "somebody was told twice of one event")


def all_told(messages, expected):
    """`expected`: (client, stage, level or None, people), a row an event; each of them has a message for each."""
    for client, stage, level, people in expected:
        # A slow machine takes so long that half of the resolve time is used too.
        rows = [row for row in messages if (row["client"], row["stage"]) == (client, stage) and level in (None, row.get("to"))
                and row.get("clock") != "resolve"]
        events = {row["cause"] for row in rows}
        wanted = sum(each[:3] == (client, stage, level) for each in expected)
        check(len(events) == wanted, f"{client}, {stage}: {len(events)} events were told instead of {wanted}")
        for cause in events:
            told = {row["person"] for row in rows if row["cause"] == cause}
            check(told == set(people), f"{client}, {stage}: told were {sorted(told)} instead of {sorted(people)}")


def on_time(rows):
    """`rows`: (level, due, told): not before it was due, and not late."""
    for level, due, told in rows:
        check(due <= told <= due + LATE, f"level {level} was due {clock.long(due)} and told {clock.long(told)}")


def texts(folder, mail):
    """The parts of a mail that people read: plain, and HTML without its tags."""
    parsed = email.message_from_bytes((folder / mail["file"]).read_bytes(), policy=email.policy.default)
    plain = parsed.get_body(("plain",)).get_content()
    page = re.sub(r"(?s)<style>.*?</style>", "", parsed.get_body(("html",)).get_content())
    return str(parsed["Subject"]), plain, html.unescape(re.sub(r"<[^>]*>", " ", page))


def nothing_internal(folder, mails, addresses, words):
    """No mail to these addresses has one of these words, or a link that acts."""
    found = [mail for mail in mails if set(mail["to"]) & set(addresses)]
    check(found, "no client has got any mail")
    for mail in found:
        for text in texts(folder, mail):
            check("/a/" not in text, f"{mail['file']} to {mail['to']} has a link that acts")
            for word in words:
                check(not re.search(rf"(?<!\w){re.escape(word)}", text, re.I), f"{mail['file']} to {mail['to']} says {word!r}")
    return len(found)


def names_the_next(folder, mails, instant, zone):
    """Each of these mails says when the client hears again, in the client's zone."""
    moment = datetime.datetime.fromtimestamp(instant / 1e6, zoneinfo.ZoneInfo(zone))
    said = f"{moment.day} {moment:%b %Y %H:%M}"
    for mail in mails:
        for text in texts(folder, mail)[1:]:
            check(said in text, f"{mail['file']} does not say {said}")
    return said
