//! Jobs side by side where rules rewrite or hide tickets, where accounts change and where tickets go out of sight; on Jira
//! Cloud and on Data Center, with an index that lags.

use std::collections::BTreeSet;
use std::time::Duration;

use super::account::other;
use super::event::Event;
use super::jobs::{JOBS, shop, tip};
use super::sarif::{Found, found, rules};
use super::shop::{Deployment, Ran, Running, Shop};
use crate::simulator::{Does, When};

/// A minute, which a rule may take.
const LATER: Duration = Duration::from_secs(60);

/// What a run without complaint, or with a warning, ends with; and one that could not file all.
const WELL: i32 = 0;
const SHORT: i32 = 4;

/// What remembers the tickets that jobs made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    /// The section of the pull request that all of them are about.
    Section,
    /// A state file of its own for each, as a cache gives it.
    States,
    Nothing,
}

/// Jobs that run casefile in one shop.
struct Jobs<'s> {
    shop: &'s Shop,
    names: &'s [&'s str],
    memory: Memory,
    lag: Duration,
    accounts: Accounts,
}

/// Whose token the jobs have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accounts {
    First,
    Second,
    /// Each job another than the one before.
    InTurn,
}

impl Jobs<'_> {
    fn start(&self, place: usize, number: u64) -> Running {
        let event = match self.memory {
            Memory::Section => Event::pull_request(7, "feature", number),
            _ => tip(self.shop, "main", number),
        };
        let is_other = match self.accounts {
            Accounts::First => false,
            Accounts::Second => true,
            Accounts::InTurn => place % 2 == 1,
        };
        let event = if is_other { other(self.shop.deployment(), event) } else { event };
        let (name, file) = (self.names[place], format!("state-{place}.json"));
        let mut arguments = vec!["--scope", name];
        if self.memory == Memory::States {
            arguments.extend(["--state", &file]);
        }
        self.shop.start(&event, &arguments)
    }

    /// All at once; then the index knows.
    fn at_once(&self, number: u64, code: i32) -> Vec<Ran> {
        let running: Vec<Running> = (0..self.names.len()).map(|place| self.start(place, number)).collect();
        let ran: Vec<Ran> = running.into_iter().map(Running::end).collect();
        std::thread::sleep(self.lag);
        ran.iter().for_each(|ran| assert_eq!(ran.code, code, "{self:?}: {}", ran.errors));
        ran
    }

    /// One after the other.
    fn in_turn(&self, number: u64, code: i32) -> Vec<Ran> {
        let ran = (0..self.names.len()).map(|place| self.one(place, number, code)).collect();
        std::thread::sleep(self.lag);
        ran
    }

    fn one(&self, place: usize, number: u64, code: i32) -> Ran {
        self.shop.sim.clear_journal();
        let ran = self.start(place, number).end();
        assert_eq!(ran.code, code, "{self:?} {place}: {}", ran.errors);
        ran
    }

    /// None of them has anything to write.
    fn are_done(&self, number: u64, code: i32) {
        for place in 0..self.names.len() {
            self.one(place, number, code);
            assert_eq!(self.shop.writes(), [""; 0], "{self:?}, job {place}");
        }
    }

    /// The rules that have a ticket which is open and can be seen; each has one.
    fn open(&self) -> BTreeSet<String> {
        let world = self.shop.sim.state();
        let all: Vec<String> = world
            .open_issues()
            .into_iter()
            .filter(|issue| world.shows(issue))
            .map(|issue| {
                issue.summary.split(" (").next().and_then(|it| it.split(' ').next_back()).unwrap().to_owned()
            })
            .collect();
        let once: BTreeSet<String> = all.iter().cloned().collect();
        assert_eq!(once.len(), all.len(), "{self:?}: {all:?}");
        once
    }

    fn made(&self) -> usize {
        self.shop.sim.state().issues.len()
    }

    fn of(&self, rule: &str) -> String {
        let world = self.shop.sim.state();
        let is = |issue: &&&crate::simulator::Issue| {
            issue.summary.split(" (").next().is_some_and(|it| it.ends_with(&format!("by {rule}")))
        };
        world.open_issues().iter().find(is).unwrap_or_else(|| panic!("{self:?}: {rule}")).key.clone()
    }
}

impl std::fmt::Debug for Jobs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (jira, jobs) = (self.shop.deployment(), self.names.len());
        write!(f, "{jira:?}, {jobs} jobs, lag {:?}, {:?}, {:?}", self.lag, self.memory, self.accounts)
    }
}

