//! Wrong configurations with what is said about them, as data.

use super::*;
use crate::model::finding::Kind;
use crate::model::record::{Mode, State};
use crate::model::severity::Severity;

const COMPLETE: &str = include_str!("../../fixtures/config/complete.yml");

fn good(text: &str) -> Config {
    parse(text, "c.yml").unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"))
}

#[test]
fn show() {
    for text in [
        "a: [",
        "x: 'abc",
        "\tx: y",
        "x: *nope",
        "x: !secret abc",
        "a: 1\n b: 2",
        "[a]: b",
        "a: &x [*x]",
        "--- a\n--- b",
        "x: {<<: abc}",
        "a: .inf",
        "? {a: b}\n: c",
        "é: [1.10, yes, 0755, 1_000, ~, -3, 1e400]",
        "x: \"a\\qb\"",
        "x: s3cr3t: abc",
        "x: @foo",
        "%YAML x",
    ] {
        println!("{text:?}: {:?}", parse(text, "c.yml").err());
    }
}
