#!/bin/bash
# Branch coverage by the unit tests: every branch of the services' rules must be taken: tests/coverage.sh BUILD SERVICE...
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
shift
[ $# -gt 0 ] || {
    echo "coverage: no services"
    exit 1
}
filters=()
for service; do
    filters+=(--filter "services/$service/")
done
gcov="gcovr --root . --object-directory $build/cov"
$gcov --filter common/ --branches --print-summary 2>/dev/null | tail -n 40
$gcov "${filters[@]}" --html-details "$build/cov/services.html" --txt "$build/cov/services.txt" --branches \
    --fail-under-branch "${COVERAGE_BRANCHES:-100}"
code=$?
cat "$build/cov/services.txt"
exit $code
