"""The demo tells its story to the end, checks it, and leaves nothing running; and its checks can fail."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

import redress
import sse

DEMO = redress.ROOT / "deploy" / "demo"
sys.path.insert(0, str(DEMO))
import proof  # noqa: E402 pylint: disable=wrong-import-position
import stage  # noqa: E402 pylint: disable=wrong-import-position

WHEN = 1_795_309_692_000_000


def processes_of(folder):
    """Command lines that name it."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line.replace("\0", " "))
    return found


def test_the_story(tmp_path):
    home = tmp_path / "demo"
    environment = dict(os.environ, ONESHOT="1", DEMO_DIR=str(home), REDRESS_BIN=str(redress.program().parent),
                       PORT=str(sse.free_port()))
    done = subprocess.run([redress.ROOT / "deploy" / "demo.sh"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=480, check=False, text=True)
    assert done.returncode == 0, done.stdout
    lines = done.stdout.rstrip("\n").split("\n")
    assert lines[-1] == "Everything was as told."
    assert not [line for line in lines if len(line) > 80] and "\033" not in done.stdout
    assert [line[3:5] for line in lines if re.match(r"== \d", line)] == [f"{n}."[:2] for n in range(1, 12)]
    assert sum(line.startswith("  refused: ") for line in lines) == 6
    assert len(list((home / "mail").glob("*.eml"))) == sum("  mail  " in line for line in lines) > 60
    assert processes_of(home) == []


MESSAGE = {"id": "msg-1", "cause": "escalation/000/1/2", "client": "acme", "stage": "raised", "person": "ann", "state": "sent", "to": 1}
MAIL = {"file": "0001.eml", "message": "msg-1", "to": ["ken@acme.example"], "at": WHEN}


@pytest.mark.parametrize("messages, mails", [
    ([MESSAGE], []),
    ([MESSAGE], [MAIL, MAIL]),
    ([], [MAIL]),
    ([{**MESSAGE, "state": "failed"}], [MAIL]),
    ([MESSAGE, {**MESSAGE, "id": "msg-2"}], [MAIL, {**MAIL, "message": "msg-2"}]),
])
def test_a_mail_that_is_missing_doubled_or_unknown_is_noticed(messages, mails):
    proof.each_once([MESSAGE], [MAIL])
    with pytest.raises(stage.Wrong):
        proof.each_once(messages, mails)


@pytest.mark.parametrize("expected", [
    [("acme", "raised", 1, ("ann", "jon"))],
    [("acme", "raised", 1, ())],
    [("acme", "raised", 1, ("ann",))] * 2,
    [("acme", "closed", None, ("ann",))],
])
def test_somebody_who_was_not_told_is_noticed(expected):
    proof.all_told([MESSAGE], [("acme", "raised", 1, ("ann",))])
    with pytest.raises(stage.Wrong):
        proof.all_told([MESSAGE], expected)


@pytest.mark.parametrize("told", [WHEN - 1, WHEN + proof.LATE + 1])
def test_too_early_and_too_late_are_noticed(told):
    proof.on_time([(1, WHEN, WHEN), (6, WHEN, WHEN + proof.LATE)])
    with pytest.raises(stage.Wrong):
        proof.on_time([(6, WHEN, told)])


def letter(folder, text):
    (folder / MAIL["file"]).write_text(
        "Subject: Update\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: text/html\n\n<p>{text}</p>\n--b--\n", encoding="ascii")


@pytest.mark.parametrize("text", ["Ann Bauer is on it", "level 3", "http://x.example/a/token"])
def test_an_internal_word_to_a_client_is_noticed(tmp_path, text):
    letter(tmp_path, "Records are away")
    assert proof.nothing_internal(tmp_path, [MAIL], MAIL["to"], ["Ann Bauer", "level"]) == 1
    letter(tmp_path, text)
    with pytest.raises(stage.Wrong):
        proof.nothing_internal(tmp_path, [MAIL], MAIL["to"], ["Ann Bauer", "level"])
    with pytest.raises(stage.Wrong):
        proof.nothing_internal(tmp_path, [], MAIL["to"], ["Ann Bauer"])


def test_an_update_without_its_instant_is_noticed(tmp_path):
    letter(tmp_path, "Next update: Sun 22 Nov 2026 02:08 CET")
    assert proof.names_the_next(tmp_path, [MAIL], WHEN, "Europe/Berlin") == "22 Nov 2026 02:08"
    with pytest.raises(stage.Wrong):
        proof.names_the_next(tmp_path, [MAIL], WHEN, "UTC")
