//! Connects to what the configuration and the environment name.

use std::path::Path;

use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use crate::cli::setup::credentials::{CredentialHints, EnvironmentVariables, credentials};
use crate::config::{Config, Deployment};
use crate::error::{Error, Result};
use crate::files;
use crate::github::client::GithubClient as Github;
use crate::github::context::EventContext;
use crate::http::{self, AddressPolicy, Base, Client, Proxy, RetryPolicy, Settings, Stop};
use crate::tracker::jira::Jira;

/// The variables that hold a client certificate and its key, as PEM text.
const CLIENT_CERT: &str = "JIRA_CLIENT_CERT";
const CLIENT_KEY: &str = "JIRA_CLIENT_KEY";
/// The longest file of certificates that is read, in bytes: a system's complete bundle has some 250 KB.
const CERTIFICATES: u64 = 4 << 20;

/// A variable of the environment; an empty one is treated as not set.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "credentials come only from the environment")]
    let value = std::env::var(name).ok();
    value.filter(|value| !value.trim().is_empty())
}

/// Whether the environment has any secret for Jira.
pub(crate) fn has_secret() -> bool {
    let secrets = ["JIRA_API_TOKEN", "JIRA_PERSONAL_ACCESS_TOKEN", "JIRA_PASSWORD", "JIRA_CLIENT_SECRET"];
    secrets.into_iter().any(|name| variable(name).is_some())
}

/// Jira, as the configuration and the environment specify it. Nothing is sent yet.
pub(crate) fn jira(config: &Config, root: &Path, stop: impl Into<Stop>) -> Result<Jira> {
    let jira = config.jira.as_ref().ok_or_else(|| {
        Error::usage("`tracker: jira` needs a `jira` section with a `project`")
            .hint("add `jira: {project: KEY}` to the configuration")
    })?;
    let address = address(config).ok_or_else(|| {
        Error::usage("the Jira site is not known")
            .hint("set JIRA_BASE_URL, e.g. https://acme.atlassian.net, or `jira.url` in the configuration")
    })?;
    let known = CredentialHints { auth: jira.auth, deployment: jira.deployment };
    jira_at(&address, gate(config), known, config, root, stop, &variable)
}

/// Jira at an address, with the credentials that `variable` returns. Nothing is sent yet.
pub(crate) fn jira_at(
    address: &str,
    gate: AddressPolicy,
    known: CredentialHints,
    config: &Config,
    root: &Path,
    stop: impl Into<Stop>,
    variable: EnvironmentVariables<'_>,
) -> Result<Jira> {
    let base = site(address, &gate)?;
    let deployment = known.deployment.or_else(|| is_cloud(&base).then_some(Deployment::Cloud));
    let auth = credentials(CredentialHints { auth: known.auth, deployment }, &base, &gate, variable)?;
    let by_method = if auth.method().is_for_cloud() { Deployment::Cloud } else { Deployment::DataCenter };
    let client = client(config, root, gate, stop)?;
    let jira = match deployment.unwrap_or(by_method) {
        Deployment::Cloud => Jira::cloud(client, base, auth),
        Deployment::DataCenter => Jira::data_center(client, base, auth),
    };
    Ok(jira.with_internal_comments(config.jira.as_ref().is_none_or(|jira| jira.internal_comments)))
}

/// Which kind of Jira it is, if the configuration or the address says so.
pub(crate) fn deployment(config: &Config, site: &Base) -> Option<Deployment> {
    let configured = config.jira.as_ref().and_then(|jira| jira.deployment);
    configured.or_else(|| is_cloud(site).then_some(Deployment::Cloud))
}

/// The site's address: the environment takes precedence over the file.
pub(crate) fn address(config: &Config) -> Option<String> {
    let configured = || config.jira.as_ref().and_then(|jira| jira.url.as_ref()).map(Url::to_string);
    variable("JIRA_BASE_URL").or_else(configured)
}

