//! The only room that prints. Nothing printed can be a workflow command or a terminal control; what
//! really is a workflow command goes through [`command`].

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use clap::ColorChoice;
use serde::Serialize;

use crate::document::{mask, terminal};
use crate::error::{Error, ErrorClass, Result};

/// Why a part of the result could not be written.
static LOST: OnceLock<String> = OnceLock::new();

/// Whether all of the result could be written so far. A reader that went away (`| head`) had enough.
///
/// # Errors
/// A part of it is lost: the disk is full, or standard output is closed.
pub(crate) fn is_whole() -> Result<()> {
    match LOST.get() {
        None => Ok(()),
        Some(why) => {
            let message = format!("the result could not be written to standard output: {why}");
            Err(Error::new(ErrorClass::Machine, message)
                .hint("what was done is done, and an unchanged run says it again"))
        }
    }
}

/// Prints a part of the result, for people, on standard output.
pub(crate) fn result(text: &str) {
    put(&shown(text));
}

/// Prints the result as one JSON document on standard output.
pub(crate) fn json(value: &impl Serialize) {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    put(&terminal::json(&text));
}

/// Prints a text of ours, or one that its renderer made harmless, as it is, on standard output.
pub(crate) fn raw(text: &str) {
    put(text.trim_end());
}

/// Prints for people who watch, on standard error.
pub(crate) fn say(text: &str) {
    print(&mut io::stderr().lock(), &shown(text));
}

/// Whether a person watches what is said.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Prints workflow commands, each made and escaped by `github/`, on standard error: the runner reads
/// both streams, and standard output may have to be one JSON document.
pub(crate) fn command(commands: &str) {
    if !commands.is_empty() {
        print(&mut io::stderr().lock(), commands.trim_end());
    }
}

/// How a mark is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Green,
    Yellow,
    Red,
}

/// Prints a part of the result whose first word is a mark in a colour.
pub(crate) fn marked(mark: &str, paint: Paint, text: &str, color: ColorChoice) {
    let code = match paint {
        Paint::Green => "32",
        Paint::Yellow => "33",
        Paint::Red => "1;31",
    };
    let text = shown(text);
    if is_painted(color, io::stdout().is_terminal()) {
        put(&format!("\x1b[{code}m{mark}\x1b[0m {text}"));
    } else {
        put(&format!("{mark} {text}"));
    }
}

fn is_painted(color: ColorChoice, is_terminal: bool) -> bool {
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => is_terminal,
    }
}

/// Prints what ended a command, and what to do about it.
pub(crate) fn error(message: &str, hint: Option<&str>, color: ColorChoice) {
    let (red, plain) = if is_painted(color, is_watched()) { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
    let mut text = format!("{red}error{plain}: {}", shown(message));
    if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
        text.push_str(&format!("\n  {}", shown(hint)));
    }
    print(&mut io::stderr().lock(), &text);
}

fn shown(text: &str) -> String {
    text.lines().map(terminal::shown).collect::<Vec<_>>().join("\n")
}

/// Writes a line of the result.
fn put(text: &str) {
    let mut stream = io::stdout().lock();
    let written = writeln!(stream, "{}", mask::text(text)).and_then(|()| stream.flush());
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        LOST.get_or_init(|| error.to_string());
    }
}

/// Whoever does not hear what is said loses no result.
fn print(stream: &mut impl Write, text: &str) {
    let _ = writeln!(stream, "{}", mask::text(text));
}

/// Takes log lines, whole or in pieces, and prints each as [`say`] does.
#[derive(Default)]
pub(crate) struct LogLines(Vec<u8>);

impl Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for LogLines {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.0);
        if !text.trim().is_empty() {
            say(text.trim_end());
        }
    }
}

/// Takes log lines that are JSON objects, whole or in pieces, and prints each so that nothing obeys it.
#[derive(Default)]
pub(crate) struct Objects(Vec<u8>);

impl Write for Objects {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.0);
        if !text.trim().is_empty() {
            print(&mut io::stderr().lock(), &terminal::json(text.trim_end()));
        }
    }
}
