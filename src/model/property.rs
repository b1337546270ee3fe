//! The properties of a ticket's findings: the names that fields and templates use.

use std::str::FromStr;

/// A property of a ticket's findings. If a property belongs to a single finding, that of the worst one is used, the
/// first among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// The worst severity.
    Severity,
    /// The kind.
    Kind,
    /// The scanner's name.
    Scanner,
    /// The rule's id.
    Rule,
    /// The same.
    RuleId,
    /// The rule's name for people.
    RuleName,
    /// Where to read more about the rule.
    RuleUrl,
    /// The scanner's message; a secret has none.
    Message,
    /// The file.
    Path,
    /// The line, from 1.
    Line,
    /// Weaknesses, e.g. `CWE-79`; several.
    Cwe,
    /// OWASP categories; several.
    Owasp,
    /// The advisory's best-known name.
    Advisory,
    /// Its other names; several.
    Aliases,
    /// The base score, from 0 to 10.
    CvssScore,
    /// The vector.
    CvssVector,
    /// A score from 0 to 10: an advisory's CVSS, otherwise the report's `security-severity`.
    Score,
    /// The chance of exploitation, from 0 to 1.
    Epss,
    /// Whether it is known to be exploited: `true` or `false`.
    Exploited,
    /// The package's name.
    PackageName,
    /// The installed version.
    PackageVersion,
    /// The package URL.
    PackagePurl,
    /// Versions without the flaw; several.
    FixedVersion,
    /// The teams and people that CODEOWNERS names; several.
    Owners,
    /// How many findings the ticket stands for.
    Count,
    /// The group's identity.
    Group,
    /// `host/owner/name`.
    Repository,
    /// The scanned branch.
    Branch,
    /// The scanned commit.
    Commit,
    /// The pull request's number.
    PullRequest,
    /// The workflow run's page.
    RunUrl,
    /// The day on which it was first seen.
    FirstSeen,
}

impl Property {
    /// All of them, in the order of the documentation.
    pub const ALL: [Property; 32] = [
        Property::Severity,
        Property::Kind,
        Property::Scanner,
        Property::Rule,
        Property::RuleId,
        Property::RuleName,
        Property::RuleUrl,
        Property::Message,
        Property::Path,
        Property::Line,
        Property::Cwe,
        Property::Owasp,
        Property::Advisory,
        Property::Aliases,
        Property::CvssScore,
        Property::CvssVector,
        Property::Score,
        Property::Epss,
        Property::Exploited,
        Property::PackageName,
        Property::PackageVersion,
        Property::PackagePurl,
        Property::FixedVersion,
        Property::Owners,
        Property::Count,
        Property::Group,
        Property::Repository,
        Property::Branch,
        Property::Commit,
        Property::PullRequest,
        Property::RunUrl,
        Property::FirstSeen,
    ];

    /// The word in the configuration. In a template, `-` is `_`.
    pub fn name(self) -> &'static str {
        match self {
            Property::Severity => "severity",
            Property::Kind => "kind",
            Property::Scanner => "scanner",
            Property::Rule => "rule",
            Property::RuleId => "rule.id",
            Property::RuleName => "rule.name",
            Property::RuleUrl => "rule.url",
            Property::Message => "message",
            Property::Path => "path",
            Property::Line => "line",
            Property::Cwe => "cwe",
            Property::Owasp => "owasp",
            Property::Advisory => "advisory",
            Property::Aliases => "aliases",
            Property::CvssScore => "cvss.score",
            Property::CvssVector => "cvss.vector",
            Property::Score => "score",
            Property::Epss => "epss",
            Property::Exploited => "exploited",
            Property::PackageName => "package.name",
            Property::PackageVersion => "package.version",
            Property::PackagePurl => "package.purl",
            Property::FixedVersion => "fixed-version",
            Property::Owners => "owners",
            Property::Count => "count",
            Property::Group => "group",
            Property::Repository => "repository",
            Property::Branch => "branch",
            Property::Commit => "commit",
            Property::PullRequest => "pull-request",
            Property::RunUrl => "run-url",
            Property::FirstSeen => "first-seen",
        }
    }

    /// Whether it is a number in templates, so that it can be compared.
    pub fn is_number(self) -> bool {
        use Property::{Count, CvssScore, Epss, Line, PullRequest, Score};
        matches!(self, Line | CvssScore | Score | Epss | Count | PullRequest)
    }
}

impl FromStr for Property {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Property, Unknown> {
        Property::ALL.into_iter().find(|one| one.name() == name).ok_or(Unknown)
    }
}

/// No property has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Property::ALL.into_iter().map(Property::name).collect();
        assert_eq!(names.len(), Property::ALL.len());
        for property in Property::ALL {
            assert_eq!(property.name().parse(), Ok(property));
        }
        assert_eq!("cvss".parse::<Property>(), Err(Unknown));
    }
}
