//! For tests of readers: what a report contains, one line per event.

use crate::model::finding::{
    Anchors, Effect, Finding, FindingDetail, Introducer, Location, Rule, Statement, Subject,
};
use crate::model::scan::{NotFinding, Problem, Scan};

use crate::report::detect::{self, Format};
use crate::report::parse::source::ReportSource;
use crate::report::sink::Sink;

type Show = fn(&Finding<'_>) -> String;

struct ReportedText(Vec<String>, Show);

impl Sink for ReportedText {
    fn finding(&mut self, finding: Finding<'_>) {
        self.0.push((self.1)(&finding));
    }

    fn statement(&mut self, said: Statement) {
        let names =
            std::iter::once(&said.advisory).chain(said.aliases.iter()).cloned().collect::<Vec<_>>().join("=");
        let product = said.product.as_deref().unwrap_or("anywhere");
        let within = said.within.map_or(String::new(), |within| format!(" within {within}"));
        let affected = if said.effect == Effect::Affected { " affected" } else { "" };
        let at = said.said_at.map_or(String::new(), |at| format!(" at {at}"));
        self.0.push(format!("vex {names} {product}{within}{affected}{at}: {}", said.justification));
    }

    fn scan(&mut self, scan: Scan) {
        let version = scan.version.map_or(String::new(), |version| format!(" {version}"));
        let commit = scan.commit.map_or(String::new(), |commit| format!(" at {commit}"));
        let failed = if scan.success == Some(false) { " failed" } else { "" };
        let empty = if scan.has_results { "" } else { " without results" };
        let unread = scan.unread.iter().map(|one| format!(" without {}: {}", one.path, one.why));
        let unread = unread.collect::<String>();
        self.0.push(format!("scan {}{version}{commit}{failed}{empty}{unread}", scan.scanner));
    }

    fn problem(&mut self, problem: Problem) {
        self.0.push(format!("problem {}", problem.message));
    }

    fn not_findings(&mut self, what: NotFinding, count: usize) {
        if count > 0 {
            self.0.push(format!("{count} {}", what.name()));
        }
    }
}

/// Keeps the problems of reports without findings.
#[derive(Default)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Sink for Problems {
    fn finding(&mut self, finding: Finding<'_>) {
        panic!("{finding:?}");
    }

    fn scan(&mut self, _: Scan) {}

    fn problem(&mut self, problem: Problem) {
        self.0.push(problem);
    }
}

/// Checks that a report is recognised as being in a format, and what is read from it.
#[track_caller]
pub(crate) fn check(format: &str, report: &str, show: Show, expected: &[&str]) {
    let mut recorded = ReportedText(Vec::new(), show);
    let done = detect::read(&ReportSource::bytes("r", report.as_bytes()), &mut recorded);
    let done = done.unwrap_or_else(|problem| panic!("{report}: {problem:?}"));
    recorded.0.extend(done.cut.map(|problem| format!("cut {}", problem.message)));
    assert_eq!(
        (done.format.name, recorded.0),
        (format, expected.iter().map(|&line| line.to_owned()).collect())
    );
}

/// What a report in any format contains, one line per event.
pub(crate) fn lines_of(report: &str, show: Show) -> Vec<String> {
    lines_in(&ReportSource::bytes("r", report.as_bytes()), show)
}

/// The same for a source about which more is known.
pub(crate) fn lines_in(source: &ReportSource, show: Show) -> Vec<String> {
    let mut recorded = ReportedText(Vec::new(), show);
    detect::read(source, &mut recorded).unwrap();
    recorded.0
}

/// Everything that matters about an advisory or a rule.
pub(crate) fn full(finding: &Finding<'_>) -> String {
    let Finding { kind, scanner, rule, severity, subject, location, detail, .. } = finding;
    let mut line = format!("{kind} {scanner} {severity} ");
    let place = format!("{}:{}", location.path, location.line);
    match subject {
        Subject::Rule => {
            let cwe: Vec<String> = rule.cwe.iter().map(|number| format!(" CWE-{number}")).collect();
            line += &format!("{} ({}){} in {place}", rule.id, rule.name, cwe.concat());
        }
        Subject::Advisory(advisory, package) => {
            let names: Vec<&str> =
                std::iter::once(&advisory.id).chain(&advisory.aliases).map(String::as_str).collect();
            line += &format!("{} {}", names.join("="), package.purl);
            if package.fixable() == Some(false) {
                line += " unfixed";
            }
            if let Some(outlook) = package.outlook {
                line += &format!(" {outlook:?}");
            }
            if !package.fixed.is_empty() {
                line += &format!(" fixed {}", package.fixed.join(","));
            }
            if !package.path.is_empty() {
                line += &format!(" by {}", package.path.join(">"));
            }
            line += &format!(" in {place}");
            if let Some(cvss) = &advisory.cvss {
                line += &format!(" cvss {}", cvss.score);
            }
            if let Some(epss) = advisory.epss {
                line += &format!(" epss {epss}");
            }
            line += if advisory.exploited { " exploited" } else { "" };
            line += if advisory.withdrawn { " withdrawn" } else { "" };
        }
    }
    format!("{line}: {}", detail.message)
}

