//! The steps that commands share.

pub(crate) mod alerts;
pub(crate) mod baseline;
pub(crate) mod branch_tips;
pub(crate) mod changed_files;
pub(crate) mod dedupe;
pub(crate) mod empty_tracker;
pub(crate) mod initial_transition;
pub(crate) mod last_look;
pub(crate) mod learn;
pub(crate) mod only;
pub(crate) mod relabel;
pub(crate) mod routes;
pub(crate) mod survey;
