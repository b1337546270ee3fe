//! The one way through a JSON report: in one pass, one element at a time, with bounded memory.
//!
//! A reader walks down to the elements that it wants with [`Json::each_entry`] and
//! [`Json::each_element`], and takes each with [`Json::value`], which parses it right in the window.
//! What a visit does not touch is skipped.

use std::fmt::Write;
use std::io::{self, Read};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Sink;
use super::lenient::Text;
use super::mend::mend;
use super::window::{Skipper, Window};
use crate::model::scan::Problem;

/// How deep a walk goes down; serde_json holds a value to the same.
const DEEPEST: usize = 128;

/// How many bytes one element may have; a larger one is skipped and is a problem.
const LARGEST: usize = 16 << 20;

/// A type that may borrow from the window that it is read from.
pub trait Element {
    /// The type, borrowing from a window that lives for `'w`.
    type In<'w>: Deserialize<'w>;
}

/// UTF-8's byte order mark.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// A type that keeps its own copy of all that it is read from.
pub struct Own<T>(T);

impl<T: DeserializeOwned> Element for Own<T> {
    type In<'w> = T;
}

/// A text of its own.
struct Word;

impl Element for Word {
    type In<'w> = Text<'w>;
}

/// Where a JSON text is being read, and whom its findings and problems are told.
///
/// An error ends the reading: the file is cut off, unreadable, or no JSON between its elements. An
/// element that cannot be read is no error but a problem told to the sink, and its neighbours come.
pub struct Json<'s> {
    name: &'s str,
    window: Window,
    path: Vec<Step>,
    sink: &'s mut dyn Sink,
}

/// A step of the path to where the walk is.
enum Step {
    Key(String),
    Index(usize),
}

