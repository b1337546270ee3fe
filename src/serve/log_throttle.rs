//! Warnings that a stranger, or an outage, could cause by the thousand: one of each kind is logged per minute.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// After a warning, how long further ones of the same kind are suppressed.
const PAUSE: Duration = Duration::from_secs(60);

/// When a warning of each kind was logged last, and how many were suppressed since then.
#[derive(Debug)]
pub(super) struct LogThrottle {
    pause: Duration,
    logged: Mutex<BTreeMap<&'static str, (Instant, u64)>>,
}

impl Default for LogThrottle {
    fn default() -> LogThrottle {
        LogThrottle::every(PAUSE)
    }
}

impl LogThrottle {
    /// A throttle that admits one of each kind per interval.
    pub(super) fn every(pause: Duration) -> LogThrottle {
        LogThrottle { pause, logged: Mutex::default() }
    }

    /// Whether a warning of this kind is to be logged now: if so, how many were suppressed since the last one.
    pub(super) fn admit(&self, kind: &'static str, now: Instant) -> Option<u64> {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        match logged.get_mut(kind) {
            Some((last, suppressed)) if now < *last + self.pause => {
                *suppressed += 1;
                None
            }
            other => {
                let suppressed = other.map_or(0, |(_, suppressed)| *suppressed);
                logged.insert(kind, (now, 0));
                Some(suppressed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_kind_a_minute_is_told() {
        let (throttle, start) = (LogThrottle::default(), Instant::now());
        let check = |kind, seconds, expected| {
            assert_eq!(
                throttle.admit(kind, start + Duration::from_secs(seconds)),
                expected,
                "{kind} {seconds}"
            );
        };
        check("a", 0, Some(0));
        check("a", 1, None);
        check("b", 2, Some(0));
        check("a", 59, None);
        check("a", 60, Some(2));
        check("a", 119, None);
        check("a", 120, Some(1));
        check("b", 300, Some(0));
    }
}
