//! HTML in other people's texts: tags for layout become blocks, links stay links, and every other tag is text.

/// Tags that only affect the layout, within a line.
const INLINE: [&str; 20] = [
    "a", "b", "br", "code", "em", "font", "i", "img", "kbd", "small", "span", "strong", "sub", "sup", "tt",
    "u", "var", "wbr", "mark", "abbr",
];

/// Tags that begin or end a block.
const BLOCK: [&str; 28] = [
    "article",
    "blockquote",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Whether a tag begins or ends a block.
pub(super) fn is_block(name: &str) -> bool {
    BLOCK.contains(&name)
}

/// A tag, and whether it closes what it names.
pub(super) struct HtmlTag<'h> {
    pub(super) name: String,
    pub(super) closes: bool,
    attributes: &'h str,
}

impl HtmlTag<'_> {
    /// An attribute's value.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let lower = self.attributes.to_ascii_lowercase();
        let at = lower.find(&format!("{name}="))? + name.len() + 1;
        let value = self.attributes.get(at..)?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => value[1..].split(quote).next(),
            None => value.split([' ', '/']).next(),
        };
        value.map(decoded)
    }
}

/// A piece of HTML.
pub(super) enum HtmlPiece<'h> {
    Text(&'h str),
    Tag(HtmlTag<'h>),
}

/// Tags that are known, and everything else as text.
pub(super) fn pieces(html: &str) -> Vec<HtmlPiece<'_>> {
    let mut all = Vec::new();
    let (mut rest, mut from) = (html, 0);
    while let Some(at) = rest[from..].find('<').map(|at| at + from) {
        let tag = rest[at + 1..].split_once('>').and_then(|(inside, behind)| Some((known(inside)?, behind)));
        match tag {
            Some((tag, behind)) => {
                if at > 0 {
                    all.push(HtmlPiece::Text(&rest[..at]));
                }
                all.push(HtmlPiece::Tag(tag));
                (rest, from) = (behind, 0);
            }
            None => from = at + 1,
        }
    }
    if !rest.is_empty() {
        all.push(HtmlPiece::Text(rest));
    }
    all
}

fn known(inside: &str) -> Option<HtmlTag<'_>> {
    let closes = inside.starts_with('/');
    let inner = inside.trim_start_matches('/');
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let (name, attributes) = inner.split_at(end);
    let name = name.to_ascii_lowercase();
    let is_known = INLINE.contains(&name.as_str()) || is_block(&name);
    (is_known && !attributes.contains('<')).then_some(HtmlTag { name, closes, attributes })
}

/// Whether a text is HTML: it has pairs of tags, or breaks. A single tag may well be what the text is about.
pub(super) fn is_html(text: &str) -> bool {
    if !text.contains('<') {
        return false;
    }
    let mut open: Vec<String> = Vec::new();
    for piece in pieces(text) {
        let HtmlPiece::Tag(tag) = piece else { continue };
        match (tag.name.as_str(), tag.closes) {
            ("br", _) => return true,
            (name, true) if open.iter().any(|one| one == name) => return true,
            ("p", false) if open.iter().any(|one| one == "p") => return true,
            (_, false) => open.push(tag.name),
            _ => {}
        }
    }
    false
}

/// White space as in HTML: a single space, even at the ends.
pub(super) fn folded(text: &str) -> String {
    let inner = decoded(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let blank = |at: bool| if at { " " } else { "" };
    if inner.is_empty() {
        return blank(!text.is_empty()).to_owned();
    }
    let (start, end) = (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
    format!("{}{inner}{}", blank(start), blank(end))
}

/// The text with the entities that people use replaced by what they stand for.
pub(super) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|end| *end <= 8);
        match end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(number);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "rsquo" => '’',
        "lsquo" => '‘',
        _ => return None,
    })
}
