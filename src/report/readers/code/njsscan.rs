//! njsscan's JSON (Node.js).

use std::borrow::Cow;

use crate::model::finding::{Anchors, Finding, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::readers::code::semgrep;
use crate::report::shared::tool::{self, Hit, SeenRule, ToolScan};
use crate::report::shared::weakness;
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "njsscan",
    scanners: "njsscan",
    recognised: "a JSON object with `njsscan_version`",
    kinds: &[FindingKind::Code, FindingKind::Secret],
    recognise: |outline| outline.shape == ReportShape::Object && outline.has("njsscan_version"),
    read,
};

objects! { "kebab-case"
    /// What a rule found.
    struct NjsscanFound {
        files: LenientList<Maybe<NjsscanPlace<'a>>>,
        metadata: Maybe<NjsscanMetadata<'a>>,
    }

    struct NjsscanPlace {
        #[serde(rename = "file_path")]
        file_path: LenientText<'a>,
        /// First and last.
        #[serde(rename = "match_lines")]
        match_lines: LenientList<Number>,
        /// First and last column.
        #[serde(rename = "match_position")]
        match_position: LenientList<Number>,
        #[serde(rename = "match_string")]
        match_string: LenientText<'a>,
    }

    struct NjsscanMetadata {
        cwe: LenientText<'a>,
        description: LenientText<'a>,
        owasp_web: LenientText<'a>,
        owasp: LenientText<'a>,
        severity: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    // the name that its SARIF uses
    tool::read(source, sink, "nodejsscan", |json, tool| {
        json.each_entry(|json, key| match key {
            "njsscan_version" => tool.version(json),
            "errors" => json.each_element(|json| {
                let error = json.word()?;
                tool.failed("", if error.is_empty() { "its report contains an error" } else { &error });
                Ok(())
            }),
            "nodejs" | "templates" => {
                tool.has_results = true;
                json.each_entry(|json, rule| found(tool, json, rule))
            }
            _ => Ok(()),
        })
    })
}

/// Reports what a rule found, one finding per place. A rule without places misses something in the whole program.
fn found(tool: &mut ToolScan<'_>, json: &mut Json<'_>, id: &str) -> Result<(), Problem> {
    tool.one::<NjsscanFound<'_>>(json, |tool, found, sink| {
        let rule = tool.rule(id, || rule(id, found.metadata.get()));
        let word = found.metadata.get().map_or("", |metadata| &metadata.severity);
        let severity = semgrep::severity(word);
        if found.files.0.is_empty() {
            let nowhere = NjsscanPlace::default();
            sink.finding(finding(tool, rule, severity, &nowhere));
            return;
        }
        for place in found.files.objects() {
            sink.finding(finding(tool, rule.clone(), severity, place));
        }
    })
}

fn rule(id: &str, metadata: Option<&NjsscanMetadata<'_>>) -> Rule {
    let help_uri = Some(format!("https://ajinabraham.github.io/nodejsscan/#{id}"));
    let Some(metadata) = metadata else { return Rule { help_uri, ..Rule::default() } };
    let owasp = [&metadata.owasp_web, &metadata.owasp];
    Rule {
        name: tool::sentence(&metadata.description).to_owned(),
        description: (&*metadata.description).into(),
        help_uri,
        cwe: weakness::cwe_field(&metadata.cwe).collect(),
        owasp: owasp.into_iter().find_map(|text| weakness::owasp_field(text)).into_iter().collect(),
        ..Rule::default()
    }
}

fn finding<'r>(
    tool: &ToolScan<'_>,
    rule: SeenRule,
    severity: Option<Severity>,
    place: &'r NjsscanPlace<'r>,
) -> Finding<'r> {
    let number = |list: &LenientList<Number>, at: usize| list.0.get(at).map_or(0, |number| number.position());
    let line = number(&place.match_lines, 0);
    let location =
        tool::place(&place.file_path, line, number(&place.match_lines, 1), number(&place.match_position, 0));
    let text = place.match_string.some();
    // it has no message besides the rule's
    tool.finding(Hit {
        snippet: text.map(|text| (Cow::Borrowed(text), line)),
        anchors: Anchors { stable: None, text: text.map(Cow::Borrowed), ..Anchors::default() },
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Info), location)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    fn check(rest: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        let report = format!(r#"{{"njsscan_version":"0.4",{rest}}}"#);
        recorded::check("njsscan", &report, show, expected);
    }

    const EVAL: &str = r#""eval_js":{"files":[{"file_path":"s.js","match_lines":[14,15],"match_position":[12,38],"match_string":" eval(x)"},
        {"file_path":"t.js","match_lines":[1,1]}],"metadata":{"cwe":"CWE-95: Eval","description":"Data in eval. Bad.","owasp-web":"A1: Injection","severity":"ERROR"}}"#;

    #[test]
    fn a_place_is_a_finding() {
        let found = format!(
            r#""errors":[],"nodejs":{{{EVAL}}},"templates":{{"no_csrf":{{"metadata":{{"description":"No CSRF","severity":"INFO"}}}}}}"#
        );
        check(
            &found,
            lines,
            &[
                "code eval_js high s.js:14-15:12",
                "code eval_js high t.js:1-1:0",
                "code no_csrf low :0-0:0",
                "scan nodejsscan 0.4",
            ],
        );
        check(
            &found,
            words,
            &[
                r#"Data in eval. Bad. | Some(" eval(x)") at 14 | None Some(" eval(x)")"#,
                "Data in eval. Bad. | None at 0 | None None",
                "No CSRF | None at 0 | None None",
                "scan nodejsscan 0.4",
            ],
        );
        let recorded = r#"eval_js | Data in eval | Data in eval. Bad. | None | Some("https://ajinabraham.github.io/nodejsscan/#eval_js") | [95] ["A1"] []"#;
        check(&format!(r#""nodejs":{{{EVAL}}}"#), rule, &[recorded, recorded, "scan nodejsscan 0.4"]);
    }

    #[test]
    fn an_error_is_not_clean() {
        check(
            r#""errors":["semgrep failed"],"nodejs":{},"templates":{}"#,
            lines,
            &["problem nodejsscan did not scan everything: semgrep failed", "scan nodejsscan 0.4 failed"],
        );
    }

    #[test]
    fn a_key_stays_where_it_is() {
        check(
            r#""nodejs":{"node_secret":{"files":[{"file_path":"s.js","match_lines":[1,1],"match_string":"s = 'hunter2'"}],
            "metadata":{"cwe":"CWE-798","description":"Secret in code"}}}"#,
            words,
            &["Secret in code | None at 0 | None None", "scan nodejsscan 0.4"],
        );
    }
}
