//! One scan given as the tool's own JSON and as SARIF: the same findings, so that one finding is one
//! ticket whichever file is given.

use std::collections::BTreeSet;
use std::path::Path;

use casefile::model::finding::{Finding, FindingKind};
use casefile::model::scan::{Problem, Scan};
use casefile::report::source::ReportSource;
use casefile::report::{Sink, detect};

/// What identifies each finding, and its text where both reports have one.
#[derive(Default)]
struct Identities(BTreeSet<(String, String, String, u32)>, BTreeSet<String>);

impl Sink for Identities {
    fn finding(&mut self, finding: Finding<'_>) {
        if finding.skipped.is_some() {
            return;
        }
        let (scanner, rule) = (finding.scanner.to_string(), finding.rule.id.clone());
        let location = &finding.location;
        self.0.insert((scanner, rule.clone(), location.path.to_string(), location.line));
        if finding.kind == FindingKind::Secret {
            assert_eq!((&finding.anchors.text, &finding.detail.snippet), (&None, &None));
        }
        if let Some(text) = finding.anchors.text {
            let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
            self.1.insert(format!("{rule} {}:{} {folded}", location.path, location.line));
        }
    }

    fn scan(&mut self, scan: Scan) {
        assert_ne!(scan.success, Some(false), "{scan:?}");
    }

    fn problem(&mut self, problem: Problem) {
        panic!("{problem:?}");
    }
}

fn identities(report: &str, format: &str) -> Identities {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports").join(report);
    let mut identities = Identities::default();
    let done = detect::read(&ReportSource::file(file), &mut identities).unwrap();
    assert_eq!((done.format.name, done.cut), (format, None));
    identities
}

#[test]
fn a_scan_is_the_same_in_json_and_sarif() {
    let check = |tool: &str, texts: bool| {
        let own = identities(&format!("other/{tool}.json"), tool);
        let sarif = identities(&format!("{tool}.sarif"), "sarif");
        assert!(own.0.len() > 5, "{tool}");
        assert_eq!(own.0, sarif.0, "{tool}");
        if texts {
            assert_eq!(own.1, sarif.1, "{tool}");
        }
    };
    check("bandit", true);
    check("checkov", true);
    // who is not logged in sees the lines in its SARIF alone
    check("semgrep", false);
}
