//! Secretlint's JSON. Its messages quote what they found, and are never read.

use std::borrow::Cow;

use crate::model::finding::{Anchors, ExclusionReason, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::path;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "secretlint",
    scanners: "Secretlint",
    recognised: "a JSON list of objects with `filePath` and with `messages` from Secretlint's rules",
    kinds: &[FindingKind::Secret],
    recognise,
    read,
};

/// ESLint's list has other rules; without any messages, the file's own text distinguishes them, because ESLint calls it
/// `source`.
pub(crate) fn recognise(outline: &Outline) -> bool {
    let own = ["\"@secretlint/", "\"sourceContent\"", "\"sourceContentType\""];
    outline.shape == ReportShape::List
        && outline.has("filePath")
        && outline.has("messages")
        && own.iter().any(|text| outline.head.contains(text))
}

objects! { "camelCase"
    struct SecretlintFile {
        file_path: LenientText<'a>,
        messages: LenientList<Maybe<SecretlintMessage<'a>>>,
        /// What a comment in the source or the configuration allows.
        suppressed_messages: LenientList<Maybe<SecretlintMessage<'a>>>,
    }

    struct SecretlintMessage {
        rule_id: LenientText<'a>,
        message_id: LenientText<'a>,
        severity: LenientText<'a>,
        docs_url: LenientText<'a>,
        loc: Maybe<SecretlintPlace>,
    }
}

/// Where in the file.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct SecretlintPlace {
    start: Maybe<SecretlintPoint>,
    end: Maybe<SecretlintPoint>,
}

/// Where a place begins or ends: the line from 1, the column from 0.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct SecretlintPoint {
    line: Number,
    column: Number,
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "Secretlint", |json, tool| files(tool, json))
}

fn files(tool: &mut ToolScan<'_>, json: &mut Json<'_>) -> Result<(), Problem> {
    tool.results::<SecretlintFile<'_>>(json, |tool, file, sink| {
        let active = file.messages.objects().map(|message| (message, None));
        let suppressed =
            file.suppressed_messages.objects().map(|message| (message, Some(ExclusionReason::Suppressed)));
        // each of its messages may include it
        let path = path::bounded(Cow::Borrowed(&file.file_path));
        for (message, skipped) in active.chain(suppressed) {
            emit(tool, &path, message, skipped, sink);
        }
    })
}

fn emit(
    tool: &mut ToolScan<'_>,
    path: &str,
    message: &SecretlintMessage<'_>,
    skipped: Option<ExclusionReason>,
    sink: &mut dyn Sink,
) {
    let id = match message.message_id.some() {
        Some(kind) => format!("{}/{kind}", &*message.rule_id),
        None => message.rule_id.to_string(),
    };
    let rule = tool.rule(&id, || Rule { help_uri: message.docs_url.owned(), ..Rule::default() });
    let severity = match &*message.severity {
        "warning" => Severity::Medium,
        "info" => Severity::Low,
        _ => Severity::High,
    };
    let point = |point: Option<&SecretlintPoint>| {
        point.map_or((0, 0), |one| (one.line.position(), one.column.position()))
    };
    let place = message.loc.get();
    let (line, column) = point(place.and_then(|place| place.start.get()));
    let (end_line, _) = point(place.and_then(|place| place.end.get()));
    // its columns start at 0
    let location = tool::place(path, line, end_line.max(line), column + 1);
    sink.finding(tool.finding(Hit {
        anchors: Anchors::withheld(),
        skipped,
        assumed: message.severity.is_empty(),
        ..Hit::new(rule, severity, location)
    }));
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{check, lines, words};

    /// In the shape of `@secretlint/types`, `SecretLintCoreResult`.
    const REPORT: &str = r#"[{"filePath":"/github/workspace/a.env","sourceContent":"KEY=hunter2","sourceContentType":"text","messages":[
        {"type":"message","ruleId":"@secretlint/secretlint-rule-aws","ruleParentId":"@secretlint/secretlint-rule-preset-recommend","messageId":"AWSSecretAccessKey",
        "severity":"error","message":"found AWS Secret Access Key: hunter2","range":[4,11],"loc":{"start":{"line":3,"column":4},"end":{"line":3,"column":11}},
        "docsUrl":"https://github.com/secretlint/x.md","data":{"KEY":"hunter2"}}]}]"#;

    #[test]
    fn a_key_stays_where_it_is() {
        let id = "@secretlint/secretlint-rule-aws/AWSSecretAccessKey";
        check("secretlint", REPORT, lines, &[&format!("secret {id} high a.env:3-3:5"), "scan Secretlint"]);
        check("secretlint", REPORT, words, &[&format!("{id} | None at 0 | None None"), "scan Secretlint"]);
    }

    #[test]
    fn nothing_found_is_a_clean_scan() {
        let report = r#"[{"filePath":"a.env","sourceContent":"x","sourceContentType":"text","messages":[]}]"#;
        check("secretlint", report, lines, &["scan Secretlint"]);
    }
}
