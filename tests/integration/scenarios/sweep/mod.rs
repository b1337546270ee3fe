//! Nothing lost, nothing twice: one run that does everything a run can do, broken at each of its requests in each way; killed
//! there; and side by side with others. The next run has to complete it, and the one after has nothing to do.
//!
//! The suite takes a sample. The whole, with its figures:
//! `cargo test --test integration -- --ignored --nocapture sweep::whole`

mod breaks;
mod figures;
mod load;
mod stage;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use self::breaks::{Blow, blows};
use self::figures::Figures;
use self::stage::Stage;
use super::shop::Deployment;

/// Shops at work at once: a broken run mostly waits.
const WORKERS: usize = 6;

/// The search index's lag where processes run side by side.
const LAG: Duration = Duration::from_secs(2);

/// Breaks the n-th request by each blow, for all that `chosen` picks by request and blow.
fn sweep(deployment: Deployment, chosen: impl Fn(usize, usize) -> bool) -> Figures {
    let first = Stage::set(deployment);
    let requests = first.requests();
    assert!(requests >= 24, "the scenario has several dozen requests, not {requests}");
    let blows = blows();
    let cases: Vec<(usize, &Blow)> = (1..=requests)
        .flat_map(|nth| blows.iter().enumerate().map(move |(place, blow)| (nth, place, blow)))
        .filter(|(nth, place, _)| chosen(*nth, *place))
        .map(|(nth, _, blow)| (nth, blow))
        .collect();
    let (next, figures) = (AtomicUsize::new(0), Mutex::new(Figures::default()));
    let work = |stage: &Stage| {
        while let Some((nth, blow)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let trial = stage.strike(*nth, blow);
            figures.lock().unwrap().add(deployment, *nth, blow.name, trial);
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

/// So many processes at once while the index lags.
fn crowd(deployment: Deployment, processes: u64, rule: bool) -> Figures {
    let mut figures = Figures::default();
    let name = if rule { "side by side, and a rule sets labels" } else { "processes side by side" };
    figures.add(deployment, 0, name, Stage::set(deployment).crowd(processes, LAG, rule));
    figures
}

/// Searches give one ticket a page, and each page twice.
fn small_pages(deployment: Deployment) -> Figures {
    let mut figures = Figures::default();
    figures.add(deployment, 0, "short pages, shown twice", Stage::set(deployment).small_pages());
    figures
}

#[test]
fn a_sample_of_broken_requests_loses_and_doubles_nothing() {
    let mut figures = Figures::default();
    std::thread::scope(|scope| {
        let sample =
            |deployment, step| move || sweep(deployment, |nth, blow| (nth * 5 + blow * 7) % step == 0);
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
fn two_processes_where_a_rule_sets_labels_lose_and_double_nothing() {
    let both = Deployment::BOTH.map(|deployment| move || crowd(deployment, 2, true));
    std::thread::scope(|scope| {
        both.map(|one| scope.spawn(one)).into_iter().for_each(|one| one.join().unwrap().are_clean());
    });
}

/// Everything; minutes.
#[test]
#[ignore = "minutes; the suite has a sample of it"]
fn whole() {
    let mut figures = Figures::default();
    for deployment in Deployment::BOTH {
        figures.join(sweep(deployment, |_, _| true));
        figures.join(small_pages(deployment));
        for processes in [2, 4, 8] {
            figures.join(crowd(deployment, processes, false));
        }
        for processes in [2, 5] {
            figures.join(crowd(deployment, processes, true));
        }
    }
    figures.print();
    figures.are_clean();
    load::filed_once(5_000, 1_500);
}
