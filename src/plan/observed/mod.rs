//! What this run saw, as a record would keep it: findings by scope, matched with earlier ones, and what their absence
//! proves. `presence` uses it to decide what is gone.

pub(crate) mod disposition;
pub(crate) mod observation;
pub(crate) mod part;
pub(crate) mod proof;
pub(crate) mod rematch;
pub(crate) mod ticket_scope;
