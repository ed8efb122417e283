"""Whoever is killed in the middle of `redress erase` leaves logs that verify and a suite that starts; who begins again finishes
it. The tool is killed at every single call that changes what is on the disk."""
import os
import shutil
import signal
import subprocess
import time

import pytest

import peers
import redress
from erasing import erase, life, told_in, verified

# Dies at the n-th call of those that make, move, delete or sync something.
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
static void step(void)
{
    static int calls;
    const char *at = getenv("DIE_AT");
    if (at && ++calls == atoi(at))
        kill(getpid(), SIGKILL);
}
#define WRAP(type, name, parameters, arguments) \\
    type name parameters { step(); type (*real) parameters = dlsym(RTLD_NEXT, #name); return real arguments; }
WRAP(int, rename, (const char *a, const char *b), (a, b))
WRAP(int, unlink, (const char *a), (a))
WRAP(int, unlinkat, (int d, const char *a, int f), (d, a, f))
WRAP(int, rmdir, (const char *a), (a))
WRAP(int, mkdir, (const char *a, mode_t m), (a, m))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
"""


@pytest.fixture(name="shim", scope="module")
def fixture_shim(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shim")
    (folder / "die.c").write_text(SHIM, encoding="utf-8")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(folder / "die.so"), str(folder / "die.c"), "-ldl"], check=True)
    return str(folder / "die.so")


@pytest.fixture(name="kept", scope="module")
def fixture_kept():
    with peers.Told() as told:
        life(told)
        told.suite.down()
        yield told.suite


def dying(suite, shim, at):
    """Runs an erasure that dies at a call; whether it got there."""
    done = subprocess.run([str(redress.program()), "erase", "person", "c-17", "--yes", "--data", str(suite.data)], check=False,
                          env={**os.environ, "LD_PRELOAD": shim, "DIE_AT": str(at)}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=2 * redress.PATIENCE)
    assert done.returncode in (0, -signal.SIGKILL), (at, done.stderr.decode())
    return done.returncode != 0


def test_a_kill_at_every_step(kept, shim):
    at, words = 0, []
    with redress.Suite() as suite:
        while True:
            at += 1
            shutil.rmtree(suite.data, ignore_errors=True)
            shutil.copytree(kept.data, suite.data)
            if not dying(suite, shim, at):
                break
            left = bool(told_in(suite.data))
            words.append(left)
            verified(suite)
            if at % 20 == 0:
                suite.up().down()
                verified(suite)
            erase(suite, "person", "c-17")
            assert not told_in(suite.data), at
            if at % 5 == 0:
                verified(suite)
        assert not told_in(suite.data)
    assert at > 40 and True in words and False in words
    assert words == sorted(words, reverse=True), "the last place that tells goes in one step"


def test_what_a_kill_left_is_removed_at_the_next_start(kept, shim):
    with redress.Suite() as suite:
        for at in range(1, 400):
            shutil.rmtree(suite.data, ignore_errors=True)
            shutil.copytree(kept.data, suite.data)
            assert dying(suite, shim, at)
            if list(suite.data.glob("*/*/log.new")):
                break
        began = time.monotonic()
        suite.up().down()
        assert not list(suite.data.glob("*/*/log.new")) and time.monotonic() - began < 60
        verified(suite)
