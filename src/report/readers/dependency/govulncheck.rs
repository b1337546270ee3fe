//! `govulncheck -json`: messages one after another, advisories before the findings that name them.
//!
//! A module is reported once per advisory, for the closest match: a call, an import, or only the requirement. How close
//! it is determines the severity, as in govulncheck's own SARIF.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use crate::model::finding::{FindingKind, FlowStep, Location};
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory};
use crate::report::shared::{advisory, graph, path};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "govulncheck",
    scanners: "govulncheck (`-json` or `-format json`)",
    recognised: "consecutive JSON objects, or a list of them, each with exactly one of `config`, \
                 `progress`, `SBOM`, `osv` and `finding`",
    kinds: &[FindingKind::Dependency],
    recognise,
    read,
};

/// The name of a member, whatever it contains.
const MESSAGE: &str = "message of govulncheck";

/// How much of an advisory's text is kept until its findings are read, in bytes.
const TEXT: usize = 4_000;

objects! { "snake_case"
    /// The first message
    struct GovulncheckConfig {
        scanner_version: LenientText<'a>,
        scan_level: LenientText<'a>,
    }

    /// What it does now
    struct GovulncheckSaid {
        message: LenientText<'a>,
    }

    /// An advisory in the form of OSV
    struct Osv {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        summary: LenientText<'a>,
        details: LenientText<'a>,
        aliases: LenientList<LenientText<'a>>,
        withdrawn: LenientText<'a>,
    }

    /// What was found: `trace` leads from the vulnerable symbol back to the own code
    struct GovulncheckFound {
        #[serde(deserialize_with = "name")]
        osv: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        fixed_version: LenientText<'a>,
        trace: LenientList<Maybe<GovulncheckFrame<'a>>>,
    }

    /// A step of the trace
    struct GovulncheckFrame {
        #[serde(deserialize_with = "name")]
        module: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
        package: LenientText<'a>,
        function: LenientText<'a>,
        receiver: LenientText<'a>,
        position: Maybe<Position<'a>>,
    }

    /// A place in a file
    struct Position {
        filename: LenientText<'a>,
        line: Number,
        column: Number,
    }
}

fn recognise(outline: &Outline) -> bool {
    let config = || outline.has("config") && outline.head.contains("\"protocol_version\"");
    let others = || outline.has("osv") || outline.has("finding") && outline.head.contains("\"trace\"");
    // a list of them is what `jq --slurp` makes
    let messages =
        matches!(outline.shape, ReportShape::Object | ReportShape::List) && outline.keys.len() == 1;
    messages && (config() || others())
}

/// An advisory, as an owned copy.
#[derive(Default)]
struct GovulncheckAdvice {
    aliases: Vec<String>,
    summary: String,
    details: String,
    withdrawn: bool,
}

/// How close the match is, closest last.
#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    #[default]
    Required,
    Imported,
    Called,
}

/// What is known about a module and an advisory.
#[derive(Default)]
struct Module {
    nearness: Nearness,
    fixed: String,
    modules: Vec<String>,
    flow: Vec<FlowStep<'static>>,
}

#[derive(Default)]
struct GovulncheckReader {
    version: String,
    level: String,
    /// For the scan that is being read.
    progress: GovulncheckProgress,
    /// Whether its configuration, with which each scan begins, has been read.
    configured: bool,
    /// Whether an earlier scan was not completed.
    broke_off: bool,
    advisories: HashMap<String, GovulncheckAdvice>,
    /// By advisory, module and version.
    modules: BTreeMap<(String, String, String), Module>,
}

/// How far the scan got: the stream has no explicit end.
#[derive(Default)]
struct GovulncheckProgress {
    /// It says that it fetches advisories; in that case, it also says when it checks the code against them.
    fetches: bool,
    checks: bool,
    /// Advisories have been read.
    advises: bool,
}

impl GovulncheckProgress {
    fn says(&mut self, message: &str) {
        self.fetches |= message.starts_with("Fetching");
        self.checks |= message.starts_with("Checking");
    }

