//! Yarn's audits: one JSON object per line.

use std::collections::BTreeSet;

use crate::model::finding::Package;
use crate::model::scan::{NotFinding, Problem};
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory, endless, ends};
use crate::report::shared::{flaw, graph, words};
use crate::report::sink::Sink;

use crate::report::readers::dependency::npm::registry::{self, NpmRegistryAdvisory};
use crate::report::readers::dependency::npm::{audit_failed, names};

objects! { "snake_case"
    /// A line of either generation
    struct NpmLinesLine {
        r#type: LenientText<'a>,
        /// Yarn 2 and later number what they say
        #[serde(rename = "displayName")]
        number: LenientText<'a>,
        data: NpmLinesData<'a>,
        /// Yarn 4: the package
        value: LenientText<'a>,
        children: Maybe<Children<'a>>,
    }

    /// What Yarn 1 says about an advisory, once for each way to the package
    struct NpmLinesFound {
        advisory: Maybe<NpmRegistryAdvisory<'a>>,
    }

    /// What Yarn 4 says about an advisory, or of a deprecated package
    struct Children {
        #[serde(rename = "ID")]
        id: LenientText<'a>,
        #[serde(rename = "Issue")]
        issue: LenientText<'a>,
        #[serde(rename = "URL")]
        url: LenientText<'a>,
        #[serde(rename = "Severity")]
        severity: LenientText<'a>,
        #[serde(rename = "Vulnerable Versions")]
        vulnerable_versions: LenientText<'a>,
        #[serde(rename = "Tree Versions")]
        tree_versions: LenientList<LenientText<'a>>,
        #[serde(rename = "Dependents")]
        dependents: LenientList<LenientText<'a>>,
    }
}

/// Yarn 1 writes an object for an advisory, and a string for an error.
#[derive(Debug, serde::Deserialize)]
#[serde(untagged, bound(deserialize = "'de: 'a"))]
pub(crate) enum NpmLinesData<'a> {
    Found(Box<NpmLinesFound<'a>>),
    Said(LenientText<'a>),
}

impl Default for NpmLinesData<'_> {
    fn default() -> Self {
        NpmLinesData::Said(LenientText::default())
    }
}

/// Whether the first line was written by Yarn.
pub(crate) fn recognise(outline: &Outline) -> bool {
    let first = || {
        let kinds = ["auditAdvisory", "auditAction", "auditSummary"];
        let kind = outline.value("type").unwrap_or_default();
        let recorded = kinds.iter().any(|kind| outline.head.contains(kind));
        outline.has("data") && (recorded || matches!(kind, "error" | "warning" | "info"))
    };
    let fourth =
        || outline.has("value") && outline.has("children") && outline.head.contains("\"Tree Versions\"");
    outline.shape == ReportShape::Object && (first() || fourth())
}

/// What has been seen so far.
#[derive(Default)]
struct NpmLinesLines {
    /// Advisories with versions: Yarn 1 repeats them for each path to the package.
    seen: BTreeSet<(String, String)>,
    /// Yarn 1: whether there were lines of its own kind, and its last one.
    first_generation: bool,
    summary: bool,
    failed: bool,
}

/// Reads all lines. Yarn 1 ends with a summary: without it, the audit was cut off.
pub(crate) fn read(audit: &Audit, source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut lines = NpmLinesLines::default();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_message(|json| match json.peek()? {
        Some(b'{') => {
            json.fitting::<NpmLinesLine<'_>>("advisory", |line, sink| lines.line(audit, source, line, sink))
        }
        _ => Ok(()),
    });
    let cut = lines.first_generation && !lines.summary;
    sink.scan(audit.scan(source, (lines.failed || cut).then_some(false)));
    end
}

impl NpmLinesLines {
    /// Processes a line; false: it should be an advisory, and is not.
    fn line(
        &mut self,
        audit: &Audit,
        source: &ReportSource,
        line: &NpmLinesLine<'_>,
        sink: &mut dyn Sink,
    ) -> bool {
        self.first_generation |= !line.r#type.is_empty() && line.number.is_empty();
        match (&*line.r#type, &line.data) {
            ("auditAdvisory", data) => {
                let NpmLinesData::Found(found) = data else { return false };
                let Some(advisory) = found.advisory.get() else { return false };
                registry::emit(audit, advisory, &mut self.seen, sink);
            }
            ("auditSummary", _) => self.summary = true,
            ("error", data) => {
                self.failed = true;
                let said = if let NpmLinesData::Said(said) = data { said } else { "" };
                sink.problem(audit_failed(source, &audit.scanner, said));
            }
            _ if line.value.is_empty() => {}
            _ => match line.children.get() {
                Some(children) => emit(audit, &line.value, children, sink),
                None => return false,
            },
        }
        true
    }
}

