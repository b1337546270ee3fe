//! The keys of `casefile serve`: the repositories, and further Jira sites.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::OneOrMany;
use crate::config::words::Deployment;
use crate::model::auth_method::AuthMethod;

/// What `casefile serve` serves.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Serve")]
pub(in crate::config) struct RawServe {
    /// The repositories whose pull requests are updated, e.g. `github.com/acme/shop`. Default:
    /// `repository`.
    pub(in crate::config) repositories: Option<OneOrMany<String>>,
    /// Further Jira sites, by the name that ends the webhook's path. Variables of a site end with its
    /// name in capitals, e.g. `JIRA_API_TOKEN_OPS`.
    pub(in crate::config) sites: Option<BTreeMap<String, RawSite>>,
}

/// A further Jira site.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Site")]
pub(in crate::config) struct RawSite {
    /// The site, e.g. `https://ops.atlassian.net`.
    #[schemars(url)]
    pub(in crate::config) url: Option<String>,
    /// Jira Cloud or Data Center. Default: inferred from the address where possible.
    pub(in crate::config) deployment: Option<Deployment>,
    /// Which credentials to use. Default: inferred from the environment variables that are set.
    pub(in crate::config) auth: Option<AuthMethod>,
    /// Private networks that the address may resolve to.
    pub(in crate::config) allow_networks: Option<OneOrMany<String>>,
    /// The projects whose tickets a dynamic webhook is registered for.
    pub(in crate::config) projects: Option<OneOrMany<String>>,
}
