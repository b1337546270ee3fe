//! The severity of a finding, on one scale for all scanners.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How severe a finding is: one of five steps, from the mildest to the worst.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// CVSS above 0.
    Low,
    /// CVSS 4.0 and up.
    Medium,
    /// CVSS 7.0 and up.
    High,
    /// CVSS 9.0 and up.
    Critical,
}

impl Severity {
    /// All steps, worst first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// The level for a score from 0 to 10: CVSS's qualitative scale, which GitHub also uses for `security-severity`.
    /// NaN is `Info`.
    pub fn of_score(score: f64) -> Severity {
        match score {
            s if s >= 9.0 => Severity::Critical,
            s if s >= 7.0 => Severity::High,
            s if s >= 4.0 => Severity::Medium,
            s if s > 0.0 => Severity::Low,
            _ => Severity::Info,
        }
    }

    /// A mark that is shown beside its word, so that it is recognised at a glance.
    pub fn mark(self) -> &'static str {
        match self {
            Severity::Critical => "🔴",
            Severity::High => "🟠",
            Severity::Medium => "🟡",
            Severity::Low => "🔵",
            Severity::Info => "⚪",
        }
    }

    /// The word used in configuration, output and documentation.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Severity {
    type Err = String;

    /// Reads only our own words; scanners' words are left to their readers.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Severity::ALL
            .into_iter()
            .find(|severity| severity.name() == word)
            .ok_or_else(|| format!("`{word}` is not a severity: use critical, high, medium, low or info"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_follow_the_cvss_scale() {
        let check = |score, severity| assert_eq!(Severity::of_score(score), severity, "{score}");
        check(10.0, Severity::Critical);
        check(9.0, Severity::Critical);
        check(8.9, Severity::High);
        check(7.0, Severity::High);
        check(4.0, Severity::Medium);
        check(0.1, Severity::Low);
        check(0.0, Severity::Info);
        check(f64::NAN, Severity::Info);
    }

    #[test]
    fn words_are_read_back() {
        for severity in Severity::ALL {
            assert_eq!(severity.name().parse(), Ok(severity));
        }
        assert!("HIGH".parse::<Severity>().is_err());
    }
}
