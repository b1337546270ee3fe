#!/usr/bin/env bash
# Stands in for the scanners that the recipes call, by the name that it is called by: writes a report where the command
# line says, and ends as the scanner would that found something. SCANNED is the folder of reports.
set -euo pipefail

# what the arguments before have said: the value behind an option
after() {
  local option=$1
  shift
  while [[ $# -gt 1 ]]; do
    [[ $1 != "$option" ]] || { printf '%s' "$2"; return; }
    shift
  done
}

# a path inside a container is one of the folder that was mounted there
outside() {
  printf '%s' "${1/#\/reports\//reports/}"
}

case ${0##*/}:$* in
  pipx:install\ *==* | docker:build\ *) ;;
  semgrep:scan\ *) cp "$SCANNED/semgrep.sarif" "$(after --output "$@")" ;;
  checkov:*--soft-fail*)
    folder=$(after --output-file-path "$@")
    mkdir -p "$folder"
    cp "$SCANNED/checkov.sarif" "$folder/results_sarif.sarif"
    ;;
  npm:audit\ *--json*)
    cat "$SCANNED/npm-audit.json"
    exit 1
    ;;
  trivy:fs\ *) cp "$SCANNED/trivy.json" "$(after --output "$@")" ;;
  docker:run\ */trivy:*) cp "$SCANNED/trivy.json" "$(outside "$(after --output "$@")")" ;;
  docker:run\ */gitleaks:*--exit-code\ 0*) cp "$SCANNED/secretlint.sarif" "$(outside "$(after --report-path "$@")")" ;;
  docker:run\ */osv-scanner:*)
    cat "$SCANNED/osv.json"
    exit 1
    ;;
  *)
    printf '%s %s: no recipe calls it like this\n' "${0##*/}" "$*" >&2
    exit 127
    ;;
esac
