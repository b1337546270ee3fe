//! Taking the next value: parsed directly in the window, or in a repaired copy of it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, de};

use crate::model::scan::Problem;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientText, budget};
use crate::report::parse::repair::mend;
use crate::report::parse::window::Skipper;
use crate::report::shared::words;
use crate::report::sink::Sink;

/// How many bytes one element may have; a larger one is skipped and is a problem.
pub(crate) const ELEMENT_LIMIT: usize = 16 << 20;

/// How many bytes an element may have to be repaired as a tree, which takes many times as much memory.
const LARGEST_MENDED: usize = 1 << 20;

/// How many bytes of a separate string are kept: each element of a list may repeat its name.
const LONGEST_WORD: usize = 4_096;

/// A type that may borrow from the window that it is read from.
pub(crate) trait Element {
    /// The type, borrowing from a window that lives for `'w`.
    type In<'w>: Deserialize<'w>;
}

/// An element that is an object; [`objects`](crate::report::parse::lenient::objects) makes these.
pub(crate) trait Object: Element {
    /// The object, borrowing from a window that lives for `'w`.
    type As<'w>;

    /// The object, if it is one.
    fn get<'a, 'w>(read: &'a Self::In<'w>) -> Option<&'a Self::As<'w>>;
}

/// A type that owns a copy of everything that it was read from.
pub(crate) struct OwnedElement<T>(T);

impl<T: DeserializeOwned> Element for OwnedElement<T> {
    type In<'w> = T;
}

/// A string that is owned.
struct WordElement;

impl Element for WordElement {
    type In<'w> = LenientText<'w>;
}

