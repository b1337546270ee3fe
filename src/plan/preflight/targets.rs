//! Checks for everything that would make a run fail, before any ticket is filed: each target is decided for sample
//! findings, by the same rules as in a run.

use std::collections::BTreeSet;

use crate::compose::property::PropertySource;
use crate::config::{Config, Route};
use crate::model::answer::{Ask, IssueType, Permissions, Project, Screen};
use crate::model::check::{Check, Health};
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::survey::Group;
use crate::plan::fields::destination::issue_type_of;
use crate::plan::fields::filler::Form;
use crate::plan::fields::note::report_own_notes;
use crate::plan::fields::{destination, fill};
use crate::plan::planner::Planner;
use crate::plan::tickets::records::first_record;
use crate::plan::types::input::Input;
use crate::plan::types::next::Next;
use crate::plan::types::snapshot::Snapshot;
use crate::policy::route::TicketTarget;

/// The result of looking.
#[derive(Debug)]
pub enum Examined {
    /// The tracker has to be asked first.
    Ask(Ask),
    /// All that was found.
    Checks(Vec<Check>),
}

/// Every target that tickets can have, and what people call it: the default one, that of each route, and that of each
/// owner on top of the default one.
pub fn targets(config: &Config) -> Vec<(String, TicketTarget)> {
    let default = (String::new(), TicketTarget::new(config, None));
    let route = |route: &Route| (format!(", route {}", route.name), TicketTarget::new(config, Some(route)));
    let owner = |name: &String| {
        let target = TicketTarget::new(config, None).owned(config, std::slice::from_ref(name));
        (format!(", owner {name}"), target)
    };
    let all = std::iter::once(default).chain(config.routes.iter().map(route));
    let all = all.chain(config.owners.keys().map(owner));
    all.map(|(whose, target)| (format!("{}{whose}", target.project), target)).collect()
}

/// What a run would report about each target: permissions, issue type, create screen, fields. The survey's groups are
/// the findings to decide on; they are as different as possible.
pub fn examine(input: &Input<'_>, snapshot: &Snapshot) -> Examined {
    let mut look = TargetChecker {
        decision: Planner::new(input, snapshot),
        checks: Vec::new(),
        reported: BTreeSet::new(),
    };
    for (name, target) in targets(input.config) {
        look.target(&name, &target);
    }
    let TargetChecker { decision, checks, .. } = look;
    match decision.needs.is_empty() {
        true => Examined::Checks(checks),
        false => match decision.needs.first() {
            Some(Next::Ask(ask)) => Examined::Ask(ask),
            _ => Examined::Checks(checks),
        },
    }
}

/// Looks at one target after the other.
struct TargetChecker<'a> {
    decision: Planner<'a>,
    checks: Vec<Check>,
    /// What has already been reported about a project or screen.
    reported: BTreeSet<String>,
}

