//! The commands as stories: what each does, step by step.
//!
//! | folder | what is in it |
//! |---|---|
//! | `job` | what is to be done, and with what |
//! | `stages` | the steps that commands share: from reports to a survey, from questions to a plan, and what follows filing |
//! | `outcome` | what came of it: the JSON result and the exit code |
//! | `annotate` | the pull request's section: what it says, and how it is written |
//! | `commands` | one story a file: start reading at [`run`] |

mod annotate;
mod annotator;
mod commands;
mod job;
mod outcome;
mod stages;

pub use annotator::Annotator;
pub use commands::disconnect::disconnect;
pub use commands::export::export;
pub use commands::link::{Act, LinkResult, link};
pub use commands::plan::plan;
pub use commands::refresh::only::Only;
pub use commands::refresh::refresh;
pub use commands::report::{Whose, report};
pub use commands::run::run;
pub use commands::{disconnect, doctor, refresh};
pub use job::{Job, Watch, detail};
pub use outcome::{document, finding, gate, result};
