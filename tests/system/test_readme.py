"""What README tells a newcomer to copy does what it says."""
import os
import pathlib
import re
import select
import shutil
import subprocess
import tempfile
import time

import pytest

import redress
import sse

README = (redress.ROOT / "README.md").read_text(encoding="utf-8")
# In front of README's commands: what is built already, one id to go on with, a stream that ends; and a newcomer types slower than
# services hear of each other, so what comes behind a change waits until they have.
PRELUDE = """
set -eu -o pipefail
make() { :; }
redress() {
    [ "$1 ${2-}" != "notification messages" ] || heard
    command redress "$@"
    [ "$*" != "apply -f deploy/example" ] || heard
}
heard() {
    command redress query escalation.summary --after "catalog/000=$(head_of catalog)" >/dev/null
    command redress query notification.summary --after "catalog/000=$(head_of catalog)" \\
        --after "escalation/000=$(head_of escalation)" >/dev/null
}
head_of() {
    command redress status -o json | /usr/bin/python3 -c '
import json, sys
print(next(row["head"] for row in json.load(sys.stdin)["partitions"] if row["service"] == sys.argv[1]))' "$1"
}
esc() { redress escalation list --client harbor-hospital -o json | sed 's/.*"escalation":"\\([^"]*\\)".*/\\1/'; }
curl() {
    case " $* " in
    *" -N "*) sed '/"type":"escalation.acked"/q' < <(command curl -sS --max-time 60 "$@") ;;
    *) command curl -sS --fail-with-body "$@" ;;
    esac
}
"""


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.S | re.M)


def lines_of(process, enough, seconds=redress.PATIENCE):
    """The output so far, once enough(text) holds; the deadline is a failure that shows it."""
    text, deadline = "", time.monotonic() + seconds
    while not enough(text):
        left = deadline - time.monotonic()
        assert left > 0, f"not within {seconds} s: {text}"
        if select.select([process.stdout], [], [], left)[0]:
            text += os.read(process.stdout.fileno(), 65536).decode()
    return text


