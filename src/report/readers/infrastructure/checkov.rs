//! Checkov's JSON: one object, or a list of objects by framework.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::finding::{
    Advisory, Anchors, Cvss, ExclusionReason, Finding, FindingKind, Package, Rule, Subject,
};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{advisory, purl, words};
use crate::report::sink::Sink;

/// The format. Passed checks are no findings; skipped ones are suppressed.
pub(crate) const FORMAT: Format = Format {
    name: "checkov",
    scanners: "Checkov",
    recognised: "a JSON object or list of objects with `check_type` and `results`, or with `checkov_version`",
    kinds: &[
        FindingKind::Infrastructure,
        FindingKind::Secret,
        FindingKind::Dependency,
        FindingKind::Container,
    ],
    recognise: |outline| {
        matches!(outline.shape, ReportShape::Object | ReportShape::List)
            && (outline.has("check_type") && outline.has("results")
                || outline.has("checkov_version") && outline.has("passed"))
    },
    read,
};

objects! { "snake_case"
    struct CheckovRecord {
        check_id: LenientText<'a>,
        bc_check_id: LenientText<'a>,
        check_name: LenientText<'a>,
        short_description: LenientText<'a>,
        description: LenientText<'a>,
        /// Line numbers and lines, in pairs.
        code_block: LenientList<LenientList<LenientText<'a>>>,
        file_path: LenientText<'a>,
        repo_file_path: LenientText<'a>,
        /// First and last line.
        file_line_range: LenientList<Number>,
        resource: LenientText<'a>,
        severity: LenientText<'a>,
        guideline: LenientText<'a>,
        vulnerability_details: Maybe<CheckovVulnerability<'a>>,
    }

    struct CheckovVulnerability {
        id: LenientText<'a>,
        cvss: Number,
        vector: LenientText<'a>,
        package_name: LenientText<'a>,
        package_version: LenientText<'a>,
        package_type: LenientText<'a>,
        license: LenientText<'a>,
        link: LenientText<'a>,
        lowest_fixed_version: LenientText<'a>,
        fixed_versions: LenientList<LenientText<'a>>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "Checkov", |json, tool| json.each_element(|json| framework(tool, json)))
}

/// Reads the results of one framework's checks. What Checkov writes if it had nothing to check has no place for
/// results.
fn framework(tool: &mut ToolScan<'_>, json: &mut Json<'_>) -> Result<(), Problem> {
    let mut framework = String::new();
    let (mut counted, mut listed) = (String::new(), 0);
    json.each_entry(|json, key| match key {
        "check_type" => {
            framework = json.word()?;
            Ok(())
        }
        "checkov_version" => tool.version(json),
        // if no framework had anything to check, this is a number
        "parsing_errors" => {
            let files = json.word()?;
            if !matches!(files.as_str(), "" | "0") {
                let plural = if files.as_str() == "1" { "" } else { "s" };
                tool.failed(&format!("{files} file{plural}"), "cannot be parsed");
            }
            Ok(())
        }
        "failed" => {
            counted = json.word()?;
            Ok(())
        }
        "summary" => json.each_entry(|json, key| match key {
            "checkov_version" => tool.version(json),
            "failed" => {
                counted = json.word()?;
                Ok(())
            }
            _ => Ok(()),
        }),
        "results" => json.each_entry(|json, key| match key {
            "failed_checks" | "skipped_checks" => {
                let skipped = (key == "skipped_checks").then_some(ExclusionReason::Suppressed);
                tool.results::<CheckovRecord<'_>>(json, |tool, record, sink| {
                    listed += 1;
                    sink.finding(finding(tool, &framework, record, skipped));
                })
            }
            "parsing_errors" => json.each_element(|json| {
                let file = json.word()?;
                tool.failed(&file, "cannot be parsed");
                Ok(())
            }),
            _ => Ok(()),
        }),
        _ => Ok(()),
    })?;
    if listed == 0 && !matches!(&*counted, "" | "0") {
        tool.failed("", &format!("the report lists no failed checks, but its summary counts {counted}"));
    }
    Ok(())
}

