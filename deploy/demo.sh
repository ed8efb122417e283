#!/bin/bash
# The demo: three days of a made-up provider with three clients become escalations, then a live suite goes on with them.
# Stays up until Ctrl-C; ONESHOT=1 proves the data and ends. DEMO_DIR is the data directory (build/demo), made anew.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
bin=${REDRESS_BIN:-$here/build/release}
data=${DEMO_DIR:-$here/build/demo}
client=harbor-hospital
PATH=$bin:$PATH
REDRESS_DATA=$data
export PATH REDRESS_DATA

if [ ! -x "$bin/redress" ]; then
    echo "demo: there is no $bin/redress; \`make demo\` builds it first" >&2
    exit 1
fi

exec 2>&1 # one story, in one order

title() {
    printf '\n== %s\n' "$*"
}

# Says a command as one would type it, then runs it.
run() {
    printf '$ redress'
    for word in "$@"; do
        case $word in
        *[!A-Za-z0-9._/:=+-]*) printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    redress "$@"
}

stop() {
    trap - INT TERM EXIT
    redress down
    exit "${1:-0}"
}

# --- history ---------------------------------------------------------------------------------------------------------

if [ -f "$data/suite.json" ]; then
    redress down 2>/dev/null || true
    rm -rf "$data"
fi
mkdir -p "$(dirname "$data")"

title "Three days of tickets of a provider with three clients, on the clock of the data"
cd "$here/deploy/demo"
run import tickets tickets.csv --map ticket-log --history
title "Who was escalated to, when and why"
run timeline

# --- live ------------------------------------------------------------------------------------------------------------

title "The same directory goes on, live"
trap 'stop 1' EXIT
trap 'stop 0' INT TERM
# The first free port from 8080 on, so that a demo beside another program needs no thought.
port=${PORT:-8080}
while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
run up --detach --adopt-clock --http "127.0.0.1:$port"

title "The hospital's director calls: it happened again. Management is involved at once"
answer=$(redress escalation raise --client $client --cause client_wish --severity 2 \
    --title "Patient records slow again" --primary-contact "Dr. Okafor" --actor priya -o json)
id=$(printf '%s' "$answer" | sed -n 's/.*"result":{"id":"\([^"]*\)".*/\1/p')
esc=$client/$id
echo "$esc"
run escalation ack "$esc" --actor ann
run escalation engage "$esc" --manager "Marta Ruiz" --role "delivery manager" \
    --provider-executive "Ines Vogt" --client-executive "Dr. Okafor" --actor ann
run escalation perceive "$esc" --who "Dr. Okafor" --sentiment 2 --statement "Twice in three days." \
    --promise "A firmware plan, in writing" --promise-until +PT24H --actor marta
run escalation update "$esc" --context "Records answered slowly from 08:10 on" \
    --impact "Wards waited up to a minute" --action "Load moved to the second node" \
    --workaround "Read-only view on the intranet" --next-update-at +PT30M --actor ann

title "Closing too early is refused, with the rule"
if run escalation close "$esc" --actor ann; then
    echo "demo: an escalation was closed that nobody confirmed" >&2
    exit 1
fi

title "So everything is done"
run escalation confirm "$esc" --confirmed-by "Dr. Okafor" --actor marta
run escalation review "$esc" --decision required --reason "Second outage in three days" --actor marta
run escalation assess "$esc" --manager "Marta Ruiz" --assessment at_risk \
    --reason "They ask for other offers" --actor marta
run escalation survey "$esc" --decision asked --actor marta
run escalation close "$esc" --actor marta
title "Its story"
run timeline "$esc"
title "What is still open"
run escalation list

if [ -n "${ONESHOT:-}" ]; then
    title "Down, and proved: every event, the chain, and the state folded anew"
    trap - EXIT INT TERM
    redress down
    run verify
    exit
fi

# --- yours -----------------------------------------------------------------------------------------------------------

open=$(redress escalation list -o json | sed -n 's/.*"escalation":"\([^"]*\)","client":"lindner-logistics".*/\1/p')
title "It is up. In another terminal:"
cat <<END
export PATH=$bin:\$PATH REDRESS_DATA=$data

redress event watch                          # events as they happen
redress status
redress query escalation.ticket_summary      # what the tickets come to
redress timeline lindner-logistics           # one client's story
redress escalation ack lindner-logistics/${open:-ESC}
redress escalation --help                    # everything that can be done
redress endpoints                            # where your programs connect (ipc, MessagePack)
curl http://127.0.0.1:$port/metrics            # health and metrics; /readyz, /healthz

Data, logs and addresses: $data. Ctrl-C here ends it.
END
trap 'echo; stop 0' INT TERM
while redress status >/dev/null 2>&1; do
    sleep 5 &
    wait $!
done
echo "demo: the suite is not up any more; see $data/run" >&2
trap - EXIT
exit 1