/// Which addresses of Jira and Atlassian are allowed.
pub(crate) fn gate(config: &Config) -> AddressPolicy {
    AddressPolicy::new(config.jira.as_ref().map(|jira| jira.allow_networks.clone()).unwrap_or_default())
}

/// A site's address, checked.
pub(crate) fn site(address: &str, gate: &AddressPolicy) -> Result<Base> {
    let wrong = |why: &str| {
        Error::usage(format!("PROVIDER_BASE_URL_BLOCKED: the Jira address cannot be used: {why}"))
            .hint(better(address))
    };
    let base = Base::parse(address, gate).map_err(|why| wrong(&why))?;
    let bare = Url::parse(base.as_str()).is_ok_and(|url| url.port().is_none() && url.path() == "/");
    if is_cloud(&base) && !bare {
        return Err(wrong("a Cloud site's address must not contain a port or a path"));
    }
    Ok(base)
}

/// How an address that cannot be used should be written, as far as that is known. Nothing that may be a secret is part
/// of this.
fn better(address: &str) -> String {
    let Ok(url) = Url::parse(address.trim()) else {
        return "write the whole address, e.g. https://acme.atlassian.net".to_owned();
    };
    let mut bare = url.clone();
    // an address of a kind that has neither stays as it is
    let _ = bare.set_username("").and_then(|()| bare.set_password(None));
    bare.set_query(None);
    bare.set_fragment(None);
    match url.host_str() {
        Some(host) if is_cloud_host(host) => format!("write it as https://{host}"),
        Some(_) if bare != url => format!("write it as {}", bare.as_str().trim_end_matches('/')),
        _ => "give the site's https address; if it is on a private network, list the network in \
              `jira.allow-networks`"
            .to_owned(),
    }
}

/// The client for Jira and Atlassian.
pub(crate) fn client(
    config: &Config,
    root: &Path,
    gate: AddressPolicy,
    stop: impl Into<Stop>,
) -> Result<Client> {
    let settings = Settings {
        proxy: proxy(config),
        authorities: authorities(config, root)?,
        identity: identity(config, root)?,
        ..Settings::new(gate, stop)
    };
    Client::new(settings)
}

/// Whether a site belongs to Atlassian.
fn is_cloud(site: &Base) -> bool {
    let site = site.site();
    site.split([':', '/']).next().is_some_and(is_cloud_host)
}

fn is_cloud_host(host: &str) -> bool {
    [".atlassian.net", ".jira.com"].iter().any(|ending| host.trim_end_matches('.').ends_with(ending))
}

/// GitHub's API, if the run has a token for it and the repository is there.
pub(crate) fn github(
    config: &Config,
    root: &Path,
    context: &EventContext,
    stop: &Stop,
) -> Result<Option<Github>> {
    let (Some(api), Some(token)) = (context.own_api(), &context.runner.token) else { return Ok(None) };
    github_as(Some(token), api, config, root, context, stop).map(Some)
}

/// GitHub's API with a token, or anonymously.
pub(crate) fn github_as(
    token: Option<&SecretString>,
    api: &Url,
    config: &Config,
    root: &Path,
    context: &EventContext,
    stop: &Stop,
) -> Result<Github> {
    let github = Github::new(api, token, &context.repository.name, trusted(config, root)?)?;
    Ok(github.stop(stop.clone()))
}

/// The HTTP client for GitHub.
pub(crate) fn trusted(config: &Config, root: &Path) -> Result<reqwest::Client> {
    let authorities = authorities(config, root)?;
    http::trusted(proxy(config).as_ref(), authorities.as_deref())
}

/// Whether requests go through a proxy, which then resolves names.
pub(crate) fn is_proxied(config: &Config) -> bool {
    proxy(config).is_some()
}

/// A client for other services on the web, which sends everything once.
pub(crate) fn web(config: &Config, root: &Path, deadline: Instant) -> Result<Client> {
    let networks = config.jira.as_ref().map(|jira| jira.allow_networks.clone()).unwrap_or_default();
    Client::new(Settings {
        proxy: proxy(config),
        authorities: authorities(config, root)?,
        retry: RetryPolicy { repeats: 0, ..RetryPolicy::default() },
        ..Settings::new(AddressPolicy::new(networks), deadline)
    })
}

