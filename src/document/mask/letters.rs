//! A text's letters and digits, however they are written: in lower case, with escapes undone, and without what is
//! between them. A server that echoes a credential may wrap, escape, quote or recode it; these stay.

/// A letter or digit of a text, and the bytes with which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    /// In lower case.
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The letters of a text, in order.
pub(super) struct Letters<'t> {
    text: &'t [u8],
    at: usize,
}

pub(super) fn letters(text: &str) -> Letters<'_> {
    Letters { text: text.as_bytes(), at: 0 }
}

/// The same without their positions.
pub(super) fn folded(text: &str) -> Vec<u8> {
    letters(text).map(|letter| letter.byte).collect()
}

impl Iterator for Letters<'_> {
    type Item = Letter;

    fn next(&mut self) -> Option<Letter> {
        loop {
            let start = self.at;
            let (byte, length) = match *self.text.get(start)? {
                byte if byte.is_ascii_alphanumeric() => (Some(byte), 1),
                b'%' => percent(&self.text[start..]),
                b'\\' => backslash(&self.text[start..]),
                b'&' => entity(&self.text[start..]),
                0x1b => (None, colour(&self.text[start..])),
                _ => (None, 1),
            };
            self.at = start + length;
            if let Some(byte) = byte.filter(u8::is_ascii_alphanumeric) {
                return Some(Letter { byte: byte.to_ascii_lowercase(), start, end: self.at });
            }
        }
    }
}

/// `%41`, even if its `%` is itself escaped: `%2541`; also `%u0041`.
fn percent(text: &[u8]) -> (Option<u8>, usize) {
    let mut at = 1;
    loop {
        match text.get(at..at + 2) {
            Some(b"25") if number(text, at + 2, 2, 16).is_some() => at += 2,
            Some([b'u', _]) => {
                return number(text, at + 1, 4, 16).map_or((None, 1), |byte| (Some(byte), at + 5));
            }
            _ => return number(text, at, 2, 16).map_or((None, 1), |byte| (Some(byte), at + 2)),
        }
    }
}

/// `\u0041`, `\u{41}`, `\x41`, `\101` and the escapes for control characters, after any number of backslashes.
fn backslash(text: &[u8]) -> (Option<u8>, usize) {
    let slashes = text.iter().take_while(|byte| **byte == b'\\').count();
    let coded = |at: usize, digits: usize| number(text, at, digits, 16).map(|byte| (Some(byte), at + digits));
    let found = match text.get(slashes) {
        Some(b'u') if text.get(slashes + 1) == Some(&b'{') => {
            let digits = text[slashes + 2..].iter().take(7).take_while(|byte| **byte != b'}').count();
            coded(slashes + 2, digits).map(|(byte, end)| (byte, end + 1))
        }
        Some(b'u') => coded(slashes + 1, 4),
        Some(b'x') => coded(slashes + 1, 2),
        Some(b'0'..=b'3') => number(text, slashes, 3, 8).map(|byte| (Some(byte), slashes + 3)),
        Some(b'n' | b'r' | b't' | b'b' | b'f') => Some((None, slashes + 1)),
        _ => None,
    };
    let found = found.map(|(byte, end)| (byte, end.min(text.len())));
    found.unwrap_or((None, slashes))
}

/// `&#65;`, `&#x41;`, and named entities, which never stand for a letter; even if the `&` is itself escaped.
fn entity(text: &[u8]) -> (Option<u8>, usize) {
    let mut at = 1;
    while text[at..].starts_with(b"amp;") {
        at += 4;
    }
    let body = &text[at..];
    let Some(end) = body.iter().take(9).position(|byte| *byte == b';') else { return (None, at) };
    let whole = at + end + 1;
    match body {
        [b'#', b'x' | b'X', ..] => (number(body, 2, end.saturating_sub(2), 16), whole),
        [b'#', ..] => (number(body, 1, end - 1, 10), whole),
        _ if [&b"lt"[..], b"gt", b"quot", b"apos", b"nbsp"].contains(&&body[..end]) => (None, whole),
        _ => (None, at),
    }
}

/// A terminal's colour: `ESC [ 3 1 m`.
fn colour(text: &[u8]) -> usize {
    if text.get(1) != Some(&b'[') {
        return 1;
    }
    let inner = text[2..].iter().take(16).take_while(|byte| !byte.is_ascii_alphabetic()).count();
    (inner + 3).min(text.len())
}

/// A number of one byte; a larger one is not a letter, and counts as 0.
fn number(text: &[u8], at: usize, digits: usize, radix: u32) -> Option<u8> {
    let digits = text.get(at..at.checked_add(digits)?).filter(|digits| !digits.is_empty())?;
    let value = digits.iter().try_fold(0_u32, |sum, digit| {
        Some(sum.saturating_mul(radix).saturating_add(char::from(*digit).to_digit(radix)?))
    })?;
    Some(u8::try_from(value).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_a_letter_is_written_it_is_the_same() {
        let check = |text: &str, expected: &str| {
            assert_eq!(String::from_utf8(folded(text)).unwrap(), expected, "{text}");
            let end = letters(text).last().map_or(0, |letter| letter.end);
            assert!(text.is_char_boundary(end));
        };
        check("aB-c/1", "abc1");
        check("%41%2541%252541%2B%zz%4", "aaazz4");
        check("%u0041%u20ac%ux", "aux");
        check("\\101\\\\141\\060\\9", "aa09");
        check("\\u0041 \\\\u0041 \\x41 \\u{41} \\n\\\\r \\u20ac \\q", "aaaaq");
        check("&#65;&#x41;&amp;#65;&lt;&amp;gt;&x; &", "aaax");
        check("a\u{1b}[31mb\u{1b}", "ab");
        check("ä€\u{200b}a", "a");
        for broken in [
            "%", "%2", "%25", "\\", "\\u", "\\u{", "\\u{4", "\\x4", "&", "&#", "&#x", "&#;", "&amp;",
            "\u{1b}[",
        ] {
            let whole = format!("{broken}€");
            assert!(letters(&whole).all(|letter| whole.is_char_boundary(letter.end)), "{broken}");
        }
    }
}
