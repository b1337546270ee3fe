#!/usr/bin/env bash
# Holds casefile's wiki markup against Atlassian's own parser: bash tests/wiki.sh FOLDER
# FOLDER/node_modules has @atlaskit/editor-wikimarkup-transformer. No construct may come out of it that the document
# did not ask for.
set -euo pipefail

folder=$(cd -- "${1:?usage: tests/wiki.sh FOLDER}" && pwd)
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
cargo test --locked --quiet --lib -- document::wiki::tests::print_samples --exact --ignored --nocapture \
  | sed -n 's/^.*sample: //p' \
  | NODE_PATH=$folder/node_modules node tests/wiki/check.cjs
