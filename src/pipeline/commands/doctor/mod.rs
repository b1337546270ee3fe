//! `casefile doctor`: checks what a run needs before any ticket is filed.

mod sample;
mod setting;
mod states;
mod test_ticket;
mod tracker;

use serde::Serialize;

use crate::compose::section::TicketDetail;
use crate::model::answer::{Failure, ProjectName};
use crate::model::check::{Check, Health};
use crate::model::scan::Problem;
pub(crate) use crate::pipeline::commands::doctor::setting::setting;
pub(crate) use crate::pipeline::commands::doctor::test_ticket::{
    NAME as TEST_TICKET, TestTicket, test_ticket,
};
pub(crate) use crate::pipeline::commands::doctor::tracker::{TrackerFindings, tracker};
use crate::pipeline::outcome::ticket::Requests;

/// Where tickets are stored, and how casefile gets there (`docs/doctor.md`). `None`: not known.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Provider {
    /// `jira_cloud`, `jira_data_center` or `local`.
    pub provider_key: Option<&'static str>,
    /// `cloud` or `self-hosted`.
    pub deployment_mode: Option<&'static str>,
    /// The site's address, without any secret that it may contain.
    pub base_url: Option<String>,
    /// The authentication method.
    pub auth_method: Option<&'static str>,
    /// The scopes that this method needs.
    pub scopes: Vec<&'static str>,
    /// `public`, `allowed` or `blocked`; `None` behind a proxy, which is responsible for that.
    pub allowlist_status: Option<&'static str>,
    /// Where access is revoked.
    pub revoke_at: Option<&'static str>,
}

/// Everything that was found.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Diagnosis {
    /// Of this document.
    pub version: u32,
    /// The first state of `docs/jira.md` that prevents tickets from being filed.
    pub provider_state: Option<String>,
    /// Where tickets are stored.
    #[serde(flatten)]
    pub provider: Provider,
    /// Who we are there.
    pub account: Option<String>,
    /// The projects that the account can see; only the first ones if there are many.
    pub projects: Vec<ProjectName>,
    /// Each part of the setup.
    pub checks: Vec<Check>,
    /// The test ticket that was filed.
    pub test_ticket: Option<TestTicket>,
    /// The checks that found a problem, in the form in which other commands report problems.
    pub problems: Vec<Problem>,
    /// How many requests it took.
    pub requests: Requests,
}

impl Diagnosis {
    /// A diagnosis of these checks.
    pub(crate) fn new(
        provider: Provider,
        checks: Vec<Check>,
        seen: TrackerFindings,
        requests: Requests,
    ) -> Diagnosis {
        let mut diagnosis = Diagnosis {
            version: 1,
            provider_state: None,
            provider,
            account: seen.account,
            projects: seen.projects,
            checks: Vec::new(),
            test_ticket: seen.test_ticket,
            problems: Vec::new(),
            requests,
        };
        for check in checks.into_iter().chain(seen.checks) {
            // existing tickets and a test ticket show the same
            if diagnosis.checks.contains(&check) {
                continue;
            }
            if check.state == Health::Failed {
                diagnosis.provider_state = diagnosis.provider_state.or_else(|| state(&check.message));
            }
            if check.state != Health::Ok {
                let problem = Problem::new(&check.name, &check.message).hint(check.hint.as_str());
                diagnosis.problems.push(problem);
            }
            diagnosis.checks.push(check);
        }
        diagnosis
    }

    /// The same as far as a place may show it: who works for a company, and on what, is not for everybody to see.
    #[must_use]
    pub(crate) fn within(mut self, detail: TicketDetail) -> Diagnosis {
        if detail != TicketDetail::Full {
            self.account = None;
            self.projects.clear();
        }
        self
    }

    /// How many checks ended in each state: ok, warning, failed.
    pub(crate) fn counts(&self) -> [usize; 3] {
        [Health::Ok, Health::Warning, Health::Failed]
            .map(|state| self.checks.iter().filter(|check| check.state == state).count())
    }
}

/// The state of `docs/jira.md` that a message begins with.
fn state(message: &str) -> Option<String> {
    let word = message.split(':').next()?;
    word.starts_with("PROVIDER_").then(|| word.to_owned())
}

/// A part of the setup that could not be checked, or does not work, because of this failure.
pub(crate) fn failure(name: impl Into<String>, failure: &Failure) -> Check {
    let message = match failure {
        // a check that ran out of time got no response
        Failure::OutOfTime | Failure::Unknown(_) => format!("PROVIDER_UNREACHABLE: {failure}"),
        failure => failure.to_string(),
    };
    Check::failed(name, message).hint(failure.hint())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_looks_show_is_told_once() {
        let check = |name: &str| Check::warning(name, "it has no Labels field");
        let seen = TrackerFindings {
            checks: vec![check("a"), check("b"), check("a")],
            ..TrackerFindings::default()
        };
        let requests = Requests::default();
        let diagnosis = Diagnosis::new(Provider::default(), vec![check("b")], seen, requests);
        let names: Vec<&str> = diagnosis.checks.iter().map(|check| check.name.as_str()).collect();
        assert_eq!((names, diagnosis.problems.len()), (vec!["b", "a"], 2));
    }
}
