//! An Xray issue as findings: one for each advisory and each component that it names.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::finding::{Cvss, Help, Location, Package};
use crate::model::severity::Severity;
use crate::report::parse::lenient::{LenientList, LenientText};
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::{applicability, cvss, graph, purl, weakness, words};
use crate::report::sink::Sink;

use crate::report::readers::dependency::xray::component;
use crate::report::readers::dependency::xray::wire::{XrayCve, XrayDetails, XrayIssue};

/// How many components of one issue are shown.
const MOST_COMPONENTS: usize = 10_000;

/// How many CVEs of one issue are read: each results in a finding for every component.
pub(super) const MOST_CVES: usize = 64;

/// How many steps of a path to a component are shown.
const MOST_STEPS: usize = 100;

/// How long the name of an artifact's place may be, in bytes.
const LONGEST_PLACE: usize = 1_000;

/// Where an issue's components are.
#[derive(Default)]
pub(crate) struct XrayPlace {
    /// The image that was scanned; empty: it was not an image.
    pub(crate) image: String,
    /// Where any other artifact that was scanned is; empty: not known.
    pub(crate) artifact: String,
}

/// One of the names of what is wrong, with its score and its weaknesses.
#[derive(Default)]
pub(crate) struct XrayAdvisory {
    pub(crate) names: Vec<String>,
    pub(crate) cvss: Option<Cvss>,
    pub(crate) cwe: Vec<u32>,
}

/// What an issue is about.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum XrayContent {
    /// A vulnerability.
    Vulnerability {
        /// How many of its CVEs are left out because there are too many.
        left_out: usize,
    },
    /// A licence, or something else that is not a vulnerability.
    Other,
    /// It does not name a component.
    Nothing,
}

/// Reports an issue, and returns what it is about.
pub(crate) fn emit(
    issue: &XrayIssue<'_>,
    place: &XrayPlace,
    scanner: &Arc<str>,
    sink: &mut dyn Sink,
) -> XrayContent {
    let kind = issue.kind.some().or(issue.issue_type.some()).unwrap_or("security");
    if !kind.eq_ignore_ascii_case("security") {
        return XrayContent::Other;
    }
    let details = issue.component_versions.get().and_then(|versions| versions.more_details.get());
    let cves = match issue.cves.0.is_empty() {
        true => details.map_or(&issue.cves, |details| &details.cves),
        false => &issue.cves,
    };
    let packages = packages(issue, place);
    let artifact = artifact(issue).unwrap_or(&place.artifact);
    if packages.is_empty() {
        return XrayContent::Nothing;
    }
    let cves = cves.objects().map(|cve| (cve.cve.some(), score(cve), weaknesses(cve)));
    let mut advisories = advisories(cves, &issue.issue_id);
    let left_out = advisories.len().saturating_sub(MOST_CVES);
    advisories.truncate(MOST_CVES);
    for mut advisory in advisories {
        if advisory.names.is_empty() {
            advisory.names.push(nameless(issue, &packages));
        }
        let (shared, _) = about(issue, details, advisory).parted();
        for (package, image) in &packages {
            let inside = !image.is_empty();
            let logical =
                Some(artifact).filter(|artifact| !inside && !artifact.is_empty()).map(Cow::Borrowed);
            let location = Location { path: Cow::Borrowed(image), logical, ..Location::default() };
            let mut finding = shared.finding(
                scanner,
                flaw::Place {
                    image: inside || purl::is_system(&package.purl),
                    package: package.clone(),
                    location,
                    skipped: None,
                },
            );
            finding.detail.applicability = applicability::of_vulnerability(&issue.applicability_result);
            sink.finding(finding);
        }
    }
    XrayContent::Vulnerability { left_out }
}

