//! Which repository, which branch or pull request, at which commit.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fingerprint::{Fingerprint, Recipe};

/// A repository, known by server and numeric id so that a rename changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The server, e.g. `github.com`.
    pub host: String,
    /// GitHub's numeric id; `None` outside GitHub, where the name identifies it.
    pub id: Option<u64>,
    /// `owner/name`, as people call it.
    pub name: String,
}

impl Repository {
    /// What identifies it: server and numeric id, else server and name in lower case.
    pub fn fingerprint(&self) -> Fingerprint {
        let recipe = Recipe::new("repository").value(&self.host.to_ascii_lowercase());
        match self.id {
            Some(id) => recipe.value("id").number(id).finish(),
            None => recipe.value("name").value(&self.name.to_lowercase()).finish(),
        }
    }

    /// The label that every ticket of this repository carries: `casefile-repo-` and 12 hex digits.
    pub fn label(&self) -> String {
        format!("casefile-repo-{:.12}", self.fingerprint().to_string())
    }

    /// Its page.
    pub fn url(&self) -> String {
        format!("https://{}/{}", self.host, self.name)
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.name)
    }
}

/// Where a scan's findings stand: on a branch, or so far on a pull request alone.
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