/// What it is and where.
pub(crate) fn place(finding: &Finding<'_>) -> String {
    let what = match &finding.subject {
        Subject::Rule => finding.rule.id.clone(),
        Subject::Advisory(_, package) => package.purl.to_string(),
    };
    let logical = finding.location.logical.as_deref().map_or(String::new(), |name| format!(" {name}"));
    format!("{} {what} {}:{}{logical}", finding.kind, finding.location.path, finding.location.line)
}

/// Its severity, and whether it is the reader's own.
pub(crate) fn severity(finding: &Finding<'_>) -> String {
    let assumed = if finding.detail.assumed.is_some() { " (assumed)" } else { "" };
    format!("{}{assumed}", finding.severity)
}

/// Why it is skipped.
pub(crate) fn skipped(finding: &Finding<'_>) -> String {
    finding.skipped.map_or("kept".to_owned(), |skipped| skipped.to_string())
}

/// Checks the same with one short line per finding: what is wrong with what, where, and why it is skipped.
#[track_caller]
pub(crate) fn check_lines(format: &Format, report: &str, expected: &[&str]) {
    check(format.name, report, line, expected);
}

fn line(finding: &Finding<'_>) -> String {
    let mut line = format!("{} {}", finding.kind, finding.severity);
    match &finding.subject {
        Subject::Rule => line += &format!(" {}: {}", finding.rule.id, finding.detail.message),
        Subject::Advisory(advisory, package) => {
            let names: Vec<&str> =
                std::iter::once(&advisory.id).chain(&advisory.aliases).map(String::as_str).collect();
            line += &format!(" {} {}", names.join("="), package.purl);
            for (word, texts, between) in [("fixed", &package.fixed, ","), ("via", &package.path, ">")] {
                if !texts.is_empty() {
                    line += &format!(" {word} {}", texts.join(between));
                }
            }
            if advisory.withdrawn {
                line += " withdrawn";
            }
        }
    }
    if !finding.location.path.is_empty() {
        line += &format!(" at {}", finding.location.path);
    }
    if finding.location.line > 0 {
        line += &format!(":{}", finding.location.line);
    }
    finding.skipped.map_or(line.clone(), |skipped| format!("{line} {skipped}"))
}

/// Kind, rule, severity, place and why it is skipped.
pub(crate) fn lines(finding: &Finding<'_>) -> String {
    let Location { path, line, end_line, column, logical } = &finding.location;
    let logical = logical.as_deref().map_or(String::new(), |name| format!(" in {name}"));
    let skipped = finding.skipped.map_or(String::new(), |skipped| format!(", {skipped}"));
    format!(
        "{} {} {} {path}:{line}-{end_line}:{column}{logical}{skipped}",
        finding.kind, finding.rule.id, finding.severity
    )
}

/// Its message, its snippet and what identifies it.
pub(crate) fn words(finding: &Finding<'_>) -> String {
    let FindingDetail { message, snippet, snippet_line, .. } = &finding.detail;
    let Anchors { stable, text, .. } = &finding.anchors;
    format!("{message} | {snippet:?} at {snippet_line} | {stable:?} {text:?}")
}

/// What else is said about the place.
pub(crate) fn facts(finding: &Finding<'_>) -> String {
    let facts = finding.detail.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value));
    facts.collect::<Vec<_>>().join(", ")
}

/// What brings a package in: `by webpack (5.0, major), gulp`.
pub(crate) fn introducers(finding: &Finding<'_>) -> String {
    let Subject::Advisory(_, package) = &finding.subject else { return String::new() };
    let shown = |one: &Introducer<'_>| match (&*one.update_to, one.is_major) {
        ("", _) => one.name.to_string(),
        (to, false) => format!("{} ({to})", one.name),
        (to, true) => format!("{} ({to}, major)", one.name),
    };
    let all: Vec<String> = package.introduced_by.iter().map(shown).collect();
    if all.is_empty() { String::new() } else { format!("by {}", all.join(", ")) }
}

/// The rule.
pub(crate) fn rule(finding: &Finding<'_>) -> String {
    let Rule { id, former: _, name, description, is_markdown: _, help, help_uri, cwe, owasp, tags, score: _ } =
        &*finding.rule;
    format!("{id} | {name} | {description} | {help:?} | {help_uri:?} | {cwe:?} {owasp:?} {tags:?}")
}
