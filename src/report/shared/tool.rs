//! What the readers of tools' own JSON share: each rule kept once, findings that contain no secret, and the scan that
//! closes them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::model::finding::{
    Anchors, Confidence, ExclusionReason, Finding, FindingDetail, FindingFact, FindingKind, FlowStep,
    Location, Rule, Subject,
};
use crate::model::scan::{NotFinding, Problem, Scan, UNREAD, Unread};
use crate::model::severity::Severity;

use crate::report::parse::json::{Json, Object};
use crate::report::parse::source::ReportSource;
use crate::report::shared::failures::{Failures, first_line};
use crate::report::shared::{kind, path, weakness, words};
use crate::report::sink::{Nobody, Sink};

/// How many rules are remembered; any others are created again each time.
const RULES_REMEMBERED: usize = 20_000;

/// How much of a rule's text its findings repeat, in bytes.
const OWN_TEXT: usize = 2_000;

/// One scan of a tool while its report is being read.
pub(crate) struct ToolScan<'s> {
    pub(crate) source: &'s ReportSource,
    /// The name that the same tool's SARIF uses, so that one finding is one ticket whichever file is given.
    pub(crate) scanner: Arc<str>,
    pub(crate) version: Option<String>,
    /// Whether the report has a place for findings.
    pub(crate) has_results: bool,
    rules: HashMap<String, SeenRule>,
    failures: Failures,
    unread: Vec<Unread>,
    not_findings: BTreeMap<NotFinding, usize>,
}

/// A rule that was seen.
#[derive(Clone)]
pub(crate) struct SeenRule {
    pub(crate) rule: Arc<Rule>,
    pub(crate) kind: FindingKind,
}

/// What a tool says about one place.
pub(crate) struct Hit<'r> {
    pub(crate) rule: SeenRule,
    pub(crate) severity: Severity,
    /// With the path as in the report.
    pub(crate) location: Location<'r>,
    /// The tool's message; the rule's own text if there is none.
    pub(crate) message: Cow<'r, str>,
    /// The lines to show, and the number of the first.
    pub(crate) snippet: Option<(Cow<'r, str>, u32)>,
    pub(crate) flow: Vec<FlowStep<'r>>,
    pub(crate) anchors: Anchors<'r>,
    /// Whether the severity is the reader's, because the report states none.
    pub(crate) assumed: bool,
    /// The tool's confidence.
    pub(crate) confidence: Option<Confidence>,
    /// The commit that introduced a secret.
    pub(crate) commit: &'r str,
    pub(crate) skipped: Option<ExclusionReason>,
}

/// Reads a report with one scan. The scan is closed even if an error ended the reading.
pub(crate) fn read<'s>(
    source: &'s ReportSource,
    sink: &mut dyn Sink,
    scanner: &str,
    visit: impl FnOnce(&mut Json<'_>, &mut ToolScan<'s>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut tool = ToolScan::new(source, scanner);
    let input = source.open()?;
    let mut json = Json::new(&source.name, input, sink);
    let end = visit(&mut json, &mut tool);
    tool.close(json.sink());
    end
}

/// A plain value in the outermost object, wherever it is: results are skipped on the way.
pub(crate) fn word(source: &ReportSource, wanted: &str) -> Option<String> {
    let mut found = None;
    // what fails here also fails when the report is read, and is reported there
    let mut nobody = Nobody;
    let mut json = Json::new(&source.name, source.open().ok()?, &mut nobody);
    let _ = json.each_entry(|json, key| {
        let plain = !matches!(json.peek()?, Some(b'{' | b'[' | b'n') | None);
        if key == wanted && plain {
            found = Some(json.word()?);
        }
        Ok(())
    });
    found
}

/// A string in the object that begins at a byte of the report, if it comes after the value of `key`, which is next.
pub(crate) fn later(
    json: &mut Json<'_>,
    key: &str,
    source: &ReportSource,
    begin: u64,
    wanted: &str,
) -> Result<String, Problem> {
    let mut found = String::new();
    let mut nobody = Nobody;
    // what fails here also fails when the report is read, and is reported there
    let _ = Json::new(&source.name, json.again(key, source, begin)?, &mut nobody).each_entry(|json, key| {
        if key == wanted {
            found = json.word()?;
        }
        Ok(())
    });
    Ok(found)
}

