//! Which properties to request together. One call takes up to a hundred tickets and five properties, so it never costs
//! more than requesting each property separately.

use std::collections::BTreeSet;

use crate::model::slice::SliceId;

/// How many properties one call takes.
const PROPERTIES: usize = 5;

/// One call: these slices of these tickets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SliceBatch {
    pub(super) tickets: BTreeSet<u64>,
    slices: BTreeSet<SliceId>,
}

impl SliceBatch {
    pub(super) fn properties(&self) -> Vec<String> {
        self.slices.iter().map(SliceId::property).collect()
    }

    fn takes(&self, ticket: u64, slices: &BTreeSet<SliceId>, at_once: usize) -> bool {
        (self.tickets.contains(&ticket) || self.tickets.len() < at_once)
            && self.slices.union(slices).count() <= PROPERTIES
    }
}

/// A few calls that together request everything that is wanted: tickets that want the same come one after another,
/// those that want most first, and each goes to the first call that has room.
pub(super) fn batches(wanted: &[(u64, Vec<SliceId>)], at_once: usize) -> Vec<SliceBatch> {
    let mut pieces: Vec<(BTreeSet<SliceId>, u64)> = Vec::new();
    for (ticket, slices) in wanted {
        let distinct: Vec<&SliceId> = slices.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let parts = distinct.chunks(PROPERTIES);
        pieces.extend(parts.map(|part| (part.iter().map(|slice| (*slice).clone()).collect(), *ticket)));
    }
    pieces.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    let mut batches: Vec<SliceBatch> = Vec::new();
    for (slices, ticket) in pieces {
        let index = batches.iter().position(|batch| batch.takes(ticket, &slices, at_once));
        let index = index.unwrap_or_else(|| {
            batches.push(SliceBatch::default());
            batches.len() - 1
        });
        batches[index].tickets.insert(ticket);
        batches[index].slices.extend(slices);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(n: usize) -> SliceId {
        SliceId::of_property(&format!("casefile-{n:012x}")).unwrap()
    }

    /// Tickets with the slices that are wanted from them, and the number of calls that takes.
    fn check(wanted: &[(u64, &[usize])], calls: usize) {
        let wanted: Vec<(u64, Vec<SliceId>)> =
            wanted.iter().map(|(id, slices)| (*id, slices.iter().map(|n| slice(*n)).collect())).collect();
        let made = batches(&wanted, 100);
        assert_eq!(made.len(), calls, "{made:?}");
        for batch in &made {
            assert!(batch.tickets.len() <= 100 && batch.slices.len() <= PROPERTIES);
        }
        for (id, slices) in wanted {
            for slice in slices {
                assert!(
                    made.iter().any(|batch| batch.tickets.contains(&id) && batch.slices.contains(&slice))
                );
            }
        }
    }

    #[test]
    fn few_calls_ask_for_all() {
        check(&[], 0);
        check(&[(1, &[])], 0);
        check(&[(1, &[1])], 1);
        check(&[(1, &[1, 1, 2]), (2, &[2, 3]), (3, &[4, 5])], 1);
        check(&[(1, &[1, 2, 3, 4, 5, 6])], 2);
        check(&[(1, &[1, 2, 3]), (2, &[4, 5, 6]), (3, &[1, 2, 3]), (4, &[4, 5, 6])], 2);
        check(&[(1, &[1, 2, 3, 4]), (2, &[5, 6, 7, 8]), (3, &[4, 9]), (4, &[8, 10])], 2);
        let many: Vec<(u64, &[usize])> = (0..250).map(|id| (id, [1, 2].as_slice())).collect();
        check(&many, 3);
    }
}
