//! When to stop: the time limit, or a signal. What is under way is finished; nothing new is begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::answer::Failure;

/// How long a pause goes on before it looks whether the run should end.
const LOOK: Duration = Duration::from_millis(100);

/// Says whether the run should end, and why. Clones share the same answer.
#[derive(Debug, Clone)]
pub struct Stop {
    deadline: Instant,
    asked: Arc<AtomicBool>,
}

impl Stop {
    /// Stops after so long.
    pub fn after(limit: Duration) -> Stop {
        Stop::from(Instant::now() + limit)
    }

    /// Stops now.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether nothing new should be begun.
    pub fn is_over(&self) -> bool {
        self.over().is_some()
    }

    /// Why nothing new should be begun, if that is so.
    pub fn over(&self) -> Option<Failure> {
        if self.asked.load(Ordering::Relaxed) {
            return Some(Failure::Stopped);
        }
        (Instant::now() >= self.deadline).then_some(Failure::OutOfTime)
    }

    /// When the time is over.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Waits, but not beyond the end: says whether there is time left.
    pub async fn pause(&self, pause: Duration) -> bool {
        let until = (Instant::now() + pause).min(self.deadline);
        while !self.is_over() && Instant::now() < until {
            tokio::time::sleep_until((Instant::now() + LOOK).min(until)).await;
        }
        !self.is_over()
    }
}

impl From<Instant> for Stop {
    /// Stops at this moment.
    fn from(deadline: Instant) -> Stop {
        Stop { deadline, asked: Arc::new(AtomicBool::new(false)) }
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
}