    fn is_enough(&self) -> bool {
        if self.fetches { self.checks } else { self.checks || self.advises }
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let audit = Audit::new("govulncheck", "golang", "go.mod", source);
    let mut reader = GovulncheckReader::default();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_message(|json| {
        json.each_element(|json| json.each_entry(|json, key| reader.message(json, key, source)))
    });
    reader.emit(&audit, sink);
    let version = Some(reader.version.clone()).filter(|version| !version.is_empty());
    let failed = reader.broke_off || !reader.progress.is_enough() && end.is_ok();
    if failed {
        sink.problem(
            Problem::new(&source.name, "govulncheck ended before it had checked anything")
                .hint("see its output in the step's log"),
        );
    }
    sink.scan(Scan { version, ..audit.scan(source, failed.then_some(false)) });
    end
}

impl GovulncheckReader {
    fn message(&mut self, json: &mut Json<'_>, key: &str, source: &ReportSource) -> Result<(), Problem> {
        if key == "config" {
            if self.configured {
                self.broke_off |= !std::mem::take(&mut self.progress).is_enough();
            }
            self.configured = true;
        }
        match key {
            "config" => json.object::<GovulncheckConfig<'_>>(MESSAGE, |config, _| {
                self.version = config.scanner_version.to_string();
                self.level = config.scan_level.to_string();
            }),
            "progress" => {
                json.object::<GovulncheckSaid<'_>>(MESSAGE, |said, _| self.progress.says(&said.message))
            }
            "osv" => json.object::<Osv<'_>>(MESSAGE, |osv, _| {
                let advice = GovulncheckAdvice {
                    aliases: osv
                        .aliases
                        .iter()
                        .filter_map(LenientText::owned)
                        .take(advisory::MOST_NAMES)
                        .collect(),
                    summary: osv.summary.to_string(),
                    details: start(&osv.details).to_owned(),
                    withdrawn: osv.withdrawn.some().is_some(),
                };
                self.progress.advises = true;
                self.advisories.insert(osv.id.to_string(), advice);
            }),
            "finding" => json.fitting::<GovulncheckFound<'_>>(MESSAGE, |found, _| self.found(found, source)),
            _ => Ok(()),
        }
    }

    fn found(&mut self, found: &GovulncheckFound<'_>, source: &ReportSource) -> bool {
        let Some(first) = found.trace.objects().next() else { return false };
        let nearness = match (first.function.some(), first.package.some()) {
            (Some(_), _) => Nearness::Called,
            (None, Some(_)) => Nearness::Imported,
            (None, None) => Nearness::Required,
        };
        let key = (found.osv.to_string(), first.module.to_string(), first.version.to_string());
        let new = !self.modules.contains_key(&key);
        let module = self.modules.entry(key).or_default();
        if new || nearness > module.nearness {
            let frames: Vec<&GovulncheckFrame<'_>> = found.trace.objects().collect();
            module.nearness = nearness;
            module.fixed = bare(&found.fixed_version).to_owned();
            // the last one is the project's own module
            let modules = frames.iter().rev().map(|frame| frame.module.to_string());
            module.modules = modules.collect();
            module.modules.dedup();
            module.modules.truncate(graph::LONGEST_WAY + 1);
            let own = frames.last().map_or("", |frame| &*frame.module);
            let steps = frames.iter().rev().filter_map(|frame| step(frame, own, source));
            module.flow = FlowStep::ends(steps, graph::LONGEST_WAY);
        }
        true
    }

    fn emit(&self, audit: &Audit, sink: &mut dyn Sink) {
        let unknown = GovulncheckAdvice::default();
        for ((id, name, version), module) in &self.modules {
            let advice = self.advisories.get(id).unwrap_or(&unknown);
            // the standard library comes with no module
            let is_standard = matches!(name.as_str(), "stdlib" | "std");
            let way = if module.modules.len() > 1 && !is_standard { &module.modules[1..] } else { &[] };
            let mut finding = audit.finding(AuditAdvisory {
                names: [id].into_iter().chain(&advice.aliases).cloned().collect(),
                title: &advice.summary,
                description: &advice.details,
                is_markdown: true,
                url: Some(format!("https://pkg.go.dev/vuln/{id}")),
                severity: worth(module.nearness, &self.level),
                withdrawn: advice.withdrawn,
                package: name,
                version: bare(version),
                // it writes `Fixed in: N/A` in that case
                unfixed: true,
                fixed: Some(&*module.fixed)
                    .filter(|fixed| !fixed.is_empty())
                    .map(Cow::Borrowed)
                    .into_iter()
                    .collect(),
                path: way.iter().map(|module| Cow::Borrowed(&**module)).collect(),
                ..AuditAdvisory::default()
            });
            finding.detail.flow.clone_from(&module.flow);
            finding.detail.usage = Some(usage(module.nearness, &self.level).into());
            sink.finding(finding);
        }
    }
}

/// A closest match at the level that the scan checks is an error; anything less close is less severe.
fn worth(nearness: Nearness, level: &str) -> &'static str {
    match (level, nearness) {
        ("module", _) | (_, Nearness::Called) | ("package", Nearness::Imported) => "error",
        ("package", Nearness::Required) | (_, Nearness::Imported) => "warning",
        (_, Nearness::Required) => "note",
    }
}

/// How the code uses the module, in the words of govulncheck's other formats.
fn usage(nearness: Nearness, level: &str) -> &'static str {
    match (nearness, level) {
        (Nearness::Called, _) => "Your code calls vulnerable functions of this module.",
        (Nearness::Imported, "package") => "Your code imports a vulnerable package of this module.",
        (Nearness::Imported, _) => {
            "Your code imports a vulnerable package of this module, but doesn't appear to call any of the vulnerable symbols."
        }
        (Nearness::Required, "module") => "Your code depends on this vulnerable module.",
        (Nearness::Required, _) => {
            "Your code depends on this vulnerable module, but doesn't appear to call any of the vulnerable symbols."
        }
    }
}

/// Go versions without their `v`.
fn bare(version: &str) -> &str {
    version.strip_prefix('v').unwrap_or(version)
}

