//! Whether findings that a ticket has are still there, anywhere that counts.

pub(crate) mod difference;
pub(crate) mod gone;
pub(crate) mod liveness;
