//! The JSON of Gitleaks 7 and 8, and the object that some wrap around it.
//!
//! Line, match and secret are never read. Gitleaks' own fingerprint consists of commit, file, rule and line, so it
//! identifies no more than these.

use crate::model::finding::{Anchors, Finding, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{secret, words};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "gitleaks",
    scanners: "Gitleaks, Betterleaks",
    recognised: "a JSON list of objects with `RuleID` and `Secret`, or with `rule` and `offender`; or an \
                 object with such a list under `leaks`",
    kinds: &[FindingKind::Secret],
    recognise: |outline| match outline.shape {
        ReportShape::List => {
            let has = |keys: [&str; 2]| keys.into_iter().all(|key| outline.has(key));
            has(["RuleID", "Secret"]) || has(["RuleID", "Fingerprint"]) || has(["rule", "offender"])
        }
        ReportShape::Object => outline.has("leaks"),
        _ => false,
    },
    read,
};

objects! { "PascalCase"
    struct Leak {
        #[serde(rename = "RuleID", alias = "rule_id")]
        rule_id: LenientText<'a>,
        #[serde(alias = "rule")]
        rule: LenientText<'a>,
        #[serde(alias = "description")]
        description: LenientText<'a>,
        #[serde(alias = "lineNumber", alias = "start_line")]
        start_line: Number,
        #[serde(alias = "end_line")]
        end_line: Number,
        start_column: Number,
        #[serde(alias = "file")]
        file: LenientText<'a>,
        symlink_file: LenientText<'a>,
        /// What was found; nothing of it is kept.
        #[serde(alias = "offender")]
        secret: LenientText<'a>,
        #[serde(alias = "commit")]
        commit: LenientText<'a>,
        /// A list since version 8; before that, one string with commas.
        #[serde(alias = "tags")]
        tags: LenientList<LenientText<'a>>,
        #[serde(alias = "severity")]
        severity: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "gitleaks", |json, tool| {
        if json.peek()? == Some(b'[') {
            return leaks(tool, json);
        }
        json.each_entry(|json, key| if key == "leaks" { leaks(tool, json) } else { Ok(()) })
    })
}

fn leaks(tool: &mut ToolScan<'_>, json: &mut Json<'_>) -> Result<(), Problem> {
    tool.results::<Leak<'_>>(json, |tool, leak, sink| {
        sink.finding(finding(tool, leak));
    })
}

fn finding<'r>(tool: &mut ToolScan<'_>, leak: &'r Leak<'r>) -> Finding<'r> {
    let id = leak.rule_id.some().unwrap_or(&leak.rule);
    let id = &*secret::hidden_in_name(id, &[&leak.secret]);
    let without = |text: &'r str| secret::hidden(text.into(), &[&leak.secret]);
    let rule = tool.rule(id, || Rule {
        name: without(leak.rule.some().unwrap_or(&leak.description)).into_owned(),
        description: without(leak.description.some().unwrap_or(&leak.rule)).into(),
        tags: leak
            .tags
            .iter()
            .flat_map(|tags| tags.split(','))
            .map(|tag| secret::hidden_in_name(tag.trim(), &[&leak.secret]).into_owned())
            .filter(|tag| !tag.is_empty())
            .collect(),
        ..Rule::default()
    });
    let severity = words::severity(&leak.severity);
    let file = leak.symlink_file.some().unwrap_or(&leak.file);
    let line = leak.start_line.position();
    let end_line = leak.end_line.position().max(line);
    let location = tool::place(file, line, end_line, leak.start_column.position());
    let location = secret::without(location, &[&leak.secret]);
    tool.finding(Hit {
        commit: &leak.commit,
        anchors: Anchors::withheld(),
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::High), location)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, facts, lines, rule, words};

    fn check(report: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        recorded::check("gitleaks", report, show, &[expected, &["scan gitleaks"]].concat());
    }

    const LEAK: &str = r#"{"RuleID":"aws-key","Description":"AWS key.","StartLine":3,"EndLine":4,"StartColumn":9,"Match":"K=hunter2",
        "Secret":"hunter2","File":"a.env","SymlinkFile":"","Commit":"288f35ed2e73145e3578207e896a4cf1600bea45","Message":"add hunter2",
        "Tags":["key","AWS"],"Fingerprint":"288f:a.env:aws-key:3"}"#;

    #[test]
    fn a_leak_is_a_finding_without_the_secret() {
        check(&format!("[{LEAK}]"), lines, &["secret aws-key high a.env:3-4:9"]);
        check(&format!("[{LEAK}]"), words, &["AWS key. | None at 0 | None None"]);
        check(&format!("[{LEAK}]"), facts, &["Commit: 288f35ed2e73145e3578207e896a4cf1600bea45"]);
        check(
            &format!("[{LEAK}]"),
            rule,
            &[r#"aws-key | AWS key. | AWS key. | None | None | [] [] ["key", "AWS"]"#],
        );
    }

    #[test]
    fn a_description_that_quotes_the_secret_is_masked() {
        let leak = LEAK.replace("AWS key.", "The key hunter2.");
        check(
            &format!("[{leak}]"),
            rule,
            &[r#"aws-key | The key ***. | The key ***. | None | None | [] [] ["key", "AWS"]"#],
        );
    }

    #[test]
    fn a_file_that_is_called_like_the_secret_is_not_named() {
        let leak = LEAK.replace("a.env", "keys/hunter2.env");
        check(&format!("[{leak}]"), lines, &["secret aws-key high keys/***.env:3-4:9"]);
    }

    #[test]
    fn older_shapes_are_read() {
        let leak = r#"{"line":"k=hunter2","lineNumber":23,"offender":"hunter2","commit":"","rule":"GitHub token","file":"README.md","tags":"key, GitHub"}"#;
        check(&format!("[{leak}]"), lines, &["secret GitHub token high README.md:23-23:0"]);
        check(&format!("[{leak}]"), words, &["GitHub token | None at 0 | None None"]);
        check(
            r#"{"leaks":[{"rule":"Password","rule_id":"G1","description":"A password","file":"p.yml","start_line":3,"end_line":4,
            "offender":"hunter2","severity":"MEDIUM"},{"rule":"x","offender":"y"}],"errors":[]}"#,
            lines,
            &["secret G1 medium p.yml:3-4:0", "secret x high :0-0:0"],
        );
    }
}
