//! Findings in OCSF's format, as Prowler writes them (`--output-formats json-ocsf`).

use std::borrow::Cow;

use crate::model::finding::{ExclusionReason, FindingFact, FindingKind, Help, Location, Rule};
use crate::model::scan::{NotFinding, Problem};
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::readers::infrastructure::resource::{self, Several};
use crate::report::shared::tool::{Hit, ToolScan};
use crate::report::shared::tools::ToolScans;
use crate::report::shared::{flaw, words};
use crate::report::sink::{Nobody, Sink};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "ocsf",
    scanners: "Prowler 4 and later (`--output-formats json-ocsf`)",
    recognised: "a JSON object, or a list of objects, with `metadata`, `finding_info`, and either \
                 `status_code` or `class_uid`",
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
        cloud: Maybe<OcsfCloud<'a>>,
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

    struct OcsfCloud {
        account: Maybe<OcsfAccount<'a>>,
        #[serde(deserialize_with = "name")]
        region: LenientText<'a>,
    }

    /// An account, a subscription or a project.
    struct OcsfAccount {
        #[serde(deserialize_with = "name")]
        uid: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
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
    let several = several(source);
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
            emit(tool, found, &metadata.event_code, &several, sink);
            true
        })
    });
    tools.close(true, json.sink());
    end
}

/// Reads the report once before its findings, for the resources that share several of one rule.
fn several(source: &ReportSource) -> Several {
    let mut several = Several::default();
    let mut nobody = Nobody;
    let Ok(input) = source.open() else { return several };
    // what fails here also fails when the findings are read, and is reported there
    let _ = Json::new(&source.name, input, &mut nobody).each_element(|json| {
        json.value::<OcsfFinding<'_>, _>(|found, _| {
            if let Some(found) = found.get().filter(|found| &*found.status_code == "FAIL")
                && let Some(metadata) = found.metadata.get()
                && let Some(resource) = found.resources.objects().next()
            {
                several.note(&metadata.event_code, &identity(found, resource), message(found));
            }
        })?;
        Ok(())
    });
    several
}

/// What the check says about the resource.
fn message<'r>(found: &'r OcsfFinding<'r>) -> &'r str {
    found.status_detail.some().unwrap_or(&found.message)
}

/// The account, the subscription or the project.
fn account<'r>(found: &'r OcsfFinding<'r>) -> &'r str {
    let account = found.cloud.get().and_then(|cloud| cloud.account.get());
    account.and_then(|account| account.uid.some().or(account.name.some())).unwrap_or_default()
}

/// What identifies a resource, as in the same finding's ASFF. An ARN is unique by itself, other names are so only in
/// their account.
fn identity(found: &OcsfFinding<'_>, resource: &OcsfResource<'_>) -> String {
    let named = resource.uid.some().or(resource.name.some()).unwrap_or_default();
    let region = resource.region.some().unwrap_or(&resource.namespace);
    match account(found) {
        account if account.is_empty() || named.starts_with("arn:") || named.contains(account) => {
            format!("{named}|{region}")
        }
        account => format!("{named}|{region}|{account}"),
    }
}

/// A resource with what its name leaves open: the name space in a cluster, the account and the region in a cloud.
fn place(found: &OcsfFinding<'_>, resource: &OcsfResource<'_>) -> Option<String> {
    let named = resource.uid.some().or(resource.name.some());
    if let Some(namespace) = resource.namespace.some() {
        return match named {
            Some(name) if name == &*resource.name => Some(format!("{namespace}/{name}")),
            name => name.map(str::to_owned),
        };
    }
    let region = resource.region.some().or(found.cloud.get().and_then(|cloud| cloud.region.some()));
    resource::place(named.unwrap_or_default(), &[account(found), region.unwrap_or_default()])
}

fn emit(
    tool: &mut ToolScan<'_>,
    found: &OcsfFinding<'_>,
    code: &str,
    several: &Several,
    sink: &mut dyn Sink,
) {
    match &*found.status_code {
        "PASS" => return tool.not_finding(NotFinding::PassedCheck),
        "MANUAL" => return tool.not_finding(NotFinding::ManualCheck),
        _ => {}
    }
    let info = found.finding_info.get();
    let mut rule = tool.rule(code, || rule(found));
    rule.kind = FindingKind::Infrastructure;
    let (at, also) = resource::places(found.resources.objects().map(|resource| place(found, resource)));
    // Prowler's own id contains the account's number and the same
    let stable = match found.resources.objects().next() {
        Some(resource) => several.stable(code, &identity(found, resource), message(found)),
        None => format!("Finding:{}", info.map_or("", |info| &*info.uid)),
    };
    let muted = matches!(&*found.status, "Suppressed") || &*found.status_code == "MUTED";
    let severity = words::severity(&found.severity);
    let mut finding = tool.finding(Hit {
        message: Cow::Borrowed(message(found)),
        anchors: resource::anchors(stable, message(found)),
        skipped: muted.then_some(ExclusionReason::Suppressed),
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Medium), at)
    });
    finding.detail.facts = facts(found, &finding.location);
    finding.detail.also = also;
    sink.finding(finding);
}

