//! Findings in AWS Security Hub's format (ASFF): what `aws securityhub get-findings` returns, and what Prowler writes
//! (`--output-formats json-asff`). One report can contain those of several products.

use std::borrow::Cow;

use crate::model::finding::{Anchors, ExclusionReason, FindingKind, Help, Location, Package, Rule};
use crate::model::scan::{NotFinding, Problem};
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientPairs, LenientText, Maybe, Number, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::tool::{Hit, ToolScan};
use crate::report::shared::tools::ToolScans;
use crate::report::shared::{cvss, purl, words};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "asff",
    scanners: "AWS Security Hub (`aws securityhub get-findings`) with Inspector, GuardDuty and others, Prowler (`--output-formats json-asff`)",
    recognised: "a JSON object, or a list of objects, with `ProductArn` and `GeneratorId`, or an object with \
                 such a list under `Findings`",
    kinds: &[FindingKind::Infrastructure, FindingKind::Container, FindingKind::Dependency],
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
    outline.shape == ReportShape::Object && outline.has("Findings")
}

/// The service that collects them.
const COLLECTOR: &str = "AWS Security Hub";

objects! { "PascalCase"
    struct AsffFinding {
        id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        product_arn: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        product_name: LenientText<'a>,
        generator_id: LenientText<'a>,
        types: LenientList<LenientText<'a>>,
        severity: Maybe<AsffSeverity<'a>>,
        finding_provider_fields: Maybe<AsffProvider<'a>>,
        title: LenientText<'a>,
        description: LenientText<'a>,
        remediation: Maybe<AsffRemediation<'a>>,
        product_fields: LenientPairs<'a>,
        resources: LenientList<Maybe<AsffResource<'a>>>,
        compliance: Maybe<AsffCompliance<'a>>,
        workflow: Maybe<AsffWorkflow<'a>>,
        record_state: LenientText<'a>,
        vulnerabilities: LenientList<Maybe<AsffVulnerability<'a>>>,
    }

    struct AsffSeverity {
        label: LenientText<'a>,
        normalized: Number,
    }

    struct AsffProvider {
        severity: Maybe<AsffSeverity<'a>>,
    }

    struct AsffRemediation {
        recommendation: Maybe<AsffRecommendation<'a>>,
    }

    struct AsffRecommendation {
        text: LenientText<'a>,
        url: LenientText<'a>,
    }

    struct AsffResource {
        #[serde(rename = "Type", deserialize_with = "name")]
        kind: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        region: LenientText<'a>,
    }

    struct AsffCompliance {
        status: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        security_control_id: LenientText<'a>,
    }

    struct AsffWorkflow {
        status: LenientText<'a>,
    }

    struct AsffVulnerability {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        vulnerable_packages: LenientList<Maybe<AsffPackage<'a>>>,
        cvss: LenientList<Maybe<AsffScore<'a>>>,
        vendor: Maybe<AsffVendor<'a>>,
        reference_urls: LenientList<LenientText<'a>>,
        fix_available: LenientText<'a>,
        epss_score: Number,
    }

    struct AsffPackage {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        epoch: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        release: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        package_manager: LenientText<'a>,
        file_path: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        fixed_in_version: LenientText<'a>,
    }

    struct AsffScore {
        base_score: Number,
        base_vector: LenientText<'a>,
    }

    struct AsffVendor {
        url: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let answer = is_answer(&Outline::whole(source)?);
    let mut tools = ToolScans::new(source, COLLECTOR);
    let mut has_results = !answer;
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = match answer {
        false => findings(&mut json, &mut tools),
        true => json.each_entry(|json, key| match key {
            "Findings" => {
                has_results = true;
                findings(json, &mut tools)
            }
            // more pages follow
            "NextToken" if !json.word()?.is_empty() => {
                tools.of("").failed("", "the answer is one page of several");
                Ok(())
            }
            _ => Ok(()),
        }),
    };
    tools.close(has_results, json.sink());
    end
}

fn findings(json: &mut Json<'_>, tools: &mut ToolScans<'_>) -> Result<(), Problem> {
    json.each_element(|json| {
        json.fitting::<AsffFinding<'_>>("finding", |found, sink| {
            if found.title.is_empty() && found.generator_id.is_empty() {
                return false;
            }
            let tool = tools.of(product(found));
            if tool.version.is_none() {
                tool.version = field(found, "ProviderVersion").map(str::to_owned);
            }
            emit(tool, found, sink);
            true
        })
    })
}

