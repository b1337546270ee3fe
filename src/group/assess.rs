//! What can be said about a finding on its own: its identity, and whether it is skipped. This runs on the thread that
//! reads it.

use super::identity;
use super::rule_identity::{RuleIdentities, RuleIdentity};
use crate::model::finding::{Exclusion, ExclusionReason, Finding, Subject};
use crate::model::severity::Severity;
use crate::report::{Assessment, FindingAnchors, Prepared, Preparer};

/// A finding's severity according to the configuration.
pub(super) type Weigh<'a> = &'a (dyn Fn(&Finding<'_>) -> Severity + Sync);

/// Why the policy skips a finding, if it does.
pub(super) type Judge<'a> = &'a (dyn Fn(&Finding<'_>) -> Option<Exclusion> + Sync);

/// Assesses the findings of one thread.
pub(super) struct Assessor<'a> {
    severity: Weigh<'a>,
    judge: Judge<'a>,
    rules: RuleIdentities,
}

impl<'a> Assessor<'a> {
    /// An assessor with these rules.
    pub(super) fn new(severity: Weigh<'a>, judge: Judge<'a>) -> Assessor<'a> {
        Assessor { severity, judge, rules: RuleIdentities::default() }
    }
}

impl Preparer for Assessor<'_> {
    fn prepare<'r>(&mut self, mut finding: Finding<'r>) -> Prepared<'r> {
        let mut assessment = by_rules(&mut finding, self.severity, self.judge);
        if matches!(finding.subject, Subject::Rule) {
            assessment.anchors = Some(anchors(&finding, &self.rules.of(&finding)));
        }
        Prepared { finding, assessment: Some(assessment) }
    }
}

/// Applies the configuration to a finding. The conditions that skip it see the severity that it has by then.
pub(super) fn by_rules(finding: &mut Finding<'_>, severity: Weigh<'_>, judge: Judge<'_>) -> Assessment {
    finding.severity = severity(finding);
    let withdrawn = matches!(&finding.subject, Subject::Advisory(advisory, _) if advisory.withdrawn);
    let own = finding.skipped.or(withdrawn.then_some(ExclusionReason::Withdrawn)).map(Exclusion::from);
    let exclusion = own.or_else(|| judge(finding));
    Assessment { severity: finding.severity, exclusion, anchors: None }
}

/// Whether the flagged line's text is wanted from the checkout, because the report does not have it.
pub(super) fn wants_line(finding: &Finding<'_>) -> bool {
    // an alert may be about an older commit than the checkout's
    finding.detail.alert.is_none()
        && finding.anchors.text.is_none()
        && !finding.anchors.withheld
        && finding.location.line > 0
}

/// The anchors of a rule's finding, as far as its report shows.
pub(super) fn anchors(finding: &Finding<'_>, rule: &RuleIdentity) -> FindingAnchors {
    let text = identity::text(finding, None);
    FindingAnchors {
        anchors: identity::anchors(&rule.finding, finding, text.as_deref()),
        text: identity::text_alone(text.as_deref()),
    }
}

/// The same with the flagged line from the checkout.
pub(super) fn with_line(
    known: FindingAnchors,
    finding: &Finding<'_>,
    rule: &RuleIdentity,
    line: &str,
) -> FindingAnchors {
    let Some(text) = identity::text(finding, Some(line)) else { return known };
    let place = rule.finding.clone().value(&finding.location.path);
    let [stable, _, line] = known.anchors;
    FindingAnchors {
        anchors: [stable, Some(identity::text_anchor(place, &text)), line],
        text: identity::text_alone(Some(&text)),
    }
}
