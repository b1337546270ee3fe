//! What a command prints and tells: to people, to the runner, to Slack.

pub(crate) mod notify;
pub(crate) mod printer;
pub(crate) mod progress;
pub(crate) mod sarif;
pub(crate) mod silent;
pub(crate) mod step;
pub(crate) mod text;
pub(crate) mod words;
