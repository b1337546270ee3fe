//! Buildkite.
//!
//! <https://buildkite.com/docs/pipelines/configure/environment-variables>

use super::run::{CiRun, CodeSource};
use super::system::{CiReader, CiSystem};

pub(super) const SYSTEM: CiSystem = CiSystem { name: "Buildkite", marker: "BUILDKITE", read };

fn read(env: &CiReader<'_>) -> CiRun {
    let job = env.get("BUILDKITE_JOB_ID").map_or_else(String::new, |id| format!("#{id}"));
    let run = CiRun {
        // for a build that a person starts, this may be `HEAD`
        commit: env.get("BUILDKITE_COMMIT"),
        pipeline: env.get("BUILDKITE_PIPELINE_SLUG"),
        job: env.get("BUILDKITE_STEP_KEY").or_else(|| env.get("BUILDKITE_LABEL")),
        url: env.get("BUILDKITE_BUILD_URL").map(|url| url + &job),
        ..CiRun::default()
    };
    if env.get("BUILDKITE_TAG").is_some() {
        return CiRun { source: CodeSource::Tag, ..run };
    }
    let branch = env.get("BUILDKITE_BRANCH");
    if env.get("BUILDKITE_PULL_REQUEST").is_none_or(|number| number == "false") {
        return CiRun { branch, ..run };
    }
    CiRun {
        // a fork's branch is given with its owner
        branch: branch
            .map(|name| name.rsplit_once(':').map_or_else(|| name.clone(), |(_, name)| name.to_owned())),
        pull_request: env.number("BUILDKITE_PULL_REQUEST"),
        base: env.get("BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
        source: env.get("BUILDKITE_PULL_REQUEST_REPO").map_or(CodeSource::Unknown, CodeSource::At),
        ..run
    }
}
