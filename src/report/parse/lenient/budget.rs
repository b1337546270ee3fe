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

/// Takes room for one more element of a list.
pub(crate) fn takes<T>() -> bool {
    let left = LEFT.get().and_then(|left| left.checked_sub(size_of::<T>()));
    LEFT.set(left);
    left.is_some()
}
