//! Sample findings: what a run would do with them shows whether the setup works.

use serde_json::{Value, json};

use crate::config::Config;
use crate::group::{Rules, SurveyBuilder};
use crate::model::run::Run;
use crate::model::survey::Survey;
use crate::report::detect;
use crate::report::source::ReportSource;

/// The survey of the one finding that a test ticket stands for. Each has its own name, so that no run mistakes the
/// ticket for another.
pub(crate) fn of_test_ticket(config: &Config, run: &Run) -> Survey {
    survey(config, run, &[test(run)])
}

/// A survey of findings that are as different as possible: a scanner's finding without any detail, and an advisory with
/// every detail.
pub(crate) fn of_all_sorts(config: &Config, run: &Run) -> Survey {
    survey(config, run, &[test(run), advisory()])
}

fn survey(config: &Config, run: &Run, reports: &[Value]) -> Survey {
    let mode = |kind| config.group_by.mode(kind);
    let mut line = |_: &str, _: u32| None;
    let mut gatherer = SurveyBuilder::new(Rules {
        repository: run.repository.identities(),
        job: "casefile doctor".to_owned(),
        mode: &mode,
        severity: &|finding| finding.severity,
        judge: &|_| None,
        line: &mut line,
    });
    for report in reports {
        let source = ReportSource::bytes("casefile doctor", report.to_string().into_bytes());
        gatherer.begin(&source.name, None);
        match detect::read(&source, &mut gatherer) {
            Ok(done) => gatherer.end(done.format.name, done.cut),
            Err(problem) => gatherer.end("", Some(problem)),
        }
    }
    gatherer.survey()
}

/// SARIF.
fn test(run: &Run) -> Value {
    let id = format!("test-ticket-{}", run.now);
    let rule = json!({
        "id": id,
        "shortDescription": {"text": "test ticket from casefile doctor, please ignore"},
        "fullDescription": {"text": "This ticket shows that casefile can file tickets here. It does not represent a finding."},
    });
    let place = json!({"artifactLocation": {"uri": "casefile-doctor"}, "region": {"startLine": 1}});
    json!({
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "casefile doctor", "rules": [rule]}},
            "results": [{
                "ruleId": id,
                "level": "note",
                "message": {"text": "This is a test."},
                "locations": [{"physicalLocation": place}],
            }],
        }],
    })
}

/// Grype.
fn advisory() -> Value {
    let cvss = json!({"version": "3.1", "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "metrics": {"baseScore": 9.8}});
    let vulnerability = json!({
        "id": "CVE-2000-0001",
        "severity": "Critical",
        "description": "A made-up advisory.",
        "urls": ["https://example.com/CVE-2000-0001"],
        "cvss": [cvss],
        "epss": [{"cve": "CVE-2000-0001", "epss": 0.5, "percentile": 0.9}],
        "cwes": [{"cve": "CVE-2000-0001", "cwe": "CWE-79"}],
        "fix": {"versions": ["1.1.0"], "state": "fixed"},
    });
    json!({
        "matches": [{
            "vulnerability": vulnerability,
            "artifact": {
                "name": "sample", "version": "1.0.0", "type": "npm", "purl": "pkg:npm/sample@1.0.0",
                "locations": [{"path": "/package-lock.json"}],
            },
        }],
        "source": {"type": "directory", "target": "."},
        "descriptor": {"name": "grype", "version": "0.100.0"},
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::compose::property::PropertySource;
    use crate::model::property::Property;

    #[test]
    fn the_findings_have_every_property_between_them() {
        let run = Run::sample();
        let survey = of_all_sorts(&Config::default(), &run);
        assert_eq!((survey.groups.len(), survey.problems.as_slice()), (2, &[][..]));
        let provenance = run.provenance();
        let has = |property: Property| {
            survey.groups.iter().any(|group| {
                let first_seen = run.today();
                let properties =
                    PropertySource { group, survey: &survey, provenance: &provenance, first_seen };
                !properties.values(property).is_empty()
            })
        };
        for property in [
            Property::CvssScore,
            Property::Epss,
            Property::PackageName,
            Property::FixedVersion,
            Property::Path,
        ] {
            assert!(has(property), "{}", property.name());
        }
        let one = of_test_ticket(&Config::default(), &run);
        assert_eq!(one.groups.len(), 1);
        let later =
            of_test_ticket(&Config::default(), &Run { now: Timestamp::from_second(1).unwrap(), ..run });
        assert_ne!(one.groups[0].names[0], later.groups[0].names[0]);
    }
}
