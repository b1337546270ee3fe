//! Rules that a site's administrators set up (Jira Automation, post functions of workflows): they act on tickets behind the
//! back of whoever made them.

use std::time::Duration;

use jiff::Timestamp;

use super::World;

/// A rule of a project. Atlassian's documents: an action "Edit issue" that *sets* Labels replaces all of them; security
/// levels are set by post functions and rules likewise; rules run some time after what triggers them.
#[derive(Debug, Clone)]
pub(crate) struct Automation {
    pub(crate) when: When,
    /// How long after its trigger it acts.
    pub(crate) after: Duration,
    pub(crate) does: Does,
}

/// What triggers a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Created,
    /// Created, or edited by anybody but a rule.
    Changed,
}

/// What a rule does.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// Sets the labels: all that were there go.
    SetLabels(Vec<&'static str>),
    /// Sets a security level that the account on the API is not in.
    Hide,
    /// Sets the description; the face's own form is made of it.
    SetDescription(&'static str),
    /// Moves it to another project.
    Move(&'static str),
}

/// Something that a rule will do.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    at: Timestamp,
    issue: u64,
    does: Does,
}

impl World {
    /// Gives a project a rule.
    pub(crate) fn automate(&mut self, project: &str, when: When, after: Duration, does: Does) {
        if let Some(project) = self.project_mut(project) {
            project.automation.push(Automation { when, after, does });
        }
    }

    /// Notes what rules will do because of a ticket that was made or edited, and does what is due at once.
    pub(crate) fn trigger(&mut self, id: u64, what: When) {
        let Some(issue) = self.issues.get(&id) else { return };
        let rules =
            self.project(&issue.project).map(|project| project.automation.clone()).unwrap_or_default();
        for rule in rules {
            if rule.when == what || rule.when == When::Changed {
                let at = self.now().checked_add(rule.after).unwrap_or(Timestamp::MAX);
                self.due.push(Due { at, issue: id, does: rule.does });
            }
        }
        self.automation();
    }

    /// Does what rules are to have done by now.
    pub(crate) fn automation(&mut self) {
        let now = self.now();
        let (due, later): (Vec<Due>, Vec<Due>) =
            std::mem::take(&mut self.due).into_iter().partition(|due| due.at <= now);
        self.due = later;
        for Due { issue, does, .. } in due {
            self.rule(issue, &does);
        }
    }

    /// Has a rule act on a ticket.
    pub(crate) fn rule(&mut self, id: u64, does: &Does) {
        const RULE: &str = "automation";
        match does {
            Does::SetLabels(labels) => {
                let labels = labels.iter().map(|label| (*label).to_owned()).collect();
                self.change(id, RULE, |issue| issue.labels = labels);
            }
            Does::Hide => {
                self.change(id, RULE, |issue| issue.hidden = true);
            }
            Does::SetDescription(text) => {
                let text = self.long_text(text);
                self.change(id, RULE, |issue| issue.description = text);
            }
            Does::Move(project) => {
                let key =
                    self.issues.get(&id).filter(|issue| issue.project != *project).map(|one| one.key.clone());
                if let Some(key) = key {
                    let _moved = self.move_issue(RULE, &key, project);
                }
            }
        }
    }
}
