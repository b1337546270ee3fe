//! A tracker without any tickets yet: the plan for it shows what every ticket would be. It is used if no tracker can be
//! queried.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::compose::ticket::tell_apart;
use crate::config::{self, Config, FieldValue};
use crate::document::Document;
use crate::export::Item;
use crate::http::stop::Stop;
use crate::model::answer::{
    Answer, Ask, Choice, Failure, FieldMeta, IssueType, Offers, Permissions, Project, Screen, Takes,
};
use crate::model::survey::{Group, Survey};
use crate::model::ticket::{Person, Ticket, TicketKey};
use crate::model::write::Draft;
use crate::pipeline::job::Job;
use crate::plan::{BranchTip, GroupAction, Input, Next, Plan, Snapshot, TimeLimit, next};
use crate::tracker::Read;

/// The site of its tickets.
const SITE: &str = "export";

/// How many tickets are drafted at most, most severe first: as many as a run can be allowed to create. All of them are
/// in memory at once.
const MOST_TICKETS: usize = config::MOST_NEW as usize;

/// More queries than any plan needs.
const QUESTIONS: usize = 10_000;

/// Fields that casefile fills in by their ids; every project has them here.
const FIELDS: [(&str, &str, Option<&str>); 10] = [
    ("summary", "string", None),
    ("description", "string", None),
    ("labels", "array", Some("string")),
    ("priority", "priority", None),
    ("components", "array", Some("component")),
    ("assignee", "user", None),
    ("duedate", "date", None),
    ("parent", "issuelink", None),
    ("security", "securitylevel", None),
    ("environment", "string", None),
];

/// How many groups are looked at once the run is over, most severe first: to plan for all of them would take longer than
/// a stopped run has.
const MOST_GROUPS: usize = 500;

/// How long tickets are drafted when the run is over, so that there is time to write them to files.
const DRAFTING: Duration = Duration::from_millis(350);

/// How many tickets are drafted in any case: few enough for a slow machine.
const LEAST_TICKETS: usize = 100;

/// Until when they are drafted.
struct Drafting<'s> {
    stop: &'s Stop,
    begin: Instant,
    drafted: Cell<usize>,
}

impl TimeLimit for Drafting<'_> {
    /// Asked before each draft.
    fn is_over(&self) -> bool {
        self.drafted.update(|drafted| drafted + 1);
        self.drafted.get() > LEAST_TICKETS
            && self.begin.elapsed() >= DRAFTING
            && self.stop.over_for() >= DRAFTING
    }
}

/// A tracker in which every configured project, issue type and field exists, and no ticket.
pub(crate) struct Blank {
    issue_types: Vec<IssueType>,
    screen: Screen,
}

impl Blank {
    pub(crate) fn new(config: &Config) -> Blank {
        let jira = config.jira.as_ref();
        let kinds = jira.and_then(|jira| jira.issue_type.as_deref());
        let kinds = kinds.into_iter().chain(config.routes.iter().filter_map(|one| one.issue_type.as_deref()));
        let issue_types = ["Bug", "Task", "Story"].into_iter().chain(kinds).map(|name| IssueType {
            id: name.to_owned(),
            name: name.to_owned(),
            untranslated: None,
            subtask: false,
            epic: Some(false),
        });
        let field = |name: &str, schema: &str, items: Option<&str>| FieldMeta {
            name: name.to_owned(),
            schema: schema.to_owned(),
            items: items.map(str::to_owned),
            ..FieldMeta::default()
        };
        let mut fields: BTreeMap<String, FieldMeta> =
            FIELDS.iter().map(|(id, schema, items)| ((*id).to_owned(), field(id, schema, *items))).collect();
        let own = jira.into_iter().flat_map(|jira| &jira.fields);
        let mut named: BTreeMap<&String, Vec<&FieldValue>> = BTreeMap::new();
        for (name, value) in own.chain(config.routes.iter().flat_map(|route| &route.fields)) {
            named.entry(name).or_default().push(value);
        }
        for (name, values) in named {
            // only Jira knows their type: a type is assumed that does no harm to any value
            let meta = match values[..] {
                [FieldValue::Values(texts), ..] if texts.len() > 1 => field(name, "array", Some("option")),
                [FieldValue::Values(_), ..] => {
                    let allowed = cascading(&values);
                    let custom = (!allowed.is_empty()).then(|| "export:cascadingselect".to_owned());
                    FieldMeta { custom, allowed, ..field(name, "string", None) }
                }
                _ => FieldMeta { custom: Some("export:textarea".to_owned()), ..field(name, "string", None) },
            };
            fields.entry(name.clone()).or_insert(meta);
        }
        Blank { issue_types: issue_types.collect(), screen: Screen { fields } }
    }

