//! A CI system, and how its variables are read.

use super::run::CiRun;

/// A variable of the environment, if it is set.
pub type CiVariables<'e> = &'e dyn Fn(&str) -> Option<String>;

/// A CI system: how it is recognised, and how its variables are read.
pub struct CiSystem {
    /// Its name, as its vendor writes it.
    pub name: &'static str,
    /// The variable that it sets in every run.
    pub(super) marker: &'static str,
    pub(super) read: fn(&CiReader<'_>) -> CiRun,
}

/// Variables that count as unset when they are empty.
pub(super) struct CiReader<'e> {
    pub(super) variables: CiVariables<'e>,
}

impl CiReader<'_> {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        (self.variables)(name).filter(|value| !value.trim().is_empty())
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name).is_some_and(|own| own.eq_ignore_ascii_case(value))
    }
}

/// A branch by its full ref or its short name; `None`: the ref of something else.
pub(super) fn branch_of(name: String) -> Option<String> {
    match name.strip_prefix("refs/heads/") {
        Some(short) => Some(short.to_owned()),
        None => (!name.starts_with("refs/")).then_some(name),
    }
}
