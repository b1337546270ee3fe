//! SARIF messages as plain text (3.11): looked up by id, with arguments and without embedded links.

use std::borrow::Cow;

use crate::report::readers::code::sarif::wire;

/// The longest text that a message can produce, in bytes. A message can repeat its arguments as often as it likes, and
/// results share messages, so the result has a separate limit; casefile keeps far less of each.
const MESSAGE_LIMIT: usize = 8 << 10;

/// The text of a message string or multiformat string; Markdown if there is nothing else.
pub(crate) fn plain<'m>(message: &'m wire::SarifMessage<'_>) -> Option<&'m str> {
    message.text.some().or_else(|| message.markdown.some())
}

/// The text of a message. `lookup` finds the text of a `message.id`.
pub(crate) fn say<'m>(
    message: &'m wire::SarifMessage<'_>,
    lookup: impl FnOnce(&str) -> Option<&'m str>,
) -> Cow<'m, str> {
    let own = message.text.some();
    let named = || message.id.some().and_then(lookup);
    let Some(text) = own.or_else(named).or_else(|| message.markdown.some()) else {
        return Cow::Borrowed("");
    };
    let text = bounded(text);
    // Without arguments, a text is used as it is: `${{ github.ref }}` is not meant as a placeholder, whatever 3.11.5
    // says.
    let filled = if own.is_some() && message.arguments.0.is_empty() {
        text
    } else {
        Cow::Owned(fill(&text, &message.arguments.0))
    };
    if !filled.contains("](") {
        return filled;
    }
    Cow::Owned(unlink(&filled))
}

/// As much of a text as is read, with an ellipsis.
pub(crate) fn bounded(text: &str) -> Cow<'_, str> {
    match text.len() > MESSAGE_LIMIT {
        true => Cow::Owned(format!("{}…", &text[..text.floor_char_boundary(MESSAGE_LIMIT)])),
        false => Cow::Borrowed(text),
    }
}

/// Placeholders `{0}` replaced by arguments, `{{` and `}}` by braces (3.11.5). What is not a placeholder, or has no
/// argument, stays. What is beyond the limit is left out.
fn fill(text: &str, arguments: &[crate::report::parse::lenient::LenientText<'_>]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        if filled.len() > MESSAGE_LIMIT {
            return bounded(&filled).into_owned();
        }
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        // digits only, so that a text full of braces is processed once
        let digits = rest.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        let placeholder = rest.get(1..=digits + 1).and_then(|inside| {
            let argument = arguments.get(inside.strip_suffix('}')?.parse::<usize>().ok()?)?;
            rest.starts_with('{').then_some((argument, digits + 2))
        });
        let taken = match placeholder {
            Some((argument, taken)) => {
                filled.push_str(&bounded(argument));
                taken
            }
            None => {
                filled.push_str(&rest[..1]);
                if rest.starts_with("{{") || rest.starts_with("}}") { 2 } else { 1 }
            }
        };
        rest = &rest[taken..];
    }
    filled.push_str(rest);
    bounded(&filled).into_owned()
}

/// Embedded links to locations, `[text](1)`, as their text (3.11.6); other links stay.
fn unlink(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let (before, after) = (&rest[..middle], &rest[middle + 2..]);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let target = (digits > 0 && after[digits..].starts_with(')')).then_some(digits);
        match (before.rfind('['), target) {
            (Some(open), Some(end)) => {
                plain.push_str(&before[..open]);
                plain.push_str(&before[open + 1..]);
                rest = &after[end + 1..];
            }
            _ => {
                plain.push_str(&rest[..middle + 2]);
                rest = after;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_text() {
        let check = |json: &str, expected: &str| {
            let message: wire::SarifMessage<'_> = serde_json::from_str(json).unwrap();
            let lookup = |id: &str| (id == "default").then_some("{0} is {{not}} {1}, {2}");
            assert_eq!(say(&message, lookup), expected, "{json}");
        };
        check(r#"{"text":"plain"}"#, "plain");
        check(r#"{"markdown":"*m*"}"#, "*m*");
        check(r#"{"id":"default","arguments":["x","y"]}"#, "x is {not} y, {2}");
        check(r#"{"id":"default"}"#, "{0} is {not} {1}, {2}");
        check(r#"{"id":"unknown","arguments":["x"]}"#, "");
        check(r#"{"text":"a {0} b","arguments":["{1}", "z"]}"#, "a {1} b");
        check(r#"{"text":"${{ github.ref }} {0}"}"#, "${{ github.ref }} {0}");
        check(r#"{"text":"{","arguments":["z"]}"#, "{");
        check(r#"{"text":"}0} {0","arguments":["z"]}"#, "}0} {0");
        check(r#"{"text":"{é}{0","arguments":["z"]}"#, "{é}{0");
        check(r#"{"text":"from [user input](1) to [sink](22)."}"#, "from user input to sink.");
        check(r#"{"text":"see [docs](https://x.org) [a]() ](3)"}"#, "see [docs](https://x.org) [a]() ](3)");
        check("{}", "");
    }

    #[test]
    fn what_a_message_makes_is_bounded() {
        let check = |text: &str, arguments: usize, argument: &str| {
            let arguments = vec![argument; arguments];
            let message = serde_json::json!({ "text": text, "arguments": arguments }).to_string();
            let message: wire::SarifMessage<'_> = serde_json::from_str(&message).unwrap();
            let said = say(&message, |_| None);
            assert!(said.len() <= MESSAGE_LIMIT + "…".len() && said.ends_with('…'), "{}", said.len());
        };
        // all arguments over and over: 240 kB of report would become 2.9 GB
        check(&"{0}".repeat(60_000), 60_000, &"a".repeat(4));
        check("{0}", 1, &"é".repeat(MESSAGE_LIMIT));
        check(&"{0}é".repeat(5_000), 1, "{0}");
        check(&"a".repeat(MESSAGE_LIMIT + 1), 0, "");
        check(&"[a](1)".repeat(MESSAGE_LIMIT), 0, "");
    }
}
