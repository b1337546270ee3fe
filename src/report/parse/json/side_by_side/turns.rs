//! The order in which batches are passed on.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::batch::Batch;
use crate::report::sink::Sink;

/// Whose turn it is to pass on findings. Whether it is somebody's turn can be asked while another one passes on.
pub(super) struct Turns<'s> {
    next: AtomicUsize,
    /// Whether a batch was not passed on, so that none after it may be.
    over: AtomicBool,
    state: Mutex<TurnState<'s>>,
    changed: Condvar,
}

struct TurnState<'s> {
    left: Vec<Batch>,
    sink: &'s mut dyn Sink,
}

impl<'s> Turns<'s> {
    pub(super) fn new(sink: &'s mut dyn Sink) -> Turns<'s> {
        Turns {
            next: AtomicUsize::new(0),
            over: AtomicBool::new(false),
            state: Mutex::new(TurnState { left: Vec::new(), sink }),
            changed: Condvar::new(),
        }
    }

    pub(super) fn are_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Whether all before it are passed on, or one of them is not.
    pub(super) fn is_next(&self, number: usize) -> bool {
        self.next.load(Ordering::Acquire) == number || self.are_over()
    }

    /// Waits until all before it are passed on, or one of them is not; false: one is not.
    pub(super) fn pass_on(&self, number: usize, emit: impl FnOnce(&mut dyn Sink)) -> bool {
        let waits = |_: &mut TurnState<'s>| !self.is_next(number);
        let mut state =
            self.changed.wait_while(lock(&self.state), waits).unwrap_or_else(PoisonError::into_inner);
        if self.are_over() {
            return false;
        }
        emit(state.sink);
        self.next.store(number + 1, Ordering::Release);
        drop(state);
        self.changed.notify_all();
        true
    }

    /// Sets aside a batch, and all that come after it.
    pub(super) fn leave(&self, batch: Batch) {
        lock(&self.state).left.push(batch);
        self.end();
    }

    /// Nothing more is passed on.
    fn end(&self) {
        // whoever looks and then waits has the lock in between
        let state = lock(&self.state);
        self.over.store(true, Ordering::Release);
        drop(state);
        self.changed.notify_all();
    }

    /// The batches that were set aside, in order.
    pub(super) fn left(self) -> Vec<Batch> {
        let mut left = self.state.into_inner().unwrap_or_else(PoisonError::into_inner).left;
        left.sort_by_key(|batch| batch.number);
        left
    }
}

/// Makes sure that nobody waits for a thread that panicked.
pub(super) struct EndsTurns<'t, 's>(pub(super) &'t Turns<'s>);

impl Drop for EndsTurns<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.end();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