fn finding<'r>(
    tool: &mut ToolScan<'_>,
    framework: &str,
    record: &'r CheckovRecord<'r>,
    skipped: Option<ExclusionReason>,
) -> Finding<'r> {
    let details = record.vulnerability_details.get().filter(|_| framework.starts_with("sca_"));
    let name = record.short_description.some().unwrap_or(&record.check_name);
    let rule = tool.rule(&id(record, details), || Rule {
        name: name.to_owned(),
        description: record.description.some().unwrap_or(&record.check_name).into(),
        help_uri: details
            .and_then(|details| details.link.owned())
            .or_else(|| record.guideline.owned())
            .filter(|uri| uri.starts_with("http")),
        tags: record.bc_check_id.owned().into_iter().collect(),
        ..Rule::default()
    });
    let score = details.and_then(|details| details.cvss.0).filter(|score| *score > 0.0);
    // without the vendor's account there is no severity, and its SARIF calls every failure an error
    let severity = words::severity(&record.severity).or(score.map(Severity::of_score));
    // its SARIF gives line 1 for the file as a whole
    let line = |at: usize| record.file_line_range.0.get(at).map_or(1, |line| line.position().max(1));
    let file = record.repo_file_path.some().unwrap_or(&record.file_path);
    let mut location = tool::place(file.trim_start_matches('/'), line(0), line(1), 0);
    location.logical = record.resource.some().map(Cow::Borrowed);
    let block: String =
        record.code_block.iter().filter_map(|line| line.0.get(1)).map(|text| &**text).collect();
    let first = record.code_block.0.first().and_then(|line| line.0.first()?.parse().ok());
    let mut finding = tool.finding(Hit {
        message: Cow::Borrowed(name),
        snippet: Some((Cow::Owned(block.clone()), first.unwrap_or_else(|| line(0)))),
        // all the lines, as in its SARIF
        anchors: Anchors { stable: None, text: Some(Cow::Owned(block)), ..Anchors::default() },
        skipped,
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::High), location)
    });
    if let Some((advisory, package)) = details.and_then(|details| dependency(details, file)) {
        finding.kind =
            if framework == "sca_image" { FindingKind::Container } else { FindingKind::Dependency };
        finding.subject = Subject::Advisory(Arc::new(advisory), package);
        (finding.location.line, finding.location.end_line) = (0, 0);
    }
    finding
}

/// The rule's id as in its SARIF: a vulnerable or badly licensed package is a separate rule.
fn id<'r>(record: &'r CheckovRecord<'r>, details: Option<&CheckovVulnerability<'_>>) -> Cow<'r, str> {
    let Some(details) = details else { return Cow::Borrowed(&record.check_id) };
    let what = if record.check_id.starts_with("BC_LIC") { &details.license } else { &details.id };
    let id = format!("{}_{}@{}", &**what, &*details.package_name, &*details.package_version);
    Cow::Owned(id.replace(' ', "_"))
}

