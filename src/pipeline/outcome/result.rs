//! What a command did, or would do: the JSON result (`docs/contract.md`), and what decides the exit code.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::compose::section::TicketDetail;
use crate::config::Config;
use crate::export;
use crate::model::answer::Failure;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::NewFindings;
use crate::model::remembered::Remembered;
use crate::model::run::Run;
use crate::model::scan::Problem;
use crate::model::survey::{ReadReport, Survey};
use crate::pipeline::job::Job;
use crate::pipeline::outcome::finding::{NewGroups, NewcomerDocument, WithoutTicket};
use crate::pipeline::outcome::gate::{FailOnGate, ungated};
use crate::pipeline::outcome::news::News;
use crate::pipeline::outcome::news_item::NewsItem;
use crate::pipeline::outcome::run_context::RunContext;
use crate::pipeline::outcome::tally::Tally;
pub(crate) use crate::pipeline::outcome::ticket::{Action, PullRequest, Requests, ResultTicket};
use crate::pipeline::stages::alerts::ChangedAlert;
use crate::pipeline::stages::empty_tracker;
use crate::plan::{Plan, Snapshot};
use crate::tracker::Read;

/// What is left of a command when it is done.
#[derive(Debug)]
pub(crate) struct CommandOutcome {
    /// Its result.
    pub result: RunResult,
    /// What the reports say.
    pub survey: Survey,
    /// What people see of these tickets in a pull request's section, as Markdown.
    pub section: String,
    /// Tickets that could not be created: they are written to the export folder.
    pub unfiled: Vec<export::Item>,
    /// How many more could not be created and are not among these, because the time was over or there are too many.
    pub undrafted: usize,
    /// Whether it describes what would be done.
    pub is_plan: bool,
    /// The tickets that were created.
    pub made: Vec<Remembered>,
    /// How many tickets could not be moved to the status of their findings' state.
    pub unmoved: usize,
    /// Whether the tracker or GitHub refused something, or could not be reached.
    pub failed: bool,
}

/// The result of a command.
#[derive(Debug, Clone)]
pub(crate) struct RunResult {
    /// The branch that was matched against the list.
    pub branch: Branch,
    /// The files that were read.
    pub reports: Vec<ReadReport>,
    /// How many findings there were, and what became of them.
    pub findings: Findings,
    /// The tickets that stand for them.
    pub tickets: Vec<ResultTicket>,
    /// Why a group has no ticket as a whole, by its first name.
    pub skipped_groups: BTreeMap<Fingerprint, ExclusionReason>,
    /// The findings that the pull request introduces and that have no ticket.
    pub without_ticket: Option<WithoutTicket>,
    /// The findings that it introduces and that have no ticket, or that reach `fail-on`, by their tickets: the worst, for
    /// people to read; empty where everybody can read it.
    pub new_groups: NewGroups,
    /// GitHub's alerts that follow their tickets.
    pub alerts: Vec<ChangedAlert>,
    /// The pull request, if there is one.
    pub pull_request: Option<PullRequest>,
    /// What reached `fail-on`, if it is set and could be compared with the findings.
    pub fail_on: Option<FailOnGate>,
    /// What could not be read, refused or done.
    pub problems: Vec<Problem>,
    /// How many requests it took.
    pub requests: Requests,
    /// Tickets whose findings seem gone, on a commit that is not the newest.
    pub unproven: usize,
}

/// The branch.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Branch {
    /// Its short name; empty: there is none.
    pub name: String,
    /// Whether its findings become tickets.
    pub allowed: bool,
    /// The pattern that allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Why nothing is filed, or why nothing is filed although the branch is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Read = kept + skipped.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Findings {
    /// How many were read.
    pub read: usize,
    /// How many have a ticket, or should get one.
    pub kept: usize,
    /// How many have none, by reason.
    pub set_aside: BTreeMap<ExclusionReason, usize>,
    /// How many of these become tickets when the pull request is merged.
    #[serde(skip)]
    pub waiting: usize,
    /// How many of these are not affected, by the words of the VEX statement; omitted where everybody can read it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub not_affected: BTreeMap<String, usize>,
}

impl Findings {
    /// How many that are set aside for this reason become tickets when the pull request is merged.
    pub(crate) fn waiting_as(&self, reason: ExclusionReason) -> usize {
        if reason == ExclusionReason::BranchNotTracked { self.waiting } else { 0 }
    }

    /// How many get no ticket.
    pub(crate) fn skipped(&self) -> usize {
        self.set_aside.values().sum::<usize>().saturating_sub(self.waiting)
    }
}

impl CommandOutcome {
    /// What is left if the tracker could not be read: nothing was planned, so nothing was written.
    pub(crate) fn unread<T: Read>(
        tracker: &T,
        job: &Job<'_>,
        survey: Survey,
        failure: &Failure,
    ) -> CommandOutcome {
        job.stop.close();
        let (plan, snapshot) = (Plan::default(), Snapshot::default());
        let known = RunContext::planned(tracker, job, &survey, &plan, &snapshot);
        let mut result = RunResult::of(&known);
        let ungated = ungated(job.config, job.run);
        result.fail_on = result.fail_on.filter(|_| ungated.is_none());
        for group in survey.own() {
            result.findings.kept += group.kept().count();
            let gate = &mut result.fail_on;
            group
                .kept()
                .for_each(|one| gate.iter_mut().for_each(|gate| gate.add((group, &survey, one), None)));
        }
        result.problems.extend(ungated);
        result.problems.push(
            Problem::new("tracker", format!("tickets could not be read, so nothing was filed: {failure}"))
                .hint(failure.hint()),
        );
        // Which of them already have a ticket is not known, so all of them are written to the folder.
        let (unfiled, undrafted) = empty_tracker::items(job, &survey);
        CommandOutcome {
            result,
            section: String::new(),
            unfiled,
            undrafted,
            survey,
            is_plan: false,
            made: Vec::new(),
            unmoved: 0,
            failed: true,
        }
    }
}

