//! Repairs what scanners get wrong in JSON strings: broken UTF-8, raw control characters, halves of surrogate pairs,
//! unknown escapes; and numbers that are too large for any type.

use std::fmt::Write;

/// A value that strict JSON rejected, with its strings repaired; it may still be rejected.
pub(crate) fn mend(value: &[u8]) -> String {
    let value = String::from_utf8_lossy(value);
    let mut mended = String::with_capacity(value.len() + 16);
    let mut rest = &*value;
    let mut in_text = false;
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        match first {
            '"' => {
                in_text = !in_text;
                mended.push(first);
            }
            '\\' if in_text => taken = escape(rest, &mut mended),
            '\0'..='\x1f' if in_text => {
                // writing to a String cannot fail
                let _ = write!(mended, "\\u{:04x}", u32::from(first));
            }
            '-' | '0'..='9' if !in_text => taken = number(rest, &mut mended),
            _ => mended.push(first),
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    mended
}

/// Writes the number at the start of `rest`, or `null` if it is infinite; returns how many bytes it took.
fn number(rest: &str, mended: &mut String) -> usize {
    let inside = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    let bytes = rest.bytes().take_while(|&byte| inside(byte)).count();
    let endless = rest[..bytes].parse::<f64>().is_ok_and(f64::is_infinite);
    if endless {
        mended.push_str("null");
        return bytes;
    }
    copy(rest, bytes, mended)
}

/// Writes the escape at the start of `rest` so that it is valid; returns how many bytes it took.
fn escape(rest: &str, mended: &mut String) -> usize {
    match rest.as_bytes().get(1) {
        Some(b'u') => match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => copy(rest, 12, mended),
            (Some(0xd800..=0xdfff), _) => {
                mended.push_str("\\ufffd");
                6
            }
            (Some(_), _) => copy(rest, 6, mended),
            (None, _) => literal(mended),
        },
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => copy(rest, 2, mended),
        _ => literal(mended),
    }
}

/// The UTF-16 unit that `\uXXXX` at the start of a text stands for.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

fn copy(rest: &str, bytes: usize, mended: &mut String) -> usize {
    mended.push_str(rest.get(..bytes).unwrap_or_default());
    bytes
}

/// A backslash that does not escape anything stands for itself.
fn literal(mended: &mut String) -> usize {
    mended.push_str("\\\\");
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_repaired() {
        let check = |value: &[u8], expected: &str| {
            let mended = mend(value);
            let read: serde_json::Value =
                serde_json::from_str(&mended).unwrap_or_else(|error| panic!("{mended}: {error}"));
            assert_eq!(read, serde_json::json!([expected]));
        };
        check(b"[\"a\xffb\"]", "a\u{fffd}b");
        check(b"[\"a\tb\nc\"]", "a\tb\nc");
        check(br#"["\ud83d"]"#, "\u{fffd}");
        check(br#"["\ud83dx"]"#, "\u{fffd}x");
        check(br#"["\ud83d\u0041"]"#, "\u{fffd}A");
        check(br#"["\ud83d\ude00"]"#, "😀");
        check(br#"["\ude00\\"]"#, "\u{fffd}\\");
        check(br#"["C:\dir\new"]"#, "C:\\dir\new");
        check(br#"["\u12"]"#, "\\u12");
        check("[\"\\é\\\"\"]".as_bytes(), "\\é\"");
    }

    #[test]
    fn what_is_not_a_text_is_left() {
        assert_eq!(mend(b"[1,\n\tnul, \"\\\"\"]"), "[1,\n\tnul, \"\\\"\"]");
        assert_eq!(mend(b"\"\\"), "\"\\\\");
        assert_eq!(mend(br#"[1e999, -3e9999, 3e76, -1.5, "1e999"]"#), r#"[null, null, 3e76, -1.5, "1e999"]"#);
    }
}