/// The advisory and the package; `None`: it is about a licence.
fn dependency<'r>(details: &'r CheckovVulnerability<'r>, file: &str) -> Option<(Advisory, Package<'r>)> {
    let id = advisory::id(&details.id)?;
    let cvss = details.cvss.0.filter(|score| *score > 0.0);
    let cvss = cvss.map(|score| Cvss { score, vector: details.vector.owned() });
    let known = [purl::ecosystem(&details.package_type), purl::ecosystem_of_manifest(file)];
    let ecosystem = known.into_iter().find(|known| !known.is_empty()).unwrap_or_default();
    let (name, version) = (&*details.package_name, &*details.package_version);
    let lowest = details
        .lowest_fixed_version
        .some()
        .filter(|version| version.starts_with(|c: char| c.is_ascii_digit()));
    let fixed: Vec<&str> = match lowest {
        Some(lowest) => vec![lowest],
        None => details.fixed_versions.iter().filter_map(|version| version.some()).collect(),
    };
    let package = Package {
        purl: purl::of(ecosystem, name, version).into(),
        name: name.into(),
        version: version.into(),
        fixed: fixed.into_iter().map(Cow::Borrowed).collect(),
        ..Package::default()
    };
    Some((Advisory { id: id.to_owned(), cvss, ..Advisory::default() }, package))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    fn check(report: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        recorded::check("checkov", report, show, expected);
    }

    const RECORD: &str = r#"{"check_id":"CKV_K8S_9","bc_check_id":"BC_1","check_name":"Probe configured","check_result":{"result":"FAILED"},
        "code_block":[[4,"kind: Pod\n"],[5,"x: 1\n"]],"file_path":"/pod.yaml","repo_file_path":"/k8s/pod.yaml",
        "file_line_range":[4,5],"resource":"Pod.default.shop","severity":null,"guideline":"https://g"}"#;

    fn object(kind: &str, results: &str) -> String {
        format!(r#"{{"check_type":"{kind}","results":{{{results}}},"summary":{{"checkov_version":"3.1"}}}}"#)
    }

    #[test]
    fn counts_without_checks_are_no_clean_scan() {
        let counted = |failed: &str| {
            format!(
                r#"{{"passed":0,"failed":{failed},"skipped":0,"parsing_errors":0,"resource_count":0,"checkov_version":"3"}}"#
            )
        };
        let recorded = recorded::lines_of(&counted("5"), recorded::lines);
        assert_eq!(
            recorded[0],
            "problem Checkov did not scan everything: the report lists no failed checks, but its summary counts 5"
        );
        assert_eq!(recorded::lines_of(&counted("0"), recorded::lines), ["scan Checkov 3 without results"]);
        let listed = r#"{"check_type":"terraform","results":{"failed_checks":5},"summary":{"failed":5}}"#;
        assert!(
            recorded::lines_of(listed, recorded::lines)[0].starts_with("problem is not a list"),
            "{listed}"
        );
    }

    #[test]
    fn a_failed_check_is_a_finding() {
        let report = object(
            "kubernetes",
            &format!(
                r#""passed_checks":[{RECORD}],"failed_checks":[{RECORD}],"skipped_checks":[{RECORD}],"parsing_errors":[]"#
            ),
        );
        let at = "infrastructure CKV_K8S_9 high k8s/pod.yaml:4-5:0 in Pod.default.shop";
        check(&report, lines, &[at, &format!("{at}, suppressed"), "scan Checkov 3.1"]);
        let report = object("kubernetes", &format!(r#""failed_checks":[{RECORD}]"#));
        check(
            &report,
            words,
            &[
                r#"Probe configured | Some("kind: Pod\nx: 1\n") at 4 | None Some("kind: Pod\nx: 1\n")"#,
                "scan Checkov 3.1",
            ],
        );
        check(
            &report,
            rule,
            &[
                r#"CKV_K8S_9 | Probe configured | Probe configured | None | Some("https://g") | [] [] ["BC_1"]"#,
                "scan Checkov 3.1",
            ],
        );
    }

    #[test]
    fn frameworks_make_one_scan() {
        let terraform = r#""failed_checks":[{"check_id":"CKV_AWS_1","file_path":"/a.tf","file_line_range":[0,0],"severity":"LOW"}]"#;
        let failed = format!(r#""failed_checks":[{RECORD}],"parsing_errors":["/x.tf"]"#);
        check(
            &format!("[{},{}]", object("terraform", terraform), object("kubernetes", &failed)),
            lines,
            &[
                "infrastructure CKV_AWS_1 low a.tf:1-1:0",
                "infrastructure CKV_K8S_9 high k8s/pod.yaml:4-5:0 in Pod.default.shop",
                "problem Checkov did not scan everything: /x.tf: cannot be parsed",
                "scan Checkov 3.1 failed",
            ],
        );
    }

    #[test]
    fn nothing_to_check_is_no_clean_scan() {
        check(
            r#"{"passed":0,"failed":0,"skipped":0,"parsing_errors":0,"resource_count":0,"checkov_version":"3.2"}"#,
            lines,
            &["scan Checkov 3.2 without results"],
        );
        check(
            r#"{"passed":0,"failed":0,"skipped":0,"parsing_errors":3,"resource_count":0,"checkov_version":"3.2"}"#,
            lines,
            &[
                "problem Checkov did not scan everything: 3 files: cannot be parsed",
                "scan Checkov 3.2 failed without results",
            ],
        );
    }

    #[test]
    fn a_key_stays_where_it_is() {
        let secret = r#""failed_checks":[{"check_id":"CKV_SECRET_6","check_name":"Base64 High Entropy String","file_path":"/a.env",
            "file_line_range":[2,3],"code_block":[[2,"KEY=hunter2\n"]],"severity":"LOW"}]"#;
        let report = object("secrets", secret);
        check(&report, words, &["Base64 High Entropy String | None at 0 | None None", "scan Checkov 3.1"]);
    }

    #[test]
    fn packages_are_advisories() {
        let subject: fn(&Finding<'_>) -> String = |finding| match &finding.subject {
            Subject::Advisory(advisory, package) => format!(
                "{} {} {} {} {:?} {:?} {}",
                finding.kind,
                finding.severity,
                advisory.id,
                package.purl,
                package.fixed,
                advisory.cvss,
                finding.location.path
            ),
            Subject::Rule => format!("{} {}", finding.kind, finding.rule.id),
        };
        let package = r#""failed_checks":[{"check_id":"CKV_CVE_2019_19844","check_name":"SCA package scan","file_path":"/requirements.txt",
            "file_line_range":[0,0],"severity":"CRITICAL","vulnerability_details":{"id":"CVE-2019-19844","cvss":9.8,"vector":"CVSS:3.1/x",
            "package_name":"Django","package_version":"1.2","package_type":"python","lowest_fixed_version":"1.11.27","fixed_versions":["1.11.27","2.2.9"]}},
            {"check_id":"BC_LIC_1","file_path":"/requirements.txt","vulnerability_details":{"license":"GPL 3.0","package_name":"a","package_version":"1"}}]"#;
        check(
            &object("sca_package", package),
            subject,
            &[
                r#"dependency critical CVE-2019-19844 pkg:pypi/django@1.2 ["1.11.27"] Some(Cvss { score: 9.8, vector: Some("CVSS:3.1/x") }) requirements.txt"#,
                "infrastructure GPL_3.0_a@1",
                "scan Checkov 3.1",
            ],
        );
    }
}
