//! OWASP Dependency-Check, JSON and XML.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::finding::{Cvss, ExclusionReason, FindingKind, Location, Package};
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::Maybe;
use crate::report::parse::source::ReportSource;
use crate::report::parse::xml::Xml;
use crate::report::shared::failures::first_line;
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::{cvss, path, roots, weakness};
use crate::report::sink::Sink;

mod advisory;
mod origin;
mod software;
mod wire;

use wire::{DependencyCheckDependency, DependencyCheckVulnerability, Info};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "dependency-check",
    scanners: "OWASP Dependency-Check",
    recognised: "a JSON object with `reportSchema`, `scanInfo` and `dependencies`, or XML with the root \
                 element `analysis` in Dependency-Check's namespace",
    kinds: &[FindingKind::Dependency],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    match outline.shape {
        ReportShape::Object => {
            outline.has("reportSchema") && (outline.has("scanInfo") || outline.has("dependencies"))
        }
        ReportShape::Markup => {
            outline.root == "analysis" && outline.head.to_lowercase().contains("dependency-check")
        }
        _ => false,
    }
}

/// The scanner's name.
const SCANNER: &str = "OWASP Dependency-Check";

/// Elements of XML that are lists in JSON.
const LISTS: &[&str] = &["cwes", "references", "vulnerableSoftware", "projectReferences"];

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut scan = Scan { has_results: false, ..Scan::new(SCANNER) };
    let scanner: Arc<str> = SCANNER.into();
    let end = match Outline::of(source)?.shape {
        ReportShape::Markup => Xml::new(&source.name, source.open()?, LISTS, sink).root(|xml, _| {
            xml.each_child(|xml, name| match name {
                "scanInfo" => {
                    xml.value::<Info<'_>, _>(|found, _| found.get().map(|info| recorded(info, &mut scan)))?;
                    Ok(())
                }
                "dependencies" => {
                    scan.has_results = true;
                    xml.each_child(|xml, _| {
                        xml.value::<DependencyCheckDependency<'_>, _>(|found, sink| {
                            found.get().map(|one| emit(one, source, &scanner, sink))
                        })?;
                        Ok(())
                    })
                }
                _ => Ok(()),
            })
        }),
        _ => Json::new(&source.name, source.open()?, sink).each_entry(|json, key| match key {
            "scanInfo" => {
                json.value::<Info<'_>, _>(|found, _| found.get().map(|info| recorded(info, &mut scan)))?;
                Ok(())
            }
            "dependencies" => {
                scan.has_results = json.peek()? == Some(b'[');
                if !scan.has_results {
                    let problem = json.problem("is not a list of dependencies and was skipped");
                    json.sink().problem(problem);
                }
                json.each_element(|json| {
                    let read = json.value::<DependencyCheckDependency<'_>, _>(|found, sink| {
                        let dependency = found.get()?;
                        emit(dependency, source, &scanner, sink);
                        Some(dependency.vulnerabilities.strays())
                    })?;
                    json.strays(read, "dependency", "vulnerability");
                    Ok(())
                })
            }
            _ => Ok(()),
        }),
    };
    if scan.success == Some(false) {
        let separator = if scan.reason.is_empty() { "" } else { ": " };
        let message =
            format!("Dependency-Check says that part of its analysis failed{separator}{}", scan.reason);
        let problem = Problem::new(&source.name, message).foreign();
        sink.problem(problem.hint(
            "see the exceptions in the report; anything that was not analysed does not count as clean",
        ));
    }
    sink.scan(scan);
    end
}

fn recorded(info: &Info<'_>, scan: &mut Scan) {
    scan.version = info.engine_version.owned();
    let mut failures = info.analysis_exceptions.objects().peekable();
    if failures.peek().is_some() {
        scan.success = Some(false);
        let said = failures.flat_map(|failure| {
            let inner = failure.exception.objects().map(|exception| &exception.message);
            inner.chain(std::iter::once(&failure.message))
        });
        let texts: Vec<&str> = said.filter_map(|text| text.some()).map(first_line).collect();
        let more = if texts.len() > 1 { format!(" (and {} more)", texts.len() - 1) } else { String::new() };
        scan.reason = texts.first().map_or(String::new(), |first| format!("{first:.300}{more}"));
    }
}

