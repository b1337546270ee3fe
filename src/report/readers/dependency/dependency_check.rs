//! OWASP Dependency-Check, JSON and XML.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use crate::model::finding::{Cvss, ExclusionReason, FindingKind, Location, Package};
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::parse::xml::{TEXT, Xml};
use crate::report::shared::failures::first_line;
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::{cvss, path, roots, weakness};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "dependency-check",
    scanners: "OWASP Dependency-Check",
    recognised: "a JSON object with `reportSchema`, `scanInfo` and `dependencies`, or XML with `analysis` \
                 in its namespace",
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
const LISTS: &[&str] = &["cwes", "references"];

objects! { "camelCase"
    struct DependencyCheckDependency {
        #[serde(deserialize_with = "name")]
        file_name: LenientText<'a>,
        file_path: LenientText<'a>,
        packages: LenientList<Maybe<Identified<'a>>>,
        /// In XML.
        identifiers: Maybe<DependencyCheckIdentifiers<'a>>,
        vulnerabilities: LenientList<Maybe<DependencyCheckVulnerability<'a>>>,
        suppressed_vulnerabilities: LenientList<Maybe<DependencyCheckVulnerability<'a>>>,
    }

    struct DependencyCheckIdentifiers {
        package: LenientList<Maybe<Identified<'a>>>,
        identifier: LenientList<Maybe<Identified<'a>>>,
    }

    struct Identified {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        #[serde(rename = "type")]
        #[serde(deserialize_with = "name")]
        kind: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
    }

    /// A vulnerability; in XML, also the element around them.
    struct DependencyCheckVulnerability {
        #[serde(deserialize_with = "name")]
        source: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "word")]
        severity: String,
        cvssv2: Maybe<DependencyCheckScore<'a>>,
        #[serde(rename = "cvssV2")]
        cvss_v2: Maybe<DependencyCheckScore<'a>>,
        cvssv3: Maybe<DependencyCheckScore<'a>>,
        #[serde(rename = "cvssV3")]
        cvss_v3: Maybe<DependencyCheckScore<'a>>,
        cvssv4: Maybe<DependencyCheckScore<'a>>,
        #[serde(rename = "cvssV4")]
        cvss_v4: Maybe<DependencyCheckScore<'a>>,
        /// In versions before 5.
        cvss_score: Number,
        cwe: LenientText<'a>,
        cwes: LenientList<LenientText<'a>>,
        description: LenientText<'a>,
        known_exploited_vulnerability: Maybe<Catalogued<'a>>,
        vulnerability: LenientList<Maybe<DependencyCheckVulnerability<'a>>>,
        suppressed_vulnerability: LenientList<Maybe<DependencyCheckVulnerability<'a>>>,
    }

    struct DependencyCheckScore {
        score: Number,
        base_score: Number,
        vector_string: LenientText<'a>,
    }

    struct Catalogued {
        vulnerability_name: LenientText<'a>,
    }

    struct Info {
        engine_version: LenientText<'a>,
        analysis_exceptions: LenientList<Maybe<DependencyCheckFailure<'a>>>,
    }

    struct DependencyCheckFailure {
        exception: LenientList<Maybe<DependencyCheckException<'a>>>,
        message: LenientText<'a>,
    }

    struct DependencyCheckException {
        message: LenientText<'a>,
    }
}

/// A string, including that of an element with attributes.
fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let text = value.as_str().or_else(|| value.get(TEXT)?.as_str());
    Ok(text.unwrap_or_default().to_owned())
}

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
        sink.problem(
            problem.hint("see the exceptions in the report; what was not analysed does not count as clean"),
        );
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
    let mut finding = |one: &DependencyCheckVulnerability<'_>, skipped| {
        // in XML, the element around them looks like one of them
        if !one.name.is_empty() {
            let location = Location { path: path.clone().into(), ..Location::default() };
            sink.finding(Flaw { location, skipped, ..flaw_of(one, &package) }.finding(scanner));
        }
    };
    let outer = || dependency.vulnerabilities.objects();
    let all = outer().chain(outer().flat_map(|around| around.vulnerability.objects()));
    all.for_each(|one| finding(one, None));
    let suppressed = outer().flat_map(|around| around.suppressed_vulnerability.objects());
    let suppressed = suppressed.chain(dependency.suppressed_vulnerabilities.objects());
    suppressed.for_each(|one| finding(one, Some(ExclusionReason::Suppressed)));
}

