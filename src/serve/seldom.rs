//! Warnings that a stranger, or an outage, could bring about by the thousand: one of a kind a minute is told.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long one of a kind is enough.
const PAUSE: Duration = Duration::from_secs(60);

/// When a warning of each kind was told last, and how many were not since then.
#[derive(Debug)]
pub(super) struct Seldom {
    pause: Duration,
    told: Mutex<BTreeMap<&'static str, (Instant, u64)>>,
}

impl Default for Seldom {
    fn default() -> Seldom {
        Seldom::every(PAUSE)
    }
}

impl Seldom {
    /// One of a kind in so long a time.
    pub(super) fn every(pause: Duration) -> Seldom {
        Seldom { pause, told: Mutex::default() }
    }

    /// Whether a warning of this kind is to be told now: then with how many were not since the last one.
    pub(super) fn tells(&self, kind: &'static str, now: Instant) -> Option<u64> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.get_mut(kind) {
            Some((last, untold)) if now < *last + self.pause => {
                *untold += 1;
                None
            }
            other => {
                let untold = other.map_or(0, |(_, untold)| *untold);
                told.insert(kind, (now, 0));
                Some(untold)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_kind_a_minute_is_told() {
        let (seldom, start) = (Seldom::default(), Instant::now());
        let check = |kind, seconds, expected| {
            assert_eq!(
                seldom.tells(kind, start + Duration::from_secs(seconds)),
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
