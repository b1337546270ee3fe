//! The rig: a world of tickets, and the run that acts on it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::config::{Config, parse};
use crate::group::{Rules, SurveyBuilder};
use crate::model::answer::{Ask, Choice, FieldMeta, Permissions, Screen, TicketTexts};
use crate::model::finding::{Anchors, Finding, FindingDetail, FindingKind, Location, Rule, Subject};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Record, State};
use crate::model::repository::Place;
use crate::model::run::Run;
use crate::model::scan::Scan;
use crate::model::severity::Severity;
use crate::model::slice::{Slice, SliceId};
use crate::model::survey::Survey;
use crate::model::ticket::Ticket;
use crate::plan::tests::PLAIN;
use crate::plan::*;
use crate::report::Sink;

mod tracker;

pub(crate) use tracker::{person, status};

const SITE: &str = "acme.atlassian.net";

/// The tickets, what was asked about them, and everything that makes up a run.
pub(crate) struct World {
    pub(crate) tickets: BTreeMap<u64, Ticket>,
    pub(crate) slices: BTreeMap<(u64, SliceId), Slice>,
    pub(crate) texts: BTreeMap<u64, TicketTexts>,
    pub(crate) screen: Screen,
    pub(crate) may: Permissions,
    pub(crate) config: String,
    pub(crate) run: Run,
    /// What earlier runs remember.
    pub(crate) remembered: Vec<crate::model::remembered::Remembered>,
    /// The account that asks.
    pub(crate) account: String,
    pub(crate) only: Vec<Fingerprint>,
    pub(crate) mass: bool,
    pub(crate) heads: BTreeMap<Place, BranchTip>,
    pub(crate) scan: Scan,
    /// Scans from further reports.
    pub(crate) more: Vec<Scan>,
    pub(crate) kind: FindingKind,
    /// Slices that are on every ticket and cannot be read.
    pub(crate) unreadable: Vec<SliceId>,
    pub(crate) asked: Vec<&'static str>,
    /// How many tickets can be drafted before the time is over.
    pub(crate) time: usize,
}

/// A time limit in steps.
struct Steps(Cell<usize>);

impl TimeLimit for Steps {
    fn is_over(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left == 0
    }
}

impl World {
    /// A world without tickets, in which a trusted run reads one scanner's report on `main`.
    pub(crate) fn new() -> World {
        World {
            tickets: BTreeMap::new(),
            slices: BTreeMap::new(),
            texts: BTreeMap::new(),
            screen: screen(),
            may: Permissions::ALL,
            config: PLAIN.to_owned(),
            run: Run::sample(),
            remembered: Vec::new(),
            account: "bot".to_owned(),
            only: Vec::new(),
            mass: false,
            heads: BTreeMap::new(),
            scan: scan(),
            more: Vec::new(),
            kind: FindingKind::Code,
            unreadable: Vec::new(),
            asked: Vec::new(),
            time: usize::MAX,
        }
    }

    /// The same with a configuration.
    pub(crate) fn with(config: &str) -> World {
        World { config: config.to_owned(), ..World::new() }
    }

    /// The plan for findings, each given as `rule path:line text severity? aside?`.
    pub(crate) fn plan(&mut self, findings: &[&str]) -> Plan {
        self.asked.clear();
        let survey = self.survey(findings);
        self.decide(&survey, Snapshot::default(), next)
    }

    /// What pull request 7 leaves behind after it was closed without being merged.
    pub(crate) fn close(&mut self) -> Plan {
        self.end(Ended { abandoned: [7].into(), ..Ended::default() })
    }

    /// What pull requests leave behind after they ended.
    pub(crate) fn end(&mut self, ended: Ended) -> Plan {
        let mut snapshot = Snapshot::default();
        let all = Ask::Ids(self.tickets.keys().copied().collect());
        snapshot.learn(&all, self.answer(&all));
        self.decide(&Survey::default(), snapshot, |input, snapshot| closed(input, snapshot, &ended))
    }