impl Json<'_> {
    /// Parses the next value and passes it to `take`, with the sink; `None`: it cannot be read, which was reported to
    /// the sink.
    pub(crate) fn value<T: Element, O>(
        &mut self,
        mut take: impl FnMut(T::In<'_>, &mut dyn Sink) -> O,
    ) -> Result<Option<O>, Problem> {
        if self.peek()?.is_none() {
            return Err(self.cut_off());
        }
        loop {
            let mut exceeded = false;
            let parsed = match parse::<T::In<'_>>(self.window.rest(), self.window.ended()) {
                Parsed::Value(value, bytes) => {
                    exceeded = budget::is_exceeded();
                    Parsed::Value(take(value, self.sink), bytes)
                }
                Parsed::Wrong(error) => Parsed::Wrong(error),
                Parsed::Partial => Parsed::Partial,
            };
            match parsed {
                Parsed::Value(taken, bytes) => {
                    if exceeded {
                        let problem = self.problem(
                            "contains lists that take more than 32 MiB of memory; the rest of these lists was \
                             not read",
                        );
                        self.sink.problem(problem);
                    }
                    self.window.advance(bytes);
                    return Ok(Some(taken));
                }
                Parsed::Wrong(error) => return self.mended::<T, O>(&error, take),
                Parsed::Partial if self.window.rest().len() >= ELEMENT_LIMIT => return self.too_large(),
                Parsed::Partial if !self.more()? => return Err(self.cut_off()),
                Parsed::Partial => {}
            }
        }
    }

    /// The next string, at most as long as a path can be; empty if it is not a string, or cannot be read, which was
    /// reported to the sink.
    pub(crate) fn word(&mut self) -> Result<String, Problem> {
        let start = |word: LenientText<'_>| words::start(&word, LONGEST_WORD).to_owned();
        Ok(self.value::<WordElement, _>(|word, _| start(word))?.unwrap_or_default())
    }

    /// Passes the next object to `emit`. Anything else is reported to the sink as not being a `what`.
    pub(crate) fn object<T: Object>(
        &mut self,
        what: &str,
        mut emit: impl FnMut(&T::As<'_>, &mut dyn Sink),
    ) -> Result<(), Problem> {
        self.fitting::<T>(what, |one, sink| {
            emit(one, sink);
            true
        })
    }

    /// The same if an object may still be the wrong one: `emit` returns false in that case.
    pub(crate) fn fitting<T: Object>(
        &mut self,
        what: &str,
        mut emit: impl FnMut(&T::As<'_>, &mut dyn Sink) -> bool,
    ) -> Result<(), Problem> {
        let read = self.value::<T, _>(|read, sink| T::get(&read).is_some_and(|one| emit(one, sink)))?;
        self.note_skipped(read, what);
        Ok(())
    }

    /// Tells the sink that an element was not what belongs in its place, if that is the result.
    pub(crate) fn note_skipped(&mut self, read: Option<bool>, what: &str) {
        if read == Some(false) {
            let problem = self.problem(format!("is not {} and was skipped", with_article(what)));
            self.sink.problem(problem);
        }
    }

    /// The same for an element that contains a list: how many elements of that are not objects, either.
    pub(crate) fn strays(&mut self, read: Option<Option<usize>>, what: &str, inner: &str) {
        self.note_skipped(read.map(|strays| strays.is_some()), what);
        for _ in 0..read.flatten().unwrap_or(0) {
            let problem = self
                .problem(format!("contains something that is not {}; it was skipped", with_article(inner)));
            self.sink.problem(problem);
        }
    }

    /// Tries again with a repaired copy of the value that strict JSON rejected.
    fn mended<T: Element, O>(
        &mut self,
        error: &serde_json::Error,
        mut take: impl FnMut(T::In<'_>, &mut dyn Sink) -> O,
    ) -> Result<Option<O>, Problem> {
        let Some(end) = self.value_end()? else {
            return self.too_large();
        };
        let mut mended = mend(&self.window.rest()[..end]);
        // of a member that occurs twice, the last one counts
        if mended.len() <= LARGEST_MENDED
            && strict::<T::In<'_>>(&mended).is_err()
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

    /// The end of the value at the beginning of the window, with all of it in the window; `None`: it is too large.
    fn value_end(&mut self) -> Result<Option<usize>, Problem> {
        let mut skipper = Skipper::default();
        let mut fed = 0;
        loop {
            let rest = self.window.rest();
            if let Some(end) = skipper.feed(&rest[fed..]) {
                return Ok(Some(fed + end));
            }
            fed = rest.len();
            if fed >= ELEMENT_LIMIT {
                return Ok(None);
            }
            if !self.more()? {
                return if skipper.may_end() { Ok(Some(fed)) } else { Err(self.cut_off()) };
            }
        }
    }

    fn too_large<O>(&mut self) -> Result<Option<O>, Problem> {
        let problem = self.problem(format!("is larger than {} MiB and was skipped", ELEMENT_LIMIT >> 20));
        self.sink.problem(problem);
        self.skip()?;
        Ok(None)
    }
}

/// The result of parsing the value at the start of the window.
enum Parsed<T> {
    /// The value, and its length in bytes.
    Value(T, usize),
    /// It continues beyond the window.
    Partial,
    /// It is not JSON.
    Wrong(serde_json::Error),
}

/// Parses the value at the start of `rest`; `ended`: nothing follows it.
fn parse<'w, T: Deserialize<'w>>(rest: &'w [u8], ended: bool) -> Parsed<T> {
    budget::begin();
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<T>();
    match values.next() {
        Some(Ok(value)) => {
            let bytes = values.byte_offset();
            let closed = matches!(rest.get(bytes.wrapping_sub(1)), Some(b'}' | b']' | b'"'));
            // a number may continue beyond the window
            if closed || ended || bytes < rest.len() { Parsed::Value(value, bytes) } else { Parsed::Partial }
        }
        Some(Err(error)) if !error.is_eof() => Parsed::Wrong(error),
        _ => Parsed::Partial,
    }
}

/// Parses a whole text as it is: from bytes, like the window, so that each type is compiled once.
pub(crate) fn strict<'t, T: Deserialize<'t>>(text: &'t str) -> serde_json::Result<T> {
    budget::begin();
    let read = serde_json::from_slice(text.as_bytes())?;
    match budget::is_exceeded() {
        true => Err(de::Error::custom("it contains lists that are too long")),
        false => Ok(read),
    }
}

/// `a result`, `an advisory`.
fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// What is wrong, without the parser's own idea of the position: it counts from the element's start.
fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    format!("is not valid JSON: {text}")
}