/// The advisories that one issue stands for: each CVE is a separate one. If there is only one, Xray's number, if any,
/// is another name for it.
pub(crate) fn advisories<'c>(
    cves: impl Iterator<Item = (Option<&'c str>, Option<Cvss>, Vec<u32>)>,
    number: &str,
) -> Vec<XrayAdvisory> {
    let mut all = Vec::new();
    let mut unnamed = XrayAdvisory::default();
    let mut seen = BTreeSet::new();
    for (name, cvss, cwe) in cves {
        match name {
            Some(name) if seen.insert(name.to_uppercase()) => {
                all.push(XrayAdvisory { names: vec![name.to_owned()], cvss, cwe });
            }
            Some(_) => {}
            None => {
                unnamed.cvss = unnamed.cvss.or(cvss);
                unnamed.cwe.extend(cwe);
            }
        }
    }
    if all.is_empty() {
        all.push(unnamed);
    }
    if let [only] = &mut all[..]
        && !number.is_empty()
    {
        only.names.push(number.to_owned());
    }
    all
}

/// The name of an issue that has no number: something that cannot mean another one.
fn nameless(issue: &XrayIssue<'_>, packages: &[(Package<'_>, String)]) -> String {
    let package = packages.first().map_or("", |(package, _)| &*package.name);
    flaw::name("XRAY", &flaw::sentence(issue.summary.some().unwrap_or(&issue.description)), package)
}

fn about<'r>(
    issue: &'r XrayIssue<'r>,
    details: Option<&'r XrayDetails<'r>>,
    advisory: XrayAdvisory,
) -> Flaw<'r> {
    let research = issue.extended_information.get();
    let long = research.and_then(|research| research.full_description.some());
    let description = long
        .or(issue.description.some())
        .or(details.and_then(|details| details.description.some()))
        .unwrap_or(&issue.summary);
    let short = research.and_then(|research| research.short_description.some());
    let title = flaw::sentence(short.or(issue.summary.some()).unwrap_or(description));
    let fix_advice = research.and_then(|research| research.remediation.some());
    let url = flaw::page(issue.references.iter().map(|url| &**url), &advisory.names);
    Flaw {
        names: advisory.names,
        title: title.into(),
        description: description.into(),
        help: fix_advice
            .map_or(Help::None, |text| Help::Markdown(words::start(text, flaw::TEXT_LIMIT).into())),
        url,
        cwe: advisory.cwe,
        severity: severity(&issue.severity, advisory.cvss.as_ref()),
        cvss: advisory.cvss,
        ..Flaw::default()
    }
}

/// Its severity; `Unknown` is the same as none.
pub(crate) fn severity(word: &str, cvss: Option<&Cvss>) -> Option<Severity> {
    words::severity(word).or_else(|| flaw::severity("", cvss))
}

/// The components with their image (empty: not in an image), each once.
fn packages(issue: &XrayIssue<'_>, place: &XrayPlace) -> Vec<(Package<'static>, String)> {
    let fixed = |versions: &LenientList<LenientText<'_>>| {
        versions.iter().filter_map(|version| good(version)).collect::<Vec<_>>()
    };
    let mut all: Vec<Package<'static>> = Vec::new();
    for (id, component) in issue.components.iter().take(MOST_COMPONENTS) {
        let component = component.get();
        let ways = component.into_iter().flat_map(|component| component.impact_paths.iter());
        let mut ways = ways.map(|way| {
            // the first step is what was scanned
            let steps = way.objects().skip(1).filter(|step| !component::is_layer(&step.component_id));
            let steps = steps.take(MOST_STEPS);
            steps.map(|step| component::package(&step.component_id).name).collect::<Vec<_>>()
        });
        let path = ways.next().unwrap_or_default();
        let fixed = component.map_or(Vec::new(), |component| fixed(&component.fixed_versions));
        let package = component::package(id);
        let introduced_by = match purl::is_system(&package.purl) {
            true => Vec::new(),
            false => graph::introduced_by([path.clone()].into_iter().chain(ways)),
        };
        all.push(Package { fixed, path, introduced_by, ..package });
    }
    let single = issue.vulnerable_component.some().or(issue.source_comp_id.some());
    if let Some(id) = single.filter(|_| all.is_empty()) {
        let versions = issue.component_versions.get().map(|versions| fixed(&versions.fixed_versions));
        let fixed = versions.filter(|list| !list.is_empty()).unwrap_or_else(|| fixed(&issue.fixed_versions));
        all.push(Package { fixed, path: path_to(issue, id), ..component::package(id) });
    }
    if all.is_empty() {
        let infected = issue.infected_components.iter().filter_map(|id| id.some()).map(component::package);
        let tails = issue.impact_path.iter().filter_map(|path| path.rsplit_once('/').or(Some(("", path))));
        let tails = tails.map(|(before, id)| {
            let package = component::package(id);
            Package { path: within(before, &package.name), ..package }
        });
        all.extend(infected.chain(tails).take(MOST_COMPONENTS));
    }
    let artifact = component::image(&issue.impacted_artifact).unwrap_or(&place.image);
    let mut seen = BTreeSet::new();
    all.retain(|package| seen.insert(package.purl.to_string()));
    all.into_iter().map(|package| (package, artifact.to_owned())).collect()
}

