//! The one way through a JSON report: in one pass, one element at a time, with bounded memory.
//!
//! A reader walks down to the elements that it wants with [`Json::each_entry`] and [`Json::each_element`], and takes
//! each with [`Json::value`], which parses it directly in the window. What a visit does not touch is skipped.

use std::fmt::Write;
use std::io::{self, Cursor, Read};

use crate::model::scan::Problem;
use crate::report::parse::source::ReportSource;
use crate::report::parse::window::{Skipper, Window};
use crate::report::sink::Sink;

mod element;
mod message;
mod side_by_side;

pub(crate) use element::{Element, Object, OwnedElement, strict};
pub(crate) use side_by_side::batch::ListReader;

/// How deep a walk goes; serde_json has the same limit for a value.
const DEEPEST: usize = 128;

/// UTF-8's byte order mark.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// A JSON text that is being read, and the sink for its findings and problems.
///
/// An error ends the reading: the file is cut off, unreadable, or not JSON between its elements. An element that cannot
/// be read is not an error but a problem reported to the sink, and its neighbours are read.
pub(crate) struct Json<'s> {
    name: &'s str,
    window: Window,
    path: Vec<PathStep>,
    /// Whether the reader takes all documents in the input.
    takes_all: bool,
    sink: &'s mut dyn Sink,
}

/// A step of the path to the current position.
enum PathStep {
    Key(String),
    Index(usize),
}

