//! What a thread does with batches.

use crossbeam_channel::Receiver;

use super::batch::{Batch, ListReader, object};
use super::turns::{EndsTurns, Turns};
use crate::report::parse::json::Element;
use crate::report::parse::lenient::budget;
use crate::report::sink::Preparer;

/// How many batches a thread holds at most while they wait for their turns.
const MOST_HELD: usize = 4;

/// A thread that reads batches.
pub(super) struct Worker<'w, 's, R> {
    pub(super) reader: &'w R,
    pub(super) batches: Receiver<Batch>,
    pub(super) turns: &'w Turns<'s>,
    pub(super) preparer: &'w mut dyn Preparer,
}

impl<R: ListReader> Worker<'_, '_, R> {
    /// Reads batches until there are no more.
    pub(super) fn read_all(&mut self) {
        let _ends = EndsTurns(self.turns);
        while let Ok(batch) = self.batches.recv() {
            self.read(batch, MOST_HELD, &mut || true);
        }
    }

    /// Reads the oldest batch that no thread has taken, if there is one.
    pub(super) fn read_one(&mut self) {
        let _ends = EndsTurns(self.turns);
        if let Ok(batch) = self.batches.try_recv() {
            self.read(batch, MOST_HELD, &mut || true);
        }
    }

    /// Reads a batch, and passes on what is in it, or sets it aside: because something is unusual in it, or in any before
    /// it. `before` passes on the batches that this thread holds; false: one of them is not passed on.
    fn read(&mut self, batch: Batch, held: usize, before: &mut dyn FnMut() -> bool) {
        let is_passed_on = !self.turns.are_over() && self.passes_on(&batch, held, before);
        if !is_passed_on {
            before();
            self.turns.leave(batch);
        }
    }

    fn passes_on(&mut self, batch: &Batch, held: usize, before: &mut dyn FnMut() -> bool) -> bool {
        let Some(elements) = parsed::<R::Element>(batch) else { return false };
        let Some((findings, marks)) = self.reader.batch(&elements) else { return false };
        let prepared: Vec<_> = findings.into_iter().map(|finding| self.preparer.prepare(finding)).collect();
        let (reader, turns) = (self.reader, self.turns);
        let mut own = Some((prepared, marks));
        let mut is_passed_on = false;
        let mut pass_on = || {
            if let Some((prepared, marks)) = own.take() {
                is_passed_on = before()
                    && turns.pass_on(batch.number, |sink| {
                        prepared.into_iter().for_each(|one| sink.prepared(one));
                        reader.recorded(marks);
                    });
            }
            is_passed_on
        };
        // another one is read instead of waiting
        if held > 1
            && !turns.is_next(batch.number)
            && let Ok(next) = self.batches.try_recv()
        {
            self.read(next, held - 1, &mut pass_on);
        }
        pass_on()
    }
}

/// A batch's elements, if all of them can be parsed as they are.
fn parsed<'w, T: Element>(batch: &'w Batch) -> Option<Vec<T::In<'w>>> {
    let mut elements = Vec::with_capacity(batch.elements);
    let mut rest = &batch.bytes[..];
    while let Some(begin) = object(rest) {
        budget::begin();
        let mut values = serde_json::Deserializer::from_slice(&rest[begin..]).into_iter::<T::In<'w>>();
        elements.push(values.next()?.ok().filter(|_| !budget::is_exceeded())?);
        rest = &rest[begin + values.byte_offset()..];
    }
    (elements.len() == batch.elements).then_some(elements)
}
