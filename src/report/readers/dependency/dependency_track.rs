//! Dependency-Track findings: the exported packaging format, and the list that its API returns.

use std::sync::Arc;

use crate::model::finding::{Effect, ExclusionReason, FindingKind, Help, Statement};
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{Flag, LenientList, LenientPairs, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::{advisory, cvss, purl, weakness};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "dependency-track",
    scanners: "Dependency-Track",
    recognised: "a JSON object with `findings`, `meta` and `project`, or a list of objects with `component`, `vulnerability` and `matrix`",
    kinds: &[FindingKind::Dependency, FindingKind::Container],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    match outline.shape {
        ReportShape::Object => {
            outline.has("findings")
                && (outline.head.contains("\"Dependency-Track\"")
                    || outline.has("meta") && outline.has("project"))
        }
        ReportShape::List => ["component", "vulnerability", "matrix"].iter().all(|key| outline.has(key)),
        _ => false,
    }
}

objects! { "camelCase"
    struct DependencyTrackFound {
        component: Maybe<DependencyTrackComponent<'a>>,
        vulnerability: Maybe<DependencyTrackVulnerability<'a>>,
        analysis: Maybe<DependencyTrackAnalysis<'a>>,
    }

    struct DependencyTrackComponent {
        group: LenientText<'a>,
        name: LenientText<'a>,
        version: LenientText<'a>,
        purl: LenientText<'a>,
    }

    struct DependencyTrackVulnerability {
        source: LenientText<'a>,
        vuln_id: LenientText<'a>,
        aliases: LenientList<LenientPairs<'a>>,
        title: LenientText<'a>,
        description: LenientText<'a>,
        recommendation: LenientText<'a>,
        severity: LenientText<'a>,
        cvss_v2_base_score: Number,
        cvss_v2_vector: LenientText<'a>,
        cvss_v3_base_score: Number,
        cvss_v3_vector: LenientText<'a>,
        cvss_v4_base_score: Number,
        cvss_v4_score: Number,
        cvss_v4_vector: LenientText<'a>,
        epss_score: Number,
        cwe_id: LenientText<'a>,
        cwes: LenientList<Maybe<DependencyTrackWeakness<'a>>>,
        patched_versions: LenientText<'a>,
    }

    struct DependencyTrackWeakness {
        cwe_id: LenientText<'a>,
    }

    struct DependencyTrackAnalysis {
        state: LenientText<'a>,
        justification: LenientText<'a>,
        detail: LenientText<'a>,
        is_suppressed: Flag,
    }

    struct Meta {
        version: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let scanner: Arc<str> = "Dependency-Track".into();
    let mut version = None;
    let mut json = Json::new(&source.name, source.open()?, sink);
    let each = |json: &mut Json<'_>| {
        json.each_element(|json| {
            json.fitting::<DependencyTrackFound<'_>>("finding", |found, sink| emit(found, &scanner, sink))
        })
    };
    let end = match json.peek()? {
        Some(b'[') => each(&mut json),
        _ => json.each_entry(|json, key| match key {
            "findings" => each(json),
            "meta" => {
                let recorded = json.value::<Meta<'_>, _>(|meta, _| meta.get()?.version.owned())?;
                version = recorded.flatten();
                Ok(())
            }
            _ => Ok(()),
        }),
    };
    json.sink().scan(Scan { version, ..Scan::new("Dependency-Track") });
    end
}

