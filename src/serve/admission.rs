//! Which connections are admitted. One that has not shown a signature yet, or is a health check, can be closed in
//! favour of another one, so that a silent, slow or idle client cannot keep a webhook out; a signed webhook has a place
//! of its own until it is answered.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// How many connections there are at once that have not shown a signature.
const STRANGERS: usize = 256;

/// How many signed webhooks are answered at once; Jira is asked to send any others again.
const SIGNED: usize = 512;

/// How long everybody may take to show a signature before another connection gets the slot. A webhook's request takes a
/// fraction of that.
const FAIR: Duration = Duration::from_secs(1);

/// Lets connections in. Clones share the slots.
#[derive(Clone)]
pub(super) struct Admission(Arc<Inner>);

struct Inner {
    strangers: Mutex<VecDeque<Stranger>>,
    /// Notified whenever a connection without a signature ends.
    freed: Notify,
    signed: Arc<Semaphore>,
    next: AtomicU64,
}

/// A connection that has not shown a signature; they are kept in the order in which they came.
struct Stranger {
    number: u64,
    since: Instant,
    cut: Arc<Notify>,
}

/// A connection's slot; it becomes free when this is dropped.
pub(super) struct ConnectionSlot {
    admission: Admission,
    number: u64,
    cut: Arc<Notify>,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Admission {
    pub(super) fn new() -> Admission {
        Admission(Arc::new(Inner {
            strangers: Mutex::default(),
            freed: Notify::new(),
            signed: Arc::new(Semaphore::new(SIGNED)),
            next: AtomicU64::new(0),
        }))
    }

    /// Waits for a slot. If there is none, whoever has had one for the longest time loses it.
    pub(super) async fn place(&self) -> Arc<ConnectionSlot> {
        loop {
            let freed = self.0.freed.notified();
            let now = Instant::now();
            let wait = match self.take(now) {
                Ok(place) => return Arc::new(place),
                Err(wait) => wait,
            };
            // either a connection ended, or the oldest one has had its time
            let _ = timeout(wait, freed).await;
        }
    }

    fn take(&self, now: Instant) -> Result<ConnectionSlot, Duration> {
        let mut strangers = self.0.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if strangers.len() >= STRANGERS
            && let Some(oldest) = strangers.front()
        {
            let had = now.saturating_duration_since(oldest.since);
            if had < FAIR {
                return Err(FAIR - had);
            }
            oldest.cut.notify_one();
            strangers.pop_front();
        }
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let cut = Arc::new(Notify::new());
        strangers.push_back(Stranger { number, since: now, cut: Arc::clone(&cut) });
        Ok(ConnectionSlot { admission: self.clone(), number, cut, permit: Mutex::default() })
    }

    /// Removes a connection from the list of those without a signature.
    fn leave(&self, number: u64) {
        let mut strangers = self.0.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        // the list is ordered by their numbers
        if let Ok(at) = strangers.binary_search_by_key(&number, |stranger| stranger.number) {
            strangers.remove(at);
            self.0.freed.notify_one();
        }
    }
}

impl ConnectionSlot {
    /// Waits until the slot is given to somebody else.
    pub(super) async fn lost(&self) {
        self.cut.notified().await;
    }

    /// The connection has shown a signature: it keeps its slot until it is answered. `false`: too many of them are
    /// being answered, so this one has to come again.
    pub(super) fn keep(&self) -> bool {
        let Ok(permit) = Arc::clone(&self.admission.0.signed).try_acquire_owned() else { return false };
        self.permit.lock().unwrap_or_else(PoisonError::into_inner).replace(permit);
        self.admission.leave(self.number);
        true
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.admission.leave(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_stranger_makes_room_and_who_is_signed_stays() {
        let admission = Admission::new();
        let now = Instant::now();
        let mut places: Vec<ConnectionSlot> =
            (0..STRANGERS).map(|_| admission.take(now).ok().unwrap()).collect();
        assert!(places[0].keep(), "it makes room itself");
        places.push(admission.take(now).ok().unwrap());
        assert_eq!(admission.take(now + FAIR / 4).err(), Some(FAIR * 3 / 4), "everybody has a fair time");
        let later = admission.take(now + FAIR).ok().unwrap();
        let is_cut = |place: &ConnectionSlot| {
            let waiting = std::pin::pin!(place.lost());
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            waiting.poll(&mut context).is_ready()
        };
        assert!(is_cut(&places[1]) && !is_cut(&places[0]) && !is_cut(&places[2]) && !is_cut(&later));
        drop(places);
        assert_eq!(admission.0.strangers.lock().unwrap().len(), 1);
        assert_eq!(admission.0.signed.available_permits(), SIGNED);
    }

    #[test]
    fn no_more_signed_ones_are_kept_than_there_are_places() {
        let admission = Admission::new();
        let now = Instant::now();
        let place = |_| {
            let place = admission.take(now).ok().unwrap();
            assert!(place.keep());
            place
        };
        let places: Vec<ConnectionSlot> = (0..SIGNED).map(place).collect();
        assert!(!admission.take(now).ok().unwrap().keep());
        drop(places);
        assert!(admission.take(now).ok().unwrap().keep());
    }
}
