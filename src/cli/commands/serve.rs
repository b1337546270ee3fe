//! `casefile serve`: what it serves, according to the configuration and the environment.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::time::Instant;
use url::{Host, Url};

use crate::cli::args::{CommonArgs, ServeArgs, TrackerName};
use crate::cli::ending::asked_to_end;
use crate::cli::setup::configuration::{Configured, configured};
use crate::cli::setup::connect::{self, variable};
use crate::cli::setup::credentials::CredentialHints;
use crate::config::{self, Config, Slack, TrackerKind};
use crate::error::{Error, ErrorClass, Result};
use crate::github::app::{Access, GithubApp};
use crate::github::context::{EventCheckout, EventContext, Runner, in_actions, is_repository_name};
use crate::http::AddressPolicy;
use crate::model::auth_method::AuthMethod;
use crate::model::repository::Repository;
use crate::serve::{self, ServeSettings, SlackChannel, WebhookSite, WebhookVerifier};
use crate::tracker::jira::Jira;

/// A server has no time limit: each piece of its work has its own.
const FOR_EVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// Variables that are the same for all sites: where Atlassian is, and where logins are stored.
const COMMON: [&str; 5] = ["JIRA_API_GATEWAY", "JIRA_AUTH_SERVER", "XDG_STATE_HOME", "HOME", "LOCALAPPDATA"];

/// Serves until it is asked to stop.
pub(crate) async fn serve(common: &CommonArgs, args: &ServeArgs) -> Result<ExitCode> {
    refuse_in_actions(in_actions(&variable))?;
    let Configured { here, config, .. } = configured(common)?;
    require_jira(common, &config)?;
    let register = args.register.as_deref().map(address).transpose()?;
    let settings = ServeSettings {
        sites: sites(&config, &here)?,
        repositories: repositories(&config, &here)?,
        github: github(&config, &here)?,
        register,
        clock: now,
        slack: slack(&config, &here)?,
        config,
    };
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        Error::usage(format!("cannot listen on {}: {error}", args.listen))
            .hint("choose another address or port with `--listen`")
    })?;
    serve::serve(listener, settings, asked_to_end()).await?;
    Ok(ExitCode::SUCCESS)
}

/// A server does not run for an event, so it cannot know whose code the configuration beside it is.
fn refuse_in_actions(in_actions: bool) -> Result<()> {
    if !in_actions {
        return Ok(());
    }
    Err(Error::usage(
        "`casefile serve` cannot run in a workflow, because it would follow the configuration of whatever \
         code is checked out there",
    )
    .hint("run it on your own machine, or run `casefile refresh` in the workflow"))
}

/// A folder of tickets sends no webhooks.
fn require_jira(common: &CommonArgs, config: &Config) -> Result<()> {
    let is_local = match common.tracker {
        Some(named) => named == TrackerName::Local,
        // sites may be named outside `jira`
        None => config.tracker == TrackerKind::Local && config.serve.sites.is_empty(),
    };
    if !is_local {
        return Ok(());
    }
    Err(Error::usage(
        "`casefile serve` receives Jira's webhooks, but the tracker is a local folder, which sends none",
    )
    .hint(
        "add a `jira` section to the configuration and omit `--tracker local`; with a local folder, run \
         `casefile refresh` instead",
    ))
}

/// The channel that is notified of failures, if the environment has one and the configuration wants it.
fn slack(config: &Config, here: &Path) -> Result<Option<SlackChannel>> {
    let webhook = variable("SLACK_WEBHOOK_URL").filter(|_| config.notify.slack != Slack::Never);
    let Some(webhook) = webhook else { return Ok(None) };
    let client = connect::web(config, here, Instant::now() + FOR_EVER)?;
    Ok(Some(SlackChannel { client, webhook: webhook.into() }))
}

fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "a server runs too long for a single reading of the clock")]
    Timestamp::now()
}

