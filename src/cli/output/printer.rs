//! The only module that prints. Nothing printed can be a workflow command or a terminal control; what
//! really is a workflow command goes through [`command`].

use std::io::{self, BufWriter, ErrorKind, IsTerminal, StdoutLock, Write};
use std::sync::OnceLock;

use clap::ColorChoice;
use serde::Serialize;

use crate::cli::output::json;
use crate::cli::setup::connect::variable;
use crate::document::{mask, terminal};
use crate::error::{Error, ErrorClass, Result};

/// Why a part of the result could not be written.
static LOST: OnceLock<String> = OnceLock::new();

/// Whether the whole result could be written so far. A reader that went away (`| head`) had enough.
///
/// # Errors
/// A part of it is lost: the disk is full, or standard output is closed.
pub(crate) fn is_whole() -> Result<()> {
    match LOST.get() {
        None => Ok(()),
        Some(why) => {
            let message = format!("the result could not be written to standard output: {why}");
            Err(Error::new(ErrorClass::Machine, message)
                .hint("everything else was done; run the same command again to print the result"))
        }
    }
}

/// Prints a part of the result, for people, on standard output.
pub(crate) fn result(text: &str) {
    put_text(&shown(text));
}

/// Prints the result as one JSON document on standard output.
pub(crate) fn json(value: &impl Serialize) {
    put(|stream| {
        json::write(stream, value)?;
        stream.write_all(b"\n")
    });
}

/// Prints our own text, or text that its renderer made harmless, as it is, on standard output.
pub(crate) fn raw(text: &str) {
    put_text(text.trim_end());
}

/// Prints text for people on standard error.
pub(crate) fn say(text: &str) {
    print(&mut io::stderr().lock(), &shown(text));
}

/// Whether a person watches standard error.
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

/// How a word looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Bold,
    Dim,
    Blue,
    Green,
    Yellow,
    Red,
    StrongRed,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Paint::Plain => "",
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Blue => "34",
            Paint::Green => "32",
            Paint::Yellow => "33",
            Paint::Red => "31",
            Paint::StrongRed => "1;31",
        }
    }
}

/// A part of a line with a uniform style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    text: String,
    paint: Paint,
    /// How many spaces follow, so that columns are aligned.
    pub(crate) blanks: usize,
    /// Where it links to, on a terminal that supports links.
    pub(crate) link: Option<String>,
}

impl Span {
    /// A text, which may come from a stranger.
    pub(crate) fn painted(text: &str, paint: Paint) -> Span {
        Span { text: shown(text), paint, blanks: 0, link: None }
    }

    /// A text without a style.
    pub(crate) fn plain(text: &str) -> Span {
        Span::painted(text, Paint::Plain)
    }

    /// Its text with the spaces that follow.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.text, " ".repeat(self.blanks))
    }

    fn drawn(&self, is_painted: bool) -> String {
        if !is_painted {
            return self.text();
        }
        let plain =
            |url: &&String| url.starts_with("http") && url.bytes().all(|byte| byte.is_ascii_graphic());
        let text = match self.link.as_ref().filter(plain) {
            Some(url) => format!("\x1b]8;;{url}\x1b\\{}\x1b]8;;\x1b\\", self.text),
            None => self.text.clone(),
        };
        let text = match self.paint {
            Paint::Plain => text,
            paint => format!("\x1b[{}m{text}\x1b[0m", paint.code()),
        };
        text + &" ".repeat(self.blanks)
    }
}

/// Where a command's human-readable text is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The result, on standard output.
    Result,
    /// The log, on standard error.
    Log,
}

impl Channel {
    /// Prints a line of parts, separated by two spaces.
    pub(crate) fn line(self, spans: &[Span], color: ColorChoice) {
        let is_painted = is_painted(color, self.is_terminal());
        let drawn: Vec<String> = spans.iter().map(|span| span.drawn(is_painted)).collect();
        let line = drawn.join("  ");
        match self {
            Channel::Result => put_text(line.trim_end()),
            Channel::Log => print(&mut io::stderr().lock(), line.trim_end()),
        }
    }

    /// Prints a text.
    pub(crate) fn text(self, text: &str) {
        match self {
            Channel::Result => result(text),
            Channel::Log => say(text),
        }
    }

    /// How many columns there are; `None`: it is not shown on a terminal.
    pub(crate) fn width(self) -> Option<usize> {
        let terminal = match self {
            Channel::Result => console::Term::stdout(),
            Channel::Log => console::Term::stderr(),
        };
        let columns = terminal.size_checked().map(|(_, columns)| usize::from(columns));
        columns.filter(|columns| self.is_terminal() && *columns > 0)
    }

    fn is_terminal(self) -> bool {
        match self {
            Channel::Result => io::stdout().is_terminal(),
            Channel::Log => io::stderr().is_terminal(),
        }
    }
}

/// Prints a part of the result whose first word is a mark in a colour.
pub(crate) fn marked(mark: &str, paint: Paint, text: &str, color: ColorChoice) {
    let mark = Span::painted(mark, paint).drawn(is_painted(color, io::stdout().is_terminal()));
    put_text(&format!("{mark} {}", shown(text)));
}

/// Whether colours are wanted: as requested, otherwise on a terminal (<https://no-color.org>).
fn is_painted(color: ColorChoice, is_terminal: bool) -> bool {
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => is_terminal && variable("NO_COLOR").is_none(),
    }
}

/// Prints something that people should know, after a word for its importance.
pub(crate) fn remark(word: &str, paint: Paint, text: &str, color: ColorChoice) {
    let word = Span::painted(word, paint).drawn(is_painted(color, is_watched()));
    print(&mut io::stderr().lock(), &format!("{word}: {}", shown(text)));
}

/// Prints what ended a command, and what to do about it.
pub(crate) fn error(message: &str, hint: Option<&str>, color: ColorChoice) {
    let error = Span::painted("error", Paint::StrongRed).drawn(is_painted(color, is_watched()));
    let mut text = format!("{error}: {}", shown(message));
    if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
        text.push_str(&format!("\n  {}", shown(hint)));
    }
    print(&mut io::stderr().lock(), &text);
}

fn shown(text: &str) -> String {
    text.lines().map(terminal::shown).collect::<Vec<_>>().join("\n")
}

/// Writes a line of the result.
fn put_text(text: &str) {
    put(|stream| writeln!(stream, "{}", mask::text(text)));
}

fn put(write: impl FnOnce(&mut BufWriter<StdoutLock<'_>>) -> io::Result<()>) {
    let mut stream = BufWriter::new(io::stdout().lock());
    let written = write(&mut stream).and_then(|()| stream.flush());
    // what could not be written is not tried again
    let _ = stream.into_parts();
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        LOST.get_or_init(|| error.to_string());
    }
}

/// If nobody reads the messages, the result is not lost.
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

/// Takes log lines that are JSON objects, whole or in pieces, and prints each so that it has no effect on a terminal or
/// runner.
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
