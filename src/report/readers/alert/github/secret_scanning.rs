//! Alerts of GitHub's secret scanning. The secret itself is not even read.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::alert::Feed;
use crate::model::finding::{Anchors, Finding, FindingDetail, FindingFact, FindingKind, Help, Rule, Subject};
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{Flag, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::applicability::{REVOKED, WORKS};
use crate::report::shared::words;
use crate::report::sink::Sink;

use crate::report::readers::alert::github::{GithubAlertOwn, GithubAlertPlace, alerts, anchors, scan};

const SCANNER: &str = "GitHub secret scanning";

objects! { "snake_case"
    /// An alert
    struct SecretScanningAlert {
        number: Number,
        state: LenientText<'a>,
        resolution: LenientText<'a>,
        resolution_comment: LenientText<'a>,
        html_url: LenientText<'a>,
        secret_type: LenientText<'a>,
        secret_type_display_name: LenientText<'a>,
        validity: LenientText<'a>,
        publicly_leaked: Flag,
        first_location_detected: Maybe<GithubAlertPlace<'a>>,
    }
}

pub(crate) fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let scanner: Arc<str> = SCANNER.into();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = alerts(&mut json, |json| {
        json.object::<SecretScanningAlert<'_>>("secret-scanning alert", |alert, sink| {
            sink.finding(finding(alert, &scanner, source))
        })
    });
    sink.scan(scan(SCANNER, source));
    end
}

fn finding<'r>(alert: &'r SecretScanningAlert<'r>, scanner: &Arc<str>, source: &ReportSource) -> Finding<'r> {
    let name = words::line(alert.secret_type_display_name.some().unwrap_or(&alert.secret_type));
    let leaked = alert.publicly_leaked.0 == Some(true);
    // GitHub asks the provider whether it still works
    let (severity, state) = match &*alert.validity {
        "active" => (Severity::Critical, Some(WORKS)),
        "inactive" => (Severity::Medium, Some(REVOKED)),
        _ => (Severity::High, None),
    };
    let rule = Rule {
        id: alert.secret_type.to_string(),
        name: name.clone(),
        description: format!("A credential ({name}) is in the repository.").into(),
        help: Help::Text("Revoke it where it was issued, then resolve GitHub's alert.".into()),
        ..Rule::default()
    };
    let own = GithubAlertOwn {
        feed: Feed::SecretScanning,
        number: alert.number,
        state: &alert.state,
        url: &alert.html_url,
        reason: &alert.resolution,
        comment: &alert.resolution_comment,
    };
    let recorded = own.alert(source).map(Box::new);
    // what looks like an absolute path is relative to the repository here
    let location =
        |place: &'r GithubAlertPlace<'r>| place.location(place.path.trim_start_matches('/'), source);
    Finding {
        kind: FindingKind::Secret,
        scanner: scanner.clone(),
        rule: Arc::new(rule),
        severity,
        subject: Subject::Rule,
        location: alert.first_location_detected.get().map(location).unwrap_or_default(),
        anchors: Anchors { withheld: true, ..anchors(recorded.as_deref()) },
        detail: FindingDetail {
            message: name.into(),
            applicability: state.map(Cow::Borrowed),
            facts: leaked
                .then_some(FindingFact {
                    name: FindingFact::LEAKED,
                    value: "yes, according to GitHub".into(),
                })
                .into_iter()
                .collect(),
            alert: recorded,
            assumed: Some(severity),
            ..FindingDetail::default()
        },
        skipped: own.skipped(),
    }
}

#[cfg(test)]
mod tests {
    use crate::report::readers::alert::github::SECRET_SCANNING;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn alerts_are_told_without_the_secret() {
        let alert = |state: &str, validity: &str| {
            format!(
                r#"{{"number":2,"state":"{state}","secret_type":"some_key","secret_type_display_name":"Some \n Key","secret":"hunter2",
                "validity":"{validity}","publicly_leaked":true,"first_location_detected":{{"path":"/a.env","start_line":4}}}}"#
            )
        };
        check_lines(
            &SECRET_SCANNING,
            &format!("[{},{}]", alert("open", "active"), alert("resolved", "unknown")),
            &[
                "secret critical some_key: Some Key at a.env:4",
                "secret high some_key: Some Key at a.env:4 suppressed",
                "scan GitHub secret scanning",
            ],
        );
    }
}
