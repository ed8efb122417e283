#!/bin/sh
# The demo: a provider with twenty clients, an outage, a supplier that does not answer, a promise that is missed, and a
# closeout that nobody can skip, on a fast clock, with a real mail receiver: deploy/demo/story.py. Stays up until Ctrl-C;
# ONESHOT=1 checks everything and ends. DEMO_DIR (build/demo) is made anew, PORT (8080) is the first port that is tried.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
bin=${REDRESS_BIN:-$here/build/release}
if [ ! -x "$bin/redress" ]; then
    echo "demo: there is no $bin/redress; \`make demo\` builds it first" >&2
    exit 1
fi
if ! /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; then
    echo "demo: the mail receiver needs packages; deploy/packages.sh demo installs them" >&2
    exit 1
fi
REDRESS_BIN=$bin exec /usr/bin/python3 "$here/deploy/demo/story.py"
