//! What a plan is made of.

use crate::config::valid::Config;
use crate::document::Document;
use crate::model::fingerprint::Fingerprint;
use crate::model::remembered::Remembered;
use crate::model::run::Merge;
use crate::model::run::Run;
use crate::model::survey::Survey;

/// What a plan is made of.
pub struct Input<'a> {
    /// All that the reports say.
    pub survey: &'a Survey,
    /// What is being run on.
    pub run: &'a Run,
    /// The pull request that the run is about, though its event is a push.
    pub merge: Option<&'a Merge>,
    /// What the user configured.
    pub config: &'a Config,
    /// Findings or groups to file, where the user names them (`--only`); empty: all.
    pub only: &'a [Fingerprint],
    /// The tracker's host and context path.
    pub site: &'a str,
    /// Ids of tickets that were made lately, which the tracker's index may not know yet.
    pub recent: &'a [u64],
    /// What earlier runs remember of the tickets that they made.
    pub remembered: &'a [Remembered],
    /// Whether there is a pull request whose section may remember more.
    pub recalls: bool,
    /// Whether the mass-resolve guard is overridden.
    pub mass_resolve: bool,
    /// Shortens a document to what the tracker takes.
    pub fit: &'a dyn Fn(Document) -> Document,
}

impl Input<'_> {
    /// The branch that the run's pull request is to be merged into, where there is a pull request.
    pub fn pull_request_base(&self) -> Option<&str> {
        let own = self.run.pull_request.and(self.run.base.as_deref());
        own.or_else(|| self.merge.map(|merge| merge.base.as_str()))
    }
}
