//! What a sweep counts.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shop::Deployment;
use super::around::Around;

/// What one broken run and those after it left behind.
#[derive(Debug, Default)]
pub(super) struct Trial {
    /// Runs of the binary.
    pub(super) runs: usize,
    /// Open tickets beyond one per group.
    pub(super) duplicates: usize,
    /// Groups without an open ticket.
    pub(super) lost: usize,
    /// Words that a person wrote and that are gone.
    pub(super) words: usize,
    /// Everything else that is not as it should be.
    pub(super) wrong: Vec<String>,
}

/// The sum of them.
#[derive(Default)]
pub(super) struct Figures {
    requests: BTreeSet<(&'static str, usize)>,
    kinds: BTreeMap<&'static str, usize>,
    around: BTreeMap<&'static str, usize>,
    runs: usize,
    duplicates: usize,
    lost: usize,
    words: usize,
    wrong: Vec<String>,
    /// How many of them are shown.
    told: usize,
}

impl Figures {
    pub(super) fn add(
        &mut self,
        deployment: Deployment,
        around: Around,
        nth: usize,
        kind: &'static str,
        trial: Trial,
    ) {
        let site = match deployment {
            Deployment::Cloud => "Cloud",
            Deployment::DataCenter => "Data Center",
        };
        if nth > 0 {
            self.requests.insert((site, nth));
        }
        *self.kinds.entry(kind).or_default() += 1;
        *self.around.entry(around.name()).or_default() += 1;
        self.runs += trial.runs;
        self.duplicates += trial.duplicates;
        self.lost += trial.lost;
        self.words += trial.words;
        let Trial { duplicates, lost, words, .. } = trial;
        let counted = (duplicates + lost + words > 0)
            .then(|| format!("{duplicates} duplicates, {lost} lost, {words} words of people lost"));
        let all = counted.into_iter().chain(trial.wrong);
        self.wrong
            .extend(all.map(|what| format!("{site}, {}, request {nth}, {kind}: {what}", around.name())));
    }

    pub(super) fn join(&mut self, other: Figures) {
        self.requests.extend(other.requests);
        other.kinds.into_iter().for_each(|(kind, count)| *self.kinds.entry(kind).or_default() += count);
        other.around.into_iter().for_each(|(name, count)| *self.around.entry(name).or_default() += count);
        self.runs += other.runs;
        self.duplicates += other.duplicates;
        self.lost += other.lost;
        self.words += other.words;
        self.wrong.extend(other.wrong);
    }

    /// Nothing is lost, double or wrong, and something was tried.
    pub(super) fn are_clean(&self) {
        assert!(self.runs > 0);
        assert_eq!((self.duplicates, self.lost, self.words), (0, 0, 0), "{}", self.wrong.join("\n"));
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }

    #[expect(clippy::print_stdout, reason = "the figures are what it is run for")]
    pub(super) fn print(&self) {
        for (kind, count) in &self.kinds {
            println!("{count:5} x {kind}");
        }
        for (name, count) in &self.around {
            println!("{count:5} x with: {name}");
        }
        println!("{}", self.sum());
    }

    /// The sum so far, now and then, and what went wrong since.
    #[expect(clippy::print_stdout, reason = "it takes minutes")]
    pub(super) fn show(&mut self, each: usize, all: usize) {
        let tried: usize = self.kinds.values().sum();
        let new = self.wrong.get(self.told..).unwrap_or_default();
        if each < all && (!new.is_empty() || tried.is_multiple_of(each)) {
            println!("{tried} of {all}: {}", self.sum());
            new.iter().for_each(|what| println!("wrong: {what}"));
            self.told = self.wrong.len();
        }
    }

    fn sum(&self) -> String {
        format!(
            "requests broken: {}, kinds of fault: {}, runs: {}, duplicates: {}, lost: {}, words of people lost: {}, \
             otherwise wrong: {}",
            self.requests.len(),
            self.kinds.len(),
            self.runs,
            self.duplicates,
            self.lost,
            self.words,
            self.wrong.len(),
        )
    }
}
