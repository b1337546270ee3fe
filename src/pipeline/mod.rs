//! What each command does, step by step.
//!
//! | folder | what is in it |
//! |---|---|
//! | `job` | what is to be done, and with what |
//! | `stages` | the steps that commands share: from reports to a survey, from questions to a plan, and what follows filing |
//! | `outcome` | the result: its JSON and the exit code |
//! | `annotate` | the pull request's section: what it says, and how it is written |
//! | `commands` | one file per command: start reading at [`run`] |

mod annotate;
mod annotator;
mod commands;
mod job;
mod outcome;
mod stages;

pub(crate) use annotator::Annotator;
pub(crate) use commands::export::export;
pub(crate) use commands::link::{Act, LinkResult, link};
pub(crate) use commands::plan::plan;
pub(crate) use commands::refresh::only::Only;
pub(crate) use commands::refresh::refresh;
pub(crate) use commands::report::{Whose, report};
pub(crate) use commands::run::run;
pub(crate) use commands::{disconnect, doctor, refresh};
pub(crate) use job::{Job, Watch, detail};
pub(crate) use outcome::{document, finding, gate, result};
