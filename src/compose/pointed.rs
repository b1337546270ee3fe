//! A finding in one line, for whoever has to locate it: what is wrong, by which rule, and where.

use super::{cut, names};
use crate::model::fingerprint::Fingerprint;
use crate::model::severity::Severity;
use crate::model::survey::{Common, Group, Sighting, Survey};

/// The longest title, in characters.
const TITLE: usize = 160;

/// A finding in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointedFinding {
    /// Its identity.
    pub id: Fingerprint,
    /// What is wrong.
    pub title: String,
    /// The rule's or the advisory's id; may be empty.
    pub rule: String,
    /// The file, manifest or image; may be empty.
    pub path: String,
    /// The first line; 0: none.
    pub line: u32,
    /// Whether a page of the repository can show the path.
    pub is_file: bool,
    /// The severity.
    pub severity: Severity,
    /// The scanner that found it.
    pub scanner: String,
}

impl PointedFinding {
    /// A finding of a group.
    pub fn of(group: &Group, survey: &Survey, sighting: &Sighting) -> PointedFinding {
        let path = survey.path(sighting);
        PointedFinding {
            id: sighting.id(),
            title: cut(&title(group, survey, sighting), TITLE),
            rule: survey.rule(sighting).to_owned(),
            path: path.to_owned(),
            line: sighting.line,
            is_file: survey.is_file(group, path),
            severity: sighting.severity,
            scanner: survey.scanner(sighting).to_owned(),
        }
    }

    /// `path:line`, or as much of it as is known.
    pub fn place(&self) -> String {
        place(&self.path, self.line)
    }
}

/// `path:line`, or as much of it as is known.
pub fn place(path: &str, line: u32) -> String {
    let path = crate::document::visible::one_line(path);
    if line > 0 { format!("{path}:{line}") } else { path }
}

/// What all findings of the group have in common, otherwise what this one is about: a package with its version, of which
/// several may be in one manifest.
fn title(group: &Group, survey: &Survey, sighting: &Sighting) -> String {
    let exemplar = group.exemplars.iter().find(|one| one.id == sighting.id());
    let has_package = exemplar.is_some_and(|one| one.package.is_some());
    if matches!(group.common, Common::Rule(_) | Common::Advisory(_)) && !has_package {
        return names::group(group);
    }
    let named = exemplar.map(names::exemplar);
    let rule = survey.rule(sighting);
    named.unwrap_or_else(|| if rule.is_empty() { names::group(group) } else { rule.to_owned() })
}
