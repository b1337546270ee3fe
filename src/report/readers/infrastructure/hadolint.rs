//! hadolint's JSON (Dockerfiles).

use std::borrow::Cow;

use crate::model::finding::{Finding, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::lenient::{LenientText, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::words;
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "hadolint",
    scanners: "hadolint",
    recognised: "a JSON list of objects with `file`, `line`, `level` and a `code` that starts with DL or SC",
    kinds: &[FindingKind::Infrastructure],
    recognise: |outline| {
        // ShellCheck writes the same, with a number as its code
        let code = outline.value("code").unwrap_or_default();
        outline.shape == ReportShape::List
            && ["file", "line", "level"].into_iter().all(|key| outline.has(key))
            && ["DL", "SC"].into_iter().any(|start| code.starts_with(start))
    },
    read,
};

objects! { "snake_case"
    struct HadolintFailure {
        line: Number,
        code: LenientText<'a>,
        message: LenientText<'a>,
        column: Number,
        file: LenientText<'a>,
        level: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    // the name that its SARIF uses
    tool::read(source, sink, "Hadolint", |json, tool| {
        tool.results::<HadolintFailure<'_>>(json, |tool, failure, sink| {
            // it stops at what it cannot parse, and reports that as another rule
            if &*failure.code == "DL1000" {
                tool.unread(&failure.file, &failure.message);
            }
            sink.finding(finding(tool, failure));
        })
    })
}

fn finding<'r>(tool: &mut ToolScan<'_>, failure: &'r HadolintFailure<'r>) -> Finding<'r> {
    let code = &*failure.code;
    let rule = tool.rule(code, || Rule {
        name: tool::sentence(&failure.message).to_owned(),
        description: (&*failure.message).into(),
        help_uri: Some(match code.starts_with("SC") {
            true => format!("https://www.shellcheck.net/wiki/{code}"),
            false => format!("https://github.com/hadolint/hadolint/wiki/{code}"),
        }),
        ..Rule::default()
    });
    // `style` is its own word
    let severity = words::severity(&failure.level);
    let line = failure.line.position();
    let location = tool::place(&failure.file, line, line, failure.column.position());
    tool.finding(Hit {
        message: Cow::Borrowed(&failure.message),
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Info), location)
    })
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, lines, rule};

    #[test]
    fn a_failure_is_a_finding() {
        let check = |report: &str, show, expected: &[&str]| {
            recorded::check("hadolint", report, show, expected);
        };
        let report = r#"[{"line":9,"code":"DL3008","message":"Pin versions. Always","column":1,"file":"web\\Dockerfile","level":"warning"},
            {"line":2,"code":"SC2046","message":"Quote this","column":3,"file":"./Dockerfile","level":"style"}]"#;
        check(
            report,
            lines,
            &[
                "infrastructure DL3008 medium web/Dockerfile:9-9:1",
                "infrastructure SC2046 info Dockerfile:2-2:3",
                "scan Hadolint",
            ],
        );
        check(
            report,
            rule,
            &[
                r#"DL3008 | Pin versions | Pin versions. Always | None | Some("https://github.com/hadolint/hadolint/wiki/DL3008") | [] [] []"#,
                r#"SC2046 | Quote this | Quote this | None | Some("https://www.shellcheck.net/wiki/SC2046") | [] [] []"#,
                "scan Hadolint",
            ],
        );
        check(
            r#"[{"line":3,"code":"DL1000","message":"unexpected 'F'","column":1,"file":"Dockerfile","level":"error"}]"#,
            lines,
            &[
                "infrastructure DL1000 high Dockerfile:3-3:1",
                "scan Hadolint without Dockerfile: unexpected 'F'",
            ],
        );
    }
}