impl<'s> ToolScan<'s> {
    /// A scan from which nothing has been read yet.
    pub(crate) fn new(source: &'s ReportSource, scanner: &str) -> ToolScan<'s> {
        ToolScan {
            source,
            scanner: scanner.into(),
            version: None,
            has_results: false,
            rules: HashMap::new(),
            failures: Failures::default(),
            unread: Vec::new(),
            not_findings: BTreeMap::new(),
        }
    }

    /// Counts something that is not a finding.
    pub(crate) fn not_finding(&mut self, what: NotFinding) {
        *self.not_findings.entry(what).or_default() += 1;
    }

    /// Reads the tool's version.
    pub(crate) fn version(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        self.version = Some(json.word()?).filter(|version| !version.is_empty());
        Ok(())
    }

    /// The rule with this id, created when it is seen for the first time.
    pub(crate) fn rule(&mut self, id: &str, make: impl FnOnce() -> Rule) -> SeenRule {
        let id = &*words::name(id);
        if let Some(known) = self.rules.get(id) {
            return known.clone();
        }
        let mut rule = make();
        id.clone_into(&mut rule.id);
        rule.name = words::line(&rule.name);
        rule.cwe = weakness::each_once(rule.cwe);
        let known = SeenRule { kind: kind::of_rule(&self.scanner, &rule, &[]), rule: Arc::new(rule) };
        // a rule without an id may be a different one each time
        if !id.is_empty() && self.rules.len() < RULES_REMEMBERED {
            self.rules.insert(id.to_owned(), known.clone());
        }
        known
    }

    /// Notes a file that the tool, which scans each one separately, could not scan, or not completely. If it is not
    /// certain to be a single file, it may be everything that the tool scans.
    pub(crate) fn unread(&mut self, file: &str, why: &str) {
        let path = path::of_path(Cow::Borrowed(file), self.source);
        if self.unread.len() == UNREAD || !path::is_one_file(file, &path, self.source) {
            return self.failed(file, why);
        }
        if self.unread.last().is_none_or(|known| known.path != path) {
            self.unread.push(Unread { path: path.into_owned(), why: format!("{:.300}", first_line(why)) });
        }
    }

    /// Notes that the tool could not scan something that is not a single file: nothing is gone because it is not found.
    pub(crate) fn failed(&mut self, what: &str, why: &str) {
        self.failures.note(what, why);
    }

    /// Reads the list of findings that follows. `null` is an empty one.
    pub(crate) fn results<T: Object>(
        &mut self,
        json: &mut Json<'_>,
        mut emit: impl FnMut(&mut Self, &T::As<'_>, &mut dyn Sink),
    ) -> Result<(), Problem> {
        self.has_results = true;
        json.each_element(|json| self.one::<T>(json, &mut emit))
    }

    /// Reads the object that follows. Anything else is a problem, except for `null`, which says nothing.
    pub(crate) fn one<T: Object>(
        &mut self,
        json: &mut Json<'_>,
        mut emit: impl FnMut(&mut Self, &T::As<'_>, &mut dyn Sink),
    ) -> Result<(), Problem> {
        match json.peek()? {
            Some(b'{') => json.object::<T>("result", |one, sink| emit(self, one, sink)),
            Some(b'n') => Ok(()),
            _ => {
                let problem = json.problem("is not a result and was skipped");
                json.sink().problem(problem);
                Ok(())
            }
        }
    }

    /// The finding that a hit stands for. For a secret, nothing is kept that might quote it.
    pub(crate) fn finding<'r>(&self, hit: Hit<'r>) -> Finding<'r> {
        let SeenRule { rule, kind } = hit.rule;
        let secret = kind == FindingKind::Secret;
        let mut location = hit.location;
        location.path = path::of_path(location.path, self.source);
        let mut detail = FindingDetail {
            message: hit.message,
            flow: hit.flow,
            confidence: hit.confidence,
            assumed: hit.assumed.then_some(hit.severity),
            ..FindingDetail::default()
        };
        let mut anchors = hit.anchors;
        if secret {
            anchors.text = None;
            detail.flow.iter_mut().for_each(|step| step.message = Cow::Borrowed(""));
        } else if let Some((snippet, line)) = hit.snippet.filter(|(text, _)| !text.trim().is_empty()) {
            (detail.snippet, detail.snippet_line) = (Some(snippet), line);
        }
        for step in &mut detail.flow {
            step.location.path = path::of_path(std::mem::take(&mut step.location.path), self.source);
        }
        if secret || detail.message.is_empty() {
            detail.message = Cow::Owned(own_text(&rule));
        }
        detail.facts.extend(commit(hit.commit));
        anchors.text = anchors.text.filter(|text| !text.trim().is_empty());
        Finding {
            kind,
            scanner: self.scanner.clone(),
            rule,
            severity: hit.severity,
            subject: Subject::Rule,
            location,
            anchors,
            detail,
            skipped: hit.skipped,
        }
    }

    /// Closes the scan, after its findings.
    pub(crate) fn close(self, sink: &mut dyn Sink) {
        let success = self.failures.emit(&self.scanner, self.source, sink);
        self.not_findings.into_iter().for_each(|(what, count)| sink.not_findings(what, count));
        sink.scan(Scan {
            version: self.version,
            category: self.source.category.clone(),
            success,
            unread: self.unread,
            has_results: self.has_results,
            ..Scan::new(&self.scanner)
        });
    }
}

impl<'r> Hit<'r> {
    /// A hit about which no more is known.
    pub(crate) fn new(rule: SeenRule, severity: Severity, location: Location<'r>) -> Hit<'r> {
        Hit {
            rule,
            severity,
            location,
            message: Cow::Borrowed(""),
            snippet: None,
            flow: Vec::new(),
            anchors: Anchors::default(),
            assumed: false,
            confidence: None,
            commit: "",
            skipped: None,
        }
    }
}

/// A place on some lines of a file.
pub(crate) fn place<'r>(path: &'r str, line: u32, end_line: u32, column: u32) -> Location<'r> {
    Location { path: Cow::Borrowed(path), line, end_line, column, logical: None }
}

