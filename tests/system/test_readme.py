"""What README tells a newcomer to copy does what it says."""
import os
import re
import select
import subprocess
import time

import redress

README = (redress.ROOT / "README.md").read_text(encoding="utf-8")


def lines_of(process, enough, seconds=10.0):
    """The output so far, once enough(text) holds; the deadline is a failure that shows it."""
    text, deadline = "", time.monotonic() + seconds
    while not enough(text):
        left = deadline - time.monotonic()
        assert left > 0, f"not within {seconds} s: {text}"
        if select.select([process.stdout], [], [], left)[0]:
            text += os.read(process.stdout.fileno(), 65536).decode()
    return text


def test_the_follower_prints_every_event_across_a_restart(suite):
    program = re.search(r"```python\n(.*?)```", README, re.S).group(1)
    environment = dict(os.environ, REDRESS_DATA=str(suite.data), PYTHONUNBUFFERED="1",
                       PATH=f"{redress.program().parent}:{os.environ['PATH']}")
    raise_one = ("escalation", "raise", "--client", "acme", "--severity", 2, "--title", "Mail is down")
    suite.cli(*raise_one)
    with subprocess.Popen(["/usr/bin/python3", "-c", program], env=environment, stdout=subprocess.PIPE) as follower:
        try:
            lines_of(follower, lambda text: text.count("escalation.raised acme/esc-") == 1)
            suite.down()
            suite.up()
            suite.cli(*raise_one)
            lines_of(follower, lambda text: text.count("escalation.raised acme/esc-") == 1)
        finally:
            follower.kill()


def test_the_commands_named_exist(suite):
    """Every `redress NOUN ...` in README is known to the tool."""
    words = set(re.findall(r"`?redress ([a-z]+)", README)) - {"in"}
    assert {"up", "down", "status", "import", "verify", "doctor", "timeline", "query", "event"} <= words
    for word in sorted(words):
        done = suite.cli(word, "--help", check=False, data=False)
        assert done.returncode == 0, f"redress {word} --help: {done.stderr}"
