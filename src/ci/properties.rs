//! Java's properties format, as `java.util.Properties.load` reads it.

use std::collections::BTreeMap;

/// The values by their keys; if a key occurs several times, the last one counts.
pub(super) fn parse(text: &str) -> BTreeMap<String, String> {
    lines(text).iter().map(|line| pair(line)).collect()
}

/// Logical lines: without comments and blank lines; lines that end with an odd number of backslashes are joined with
/// the next.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        let line = line.trim_start();
        if open.is_none() && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        let mut whole = open.take().unwrap_or_default() + line;
        let backslashes = whole.len() - whole.trim_end_matches('\\').len();
        if backslashes % 2 == 1 {
            whole.pop();
            open = Some(whole);
        } else {
            lines.push(whole);
        }
    }
    lines.extend(open);
    lines
}

/// Key and value are separated by `=`, `:` or white space without a backslash before it.
fn pair(line: &str) -> (String, String) {
    let mut escaped = false;
    let end = line.find(|c: char| {
        let ends = !escaped && (c == '=' || c == ':' || c.is_ascii_whitespace());
        escaped = c == '\\' && !escaped;
        ends
    });
    let (key, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start();
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start();
    (unescaped(key), unescaped(value))
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('u') => {
                let digits: String = rest.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                out.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javas_properties_are_read() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let expected = expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            assert_eq!(parse(text), expected.collect(), "{text}");
        };
        check("#TeamCity\n!x\n\na=b\n", &[("a", "b")]);
        check(
            "teamcity.serverUrl=https\\://tc.example\\:8111",
            &[("teamcity.serverUrl", "https://tc.example:8111")],
        );
        check("a.b : refs/heads/main", &[("a.b", "refs/heads/main")]);
        check("key value with words", &[("key", "value with words")]);
        check("a\\=b=c", &[("a=b", "c")]);
        check("file=C\\:\\\\temp\\\\x.properties", &[("file", "C:\\temp\\x.properties")]);
        check("a=one \\\n   two\nb=\\u00e9\\t", &[("a", "one two"), ("b", "é\t")]);
        check("a=\nb", &[("a", ""), ("b", "")]);
        check("a=x\\\\\nb=y", &[("a", "x\\"), ("b", "y")]);
        check("a=\\u12", &[("a", "\u{12}")]);
        check("a=end\\", &[("a", "end")]);
    }
}
