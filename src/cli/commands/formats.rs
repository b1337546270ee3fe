//! `casefile formats`: what is read, and how each is told from the others.

use std::process::ExitCode;

use crate::cli::args::{CommonArgs, OutputFormat};
use crate::cli::output::printer;
use crate::cli::setup::prepare;
use crate::error::Result;
use crate::report::detect::{FORMATS, Format};

pub(crate) fn formats(common: &CommonArgs) -> Result<ExitCode> {
    prepare::check_format(common, &[OutputFormat::Text, OutputFormat::Json])?;
    if common.format == OutputFormat::Json {
        let all: Vec<_> = FORMATS
            .iter()
            .map(|format| {
                serde_json::json!({
                    "format": format.name,
                    "scanners": format.scanners,
                    "kinds": format.kinds,
                    "recognised": format.recognised,
                })
            })
            .collect();
        printer::json(&all);
        return Ok(ExitCode::SUCCESS);
    }
    let width = FORMATS.iter().map(|format| format.name.len()).max().unwrap_or_default();
    printer::result(&format!("{:<width$}  WHOSE REPORTS", "FORMAT"));
    FORMATS.iter().for_each(|format| printer::result(&entry(format, width)));
    Ok(ExitCode::SUCCESS)
}

/// A format with what is to be known of it, the names in a column of this width.
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