impl Branch {
    fn of(run: &Run, config: &Config) -> Branch {
        let base = run.pull_request.and(run.base.as_deref());
        let why = || match base.filter(|base| config.branches.allows(base).is_some()) {
            _ if run.branch.is_empty() => "the branch is not known; name it with `--branch`".to_owned(),
            Some(base) => format!("findings of this pull request are filed when it is merged into `{base}`"),
            None => "the branch is not among the configured branches".to_owned(),
        };
        let reason = run.untrusted.clone().or_else(|| run.pattern.is_none().then(why));
        let (name, pattern) = (run.branch.clone(), run.pattern.clone());
        Branch { name, allowed: run.writes(), pattern, reason }
    }
}

impl RunResult {
    /// The version of its document.
    pub(crate) const VERSION: u32 = 1;

    /// What a plan means, and what became of it.
    pub(crate) fn of<T: Read>(known: &RunContext<'_, T>) -> RunResult {
        let RunContext { job, survey, plan, .. } = *known;
        let tally = Tally::of(known);
        let mut problems = survey.problems.clone();
        problems.extend(plan.problems.iter().cloned());
        problems.extend(known.tracker.remarks());
        problems.extend(known.outcomes.into_iter().flat_map(|outcomes| known.problems(outcomes)));
        problems.extend(tally.fault(known));
        let Tally { tickets, kept, skipped, waiting, skipped_groups, fail_on } = tally;
        let (without_ticket, new_groups) = new(known);
        RunResult {
            branch: Branch::of(job.run, job.config),
            reports: survey.reports.clone(),
            findings: Findings {
                read: survey.read(),
                kept,
                set_aside: skipped,
                waiting,
                not_affected: survey.not_affected(),
            },
            tickets,
            skipped_groups,
            without_ticket,
            new_groups,
            alerts: Vec::new(),
            pull_request: job.run.pull_request.map(|number| PullRequest {
                number,
                annotated: false,
                written: false,
            }),
            fail_on,
            problems,
            requests: Requests { tracker: known.tracker.requests(), github: job.github_requests() },
            unproven: plan.unproven.len(),
        }
    }

    /// The same as far as a place may show it: everybody can read the log of a public repository.
    pub(crate) fn within(&self, detail: TicketDetail) -> Cow<'_, RunResult> {
        if detail == TicketDetail::Full {
            return Cow::Borrowed(self);
        }
        let mut result = self.clone();
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
        if let Some(without) = &mut result.without_ticket {
            without.findings.clear();
        }
        result.new_groups = NewGroups::default();
        result.fail_on = self.fail_on.as_ref().map(|gate| gate.within(detail));
        result.problems.retain(|problem| !problem.foreign);
        let hidden = self.problems.len() - result.problems.len();
        if hidden > 0 {
            let problems = if hidden == 1 { "problem is" } else { "problems are" };
            let message = format!("{hidden} {problems} not shown here, because this output may be public");
            result.problems.push(
                Problem::new("casefile", message)
                    .hint("Run `casefile plan` in a checkout on your own machine to see them."),
            );
        }
        if detail == TicketDetail::Counts {
            result.tickets.clear();
        }
        Cow::Owned(result)
    }

    /// How many tickets have one of these actions.
    pub(crate) fn count(&self, actions: &[Action]) -> usize {
        self.tickets.iter().filter(|ticket| actions.contains(&ticket.action)).count()
    }
}

/// The findings that the run's pull request introduces and that have no ticket; and the same with those that reach
/// `fail-on`, by their tickets.
fn new<T: Read>(known: &RunContext<'_, T>) -> (Option<WithoutTicket>, NewGroups) {
    let News { base, all, findings, .. } = News::of(known);
    let worst = |fails| all.worst(NewFindings::LISTED, |one| one.fails == fails);
    let rows = worst(true).iter().chain(&worst(false)).map(|group| group.row(known)).collect();
    let groups = NewGroups { rows, failing: all.failing };
    let count: usize = all.without_ticket.values().sum();
    let finding = |one: &NewsItem<'_>| {
        let (reason, fails, group) = (one.why?, one.fails, one.group.name());
        Some(NewcomerDocument { finding: one.pointed(known), reason, group, fails })
    };
    let worst = findings.worst(2 * NewFindings::LISTED);
    let listed = worst.iter().filter_map(finding).take(NewFindings::LISTED).collect();
    let beside_failing = all.beside_failing();
    let without = (count > 0).then_some(WithoutTicket {
        count,
        reasons: all.without_ticket,
        findings: listed,
        tickets: all.tickets,
        milder: findings.milder,
        beside_failing,
        base,
    });
    (without, groups)
}
