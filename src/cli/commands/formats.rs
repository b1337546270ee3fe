//! `casefile formats`: the supported formats, how each is recognised, and which format a file has.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::args::{CommonArgs, FormatsArgs, OutputFormat};
use crate::cli::output::printer;
use crate::cli::output::text::{self, counted};
use crate::error::{ErrorClass, Result};
use crate::model::finding::Finding;
use crate::model::scan::{Problem, Scan};
use crate::report::Sink;
use crate::report::detect::{self, FORMATS, Format};
use crate::report::source::ReportSource;

pub(crate) fn formats(common: &CommonArgs, args: &FormatsArgs) -> Result<ExitCode> {
    let json = common.format == OutputFormat::Json;
    if !args.files.is_empty() {
        let looks: Vec<FormatCheck> = args.files.iter().map(|path| look(path)).collect();
        if json {
            printer::json(&looks.iter().map(FormatCheck::json).collect::<Vec<_>>());
        } else {
            looks.iter().flat_map(FormatCheck::lines).for_each(|line| printer::result(&line));
        }
        let unread = looks.iter().any(|look| look.format.is_err());
        return Ok(ExitCode::from(if unread { ErrorClass::Report.exit_code() } else { 0 }));
    }
    if json {
        printer::json(&FORMATS.iter().map(described).collect::<Vec<_>>());
        return Ok(ExitCode::SUCCESS);
    }
    let width = FORMATS.iter().map(|format| format.name.len()).max().unwrap_or_default();
    printer::result(&format!("{:<width$}  SCANNERS", "FORMAT"));
    FORMATS.iter().for_each(|format| printer::result(&entry(format, width)));
    Ok(ExitCode::SUCCESS)
}

fn described(format: &Format) -> serde_json::Value {
    serde_json::json!({
        "format": format.name,
        "scanners": format.scanners,
        "kinds": format.kinds,
        "recognised": format.recognised,
    })
}

/// A format with everything that there is to know about it, with the names in a column of this width.
fn entry(format: &Format, width: usize) -> String {
    let kinds: Vec<_> = format.kinds.iter().map(|kind| kind.name()).collect();
    let findings = match kinds.as_slice() {
        [] => "none of its own".to_owned(),
        kinds => kinds.join(", "),
    };
    let (name, scanners, recognised) = (format.name, format.scanners, format.recognised);
    format!(
        "{name:<width$}  {scanners}\n{:width$}  recognised by: {recognised}\n{:width$}  findings: {findings}",
        "", ""
    )
}

/// The format of a file.
struct FormatCheck {
    path: String,
    /// Its format; the error says why it has none.
    format: std::result::Result<&'static Format, Problem>,
    contents: ReportContents,
}

/// What is counted in a report.
#[derive(Default)]
struct ReportContents {
    findings: usize,
    scanners: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Sink for ReportContents {
    fn finding(&mut self, _: Finding<'_>) {
        self.findings += 1;
    }

    fn scan(&mut self, scan: Scan) {
        self.scanners.insert(scan.scanner);
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

fn look(path: &Path) -> FormatCheck {
    let mut contents = ReportContents::default();
    let format = detect::read(&ReportSource::file(path), &mut contents).map(|done| {
        contents.problems.extend(done.cut);
        done.format
    });
    FormatCheck { path: path.display().to_string(), format, contents }
}

impl FormatCheck {
    fn lines(&self) -> Vec<String> {
        let ReportContents { findings, scanners, problems } = &self.contents;
        let mut lines = match &self.format {
            Ok(format) => {
                let scanners: Vec<&str> =
                    scanners.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
                let of =
                    if scanners.is_empty() { String::new() } else { format!(" of {}", scanners.join(", ")) };
                vec![
                    format!("{}: {}, {}{of}", self.path, format.name, counted(*findings, "finding")),
                    format!("  recognised by: {}", format.recognised),
                ]
            }
            Err(problem) => vec![text::line(problem)],
        };
        lines.extend(problems.iter().map(|problem| format!("  {}", text::line(problem))));
        lines
    }

    fn json(&self) -> serde_json::Value {
        let format = self.format.as_ref();
        let problems: Vec<&Problem> = format.err().into_iter().chain(&self.contents.problems).collect();
        serde_json::json!({
            "path": self.path,
            "format": format.ok().map(|format| format.name),
            "recognised": format.ok().map(|format| format.recognised),
            "scanners": self.contents.scanners,
            "findings": self.contents.findings,
            "problems": problems,
        })
    }
}
