#!/usr/bin/env bash
# The parts of a release, one per command, so that each can be tried on any machine with GNU tar, xz, zip and coreutils.
# The workflows `release` and `publish` call them; CONTRIBUTING.md says in which order and why.
#
#   release.sh check VERSION                     checks that Cargo.toml has this version, and CHANGELOG.md its notes
#   release.sh notes VERSION                     prints these notes
#   release.sh archive TARGET BINARY EXTRAS OUT  packs a binary with what `cargo run --example extras` wrote
#   release.sh sums OUT                          writes SHA256SUMS of all archives and SBOMs
#   release.sh digests OUT                       prints action/digests.txt with the archives' digests added
#   release.sh formula OUT                       prints the Homebrew formula
#   release.sh image OUT FOLDER                  lays out the container image's files, for packaging/Dockerfile
#   release.sh verify VERSION OUT                checks that the files are those that the action and the formula name
#   release.sh moving VERSION < TAGS             prints the moving tags that point to this version from now on
#   release.sh unbuilt < PATHS                   fails if one of these changed paths requires another build
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# the most that is downloaded, in bytes: by a runner that has xz, and by the others
largest_xz=$((5 * 1000 * 1000))
largest=$((7 * 1000 * 1000))

fail() {
  printf 'release: %s\n' "$1" >&2
  exit 1
}

own_version() {
  awk -F '"' '/^version = / { print $2; exit }' "$root/Cargo.toml"
}

# The part of CHANGELOG.md between the version's heading and the next one, without the links at its end.
notes() {
  awk -v version="$1" '
    /^## / { inside = index($0, "## [" version "]") == 1; next }
    /^\[[^]]+\]: / { next }
    inside { print }
  ' "$root/CHANGELOG.md" | sed -e '/./,$!d'
}

