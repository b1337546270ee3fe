//! What `jf audit` and `jf scan` write with `--format=simple-json`: rows of advisories, and what JFrog's advanced scans
//! flag in the code.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use crate::model::finding::{Anchors, FlowStep, Help, Location, Package, Rule};
use crate::model::scan::{NotFinding, Problem};
use crate::model::severity::Severity;
use crate::report::parse::source::ReportSource;
use crate::report::shared::flaw::{self, Flaw, Place};
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{applicability, cvss, graph, path, purl, weakness, words};
use crate::report::sink::Sink;

use crate::report::readers::dependency::xray::component;
use crate::report::readers::dependency::xray::issue::{advisories, good, severity};
use crate::report::readers::dependency::xray::wire::{
    SCANNER, XrayApplicability, XrayError, XrayFlagged, XrayRow,
};

/// The lists of what the advanced scans flag, each with the scanner's name in SARIF.
const FLAGGED: &[(&str, &str)] = &[
    ("secrets", SECRETS),
    ("secretsViolations", SECRETS),
    ("iac", "JFrog Terraform scanner"),
    ("iacViolations", "JFrog Terraform scanner"),
    ("sast", "🐸 JFrog SAST"),
    ("sastViolations", "🐸 JFrog SAST"),
    ("maliciousCode", "JFrog Malicious Code scanner"),
];

const SECRETS: &str = "JFrog Secrets scanner";

/// How many steps of a flow are shown.
const MOST_STEPS: usize = 100;

/// Reads the rows.
pub(crate) fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut others: BTreeMap<&str, ToolScan<'_>> = BTreeMap::new();
    let end = tool::read(source, sink, SCANNER, |json, tool| {
        json.each_entry(|json, key| match key {
            "vulnerabilities" | "securityViolations" => {
                tool.has_results = true;
                json.each_element(|json| json.object::<XrayRow<'_>>("row", |row, sink| emit(row, tool, sink)))
            }
            "licensesViolations" | "operationalRiskViolations" => json.each_element(|json| {
                if json.peek()? == Some(b'{') {
                    tool.not_finding(NotFinding::License);
                }
                Ok(())
            }),
            "errors" => json.each_element(|json| {
                json.object::<XrayError<'_>>("error", |error, _| {
                    tool.failed(&error.file_path, &error.error_message);
                })
            }),
            "scansStatus" => json.each_entry(|json, key| {
                let status = json.word()?;
                if !matches!(&*status, "" | "0") {
                    tool.failed(key.trim_end_matches("StatusCode"), &format!("ended with status {status}"));
                }
                Ok(())
            }),
            _ => match FLAGGED.iter().find(|(list, _)| *list == key) {
                Some((_, scanner)) if json.peek()? == Some(b'[') => {
                    let own = others.entry(scanner).or_insert_with(|| ToolScan::new(source, scanner));
                    own.results::<XrayFlagged<'_>>(json, |own, flagged, sink| flag(own, flagged, sink))
                }
                _ => Ok(()),
            },
        })
    });
    others.into_values().for_each(|own| own.close(sink));
    end
}

