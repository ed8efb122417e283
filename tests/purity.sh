#!/bin/bash
# Proves on the object files that services are pure functions over their tables: tests/purity.sh SERVICE...
# A service may call what common/service.h and model.h declare, itself, and mem*; it has no writable data and no floating point.
# Then it plants four impurities (tests/purity/) into a copy of a service and expects each to be found.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
compiler=${CC:-gcc}

# What service.h and what it is made of promise to be pure: every function that these headers themselves declare, and their
# constants; what the preprocessor leaves of them, without types.
headers='service|model|time/worktime|time/wall|stat/fixed'
declared() {
    printf '#include "common/%s.h"\n' service model stat/fixed | "$compiler" -E -I. -x c - |
        awk -v wanted="^\"(./)?common/($headers)[.]h\"$" '/^# [0-9]+ "/ { inside = $3 ~ wanted; next } inside' |
        tr '\n' ' ' | tr ';{}' '\n' | grep -v typedef |
        sed -n -e 's/^[^(]*[ *]\([a-z_]\+\)(.*)\( __attribute__.*\)\? *$/\1/p' \
            -e 's/^ *extern const struct record \(.*\)$/\1/p' -e 's/^ *index_fn \([a-z_]*\)$/\1/p' | tr -d ' ' | tr ',' '\n' | sort -u
}
# text.h's inline functions call strlen.
# shellcheck disable=SC2046 # one name a word
allowed=$(printf '%s\n' $(declared) memcpy memmove memset memcmp strlen __stack_chk_fail)

# compile NAME DIRECTORY: its sources to $work/NAME/*.o, unoptimised away calls included.
compile() {
    mkdir -p "$work/$1"
    for source in "$2"/*.c; do
        "$compiler" -std=c11 -O2 -fno-builtin -fno-inline-functions -I. -D_GNU_SOURCE= -c "$source" \
            -o "$work/$1/$(basename "$source" .c).o" || return 1
    done
}

# Instructions that compute or convert in floating point, of SSE, AVX and the old coprocessor.
floating='v?(add|sub|mul|div|sqrt|min|max|round|ucomi|comi|cmp[a-z]*)[sp][sd]|v?cvt[a-z0-9]+'
floating="$floating|f(ld|st|add|sub|mul|div|ild|ist)[a-z0-9]*"

# impurities NAME: one line for each, nothing for a pure service.
impurities() {
    local objects=("$work/$1"/*.o) own short
    own=$(nm --defined-only "${objects[@]}" | awk 'NF == 3 { print $3 }' | sort -u)
    for object in "${objects[@]}"; do
        short=$1/$(basename "$object")
        nm -u "$object" | awk '{ print $2 }' | grep -vxF -e "$allowed" -e "$own" |
            sed "s|^|$short calls |"
        # What the linker would place in writable memory; relocated read-only tables are not.
        objdump -h "$object" | awk '$2 ~ /^\.(data|bss|tdata|tbss)/ && $2 !~ /^\.data\.rel\.ro/ && $3 !~ /^0+$/ \
            { print $2 }' | sed "s|^|$short has writable |"
        nm "$object" | awk '$2 == "C" { print $3 }' | sed "s|^|$short has writable |"
        objdump -d --no-show-raw-insn "$object" | cut -s -f2 | awk '{ print $1 }' |
            grep -xE "$floating" |
            sort -u | sed "s|^|$short computes in floating point: |"
    done
}

# expect yes|no WORDS NAME: whether the service of that name is pure.
expect() {
    local found
    found=$(impurities "$3")
    if { [ "$1" = yes ] && [ -z "$found" ]; } || { [ "$1" = no ] && [ -n "$found" ]; }; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "purity: $2"
        [ -z "$found" ] || echo "$found"
    fi
}

if [ "$(wc -l <<<"$allowed")" -lt 20 ]; then
    echo "purity: common/service.h declares too little; the list is wrong: $allowed"
    failed=$((failed + 1))
fi
for service; do
    if compile "$service" "services/$service"; then
        expect yes "services/$service reaches outside" "$service"
    else
        failed=$((failed + 1))
    fi
done

# The self-test: a copy of a service with something allowed is pure, with any planted case it is not.
plant() {
    mkdir "$work/$1" "$work/$1-source"
    [ -z "${base:-}" ] || cp "$work/$base"/*.o "$work/$1/"
    cp "$2" "$work/$1-source/"
    compile "$1" "$work/$1-source" || echo "purity: $2 does not compile"
}
base=${1:-}
plant allowed tests/purity/pure.c
expect yes "tests/purity/pure.c should be pure" allowed
for planted in tests/purity/planted_*.c; do
    name=$(basename "$planted" .c)
    plant "$name" "$planted"
    expect no "$planted was not found" "$name"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