/// Reports a finding; false: it is not one.
fn emit(found: &DependencyTrackFound<'_>, scanner: &Arc<str>, sink: &mut dyn Sink) -> bool {
    let (Some(component), Some(vulnerability)) = (found.component.get(), found.vulnerability.get()) else {
        return false;
    };
    let group = component.group.some();
    let name = group.map_or(component.name.to_string(), |group| format!("{group}:{}", &*component.name));
    let mut package = flaw::package(&component.purl, "", &name, &component.version);
    package.fixed = flaw::versions(&vulnerability.patched_versions);
    let mut names = vec![flaw::name(&vulnerability.source, &vulnerability.vuln_id, &package.name)];
    let aliases = vulnerability.aliases.iter().flat_map(|alias| alias.iter());
    names.extend(
        aliases
            .filter(|(_, id)| advisory::is_shared(id) && **id != vulnerability.vuln_id)
            .map(|(_, id)| id.to_string()),
    );
    names.dedup();
    let analysis = found.analysis.get();
    let state = analysis.map_or("", |analysis| &*analysis.state);
    let mut skipped = None;
    if matches!(state, "NOT_AFFECTED" | "FALSE_POSITIVE" | "RESOLVED") {
        skipped = Some(ExclusionReason::NotAffected);
        let words = analysis.into_iter().flat_map(|one| [&one.state, &one.justification, &one.detail]);
        sink.statement(Statement {
            advisory: names[0].clone(),
            aliases: names[1..].into(),
            product: Some(package.purl.to_string()),
            within: None,
            effect: Effect::NotAffected,
            said_at: None,
            justification: words.filter_map(LenientText::some).collect::<Vec<_>>().join(", "),
        });
    } else if analysis.is_some_and(|analysis| analysis.is_suppressed.0 == Some(true)) {
        skipped = Some(ExclusionReason::Suppressed);
    }
    let v4 = vulnerability.cvss_v4_base_score.0.or(vulnerability.cvss_v4_score.0);
    let score = cvss::best(
        [
            cvss::of(vulnerability.cvss_v3_base_score.0, vulnerability.cvss_v3_vector.some()),
            cvss::of(v4, vulnerability.cvss_v4_vector.some()),
            cvss::of(vulnerability.cvss_v2_base_score.0, vulnerability.cvss_v2_vector.some()),
        ]
        .into_iter()
        .flatten(),
    );
    let cwes =
        vulnerability.cwes.objects().map(|one| &one.cwe_id).chain(std::iter::once(&vulnerability.cwe_id));
    let flaw = Flaw {
        names,
        title: (&*vulnerability.title).into(),
        description: (&*vulnerability.description).into(),
        is_markdown: true,
        help: vulnerability.recommendation.owned().map_or(Help::None, |text| Help::Markdown(text.into())),
        cwe: cwes.flat_map(|text| weakness::cwe_field(text).collect::<Vec<_>>()).collect(),
        severity: flaw::severity(&vulnerability.severity, score.as_ref()),
        cvss: score,
        epss: vulnerability.epss_score.0,
        image: purl::is_system(&package.purl),
        package,
        skipped,
        ..Flaw::default()
    };
    sink.finding(flaw.finding(scanner));
    true
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    fn found(analysis: &str) -> String {
        format!(
            r#"{{"component":{{"name":"a","version":"1","group":"org.a","purl":"pkg:maven/org.a/a@1?type=jar"}},"vulnerability":{{"source":"GITHUB","vulnId":"GHSA-1",
            "aliases":[{{"cveId":"CVE-1","ghsaId":"GHSA-1","osvId":"DSA-1-1"}}],"severity":"LOW","cvssV3BaseScore":7.5,"epssScore":0.1,"cweId":400,"description":"Bad. More."}},
            "analysis":{{{analysis}}},"matrix":"x"}}"#
        )
    }

    #[test]
    fn findings_are_read() {
        let report = |analysis: &str| {
            format!(
                r#"{{"version":"1.3","meta":{{"application":"Dependency-Track","version":"4.11"}},"project":{{}},"findings":[{}]}}"#,
                found(analysis)
            )
        };
        let scan = "scan Dependency-Track 4.11";
        check(
            "dependency-track",
            &report(r#""isSuppressed":false"#),
            recorded::full,
            &[
                "dependency Dependency-Track low GHSA-1=CVE-1 pkg:maven/org.a/a@1 in :0 cvss 7.5 epss 0.1: Bad. More.",
                scan,
            ],
        );
        check(
            "dependency-track",
            &report(r#""isSuppressed":true"#),
            recorded::skipped,
            &["suppressed", scan],
        );
        check(
            "dependency-track",
            &report(r#""state":"NOT_AFFECTED","justification":"CODE_NOT_REACHABLE","isSuppressed":true"#),
            recorded::skipped,
            &["vex GHSA-1=CVE-1 pkg:maven/org.a/a@1: NOT_AFFECTED, CODE_NOT_REACHABLE", "not-affected", scan],
        );
    }

    #[test]
    fn the_apis_list_is_read() {
        let list = format!("[{}]", found(""));
        check(
            "dependency-track",
            &list,
            recorded::place,
            &["dependency pkg:maven/org.a/a@1 :0", "scan Dependency-Track"],
        );
    }
}