/// The lines of a snippet in which each line starts with its number: Bandit's `12 x`, gosec's `12: x`.
pub(crate) fn numbered(code: &str) -> impl Iterator<Item = (u32, &str)> {
    code.lines().filter_map(|line| {
        let end = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
        let (number, rest) = line.split_at(end);
        let rest = rest.strip_prefix(": ").or(rest.strip_prefix([':', ' '])).unwrap_or(rest);
        Some((number.parse().ok()?, rest))
    })
}

/// The first sentence of a text, for a rule's name; empty: it is too long for one.
pub(crate) fn sentence(text: &str) -> &str {
    let line = first_line(text);
    let sentence = line.split_once(". ").map_or(line, |(first, _)| first).trim_end_matches('.');
    if sentence.len() <= 120 { sentence } else { "" }
}

/// The commit that introduced a secret: a hash and nothing else.
fn commit(hash: &str) -> Option<FindingFact<'_>> {
    let is_hash = matches!(hash.len(), 40 | 64) && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(FindingFact { name: FindingFact::COMMIT, value: Cow::Borrowed(hash) })
}

/// The text of the rule itself.
fn own_text(rule: &Rule) -> String {
    let texts = [&*rule.description, &rule.name, &rule.id];
    let text = texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    // each of its findings repeats it
    words::start(text, OWN_TEXT).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_numbers_are_told_apart() {
        let check = |code, expected: &[(u32, &str)]| {
            assert_eq!(numbered(code).collect::<Vec<_>>(), expected, "{code}");
        };
        check("9 \n10 x = 1\n11     y()\n", &[(9, ""), (10, "x = 1"), (11, "    y()")]);
        check("41: \n42: \tf()\n", &[(41, ""), (42, "\tf()")]);
        check("f, err := os.Open(path)", &[]);
        check("", &[]);
    }

    #[test]
    fn a_name_is_a_sentence() {
        let check = |text: &str, expected: &str| assert_eq!(sentence(text), expected, "{text}");
        check("MD5 is weak. Use SHA-256.", "MD5 is weak");
        check("\n  Pin versions.\nMore", "Pin versions");
        check(&"x".repeat(121), "");
        check("", "");
    }

    #[test]
    fn a_commit_is_named_by_its_hash_alone() {
        let check = |hash: &str, expected: bool| assert_eq!(commit(hash).is_some(), expected, "{hash}");
        check("288f35ed2e73145e3578207e896a4cf1600bea45", true);
        check("the key is hunter2", false);
        check("288f35e", false);
        check("", false);
    }
}
