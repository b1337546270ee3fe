//! How much memory one element may take: a list of empty objects takes a hundred times as much as in the report, so the
//! contents of lists are counted while they are read.

use std::cell::Cell;

/// How many bytes the lists and maps of one element may take. Elements of real reports take less than their size in the
/// report, where an element may have 16 MiB.
const MOST_BYTES: usize = 32 << 20;

thread_local! {
    /// How much the current element may still take; `None`: it needed more.
    static LEFT: Cell<Option<usize>> = const { Cell::new(Some(MOST_BYTES)) };
}

/// Starts counting for an element.
pub(crate) fn begin() {
    LEFT.set(Some(MOST_BYTES));
}

/// Whether the element needed more than there is, so that the rest of its lists was skipped.
pub(crate) fn is_exceeded() -> bool {
    LEFT.get().is_none()
}

/// Counts so many bytes, unless there are fewer left.
pub(crate) fn takes(bytes: usize) -> bool {
    let left = LEFT.get().and_then(|left| left.checked_sub(bytes));
    LEFT.set(left);
    left.is_some()
}

/// Adds an element to a list, unless the list would need more than there is. Room is made for one element at first, as
/// most lists of a report have no more, then for twice as many each time; all of this room counts.
pub(crate) fn push<T>(list: &mut Vec<T>, element: T) -> bool {
    if list.len() == list.capacity() {
        let more = list.len().max(1);
        if !takes(size_of::<T>().saturating_mul(more)) {
            return false;
        }
        list.reserve_exact(more);
    }
    list.push(element);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lists_of_one_element_take_what_they_hold() {
        begin();
        let lists: Vec<Vec<[u64; 100]>> = (0..1_000)
            .map(|_| {
                let mut list = Vec::new();
                assert!(push(&mut list, [0; 100]));
                list
            })
            .collect();
        assert!(lists.iter().all(|list| list.capacity() == 1));
        assert_eq!(LEFT.get(), Some(MOST_BYTES - 1_000 * 800));
    }

    #[test]
    fn a_list_ends_where_its_room_would_exceed_the_budget() {
        begin();
        let mut list = Vec::new();
        while push(&mut list, [0u8; 1 << 10]) {}
        assert!(is_exceeded());
        assert_eq!((list.len() << 10, list.capacity() << 10), (MOST_BYTES, MOST_BYTES));
    }
}
