//! Ends a process that should have ended and has not: whatever it is doing, it is over within a second.
//!
//! Each stage checks the clock itself, and a run whose time is over saves what it knows before it ends. The watchdog is
//! for a stage that cannot, because outside input keeps it busy or blocks it. The command's own task beats as long as
//! it waits for something, so only a task that does not come back is ended.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::apply::Stop;
use crate::cli::output::printer;
use crate::error::ErrorClass;
use crate::model::answer::Failure;
use crate::report::tree::end_git;

/// How often the watchdog checks, and how often the task beats.
const BEAT: Duration = Duration::from_millis(100);

/// How long a stage may go on when the run is over.
const LATEST: Duration = Duration::from_millis(800);

/// How long it may take to save what is known by then.
const CLOSING: Duration = Duration::from_secs(4);

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// When the command's task last gave a sign of life, in milliseconds from the start.
static SEEN: AtomicU64 = AtomicU64::new(0);

/// The current stage.
static STAGE: Mutex<&str> = Mutex::new("preparing");

/// Does a command's work, and beats as long as it waits for something.
pub(crate) async fn beating<F: Future>(work: F) -> F::Output {
    let mut work = std::pin::pin!(work);
    loop {
        SEEN.store(now(), Ordering::Relaxed);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep(BEAT) => {}
        }
    }
}

/// Notes the current stage.
pub(crate) fn stage(name: &'static str) {
    *STAGE.lock().unwrap_or_else(PoisonError::into_inner) = name;
}

/// Ends the process if `stop` is over and its task does not come back. If no thread can be started, each stage's own
/// check of the clock has to be enough.
pub(crate) fn watch(stop: &Stop) {
    let stop = stop.clone();
    let _ = thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
        loop {
            thread::sleep(BEAT);
            if let Some(over) = overdue(&stop) {
                end(&over);
            }
        }
    });
}

/// Why the process must end at once, if that is so.
fn overdue(stop: &Stop) -> Option<Failure> {
    let over = stop.over()?;
    let limit = if stop.is_closing() { CLOSING } else { LATEST };
    let silent = Duration::from_millis(now().saturating_sub(SEEN.load(Ordering::Relaxed)));
    (stop.over_for() >= limit && silent >= limit).then_some(over)
}

fn end(over: &Failure) -> ! {
    let stage = *STAGE.lock().unwrap_or_else(PoisonError::into_inner);
    printer::error(
        &format!("{over} while {stage}: the run ends here"),
        Some("the next run writes what is missing; `--time-limit` gives a run more time"),
        clap::ColorChoice::Never,
    );
    end_git();
    std::process::exit(i32::from(ErrorClass::Remote.exit_code()))
}

fn now() -> u64 {
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_a_task_that_does_not_come_back_is_overdue() {
        let stop = Stop::after(Duration::ZERO);
        let waits = beating(tokio::time::sleep(2 * LATEST));
        waits.await;
        assert_eq!(overdue(&stop), None, "it waits, and is there");
        thread::sleep(LATEST + BEAT);
        assert_eq!(overdue(&stop), Some(Failure::OutOfTime));
        assert_eq!(overdue(&Stop::after(Duration::from_secs(60))), None);
        stop.close();
        assert_eq!(overdue(&stop), None, "it puts down what it knows");
    }
}
