#!/usr/bin/python3
# The tidy test: rules over the source text that no compiler knows.
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = {".c": 100, ".h": 100, ".py": 140, ".def": 140, ".sh": 140}
# Calls that have no place, but for the files that are their home.
BANNED = {
    "strcpy": (), "strcat": (), "sprintf": (), "vsprintf": (), "gets": (), "atoi": (), "atol": (), "system": ("tests/",),
    "rand": (), "srand": (), "strtok": (), "tmpnam": (), "alloca": (),
    "time": ("tests/purity/planted_clock.c",), "gettimeofday": (), "localtime": (), "gmtime": (), "mktime": (),
    "setlocale": (), "usleep": ("tests/",), "sleep": ("tests/",),
}
# Folders of common/, each above those that it may include; "." is what services see (service.h, model.h, def_*).
LAYERS = {
    "base": "", "msg": "base", "time": "base", "stat": "", ".": "base msg time stat",
    "suite": ". base msg time", "out": "suite . base msg time", "store": "suite . base msg time stat",
    "engine": "store out suite . base msg time", "bus": "store out suite . base msg time",
}
CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
MARKER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))")
TEXT = {".c", ".h", ".def", ".py", ".sh", ".md", ".yml", ".yaml", ".mjs", ".json", ".toml"}


def sources():
    """Every file that git knows or would take."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            stdout=subprocess.PIPE).stdout.decode()
    return [ROOT / name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file()]


def without_comments(text):
    """C code with comments and strings blanked, line numbers kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.S)


def long_functions(code):
    """(line, lines) of function bodies that are too long: their braces stand in the first column."""
    begin = None
    for number, line in enumerate(code.split("\n"), 1):
        if line.startswith("{"):
            begin = number
        elif line.startswith("}") and begin:
            if number - begin - 1 > FUNCTION_LINES_MAX:
                yield begin, number - begin - 1
            begin = None


def begins_with_comment(path, lines):
    first = lines[1] if lines and lines[0].startswith("#!") and len(lines) > 1 else (lines or [""])[0]
    return first.startswith({".py": ('"""', "#"), ".sh": "#"}.get(path.suffix, "/*"))


def faults_of_c(name, path, text, lines):
    code = without_comments(text)
    if path.suffix != ".def":
        for line, length in long_functions(code):
            yield line, f"a function of {length} lines, at most {FUNCTION_LINES_MAX}"
    for number, line in enumerate(code.split("\n"), 1):
        for match in CALL.finditer(line):
            if not any(name.startswith(home) for home in BANNED[match.group(1)]):
                yield number, f"{match.group(1)}() is banned"
        if re.match(r"\s*#\s*include\s", lines[number - 1]) and name.startswith(("common/", "proto/")):
            if '"services/' in lines[number - 1] and name != "proto/print.c":
                yield number, "nothing below the services includes one"
        included = re.match(r'\s*#\s*include "common/(?:([a-z]+)/)?', lines[number - 1])
        if included and name.startswith("common/"):
            here, there = (name.split("/")[1] if name.count("/") > 1 else "."), included.group(1) or "."
            if here != there and there not in LAYERS.get(here, "").split():
                yield number, f"common/{here} stands below common/{there} or beside it"
        if "//" in lines[number - 1].split('"')[0] and "://" not in lines[number - 1]:
            yield number, "comments are /* ... */"


def faults(path):
    name = str(path.relative_to(ROOT))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    lines = text.split("\n")
    is_make = path.name == "Makefile"
    if path.suffix not in TEXT and not is_make:
        return
    if text and not text.endswith("\n"):
        yield len(lines), "no newline at the end of the file"
    for number, line in enumerate(lines, 1):
        if "\t" in line and not is_make:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "white space at the end of the line"
        if MARKER.search(line) and name != "tests/tidy.py":
            yield number, "a marker without the number of its issue"
        if len(line) > COLUMNS_MAX.get(path.suffix, 1 << 30):
            yield number, f"{len(line)} columns, at most {COLUMNS_MAX[path.suffix]}"
    if path.suffix in (".c", ".h", ".py", ".sh") and len(lines) > FILE_LINES_MAX + 1:
        yield len(lines), f"a file of {len(lines) - 1} lines, at most {FILE_LINES_MAX}"
    if path.suffix in (".c", ".h", ".def", ".py", ".sh") and not begins_with_comment(path, lines):
        yield 1, "the first line does not say what the file is for"
    if path.suffix in (".c", ".h", ".def"):
        yield from faults_of_c(name, path, text, lines)


def registry_faults():
    """Every service with tables is in the registry, the one list that programs with all services use."""
    listed = (ROOT / "services" / "registry.h").read_text(encoding="utf-8")
    for tables in sorted((ROOT / "services").glob("*/tables.c")):
        if f"X({tables.parent.name})" not in listed:
            yield f"services/registry.h:1: {tables.parent.name} is not in the registry"


def main():
    chosen = [ROOT / name for name in sys.argv[1:]] or sources()
    found = [f"{path.relative_to(ROOT)}:{line}: {what}" for path in chosen for line, what in faults(path)]
    found += registry_faults()
    for line in found:
        print(line)
    print(f"{0 if found else 1} passed, {len(found)} failed")
    sys.exit(1 if found else 0)


main()
