//! The shop that is broken: a push with a pull request that brings new groups, one that is tracked, one that grew, one to be
//! refiled and linked, one to be resolved, with tables attached. And what has to be true in the end.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::super::event::{Event, commit};
use super::super::meanwhile::Words;
use super::super::sarif::{Found, found, rules};
use super::super::shop::{Deployment, Ran, Running, Shop};
use super::around::Around;
use super::breaks::{Act, Blow};
use super::figures::Trial;
use crate::simulator::{Fault, Nth, World};

/// The rules that have an open ticket in the end; R4's is resolved.
const OPEN: [&str; 6] = ["R1", "R2", "R3", "R5", "R6", "R7"];

/// A shop and its services as they are before the run that is broken.
pub(super) struct Stage {
    shop: Shop,
    before: World,
    event: Event,
}

impl Stage {
    pub(super) fn set(deployment: Deployment) -> Stage {
        let shop = Shop::on(deployment);
        shop.configure(json!({
            "recurrence": {"grace-days": 0},
            "states": {"resolved": "Done"},
            "jira": {"attach": ["csv"]},
        }));
        shop.report(&rules(4));
        at_tip(&shop, 1);
        shop.run_well(&Event::push("feature", 1));
        shop.go(&keys(&shop, "R3", true)[0], "Done");
        at_tip(&shop, 2);
        shop.report(&now());
        let before = shop.sim.state().clone();
        Stage { shop, before, event: Event::push("feature", 2) }
    }

    fn reset(&self, around: Around) {
        self.shop.sim.clear_faults();
        *self.shop.sim.state() = self.before.clone();
        around.arrange(&mut self.shop.sim.state());
        drop(std::fs::remove_dir_all(self.shop.checkout().join("casefile-export")));
        drop(std::fs::remove_file(self.shop.checkout().join("state.json")));
    }

    /// How many requests the run makes when nothing goes wrong.
    pub(super) fn requests(&self) -> usize {
        self.reset(Around::Quiet);
        let ran = self.shop.run(&self.event);
        assert_eq!(ran.code, 0, "{}", ran.errors);
        self.shop.sim.journal().len()
    }

    /// Breaks the n-th request, and mends it.
    pub(super) fn strike(&self, around: Around, nth: usize, blow: &Blow) -> Trial {
        self.reset(around);
        let mut trial = Trial { runs: 1, ..Trial::default() };
        let (words, event) = (Words::default(), around.event(&self.shop, &self.event, 2));
        around.people(&self.shop, nth, &words);
        let arguments = [blow.arguments, around.arguments()].concat();
        if let Act::Kill(moment) = blow.act {
            self.shop.killed(&event, &[&["run"], arguments.as_slice()].concat(), nth, moment);
        } else {
            if let Some((nth, kind)) = blow.act.fault(nth) {
                self.shop.sim.fault(Fault {
                    face: None,
                    method: None,
                    path_contains: String::new(),
                    nth,
                    kind,
                });
            } else {
                words.written_before(&self.shop, Nth::Only(nth));
            }
            let ran = self.shop.run_with(&event, &arguments);
            self.told(around, &ran, &mut trial);
        }
        self.shop.sim.clear_faults();
        around.act(&mut self.shop.sim.state(), nth);
        if around.hides() {
            around.hidden(&self.shop, &self.event, &mut trial);
        } else {
            self.mended(around, Duration::ZERO, &mut trial);
        }
        self.told_once(around, &mut trial);
        trial.words += words.lost(&self.shop).len();
        trial
    }

    /// So many processes at once.
    pub(super) fn crowd(&self, around: Around, processes: usize, lag: Duration) -> Trial {
        self.reset(around);
        self.shop.sim.state().index.lag = lag;
        let mut trial = Trial { runs: processes, ..Trial::default() };
        let event = |run| around.event(&self.shop, &self.event, run);
        let running: Vec<Running> = (0..processes).map(|run| self.shop.start(&event(run), &[])).collect();
        let codes: Vec<i32> = running.into_iter().map(|one| one.end().code).collect();
        if codes.iter().any(|code| *code != 0) {
            trial.wrong.push(format!("the exit codes are {codes:?}"));
        }
        self.mended(around, lag, &mut trial);
        trial
    }

    /// A run that gets its search results in small pieces, each of them twice.
    pub(super) fn small_pages(&self) -> Trial {
        self.reset(Around::Quiet);
        {
            let mut world = self.shop.sim.state();
            world.short_pages = Some(1);
            world.repeats_pages = true;
        }
        let mut trial = Trial::default();
        self.mended(Around::Quiet, Duration::ZERO, &mut trial);
        self.told_once(Around::Quiet, &mut trial);
        trial
    }

    /// A run that fails says so: with exit code 0 every group has its ticket.
    fn told(&self, around: Around, ran: &Ran, trial: &mut Trial) {
        match ran.code {
            // a ticket may go out of sight once it was looked at
            0 if around != Around::Gone => {
                let without: Vec<&str> =
                    OPEN.into_iter().filter(|rule| keys(&self.shop, rule, true).is_empty()).collect();
                if !without.is_empty() {
                    trial.wrong.push(format!("the broken run ended well without tickets for {without:?}"));
                }
            }
            0 | 4 => {}
            code => trial.wrong.push(format!("the broken run ended with {code}: {}", ran.errors)),
        }
    }

