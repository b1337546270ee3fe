//! A long list on several threads: the reading thread cuts it into batches of whole elements, the others parse these
//! and turn them into findings, and the findings of each batch are passed on when its turn comes. The sink therefore
//! receives the same as from a single thread.
//!
//! Only plain elements are read in this way. A batch with anything unusual (an element that is not JSON, a reference to
//! something that has not been read yet) ends the work of the threads: it and the batches after it are read one element
//! after another, and then the threads continue.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::model::finding::Finding;
use crate::model::scan::Problem;
use crate::report::parse::json::{Element, Json, PathStep};
use crate::report::parse::lenient::budget;
use crate::report::parse::window::{Skipper, Window};
use crate::report::sink::{Preparer, Sink};

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
        let mut preparers: Vec<_> = (0..threads).map(|_| self.sink.preparer()).collect();
        let (sender, receiver) = sync_channel(threads);
        let receiver = Mutex::new(receiver);
        let cutter = &mut Cutter { window: &mut self.window, index };
        let turns = Turns::new(&mut *self.sink);
        thread::scope(|scope| {
            let spawned = preparers.iter_mut().filter_map(|preparer| {
                let (receiver, turns) = (&receiver, &turns);
                let work = move || work(reader, receiver, turns, &mut **preparer);
                thread::Builder::new().spawn_scoped(scope, work).ok()
            });
            // if no thread can be started, everything is read one by one
            if spawned.count() == 0 {
                return;
            }
            for number in 0.. {
                if turns.are_over() {
                    break;
                }
                // batches are not taken only if all threads panicked, which also ends this one
                let sent = cutter.cut(number).map(|batch| sender.send(batch));
                if !matches!(sent, Some(Ok(()))) {
                    break;
                }
            }
            drop(sender);
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

/// Parses batches until there are no more, and passes on each when its turn comes.
fn work<R: ListReader>(
    reader: &R,
    batches: &Mutex<Receiver<Batch>>,
    turns: &Turns<'_>,
    preparer: &mut dyn Preparer,
) {
    let _ends = EndsTurns(turns);
    // the lock is only held while receiving
    while let Ok(batch) = { lock(batches).recv() } {
        if turns.are_over() || !emit(reader, &batch, turns, preparer) {
            turns.leave(batch);
        }
    }
}

/// Whether a batch was passed on: nothing is unusual in it, nor in any before it.
fn emit<R: ListReader>(reader: &R, batch: &Batch, turns: &Turns<'_>, preparer: &mut dyn Preparer) -> bool {
    let Some(elements) = parsed::<R::Element>(batch) else { return false };
    let Some((findings, marks)) = reader.batch(&elements) else { return false };
    let prepared: Vec<_> = findings.into_iter().map(|finding| preparer.prepare(finding)).collect();
    turns.take(batch.number, |sink| {
        prepared.into_iter().for_each(|one| sink.prepared(one));
        reader.recorded(marks);
    })
}

/// Whose turn it is to pass on findings.
struct Turns<'s> {
    state: Mutex<TurnState<'s>>,
    changed: Condvar,
}

struct TurnState<'s> {
    next: usize,
    /// Whether a batch was not passed on, so that none after it may be.
    over: bool,
    left: Vec<Batch>,
    sink: &'s mut dyn Sink,
}

impl<'s> Turns<'s> {
    fn new(sink: &'s mut dyn Sink) -> Turns<'s> {
        let state = TurnState { next: 0, over: false, left: Vec::new(), sink };
        Turns { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn are_over(&self) -> bool {
        lock(&self.state).over
    }

    /// Waits until all before it are passed on, or one of them is not; false: one is not.
    fn take(&self, number: usize, emit: impl FnOnce(&mut dyn Sink)) -> bool {
        let mut state = self.turn(number);
        if state.over {
            return false;
        }
        emit(state.sink);
        state.next += 1;
        drop(state);
        self.changed.notify_all();
        true
    }

    /// Sets aside a batch, and all that come after it.
    fn leave(&self, batch: Batch) {
        let mut state = self.turn(batch.number);
        state.over = true;
        state.left.push(batch);
        drop(state);
        self.changed.notify_all();
    }

    fn turn(&self, number: usize) -> MutexGuard<'_, TurnState<'s>> {
        let state = lock(&self.state);
        let waits = |state: &mut TurnState<'s>| state.next != number && !state.over;
        self.changed.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner)
    }

    /// The batches that were set aside, in order.
    fn left(self) -> Vec<Batch> {
        let mut left = self.state.into_inner().unwrap_or_else(PoisonError::into_inner).left;
        left.sort_by_key(|batch| batch.number);
        left
    }
}

/// Makes sure that nobody waits for a thread that panicked.
struct EndsTurns<'t, 's>(&'t Turns<'s>);

impl Drop for EndsTurns<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.state).over = true;
            self.0.changed.notify_all();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
