//! Input that fails if a text or tag has no end.

use std::io::{self, BufRead, BufReader, Read};

/// How many bytes one text, or one element that is read as a value, may have.
pub(super) const ELEMENT_LIMIT: u64 = 16 << 20;

/// An input in which each event may have [`ELEMENT_LIMIT`] bytes.
pub(crate) struct Limited {
    input: BufReader<Box<dyn Read>>,
    left: u64,
}

impl Limited {
    pub(crate) fn new(input: Box<dyn Read>) -> Limited {
        Limited { input: BufReader::new(input), left: ELEMENT_LIMIT }
    }

    /// Starts counting for the next event.
    pub(crate) fn renew(&mut self) {
        self.left = ELEMENT_LIMIT;
    }

    /// Whether nothing more follows.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.input.fill_buf().is_ok_and(<[u8]>::is_empty)
    }
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl BufRead for Limited {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(format!("a string is larger than {} MiB", ELEMENT_LIMIT >> 20)));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.input.consume(amount);
    }
}
