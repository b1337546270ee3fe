//! What becomes one group, and which findings stay the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Rules, SurveyBuilder};
use crate::model::alert::{Alert, AlertId, AlertState, Feed};
use crate::model::finding::{
    Advisory, Anchors, ExclusionReason, Finding, FindingDetail, FindingKind, Location, Package, Rule,
    Statement, Subject,
};
use crate::model::fingerprint::Recipe;
use crate::model::record::Mode;
use crate::model::scan::{Problem, Scan};
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting, Survey};
use crate::report::Sink;

mod advisories;
mod identity;
mod limits;
mod skipped;

/// `rule path:line stable text`, with `-` for none; `ID=ALIAS,… purl manifest` for an advisory; an alert ends with
/// `[dismissed] #number`.
pub(super) fn finding(line: &str) -> Finding<'static> {
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let given = |at: usize| words.get(at).filter(|word| *word != "-").cloned();
    let mut finding = Finding {
        kind: FindingKind::Code,
        scanner: "Bandit".into(),
        rule: Arc::new(Rule { id: words[0].clone(), ..Rule::default() }),
        severity: Severity::High,
        subject: Subject::Rule,
        location: Location::default(),
        anchors: Anchors::default(),
        detail: FindingDetail::default(),
        skipped: None,
    };
    if let Some(number) = words.last().and_then(|word| word.strip_prefix('#')) {
        let id = AlertId { feed: Feed::CodeScanning, number: number.parse().unwrap() };
        let state =
            if words.contains(&"dismissed".to_owned()) { AlertState::Dismissed } else { AlertState::Open };
        finding.skipped = (state == AlertState::Dismissed).then_some(ExclusionReason::Suppressed);
        finding.anchors.stable = Some(format!("github-alert:{number}").into());
        finding.detail.alert =
            Some(Box::new(Alert { id, url: None, state, why: "because".into(), live: true }));
    }
    if let Some((id, aliases)) = words[0].split_once('=') {
        let aliases = aliases.split(',').filter(|alias| !alias.is_empty()).map(str::to_owned).collect();
        let advisory = Advisory { id: id.into(), aliases, ..Advisory::default() };
        let package = Package { purl: words[1].clone().into(), ..Package::default() };
        finding.kind = FindingKind::Dependency;
        finding.subject = Subject::Advisory(Arc::new(advisory), package);
        finding.location.path = words[2].clone().into();
        return finding;
    }
    if let Some(id) = words[0].strip_prefix('-') {
        finding.rule = Arc::new(Rule { id: id.into(), ..Rule::default() });
        finding.skipped = Some(ExclusionReason::Suppressed);
    }
    let (path, number) = words[1].split_once(':').unwrap();
    finding.location.path = path.to_owned().into();
    finding.location.line = number.parse().unwrap();
    if finding.detail.alert.is_none() {
        finding.anchors.stable = given(2).map(Into::into);
        finding.anchors.text = given(3).map(Into::into);
    }
    finding
}

/// `ID=ALIAS,… purl justification`, with `-` for any product.
fn statement(line: &str) -> Statement {
    let words: Vec<&str> = line.split(' ').collect();
    let (id, aliases) = words[0].split_once('=').unwrap();
    Statement {
        advisory: id.into(),
        aliases: aliases.split(',').filter(|alias| !alias.is_empty()).map(Into::into).collect(),
        product: Some(words[1]).filter(|product| *product != "-").map(Into::into),
        within: None,
        justification: words[2].into(),
        ..Statement::default()
    }
}

/// The survey of reports, one per slice, read in the given order.
fn survey(mode: Mode, reports: &[&[&str]]) -> Survey {
    let rules = Rules {
        repository: vec![Recipe::new("test").finish()],
        job: "ci".into(),
        mode: &|_| mode,
        severity: &|finding| finding.severity,
        judge: &|finding| finding.rule.id.starts_with('!').then(|| ExclusionReason::Ignored.into()),
        line: &mut |_, _| None,
    };
    let mut gatherer = SurveyBuilder::new(rules);
    for (index, report) in reports.iter().enumerate() {
        gatherer.begin(&format!("{index}.sarif"), None);
        for line in *report {
            match line.strip_prefix("vex ") {
                Some(line) => gatherer.statement(statement(line)),
                None => gatherer.finding(finding(line)),
            }
        }
        gatherer.scan(Scan { category: Some("c".into()), ..Scan::new("Bandit") });
        gatherer.end("sarif", None);
    }
    gatherer.survey()
}

fn sizes(mode: Mode, reports: &[&[&str]]) -> Vec<usize> {
    let mut sizes: Vec<_> = survey(mode, reports).groups.iter().map(|group| group.sightings.len()).collect();
    sizes.sort_unstable();
    sizes
}

/// What becomes of one report, as told by `fill`, without any policy.
pub(super) fn gathered(mode: Mode, fill: impl FnOnce(&mut SurveyBuilder<'_>)) -> Survey {
    let rules = Rules {
        repository: vec![Recipe::new("test").finish()],
        job: String::new(),
        mode: &|_| mode,
        severity: &|finding| finding.severity,
        judge: &|_| None,
        line: &mut |_, _| None,
    };
    let mut gatherer = SurveyBuilder::new(rules);
    gatherer.begin("a.json", None);
    fill(&mut gatherer);
    gatherer.end("test", None);
    gatherer.survey()
}