fn emit(
    dependency: &DependencyCheckDependency<'_>,
    source: &ReportSource,
    scanner: &Arc<str>,
    sink: &mut dyn Sink,
) {
    let (package, path) = (package(dependency), place(dependency, source));
    let origin = origin::facts(dependency);
    let mut finding = |one: &DependencyCheckVulnerability<'_>, skipped| {
        // in XML, the element around them looks like one of them
        if !one.name.is_empty() {
            let location = Location { path: path.clone().into(), ..Location::default() };
            let doubted = origin::doubted(dependency);
            let flaw = Flaw { location, skipped, ..flaw_of(one, &package, doubted) };
            let mut finding = flaw.finding(scanner);
            finding.detail.facts = advisory::unaffected(one, &package, doubted).into_iter().collect();
            finding.detail.facts.extend(origin.iter().cloned());
            sink.finding(finding);
        }
    };
    let outer = || dependency.vulnerabilities.objects();
    let all = outer().chain(outer().flat_map(|around| around.vulnerability.objects()));
    all.for_each(|one| finding(one, None));
    let suppressed = outer().flat_map(|around| around.suppressed_vulnerability.objects());
    let suppressed = suppressed.chain(dependency.suppressed_vulnerabilities.objects());
    suppressed.for_each(|one| finding(one, Some(ExclusionReason::Suppressed)));
}

fn flaw_of<'r>(
    found: &'r DependencyCheckVulnerability<'r>,
    package: &Package<'static>,
    doubted: bool,
) -> Flaw<'r> {
    let scores =
        [&found.cvssv3, &found.cvss_v3, &found.cvssv4, &found.cvss_v4, &found.cvssv2, &found.cvss_v2];
    // the newest CVSS version that has a score
    let score = scores
        .into_iter()
        .filter_map(Maybe::get)
        .find_map(|one| cvss::of(one.base_score.0.or(one.score.0), one.vector_string.some()));
    let score: Option<Cvss> = score.or_else(|| cvss::of(found.cvss_score.0, None));
    let cwes = found.cwes.iter().chain(std::iter::once(&found.cwe)).chain(std::iter::once(&found.name));
    let (fixed, unfixed) = advisory::fixed(found, package, doubted);
    Flaw {
        names: advisory::names(found, package),
        title: advisory::title(found).into(),
        description: (&*found.description).into(),
        is_markdown: &*found.source == "NPM",
        url: advisory::page(found),
        cwe: cwes.flat_map(|text| weakness::cwe(text)).collect(),
        severity: flaw::severity(&found.severity, score.as_ref()),
        cvss: score,
        exploited: found.known_exploited_vulnerability.get().is_some(),
        package: Package { fixed, unfixed, ..package.clone() },
        ..Flaw::default()
    }
}

/// The package by its best identifier, otherwise by the file's name.
fn package(dependency: &DependencyCheckDependency<'_>) -> Package<'static> {
    let xml = || dependency.identifiers.get().into_iter();
    let mut urls = dependency.packages.objects().chain(xml().flat_map(|all| all.package.objects()));
    if let Some(url) = urls.find(|one| one.id.starts_with("pkg:")) {
        return flaw::package(&url.id, "", "", "");
    }
    let mut older = xml().flat_map(|all| all.identifier.objects()).filter(|one| &*one.kind != "cpe");
    // the whole name stays what identifies it
    let file = || {
        let whole = flaw::package("", "", &dependency.file_name, "");
        match origin::versioned(&dependency.file_name) {
            Some((name, version)) => Package {
                name: Cow::Owned(name.to_owned()),
                version: Cow::Owned(version.to_owned()),
                ..whole
            },
            None => whole,
        }
    };
    older.next().map_or_else(file, |one| match one.name.trim_matches(['(', ')']).rsplit_once(':') {
        Some((name, version)) => flaw::package("", &one.kind, name, version),
        None => flaw::package("", &one.kind, &one.name, ""),
    })
}

/// The file, without what is inside it. If the checkout was mounted in a container, its folders are kept; anywhere else
/// outside the repository, only the name is.
fn place(dependency: &DependencyCheckDependency<'_>, source: &ReportSource) -> String {
    let file = dependency.file_path.split('?').next().unwrap_or_default();
    let recorded = path::of_path(Cow::Borrowed(file), source);
    match path::is_foreign(&recorded) {
        true => roots::mounted(&recorded).or(recorded.rsplit('/').next()).unwrap_or_default().to_owned(),
        false => recorded.into_owned(),
    }
}

#[cfg(test)]
mod tests;
