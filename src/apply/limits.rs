//! How many requests are sent to a tracker at the same time.

/// How many write requests are in progress at the same time: well below what Jira allows one account.
pub(super) const AT_ONCE: usize = 4;
