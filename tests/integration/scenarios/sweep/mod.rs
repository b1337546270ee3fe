//! Nothing lost, nothing twice: one run that does everything a run can do, broken at each of its requests in each way; killed
//! there; and side by side with others; while people, rules and other accounts are at work on the same tickets. The next run has to complete it, and the one after has nothing to do.
//!
//! The suite takes a sample. The whole, with its figures:
//! `cargo test --test integration -- --ignored --nocapture sweep::whole`

mod around;
mod breaks;
mod figures;
mod load;
mod stage;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use self::around::Around;
use self::breaks::{Blow, blows};
use self::figures::Figures;
use self::stage::Stage;
use super::shop::Deployment;

/// Shops at work at once: a broken run mostly waits.
const WORKERS: usize = 6;

/// After how many broken runs the figures are shown while they grow.
const SHOWN: usize = 200;

/// The search index's lag where processes run side by side.
const LAG: Duration = Duration::from_secs(2);

/// One broken run: what goes on around it, which request is broken, and how.
type Case<'b> = (Around, usize, &'b Blow);

/// What goes on around processes side by side.
const CROWDED: [Around; 3] = [Around::Labels, Around::Moved, Around::Accounts];

/// Breaks what `chosen` picks of so many requests and all blows.
fn sweep(deployment: Deployment, chosen: impl Fn(usize, &[Blow]) -> Vec<Case<'_>>) -> Figures {
    let first = Stage::set(deployment);
    let requests = first.requests();
    assert!(requests >= 24, "the scenario has several dozen requests, not {requests}");
    let blows = blows();
    let cases = chosen(requests, &blows);
    let (next, figures) = (AtomicUsize::new(0), Mutex::new(Figures::default()));
    let work = |stage: &Stage| {
        while let Some((around, nth, blow)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let trial = stage.strike(*around, *nth, blow);
            let mut figures = figures.lock().unwrap();
            figures.add(deployment, *around, *nth, blow.name, trial);
            figures.show(SHOWN, cases.len());
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| work(&first));
        for _ in 1..WORKERS.min(cases.len()) {
            scope.spawn(|| work(&Stage::set(deployment)));
        }
    });
    figures.into_inner().unwrap()
}

/// Each request with each blow and its place among them.
fn pairs(requests: usize, blows: &[Blow]) -> impl Iterator<Item = (usize, usize, &Blow)> {
    (1..=requests).flat_map(move |nth| blows.iter().enumerate().map(move |(place, blow)| (nth, place, blow)))
}

/// Each request broken in each way; and in all other surroundings each request in some of the ways, so that each way has its
/// turn.
fn all(requests: usize, blows: &[Blow]) -> Vec<Case<'_>> {
    let quiet = pairs(requests, blows).map(|(nth, _, blow)| (Around::Quiet, nth, blow));
    let busy = Around::BUSY.into_iter().enumerate().flat_map(|(row, around)| {
        let turns =
            pairs(requests, blows).filter(move |(nth, place, _)| (nth * 5 + place + row * 3) % 34 == 0);
        turns.map(move |(nth, _, blow)| (around, nth, blow))
    });
    busy.chain(quiet).collect()
}

/// One of so many of them; the surroundings take turns.
fn sample(requests: usize, blows: &[Blow], step: usize) -> Vec<Case<'_>> {
    let picked = pairs(requests, blows).filter(|(nth, place, _)| (nth * 5 + place * 7) % step == 0);
    let around = std::iter::once(Around::Quiet).chain(Around::BUSY).cycle();
    around.zip(picked).map(|(around, (nth, _, blow))| (around, nth, blow)).collect()
}

/// So many processes at once while the index lags.
fn crowd(deployment: Deployment, around: Around, processes: usize) -> Figures {
    let mut figures = Figures::default();
    let trial = Stage::set(deployment).crowd(around, processes, LAG);
    figures.add(deployment, around, 0, "processes side by side", trial);
    figures
}

/// Few and many processes at once, also where rules and other accounts are at work.
fn crowds(deployment: Deployment) -> Figures {
    let mut figures = Figures::default();
    for processes in [2, 4, 8] {
        figures.join(crowd(deployment, Around::Quiet, processes));
    }
    for processes in [2, 5] {
        for around in CROWDED {
            figures.join(crowd(deployment, around, processes));
        }
    }
    figures
}

/// Searches give one ticket a page, and each page twice.
fn small_pages(deployment: Deployment) -> Figures {
    let mut figures = Figures::default();
    let trial = Stage::set(deployment).small_pages();
    figures.add(deployment, Around::Quiet, 0, "short pages, shown twice", trial);
    figures
}

#[test]
fn a_sample_of_broken_requests_loses_and_doubles_nothing() {
    let mut figures = Figures::default();
    std::thread::scope(|scope| {
        let sample =
            |deployment, step| move || sweep(deployment, |requests, blows| sample(requests, blows, step));
        let both = [(Deployment::Cloud, 37), (Deployment::DataCenter, 61)];
        let running = both.map(|(deployment, step)| scope.spawn(sample(deployment, step)));
        running.into_iter().for_each(|one| figures.join(one.join().unwrap()));
    });
    figures.are_clean();
}

#[test]
fn pages_that_come_short_and_twice_lose_and_double_nothing() {
    Deployment::BOTH.into_iter().map(small_pages).for_each(|figures| figures.are_clean());
}

#[test]
fn two_processes_among_rules_and_other_accounts_lose_and_double_nothing() {
    std::thread::scope(|scope| {
        let all = Deployment::BOTH.into_iter().flat_map(|jira| CROWDED.map(|around| (jira, around)));
        let running: Vec<_> = all.map(|(jira, around)| scope.spawn(move || crowd(jira, around, 2))).collect();
        running.into_iter().for_each(|one| one.join().unwrap().are_clean());
    });
}

/// Side by side alone, of the whole.
#[test]
#[ignore = "minutes; a part of the whole"]
fn crowded() {
    let mut figures = Figures::default();
    std::thread::scope(|scope| {
        let running = Deployment::BOTH.map(|jira| scope.spawn(move || crowds(jira)));
        running.into_iter().for_each(|one| figures.join(one.join().unwrap()));
    });
    figures.print();
    figures.are_clean();
}

/// Everything; minutes.
#[test]
#[ignore = "minutes; the suite has a sample of it"]
fn whole() {
    let on = |deployment| {
        let mut figures = sweep(deployment, all);
        figures.join(small_pages(deployment));
        figures.join(crowds(deployment));
        figures
    };
    let mut figures = Figures::default();
    std::thread::scope(|scope| {
        let running = Deployment::BOTH.map(|deployment| scope.spawn(move || on(deployment)));
        running.into_iter().for_each(|one| figures.join(one.join().unwrap()));
    });
    figures.print();
    figures.are_clean();
    load::filed_once(5_000, 1_500);
}
