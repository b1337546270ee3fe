//! JFrog Xray's JSON: what `jf audit` and `jf scan` write, summaries of artifacts, reports and lists of violations.
//!
//! Issues about licences and operational risk are not findings.

use std::sync::Arc;

use crate::model::finding::FindingKind;
use crate::model::scan::{NotFinding, Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::shared::failures::Failures;
use crate::report::shared::tool;
use crate::report::sink::Sink;

mod component;
mod issue;
mod rows;
mod wire;

use issue::{MOST_CVES, XrayContent, XrayPlace};
use wire::{SCANNER, XrayArtifact, XrayFailure, XrayIssue};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "xray",
    scanners: "JFrog Xray (`jf audit` and `jf scan` with `--format=json` or `--format=simple-json`; \
               summaries, reports and lists of violations)",
    recognised: "a JSON object or list of objects with `scan_id` and the scan's results; or a JSON object \
                 with `securityViolations` and `licensesViolations`, with `artifacts` and their issues, \
                 with `total_rows` and `rows`, with `total_count` and `data` about components, or with \
                 `total_violations` and `violations`",
    kinds: &[
        FindingKind::Dependency,
        FindingKind::Container,
        FindingKind::Code,
        FindingKind::Infrastructure,
        FindingKind::Secret,
    ],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    let has = |keys: &[&str]| keys.iter().all(|key| outline.has(key));
    let tells = |texts: &[&str]| texts.iter().all(|text| outline.head.contains(text));
    let scan = outline.has("scan_id")
        && ["vulnerabilities", "violations", "component_id", "package_type"]
            .iter()
            .any(|key| outline.has(key));
    match outline.shape {
        ReportShape::List => scan,
        ReportShape::Object => {
            scan || is_rows(outline)
                || outline.has("artifacts") && tells(&["\"general\"", "\"pkg_type\""])
                || has(&["total_rows", "rows"])
                    && (tells(&["\"issue_id\""]) || outline.is(r#"{"total_rows":0,"rows":[]}"#))
                || has(&["total_count", "data"])
                    && (tells(&["\"source_comp_id\""]) || outline.is(r#"{"total_count":0,"data":[]}"#))
                || has(&["total_violations", "violations"])
        }
        _ => false,
    }
}

/// Whether it is what `--format=simple-json` writes.
fn is_rows(outline: &Outline) -> bool {
    outline.has("securityViolations") && outline.has("licensesViolations")
}

/// What is known while a report is being read.
struct XrayReading<'s> {
    source: &'s ReportSource,
    scanner: Arc<str>,
    failures: Failures,
    has_results: bool,
    licenses: usize,
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    if is_rows(&Outline::whole(source)?) {
        return rows::read(source, sink);
    }
    let mut reading = XrayReading {
        source,
        scanner: SCANNER.into(),
        failures: Failures::default(),
        has_results: false,
        licenses: 0,
    };
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_element(|json| reading.part(json));
    let sink = json.sink();
    let success = reading.failures.emit(SCANNER, source, sink);
    sink.not_findings(NotFinding::License, reading.licenses);
    let scan = Scan::new(SCANNER);
    let category = source.category.clone();
    sink.scan(Scan { category, success, has_results: reading.has_results, ..scan });
    end
}

impl XrayReading<'_> {
    /// Reads one of the outermost objects: a scan, or whatever else the report contains.
    fn part(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let begin = json.offset();
        let (mut scanned, mut place) = (false, XrayPlace::default());
        json.each_entry(|json, key| match key {
            "component_id" => {
                let id = json.word()?;
                place = self.place(&id);
                scanned = true;
                Ok(())
            }
            "scan_id" => {
                // it does not list what it did not find
                self.has_results = true;
                Ok(())
            }
            "status" => {
                let status = json.word()?;
                if !matches!(&*status, "" | "completed" | "done" | "success") {
                    self.failures.note("", &format!("the scan's status is {status}"));
                }
                Ok(())
            }
            "vulnerabilities" | "violations" | "rows" | "data" => {
                if !scanned && key.starts_with('v') {
                    let id = tool::later(json, key, self.source, begin, "component_id")?;
                    (place, scanned) = (self.place(&id), true);
                }
                self.issues(json, &place)
            }
            "artifacts" => json.each_element(|json| self.artifact(json)),
            "errors" => json.each_element(|json| {
                json.object::<XrayFailure<'_>>("error", |error, _| {
                    self.failures.note(&error.identifier, &error.error);
                })
            }),
            _ => Ok(()),
        })
    }

    fn place(&self, id: &str) -> XrayPlace {
        XrayPlace { image: component::image(id).unwrap_or_default().to_owned(), ..XrayPlace::default() }
    }

    fn artifact(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let mut place = XrayPlace::default();
        json.each_entry(|json, key| match key {
            "general" => {
                json.value::<XrayArtifact<'_>, _>(|general, _| {
                    let Some(general) = general.get() else { return };
                    match general.pkg_type.eq_ignore_ascii_case("docker") {
                        true => place.image = general.name.to_string(),
                        false => {
                            place.artifact = general.path.some().unwrap_or(&general.name).to_owned();
                        }
                    }
                })?;
                Ok(())
            }
            "issues" => self.issues(json, &place),
            _ => Ok(()),
        })
    }

    fn issues(&mut self, json: &mut Json<'_>, place: &XrayPlace) -> Result<(), Problem> {
        self.has_results |= json.peek()? == Some(b'[');
        json.each_element(|json| {
            json.fitting::<XrayIssue<'_>>("issue", |issue, sink| {
                let content = issue::emit(issue, place, &self.scanner, sink);
                self.licenses += usize::from(content == XrayContent::Other);
                if let XrayContent::Vulnerability { left_out: left_out @ 1.. } = content {
                    self.failures.note(
                        "",
                        &format!("an issue has more than {MOST_CVES} CVEs; CVEs left out: {left_out}"),
                    );
                }
                content != XrayContent::Nothing
            })
        })
    }
}

#[cfg(test)]
mod tests;
