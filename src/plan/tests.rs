//! The decision table, without a tracker: a world of tickets that answers questions and takes plans.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::config::parse;
use crate::document::plain;
use crate::group::{Gatherer, Rules};
use crate::model::answer::{
    Answer, Ask, Choice, FieldMeta, IssueType, Offers, Permissions, Project, Screen, Takes, Texts,
};
use crate::model::finding::{Anchors, Detail, Finding, Kind, Location, Rule, Subject};
use crate::model::record::Record;
use crate::model::repository::{Place, Repository};
use crate::model::scan::Scan;
use crate::model::severity::Severity;
use crate::model::slice::{Slice, SliceId};
use crate::model::ticket::{Category, Key, Person, Status, Ticket, label};
use crate::report::Sink;

mod life;

const SITE: &str = "acme.atlassian.net";

/// Tickets, and what was asked about them.
pub(super) struct World {
    tickets: BTreeMap<u64, Ticket>,
    slices: BTreeMap<(u64, SliceId), Slice>,
    texts: BTreeMap<u64, Texts>,
    pub(super) screen: Screen,
    may: Permissions,
    pub(super) config: String,
    run: Run,
    only: Vec<Fingerprint>,
    mass: bool,
    heads: BTreeMap<Place, Head>,
    scan: Scan,
    kind: Kind,
    asked: Vec<&'static str>,
}

fn person(id: &str) -> Person {
    Person { id: id.to_owned(), name: id.to_owned() }
}

fn status(name: &str) -> Status {
    let category = match name {
        "To Do" => Category::New,
        "In Progress" => Category::InProgress,
        _ => Category::Done,
    };
    Status { id: name.to_lowercase(), name: name.to_owned(), category }
}

impl World {
    pub(super) fn new() -> World {
        let fields = ["labels", "priority", "summary"].map(|id| {
            let choice = |name: &str| Choice { name: name.to_owned(), ..Choice::default() };
            let allowed = ["Highest", "High", "Medium", "Low", "Lowest"].map(choice).to_vec();
            let allowed = if id == "priority" { allowed } else { Vec::new() };
            (id.to_owned(), FieldMeta { name: id.to_owned(), allowed, ..FieldMeta::default() })
        });
        World {
            tickets: BTreeMap::new(),
            slices: BTreeMap::new(),
            texts: BTreeMap::new(),
            screen: Screen { fields: fields.into() },
            may: Permissions {
                browse: true,
                create: true,
                edit: true,
                comment: true,
                transition: true,
                link: true,
            },
            config: "jira: {project: SEC}".to_owned(),
            run: Run {
                repository: Repository { host: "github.com".into(), id: Some(7), name: "acme/shop".into() },
                branch: "main".into(),
                place: Place::Branch("main".into()),
                commit: "c".repeat(40),
                checkout: "c".repeat(40),
                pull_request: None,
                base: None,
                url: None,
                job: "ci/scan".into(),
                pattern: Some("main".into()),
                untrusted: None,
                now: Timestamp::UNIX_EPOCH,
            },
            only: Vec::new(),
            mass: false,
            heads: BTreeMap::new(),
            scan: Scan {
                scanner: "Bandit".into(),
                version: None,
                category: Some("code".into()),
                success: None,
                has_results: true,
                commit: None,
                rules: Vec::new(),
            },
            kind: Kind::Code,
            asked: Vec::new(),
        }
    }

