//! How bad findings are is the scanner's own word wherever it has one, whatever score stands beside it.
//!
//! The table was counted from the reports themselves, by a program that knows nothing of casefile: a report, and how many
//! of its findings its scanner calls critical, high and so on. `-`: those without a word, whose severity is the score's.

use std::collections::BTreeMap;
use std::path::Path;

use casefile::model::finding::Finding;
use casefile::model::scan::{Problem, Scan};
use casefile::model::severity::Severity;
use casefile::report::source::ReportSource;
use casefile::report::{Sink, detect};

#[derive(Default)]
struct Counts(BTreeMap<Severity, usize>);

impl Sink for Counts {
    fn finding(&mut self, finding: Finding<'_>) {
        *self.0.entry(finding.severity).or_default() += 1;
    }

    fn scan(&mut self, _: Scan) {}

    fn problem(&mut self, _: Problem) {}
}

#[test]
fn severities_are_the_scanners_own_words() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/sca");
    if !corpus.is_dir() {
        return;
    }
    let mut wrong = Vec::new();
    for row in include_str!("severities/words.tsv").lines() {
        let Some((file, words)) = row.split_once('\t') else { panic!("{row}") };
        let mut counts = Counts::default();
        detect::read(&ReportSource::file(corpus.join(file)), &mut counts)
            .unwrap_or_else(|problem| panic!("{file}: {problem:?}"));
        let mut unspoken = 0;
        for word in words.split(' ') {
            let Some((severity, number)) = word.split_once('=') else { panic!("{row}") };
            let number: usize = number.parse().unwrap();
            match severity.parse::<Severity>() {
                Ok(severity) => {
                    let found = counts.0.remove(&severity).unwrap_or(0);
                    counts.0.insert(severity, found.wrapping_sub(number));
                }
                Err(_) => unspoken = number,
            }
        }
        // what is left over is what its scanner has no word for
        if counts.0.values().copied().fold(0usize, usize::wrapping_add) != unspoken
            || counts.0.values().any(|left| *left > unspoken)
        {
            wrong.push(format!("{file}: {words}, and beyond that {:?}", counts.0));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
