#!/usr/bin/env bash
# Makes .venv, installs with the pins, and runs the whole suite; arguments go to pytest.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=deploy/venv.sh
. "$root/deploy/venv.sh"

# Servers and accounts of the caller's are none of the suite's.
unset DATABASE_URL DATABASE_URL_FILE REDIS_URL REDIS_URL_FILE
for name in ${!GATEHOUSE_*}; do unset "$name"; done

step() { # name, command...
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || fail "$name failed"
}

prepare test
cd "$root"
step "format" "$python" -m ruff format --check --quiet .
step "lint" "$python" -m ruff check --quiet .
step "types" "$python" -m mypy
step "import contracts" "$python" "$root/.venv/bin/lint-imports"
# A process for each core; the tests of one file share what they set up.
step "tests" "$python" -m pytest -n auto --dist loadfile "$@"
