//! Trivy's vulnerabilities, misconfigurations and secrets as findings.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;

use crate::model::finding::{
    Anchors, Cvss, ExclusionReason, Finding, FindingDetail, FindingFact, FindingKind, FixOutlook, Help,
    Location, Rule, Subject,
};
use crate::model::scan::{NotFinding, Problem};
use crate::model::severity::Severity;
use crate::report::parse::json::{Json, strict};
use crate::report::parse::lenient::{LenientText, Maybe};
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::{advisory, cvss, purl, weakness, words};
use crate::report::sink::Sink;

use crate::report::readers::dependency::trivy::target::TrivyTarget;
use crate::report::readers::dependency::trivy::{TrivyArtifact, wire};

/// The name of an element of any list.
const ELEMENT: &str = "finding";

/// Reads one element of the list `key`.
pub(crate) fn read(
    json: &mut Json<'_>,
    key: &str,
    artifact: &TrivyArtifact,
    target: &TrivyTarget,
) -> Result<(), Problem> {
    match key {
        "Vulnerabilities" => json.object::<wire::TrivyVulnerability<'_>>(ELEMENT, |found, sink| {
            sink.finding(vulnerability(found, artifact, target, None));
        }),
        "Misconfigurations" => {
            json.object::<wire::TrivyMisconfiguration<'_>>(ELEMENT, |found, sink| match &*found.status {
                "PASS" => sink.not_findings(NotFinding::PassedCheck, 1),
                _ => sink.finding(misconfiguration(found, artifact, target)),
            })
        }
        "Secrets" => json.object::<wire::Secret<'_>>(ELEMENT, |found, sink| {
            sink.finding(secret(found, artifact, target));
        }),
        _ => json.fitting::<wire::Modified<'_>>(ELEMENT, |modified, sink| {
            taken_out(modified, artifact, target, sink)
        }),
    }
}

/// A finding of any kind that an ignore file or a VEX document excludes: it is present, and skipped. False: it cannot
/// be read.
fn taken_out(
    modified: &wire::Modified<'_>,
    artifact: &TrivyArtifact,
    target: &TrivyTarget,
    sink: &mut dyn Sink,
) -> bool {
    let skipped = Some(match &*modified.status {
        "not_affected" | "fixed" => ExclusionReason::NotAffected,
        _ => ExclusionReason::Suppressed,
    });
    let text = modified.finding.map_or("null", |finding| finding.get());
    let recorded = match &*modified.kind {
        "vulnerability" => parsed::<wire::TrivyVulnerability<'_>>(text)
            .map(|found| sink.finding(vulnerability(&found, artifact, target, skipped))),
        "misconfiguration" => parsed::<wire::TrivyMisconfiguration<'_>>(text)
            .map(|found| sink.finding(Finding { skipped, ..misconfiguration(&found, artifact, target) })),
        "secret" => parsed::<wire::Secret<'_>>(text)
            .map(|found| sink.finding(Finding { skipped, ..secret(&found, artifact, target) })),
        // a licence is not a flaw
        _ => Some(()),
    };
    recorded.is_some()
}

fn parsed<'t, T: Deserialize<'t>>(text: &'t str) -> Option<T> {
    strict::<Maybe<T>>(text).ok()?.0
}

fn vulnerability<'r>(
    found: &'r wire::TrivyVulnerability<'r>,
    artifact: &TrivyArtifact,
    target: &TrivyTarget,
    skipped: Option<ExclusionReason>,
) -> Finding<'r> {
    let purl = found.pkg_identifier.get().map_or("", |identifier| &*identifier.purl);
    let mut package = flaw::package(purl, &target.ecosystem, &found.pkg_name, &found.installed_version);
    package.fixed = flaw::versions(&found.fixed_version);
    // https://trivy.dev/docs/latest/configuration/filtering/#by-status
    package.outlook = FixOutlook::of_word(&found.status);
    package.unfixed = package.outlook.is_some() || &*found.status == "affected";
    let skipped = skipped.or((&*found.status == "not_affected").then_some(ExclusionReason::NotAffected));
    let id = match found.pkg_id.some() {
        Some(id) => Cow::Borrowed(id),
        None => Cow::Owned(format!("{}@{}", &*found.pkg_name, &*found.installed_version)),
    };
    package.path = target.way(&id).into_iter().map(|name| Cow::Owned(name.to_owned())).collect();
    let own = found.cvss.iter().find(|(source, _)| **source == *found.severity_source);
    let own = own.and_then(|(_, scores)| best(scores.get()?));
    let any = || cvss::best(found.cvss.iter().filter_map(|(_, scores)| best(scores.get()?)));
    let title = match found.title.some() {
        Some(title) => Cow::Borrowed(title),
        None => flaw::sentence(&found.description).into(),
    };
    let location = Location {
        path: target.path_of(&found.pkg_path).into(),
        line: target.line(&id),
        logical: target.logical_of(&found.pkg_path).map(Cow::Owned),
        ..Location::default()
    };
    let flaw = Flaw {
        names: std::iter::once(&found.id)
            .chain(found.vendor_ids.iter().filter(|id| advisory::is_shared(id)))
            .map(|id| id.to_string())
            .chain(github_name(found).map(str::to_owned))
            .collect(),
        title,
        description: (&*found.description).into(),
        // if it is GitHub's
        is_markdown: found.vendor_ids.iter().any(|id| id.starts_with("GHSA-"))
            || github_name(found).is_some(),
        url: found.primary_url.owned(),
        cwe: found.cwe_ids.iter().flat_map(|id| weakness::cwe_field(id)).collect(),
        // a distribution's own word, if it has no score of its own
        severity: flaw::severity(&found.severity, own.as_ref())
            .or_else(|| flaw::severity("", any().as_ref())),
        cvss: own.or_else(any),
        image: target.image || purl::is_system(&package.purl),
        package,
        location,
        skipped,
        ..Flaw::default()
    };
    let mut finding = flaw.finding(&artifact.scanner);
    if &*found.status == "under_investigation" {
        let value = FindingFact::INVESTIGATING.into();
        finding.detail.facts.push(FindingFact { name: FindingFact::ANALYSIS, value });
    }
    finding
}

