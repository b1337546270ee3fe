//! What a plan is made from.

use std::sync::Arc;

use crate::compose::Provenance;
use crate::config::valid::Config;
use crate::document::Document;
use crate::model::fingerprint::Fingerprint;
use crate::model::remembered::Remembered;
use crate::model::run::{Merge, Run};
use crate::model::survey::Survey;

/// What a plan is made from.
pub struct Input<'a> {
    /// Everything that the reports say.
    pub survey: &'a Survey,
    /// What the run is for.
    pub run: &'a Run,
    /// The pull request that the run belongs to, even if its event is a push.
    pub merge: Option<&'a Merge>,
    /// What the user configured.
    pub config: &'a Config,
    /// Findings or groups to file, where the user names them (`--only`); empty: all.
    pub only: &'a [Fingerprint],
    /// The tracker's host and context path.
    pub site: &'a str,
    /// Ids of tickets that were created recently, which the tracker's index may not contain yet.
    pub recent: &'a [u64],
    /// What earlier runs remember about the tickets that they created.
    pub remembered: &'a [Remembered],
    /// Whether there is a pull request whose section may remember more.
    pub recalls: bool,
    /// Whether the mass-resolve guard is overridden.
    pub mass_resolve: bool,
    /// Shortens a document to what the tracker accepts.
    pub fit: &'a dyn Fn(Document) -> Document,
    /// Until when tickets are drafted.
    pub time_limit: &'a dyn TimeLimit,
}

/// Until when a plan may still be made.
pub trait TimeLimit {
    /// Whether the time is over.
    fn is_over(&self) -> bool;
}

impl Input<'_> {
    /// Where the findings come from, for use in texts.
    pub(crate) fn provenance(&self) -> Provenance {
        Provenance { untracked: Arc::clone(&self.survey.untracked), ..self.run.provenance() }
    }

    /// The base branch of the run's pull request, if there is one.
    pub fn pull_request_base(&self) -> Option<&str> {
        let own = self.run.pull_request.and(self.run.base.as_deref());
        own.or_else(|| self.merge.map(|merge| merge.base.as_str()))
    }
}
