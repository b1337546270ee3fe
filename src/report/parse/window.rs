//! A window over any input that grows for longer values, and skips values that are not needed.

use std::io::{self, Read};

use memchr::memchr2;

use crate::report::parse::source::read;

/// The window's initial size: it fits into the second-level cache, and few values of a report are larger.
const SIZE: usize = 256 << 10;

/// The part of an input that is in memory.
pub(crate) struct Window {
    input: Box<dyn Read>,
    buffer: Vec<u8>,
    /// Where the rest starts, and where it ends.
    at: usize,
    end: usize,
    /// How many bytes came before the buffer.
    before: u64,
    ended: bool,
    /// The error that ended the input, if there was one: returned once everything before it has been used.
    broken: Option<io::Error>,
}

impl Window {
    /// A window at the start of the input.
    pub(crate) fn new(input: Box<dyn Read>) -> Window {
        Window { input, buffer: vec![0; SIZE], at: 0, end: 0, before: 0, ended: false, broken: None }
    }

    /// A window that contains everything that there is, from a byte of the input on.
    pub(crate) fn of(bytes: Vec<u8>, offset: u64) -> Window {
        let end = bytes.len();
        let input = Box::new(io::empty());
        Window { input, buffer: bytes, at: 0, end, before: offset, ended: true, broken: None }
    }

    /// How many bytes of the input have been consumed.
    pub(crate) fn offset(&self) -> u64 {
        self.before + self.at as u64
    }

