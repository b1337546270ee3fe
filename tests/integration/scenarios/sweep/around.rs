//! What goes on around the run that is broken: rules of the Jira site, tickets that are moved or hidden, other accounts,
//! people who edit.

use std::time::Duration;

use casefile::compose::section;

use super::super::account::other;
use super::super::event::Event;
use super::super::meanwhile::Words;
use super::super::shop::Shop;
use super::figures::Trial;
use super::stage::keys;
use crate::simulator::{Does, Issue, Nth, When, World};

/// The file of `--state`.
const STATE: [&str; 2] = ["--state", "state.json"];

/// How many runs file what is filed one a run, and one more.
const PATIENCE: usize = 7;

/// One kind of surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    Quiet,
    /// A rule sets the labels of new tickets: casefile's go.
    Labels,
    /// A rule moves new tickets to another project.
    Moved,
    /// A person moves open tickets to another project while the run is at work.
    Moving,
    /// A person takes a ticket out of the account's sight while the run is at work: moved, or by a security level.
    Gone,
    /// Each run has another account than the one before.
    Accounts,
    /// A person edits the description before each request.
    Edits,
    /// A rule hides new tickets, which the pull request's section remembers.
    Hidden,
    /// The same, and a state file remembers them.
    HiddenState,
    /// The same, and nothing does.
    HiddenForgotten,
}

