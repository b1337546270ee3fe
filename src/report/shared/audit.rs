//! What the audits of package managers have in common: advisories on packages that one file lists. They become findings
//! like every [`Flaw`].

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::finding::{
    Anchors, Cvss, ExclusionReason, Finding, FindingDetail, FindingKind, FixOutlook, Help, Introducer,
    Location, Package, Rule, Subject,
};
use crate::model::scan::Scan;
use crate::model::severity::Severity;

use crate::report::parse::source::ReportSource;
use crate::report::shared::flaw::{self, Flaw, Place, Shared};
use crate::report::shared::{path, purl, words};

/// One audit: which tool made it, and for what.
pub(crate) struct Audit {
    /// The scanner's name.
    pub(crate) scanner: Arc<str>,
    /// The purl type of its packages.
    pub(crate) ecosystem: &'static str,
    /// The file that lists the packages, relative to the repository's root; empty: unknown.
    pub(crate) manifest: String,
}

/// An advisory on a package as an audit reports it. Unknown values are empty.
#[derive(Default)]
pub(crate) struct AuditAdvisory<'r> {
    /// The advisory's names, the scanner's own first.
    pub(crate) names: Vec<String>,
    /// A title, on one line.
    pub(crate) title: &'r str,
    /// What it is about.
    pub(crate) description: &'r str,
    /// Whether the format declares it as Markdown.
    pub(crate) is_markdown: bool,
    /// What to do.
    pub(crate) help: Help,
    /// Where to read more.
    pub(crate) url: Option<String>,
    /// Weaknesses by number.
    pub(crate) cwe: Vec<u32>,
    /// The scanner's own word for the severity.
    pub(crate) severity: &'r str,
    /// The score.
    pub(crate) cvss: Option<Cvss>,
    /// Whether the advisory was withdrawn.
    pub(crate) withdrawn: bool,
    /// The package's name.
    pub(crate) package: &'r str,
    /// The installed version.
    pub(crate) version: &'r str,
    /// Versions without the flaw.
    pub(crate) fixed: Vec<Cow<'r, str>>,
    /// Whether the report says that there is none.
    pub(crate) unfixed: bool,
    /// Why there will be none, if it says so.
    pub(crate) outlook: Option<FixOutlook>,
    /// The dependency path from the manifest, the direct dependency first.
    pub(crate) path: Vec<Cow<'r, str>>,
    /// The direct dependencies that bring the package in.
    pub(crate) introduced_by: Vec<Introducer<'r>>,
    /// Why it is skipped.
    pub(crate) skipped: Option<ExclusionReason>,
}

impl Audit {
    /// An audit of what the file `manifest` lists.
    pub(crate) fn new(
        scanner: &str,
        ecosystem: &'static str,
        manifest: &str,
        source: &ReportSource,
    ) -> Audit {
        let manifest = path::of_path(Cow::Borrowed(manifest), source).into_owned();
        Audit { scanner: scanner.into(), ecosystem, manifest }
    }

    /// The finding, on a package of the manifest; the severity is the scanner's word if there is one, otherwise it
    /// follows the score.
    pub(crate) fn finding<'r>(&'r self, recorded: AuditAdvisory<'r>) -> Finding<'r> {
        self.flaw(recorded).finding(&self.scanner)
    }

    /// The same for an advisory that is reported for several versions of the package: what all findings have in common.
    pub(crate) fn shared(&self, recorded: AuditAdvisory<'_>) -> Shared {
        self.flaw(recorded).parted().0
    }

