//! Tables of step summaries: narrow columns do not break keys and dates, and what no row has is left out.

use jiff::civil::Date;

use crate::document::{Block, Inline, plain};

/// A table without the columns that are empty in every row; the first one always stays. The title `Ticket` is made as
/// wide as the keys below it, which would otherwise break at their hyphens.
pub fn used(head: &[&str], rows: Vec<Vec<Vec<Inline>>>) -> Block {
    let is_empty = |cell: &Vec<Inline>| plain::inline(cell).is_empty();
    let used = |at: usize| at == 0 || rows.iter().any(|row| row.get(at).is_some_and(|cell| !is_empty(cell)));
    let kept: Vec<bool> = (0..head.len()).map(used).collect();
    let spaces = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| plain::inline(cell));
        cells.filter(|cell| !cell.contains(' ')).map(|key| widening(&key)).max().unwrap_or(0)
    };
    let title = |(at, title): (usize, &&str)| match *title {
        "Ticket" => format!("{title}{}", "\u{a0}".repeat(spaces(at))),
        title => title.to_owned(),
    };
    let head = head.iter().enumerate().map(title).map(|title| vec![Inline::text(title)]);
    fn keep<T>(cells: impl Iterator<Item = T>, kept: &[bool]) -> Vec<T> {
        cells.zip(kept).filter(|(_, kept)| **kept).map(|(cell, _)| cell).collect()
    }
    Block::Table {
        head: keep(head, &kept),
        rows: rows.into_iter().map(|row| keep(row.into_iter(), &kept)).collect(),
    }
}

/// A day that is not broken at its hyphens.
pub fn day(day: Date) -> String {
    day.to_string().replace('-', "\u{2011}")
}

/// How many spaces make the title `Ticket` as wide as a key, in GitHub's font.
pub(super) fn widening(key: &str) -> usize {
    let width = |c: char| match c {
        'M' | 'W' => 95,
        'A'..='Z' => 72,
        '0'..='9' => 58,
        _ => 35,
    };
    // the title itself is about as wide as 3.1 letters, and a space a quarter of one
    let missing = key.chars().take(24).map(width).sum::<usize>().saturating_sub(310);
    missing.div_ceil(25)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, markdown};

    #[test]
    fn a_table_has_the_columns_that_are_used() {
        let row = |cells: [&str; 3]| cells.map(|text| vec![Inline::text(text)]).to_vec();
        let table =
            used(&["Ticket", "Due", "Status"], vec![row(["–", "", "Done"]), row(["PLATFORM", "", ""])]);
        let spaces = "\u{a0}".repeat(widening("PLATFORM"));
        assert_eq!(
            markdown::render(&Document::of(vec![table])),
            format!("| Ticket{spaces} | Status |\n| --- | --- |\n| – | Done |\n| PLATFORM |  |\n")
        );
        let rows = vec![row(["high", "", "PLATFORM"]), row(["low", "", "not filed: a long sentence"])];
        assert_eq!(
            markdown::render(&Document::of(vec![used(&["Severity", "Finding", "Ticket"], rows)])),
            format!(
                "| Severity | Ticket{spaces} |\n| --- | --- |\n| high | PLATFORM |\n\
                 | low | not filed: a long sentence |\n"
            )
        );
    }
}
