//! The first-generation answer of the registry: advisories by id, each with what is installed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::finding::Help;
use crate::model::scan::Problem;
use crate::report::detect::outline::Outline;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory, starts};
use crate::report::shared::{flaw, graph};
use crate::report::sink::Sink;

use crate::report::readers::dependency::npm::{NpmCvss, cwe, names, score};

objects! { "snake_case"
    /// An advisory of the registry
    struct NpmRegistryAdvisory {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        title: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        module_name: LenientText<'a>,
        cves: LenientList<LenientText<'a>>,
        #[serde(deserialize_with = "name")]
        patched_versions: LenientText<'a>,
        overview: LenientText<'a>,
        recommendation: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        severity: LenientText<'a>,
        cwe: LenientList<LenientText<'a>>,
        cvss: Maybe<NpmCvss<'a>>,
        #[serde(deserialize_with = "name")]
        github_advisory_id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        url: LenientText<'a>,
        deleted: LenientText<'a>,
        findings: LenientList<Maybe<Installed<'a>>>,
    }

    /// One installed version
    struct Installed {
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
        paths: LenientList<LenientText<'a>>,
    }
}

/// Whether a report looks like the complete answer.
pub(crate) fn is_answer(outline: &Outline) -> bool {
    outline.has("actions") && (outline.has("advisories") || outline.head.contains("\"resolves\""))
}

/// Reads the advisories of an answer.
pub(crate) fn read(audit: &Audit, source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut listed = false;
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| {
        if key != "advisories" {
            return Ok(());
        }
        listed = json.peek()? == Some(b'{');
        json.each_entry(|json, _| {
            json.object::<NpmRegistryAdvisory<'_>>("advisory", |advisory, sink| {
                emit(audit, advisory, &mut BTreeSet::new(), sink);
            })
        })
    });
    // an answer without a place for advisories is not an answer
    sink.scan(audit.scan(source, (!listed).then_some(false)));
    end
}

/// Reports a finding for each installed version that `seen` does not have yet with this advisory.
pub(crate) fn emit(
    audit: &Audit,
    advisory: &NpmRegistryAdvisory<'_>,
    seen: &mut BTreeSet<(String, String)>,
    sink: &mut dyn Sink,
) {
    let nowhere = Installed::default();
    let mut installed: Vec<&Installed<'_>> = advisory.findings.objects().collect();
    if installed.is_empty() {
        installed.push(&nowhere);
    }
    let shared = audit.shared(AuditAdvisory {
        names: names(&advisory.github_advisory_id, &advisory.url, &advisory.cves, &advisory.id),
        title: &advisory.title,
        description: &advisory.overview,
        is_markdown: true,
        help: advisory.recommendation.owned().map_or(Help::None, |text| Help::Markdown(text.into())),
        url: advisory.url.owned(),
        cwe: cwe(&advisory.cwe),
        severity: &advisory.severity,
        cvss: score(&advisory.cvss),
        withdrawn: advisory.deleted.some().is_some(),
        ..AuditAdvisory::default()
    });
    let fixed: Vec<_> = starts(&advisory.patched_versions).take(flaw::MOST_FIXED).collect();
    for one in installed {
        if seen.insert((advisory.id.to_string(), one.version.to_string())) {
            let mut place = audit.place(&advisory.module_name, &one.version);
            place.package.fixed.clone_from(&fixed);
            // a range that no version matches
            place.package.unfixed = &*advisory.patched_versions == "<0.0.0";
            let paths = || one.paths.iter().map(|path| steps(path).collect::<Vec<_>>());
            place.package.path = paths().find(|path| !path.is_empty()).unwrap_or_default();
            place.package.introduced_by = graph::introduced_by(paths());
            sink.finding(shared.finding(&audit.scanner, place));
        }
    }
}

