//! Alerts of GitHub's code scanning, each under the name of the scanner that uploaded it; and its list of analyses,
//! which also includes scanners without any alerts.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::alert::Feed;
use crate::model::finding::{Finding, FindingDetail, FindingKind, Help, Rule, Subject};
use crate::model::scan::{Problem, Scan};
use crate::model::severity::Severity;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::{kind, weakness, words};
use crate::report::sink::Sink;

use crate::report::readers::alert::github::{GithubAlertOwn, GithubAlertPlace, alerts, anchors, scan};

objects! { "snake_case"
    /// An alert, or an analysis
    struct CodeScanningAlert {
        number: Number,
        state: LenientText<'a>,
        dismissed_reason: LenientText<'a>,
        dismissed_comment: LenientText<'a>,
        html_url: LenientText<'a>,
        rule: Maybe<Described<'a>>,
        tool: Maybe<CodeScanningTool<'a>>,
        most_recent_instance: Maybe<Instance<'a>>,
        analysis_key: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        commit_sha: LenientText<'a>,
        error: LenientText<'a>,
    }

    /// Its rule
    struct Described {
        id: LenientText<'a>,
        name: LenientText<'a>,
        description: LenientText<'a>,
        full_description: LenientText<'a>,
        help: LenientText<'a>,
        help_uri: LenientText<'a>,
        severity: LenientText<'a>,
        security_severity_level: LenientText<'a>,
        tags: LenientList<LenientText<'a>>,
    }

    /// Its scanner
    struct CodeScanningTool {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
    }

    /// Where it was seen last
    struct Instance {
        #[serde(deserialize_with = "name")]
        commit_sha: LenientText<'a>,
        message: Maybe<CodeScanningMessage<'a>>,
        location: Maybe<GithubAlertPlace<'a>>,
    }

    /// What the scanner says
    struct CodeScanningMessage {
        text: LenientText<'a>,
    }
}

/// Reads all alerts, and closes a scan whenever another scanner's alerts begin; finally those of scanners that were
/// analysed and have no alerts.
pub(crate) fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut open: Option<Scan> = None;
    // with each, whether it has alerts
    let mut analysed: BTreeMap<String, (Scan, bool)> = BTreeMap::new();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = alerts(&mut json, |json| {
        json.fitting::<CodeScanningAlert<'_>>("code-scanning alert", |alert, sink| {
            if alert.rule.get().is_none() && alert.analysis_key.some().is_some() {
                // the newest comes first
                let scan = scan_of(alert, source);
                analysed.entry(scan.scanner.clone()).or_insert((scan, false));
                return true;
            }
            let Some(rule) = alert.rule.get() else { return false };
            let mut own = scan_of(alert, source);
            if let Some((newest, has_alerts)) = analysed.get_mut(&own.scanner) {
                *has_alerts = true;
                own = newest.clone();
            }
            if let Some(before) = open.take().filter(|before| before.scanner != own.scanner) {
                sink.scan(before);
            }
            sink.finding(finding(alert, rule, &own.scanner, source));
            open = Some(own);
            true
        })
    });
    let silent = analysed.into_values().filter(|(_, has_alerts)| !has_alerts).map(|(scan, _)| scan);
    let rest: Vec<Scan> = open.into_iter().chain(silent).collect();
    if rest.is_empty() {
        sink.scan(scan("GitHub code scanning", source));
    }
    rest.into_iter().for_each(|scan| sink.scan(scan));
    end
}

fn scan_of(alert: &CodeScanningAlert<'_>, source: &ReportSource) -> Scan {
    let tool = alert.tool.get();
    let name = tool.and_then(|tool| tool.name.some()).unwrap_or("GitHub code scanning");
    Scan {
        version: tool.and_then(|tool| tool.version.owned()),
        commit: alert
            .most_recent_instance
            .get()
            .map_or(&alert.commit_sha, |instance| &instance.commit_sha)
            .owned(),
        success: alert.analysis_key.some().map(|_| alert.error.is_empty()),
        ..scan(name, source)
    }
}