    fn answer(&mut self, ask: &Ask) -> Answer {
        let (name, answer) = match ask {
            Ask::Account => ("account", Answer::Account(person("bot"))),
            Ask::Open { label, .. } => {
                ("open", self.found(|ticket| ticket.is_open() && ticket.has_label(label)))
            }
            Ask::Done { label } => {
                ("done", self.found(|ticket| !ticket.is_open() && ticket.has_label(label)))
            }
            Ask::Labelled(names) => {
                ("labelled", self.found(|one| names.iter().any(|name| one.has_label(&label(*name)))))
            }
            Ask::Ids(ids) => ("ids", self.found(|ticket| ids.contains(&ticket.id.id))),
            Ask::Marked { label } => ("marked", self.found(|ticket| ticket.has_label(label))),
            Ask::Made { .. } => ("made", Answer::Made(self.tickets.keys().copied().collect())),
            Ask::Slices(wanted) => {
                let all = wanted.iter().flat_map(|(ticket, ids)| ids.iter().map(|id| (*ticket, id.clone())));
                let read = all.filter_map(|key| {
                    let slice = self.slices.get(&key)?.clone();
                    Some((key.0, key.1, slice))
                });
                ("slices", Answer::Slices(read.collect()))
            }
            Ask::Texts(ids) => {
                let read = ids.iter().filter_map(|id| Some((*id, self.texts.get(id)?.clone())));
                ("texts", Answer::Texts(read.collect()))
            }
            Ask::Project(key) => {
                let kind =
                    |id: &str, name: &str, subtask| IssueType { id: id.into(), name: name.into(), subtask };
                let issue_types = vec![kind("1", "Sub-task", true), kind("2", "Task", false)];
                ("project", Answer::Project(Project { key: key.clone(), issue_types, may: self.may }))
            }
            Ask::Screen(..) => ("screen", Answer::Screen(self.screen.clone())),
            // Carol has left
            Ask::Person(who) => ("person", Answer::Person((who != "carol").then(|| person(who)))),
            Ask::Find(keys) => ("find", self.found(|ticket| keys.contains(&ticket.key))),
            Ask::Statuses(_) => (
                "statuses",
                Answer::Statuses(["To Do", "In Progress", "Done", "Won't Do"].map(status).to_vec()),
            ),
            Ask::Offers => ("offers", Answer::Offers(Offers::default())),
            Ask::Takes(_) => ("takes", Answer::Takes(Takes::default())),
        };
        self.asked.push(name);
        answer
    }

    fn found(&self, wanted: impl Fn(&Ticket) -> bool) -> Answer {
        Answer::Tickets(self.tickets.values().filter(|ticket| wanted(ticket)).cloned().collect())
    }

    /// The plan for findings, each `rule path:line text severity? aside?`.
    pub(super) fn plan(&mut self, findings: &[&str]) -> Plan {
        self.asked.clear();
        let config = parse(&self.config, "c.yml").unwrap();
        let run = self.run.clone();
        let only = self.only.clone();
        let survey = self.survey(&config, findings);
        let fit = |document| document;
        let input = Input {
            survey: &survey,
            run: &run,
            merge: None,
            config: &config,
            only: &only,
            site: SITE,
            recent: &[],
            mass_resolve: self.mass,
            fit: &fit,
        };
        let mut snapshot = Snapshot::default();
        loop {
            match next(&input, &snapshot) {
                Next::Ask(ask) => snapshot.learn(&ask, self.answer(&ask)),
                Next::Look(places) => places.into_iter().for_each(|place| {
                    self.asked.push("head");
                    let here = if place == run.place { Head::At(run.commit.clone()) } else { Head::Unknown };
                    let head = self.heads.get(&place).cloned().unwrap_or(here);
                    snapshot.learn_head(place, head);
                }),
                Next::Plan(plan) => return *plan,
            }
            assert!(self.asked.len() < 50, "asks for ever: {:?}", self.asked);
        }
    }

    /// What becomes of the findings, in words; the plan is carried out.
    fn run(&mut self, findings: &[&str]) -> Vec<String> {
        let plan = self.plan(findings);
        let words = plan.fates.iter().map(|fate| words(&fate.verdict)).collect();
        self.apply(plan);
        words
    }

