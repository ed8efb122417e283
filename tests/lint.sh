#!/bin/bash
# Static analysis of the C code: tests/lint.sh clang-tidy|cppcheck BUILD JOBS
set -u
cd "$(dirname "$0")/.." || exit 1
build=$2
jobs=$3
case $1 in
clang-tidy)
    # One process a file: with two, version 14 takes the second's va_list for uninitialised.
    sed -n 's/.*"file": "\([^"]*\.c\)".*/\1/p' "$build/compile_commands.json" |
        grep -v '^tests/unit/' | sort -u |
        xargs -P "$jobs" -n 1 clang-tidy-14 -p "$build" --quiet 2> >(grep -v 'warnings\? generated\|^Suppressed\|^Use -' >&2)
    ;;
cppcheck)
    # Version 2.10 takes a pointer in a struct returned by value for an array of it (returnDanglingLifetime).
    cppcheck --std=c11 --enable=warning,performance,portability --error-exitcode=1 -q -j "$jobs" \
        --include=tests/cppcheck.h --suppress=returnDanglingLifetime --inline-suppr --suppress=missingIncludeSystem \
        -I. -D_GNU_SOURCE= -UPLANT \
        common services proto tests/tally
    ;;
*)
    echo "usage: tests/lint.sh clang-tidy|cppcheck BUILD JOBS" >&2
    exit 2
    ;;
esac
