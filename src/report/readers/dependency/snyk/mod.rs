//! Snyk's own JSON: open source, container and infrastructure as code, one project or a list of them, and the older
//! results by package. Snyk Code writes SARIF. Licence issues are not findings.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::finding::{ExclusionReason, FindingKind};
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::sink::{Nobody, Sink};

mod finding;
mod project;
mod wire;

use project::SnykProject;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "snyk",
    scanners: "Snyk Open Source, Snyk Container, Snyk Infrastructure as Code",
    recognised: "a JSON object with `vulnerabilities` and at least one of `packageManager`, `projectName` \
                 and `uniqueCount`; or with `infrastructureAsCodeIssues`; or with `meta` and a `result` \
                 that lists packages and their issues; or a list of such objects",
    kinds: &[FindingKind::Dependency, FindingKind::Container, FindingKind::Infrastructure],
    recognise,
    read,
};

/// What Snyk writes besides a project's vulnerabilities.
const OWN: &[&str] = &[
    "packageManager",
    "projectName",
    "uniqueCount",
    "dependencyCount",
    "displayTargetFile",
    "licensesPolicy",
    "ignoreSettings",
];

fn recognise(outline: &Outline) -> bool {
    let json = matches!(outline.shape, ReportShape::Object | ReportShape::List);
    let any = |keys: &[&str]| keys.iter().any(|key| outline.has(key));
    let ids = || ["\"SNYK-", "\"npm:"].iter().any(|start| outline.head.contains(start));
    let vulnerabilities = outline.has("vulnerabilities") && (any(OWN) || outline.keys.len() == 1 && ids());
    let mentions = |keys: &[&str]| keys.iter().any(|key| outline.head.contains(key));
    // what follows long results is beyond the examined part
    let by_package = outline.has("result")
        && (mentions(&["\"affectedPkgs\""]) || outline.has("meta") && mentions(&["\"licensesPolicy\""]));
    let failed = outline.has("ok") && outline.has("error") && outline.has("path");
    json && (vulnerabilities || by_package || failed || outline.has("infrastructureAsCodeIssues"))
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut projects = Vec::new();
    let mut nobody = Nobody;
    // what describes a project comes after its vulnerabilities; what fails here is reported when the report is read
    let _ = Json::new(&source.name, source.open()?, &mut nobody)
        .each_element(|json| project::look(json, source, None, &mut projects));
    // they stay until their findings are read
    projects.shrink_to_fit();
    let scanner: Arc<str> = projects.first().map_or("Snyk Open Source", SnykProject::scanner).into();
    let success = projects.iter().all(|project| project.error.is_none());
    let mut json = Json::new(&source.name, source.open()?, sink);
    for project in &projects {
        if let Some(error) = &project.error {
            let problem = Problem::new(&source.name, format!("Snyk failed: {error}"))
                .hint("no finding of this scan counts as gone; see the log of the Snyk step");
            json.sink().problem(problem);
        }
    }
    let mut projects = projects.into_iter();
    let end = json.each_element(|json| read_project(json, &scanner, &mut projects));
    json.sink().scan(Scan { success: (!success).then_some(false), ..Scan::new(&scanner) });
    end
}

/// Reads a project, and the applications of an image within it, in the order in which they were scanned.
fn read_project(
    json: &mut Json<'_>,
    scanner: &Arc<str>,
    projects: &mut impl Iterator<Item = SnykProject>,
) -> Result<(), Problem> {
    let Some(mut project) = projects.next() else { return Ok(()) };
    json.each_entry(|json, key| match key {
        "vulnerabilities" => finding::vulnerabilities(json, scanner, &mut project, None),
        "filtered" => json.each_entry(|json, key| match key {
            "ignore" | "patch" => {
                finding::vulnerabilities(json, scanner, &mut project, Some(ExclusionReason::Suppressed))
            }
            _ => Ok(()),
        }),
        "applications" => json.each_element(|json| read_project(json, scanner, projects)),
        "infrastructureAsCodeIssues" => finding::misconfigurations(json, scanner, &project),
        "result" => json.each_entry(|json, key| match key {
            "issuesData" => finding::by_package(json, scanner, &mut project),
            _ => Ok(()),
        }),
        _ => Ok(()),
    })
}

