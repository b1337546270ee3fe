//! What CI systems other than GitHub Actions say about a run: branch, commit, pull request, and where the code comes
//! from. One file per system; the variables of each are in `docs/ci.md`.

mod azure;
mod bitbucket;
mod buildkite;
mod circleci;
mod gitlab;
mod jenkins;
mod properties;
mod run;
mod system;
mod teamcity;

#[cfg(test)]
mod tests;

pub use run::{CiRun, CodeSource};
pub use system::{CiSystem, CiVariables};

use system::CiReader;

/// The systems whose variables are read.
pub const SYSTEMS: [CiSystem; 7] = [
    jenkins::SYSTEM,
    gitlab::SYSTEM,
    circleci::SYSTEM,
    buildkite::SYSTEM,
    azure::SYSTEM,
    bitbucket::SYSTEM,
    teamcity::SYSTEM,
];

/// Which CI system we run in, and what it says; if the variables of several are set, they cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CiFound {
    /// None that is known.
    Nothing,
    /// One.
    One(&'static str, CiRun),
    /// Several.
    Several(Vec<&'static str>),
}

/// Checks which system's variables are set, and reads them.
pub fn read(variables: CiVariables<'_>) -> CiFound {
    let reader = CiReader { variables };
    let found: Vec<&CiSystem> = SYSTEMS.iter().filter(|one| reader.get(one.marker).is_some()).collect();
    match found.as_slice() {
        [] => CiFound::Nothing,
        [one] => CiFound::One(one.name, (one.read)(&reader).checked()),
        several => CiFound::Several(several.iter().map(|one| one.name).collect()),
    }
}
