#!/usr/bin/env bash
# Shows the main job on this machine: a made-up directory, the example policies, who gets in and who does not.
#   USERS=n  size of the directory (100000)    KEEP=1  leave the data    HOLD=1  keep it running until Ctrl-C
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=deploy/venv.sh
. "$root/deploy/venv.sh"

users=${USERS:-100000}
[[ $users =~ ^[1-9][0-9]*$ ]] || fail "USERS is \`$users\`: give a number of users"
policies="$root/deploy/example/policies.json"

# Servers and accounts of the caller's stay untouched.
unset DATABASE_URL DATABASE_URL_FILE REDIS_URL REDIS_URL_FILE
for name in ${!GATEHOUSE_*}; do unset "$name"; done

prepare embedded

# The database of root runs as another account, which may not be let into root's own temporary directory.
place=${TMPDIR:-/tmp}
[ "$(id -u)" != 0 ] || place=/tmp
data=$(mktemp -d "$place/gatehouse-try.XXXXXX")
standalone=""

gatehouse() { "$python" -P -m services.cli "$@"; }
if [ -t 1 ]; then bold=$'\033[1m' plain=$'\033[0m'; else bold="" plain=""; fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

finish() {
    local code=$?
    trap '' INT TERM
    trap - EXIT
    if [ -n "$standalone" ] && kill -0 "$standalone" 2>/dev/null; then
        kill -TERM "$standalone"
        wait "$standalone" || true
        say "Stopped PostgreSQL, Valkey, the gateway and both workers"
    fi
    if [ "${KEEP:-}" = 1 ]; then
        echo "Kept $data; to start it again: $root/.venv/bin/gatehouse standalone --data-dir $data${port:+ --port $port}"
    else
        case $code in 0 | 130 | 143) ;; *) tail -n 20 "$data/standalone.log" >&2 ;; esac
        rm -rf "$data"
        echo "Removed $data (KEEP=1 keeps it)"
    fi
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say "Starting PostgreSQL, Valkey, the gateway and 2 workers"
"$python" -P -m services.standalone --port 0 --workers 2 --data-dir "$data" >"$data/ready" 2>"$data/standalone.log" &
standalone=$!
until [ -s "$data/ready" ]; do
    kill -0 "$standalone" 2>/dev/null || fail "it did not start"
    sleep 0.1
done
cat "$data/standalone.log"

credential() { "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$data/credentials.json" "$1"; }
export GATEHOUSE_CREDENTIALS="$data/credentials.json"
url=$(credential url)
port=${url##*:}
account=$(credential account_id)
echo "ready at $url"

say "Making up a directory of $users users and importing it"
gatehouse generate-directory -n "$users" -o "$data/directory.ndjson"
gatehouse import "$data/directory.ndjson"

say "Testing the policies of deploy/example/policies.json against every user"
gatehouse test "$policies" --wait | tee "$data/test"
test_id=$(sed -n 's/^test \([0-9a-f-]*\) .*/\1/p' "$data/test" | head -n 1)

for verdict in approved blocked error; do
    say "Ten users: $verdict"
    gatehouse users "$test_id" --status "$verdict" --per-page 10
done

say "The same by hand"
cat <<LINES
  api=$url/accounts/$account
  token=\$(sed -n 's/.*"token": *"\\([^"]*\\)".*/\\1/p' '$data/credentials.json')
  curl -H "Authorization: Bearer \$token" -H 'Content-Type: application/x-ndjson' -X POST -T '$data/directory.ndjson' \$api/directory/imports
  curl -H "Authorization: Bearer \$token" -H 'Content-Type: application/json' --data-binary '@$policies' \$api/access/policy-tests
  curl -H "Authorization: Bearer \$token" \$api/access/policy-tests/$test_id
  curl -H "Authorization: Bearer \$token" "\$api/access/policy-tests/$test_id/users?status=fail&per_page=10"
LINES
echo "Clients of Cloud CMS connect to $url with the client and the login in $data/credentials.json"
if [ "${HOLD:-}" != 1 ]; then
    echo "These lines work while it runs: HOLD=1 deploy/try.sh keeps it running."
fi

if [ "${HOLD:-}" = 1 ]; then
    say "Running until Ctrl-C"
    wait "$standalone"
fi
