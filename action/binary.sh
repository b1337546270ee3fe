#!/usr/bin/env bash
# Finds the casefile binary: the one given as input, a release whose digest is listed in the action, or one
# built from the action's own source. Sets the output `path`.
set -euo pipefail

fail() {
  printf '::error title=casefile::%s\n' "$1" >&2
  exit 2
}

found() {
  printf 'path=%s\n' "$1" >> "$GITHUB_OUTPUT"
  exit 0
}

given() {
  local path=$INPUT_BINARY
  case $path in
    *$'\n'* | *$'\r'*) fail "the input 'binary' is not a path" ;;
  esac
  [[ -f $path ]] || fail "the input 'binary' is not a file"
  [[ -x $path ]] || fail "the file named by the input 'binary' is not executable; run chmod +x"
  case $path in
    /* | [A-Za-z]:*) found "$path" ;;
    *) found "$PWD/$path" ;;
  esac
}

target() {
  case "${RUNNER_OS:-} ${RUNNER_ARCH:-}" in
    'Linux X64') echo x86_64-unknown-linux-gnu ;;
    'Linux ARM64') echo aarch64-unknown-linux-gnu ;;
    'macOS X64') echo x86_64-apple-darwin ;;
    'macOS ARM64') echo aarch64-apple-darwin ;;
    'Windows X64') echo x86_64-pc-windows-msvc ;;
    'Windows ARM64') echo aarch64-pc-windows-msvc ;;
  esac
}

# the version of the action's own source
own_version() {
  awk -F '"' '/^version = / { print $2; exit }' Cargo.toml
}

sha256() {
  if command -v sha256sum > /dev/null; then sha256sum < "$1"; else shasum -a 256 < "$1"; fi | cut -d ' ' -f 1
}

# uses a release only if its digest is known here, and only if it has that digest
released() {
  local version=$1 target=$2 digest name path
  digest=$(awk -v version="$version" -v target="$target" \
    '$1 !~ /^#/ && $2 == version && $3 == target { print $1; exit }' action/digests.txt)
  [[ -n $digest && -n ${GITHUB_ACTION_REPOSITORY:-} ]] || return 0
  name=casefile-$version-$target${suffix}
  path=$folder/$name
  if ! curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --max-time 300 \
    --output "$path" "$GITHUB_SERVER_URL/$GITHUB_ACTION_REPOSITORY/releases/download/v$version/$name"; then
    echo '::warning title=casefile::the released binary could not be downloaded; building it instead' >&2
    return 0
  fi
  if [[ $(sha256 "$path") != "$digest" ]]; then
    rm -f -- "$path"
    fail "the digest of the released binary $name does not match the one in this action"
  fi
  chmod +x "$path"
  found "$path"
}

built() {
  local hint="pass a ready one as the input 'binary'"
  command -v cargo > /dev/null || fail "building casefile requires Rust, which this runner does not have; install it, or $hint"
  # the environment of earlier steps must not choose compilers or flags, and the build must not see secrets
  local name
  while read -r name; do
    unset "$name"
  done < <(compgen -e | grep -E -i \
    '^(RUSTC|RUSTDOC|RUSTFLAGS|CARGO_(BUILD|TARGET|PROFILE|UNSTABLE|ENCODED|REGISTR|ALIAS)|JIRA_|SLACK_|GITHUB_TOKEN|GH_TOKEN|ACTIONS_)' || true)
  # a cargo home inside the checkout would apply its configuration
  case ${CARGO_HOME:-} in
    "${GITHUB_WORKSPACE:-/nowhere}"*) unset CARGO_HOME ;;
  esac
  export CARGO_TARGET_DIR=$folder/target
  echo '::group::Building casefile' >&2
  cargo build --release --locked --bin casefile >&2 || fail "casefile could not be built; $hint"
  echo '::endgroup::' >&2
  found "$CARGO_TARGET_DIR/release/casefile${suffix}"
}

[[ -z ${INPUT_BINARY:-} ]] || given

folder=${RUNNER_TEMP:?}/casefile
mkdir -p -- "$folder"
suffix=
[[ ${RUNNER_OS:-} != Windows ]] || suffix=.exe

# cargo obeys the configuration of the folder it is called in, so that must not be the checkout
cd -- "$GITHUB_ACTION_PATH"
own=$(own_version)
version=${INPUT_VERSION:-$own}
version=${version#v}
released "$version" "$(target)"
[[ $version == "$own" ]] || fail "the input 'version' names a release that this action has no digest for"
built
