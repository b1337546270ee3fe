//! JSON for standard output, written as it is produced: a result of many megabytes is never held in memory as text.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};

use crate::document::{mask, terminal};

/// Writes a value as indented JSON that has no effect on a terminal or runner, and without any credential.
///
/// # Errors
/// The writer's errors.
pub(crate) fn write(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let formatter = Harmless { pretty: PrettyFormatter::new(), text: Vec::new() };
    value.serialize(&mut Serializer::with_formatter(to, formatter)).map_err(io::Error::from)
}

/// Indents as serde_json does, and takes each string whole, so that nothing is missed where parts meet.
struct Harmless {
    pretty: PrettyFormatter<'static>,
    /// The current string, with JSON's escapes.
    text: Vec<u8>,
}

impl Formatter for Harmless {
    fn begin_string<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.text.clear();
        self.pretty.begin_string(writer)
    }

    fn write_string_fragment<W: Write + ?Sized>(&mut self, _: &mut W, fragment: &str) -> io::Result<()> {
        self.text.extend_from_slice(fragment.as_bytes());
        Ok(())
    }

    fn write_char_escape<W: Write + ?Sized>(&mut self, _: &mut W, escape: CharEscape) -> io::Result<()> {
        self.pretty.write_char_escape(&mut self.text, escape)
    }

    fn end_string<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        let text = String::from_utf8_lossy(&self.text);
        writer.write_all(mask::text(&terminal::json(&text)).as_bytes())?;
        self.pretty.end_string(writer)
    }

    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_array(writer)
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(writer, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object(writer)
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_object_key(writer, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_the_same_value_and_nothing_in_it_is_obeyed() {
        mask::hold("s3cr3t-\"quoted\"-t0ken-of-tests");
        let value = serde_json::json!({
            "a": [1, null, {}, [], "plain", "##[error] \u{1b}[31m \u{202e} \u{1f600}"],
            "line\n##[x]": {"b": "before s3cr3t-\"quoted\"-t0ken-of-tests after"},
        });
        let mut written = Vec::new();
        write(&mut written, &value).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(!written.contains("##[") && !written.contains(['\u{1b}', '\u{202e}']), "{written}");
        assert!(written.contains("before *** after"), "{written}");
        let mut read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["line\n##[x]"]["b"].take(), "before *** after");
        let mut expected = value;
        expected["line\n##[x]"]["b"].take();
        assert_eq!(read, expected);
        let pretty = serde_json::to_string_pretty(&expected["a"]).unwrap();
        let mut list = Vec::new();
        write(&mut list, &expected["a"]).unwrap();
        assert_eq!(String::from_utf8(list).unwrap(), terminal::json(&pretty));
    }
}
