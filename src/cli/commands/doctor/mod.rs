//! `casefile doctor`.

mod table;

use std::process::ExitCode;

use url::Url;

use crate::cli::args::{CommonArgs, DoctorArgs, OnTrackerError, OutputFormat, RunOptions};
use crate::cli::ending::{end_in_order, problems};
use crate::cli::output::printer;
use crate::cli::setup::configuration::{self, configured};
use crate::cli::setup::connect;
use crate::cli::setup::prepare::{Prepared, prepare};
use crate::compose::section::TicketDetail;
use crate::config::{Deployment, TrackerKind};
use crate::error::{Error, ErrorClass, Result};
use crate::http::{AddressStanding, Base};
use crate::model::answer::Failure;
use crate::model::auth_method::AuthMethod;
use crate::model::check::{Check, Health};
use crate::model::scan::Problem;
use crate::pipeline::Job;
use crate::pipeline::doctor::{self, Diagnosis, Provider, TrackerFindings};
use crate::pipeline::result::Requests;
use crate::tracker::Write;
use crate::tracker::jira::Jira;
use crate::tracker::local::{FOLDER, Local};

/// Checks everything that a run needs, and reports its state.
pub(crate) async fn doctor(common: &CommonArgs, args: &DoctorArgs) -> Result<ExitCode> {
    let mut look = DoctorFindings::default();
    let (seen, requests, detail) = look.everywhere(common, args).await;
    let diagnosis = Diagnosis::new(look.provider, look.checks, seen, requests).within(detail);
    match common.format {
        OutputFormat::Json => printer::json(&diagnosis),
        _ => table::print(&diagnosis, common),
    }
    let failed = diagnosis.checks.iter().any(|check| check.state == Health::Failed);
    Ok(ExitCode::from(match () {
        () if look.wrong => ErrorClass::Usage.exit_code(),
        () if failed => ErrorClass::Remote.exit_code(),
        () => 0,
    }))
}

/// What was found so far.
#[derive(Default)]
struct DoctorFindings {
    provider: Provider,
    checks: Vec<Check>,
    /// Whether the arguments or the configuration are wrong.
    wrong: bool,
}

impl DoctorFindings {
    /// Goes from the configuration to the tracker; what does not work only prevents what depends on it.
    async fn everywhere(
        &mut self,
        common: &CommonArgs,
        args: &DoctorArgs,
    ) -> (TrackerFindings, Requests, TicketDetail) {
        let nothing = (TrackerFindings::default(), Requests { tracker: 0, github: 0 }, TicketDetail::Keys);
        let run = RunOptions::without_reports(args.time_limit, OnTrackerError::Fail);
        let found = configured(common).and_then(|found| configuration::require(&found, common));
        if let Err(error) = found {
            self.fail("configuration", &error);
            return nothing;
        }
        let prepared = match prepare(common, &run).await {
            Ok(prepared) => prepared,
            Err(error) => {
                self.fail("environment", &error);
                return nothing;
            }
        };
        self.checks
            .push(Check::ok("configuration", format!("valid; repository {}", prepared.run.repository)));
        self.checks.push(Check::ok("tracker", prepared.source()));
        end_in_order(&prepared.stop);
        let mut job = match prepared.job(&run, "") {
            Ok(job) => job,
            Err(error) => {
                self.fail("GitHub", &error);
                return nothing;
            }
        };
        let warned = |known: &Problem| Check::of("identity", Health::Warning, known);
        self.checks.extend(job.known.iter().map(warned));
        self.checks.extend(doctor::setting(&job).await);
        // what it reported has been shown already
        let github = job.github_requests();
        job.annotator = None;
        let (seen, tracker) = self.tracker(&prepared, &job, args).await;
        prepared.progress.end();
        (seen, Requests { tracker, github }, prepared.detail())
    }

    async fn tracker(
        &mut self,
        prepared: &Prepared,
        job: &Job<'_>,
        args: &DoctorArgs,
    ) -> (TrackerFindings, u64) {
        match prepared.config.tracker {
            TrackerKind::Local => {
                let tracker = Local::new(prepared.root.join(FOLDER), prepared.run.now);
                self.provider.provider_key = Some("local");
                match tracker.probe() {
                    Ok(()) => self.checks.push(Check::ok("folder", format!("{FOLDER}/ is writable"))),
                    Err(why) => {
                        let check = Check::failed("folder", why.to_string());
                        self.checks
                            .push(check.hint(format!("Make {FOLDER}/ a folder that casefile can write to.")));
                        return (TrackerFindings::default(), 0);
                    }
                }
                let (mut seen, requests) = seen(&tracker, job, args).await;
                // accounts, permissions and screens mean nothing in a folder
                seen.checks.retain(|check| check.state != Health::Ok || check.name == doctor::TEST_TICKET);
                seen.account = None;
                (seen, requests)
            }
            TrackerKind::Jira => match self.connect(prepared).await {
                Some(jira) => seen(&jira, job, args).await,
                None => (TrackerFindings::default(), 0),
            },
        }
    }

