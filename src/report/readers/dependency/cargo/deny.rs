//! `cargo deny --format json check`: a line for each diagnostic, and a summary at the end.
//!
//! A diagnostic that is only about the configuration (no crate is shown) is not a finding.

use std::borrow::Cow;

use crate::model::finding::{ExclusionReason, FindingKind, Help};
use crate::model::scan::Problem;
use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{First, LenientList, LenientText, Maybe, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, starts};
use crate::report::sink::Sink;

use crate::report::readers::dependency::cargo::{CargoAdvisory, CargoPackage, advise, lock_file};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "cargo-deny",
    scanners: "cargo-deny (`cargo deny --format json check`)",
    recognised: "JSON objects, one per line, with `fields` and a `type` that is `diagnostic`, `log` or \
                 `summary`",
    kinds: &[FindingKind::Dependency],
    recognise: |outline| {
        let kind = outline.value("type").unwrap_or_default();
        outline.shape == ReportShape::Object
            && outline.has("fields")
            && matches!(kind, "diagnostic" | "log" | "summary")
    },
    read,
};

objects! { "snake_case"
    /// A line
    struct CargoDenyLine {
        r#type: LenientText<'a>,
        fields: Maybe<Diagnostic<'a>>,
    }

    /// What a diagnostic tells, and of a summary the checks that were made
    struct Diagnostic {
        code: LenientText<'a>,
        severity: LenientText<'a>,
        message: LenientText<'a>,
        notes: LenientList<LenientText<'a>>,
        advisory: Maybe<CargoAdvisory<'a>>,
        graphs: First<Maybe<CargoDenyNode<'a>>>,
        advisories: Maybe<CargoAdvisory<'a>>,
    }

    /// A crate, and what depends on it
    struct CargoDenyNode {
        #[serde(rename = "Krate")]
        krate: Maybe<CargoPackage<'a>>,
        parents: First<Maybe<Box<CargoDenyNode<'a>>>>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let audit = lock_file("cargo-deny", source);
    let mut checked = false;
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_message(|json| {
        json.fitting::<CargoDenyLine<'_>>("diagnostic", |line, sink| {
            match (&*line.r#type, line.fields.get()) {
                ("diagnostic", Some(diagnostic)) => {
                    emit(&audit, diagnostic, sink);
                    true
                }
                ("summary", summary) => {
                    checked |= summary.is_some_and(|summary| summary.advisories.get().is_some());
                    true
                }
                (kind, _) => kind != "diagnostic",
            }
        })
    });
    // without a summary for the advisories, their check was not completed, or never made
    sink.scan(audit.scan(source, (!checked).then_some(false)));
    end
}

fn emit(audit: &Audit, diagnostic: &Diagnostic<'_>, sink: &mut dyn Sink) {
    let graph = diagnostic.graphs.0.as_ref().and_then(Maybe::get);
    let krate = graph.and_then(|node| node.krate.get());
    let ignored = diagnostic.code.contains("ignored").then_some(ExclusionReason::Suppressed);
    if let Some(advisory) = diagnostic.advisory.get() {
        let mut recorded = advise(advisory);
        if let Some(krate) = krate {
            recorded.package = krate.name.some().unwrap_or(recorded.package);
            recorded.version = &krate.version;
        }
        if recorded.severity.is_empty() {
            recorded.severity = &diagnostic.severity;
        }
        let solution = diagnostic.notes.iter().find_map(|note| note.strip_prefix("Solution: "));
        if let Some(solution) = solution {
            let ranges = solution.strip_prefix("Upgrade to ").unwrap_or_default();
            recorded.unfixed = solution.starts_with("No safe upgrade");
            recorded.fixed = ranges.split(" OR ").flat_map(starts).collect();
            recorded.help = Help::Text(solution.into());
        }
        recorded.path = graph.map(way).unwrap_or_default();
        recorded.skipped = ignored;
        sink.finding(audit.finding(recorded));
    } else if let Some(krate) = krate {
        let about = format!("{} {}", &*krate.name, &*krate.version);
        let mut finding = audit.rule(&diagnostic.code, &diagnostic.severity, &diagnostic.message, &about);
        finding.skipped = ignored;
        sink.finding(finding);
    }
}

/// From a direct dependency to the crate; the first of each crate's parents, the project's own crate last.
fn way<'r>(node: &'r CargoDenyNode<'r>) -> Vec<Cow<'r, str>> {
    let parent = |node: &&'r CargoDenyNode<'r>| {
        node.parents.0.as_ref().and_then(|parent| parent.get()).map(|parent| &**parent)
    };
    let mut way: Vec<Cow<'_, str>> = std::iter::successors(Some(node), parent)
        .filter_map(|node| node.krate.get())
        .map(|krate| Cow::Borrowed(&*krate.name))
        .collect();
    if way.len() > 1 {
        way.pop();
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn diagnostics_about_crates_are_told() {
        let graph = r#"[{"Krate":{"name":"left","version":"0.1.0"},"parents":[{"Krate":{"name":"middle","version":"1"},
            "parents":[{"Krate":{"name":"own","version":"0.0.0"}}]}]}]"#;
        let lines = format!(
            r#"{{"type":"log","fields":{{"level":"WARN","message":"x"}}}}
            {{"type":"diagnostic","fields":{{"code":"vulnerability","severity":"error","message":"Bad","graphs":{graph},
            "advisory":{{"id":"RUSTSEC-2020-1","package":"left","title":"Bad"}},"notes":["Solution: Upgrade to >=0.2.0 OR ^0.1.5 (try `cargo update -p left`)"]}}}}
            {{"type":"diagnostic","fields":{{"code":"advisory-ignored","severity":"note","graphs":{graph},"advisory":{{"id":"RUSTSEC-2020-2","informational":"unsound"}}}}}}
            {{"type":"diagnostic","fields":{{"code":"banned","severity":"warning","message":"crate is banned","graphs":{graph}}}}}
            {{"type":"diagnostic","fields":{{"code":"license-not-encountered","severity":"warning","message":"m","graphs":[]}}}}"#
        );
        let recorded = [
            "dependency high RUSTSEC-2020-1 pkg:cargo/left@0.1.0 fixed 0.2.0,0.1.5 via middle>left at Cargo.lock",
            "dependency low RUSTSEC-2020-2 pkg:cargo/left@0.1.0 via middle>left at Cargo.lock suppressed",
            "dependency medium banned: crate is banned at Cargo.lock",
        ];
        check_lines(
            &FORMAT,
            &format!("{lines}\n{}", r#"{"type":"summary","fields":{"advisories":{"errors":1}}}"#),
            &[&recorded[..], &["scan cargo-deny"]].concat(),
        );
        check_lines(&FORMAT, &lines, &[&recorded[..], &["scan cargo-deny failed"]].concat());
        let others = format!("{lines}{}", r#"{"fields":{"licenses":{"errors":0}},"type":"summary"}"#);
        check_lines(&FORMAT, &others, &[&recorded[..], &["scan cargo-deny failed"]].concat());
    }
}