    pub(super) fn apply(&mut self, plan: Plan) {
        let mut made: BTreeMap<Fingerprint, u64> = BTreeMap::new();
        for draft in plan.creates {
            let id = self.tickets.len() as u64 + 1;
            made.insert(draft.group, id);
            let texts = Texts {
                summary: draft.summary.clone(),
                description: plain::render(&draft.body),
                comments: 0,
            };
            self.texts.insert(id, texts);
            self.slices.extend(draft.slices.into_iter().map(|slice| ((id, slice.id()), slice)));
            let ticket = Ticket {
                id: TicketId { site: SITE.to_owned(), id },
                key: Key::parse(&format!("SEC-{id}")).unwrap(),
                url: String::new(),
                summary: draft.summary,
                status: status("To Do"),
                resolution: None,
                resolved: None,
                priority: draft.record.wrote.priority.clone(),
                assignee: draft.record.wrote.assignee.as_deref().map(person),
                due: draft.record.wrote.due,
                labels: draft.labels,
                creator: Some(person("bot")),
                created: None,
                record: Some(draft.record),
            };
            self.tickets.insert(id, ticket);
        }
        for work in plan.works.into_iter().chain(plan.merges) {
            let id = match work.on {
                Ref::Known(id) => id.id,
                Ref::New(group) => made[&group],
            };
            work.steps.into_iter().for_each(|step| self.step(id, step));
        }
    }

    fn step(&mut self, id: u64, step: Step) {
        if let Step::Note(edit) = step {
            return self.step(id, Step::Edit(edit));
        }
        if let Step::Try(go, edit) = step {
            self.step(id, Step::Go(go));
            return self.step(id, Step::Edit(edit));
        }
        let (ticket, texts) = (self.tickets.get_mut(&id).unwrap(), self.texts.get_mut(&id).unwrap());
        match step {
            Step::Edit(edit) => {
                ticket.labels.retain(|label| !edit.labels_removed.contains(label));
                ticket.labels.extend(edit.labels_added);
                texts.comments += usize::from(edit.comment.is_some());
                if let Some(body) = edit.body {
                    texts.description = plain::render(&body);
                }
                if let Some(summary) = edit.summary {
                    texts.summary = summary;
                }
                ticket.record = edit.record.or(ticket.record.take());
                self.slices.extend(edit.slices.into_iter().map(|slice| ((id, slice.id()), slice)));
            }
            Step::Go(go) => {
                ticket.status = match go.to {
                    crate::model::write::Target::Status(name) => status(&name),
                    crate::model::write::Target::Any(Category::Done) => status("Done"),
                    crate::model::write::Target::Any(_) => status("To Do"),
                };
            }
            Step::Unmark(labels, _) => {
                ticket.labels.retain(|label| !labels.contains(label));
                ticket.record = None;
            }
            Step::Link(..) | Step::Attach(_) | Step::Remote(_) | Step::Unremote(_) => {}
            Step::Note(_) | Step::Try(..) => {}
        }
    }

    /// What a report with these findings says.
    fn survey(&self, config: &Config, findings: &[&str]) -> Survey {
        let rules = Rules {
            repository: self.run.repository.fingerprint(),
            job: self.run.job.clone(),
            mode: &|kind| config.group_by.mode(kind),
            judge: &|_| None,
            line: &mut |_, _| None,
        };
        let mut gatherer = Gatherer::new(rules);
        gatherer.begin("r.sarif", None);
        for words in findings {
            let part = |at: usize| words.split(' ').nth(at).unwrap_or_default().to_owned();
            let (path, line) = words.split(' ').nth(1).unwrap().split_once(':').unwrap();
            let aside = Some(part(4)).filter(|word| !word.is_empty());
            gatherer.finding(Finding {
                kind: self.kind,
                scanner: self.scan.scanner.as_str().into(),
                rule: Arc::new(Rule { id: part(0), name: format!("Rule {}", part(0)), ..Rule::default() }),
                severity: part(3).parse().unwrap_or(Severity::High),
                subject: Subject::Rule,
                location: Location {
                    path: path.to_owned().into(),
                    line: line.parse().unwrap(),
                    ..Location::default()
                },
                anchors: Anchors { stable: None, text: Some(part(2).into()) },
                detail: Detail { message: "It is so.".into(), ..Detail::default() },
                aside: aside.map(|word| serde_json::from_value(word.into()).unwrap()),
            });
        }
        gatherer.scan(self.scan.clone());
        gatherer.end("sarif", None);
        gatherer.survey()
    }

