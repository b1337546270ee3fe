//! Connects to what the configuration and the environment name. The one place that reads `JIRA_*`.

use std::path::Path;

use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use crate::config::{Auth as AuthKind, Config, Deployment};
use crate::error::{Error, Result};
use crate::github::client::Client as Github;
use crate::github::context::Context;
use crate::http::{self, Base, Client, Gate, Patience, Proxy, Settings};
use crate::tracker::jira::{Auth, Jira};

/// A variable of the environment; an empty one is as good as none.
pub(super) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "credentials come from the environment alone")]
    let value = std::env::var(name).ok();
    value.filter(|value| !value.trim().is_empty())
}

/// Jira, as configuration and environment name it. Nothing is sent yet.
pub(super) fn jira(config: &Config, root: &Path, deadline: Instant) -> Result<Jira> {
    let jira = config.jira.as_ref().ok_or_else(|| {
        Error::usage("`tracker: jira` needs a `jira` section with a `project`")
            .hint("add `jira: {project: KEY}` to the configuration")
    })?;
    // The environment goes before the file.
    let address = variable("JIRA_BASE_URL").or_else(|| jira.url.as_ref().map(Url::to_string));
    let address = address.ok_or_else(|| {
        Error::usage("the Jira site is not known")
            .hint("set JIRA_BASE_URL, e.g. https://acme.atlassian.net, or `jira.url` in the configuration")
    })?;
    if jira.deployment == Some(Deployment::DataCenter) {
        return Err(Error::usage("this version files in Jira Cloud; Data Center is not supported yet"));
    }
    if !matches!(jira.auth, None | Some(AuthKind::ApiToken)) {
        return Err(Error::usage("this version signs in with an API token; `jira.auth` names another way")
            .hint("use `auth: api-token` with JIRA_USER_EMAIL and JIRA_API_TOKEN"));
    }
    let gate = Gate::new(jira.allow_networks.clone());
    let base = Base::parse(&address, &gate).map_err(|why| {
        Error::usage(format!("PROVIDER_BASE_URL_BLOCKED: the Jira address cannot be used: {why}"))
            .hint("give the site's https address; a private network must stand in `jira.allow-networks`")
    })?;
    let missing = |name: &str| {
        Error::remote(format!("PROVIDER_AUTH_REQUIRED: {name} is not set"))
            .hint("create an API token at id.atlassian.com and pass it with the account's e-mail address")
    };
    let email = variable("JIRA_USER_EMAIL").ok_or_else(|| missing("JIRA_USER_EMAIL"))?;
    let token = variable("JIRA_API_TOKEN").ok_or_else(|| missing("JIRA_API_TOKEN"))?;
    let auth = Auth::ApiToken { email, token: SecretString::from(token) };
    let settings = Settings {
        proxy: proxy(config),
        authorities: authorities(config, root)?,
        ..Settings::new(gate, deadline)
    };
    Ok(Jira::cloud(Client::new(settings)?, base, auth))
}

/// GitHub's API, where the run has a token for it.
pub(super) fn github(config: &Config, root: &Path, context: &Context) -> Result<Option<Github>> {
    let runner = &context.runner;
    let (Some(api), Some(token)) = (&runner.api, &runner.token) else { return Ok(None) };
    let authorities = authorities(config, root)?;
    let http = http::trusted(proxy(config).as_ref(), authorities.as_deref())?;
    Github::new(api, token, &context.repository.name, http).map(Some)
}

/// A client for other services on the web, which sends everything once.
pub(super) fn web(config: &Config, root: &Path, deadline: Instant) -> Result<Client> {
    let networks = config.jira.as_ref().map(|jira| jira.allow_networks.clone()).unwrap_or_default();
    Client::new(Settings {
        proxy: proxy(config),
        authorities: authorities(config, root)?,
        patience: Patience { repeats: 0, ..Patience::default() },
        ..Settings::new(Gate::new(networks), deadline)
    })
}

/// The configuration's proxy, else the environment's.
fn proxy(config: &Config) -> Option<Proxy> {
    let configured = config.proxy.as_ref().map(Url::to_string);
    let named = || ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"].into_iter().find_map(variable);
    let url = configured.or_else(named)?;
    let except = ["NO_PROXY", "no_proxy"].into_iter().find_map(variable);
    Some(Proxy { url: SecretString::from(url), except })
}

fn authorities(config: &Config, root: &Path) -> Result<Option<Vec<u8>>> {
    let Some(name) = &config.ca_file else { return Ok(None) };
    let read = std::fs::read(root.join(name));
    read.map(Some).map_err(|error| Error::usage(format!("`ca-file` {name} cannot be read: {error}")))
}
