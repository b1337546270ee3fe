//! Which repository, which branch or pull request, and at which commit.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fingerprint::{Fingerprint, Recipe};

/// The beginning of a repository's labels.
const LABEL: &str = "casefile-repo-";

/// How many additional identities a repository may have: including its own, as many as a ticket has names.
pub const MOST_ALSO: usize = 7;

/// A repository, identified by server and numeric id so that a rename changes nothing, and by its other and former
/// names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The server, e.g. `github.com`.
    pub host: String,
    /// GitHub's numeric id; `None` outside GitHub, where the name identifies it.
    pub id: Option<u64>,
    /// `owner/name`, as people call it.
    pub name: String,
    /// Its additional identities: tickets that carry one of them belong to it, too.
    pub also: Vec<Fingerprint>,
}

impl Repository {
    /// A repository as a configuration names it: `host/owner/name`, possibly with more folders in between, or
    /// `host#number` with GitHub's number. `None`: it is neither.
    pub fn named(text: &str) -> Option<Repository> {
        let of = |host: &str, id, name: &str| Repository {
            host: host.to_ascii_lowercase(),
            id,
            name: name.to_owned(),
            also: Vec::new(),
        };
        if let Some((host, number)) = text.split_once('#') {
            let id = number.parse().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()));
            return id.filter(|_| is_host(host)).map(|id| of(host, Some(id), ""));
        }
        let (host, name) = text.split_once('/')?;
        let parts = name.split('/').count();
        let fits = if is_github(host) { parts == 2 } else { parts >= 2 };
        (is_host(host) && fits && name.split('/').all(is_part)).then(|| of(host, None, name))
    }

    /// The same, with the identities of these others as additional ones.
    #[must_use]
    pub fn known_as(mut self, others: &[Repository]) -> Repository {
        self.also.extend(others.iter().map(Repository::fingerprint));
        self
    }

    /// What identifies it: server and numeric id, otherwise server and name in lower case.
    pub fn fingerprint(&self) -> Fingerprint {
        let recipe = Recipe::new("repository").value(&self.host.to_ascii_lowercase());
        match self.id {
            Some(id) => recipe.value("id").number(id).finish(),
            None => recipe.value("name").value(&self.name.to_lowercase()).finish(),
        }
    }

    /// Everything that identifies it, each once, [its own](Repository::fingerprint) first.
    pub fn identities(&self) -> Vec<Fingerprint> {
        let mut all = vec![self.fingerprint()];
        for other in &self.also {
            if !all.contains(other) {
                all.push(*other);
            }
        }
        all
    }

    /// The labels that every ticket of this repository carries, one per identity: `casefile-repo-` and 12 hex digits.
    pub fn labels(&self) -> Vec<String> {
        self.identities().iter().map(|identity| format!("{LABEL}{:.12}", identity.to_string())).collect()
    }

    /// Its name without the owner, like the folder of a checkout.
    pub fn short(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// Its page.
    pub fn url(&self) -> String {
        format!("https://{}/{}", self.host, self.name)
    }
}

/// Whether a label is that of any repository.
pub fn is_label(label: &str) -> bool {
    label.starts_with(LABEL)
}

/// Whether a server is GitHub's own, where a name is always `owner/name`.
fn is_github(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "github.com" || host.ends_with(".ghe.com")
}

/// A server's name or address, possibly with a port.
fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(plain)
        && port.parse::<u16>().is_ok()
}

/// A part of a name: nothing in it has a meaning in an address.
fn is_part(part: &str) -> bool {
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '#' | '?' | '\\' | ':' | '@');
    !matches!(part, "" | "." | "..") && !part.contains(bad)
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.name)
    }
}

/// Where a scan's findings are: on a branch, or so far only on a pull request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A branch by its short name.
    Branch(String),
    /// A pull request by its number.
    PullRequest(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Branch(name) => f.write_str(name),
            Place::PullRequest(number) => write!(f, "#{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_named_by_server_and_name_or_number() {
        let check = |text: &str, expected: Option<(&str, Option<u64>, &str)>| {
            let named = Repository::named(text);
            let named = named.as_ref().map(|one| (one.host.as_str(), one.id, one.name.as_str()));
            assert_eq!(named, expected, "{text}");
        };
        check("GitHub.com/Acme/shop", Some(("github.com", None, "Acme/shop")));
        check("ghe.acme.example:8443/acme/shop", Some(("ghe.acme.example:8443", None, "acme/shop")));
        check("gitlab.com/a/b/c", Some(("gitlab.com", None, "a/b/c")));
        check("ghe.acme.example#4711", Some(("ghe.acme.example", Some(4711), "")));
        for wrong in [
            "",
            "shop",
            "acme/shop",
            "../../x",
            "github.com/../x",
            "github.com/acme/.",
            "github.com/acme/",
            "github.com//shop",
            "/acme/shop",
            "github.com/acme/shop/more",
            "acme.ghe.com/acme/shop/more",
            "github.com/my shop/x",
            "https://github.com/acme/shop",
            "git@github.com:acme/shop",
            "github.com:x/acme/shop",
            "github.com/acme/shop#4711",
            "github.com#+1",
            "github.com#",
            "#4711",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn its_own_identity_comes_first_and_each_once() {
        let named = |text| Repository::named(text).unwrap();
        let (own, former) = (named("github.com#7"), named("github.com/acme/old"));
        let known = own.clone().known_as(&[former.clone(), own.clone(), former.clone()]);
        assert_eq!(known.identities(), [own.fingerprint(), former.fingerprint()]);
        assert_eq!(known.fingerprint(), own.fingerprint());
        assert_eq!(known.labels().concat(), [own.labels(), former.labels()].concat().concat());
        assert!(known.labels().iter().all(|label| is_label(label)));
        assert_eq!(named("github.com/Acme/Shop").labels(), named("github.com/acme/shop").labels());
    }
}