/// What the product says about the finding beyond the format.
fn field<'r>(found: &'r AsffFinding<'r>, key: &str) -> Option<&'r str> {
    found.product_fields.iter().find(|(own, _)| *own == key).and_then(|(_, value)| value.some())
}

/// The product that found it: by its own name, otherwise the end of
/// `arn:aws:securityhub:eu-west-1::product/aws/guardduty`.
fn product<'r>(found: &'r AsffFinding<'r>) -> &'r str {
    let named = field(found, "ProviderName")
        .or(found.product_name.some())
        .or_else(|| field(found, "aws/securityhub/ProductName"));
    match named.or_else(|| found.product_arn.rsplit('/').next()).unwrap_or_default() {
        "Security Hub" | "securityhub" => COLLECTOR,
        product => product,
    }
}

fn emit(tool: &mut ToolScan<'_>, found: &AsffFinding<'_>, sink: &mut dyn Sink) {
    let status = found.compliance.get().map_or("", |compliance| &*compliance.status);
    match status {
        "PASSED" => return tool.not_finding(NotFinding::PassedCheck),
        "NOT_AVAILABLE" => return tool.not_finding(NotFinding::ManualCheck),
        _ => {}
    }
    let advisories = || found.vulnerabilities.objects().filter(|one| !one.id.is_empty());
    if advisories().any(|one| one.vulnerable_packages.objects().next().is_some()) {
        for vulnerability in advisories() {
            let (shared, _) = advisory(found, vulnerability).parted();
            for package in vulnerability.vulnerable_packages.objects() {
                sink.finding(shared.finding(&tool.scanner, packaged(found, vulnerability, package)));
            }
        }
        return;
    }
    let id = found.compliance.get().and_then(|compliance| compliance.security_control_id.some());
    let id = id.unwrap_or(&found.generator_id);
    let mut rule = tool.rule(id.strip_prefix("prowler-").unwrap_or(id), || rule(found));
    rule.kind = FindingKind::Infrastructure;
    let resource = found.resources.objects().next();
    let place = Location {
        logical: resource.and_then(|resource| resource.id.some()).map(Cow::Borrowed),
        ..Location::default()
    };
    // a check's finding is identified by its resource, because its id changes each time
    let stable = match resource.filter(|_| !status.is_empty()) {
        Some(resource) => format!("Resource:{}|{}", &*resource.id, &*resource.region),
        None => format!("Finding:{}", &*found.id),
    };
    sink.finding(tool.finding(Hit {
        message: Cow::Borrowed(found.description.some().unwrap_or(&found.title)),
        anchors: Anchors { stable: Some(Cow::Owned(stable)), ..Anchors::default() },
        skipped: skipped(found),
        ..Hit::new(rule, severity(found), place)
    }));
}

fn rule(found: &AsffFinding<'_>) -> Rule {
    let advice = found.remediation.get().and_then(|remediation| remediation.recommendation.get());
    Rule {
        name: words::line(&found.title),
        help: advice.and_then(|advice| advice.text.some()).map_or(Help::None, |text| Help::Text(text.into())),
        help_uri: advice.and_then(|advice| advice.url.owned()),
        tags: found.types.iter().filter_map(LenientText::owned).collect(),
        ..Rule::default()
    }
}

/// Security Hub's word, otherwise its number from 0 to 100.
fn severity(found: &AsffFinding<'_>) -> Severity {
    let provider = found.finding_provider_fields.get().and_then(|fields| fields.severity.get());
    let all = || [found.severity.get(), provider].into_iter().flatten();
    let word = all().find_map(|severity| words::severity(&severity.label));
    word.or_else(|| {
        all().find_map(|severity| severity.normalized.0).map(|number| match number {
            90.0.. => Severity::Critical,
            70.0.. => Severity::High,
            40.0.. => Severity::Medium,
            1.0.. => Severity::Low,
            _ => Severity::Info,
        })
    })
    .unwrap_or(Severity::Medium)
}

fn skipped(found: &AsffFinding<'_>) -> Option<ExclusionReason> {
    match found.workflow.get().map_or("", |workflow| &*workflow.status) {
        "SUPPRESSED" => Some(ExclusionReason::Suppressed),
        "RESOLVED" => Some(ExclusionReason::Absent),
        _ if &*found.record_state == "ARCHIVED" => Some(ExclusionReason::Absent),
        _ => None,
    }
}

