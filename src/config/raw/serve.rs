//! The keys of `casefile serve`: the repositories, and further Jira sites.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::List;
use crate::config::words::{Auth, Deployment};

/// What `casefile serve` serves.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::config) struct Serve {
    /// The repositories whose pull requests are kept up to date, e.g. `github.com/acme/shop`. Default:
    /// `repository`.
    pub(in crate::config) repositories: Option<List<String>>,
    /// Further Jira sites, by the name that ends the webhook's path. Variables of a site end with its
    /// name in capitals, e.g. `JIRA_API_TOKEN_OPS`.
    pub(in crate::config) sites: Option<BTreeMap<String, Site>>,
}

/// A further Jira site.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::config) struct Site {
    /// The site, e.g. `https://ops.atlassian.net`.
    #[schemars(url)]
    pub(in crate::config) url: Option<String>,
    /// Jira Cloud or Data Center. Default: told from the address where it can be.
    pub(in crate::config) deployment: Option<Deployment>,
    /// Which credentials are used. Default: told from the environment variables that are set.
    pub(in crate::config) auth: Option<Auth>,
    /// Private networks that the address may lead to.
    pub(in crate::config) allow_networks: Option<List<String>>,
    /// The projects whose tickets a dynamic webhook is registered for.
    pub(in crate::config) projects: Option<List<String>>,
}
