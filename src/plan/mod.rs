//! Queries, decisions, actions: everything that a run would write, as data.
//!
//! [`next`] looks at the survey and at the tracker's responses so far. Where a decision needs to know more, it gives the
//! next query; when nothing is missing, the plan. It is pure, so the number of calls is something a test can see. After
//! the plan was applied, [`dedupe`] makes a second, small plan for duplicates that a concurrent run has created.
//!
//! Each folder imports only those above it:
//!
//! | folder | what is in it |
//! |---|---|
//! | `types` | what goes into a plan, what comes out, what must be asked in between |
//! | `observed` | what this run saw of a group, and what a missing finding proves |
//! | `tickets` | which tickets are ours, which findings they hold, their records and labels |
//! | `planner` | the data that a decision carries, and its look-ups |
//! | `presence` | what left a ticket, and whether its findings are still present anywhere |
//! | `matching` | the same findings and tickets under other names |
//! | `fields` | the fields of a ticket |
//! | `create`, `update`, `resolve` | new tickets, open ones, and those whose findings are gone or came back |
//! | `pull_request` | what pull requests promise, and what they leave behind |
//! | `sync` | the decision as a whole: start reading at [`next`] |
//! | `link`, `disconnect`, `preflight` | the plans of other commands |

mod create;
mod disconnect;
mod fields;
pub mod link;
mod matching;
mod observed;
mod planner;
mod preflight;
mod presence;
mod pull_request;
mod resolve;
mod sync;
#[cfg(test)]
mod tests;
mod tickets;
pub(crate) mod types;
mod update;

pub use create::initial_transition::initial_transitions;
pub use disconnect::disconnect;
pub(crate) use observed::part::part;
pub use preflight::statuses::statuses;
pub use preflight::targets::{Examined, examine, targets};
pub use preflight::trial::{Trial, put_away, trial};
pub use pull_request::closed::{closed, concerns};
pub use pull_request::retract::global_ids;
pub use sync::decide::next;
pub use sync::dedupe::dedupe;
pub use sync::last_look::{finish, leave_to_others, partially_resolved};
pub use tickets::labels::{put_back, relabel, unlabelled};
pub use tickets::ownership::is_accepted_on;
pub use types::ended::Ended;
pub use types::ending::{Ending, How};
pub use types::input::{Input, TimeLimit};
pub use types::next::Next;
pub use types::outcome::{GroupAction, GroupOutcome};
pub use types::plan::{Plan, Step, Work};
pub use types::remediation::Remediation;
pub use types::snapshot::{BranchTip, Snapshot};