/// Two and five jobs, with an index that lags.
fn each(scenario: impl Fn(Deployment, Duration, &[&str]) + Sync) {
    std::thread::scope(|scope| {
        for (jira, jobs) in Deployment::BOTH.into_iter().flat_map(|jira| [(jira, 2), (jira, 5)]) {
            let scenario = &scenario;
            scope.spawn(move || scenario(jira, Duration::from_secs(2), &JOBS[..jobs]));
        }
    });
}

fn names(count: usize) -> BTreeSet<String> {
    (1..=count).map(|n| format!("R{n}")).collect()
}

/// One more finding of the second rule.
fn grown() -> Vec<Found> {
    let mut all = rules(3);
    all.push(found("R2", "src/new.py", 8, "call_2(y)"));
    all
}

fn is_labelled(shop: &Shop, key: &str) -> bool {
    let labels = shop.ticket(key).labels;
    labels.iter().any(|label| label == "casefile") && labels.len() >= 3
}

/// A rule sets labels: what jobs file at once is filed once, and has its labels back.
fn rewritten(jira: Deployment, lag: Duration, names_of: &[&str]) {
    let shop = shop(jira, lag);
    shop.report(&rules(3));
    shop.sim.state().automate("SEC", When::Created, Duration::ZERO, Does::SetLabels(vec!["triage"]));
    let jobs = Jobs { shop: &shop, names: names_of, memory: Memory::Nothing, lag, accounts: Accounts::First };
    jobs.at_once(1, WELL);
    jobs.in_turn(1, WELL);
    assert_eq!(jobs.open(), names(3));
    jobs.are_done(1, WELL);
    names(3).iter().for_each(|rule| assert!(is_labelled(&shop, &jobs.of(rule)), "{jobs:?}: {rule}"));
}

/// A rule took the labels off what was filed and accepted long ago: jobs at once file nothing again, and put them back.
fn rewritten_later(jira: Deployment, lag: Duration, names_of: &[&str]) {
    let shop = shop(jira, lag);
    shop.report(&rules(3));
    shop.sim.state().automate("SEC", When::Created, LATER, Does::SetLabels(vec!["triage"]));
    let jobs = Jobs { shop: &shop, names: names_of, memory: Memory::Nothing, lag, accounts: Accounts::First };
    jobs.one(0, 1, WELL);
    std::thread::sleep(lag);
    shop.go(&jobs.of("R1"), "Won't Do");
    {
        let mut world = shop.sim.state();
        world.ahead += LATER;
        world.automation();
    }
    std::thread::sleep(lag);
    for ran in jobs.at_once(2, WELL) {
        assert_eq!(ran.result["findings"]["set_aside"]["accepted"], 1, "{jobs:?}: {}", ran.errors);
        assert_eq!(ran.actions().get("created"), None, "{jobs:?}");
    }
    for ran in jobs.in_turn(2, WELL) {
        assert_eq!(ran.result["findings"]["set_aside"]["accepted"], 1, "{jobs:?}: {}", ran.errors);
    }
    jobs.are_done(2, WELL);
    assert_eq!(jobs.made(), 3, "{jobs:?}");
    ["R2", "R3"].iter().for_each(|rule| assert!(is_labelled(&shop, &jobs.of(rule)), "{jobs:?}: {rule}"));
}

/// The token becomes another account's: what was accepted stays so, and open tickets live on.
fn taken_over(jira: Deployment, lag: Duration, names_of: &[&str]) {
    let shop = shop(jira, lag);
    shop.report(&rules(3));
    let before =
        Jobs { shop: &shop, names: names_of, memory: Memory::Nothing, lag, accounts: Accounts::First };
    before.in_turn(1, WELL);
    shop.go(&before.of("R1"), "Won't Do");
    std::thread::sleep(lag);
    let jobs = Jobs { accounts: Accounts::Second, ..before };
    for ran in jobs.at_once(2, WELL) {
        assert_eq!(ran.result["findings"]["set_aside"]["accepted"], 1, "{jobs:?}: {}", ran.errors);
    }
    jobs.are_done(2, WELL);
    shop.report(&grown());
    jobs.at_once(3, WELL);
    assert!(!shop.ticket(&jobs.of("R2")).comments.is_empty(), "{jobs:?}");
    jobs.in_turn(3, WELL);
    jobs.are_done(3, WELL);
    shop.report(&rules(1));
    jobs.at_once(4, WELL);
    jobs.in_turn(4, WELL);
    assert_eq!((jobs.open(), jobs.made()), (BTreeSet::new(), 3), "{jobs:?}");
    jobs.are_done(4, WELL);
}