    /// One run completes it, the next one writes nothing.
    fn mended(&self, around: Around, lag: Duration, trial: &mut Trial) {
        std::thread::sleep(lag);
        let ran = self.shop.run(&around.event(&self.shop, &self.event, 3));
        trial.runs += 2;
        let problems = if ran.result.is_null() { String::new() } else { ran.problems() };
        if ran.code != 0 {
            trial.wrong.push(format!("the next run ended with {}: {problems} {}", ran.code, ran.errors));
            return;
        }
        let findings = &ran.result["findings"];
        let count = now().len();
        if (findings["read"].as_u64(), findings["kept"].as_u64()) != (Some(count as u64), Some(count as u64))
        {
            trial.wrong.push(format!("not all findings are kept: {findings}"));
        }
        std::thread::sleep(lag);
        let shown = self.shop.description(7);
        let last = self.shop.run(&around.event(&self.shop, &self.event, 4));
        let writes = self.shop.writes();
        if last.code != 0 || !writes.is_empty() {
            let bodies = (shown != self.shop.description(7)).then(|| (shown, self.shop.description(7)));
            trial
                .wrong
                .push(format!("the last run ended with {} and wrote {writes:?} {bodies:?}", last.code));
        }
        for rule in OPEN {
            match self.in_sight(rule).len() {
                0 => trial.lost += 1,
                more => trial.duplicates += more - 1,
            }
        }
        if keys(&self.shop, "R4", true) != [""; 0] {
            trial.wrong.push("R4 is not resolved".to_owned());
        }
        self.section(trial);
    }

    /// The keys of a rule's open tickets that the account can see; what went out of its sight is filed once more.
    fn in_sight(&self, rule: &str) -> Vec<String> {
        let mut keys = keys(&self.shop, rule, true);
        let world = self.shop.sim.state();
        keys.retain(|key| world.find(key).is_some_and(|issue| world.shows(issue)));
        keys
    }

    /// The pull request shows every open ticket, once, and keeps its author's text.
    fn section(&self, trial: &mut Trial) {
        let open: Vec<String> = OPEN.iter().flat_map(|rule| self.in_sight(rule)).collect();
        let names: Vec<&str> = open.iter().map(String::as_str).collect();
        let text = self.shop.description(7);
        let whole = text.starts_with("What this does.\r\n\r\nAnd why.")
            && text.matches("<!-- casefile:start -->").count() == 1;
        if !whole || self.shop.shown(7, &names) != open {
            trial.wrong.push(format!("the pull request lacks some of {open:?}: {text}"));
        }
    }

    /// People were told once: one comment on the ticket that grew and on the resolved one, one link to the refiled one, no
    /// table more than twice (an upload whose answer was lost).
    fn told_once(&self, around: Around, trial: &mut Trial) {
        let world = self.shop.sim.state();
        for rule in ["R2", "R4"] {
            let told: usize = of(&world, rule).map(|issue| issue.comments.len()).sum();
            if told != 1 {
                trial.wrong.push(format!("{rule} has {told} comments"));
            }
        }
        let links = world.links.len();
        // a hidden ticket takes no link
        if links != 1 && !(around.hides() && links == 0) {
            trial.wrong.push(format!("there are {links} links"));
        }
        for issue in world.issues.values() {
            let mut names: BTreeMap<&str, usize> = BTreeMap::new();
            issue.attachments.iter().for_each(|file| *names.entry(&file.name).or_default() += 1);
            if names.values().any(|count| *count > 2) {
                trial.wrong.push(format!("{} has {names:?}", issue.key));
            }
        }
    }
}

/// What the broken push's scanner finds: R2 in one more place, R4 no more, R5 to R7 for the first time.
fn now() -> Vec<Found> {
    let mut all = rules(7);
    all.remove(3);
    all.push(found("R2", "src/new.py", 8, "call_2(y)"));
    all
}

/// A commit is the tip of the branch and of its pull request.
fn at_tip(shop: &Shop, number: u64) {
    let mut world = shop.sim.state();
    let repository = world.github.repository_mut("acme/shop").unwrap();
    repository.branches.insert("feature".into(), commit(number));
    repository.pulls.get_mut(&7).unwrap().head = ("feature".into(), commit(number));
}

fn of<'w>(world: &'w World, rule: &str) -> impl Iterator<Item = &'w crate::simulator::Issue> {
    let words = format!("by {rule}");
    let is = move |issue: &&crate::simulator::Issue| {
        let marked = issue.labels.iter().any(|label| label == "casefile");
        marked && issue.summary.split(" (").next().is_some_and(|summary| summary.ends_with(&words))
    };
    world.issues.values().filter(is)
}

/// The keys of a rule's tickets with casefile's marks, of the open ones or of all.
pub(super) fn keys(shop: &Shop, rule: &str, open: bool) -> Vec<String> {
    let world = shop.sim.state();
    let is_open = |key: &str| world.open_issues().iter().any(|issue| issue.key == key);
    of(&world, rule).filter(|issue| !open || is_open(&issue.key)).map(|issue| issue.key.clone()).collect()
}
