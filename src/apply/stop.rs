//! When to stop: the time limit, or a signal. What is under way is finished; nothing new is begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How long a pause goes on before it looks whether the run should end.
const LOOK: Duration = Duration::from_millis(100);

/// Says whether the run should end. Clones share the same answer.
#[derive(Debug, Clone)]
pub struct Stop {
    deadline: Instant,
    asked: Arc<AtomicBool>,
}

impl Stop {
    /// Stops after so long.
    pub fn after(limit: Duration) -> Stop {
        Stop { deadline: Instant::now() + limit, asked: Arc::new(AtomicBool::new(false)) }
    }

    /// Stops now.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether nothing new should be begun.
    pub fn is_over(&self) -> bool {
        self.asked.load(Ordering::Relaxed) || Instant::now() >= self.deadline
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
