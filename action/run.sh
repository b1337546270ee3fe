#!/usr/bin/env bash
# Runs casefile with the action's inputs. Human-readable output goes to the log, the JSON result to a file.
# macOS has bash 3.2, so nothing newer is used here.
set -euo pipefail

# One line, whatever the message contains: the runner might read a second line as a command.
line() {
  local level=$1 message=${2//'%'/%25}
  message=${message//$'\r'/%0D}
  printf '::%s title=casefile::%s\n' "$level" "${message//$'\n'/%0A}" >&2
}

fail() {
  line error "$1"
  exit 2
}

# a credential passed as an input takes precedence over one from the environment
credential() {
  [[ -z $2 ]] || export "$1=$2"
}

credential JIRA_BASE_URL "${INPUT_JIRA_BASE_URL:-}"
credential JIRA_USER_EMAIL "${INPUT_JIRA_USER_EMAIL:-}"
credential JIRA_API_TOKEN "${INPUT_JIRA_API_TOKEN:-}"
credential GITHUB_TOKEN "${INPUT_GITHUB_TOKEN:-}"
unset INPUT_JIRA_API_TOKEN INPUT_GITHUB_TOKEN

command=${INPUT_COMMAND:-run}
case $command in
  run | plan | refresh | doctor) ;;
  *) fail "the input 'command' must be run, plan, refresh or doctor" ;;
esac

arguments=(--no-progress)
# what doctor finds is for people, so a step that succeeds should show it, too
if [[ $command == doctor ]]; then is_json=false; else is_json=true; fi
[[ $is_json == false ]] || arguments+=(--format=json)

# Adds the flag of an input. A value is written as `--name=value`, so that one that starts with a dash is not taken for
# a flag; of `lines`, each line is a value of its own; a `switch` is true or false.
option() {
  local kind=$1 name=$2 value=$3 one
  case $kind in
    value) arguments+=("--$name=$value") ;;
    lines)
      while IFS= read -r one; do
        one=${one%$'\r'}
        [[ -z $one ]] || arguments+=("--$name=$one")
      done <<< "$value"
      ;;
    switch)
      [[ $value == true || $value == false ]] || fail "the input '$name' must be true or false"
      [[ $value == false ]] || arguments+=("--$name")
      ;;
    volume)
      case $value in
        true) arguments+=(--verbose) ;;
        debug) arguments+=(-vv) ;;
        false) ;;
        *) fail "the input '$name' must be true, debug or false" ;;
      esac
      ;;
  esac
}

# Each flag that is an input, and the commands that take it.
while read -r kind name commands; do
  variable=INPUT_$(tr 'a-z-' 'A-Z_' <<< "$name")
  value=${!variable:-}
  if [[ -z $value ]]; then
    continue
  elif [[ " $commands " == *" $command "* ]]; then
    option "$kind" "$name" "$value"
  elif [[ $value != false ]]; then
    line warning "the input '$name' has no effect on the command '$command'"
  fi
done << 'TABLE'
value config run plan refresh doctor
lines reports run plan doctor
value branch run plan doctor
value tracker run plan refresh doctor
volume verbose run plan refresh doctor
switch quiet run plan refresh doctor
lines only run plan
value scope run plan
value max-new run plan
switch allow-mass-resolve run plan refresh
value fail-on run plan
value on-tracker-error run plan refresh
value time-limit run plan refresh doctor
value state run plan
value sarif-out run plan
value html run plan
value pull-request run plan
value commit run plan
value write-baseline plan
lines ticket refresh
switch test-ticket doctor
switch keep doctor
TABLE

cd -- "${INPUT_WORKING_DIRECTORY:-.}" || fail "the input 'working-directory' is not a directory"

if [[ $is_json == false ]]; then
  exec "$CASEFILE_BINARY" "$command" "${arguments[@]}"
fi

folder=${RUNNER_TEMP:?}/casefile
mkdir -p -- "$folder"
result=$folder/result-${GITHUB_JOB:-job}-$$.json

status=0
"$CASEFILE_BINARY" "$command" "${arguments[@]}" > "$result" || status=$?
printf 'result=%s\n' "$result" >> "$GITHUB_OUTPUT"
exit "$status"
