//! A report's bytes as UTF-8, whatever their original form: plain, with a byte order mark, UTF-16, gzip, and XML in the
//! encoding that it declares.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use memchr::memmem;

use crate::model::scan::Problem;
use crate::report::parse::gzip::Gzip;
use crate::report::tree::CheckoutTree;

/// How many bytes a report may have once it is unpacked.
pub const REPORT_LIMIT: u64 = 4 << 30;

const GZIP: &[u8] = &[0x1f, 0x8b];

/// How long an XML declaration that names the encoding may be, in bytes.
const DECLARATION: u64 = 200;

/// UTF-8's byte order mark.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// A report that can be opened more than once, and what the configuration says about it.
#[derive(Debug, Clone)]
pub struct ReportSource {
    /// The name that people use, usually its path.
    pub name: String,
    /// The prefix of its relative paths, e.g. `services/a`; an absolute one is the folder that its absolute paths are
    /// relative to.
    pub base: Option<String>,
    /// The checkout's absolute path: paths under it become relative.
    pub root: Option<String>,
    /// The checkout's name and files, by which a path from another machine is recognised.
    pub tree: Option<Arc<CheckoutTree>>,
    /// The category of its scans, if the report names none.
    pub category: Option<String>,
    /// The name of its format, if it need not be recognised by its content.
    pub format: Option<&'static str>,
    /// Whether it was fetched from a service in this run, so that what it lists still exists.
    pub live: bool,
    /// How many threads read it if it is long; 1: only the calling thread.
    pub threads: usize,
    content: SourceContent,
    largest: u64,
    halt: Option<Halt>,
    /// The byte of its text at which it begins.
    begin: u64,
    /// The maximum length of its text, in bytes.
    length: u64,
}

/// Says why reading must stop, if that is so: out of time, or told to stop.
#[derive(Clone)]
pub struct Halt(Arc<dyn Fn() -> Option<String> + Send + Sync>);

impl Halt {
    /// Calls this whenever more of a report is read.
    pub fn when(over: impl Fn() -> Option<String> + Send + Sync + 'static) -> Halt {
        Halt(Arc::new(over))
    }
}

impl fmt::Debug for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Halt")
    }
}

#[derive(Debug, Clone)]
enum SourceContent {
    File(PathBuf),
    Bytes(Arc<[u8]>),
}

impl ReportSource {
    /// A file, named by its path.
    pub fn file(path: impl Into<PathBuf>) -> ReportSource {
        let path = path.into();
        ReportSource::new(path.display().to_string(), SourceContent::File(path))
    }

