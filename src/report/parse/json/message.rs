//! Documents that a scanner writes one after another, usually one per line: a damaged one is one problem, and the next
//! is read.

use crate::model::scan::Problem;
use crate::report::parse::json::element::ELEMENT_LIMIT;
use crate::report::parse::json::{Json, MARK};

/// How many bytes of padding are skipped at a report's end.
const PADDING: usize = 64 << 10;

impl<'s> Json<'s> {
    /// Visits the objects and lists that follow one another in the input. An object that is cut off where the next one
    /// begins, and each line of other text, is reported to the sink and skipped.
    pub(crate) fn each_message(
        &mut self,
        mut visit: impl FnMut(&mut Json<'s>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.takes_all = true;
        while let Some(first) = self.peek()? {
            match first {
                b'{' => self.message(&mut visit)?,
                b'[' => self.visit(&mut visit)?,
                _ if self.is_padded()? => return Ok(()),
                _ if self.start(MARK.len()).starts_with(MARK) => self.window.advance(MARK.len()),
                _ => self.stray_line()?,
            }
        }
        Ok(())
    }

    /// Whether nothing follows but padding: zero bytes, or the character (Ctrl-Z) with which Windows ends a text. The
    /// padding is skipped.
    pub(crate) fn is_padded(&mut self) -> Result<bool, Problem> {
        loop {
            let rest = self.window.rest();
            let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1a);
            if rest.len() > PADDING || !rest.iter().all(blank) {
                return Ok(false);
            }
            let bytes = rest.len();
            if !self.more()? {
                self.window.advance(bytes);
                return Ok(true);
            }
        }
    }

    fn message(
        &mut self,
        visit: &mut dyn FnMut(&mut Json<'s>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        loop {
            let rest = self.window.rest();
            match extent(rest) {
                Extent::Whole(bytes) => return self.whole(bytes, visit),
                Extent::Cut(bytes) => {
                    let problem = self
                        .problem("is cut off where the next object begins, and was skipped")
                        .hint("two processes must not write to the same file");
                    self.sink.problem(problem);
                    self.window.advance(bytes);
                    return Ok(());
                }
                // whether it is too large, or the last and cut off, is found out when it is visited
                Extent::Open if rest.len() >= ELEMENT_LIMIT || !self.more()? => return self.visit(visit),
                Extent::Open => {}
            }
        }
    }