impl TargetChecker<'_> {
    fn target(&mut self, name: &str, target: &TicketTarget) {
        let decision = &mut self.decision;
        let Some(project) = decision.needs.project(decision.snapshot, &target.project) else { return };
        let permissions = destination::check_permissions(project);
        let may_file = permissions.is_ok();
        if self.reported.insert(format!("permissions in {}", project.key)) {
            self.checks.extend(may(project, permissions));
        }
        if !may_file {
            return;
        }
        let issue_type = match issue_type_of(decision, project, target.issue_type.as_deref()) {
            Ok(Some(issue_type)) => issue_type,
            Ok(None) => return,
            Err(problem) => {
                return self.checks.push(Check::of(
                    format!("issue type of {name}"),
                    Health::Failed,
                    &problem,
                ));
            }
        };
        let Some(screen) = decision.needs.screen(decision.snapshot, &target.project, &issue_type.id) else {
            return;
        };
        if self.reported.insert(format!("screen of {} {}", project.key, issue_type.id)) {
            let name = format!("create screen of {}, {}", project.key, issue_type.name);
            self.checks.push(match destination::check_labels(&project.key, &issue_type.name, screen) {
                Ok(()) => Check::ok(name, "it has a Labels field, so casefile can find its tickets again"),
                Err(problem) => Check::of(name, Health::Failed, &problem),
            });
        }
        self.fields(name, target, issue_type, screen);
    }

    /// Fills in the fields for every kind of finding with every severity.
    fn fields(&mut self, name: &str, target: &TicketTarget, issue_type: &IssueType, screen: &Screen) {
        let (mut filled, mut warnings) = (BTreeSet::new(), Vec::new());
        let mut missing: Vec<(Problem, usize)> = Vec::new();
        let input = self.decision.input;
        let groups = &input.survey.groups;
        let severities: Vec<Severity> =
            Severity::ALL.into_iter().filter(|severity| *severity >= input.config.minimum_severity).collect();
        for group in groups {
            for &severity in &severities {
                let mut group = group.clone();
                group.severity = severity;
                let said = self.fill(&group, target, issue_type, screen, &mut filled);
                for problem in said {
                    match missing.iter_mut().find(|(known, _)| *known == problem) {
                        Some((_, times)) => *times += 1,
                        None => missing.push((problem, 1)),
                    }
                }
                report_own_notes(&mut self.decision);
                for problem in std::mem::take(&mut self.decision.plan.problems) {
                    if !warnings.contains(&problem) {
                        warnings.push(problem);
                    }
                }
            }
        }
        if !self.decision.needs.is_empty() {
            return;
        }
        let all = groups.len() * severities.len();
        let name = format!("fields of {name}");
        let mut checks: Vec<Check> = missing
            .iter()
            .map(|(problem, times)| match *times == all {
                true => Check::of(&name, Health::Failed, problem),
                false => {
                    let mut check = Check::of(&name, Health::Warning, problem);
                    check
                        .message
                        .push_str("; because of this, findings of some kinds or severities are not filed");
                    check
                }
            })
            .collect();
        checks.extend(warnings.iter().map(|problem| Check::of(&name, Health::Warning, problem)));
        let is_fine = checks.is_empty();
        // the same wrong key is reported once, however many targets have it
        checks.retain(|check| self.reported.insert(format!("{}: {}", target.project, check.message)));
        if is_fine {
            let names: Vec<String> = filled.into_iter().collect();
            let names = if names.is_empty() { "only the text".to_owned() } else { names.join(", ") };
            checks.push(Check::ok(name, format!("issue type {}; filled in: {names}", issue_type.name)));
        }
        self.checks.extend(checks);
    }

    /// Fills in the fields for one group; returns those that are required and have no value.
    fn fill(
        &mut self,
        group: &Group,
        target: &TicketTarget,
        issue_type: &IssueType,
        screen: &Screen,
        filled: &mut BTreeSet<String>,
    ) -> Vec<Problem> {
        let input = self.decision.input;
        let provenance = input.provenance();
        let mut record = first_record(input, self.decision.snapshot, group);
        let properties = PropertySource {
            group,
            survey: input.survey,
            provenance: &provenance,
            first_seen: record.first_seen,
        };
        let form = Form { target, issue_type, screen, properties };
        let (fields, missing) = fill::fill_all(&mut self.decision, form, &mut record);
        let names = fields.into_iter().flat_map(|filled| filled.fields).map(|field| {
            let meta = screen.fields.get(&field.id);
            meta.map_or_else(|| field.id.clone(), |meta| meta.name.clone())
        });
        filled.extend(names);
        missing
    }
}

/// What the account is allowed to do in a project.
fn may(project: &Project, needed: Result<(), Problem>) -> Vec<Check> {
    let name = format!("permissions in {}", project.key);
    if let Err(problem) = needed {
        return vec![Check::of(name, Health::Failed, &problem)];
    }
    let Permissions { comment, transition, link, .. } = project.may;
    let lacking = [
        ("Add Comments", comment, "no updates are posted to tickets"),
        ("Transition Issues", transition, "no ticket is resolved, reopened or closed"),
        ("Link Issues", link, "a new ticket is not linked to its predecessor"),
    ];
    let lacking = lacking.iter().filter(|(_, has, _)| !has).map(|(permission, _, without)| {
        let message = format!("PROVIDER_SCOPE_UNAVAILABLE: the account lacks {permission}, so {without}");
        Check::warning(&name, message).hint("Ask a Jira administrator to grant it.")
    });
    let lacking: Vec<Check> = lacking.collect();
    if lacking.is_empty() {
        return vec![Check::ok(name, "browse, create, edit, comment, transition, link")];
    }
    lacking
}
