#!/bin/sh
# Runs tests/node/*.test.mjs, each with node's own runner, against the programs of a build: run.sh BUILD WORK [NAME]
# Packages are installed below the work directory, as the lock file says; nothing is written here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
REDRESS_BUILD=$(realpath "$1")
REDRESS_ROOT=$(realpath "$here/../..")
export REDRESS_BUILD REDRESS_ROOT
mkdir -p "$2"
cp "$here/package.json" "$here/package-lock.json" "$2"
rm -f "$2"/*.mjs
cp "$here"/*.mjs "$2"
cd "$2"
if ! cmp -s package-lock.json node_modules/.installed; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed
fi
status=0
node --test --test-reporter=tap "${3:-}"*.test.mjs >report.tap || status=$?
passed=$(sed -n 's/^# pass //p' report.tap)
failed=$(sed -n 's/^# fail //p' report.tap)
[ "$status" = 0 ] || cat report.tap
if [ "${passed:-0}" = 0 ] && [ "$status" = 0 ]; then
    echo "node: no test was run"
    failed=1
    status=1
fi
echo "${passed:-0} passed, ${failed:-1} failed"
exit "$status"
