//! Snyk's vulnerabilities and misconfigurations as findings.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::finding::{
    Anchors, ExclusionReason, Finding, FindingDetail, FindingKind, Help, Location, Rule, Subject,
};
use crate::model::fingerprint::Recipe;
use crate::model::scan::{NotFinding, Problem};
use crate::model::severity::Severity;
use crate::model::version;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::LenientText;
use crate::report::shared::flaw::{self, Flaw, Place};
use crate::report::shared::{advisory, cvss, graph, purl, weakness, words};

use crate::report::readers::dependency::snyk::project::SnykProject;
use crate::report::readers::dependency::snyk::wire;

/// Reads a list of vulnerabilities, each package once.
pub(crate) fn vulnerabilities(
    json: &mut Json<'_>,
    scanner: &Arc<str>,
    project: &mut SnykProject,
    skipped: Option<ExclusionReason>,
) -> Result<(), Problem> {
    json.each_element(|json| {
        json.fitting::<wire::SnykVulnerability<'_>>("vulnerability", |found, sink| {
            // a licence is not a flaw
            if &*found.kind == "license" {
                sink.not_findings(NotFinding::License, 1);
                return true;
            }
            let name = [&found.package_name, &found.name]
                .into_iter()
                .find_map(LenientText::some)
                .unwrap_or_default();
            let version = [&found.version, &found.package_version].into_iter().find_map(LenientText::some);
            let version = version.unwrap_or_default();
            let flaw = Recipe::new("snyk").value(&found.id).value(name).value(version).finish();
            if project.recorded.insert(flaw) {
                let place = Place { skipped, ..place_of(found, project, name, version) };
                sink.finding(flaw_of(found).parted().0.finding(scanner, place));
            }
            true
        })
    })
}

/// Reads issues by their ids; the packages that have them are known.
pub(crate) fn by_package(
    json: &mut Json<'_>,
    scanner: &Arc<str>,
    project: &mut SnykProject,
) -> Result<(), Problem> {
    json.each_entry(|json, id| {
        json.object::<wire::SnykVulnerability<'_>>("vulnerability", |found, sink| {
            // each id has an entry of its own, once
            if &*found.kind == "license" {
                sink.not_findings(NotFinding::License, 1);
                return;
            }
            let packages = project.packages.remove(id);
            let project = &*project;
            let (shared, _) = flaw_of(found).parted();
            for (name, version) in BTreeSet::from_iter(packages.iter().flatten()) {
                sink.finding(shared.finding(scanner, place_of(found, project, name, version)));
            }
        })
    })
}

/// Reads a list of misconfigurations.
pub(crate) fn misconfigurations(
    json: &mut Json<'_>,
    scanner: &Arc<str>,
    project: &SnykProject,
) -> Result<(), Problem> {
    json.each_element(|json| {
        json.object::<wire::SnykMisconfiguration<'_>>("misconfiguration", |found, sink| {
            sink.finding(misconfiguration(found, scanner, project))
        })
    })
}