/// Where in the repository the artifact is that an issue's components are in, unless it is an image.
fn artifact<'r>(issue: &'r XrayIssue<'r>) -> Option<&'r str> {
    if component::image(&issue.impacted_artifact).is_some() {
        return None;
    }
    let listed = || {
        issue.impacted_artifacts.iter().find_map(|one| one.some().filter(|text| text.len() <= LONGEST_PLACE))
    };
    issue.path.some().or(issue.impacted_artifact.some()).or_else(listed)
}

/// The steps of a report's path to a component: the artifact that was scanned, unless it is an image, is what people can
/// replace.
fn path_to(issue: &XrayIssue<'_>, id: &str) -> Vec<Cow<'static, str>> {
    let steps = issue.impact_path.iter().map(|step| &**step).filter(|step| step.contains("://"));
    let steps = steps.filter(|step| component::image(step).is_none() && !component::is_layer(step));
    let named = |step: &str| {
        let Package { name, version, .. } = component::package(step);
        if step == id || version.is_empty() { name } else { Cow::Owned(format!("{name} {version}")) }
    };
    steps.take(MOST_STEPS).map(named).collect()
}

/// The archives around a package, according to a summary's path through the artifact: `app.jar` in
/// `shop/1.0/app.jar/BOOT-INF/lib`.
fn within(path: &str, package: &str) -> Vec<Cow<'static, str>> {
    let archives = path.split('/').filter(|step| component::is_archive(step) && !component::is_layer(step));
    let mut steps: Vec<Cow<'static, str>> =
        archives.take(MOST_STEPS).map(|step| Cow::Owned(words::name(step).into_owned())).collect();
    if !steps.is_empty() {
        steps.push(Cow::Owned(package.to_owned()));
    }
    steps
}

/// A version without the flaw: `4.17.5` of `[4.17.5]`, `≥ 4.17.5`, `[4.17.5,)` and `4.17.5 ≤ Version < 5.0.0`.
pub(crate) fn good(version: &str) -> Option<Cow<'static, str>> {
    let version = version.split(',').next().unwrap_or_default();
    let version = match version.split_once("Version") {
        // without a first version, it is a range before some version
        Some((first, _)) => first.trim_end().strip_suffix('≤').or(first.trim_end().strip_suffix("<="))?,
        None => version,
    };
    let version = words::name(version.trim_matches(['[', ']', '(', ')', '≥', '>', '=', ' ']));
    (!version.is_empty()).then(|| Cow::Owned(version.into_owned()))
}

fn score(cve: &XrayCve<'_>) -> Option<Cvss> {
    let both = |text: &str| {
        let (score, vector) = text.split_once('/').unwrap_or((text, ""));
        cvss::of(score.trim().parse().ok(), Some(vector))
    };
    let third = cvss::of(cve.cvss_v3_score.0, cve.cvss_v3_vector.some()).or_else(|| both(&cve.cvss_v3));
    third.or_else(|| cvss::of(cve.cvss_v2_score.0, cve.cvss_v2_vector.some()).or_else(|| both(&cve.cvss_v2)))
}

fn weaknesses(cve: &XrayCve<'_>) -> Vec<u32> {
    cve.cwe.iter().flat_map(|text| weakness::cwe_field(text).collect::<Vec<_>>()).collect()
}