    /// Visits an object of this many bytes, all of them in memory. Errors in it do not affect what follows.
    fn whole(
        &mut self,
        bytes: usize,
        visit: &mut dyn FnMut(&mut Json<'s>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let end = self.offset() + bytes as u64;
        if let Err(problem) = self.visit(visit) {
            self.sink.problem(problem);
        }
        // it is in memory, so a usize can count it; if brackets do not match, less of it was read
        self.window.advance(end.saturating_sub(self.offset()) as usize);
        Ok(())
    }

    fn stray_line(&mut self) -> Result<(), Problem> {
        let problem = self
            .problem("is not JSON: the line was skipped")
            .hint("have the scanner write its report to a separate file, without its other output");
        self.sink.problem(problem);
        loop {
            let rest = self.window.rest();
            let end = memchr::memchr(b'\n', rest);
            let bytes = end.unwrap_or(rest.len());
            self.window.advance(bytes);
            if end.is_some() || !self.more()? {
                return Ok(());
            }
        }
    }
}

/// How far the object at the beginning of a text extends.
enum Extent {
    /// This many bytes.
    Whole(usize),
    /// This many bytes, without its end: the next object begins where no part of this one can.
    Cut(usize),
    /// Beyond the text.
    Open,
}

fn extent(text: &[u8]) -> Extent {
    let mut open = Vec::new();
    let (mut in_text, mut escaped, mut last) = (false, false, 0);
    for (at, &byte) in text.iter().enumerate() {
        if byte == b'\n' && text.get(at + 1) == Some(&b'{') {
            let inside = open.last() == Some(&b'[');
            if in_text || !(matches!(last, b'[' | b':') || last == b',' && inside) {
                return Extent::Cut(at + 1);
            }
        }
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => open.push(byte),
            // one that closes nothing is skipped: its object ends with its own bracket
            b'}' | b']' => {
                open.pop_if(|opening| *opening + 2 == byte);
                if open.is_empty() {
                    return Extent::Whole(at + 1);
                }
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    Extent::Open
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::report::parse::json::OwnedElement;
    use crate::report::shared::recorded::Problems;

    /// What is read, and the bytes at which problems are found.
    fn check(text: &str, values: &str, problems: &[&str]) {
        let (mut read, mut recorded) = (Vec::new(), Problems::default());
        let input = Box::new(Cursor::new(text.to_owned()));
        let end = Json::new("r", input, &mut recorded).each_message(|json| {
            read.extend(json.value::<OwnedElement<serde_json::Value>, _>(|value, _| value)?);
            Ok(())
        });
        let said = recorded.0.iter().chain(end.as_ref().err());
        let said: Vec<String> = said.map(|one| format!("{} {}", one.place, one.message)).collect();
        assert_eq!(serde_json::Value::Array(read).to_string(), values, "{text}");
        assert_eq!(said.len(), problems.len(), "{said:?}");
        said.iter().zip(problems).for_each(|(one, begin)| assert!(one.starts_with(begin), "{said:?}"));
    }

    #[test]
    fn messages_come_one_after_another() {
        check("{\"a\":1}\r\n{\"a\":2}{\"a\":3}", r#"[{"a":1},{"a":2},{"a":3}]"#, &[]);
        check(
            "\u{feff}{\n  \"a\": [\n{\"b\": 1},\n{\"c\":\n{}}\n]}\n\u{feff}[]",
            r#"[{"a":[{"b":1},{"c":{}}]},[]]"#,
            &[],
        );
        check(r#"{"a":"\\\"}"}"#, r#"[{"a":"\\\"}"}]"#, &[]);
    }

    #[test]
    fn a_damaged_message_never_costs_its_neighbours() {
        let cut = "r (byte 8) is cut off where the next object begins";
        check("{\"a\":1}\n{\"a\":\"x\n{\"a\":3}\n", r#"[{"a":1},{"a":3}]"#, &[cut]);
        check("{\"a\":1}\n{\"a\":2,\n{\"a\":3}\n", r#"[{"a":1},{"a":3}]"#, &[cut]);
        check("{\"a\":1}\n{\"a\":[1\n{\"a\":3}\n", r#"[{"a":1},{"a":3}]"#, &[cut]);
        check("{\"a\":1}\n{\"a\":]}\n{\"a\":3}\n", r#"[{"a":1},{"a":3}]"#, &["r (byte 8) is not valid JSON"]);
        check("{\"a\":1}\n{\"a\":2", r#"[{"a":1}]"#, &["r (byte 14) the file is cut off"]);
    }

    #[test]
    fn a_line_that_is_not_read_is_told() {
        let stray = "is not JSON: the line was skipped";
        let at = |byte: usize| format!("r (byte {byte}) {stray}");
        check("{\"a\":1}\nsome words\n{\"a\":2}", r#"[{"a":1},{"a":2}]"#, &[&at(8)]);
        check("{\"a\":1} tail\n紀慢\n", r#"[{"a":1}]"#, &[&at(8), &at(13)]);
        check("{\"a\":1}\n\0\0{\"a\":2}\n{\"a\":3}", r#"[{"a":1},{"a":3}]"#, &[&at(8)]);
        check("{\"a\":1}\n\0\0\u{1a}\n", r#"[{"a":1}]"#, &[]);
        let long = format!("{{\"a\":1}}\n{}\n{{\"a\":2}}", "x".repeat(1 << 20));
        check(&long, r#"[{"a":1},{"a":2}]"#, &[&at(8)]);
    }
}
