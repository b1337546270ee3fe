//! Deletes a ticket that was filed as a test.

use crate::model::answer::Failure;
use crate::model::ticket::TicketId;
use crate::tracker::Write;

/// Deletes a ticket of our own with all that hangs on it; one that is gone already is fine.
///
/// # Errors
/// The account may not delete tickets, or the tracker could not be reached.
pub async fn discard<T: Write>(tracker: &T, id: &TicketId) -> Result<(), Failure> {
    match tracker.delete(id).await {
        Err(Failure::Gone) => Ok(()),
        other => other,
    }
}
