//! The decision as a whole, and the two looks after it was carried out.

pub(crate) mod alerts;
pub(crate) mod decide;
pub(crate) mod dedupe;
pub(crate) mod last_look;
