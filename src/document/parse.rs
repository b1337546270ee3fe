//! Other people's text as blocks: Markdown, of which only the structure is used, and plain text.

use std::borrow::Cow;

use pulldown_cmark::{Options, Parser};

use super::{Block, Inline};

mod builder;
mod html;
mod lists;

use builder::DocumentBuilder;

/// The blocks of a Markdown text. Links lead only to `http` or `https`; of others, only the text stays. An image
/// becomes its description, and HTML plain text, without the tags that only affect the layout.
pub fn markdown(text: &str) -> Vec<Block> {
    let mut builder = DocumentBuilder::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_ext(text, options) {
        builder.take(event);
    }
    builder.finish()
}

/// The blocks of a text in its format: Markdown, or plain text. Plain text that is really HTML, or has the headings and
/// fences of Markdown, is treated as such: scanners copy what others wrote.
pub fn described(text: &str, is_markdown: bool) -> Vec<Block> {
    if is_markdown {
        markdown(text)
    } else if html::is_html(text) {
        of_html(text)
    } else if looks_like_markdown(text) {
        markdown(text)
    } else {
        self::text(text)
    }
}

/// The text without HTML entities, if somebody escaped it twice: nobody writes quotation marks like that.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    const QUOTES: [&str; 6] = ["&#039;", "&#39;", "&quot;", "&#34;", "&apos;", "&#x27;"];
    let escaped = text.contains('&') && QUOTES.iter().any(|quote| text.contains(quote));
    if escaped { Cow::Owned(html::decoded(text)) } else { Cow::Borrowed(text) }
}

/// The blocks of an HTML text.
fn of_html(text: &str) -> Vec<Block> {
    let mut builder = DocumentBuilder::default();
    let mut preformatted = false;
    for piece in html::pieces(text) {
        match piece {
            html::HtmlPiece::Tag(tag) if tag.name == "pre" => {
                builder.flush();
                preformatted = !tag.closes;
            }
            html::HtmlPiece::Tag(tag) => builder.tag(&tag),
            html::HtmlPiece::Text(text) if preformatted => {
                let text = html::decoded(text).trim_matches('\n').to_owned();
                if !text.trim().is_empty() {
                    builder.block(Block::Code { language: None, text });
                }
            }
            html::HtmlPiece::Text(text) => {
                // an empty line separates paragraphs where people write HTML by hand
                for (index, paragraph) in text.split("\n\n").enumerate() {
                    if index > 0 {
                        builder.flush();
                    }
                    builder.text(&html::folded(paragraph));
                }
            }
        }
    }
    builder.finish()
}

/// Whether a line is a Markdown heading, or a code fence.
fn looks_like_markdown(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| {
        let rest = line.trim_start_matches('#');
        let level = line.len() - rest.len();
        (1..=6).contains(&level) && rest.starts_with(' ') || line.starts_with("```")
    })
}

/// From this length on, in bytes, a line may have been broken only because it was full.
const FULL_LINE: usize = 50;

/// The paragraphs and lists of a plain text: they are separated by empty lines, and other line breaks stay, except those
/// in the middle of a sentence. Links as SARIF and Markdown write them (`[text](https://…)`) are links.
pub fn text(text: &str) -> Vec<Block> {
    let text = &*unescaped(text);
    let mut blocks = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end).chain([""]) {
        if !line.is_empty() {
            lines.push(line);
        } else if !lines.is_empty() {
            lists::add(&mut blocks, &lines, |lines| linked(&unwrapped(lines)));
            lines.clear();
        }
    }
    blocks
}

/// The lines of a paragraph, of which those that continue a sentence are one.
fn unwrapped(lines: &[&str]) -> String {
    let mut out = String::new();
    let mut last = "";
    for line in lines {
        let continues = last.len() >= FULL_LINE
            && !last.ends_with(['.', ':', ';', '!', '?', '`'])
            && line.starts_with(|first: char| first.is_lowercase() || first == '(');
        if !last.is_empty() {
            out.push(if continues { ' ' } else { '\n' });
        }
        out.push_str(line);
        last = line;
    }
    out
}

/// A text with its embedded links; of a link that does not lead to a web page, only the text stays.
fn linked(text: &str) -> Vec<Inline> {
    let mut line = Vec::new();
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let (before, behind) = (&rest[..middle], &rest[middle + 2..]);
        let leads = ["http://", "https://", "#"].iter().any(|start| behind.starts_with(start));
        let target = behind.find([')', ' ', '\n']).filter(|&end| leads && behind[end..].starts_with(')'));
        let (Some(open), Some(end)) = (before.rfind('['), target) else {
            line.push(Inline::text(&rest[..middle + 2]));
            rest = behind;
            continue;
        };
        line.push(Inline::text(&before[..open]));
        line.push(Inline::foreign_link(&before[open + 1..], &behind[..end]));
        rest = &behind[end + 1..];
    }
    line.push(Inline::text(rest));
    line.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
    line.into_iter().flat_map(spans).collect()
}

fn spans(inline: Inline) -> Vec<Inline> {
    if let Inline::Text(text) = inline { coded(&text) } else { vec![inline] }
}

/// A text in which whatever is between two single backticks on a line is code: nobody uses them for anything else.
pub fn coded(text: &str) -> Vec<Inline> {
    let mut line = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('`') {
        let code = behind.split_once('`').filter(|(code, after)| {
            !code.trim().is_empty() && !code.contains('\n') && !after.starts_with('`')
        });
        let Some((code, after)) = code else { break };
        line.push(Inline::text(before));
        line.push(Inline::code(code));
        rest = after;
    }
    line.push(Inline::text(rest));
    line.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
    line
}

#[cfg(test)]
mod tests;
