//! When to stop: the time limit, or a signal. Nothing new is started, and nothing is waited for. A write in progress
//! gets a moment to be answered; a second signal ends that, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::model::answer::Failure;

/// How often a pause checks whether the run should end.
const LOOK: Duration = Duration::from_millis(100);
/// How long the answer to a write is awaited after a signal: runners kill what has not ended about ten seconds after
/// theirs, and what is left is written to files before that.
const GRACE: Duration = Duration::from_secs(5);
/// How long beyond the end a service that is told what was done may take to answer.
const MOMENT: Duration = Duration::from_millis(800);

/// Stands for a limit that no clock can count.
const FOR_EVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// Says whether the run should end, and why. Clones share the same state.
#[derive(Debug, Clone)]
pub struct Stop {
    deadline: Instant,
    asked: Arc<watch::Sender<Asked>>,
    closing: Arc<AtomicBool>,
}

/// How the run was asked to end.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    /// Until when writes are awaited; `None`: it was not asked.
    until: Option<Instant>,
    /// When it was first asked.
    since: Option<Instant>,
}

impl Stop {
    /// Stops after this long.
    pub fn after(limit: Duration) -> Stop {
        let now = Instant::now();
        Stop::from(now.checked_add(limit).unwrap_or(now + FOR_EVER))
    }

    /// Stops now: reads are dropped, writes get a moment. If asked again, that moment is over.
    pub fn ask(&self) {
        self.asked.send_modify(|asked| {
            let again = asked.until.is_some();
            asked.since.get_or_insert_with(Instant::now);
            asked.until = Some(if again { Instant::now() } else { Instant::now() + GRACE });
        });
    }

    /// Whether nothing new should be started.
    pub fn is_over(&self) -> bool {
        self.over().is_some()
    }

    /// Why nothing new should be started, if that is so.
    pub fn over(&self) -> Option<Failure> {
        if self.asked.borrow().until.is_some() {
            return Some(Failure::Stopped);
        }
        (Instant::now() >= self.deadline).then_some(Failure::OutOfTime)
    }

    /// For how long it has been over.
    pub fn over_for(&self) -> Duration {
        let asked = self.asked.borrow().since.map(|since| since.elapsed()).unwrap_or_default();
        asked.max(Instant::now().saturating_duration_since(self.deadline))
    }

    /// Notes that the run saves what it knows, and then ends.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Whether the run is saving what it knows.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Waits for something that the run can do without, for at most half of the time that is left, so that there is as
    /// much for what it cannot do without. `None`: it did not finish.
    pub async fn spare<T>(&self, most: Duration, work: impl Future<Output = T>) -> Option<T> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        tokio::select! {
            biased;
            done = work => Some(done),
            () = tokio::time::sleep((left / 2).min(most)) => None,
            _ = self.drops(true) => None,
        }
    }

    /// When the time is over.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Waits, but not beyond the end; returns whether there is time left.
    pub async fn pause(&self, pause: Duration) -> bool {
        let until = (Instant::now() + pause).min(self.deadline);
        while !self.is_over() && Instant::now() < until {
            sleep_until((Instant::now() + LOOK).min(until)).await;
        }
        !self.is_over()
    }

    /// Waits until a request in progress is no longer awaited, and returns why. `reads`: it changes nothing, so nothing
    /// is lost with its answer.
    pub async fn drops(&self, reads: bool) -> Failure {
        tokio::select! {
            () = sleep_until(self.deadline) => Failure::OutOfTime,
            () = self.dropped(reads) => Failure::Stopped,
        }
    }

    /// Waits until a service that is told what was done before the end has had its moment, too. `reads`: as above.
    pub async fn lapses(&self, reads: bool) {
        let after_signal = async {
            self.dropped(true).await;
            if reads { sleep_until(Instant::now() + MOMENT).await } else { self.dropped(false).await }
        };
        // what is started after the end gets its moment from then on
        let after_limit = self.deadline.max(Instant::now()) + MOMENT;
        tokio::select! {
            () = sleep_until(after_limit) => {}
            () = after_signal => {}
        }
    }

    /// The same for signals only.
    pub async fn dropped(&self, reads: bool) {
        let mut asked = self.asked.subscribe();
        loop {
            let until = asked.borrow_and_update().until;
            match until {
                Some(_) if reads => return,
                Some(until) => tokio::select! {
                    () = sleep_until(until) => return,
                    _ = asked.changed() => {}
                },
                // `self` owns its sender
                None => drop(asked.changed().await),
            }
        }
    }
}

