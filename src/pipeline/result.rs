//! What a command did, or would do: the JSON result (DESIGN section 3), and what decides the exit code.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::alerts::Alert;
use super::known::Known;
use super::{Job, blank};
use crate::compose::section::Detail;
use crate::export;
use crate::model::answer::Failure;
use crate::model::finding::Aside;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::survey::{Group, Report, Sighting, Survey};
use crate::model::ticket::TicketId;
use crate::plan::{Fate, Plan, Snapshot, Verdict};
use crate::tracker::Read;

/// What is left of a command when it is done.
#[derive(Debug)]
pub struct Outcome {
    /// What it says.
    pub result: Result,
    /// What the reports say.
    pub survey: Survey,
    /// What people see of these tickets in a pull request's section, in Markdown.
    pub section: String,
    /// Tickets that could not be made: they go to the export folder.
    pub unfiled: Vec<export::Item>,
    /// Whether it says what would be done.
    pub is_plan: bool,
    /// Ids of the tickets that were made.
    pub made: Vec<u64>,
    /// Whether the tracker or GitHub refused something, or could not be reached.
    pub failed: bool,
}

/// The JSON result, version 1.
#[derive(Debug, Clone, Serialize)]
pub struct Result {
    version: u32,
    /// The branch that was held against the list.
    pub branch: Branch,
    /// The files that were read.
    pub reports: Vec<Report>,
    /// How many findings there were, and what became of them.
    pub findings: Findings,
    /// The tickets that stand for them.
    pub tickets: Vec<Ticket>,
    /// GitHub's alerts that follow their tickets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<Alert>,
    /// The pull request, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullRequest>,
    /// What could not be read, refused or done.
    pub problems: Vec<Problem>,
    /// How many requests it took.
    pub requests: Requests,
    /// Findings that `fail-on` counts: on a pull request those that its base lacks.
    #[serde(skip)]
    pub counted: BTreeMap<Severity, usize>,
}

/// The branch.
#[derive(Debug, Clone, Serialize)]
pub struct Branch {
    /// Its short name; empty: there is none.
    pub name: String,
    /// Whether its findings become tickets.
    pub allowed: bool,
    /// The pattern that allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Why nothing is filed all the same, or at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Read = kept + set aside.
#[derive(Debug, Clone, Serialize)]
pub struct Findings {
    /// How many were read.
    pub read: usize,
    /// How many have a ticket, or should get one.
    pub kept: usize,
    /// How many have none, by reason.
    pub set_aside: BTreeMap<Aside, usize>,
    /// How many of these are not affected, by the words of the VEX statement; not told where everybody
    /// can read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub not_affected: BTreeMap<String, usize>,
}

/// What became of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// A plan's word.
    Create,
    /// A ticket was made.
    Created,
    /// A plan's word.
    Refile,
    /// A ticket was made, linked to a done one.
    Refiled,
    /// A plan's word.
    Reopen,
    /// A done ticket was opened again.
    Reopened,
    /// A plan's word.
    Resolve,
    /// All its findings are proven gone.
    Resolved,
    /// A plan's word: all its findings are proven gone, and no status stands for that. To other programs it is
    /// resolved.
    #[serde(rename = "resolve")]
    Leave,
    /// All its findings are proven gone, and it was not moved.
    #[serde(rename = "resolved")]
    Gone,
    /// A plan's word: all its findings are set aside. To other programs that is an update.
    #[serde(rename = "update")]
    Close,
    /// All its findings are set aside.
    #[serde(rename = "updated")]
    Closed,
    /// A plan's word.
    Update,
    /// A ticket was changed.
    Updated,
    /// Nothing was to be done.
    Tracked,
    /// Beyond a limit: the next run's.
    Held,
    /// A plan's word: nobody named it, and `create: manual` or `--only` files only what is named.
    NotSelected,
    /// It did not work.
    Failed,
}

