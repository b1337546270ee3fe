//! What is to be done, and with what.

use std::path::PathBuf;

use crate::compose::section::TicketDetail;
use crate::config;
use crate::config::valid::Config;
use crate::document::Document;
use crate::http::stop::Stop;
use crate::model::fingerprint::Fingerprint;
use crate::model::remembered::Remembered;
use crate::model::run::Run;
use crate::model::scan::Problem;
use crate::model::survey::Survey;
use crate::pipeline::annotator::Annotator;
use crate::plan::types::input::{Input, TimeLimit};

/// What is to be done, and with what.
pub(crate) struct Job<'a> {
    /// What the user configured.
    pub config: &'a Config,
    /// What the run is for.
    pub run: &'a Run,
    /// The checkout's root.
    pub root: PathBuf,
    /// Findings or groups to file, if the user names them; empty: all.
    pub only: Vec<Fingerprint>,
    /// Ids of tickets that earlier runs created, which the tracker's index may not contain yet.
    pub recent: Vec<u64>,
    /// What earlier runs remember about the tickets that they created.
    pub remembered: Vec<Remembered>,
    /// Whether the checkout itself says that the run is on its branch's newest commit: outside CI.
    pub at_tip: bool,
    /// Whether any number of tickets may be resolved at once.
    pub mass_resolve: bool,
    /// How much may be shown on GitHub.
    pub detail: TicketDetail,
    /// The same for pull requests that come from another repository.
    pub detail_of_forks: TicketDetail,
    /// Where the pull request is annotated, if anywhere.
    pub annotator: Option<Annotator>,
    /// Whether there are other Jira sites: if so, what a section says about another site cannot be about this one under
    /// a former name.
    pub other_sites: bool,
    /// What people should know about the run before it begins.
    pub known: Vec<Problem>,
    /// How many requests were sent to GitHub before it begins.
    pub asked: u64,
    /// When to stop.
    pub stop: Stop,
    /// Told what is being done.
    pub watch: &'a (dyn Watch + Sync),
}

/// How much may be shown on GitHub (`SECURITY.md`). `exposed`: everybody can see it; `fork`: it is shown to somebody
/// who wrote code elsewhere.
pub(crate) fn detail(config: &Config, exposed: bool, fork: bool) -> TicketDetail {
    match config.pull_request.detail {
        config::DetailLevel::Full => TicketDetail::Full,
        _ if exposed && fork => TicketDetail::Counts,
        config::DetailLevel::Keys => TicketDetail::Keys,
        config::DetailLevel::Auto if exposed => TicketDetail::Keys,
        config::DetailLevel::Auto => TicketDetail::Full,
    }
}

impl Job<'_> {
    /// How many requests were sent to GitHub.
    pub(crate) fn github_requests(&self) -> u64 {
        self.asked + self.annotator.as_ref().map_or(0, |annotator| annotator.client.requests())
    }

    /// Whether there is a pull request whose section may remember tickets.
    pub(crate) fn recalls(&self) -> bool {
        let known = |one: &Annotator| one.number.is_some() || one.merge().is_some();
        self.config.pull_request.annotate != config::Annotate::None
            && self.annotator.as_ref().is_some_and(known)
    }

    /// What the plan is made from.
    pub(crate) fn input<'i>(
        &'i self,
        survey: &'i Survey,
        site: &'i str,
        fit: &'i dyn Fn(Document) -> Document,
    ) -> Input<'i> {
        Input {
            survey,
            run: self.run,
            merge: self.annotator.as_ref().and_then(Annotator::merge),
            config: self.config,
            only: &self.only,
            site,
            recent: &self.recent,
            remembered: &self.remembered,
            recalls: self.recalls(),
            mass_resolve: self.mass_resolve,
            fit,
            time_limit: &self.stop,
        }
    }
}

impl TimeLimit for Stop {
    fn is_over(&self) -> bool {
        Stop::is_over(self)
    }
}

/// Shows what is being done, for people who wait.
pub(crate) trait Watch {
    /// A stage has begun.
    fn stage(&self, name: &'static str);
    /// How much of it is done.
    fn progress(&self, done: usize, of: usize);
}