/// What is said about an advisory, whichever package it is about.
fn advisory<'r>(found: &'r AsffFinding<'r>, vulnerability: &'r AsffVulnerability<'r>) -> Flaw<'r> {
    let score = cvss::best(
        vulnerability.cvss.objects().filter_map(|one| cvss::of(one.base_score.0, one.base_vector.some())),
    );
    let vendor = vulnerability.vendor.get().and_then(|vendor| vendor.url.owned());
    Flaw {
        names: vec![vulnerability.id.to_string()],
        title: flaw::sentence(&found.description).into(),
        description: Cow::Borrowed(&*found.description),
        url: vendor.or_else(|| vulnerability.reference_urls.iter().find_map(LenientText::owned)),
        severity: Some(severity(found)),
        cvss: score,
        epss: vulnerability.epss_score.0,
        ..Flaw::default()
    }
}

/// A package that it is about, and where it is.
fn packaged<'r>(
    found: &'r AsffFinding<'r>,
    vulnerability: &'r AsffVulnerability<'r>,
    package: &'r AsffPackage<'r>,
) -> flaw::Place<'r> {
    let resource = found.resources.objects().next();
    let id = resource.map_or("", |resource| &*resource.id);
    let image = resource.is_some_and(|resource| &*resource.kind == "AwsEcrContainerImage");
    let made = made(found, package);
    let unfixed = &*package.fixed_in_version == "NotAvailable" || &*vulnerability.fix_available == "NO";
    let fixed = package.fixed_in_version.some().filter(|version| *version != "NotAvailable");
    flaw::Place {
        image: image || purl::is_system(&made.purl),
        package: Package { fixed: fixed.map(Cow::Borrowed).into_iter().collect(), unfixed, ..made },
        location: Location {
            path: Cow::Borrowed(if image { repository(id) } else { id }),
            logical: package.file_path.some().map(Cow::Borrowed),
            ..Location::default()
        },
        skipped: skipped(found),
    }
}

/// The package, with the version in its package manager's notation.
fn made(found: &AsffFinding<'_>, package: &AsffPackage<'_>) -> Package<'static> {
    let manager = package.package_manager.to_lowercase();
    let kind = match manager.as_str() {
        "nodepkg" | "node" => "npm",
        "pythonpkg" => "python",
        "nugetlock" | "dotnet core" => "nuget",
        "os" | "" => {
            let platform = found.product_fields.iter().find(|(key, _)| key.ends_with("/platform"));
            purl::of_distribution(platform.map_or("", |(_, platform)| platform))
        }
        other => other,
    };
    let mut version = match package.epoch.some().filter(|epoch| *epoch != "0") {
        Some(epoch) => format!("{epoch}:{}", &*package.version),
        None => package.version.to_string(),
    };
    if let Some(release) = package.release.some().filter(|release| !version.ends_with(*release)) {
        version = format!("{version}-{release}");
    }
    flaw::package("", kind, &package.name, &version)
}

