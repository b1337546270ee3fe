//! Yarn's audits: one JSON object a line.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::scan::Problem;
use crate::report::Sink;
use crate::report::audit::{Audit, Told, ends};
use crate::report::each::Json;
use crate::report::formats::{Outline, Shape};
use crate::report::lenient::{List, Maybe, Text, objects};
use crate::report::source::Source;

use super::registry::{self, Advisory};
use super::{audit_failed, names};

objects! { "snake_case"
    /// What Yarn 1 tells of an advisory, once for each way to the package
    struct Found {
        advisory: Maybe<Advisory<'a>>,
    }

    /// What Yarn 4 tells of an advisory, or of a deprecated package
    struct Children {
        #[serde(rename = "ID")]
        id: Text<'a>,
        #[serde(rename = "Issue")]
        issue: Text<'a>,
        #[serde(rename = "URL")]
        url: Text<'a>,
        #[serde(rename = "Severity")]
        severity: Text<'a>,
        #[serde(rename = "Vulnerable Versions")]
        vulnerable_versions: Text<'a>,
        #[serde(rename = "Tree Versions")]
        tree_versions: List<Text<'a>>,
        #[serde(rename = "Dependents")]
        dependents: List<Text<'a>>,
    }
}

/// Whether the first line is Yarn's.
pub(super) fn recognise(outline: &Outline) -> bool {
    let first = || {
        let kinds = ["auditAdvisory", "auditAction", "auditSummary"];
        let kind = outline.value("type").unwrap_or_default();
        let told = kinds.iter().any(|kind| outline.head.contains(kind));
        outline.has("data") && (told || matches!(kind, "error" | "warning" | "info"))
    };
    let fourth =
        || outline.has("value") && outline.has("children") && outline.head.contains("\"Tree Versions\"");
    outline.shape == Shape::Object && (first() || fourth())
}

/// What was seen so far.
#[derive(Default)]
struct Lines {
    /// Advisories with versions: Yarn 1 repeats them for each way to the package.
    seen: BTreeSet<(String, String)>,
    kind: String,
    value: String,
    /// Yarn 1: lines of its own kind, and its last one.
    first_generation: bool,
    summary: bool,
    failed: bool,
}

/// Reads all lines. Yarn 1 ends with a summary: without it the audit was cut off.
pub(super) fn read(audit: &Audit, source: &Source, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut lines = Lines::default();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_document(|json| {
        lines.kind.clear();
        lines.value.clear();
        json.each_entry(|json, key| lines.member(audit, source, json, key))
    });
    let cut = lines.first_generation && !lines.summary;
    sink.scan(audit.scan(source, (lines.failed || cut).then_some(false)));
    end
}

impl Lines {
    fn member(
        &mut self,
        audit: &Audit,
        source: &Source,
        json: &mut Json<'_>,
        key: &str,
    ) -> Result<(), Problem> {
        match key {
            "type" => {
                self.kind = json.word()?;
                self.first_generation = true;
                self.summary |= self.kind == "auditSummary";
            }
            "value" => self.value = json.word()?,
            "data" if self.kind == "auditAdvisory" => {
                return json.fitting::<Found<'_>>("advisory", |found, sink| {
                    let Some(advisory) = found.advisory.get() else { return false };
                    registry::tell(audit, advisory, &mut self.seen, sink);
                    true
                });
            }
            "data" if self.kind == "error" => {
                self.failed = true;
                let said = json.word()?;
                json.sink().problem(audit_failed(source, &audit.scanner, &said));
            }
            "children" => {
                return json.object::<Children<'_>>("advisory", |children, sink| {
                    tell(audit, &self.value, children, sink);
                });
            }
            _ => {}
        }
        Ok(())
    }
}

/// Tells a finding for each installed version.
fn tell(audit: &Audit, package: &str, children: &Children<'_>, sink: &mut dyn Sink) {
    let unknown = Text::default();
    let versions = children.tree_versions.iter();
    for version in versions.chain(Some(&unknown).filter(|_| children.tree_versions.0.is_empty())) {
        let numbered = children.id.bytes().all(|byte| byte.is_ascii_digit());
        // a deprecation has no number, but a name of its own
        let names = match numbered {
            true => names("", &children.url, &List::default(), &children.id),
            false => vec![children.id.to_string()],
        };
        let ways = children.dependents.iter().map(|way| Cow::Borrowed(dependent(way)));
        sink.finding(audit.finding(Told {
            names,
            title: &children.issue,
            url: children.url.owned(),
            severity: &children.severity,
            package,
            version,
            fixed: if numbered { ends(&children.vulnerable_versions) } else { Vec::new() },
            path: ways.take(1).chain([Cow::Borrowed(package)]).collect(),
            ..Told::default()
        }));
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
    use super::super::YARN;
    use crate::report::told::check_lines;

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
        let told = [&*one[0], &*one[1], &*two[0], &*two[1]];
        check_lines(
            &YARN,
            &format!("{lines}\n{}", r#"{"type":"auditSummary","data":{}}"#),
            &[&told[..], &["scan yarn audit"]].concat(),
        );
        check_lines(&YARN, &lines, &[&told[..], &["scan yarn audit failed"]].concat());
        check_lines(
            &YARN,
            r#"{"type":"error","data":"Received invalid response"}"#,
            &["problem yarn audit failed: Received invalid response", "scan yarn audit failed"],
        );
    }

    #[test]
    fn the_fourth_tells_deprecations_too() {
        check_lines(
            &YARN,
            r#"{"value":"t","children":{"ID":9,"Issue":"Bad","URL":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
                "Severity":"low","Vulnerable Versions":"<4.1.0","Tree Versions":["4.0"],"Dependents":["@x/app@virtual:0#npm:1"]}}
            {"value":"o","children":{"ID":"o (deprecation)","Issue":"Use p","Severity":"moderate","Tree Versions":["1"]}}"#,
            &[
                "dependency low GHSA-aaaa-bbbb-cccc pkg:npm/t@4.0 fixed 4.1.0 via @x/app>t at yarn.lock",
                "dependency medium o (deprecation) pkg:npm/o@1 via o at yarn.lock",
                "scan yarn audit",
            ],
        );
    }
}
