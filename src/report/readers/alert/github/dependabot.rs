//! Dependabot's alerts (REST: "List Dependabot alerts for a repository").

use std::borrow::Cow;

use crate::model::alert::Feed;
use crate::model::finding::Subject;
use crate::model::scan::Problem;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory};
use crate::report::shared::{cvss, purl};
use crate::report::sink::Sink;

use crate::report::readers::alert::github::{GithubAlertOwn, alerts, scan};

const SCANNER: &str = "Dependabot";

objects! { "snake_case"
    /// An alert
    struct DependabotAlert {
        number: Number,
        state: LenientText<'a>,
        dismissed_reason: LenientText<'a>,
        dismissed_comment: LenientText<'a>,
        html_url: LenientText<'a>,
        dependency: Maybe<DependabotDependency<'a>>,
        security_advisory: Maybe<DependabotAdvisory<'a>>,
        security_vulnerability: Maybe<DependabotVulnerability<'a>>,
    }

    /// What is affected
    struct DependabotDependency {
        package: Maybe<DependabotPackage<'a>>,
        manifest_path: LenientText<'a>,
    }

    /// A package
    struct DependabotPackage {
        ecosystem: LenientText<'a>,
        name: LenientText<'a>,
    }

    /// GitHub's advisory
    struct DependabotAdvisory {
        ghsa_id: LenientText<'a>,
        cve_id: LenientText<'a>,
        summary: LenientText<'a>,
        description: LenientText<'a>,
        severity: LenientText<'a>,
        cvss: Maybe<DependabotCvss<'a>>,
        cvss_severities: Maybe<Severities<'a>>,
        epss: Maybe<DependabotEpss<'a>>,
        cwes: LenientList<Maybe<Cwe<'a>>>,
        identifiers: LenientList<Maybe<DependabotIdentifier<'a>>>,
        withdrawn_at: LenientText<'a>,
    }

    /// A score
    struct DependabotCvss {
        vector_string: LenientText<'a>,
        score: Number,
    }

    /// Scores by version
    struct Severities {
        cvss_v3: Maybe<DependabotCvss<'a>>,
        cvss_v4: Maybe<DependabotCvss<'a>>,
    }

    /// The chance of exploitation
    struct DependabotEpss {
        percentage: Number,
        percentile: LenientText<'a>,
    }

    /// A weakness
    struct Cwe {
        cwe_id: LenientText<'a>,
    }

    /// Another name
    struct DependabotIdentifier {
        value: LenientText<'a>,
    }

    /// The advisory as far as it is about this package
    struct DependabotVulnerability {
        severity: LenientText<'a>,
        first_patched_version: Maybe<Patched<'a>>,
    }

    /// A good version
    struct Patched {
        identifier: LenientText<'a>,
    }
}

pub(crate) fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = alerts(&mut json, |json| {
        json.fitting::<DependabotAlert<'_>>("Dependabot alert", |alert, sink| {
            let Some(advisory) = alert.security_advisory.get() else { return false };
            emit(alert, advisory, source, sink);
            true
        })
    });
    sink.scan(scan(SCANNER, source));
    end
}

