//! Text without markup, and its renderers. What comes from outside is text here;
//! only a renderer turns a document into markup, and each escapes for itself.

pub mod adf;
pub mod fit;
pub mod html;
pub mod markdown;
pub mod marker;
pub mod mask;
pub mod parse;
pub mod plain;
mod references;
pub mod shorten;
pub mod terminal;
pub mod visible;
pub mod wiki;

#[cfg(test)]
#[path = "../../fixtures/acting.rs"]
mod acting;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
#[path = "../../fixtures/words.rs"]
pub(crate) mod words;

use url::Url;

/// A text of parts, each with a weight for when not everything fits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// In the order in which they are read.
    pub parts: Vec<DocumentPart>,
}

/// A stretch of a document that is kept or removed together when space is short.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentPart {
    /// Its name in the note about what was left out, e.g. `where`.
    pub name: &'static str,
    /// What is removed last when space is short: the higher, the longer it stays.
    pub weight: u8,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A block of text.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading; level 1 is the highest.
    Heading(u8, Vec<Inline>),
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list, numbered or not; an item is itself a sequence of blocks.
    List {
        /// Whether the items are numbered.
        ordered: bool,
        /// The items, in order.
        items: Vec<Vec<Block>>,
    },
    /// Preformatted text, with its language if it is known.
    Code {
        /// A language's short name, e.g. `python`.
        language: Option<String>,
        /// The text; lines are separated by `\n`.
        text: String,
    },
    /// A table; each cell is one line.
    Table {
        /// The heading row; empty: the table has none.
        head: Vec<Vec<Inline>>,
        /// The rows; each as long as the heading row, if there is one.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A quotation.
    Quote(Vec<Block>),
}

/// A run of text within a block.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Text that is more important.
    Strong(String),
    /// Text that is emphasised.
    Emphasis(String),
    /// A piece of code.
    Code(String),
    /// A link; made by [`Inline::link`], so that it only leads to `http` or `https`.
    Link(Link),
    /// A line break within the block.
    Break,
}

/// A text that links to a web page.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    text: String,
    to: Url,
}

impl Link {
    /// The text of the link.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The target: always `http` or `https`, without credentials.
    pub fn to(&self) -> &Url {
        &self.to
    }
}

impl Inline {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Inline {
        Inline::Text(text.into())
    }

    /// A piece of code.
    pub fn code(text: impl Into<String>) -> Inline {
        Inline::Code(text.into())
    }

    /// Text that is more important.
    pub fn strong(text: impl Into<String>) -> Inline {
        Inline::Strong(text.into())
    }

    /// A link if `to` is a web address without credentials, otherwise only its text.
    pub fn link(text: impl Into<String>, to: &str) -> Inline {
        let text = text.into();
        match Url::parse(to) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.host().is_some()
                    && url.username().is_empty()
                    && url.password().is_none() =>
            {
                Inline::Link(Link { text, to: url })
            }
            _ => Inline::Text(text),
        }
    }

    /// A link from someone else's text. If its text looks like an address and names a host other than the target's, the
    /// true host follows the text.
    pub fn foreign_link(text: impl Into<String>, to: &str) -> Inline {
        match Inline::link(text, to) {
            Inline::Link(Link { text, to }) => {
                let host = to.host_str().unwrap_or_default();
                let text = if names_another_host(&text, host) { format!("{text} ({host})") } else { text };
                Inline::Link(Link { text, to })
            }
            text => text,
        }
    }
}

/// Whether a text looks like an address, but not like one on this host. File names can look like that, too; it does no
/// harm if these are followed by a host.
fn names_another_host(text: &str, host: &str) -> bool {
    // what other scripts use for dots and slashes looks the same to people
    let inner = |c: char| !c.is_whitespace() && !"()[]<>{}\"'`,;|".contains(c);
    let words = text.split(|c| !inner(c)).filter(|word| !word.is_empty());
    words.map(|word| word.trim_matches(['.', ':', '!', '?'])).any(|word| {
        let behind = word.split_once("://").map_or(word, |(_, rest)| rest);
        let address = behind.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let is_dot = |c: char| matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}');
        let (name, port) = address.rsplit_once(':').unwrap_or((address, ""));
        let ending = name.rsplit_once(is_dot).map_or("", |(_, ending)| ending);
        // the last part of an address consists of letters only, or is a number
        let is_ending = ending.chars().count() > 1 && ending.chars().all(char::is_alphabetic)
            || ending.starts_with("xn--")
            || !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_digit());
        let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        (is_ending || is_port || word.contains("://") || word.contains('@'))
            && !address.eq_ignore_ascii_case(host)
    })
}

impl Block {
    /// A paragraph of plain text.
    pub fn text(text: impl Into<String>) -> Block {
        Block::Paragraph(vec![Inline::text(text)])
    }
}

impl Document {
    /// A document with one part that is never removed.
    pub fn of(blocks: Vec<Block>) -> Document {
        Document { parts: vec![DocumentPart { name: "text", weight: u8::MAX, blocks }] }
    }

    /// All blocks in reading order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.parts.iter().flat_map(|part| &part.blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_link_that_looks_like_an_address_shows_its_true_host() {
        let check = |text: &str, to: &str, expected: &str| match Inline::foreign_link(text, to) {
            Inline::Link(link) => assert_eq!(link.text(), expected),
            other => panic!("{other:?}"),
        };
        let evil = "https://evil.example/phish";
        let shown = |text: &str| format!("{text} (evil.example)");
        for text in [
            "https://acme.atlassian.net/login",
            "acme.atlassian.net",
            "See acme.atlassian.net/browse/SEC-1!",
            "(https://acme.atlassian.net)",
            "acme\u{3002}atlassian\u{ff0e}net",
            "10.0.0.1",
            "localhost:8080",
            "http://localhost",
            "security@acme.example",
            "xn--acme.xn--p1ai",
            "evil.example.acme.net",
        ] {
            check(text, evil, &shown(text));
        }
        for text in [
            "CWE-79",
            "the advisory",
            "js/xss",
            "python.lang.dangerous-exec",
            "evil.example",
            "",
            "v1.2-beta",
            "python:S1",
        ] {
            check(text, evil, text);
        }
        check("https://evil.example/other", evil, "https://evil.example/other");
    }
}