    pub(super) fn ticket(&mut self, id: u64) -> &mut Ticket {
        self.tickets.get_mut(&id).unwrap()
    }

    fn record(&mut self, id: u64) -> &mut Record {
        self.ticket(id).record.as_mut().unwrap()
    }

    fn comments(&self, id: u64) -> usize {
        self.texts[&id].comments
    }

    fn later(&mut self, days: i64) {
        self.run.now += jiff::SignedDuration::from_hours(24 * days);
    }
}

fn words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Create => "create".to_owned(),
        Verdict::Refile(id) => format!("refile {}", id.id),
        Verdict::Tracked(id) => format!("tracked {}", id.id),
        Verdict::Update(id) => format!("update {}", id.id),
        Verdict::Reopen(id) => format!("reopen {}", id.id),
        Verdict::Recurred(id) => format!("recurred {}", id.id),
        Verdict::Aside(reason, id) => format!("{reason} {}", id.as_ref().map_or(0, |id| id.id)),
        Verdict::Held => "held".to_owned(),
        Verdict::NotAllowed(why) => format!("not allowed: {why}"),
        Verdict::Impossible(problem) => format!("impossible: {}", problem.message),
    }
}

const ONE: &[&str] = &["A x:1 a"];
const TWO: &[&str] = &["A x:1 a", "A y:9 b"];

#[test]
fn a_new_group_takes_five_questions_and_an_unchanged_one_three() {
    let mut world = World::new();
    assert_eq!(world.run(ONE), ["create"]);
    assert_eq!(world.asked, ["account", "open", "labelled", "project", "screen"]);
    assert!(world.plan(ONE).is_empty());
    assert_eq!(world.asked, ["account", "open", "done"]);
}