fn emit(row: &XrayRow<'_>, tool: &ToolScan<'_>, sink: &mut dyn Sink) {
    let cves = row.cves.objects().map(|cve| {
        let third = cvss::of(cve.cvss_v3.0, cve.cvss_v3_vector.some());
        let score = third.or_else(|| cvss::of(cve.cvss_v2.0, cve.cvss_v2_vector.some()));
        let cwe = cve.cwe.iter().flat_map(|text| weakness::cwe_field(text).collect::<Vec<_>>()).collect();
        (cve.id.some(), score, cwe)
    });
    let research = row.jfrog_research_information.get();
    let long = research.and_then(|research| research.details.some());
    let short = research.and_then(|research| research.summary.some());
    let fix_advice = research.and_then(|research| research.remediation.some());
    let package = component::named(
        &row.impacted_package_type,
        &row.impacted_package_name,
        &row.impacted_package_version,
    );
    let mut ways = row.impact_paths.iter().map(|way| {
        // the first step is what was scanned
        let steps = way.objects().skip(1).filter(|step| !component::is_layer(&step.name));
        let steps = steps.take(MOST_STEPS).map(|step| Cow::Owned(step.name.to_string()));
        steps.collect::<Vec<Cow<'static, str>>>()
    });
    let path = ways.next().unwrap_or_default();
    let introduced_by = match purl::is_system(&package.purl) {
        true => Vec::new(),
        false => graph::introduced_by([path.clone()].into_iter().chain(ways)),
    };
    let package = Package {
        fixed: row.fixed_versions.iter().filter_map(|version| good(version)).collect(),
        path,
        introduced_by,
        ..package
    };
    let file = row.components.objects().find_map(|component| component.location.get()?.file.some());
    let image = purl::is_system(&package.purl);
    let scanned = row.impact_paths.0.first().and_then(|way| way.objects().next()?.name.some());
    let place = if image { scanned.or(file) } else { file }.unwrap_or_default();
    let place = path::of_path(place.into(), tool.source);
    let analyses = row.cves.objects().filter_map(|cve| Some((&*cve.id, cve.applicability.get()?)));
    let analyses: HashMap<&str, &XrayApplicability<'_>> = analyses.collect();
    for advisory in advisories(cves, &row.issue_id) {
        let analysis = advisory.names.iter().find_map(|name| analyses.get(&**name)).copied();
        let url = flaw::page(row.references.iter().map(|url| &**url), &advisory.names);
        let flaw = Flaw {
            names: advisory.names,
            title: Cow::Borrowed(short.unwrap_or(&row.summary)),
            description: Cow::Borrowed(long.unwrap_or(&row.summary)),
            help: fix_advice
                .map_or(Help::None, |text| Help::Markdown(words::start(text, flaw::TEXT_LIMIT).into())),
            url,
            cwe: advisory.cwe,
            severity: severity(&row.severity, advisory.cvss.as_ref()),
            cvss: advisory.cvss,
            ..Flaw::default()
        };
        let (shared, _) = flaw.parted();
        let location = Location { path: Cow::Borrowed(&*place), ..Location::default() };
        let place = Place { image, package: package.clone(), location, skipped: None };
        let mut finding = shared.finding(&tool.scanner, place);
        let status = analysis.map_or(&*row.applicable, |analysis| &*analysis.status);
        finding.detail.applicability = applicability::of_vulnerability(status);
        finding.detail.related = analysis.map_or(Vec::new(), |analysis| evidence(analysis, tool.source));
        sink.finding(finding);
    }
}

/// The places that show that the vulnerable code is used.
fn evidence<'r>(analysis: &'r XrayApplicability<'r>, source: &ReportSource) -> Vec<FlowStep<'r>> {
    let places = analysis.evidence.objects().take(MOST_STEPS).map(|one| {
        let (line, end) = (one.start_line.position(), one.end_line.position());
        let place = tool::place(component::unpacked(&one.file), line, end, one.start_column.position());
        let path = path::of_path(place.path, source);
        FlowStep::new(Location { path, ..place }, Cow::Borrowed(&*one.reason))
    });
    places.collect()
}

fn flag(tool: &mut ToolScan<'_>, flagged: &XrayFlagged<'_>, sink: &mut dyn Sink) {
    let rule = tool.rule(&flagged.rule_id, || Rule {
        name: tool::sentence(&flagged.scanner_short_description).to_owned(),
        description: flagged.scanner_description.some().unwrap_or(&flagged.scanner_short_description).into(),
        cwe: flagged.cwe.iter().flat_map(|text| weakness::cwe_field(text).collect::<Vec<_>>()).collect(),
        ..Rule::default()
    });
    let (line, end) = (flagged.start_line.position(), flagged.end_line.position());
    let place = tool::place(component::unpacked(&flagged.file), line, end, flagged.start_column.position());
    let severity = words::severity(&flagged.severity);
    let flow = flagged.code_flow.0.first().map_or(Vec::new(), |flow| {
        let steps = flow.objects().map(|step| {
            let (line, end) = (step.start_line.position(), step.end_line.position());
            let file = component::unpacked(&step.file);
            FlowStep::new(tool::place(file, line, end, step.start_column.position()), Cow::Borrowed(""))
        });
        FlowStep::ends(steps, MOST_STEPS)
    });
    let text = flagged.snippet.some().map(Cow::Borrowed);
    let mut finding = tool.finding(Hit {
        message: Cow::Borrowed(&*flagged.finding),
        snippet: text.clone().map(|text| (text, line)),
        flow,
        anchors: Anchors { text, ..Anchors::default() },
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Medium), place)
    });
    finding.detail.applicability =
        flagged.applicability.get().and_then(|analysis| applicability::of_credential(&analysis.status));
    sink.finding(finding);
}
