//! Credentials in a report, in any of its texts: those of this very process, which a scanner may have found in the code
//! or a tool may have written to its output, and those that are recognised by their form. They are masked before
//! anything else sees them, unless they could be unrelated words.
//!
//! Each part is destructured completely, so that a new text cannot be forgotten.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::document::mask;
use crate::model::alert::Alert;
use crate::model::finding::{
    Advisory, Anchors, Cvss, Finding, FindingDetail, FindingFact, FlowStep, Help, Introducer, Location,
    Package, Rule, Statement, Subject,
};
use crate::model::scan::{Problem, Scan};
use crate::report::shared::secret;

/// How many shared texts are remembered as they are shown; if there are more, the first are masked again.
const TEXTS_REMEMBERED: usize = 1024;

/// Masks credentials in what reports say.
#[derive(Default)]
pub(crate) struct Censor {
    rules: Shared<Rule>,
    advisories: Shared<Advisory>,
    scanners: Shared<str>,
}

impl Censor {
    pub(crate) fn finding<'r>(&mut self, mut finding: Finding<'r>) -> Finding<'r> {
        let Finding { kind: _, scanner, rule, severity: _, subject, location, anchors, detail, skipped: _ } =
            &mut finding;
        self.scanners.mask(scanner, arc);
        self.rules.mask(rule, |known| changed(known, self::rule));
        if let Subject::Advisory(known, package) = subject {
            self.advisories.mask(known, |known| changed(known, advisory));
            of_package(package);
        }
        self::location(location);
        self::detail(detail);
        let Anchors { stable, text, withheld: _, quotes_none: _ } = anchors;
        [stable, text].into_iter().flatten().for_each(cow);
        finding
    }

    pub(crate) fn statement(mut said: Statement) -> Statement {
        let Statement { advisory, aliases, product, within, effect: _, said_at: _, justification } =
            &mut said;
        if aliases.iter().any(|alias| shown(alias).is_some()) {
            *aliases = aliases.iter().map(|alias| shown(alias).unwrap_or_else(|| alias.clone())).collect();
        }
        [advisory, justification].into_iter().chain(product).chain(within).for_each(string);
        said
    }

    pub(crate) fn scan(mut scan: Scan) -> Scan {
        string(&mut scan.scanner);
        string(&mut scan.reason);
        [&mut scan.version, &mut scan.category, &mut scan.commit].into_iter().flatten().for_each(string);
        scan.rules.iter_mut().chain(&mut scan.products).for_each(string);
        scan
    }

    pub(crate) fn problem(mut problem: Problem) -> Problem {
        [&mut problem.place, &mut problem.message, &mut problem.hint].into_iter().for_each(string);
        problem
    }
}

/// What many findings share, by its address, which is stable while it is kept, with what is shown if that differs.
struct Shared<T: ?Sized>(HashMap<usize, (Arc<T>, Option<Arc<T>>)>);

impl<T: ?Sized> Default for Shared<T> {
    fn default() -> Self {
        Shared(HashMap::new())
    }
}

impl<T: ?Sized> Shared<T> {
    fn mask(&mut self, whole: &mut Arc<T>, make: impl FnOnce(&T) -> Option<Arc<T>>) {
        let address = Arc::as_ptr(whole).addr();
        if !self.0.contains_key(&address) {
            if self.0.len() == TEXTS_REMEMBERED {
                self.0.clear();
            }
            self.0.insert(address, (Arc::clone(whole), make(whole)));
        }
        if let Some((_, Some(shown))) = self.0.get(&address) {
            *whole = Arc::clone(shown);
        }
    }
}

/// A copy with its texts masked, if that makes a difference.
fn changed<T: Clone + PartialEq>(known: &T, mask: impl FnOnce(&mut T)) -> Option<Arc<T>> {
    let mut shown = known.clone();
    mask(&mut shown);
    (shown != *known).then(|| Arc::new(shown))
}

fn rule(rule: &mut Rule) {
    let Rule { id, former, name, description, is_markdown: _, help, help_uri, cwe: _, owasp, tags, score: _ } =
        rule;
    [id, name].into_iter().for_each(string);
    if let Some(shown) = arc(description) {
        *description = shown;
    }
    if let Help::Text(help) | Help::Markdown(help) = help
        && let Some(shown) = arc(help)
    {
        *help = shown;
    }
    former.iter_mut().chain(owasp).chain(tags).chain(help_uri).for_each(string);
}

fn advisory(advisory: &mut Advisory) {
    let Advisory { id, aliases, cvss, epss: _, exploited: _, withdrawn: _ } = advisory;
    let vectors = cvss.iter_mut().flat_map(|Cvss { vector, score: _ }| vector);
    std::iter::once(id).chain(aliases).chain(vectors).for_each(string);
}

fn of_package(package: &mut Package<'_>) {
    let Package { purl, name, version, fixed, unfixed: _, outlook: _, path, introduced_by } = package;
    let introducers =
        introduced_by.iter_mut().flat_map(|Introducer { name, update_to, is_major: _ }| [name, update_to]);
    [purl, name, version].into_iter().chain(fixed).chain(path).chain(introducers).for_each(cow);
}