fn emit(
    alert: &DependabotAlert<'_>,
    advisory: &DependabotAdvisory<'_>,
    source: &ReportSource,
    sink: &mut dyn Sink,
) {
    let unknown = DependabotDependency::default();
    let dependency = alert.dependency.get().unwrap_or(&unknown);
    let vulnerability = alert.security_vulnerability.get();
    let package = dependency.package.get();
    let ecosystem = package.map_or("", |package| purl::ecosystem(&package.ecosystem));
    let audit = Audit::new(SCANNER, ecosystem, dependency.manifest_path.trim_start_matches('/'), source);
    let own = GithubAlertOwn {
        feed: Feed::Dependabot,
        number: alert.number,
        state: &alert.state,
        url: &alert.html_url,
        reason: &alert.dismissed_reason,
        comment: &alert.dismissed_comment,
    };
    let mut finding = audit.finding(AuditAdvisory {
        names: [advisory.ghsa_id.owned(), advisory.cve_id.owned()]
            .into_iter()
            .flatten()
            .chain(advisory.identifiers.objects().filter_map(|identifier| identifier.value.owned()))
            .collect(),
        title: &advisory.summary,
        url: advisory.ghsa_id.some().map(|id| format!("https://github.com/advisories/{id}")),
        cwe: advisory
            .cwes
            .objects()
            .flat_map(|cwe| crate::report::shared::weakness::cwe(&cwe.cwe_id))
            .collect(),
        severity: vulnerability.and_then(|own| own.severity.some()).unwrap_or(&advisory.severity),
        cvss: score(advisory),
        withdrawn: advisory.withdrawn_at.some().is_some(),
        description: &advisory.description,
        is_markdown: true,
        package: package.map_or("", |package| &package.name),
        unfixed: vulnerability.is_some_and(|own| own.first_patched_version.get().is_none()),
        fixed: vulnerability
            .and_then(|own| own.first_patched_version.get()?.identifier.some())
            .map(Cow::Borrowed)
            .into_iter()
            .collect(),
        skipped: own.skipped(),
        ..AuditAdvisory::default()
    });
    finding.detail.alert = own.alert(source).map(Box::new);
    if let (Subject::Advisory(known, _), Some(epss)) = (&mut finding.subject, advisory.epss.get()) {
        std::sync::Arc::make_mut(known).epss =
            epss.percentage.0.filter(|chance| (0.0..=1.0).contains(chance));
    }
    sink.finding(finding);
}

/// The score of version 3 takes precedence over that of version 4, so that scanners agree.
fn score(advisory: &DependabotAdvisory<'_>) -> Option<crate::model::finding::Cvss> {
    let versions = advisory.cvss_severities.get();
    let third = versions.and_then(|versions| versions.cvss_v3.get());
    let fourth = versions.and_then(|versions| versions.cvss_v4.get());
    let all = [advisory.cvss.get(), third, fourth];
    cvss::best(all.into_iter().flatten().filter_map(|cvss| cvss::of(cvss.score.0, cvss.vector_string.some())))
}

#[cfg(test)]
mod tests {
    use crate::report::readers::alert::github::DEPENDABOT;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn alerts_are_told() {
        let alert = |state: &str| {
            format!(
                r#"{{"number":1,"state":"{state}","dependency":{{"package":{{"ecosystem":"pip","name":"Left_Pad"}},"manifest_path":"/a/requirements.txt"}},
                "security_advisory":{{"ghsa_id":"GHSA-aaaa-bbbb-cccc","cve_id":"CVE-2020-1","summary":"Bad","severity":"low",
                "cvss":{{"vector_string":null,"score":0}},"cvss_severities":{{"cvss_v4":{{"vector_string":"CVSS:4.0/AV:N/x","score":7.1}}}},
                "identifiers":[{{"type":"GHSA","value":"GHSA-aaaa-bbbb-cccc"}}],"withdrawn_at":null}},
                "security_vulnerability":{{"severity":"low","first_patched_version":{{"identifier":"1.1"}}}}}}"#
            )
        };
        let found =
            "dependency low GHSA-aaaa-bbbb-cccc=CVE-2020-1 pkg:pypi/left-pad fixed 1.1 at a/requirements.txt";
        let pages = format!("[{},{}] [{},3]", alert("open"), alert("dismissed"), alert("auto_dismissed"));
        check_lines(
            &DEPENDABOT,
            &pages,
            &[
                found,
                &format!("{found} suppressed"),
                &format!("{found} suppressed"),
                "problem is not a Dependabot alert and was skipped",
                "scan Dependabot",
            ],
        );
        check_lines(&DEPENDABOT, &alert("fixed"), &[&format!("{found} absent"), "scan Dependabot"]);
    }
}
