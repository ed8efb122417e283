#!/bin/sh
# Drives the pages in a real browser: run.sh WORK [FILE...], where WORK is a directory to install the browser's driver in.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
work=$(realpath "$1")
shift
cp "$here"/*.mjs "$here"/*.yaml "$here/package.json" "$here/package-lock.json" "$work"
cd "$work"
if ! cmp -s package-lock.json node_modules/.installed; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed
fi
: "${REDRESS_BUILD:=$here/../../build/release}"
REDRESS_WWW=$here/../../services/gateway/www
REDRESS_ROOT=$here/../..
export REDRESS_BUILD REDRESS_WWW REDRESS_ROOT
if [ $# = 0 ]; then
    set -- *.test.mjs
fi
case $1 in
*.test.mjs) exec node --test --test-concurrency=2 --test-reporter=./reporter.mjs "$@" ;;
*) exec node "$@" ;;
esac
