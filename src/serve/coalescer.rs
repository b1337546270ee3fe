//! Coalesces work: requests that arrive while one is being processed wait, and are then processed together.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use tokio::sync::oneshot;
use tokio::task::spawn_local;

/// The work on several items at once.
type WorkQueue<T, R> = Box<dyn Fn(Vec<T>) -> LocalBoxFuture<'static, R>>;

/// Does one piece of work at a time.
pub(super) struct Coalescer<T, R> {
    work: WorkQueue<T, R>,
    state: RefCell<CoalescerState<T, R>>,
}

struct CoalescerState<T, R> {
    waiting: Vec<(T, oneshot::Sender<R>)>,
    busy: bool,
}

impl<T: Clone + Ord + 'static, R: Clone + 'static> Coalescer<T, R> {
    pub(super) fn new(work: impl Fn(Vec<T>) -> LocalBoxFuture<'static, R> + 'static) -> Rc<Coalescer<T, R>> {
        let state = RefCell::new(CoalescerState { waiting: Vec::new(), busy: false });
        Rc::new(Coalescer { work: Box::new(work), state })
    }

    /// The result of the first piece of work that begins after this call and includes the item; `None`: it ended
    /// without a result.
    pub(super) async fn hand_in(self: &Rc<Self>, item: T) -> Option<R> {
        let (reply, replied) = oneshot::channel();
        let begins = {
            let mut state = self.state.borrow_mut();
            state.waiting.push((item, reply));
            !std::mem::replace(&mut state.busy, true)
        };
        if begins {
            spawn_local(Rc::clone(self).run());
        }
        replied.await.ok()
    }

    async fn run(self: Rc<Self>) {
        loop {
            let taken = {
                let mut state = self.state.borrow_mut();
                state.busy = !state.waiting.is_empty();
                std::mem::take(&mut state.waiting)
            };
            if taken.is_empty() {
                return;
            }
            let (mut items, replies): (Vec<T>, Vec<_>) = taken.into_iter().unzip();
            items.sort();
            items.dedup();
            let result = (self.work)(items).await;
            for reply in replies {
                // whoever waited may have gone away
                let _ = reply.send(result.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio::sync::Semaphore;
    use tokio::task::{LocalSet, yield_now};

    use super::*;

    #[tokio::test]
    async fn what_comes_while_work_runs_is_done_together_afterwards() {
        let handed = Rc::new(RefCell::new(Vec::new()));
        let gate = Rc::new(Semaphore::new(0));
        let coalescer = Coalescer::new({
            let (handed, gate) = (Rc::clone(&handed), Rc::clone(&gate));
            move |items: Vec<u32>| {
                let (handed, gate) = (Rc::clone(&handed), Rc::clone(&gate));
                Box::pin(async move {
                    handed.borrow_mut().push(items);
                    gate.acquire().await.unwrap().forget();
                    handed.borrow().len()
                })
            }
        });
        let outcomes = async {
            let first = spawn_local({
                let coalescer = Rc::clone(&coalescer);
                async move { coalescer.hand_in(7).await }
            });
            while handed.borrow().is_empty() {
                yield_now().await;
            }
            // one of them is the item that is being processed, perhaps as it was before its change
            let later = spawn_local({
                let coalescer = Rc::clone(&coalescer);
                async move { join_all([9, 7, 8, 7, 9].map(|item| coalescer.hand_in(item))).await }
            });
            while coalescer.state.borrow().waiting.len() < 5 {
                yield_now().await;
            }
            gate.add_permits(2);
            (first.await.unwrap(), later.await.unwrap())
        };
        assert_eq!(LocalSet::new().run_until(outcomes).await, (Some(1), vec![Some(2); 5]));
        assert_eq!(*handed.borrow(), [vec![7], vec![7, 8, 9]]);
    }
}