/// The image's name in `arn:aws:ecr:eu-west-1:1234:repository/acme/shop/sha256:33…`.
fn repository(id: &str) -> &str {
    let name = id.split_once(":repository/").map_or(id, |(_, name)| name);
    name.split_once("/sha256:").map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    /// As Prowler 3 writes it.
    fn prowler(status: &str, rest: &str) -> String {
        format!(
            r#"{{"SchemaVersion":"2018-10-08","Id":"prowler-s3_bucket-1","ProductArn":"arn:aws:securityhub:eu-west-1::product/prowler/prowler","RecordState":"ACTIVE",
            "ProductFields":{{"ProviderName":"Prowler","ProviderVersion":"3.3.0"}},"GeneratorId":"prowler-s3_bucket_public_access","Types":["Data Protection"],"Severity":{{"Label":"HIGH"}},
            "Title":"Check public access","Description":"Bucket logs is public","Resources":[{{"Type":"AwsS3Bucket","Id":"arn:aws:s3:::logs","Region":"eu-west-1"}}],
            "Compliance":{{"Status":"{status}"}},"Remediation":{{"Recommendation":{{"Text":"Block it.","Url":"https://docs"}}}}{rest}}}"#
        )
    }

    #[test]
    fn checks_are_read() {
        let report =
            format!("[{},{},{}]", prowler("FAILED", ""), prowler("PASSED", ""), prowler("NOT_AVAILABLE", ""));
        check(
            "asff",
            &report,
            recorded::full,
            &[
                "infrastructure Prowler high s3_bucket_public_access (Check public access) in :0: Bucket logs is public",
                "1 passed check",
                "1 manual check",
                "scan Prowler 3.3.0",
            ],
        );
        let recorded = recorded::lines_of(&format!("[{}]", prowler("FAILED", "")), recorded::words);
        assert_eq!(
            recorded[0],
            r#"Bucket logs is public | None at 0 | Some("Resource:arn:aws:s3:::logs|eu-west-1") None"#
        );
        let skipped = |rest| {
            recorded::lines_of(&format!("[{}]", prowler("FAILED", rest)), recorded::skipped)[0].clone()
        };
        assert_eq!(skipped(r#","Workflow":{"Status":"SUPPRESSED"}"#), "suppressed");
        assert_eq!(skipped(r#","Workflow":{"Status":"RESOLVED"}"#), "absent");
        assert_eq!(skipped(r#","Workflow":{"Status":"NEW"}"#), "kept");
    }

    /// An answer of `aws securityhub get-findings`.
    const INSPECTOR: &str = r#"{"SchemaVersion":"2018-10-08","Id":"arn:x","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/inspector","ProductName":"Inspector","GeneratorId":"AWSInspector",
        "Severity":{"Normalized":70},"Title":"CVE-2017-9735 - org.eclipse.jetty:jetty-server","Description":"Timing channel. More.","ProductFields":{"aws/inspector/x/platform":"UBUNTU_20_04"},
        "Resources":[{"Type":"AwsEcrContainerImage","Id":"arn:aws:ecr:eu-west-1:1234:repository/acme/shop/sha256:33aa"}],"RecordState":"ACTIVE","Vulnerabilities":[{"Id":"CVE-2017-9735",
        "VulnerablePackages":[{"Name":"org.eclipse.jetty:jetty-server","Version":"8.1","Epoch":"0","PackageManager":"JAR","FilePath":"/a.jar","FixedInVersion":"9.4.6"},
        {"Name":"libc6","Version":"2.31","Epoch":"1","Release":"0ubuntu9","PackageManager":"OS","FixedInVersion":"NotAvailable"}],
        "Cvss":[{"Version":"2.0","BaseScore":5,"BaseVector":"AV:N/AC:L/Au:N/C:P/I:N/A:N"},{"Version":"3.1","BaseScore":7.5,"BaseVector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]}]}"#;

    #[test]
    fn packages_and_other_products_are_read() {
        let guard = r#"{"SchemaVersion":"2018-10-08","Id":"arn:y","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/guardduty","GeneratorId":"arn:detector","Severity":{"Label":"MEDIUM"},
            "Title":"Unusual call","Description":"It was called.","Resources":[{"Id":"AWS::::Account:1234"}],"RecordState":"ARCHIVED"}"#;
        let control = r#"{"SchemaVersion":"2018-10-08","Id":"arn:z","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/securityhub","ProductName":"Security Hub","GeneratorId":"security-control/S3.1",
            "Severity":{"Label":"INFORMATIONAL"},"Title":"S3 buckets should block","Description":"d","Resources":[{"Id":"arn:aws:s3:::logs","Region":"eu-west-1"}],"Compliance":{"Status":"FAILED","SecurityControlId":"S3.1"}}"#;
        check(
            "asff",
            &format!(r#"{{"Findings":[{INSPECTOR},{guard},{control}],"NextToken":"abc"}}"#),
            recorded::full,
            &[
                "container Inspector high CVE-2017-9735 pkg:maven/org.eclipse.jetty/jetty-server@8.1 fixed 9.4.6 in acme/shop:0 cvss 7.5: Timing channel",
                "container Inspector high CVE-2017-9735 pkg:deb/libc6@1:2.31-0ubuntu9 unfixed in acme/shop:0 cvss 7.5: Timing channel",
                "infrastructure guardduty medium arn:detector (Unusual call) in :0: It was called.",
                "infrastructure AWS Security Hub info S3.1 (S3 buckets should block) in :0: d",
                "problem AWS Security Hub did not scan everything: the answer is one page of several",
                "scan AWS Security Hub failed",
                "scan Inspector",
                "scan guardduty",
            ],
        );
        check("asff", &format!("[{guard}]"), recorded::skipped, &["absent", "scan guardduty"]);
    }
}
