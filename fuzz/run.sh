#!/usr/bin/env bash
# Runs every fuzz target, or those named: fuzz/run.sh [SECONDS [TARGET...]]
# Needs a nightly Rust, `cargo install cargo-fuzz --locked` and a C++ compiler. Two run side by side (JOBS).
# What a target finds is in fuzz/artifacts/TARGET; the table of what was run is on standard output.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
seconds=${1:-600}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(basename -s .rs fuzz_targets/*.rs)
jobs=${JOBS:-2}

# the versions that the product is built with
cp ../Cargo.lock Cargo.lock
cargo +nightly fuzz build --fuzz-dir . --release --debug-assertions
mkdir -p logs

fuzz() {
  local target=$1
  mkdir -p "corpus/$target" "artifacts/$target"
  nice -n 19 "target/$(rustc -vV | sed -n 's/^host: //p')/release/$target" \
    "corpus/$target" "seeds/$target" "-artifact_prefix=artifacts/$target/" -dict=json.dict \
    "-max_total_time=$seconds" -rss_limit_mb=2048 -timeout=20 -max_len=65536 -print_final_stats=1 \
    > "logs/$target.log" 2>&1
}

failed=0
printf '| target | executions | new inputs | outcome |\n|---|---|---|---|\n'
report() {
  local target=$1 outcome=$2 count new
  count=$(sed -n 's/^stat::number_of_executed_units: *//p' "logs/$target.log")
  new=$(sed -n 's/^stat::new_units_added: *//p' "logs/$target.log")
  printf '| %s | %s | %s | %s |\n' "$target" "${count:-?}" "${new:-?}" "$outcome"
}

for ((at = 0; at < ${#targets[@]}; at += jobs)); do
  running=()
  batch=("${targets[@]:at:jobs}")
  for target in "${batch[@]}"; do
    fuzz "$target" &
    running+=($!)
  done
  for index in "${!batch[@]}"; do
    if wait "${running[index]}"; then report "${batch[index]}" clean; else
      report "${batch[index]}" "FOUND: fuzz/logs/${batch[index]}.log"
      failed=1
    fi
  done
done
exit "$failed"
