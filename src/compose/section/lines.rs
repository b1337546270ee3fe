//! The lines of a section: its markers, the line that holds its data, and the text as lines.

use std::ops::Range;

use crate::model::fingerprint::Recipe;

/// Opens the section.
pub(super) const START: &str = "<!-- casefile:start -->";

/// Closes the section.
pub(super) const END: &str = "<!-- casefile:end -->";

const DATA: &str = "<!-- casefile:data ";

/// A line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextLine<'t> {
    /// Its text, without trailing white space.
    pub(super) text: &'t str,
    /// Where it is, with its line ending.
    pub(super) at: Range<usize>,
    /// Its line ending; empty on a last line that has none.
    pub(super) ending: &'t str,
}

/// The lines of a text, which end in `\n` or `\r\n`.
pub(super) fn lines(text: &str) -> Vec<TextLine<'_>> {
    let mut start = 0;
    let each = text.split_inclusive('\n').map(|whole| {
        let at = start..start + whole.len();
        start = at.end;
        let body = whole.strip_suffix('\n').map_or(whole, |body| body.strip_suffix('\r').unwrap_or(body));
        TextLine { text: body.trim_end(), at, ending: &whole[body.len()..] }
    });
    each.collect()
}

/// The line that holds the section's data. It also says how many lines follow and what they contain, so that the
/// section is recognised even if a marker was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DataLine<'t> {
    /// How many lines between this one and the end belong to the section.
    pub(super) count: usize,
    /// A hash of their text.
    pub(super) check: &'t str,
    /// The packed data.
    pub(super) word: &'t str,
}

impl<'t> DataLine<'t> {
    /// Whether a line is such a line, however damaged.
    pub(super) fn is(line: &str) -> bool {
        line.starts_with(DATA)
    }

    /// The contents of such a line, if it is not damaged.
    pub(super) fn parse(line: &'t str) -> Option<DataLine<'t>> {
        let inner = line.strip_prefix(DATA)?.strip_suffix(" -->")?;
        let mut words = inner.split(' ');
        let count = words.next()?.parse().ok()?;
        let data = DataLine { count, check: words.next()?, word: words.next().unwrap_or_default() };
        words.next().is_none().then_some(data)
    }

    /// The line for these lines and this data.
    pub(super) fn line(following: &[String], word: &str) -> String {
        let check = digest(following.iter().map(String::as_str));
        let space = if word.is_empty() { "" } else { " " };
        format!("{DATA}{} {check}{space}{word} -->", following.len())
    }

    /// Whether these are the lines that were written after it.
    pub(super) fn matches(&self, following: &[TextLine<'_>]) -> bool {
        following.len() == self.count && digest(following.iter().map(|line| line.text)) == self.check
    }
}

fn digest<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    let recipe = lines.fold(Recipe::new("section"), |recipe, line| recipe.value(line.trim_end()));
    format!("{:08x}", recipe.finish().short())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_its_lines() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let lines = lines(text);
            let found: Vec<_> = lines.iter().map(|line| (line.text, line.ending)).collect();
            assert_eq!(found, expected);
            assert_eq!(lines.iter().map(|line| &text[line.at.clone()]).collect::<String>(), text);
        };
        check("", &[]);
        check("a", &[("a", "")]);
        check("a \r\n\nb\rc\n", &[("a", "\r\n"), ("", "\n"), ("b\rc", "\n")]);
    }

    #[test]
    fn the_data_line_knows_its_section() {
        let following = ["a".to_owned(), String::new()];
        let line = DataLine::line(&following, "WORD");
        let data = DataLine::parse(&line).unwrap();
        assert_eq!((data.count, data.word), (2, "WORD"));
        assert!(data.matches(&lines("a\r\n \r\n")));
        assert!(!data.matches(&lines("a\nb\n")) && !data.matches(&lines("a\n")));
        assert_eq!(DataLine::parse(&DataLine::line(&following, "")).unwrap().word, "");
        for damaged in
            ["<!-- casefile:data 2", "<!-- casefile:data x y z -->", "<!-- casefile:data 2 a b c -->"]
        {
            assert!(DataLine::is(damaged) && DataLine::parse(damaged).is_none(), "{damaged}");
        }
    }
}