/// A step; `own` is the module of the project, whose files are in the repository.
fn step(frame: &GovulncheckFrame<'_>, own: &str, source: &ReportSource) -> Option<FlowStep<'static>> {
    let position = frame.position.get()?;
    let receiver = frame.receiver.some().map(|receiver| format!("{}.", receiver.trim_start_matches('*')));
    let inside = Location {
        path: path::of_path(Cow::Borrowed(&position.filename), source).into_owned().into(),
        line: position.line.position(),
        column: position.column.position(),
        ..Location::default()
    };
    let location = match *frame.module == *own {
        true => inside,
        false => Location {
            logical: Some(format!("{}: {}:{}", &*frame.module, &*position.filename, inside.line).into()),
            ..Location::default()
        },
    };
    let symbol = format!("{}.{}{}", &*frame.package, receiver.unwrap_or_default(), &*frame.function);
    Some(FlowStep::new(location, symbol.into()))
}

/// As much of a text as is kept.
fn start(text: &str) -> &str {
    let end = (0..=TEXT.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn a_scan_that_did_not_come_far_proves_nothing() {
        let check = |messages: &str, expected: &[&str]| {
            let config = r#"{"config":{"protocol_version":"v1.0.0","scanner_version":"v1"}}"#;
            check_lines(&FORMAT, &format!("{config}{messages}"), expected);
        };
        let failed =
            ["problem govulncheck ended before it had checked anything", "scan govulncheck v1 failed"];
        let fetching = r#"{"progress":{"message":"Fetching vulnerabilities from the database..."}}"#;
        let checking = r#"{"progress":{"message":"Checking the code against the vulnerabilities..."}}"#;
        let osv = r#"{"osv":{"id":"GO-2020-1"}}"#;
        check("", &failed);
        check(&format!("{fetching}{osv}"), &failed);
        check(osv, &["scan govulncheck v1"]);
        check(&format!("{fetching}{checking}"), &["scan govulncheck v1"]);
        // several scans in one file
        let config = r#"{"config":{"protocol_version":"v1.0.0","scanner_version":"v1"}}"#;
        check(&format!("{osv}{config}{osv}"), &["scan govulncheck v1"]);
        check(&format!("{osv}{config}"), &failed);
        check(&format!("{config}{osv}"), &failed);
        check(&format!("{checking}{config}{fetching}{osv}{config}{checking}"), &failed);
    }

    #[test]
    fn a_list_of_messages_is_one_report() {
        check_lines(
            &FORMAT,
            r#"[{"config":{"protocol_version":"v1.0.0","scanner_version":"v1"}},{"osv":{"id":"GO-2020-1"}},
            {"finding":{"osv":"GO-2020-1","trace":[{"module":"e.org/m","version":"v1.0.0"}]}}]"#,
            &["dependency low GO-2020-1 pkg:golang/e.org/m@1.0.0 at go.mod", "scan govulncheck v1"],
        );
    }

    #[test]
    fn a_module_is_told_once_an_advisory() {
        let config = |level: &str| {
            format!(
                r#"{{"config":{{"protocol_version":"v1.0.0","scanner_version":"v1.1","scan_level":"{level}"}}}}"#
            )
        };
        let messages = r#"{"progress":{"message":"…"}}
            {"osv":{"id":"GO-2020-1","aliases":["CVE-2020-1"],"summary":"Bad"}} {"osv":{"id":"GO-2020-2","withdrawn":"2021"}}
            {"finding":{"osv":"GO-2020-1","fixed_version":"v1.2.3","trace":[{"module":"e.org/m","version":"v1.0.0"}]}}
            {"finding":{"osv":"GO-2020-1","fixed_version":"v1.2.3","trace":[{"module":"e.org/m","version":"v1.0.0","package":"e.org/m/p","function":"F"},
                {"module":"e.org/way","version":"v2.0.0","package":"e.org/way","function":"G","receiver":"*T","position":{"filename":"a.go","line":3,"column":1}},
                {"module":"own","package":"own","function":"main","position":{"filename":"main.go","line":9}}]}}
            {"finding":{"osv":"GO-2020-2","trace":[{"module":"stdlib","version":"v1.20.0","package":"net/http"}]}}
            {"finding":{"osv":"GO-2020-2","trace":[{"module":"stdlib","version":"v1.20.0"}]}}
            {"finding":7}"#;
        let recorded = |first: &str, second: &str| {
            [
                "problem is not a message of govulncheck and was skipped".to_owned(),
                format!(
                    "dependency {first} GO-2020-1=CVE-2020-1 pkg:golang/e.org/m@1.0.0 fixed 1.2.3 via e.org/way>e.org/m at go.mod"
                ),
                format!("dependency {second} GO-2020-2 pkg:golang/stdlib@1.20.0 withdrawn at go.mod"),
                "scan govulncheck v1.1".to_owned(),
            ]
        };
        for (level, first, second) in
            [("symbol", "high", "medium"), ("package", "high", "high"), ("module", "high", "high")]
        {
            let expected = recorded(first, second);
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            check_lines(&FORMAT, &format!("{}\n{messages}", config(level)), &expected);
        }
    }
}
