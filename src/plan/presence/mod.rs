//! Whether findings that a ticket has are still present, anywhere that counts. `difference` compares this run with the
//! slices of a ticket; it asks `gone`, which uses the proof of `observed`, what became of those that are missing.
//! `liveness` then says whether any place that counts still has a finding.

pub(crate) mod difference;
pub(crate) mod gone;
pub(crate) mod liveness;