/// The account with its name and the region, as far as the place does not show them.
fn facts(found: &OcsfFinding<'_>, place: &Location<'_>) -> Vec<FindingFact<'static>> {
    let cloud = found.cloud.get();
    let named = cloud.and_then(|cloud| cloud.account.get()?.name.some());
    let account = account(found);
    let mut facts = Vec::new();
    let mut add = |name, value: String| facts.push(FindingFact { name, value: Cow::Owned(value) });
    match named.filter(|name| *name != account) {
        Some(name) => add("Account", format!("{account} ({name})")),
        None if !resource::is_shown(place, account) => add("Account", account.to_owned()),
        None => {}
    }
    let first = found.resources.objects().next().and_then(|resource| resource.region.some());
    let region = first.or(cloud.and_then(|cloud| cloud.region.some())).unwrap_or_default();
    if !resource::is_shown(place, region) {
        add("Region", region.to_owned());
    }
    facts
}

/// What to do: the advice, and the commands and settings that are listed among its links.
fn help(remediation: &OcsfRemediation<'_>) -> Help {
    const MOST_COMMANDS: usize = 10;
    let commands = remediation.references.iter().filter_map(|text| text.some()).map(str::trim);
    let commands: Vec<&str> = commands
        // a fence would end the block
        .filter(|text| !text.is_empty() && !is_link(text) && !text.contains("```"))
        .take(MOST_COMMANDS)
        .map(|text| words::start(text, flaw::MESSAGE))
        .collect();
    let block = (!commands.is_empty()).then(|| format!("```\n{}\n```", commands.join("\n")));
    let advice = remediation.desc.some().map(str::to_owned);
    let texts: Vec<String> = advice.into_iter().chain(block).collect();
    if texts.is_empty() { Help::None } else { Help::Markdown(texts.join("\n\n").into()) }
}

fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn rule(found: &OcsfFinding<'_>) -> Rule {
    let info = found.finding_info.get();
    let title = info.map_or("", |info| &*info.title);
    let about = info.and_then(|info| info.desc.some()).filter(|text| *text != title);
    let texts: Vec<&str> = [about, found.risk_details.some()].into_iter().flatten().map(str::trim).collect();
    let remediation = found.remediation.get();
    let address = |text: &LenientText<'_>| text.some().filter(|text| is_link(text)).map(str::to_owned);
    let page = remediation.and_then(|remediation| remediation.references.iter().find_map(address));
    let unmapped = found.unmapped.get();
    let types = info.into_iter().flat_map(|info| info.types.iter());
    let categories = unmapped.into_iter().flat_map(|unmapped| unmapped.categories.iter());
    Rule {
        name: words::line(title),
        description: texts.join("\n\n").into(),
        help: remediation.map_or(Help::None, help),
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
            r#"accessanalyzer_enabled | Check if it is enabled | You see nothing. | Markdown("Enable it.\n\n```\naws accessanalyzer create\n```") | Some("https://docs") | [] [] ["IAM", "logging"]"#
        );
        let recorded = recorded::lines_of(&report, recorded::words);
        assert_eq!(
            recorded[0],
            r#"Access Analyzer in account 1234 is not enabled. | None at 0 | Some("Resource:arn:aws:access-analyzer:eu-west-1:1234:analyzer/unknown|eu-west-1") None"#
        );
    }

    /// The same check for a resource, with what it says and where.
    fn said(message: &str, resource: &str, cloud: &str) -> String {
        let found = found("New", "FAIL", resource);
        found
            .replace("Access Analyzer in account 1234 is not enabled.", message)
            .replace(r#""class_uid":2004"#, &format!(r#""class_uid":2004,"cloud":{{{cloud}}}"#))
    }

    #[test]
    fn a_place_is_complete_and_all_resources_are_read() {
        let named =
            r#"{"region":"westeurope","name":"vault","uid":"vault"},{"region":"westeurope","name":"other"}"#;
        let report = format!(
            "[{},{}]",
            said("m", named, r#""account":{"uid":"sub-1","name":"Shop"},"region":"westeurope""#),
            said("m", named, r#""account":{"uid":"sub-2"},"region":"westeurope""#)
        );
        let places = recorded::lines_of(&report, recorded::place);
        assert_eq!(places[0], "infrastructure accessanalyzer_enabled :0 vault (sub-1, westeurope)");
        assert_eq!(places[1], "infrastructure accessanalyzer_enabled :0 vault (sub-2, westeurope)");
        let words = recorded::lines_of(&report, recorded::words);
        assert!(words[0].contains("Resource:vault|westeurope|sub-1") && words[0] != words[1], "{words:?}");
        let also = |finding: &crate::model::finding::Finding<'_>| {
            let all = finding.detail.also.iter().filter_map(|step| step.location.logical.as_deref());
            all.collect::<Vec<_>>().join(";")
        };
        assert_eq!(recorded::lines_of(&report, also)[0], "other (sub-1, westeurope)");
    }

    #[test]
    fn what_a_check_of_passwords_says_is_shown_and_tells_its_findings_apart() {
        let account = r#"{"region":"eu-west-1","name":"1234","uid":"1234"}"#;
        let of = |user: &str| {
            said(&format!("User {user} has Password enabled but MFA disabled"), account, "")
                .replace("Check if it is enabled", "MFA is enabled for all users with a console password")
        };
        let recorded = recorded::lines_of(&format!("[{},{}]", of("ada"), of("bob")), recorded::words);
        assert!(recorded[0].starts_with("User ada has Password enabled but MFA disabled |"), "{recorded:?}");
        assert!(recorded[0].contains("Resource:1234|eu-west-1|User ada has"), "{recorded:?}");
        assert!(recorded[1].contains("Resource:1234|eu-west-1|User bob has"), "{recorded:?}");
        let token = said("User ada has the key AKIAQ7XKPWV3ZNTRB4MJ", account, "");
        let recorded = recorded::lines_of(&format!("[{token}]"), recorded::words);
        assert!(recorded[0].starts_with("User ada has the key *** |"), "{recorded:?}");
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