/// `.>webpack>ssri`: the project itself, a direct dependency, and so on. The registry gets the names of private packages
/// as hashes.
fn steps(path: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let is_hash = |step: &str| step.len() == 64 && step.bytes().all(|byte| byte.is_ascii_hexdigit());
    path.split('>').filter(move |step| !matches!(*step, "." | "") && !is_hash(step)).map(Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use crate::model::finding::Subject;
    use crate::report::readers::dependency::npm::{NPM, PNPM};
    use crate::report::shared::recorded::{self, check_lines};

    const ADVISORY: &str = r#"{"id":12,"title":"Bad merge","module_name":"left","cves":["CVE-2020-1"],
        "patched_versions":">=1.2.3","overview":"It merges.","severity":"moderate","cwe":"CWE-79",
        "url":"https://npm.example/advisories/12","findings":[{"version":"1.0.0","paths":[".>a>left","b>left"]},
        {"version":"1.0.0","paths":["c>left"]},{"version":"1.1.0","paths":[]}]}"#;

    #[test]
    fn advisories_are_told_a_version() {
        let found = [
            "dependency medium CVE-2020-1 pkg:npm/left@1.0.0 fixed 1.2.3 via a>left at package-lock.json",
            "dependency medium CVE-2020-1 pkg:npm/left@1.1.0 fixed 1.2.3 at package-lock.json",
            "scan npm audit",
        ];
        check_lines(
            &NPM,
            &format!(r#"{{"actions":[],"advisories":{{"12":{ADVISORY}}},"metadata":{{}},"runId":"x"}}"#),
            &found,
        );
        check_lines(
            &PNPM,
            r#"{"advisories":{"7":{"id":7,"module_name":"left","github_advisory_id":"GHSA-aaaa-bbbb-cccc",
                "cvss":{"score":9.8,"vectorString":"CVSS:3.1/AV:N"},"severity":"high","deleted":"2020-01-01"},"8":3},"metadata":{}}"#,
            &[
                "dependency high GHSA-aaaa-bbbb-cccc pkg:npm/left withdrawn at pnpm-lock.yaml",
                "problem is not an advisory and was skipped",
                "scan pnpm audit",
            ],
        );
        check_lines(
            &NPM,
            r#"{"actions":[],"advisories":{"1":{"id":1,"module_name":"l","findings":null}},"muted":[]}"#,
            &["dependency medium npm-advisory-1 pkg:npm/l at yarn.lock", "scan yarn audit"],
        );
    }

    #[test]
    fn what_brings_a_package_in_is_on_every_path() {
        let check = |paths: &str, expected: &str, path: &str| {
            let report = format!(
                r#"{{"actions":[],"advisories":{{"1":{{"id":1,"module_name":"m","findings":[{{"version":"1","paths":[{paths}]}}]}}}}}}"#
            );
            let recorded = recorded::lines_of(&report, |finding| {
                let Subject::Advisory(_, package) = &finding.subject else { panic!() };
                format!("{} {}", package.path.join(">"), recorded::introducers(finding))
            });
            assert_eq!(recorded[0], format!("{path} {expected}"), "{paths}");
        };
        check(r#""body-parser>debug","morgan>debug""#, "by body-parser, morgan", "body-parser>debug");
        // it is a direct dependency as well
        check(r#""body-parser>debug","debug""#, "", "body-parser>debug");
        let hash = "c748e76b6a1b63450590f72e14f9b53ad357bc64632ff0bda73d00799c4a0a91";
        check(&format!(r#""{hash}>mime","express>mime""#), "", "mime");
        check("", "", "");
    }

    #[test]
    fn pnpm_is_told_from_yarn() {
        let check = |report: &str, expected: &[&str]| check_lines(&NPM, report, expected);
        let clean = |number: &str| {
            format!(
                r#"{{"actions":[],"advisories":{{}},"muted":[],"metadata":{{"devDependencies":{number}}}}}"#
            )
        };
        check(&clean(" 0"), &["scan pnpm audit"]);
        check(&clean("0"), &["scan yarn audit"]);
        check(&clean(" 121"), &["scan yarn audit"]);
        let found = |path: &str| {
            format!(
                r#"{{"actions":[],"advisories":{{"1":{{"id":1,"module_name":"l","findings":[{{"version":"1","paths":["{path}"]}}]}}}}}}"#
            )
        };
        check(
            &found(".>a>l"),
            &["dependency medium npm-advisory-1 pkg:npm/l@1 via a>l at pnpm-lock.yaml", "scan pnpm audit"],
        );
        check(
            &found("a>l"),
            &["dependency medium npm-advisory-1 pkg:npm/l@1 via a>l at yarn.lock", "scan yarn audit"],
        );
    }
}