    /// Jira, if it can be connected to.
    async fn connect(&mut self, prepared: &Prepared) -> Option<Jira> {
        let config = &prepared.config;
        if let Some(jira) = &config.jira {
            self.provider.auth_method = jira.auth.map(AuthMethod::name);
        }
        if let Some(error) = prepared.barred() {
            self.fail("origin", error);
            if prepared.is_refused() {
                return None;
            }
        }
        if let Some(address) = connect::address(config) {
            self.provider.base_url = shown(&address);
            match connect::site(&address, &connect::gate(config)) {
                Ok(site) => self.address(prepared, &site).await?,
                Err(error) => {
                    self.provider.allowlist_status = Some(AddressStanding::Blocked.name());
                    self.fail("address", &error);
                    return None;
                }
            }
        }
        match prepared.jira_to_check(prepared.stop.deadline()) {
            Ok(jira) => {
                let method = jira.method();
                self.is(if jira.is_cloud() { Deployment::Cloud } else { Deployment::DataCenter });
                self.provider.auth_method = Some(method.name());
                self.provider.scopes = method.scopes().to_vec();
                self.provider.revoke_at = Some(method.revoking());
                let variables = method.variables().join(" and ");
                self.checks.push(Check::ok("credentials", format!("{}, from {variables}", method.name())));
                Some(jira)
            }
            Err(error) => {
                self.fail("credentials", &error);
                None
            }
        }
    }

    /// What the address resolves to. `None`: nothing that may be connected to.
    async fn address(&mut self, prepared: &Prepared, site: &Base) -> Option<()> {
        let config = &prepared.config;
        self.provider.base_url = Some(site.as_str().to_owned());
        if let Some(deployment) = connect::deployment(config, site) {
            self.is(deployment);
        }
        let url = site.at(std::iter::empty());
        if connect::is_proxied(config) && url.scheme() == "https" {
            let message = "not checked: unless NO_PROXY names the host, requests go through a proxy, which \
                           resolves the host name itself";
            self.checks.push(Check::ok("address", message));
            return Some(());
        }
        let client = connect::client(config, &prepared.root, connect::gate(config), prepared.stop.deadline());
        let client = client.map_err(|error| self.fail("connection", &error)).ok()?;
        let check = match client.standing(&url).await {
            Ok(standing) => {
                self.provider.allowlist_status = Some(standing.name());
                match standing {
                    AddressStanding::Public => Check::ok("address", "it resolves to public addresses"),
                    AddressStanding::Allowed => Check::ok(
                        "address",
                        "it resolves to private addresses that `jira.allow-networks` allows",
                    ),
                    AddressStanding::Blocked => {
                        let why = "the host name resolves to private or reserved addresses that \
                                   `jira.allow-networks` does not allow";
                        doctor::failure("address", &Failure::Blocked(why.to_owned()))
                    }
                }
            }
            Err(failure) => doctor::failure("address", &failure),
        };
        let is_open = check.state == Health::Ok;
        self.checks.push(check);
        is_open.then_some(())
    }

    fn is(&mut self, deployment: Deployment) {
        let (key, mode) = match deployment {
            Deployment::Cloud => ("jira_cloud", "cloud"),
            Deployment::DataCenter => ("jira_data_center", "self-hosted"),
        };
        self.provider.provider_key = Some(key);
        self.provider.deployment_mode = Some(mode);
    }

    fn fail(&mut self, name: &str, error: &Error) {
        self.wrong |= error.kind() == ErrorClass::Usage;
        let each = problems(error);
        if each.is_empty() {
            self.checks.push(Check::failed(name, error.to_string()).hint(error.advice().unwrap_or_default()));
        }
        self.checks.extend(each.iter().map(|problem| Check::of(name, Health::Failed, problem)));
    }
}

/// What a tracker says, and a test ticket if one is requested.
async fn seen<T: Write>(tracker: &T, job: &Job<'_>, args: &DoctorArgs) -> (TrackerFindings, u64) {
    let mut seen = doctor::tracker(tracker, job).await;
    if args.test_ticket {
        if seen.is_well() {
            let (checks, ticket) = doctor::test_ticket(tracker, job, args.keep).await;
            seen.checks.extend(checks);
            seen.test_ticket = ticket;
        } else {
            let message = "not filed, because of the failures above";
            seen.checks.push(Check::warning("test ticket", message).hint("Fix those first."));
        }
    }
    (seen, tracker.requests())
}

/// The form of an address that may be shown: without anything that may be a secret.
fn shown(address: &str) -> Option<String> {
    let mut url = Url::parse(address.trim()).ok()?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_secrets() {
        let check = |address: &str, expected: Option<&str>| assert_eq!(shown(address).as_deref(), expected);
        check("https://acme.atlassian.net/", Some("https://acme.atlassian.net"));
        check(
            "https://me:geheim@jira.example.com/jira?token=geheim#geheim",
            Some("https://jira.example.com/jira"),
        );
        check("mailto:geheim", None);
        check("geheim", None);
    }
}