    /// What is left to do after a plan was carried out, for tickets that it removed findings from.
    pub(crate) fn finish(&mut self, findings: &[&str], done: &Plan) -> Plan {
        let partially_resolved = partially_resolved(done);
        let survey = self.survey(findings);
        let mut snapshot = Snapshot::default();
        let now = Ask::Ids(partially_resolved.keys().copied().collect());
        for ask in [&Ask::Account, &now] {
            snapshot.learn(ask, self.answer(ask));
        }
        let plan = self.decide(&survey, snapshot.clone(), |input, snapshot| {
            finish(input, snapshot, &partially_resolved)
        });
        leave_to_others(plan, &snapshot, &partially_resolved)
    }

    /// Answers each question until there is a plan.
    fn decide(
        &mut self,
        survey: &Survey,
        mut snapshot: Snapshot,
        decide: impl Fn(&Input, &Snapshot) -> Next,
    ) -> Plan {
        let (config, run, only) = (self.config(), self.run.clone(), self.only.clone());
        let fit = |document| document;
        let time = Steps(Cell::new(self.time));
        let input = Input {
            survey,
            run: &run,
            merge: None,
            config: &config,
            only: &only,
            site: SITE,
            recent: &[],
            remembered: &self.remembered.clone(),
            recalls: false,
            mass_resolve: self.mass,
            fit: &fit,
            time_limit: &time,
        };
        loop {
            match decide(&input, &snapshot) {
                Next::Ask(ask) => snapshot.learn(&ask, self.answer(&ask)),
                Next::Look(places) => {
                    places.into_iter().for_each(|place| snapshot.learn_head(place.clone(), self.head(place)));
                }
                Next::Recall => snapshot.learn_recalled(Vec::new()),
                Next::Plan(plan) => return *plan,
            }
            assert!(self.asked.len() < 50, "asks for ever: {:?}", self.asked);
        }
    }

    /// What becomes of the findings, in words, after the plan was carried out.
    pub(crate) fn run(&mut self, findings: &[&str]) -> Vec<String> {
        let plan = self.plan(findings);
        let words = plan.outcomes.iter().map(|outcome| words(&outcome.action)).collect();
        self.apply(plan);
        words
    }

    /// What becomes of tickets that findings left, as `how id`, after the plan was carried out.
    pub(crate) fn ends(&mut self, findings: &[&str]) -> Vec<String> {
        let plan = self.plan(findings);
        let how = plan.endings.iter().map(|one| format!("{:?} {}", one.how, one.ticket.id).to_lowercase());
        let how = how.collect();
        self.apply(plan);
        how
    }

    /// Continues on another branch.
    pub(crate) fn on(&mut self, branch: &str) -> &mut World {
        self.run.branch = branch.to_owned();
        self.run.place = Place::Branch(branch.to_owned());
        self
    }

    /// Continues in pull request 7 into `main`.
    pub(crate) fn pull(&mut self) -> &mut World {
        self.run.branch = "feature".to_owned();
        self.run.place = Place::PullRequest(7);
        self.run.pull_request = Some(7);
        self.run.base = Some("main".to_owned());
        self
    }

    /// Continues on `main` after that.
    pub(crate) fn main(&mut self) -> &mut World {
        (self.run.pull_request, self.run.base) = (None, None);
        self.on("main")
    }

    /// Continues with reports that list these rules; `all`: one of them found nothing.
    pub(crate) fn lists(&mut self, rules: &[&str], all: bool) -> &mut World {
        self.scan.rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
        self.scan.lists_all = all;
        self
    }

    /// Continues some days later.
    pub(crate) fn later(&mut self, days: i64) {
        self.run.now += SignedDuration::from_hours(24 * days);
    }

    pub(crate) fn ticket(&mut self, id: u64) -> &mut Ticket {
        self.tickets.get_mut(&id).unwrap()
    }

