//! What this run saw, as a record would keep it: findings by scope, held against earlier ones, and what their absence proves.

pub(crate) mod disposition;
pub(crate) mod observation;
pub(crate) mod part;
pub(crate) mod proof;
pub(crate) mod rematch;
pub(crate) mod ticket_scope;