fn detail(detail: &mut FindingDetail<'_>) {
    let FindingDetail {
        message,
        markdown,
        confidence: _,
        applicability,
        assumed: _,
        withheld: _,
        snippet,
        snippet_line: _,
        usage,
        flow,
        also,
        related,
        facts,
        work_items,
        justification,
        alert,
        fingerprint,
    } = detail;
    let optional =
        [markdown, applicability, snippet, usage, justification, fingerprint].into_iter().flatten();
    std::iter::once(message).chain(optional).chain(work_items).for_each(cow);
    flow.iter_mut().chain(also).chain(related).for_each(step);
    facts.iter_mut().for_each(|FindingFact { name: _, value }| cow(value));
    if let Some(alert) = alert {
        let Alert { id: _, url, state: _, why, live: _ } = &mut **alert;
        std::iter::once(why).chain(url).for_each(cow);
    }
}

fn step(step: &mut FlowStep<'_>) {
    let FlowStep { location: place, message, left_out: _ } = step;
    cow(message);
    location(place);
}

fn location(location: &mut Location<'_>) {
    let Location { path, line: _, end_line: _, column: _, logical } = location;
    std::iter::once(path).chain(logical).for_each(cow);
}

/// A text without the credentials in it; `None`: it has none.
fn shown(text: &str) -> Option<String> {
    let own = match mask::report(text) {
        Cow::Owned(shown) => Some(shown),
        Cow::Borrowed(_) => None,
    };
    secret::masked_by_shape(own.as_deref().unwrap_or(text)).or(own)
}

fn arc(text: &str) -> Option<Arc<str>> {
    shown(text).map(Into::into)
}

fn string(text: &mut String) {
    if let Some(shown) = shown(text) {
        *text = shown;
    }
}

fn cow(text: &mut Cow<'_, str>) {
    if let Some(shown) = shown(text) {
        *text = Cow::Owned(shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::detect;
    use crate::report::parse::source::ReportSource;
    use crate::report::sink::Sink;

    /// Everything that a report contains.
    #[derive(Default)]
    struct All(String);

    impl Sink for All {
        fn finding(&mut self, finding: Finding<'_>) {
            self.0.push_str(&format!("{finding:#?}"));
        }

        fn statement(&mut self, said: Statement) {
            self.0.push_str(&format!("{said:#?}"));
        }

        fn scan(&mut self, scan: Scan) {
            self.0.push_str(&format!("{scan:#?}"));
        }

        fn problem(&mut self, problem: Problem) {
            self.0.push_str(&format!("{problem:#?}"));
        }
    }

    /// A report that has this secret in every text.
    fn full(secret: &str) -> String {
        format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "T {secret}", "version": "{secret}", "rules": [
                {{"id": "r/{secret}", "name": "N {secret}", "shortDescription": {{"text": "S {secret}"}},
                "fullDescription": {{"text": "F {secret}"}}, "help": {{"text": "H {secret}"}},
                "helpUri": "https://x.example/{secret}", "messageStrings": {{"m": {{"text": "S {secret}"}}}},
                "properties": {{"tags": ["{secret}"]}}}}]}}}},
                "invocations": [{{"executionSuccessful": true, "commandLine": "scan --key {secret}", "toolExecutionNotifications": [{{"level": "error",
                "message": {{"text": "N {secret}"}}, "locations": [{{"physicalLocation": {{"artifactLocation": {{"uri": "n/{secret}"}}}}}}]}}]}}],
                "results": [{{"ruleId": "r/{secret}", "message": {{"id": "m"}}}},
                {{"ruleId": "r/{secret}", "message": {{"text": "M {secret}", "markdown": "**M** {secret}"}}, "fingerprints": {{"a/v1": "{secret}"}},
                "workItemUris": ["https://x.example/{secret}"], "locations": [{{"physicalLocation": {{"artifactLocation":
                {{"uri": "src/{secret}.py"}}, "region": {{"startLine": 1, "snippet": {{"text": "a {secret}"}}}}}},
                "logicalLocations": [{{"fullyQualifiedName": "f.{secret}"}}]}}],
                "codeFlows": [{{"threadFlows": [{{"locations": [{{"location": {{"message": {{"text": "flow {secret}"}},
                "physicalLocation": {{"artifactLocation": {{"uri": "b/{secret}"}}}}}}}}]}}]}}]}}]}}]}}"#
        )
    }

    fn check(secrets: &[&str], words: &[&str]) {
        for secret in secrets {
            let mut all = All::default();
            detect::read(&ReportSource::bytes("r", full(secret).as_bytes()), &mut all).unwrap();
            let said = all.0;
            for shown in ["flow ***", "M ***", "**M** ***", "H ***", "N ***", "S ***", "b/***"] {
                assert!(said.contains(shown), "{shown}: {said}");
            }
            assert!(!words.iter().any(|word| said.contains(word)), "{said}");
        }
    }

    #[test]
    fn a_credential_of_ours_is_in_no_text_of_a_report() {
        const SECRET: &str = "ATATT3xFfGF0-c4n4ry+of/the=process";
        mask::hold(SECRET);
        let in_json = SECRET.replace('+', "\\u002b").replace('/', "\\/");
        check(&[SECRET, &in_json], &["c4n4ry", "the=process"]);
    }

    #[test]
    fn a_credential_of_a_known_shape_is_in_no_text_of_a_report() {
        check(&["ghp_9fK2mQ8rT4vX7zB1nD5hJ3sL6wP0yCeRaUgI"], &["9fK2mQ8"]);
    }
}
