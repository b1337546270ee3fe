#!/usr/bin/env bash
# Runs casefile with the action's inputs. Human-readable output goes to the log, the JSON result to a file.
set -euo pipefail

fail() {
  printf '::error title=casefile::%s\n' "$1" >&2
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

arguments=(--format=json --no-progress)

# as `--name=value`, so that a value that starts with a dash is not taken for a flag
option() {
  [[ -z $2 ]] || arguments+=("--$1=$2")
}

case ${INPUT_COMMAND:-run} in
  run | plan)
    option fail-on "${INPUT_FAIL_ON:-}"
    option max-new "${INPUT_MAX_NEW:-}"
    option state "${INPUT_STATE:-}"
    option sarif-out "${INPUT_SARIF_OUT:-}"
    ;;
  refresh) option ticket "${INPUT_TICKET:-}" ;;
  *) fail "the input 'command' must be run, plan or refresh" ;;
esac

option on-tracker-error "${INPUT_ON_TRACKER_ERROR:-}"
option config "${INPUT_CONFIG:-}"
option branch "${INPUT_BRANCH:-}"
option tracker "${INPUT_TRACKER:-}"
while IFS= read -r glob; do
  glob=${glob%$'\r'}
  option reports "$glob"
done <<< "${INPUT_REPORTS:-}"

cd -- "${INPUT_WORKING_DIRECTORY:-.}" || fail "the input 'working-directory' is not a directory"

folder=${RUNNER_TEMP:?}/casefile
mkdir -p -- "$folder"
result=$folder/result-${GITHUB_JOB:-job}-$$.json

status=0
"$CASEFILE_BINARY" "${INPUT_COMMAND:-run}" "${arguments[@]}" > "$result" || status=$?
printf 'result=%s\n' "$result" >> "$GITHUB_OUTPUT"
exit "$status"
