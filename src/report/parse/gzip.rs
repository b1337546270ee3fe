//! gzip over any reader: what came before damage is returned, and padding after it is skipped.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// How much is unpacked at once, in bytes: if the data is damaged, what was unpacked together with the damaged part is
/// lost.
const PIECE: usize = 4 << 10;

/// The members of a gzip file, one after another.
pub(crate) struct Gzip<R> {
    /// The member that is being read; `None`: there is no more.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gzip<R> {
    /// Starts at the first member.
    pub(crate) fn new(input: R) -> Gzip<R> {
        Gzip { member: Some(GzDecoder::new(input)) }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(PIECE);
        if wanted == 0 {
            return Ok(0);
        }
        while let Some(mut member) = self.member.take() {
            let read = member.read(&mut buffer[..wanted]);
            if !matches!(read, Ok(0)) {
                self.member = Some(member);
                return read;
            }
            let mut input = member.into_inner();
            if !pass_zeros(&mut input)? {
                self.member = Some(GzDecoder::new(input));
            }
        }
        Ok(0)
    }
}

/// Skips zero bytes, as gzip itself does; returns whether nothing follows them.
fn pass_zeros(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let buffer = input.fill_buf()?;
        let zeros = buffer.iter().take_while(|byte| **byte == 0).count();
        let (ended, done) = (buffer.is_empty(), zeros < buffer.len());
        input.consume(zeros);
        if ended || done {
            return Ok(ended);
        }
    }
}
