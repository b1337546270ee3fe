//! What `casefile serve` serves.

use super::ValueChecker;
use crate::config::place::ValuePosition;
use crate::config::raw::{self, OneOrMany};
use crate::config::valid::{ServeConfig, SiteConfig};

/// A longer name would make an unwieldy variable.
const MOST_CHARACTERS: usize = 40;

impl ValueChecker<'_> {
    pub(super) fn serve(&mut self, raw: raw::RawServe, place: ValuePosition<'_>) -> ServeConfig {
        let sites = place.key("sites");
        let repositories = self.repositories(raw.repositories, place.key("repositories"));
        if let Some(index) = repositories.iter().position(|one| one.id.is_some()) {
            let message = "a repository in `serve.repositories` must be written as host/owner/name";
            self.note(place.key("repositories").item(index), message, "");
        }
        ServeConfig {
            repositories,
            sites: raw
                .sites
                .unwrap_or_default()
                .into_iter()
                .map(|(name, raw)| {
                    if !is_name(&name) {
                        let hint =
                            "for example `ops`: the webhook's path and the site's variables end with this name";
                        self.note(
                            sites.name(&name),
                            "a site's name may contain only lower-case letters, digits and `-`",
                            hint,
                        );
                    }
                    let site = self.further(raw, sites.key(&name));
                    (name, site)
                })
                .collect(),
        }
    }

    fn further(&mut self, raw: raw::RawSite, place: ValuePosition<'_>) -> SiteConfig {
        let url = self.site(raw.url, place.key("url"));
        self.sign_in(raw.auth, raw.deployment, url.as_ref(), place.key("auth"));
        let OneOrMany(projects) = raw.projects.unwrap_or(OneOrMany(Vec::new()));
        let projects = projects.into_iter().enumerate();
        SiteConfig {
            url,
            deployment: raw.deployment,
            auth: raw.auth,
            allow_networks: self.networks(raw.allow_networks, place.key("allow-networks")),
            projects: projects
                .filter_map(|(index, key)| self.project(Some(key), place.key("projects").item(index)))
                .collect(),
        }
    }
}

fn is_name(name: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    name.len() <= MOST_CHARACTERS
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(plain)
}
