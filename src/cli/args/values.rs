//! The values that flags take.

use std::time::Duration;

use clap::ValueEnum;

use crate::config::{self, TrackerKind};

/// Where tickets are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TrackerName {
    /// In Jira.
    Jira,
    /// In a folder of Markdown files.
    Local,
}

impl From<TrackerName> for TrackerKind {
    fn from(name: TrackerName) -> TrackerKind {
        match name {
            TrackerName::Jira => TrackerKind::Jira,
            TrackerName::Local => TrackerKind::Local,
        }
    }
}

/// How the result of most commands can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResultFormat {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// How a plan can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// Markdown for a comment or a step summary.
    Markdown,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// Markdown for a comment or a step summary.
    Markdown,
}

impl From<ResultFormat> for OutputFormat {
    fn from(format: ResultFormat) -> OutputFormat {
        match format {
            ResultFormat::Text => OutputFormat::Text,
            ResultFormat::Json => OutputFormat::Json,
        }
    }
}

impl From<PlanFormat> for OutputFormat {
    fn from(format: PlanFormat) -> OutputFormat {
        match format {
            PlanFormat::Text => OutputFormat::Text,
            PlanFormat::Json => OutputFormat::Json,
            PlanFormat::Markdown => OutputFormat::Markdown,
        }
    }
}

/// How to handle tracker errors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum OnTrackerError {
    /// Exit with code 4.
    #[default]
    Fail,
    /// Print a warning and exit with code 0.
    Warn,
}

/// Whose tickets a report shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RepositoriesChoice {
    /// The tickets of this repository.
    Own,
    /// The tickets of all repositories on the site.
    All,
}

/// As many as `max-new` in the configuration.
pub(super) fn count(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number <= config::MOST_NEW as usize);
    number.ok_or_else(|| format!("give a whole number from 0 to {}", config::MOST_NEW))
}

/// A whole commit ID: an abbreviated one cannot be compared.
pub(super) fn commit(text: &str) -> Result<String, String> {
    let is_whole = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole
        .then(|| text.to_ascii_lowercase())
        .ok_or_else(|| "give the commit's full ID, 40 hex digits".to_owned())
}

/// The longest time that a command can be given; no runner lets a job go on for longer.
const LONGEST_TIME_LIMIT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// `90s`, `10m`, `1h30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration =
        text.parse().map_err(|_| "give a duration such as 90s or 10m".to_owned())?;
    let duration = Duration::try_from(span).map_err(|_| "a duration cannot be negative".to_owned())?;
    if duration > LONGEST_TIME_LIMIT {
        return Err("the longest duration is 30 days (720h)".to_owned());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_one_that_can_be_waited_for() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(duration(text).ok().map(|duration| duration.as_secs()), expected, "{text}");
        };
        check("90s", Some(90));
        check("1h30m", Some(5400));
        check("0s", Some(0));
        check("720h", Some(720 * 3600));
        check("720h1s", None);
        check("9223372036854775807s", None);
        check("99999999999999999999h", None);
        check("-1s", None);
        check("soon", None);
    }
}
