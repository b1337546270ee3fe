//! Links between issues, and from issues to the web.

use serde_json::Value;

use super::{Refusal, World};

#[derive(Debug, Clone)]
pub(crate) struct LinkType {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) inward: String,
    pub(crate) outward: String,
}

/// A link: `from` blocks (outward words) `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) id: u64,
    /// Name of the link type.
    pub(crate) kind: String,
    /// The issue that reads the outward words: Jira's `inwardIssue`.
    pub(crate) from: u64,
    /// Jira's `outwardIssue`.
    pub(crate) to: u64,
}

/// A link to the web; the global id is its identity.
#[derive(Debug, Clone)]
pub(crate) struct RemoteLink {
    pub(crate) id: u64,
    pub(crate) global_id: Option<String>,
    /// `object`, `relationship`, `application`, as they were set.
    pub(crate) body: Value,
}

impl World {
    /// Links two issues. A second link of the same kind between the same two changes nothing, as in Jira.
    pub(crate) fn link(&mut self, kind: &str, from: u64, to: u64) -> Result<(), Refusal> {
        let known = self.link_types.iter().find(|held| held.name == kind || held.id == kind);
        let Some(kind) = known.map(|held| held.name.clone()) else {
            return Err(Refusal::new(404, format!("No issue link type with name '{kind}' found.")));
        };
        if from == to {
            return Err(Refusal::new(400, "You cannot link an issue to itself."));
        }
        if !self.links.iter().any(|link| link.kind == kind && link.from == from && link.to == to) {
            let id = self.fresh_id();
            self.links.push(Link { id, kind, from, to });
        }
        Ok(())
    }
}
