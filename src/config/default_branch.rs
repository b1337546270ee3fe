//! What the default branch's configuration decides even if the checkout has another branch's, which may have been
//! written by anybody who can push a branch.

use super::valid::Config;
use super::words::{BranchSide, Create};

impl Config {
    /// Whether it contains any network settings.
    pub fn says_network(&self) -> bool {
        self.ca_file.is_some()
            || self.proxy.is_some()
            || self.jira.as_ref().is_some_and(|jira| jira.url.is_some())
    }

    /// The same without the settings for where and how secrets are sent.
    #[must_use]
    pub fn without_network(&self) -> Config {
        let mut config = self.clone();
        config.take_network_of(&Config::default());
        config
    }

    /// Takes the settings for where and how secrets are sent from the default branch's configuration: the tracker's
    /// address, the authentication method, the allowed networks, proxy and certificates. Returns the keys that differ
    /// in the checkout's configuration.
    pub fn take_network_of(&mut self, default: &Config) -> Vec<&'static str> {
        let mut differing = Vec::new();
        take("ca-file", &mut self.ca_file, &default.ca_file, &mut differing);
        take("client-cert", &mut self.client_cert, &default.client_cert, &mut differing);
        take("client-key", &mut self.client_key, &default.client_key, &mut differing);
        take("proxy", &mut self.proxy, &default.proxy, &mut differing);
        let Some(own) = &mut self.jira else { return differing };
        let theirs = default.jira.as_ref();
        take("jira.url", &mut own.url, &theirs.and_then(|jira| jira.url.clone()), &mut differing);
        take(
            "jira.deployment",
            &mut own.deployment,
            &theirs.and_then(|jira| jira.deployment),
            &mut differing,
        );
        take("jira.auth", &mut own.auth, &theirs.and_then(|jira| jira.auth), &mut differing);
        let networks = theirs.map(|jira| jira.allow_networks.clone()).unwrap_or_default();
        take("jira.allow-networks", &mut own.allow_networks, &networks, &mut differing);
        differing
    }

    /// The pattern of `branches` that allows a run's findings to become tickets. `head` and `base` are the branches of
    /// a pull request, and `pull-request.branch` says which one counts; otherwise there is only `head`.
    pub fn pattern(&self, head: &str, base: Option<&str>) -> Option<&str> {
        let held = match self.pull_request.branch {
            BranchSide::Base => base.unwrap_or(head),
            BranchSide::Head => head,
        };
        self.branches.allows(held).filter(|_| !held.is_empty())
    }

    /// Restricts filing to what the default branch's configuration allows: only manually if it says so.
    pub fn file_no_more_than(&mut self, default: &Config) {
        if default.create == Create::Manual {
            self.create = Create::Manual;
        }
        self.max_new = self.max_new.min(default.max_new);
    }
}

fn take<T: PartialEq + Clone>(
    key: &'static str,
    own: &mut T,
    default: &T,
    differing: &mut Vec<&'static str>,
) {
    if own != default {
        own.clone_from(default);
        differing.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    fn config(text: &str) -> Config {
        parse(text, "x").unwrap()
    }

    #[test]
    fn where_secrets_go_is_the_default_branchs_to_say() {
        let hostile = "proxy: http://proxy.evil.example:8080
ca-file: evil.pem
client-cert: evil.pem
client-key: evil.pem
jira: {project: SEC, url: https://evil.example, deployment: data-center, auth: password, allow-networks: [10.0.0.0/8]}";
        let keys = [
            "ca-file",
            "client-cert",
            "client-key",
            "proxy",
            "jira.url",
            "jira.deployment",
            "jira.auth",
            "jira.allow-networks",
        ]
        .as_slice();
        let check = |own: &str, default: &str, expected: &[&str]| {
            let (mut own, default) = (config(own), config(default));
            assert_eq!(own.take_network_of(&default), expected);
            let (own, default) = (own.without_parts(), default.without_parts());
            assert_eq!(own, default);
        };
        let good = "ca-file: corp.pem\njira: {project: SEC, url: https://acme.atlassian.net}";
        check(hostile, good, keys);
        check(hostile, "jira: {project: SEC}", keys);
        check(hostile, hostile, &[]);
        check(good, good, &[]);
        check("jira: {project: SEC}", good, &["ca-file", "jira.url"]);
        // without a section of its own, no tracker is queried
        check("tracker: local", "proxy: http://proxy.example", &["proxy"]);
        let mut own = config(hostile);
        own.take_network_of(&Config::default());
        assert!(!own.says_network() && own.jira.is_some());
    }

    impl Config {
        fn without_parts(self) -> String {
            let jira = self.jira.map(|jira| (jira.url, jira.deployment, jira.auth, jira.allow_networks));
            format!("{:?}", (self.ca_file, self.client_cert, self.client_key, self.proxy, jira))
        }
    }

    #[test]
    fn a_pull_request_files_no_more_than_the_default_branch_would() {
        let check = |own: &str, default: &str, create: Create, most: usize| {
            let mut own = config(own);
            own.file_no_more_than(&config(default));
            assert_eq!((own.create, own.max_new), (create, most));
        };
        check("create: auto\nmax-new: 500", "create: manual\nmax-new: 5", Create::Manual, 5);
        check("create: manual\nmax-new: 3", "create: auto", Create::Manual, 3);
        check("", "", Create::Auto, 100);
        let base = config("branches: [main]\npull-request: {branch: base}");
        assert_eq!(base.pattern("feature", Some("main")), Some("main"));
        let head = config("branches: [main]");
        assert_eq!(head.pattern("feature", Some("main")), None);
        assert_eq!(head.pattern("main", None), Some("main"));
        assert_eq!(config("").pattern("", None), None);
    }
}
