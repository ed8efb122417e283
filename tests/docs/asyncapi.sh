#!/bin/sh
# Checks an AsyncAPI document with the reference parser, installed below a work directory: asyncapi.sh FILE WORK
set -eu
file=$(realpath "$1")
mkdir -p "$2"
cp "$(dirname "$0")/package.json" "$(dirname "$0")/package-lock.json" "$(dirname "$0")/asyncapi.mjs" "$2"
cd "$2"
if ! cmp -s package-lock.json node_modules/.installed; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed
fi
exec node asyncapi.mjs "$file"
