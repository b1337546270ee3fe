//! GitHub's alerts as its REST API returns them: lists, single alerts, or pages one after another.
//!
//! An alert that is not open is skipped: one that was dismissed or resolved as suppressed, one that is fixed or whose
//! secret was revoked as absent. What casefile itself dismissed is kept, because its ticket says more.

use std::borrow::Cow;

use crate::model::alert::{Alert, AlertId, AlertState, Feed, MARK};
use crate::model::finding::{Anchors, ExclusionReason, FindingKind, Location};
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientText, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::path;

mod code_scanning;
mod dependabot;
mod secret_scanning;

/// Alerts of code scanning.
pub(crate) const CODE_SCANNING: Format = Format {
    name: "github-code-scanning",
    scanners: "every scanner whose results were uploaded to GitHub (`GET /repos/…/code-scanning/alerts`)",
    recognised: "a JSON object, or a list of objects, with `number`, `state`, `rule` and `tool`",
    kinds: &[FindingKind::Code, FindingKind::Infrastructure, FindingKind::Secret],
    recognise: |outline| is_alert(outline, &["rule", "tool"]),
    read: code_scanning::read,
};

/// Alerts of Dependabot.
pub(crate) const DEPENDABOT: Format = Format {
    name: "github-dependabot",
    scanners: "Dependabot (`GET /repos/…/dependabot/alerts`)",
    recognised: "a JSON object, or a list of objects, with `number`, `state`, `dependency` and `security_advisory`",
    kinds: &[FindingKind::Dependency],
    recognise: |outline| is_alert(outline, &["dependency"]),
    read: dependabot::read,
};

/// Alerts of secret scanning.
pub(crate) const SECRET_SCANNING: Format = Format {
    name: "github-secret-scanning",
    scanners: "GitHub secret scanning (`GET /repos/…/secret-scanning/alerts`)",
    recognised: "a JSON object, or a list of objects, with `number`, `state` and `secret_type`",
    kinds: &[FindingKind::Secret],
    recognise: |outline| is_alert(outline, &["secret_type"]),
    read: secret_scanning::read,
};

objects! { "snake_case"
    /// Where an alert was seen
    struct GithubAlertPlace {
        path: LenientText<'a>,
        start_line: Number,
        end_line: Number,
        start_column: Number,
    }
}

impl<'r> GithubAlertPlace<'r> {
    /// The place, at a path that is the same as its own.
    fn location(&self, path: &'r str, source: &ReportSource) -> Location<'r> {
        Location {
            path: path::of_path(Cow::Borrowed(path), source),
            line: self.start_line.position(),
            end_line: self.end_line.position(),
            column: self.start_column.position(),
            logical: None,
        }
    }
}

fn is_alert(outline: &Outline, own: &[&str]) -> bool {
    matches!(outline.shape, ReportShape::Object | ReportShape::List)
        && ["number", "state"].iter().chain(own).all(|key| outline.has(key))
}

/// What an alert says about itself, whatever it is about.
struct GithubAlertOwn<'r> {
    feed: Feed,
    number: Number,
    state: &'r str,
    url: &'r LenientText<'r>,
    reason: &'r str,
    comment: &'r str,
}

impl<'r> GithubAlertOwn<'r> {
    fn state(&self) -> AlertState {
        match self.state {
            "dismissed" if self.comment.starts_with(MARK) => AlertState::Echoed,
            "resolved" if self.reason == "revoked" => AlertState::Gone,
            "dismissed" | "auto_dismissed" | "resolved" => AlertState::Dismissed,
            "fixed" | "closed" => AlertState::Gone,
            _ => AlertState::Open,
        }
    }

    /// Why it is skipped.
    fn skipped(&self) -> Option<ExclusionReason> {
        match self.state() {
            AlertState::Dismissed => Some(ExclusionReason::Suppressed),
            AlertState::Gone => Some(ExclusionReason::Absent),
            AlertState::Open | AlertState::Echoed => None,
        }
    }

    /// The alert, unless it has no number.
    fn alert(&self, source: &ReportSource) -> Option<Alert<'r>> {
        let number = self.number.0.filter(|number| *number >= 1.0)? as u64;
        let between = if self.reason.is_empty() || self.comment.is_empty() { "" } else { ": " };
        Some(Alert {
            id: AlertId { feed: self.feed, number },
            url: self.url.some().map(Into::into),
            state: self.state(),
            why: format!("{}{between}{}", self.reason, self.comment).into(),
            live: source.live,
        })
    }
}

/// What identifies an alert: GitHub keeps one for a finding, wherever it moves.
fn anchors(alert: Option<&Alert<'_>>) -> Anchors<'static> {
    Anchors {
        stable: alert.map(|alert| format!("github-alert:{}", alert.id.number).into()),
        ..Anchors::default()
    }
}

/// Visits all alerts of all pages.
fn alerts(
    json: &mut Json<'_>,
    mut visit: impl FnMut(&mut Json<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    json.each_document(|json| match json.peek()? {
        Some(b'{' | b'[') => json.each_element(|json| visit(json)),
        // what is not an alert is reported as one that cannot be read
        _ => visit(json),
    })
}

/// A scan about which only the scanner is known.
fn scan(scanner: &str, source: &ReportSource) -> Scan {
    Scan { category: source.category.clone(), ..Scan::new(scanner) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_says_whether_an_alert_is_set_aside() {
        let check = |state: &str,
                     reason: &str,
                     comment: &str,
                     expected: AlertState,
                     skipped: Option<ExclusionReason>| {
            let url = LenientText::default();
            let number = Number(Some(7.0));
            let own = GithubAlertOwn { feed: Feed::CodeScanning, number, state, url: &url, reason, comment };
            let alert = own.alert(&ReportSource::bytes("r", *b"")).unwrap();
            assert_eq!((alert.state, own.skipped()), (expected, skipped), "{state} {reason} {comment}");
            assert!(!alert.live && alert.why.contains(reason) && alert.why.contains(comment), "{alert:?}");
        };
        let suppressed = Some(ExclusionReason::Suppressed);
        check("open", "", "", AlertState::Open, None);
        check("dismissed", "won't fix", "", AlertState::Dismissed, suppressed);
        check("dismissed", "won't fix", "Not casefile: me.", AlertState::Dismissed, suppressed);
        check("dismissed", "won't fix", "casefile: SEC-1 is closed", AlertState::Echoed, None);
        check("auto_dismissed", "", "", AlertState::Dismissed, suppressed);
        check("resolved", "used_in_tests", "", AlertState::Dismissed, suppressed);
        check("resolved", "revoked", "", AlertState::Gone, Some(ExclusionReason::Absent));
        check("fixed", "", "", AlertState::Gone, Some(ExclusionReason::Absent));
    }
}