/// The configuration's proxy, otherwise the environment's.
fn proxy(config: &Config) -> Option<Proxy> {
    let configured = config.proxy.as_ref().map(Url::to_string);
    let named = || ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"].into_iter().find_map(variable);
    let url = configured.or_else(named)?;
    let except = ["NO_PROXY", "no_proxy"].into_iter().find_map(variable);
    Some(Proxy { url: SecretString::from(url), except })
}

fn authorities(config: &Config, root: &Path) -> Result<Option<Vec<u8>>> {
    config.ca_file.as_deref().map(|name| pem("ca-file", name, config, root)).transpose()
}

/// The client certificate with its private key: the environment's text, otherwise the configuration's files.
fn identity(config: &Config, root: &Path) -> Result<Option<SecretString>> {
    let part = |name: &str, key: &str, file: &Option<String>| match (variable(name), file) {
        (Some(text), _) => Ok(Some(text)),
        (None, Some(file)) => {
            let text = String::from_utf8(pem(key, file, config, root)?);
            text.map(Some)
                .map_err(|_| Error::usage(format!("`{key}` {file} is not a PEM file: it is not text")))
        }
        (None, None) => Ok(None),
    };
    let certificate = part(CLIENT_CERT, "client-cert", &config.client_cert)?;
    let key = part(CLIENT_KEY, "client-key", &config.client_key)?;
    match (certificate, key) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Error::usage("there is a client key but no client certificate")
            .hint(format!("also set `client-cert` or {CLIENT_CERT}"))),
        // one file may contain both
        (Some(both), None) => Ok(Some(both.into())),
        (Some(certificate), Some(key)) => Ok(Some(format!("{}\n{key}", certificate.trim_end()).into())),
    }
}

/// A PEM file that the configuration names: the default branch's, if that is the one that counts.
fn pem(key: &str, name: &str, config: &Config, root: &Path) -> Result<Vec<u8>> {
    if let Some(bytes) = config.default_files.get(name) {
        return Ok(bytes.clone());
    }
    files::read(root, Path::new(name), CERTIFICATES).map_err(|error| {
        Error::usage(format!("`{key}` {name} cannot be read: {error}"))
            .hint("give the path of a PEM file, relative to the folder that casefile runs in")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_used_is_told_as_it_should_be() {
        let check = |address: &str, why: &str, hint: &str| {
            let error = site(address, &AddressPolicy::default()).unwrap_err();
            let said = format!("{error} | {}", error.advice().unwrap_or_default());
            assert!(said.contains(why) && said.ends_with(hint), "{address}: {said}");
            assert!(!said.contains("geheim"), "{said}");
        };
        check(
            "https://acme.atlassian.net/?token=geheim",
            "a query",
            "| write it as https://acme.atlassian.net",
        );
        check(
            "https://u:geheim@acme.atlassian.net",
            "a user name",
            "| write it as https://acme.atlassian.net",
        );
        check("https://acme.atlassian.net:8443", "a port", "| write it as https://acme.atlassian.net");
        check(
            "https://acme.atlassian.net/jira/software",
            "a port or a path",
            "| write it as https://acme.atlassian.net",
        );
        check("http://acme.atlassian.net", "not use https", "| write it as https://acme.atlassian.net");
        check(
            "https://geheim@corp.example:8443/jira?x",
            "a user",
            "| write it as https://corp.example:8443/jira",
        );
        check("https://corp.example/jira#geheim", "a fragment", "| write it as https://corp.example/jira");
        check("acme.atlassian.net", "not a URL", "e.g. https://acme.atlassian.net");
        check("https://10.1.2.3", "private", "`jira.allow-networks`");
        check("file:///etc/passwd", "no host", "`jira.allow-networks`");
    }
}