fn finding<'r>(
    alert: &'r CodeScanningAlert<'r>,
    described: &'r Described<'r>,
    scanner: &str,
    source: &ReportSource,
) -> Finding<'r> {
    let instance = alert.most_recent_instance.get();
    let place = instance.and_then(|instance| instance.location.get());
    let mut rule = Rule {
        id: described.id.to_string(),
        name: words::line(described.description.some().unwrap_or(&described.name)),
        description: described.full_description.some().unwrap_or(&described.description).into(),
        help: described.help.owned().map_or(Help::None, |text| Help::Markdown(text.into())),
        help_uri: described.help_uri.owned(),
        tags: described.tags.iter().filter_map(LenientText::owned).collect(),
        ..Rule::default()
    };
    rule.cwe = weakness::each_once(rule.tags.iter().flat_map(|tag| weakness::cwe(tag)));
    rule.owasp = rule.tags.iter().filter_map(|tag| weakness::owasp(tag)).collect();
    let kind = kind::of_rule(scanner, &rule, &[]);
    let own = GithubAlertOwn {
        feed: Feed::CodeScanning,
        number: alert.number,
        state: &alert.state,
        url: &alert.html_url,
        reason: &alert.dismissed_reason,
        comment: &alert.dismissed_comment,
    };
    let recorded = own.alert(source).map(Box::new);
    let said = instance.and_then(|instance| instance.message.get()?.text.some());
    // a message may quote the secret
    let said = said.filter(|_| kind != FindingKind::Secret).unwrap_or(&described.description);
    let worth =
        words::severity(&described.security_severity_level).or_else(|| words::severity(&described.severity));
    let severity = worth.unwrap_or(Severity::Medium);
    let assumed = worth.is_none().then_some(severity);
    Finding {
        kind,
        scanner: scanner.into(),
        rule: Arc::new(rule),
        severity,
        subject: Subject::Rule,
        location: place.map(|place| place.location(&place.path, source)).unwrap_or_default(),
        anchors: anchors(recorded.as_deref()),
        detail: FindingDetail { message: said.into(), alert: recorded, assumed, ..FindingDetail::default() },
        skipped: own.skipped(),
    }
}

#[cfg(test)]
mod tests {
    use crate::report::readers::alert::github::CODE_SCANNING;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn alerts_are_told_under_their_scanners() {
        let alert = |state: &str, tool: &str, level: &str| {
            format!(
                r#"{{"number":1,"state":"{state}","rule":{{"id":"x/y","description":"Bad","severity":"error",{level}"tags":["security"]}},
                "tool":{{"name":"{tool}","version":"1"}},"most_recent_instance":{{"commit_sha":"c0ffee","message":{{"text":"Here."}},
                "location":{{"path":"src/a.py","start_line":4,"end_line":5}}}}}}"#
            )
        };
        check_lines(
            &CODE_SCANNING,
            &format!(
                "[{},{},{}]",
                alert("open", "CodeQL", r#""security_severity_level":"medium","#),
                alert("fixed", "CodeQL", ""),
                alert("dismissed", "Gitleaks", "")
            ),
            &[
                "code medium x/y: Here. at src/a.py:4",
                "code high x/y: Here. at src/a.py:4 absent",
                "scan CodeQL 1 at c0ffee",
                "secret high x/y: Bad at src/a.py:4 suppressed",
                "scan Gitleaks 1 at c0ffee",
            ],
        );
    }

    #[test]
    fn analyses_tell_of_scanners_without_alerts() {
        let analysis = |tool: &str, commit: &str, error: &str| {
            format!(
                r#"{{"ref":"refs/heads/main","commit_sha":"{commit}","analysis_key":"k","error":"{error}","results_count":0,
                "tool":{{"name":"{tool}","version":"2"}}}}"#
            )
        };
        let alert = r#"{"number":1,"state":"open","rule":{"id":"x","description":"Bad"},"tool":{"name":"CodeQL","version":"1"}}"#;
        let analyses = [
            ("CodeQL", "beef", ""),
            ("CodeQL", "dead", "too old"),
            ("Fine", "beef", ""),
            ("Torn", "beef", "cut"),
        ];
        let analyses = analyses.map(|(tool, commit, error)| analysis(tool, commit, error)).join(",");
        check_lines(
            &CODE_SCANNING,
            &format!(r#"{alert} [{analyses}] {alert} {{"number":2,"state":"open","tool":{{}}}}"#),
            &[
                "code medium x: Bad",
                "code medium x: Bad",
                "problem is not a code-scanning alert and was skipped",
                "scan CodeQL 2 at beef",
                "scan Fine 2 at beef",
                "scan Torn 2 at beef failed",
            ],
        );
    }
}