/// A ticket with its findings.
#[derive(Debug, Clone, Serialize)]
pub struct Ticket {
    /// Its key; a ticket that does not exist yet has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What became of it.
    pub action: Action,
    /// The group's first name.
    pub group: Fingerprint,
    /// Its findings that this run saw.
    pub findings: Vec<Fingerprint>,
    /// One line.
    pub summary: String,
    /// The worst of them; not told where everybody can read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The status's name, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The project's key, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// The pull request.
#[derive(Debug, Clone, Serialize)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Whether its section is up to date.
    pub annotated: bool,
    /// Whether that took a write.
    #[serde(skip)]
    pub written: bool,
}

/// How many requests were sent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Requests {
    /// To the tracker.
    pub tracker: u64,
    /// To GitHub.
    pub github: u64,
}

impl Outcome {
    /// What is left when the tracker could not be read: nothing was planned, so nothing was written.
    pub(super) fn unread<T: Read>(tracker: &T, job: &Job<'_>, survey: Survey, failure: &Failure) -> Outcome {
        let (plan, snapshot) = (Plan::default(), Snapshot::default());
        let (outcomes, before) = (None, &BTreeMap::new());
        let known =
            Known { tracker, job, survey: &survey, plan: &plan, snapshot: &snapshot, outcomes, before };
        let mut result = Result::of(&known);
        for one in survey.own().flat_map(Group::kept) {
            result.findings.kept += 1;
            *result.counted.entry(one.severity).or_default() += 1;
        }
        result.problems.push(
            Problem::new("tracker", format!("tickets could not be read, so none was filed: {failure}"))
                .hint(failure.hint()),
        );
        // Which of them have a ticket already is not known, so all go to the folder.
        let unfiled = blank::items(job, &survey);
        Outcome {
            result,
            section: String::new(),
            unfiled,
            survey,
            is_plan: false,
            made: Vec::new(),
            failed: true,
        }
    }
}

/// The findings for which a ticket stands that a route gave them beside their own one: where nobody named
/// the own one, they are filed all the same.
fn kept_elsewhere(plan: &Plan, groups: &BTreeMap<Fingerprint, &Group>) -> BTreeSet<Fingerprint> {
    let is_routed = |fate: &&Fate| groups.get(&fate.group).is_some_and(|group| group.route.is_some());
    let stands = |fate: &&Fate| !matches!(fate.verdict, Verdict::Aside(..) | Verdict::NotAllowed(_));
    plan.fates
        .iter()
        .filter(is_routed)
        .filter(stands)
        .flat_map(|fate| fate.findings.iter().copied())
        .collect()
}

