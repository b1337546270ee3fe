//! ESLint's JSON, plain or with metadata.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::model::finding::{Anchors, ExclusionReason, Finding, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{Flag, LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::readers::secret::secretlint;
use crate::report::shared::path;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "eslint",
    scanners: "ESLint",
    recognised: "a JSON list of objects with `filePath` and `messages`, or an object with such a list and \
                 `metadata`",
    kinds: &[FindingKind::Code, FindingKind::Secret],
    recognise: |outline| match outline.shape {
        _ if secretlint::recognise(outline) => false,
        ReportShape::List => outline.has("filePath") && outline.has("messages"),
        ReportShape::Object => {
            let inside = ["\"filePath\"", "\"messages\""].into_iter().all(|key| outline.head.contains(key));
            outline.has("results")
                && (inside || outline.has("metadata") && outline.head.contains("\"rulesMeta\""))
        }
        _ => false,
    },
    read,
};

objects! { "camelCase"
    struct EslintFile {
        file_path: LenientText<'a>,
        messages: LenientList<Maybe<EslintMessage<'a>>>,
        /// What a directive in the source disables (ESLint 8.8 and later).
        suppressed_messages: LenientList<Maybe<EslintMessage<'a>>>,
        /// The whole text, if something is found that could be fixed automatically.
        source: LenientText<'a>,
    }

    struct EslintMessage {
        rule_id: LenientText<'a>,
        severity: Number,
        message: LenientText<'a>,
        line: Number,
        column: Number,
        end_line: Number,
        fatal: Flag,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "ESLint", |json, tool| {
        if json.peek()? == Some(b'[') {
            return files(tool, json);
        }
        json.each_entry(|json, key| if key == "results" { files(tool, json) } else { Ok(()) })
    })
}

fn files(tool: &mut ToolScan<'_>, json: &mut Json<'_>) -> Result<(), Problem> {
    tool.results::<EslintFile<'_>>(json, |tool, file, sink| {
        let active = file.messages.objects().map(|message| (message, None));
        let suppressed =
            file.suppressed_messages.objects().map(|message| (message, Some(ExclusionReason::Suppressed)));
        let all: Vec<_> = active.chain(suppressed).collect();
        let lines = lines(file, all.iter().map(|(message, _)| message.line.position()));
        // each of its messages may include it
        let path = path::bounded(Cow::Borrowed(&file.file_path));
        for (message, skipped) in all {
            match message.rule_id.some() {
                Some(_) => {
                    let text = lines.get(&message.line.position()).copied();
                    sink.finding(finding(tool, &path, text, message, skipped));
                }
                // A message without a rule is ESLint's own: a file that it cannot parse as JavaScript, or a notice such
                // as an unused directive, which is not among the results in its SARIF, either.
                None if message.fatal.0 == Some(true) => tool.unread(&file.file_path, &message.message),
                None => {}
            }
        }
    })
}

/// The requested lines of a file, by number: in one pass, however many there are.
fn lines<'r>(file: &'r EslintFile<'r>, wanted: impl Iterator<Item = u32>) -> HashMap<u32, &'r str> {
    let wanted: HashSet<u32> = wanted.collect();
    (1..).zip(file.source.lines()).filter(|(number, _)| wanted.contains(number)).collect()
}

fn finding<'r>(
    tool: &mut ToolScan<'_>,
    path: &'r str,
    text: Option<&'r str>,
    message: &'r EslintMessage<'r>,
    skipped: Option<ExclusionReason>,
) -> Finding<'r> {
    let rule = tool.rule(&message.rule_id, || Rule {
        // ESLint's own rules have no plug-in prefix
        help_uri: (!message.rule_id.contains('/'))
            .then(|| format!("https://eslint.org/docs/latest/rules/{}", &*message.rule_id)),
        ..Rule::default()
    });
    let severity = if message.severity.0 == Some(2.0) { Severity::High } else { Severity::Medium };
    let line = message.line.position();
    let location = tool::place(path, line, message.end_line.position().max(line), message.column.position());
    tool.finding(Hit {
        message: Cow::Borrowed(&message.message),
        snippet: text.map(|text| (Cow::Borrowed(text), line)),
        anchors: Anchors { stable: None, text: text.map(Cow::Borrowed), ..Anchors::default() },
        skipped,
        ..Hit::new(rule, severity, location)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    fn check(report: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        recorded::check("eslint", report, show, expected);
    }

    const FILE: &str = r#"{"filePath":"/github/workspace/a.js","messages":[
        {"ruleId":"no-var","severity":2,"message":"Unexpected var.","line":2,"column":3,"endLine":3,"endColumn":4}],
        "suppressedMessages":[{"ruleId":"p/x","severity":1,"message":"m","line":9,"suppressions":[{"kind":"directive"}]}],
        "errorCount":1,"source":"'use strict'\n  var x\n"}"#;

    #[test]
    fn a_message_is_a_finding() {
        let (first, second) = ("code no-var high a.js:2-3:3", "code p/x medium a.js:9-9:0, suppressed");
        check(&format!("[{FILE}]"), lines, &[first, second, "scan ESLint"]);
        let object = format!(r#"{{"results":[{FILE}],"metadata":{{"cwd":"/x","rulesMeta":{{}}}}}}"#);
        check(&object, lines, &[first, second, "scan ESLint"]);
        check(
            &format!("[{FILE}]"),
            words,
            &[
                r#"Unexpected var. | Some("  var x") at 2 | None Some("  var x")"#,
                "m | None at 0 | None None",
                "scan ESLint",
            ],
        );
        check(
            &format!("[{FILE}]"),
            rule,
            &[
                r#"no-var |  |  | None | Some("https://eslint.org/docs/latest/rules/no-var") | [] [] []"#,
                "p/x |  |  | None | None | [] [] []",
                "scan ESLint",
            ],
        );
    }

    #[test]
    fn a_key_stays_where_it_is() {
        check(
            r#"[{"filePath":"a.js","messages":[{"ruleId":"no-secrets/no-secrets","message":"Found hunter2","line":1}],
            "source":"const k = 'hunter2'"}]"#,
            words,
            &["no-secrets/no-secrets | None at 0 | None None", "scan ESLint"],
        );
    }

    #[test]
    fn what_could_not_be_parsed_is_not_clean() {
        check(
            r#"[{"filePath":"a.ts","messages":[{"ruleId":null,"fatal":true,"severity":2,"message":"Parsing error: x"}]},
            {"filePath":"b.js","messages":[{"ruleId":null,"severity":1,"message":"Unused eslint-disable directive"}]}]"#,
            lines,
            &["scan ESLint without a.ts: Parsing error: x"],
        );
    }
}
