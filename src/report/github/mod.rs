//! GitHub's alerts as its REST API gives them: lists, single alerts, or pages one after another.
//!
//! An alert that is not open is set aside: `dismissed` and `resolved` as suppressed, `fixed` and what
//! closed by itself as absent.

use crate::model::finding::{Aside, Kind};
use crate::model::scan::{Problem, Scan};

use super::each::Json;
use super::formats::{Format, Outline, Shape};
use super::source::Source;

mod code_scanning;
mod dependabot;
mod secret_scanning;

/// Alerts of code scanning.
pub(super) const CODE_SCANNING: Format = Format {
    name: "github-code-scanning",
    scanners: "every scanner whose results GitHub has (`GET /repos/…/code-scanning/alerts`)",
    recognised: "a JSON list of objects, or one, with `number`, `state`, `rule` and `tool`",
    kinds: &[Kind::Code, Kind::Infrastructure, Kind::Secret],
    recognise: |outline| is_alert(outline, &["rule", "tool"]),
    read: code_scanning::read,
};

/// Alerts of Dependabot.
pub(super) const DEPENDABOT: Format = Format {
    name: "github-dependabot",
    scanners: "Dependabot (`GET /repos/…/dependabot/alerts`)",
    recognised: "a JSON list of objects, or one, with `number`, `state`, `dependency` and `security_advisory`",
    kinds: &[Kind::Dependency],
    recognise: |outline| is_alert(outline, &["dependency"]),
    read: dependabot::read,
};

/// Alerts of secret scanning.
pub(super) const SECRET_SCANNING: Format = Format {
    name: "github-secret-scanning",
    scanners: "GitHub secret scanning (`GET /repos/…/secret-scanning/alerts`)",
    recognised: "a JSON list of objects, or one, with `number`, `state` and `secret_type`",
    kinds: &[Kind::Secret],
    recognise: |outline| is_alert(outline, &["secret_type"]),
    read: secret_scanning::read,
};

fn is_alert(outline: &Outline, own: &[&str]) -> bool {
    matches!(outline.shape, Shape::Object | Shape::List)
        && ["number", "state"].iter().chain(own).all(|key| outline.has(key))
}

/// Why an alert is set aside, by its state.
fn aside(state: &str) -> Option<Aside> {
    match state {
        "dismissed" | "resolved" => Some(Aside::Suppressed),
        "fixed" | "closed" | "auto_dismissed" => Some(Aside::Absent),
        _ => None,
    }
}

/// Visits all alerts of all pages.
fn alerts(
    json: &mut Json<'_>,
    mut visit: impl FnMut(&mut Json<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    json.each_document(|json| json.each_element(|json| visit(json)))
}

/// A scan that knows nothing beyond its scanner.
fn scan(scanner: &str, source: &Source) -> Scan {
    Scan {
        scanner: scanner.to_owned(),
        version: None,
        category: source.category.clone(),
        success: None,
        has_results: true,
        commit: None,
        rules: Vec::new(),
    }
}