/// Packages by the id of the issue that they have.
type SnykPackages = HashMap<String, Vec<(String, String)>>;

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    const VULNERABILITY: &str = r###"{"id":"SNYK-JS-A-1","title":"Prototype Pollution","CVSSv3":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H","cvssScore":7.5,
        "epssDetails":{"probability":"0.25"},"identifiers":{"CVE":["CVE-1"],"GHSA":["GHSA-1"],"CWE":["CWE-1321"]},"packageName":"a","packageManager":"npm","name":"a","version":"1",
        "fixedIn":["2"],"severity":"medium","description":"## Overview\nBad.\n## Remediation\nUpgrade.\n## References\nx","from":["app@1","b@3","a@1"]}"###;

    #[test]
    fn a_package_is_one_finding_however_many_ways_lead_to_it() {
        let other = VULNERABILITY.replace("b@3", "c@3");
        let licence = r#"{"id":"snyk:lic:npm:x:GPL","type":"license"}"#;
        check(
            "snyk",
            &format!(
                r#"{{"vulnerabilities":[{VULNERABILITY},{other},{licence}],"ok":false,"packageManager":"npm","displayTargetFile":"web\\package-lock.json"}}"#
            ),
            recorded::full,
            &[
                "dependency Snyk Open Source medium SNYK-JS-A-1=CVE-1=GHSA-1 pkg:npm/a@1 fixed 2 by b>a in web/package-lock.json:0 cvss 7.5 epss 0.25: Prototype Pollution",
                "1 license",
                "scan Snyk Open Source",
            ],
        );
    }

    #[test]
    fn the_direct_dependency_is_upgraded() {
        let check = |way: &str, expected: &str| {
            let found = VULNERABILITY.replace(r#""from":["app@1","b@3","a@1"]"#, way);
            let report = format!(r#"{{"vulnerabilities":[{found}],"ok":false,"packageManager":"npm"}}"#);
            let help = |finding: &crate::model::finding::Finding<'_>| {
                let logical = &finding.location.logical;
                format!("{logical:?} {:?} {}", finding.rule.help, recorded::introducers(finding))
            };
            let recorded = recorded::lines_of(&report, help);
            assert!(recorded[0].contains(expected), "{recorded:?}");
        };
        let from = r#""from":["app@x/y#c0ffee","@b/c@3","a@1"],"upgradePath":[false"#;
        check(&format!(r#"{from},"@b/c@4.1","a@2"]"#), "by @b/c (4.1)");
        check(&format!(r#"{from},"@b/c@4.1","a@2"]"#), r#"Some("app")"#);
        check(&format!(r#"{from},"@b/c@3","a@2"]"#), "`@b/c` 3 allows a fixed version of `a`");
        check(&format!("{from}]"), r#"Markdown("Upgrade.") by @b/c"#);
        let foreign = r#""from":["é@1","ñ@3","a@1"],"upgradePath":[false,"ñ@4","a@2"]"#;
        check(foreign, "by ñ (4)");
        check(r#""from":["app@1","a@1"],"upgradePath":[false,"a@2"]"#, r#"Markdown("Upgrade.")"#);
    }

    #[test]
    fn a_file_is_named_from_the_folder_that_was_tested() {
        let check = |folder: &str, file: &str, expected: &str| {
            let report = format!(
                r#"{{"vulnerabilities":[{VULNERABILITY}],"ok":false,"packageManager":"npm","displayTargetFile":"{file}","path":"{folder}"}}"#
            );
            let mut source = crate::report::parse::source::ReportSource::bytes("x", report.as_bytes());
            let files = ["package-lock.json", "services/x/package-lock.json", "web/yarn.lock"];
            source.tree =
                Some(std::sync::Arc::new(crate::report::tree::CheckoutTree::of("/w", &["shop"], &files)));
            let recorded = recorded::lines_in(&source, recorded::place);
            assert!(recorded[0].ends_with(&format!(" {expected}:0")), "{folder} {file}: {recorded:?}");
        };
        check("/github/workspace/services/x", "package-lock.json", "services/x/package-lock.json");
        check(r"D:\\a\\shop\\shop\\services\\x", "package-lock.json", "services/x/package-lock.json");
        check("/github/workspace", "package-lock.json", "package-lock.json");
        // named from the root anyway
        check("/github/workspace/web", "web/yarn.lock", "web/yarn.lock");
        check("/elsewhere", "pom.xml", "pom.xml");
    }

    #[test]
    fn an_image_without_a_name_is_the_one_that_the_paths_begin_with() {
        let found = VULNERABILITY
            .replace(r#""from":["app@1","b@3","a@1"]"#, r#""from":["docker-image|acme/shop@1.2","a@1"]"#);
        let report =
            format!(r#"{{"vulnerabilities":[{found}],"ok":false,"packageManager":"apk","docker":{{}}}}"#);
        let recorded = recorded::lines_of(&report, recorded::place);
        assert!(recorded[0].contains("acme/shop:1.2"), "{recorded:?}");
    }

    #[test]
    fn a_list_of_projects_is_read() {
        let project = |file: &str| {
            format!(r#"{{"vulnerabilities":[{VULNERABILITY}],"ok":false,"displayTargetFile":"{file}"}}"#)
        };
        check(
            "snyk",
            &format!("[{},{}]", project("a/package.json"), project("b/package.json")),
            recorded::place,
            &[
                "dependency pkg:npm/a@1 a/package.json:0",
                "dependency pkg:npm/a@1 b/package.json:0",
                "scan Snyk Open Source",
            ],
        );
    }

    #[test]
    fn an_image_and_its_applications_are_containers() {
        let report = format!(
            r#"{{"vulnerabilities":[{VULNERABILITY}],"ok":false,"docker":{{}},"filtered":{{"ignore":[{}]}},"projectName":"docker-image|acme/shop","path":"acme/shop:1",
            "applications":[{{"vulnerabilities":[{VULNERABILITY}],"displayTargetFile":"app/package.json"}}]}}"#,
            VULNERABILITY.replace("SNYK-JS-A-1", "SNYK-JS-A-2")
        );
        check(
            "snyk",
            &report,
            recorded::place,
            &[
                "container pkg:npm/a@1 acme/shop:0",
                "container pkg:npm/a@1 acme/shop:0",
                "container pkg:npm/a@1 acme/shop:0 app/package.json",
                "scan Snyk Container",
            ],
        );
        check("snyk", &report, recorded::skipped, &["kept", "suppressed", "kept", "scan Snyk Container"]);
    }

    #[test]
    fn results_may_list_which_package_has_which_issue() {
        let report = format!(
            r#"{{"meta":{{"licensesPolicy":{{}}}},"result":{{"issues":[{{"pkgName":"a","pkgVersion":"1","issueId":"SNYK-JS-A-1"}},{{"pkgName":"a","pkgVersion":"1","issueId":"SNYK-JS-A-1"}},
            {{"pkgName":"b","pkgVersion":"2","issueId":"SNYK-JS-A-1"}}],"issuesData":{{"SNYK-JS-A-1":{VULNERABILITY}}},"docker":{{}},
            "depGraphData":{{"pkgs":[{{"id":"docker-image|acme/shop@1"}},{{"id":"a@1"}}]}}}}}}"#
        );
        check(
            "snyk",
            &report,
            recorded::place,
            &[
                "container pkg:npm/a@1 acme/shop:0",
                "container pkg:npm/b@2 acme/shop:0",
                "scan Snyk Container",
            ],
        );
    }

    #[test]
    fn misconfigurations_are_read() {
        let report = r#"{"infrastructureAsCodeIssues":[{"id":"SNYK-CC-K8S-6","publicId":"SNYK-CC-K8S-6","title":"Runs as root","severity":"medium","lineNumber":4,
            "path":["spec","containers"],"iacDescription":{"issue":"i","impact":"m","resolve":"r"}},{"id":"SNYK-CC-K8S-7","title":"x","severity":"low","isIgnored":true}],"targetFile":"k8s/web.yaml","ok":false}"#;
        check(
            "snyk",
            report,
            recorded::full,
            &[
                "infrastructure Snyk Infrastructure as Code medium SNYK-CC-K8S-6 (Runs as root) in k8s/web.yaml:4: i",
                "infrastructure Snyk Infrastructure as Code low SNYK-CC-K8S-7 (x) in k8s/web.yaml:0: x",
                "scan Snyk Infrastructure as Code",
            ],
        );
        check("snyk", report, recorded::skipped, &["kept", "suppressed", "scan Snyk Infrastructure as Code"]);
    }

    #[test]
    fn results_by_package_are_read() {
        let report = format!(
            r#"{{"result":{{"issuesData":{{"SNYK-JS-A-1":{VULNERABILITY}}},"affectedPkgs":{{"a@1":{{"pkg":{{"name":"a","version":"1"}},"issues":{{"SNYK-JS-A-1":{{"issueId":"SNYK-JS-A-1"}}}}}},
            "a@2":{{"pkg":{{"name":"a","version":"2"}},"issues":{{"SNYK-JS-A-1":{{"issueId":"SNYK-JS-A-1"}}}}}}}}}},"meta":{{}}}}"#
        );
        check(
            "snyk",
            &report,
            recorded::place,
            &["dependency pkg:npm/a@1 :0 app", "dependency pkg:npm/a@2 :0 app", "scan Snyk Open Source"],
        );
    }

    #[test]
    fn a_failure_is_no_clean_scan() {
        check(
            "snyk",
            r#"{"ok":false,"error":"Could not detect package manager","path":"/x"}"#,
            recorded::place,
            &["problem Snyk failed: Could not detect package manager", "scan Snyk Open Source failed"],
        );
    }
}
