//! The words: what a ticket, its comments and a pull request's section say. Pure: groups and places
//! in, documents and texts out.

mod advisories;
mod boilerplate;
pub mod columns;
pub mod comments;
mod extract;
mod facts;
pub mod files;
mod fix;
mod frames;
pub mod links;
pub mod names;
mod once;
pub mod overview;
mod places;
pub mod pointed;
pub mod property;
pub mod section;
pub mod template;
pub mod ticket;
pub mod timeline;
mod title;
mod upgrade;

#[cfg(test)]
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::Inline;
use crate::model::repository::Repository;
use crate::model::run::Run;
use crate::model::severity::Severity;

/// Where findings come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The repository.
    pub repository: Repository,
    /// The branch that was scanned, by its short name; empty: unknown.
    pub branch: String,
    /// The commit that was scanned; empty: unknown.
    pub commit: String,
    /// The workflow run's page.
    pub run_url: Option<String>,
    /// The pull request, if the run was for one.
    pub pull_request: Option<u64>,
    /// Other branches on which findings of the text are known to be, with how many of them; `None`: all.
    pub branches: BTreeMap<String, Option<usize>>,
    /// Paths to which no link leads, because the scanned commit has no such file.
    pub untracked: Arc<BTreeSet<String>>,
}

impl Run {
    /// Where this run's findings come from, for use in texts.
    pub fn provenance(&self) -> Provenance {
        Provenance {
            repository: self.repository.clone(),
            branch: self.branch.clone(),
            commit: self.commit.clone(),
            run_url: self.url.clone(),
            pull_request: self.pull_request,
            branches: BTreeMap::new(),
            untracked: Arc::default(),
        }
    }
}

/// A severity with its mark, the worst in bold.
pub fn marked(severity: Severity) -> Vec<Inline> {
    let (mark, name) = (format!("{}\u{a0}", severity.mark()), severity.name());
    vec![
        Inline::text(mark),
        if severity == Severity::Critical { Inline::strong(name) } else { Inline::text(name) },
    ]
}

/// `1 place`, `3 places`, `3 advisories`, `3 addresses`.
fn count(number: usize, noun: &str) -> String {
    match noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        _ if number == 1 => format!("1 {noun}"),
        Some(stem) => format!("{number} {stem}ies"),
        None if noun.ends_with('s') => format!("{number} {noun}es"),
        None => format!("{number} {noun}s"),
    }
}

/// The form of a word for one thing, or the one for several.
fn either<'w>(number: usize, one: &'w str, several: &'w str) -> &'w str {
    if number == 1 { one } else { several }
}

/// At most this many characters of a text, with an ellipsis if it is cut.
fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