/// Reports a finding for each installed version.
fn emit(audit: &Audit, package: &str, children: &Children<'_>, sink: &mut dyn Sink) {
    let unknown = LenientText::default();
    let numbered = children.id.bytes().all(|byte| byte.is_ascii_digit());
    // `glob (deprecation)`
    if !numbered && children.id.ends_with("(deprecation)") {
        return sink.not_findings(NotFinding::Deprecation, 1);
    }
    let names = match numbered {
        true => names("", &children.url, &LenientList::default(), &children.id),
        false => vec![children.id.to_string()],
    };
    let shared = audit.shared(AuditAdvisory {
        names,
        title: &children.issue,
        url: children.url.owned(),
        severity: &children.severity,
        ..AuditAdvisory::default()
    });
    let mut fixed = if numbered { ends(&children.vulnerable_versions) } else { Vec::new() };
    fixed.truncate(flaw::MOST_FIXED);
    // a workspace is the project itself
    let is_own = |way: &str| way.contains("@workspace:");
    let paths = children.dependents.iter().map(|way| {
        let before = Some(words::name(dependent(way))).filter(|_| !is_own(way));
        before.into_iter().chain([words::name(package)])
    });
    let path: Vec<_> = paths.clone().next().into_iter().flatten().collect();
    let introduced_by = graph::introduced_by(paths);
    let unfixed = numbered && endless(&children.vulnerable_versions);
    let versions = children.tree_versions.iter();
    for version in versions.chain(Some(&unknown).filter(|_| children.tree_versions.0.is_empty())) {
        let mut place = audit.place(package, version);
        place.package = Package {
            fixed: fixed.clone(),
            path: path.clone(),
            unfixed,
            introduced_by: introduced_by.clone(),
            ..place.package
        };
        sink.finding(shared.finding(&audit.scanner, place));
    }
}

/// The name in `@a/b@npm:1.0.0` and `c@virtual:…#npm:1.0.0`.
fn dependent(text: &str) -> &str {
    match text.char_indices().skip(1).find(|(_, c)| *c == '@') {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use crate::report::readers::dependency::npm::YARN;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn the_first_generation_repeats_itself() {
        let line = |id: u32, way: &str| {
            format!(
                r#"{{"type":"auditAdvisory","data":{{"resolution":{{"path":"{way}"}},"advisory":{{"id":{id},"module_name":"m",
                "findings":[{{"version":"1","paths":["a>m","b>m"]}},{{"version":"2","paths":["c>m"]}}],
                "severity":"critical","patched_versions":">=3","cves":["CVE-2021-{id}"]}}}}}}"#
            )
        };
        let found = |id: u32| {
            [
                format!("dependency critical CVE-2021-{id} pkg:npm/m@1 fixed 3 via a>m at yarn.lock"),
                format!("dependency critical CVE-2021-{id} pkg:npm/m@2 fixed 3 via c>m at yarn.lock"),
            ]
        };
        let (one, two) = (found(1), found(2));
        let lines = [line(1, "a>m"), line(1, "b>m"), line(2, "a>m")].join("\n");
        let recorded = [&*one[0], &*one[1], &*two[0], &*two[1]];
        check_lines(
            &YARN,
            &format!("{lines}\n{}", r#"{"type":"auditSummary","data":{}}"#),
            &[&recorded[..], &["scan yarn audit"]].concat(),
        );
        check_lines(&YARN, &lines, &[&recorded[..], &["scan yarn audit failed"]].concat());
        check_lines(
            &YARN,
            r#"{"type":"error","data":"Received invalid response"}"#,
            &["problem yarn audit failed: Received invalid response", "scan yarn audit failed"],
        );
    }

    #[test]
    fn the_members_of_a_line_come_in_any_order() {
        check_lines(
            &YARN,
            r#"{"data":{"advisory":{"findings":[{"version":"1"}],"id":1,"module_name":"m"}},"type":"auditAdvisory"}
            {"data":{},"type":"auditAdvisory"}
            {"data":"no","type":"error"}
            {"children":{"ID":9,"Severity":"low","Tree Versions":["4"]},"value":"t"}
            {"children":7,"value":"t"}
            {"data":{},"type":"auditSummary"}"#,
            &[
                "dependency medium npm-advisory-1 pkg:npm/m@1 at yarn.lock",
                "problem is not an advisory and was skipped",
                "problem yarn audit failed: no",
                "dependency low npm-advisory-9 pkg:npm/t@4 at yarn.lock",
                "problem is not an advisory and was skipped",
                "scan yarn audit failed",
            ],
        );
    }

    #[test]
    fn the_later_ones_end_without_a_summary() {
        let said = |kind: &str, text: &str| {
            format!(r#"{{"type":"{kind}","name":1,"displayName":"YN0001","indent":"","data":"{text}"}}"#)
        };
        check_lines(&YARN, &said("info", "No audit suggestions"), &["scan yarn audit"]);
        check_lines(
            &YARN,
            &said("error", "Bad response"),
            &["problem yarn audit failed: Bad response", "scan yarn audit failed"],
        );
    }

    #[test]
    fn the_fourth_tells_deprecations_which_are_counted() {
        check_lines(
            &YARN,
            r#"{"value":"t","children":{"ID":9,"Issue":"Bad","URL":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
                "Severity":"low","Vulnerable Versions":"<4.1.0","Tree Versions":["4.0"],"Dependents":["@x/app@virtual:0#npm:1"]}}
            {"value":"o","children":{"ID":"o (deprecation)","Issue":"Use p","Severity":"moderate","Tree Versions":["1"]}}"#,
            &[
                "dependency low GHSA-aaaa-bbbb-cccc pkg:npm/t@4.0 fixed 4.1.0 via @x/app>t at yarn.lock",
                "1 deprecation",
                "scan yarn audit",
            ],
        );
    }
}