/// The individual part of a finding on one package.
fn place_of<'r>(
    found: &'r wire::SnykVulnerability<'r>,
    project: &'r SnykProject,
    name: &str,
    version: &str,
) -> Place<'r> {
    // `debian:11`
    let manager =
        found.package_manager.some().unwrap_or(&project.manager).split(':').next().unwrap_or_default();
    let ecosystem = [purl::ecosystem(manager), advisory::ecosystem_of_id(&found.id)];
    let ecosystem = ecosystem.into_iter().find(|known| !known.is_empty()).unwrap_or_default();
    let mut package = flaw::package("", ecosystem, name, version);
    let nearest = Some(&found.nearest_fixed_in_version);
    let fixed = found.fixed_in.iter().flat_map(|all| all.iter()).chain(nearest);
    package.fixed = fixed.filter_map(LenientText::some).map(Cow::Borrowed).take(flaw::MOST_FIXED).collect();
    package.fixed.dedup();
    // the last step of the path is the package itself, in the version to upgrade to
    let last = found.upgrade_path.iter().last().and_then(|step| step.rsplit_once('@'));
    let lacks_stable = package.fixed.iter().all(|fixed| version::is_pre_release(fixed));
    if let Some((_, version)) = last.filter(|(step, _)| *step == name && lacks_stable) {
        package.fixed.push(Cow::Borrowed(version));
    }
    package.unfixed = found.fixed_in.is_some();
    // the first step is the project itself
    let way = found.from.iter().skip(1).map(|step| bare(step));
    let way: Vec<Cow<'r, str>> = way.map(Cow::Borrowed).take(graph::LONGEST_WAY).collect();
    // packages of an image's system are not updated through others; Snyk groups some of them under a name of its own
    let is_system = project.image.is_some() || purl::is_system(&package.purl);
    if !is_system {
        package.introduced_by = graph::introduced_by([way.iter().cloned()]);
    }
    if let (Some(version), [introducer]) = (direct_upgrade(found), package.introduced_by.as_mut_slice()) {
        introducer.update_to = version.into();
    }
    let is_grouped = way.first().is_some_and(|first| first.starts_with("meta-"));
    package.path = if way.len() > 1 && !(is_system && is_grouped) { way } else { Vec::new() };
    let file = found.file_path.some().unwrap_or(&project.file);
    let within = |file: &'r str| Some(file).filter(|file| !file.is_empty()).map(Cow::Borrowed);
    let location = match &project.image {
        Some(image) => {
            let path = if image.is_empty() { scanned_image(found) } else { image.into() };
            Location { path, logical: within(file), ..Location::default() }
        }
        // what was tested, if Snyk names no file: `goof@1.0.0`
        None => {
            let tested = found.from.iter().next().filter(|_| file.is_empty()).and_then(LenientText::some);
            Location {
                path: file.into(),
                logical: tested.map(bare).map(Cow::Borrowed),
                ..Location::default()
            }
        }
    };
    let image = project.image.is_some() || purl::is_system(&package.purl);
    Place { package, image, location, skipped: None }
}

/// The image that a path begins with, if the project has no name: `docker-image|garethr/snyky@alpine`.
fn scanned_image<'r>(found: &'r wire::SnykVulnerability<'r>) -> Cow<'r, str> {
    let named = found.from.iter().next().and_then(|step| step.strip_prefix("docker-image|"));
    match named.map(|named| named.rsplit_once('@').unwrap_or((named, ""))) {
        Some((name, "")) => name.into(),
        Some((name, tag)) => format!("{name}:{tag}").into(),
        None => Cow::Borrowed(""),
    }
}

/// A package's name without its version; a leading `@` belongs to the name.
fn bare(step: &str) -> &str {
    let version = step.char_indices().skip(1).find(|(_, char)| *char == '@');
    version.map_or(step, |(at, _)| &step[..at])
}

/// The version of the direct dependency to upgrade to, if it is another one than that which is installed.
fn direct_upgrade<'r>(found: &'r wire::SnykVulnerability<'r>) -> Option<&'r str> {
    let (from, to) = direct(found)?;
    (to != from).then(|| &to[bare(to).len() + 1..])
}

/// What to do about a package of which the installed direct dependency allows a fixed version.
fn reinstallation(found: &wire::SnykVulnerability<'_>) -> Option<String> {
    let (from, to) = direct(found)?;
    let (name, version) = (bare(to), &to[bare(to).len() + 1..]);
    let package = found.from.iter().last().map_or("", |step| bare(step));
    (to == from && !name.contains('`') && !package.contains('`')).then(|| {
        format!(
            "`{name}` {version} allows a fixed version of `{package}`: reinstall `{name}`, or update the lock file."
        )
    })
}

/// The direct dependency that brings a package in, and the same in the version to upgrade to, each as `name@version`.
fn direct<'r>(found: &'r wire::SnykVulnerability<'r>) -> Option<(&'r str, &'r str)> {
    let from = found.from.iter().nth(1).filter(|_| found.from.0.len() > 2)?;
    let to = found.upgrade_path.iter().nth(1).and_then(LenientText::some)?;
    let is_version = to.len() > bare(to).len() + 1;
    (is_version && bare(to) == bare(from)).then_some((&**from, to))
}

