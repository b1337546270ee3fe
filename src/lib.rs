//! casefile files the findings of a pipeline's security scanners in Jira, each exactly once, and writes the ticket keys
//! into the pull request.
//!
//! This page is the map. A run goes from stage to stage, and each stage hands on plain data of [`model`], the
//! vocabulary:
//!
//! ```text
//! reports → findings → policy → groups = survey → queries → snapshot → plan → apply → section
//! ```
//!
//! 1. **Reports.** [`report`] finds the files and recognises each by its content:
//!    [`FORMATS`](report::detect::FORMATS) is the table. A reader hands every
//!    [`Finding`](model::finding::Finding), complete and one at a time, to a [`Sink`](report::Sink), and
//!    closes each [`Scan`](model::scan::Scan). What cannot be read is a counted
//!    [`Problem`](model::scan::Problem). GitHub's own alerts (`github::alerts`) are read as if they
//!    were a file.
//! 2. **Policy.** `policy` checks a finding against the [`Config`](config::Config): it is reported, or skipped
//!    with a reason ([`ExclusionReason`](model::finding::ExclusionReason)). Nothing is dropped.
//! 3. **Groups.** The [`SurveyBuilder`](group::SurveyBuilder) gives each finding its
//!    [`Fingerprint`](model::fingerprint::Fingerprint)s and puts findings into the
//!    [`Group`](model::survey::Group)s that become one ticket each. All that the reports say is then
//!    one [`Survey`](model::survey::Survey).
//! 4. **Queries.** [`plan::next`] examines the survey and the responses so far. While something is missing it
//!    returns the next query, an [`Ask`](model::answer::Ask). A tracker that can be read
//!    ([`tracker::Read`]) answers, and the answers are collected in a [`Snapshot`](plan::Snapshot).
//! 5. **Plan.** When nothing is missing, the same function returns the [`Plan`](plan::Plan): everything that
//!    would be written, as data, worded by [`compose`]. Up to here everything is pure: no clock,
//!    no environment, no network. `casefile plan` ends here.
//! 6. **Apply.** only [`apply::apply`] writes to a tracker ([`tracker::Write`]), and returns what became
//!    of each action: [`Outcomes`](apply::Outcomes). What the tracker refused is written to a folder
//!    (`export`), and people are notified (`notify`); `page` shows all that was filed.
//! 7. **Section.** [`compose::section`] renders what the pull request shows, and `github` puts it into
//!    the description.
//!
//! Before the first run, `init` proposes a configuration and a workflow.
//!
//! `pipeline` has what each command does from beginning to end. [`serve`] starts a refresh whenever Jira says that a
//! ticket changed. [`cli`] is the command line around them, and the only module that prints. A ticket carries a
//! [`Record`](model::record::Record), by which the next run knows what this one did. Text from outside is a
//! [`Document`](document::Document) or a plain string until a renderer of [`document`] escapes it. [`http`] is the one
//! client that reaches a tracker, `files` decides what is opened and how it is written, and patterns with wildcards are
//! a `Wildcard` wherever they are written. An [`Error`](error::Error) ends a command, with an exit code and a hint.
//!
//! Imports point one way, towards [`error`], [`document`] and `wildcard`: the test `arrows` enforces it. Modules that
//! only this crate needs are private, so that the compiler finds what nobody uses.

// What the stages hand on.
pub mod model;

// The stages, in their order. The blank lines keep it.
pub mod report;

pub mod config;
mod policy;

pub mod group;

pub mod tracker;

pub mod compose;
pub mod plan;

pub mod apply;
mod export;

pub mod ci;
mod github;
mod init;
mod notify;
mod page;

// The stories that they make, and the command line around these.
mod pipeline;

pub mod serve;

pub mod cli;

// What they all build on.
pub mod document;
pub mod error;
mod files;
pub mod http;
mod wildcard;