    /// The bytes in memory that have not been consumed.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.buffer[self.at..self.end]
    }

    /// Whether nothing comes after [`Self::rest`].
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether much more would fit into memory without growing.
    pub(crate) fn has_room(&self) -> bool {
        self.rest().len() < SIZE / 2
    }

    /// Consumes bytes of the rest.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.end);
    }

    /// Makes the rest longer; false: the input has no more. An error comes after everything that came before it.
    ///
    /// It fills the buffer, however small the pieces are in which the input arrives: a value is parsed again after each
    /// call.
    pub(crate) fn more(&mut self) -> io::Result<bool> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        if self.ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.at..self.end, 0);
        self.before += self.at as u64;
        self.end -= self.at;
        self.at = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize(self.end * 2, 0);
        }
        let had = self.end;
        while self.end < self.buffer.len() && !self.ended {
            match read(&mut *self.input, &mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(bytes) => self.end += bytes,
                Err(error) if self.end > had => {
                    self.broken = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(self.end > had)
    }

    /// Makes the rest longer if possible. An error is kept for whoever needs what follows.
    pub(crate) fn look(&mut self) {
        if self.broken.is_none() {
            self.broken = self.more().err();
        }
    }

    /// The first byte that is not white space, which is consumed; `None`: there is none.
    pub(crate) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.rest().iter().position(|byte| !byte.is_ascii_whitespace()) {
                Some(blanks) => {
                    self.at += blanks;
                    return Ok(self.rest().first().copied());
                }
                None => {
                    self.at = self.end;
                    if !self.more()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Consumes the value that starts here; false: the input ended within it.
    pub(crate) fn skip(&mut self) -> io::Result<bool> {
        let mut skipper = Skipper::default();
        loop {
            if let Some(end) = skipper.feed(self.rest()) {
                self.advance(end);
                return Ok(true);
            }
            self.at = self.end;
            if !self.more()? {
                return Ok(skipper.may_end());
            }
        }
    }
}

/// Finds a value's end without examining its parts, piece by piece.
#[derive(Default)]
pub(crate) struct Skipper {
    depth: u64,
    state: WindowState,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum WindowState {
    #[default]
    Start,
    /// In a number or word that is the whole value.
    Bare,
    Between,
    Text,
    Escape,
}

/// What a byte outside strings means for finding the end.
#[derive(Clone, Copy, PartialEq)]
enum ByteClass {
    Plain,
    Quote,
    Open,
    Close,
}

static CLASSES: [ByteClass; 256] = {
    let mut classes = [ByteClass::Plain; 256];
    classes[b'"' as usize] = ByteClass::Quote;
    classes[b'{' as usize] = ByteClass::Open;
    classes[b'[' as usize] = ByteClass::Open;
    classes[b'}' as usize] = ByteClass::Close;
    classes[b']' as usize] = ByteClass::Close;
    classes
};

impl Skipper {
    /// Starts within an object or list whose end is wanted.
    pub(crate) fn within() -> Skipper {
        Skipper { depth: 1, state: WindowState::Between }
    }

    /// Where in the piece the value ends, if it does.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        if self.state == WindowState::Start {
            self.state = match piece.first()? {
                b'"' | b'{' | b'[' => WindowState::Between,
                _ => WindowState::Bare,
            };
        }
        loop {
            match self.state {
                WindowState::Start | WindowState::Between => {
                    let (skipped, class) = piece[at..]
                        .iter()
                        .map(|&byte| CLASSES[usize::from(byte)])
                        .enumerate()
                        .find(|(_, class)| *class != ByteClass::Plain)?;
                    at += skipped + 1;
                    match class {
                        ByteClass::Open => self.depth += 1,
                        ByteClass::Quote => self.state = WindowState::Text,
                        ByteClass::Close if self.depth <= 1 => return Some(at),
                        ByteClass::Close => self.depth -= 1,
                        ByteClass::Plain => {}
                    }
                }
                WindowState::Text => {
                    at += memchr2(b'"', b'\\', piece.get(at..)?)? + 1;
                    if piece[at - 1] == b'\\' {
                        self.state = WindowState::Escape;
                    } else if self.depth == 0 {
                        return Some(at);
                    } else {
                        self.state = WindowState::Between;
                    }
                }
                WindowState::Escape => {
                    piece.get(at)?;
                    at += 1;
                    self.state = WindowState::Text;
                }
                WindowState::Bare => {
                    let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}') || byte.is_ascii_whitespace();
                    return piece.iter().position(ends);
                }
            }
        }
    }

    /// Whether the value may end at the end of the input.
    pub(crate) fn may_end(&self) -> bool {
        self.state == WindowState::Bare
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_value_ends_where_it_ends() {
        let check = |text: &str, expected: Option<usize>| {
            assert_eq!(Skipper::default().feed(text.as_bytes()), expected, "{text}");
            // in two pieces, wherever the cut is
            for cut in 0..text.len() {
                let mut skipper = Skipper::default();
                let (first, second) = text.as_bytes().split_at(cut);
                let end = skipper.feed(first).or_else(|| skipper.feed(second).map(|end| cut + end));
                assert_eq!(end, expected, "{text} cut at {cut}");
            }
        };
        check(r#"{"a":1},"#, Some(7));
        check(r#"{"a":"}\"}","b":[{}]} "#, Some(21));
        check("[[],[[]]],[]", Some(9));
        check(r#""a\\"x"#, Some(5));
        check(r#""a\"x"#, None);
        check("12,", Some(2));
        check("true]", Some(4));
        check("[1,2", None);
    }

    #[test]
    fn the_window_grows_and_counts() {
        let text = format!("   {{\"a\":\"{}\"}} [1]", "x".repeat(SIZE * 3));
        let mut window = Window::new(Box::new(Cursor::new(text.clone())));
        assert_eq!(window.peek().unwrap(), Some(b'{'));
        assert_eq!(window.offset(), 3);
        while window.more().unwrap() {}
        assert_eq!(window.rest().len(), text.len() - 3);
        assert!(window.skip().unwrap());
        assert_eq!(window.peek().unwrap(), Some(b'['));
        assert!(window.skip().unwrap());
        assert_eq!(window.peek().unwrap(), None);
        assert_eq!(window.offset(), text.len() as u64);
    }
}
