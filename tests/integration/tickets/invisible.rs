//! Zero-width characters in what people copy: code, addresses, package URLs, hashes and ids.

use serde_json::Value;

/// What is zero-width in `{{code}}`, in a link's address, and in words that name something.
pub(super) fn in_wiki(text: &str) -> Vec<String> {
    let mut found: Vec<String> = between(text, "{{", "}}");
    found.extend(between(text, "|http", "]"));
    found.extend(names(&text.replace("{{", " ").replace("}}", " ")));
    found
}

/// The same in code spans, blocks of code and links of Markdown.
pub(super) fn in_markdown(text: &str) -> Vec<String> {
    let text = text.replace("&#8203;", "\u{200b}");
    let mut found: Vec<String> = between(&text, "](", ")");
    // spans do not go beyond their line
    for line in text.lines() {
        let spans = line.split('`').skip(1).step_by(2);
        found.extend(spans.filter(|span| invisible(span)).map(str::to_owned));
        found.extend(between(line, "<code>", "</code>"));
    }
    found.extend(names(&text));
    found
}

/// The same in text nodes of ADF.
pub(super) fn in_adf(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(text) = document["text"].as_str() {
        let code = document["marks"].as_array().into_iter().flatten().any(|mark| mark["type"] == "code");
        found.extend(if code && invisible(text) { vec![text.to_owned()] } else { names(text) });
    }
    let children = document["content"].as_array().into_iter().flatten();
    found.extend(children.flat_map(in_adf));
    found
}

fn invisible(text: &str) -> bool {
    text.contains(['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'])
}

fn between(text: &str, start: &str, end: &str) -> Vec<String> {
    let pieces = text.split(start).skip(1).filter_map(|piece| Some(piece.split_once(end)?.0));
    pieces.filter(|piece| invisible(piece) && !piece.contains('\n')).map(str::to_owned).collect()
}

/// Words that name something and have such a character within: an address, a package URL, a hash, an id.
fn names(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || "()[]{}<>|\"'`,;*".contains(c));
    let names = words.filter(|word| {
        let bare: String = word.chars().filter(|c| !invisible(&c.to_string())).collect();
        let hex = bare.len() >= 7 && bare.bytes().all(|b| b.is_ascii_hexdigit());
        let id = bare.bytes().any(|b| b.is_ascii_digit()) && bare.contains('-');
        word.trim_matches('\u{200b}').contains('\u{200b}')
            && (bare.contains("://") || bare.starts_with("pkg:") || bare.starts_with('@') || hex || id)
    });
    names.map(str::to_owned).collect()
}
