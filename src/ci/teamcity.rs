//! TeamCity. Its environment says little; the rest is in the file that it names.
//!
//! <https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html>

use std::collections::BTreeMap;
use std::path::Path;

use super::properties;
use super::run::{CiRun, CodeSource};
use super::system::{CiReader, CiSystem, branch_of};
use crate::files;

pub(super) const SYSTEM: CiSystem = CiSystem { name: "TeamCity", marker: "TEAMCITY_VERSION", read };

/// The longest file of parameters that is read, in bytes.
const LIMIT: u64 = 4 << 20;

fn read(env: &CiReader<'_>) -> CiRun {
    let build = env.get("TEAMCITY_BUILD_PROPERTIES_FILE").map(|path| parameters(&path)).unwrap_or_default();
    let configuration =
        build.get("teamcity.configuration.properties.file").map(|path| parameters(path)).unwrap_or_default();
    let get =
        |name: &str| configuration.get(name).or_else(|| build.get(name)).filter(|value| !value.is_empty());
    let run = CiRun {
        commit: env.get("BUILD_VCS_NUMBER"),
        pipeline: env.get("TEAMCITY_PROJECT_NAME"),
        job: env.get("TEAMCITY_BUILDCONF_NAME"),
        url: env.get("BUILD_URL").or_else(|| {
            let server = get("teamcity.serverUrl")?.trim_end_matches('/');
            Some(format!("{server}/viewLog.html?buildId={}", get("teamcity.build.id")?))
        }),
        ..CiRun::default()
    };
    if let Some(number) = get("teamcity.pullRequest.number").and_then(|number| number.parse().ok()) {
        return CiRun {
            branch: get("teamcity.pullRequest.source.branch").cloned().and_then(branch_of),
            pull_request: Some(number),
            base: get("teamcity.pullRequest.target.branch").cloned().and_then(branch_of),
            source: CodeSource::Unknown,
            ..run
        };
    }
    // the default branch may have a different logical name
    let named = get("teamcity.build.branch").filter(|name| *name != "<default>");
    let name = named.or_else(|| get("teamcity.build.vcs.branch")).or_else(|| get("vcsroot.branch")).cloned();
    let source = match name.as_deref() {
        Some(name) if name.starts_with("refs/tags/") || name.starts_with("tags/") => CodeSource::Tag,
        // what the branch specification fetches for pull requests without TeamCity's own feature for them
        Some(name) if name.starts_with("pull/") || name.starts_with("refs/pull/") => CodeSource::Unknown,
        _ => CodeSource::Own,
    };
    CiRun { branch: name.filter(|_| source == CodeSource::Own).and_then(branch_of), source, ..run }
}

fn parameters(path: &str) -> BTreeMap<String, String> {
    let path = Path::new(path);
    let read = || files::read(path.parent()?, Path::new(path.file_name()?), LIMIT).ok();
    read().map(|bytes| properties::parse(&String::from_utf8_lossy(&bytes))).unwrap_or_default()
}