impl Around {
    /// All but the quiet one.
    pub(super) const BUSY: [Around; 9] = [
        Around::Labels,
        Around::Moved,
        Around::Moving,
        Around::Gone,
        Around::Accounts,
        Around::Edits,
        Around::Hidden,
        Around::HiddenState,
        Around::HiddenForgotten,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Around::Quiet => "nothing else",
            Around::Labels => "a rule sets labels",
            Around::Moved => "a rule moves new tickets",
            Around::Moving => "tickets are moved meanwhile",
            Around::Gone => "a ticket goes out of sight meanwhile",
            Around::Accounts => "each run has another account",
            Around::Edits => "a person edits before each request",
            Around::Hidden => "new tickets are hidden, the section remembers",
            Around::HiddenState => "new tickets are hidden, a state file remembers",
            Around::HiddenForgotten => "new tickets are hidden, nothing remembers",
        }
    }

    pub(super) fn hides(self) -> bool {
        matches!(self, Around::Hidden | Around::HiddenState | Around::HiddenForgotten)
    }

    /// What the runs are called with.
    pub(super) fn arguments(self) -> &'static [&'static str] {
        if self == Around::HiddenState { &STATE } else { &[] }
    }

    /// The event of the n-th run.
    pub(super) fn event(self, shop: &Shop, event: &Event, run: usize) -> Event {
        let changes = self == Around::Accounts && run.is_multiple_of(2);
        if changes { other(shop.deployment(), event.clone()) } else { event.clone() }
    }

    /// Makes the world so.
    pub(super) fn arrange(self, world: &mut World) {
        let does = match self {
            Around::Labels => Does::SetLabels(vec!["triage"]),
            Around::Moved => Does::Move("OPS"),
            Around::Hidden | Around::HiddenState | Around::HiddenForgotten => Does::Hide,
            _ => return,
        };
        // a duplicate can be closed there too
        let ways = world.project("SEC").unwrap().transitions.clone();
        world.project_mut("OPS").unwrap().transitions = ways;
        world.automate("SEC", When::Created, Duration::ZERO, does);
        if matches!(self, Around::HiddenState | Around::HiddenForgotten) {
            // there is no section then
            world.github.pull_mut("acme/shop", 7).unwrap().open = false;
        }
    }

    /// Has people do what they do at the broken request.
    pub(super) fn people(self, shop: &Shop, nth: usize, words: &Words) {
        match self {
            Around::Edits => words.written_before(shop, Nth::Every(1)),
            Around::Moving | Around::Gone => {
                shop.sim.person(Nth::Only(nth), move |world: &mut World, _| self.act(world, nth));
            }
            _ => {}
        }
    }

    /// What people have done by the end of the broken run, at the latest.
    pub(super) fn act(self, world: &mut World, nth: usize) {
        let open: Vec<String> = world.open_issues().iter().map(|issue| issue.key.clone()).collect();
        let of = |world: &World, key: &str, rule: &str| {
            world.find(key).is_some_and(|issue| issue.summary.ends_with(&format!("by {rule}")))
        };
        for key in open.iter().filter(|key| key.starts_with("SEC-")) {
            if self == Around::Moving && !of(world, key, "R4") {
                world.move_issue("alice", key, "OPS");
            }
        }
        // once, whoever else it is filed for
        let is_gone = world.issues.values().any(|issue| !world.shows(issue));
        if self == Around::Gone && !is_gone {
            let key = open.iter().find(|key| of(world, key, "R1")).unwrap();
            if nth.is_multiple_of(2) {
                world.project_mut("OPS").unwrap().revoke("BROWSE_PROJECTS");
                world.move_issue("alice", key, "OPS");
            } else {
                world.edit_as("alice", key, |issue| issue.hidden = true);
            }
        }
    }

    /// The tickets that are hidden, and that nothing remembers.
    fn forgotten(self, shop: &Shop) -> usize {
        let remembered: Vec<u64> = match self {
            Around::Hidden => {
                let made = section::read(&shop.description(7)).made;
                made.values().flatten().map(|one| one.id).collect()
            }
            Around::HiddenState => {
                let text = shop.read(STATE[1]).unwrap_or_default();
                let state: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
                let made = state["made"].as_object().into_iter().flat_map(|made| made.values());
                made.flat_map(|made| made.as_array().into_iter().flatten())
                    .filter_map(|one| one["id"].as_u64())
                    .collect()
            }
            _ => Vec::new(),
        };
        let world = shop.sim.state();
        world.issues.values().filter(|issue| issue.hidden && !remembered.contains(&issue.id)).count()
    }

    /// The runs after a broken one, where new tickets are hidden: of those that are remembered none is made twice, and of
    /// the others at most one a run.
    pub(super) fn hidden(self, shop: &Shop, event: &Event, trial: &mut Trial) {
        const NEW: [&str; 4] = ["R3", "R5", "R6", "R7"];
        let mut most = self.forgotten(shop);
        if most > 1 {
            trial.duplicates += most - 1;
            trial.wrong.push(format!("one run made {most} hidden tickets that nothing remembers"));
        }
        let mut last = Vec::new();
        for _ in 0..PATIENCE {
            let before = hidden(shop);
            let ran = shop.run_with(event, self.arguments());
            trial.runs += 1;
            last = shop.writes();
            if self == Around::HiddenForgotten {
                most += 1;
                if hidden(shop) > before + 1 {
                    trial.duplicates += hidden(shop) - before - 1;
                    trial.wrong.push(format!("one run made {} hidden tickets", hidden(shop) - before));
                }
            }
            if ran.code != 4 && ran.code != 0 {
                trial.wrong.push(format!("a next run ended with {}: {}", ran.code, ran.errors));
            }
            if last.is_empty() {
                break;
            }
        }
        if self == Around::HiddenForgotten {
            return;
        }
        if !last.is_empty() {
            trial.wrong.push(format!("there is no end of writes: {last:?}"));
        }
        let counts = NEW.map(|rule| keys(shop, rule, true).len());
        trial.lost += counts.iter().filter(|count| **count == 0).count();
        let more: usize = counts.iter().map(|count| count.saturating_sub(1)).sum();
        if more > most {
            trial.duplicates += more - most;
            trial.wrong.push(format!("there are {counts:?} tickets of {NEW:?}, {most} were forgotten"));
        }
    }
}

fn hidden(shop: &Shop) -> usize {
    shop.sim.state().issues.values().filter(|issue: &&Issue| issue.hidden).count()
}
