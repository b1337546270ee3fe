//! The findings of Semgrep Supply Chain, as returned by the API of Semgrep's own service.

use crate::model::finding::{ExclusionReason, Finding, FindingKind, Package};
use crate::model::scan::Problem;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::flaw::Flaw;
use crate::report::shared::tool::{self, ToolScan};
use crate::report::shared::{advisory, path, purl, weakness, words};
use crate::report::sink::Sink;

/// The format. What was closed there is suppressed.
pub(crate) const FORMAT: Format = Format {
    name: "semgrep-supply-chain",
    scanners: "Semgrep Supply Chain",
    recognised: "a JSON object whose `vulns` have a `matchedDependency`",
    kinds: &[FindingKind::Dependency],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && outline.has("vulns")
            && (outline.head.contains("\"matchedDependency\"") || outline.has("hasMore"))
    },
    read,
};

objects! { "camelCase"
    struct SupplyChainVulnerability {
        title: LenientText<'a>,
        advisory: Maybe<SupplyChainTold<'a>>,
        matched_dependency: Maybe<SupplyChainDependency<'a>>,
        closest_safe_dependency: Maybe<SupplyChainDependency<'a>>,
        dependency_file_location: Maybe<SupplyChainPlace<'a>>,
        triage: Maybe<Triage<'a>>,
    }

    struct SupplyChainTold {
        rule_id: LenientText<'a>,
        description: LenientText<'a>,
        ecosystem: LenientText<'a>,
        severity: LenientText<'a>,
        references: Maybe<References<'a>>,
    }

    struct References {
        cve_ids: LenientList<LenientText<'a>>,
        cwe_ids: LenientList<LenientText<'a>>,
        urls: LenientList<LenientText<'a>>,
    }

    struct SupplyChainDependency {
        name: LenientText<'a>,
        version_specifier: LenientText<'a>,
    }

    struct SupplyChainPlace {
        path: LenientText<'a>,
        start_line: Number,
    }

    struct Triage {
        status: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "Semgrep Supply Chain", |json, tool| {
        json.each_entry(|json, key| match key {
            "hasMore" => {
                if json.word()? == "true" {
                    tool.failed("the report is only one page of several", "");
                }
                Ok(())
            }
            "vulns" => tool.results::<SupplyChainVulnerability<'_>>(json, |tool, vulnerability, sink| {
                sink.finding(finding(tool, vulnerability));
            }),
            _ => Ok(()),
        })
    })
}

fn finding<'r>(tool: &ToolScan<'_>, vulnerability: &'r SupplyChainVulnerability<'r>) -> Finding<'r> {
    let texts =
        |list: &LenientList<LenientText<'_>>| list.iter().filter_map(|text| text.owned()).collect::<Vec<_>>();
    let mut flaw = Flaw { title: (&*vulnerability.title).into(), ..Flaw::default() };
    let place = vulnerability.dependency_file_location.get();
    let manifest = place.map_or("", |place| &place.path);
    let mut ecosystem = purl::ecosystem_of_manifest(manifest);
    if let Some(recorded) = vulnerability.advisory.get() {
        // an advisory for several types of packages names one of them
        if ecosystem.is_empty() {
            ecosystem = purl::ecosystem(&recorded.ecosystem);
        }
        flaw.description = (&*recorded.description).into();
        flaw.severity = words::severity(&recorded.severity);
        if let Some(references) = recorded.references.get() {
            flaw.names = texts(&references.cve_ids);
            flaw.cwe = references.cwe_ids.iter().flat_map(|text| weakness::cwe_field(text)).collect();
            let links = texts(&references.urls);
            flaw.names.extend(links.iter().filter_map(|link| advisory::ids(link).next().map(str::to_owned)));
            flaw.url = links.into_iter().next();
        }
        if flaw.names.is_empty() {
            flaw.names.extend(recorded.rule_id.owned());
        }
    }
    let matched = vulnerability.matched_dependency.get();
    let (name, version) = matched.map_or(("", ""), |one| (&*one.name, &*one.version_specifier));
    flaw.package = Package {
        purl: purl::of(ecosystem, name, version).into(),
        name: name.into(),
        version: version.into(),
        ..Package::default()
    };
    let safe = vulnerability.closest_safe_dependency.get();
    flaw.package.fixed =
        safe.and_then(|safe| safe.version_specifier.some()).map(Into::into).into_iter().collect();
    flaw.location = tool::place(manifest, place.map_or(0, |place| place.start_line.position()), 0, 0);
    flaw.location.path = path::of_path(flaw.location.path, tool.source);
    let closed = |triage: &Triage<'_>| matches!(&*triage.status, "CLOSED" | "IGNORED" | "FIXED");
    flaw.skipped = vulnerability.triage.get().is_some_and(closed).then_some(ExclusionReason::Suppressed);
    flaw.finding(&tool.scanner)
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{check, full};

    #[test]
    fn a_vulnerability_is_a_finding() {
        let vulnerability = r#"{"title":"Assertion in grpc","advisory":{"ruleId":"ssc-1","description":"Long","ecosystem":"gem","severity":"HIGH",
            "references":{"cveIds":["CVE-2023-1428"],"cweIds":["CWE-617: Assertion"],"urls":["https://github.com/advisories/GHSA-6628-q6j9-w8vg"]}},
            "matchedDependency":{"name":"grpcio","versionSpecifier":"1.47.0"},"closestSafeDependency":{"name":"grpcio","versionSpecifier":"1.53.0"},
            "dependencyFileLocation":{"path":"requirements.txt","startLine":"222"},"triage":{"status":"NEW"}}"#;
        check(
            "semgrep-supply-chain",
            &format!(r#"{{"vulns":[{vulnerability}],"hasMore":true,"cursor":"x"}}"#),
            full,
            &[
                "dependency Semgrep Supply Chain high CVE-2023-1428=GHSA-6628-q6j9-w8vg pkg:pypi/grpcio@1.47.0 fixed 1.53.0 in requirements.txt:222: Assertion in grpc",
                "problem Semgrep Supply Chain did not scan everything: the report is only one page of several",
                "scan Semgrep Supply Chain failed",
            ],
        );
    }

    #[test]
    fn a_vulnerability_without_its_package_has_a_package_url() {
        check(
            "semgrep-supply-chain",
            r#"{"vulns":[{"title":"x","advisory":{"ruleId":"ssc-1"},"matchedDependency":null,"closestSafeDependency":null}],"hasMore":false}"#,
            full,
            &[
                "dependency Semgrep Supply Chain medium ssc-1 pkg:generic/unknown in :0: x",
                "scan Semgrep Supply Chain",
            ],
        );
    }
}
