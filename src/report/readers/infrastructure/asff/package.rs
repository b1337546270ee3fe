//! Advisories on packages: those of Inspector, and those that Trivy sends.

use std::borrow::Cow;

use crate::model::finding::{Location, Package};
use crate::report::parse::lenient::LenientText;
use crate::report::readers::web;
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::tool::ToolScan;
use crate::report::shared::{cvss, purl, words};
use crate::report::sink::Sink;

use super::facts;
use super::found::{severity, skipped};
use super::text::whole;
use super::wire::{AsffDetails, AsffFinding, AsffPackage, AsffVulnerability};

/// Emits the findings on packages; returns whether there are any.
pub(super) fn emit(tool: &ToolScan<'_>, found: &AsffFinding<'_>, sink: &mut dyn Sink) -> bool {
    let advisories = || found.vulnerabilities.objects().filter(|one| !one.id.is_empty());
    if advisories().any(|one| one.vulnerable_packages.objects().next().is_some()) {
        for vulnerability in advisories() {
            let (shared, _) = advisory(found, vulnerability).parted();
            for package in vulnerability.vulnerable_packages.objects() {
                let mut finding = shared.finding(&tool.scanner, packaged(found, vulnerability, package));
                finding.detail.facts = facts::facts(found, &finding.location);
                finding.detail.facts.extend(facts::exploit(found, vulnerability));
                sink.finding(finding);
            }
        }
        return true;
    }
    let listed = found.resources.objects().find_map(|resource| {
        let details = resource.details.get()?;
        Some((&*resource.id, details, details.get("CVE ID")?, details.get("PkgName")?))
    });
    let Some((target, details, id, name)) = listed else { return false };
    sink.finding(trivys(found, target, details, id, name).finding(&tool.scanner));
    true
}

impl AsffDetails<'_> {
    /// What a product says about the resource in its own words.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.other.iter().find(|(own, _)| *own == key).and_then(|(_, value)| value.some())
    }
}

/// An advisory as Trivy's template for ASFF writes it: everything is in the details of the target, which is a file, or
/// an image with its distribution, `golang:1.12-alpine (alpine 3.11.3)`.
fn trivys<'r>(
    found: &'r AsffFinding<'r>,
    target: &'r str,
    details: &'r AsffDetails<'r>,
    id: &str,
    name: &str,
) -> Flaw<'r> {
    let system = target.strip_suffix(')').and_then(|target| target.rsplit_once(" ("));
    let (path, kind) = match system {
        Some((image, distribution)) => (image, purl::of_distribution(distribution)),
        None => (target, purl::ecosystem_of_manifest(target)),
    };
    let score = |version: &str| {
        let number = details.get(&format!("NvdCvssScore{version}")).and_then(|text| text.parse().ok());
        let vector = details.get(&format!("NvdCvssVector{version}"));
        cvss::of(number, vector)
    };
    let text = web::text(&found.description);
    let about = whole(&text).into_owned();
    let title = details.get("CVE Title").map_or_else(|| flaw::sentence(&about), str::to_owned);
    let link = found.remediation.get().and_then(|remediation| remediation.recommendation.get());
    let made = flaw::package("", kind, name, details.get("Installed Package").unwrap_or_default());
    Flaw {
        names: vec![id.to_owned()],
        title: title.into(),
        description: about.into(),
        url: link.and_then(|link| link.url.owned()),
        severity: severity(found),
        cvss: cvss::best(["V3", "V2"].into_iter().filter_map(score)),
        package: Package { fixed: details.get("Patched Package").map_or(Vec::new(), flaw::versions), ..made },
        image: system.is_some(),
        location: Location { path: Cow::Borrowed(path), ..Location::default() },
        skipped: skipped(found),
        ..Flaw::default()
    }
}

/// What is said about an advisory, whichever package it is about.
fn advisory<'r>(found: &'r AsffFinding<'r>, vulnerability: &'r AsffVulnerability<'r>) -> Flaw<'r> {
    let score = cvss::best(
        vulnerability.cvss.objects().filter_map(|one| cvss::of(one.base_score.0, one.base_vector.some())),
    );
    // each vulnerability of a finding repeats it
    let about = whole(words::start(&found.description, flaw::TEXT_LIMIT));
    let vendor = vulnerability.vendor.get().and_then(|vendor| vendor.url.owned());
    Flaw {
        names: vec![vulnerability.id.to_string()],
        title: flaw::sentence(&about).into(),
        description: about,
        url: vendor.or_else(|| vulnerability.reference_urls.iter().find_map(LenientText::owned)),
        severity: severity(found),
        cvss: score,
        epss: vulnerability.epss_score.0,
        ..Flaw::default()
    }
}

/// A package that it is about, and where it is.
fn packaged<'r>(
    found: &'r AsffFinding<'r>,
    vulnerability: &'r AsffVulnerability<'r>,
    package: &'r AsffPackage<'r>,
) -> flaw::Place<'r> {
    let resource = found.resources.objects().next();
    let id = resource.map_or("", |resource| &*resource.id);
    let image = resource.is_some_and(|resource| &*resource.kind == "AwsEcrContainerImage");
    let made = made(found, package);
    let unfixed = &*package.fixed_in_version == "NotAvailable" || &*vulnerability.fix_available == "NO";
    let fixed = package.fixed_in_version.some().filter(|version| *version != "NotAvailable");
    flaw::Place {
        image: image || purl::is_system(&made.purl),
        package: Package {
            fixed: fixed
                .map(|version| comparable(version, &made.version).to_owned().into())
                .into_iter()
                .collect(),
            unfixed,
            ..made
        },
        location: Location {
            path: Cow::Borrowed(if image { repository(id) } else { id }),
            logical: package.file_path.some().map(Cow::Borrowed),
            ..Location::default()
        },
        skipped: skipped(found),
    }
}

/// The package, with the version in its package manager's notation.
fn made(found: &AsffFinding<'_>, package: &AsffPackage<'_>) -> Package<'static> {
    let manager = package.package_manager.to_lowercase();
    let kind = match manager.as_str() {
        "nodepkg" | "node" => "npm",
        "pythonpkg" => "python",
        "nugetlock" | "dotnet core" => "nuget",
        "os" | "" => {
            let platform = found.product_fields.iter().find(|(key, _)| key.ends_with("/platform"));
            purl::of_distribution(platform.map_or("", |(_, platform)| platform))
        }
        other => other,
    };
    let mut version = match package.epoch.some().filter(|epoch| *epoch != "0") {
        Some(epoch) => format!("{epoch}:{}", &*package.version),
        None => package.version.to_string(),
    };
    if let Some(release) = package.release.some().filter(|release| !version.ends_with(*release)) {
        version = format!("{version}-{release}");
    }
    flaw::package("", kind, &package.name, &version)
}

/// The image's name in `arn:aws:ecr:eu-west-1:1234:repository/acme/shop/sha256:33…`.
fn repository(id: &str) -> &str {
    let name = id.split_once(":repository/").map_or(id, |(_, name)| name);
    name.split_once("/sha256:").map_or(name, |(name, _)| name)
}

/// A version without an epoch of zero, which says nothing, if the installed version has none.
fn comparable<'r>(version: &'r str, installed: &str) -> &'r str {
    version.strip_prefix("0:").filter(|_| !installed.contains(':')).unwrap_or(version)
}
