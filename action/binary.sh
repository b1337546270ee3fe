#!/usr/bin/env bash
# Finds the casefile binary: the one that the input `binary` names, or the release of the action's own version, whose
# digest the action carries. Only if the input `build` says so, one is built from the action's own source instead.
# Sets the output `path`; with INPUT_ADD_TO_PATH it also puts the binary on the path of the steps that follow.
# macOS has bash 3.2, so nothing newer is used here.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

# One line, whatever the message contains: the runner might read a second line as a command.
fail() {
  local message=${1//'%'/%25}
  message=${message//$'\r'/%0D}
  printf '::error title=casefile::%s\n' "${message//$'\n'/%0A}" >&2
  exit 2
}

# Ends with the path of the binary.
found() {
  local path=$1 bin=$folder/bin
  if [[ ${INPUT_ADD_TO_PATH:-} == true ]]; then
    mkdir -p -- "$bin"
    [[ $path == "$bin/casefile$suffix" ]] || cp -- "$path" "$bin/casefile$suffix"
    path=$bin/casefile$suffix
    printf '%s\n' "$bin" >> "$GITHUB_PATH"
  fi
  printf 'path=%s\n' "$path" >> "$GITHUB_OUTPUT"
  exit 0
}

# Whether an input that is true or false is true.
is_true() {
  case $2 in
    true) return 0 ;;
    false | '') return 1 ;;
    *) fail "the input '$1' must be true or false" ;;
  esac
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

# The target that the runner needs; empty where none is released.
target() {
  case "${RUNNER_OS:-} ${RUNNER_ARCH:-}" in
    'Linux X64') echo x86_64-unknown-linux-musl ;;
    'Linux ARM64') echo aarch64-unknown-linux-musl ;;
    'macOS X64') echo x86_64-apple-darwin ;;
    'macOS ARM64') echo aarch64-apple-darwin ;;
    'Windows X64') echo x86_64-pc-windows-msvc ;;
    'Windows ARM64') echo aarch64-pc-windows-msvc ;;
  esac
}

# The version of the action's own source.
own_version() {
  awk -F '"' '/^version = / { print $2; exit }' "$root/Cargo.toml"
}

# The digest that the action carries for a version and a target; empty where it has none.
digest_of() {
  awk -v version="$1" -v target="$2" \
    '$1 !~ /^#/ && $2 == version && $3 == target { print $1; exit }' "$root/action/digests.txt"
}

sha256() {
  if command -v sha256sum > /dev/null; then sha256sum < "$1"; else shasum -a 256 < "$1"; fi | cut -d ' ' -f 1
}

# How the archive for the target ends. With xz it is a quarter smaller, but not every container has that.
ending() {
  if [[ -n $suffix ]]; then
    echo zip
  elif command -v xz > /dev/null && [[ -n $(digest_of "$version" "$target.xz") ]]; then
    echo tar.xz
  else
    echo tar.gz
  fi
}

# Takes the archive out of the runner's tool cache. It is copied before it is looked at, because jobs that run side by
# side on a machine can write there.
cached() {
  [[ -n $cache && -f $cache/$name ]] || return 1
  cp -- "$cache/$name" "$archive" 2> /dev/null && [[ $(sha256 "$archive") == "$digest" ]]
}

