//! Several names of one rule, and of one advisory on one package: another run may know it by a different one.

use std::collections::BTreeMap;

use super::gather::MOST_RULES;
use super::identity;
use crate::model::slice::Aliases;

/// What has several names, each hashed as in a sighting.
pub(super) struct Synonyms {
    /// What rules and advisories are called elsewhere, and what they are called here.
    pub(super) renamed: BTreeMap<u32, u32>,
    /// For advisories, the same the other way round.
    pub(super) aliases: BTreeMap<u32, Aliases>,
}

impl Synonyms {
    /// Notes the other names of a package's advisory.
    pub(super) fn note(&mut self, rule: u32, class: &[String], purl: &str) {
        if class.len() < 2 || self.aliases.len() >= MOST_RULES || self.aliases.contains_key(&rule) {
            return;
        }
        let mut aliases = Aliases::default();
        for (alias, name) in aliases.iter_mut().zip(class.iter().skip(1)) {
            *alias = identity::package_alone(std::slice::from_ref(name), purl);
            self.renamed.insert(*alias, rule);
        }
        self.aliases.insert(rule, aliases);
    }
}
