//! Input that means harm: reports, texts of people and of scanners, command lines.

#[path = "hostile/command_line.rs"]
mod command_line;
#[path = "hostile/events.rs"]
mod events;
#[path = "hostile/harness.rs"]
pub(crate) mod harness;
#[path = "hostile/page.rs"]
pub(crate) mod page;
#[path = "hostile/pull_request.rs"]
mod pull_request;
#[path = "hostile/reports.rs"]
mod reports;
#[path = "hostile/table.rs"]
mod table;
#[path = "hostile/texts.rs"]
mod texts;
