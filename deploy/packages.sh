#!/bin/sh
# Installs the Debian packages that Redress needs and this machine lacks: deploy/packages.sh [--list] GROUP...
# Groups: build, run, demo, test, lint, node, browser, containers. This is the only list of packages. Says nothing when nothing is missing.
set -eu

build="build-essential pkg-config libzmq3-dev libczmq-dev liblmdb-dev libjansson-dev libsodium-dev
       libcurl4-openssl-dev libyaml-dev zlib1g-dev libevent-dev libmsgpack-dev"
run="libzmq5 libczmq4 liblmdb0 libjansson4 libsodium23 libcurl4 libyaml-0-2 zlib1g libevent-2.1-7
     libmsgpackc2 tzdata ca-certificates"
demo="python3 python3-aiosmtpd"
test="libcmocka-dev python3 python3-pytest python3-pytest-xdist python3-zmq python3-msgpack python3-yaml
      python3-jsonschema python3-aiosmtpd python3-icalendar python3-scipy prometheus
      prometheus-alertmanager"
lint="clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14 cppcheck gcovr"
node="nodejs npm"
browser="chromium fonts-dejavu-core poppler-utils"
containers="docker.io docker-compose debootstrap"

list_only=
wanted=
for group in "$@"; do
    case $group in
    --list) list_only=1 ;;
    build) wanted="$wanted $build" ;;
    run) wanted="$wanted $run" ;;
    demo) wanted="$wanted $demo" ;;
    test) wanted="$wanted $test" ;;
    lint) wanted="$wanted $lint" ;;
    node)
        # Node.js from another source brings its own npm, which Debian's package would break.
        if [ -n "$list_only" ] || ! command -v npm >/dev/null; then
            wanted="$wanted $node"
        fi
        ;;
    browser) wanted="$wanted $browser" ;;
    containers) wanted="$wanted $containers" ;;
    *)
        echo "usage: deploy/packages.sh [--list] {build|run|demo|test|lint|node|browser|containers}..." >&2
        exit 2
        ;;
    esac
done

if [ -n "$list_only" ]; then
    # shellcheck disable=SC2086 # the list is split into one package a line on purpose
    printf '%s\n' $wanted
    exit 0
fi

if ! command -v dpkg-query >/dev/null; then
    echo "packages: not a Debian system, install these yourself: $wanted" >&2
    exit 0
fi

missing=
for package in $wanted; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    as_root=sudo
    if ! command -v sudo >/dev/null; then
        echo "packages: these are missing, and neither root nor sudo is at hand:$missing" >&2
        exit 1
    fi
fi
echo "packages: installing with apt-get${as_root:+ through sudo}:$missing" >&2
$as_root apt-get -qq update
# shellcheck disable=SC2086 # one argument a package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null

# Tests start these themselves; their own services are not left running where they were not before.
if [ -d /run/systemd/system ]; then
    for package in $missing; do
        case $package in
        prometheus*) $as_root systemctl --quiet disable --now "$package" 2>/dev/null || true ;;
        esac
    done
fi
