//! Jenkins: the variables of multibranch pipelines, and those of the Git plugin in other jobs.
//!
//! <https://www.jenkins.io/doc/book/pipeline/multibranch/>, <https://plugins.jenkins.io/git/>

use super::run::{CiRun, CodeSource};
use super::system::{CiReader, CiSystem, branch_of};

pub(super) const SYSTEM: CiSystem = CiSystem { name: "Jenkins", marker: "JENKINS_URL", read };

fn read(env: &CiReader<'_>) -> CiRun {
    let run = CiRun { pipeline: pipeline(env), url: env.get("BUILD_URL"), ..CiRun::default() };
    if env.get("TAG_NAME").is_some() {
        return CiRun { commit: env.get("GIT_COMMIT"), source: CodeSource::Tag, ..run };
    }
    if env.get("CHANGE_ID").is_some() {
        // GIT_COMMIT may be the trial merge that Jenkins made
        return CiRun {
            branch: env.get("CHANGE_BRANCH"),
            pull_request: env.number("CHANGE_ID"),
            base: env.get("CHANGE_TARGET"),
            source: match (env.get("CHANGE_FORK"), env.get("CHANGE_BRANCH")) {
                (Some(_), _) => CodeSource::Fork,
                // plugins that name the branch also name the fork, if there is one
                (None, Some(_)) => CodeSource::Own,
                (None, None) => CodeSource::Unknown,
            },
            ..run
        };
    }
    let name = env.get("BRANCH_NAME").or_else(|| {
        let name = env.get("GIT_BRANCH").filter(|name| name != "detached")?;
        Some(name.strip_prefix("origin/").map_or_else(|| name.clone(), str::to_owned))
    });
    let source = match &name {
        Some(name) if name.starts_with("refs/tags/") || name.starts_with("tags/") => CodeSource::Tag,
        // refs of pull requests that are fetched manually
        Some(name)
            if name.starts_with("pr/") || name.starts_with("pull/") || name.starts_with("refs/pull/") =>
        {
            CodeSource::Unknown
        }
        _ => CodeSource::Own,
    };
    let branch = name.filter(|_| source == CodeSource::Own).and_then(branch_of);
    CiRun { branch, commit: env.get("GIT_COMMIT"), source, ..run }
}

/// The job's name. In a multibranch pipeline, its last part is the branch or pull request.
fn pipeline(env: &CiReader<'_>) -> Option<String> {
    let name = env.get("JOB_NAME")?;
    match name.rsplit_once('/') {
        Some((pipeline, _)) if env.get("BRANCH_NAME").is_some() => Some(pipeline.to_owned()),
        _ => Some(name),
    }
}
