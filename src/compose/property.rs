//! The properties of a ticket's findings, for fields and templates.

use jiff::civil::Date;

use super::names::is_secret;
use super::{Provenance, upgrade};
use crate::document::visible::one_line;
use crate::model::finding::Advisory;
use crate::model::property::Property;
use crate::model::survey::{Common, Exemplar, Group, Survey};

/// The source of the properties of a ticket's findings.
#[derive(Debug, Clone, Copy)]
pub struct PropertySource<'a> {
    /// The findings.
    pub group: &'a Group,
    /// Everything that the reports say.
    pub survey: &'a Survey,
    /// Where the findings come from.
    pub provenance: &'a Provenance,
    /// The day on which they were first seen.
    pub first_seen: Date,
}

impl PropertySource<'_> {
    /// The values of a property, each on one line except for the message; empty if it is not known.
    pub fn values(&self, property: Property) -> Vec<String> {
        let values = self.raw(property).into_iter();
        let plain = |text: String| match property {
            Property::Message => text.trim().to_owned(),
            _ => one_line(&text),
        };
        values.map(plain).filter(|text| !text.is_empty()).collect()
    }

    fn raw(&self, property: Property) -> Vec<String> {
        let PropertySource { group, provenance, .. } = self;
        let worst = group.worst();
        let of = |text: &dyn Fn(&Exemplar) -> String| worst.map(text).into_iter().collect();
        let package = worst.and_then(|one| one.package.as_ref());
        let cvss = self.advisory().and_then(|advisory| advisory.cvss.as_ref());
        let one = |text: String| vec![text];
        let maybe = |text: Option<String>| text.into_iter().collect();
        match property {
            Property::Severity => one(group.severity.to_string()),
            Property::Kind => one(group.kind.to_string()),
            Property::Scanner => of(&|worst| worst.scanner.to_string()),
            Property::Rule | Property::RuleId => of(&|worst| worst.rule.id.clone()),
            Property::RuleName => of(&|worst| worst.rule.name.clone()),
            Property::RuleUrl => maybe(worst.and_then(|worst| worst.rule.help_uri.clone())),
            Property::Message => {
                let shown = worst.filter(|worst| !is_secret(group.kind, &worst.rule));
                maybe(shown.map(|worst| worst.detail.message.to_string()))
            }
            Property::Path => of(&|worst| worst.location.path.to_string()),
            Property::Line => {
                maybe(worst.map(|worst| worst.location.line).filter(|line| *line > 0).map(|n| n.to_string()))
            }
            Property::Cwe => {
                worst.iter().flat_map(|worst| &worst.rule.cwe).map(|number| format!("CWE-{number}")).collect()
            }
            Property::Owasp => worst.iter().flat_map(|worst| worst.rule.owasp.iter().cloned()).collect(),
            Property::Advisory => match self.advisory() {
                Some(advisory) => one(advisory.id.clone()),
                // in a group by file, an advisory is identified only by the rule's id
                None => maybe(package.and(worst).map(|worst| worst.rule.id.clone())),
            },
            Property::Aliases => self.advisory().map_or(Vec::new(), |advisory| advisory.aliases.clone()),
            Property::CvssScore => maybe(cvss.map(|cvss| format!("{:.1}", cvss.score))),
            Property::CvssVector => maybe(cvss.and_then(|cvss| cvss.vector.clone())),
            Property::Epss => {
                maybe(self.advisory().and_then(|advisory| advisory.epss).map(|epss| epss.to_string()))
            }
            Property::Exploited => maybe(self.advisory().map(|advisory| advisory.exploited.to_string())),
            Property::PackageName => maybe(package.map(|package| package.name.to_string())),
            Property::PackageVersion => maybe(package.map(|package| package.version.to_string())),
            Property::PackagePurl => maybe(package.map(|package| package.purl.to_string())),
            Property::FixedVersion => match &group.common {
                // the one that fixes all of them
                Common::Package(_) => {
                    upgrade::upgrades(group).into_iter().filter_map(|upgrade| upgrade.to).collect()
                }
                _ => package.iter().flat_map(|package| &package.fixed).map(ToString::to_string).collect(),
            },
            Property::Score => maybe(match cvss {
                Some(cvss) => Some(format!("{:.1}", cvss.score)),
                None => worst.and_then(|worst| worst.rule.score).map(|score| format!("{score:.1}")),
            }),
            Property::Owners => self.survey.owners(group).to_vec(),
            Property::Count => one(group.kept().count().to_string()),
            Property::Group => one(group.name().to_string()),
            Property::Repository => one(provenance.repository.to_string()),
            Property::Branch => one(provenance.branch.clone()),
            Property::Commit => one(provenance.commit.clone()),
            Property::PullRequest => maybe(provenance.pull_request.map(|number| number.to_string())),
            Property::RunUrl => maybe(provenance.run_url.clone()),
            Property::FirstSeen => one(self.first_seen.to_string()),
        }
    }

    fn advisory(&self) -> Option<&Advisory> {
        match &self.group.common {
            Common::Advisory(advisory) => Some(advisory),
            Common::Rule(_) | Common::File(_) | Common::Package(_) => self.group.worst()?.advisory.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    /// A property of a sample, with its values joined by `|`.
    fn check((group, survey): &(Group, Survey), property: &str, expected: &str) {
        let provenance = samples::provenance();
        let first_seen = Date::constant(2026, 11, 22);
        let properties = PropertySource { group, survey, provenance: &provenance, first_seen };
        assert_eq!(properties.values(property.parse().unwrap()).join("|"), expected, "{property}");
    }

    #[test]
    fn a_finding_in_code() {
        let mut sample = samples::code(2);
        sample.1.owners.insert(sample.0.name(), vec!["@acme/payments".to_owned(), "@bob".to_owned()]);
        check(&sample, "kind", "code");
        check(&sample, "scanner", "Bandit");
        check(&sample, "path", "src/deploy.py");
        check(&sample, "count", "4");
        check(&sample, "cvss.score", "");
        check(&sample, "package.name", "");
        check(&sample, "advisory", "");
        check(&sample, "owners", "@acme/payments|@bob");
        check(&sample, "first-seen", "2026-11-22");
        check(&sample, "group", &sample.0.name().to_string());
    }

    #[test]
    fn a_dependency() {
        let sample = samples::dependency();
        check(&sample, "kind", "dependency");
        check(&sample, "package.name", "lodash");
        check(&sample, "exploited", "true");
    }

    #[test]
    fn a_secret_has_no_message() {
        let sample = samples::secret();
        assert!(sample.0.worst().is_some_and(|worst| !worst.detail.message.is_empty()));
        check(&sample, "message", "");
    }
}