/// The site of `jira`, and those of `serve.sites`.
fn sites(config: &Config, root: &Path) -> Result<Vec<WebhookSite>> {
    let mut sites = Vec::new();
    let is_configured = config.jira.is_some() || config.serve.sites.is_empty();
    if is_configured {
        let tracker = connect::jira(config, root, Instant::now() + FOR_EVER).map_err(unserved)?;
        let mut projects: Vec<String> = config.jira.iter().map(|jira| jira.project.clone()).collect();
        projects.extend(config.routes.iter().filter_map(|route| route.project.clone()));
        projects.sort();
        projects.dedup();
        sites.push(site(None, tracker, projects, &variable)?);
    }
    for (name, further) in &config.serve.sites {
        let own = |asked: &str| variable(&variable_of(asked, name));
        let tracker = further_site(name, further, config, root)?;
        sites.push(site(Some(name.clone()), tracker, further.projects.clone(), &own)?);
    }
    Ok(sites)
}

/// Nothing has been sent to Jira yet: missing credentials count as wrong arguments, like any other missing variable.
fn unserved(error: Error) -> Error {
    if error.kind() != ErrorClass::Remote {
        return error;
    }
    let hint = error.advice().unwrap_or_default();
    Error::usage(error.to_string()).hint(hint)
}

/// `JIRA_API_TOKEN` of the site `ops` is `JIRA_API_TOKEN_OPS`: no credential of one site is sent to another.
fn variable_of(name: &str, site: &str) -> String {
    if COMMON.contains(&name) {
        return name.to_owned();
    }
    format!("{name}_{}", site.to_ascii_uppercase().replace('-', "_"))
}

fn further_site(name: &str, site: &config::SiteConfig, config: &Config, root: &Path) -> Result<Jira> {
    let own = |asked: &str| variable(&variable_of(asked, name));
    let base = variable_of("JIRA_BASE_URL", name);
    let address = variable(&base).or_else(|| site.url.as_ref().map(Url::to_string)).ok_or_else(|| {
        Error::usage(format!("the address of the site `{name}` is not known"))
            .hint(format!("set {base}, or `serve.sites.{name}.url` in the configuration"))
    })?;
    let gate = AddressPolicy::new(site.allow_networks.clone());
    let known = CredentialHints { auth: site.auth, deployment: site.deployment };
    let until = Instant::now() + FOR_EVER;
    connect::jira_at(&address, gate, known, config, root, until, &own).map_err(unserved).map_err(|error| {
        let hint = error.advice().unwrap_or_default();
        Error::new(
            error.kind(),
            format!("site `{name}` (its variables end with `{}`): {error}", variable_of("", name)),
        )
        .hint(hint)
    })
}

