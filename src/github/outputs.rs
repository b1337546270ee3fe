//! Step outputs and the step summary: files through which a step communicates with its runner.

use std::fs::OpenOptions;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::Path;

use crate::document::mask;
use crate::error::{Error, ErrorClass, Result};

/// How long a step's summary may be, in bytes.
const SUMMARY_LIMIT: usize = 1 << 20;

/// What is written where a summary was cut off.
const CUT: &str = "\n\n_The rest was cut off, because GitHub limits a step's summary to 1 MiB; the JSON \
                   result contains everything._\n";

/// Adds step outputs to the file that `GITHUB_OUTPUT` names.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write_outputs(path: &Path, outputs: &[(&str, &str)]) -> Result<()> {
    append(path, &heredocs(outputs, &delimiter()))
}

/// Adds Markdown to the file that `GITHUB_STEP_SUMMARY` names, as much as the runner accepts.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write_summary(path: &Path, markdown: &str) -> Result<()> {
    let used = std::fs::metadata(path).map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX));
    append(path, &fit_summary(markdown, SUMMARY_LIMIT.saturating_sub(used)))
}

/// The runner's heredoc form. A value that contains the delimiter could end early and set other outputs, so such a
/// value, which cannot occur by chance, is replaced with an empty one.
fn heredocs(outputs: &[(&str, &str)], delimiter: &str) -> String {
    let one = |(name, value): &(&str, &str)| {
        let value = if value.contains(delimiter) { "" } else { value };
        format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
    };
    outputs.iter().map(one).collect()
}

/// A word that nobody can predict: the standard library keys its hash maps from the system's random source.
fn delimiter() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("casefile_{:016x}{:016x}", random(), random())
}

/// As many whole lines as fit, and a note about the rest.
fn fit_summary(markdown: &str, limit: usize) -> String {
    if markdown.len() < limit {
        return format!("{markdown}\n");
    }
    let Some(room) = limit.checked_sub(CUT.len()) else { return String::new() };
    let kept = &markdown.as_bytes()[..room];
    let end = kept.iter().rposition(|&byte| byte == b'\n').unwrap_or(0);
    format!("{}{CUT}", &markdown[..end])
}

fn append(path: &Path, text: &str) -> Result<()> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(mask::text(text).as_bytes())).map_err(|error| {
        Error::new(ErrorClass::Machine, format!("{} cannot be written: {error}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_set_another_output() {
        let check = |value: &str, expected: &str| {
            assert_eq!(heredocs(&[("keys", value)], "END"), expected);
        };
        check("SEC-1,SEC-2", "keys<<END\nSEC-1,SEC-2\nEND\n");
        check("a\nb", "keys<<END\na\nb\nEND\n");
        check("", "keys<<END\n\nEND\n");
        check("a\nEND\ncreated=9", "keys<<END\n\nEND\n");
    }

    #[test]
    fn nobody_can_foresee_the_delimiter() {
        assert_ne!(delimiter(), delimiter());
        assert_eq!(delimiter().len(), 41);
    }

    #[test]
    fn a_summary_is_cut_between_lines() {
        let check = |text: &str, limit: usize, expected: &str| {
            let fit = fit_summary(text, limit);
            assert!(fit.len() <= limit, "{} > {limit}", fit.len());
            assert_eq!(fit, expected);
        };
        let note = CUT.len();
        check("short", 100, "short\n");
        let long = "one\ntwo\n".to_owned() + &"x".repeat(2 * note);
        check(&long, note + 9, &format!("one\ntwo{CUT}"));
        check(&long, note + 5, &format!("one{CUT}"));
        check(&"é".repeat(note), note + 1, CUT);
        check(&long, 3, "");
    }

    #[test]
    fn files_are_added_to() {
        let folder = tempfile::tempdir().unwrap();
        let (output, summary) = (folder.path().join("output"), folder.path().join("summary"));
        write_outputs(&output, &[("keys", "SEC-1")]).unwrap();
        write_outputs(&output, &[("created", "1")]).unwrap();
        let text = std::fs::read_to_string(&output).unwrap();
        let values: Vec<&str> = text.lines().filter(|line| !line.contains("casefile_")).collect();
        assert_eq!(values, ["SEC-1", "1"]);
        std::fs::write(&summary, "x".repeat(SUMMARY_LIMIT - 3)).unwrap();
        write_summary(&summary, "not this").unwrap();
        assert_eq!(std::fs::metadata(&summary).unwrap().len(), (SUMMARY_LIMIT - 3) as u64);
        assert_eq!(write_summary(folder.path(), "x").unwrap_err().kind(), ErrorClass::Machine);
    }
}
