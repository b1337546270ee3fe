//! A list in batches of whole elements.

use crate::model::finding::Finding;
use crate::model::scan::Problem;
use crate::report::parse::json::{Element, Json};
use crate::report::parse::window::{Skipper, Window};

/// How many bytes of a list one thread reads before others join in, and how many a batch has.
pub(super) const BATCH: usize = 96 << 10;

/// How many elements a batch can have: how much memory an element takes does not depend only on its length.
const ELEMENTS: usize = 256;

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
pub(super) struct Batch {
    /// The batch's number, from 0, without gaps.
    pub(super) number: usize,
    pub(super) bytes: Vec<u8>,
    /// The byte of the report at which it begins.
    pub(super) offset: u64,
    /// The index of its first element, and how many it has.
    pub(super) index: usize,
    pub(super) elements: usize,
}

/// Cuts whole elements off a list.
pub(super) struct Cutter<'w> {
    pub(super) window: &'w mut Window,
    pub(super) index: &'w mut usize,
}

impl Cutter<'_> {
    /// The next elements; `None`: the list ends, or what follows is not an object that fits into the window.
    pub(super) fn cut(&mut self, number: usize) -> Option<Batch> {
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
pub(super) fn object(next: &[u8]) -> Option<usize> {
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