impl From<Instant> for Stop {
    /// Stops at this moment.
    fn from(deadline: Instant) -> Stop {
        Stop {
            deadline,
            asked: Arc::new(watch::Sender::new(Asked::default())),
            closing: Arc::new(AtomicBool::new(false)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_signal_and_the_time_limit_are_told_apart_and_end_a_pause() {
        let long = Duration::from_secs(600);
        let stop = Stop::after(long);
        assert_eq!(stop.over(), None);
        let clone = stop.clone();
        let pause = tokio::spawn(async move { clone.pause(long).await });
        stop.ask();
        assert!(!pause.await.unwrap());
        assert_eq!(stop.over(), Some(Failure::Stopped));
        let late = Stop::after(Duration::from_millis(5));
        assert!(!late.pause(long).await);
        assert_eq!(late.over(), Some(Failure::OutOfTime));
    }

    #[test]
    fn no_limit_is_too_long_for_the_clock() {
        assert!(!Stop::after(Duration::MAX).is_over());
    }

    #[tokio::test]
    async fn a_signal_drops_reads_at_once_and_writes_after_a_moment_or_a_second_one() {
        let stop = Stop::after(Duration::from_secs(600));
        let soon = Duration::from_millis(200);
        let drops = |reads| tokio::time::timeout(soon, stop.drops(reads));
        assert!(drops(true).await.is_err() && drops(false).await.is_err());
        let clone = stop.clone();
        let write = tokio::spawn(async move { clone.drops(false).await });
        stop.ask();
        assert_eq!(drops(true).await, Ok(Failure::Stopped));
        assert!(drops(false).await.is_err(), "it has its moment");
        stop.ask();
        assert_eq!(tokio::time::timeout(soon, write).await.unwrap().unwrap(), Failure::Stopped);
        assert_eq!(Stop::after(soon).drops(false).await, Failure::OutOfTime);
    }

    #[tokio::test]
    async fn what_the_run_can_do_without_leaves_time_for_the_rest() {
        let never = || std::future::pending::<()>();
        let stop = Stop::after(Duration::from_millis(400));
        assert_eq!(stop.spare(Duration::from_secs(60), never()).await, None);
        assert_eq!(stop.over(), None, "half of it is left");
        let stop = Stop::after(Duration::from_secs(600));
        assert_eq!(stop.spare(Duration::from_millis(5), never()).await, None);
        assert_eq!(stop.spare(Duration::from_millis(5), async { 7 }).await, Some(7));
        stop.ask();
        assert_eq!(stop.spare(Duration::from_secs(60), never()).await, None, "a signal ends it");
    }

    #[tokio::test]
    async fn who_is_told_of_what_was_done_has_a_moment_beyond_the_end() {
        let lapsed = |stop: Stop, reads, after| async move {
            tokio::time::timeout(Duration::from_millis(after), stop.lapses(reads)).await.is_ok()
        };
        let over = Stop::after(Duration::ZERO);
        assert!(!lapsed(over.clone(), true, 300).await && lapsed(over, false, 1_000).await);
        let asked = Stop::after(Duration::from_secs(600));
        asked.ask();
        assert!(!lapsed(asked.clone(), true, 300).await && lapsed(asked.clone(), true, 1_000).await);
        assert!(!lapsed(asked, false, 1_000).await, "what it writes is waited for");
    }
}
