#!/bin/sh
# Checks a document with a program of Node's, installed below a work directory: node.sh PROGRAM.mjs FILE WORK
set -eu
file=$(realpath "$2")
here=$(dirname "$0")
mkdir -p "$3"
cp "$here/package.json" "$here/package-lock.json" "$here/redocly.yaml" "$here/$1" "$3"
cd "$3"
if ! cmp -s package-lock.json node_modules/.installed; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed
fi
exec node "$1" "$file"