fn flaw_of<'r>(found: &'r wire::SnykVulnerability<'r>) -> Flaw<'r> {
    let identifiers = found.identifiers.get();
    let others = identifiers.into_iter().flat_map(|one| one.cve.iter().chain(one.ghsa.iter()));
    let names = std::iter::once(&found.id).chain(others).chain(found.alternative_ids.iter());
    let score = cvss::of(found.cvss_score.0, found.cvss_v3.some());
    let word = [&found.severity_with_critical, &found.severity].into_iter().find_map(LenientText::some);
    let (description, help) = parts(&found.description);
    let help = match (reinstallation(found), help) {
        (None, help) => help,
        (Some(advice), Help::Text(own) | Help::Markdown(own)) => {
            Help::Markdown(format!("{advice}\n\n{own}").into())
        }
        (Some(advice), Help::None) => Help::Markdown(advice.into()),
    };
    Flaw {
        names: names.map(|name| name.to_string()).collect(),
        title: (&*found.title).into(),
        description,
        is_markdown: true,
        help,
        url: Some(format!("https://security.snyk.io/vuln/{}", &*found.id)),
        cwe: identifiers
            .into_iter()
            .flat_map(|one| one.cwe.iter())
            .flat_map(|id| weakness::cwe_field(id))
            .collect(),
        severity: flaw::severity(word.unwrap_or_default(), score.as_ref()),
        cvss: score,
        epss: found.epss_details.get().and_then(|epss| epss.probability.parse().ok()),
        ..Flaw::default()
    }
}

/// Separates overview and remediation in Snyk's Markdown.
fn parts(markdown: &str) -> (Cow<'_, str>, Help) {
    let section = |title: &str| {
        let (_, rest) = markdown.split_once(title)?;
        Some(rest.split("\n## ").next().unwrap_or_default().trim()).filter(|text| !text.is_empty())
    };
    let help = section("## Remediation").map_or(Help::None, |text| Help::Markdown(text.into()));
    (section("## Overview").unwrap_or(markdown).into(), help)
}

fn misconfiguration<'r>(
    found: &'r wire::SnykMisconfiguration<'r>,
    scanner: &Arc<str>,
    project: &'r SnykProject,
) -> Finding<'r> {
    let recorded = found.iac_description.get();
    let text = |outer: &'r LenientText<'r>, inner: fn(&'r wire::SnykTold<'r>) -> &'r LenientText<'r>| {
        outer.some().or_else(|| recorded.and_then(|recorded| inner(recorded).some())).unwrap_or_default()
    };
    let issue = text(&found.issue, |recorded| &recorded.issue);
    let impact = text(&found.impact, |recorded| &recorded.impact);
    let resolve = text(&found.resolve, |recorded| &recorded.resolve);
    let id = [&found.public_id, &found.id].into_iter().find_map(LenientText::some).unwrap_or_default();
    let path: Vec<&str> = found.path.iter().map(|step| &**step).collect();
    let rule = Rule {
        id: id.to_owned(),
        name: words::line(&found.title),
        description: [issue, impact]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
            .into(),
        help: if resolve.is_empty() { Help::None } else { Help::Text(resolve.into()) },
        help_uri: found.documentation.owned(),
        ..Rule::default()
    };
    let stated = words::severity(&found.severity);
    let severity = stated.unwrap_or(Severity::Medium);
    Finding {
        kind: FindingKind::Infrastructure,
        scanner: scanner.clone(),
        rule: Arc::new(rule),
        severity,
        subject: Subject::Rule,
        location: Location {
            path: project.file.as_str().into(),
            line: found.line_number.position(),
            logical: (!path.is_empty()).then(|| path.join(".").into()),
            ..Location::default()
        },
        anchors: Anchors::default(),
        detail: FindingDetail {
            message: if issue.is_empty() { found.title.trim().into() } else { issue.into() },
            assumed: stated.is_none().then_some(severity),
            ..FindingDetail::default()
        },
        skipped: (found.is_ignored.0 == Some(true)).then_some(ExclusionReason::Suppressed),
    }
}
