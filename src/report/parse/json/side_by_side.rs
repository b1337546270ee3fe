//! A long list on several threads: the reading thread cuts it into batches of whole elements, which all of them parse and
//! turn into findings, and the findings of each batch are passed on when its turn comes. The sink therefore receives the
//! same as from a single thread.
//!
//! Only plain elements are read in this way. A batch with anything unusual (an element that is not JSON, a reference to
//! something that has not been read yet) ends the work of the threads: it and the batches after it are read one element
//! after another, and then the threads continue.

use std::thread;

use crossbeam_channel::{TrySendError, bounded};

use crate::model::scan::Problem;
use crate::report::parse::json::{Json, PathStep};
use crate::report::parse::window::Window;

use batch::{BATCH, Batch, Cutter, ListReader};
use turns::Turns;
use worker::Worker;

pub(crate) mod batch;
mod turns;
mod worker;

/// How many elements are read one after another once something was unusual, before the threads continue; twice as many
/// each time, so that a list of unusual elements costs no more than without threads.
const PAUSE: usize = 256;

impl<'s> Json<'s> {
    /// Visits a list's elements like [`Json::each_element`], with several threads if the list is long.
    pub(crate) fn each_element_on<R: ListReader>(
        &mut self,
        threads: usize,
        reader: &mut R,
    ) -> Result<(), Problem> {
        if threads < 2 || self.peek()? != Some(b'[') {
            return self.each_element(|json| reader.one(json));
        }
        self.window.advance(1);
        let (mut index, mut pause) = (0, PAUSE);
        let begin = self.offset();
        let mut alone = usize::MAX;
        while !self.closes(b']')? {
            let is_long = self.offset() - begin > BATCH as u64;
            if is_long && alone >= pause {
                for batch in self.on_threads(threads, &mut index, reader) {
                    self.left(batch, reader)?;
                }
                pause = pause.saturating_mul(2);
                alone = 0;
                continue;
            }
            self.enter(PathStep::Index(index))?;
            let done = self.visit(&mut |json| reader.one(json));
            self.path.pop();
            done?;
            index += 1;
            alone = alone.saturating_add(1);
        }
        self.ends()
    }

    /// Continues with other threads as long as everything is plain; what they did not read is to be read one by one, in
    /// order.
    fn on_threads<R: ListReader>(&mut self, threads: usize, index: &mut usize, reader: &R) -> Vec<Batch> {
        let mut own = self.sink.preparer();
        let mut others: Vec<_> = (1..threads).map(|_| self.sink.preparer()).collect();
        let (sender, batches) = bounded(2 * threads);
        let cutter = &mut Cutter { window: &mut self.window, index };
        let turns = Turns::new(&mut *self.sink);
        thread::scope(|scope| {
            let turns = &turns;
            let spawned = others.iter_mut().filter_map(|preparer| {
                let batches = batches.clone();
                let mut worker = Worker { reader, batches, turns, preparer: &mut **preparer };
                thread::Builder::new().spawn_scoped(scope, move || worker.read_all()).ok()
            });
            // if no thread can be started, everything is read one by one
            if spawned.count() == 0 {
                return;
            }
            let mut own = Worker { reader, batches, turns, preparer: &mut *own };
            for number in 0.. {
                if turns.are_over() {
                    break;
                }
                let Some(mut batch) = cutter.cut(number) else { break };
                // the others have enough to do: this thread reads, too
                while let Err(TrySendError::Full(back)) = sender.try_send(batch) {
                    batch = back;
                    own.read_one();
                }
            }
            drop(sender);
            own.read_all();
        });
        turns.left()
    }

    /// Reads a batch's elements one by one.
    fn left<R: ListReader>(&mut self, batch: Batch, reader: &mut R) -> Result<(), Problem> {
        let Batch { bytes, offset, index, elements, .. } = batch;
        let rest = std::mem::replace(&mut self.window, Window::of(bytes, offset));
        let done = (index..index + elements).try_for_each(|index| {
            if self.peek()? == Some(b',') {
                self.window.advance(1);
            }
            self.enter(PathStep::Index(index))?;
            let done = self.visit(&mut |json| reader.one(json));
            self.path.pop();
            done
        });
        if done.is_ok() {
            self.window = rest;
        }
        done
    }
}