impl Result {
    /// What a plan means, and what became of it.
    pub(super) fn of<T: Read>(known: &Known<'_, T>) -> Result {
        let Known { job, survey, plan, .. } = *known;
        let groups: BTreeMap<Fingerprint, &Group> =
            survey.groups.iter().map(|group| (group.name(), group)).collect();
        let mut set_aside = survey.aside();
        let (mut kept, mut tickets, mut counted) = (0, Vec::new(), BTreeMap::new());
        let elsewhere = kept_elsewhere(plan, &groups);
        for fate in &plan.fates {
            let Some(group) = groups.get(&fate.group) else { continue };
            if group.route.is_some() {
                // its findings are counted where they are at home
                tickets.extend(known.ticket(group, fate));
                continue;
            }
            let ids: BTreeSet<_> = fate.findings.iter().collect();
            let sightings: Vec<_> = group.kept().filter(|one| ids.contains(&one.id())).collect();
            match fate.verdict {
                Verdict::Aside(reason, _) => {
                    tickets.extend(known.ticket(group, fate));
                    let is_filed =
                        |one: &&&Sighting| reason == Aside::NotSelected && elsewhere.contains(&one.id());
                    let filed: Vec<_> = sightings.iter().filter(is_filed).collect();
                    kept += filed.len();
                    for one in &filed {
                        *counted.entry(one.severity).or_default() += 1;
                    }
                    if filed.len() < sightings.len() {
                        *set_aside.entry(reason).or_default() += sightings.len() - filed.len();
                    }
                    continue;
                }
                // it is still there, so `fail-on` counts it
                Verdict::NotAllowed(_) => {
                    *set_aside.entry(Aside::NotAllowed).or_default() += sightings.len();
                }
                _ => kept += sightings.len(),
            }
            for one in sightings {
                if known.counts(fate, one.id()) {
                    *counted.entry(one.severity).or_default() += 1;
                }
            }
            tickets.extend(known.ticket(group, fate));
        }
        tickets.extend(plan.endings.iter().filter_map(|ending| known.ending(ending)));
        let ended = |id: &TicketId| plan.endings.iter().any(|ending| ending.ticket == *id);
        let remedies = plan.remedies.iter().filter(|remedy| !ended(&remedy.ticket));
        tickets.extend(remedies.filter_map(|remedy| known.remedy(&remedy.ticket)));
        let mut problems = survey.problems.clone();
        problems.extend(plan.problems.iter().cloned());
        problems.extend(known.tracker.remarks());
        problems.extend(known.outcomes.into_iter().flat_map(|outcomes| known.problems(outcomes)));
        let read = survey.read();
        let reported: usize = survey.reports.iter().map(|report| report.findings).sum();
        if !plan.fates.is_empty() && (read != kept + set_aside.values().sum::<usize>() || read != reported) {
            let message = format!("{reported} findings were reported, {read} read and {kept} kept");
            problems.push(
                Problem::new("casefile", message).hint("This is a fault of casefile: please report it."),
            );
        }
        let run = job.run;
        let reason = run.untrusted.clone().or_else(|| {
            let known = !run.branch.is_empty();
            let unknown = "the branch is not known; name it with `--branch`";
            let why = if known { "the branch is not among the configured branches" } else { unknown };
            run.pattern.is_none().then(|| why.to_owned())
        });
        Result {
            version: 1,
            branch: Branch {
                name: run.branch.clone(),
                allowed: run.writes(),
                pattern: run.pattern.clone(),
                reason,
            },
            reports: survey.reports.clone(),
            findings: Findings { read, kept, set_aside, not_affected: survey.not_affected() },
            tickets,
            alerts: Vec::new(),
            pull_request: run.pull_request.map(|number| PullRequest {
                number,
                annotated: false,
                written: false,
            }),
            problems,
            requests: Requests { tracker: known.tracker.requests(), github: job.github_requests() },
            counted,
        }
    }

    /// Whether a counted finding is as bad as this, or worse.
    pub fn reaches(&self, limit: Severity) -> bool {
        self.counted.keys().next_back().is_some_and(|worst| *worst >= limit)
    }

    /// The same as far as a place may tell it: the log of a public repository is read by everybody.
    #[must_use]
    pub fn within(&self, detail: Detail) -> Result {
        let mut result = self.clone();
        if detail == Detail::Full {
            return result;
        }
        result.findings.not_affected.clear();
        for ticket in &mut result.tickets {
            ticket.summary.clear();
            ticket.findings.clear();
            ticket.severity = None;
        }
        for report in &mut result.reports {
            report.path.clear();
            report.scanner.clear();
        }
        result.alerts.clear();
        result.problems.retain(|problem| !problem.foreign);
        let untold = self.problems.len() - result.problems.len();
        if untold > 0 {
            let message = format!("{untold} problems are not told where everybody can read them");
            result.problems.push(
                Problem::new("casefile", message)
                    .hint("Run `casefile plan` in a checkout on your own machine to see them."),
            );
        }
        if detail == Detail::Counts {
            result.tickets.clear();
        }
        result
    }

    /// How many tickets have one of these actions.
    pub fn count(&self, actions: &[Action]) -> usize {
        self.tickets.iter().filter(|ticket| actions.contains(&ticket.action)).count()
    }
}