    /// Its answer, which is immediate.
    pub(crate) fn reply(&self, ask: &Ask) -> Answer {
        match ask {
            Ask::Account => Answer::Account(Person { id: SITE.to_owned(), name: SITE.to_owned() }),
            Ask::Open { .. }
            | Ask::Done { .. }
            | Ask::Marked { .. }
            | Ask::Labelled(_)
            | Ask::Mentioned(_)
            | Ask::Ids(_)
            | Ask::Find(_) => Answer::Tickets(Vec::new()),
            Ask::Made { .. } => Answer::Made(Vec::new()),
            Ask::Slices(_) => Answer::Slices(Vec::new()),
            Ask::AllSlices(_) => Answer::AllSlices(Vec::new()),
            Ask::Person(who) => Answer::Person(Some(Person { id: who.clone(), name: who.clone() })),
            Ask::Statuses(_) => Answer::Statuses(Vec::new()),
            Ask::Offers => Answer::Offers(Offers::default()),
            Ask::Takes(_) => Answer::Takes(Takes::default()),
            Ask::Texts(_) => Answer::Texts(Vec::new()),
            Ask::Project(key) => Answer::Project(Project {
                key: key.clone(),
                issue_types: self.issue_types.clone(),
                may: Permissions::ALL,
                english: true,
            }),
            Ask::Screen(..) => Answer::Screen(self.screen.clone()),
        }
    }

    /// What filing everything in a job's survey would be, however much it is.
    pub(crate) fn plan(&self, job: &Job<'_>, survey: &Survey) -> BlankPlan {
        let limited = if job.stop.is_over() { most_severe(survey) } else { None };
        let (survey, beyond) = limited.as_ref().map_or((survey, 0), |(survey, beyond)| (survey, *beyond));
        let (plan, snapshot) = self.planned(job, survey);
        BlankPlan { plan, snapshot, beyond }
    }

    fn planned(&self, job: &Job<'_>, survey: &Survey) -> (Plan, Snapshot) {
        let config = Config { max_new: MOST_TICKETS, ..job.config.clone() };
        let fit = |document| document;
        let time_limit = Drafting { stop: &job.stop, begin: Instant::now(), drafted: Cell::new(0) };
        let input = Input {
            config: &config,
            recent: &[],
            remembered: &[],
            time_limit: &time_limit,
            ..job.input(survey, SITE, &fit)
        };
        let mut snapshot = Snapshot::default();
        for _ in 0..QUESTIONS {
            // each time from the start
            time_limit.drafted.set(0);
            match next(&input, &snapshot) {
                Next::Plan(plan) => return (*plan, snapshot),
                Next::Look(places) => {
                    places.into_iter().for_each(|place| snapshot.learn_head(place, BranchTip::Unknown));
                }
                Next::Recall => snapshot.learn_recalled(Vec::new()),
                Next::Ask(ask) => snapshot.learn(&ask, self.reply(&ask)),
            }
        }
        (Plan::default(), snapshot)
    }
}

/// The choices of a field that is set to `Parent > Child` in one place and to single values everywhere: Jira's importer
/// needs a different notation for it. Empty: it is not such a field.
fn cascading(values: &[&FieldValue]) -> Vec<Choice> {
    let mut below: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for value in values {
        let FieldValue::Values(texts) = value else { return Vec::new() };
        let [text] = texts.as_slice() else { return Vec::new() };
        match text.split('>').map(str::trim).collect::<Vec<_>>()[..] {
            [parent, child] if !parent.is_empty() && !child.is_empty() => {
                below.entry(parent).or_default().insert(child);
            }
            _ => drop(below.entry(text).or_default()),
        }
    }
    if below.values().all(BTreeSet::is_empty) {
        return Vec::new();
    }
    let choice = |name: &str, children| Choice { id: name.to_owned(), name: name.to_owned(), children };
    let children = |names: BTreeSet<&str>| names.into_iter().map(|name| choice(name, Vec::new())).collect();
    below.into_iter().map(|(name, names)| choice(name, children(names))).collect()
}

/// What filing everything would be.
pub(crate) struct BlankPlan {
    pub plan: Plan,
    /// The answers that it got.
    pub snapshot: Snapshot,
    /// How many groups were not looked at, because the run was over.
    beyond: usize,
}

impl BlankPlan {
    /// The tickets that it would create, and how many more would be created by later runs.
    pub(crate) fn drafted(&self) -> (Vec<Item>, usize) {
        let BlankPlan { plan, snapshot, beyond } = self;
        let deferred = plan.outcomes.iter().filter(|outcome| outcome.action == GroupAction::Deferred);
        (plan.creates.iter().map(|draft| item(draft, snapshot)).collect(), deferred.count() + beyond)
    }
}

