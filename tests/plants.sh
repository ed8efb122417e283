#!/bin/sh
# Every plant of common/suite/plant.h is used by the source, is in its own build, and in no other: tests/plants.sh BUILD PLANT...
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
shift
passed=0
failed=0

# check WORDS COMMAND...: counts whether the command succeeds
check() {
    words=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "plants: not so: $words"
    fi
}
programs() {
    find "$build/$1" -maxdepth 1 -type f -name 'redress*' -perm -u+x
}
marks() {
    programs "$1" | xargs -r strings -a | grep -o 'redress_plant_[a-z_]*' | sort -u
}

check "there are plants" [ $# -gt 0 ]
check "there are release programs" [ -n "$(programs release)" ]
check "the release has no plant" [ -z "$(marks release)" ]
for plant; do
    check "$plant is asked for in the source" \
        grep -rqs --include='*.c' "PLANTED($plant)" common services
    check "a fault run looks for $plant" grep -qs "\"$plant\"" tests/fault/test_fault.py
    check "the build of $plant has it and no other" [ "$(marks "plant-$plant")" = "redress_plant_$plant" ]
    for program in $(programs "plant-$plant"); do
        check "$program bears the mark" grep -q "redress_plant_$plant" "$program"
    done
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