#[test]
fn three_hundred_groups_are_looked_up_by_hundreds() {
    let mut world = World::new();
    let lines: Vec<String> = (0..300).map(|n| format!("R{n} x:1 a")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(world.plan(&lines).creates.len(), 100);
    assert_eq!(world.asked.iter().filter(|asked| **asked == "labelled").count(), 3);
}

#[test]
fn moved_lines_another_commit_and_another_order_change_nothing() {
    let mut world = World::new();
    world.run(TWO);
    world.run.commit = "d".repeat(40);
    assert!(world.plan(&["A y:19 b", "A x:11 a"]).is_empty());
}

#[test]
fn an_added_finding_is_one_edit_with_one_comment() {
    let mut world = World::new();
    world.run(ONE);
    let plan = world.plan(TWO);
    let [Work { steps, .. }] = plan.works.as_slice() else { panic!("{plan:?}") };
    let [Step::Edit(edit)] = steps.as_slice() else { panic!("{steps:?}") };
    assert!(edit.comment.is_some() && edit.body.is_some() && edit.summary.is_some());
    assert_eq!(edit.record.as_ref().unwrap().revision, 2);
    world.apply(plan);
    assert!(world.plan(TWO).is_empty());
}

#[test]
fn what_a_person_wrote_stays_and_the_news_is_a_comment() {
    let mut world = World::new();
    world.run(ONE);
    world.texts.get_mut(&1).unwrap().description = "Mine now.".to_owned();
    assert_eq!(world.run(TWO), ["update 1"]);
    assert_eq!((world.texts[&1].description.as_str(), world.comments(1)), ("Mine now.", 1));
}

#[test]
fn a_worse_severity_changes_the_priority_unless_a_person_did() {
    let mut world = World::new();
    world.run(ONE);
    let fields = |world: &mut World| match world.plan(&["A x:1 a critical"]).works.remove(0).steps.remove(0) {
        Step::Edit(edit) => edit.fields.len(),
        _ => 0,
    };
    assert_eq!(fields(&mut world), 1);
    world.ticket(1).priority = Some("Lowest".to_owned());
    assert_eq!(fields(&mut world), 0);
}

#[test]
fn an_edited_line_is_no_news() {
    let mut world = World::new();
    world.run(TWO);
    assert_eq!(world.run(&["A x:1 a", "A y:9 c"]), ["tracked 1"]);
    assert_eq!(world.comments(1), 0);
    assert!(world.plan(&["A x:1 a", "A y:9 c"]).is_empty());
}

#[test]
fn an_edited_line_and_a_moved_file_keep_their_ticket_of_one_finding() {
    let mut world = World::new();
    world.config = "{group-by: vulnerability, jira: {project: SEC}}".to_owned();
    world.run(ONE);
    assert_eq!(world.run(&["A x:2 b"]), ["tracked 1"]);
    assert_eq!(world.run(&["A z/x:2 b"]), ["tracked 1"]);
    assert!(world.plan(&["A z/x:2 b"]).is_empty());
}

#[test]
fn another_mode_files_nothing_that_is_held_already() {
    let mut world = World::new();
    world.run(TWO);
    world.config = "{group-by: file, jira: {project: SEC}}".to_owned();
    assert_eq!(world.run(TWO), ["tracked 1", "tracked 1"]);
    assert_eq!(
        world.run(&["A x:1 a", "A y:9 b", "A z:1 c"]).iter().filter(|word| *word == "create").count(),
        1
    );
}

#[test]
fn a_finding_that_a_person_linked_is_tracked_there() {
    let mut world = World::new();
    world.run(&["B q:1 z"]);
    let linked = world.plan(ONE).fates[0].findings.clone();
    world.record(1).linked = linked;
    assert_eq!(world.run(ONE), ["tracked 1"]);
    let mut both = world.run(TWO);
    both.sort();
    assert_eq!(both, ["create", "tracked 1"]);
}

#[test]
fn progress_and_another_project_change_nothing() {
    let mut world = World::new();
    world.run(ONE);
    world.ticket(1).status = status("In Progress");
    world.ticket(1).key = Key::parse("OPS-7").unwrap();
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn a_done_ticket_gets_one_comment_and_is_refiled_after_its_days_of_grace() {
    let mut world = World::new();
    world.run(ONE);
    world.ticket(1).status = status("Done");
    for _ in 0..3 {
        assert_eq!(world.run(ONE), ["recurred 1"]);
    }
    assert_eq!(world.comments(1), 1);
    world.later(7);
    assert_eq!(world.run(ONE), ["refile 1"]);
    assert_eq!(world.run(ONE), ["tracked 2"]);
}

#[test]
fn without_grace_it_is_refiled_at_once_and_the_link_is_owed_until_it_is_there() {
    let mut world = World::new();
    world.config = "{recurrence: {grace-days: 0}, jira: {project: SEC}}".to_owned();
    world.run(ONE);
    world.ticket(1).status = status("Done");
    let mut plan = world.plan(ONE);
    assert_eq!(plan.creates[0].record.pending.len(), 1);
    let work = plan.works.remove(0);
    assert!(matches!(work.steps[0], Step::Link(LinkKind::Relates, _)), "and it is cut off before that");
    world.apply(plan);
    assert!(matches!(world.plan(ONE).works[0].steps[0], Step::Link(LinkKind::Relates, _)));
    world.run(ONE);
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn what_a_done_ticket_never_held_is_filed() {
    let mut world = World::new();
    world.config = "{recurrence: {action: comment}, jira: {project: SEC}}".to_owned();
    world.run(ONE);
    world.ticket(1).status = status("Done");
    assert_eq!(world.run(TWO), ["recurred 1", "refile 1"]);
    assert_eq!(world.run(TWO), ["update 2"]);
    assert!(world.plan(TWO).is_empty());
}

#[test]
fn what_was_told_resolved_comes_back_at_once() {
    let mut world = World::new();
    world.config = "{recurrence: {action: reopen}, jira: {project: SEC}}".to_owned();
    world.run(ONE);
    world.ticket(1).status = status("Done");
    world.record(1).told = Some(crate::model::record::State::Resolved);
    assert_eq!(world.run(ONE), ["reopen 1"]);
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn an_accepted_finding_is_set_aside_and_a_new_one_beside_it_is_filed() {
    let mut world = World::new();
    world.run(ONE);
    world.ticket(1).status = status("Done");
    world.ticket(1).resolution = Some("won't fix".to_owned());
    assert_eq!(world.run(ONE), ["accepted 1"]);
    assert_eq!(world.run(TWO), ["accepted 1", "create"]);
    assert_eq!(world.run(TWO), ["accepted 1", "tracked 2"]);
    assert!(world.plan(TWO).is_empty());
}

#[test]
fn acceptance_ends_after_its_days_and_does_not_count_on_a_strangers_ticket() {
    let mut world = World::new();
    world.config = "{recurrence: {accepted-days: 10, grace-days: 0}, jira: {project: SEC}}".to_owned();
    world.run(ONE);
    world.ticket(1).status = status("Won't Do");
    world.ticket(1).resolved = Some(Timestamp::UNIX_EPOCH);
    world.later(10);
    assert_eq!(world.run(ONE), ["accepted 1"]);
    world.later(1);
    assert_eq!(words(&world.plan(ONE).fates[0].verdict), "refile 1");
    world.ticket(1).creator = Some(person("mallory"));
    assert_eq!(world.run(ONE), ["create"]);
}

#[test]
fn a_persons_clone_counts_and_is_never_preferred_or_written_to() {
    let mut world = World::new();
    world.run(ONE);
    let clone = |world: &mut World, id: u64| {
        let mut ticket = world.tickets[&1].clone();
        ticket.id.id = id;
        ticket.creator = Some(person("alice"));
        world.tickets.insert(id, ticket);
        let texts = world.texts[&1].clone();
        world.texts.insert(id, texts);
    };
    clone(&mut world, 0);
    clone(&mut world, 5);
    assert!(world.plan(ONE).is_empty());
    assert_eq!(world.run(TWO), ["update 1"]);
    world.ticket(1).status = status("Done");
    assert_eq!(world.run(TWO), ["tracked 0"]);
}

#[test]
fn an_untouched_twin_gives_way_and_a_touched_one_is_left_alone() {
    let mut world = World::new();
    let twin = |world: &mut World| {
        let plan = World::new().plan(ONE);
        world.apply(plan);
    };
    world.run(ONE);
    twin(&mut world);
    twin(&mut world);
    world.ticket(3).status = status("In Progress");
    assert_eq!(world.run(ONE), ["tracked 1"]);
    assert_eq!(world.tickets[&2].status.name, "Done");
    assert!(world.tickets[&2].labels.is_empty());
    assert_eq!(world.tickets[&3].status.name, "In Progress");
    assert_eq!(world.comments(3), 0);
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn a_run_that_may_not_write_plans_no_write() {
    let mut world = World::new();
    world.run(ONE);
    world.run.pattern = None;
    let plan = world.plan(&["A x:1 a", "A y:9 b", "B x:1 c"]);
    assert!(plan.is_empty());
    let mut verdicts: Vec<_> = plan.fates.iter().map(|fate| words(&fate.verdict)).collect();
    verdicts.sort();
    assert_eq!(verdicts, ["not allowed: branch `main` is not among the configured branches", "tracked 1"]);
}

#[test]
fn a_pull_request_tells_the_ticket_only_what_its_base_lacks() {
    let mut world = World::new();
    world.run(ONE);
    world.run.place = Place::PullRequest(7);
    world.run.pull_request = Some(7);
    assert!(world.plan(ONE).is_empty());
    assert_eq!(world.asked, ["account", "open"]);
    let plan = world.plan(TWO);
    let Step::Edit(edit) = &plan.works[0].steps[0] else { panic!("{plan:?}") };
    assert_eq!(edit.slices[0].kept.0.len(), 1);
    world.apply(plan);
    assert!(world.plan(TWO).is_empty());
}

#[test]
fn the_severest_are_filed_first_and_the_others_wait() {
    let mut world = World::new();
    world.config = "{max-new: 1, jira: {project: SEC}}".to_owned();
    let plan = world.plan(&["A x:1 a low", "B x:2 b critical"]);
    assert_eq!(plan.creates[0].record.severity, Severity::Critical);
    assert_eq!(plan.fates.iter().filter(|fate| fate.verdict == Verdict::Held).count(), 1);
    world.apply(plan);
    let mut later = world.run(&["A x:1 a low", "B x:2 b critical"]);
    later.sort();
    assert_eq!(later, ["create", "tracked 1"]);
    let mut world = World::new();
    world.config = "{max-new: 1, jira: {project: SEC}}".to_owned();
    // more than are kept at once on the way
    let many = ["A x:1 a low", "B x:2 b medium", "C x:3 c low", "D x:4 d critical", "E x:5 e high"];
    let plan = world.plan(&many);
    assert_eq!((plan.creates.len(), plan.creates[0].record.severity), (1, Severity::Critical));
    assert_eq!(plan.fates.iter().filter(|fate| fate.verdict == Verdict::Held).count(), 4);
}

#[test]
fn a_person_chooses_what_is_filed() {
    let mut world = World::new();
    let plan = world.plan(TWO);
    world.config = "{create: manual, jira: {project: SEC}}".to_owned();
    assert_eq!(world.run(TWO), ["not-selected 0"]);
    world.only = vec![plan.fates[0].findings[0]];
    assert_eq!(world.run(TWO), ["create"]);
    assert_eq!(world.tickets[&1].record.as_ref().unwrap().slices.len(), 1);
}

#[test]
fn where_tickets_could_not_be_found_again_nothing_is_filed() {
    let check = |change: fn(&mut World), expected: &str| {
        let mut world = World::new();
        change(&mut world);
        let plan = world.plan(TWO);
        assert!(plan.is_empty());
        assert_eq!(words(&plan.fates[0].verdict), expected);
    };
    check(|world| world.may.edit = false, "impossible: the account lacks Edit Issues in project SEC");
    check(
        |world| drop(world.screen.fields.remove("labels")),
        "impossible: the create screen has no Labels field, so tickets could not be found again",
    );
    check(
        |world| {
            let team = FieldMeta { name: "Team".into(), required: true, ..FieldMeta::default() };
            world.screen.fields.insert("customfield_1".into(), team);
        },
        "impossible: the field `Team` (customfield_1) is required and has no value",
    );
}

#[test]
fn a_project_without_priorities_gets_tickets_without() {
    let mut world = World::new();
    world.screen.fields.remove("priority");
    let plan = world.plan(ONE);
    assert!(plan.creates[0].fields.is_empty() && plan.problems.is_empty());
}

#[test]
fn a_later_casefiles_ticket_is_tracked_and_left_alone() {
    let mut world = World::new();
    world.run(ONE);
    world.record(1).version = 2;
    assert!(world.plan(TWO).is_empty());
    assert_eq!(world.run(TWO), ["tracked 1"]);
}

#[test]
fn a_lost_record_loses_detail_and_no_deduplication() {
    let mut world = World::new();
    world.run(ONE);
    world.ticket(1).record = None;
    world.slices.clear();
    assert_eq!(world.run(ONE), ["update 1"]);
    assert!(world.plan(ONE).is_empty());
}