check() {
  [[ $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "$1 is not a version such as 1.2.3"
  [[ $1 == "$(own_version)" ]] || fail "Cargo.toml has version $(own_version), not $1"
  grep -q -E "^## \[${1//./\\.}\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" "$root/CHANGELOG.md" \
    || fail "CHANGELOG.md has no heading \`## [$1] - YYYY-MM-DD\`"
  [[ -n $(notes "$1") ]] || fail "CHANGELOG.md says nothing about $1"
}

# The same files give the same archive on every machine: order, times and owners are fixed.
archive() {
  local target=$1 binary=$2 extras=$3 out=$4 name work suffix="" path
  name=casefile-$(own_version)-$target
  [[ $target != *-windows-* ]] || suffix=.exe
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder is known now
  trap "rm -rf -- '$work'" EXIT
  mkdir -p -- "$work/$name" "$out"
  install -m 755 -- "$binary" "$work/$name/casefile$suffix"
  for path in completions man sbom.cdx.json; do
    [[ -e $extras/$path ]] || fail "$extras has no $path"
    cp -R -- "$extras/$path" "$work/$name/"
  done
  cp -- "$root/README.md" "$root/CHANGELOG.md" "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$work/$name/"
  chmod -R u=rwX,go=rX "$work/$name"
  out=$(cd -- "$out" && pwd)
  cp -- "$extras/sbom.cdx.json" "$out/$name.cdx.json"
  if [[ -n $suffix ]]; then
    path=$out/$name.zip
    rm -f -- "$path"
    find "$work/$name" -exec touch --date=@315532800 {} +
    (cd -- "$work" && find "$name" -type f | LC_ALL=C sort | TZ=UTC zip -q -X -9 "$path" -@)
  else
    command -v xz > /dev/null || fail "packing requires xz"
    path=$out/$name.tar
    tar --create --directory "$work" --sort=name --mtime=@315532800 --owner=0 --group=0 --numeric-owner \
      --format=ustar --file "$work/tar" "$name"
    gzip "-${LEVEL:-9}" -n < "$work/tar" > "$path.gz"
    xz "-${LEVEL:-9}" < "$work/tar" > "$path.xz"
  fi
  for path in "$out/$name".tar.* "$out/$name".zip; do
    [[ ! -f $path ]] || printf '%s: %s bytes\n' "${path##*/}" "$(wc -c < "$path")"
  done
}

# The archives of a folder, by name.
archives() {
  (cd -- "$1" && find . -maxdepth 1 -name 'casefile-*' \( -name '*.tar.?z' -o -name '*.zip' \) | sed 's#^\./##' | LC_ALL=C sort)
}

# What action/digests.txt calls an archive of a version: its target, with `.xz` where it is the smaller one.
called() {
  local target=${1#"casefile-$2-"}
  [[ $target != "$1" ]] || fail "$1 is not an archive of $2"
  target=${target%.tar.gz}
  target=${target%.zip}
  printf '%s\n' "${target/%.tar.xz/.xz}"
}

sums() {
  local name size most
  [[ -n $(archives "$1") ]] || fail "$1 has no archives"
  while read -r name; do
    size=$(wc -c < "$1/$name")
    most=$largest
    [[ $name != *.xz ]] || most=$largest_xz
    [[ $size -le ${LARGEST:-$most} ]] || fail "$name has $size bytes; a runner should download at most ${LARGEST:-$most}"
  done < <(archives "$1")
  # one line each as `sha256sum --check` reads it
  (cd -- "$1" && find . -maxdepth 1 -name 'casefile-*' -type f | sed 's#^\./##' | LC_ALL=C sort | xargs sha256sum) > "$1/SHA256SUMS"
}

digest_of() {
  awk -v name="$2" '$2 == name { print $1 }' "$1/SHA256SUMS"
}

digests() {
  local name version
  version=$(own_version)
  # a release that was started again has other digests
  awk -v version="$version" '/^#/ || $2 != version' "$root/action/digests.txt"
  while read -r name; do
    printf '%s %s %s\n' "$(digest_of "$1" "$name")" "$version" "$(called "$name" "$version")"
  done < <(archives "$1")
}

formula() {
  local version target name digest text
  version=$(own_version)
  text=$(cat -- "$root/packaging/casefile.rb.in")
  text=${text//@VERSION@/$version}
  for target in aarch64-apple-darwin x86_64-apple-darwin aarch64-unknown-linux-musl x86_64-unknown-linux-musl; do
    name=casefile-$version-$target.tar.gz
    digest=$(digest_of "$1" "$name")
    [[ -n $digest ]] || fail "SHA256SUMS has no $name"
    text=${text//@$target@/$digest}
  done
  printf '%s\n' "$text"
}

# A static binary needs nothing but the certificates that this machine trusts.
image() {
  local version arch target certificates=${CERTIFICATES:-/etc/ssl/certs/ca-certificates.crt}
  version=$(own_version)
  [[ -s $certificates ]] || fail "there are no certificates in $certificates"
  for arch in amd64:x86_64 arm64:aarch64; do
    target=${arch#*:}-unknown-linux-musl
    [[ -f $1/casefile-$version-$target.tar.gz ]] || continue
    mkdir -p -- "$2/${arch%:*}"
    tar -xzf "$1/casefile-$version-$target.tar.gz" -C "$2/${arch%:*}" --strip-components 1 "casefile-$version-$target/casefile"
  done
  [[ -d $2/amd64 || -d $2/arm64 ]] || fail "$1 has no archive for a container"
  cp -- "$certificates" "$2/ca-certificates.crt"
  cp -- "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$2/"
}

verify() {
  local name target digest count=0
  check "$1"
  (cd -- "$2" && sha256sum --check --quiet --strict SHA256SUMS) || fail "a file is not the one of SHA256SUMS"
  while read -r name; do
    target=$(called "$name" "$1")
    digest=$(awk -v version="$1" -v target="$target" '$2 == version && $3 == target { print $1 }' "$root/action/digests.txt")
    [[ $digest == "$(digest_of "$2" "$name")" ]] || fail "action/digests.txt has another digest for $name"
    count=$((count + 1))
  done < <(archives "$2")
  [[ $count -eq $(awk -v version="$1" '$1 !~ /^#/ && $2 == version' "$root/action/digests.txt" | wc -l) ]] \
    || fail "action/digests.txt names archives that are not there"
  [[ $(formula "$2") == "$(cat -- "$root/Formula/casefile.rb")" ]] || fail "Formula/casefile.rb is not the formula for these archives"
}

# `v1` and `v1.2` point to the newest release of their series; a fix for an older series moves only its own tag. Before
# 1.0.0, a minor version may change the interface, but `v0` moves anyway: whoever wants to avoid that names `v0.1`.
moving() {
  local tag version=$1 major minor patch newest_of_major=true newest_of_minor=true
  IFS=. read -r major minor patch <<< "$version"
  while IFS=. read -r a b c; do
    [[ $a == "v$major" && $b =~ ^[0-9]+$ && $c =~ ^[0-9]+$ ]] || continue
    if [[ $b -gt $minor || ($b -eq $minor && $c -gt $patch) ]]; then newest_of_major=false; fi
    if [[ $b -eq $minor && $c -gt $patch ]]; then newest_of_minor=false; fi
  done
  for tag in "$newest_of_major v$major" "$newest_of_minor v$major.$minor"; do
    [[ $tag != true\ * ]] || printf '%s\n' "${tag#true }"
  done
}

# The tagged commit names the digests of binaries that were built from the commit before it, so that commit may differ in
# nothing that goes into a binary or an archive.
unbuilt() {
  local path
  while read -r path; do
    case $path in
      '' | action/digests.txt | Formula/casefile.rb) ;;
      *) fail "$path has changed since the binaries were built; start the release again" ;;
    esac
  done
}

command=${1:-}
[[ $# -eq 0 ]] || shift
case $command:$# in
  check:1 | notes:1 | archive:4 | sums:1 | digests:1 | formula:1 | image:2 | verify:2 | moving:1 | unbuilt:0) "$command" "$@" ;;
  *) fail "the beginning of $0 lists the commands" ;;
esac