/// GitHub's name for a CVE, if the report has it only in a link: older versions do not name vendors' ids, and an
/// advisory for a language links to its own page. If there are several pages, they may be about other vulnerabilities.
fn github_name<'r>(found: &'r wire::TrivyVulnerability<'r>) -> Option<&'r str> {
    let mut linked = found.references.iter().filter_map(|link| {
        let (host, name) = link.rsplit_once('/')?;
        let is_page = host.starts_with("https://github.com/") && host.ends_with("/advisories");
        advisory::id(name).filter(|id| is_page && *id == name && id.starts_with("GHSA-"))
    });
    let first = linked.next().filter(|_| found.id.starts_with("CVE-") && found.vendor_ids.0.is_empty())?;
    linked.all(|other| other == first).then_some(first)
}

fn best(scores: &wire::Scores<'_>) -> Option<Cvss> {
    cvss::best(
        [
            cvss::of(scores.v3_score.0, scores.v3_vector.some()),
            cvss::of(scores.v40_score.0, scores.v40_vector.some()),
            cvss::of(scores.v2_score.0, scores.v2_vector.some()),
        ]
        .into_iter()
        .flatten(),
    )
}

fn misconfiguration<'r>(
    found: &'r wire::TrivyMisconfiguration<'r>,
    artifact: &TrivyArtifact,
    target: &TrivyTarget,
) -> Finding<'r> {
    let cause = found.cause_metadata.get();
    let (line, end_line) =
        cause.map_or((0, 0), |cause| (cause.start_line.position(), cause.end_line.position()));
    let lines = || cause.and_then(|cause| cause.code.get()).into_iter().flat_map(|code| code.lines.objects());
    let flagged = lines().find(|one| one.number.position() == line).map(|one| &*one.content);
    let shown: Vec<&str> = lines().map(|one| &*one.content).collect();
    let resource = cause.and_then(|cause| cause.resource.owned());
    let rule = Rule {
        id: found.id.to_string(),
        name: words::line(&found.title),
        description: found.description.trim().into(),
        help: found.resolution.owned().map_or(Help::None, |text| Help::Text(text.into())),
        help_uri: found.primary_url.owned(),
        ..Rule::default()
    };
    let stated = words::severity(&found.severity);
    let severity = stated.unwrap_or(Severity::Medium);
    Finding {
        kind: FindingKind::Infrastructure,
        scanner: artifact.scanner.clone(),
        rule: Arc::new(rule),
        severity,
        subject: Subject::Rule,
        location: Location {
            path: target.path.clone().into(),
            line,
            end_line,
            logical: resource.or_else(|| target.logical.clone()).map(Cow::Owned),
            ..Location::default()
        },
        anchors: Anchors {
            stable: None,
            text: flagged.filter(|text| !text.trim().is_empty()).map(Cow::Borrowed),
            ..Anchors::default()
        },
        detail: FindingDetail {
            message: [&found.message, &found.title]
                .into_iter()
                .find_map(LenientText::some)
                .unwrap_or_default()
                .into(),
            snippet: (!shown.is_empty()).then(|| shown.join("\n").into()),
            snippet_line: lines().next().map_or(0, |one| one.number.position()),
            assumed: stated.is_none().then_some(severity),
            ..FindingDetail::default()
        },
        skipped: (&*found.status == "EXCEPTION").then_some(ExclusionReason::Suppressed),
    }
}

/// Only the rule's texts: what Trivy shows of the line is masked, but perhaps not all of it.
fn secret<'r>(found: &'r wire::Secret<'r>, artifact: &TrivyArtifact, target: &TrivyTarget) -> Finding<'r> {
    let rule = Rule {
        id: found.rule_id.to_string(),
        name: words::line(&found.title),
        tags: found.category.owned().into_iter().collect(),
        ..Rule::default()
    };
    let stated = words::severity(&found.severity);
    let severity = stated.unwrap_or(Severity::High);
    Finding {
        kind: FindingKind::Secret,
        scanner: artifact.scanner.clone(),
        rule: Arc::new(rule),
        severity,
        subject: Subject::Rule,
        location: Location {
            path: target.path.clone().into(),
            line: found.start_line.position(),
            end_line: found.end_line.position(),
            logical: target.logical.clone().map(Cow::Owned),
            ..Location::default()
        },
        anchors: Anchors::withheld(),
        detail: FindingDetail {
            message: found.title.trim().into(),
            assumed: stated.is_none().then_some(severity),
            ..FindingDetail::default()
        },
        skipped: None,
    }
}
