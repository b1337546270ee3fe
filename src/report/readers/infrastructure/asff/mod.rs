//! Findings in AWS Security Hub's format (ASFF): what `aws securityhub get-findings` returns, and what Prowler writes
//! (`--output-formats json-asff`). One report can contain those of several products.

use std::borrow::Cow;

use crate::model::finding::{Anchors, FindingKind};
use crate::model::scan::{NotFinding, Problem};
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::readers::infrastructure::resource::{self, Several};
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::tools::ToolScans;
use crate::report::sink::{Nobody, Sink};

mod facts;
mod found;
mod package;
mod rule;
#[cfg(test)]
mod tests;
mod text;
mod wire;

use found::{COLLECTOR, field, identity, is_failed, product, severity, skipped};
use wire::AsffFinding;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "asff",
    scanners: "AWS Security Hub (`aws securityhub get-findings`), including findings from Inspector, \
               GuardDuty and others; Prowler (`--output-formats json-asff`)",
    recognised: "a JSON object, or a list of objects, with `ProductArn` and `GeneratorId`, or an object with \
                 such a list under `Findings` or `findings`",
    kinds: &[
        FindingKind::Infrastructure,
        FindingKind::Container,
        FindingKind::Dependency,
        FindingKind::Secret,
    ],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    let own = outline.has("ProductArn") && outline.has("GeneratorId");
    match outline.shape {
        ReportShape::List => own,
        ReportShape::Object => own || is_answer(outline) && outline.head.contains("\"ProductArn\""),
        _ => false,
    }
}

/// Whether the findings are a member of an API answer.
fn is_answer(outline: &Outline) -> bool {
    outline.shape == ReportShape::Object && LISTS.iter().any(|key| outline.has(key))
}

/// What the list is called in an API answer; tools that copy it write it in lower case.
const LISTS: &[&str] = &["Findings", "findings"];

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let answer = is_answer(&Outline::whole(source)?);
    let several = several(source, answer);
    let mut tools = ToolScans::new(source, COLLECTOR);
    let mut has_results = !answer;
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = match answer {
        false => findings(&mut json, &mut tools, &several),
        true => json.each_entry(|json, key| match key {
            key if LISTS.contains(&key) => {
                has_results = true;
                findings(json, &mut tools, &several)
            }
            // more pages follow
            "NextToken" if !json.word()?.is_empty() => {
                tools.of("").failed("", "the report is only one page of several");
                Ok(())
            }
            _ => Ok(()),
        }),
    };
    tools.close(has_results, json.sink());
    end
}

/// Reads the report once before its findings, for the resources that share several of one rule.
fn several(source: &ReportSource, answer: bool) -> Several {
    let mut several = Several::default();
    let mut nobody = Nobody;
    let Ok(input) = source.open() else { return several };
    let mut json = Json::new(&source.name, input, &mut nobody);
    let mut note = |json: &mut Json<'_>| {
        json.value::<AsffFinding<'_>, _>(|found, _| {
            let found = found.get().filter(|found| is_failed(found) && skipped(found).is_none());
            if let Some(found) = found
                && let Some(resource) = found.resources.objects().next()
            {
                several.note(&rule::id(found), &identity(resource), &found.description);
            }
        })?;
        Ok(())
    };
    // what fails here also fails when the findings are read, and is reported there
    let _ = match answer {
        false => json.each_element(note),
        true => json.each_entry(|json, key| match LISTS.contains(&key) {
            true => json.each_element(&mut note),
            false => Ok(()),
        }),
    };
    several
}

fn findings(json: &mut Json<'_>, tools: &mut ToolScans<'_>, several: &Several) -> Result<(), Problem> {
    json.each_element(|json| {
        json.fitting::<AsffFinding<'_>>("finding", |found, sink| {
            if found.title.is_empty() && found.generator_id.is_empty() {
                return false;
            }
            let tool = tools.of(product(found));
            if tool.version.is_none() {
                tool.version = field(found, "ProviderVersion").map(str::to_owned);
            }
            emit(tool, found, several, sink);
            true
        })
    })
}

fn emit(tool: &mut ToolScan<'_>, found: &AsffFinding<'_>, several: &Several, sink: &mut dyn Sink) {
    match found.compliance.get().map_or("", |compliance| &*compliance.status) {
        "PASSED" => return tool.not_finding(NotFinding::PassedCheck),
        "NOT_AVAILABLE" => return tool.not_finding(NotFinding::ManualCheck),
        _ => {}
    }
    if package::emit(tool, found, sink) {
        return;
    }
    let id = rule::id(found);
    let mut rule = tool.rule(&id, || rule::rule(found));
    rule.kind = rule::kind(found);
    let (mut place, also) = resource::places(
        found.resources.objects().map(|resource| resource::place(&resource.id, &[&resource.region])),
    );
    // only Trivy writes there what it found
    let details = found.resources.objects().find_map(|resource| resource.details.get());
    let details = details.filter(|_| product(found) == "Trivy");
    if let Some(file) = details.and_then(|details| details.get("Filename")) {
        let line = |key| details.and_then(|details| details.get(key)?.parse().ok()).unwrap_or(0);
        place = tool::place(file, line("StartLine"), line("EndLine"), 0);
    }
    let message = details.and_then(|details| details.get("Message")).or(found.description.some());
    let message = text::whole(message.unwrap_or(&found.title));
    // a check's finding is identified by its resource, because its id changes each time
    let stable = match found.resources.objects().next().filter(|_| is_failed(found)) {
        Some(resource) => several.stable(&id, &identity(resource), &found.description),
        None => format!("Finding:{}", &*found.id),
    };
    let anchors = match place.path.is_empty() {
        true => resource::anchors(stable, &message),
        false => Anchors { stable: Some(Cow::Owned(stable)), ..Anchors::default() },
    };
    let skipped = skipped(found);
    let severity = severity(found);
    let hit = Hit {
        message,
        anchors,
        skipped,
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Medium), place)
    };
    let mut finding = tool.finding(hit);
    finding.detail.facts = facts::facts(found, &finding.location);
    finding.detail.also = also;
    sink.finding(finding);
}