    /// Bytes in memory.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> ReportSource {
        ReportSource::new(name.into(), SourceContent::Bytes(bytes.into()))
    }

    fn new(name: String, content: SourceContent) -> ReportSource {
        ReportSource {
            name,
            base: None,
            root: None,
            tree: None,
            category: None,
            format: None,
            live: false,
            threads: 1,
            content,
            largest: REPORT_LIMIT,
            halt: None,
            begin: 0,
            length: u64::MAX,
        }
    }

    /// The part that begins at this byte of its text.
    #[must_use]
    pub(crate) fn from(&self, begin: u64) -> ReportSource {
        ReportSource { name: format!("{}, from byte {begin}", self.name), begin, ..self.clone() }
    }

    /// The part between two bytes of its decoded text.
    #[must_use]
    pub(crate) fn between(&self, begin: u64, end: u64) -> ReportSource {
        ReportSource { length: end.saturating_sub(begin), ..self.from(self.begin + begin) }
    }

    /// The same, read only as long as nothing stops it.
    #[must_use]
    pub fn until(mut self, halt: &Halt) -> ReportSource {
        self.halt = Some(halt.clone());
        self
    }

    /// Opens it at its start, as UTF-8 without a byte order mark. Reading fails beyond the limit.
    pub fn open(&self) -> Result<Box<dyn Read>, Problem> {
        self.raw()
            .and_then(|raw| decode(raw, true))
            .map(|input| {
                Box::new(DecompressionLimit { input, left: self.largest, halt: self.halt.clone() })
                    as Box<dyn Read>
            })
            .and_then(|input| if self.begin == 0 { Ok(input) } else { part(input, self.begin) })
            .map(|input| if self.length == u64::MAX { input } else { Box::new(input.take(self.length)) })
            .map_err(|error| self.unreadable(&error))
    }

    /// The same, from this many bytes after its start.
    pub(crate) fn open_at(&self, offset: u64) -> Result<Box<dyn Read>, Problem> {
        if let Ok(Some(input)) = self.jump(self.begin.saturating_add(offset)) {
            let input = DecompressionLimit { input, left: self.largest, halt: self.halt.clone() };
            return Ok(Box::new(input.take(self.length.saturating_sub(offset))));
        }
        let mut input = self.open()?;
        // what fails here also fails when the report is read, and is reported there
        let _ = io::copy(&mut input.by_ref().take(offset), &mut io::sink());
        Ok(input)
    }

    /// Whether its text contains these bytes anywhere; a quick search without parsing.
    pub fn mentions(&self, wanted: &[u8]) -> Result<bool, Problem> {
        let finder = memmem::Finder::new(wanted);
        let mut input = self.open()?;
        let mut buffer = vec![0; 1 << 17];
        let mut kept = 0;
        loop {
            // what fails here also fails when the report is read, and is reported there
            let read = read(&mut input, &mut buffer[kept..]).unwrap_or(0);
            if read == 0 {
                return Ok(false);
            }
            let end = kept + read;
            if finder.find(&buffer[..end]).is_some() {
                return Ok(true);
            }
            // a match may extend across two reads
            kept = end.min(wanted.len().saturating_sub(1));
            buffer.copy_within(end - kept..end, 0);
        }
    }

    /// Its bytes from this one on; `None`: it has to be decoded from its start.
    fn jump(&self, byte: u64) -> io::Result<Option<Box<dyn Read>>> {
        let mut start = Vec::with_capacity(4);
        self.raw()?.take(4).read_to_end(&mut start)?;
        let plain = matches!(start[..], [b'{' | b'[', second, ..] if second.is_ascii() && second != 0);
        Ok(match &self.content {
            _ if !plain => None,
            SourceContent::File(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(byte))?;
                Some(Box::new(file))
            }
            SourceContent::Bytes(bytes) => {
                let mut cursor = Cursor::new(Arc::clone(bytes));
                cursor.set_position(byte);
                Some(Box::new(cursor))
            }
        })
    }

    fn raw(&self) -> io::Result<Box<dyn Read>> {
        Ok(match &self.content {
            SourceContent::File(path) => Box::new(File::open(path)?),
            SourceContent::Bytes(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }

    /// The problem that it must not be read any further, if that is so.
    pub(crate) fn halted(&self) -> Option<Problem> {
        let why = self.halt.as_ref().and_then(|halt| (halt.0)())?;
        Some(self.unreadable(&io::Error::other(why)))
    }

    /// The problem of an input that ended with an error.
    pub(crate) fn unreadable(&self, error: &io::Error) -> Problem {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        let damaged = matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof);
        let hint = if damaged { "it is damaged or truncated: generate it again" } else { "" };
        Problem::new(&self.name, format!("cannot be read: {error}")).hint(hint)
    }
}

/// Determines from the first bytes what the input is; gzip is unpacked once, never again within itself.
fn decode(mut raw: Box<dyn Read>, unpack: bool) -> io::Result<Box<dyn Read>> {
    let mut start = Vec::with_capacity(4);
    raw.by_ref().take(4).read_to_end(&mut start)?;
    if start == *b"<?xm" {
        raw.by_ref().take(DECLARATION).read_to_end(&mut start)?;
    }
    let declared = declared(&start);
    let is = |magic: &[u8]| start.starts_with(magic);
    let (gzip, utf8) = (unpack && is(GZIP), is(MARK));
    let utf16 = is(&[0xff, 0xfe]) || is(&[0xfe, 0xff]);
    // JSON starts with an ASCII character, so a zero byte reveals UTF-16 without a byte order mark, and its byte order
    let mark: &[u8] = match start.get(..2) {
        Some([0, low]) if *low != 0 => &[0xfe, 0xff],
        Some([low, 0]) if *low != 0 => &[0xff, 0xfe],
        _ => &[],
    };
    let skip = if utf8 { 3 } else { 0 };
    let whole = Cursor::new(start.split_off(skip.min(start.len()))).chain(raw);
    if gzip {
        return decode(Box::new(Gzip::new(BufReader::new(whole))), false);
    }
    if utf16 || !mark.is_empty() {
        let marked = Cursor::new(mark).chain(whole);
        return Ok(Box::new(DecodeReaderBytesBuilder::new().build(marked)));
    }
    if declared.is_some() {
        return Ok(Box::new(DecodeReaderBytesBuilder::new().encoding(declared).build(whole)));
    }
    Ok(Box::new(whole))
}

/// The encoding that an XML declaration at the start names, unless that is UTF-8. A declaration that can be read as it
/// is cannot be UTF-16, whatever it says.
fn declared(start: &[u8]) -> Option<&'static Encoding> {
    let text = start.strip_prefix(b"<?xml")?;
    let text = std::str::from_utf8(&text[..memmem::find(text, b"?>")?]).ok()?;
    let (_, value) = text.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let label = value.strip_prefix(['"', '\''])?.split(['"', '\'']).next()?;
    Encoding::for_label_no_replacement(label.as_bytes())
        .filter(|encoding| *encoding != UTF_8 && encoding.is_ascii_compatible())
}

/// The rest after the first bytes, without a byte order mark.
fn part(mut input: Box<dyn Read>, begin: u64) -> io::Result<Box<dyn Read>> {
    io::copy(&mut input.by_ref().take(begin), &mut io::sink())?;
    let mut start = Vec::with_capacity(MARK.len());
    input.by_ref().take(MARK.len() as u64).read_to_end(&mut start)?;
    if start == MARK {
        // the same number of spaces, so that positions are still correct
        start.fill(b' ');
    }
    Ok(Box::new(Cursor::new(start).chain(input)))
}