download() {
  local url=${INPUT_DOWNLOAD_URL:-https://github.com/casefile/casefile/releases/download} why
  url=${url%/}/v$version/$name
  command -v curl > /dev/null || fail "downloading casefile requires curl, which this runner does not have; $otherwise"
  if ! why=$(curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --connect-timeout 20 \
    --max-time 300 --output "$archive" -- "$url" 2>&1); then
    # the first line gives the reason, and the lines after it are advice
    why=$(grep -m 1 '^curl:' <<< "$why" || tail -n 1 <<< "$why")
    # a mirror's address may hold a password
    [[ ! $url =~ ^(https?://)[^/@]*@(.*)$ ]] || url="${BASH_REMATCH[1]}***@${BASH_REMATCH[2]}"
    fail "casefile $version could not be downloaded from $url (${why:-no reason given}); check the network and HTTPS_PROXY, name a mirror as the input 'download-url', or $otherwise"
  fi
  if [[ $(sha256 "$archive") != "$digest" ]]; then
    rm -f -- "$archive"
    fail "the downloaded $name is not the one that was released: its SHA-256 digest differs from the one in this action; nothing of it was run"
  fi
  # a cache that cannot be written to costs the next run a download, no more
  if [[ -n $cache ]] && mkdir -p -- "$cache" 2> /dev/null; then
    { cp -- "$archive" "$cache/$name.$$" && mv -f -- "$cache/$name.$$" "$cache/$name"; } 2> /dev/null || true
  fi
}

# Uses a release if the action has a digest for it, and only a file with that digest.
released() {
  local digest name archive cache=
  [[ -n $(digest_of "$version" "$target") ]] || return 0
  name=casefile-$version-$target.$(ending)
  digest=$(digest_of "$version" "$target")
  [[ $name != *.xz ]] || digest=$(digest_of "$version" "$target.xz")
  archive=$folder/$name
  [[ -z ${RUNNER_TOOL_CACHE:-} ]] || cache=$RUNNER_TOOL_CACHE/casefile/$version/$target
  if cached; then
    printf 'casefile %s: verified, from the tool cache\n' "$version" >&2
  else
    download
    printf 'casefile %s: downloaded and verified\n' "$version" >&2
  fi
  mkdir -p -- "$folder/bin"
  case $name in
    *.zip) unzip -q -o -j "$archive" "*/casefile$suffix" -d "$folder/bin" ;;
    *.xz) xz -d -c "$archive" | tar -xf - -C "$folder/bin" --strip-components 1 "casefile-$version-$target/casefile" ;;
    *) tar -xzf "$archive" -C "$folder/bin" --strip-components 1 "casefile-$version-$target/casefile" ;;
  esac || fail "the archive $name could not be unpacked; $otherwise"
  rm -f -- "$archive"
  "$folder/bin/casefile$suffix" --version > /dev/null || fail "casefile $version does not start on this runner; $otherwise"
  found "$folder/bin/casefile$suffix"
}

# Says why there is no release to use.
unreleased() {
  local known
  if [[ $version != "$own" ]]; then
    known=$(awk '$1 !~ /^#/ && NF == 3 && !seen[$2]++ { printf "%s%s", comma, $2; comma = ", " }' "$root/action/digests.txt")
    fail "the input 'version' names casefile $version, which this action has no digest for (it has: ${known:-none}); leave the input out, or use the action of that release: casefile/casefile@v$version"
  elif [[ -z $(awk -v version="$own" '$1 !~ /^#/ && $2 == version' "$root/action/digests.txt") ]]; then
    fail "this commit of the action is not a release, so there is no binary for it; use casefile/casefile@v0, $otherwise"
  fi
  fail "there is no casefile release for this runner (${RUNNER_OS:-unknown} ${RUNNER_ARCH:-unknown}); $otherwise"
}

built() {
  local hint="pass a ready one as the input 'binary'"
  [[ $version == "$own" ]] || unreleased
  command -v cargo > /dev/null || fail "building casefile requires Rust, which this runner does not have; install it, or $hint"
  # the environment of earlier steps must not choose compilers or flags, and the build must not see secrets
  local variable
  while read -r variable; do
    unset "$variable"
  done < <(compgen -e | grep -E -i \
    '^(RUSTC|RUSTDOC|RUSTFLAGS|CARGO_(BUILD|TARGET|PROFILE|UNSTABLE|ENCODED|REGISTR|ALIAS)|JIRA_|SLACK_|GITHUB_TOKEN|GH_TOKEN|ACTIONS_)' || true)
  # a cargo home inside the checkout would apply its configuration
  case ${CARGO_HOME:-} in
    "${GITHUB_WORKSPACE:-/nowhere}"*) unset CARGO_HOME ;;
  esac
  export CARGO_TARGET_DIR=$folder/target
  # cargo obeys the configuration of the folder that it is called in, so that must not be the checkout
  cd -- "$root"
  echo '::group::Building casefile' >&2
  cargo build --release --locked --bin casefile >&2 || fail "casefile could not be built; $hint"
  echo '::endgroup::' >&2
  found "$CARGO_TARGET_DIR/release/casefile$suffix"
}

folder=${RUNNER_TEMP:?}/casefile
mkdir -p -- "$folder"
suffix=
[[ ${RUNNER_OS:-} != Windows ]] || suffix=.exe
otherwise="pass a binary as the input 'binary', or set the input 'build' to true on a runner that has Rust"

[[ -z ${INPUT_BINARY:-} ]] || given
may_build=false
if is_true build "${INPUT_BUILD:-}"; then may_build=true; fi
own=$(own_version)
version=${INPUT_VERSION:-$own}
version=${version#v}
[[ $version =~ ^[0-9A-Za-z.+-]+$ ]] || fail "the input 'version' is not a version such as $own"
target=$(target)
released
[[ $may_build == true ]] || unreleased
built
