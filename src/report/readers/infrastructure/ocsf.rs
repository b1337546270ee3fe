//! Findings in OCSF's format, as Prowler writes them (`--output-formats json-ocsf`).

use std::borrow::Cow;

use crate::model::finding::{Anchors, ExclusionReason, FindingKind, Help, Location, Rule};
use crate::model::scan::{NotFinding, Problem};
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{Hit, ToolScan};
use crate::report::shared::tools::ToolScans;
use crate::report::shared::words;
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "ocsf",
    scanners: "Prowler 4 and later (`--output-formats json-ocsf`)",
    recognised: "a JSON object, or a list of objects, with `metadata`, `finding_info` and `status_code` or `class_uid`",
    kinds: &[FindingKind::Infrastructure],
    recognise: |outline: &Outline| {
        matches!(outline.shape, ReportShape::List | ReportShape::Object)
            && outline.has("metadata")
            && outline.has("finding_info")
            && (outline.has("status_code") || outline.has("class_uid"))
    },
    read,
};

objects! { "snake_case"
    struct OcsfFinding {
        message: LenientText<'a>,
        metadata: Maybe<OcsfMetadata<'a>>,
        severity: LenientText<'a>,
        status: LenientText<'a>,
        status_code: LenientText<'a>,
        status_detail: LenientText<'a>,
        finding_info: Maybe<OcsfInfo<'a>>,
        resources: LenientList<Maybe<OcsfResource<'a>>>,
        remediation: Maybe<OcsfRemediation<'a>>,
        risk_details: LenientText<'a>,
        unmapped: Maybe<OcsfUnmapped<'a>>,
    }

    struct OcsfMetadata {
        event_code: LenientText<'a>,
        product: Maybe<OcsfProduct<'a>>,
    }

    struct OcsfProduct {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
    }

    struct OcsfInfo {
        title: LenientText<'a>,
        desc: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        uid: LenientText<'a>,
        types: LenientList<LenientText<'a>>,
    }

    struct OcsfResource {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        uid: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        region: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        namespace: LenientText<'a>,
    }

    struct OcsfRemediation {
        desc: LenientText<'a>,
        references: LenientList<LenientText<'a>>,
    }

    struct OcsfUnmapped {
        related_url: LenientText<'a>,
        categories: LenientList<LenientText<'a>>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut tools = ToolScans::new(source, "Prowler");
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_element(|json| {
        json.fitting::<OcsfFinding<'_>>("finding", |found, sink| {
            let Some(metadata) = found.metadata.get() else { return false };
            let product = metadata.product.get();
            let tool = tools.of(product.map_or("", |product| &*product.name));
            if tool.version.is_none() {
                tool.version = product.and_then(|product| product.version.owned());
            }
            emit(tool, found, &metadata.event_code, sink);
            true
        })
    });
    tools.close(true, json.sink());
    end
}

fn emit(tool: &mut ToolScan<'_>, found: &OcsfFinding<'_>, code: &str, sink: &mut dyn Sink) {
    match &*found.status_code {
        "PASS" => return tool.not_finding(NotFinding::PassedCheck),
        "MANUAL" => return tool.not_finding(NotFinding::ManualCheck),
        _ => {}
    }
    let info = found.finding_info.get();
    let mut rule = tool.rule(code, || rule(found));
    rule.kind = FindingKind::Infrastructure;
    let resource = found.resources.objects().next();
    let named = resource.and_then(|resource| resource.uid.some().or(resource.name.some()));
    let namespace = resource.and_then(|resource| resource.namespace.some());
    let logical = match (namespace, named) {
        (Some(namespace), Some(name)) if name == resource.map_or("", |one| &*one.name) => {
            Some(Cow::Owned(format!("{namespace}/{name}")))
        }
        (_, name) => name.map(Cow::Borrowed),
    };
    // as in the same finding's ASFF; Prowler's own id contains the account's number and the same
    let stable = match resource {
        Some(resource) => {
            let region = resource.region.some().unwrap_or(&resource.namespace);
            format!("Resource:{}|{region}", named.unwrap_or_default())
        }
        None => format!("Finding:{}", info.map_or("", |info| &*info.uid)),
    };
    let muted = matches!(&*found.status, "Suppressed") || &*found.status_code == "MUTED";
    sink.finding(tool.finding(Hit {
        message: Cow::Borrowed(found.status_detail.some().unwrap_or(&found.message)),
        anchors: Anchors { stable: Some(Cow::Owned(stable)), ..Anchors::default() },
        skipped: muted.then_some(ExclusionReason::Suppressed),
        ..Hit::new(
            rule,
            words::severity(&found.severity).unwrap_or(Severity::Medium),
            Location { logical, ..Location::default() },
        )
    }));
}