fn site(
    name: Option<String>,
    tracker: Jira,
    projects: Vec<String>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<WebhookSite> {
    // pasting leaves a line break
    let secret =
        |name: &str| variable(name).map(|text| SecretString::from(text.trim_end_matches(['\r', '\n'])));
    let shared = secret("JIRA_WEBHOOK_SECRET");
    let app = secret("JIRA_CLIENT_SECRET").filter(|_| tracker.method() == AuthMethod::Oauth);
    if shared.is_none() && app.is_none() {
        let called = name
            .as_ref()
            .map_or("JIRA_WEBHOOK_SECRET".to_owned(), |name| variable_of("JIRA_WEBHOOK_SECRET", name));
        return Err(Error::usage(format!("{called} is not set or is empty, so anybody could send webhooks"))
            .hint("set it to a long random string, and give Jira's webhook the same secret"));
    }
    let verifier = WebhookVerifier::new(shared.as_ref(), app.as_ref())?;
    Ok(WebhookSite { name, tracker, verifier, secret: shared, projects })
}

/// Those of `serve`, otherwise the one that the configuration or the checkout names. The configuration's own repository
/// is known by everything that is listed there.
fn repositories(config: &Config, here: &Path) -> Result<Vec<Repository>> {
    let listed = &config.repository;
    let named = &config.serve.repositories;
    let named = if named.is_empty() { listed.get(..1).unwrap_or_default() } else { named };
    if named.is_empty() {
        return Ok(vec![EventCheckout::read(here)?.repository]);
    }
    let own = |one: &Repository| listed.first().is_some_and(|own| own.fingerprint() == one.fingerprint());
    named
        .iter()
        .map(|one| {
            if is_repository_name(&one.name) {
                return Ok(one.clone().known_as(if own(one) { listed } else { &[] }));
            }
            Err(Error::usage(format!("{} is not a repository on GitHub", one.name))
                .hint("write it as host/owner/name in `serve.repositories`"))
        })
        .collect()
}

/// GitHub through a GitHub App if one is configured, otherwise with a token.
fn github(config: &Config, here: &Path) -> Result<Access> {
    let anywhere = Repository { host: String::new(), id: None, name: String::new(), also: Vec::new() };
    let Runner { api, token, .. } =
        EventContext::of_checkout(&variable, &EventCheckout::of(here, anywhere))?.runner;
    let http = connect::trusted(config, here)?;
    let api = api
        .ok_or_else(|| Error::usage("the address of GitHub's API is not known").hint("set GITHUB_API_URL"))?;
    match (variable("GITHUB_APP_ID"), variable("GITHUB_APP_PRIVATE_KEY"), token) {
        (Some(id), Some(key), _) => Ok(Access::by_app(api, http, GithubApp::new(&id, &key.into())?)),
        (Some(_), None, _) => {
            Err(Error::usage("GITHUB_APP_PRIVATE_KEY is not set, although GITHUB_APP_ID is"))
        }
        (None, Some(_), _) => {
            Err(Error::usage("GITHUB_APP_ID is not set, although GITHUB_APP_PRIVATE_KEY is"))
        }
        (None, None, Some(token)) => Ok(Access::by_token(api, http, token)),
        (None, None, None) => Err(Error::usage("GitHub cannot be queried: there is no GITHUB_TOKEN").hint(
            "set GITHUB_TOKEN to a token that can write to pull requests, or set GITHUB_APP_ID and \
             GITHUB_APP_PRIVATE_KEY",
        )),
    }
}

/// The address at which Jira reaches this server.
fn address(text: &str) -> Result<Url> {
    let wrong = |why: &str| {
        Error::new(ErrorClass::Usage, format!("`--register` does not accept this address: {why}"))
            .hint("give the address at which Jira reaches this server, e.g. https://casefile.example.com")
    };
    let url = Url::parse(text.trim()).map_err(|_| wrong("it is not a URL"))?;
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return Err(wrong("it has no host")),
    };
    if !(url.scheme() == "https" || url.scheme() == "http" && loopback) {
        return Err(wrong("it is not https"));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(wrong("it contains more than a host and a path"));
    }
    if url.path().trim_end_matches('/').ends_with("/webhooks/jira") {
        return Err(wrong("it ends with /webhooks/jira, which casefile adds itself"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_no_step_of_a_workflow() {
        assert!(refuse_in_actions(true).is_err() && refuse_in_actions(false).is_ok());
    }

    #[test]
    fn each_site_has_its_own_credentials() {
        let check = |name: &str, site: &str, end: &str| {
            assert_eq!(variable_of(name, site), format!("{name}{end}"));
        };
        check("JIRA_API_TOKEN", "ops", "_OPS");
        check("JIRA_WEBHOOK_SECRET", "eu-west", "_EU_WEST");
        check("JIRA_API_GATEWAY", "ops", "");
    }

    #[test]
    fn webhooks_come_over_https() {
        let check = |text: &str, expected: Option<&str>| {
            let said = address(text).map(|url| url.to_string()).map_err(|error| error.to_string());
            match expected {
                None => assert!(said.is_ok(), "{said:?}"),
                Some(why) => assert!(said.as_ref().is_err_and(|error| error.contains(why)), "{said:?}"),
            }
        };
        check("https://casefile.example.com/hooks", None);
        check("http://127.0.0.1:8080", None);
        check("http://casefile.example.com", Some("not https"));
        check("casefile.example.com", Some("not a URL"));
        check("https://user:hunter2@a.example", Some("more than a host"));
        check("https://a.example/webhooks/jira", Some("which casefile adds itself"));
    }
}