/// The tickets that a job would create if there were none yet, and how many more there would be.
pub(crate) fn items(job: &Job<'_>, survey: &Survey) -> (Vec<Item>, usize) {
    Blank::new(job.config).plan(job, survey).drafted()
}

/// The most severe of very many groups, and how many others have findings that are not skipped.
fn most_severe(survey: &Survey) -> Option<(Survey, usize)> {
    let mut groups: Vec<&Group> =
        survey.groups.iter().filter(|group| group.kept().next().is_some()).collect();
    let beyond = groups.len().checked_sub(MOST_GROUPS).filter(|beyond| *beyond > 0)?;
    groups.sort_by_key(|group| (Reverse(group.severity), group.name()));
    groups.truncate(MOST_GROUPS);
    groups.sort_by_key(|group| group.name());
    let mut limited = survey.with_groups(groups.into_iter().cloned().collect());
    tell_apart(&mut limited);
    Some((limited, beyond))
}

/// Whether a run that is over would not plan for all groups.
pub(crate) fn leaves_out(survey: &Survey) -> bool {
    survey.groups.len() > MOST_GROUPS
}

/// A draft as it appears in files.
pub(crate) fn item(draft: &Draft, snapshot: &Snapshot) -> Item {
    Item::of(draft, snapshot.project(&draft.project), snapshot.screen(&draft.project, &draft.issue_type))
}

impl Read for Blank {
    fn site(&self) -> &str {
        SITE
    }

    fn page(&self, _: &TicketKey) -> String {
        String::new()
    }

    fn fit(&self, document: Document) -> Document {
        document
    }

    async fn answer(&self, ask: &Ask) -> Result<Answer, Failure> {
        Ok(self.reply(ask))
    }

    async fn newer(&self, _: &str, _: Option<u64>) -> Result<Vec<Ticket>, Failure> {
        Ok(Vec::new())
    }

    fn requests(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::FindingKind;
    use crate::model::fingerprint::{Fingerprint, Recipe};
    use crate::model::record::Mode;
    use crate::model::severity::Severity;
    use crate::model::survey::{Common, Sighting};

    fn group(name: Fingerprint, severity: Severity) -> Group {
        let sighting = Sighting {
            anchors: [Some(name), None, None],
            rule: 1,
            text: 0,
            path: 0,
            line: 1,
            logical: 0,
            scan: 0,
            severity,
            skipped: None,
            ignored_by: 0,
        };
        Group {
            names: vec![name],
            loose: Vec::new(),
            mode: Mode::File,
            route: None,
            common: Common::File("a.py".into()),
            kind: FindingKind::Code,
            kinds: BTreeSet::new(),
            severity,
            scanners: Vec::new(),
            sightings: vec![sighting],
            exemplars: Vec::new(),
        }
    }

    #[test]
    fn the_most_severe_of_very_many_groups_are_looked_at() {
        let survey = |count: usize| {
            let named = |at: usize| Recipe::new("group").number(at as u64).finish();
            let severity = |at: usize| if at.is_multiple_of(50) { Severity::Critical } else { Severity::Low };
            let mut groups: Vec<Group> = (0..count).map(|at| group(named(at), severity(at))).collect();
            groups.sort_by_key(Group::name);
            Survey { groups, ..Survey::default() }
        };
        assert!(most_severe(&survey(MOST_GROUPS)).is_none());
        let (limited, beyond) = most_severe(&survey(MOST_GROUPS + 500)).unwrap();
        assert_eq!((limited.groups.len(), beyond), (MOST_GROUPS, 500));
        assert!(limited.groups.is_sorted_by_key(Group::name));
        let critical = limited.groups.iter().filter(|group| group.severity == Severity::Critical).count();
        assert_eq!(critical, (MOST_GROUPS + 500) / 50);
    }

    #[test]
    fn a_few_tickets_are_drafted_however_little_time_there_is() {
        let stop = Stop::after(Duration::ZERO);
        let time_limit = Drafting { stop: &stop, begin: Instant::now(), drafted: Cell::new(0) };
        std::thread::sleep(DRAFTING);
        assert!((0..LEAST_TICKETS).all(|_| !time_limit.is_over()));
        assert!(time_limit.is_over());
        let endless = Stop::after(Duration::from_secs(3_600));
        let time_limit = Drafting { stop: &endless, begin: Instant::now(), drafted: Cell::new(0) };
        assert!((0..10 * LEAST_TICKETS).all(|_| !time_limit.is_over()));
    }
}
