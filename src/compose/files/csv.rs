//! Every occurrence of a ticket's findings as a table for a spreadsheet.

use super::{GroupOccurrence, occurrences};
use crate::compose::{Provenance, links};
use crate::document::Inline;
use crate::document::visible::visible;
use crate::model::finding::Location;
use crate::model::survey::{Group, Survey};

/// The columns, in order. `finding` is the identity that `link` and `--only` take.
pub const COLUMNS: [&str; 12] = [
    "rule", "name", "severity", "scanner", "path", "line", "message", "package", "version", "fixed", "url",
    "finding",
];

/// The findings that are not skipped, one row each. No cell can be mistaken for a formula.
pub fn table(group: &Group, survey: &Survey, provenance: &Provenance) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // writing to memory does not fail
    let _ = writer.write_record(COLUMNS);
    for one in occurrences(group, survey).filter(|one| one.sighting.skipped.is_none()) {
        let _ = writer.write_record(row(&one, group, provenance).iter().map(|cell| neutral(cell)));
    }
    writer.into_inner().unwrap_or_default()
}

fn row(one: &GroupOccurrence<'_>, group: &Group, provenance: &Provenance) -> [String; COLUMNS.len()] {
    let sighting = one.sighting;
    let place = Location { path: one.path.into(), line: sighting.line, ..Location::default() };
    let page = match links::place(&place, group.kind, provenance) {
        Inline::Link(link) => link.to().to_string(),
        _ => String::new(),
    };
    let own = one.whole.and_then(|whole| whole.package.as_ref());
    [
        one.rule_id().to_owned(),
        one.rule.map(|rule| rule.name.clone()).unwrap_or_default(),
        sighting.severity.name().to_owned(),
        one.scanner.to_owned(),
        one.path.to_owned(),
        if sighting.line > 0 { sighting.line.to_string() } else { String::new() },
        one.message().to_owned(),
        one.package.map(|package| package.name.to_string()).unwrap_or_default(),
        own.map(|package| package.version.to_string()).unwrap_or_default(),
        own.map(|package| package.fixed.join(" ")).unwrap_or_default(),
        page,
        sighting.id().to_string(),
    ]
}

/// A cell that a spreadsheet treats as text: one that looks like the start of a formula is prefixed with an apostrophe
/// (OWASP, CSV injection), and no character has an effect.
fn neutral(cell: &str) -> String {
    let shown = visible(cell);
    let formula = shown.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || shown.starts_with(['\t', '\n', '\r']);
    if formula { format!("'{shown}") } else { shown.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    fn rows(sample: &(Group, Survey)) -> Vec<Vec<String>> {
        let text = table(&sample.0, &sample.1, &samples::provenance());
        let mut reader = csv::Reader::from_reader(text.as_slice());
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn every_occurrence_has_its_row() {
        let sample = samples::code(40);
        let rows = rows(&sample);
        assert_eq!(rows.len(), sample.0.kept().count());
        assert_eq!(rows[0][0], "B602");
        assert!(rows[0][10].starts_with("https://github.com/acme/shop/blob/c0ffee/src/"), "{:?}", rows[0]);
        assert_eq!(rows.last().unwrap()[3], "Bandit");
    }

    #[test]
    fn packages_have_versions() {
        let rows = rows(&samples::dependency());
        assert_eq!(rows[0][7..10], ["lodash", "4.17.20", "4.17.21"]);
    }

    #[test]
    fn a_secret_is_not_in_it() {
        let (group, survey) = samples::secret();
        let text = String::from_utf8(table(&group, &survey, &samples::provenance())).unwrap();
        assert!(!text.contains("HUNTER2"), "{text}");
    }

    #[test]
    fn no_cell_is_a_formula() {
        let check = |cell, expected: &str| assert_eq!(neutral(cell), expected, "{cell:?}");
        check("src/a.py", "src/a.py");
        check("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")");
        check("+1", "'+1");
        check("-1", "'-1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("  =1", "'  =1");
        check("\t=1", "'\t=1");
        check("\r=1", "\\u{d}=1");
        check("＝1", "'＝1");
        check("a=b", "a=b");
    }
}
