//! Tickets and findings as aligned columns that fit a terminal: pure, so that every width can be tested.

use unicode_width::UnicodeWidthStr;

use crate::cli::output::printer::{Paint, Span};
use crate::document::visible::one_line;
use crate::model::severity::Severity;

/// What is between two columns.
const GAP: usize = 2;

/// The minimum width of a row's text; if the columns leave less, it is placed below them.
const LEAST: usize = 24;

/// How far text below its columns is indented.
const INDENT: usize = 2;

/// A row: a ticket, or a finding without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListRow {
    /// What is done about it.
    pub(crate) action: &'static str,
    /// How bad.
    pub(crate) severity: Option<Severity>,
    /// The ticket's key.
    pub(crate) key: Option<String>,
    /// The ticket's page.
    pub(crate) url: Option<String>,
    /// The title.
    pub(crate) title: String,
    /// Where it is, and what else is worth knowing: one line each.
    pub(crate) notes: Vec<String>,
}

/// How wide the columns are.
struct ColumnWidths {
    action: usize,
    severity: usize,
    key: usize,
}

impl ColumnWidths {
    fn of(rows: &[ListRow]) -> ColumnWidths {
        let widest = |width: &dyn Fn(&ListRow) -> usize| rows.iter().map(width).max().unwrap_or(0);
        ColumnWidths {
            action: widest(&|row| row.action.width()),
            severity: widest(&|row| row.severity.map_or(0, |severity| severity.name().len())),
            key: widest(&|row| row.key.as_deref().map_or(0, UnicodeWidthStr::width)),
        }
    }

    /// Where the text begins.
    fn text(&self) -> usize {
        [self.action, self.severity, self.key].into_iter().filter(|width| *width > 0).map(|w| w + GAP).sum()
    }
}

/// The rows' lines. `width`: how wide the terminal is; `None`: nothing is wrapped.
pub(crate) fn lines(rows: &[ListRow], width: Option<usize>) -> Vec<Vec<Span>> {
    let columns = ColumnWidths::of(rows);
    rows.iter().flat_map(|row| lines_of(row, &columns, width)).collect()
}

fn lines_of(row: &ListRow, columns: &ColumnWidths, width: Option<usize>) -> Vec<Vec<Span>> {
    let mut head: Vec<Span> = vec![padded(row.action, columns.action, action_paint(row.action))];
    if columns.severity > 0 {
        let name = row.severity.map_or("", Severity::name);
        head.push(padded(name, columns.severity, row.severity.map_or(Paint::Plain, severity_paint)));
    }
    if columns.key > 0 {
        let mut key = padded(row.key.as_deref().unwrap_or_default(), columns.key, Paint::Bold);
        key.link.clone_from(&row.url);
        head.push(key);
    }
    let start = columns.text();
    let is_narrow = width.is_some_and(|width| width < start + LEAST);
    let indent = if is_narrow { INDENT } else { start };
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(8));
    let mut texts: Vec<Span> =
        wrapped(&one_line(&row.title), room).into_iter().map(|text| Span::plain(&text)).collect();
    for note in &row.notes {
        texts.extend(wrapped(&one_line(note), room).iter().map(|text| Span::painted(text, Paint::Dim)));
    }
    let mut texts = texts.into_iter();
    if !is_narrow {
        head.extend(texts.next());
    }
    let below = texts.map(|text| vec![Span::plain(&" ".repeat(indent.saturating_sub(GAP))), text]);
    std::iter::once(head).chain(below).collect()
}

fn padded(text: &str, width: usize, paint: Paint) -> Span {
    let text = one_line(text);
    let mut span = Span::painted(&text, paint);
    span.blanks = width.saturating_sub(text.width());
    span
}

/// Wraps text in lines of at most this many columns, between words if possible.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        let mut word = word;
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut line));
        }
        // a path or an address may be longer than a line
        while line.is_empty() && word.width() > room {
            let (first, rest) = split(word, room);
            lines.push(first.to_owned());
            word = rest;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.retain(|line| !line.is_empty());
    lines
}

/// The part of a word that fits, at least one character, and the rest.
fn split(word: &str, room: usize) -> (&str, &str) {
    let mut end = 0;
    for (at, c) in word.char_indices() {
        let next = at + c.len_utf8();
        if end > 0 && word[..next].width() > room {
            break;
        }
        end = next;
    }
    word.split_at(end)
}

pub(crate) fn severity_paint(severity: Severity) -> Paint {
    match severity {
        Severity::Critical => Paint::StrongRed,
        Severity::High => Paint::Red,
        Severity::Medium => Paint::Yellow,
        Severity::Low => Paint::Blue,
        Severity::Info => Paint::Dim,
    }
}

fn action_paint(action: &str) -> Paint {
    match action {
        "failed" => Paint::StrongRed,
        "create" | "created" | "new" | "refile" | "refiled" | "reopen" | "reopened" => Paint::Green,
        "resolve" | "resolved" | "close" | "closed" | "update" | "updated" => Paint::Blue,
        _ => Paint::Dim,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<ListRow> {
        vec![
            ListRow {
                action: "created",
                severity: Some(Severity::Critical),
                key: Some("SEC-12".into()),
                url: Some("https://acme.example/browse/SEC-12".into()),
                title: "lodash: Command injection in template, which lets an attacker run commands".into(),
                notes: vec!["web/package-lock.json".into()],
            },
            ListRow {
                action: "tracked",
                severity: Some(Severity::Low),
                key: Some("OPS-7".into()),
                title: "Weak hash".into(),
                notes: vec!["src/a.py:3 and 2 more".into()],
                ..ListRow::default()
            },
        ]
    }

    fn shown(rows: &[ListRow], width: Option<usize>) -> String {
        let line = |spans: &Vec<Span>| spans.iter().map(Span::text).collect::<Vec<_>>().join("  ");
        lines(rows, width).iter().map(|one| line(one).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn columns_are_aligned_and_fit_the_terminal() {
        for width in [40, 60, 80, 120] {
            let text = shown(&rows(), Some(width));
            assert!(text.lines().all(|line| line.width() <= width), "{width}:\n{text}");
        }
        assert_eq!(
            shown(&rows(), Some(60)),
            "created  critical  SEC-12  lodash: Command injection in
                           template, which lets an attacker
                           run commands
                           web/package-lock.json
tracked  low       OPS-7   Weak hash
                           src/a.py:3 and 2 more"
        );
        assert_eq!(
            shown(&rows(), Some(40)),
            "created  critical  SEC-12
  lodash: Command injection in template,
  which lets an attacker run commands
  web/package-lock.json
tracked  low       OPS-7
  Weak hash
  src/a.py:3 and 2 more"
        );
    }

    #[test]
    fn nothing_is_wrapped_where_nobody_has_a_width() {
        let text = shown(&rows(), None);
        assert!(text.contains(
            "SEC-12  lodash: Command injection in template, which lets an attacker run commands\n"
        ));
    }

    #[test]
    fn columns_that_nothing_fills_are_left_out() {
        let row = ListRow { action: "create", title: "Weak hash".into(), ..ListRow::default() };
        assert_eq!(shown(&[row], Some(80)), "create  Weak hash");
    }

    #[test]
    fn a_word_without_an_end_is_cut() {
        let title = format!("{} 漢字漢字漢字漢字漢字漢字漢字漢字", "x".repeat(60));
        let row = ListRow { action: "create", title, ..ListRow::default() };
        let text = shown(&[row], Some(40));
        assert!(text.lines().all(|line| line.width() <= 40) && text.lines().count() > 2, "{text}");
    }
}
