#!/usr/bin/env bash
# Installs Gatehouse from the checkout that this action is a part of, with its pins, for the steps after this.
# Reads PYTHON, RUNNER_TEMP; says where it is in GITHUB_OUTPUT.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
# Another version of this action may have been used in the job.
place="$RUNNER_TEMP/gatehouse-$(printf '%s' "$root" | cksum | tr -s ' ' -)"

# Settings of the job's Python would shadow what is installed here.
unset PYTHONHOME PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0

pip() { "$place/bin/python" -m pip "$1" --quiet -c "$root/deploy/constraints.txt" "${@:2}"; }

if [ ! -x "$place/bin/gatehouse" ]; then
    "${PYTHON:-python3}" -m venv "$place"
    # Without isolation the build uses the pinned tools just installed.
    pip install hatchling
    pip install --no-build-isolation "${root}[cli,local]"
fi
printf 'gatehouse=%s\n' "$place/bin/gatehouse" >>"$GITHUB_OUTPUT"
