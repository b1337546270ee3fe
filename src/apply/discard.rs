//! Deletes a ticket that was filed as a test.

use crate::model::answer::Failure;
use crate::model::ticket::TicketId;
use crate::tracker::Write;

/// Deletes a ticket of our own with everything attached to it; one that is already gone is fine.
///
/// # Errors
/// The account is not allowed to delete tickets, or the tracker could not be reached.
pub async fn discard<T: Write>(tracker: &T, id: &TicketId) -> Result<(), Failure> {
    match tracker.delete(id).await {
        Err(Failure::Gone) => Ok(()),
        other => other,
    }
}
