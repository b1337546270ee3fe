//! The credentials of this very process in a report: a scanner may have found one of them in the code, or a tool may
//! have written it into what it says. They are masked in every text before anybody else sees it, unless they could be
//! words that have nothing to do with them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::document::mask;
use crate::model::finding::{
    Advisory, Finding, FindingDetail, FlowStep, Help, Location, Package, Rule, Statement, Subject,
};
use crate::model::scan::{Problem, Scan};

/// How many shared texts are remembered as they are shown; of more, the first are masked again.
const REMEMBERED: usize = 1024;

/// Masks credentials in what reports say.
#[derive(Default)]
pub(crate) struct Censor {
    rules: Shared<Rule>,
    advisories: Shared<Advisory>,
    scanners: Shared<str>,
}

impl Censor {
    pub(crate) fn finding<'r>(&mut self, mut finding: Finding<'r>) -> Finding<'r> {
        self.scanners.mask(&mut finding.scanner, arc);
        self.rules.mask(&mut finding.rule, |known| changed(known, rule));
        if let Subject::Advisory(known, package) = &mut finding.subject {
            self.advisories.mask(known, |known| changed(known, advisory));
            of_package(package);
        }
        location(&mut finding.location);
        detail(&mut finding.detail);
        [&mut finding.anchors.stable, &mut finding.anchors.text].into_iter().flatten().for_each(cow);
        finding
    }

    pub(crate) fn statement(mut said: Statement) -> Statement {
        string(&mut said.advisory);
        string(&mut said.justification);
        [&mut said.product, &mut said.within].into_iter().flatten().for_each(string);
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

/// What many findings share, by its address, which stays while it is kept, with what is shown where that differs.
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
            if self.0.len() == REMEMBERED {
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
    string(&mut rule.id);
    string(&mut rule.name);
    if let Some(shown) = arc(&rule.description) {
        rule.description = shown;
    }
    if let Help::Text(help) | Help::Markdown(help) = &mut rule.help
        && let Some(shown) = arc(help)
    {
        *help = shown;
    }
    let lists = rule.former.iter_mut().chain(&mut rule.owasp).chain(&mut rule.tags);
    lists.chain(&mut rule.help_uri).for_each(string);
}

fn advisory(advisory: &mut Advisory) {
    string(&mut advisory.id);
    advisory.aliases.iter_mut().for_each(string);
    advisory.cvss.iter_mut().flat_map(|cvss| &mut cvss.vector).for_each(string);
}

fn of_package(package: &mut Package<'_>) {
    [&mut package.purl, &mut package.name, &mut package.version].into_iter().for_each(cow);
    package.fixed.iter_mut().chain(&mut package.path).for_each(cow);
}

fn detail(detail: &mut FindingDetail<'_>) {
    cow(&mut detail.message);
    [&mut detail.snippet, &mut detail.excuse].into_iter().flatten().for_each(cow);
    detail.work_items.iter_mut().for_each(cow);
    detail.flow.iter_mut().chain(&mut detail.related).for_each(step);
    if let Some(alert) = &mut detail.alert {
        cow(&mut alert.why);
        alert.url.iter_mut().for_each(cow);
    }
}

fn step(step: &mut FlowStep<'_>) {
    cow(&mut step.message);
    location(&mut step.location);
}

fn location(location: &mut Location<'_>) {
    cow(&mut location.path);
    location.logical.iter_mut().for_each(cow);
}

fn arc(text: &str) -> Option<Arc<str>> {
    match mask::report(text) {
        Cow::Owned(shown) => Some(shown.into()),
        Cow::Borrowed(_) => None,
    }
}

fn string(text: &mut String) {
    if let Cow::Owned(shown) = mask::report(text) {
        *text = shown;
    }
}

fn cow(text: &mut Cow<'_, str>) {
    if let Cow::Owned(shown) = mask::report(text) {
        *text = Cow::Owned(shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::detect;
    use crate::report::parse::source::ReportSource;
    use crate::report::sink::Sink;

    /// Everything that a report tells.
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

    /// Every text of a report that has one, with a credential of this process in it.
    #[test]
    fn a_credential_of_ours_is_in_no_text_of_a_report() {
        const SECRET: &str = "ATATT3xFfGF0-c4n4ry+of/the=process";
        mask::hold(SECRET);
        let in_json = SECRET.replace('+', "\\u002b").replace('/', "\\/");
        for secret in [SECRET, &in_json] {
            let report = format!(
                r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "T {secret}", "version": "{secret}", "rules": [
                {{"id": "r/{secret}", "name": "N {secret}", "shortDescription": {{"text": "S {secret}"}},
                "fullDescription": {{"text": "F {secret}"}}, "help": {{"text": "H {secret}"}},
                "helpUri": "https://x.example/{secret}", "properties": {{"tags": ["{secret}"]}}}}]}}}},
                "results": [{{"ruleId": "r/{secret}", "message": {{"text": "M {secret}"}}, "fingerprints": {{"a/v1": "{secret}"}},
                "workItemUris": ["https://x.example/{secret}"], "locations": [{{"physicalLocation": {{"artifactLocation":
                {{"uri": "src/{secret}.py"}}, "region": {{"startLine": 1, "snippet": {{"text": "a {secret}"}}}}}},
                "logicalLocations": [{{"fullyQualifiedName": "f.{secret}"}}]}}],
                "codeFlows": [{{"threadFlows": [{{"locations": [{{"location": {{"message": {{"text": "flow {secret}"}},
                "physicalLocation": {{"artifactLocation": {{"uri": "b/{secret}"}}}}}}}}]}}]}}]}}]}}]}}"#
            );
            let mut all = All::default();
            detect::read(&ReportSource::bytes("r", report.as_bytes()), &mut all).unwrap();
            let said = all.0;
            assert!(said.contains("flow ***") && said.contains("M ***") && said.contains("H ***"), "{said}");
            assert!(!said.contains("c4n4ry") && !said.contains("the=process"), "{said}");
        }
    }
}
