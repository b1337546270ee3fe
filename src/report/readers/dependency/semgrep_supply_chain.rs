//! The findings of Semgrep Supply Chain as Semgrep's own service answers them over its API.

use crate::model::finding::{Aside, Finding, Kind, Package};
use crate::model::scan::Problem;

use crate::report::detect::{Format, Shape};
use crate::report::parse::lenient::{List, Maybe, Number, Text, objects};
use crate::report::parse::source::Source;
use crate::report::shared::flaw::Flaw;
use crate::report::shared::tool::{self, Tool};
use crate::report::shared::{advisory, path, purl, weakness, words};
use crate::report::sink::Sink;

/// The format. What was closed there is suppressed.
pub(crate) const FORMAT: Format = Format {
    name: "semgrep-supply-chain",
    scanners: "Semgrep Supply Chain",
    recognised: "a JSON object with `vulns`, whose members have a `matchedDependency`",
    kinds: &[Kind::Dependency],
    recognise: |outline| {
        outline.shape == Shape::Object
            && outline.has("vulns")
            && (outline.head.contains("\"matchedDependency\"") || outline.has("hasMore"))
    },
    read,
};

objects! { "camelCase"
    struct Vulnerability {
        title: Text<'a>,
        advisory: Maybe<Told<'a>>,
        matched_dependency: Maybe<Dependency<'a>>,
        closest_safe_dependency: Maybe<Dependency<'a>>,
        dependency_file_location: Maybe<Place<'a>>,
        triage: Maybe<Triage<'a>>,
    }

    struct Told {
        rule_id: Text<'a>,
        description: Text<'a>,
        ecosystem: Text<'a>,
        severity: Text<'a>,
        references: Maybe<References<'a>>,
    }

    struct References {
        cve_ids: List<Text<'a>>,
        cwe_ids: List<Text<'a>>,
        urls: List<Text<'a>>,
    }

    struct Dependency {
        name: Text<'a>,
        version_specifier: Text<'a>,
    }

    struct Place {
        path: Text<'a>,
        start_line: Number,
    }

    struct Triage {
        status: Text<'a>,
    }
}

fn read(source: &Source, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "Semgrep Supply Chain", |json, tool| {
        json.each_entry(|json, key| match key {
            "hasMore" => {
                if json.word()? == "true" {
                    tool.failed("there are more pages than this one", "");
                }
                Ok(())
            }
            "vulns" => tool.results::<Vulnerability<'_>>(json, |tool, vulnerability, sink| {
                sink.finding(finding(tool, vulnerability));
            }),
            _ => Ok(()),
        })
    })
}

fn finding<'r>(tool: &Tool<'_>, vulnerability: &'r Vulnerability<'r>) -> Finding<'r> {
    let texts = |list: &List<Text<'_>>| list.iter().filter_map(|text| text.owned()).collect::<Vec<_>>();
    let mut flaw = Flaw { title: (&*vulnerability.title).into(), ..Flaw::default() };
    let place = vulnerability.dependency_file_location.get();
    let manifest = place.map_or("", |place| &place.path);
    let mut ecosystem = purl::ecosystem_of_manifest(manifest);
    if let Some(told) = vulnerability.advisory.get() {
        // an advisory for packages of several kinds names one of them
        if ecosystem.is_empty() {
            ecosystem = purl::ecosystem(&told.ecosystem);
        }
        flaw.description = (&*told.description).into();
        flaw.severity = words::severity(&told.severity);
        if let Some(references) = told.references.get() {
            flaw.names = texts(&references.cve_ids);
            flaw.cwe = references.cwe_ids.iter().flat_map(|text| weakness::cwe_field(text)).collect();
            let links = texts(&references.urls);
            flaw.names.extend(links.iter().filter_map(|link| advisory::ids(link).next().map(str::to_owned)));
            flaw.url = links.into_iter().next();
        }
        if flaw.names.is_empty() {
            flaw.names.extend(told.rule_id.owned());
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
    flaw.aside = vulnerability.triage.get().is_some_and(closed).then_some(Aside::Suppressed);
    flaw.finding(&tool.scanner)
}

#[cfg(test)]
mod tests {
    use crate::report::shared::told::{check, full};

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
                "problem Semgrep Supply Chain could not look at everything: there are more pages than this one",
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
