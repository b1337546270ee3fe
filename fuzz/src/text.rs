//! Hostile texts made of bytes.

use arbitrary::{Result, Unstructured};

/// Pieces that mean something to one renderer or another.
const PIECES: &[&str] = &[
    "<!-- casefile:end -->",
    "<!-- casefile:start -->",
    "<!--",
    "-->",
    "@team",
    "@",
    "#1",
    "#",
    "]",
    "[",
    "](",
    ")",
    "![",
    "{code}",
    "{noformat}",
    "{quote}",
    "{{",
    "}}",
    "{",
    "}",
    "::error::x",
    "##[",
    "\0",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "`",
    "```",
    "~~~",
    "*",
    "**",
    "_",
    "~",
    "|",
    "||",
    "\\",
    "&",
    "&lt;",
    "&#64;",
    "<",
    ">",
    "<b>",
    "</details>",
    "</code>",
    "https://evil.example/x",
    "www.",
    "SEC-12",
    "deadbeef1",
    "- ",
    "+ ",
    "1. ",
    "# ",
    "h1. ",
    "bq. ",
    "> ",
    "---",
    "===",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "word",
    "é",
    "漢字",
    "$",
    ":)",
    "(/)",
    "\"",
    "'",
    "^",
    "=",
    "%0A",
    "!",
];

/// A text of such pieces and of any others.
pub fn hostile(from: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..from.int_in_range(0..=7)? {
        if from.ratio(1, 4)? {
            text += from.arbitrary::<&str>()?;
        } else {
            text += from.choose(PIECES)?;
        }
    }
    Ok(text)
}