fn flaw_of<'r>(found: &'r DependencyCheckVulnerability<'r>, package: &Package<'static>) -> Flaw<'r> {
    let scores =
        [&found.cvssv3, &found.cvss_v3, &found.cvssv4, &found.cvss_v4, &found.cvssv2, &found.cvss_v2];
    // the newest CVSS version that has a score
    let score = scores
        .into_iter()
        .filter_map(Maybe::get)
        .find_map(|one| cvss::of(one.base_score.0.or(one.score.0), one.vector_string.some()));
    let score: Option<Cvss> = score.or_else(|| cvss::of(found.cvss_score.0, None));
    let cwes = found.cwes.iter().chain(std::iter::once(&found.cwe)).chain(std::iter::once(&found.name));
    Flaw {
        names: vec![flaw::name(&found.source, &found.name, &package.name)],
        title: flaw::sentence(&found.description).into(),
        description: (&*found.description).into(),
        cwe: cwes.flat_map(|text| weakness::cwe(text)).collect(),
        severity: flaw::severity(&found.severity, score.as_ref()),
        cvss: score,
        exploited: found.known_exploited_vulnerability.get().is_some(),
        package: package.clone(),
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
    let file = || flaw::package("", "", &dependency.file_name, "");
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
mod tests {
    use crate::report::shared::recorded::{self, check};

    #[test]
    fn json_is_read() {
        let report = r#"{"reportSchema":"1.1","scanInfo":{"engineVersion":"9.0"},"dependencies":[{"fileName":"clean.jar"},
            {"fileName":"a.jar","filePath":"lib\\a.jar","packages":[{"id":"pkg:maven/org.a/a@1","confidence":"HIGH"}],
            "vulnerabilities":[{"source":"NVD","name":"CVE-1-1","severity":"HIGH","cvssv3":{"baseScore":9.8},"cvssv2":{"score":5.0},"cwes":["CWE-20"],"description":"Bad. More.","knownExploitedVulnerability":{"vulnerabilityName":"x"}}],
            "suppressedVulnerabilities":[{"source":"NPM","name":"1500","severity":"moderate"}]}]}"#;
        check(
            "dependency-check",
            report,
            recorded::full,
            &[
                "dependency OWASP Dependency-Check high CVE-1-1 pkg:maven/org.a/a@1 in lib/a.jar:0 cvss 9.8 exploited: Bad",
                "dependency OWASP Dependency-Check medium NPM-1500 pkg:maven/org.a/a@1 in lib/a.jar:0: ",
                "scan OWASP Dependency-Check 9.0",
            ],
        );
        check(
            "dependency-check",
            report,
            recorded::skipped,
            &["kept", "suppressed", "scan OWASP Dependency-Check 9.0"],
        );
    }

    #[test]
    fn xml_is_read_alike() {
        let report = r#"<?xml version="1.0"?><analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.2.5.xsd"><scanInfo><engineVersion>6</engineVersion></scanInfo>
            <dependencies><dependency><fileName>a:1</fileName><filePath>/x/package-lock.json?a</filePath><identifiers><package confidence="HIGH"><id>pkg:npm/a@1</id></package></identifiers>
            <vulnerabilities><vulnerability source="NPM"><name>1500</name><severity unscored="true">low</severity></vulnerability>
            <vulnerability source="OSSINDEX"><name>CWE-400: Exhaustion</name><cvssV3><baseScore>7.5</baseScore></cvssV3></vulnerability>
            <suppressedVulnerability source="NVD"><name>CVE-2020-1</name></suppressedVulnerability></vulnerabilities></dependency>
            <dependency><fileName>b.jar</fileName><identifiers><identifier type="cpe"><name>(cpe:/a:b)</name></identifier><identifier type="maven"><name>(org.b:b:2)</name></identifier></identifiers>
            <vulnerabilities><vulnerability><name>CVE-2020-2</name><cvssScore>7.5</cvssScore><cwe>CWE-79 x</cwe></vulnerability></vulnerabilities></dependency></dependencies></analysis>"#;
        check(
            "dependency-check",
            report,
            recorded::full,
            &[
                "dependency OWASP Dependency-Check low NPM-1500 pkg:npm/a@1 in package-lock.json:0: ",
                "dependency OWASP Dependency-Check high OSSINDEX: CWE-400: Exhaustion (a) pkg:npm/a@1 in package-lock.json:0 cvss 7.5: ",
                "dependency OWASP Dependency-Check medium CVE-2020-1 pkg:npm/a@1 in package-lock.json:0: ",
                "dependency OWASP Dependency-Check high CVE-2020-2 pkg:maven/org.b/b@2 in :0 cvss 7.5: ",
                "scan OWASP Dependency-Check 6",
            ],
        );
    }

    #[test]
    fn a_failed_analysis_is_no_clean_scan() {
        check(
            "dependency-check",
            r#"{"reportSchema":"1.1","scanInfo":{"analysisExceptions":[{"exception":{"message":"no network"}}]},"dependencies":[]}"#,
            recorded::place,
            &[
                "problem Dependency-Check says that part of its analysis failed: no network",
                "scan OWASP Dependency-Check failed",
            ],
        );
        let xml = r#"<analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.2.5.xsd"><scanInfo><analysisExceptions><exception><message>Could not connect to Central
            at x</message><stackTrace><trace>y</trace></stackTrace></exception><exception><message>No documents exist</message></exception></analysisExceptions></scanInfo><dependencies/></analysis>"#;
        check(
            "dependency-check",
            xml,
            recorded::place,
            &[
                "problem Dependency-Check says that part of its analysis failed: Could not connect to \
                 Central (and 1 more)",
                "scan OWASP Dependency-Check failed",
            ],
        );
    }

    #[test]
    fn dependencies_of_another_type_are_no_clean_scan() {
        for dependencies in ["{}", "7", r#"{"a.jar":{"vulnerabilities":[{"name":"CVE-1"}]}}"#] {
            let report = format!(r#"{{"reportSchema":"1.1","scanInfo":{{}},"dependencies":{dependencies}}}"#);
            let recorded = recorded::lines_of(&report, recorded::place);
            assert_eq!(recorded[0], "problem is not a list of dependencies and was skipped", "{recorded:?}");
        }
    }

    #[test]
    fn a_file_keeps_its_folders() {
        let check = |path: &str, expected: &str| {
            let report = format!(
                r#"{{"reportSchema":"1.1","dependencies":[{{"fileName":"a","filePath":"{path}","vulnerabilities":[{{"name":"CVE-1"}}]}}]}}"#
            );
            let recorded = recorded::lines_of(&report, recorded::place);
            assert!(recorded[0].ends_with(&format!(" {expected}:0")), "{path}: {recorded:?}");
        };
        check("services/a/package-lock.json?lodash", "services/a/package-lock.json");
        check("/src/services/a/package-lock.json?lodash", "services/a/package-lock.json");
        check("/scan/b/pom.xml", "b/pom.xml");
        check("/home/ci/.m2/repository/org/a/1/a-1.jar", "a-1.jar");
    }
}