    pub(crate) fn record(&mut self, id: u64) -> &mut Record {
        self.ticket(id).record.as_mut().unwrap()
    }

    /// A ticket's status.
    pub(crate) fn at(&self, id: u64) -> &str {
        &self.tickets[&id].status.name
    }

    /// The state that was last reported for the first ticket.
    pub(crate) fn last_reported(&self) -> Option<State> {
        self.tickets[&1].record.as_ref().unwrap().last_reported
    }

    /// How many comments a ticket has.
    pub(crate) fn comments(&self, id: u64) -> usize {
        self.texts[&id].comments
    }

    fn config(&self) -> Config {
        parse(&self.config, "c.yml").unwrap()
    }

    /// What a report with these findings says.
    fn survey(&self, findings: &[&str]) -> Survey {
        let config = self.config();
        let rules = Rules {
            repository: self.run.repository.identities(),
            job: self.run.job.clone(),
            mode: &|kind| config.group_by.mode(kind),
            severity: &|finding| finding.severity,
            judge: &|_| None,
            line: &mut |_, _| None,
        };
        let mut gatherer = SurveyBuilder::new(rules);
        gatherer.begin("r.sarif", None);
        for words in findings {
            let part = |at: usize| words.split(' ').nth(at).unwrap_or_default().to_owned();
            let (path, line) = words.split(' ').nth(1).unwrap().split_once(':').unwrap();
            let skipped = Some(part(4)).filter(|word| !word.is_empty());
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
                anchors: Anchors { stable: None, text: Some(part(2).into()), ..Anchors::default() },
                detail: FindingDetail { message: "It is so.".into(), ..FindingDetail::default() },
                skipped: skipped.map(|word| serde_json::from_value(word.into()).unwrap()),
            });
        }
        gatherer.scan(self.scan.clone());
        gatherer.end("sarif", None);
        for scan in &self.more {
            gatherer.begin("more.sarif", None);
            gatherer.scan(scan.clone());
            gatherer.end("sarif", None);
        }
        gatherer.survey()
    }
}

/// A world whose `main` has these findings and their tickets.
pub(crate) fn world(config: &str, findings: &[&str]) -> World {
    let mut world = World::with(config);
    world.run(findings);
    world
}

/// A create screen without required fields.
fn screen() -> Screen {
    let fields = ["description", "labels", "priority", "summary"].map(|id| {
        let choice = |name: &str| Choice { name: name.to_owned(), ..Choice::default() };
        let allowed = ["Highest", "High", "Medium", "Low", "Lowest"].map(choice).to_vec();
        let allowed = if id == "priority" { allowed } else { Vec::new() };
        (id.to_owned(), FieldMeta { name: id.to_owned(), allowed, ..FieldMeta::default() })
    });
    Screen { fields: fields.into() }
}

/// What Bandit says about a scan.
fn scan() -> Scan {
    Scan { category: Some("code".into()), ..Scan::new("Bandit") }
}

/// What becomes of a finding, in words.
pub(crate) fn words(action: &GroupAction) -> String {
    match action {
        GroupAction::Create => "create".to_owned(),
        GroupAction::Refile(id) => format!("refile {}", id.id),
        GroupAction::Tracked(id) => format!("tracked {}", id.id),
        GroupAction::Update(id) => format!("update {}", id.id),
        GroupAction::Reopen(id) => format!("reopen {}", id.id),
        GroupAction::Recurred(id) => format!("recurred {}", id.id),
        GroupAction::Skipped(reason, id) => format!("{reason} {}", id.as_ref().map_or(0, |id| id.id)),
        GroupAction::Deferred => "held".to_owned(),
        GroupAction::BranchNotTracked(why) => format!("not allowed: {why}"),
        GroupAction::Impossible(problem) => format!("impossible: {}", problem.message),
    }
}