impl<'s> Json<'s> {
    /// Starts at the beginning of the input; `name` is what problems call it.
    pub fn new(name: &'s str, input: Box<dyn Read>, sink: &'s mut dyn Sink) -> Json<'s> {
        Json { name, window: Window::new(input), path: Vec::new(), sink }
    }

    /// Who is told what is found.
    pub fn sink(&mut self) -> &mut dyn Sink {
        self.sink
    }

    /// How many bytes of the (decoded) report lie behind.
    pub fn offset(&self) -> u64 {
        self.window.offset()
    }

    /// The first byte of the value that comes next; `None`: nothing comes.
    pub fn peek(&mut self) -> Result<Option<u8>, Problem> {
        self.window.peek().map_err(|error| self.unreadable(&error))
    }

    /// Visits the values that stand one after another in the input, separated by white space or not, and
    /// each with a byte order mark or without.
    pub fn each_document(
        &mut self,
        mut visit: impl FnMut(&mut Json<'s>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        while let Some(first) = self.peek()? {
            while first == MARK[0] && self.window.rest().len() < MARK.len() && self.more()? {}
            if self.window.rest().starts_with(MARK) {
                self.window.advance(MARK.len());
            } else {
                self.visit(&mut visit)?;
            }
        }
        Ok(())
    }

    /// Visits an object's entries in their order. What is no object has none.
    pub fn each_entry(
        &mut self,
        mut visit: impl FnMut(&mut Json<'s>, &str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.entries(&mut visit)
    }

    /// The walk itself, once for all visits: there are many.
    fn entries(
        &mut self,
        visit: &mut dyn FnMut(&mut Json<'s>, &str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if self.peek()? != Some(b'{') {
            return self.skip();
        }
        self.window.advance(1);
        while !self.closes(b'}')? {
            let key = self.key()?;
            self.enter(Step::Key(String::new()))?;
            let done = self.visit(&mut |json| {
                // the path must own the key while the visit borrows it
                if let Some(Step::Key(place)) = json.path.last_mut() {
                    place.clone_from(&key);
                }
                visit(json, &key)
            });
            self.path.pop();
            done?;
        }
        Ok(())
    }

    /// Visits a list's elements in their order. An object counts as its only element; what is neither
    /// has none.
    pub fn each_element(
        &mut self,
        mut visit: impl FnMut(&mut Json<'s>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.elements(&mut visit)
    }

    fn elements(
        &mut self,
        visit: &mut dyn FnMut(&mut Json<'s>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        match self.peek()? {
            Some(b'[') => {}
            Some(b'{') => return self.visit(visit),
            _ => return self.skip(),
        }
        self.window.advance(1);
        let mut index = 0;
        while !self.closes(b']')? {
            self.enter(Step::Index(index))?;
            let done = self.visit(visit);
            self.path.pop();
            done?;
            index += 1;
        }
        Ok(())
    }

    /// Parses the value that comes next and hands it to `take`, with the sink; `None`: it cannot be
    /// read, which the sink was told.
    pub fn value<T: Element, O>(
        &mut self,
        mut take: impl FnMut(T::In<'_>, &mut dyn Sink) -> O,
    ) -> Result<Option<O>, Problem> {
        if self.peek()?.is_none() {
            return Err(self.cut_off());
        }
        loop {
            let parsed = match parse::<T::In<'_>>(self.window.rest(), self.window.ended()) {
                Parsed::Value(value, bytes) => Parsed::Value(take(value, self.sink), bytes),
                Parsed::Wrong(error) => Parsed::Wrong(error),
                Parsed::Partial => Parsed::Partial,
            };
            match parsed {
                Parsed::Value(taken, bytes) => {
                    self.window.advance(bytes);
                    return Ok(Some(taken));
                }
                Parsed::Wrong(error) => return self.mended::<T, O>(&error, take),
                Parsed::Partial if self.window.rest().len() >= LARGEST => return self.too_large(),
                Parsed::Partial if !self.more()? => return Err(self.cut_off()),
                Parsed::Partial => {}
            }
        }
    }

    /// The text that comes next; empty where it is none, or cannot be read, which the sink was told.
    pub fn word(&mut self) -> Result<String, Problem> {
        Ok(self.value::<Word, _>(|word, _| word.to_string())?.unwrap_or_default())
    }

    /// Tells the sink that an element was not what its place is for, where its reading says so.
    pub fn passed_over(&mut self, read: Option<bool>, what: &str) {
        if read == Some(false) {
            let problem = self.problem(format!("is no {what}: it is passed over"));
            self.sink.problem(problem);
        }
    }

    /// The same of an element that holds a list of its own: how many of that are no objects either.
    pub fn strays(&mut self, read: Option<Option<usize>>, what: &str, inner: &str) {
        self.passed_over(read.map(|strays| strays.is_some()), what);
        for _ in 0..read.flatten().unwrap_or(0) {
            let problem = self.problem(format!("holds what is no {inner}: it is passed over"));
            self.sink.problem(problem);
        }
    }

    /// Leaves the value behind that comes next, however large it is.
    pub fn skip(&mut self) -> Result<(), Problem> {
        self.peek()?;
        let from = self.offset();
        let whole = self.window.skip().map_err(|error| self.unreadable(&error))?;
        match whole {
            true if self.offset() > from => Ok(()),
            true => Err(self.problem("is not JSON: a value is missing here")),
            false => Err(self.cut_off()),
        }
    }

    /// What follows in the object that this is within, from the value that comes next to the object's
    /// end, if all of it fits into memory as it is: a cheap look ahead.
    pub fn rest_of_object(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        if self.window.has_room() {
            self.more()?;
        }
        let rest = self.window.rest();
        Ok(Skipper::within().feed(rest).map(|end| rest[..end].to_vec()))
    }

    /// A problem at this place.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        self.problem_at(self.offset(), message)
    }

    fn problem_at(&self, offset: u64, message: impl Into<String>) -> Problem {
        let mut place = self.name.to_owned();
        let path = self.pointer();
        let separator = if path.is_empty() { "" } else { ": " };
        // writing to a String cannot fail
        let _ = write!(place, "{separator}{path} (byte {offset})");
        Problem::new(place, message)
    }

    /// Where this is, e.g. `runs[0].results[17]`.
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            // writing to a String cannot fail
            let _ = match step {
                Step::Key(key) if pointer.is_empty() => write!(pointer, "{key:.60}"),
                Step::Key(key) => write!(pointer, ".{key:.60}"),
                Step::Index(index) => write!(pointer, "[{index}]"),
            };
        }
        pointer
    }

    /// Visits the value that comes next, and skips it where the visit did not touch it.
    fn visit(&mut self, visit: &mut dyn FnMut(&mut Json<'s>) -> Result<(), Problem>) -> Result<(), Problem> {
        self.peek()?;
        let from = self.offset();
        visit(self)?;
        if self.offset() == from { self.skip() } else { Ok(()) }
    }

    fn enter(&mut self, step: Step) -> Result<(), Problem> {
        if self.path.len() == DEEPEST {
            return Err(self.problem(format!("is nested more than {DEEPEST} deep")));
        }
        self.path.push(step);
        Ok(())
    }

    /// Whether the list or object closes here; leaves the comma behind where it goes on.
    fn closes(&mut self, bracket: u8) -> Result<bool, Problem> {
        let mut next = self.peek()?;
        if next == Some(b',') {
            self.window.advance(1);
            next = self.peek()?;
        }
        match next {
            None => Err(self.cut_off()),
            Some(byte) if byte == bracket => {
                self.window.advance(1);
                Ok(true)
            }
            Some(b'}' | b']' | b',' | b':') => {
                Err(self
                    .problem(format!("is not JSON: a value or `{}` is missing here", char::from(bracket))))
            }
            Some(_) => Ok(false),
        }
    }

    /// The key that comes next, with its colon.
    fn key(&mut self) -> Result<String, Problem> {
        if self.peek()? != Some(b'"') {
            return Err(self.problem("is not JSON: a key is missing here"));
        }
        let from = self.offset();
        let key = self.value::<Own<String>, _>(|key, _| key)?;
        if self.peek()? != Some(b':') {
            return Err(self.problem_at(from, "is not JSON: a key without a value"));
        }
        self.window.advance(1);
        // a key that cannot be read was told; nobody asks for it
        Ok(key.unwrap_or_default())
    }

    /// Tries again with a repaired copy of the value that strict JSON refused.
    fn mended<T: Element, O>(
        &mut self,
        error: &serde_json::Error,
        mut take: impl FnMut(T::In<'_>, &mut dyn Sink) -> O,
    ) -> Result<Option<O>, Problem> {
        let Some(end) = self.value_end()? else {
            return self.too_large();
        };
        let mut mended = mend(&self.window.rest()[..end]);
        // of a member that is there twice the last one counts
        if strict::<T::In<'_>>(&mended).is_err()
            && let Ok(once) = strict::<serde_json::Value>(&mended)
        {
            mended = once.to_string();
        }
        let taken = match strict(&mended) {
            Ok(value) => Some(take(value, self.sink)),
            Err(_) if end == 0 => return Err(self.problem(not_json(error))),
            Err(_) => {
                let problem = self.problem(not_json(error));
                self.sink.problem(problem);
                None
            }
        };
        self.window.advance(end);
        Ok(taken)
    }

    /// Where the value ends that the window begins with, all of it in the window; `None`: it is too large.
    fn value_end(&mut self) -> Result<Option<usize>, Problem> {
        let mut skipper = Skipper::default();
        let mut fed = 0;
        loop {
            let rest = self.window.rest();
            if let Some(end) = skipper.feed(&rest[fed..]) {
                return Ok(Some(fed + end));
            }
            fed = rest.len();
            if fed >= LARGEST {
                return Ok(None);
            }
            if !self.more()? {
                return if skipper.may_end() { Ok(Some(fed)) } else { Err(self.cut_off()) };
            }
        }
    }

    fn too_large<O>(&mut self) -> Result<Option<O>, Problem> {
        let problem = self.problem(format!("is larger than {} MiB and was passed over", LARGEST >> 20));
        self.sink.problem(problem);
        self.skip()?;
        Ok(None)
    }

    fn more(&mut self) -> Result<bool, Problem> {
        self.window.more().map_err(|error| self.unreadable(&error))
    }

    fn cut_off(&self) -> Problem {
        let end = self.offset() + self.window.rest().len() as u64;
        self.problem_at(end, "the file ends in the middle")
            .hint("let the scanner finish before its report is read; the disk may have been full")
    }

    fn unreadable(&self, error: &io::Error) -> Problem {
        self.problem(format!("cannot be read further: {error}"))
    }
}

/// What became of the value at the start of the window.
enum Parsed<T> {
    /// It is this, and so many bytes long.
    Value(T, usize),
    /// It goes on beyond the window.
    Partial,
    /// It is not JSON.
    Wrong(serde_json::Error),
}

/// Parses the value at the start of `rest`; `ended`: nothing comes after it.
fn parse<'w, T: Deserialize<'w>>(rest: &'w [u8], ended: bool) -> Parsed<T> {
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<T>();
    match values.next() {
        Some(Ok(value)) => {
            let bytes = values.byte_offset();
            let closed = matches!(rest.get(bytes.wrapping_sub(1)), Some(b'}' | b']' | b'"'));
            // a number may go on beyond the window
            if closed || ended || bytes < rest.len() { Parsed::Value(value, bytes) } else { Parsed::Partial }
        }
        Some(Err(error)) if !error.is_eof() => Parsed::Wrong(error),
        _ => Parsed::Partial,
    }
}

/// Parses a whole text as it stands: from bytes, as the window is, so that each type is compiled once.
pub(super) fn strict<'t, T: Deserialize<'t>>(text: &'t str) -> serde_json::Result<T> {
    serde_json::from_slice(text.as_bytes())
}

/// What is wrong, without the parser's own idea of the position: it counts from the element's start.
fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    format!("is not valid JSON: {text}")
}

#[cfg(test)]
mod tests;
