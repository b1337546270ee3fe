//! The part of their identity that the findings of one rule share: computed once per rule instead of once per finding.

use std::sync::Arc;

use hashbrown::HashMap;

use super::identity;
use crate::model::finding::{Finding, Rule};
use crate::model::fingerprint::Recipe;

/// How many rules are remembered; if there are more, the first ones are computed again.
const RULES_REMEMBERED: usize = 4_096;

/// A scanner's rule as far as it identifies.
#[derive(Clone)]
pub(super) struct RuleIdentity {
    /// The scanner's name, in lower case.
    pub(super) scanner: Arc<str>,
    /// What stands for the rule: its id, otherwise its name, otherwise the scanner's message for the finding.
    pub(super) rule: Arc<str>,
    /// Hash of both: only findings of one rule can be the same.
    pub(super) hash: u32,
    /// The beginning of each recipe for a finding of this rule.
    pub(super) finding: Recipe,
}

impl RuleIdentity {
    fn of(finding: &Finding<'_>) -> RuleIdentity {
        let scanner = identity::scanner(&finding.scanner);
        let rule = identity::rule(finding);
        RuleIdentity {
            hash: identity::rule_hash(&scanner, &rule),
            finding: Recipe::new("finding").value(&scanner).value(&rule),
            scanner: scanner.into(),
            rule: rule.as_ref().into(),
        }
    }
}

/// The rules seen so far, by the addresses of the rule and of the scanner's name: a reader shares both among the
/// findings of a rule.
#[derive(Default)]
pub(super) struct RuleIdentities {
    known: HashMap<(usize, usize), Remembered>,
}

/// A remembered rule, which stays at its address as long as it is kept.
struct Remembered {
    _rule: Arc<Rule>,
    _scanner: Arc<str>,
    identity: RuleIdentity,
}

impl RuleIdentities {
    /// The identity of a finding's rule.
    pub(super) fn of(&mut self, finding: &Finding<'_>) -> RuleIdentity {
        // without an id and a name, each finding's own message stands for its rule
        if identity::rule_id(&finding.rule).is_none() {
            return RuleIdentity::of(finding);
        }
        let key = (Arc::as_ptr(&finding.rule).addr(), Arc::as_ptr(&finding.scanner).addr());
        if self.known.len() == RULES_REMEMBERED && !self.known.contains_key(&key) {
            self.known.clear();
        }
        let remembered = self.known.entry(key).or_insert_with(|| Remembered {
            _rule: Arc::clone(&finding.rule),
            _scanner: Arc::clone(&finding.scanner),
            identity: RuleIdentity::of(finding),
        });
        remembered.identity.clone()
    }
}
