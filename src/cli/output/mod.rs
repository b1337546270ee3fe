//! What a command prints and sends: to people, to the runner, to Slack.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod list;
pub(crate) mod no_secrets;
pub(crate) mod notify;
pub(crate) mod pointing;
pub(crate) mod printer;
pub(crate) mod progress;
pub(crate) mod rows;
pub(crate) mod run_page;
pub(crate) mod sarif;
pub(crate) mod silent;
pub(crate) mod step;
mod step_tickets;
pub(crate) mod text;
mod ticket_findings;
pub(crate) mod words;
