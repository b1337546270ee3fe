//! Foreign text as Markdown that stands for itself, on one line, within a table's cell.

use crate::document::Inline;

/// Inlines as Markdown on one line; only text and links are met here.
pub(super) fn inline(inlines: &[Inline]) -> String {
    inlines.iter().map(one).collect()
}

fn one(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) | Inline::Code(text) => {
            escape(text)
        }
        Inline::Link(link) => {
            let target = link.to().as_str();
            let target =
                target.replace('(', "%28").replace(')', "%29").replace('|', "%7C").replace('`', "%60");
            format!("[{}]({})", escape(link.text()), target.replace('&', "&amp;"))
        }
        Inline::Break => " ".to_owned(),
    }
}

/// A zero-width space goes behind what GitHub, after rendering, takes for a mention, a reference or an
/// address; an escape would not stop it.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => escaped.push(' '),
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {
                escaped.push_str("&#92;u{");
                escaped.push_str(&format!("{:x}}}", u32::from(c)));
            }
            c if c.is_control() => {}
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '|' => escaped.push_str("&#124;"),
            '\\' => escaped.push_str("&#92;"),
            '@' | ':' => escaped.extend([c, '\u{200b}']),
            '#' => escaped.push_str("\\#\u{200b}"),
            '.' if escaped.to_ascii_lowercase().ends_with("www") => escaped.push_str(".\u{200b}"),
            '`' | '*' | '_' | '~' | '[' | ']' | '!' | '$' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stands_for_itself() {
        let check = |text: &str, expected: &str| assert_eq!(inline(&[Inline::text(text)]), expected);
        check("lodash 4.17.20 (CVE-2021-23337)", "lodash 4.17.20 (CVE-2021-23337)");
        check(" a\r\n|b\\| ", "a  &#124;b&#92;&#124;");
        check("<!-- casefile:end -->", "&lt;\\!-- casefile:\u{200b}end --&gt;");
        check("@team #1 `x` **b** ![i](u)", "@\u{200b}team \\#\u{200b}1 \\`x\\` \\*\\*b\\*\\* \\!\\[i\\](u)");
        check("https://evil.example www.evil", "https:\u{200b}//evil.example www.\u{200b}evil");
        check("\u{202e}x\u{7}", "&#92;u{202e}x");
    }

    #[test]
    fn a_link_leads_where_it_says() {
        let check = |to: &str, expected: &str| assert_eq!(inline(&[Inline::link("SEC-1", to)]), expected);
        check("https://acme.example/browse/SEC-1", "[SEC-1](https://acme.example/browse/SEC-1)");
        check("https://a.example/?a=1&b=(x|y)", "[SEC-1](https://a.example/?a=1&amp;b=%28x%7Cy%29)");
        check("https://a.example/a b<!-- x -->", "[SEC-1](https://a.example/a%20b%3C!--%20x%20--%3E)");
        check("javascript:alert(1)", "SEC-1");
    }
}