/// Jobs with several accounts file at once.
fn mixed(jira: Deployment, lag: Duration, names_of: &[&str]) {
    let shop = shop(jira, lag);
    shop.report(&rules(3));
    let jobs =
        Jobs { shop: &shop, names: names_of, memory: Memory::Nothing, lag, accounts: Accounts::InTurn };
    jobs.at_once(1, WELL);
    jobs.in_turn(1, WELL);
    assert_eq!(jobs.open(), names(3));
    jobs.are_done(1, WELL);
}

/// Tickets that the account cannot see: none that a job can know of is made again, and without memory a job makes one a run.
fn hidden(jira: Deployment, lag: Duration, names_of: &[&str]) {
    for memory in [Memory::Section, Memory::States, Memory::Nothing] {
        let shop = shop(jira, lag);
        shop.configure(serde_json::json!({"branches": ["main", "feature"]}));
        shop.report(&rules(3));
        shop.sim.state().automate("SEC", When::Created, Duration::ZERO, Does::Hide);
        let jobs = Jobs { shop: &shop, names: names_of, memory, lag, accounts: Accounts::First };
        jobs.at_once(1, SHORT);
        let first = jobs.made();
        assert!((1..=names_of.len()).contains(&first), "{jobs:?}: {first}");
        match memory {
            Memory::Section => {
                // all know what each of them made
                jobs.in_turn(1, SHORT);
                jobs.in_turn(1, SHORT);
                // a job that came late knew already what another had made
                assert!((3..=first + 2).contains(&jobs.made()), "{jobs:?}: {first}, then {}", jobs.made());
                jobs.are_done(1, SHORT);
            }
            Memory::States => {
                (2..=3).for_each(|_| drop(jobs.at_once(1, SHORT)));
                assert_eq!(jobs.made(), 3 * names_of.len(), "{jobs:?}");
                jobs.are_done(1, SHORT);
            }
            Memory::Nothing => {
                jobs.at_once(1, SHORT);
                assert!(jobs.made() <= 2 * names_of.len(), "{jobs:?}");
            }
        }
    }
}

/// A ticket is moved where the account cannot look: it is filed once more, whoever comes first.
fn out_of_sight(jira: Deployment, lag: Duration, names_of: &[&str]) {
    for memory in [Memory::Section, Memory::States] {
        let shop = shop(jira, lag);
        shop.configure(serde_json::json!({"branches": ["main", "feature"]}));
        shop.report(&rules(2));
        let jobs = Jobs { shop: &shop, names: names_of, memory, lag, accounts: Accounts::First };
        jobs.one(0, 1, WELL);
        std::thread::sleep(lag);
        if memory == Memory::States {
            // each job has the cache of the one that filed
            let state = shop.read("state-0.json").unwrap();
            (1..names_of.len()).for_each(|place| shop.write(&format!("state-{place}.json"), &state));
        }
        let key = jobs.of("R1");
        shop.sim.state().project_mut("OPS").unwrap().revoke("BROWSE_PROJECTS");
        shop.sim.state().move_issue("alice", &key, "OPS");
        std::thread::sleep(lag);
        let told = jobs.at_once(2, WELL);
        let naming = told.iter().filter(|ran| {
            let said = ran.problems();
            said.contains(&key) && said.contains("can no longer be found")
        });
        assert!(naming.count() > 0, "{jobs:?}");
        jobs.in_turn(2, WELL);
        assert_eq!(jobs.open(), names(2), "{jobs:?}");
        let made = jobs.made();
        jobs.are_done(2, WELL);
        let last = jobs.one(0, 2, WELL);
        assert_eq!((last.problems().as_str(), jobs.made()), ("", made), "{jobs:?}: it is said once");
    }
}

#[test]
fn a_rule_that_sets_labels_at_creation_doubles_nothing() {
    each(rewritten);
}

#[test]
fn a_rule_that_set_labels_later_doubles_nothing() {
    each(rewritten_later);
}

#[test]
fn another_account_takes_over() {
    each(taken_over);
}

#[test]
fn several_accounts_file_once() {
    each(mixed);
}

#[test]
fn hidden_tickets_are_made_once_by_each_that_can_remember() {
    each(hidden);
}

#[test]
fn a_ticket_that_went_out_of_sight_is_filed_once_more() {
    each(out_of_sight);
}