@pytest.fixture(name="said", scope="module")
def fixture_said():
    """What each shell block of README printed, in README's order, all in one shell in a directory of its own."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="rd-", dir=os.environ.get("REDRESS_TMP", "/tmp")))
    try:
        (home / "build").mkdir()
        (home / "build" / "release").symlink_to(redress.program().parent)
        (home / "deploy").symlink_to(redress.ROOT / "deploy")
        settings = next(block for block in blocks("yaml") if block.startswith("notification:"))
        (home / "redress.yaml").write_text(settings.replace("mail.example.org:587", "127.0.0.1:9"), encoding="utf-8")
        port = str(sse.free_port())
        script = PRELUDE + "".join(f"echo '@@@'\n{block}" for block in blocks("sh"))
        script = script.replace("harbor-hospital/ESC", 'harbor-hospital/"$(esc)"').replace(":8080", f":{port}")
        environment = {**os.environ, "REDRESS_MAPS": str(redress.ROOT / "deploy" / "maps")}
        with tempfile.TemporaryFile() as out:  # no pipe, which a suite that is left behind would hold open
            done = subprocess.run(["bash", "-c", script], cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=subprocess.STDOUT, timeout=300, check=False)
            out.seek(0)
            text = out.read().decode()
        assert done.returncode == 0, text
        yield text.split("@@@\n")[1:]
    finally:
        subprocess.run([str(redress.program()), "down", "--data", home / "redress-data"], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)
        shutil.rmtree(home, ignore_errors=True)


# A word of a block, and what the block prints.
PRINTED = [
    ("redress up --detach --http 127.0.0.1:8080\nredress apply", r"applied: \d+ added, 0 changed"),
    ("escalation raise", r"raised, severity 1: Patient records unreachable"),
    ("escalation raise", r"told by ann: The second storage is started"),
    ("escalation raise", r"updated .*client .*okafor +email"),
    ("--role operator\n", r"^rdt_[\w-]{43}$"),
    ("--config redress.yaml", r"(?s)queued.*\d"),
    ("/v2/enqueue", r'"status": ?"success"'),
    ("ticket-log --dry-run", r"^rows +302\n(.*\n)*bad +0$"),
    ("--data redress-history", r"L6 +climbed from L5"),
    ("apply -f deploy/example --dry-run", r"nothing to change"),
    ("TOKEN=$(redress token grant --person ann", r'"title":"Patient records unreachable"'),
    ("TOKEN=$(redress token grant --person ann", r'"status":"ok".*"result":\{"id":"esc-'),
    ("curl -N", r'(?m)^data: \{.*"type":"escalation.raised".*Patient records unreachable'),
    ("curl -N", r'(?m)^data: \{.*"type":"escalation.acked"'),
    ("redress import surveys", r"(?m)^value +42\.4242$"),
    ("redress import surveys", r"(?m)^alpen-insurance .* hostage "),
    ("redress import surveys", r"(?m)^ +\d+ +alpen-insurance .* (green|amber|red) "),
    ("redress query kpi.signals", r"(?m)^  launch +Makes a qualified candidate a programme"),
    ("redress doctor", r'\{"ready":true,"missing":\[\]\}'),
    ("redress doctor", r"(?m)^redress_replies_total\{"),
    ("redress doctor", r"(?m)^ok +clock"),
    ("redress erase", r"(?m)^escalation +0 +escalation\.raised +1 +\d+ +\d+ +title$"),
    ("redress erase", r"person/c-17 is erased: words were taken out of \d+ events"),
    ("redress verify", r"(?m)^notification +0 +\d+ +true +true"),
]


@pytest.mark.parametrize("word, printed", PRINTED)
def test_the_commands_do_what_is_said(said, word, printed):
    found = [text for block, text in zip(blocks("sh"), said) if word in block]
    assert found, f"README has no block with {word!r}"
    assert any(re.search(printed, text, re.M) for text in found), found


def test_every_block_was_run(said):
    assert len(said) == len(blocks("sh")) > 10


def test_the_alertmanager_takes_the_lines_for_it(tmp_path):
    lines = next(block for block in blocks("yaml") if "webhook_configs" in block)
    assert sum("webhook_configs" in line for line in lines.split("\n")) == 1
    (tmp_path / "alertmanager.yml").write_text(lines, encoding="utf-8")
    done = subprocess.run(["amtool", "check-config", tmp_path / "alertmanager.yml"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=redress.PATIENCE, check=False)
    assert done.returncode == 0, done.stdout


def test_the_follower_prints_every_event_across_a_restart(suite):
    program = blocks("python")[0]
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
    """Every `redress NOUN ...` in README is known to the tool, and the verbs behind it."""
    verbs = set(re.findall(r"(?m)(?:`|^ *|and |\()redress ([a-z]+)(?: ([a-z]+))?", README))
    words = {word for word, _ in verbs}
    assert {"up", "down", "status", "import", "verify", "doctor", "timeline", "query", "event", "token", "apply"} <= words
    nouns = {"escalation", "token", "client", "person", "event", "message", "notification", "import"}
    for word, verb in sorted(verbs):
        named = (word, verb) if word in nouns and verb else (word,)
        done = suite.cli(*named, "--help", check=False, data=False)
        assert done.returncode == 0, f"redress {' '.join(named)} --help: {done.stderr}"


def test_the_targets_services_and_files_named_exist():
    makefile = (redress.ROOT / "Makefile").read_text(encoding="utf-8")
    compose = (redress.ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?m)(?:`|^ {4}|=1 )make ([a-z-]+)", README)):
        assert re.search(rf"(?m)^{target}:|^\.PHONY:.* {target}\b", makefile), f"make {target}"
    for service in re.findall(r"docker-compose (?:exec|run.*?) (\w+) redress", README):
        assert re.search(rf"(?m)^  {service}:$", compose), service
    for path in re.findall(r'\]\(([^)#:]+)\)|(?:src|srcset)="([^"]+)"', README):
        path = path[0] or path[1]
        assert (redress.ROOT / path).exists(), path
