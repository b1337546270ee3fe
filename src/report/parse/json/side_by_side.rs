//! A long list on several threads: the reading thread cuts it into batches of whole elements, which all of them parse and
//! turn into findings, and the findings of each batch are passed on when its turn comes. The sink therefore receives the
//! same as from a single thread.
//!
//! Only plain elements are read in this way. A batch with anything unusual (an element that is not JSON, a reference to
//! something that has not been read yet) ends the work of the threads: it and the batches after it are read one element
//! after another, and then the threads continue.

use std::thread;

use crossbeam_channel::{TrySendError, bounded};

use crate::model::finding::Finding;
use crate::model::scan::Problem;
use crate::report::parse::json::{Element, Json, PathStep};
use crate::report::parse::window::{Skipper, Window};

use turns::Turns;
use worker::Worker;

mod turns;
mod worker;

/// How many bytes of a list one thread reads before others join in, and how many a batch has.
const BATCH: usize = 96 << 10;

/// How many elements a batch can have: how much memory an element takes does not depend only on its length.
const ELEMENTS: usize = 256;

/// How many elements are read one after another once something was unusual, before the threads continue; twice as many
/// each time, so that a list of unusual elements costs no more than without threads.
const PAUSE: usize = 256;

/// A list's elements and what becomes of them.
pub(crate) trait ListReader: Sync {
    /// One element.
    type Element: Element;

    /// What a batch returns to the reader besides its findings.
    type Marks: Send;

    /// The findings of a batch's elements, in order; `None`: something is unusual, and they have to be read one by one.
    fn batch<'e, 'w: 'e>(
        &'e self,
        elements: &'e [<Self::Element as Element>::In<'w>],
    ) -> Option<(Vec<Finding<'e>>, Self::Marks)>;

    /// Passes on what a batch found, when its turn comes.
    fn recorded(&self, marks: Self::Marks);

    /// Reads the next element by itself.
    fn one(&mut self, json: &mut Json<'_>) -> Result<(), Problem>;
}

/// Whole elements of a list, as they are in the report.
struct Batch {
    /// The batch's number, from 0, without gaps.
    number: usize,
    bytes: Vec<u8>,
    /// The byte of the report at which it begins.
    offset: u64,
    /// The index of its first element, and how many it has.
    index: usize,
    elements: usize,
}

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

/// Cuts whole elements off a list.
struct Cutter<'w> {
    window: &'w mut Window,
    index: &'w mut usize,
}

impl Cutter<'_> {
    /// The next elements; `None`: the list ends, or what follows is not an object that fits into the window.
    fn cut(&mut self, number: usize) -> Option<Batch> {
        let (mut bytes, mut elements) = whole(self.window.rest());
        if elements == 0 {
            // what fails here fails again, and is reported, when the next element is read by itself
            self.window.look();
            (bytes, elements) = whole(self.window.rest());
        }
        let batch = Batch {
            number,
            bytes: self.window.rest()[..bytes].to_vec(),
            offset: self.window.offset(),
            index: *self.index,
            elements,
        };
        self.window.advance(bytes);
        *self.index += elements;
        (elements > 0).then_some(batch)
    }
}

/// How many bytes of the rest are whole objects of a list, and how many objects these are.
fn whole(rest: &[u8]) -> (usize, usize) {
    let (mut bytes, mut elements) = (0, 0);
    while bytes < BATCH && elements < ELEMENTS {
        let next = rest.get(bytes..).unwrap_or_default();
        let Some(begin) = object(next) else { break };
        let Some(end) = Skipper::default().feed(&next[begin..]) else { break };
        bytes += begin + end;
        elements += 1;
    }
    (bytes, elements)
}

/// Where the next element begins, after white space and a comma, if it is an object.
fn object(next: &[u8]) -> Option<usize> {
    let blanks = |from: usize| {
        let blanks = next.get(from..)?.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        Some(from + blanks)
    };
    let mut at = blanks(0)?;
    if next.get(at) == Some(&b',') {
        at = blanks(at + 1)?;
    }
    (next.get(at) == Some(&b'{')).then_some(at)
}