impl<'s> Json<'s> {
    /// Starts at the beginning of the input; `name` is how problems refer to it.
    pub(crate) fn new(name: &'s str, input: Box<dyn Read>, sink: &'s mut dyn Sink) -> Json<'s> {
        Json { name, window: Window::new(input), path: Vec::new(), takes_all: false, sink }
    }

    /// The sink for what is found.
    pub(crate) fn sink(&mut self) -> &mut dyn Sink {
        self.sink
    }

    /// How many bytes of the (decoded) report have been read.
    pub(crate) fn offset(&self) -> u64 {
        self.window.offset()
    }

    /// The first byte of the next value; `None`: there is none.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, Problem> {
        self.window.peek().map_err(|error| self.unreadable(&error))
    }

    /// Visits the values that follow one another in the input, separated by white space or not, each with or without a
    /// byte order mark. An error in one ends the reading: see [`Json::each_message`] for small ones.
    pub(crate) fn each_document(
        &mut self,
        mut visit: impl FnMut(&mut Json<'s>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.takes_all = true;
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

    /// Visits an object's entries in order. `null` has none, and neither has an empty list or string, which is how some
    /// tools write an empty object. Anything else is reported to the sink, because what it should have contained is
    /// unknown.
    pub(crate) fn each_entry(
        &mut self,
        mut visit: impl FnMut(&mut Json<'s>, &str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.entries(&mut visit)
    }

    /// The walk itself, compiled once for all visits, of which there are many.
    fn entries(
        &mut self,
        visit: &mut dyn FnMut(&mut Json<'s>, &str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        match self.peek()? {
            Some(b'{') => {}
            Some(b'n') | None => return self.skip(),
            Some(first) => return self.no_object(first),
        }
        self.window.advance(1);
        while !self.closes(b'}')? {
            let key = self.key()?;
            self.enter(PathStep::Key(String::new()))?;
            let done = self.visit(&mut |json| {
                // the path must own the key while the visit borrows it
                if let Some(PathStep::Key(place)) = json.path.last_mut() {
                    place.clone_from(&key);
                }
                visit(json, &key)
            });
            self.path.pop();
            done?;
        }
        self.ends()
    }

    /// Skips a value that should have been an object, and reports it to the sink.
    fn no_object(&mut self, first: u8) -> Result<(), Problem> {
        let problem = self.problem("is not an object and was skipped");
        let mut empty = true;
        if first == b'[' {
            self.elements(&mut |json| {
                empty = false;
                json.skip()
            })?;
        } else {
            empty = self.start(2).starts_with(br#""""#);
            self.skip()?;
        }
        if !empty {
            self.sink.problem(problem);
        }
        Ok(())
    }

    /// Visits a list's elements in order. An object counts as its only element, and `null` has none. Anything else is
    /// reported to the sink, because what it should have listed is unknown.
    pub(crate) fn each_element(
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
            Some(b'n') | None => return self.skip(),
            Some(_) => {
                let problem = self.problem("is not a list and was skipped");
                self.sink.problem(problem);
                return self.skip();
            }
        }
        self.window.advance(1);
        let mut index = 0;
        while !self.closes(b']')? {
            self.enter(PathStep::Index(index))?;
            let done = self.visit(visit);
            self.path.pop();
            done?;
            index += 1;
        }
        self.ends()
    }

    /// Tells the sink where more begins after the outermost value.
    fn ends(&mut self) -> Result<(), Problem> {
        if self.path.is_empty() && !self.takes_all && self.peek()?.is_some() && !self.is_padded()? {
            let at = self.offset();
            self.sink.follows(at);
        }
        Ok(())
    }

    /// Skips the next value, however large it is.
    pub(crate) fn skip(&mut self) -> Result<(), Problem> {
        self.peek()?;
        let from = self.offset();
        let whole = self.window.skip().map_err(|error| self.unreadable(&error))?;
        match whole {
            true if self.offset() > from => Ok(()),
            true => Err(self.problem("is not JSON: a value is missing here")),
            false => Err(self.cut_off()),
        }
    }

    /// The first bytes of what follows, as many as are wanted and exist.
    pub(crate) fn start(&mut self, wanted: usize) -> &[u8] {
        if self.window.rest().len() < wanted {
            self.window.look();
        }
        let rest = self.window.rest();
        &rest[..wanted.min(rest.len())]
    }

    /// The rest of the surrounding object, from the next value to the object's end, if all of it fits into memory as it
    /// is: a cheap way to look ahead.
    pub(crate) fn rest_of_object(&mut self) -> Option<Vec<u8>> {
        if self.window.has_room() {
            self.window.look();
        }
        let rest = self.window.rest();
        Skipper::within().feed(rest).map(|end| rest[..end].to_vec())
    }

    /// Another reading of the surrounding object, for members that did not come before the value of `key`, which is
    /// next: of the rest, if that is in memory, otherwise of the whole object from its first byte.
    pub(crate) fn again(
        &mut self,
        key: &str,
        source: &ReportSource,
        begin: u64,
    ) -> Result<Box<dyn Read>, Problem> {
        match self.rest_of_object() {
            Some(rest) => Ok(Box::new(Cursor::new([format!("{{\"{key}\":").as_bytes(), &rest].concat()))),
            None => source.open_at(begin),
        }
    }

    /// A problem at this place.
    pub(crate) fn problem(&self, message: impl Into<String>) -> Problem {
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

    /// The path to the current position, e.g. `runs[0].results[17]`.
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            // writing to a String cannot fail
            let _ = match step {
                PathStep::Key(key) if pointer.is_empty() => write!(pointer, "{key:.60}"),
                PathStep::Key(key) => write!(pointer, ".{key:.60}"),
                PathStep::Index(index) => write!(pointer, "[{index}]"),
            };
        }
        pointer
    }

    /// Visits the next value, and skips it if the visit did not touch it.
    fn visit(&mut self, visit: &mut dyn FnMut(&mut Json<'s>) -> Result<(), Problem>) -> Result<(), Problem> {
        self.peek()?;
        let from = self.offset();
        visit(self)?;
        if self.offset() == from { self.skip() } else { Ok(()) }
    }

    fn enter(&mut self, step: PathStep) -> Result<(), Problem> {
        if self.path.len() == DEEPEST {
            return Err(self.problem(format!("is nested more than {DEEPEST} levels deep")));
        }
        self.path.push(step);
        Ok(())
    }

    /// Whether the list or object ends here; skips the comma if it does not.
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

    /// The next key, with its colon.
    fn key(&mut self) -> Result<String, Problem> {
        if self.peek()? != Some(b'"') {
            return Err(self.problem("is not JSON: a key is missing here"));
        }
        let from = self.offset();
        let key = self.value::<OwnedElement<String>, _>(|key, _| key)?;
        if self.peek()? != Some(b':') {
            return Err(self.problem_at(from, "is not JSON: a colon is missing after this key"));
        }
        self.window.advance(1);
        // a key that cannot be read has been reported; nobody asks for it
        Ok(key.unwrap_or_default())
    }

    fn more(&mut self) -> Result<bool, Problem> {
        self.window.more().map_err(|error| self.unreadable(&error))
    }

    fn cut_off(&self) -> Problem {
        let end = self.offset() + self.window.rest().len() as u64;
        self.problem_at(end, "the file is cut off")
            .hint("make sure that the scanner has finished; the disk may also have been full")
    }

    fn unreadable(&self, error: &io::Error) -> Problem {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return self.cut_off();
        }
        self.problem(format!("cannot be read any further: {error}"))
    }
}

#[cfg(test)]
mod tests;