/// Fails at the limit for decompressed data.
struct DecompressionLimit<R> {
    input: R,
    left: u64,
    halt: Option<Halt>,
}

impl<R: Read> Read for DecompressionLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(why) = self.halt.as_ref().and_then(|halt| (halt.0)()) {
            return Err(io::Error::other(why));
        }
        let read = self.input.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other(format!("it is larger than {} GiB", REPORT_LIMIT >> 30)))?;
        Ok(read)
    }
}

/// One read, retried if it was interrupted.
pub(crate) fn read(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn text(source: &ReportSource) -> Result<String, String> {
        let mut text = String::new();
        let mut input = source.open().map_err(|problem| problem.message)?;
        input.read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }

    fn check(bytes: impl Into<Vec<u8>>, expected: &str) {
        let bytes: Vec<u8> = bytes.into();
        assert_eq!(text(&ReportSource::bytes("x", bytes)).as_deref(), Ok(expected));
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_becomes_utf8() {
        check("", "");
        check("{", "{");
        check("{\"ä\":1}", "{\"ä\":1}");
        check("\u{feff}{}", "{}");
        check("\u{feff}", "");
        check(utf16("\u{feff}{\"ä€😀\"}", u16::to_le_bytes), "{\"ä€😀\"}");
        check(utf16("\u{feff}{\"ä€😀\"}", u16::to_be_bytes), "{\"ä€😀\"}");
        check(utf16("{\"ä€😀\"}", u16::to_le_bytes), "{\"ä€😀\"}");
        check(utf16("{\"ä€😀\"}", u16::to_be_bytes), "{\"ä€😀\"}");
        check(gzip(b"{}"), "{}");
        check([gzip(b"{}"), gzip(b"[]")].concat(), "{}[]");
        check([gzip(b"{}"), vec![0; 512]].concat(), "{}");
        check([gzip(b"{}"), vec![0; 9], gzip(b"[]")].concat(), "{}[]");
        check(gzip(&utf16("\u{feff}{}", u16::to_le_bytes)), "{}");
        check(gzip("\u{feff}{}".as_bytes()), "{}");
        let xml = |encoding: &str| format!("<?xml version='1.0' encoding = \"{encoding}\"?><a>");
        for (encoding, letter) in [("ISO-8859-1", 0xe4), ("windows-1252", 0xe4), ("IBM866", 0xe4)] {
            let letters = if encoding == "IBM866" { "ф" } else { "ä" };
            let (bytes, text) = (xml(encoding).into_bytes(), xml(encoding) + letters);
            check([bytes.clone(), vec![letter]].concat(), &text);
            check(gzip(&[bytes, vec![letter]].concat()), &text);
        }
        for encoding in ["UTF-8", "utf-16", "no-such"] {
            check(xml(encoding) + "ä", &(xml(encoding) + "ä"));
        }
    }

    #[test]
    fn what_came_before_damage_is_given() {
        let check = |bytes: &[u8], expected: &dyn Fn(&[u8]) -> bool| {
            let (mut read, source) = (Vec::new(), ReportSource::bytes("x", bytes));
            assert!(source.open().unwrap().read_to_end(&mut read).is_err());
            assert!(expected(&read), "{}", read.len());
        };
        // text that hardly compresses, in several blocks
        let text =
            (0..200_000u32).map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761))).collect::<String>();
        let (packed, text) = (gzip(text.as_bytes()), text.as_bytes());
        check(&packed[..packed.len() - 8], &|read| read == text);
        check(&packed[..packed.len() / 2], &|read| read.len() > text.len() / 3 && text.starts_with(read));
        let mut damaged = packed.clone();
        damaged[packed.len() / 2..].fill(0xff);
        check(&damaged, &|read| read.len() > text.len() / 3);
        check(&[&packed[..], b"garbage"].concat(), &|read| read == text);
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let packed = ReportSource::bytes("x", gzip(&vec![b' '; 1 << 20]));
        let bomb = ReportSource { largest: 1 << 10, ..packed };
        assert!(text(&bomb).unwrap_err().contains("larger"));
    }

    #[test]
    fn a_file_that_is_not_there_is_said() {
        assert!(text(&ReportSource::file("/no/such/file")).unwrap_err().starts_with("cannot be read"));
    }

    #[test]
    fn a_mention_is_found_across_reads() {
        let check = |before: usize, expected| {
            let bytes = [vec![b' '; before], b"\"key".to_vec()].concat();
            assert_eq!(ReportSource::bytes("x", bytes).mentions(b"\"key").unwrap(), expected, "{before}");
        };
        (0..6).for_each(|before| check((1 << 17) - before, true));
        assert!(!ReportSource::bytes("x", *b"\"ke").mentions(b"\"key").unwrap());
    }

    #[test]
    fn what_halts_the_reading_is_said() {
        let halted =
            ReportSource::bytes("r.json", *b"{}").until(&Halt::when(|| Some("out of time".to_owned())));
        assert_eq!(text(&halted), Err("out of time".to_owned()));
        let free = ReportSource::bytes("r.json", *b"{}").until(&Halt::when(|| None));
        assert_eq!(text(&free), Ok("{}".to_owned()));
    }
}
