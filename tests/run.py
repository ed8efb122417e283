#!/usr/bin/python3
# Runs one step of the tests, prints what failed, and adds its counts to a file of JSON lines.
"""usage: tests/run.py --results FILE STEP ...

    units NAME PROGRAM...      cmocka programs, two at a time
    pytest NAME DIR [--only T] [-k EXPRESSION]  Python tests
    fuzz SECONDS PROGRAM...    libFuzzer programs
    command NAME PROGRAM...    passes when it exits with 0
    fail NAME                  a step that could not even begin
    total [--strict]           adds up; strict: a skipped test failed unless tests/skips.txt names it or its file
"""

import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNIT_SECONDS = 300
PYTEST_SECONDS = 840
COMMAND_SECONDS = 600
SKIPS_MAX = 5
RUNNING = set()
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:allocator_may_return_null=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": f"suppressions={ROOT}/tests/tsan.supp:halt_on_error=0:second_deadlock_stack=1",
}


def record(results, step, passed, failed, skipped=(), seconds=0.0):
    """Adds one line of counts; 1 when something failed."""
    line = {"step": step, "passed": passed, "failed": failed, "skipped": list(skipped),
            "seconds": round(seconds, 1)}
    with open(results, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    skips = f", {len(skipped)} skipped" if skipped else ""
    print(f"{step}: {passed} passed, {failed} failed{skips} ({seconds:.1f} s)", flush=True)
    return 1 if failed else 0


def end(process):
    """Ends a program with everything it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(command, seconds, **environment):
    """The exit code and the output of a program; 124 when it took too long."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env={**os.environ, **SANITIZERS, **environment}, start_new_session=True)
    except OSError as error:
        return 127, f"{error}\n"
    RUNNING.add(process)
    try:
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output.decode(errors="replace")
    except subprocess.TimeoutExpired:
        end(process)
        output, _ = process.communicate()
        return 124, output.decode(errors="replace") + f"\nstill running after {seconds} s\n"
    finally:
        RUNNING.discard(process)


def interrupted(number, _):
    """Nothing that was started outlives the step."""
    for process in list(RUNNING):
        end(process)
    os._exit(128 + number)


def unit_command(program):
    """Thread sanitizer of gcc 12 needs its addresses where they were expected."""
    if "/tsan/" in program and run(["setarch", "-R", "true"], 5)[0] == 0:
        return ["setarch", "-R", program]
    return [program]


def unit(program):
    code, output = run(unit_command(program), UNIT_SECONDS)
    name = os.path.basename(program)
    passed = len(re.findall(r"^\[       OK \] ", output, re.M))
    failed = len(set(re.findall(r"^\[  FAILED  \] (\S+)$", output, re.M)))
    skipped = [f"{name}.{test}" for test in
               dict.fromkeys(re.findall(r"^\[  SKIPPED \] ([A-Za-z_]\S*)$", output, re.M))]
    if code and not failed:
        failed = 1
    if not code and not passed and not skipped:
        passed = 1  # a program without cmocka is one test
    return name, code, output, passed, failed, skipped


def units(results, step, *programs):
    begin, passed, failed, skipped = time.monotonic(), 0, 0, []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for name, code, output, good, bad, left in pool.map(unit, programs):
            if bad or code:
                print(f"--- {name} ({step}) exit {code}\n{output[-20000:]}")
            passed, failed, skipped = passed + good, failed + bad, skipped + left
    return record(results, f"unit {step}", passed, failed, skipped, time.monotonic() - begin)


def pytest(results, step, directory, *options):
    begin = time.monotonic()
    files = sorted(pathlib.Path(ROOT, directory).glob("test_*.py"))
    if options[:1] == ("--only",):
        files, options = [f for f in files if options[1] in f.name], options[2:]
    if not files:
        return 0
    report = pathlib.Path(results).resolve().parent / f"{step}.xml"
    report.unlink(missing_ok=True)
    code, output = run(["/usr/bin/python3", "-m", "pytest", "-v", "-rs", "--durations=8", "-p", "no:cacheprovider",
                        f"--junitxml={report}", *options, *map(str, files)], PYTEST_SECONDS,
                       PYTHONDONTWRITEBYTECODE="1")
    if code == 5:  # nothing was chosen
        return 0
    slowest = re.findall(r"^ *[\d.]+s (?:call|setup) .*$", output, re.M)
    print("\n".join(slowest) if not code else f"--- {step} exit {code}\n{output[-40000:]}")
    passed, failed, skipped = 0, 0, []
    if report.exists():
        for case in xml.etree.ElementTree.parse(report).iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name')}"
            kinds = {child.tag for child in case}
            if "skipped" in kinds:
                skipped.append(name)
            elif kinds & {"failure", "error"}:
                failed += 1
            else:
                passed += 1
    if not report.exists():  # it was ended: what it had done by then
        passed = len(re.findall(r" PASSED(?: +\[| tests/)", output))
        failed = len(re.findall(r" (?:FAILED|ERROR)(?: +\[| tests/)", output))
    if code == 124 or (code and not failed):
        failed += 1
    return record(results, step, passed, failed, skipped, time.monotonic() - begin)


def fuzz(results, seconds, *programs):
    code = 0
    for program in programs:
        begin, name = time.monotonic(), os.path.basename(program)
        seeds = ROOT / "tests" / "fuzz" / "corpus" / name
        corpus = pathlib.Path(program + ".corpus")
        corpus.mkdir(parents=True, exist_ok=True)
        status, output = run([program, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024",
                              f"-artifact_prefix={program}.", "-print_final_stats=1", str(corpus),
                              *([str(seeds)] if seeds.is_dir() else [])], int(seconds) + 60)
        if status:
            print(f"--- {name} exit {status}\n{output[-8000:]}")
        code |= record(results, f"fuzz {name}", int(not status), int(bool(status)), (),
                       time.monotonic() - begin)
    return code


def command(results, step, *arguments):
    """Counts `N passed, N failed` of the last line when the program says so, else one check."""
    begin = time.monotonic()
    code, output = run(list(arguments), COMMAND_SECONDS)
    counts = re.search(r"(\d+) passed, (\d+) failed\s*$", output)
    passed, failed = map(int, counts.groups()) if counts else (int(code == 0), int(code != 0))
    if code:
        failed = max(failed, 1)
        print(f"--- {step} exit {code}\n{output[-20000:]}")
    return record(results, step, passed, failed, (), time.monotonic() - begin)


def allowed_skips():
    path = ROOT / "tests" / "skips.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.split()[0] for line in lines if line.strip()]
    if len(names) > SKIPS_MAX or any(len(line.split()) < 2 for line in lines if line.strip()):
        sys.exit(f"tests/skips.txt: at most {SKIPS_MAX} lines `name reason`")
    return names


def total(results, *options):
    strict = "--strict" in options
    allowed = allowed_skips()
    passed = failed = 0
    lines = pathlib.Path(results).read_text(encoding="utf-8") if os.path.exists(results) else ""
    for line in map(json.loads, lines.splitlines()):
        passed, failed = passed + line["passed"], failed + line["failed"]
        if line["failed"]:
            print(f"failed: {line['step']} ({line['failed']})")
        for name in line["skipped"]:
            excused = any(name == a or name.startswith(a + ".") for a in allowed)
            print(f"skipped: {name}{' (allowed)' if excused else ''}")
            if strict and not excused:
                failed += 1
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


STEPS = {"units": units, "pytest": pytest, "fuzz": fuzz, "command": command, "total": total,
         "fail": lambda results, name: record(results, name, 0, 1)}


def main():
    if len(sys.argv) < 4 or sys.argv[1] != "--results" or sys.argv[3] not in STEPS:
        sys.exit(__doc__)
    results = sys.argv[2]
    pathlib.Path(results).parent.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGINT, interrupted)
    sys.exit(STEPS[sys.argv[3]](results, *sys.argv[4:]))


if __name__ == "__main__":
    main()