fn rule(found: &OcsfFinding<'_>) -> Rule {
    let info = found.finding_info.get();
    let title = info.map_or("", |info| &*info.title);
    let about = info.and_then(|info| info.desc.some()).filter(|text| *text != title);
    let texts: Vec<&str> = [about, found.risk_details.some()].into_iter().flatten().map(str::trim).collect();
    let remediation = found.remediation.get();
    // besides addresses, they contain commands
    let address =
        |text: &LenientText<'_>| text.some().filter(|text| text.starts_with("http")).map(str::to_owned);
    let page = remediation.and_then(|remediation| remediation.references.iter().find_map(address));
    let unmapped = found.unmapped.get();
    let types = info.into_iter().flat_map(|info| info.types.iter());
    let categories = unmapped.into_iter().flat_map(|unmapped| unmapped.categories.iter());
    Rule {
        name: words::line(title),
        description: texts.join("\n\n").into(),
        help: remediation
            .and_then(|remediation| remediation.desc.some())
            .map_or(Help::None, |text| Help::Markdown(text.into())),
        help_uri: page.or_else(|| unmapped.and_then(|unmapped| unmapped.related_url.owned())),
        tags: types.chain(categories).filter_map(LenientText::owned).collect(),
        ..Rule::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    /// As Prowler 5 writes it.
    fn found(status: &str, code: &str, resource: &str) -> String {
        format!(
            r#"{{"message":"m","metadata":{{"event_code":"accessanalyzer_enabled","product":{{"name":"Prowler","version":"5.4.0"}},"version":"1.4.0"}},"severity_id":2,"severity":"Low","status":"{status}",
            "status_code":"{code}","status_detail":"Access Analyzer in account 1234 is not enabled.","unmapped":{{"related_url":"https://related","categories":["logging"]}},
            "finding_info":{{"title":"Check if it is enabled","desc":"Check if it is enabled","types":["IAM"],"uid":"prowler-aws-x"}},"resources":[{resource}],"class_uid":2004,
            "remediation":{{"desc":"Enable it.","references":["aws accessanalyzer create","https://docs"]}},"risk_details":"You see nothing."}}"#
        )
    }

    const ANALYZER: &str = r#"{"region":"eu-west-1","name":"analyzer","uid":"arn:aws:access-analyzer:eu-west-1:1234:analyzer/unknown","type":"Other"}"#;

    #[test]
    fn checks_that_failed_are_findings() {
        let report = format!(
            "[{},{},{},{}]",
            found("New", "FAIL", ANALYZER),
            found("New", "PASS", ANALYZER),
            found("New", "MANUAL", ANALYZER),
            found("Suppressed", "FAIL", ANALYZER)
        );
        let rest = ["1 passed check", "1 manual check", "scan Prowler 5.4.0"];
        let place = "infrastructure accessanalyzer_enabled low :0-0:0 in arn:aws:access-analyzer:eu-west-1:1234:analyzer/unknown";
        check(
            "ocsf",
            &report,
            recorded::lines,
            &[&[place, &format!("{place}, suppressed")][..], &rest[..]].concat(),
        );
        let recorded = recorded::lines_of(&report, recorded::rule);
        assert_eq!(
            recorded[0],
            r#"accessanalyzer_enabled | Check if it is enabled | You see nothing. | Markdown("Enable it.") | Some("https://docs") | [] [] ["IAM", "logging"]"#
        );
        let recorded = recorded::lines_of(&report, recorded::words);
        assert_eq!(
            recorded[0],
            r#"Access Analyzer in account 1234 is not enabled. | None at 0 | Some("Resource:arn:aws:access-analyzer:eu-west-1:1234:analyzer/unknown|eu-west-1") None"#
        );
    }

    #[test]
    fn a_resource_of_kubernetes_is_named_with_its_name_space() {
        let pod = r#"{"name":"apiserver","namespace":"kube-system","type":"Pod","uid":""}"#;
        check(
            "ocsf",
            &format!("[{}]", found("New", "FAIL", pod)),
            recorded::lines,
            &[
                "infrastructure accessanalyzer_enabled low :0-0:0 in kube-system/apiserver",
                "scan Prowler 5.4.0",
            ],
        );
    }
}