    /// The individual part of each.
    pub(crate) fn place<'r>(&'r self, name: &'r str, version: &'r str) -> Place<'r> {
        // many advisories may repeat the name of one package
        let (name, version) = (words::name(name), words::name(version));
        let purl = purl::of(self.ecosystem, &name, &version).into();
        Place {
            package: Package { purl, name, version, ..Package::default() },
            location: Location { path: self.manifest.as_str().into(), ..Location::default() },
            ..Place::default()
        }
    }

    fn flaw<'r>(&'r self, recorded: AuditAdvisory<'r>) -> Flaw<'r> {
        let Place { package, location, .. } = self.place(recorded.package, recorded.version);
        Flaw {
            names: recorded.names,
            title: recorded.title.into(),
            description: recorded.description.into(),
            is_markdown: recorded.is_markdown,
            help: recorded.help,
            url: recorded.url,
            cwe: recorded.cwe,
            severity: flaw::severity(recorded.severity, recorded.cvss.as_ref()),
            cvss: recorded.cvss,
            withdrawn: recorded.withdrawn,
            package: Package {
                fixed: recorded.fixed,
                unfixed: recorded.unfixed,
                outlook: recorded.outlook,
                path: recorded.path,
                introduced_by: recorded.introduced_by,
                ..package
            },
            location,
            skipped: recorded.skipped,
            ..Flaw::default()
        }
    }

    /// A finding that is not about an advisory: a rule of the scanner about `logical`, as it is listed.
    pub(crate) fn rule<'r>(&'r self, id: &str, word: &str, message: &str, logical: &str) -> Finding<'r> {
        let logical = Some(logical.to_owned().into()).filter(|_| !logical.is_empty());
        let stated = words::severity(word);
        let severity = stated.unwrap_or(Severity::Medium);
        Finding {
            kind: FindingKind::Dependency,
            scanner: self.scanner.clone(),
            rule: Arc::new(Rule { id: id.to_owned(), ..Rule::default() }),
            severity,
            subject: Subject::Rule,
            location: Location { path: self.manifest.as_str().into(), logical, ..Location::default() },
            anchors: Anchors::default(),
            detail: FindingDetail {
                message: message.to_owned().into(),
                assumed: stated.is_none().then_some(severity),
                ..FindingDetail::default()
            },
            skipped: None,
        }
    }

    /// Its scan; `success`: what it says about itself.
    pub(crate) fn scan(&self, source: &ReportSource, success: Option<bool>) -> Scan {
        let category = source.category.clone();
        Scan { category, success, ..Scan::new(&self.scanner) }
    }
}

/// The versions at the ends of vulnerable ranges: `3.1` and `4.0` of `<3.1 || >=4.0.0-a <4.0`. If a range includes its
/// end, the first fixed version is unknown.
pub(crate) fn ends<'t>(ranges: &'t str) -> Vec<Cow<'t, str>> {
    let good = |range: &'t str| {
        let (_, end) = range.rsplit_once('<')?;
        let end = end.trim_start();
        let version = end.split([' ', ',']).next().filter(|version| !version.starts_with('='))?;
        Some(Cow::Borrowed(version)).filter(|version| !version.is_empty())
    };
    let mut found: Vec<Cow<'t, str>> = ranges.split('|').filter_map(good).collect();
    found.dedup();
    found
}

/// Whether one of the vulnerable ranges has no end: `*`, `>=1.0`. In that case, no version is without the flaw.
pub(crate) fn endless(ranges: &str) -> bool {
    let endless =
        |range: &str| !range.contains('<') && (range.starts_with('>') || matches!(range, "*" | ">=0"));
    ranges.split('|').any(|range| endless(range.trim()))
}

/// The versions at which fixed ranges start: `3.1` of `>=3.1`, `~> 2.1.3`, `3.1`.
pub(crate) fn starts<'t>(ranges: &'t str) -> impl Iterator<Item = Cow<'t, str>> {
    let start = |range: &'t str| {
        let range = range.trim().trim_start_matches(['>', '=', '~', '^', ' ', '\'']);
        let version = range.split([' ', ',', '\'']).next()?;
        Some(Cow::Borrowed(version)).filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
    };
    ranges.split('|').filter_map(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_tell_good_versions() {
        let check = |ranges: &str, expected: &[&str]| assert_eq!(ends(ranges), expected, "{ranges}");
        let open = ["*", ">=1.0", ">=0", "<2 || >=3.0", ">1"];
        let closed = ["", "<2", ">=1 <2", "1.2.3", "<=2.0"];
        assert!(open.into_iter().all(endless) && !closed.into_iter().any(endless));
        check("<11.8.5", &["11.8.5"]);
        check(">=5.2.2 <6.0.2 || >=7.0.0 <7.1.1", &["6.0.2", "7.1.1"]);
        check(">= 2.0.0,< 2.1.1|< 1.1.4", &["2.1.1", "1.1.4"]);
        check("<=2.8.0", &[]);
        check("*", &[]);
        let check = |ranges: &str, expected: &[&str]| {
            assert_eq!(starts(ranges).collect::<Vec<_>>(), expected, "{ranges}");
        };
        check(">=3.1.4 || ^4.0.1", &["3.1.4", "4.0.1"]);
        check("~> 2.1.3", &["2.1.3"]);
        check(">= 2.12.5, < 3.0.0", &["2.12.5"]);
        check("<0.0.0", &[]);
    }
}
