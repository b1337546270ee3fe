//! How much is asked of a tracker at once.

/// How many requests that write are under way at once: well below what Jira lets one account do.
pub(super) const AT_ONCE: usize = 4;
