#!/usr/bin/env bash
# Tests policies as the inputs of the action say, which are INPUT_* in the environment, and ends as the test does.
# Writes the report to GITHUB_STEP_SUMMARY, and `result`, `sarif` and `junit` to GITHUB_OUTPUT.
set -euo pipefail
# The job's own credentials are none that the action was given.
unset GATEHOUSE_CREDENTIALS PYTHONHOME PYTHONPATH
export NO_COLOR=1 PYTHONUTF8=1

arguments=(test)

refuse() {
    printf '::error title=Gatehouse::%s\n' "$1"
    printf 'result=refused\n' >>"$GITHUB_OUTPUT"
    exit 2
}

# A file by a name that no program takes for an option, or for standard input.
file() { case $1 in -*) printf './%s' "$1" ;; *) printf '%s' "$1" ;; esac; }

option() { # name, value
    if [ -n "$2" ]; then arguments+=("$1=$2"); fi
}

for name in ${!INPUT_*}; do
    # One in an output would be read as the next output.
    case ${!name} in *[$'\n\r']*) refuse "an input has a line break" ;; *) ;; esac
done
[ -n "$INPUT_POLICIES" ] || refuse "the input policies is missing"
case $INPUT_SUMMARY in true | false) ;; *) refuse "the input summary is true or false" ;; esac
if [ -n "$INPUT_DIRECTORY" ]; then
    [ -z "$GATEHOUSE_URL$GATEHOUSE_ACCOUNT$GATEHOUSE_TOKEN" ] || refuse "give a directory, or url, account and token"
    option --local "$(file "$INPUT_DIRECTORY")"
    option --resources "$(file "$INPUT_RESOURCES")"
    option --base "$(file "$INPUT_BASE")"
else
    [ -n "$GATEHOUSE_URL" ] && [ -n "$GATEHOUSE_ACCOUNT" ] && [ -n "$GATEHOUSE_TOKEN" ] ||
        refuse "give a directory, or url, account and token"
    [ -z "$INPUT_RESOURCES" ] || refuse "resources go with a directory: a server has its own"
    option --base "$INPUT_BASE"
fi
option --expect "$(file "$INPUT_EXPECT")"
option --max-lost "$INPUT_MAX_LOST"
option --max-gained "$INPUT_MAX_GAINED"

report=$(mktemp "$RUNNER_TEMP/gatehouse-report.XXXXXX")
sarif=$(file "$INPUT_SARIF") junit=$(file "$INPUT_JUNIT")
for written in "$sarif" "$junit"; do
    [ -n "$written" ] || continue
    mkdir -p -- "$(dirname -- "$written")"
    # What an earlier run left is no result of this one.
    rm -f -- "$written"
done
option --markdown "$report"
option --sarif "$sarif"
option --junit "$junit"

# What users and policies are called must not be taken for commands to the runner.
quiet=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '::stop-commands::%s\n' "$quiet"
code=0
"$GATEHOUSE" "${arguments[@]}" -- "$(file "$INPUT_POLICIES")" 2>&1 || code=$?
printf '::%s::\n' "$quiet"

case $code in
    0) result=holds ;;
    1) result=broken ;;
    2) result=refused ;;
    4) result=exceeded ;;
    *) result=unavailable ;;
esac
{
    printf 'result=%s\n' "$result"
    if [ -s "$sarif" ]; then printf 'sarif=%s\n' "$sarif"; fi
    if [ -s "$junit" ]; then printf 'junit=%s\n' "$junit"; fi
} >>"$GITHUB_OUTPUT"
if [ "$INPUT_SUMMARY" = true ]; then
    if [ -s "$report" ]; then
        cat -- "$report" >>"$GITHUB_STEP_SUMMARY"
    else
        printf '## Access policies were not tested (%s)\n\nThe log of the step says why.\n' "$result" >>"$GITHUB_STEP_SUMMARY"
    fi
fi
rm -f -- "$report"
exit "$code"
