//! GitLab CI, for its own merge requests and for pull requests of a repository on GitHub.
//!
//! <https://docs.gitlab.com/ci/variables/predefined_variables/>

use super::run::{CiRun, CodeSource};
use super::system::{CiReader, CiSystem};

pub(super) const SYSTEM: CiSystem = CiSystem { name: "GitLab CI", marker: "GITLAB_CI", read };

fn read(env: &CiReader<'_>) -> CiRun {
    let run = CiRun {
        job: env.get("CI_JOB_NAME").map(without_index),
        url: env.get("CI_JOB_URL").or_else(|| env.get("CI_PIPELINE_URL")),
        visibility: env.get("CI_PROJECT_VISIBILITY"),
        ..CiRun::default()
    };
    let sha = env.get("CI_COMMIT_SHA");
    if env.get("CI_COMMIT_TAG").is_some() {
        return CiRun { commit: sha, source: CodeSource::Tag, ..run };
    }
    if env.get("CI_MERGE_REQUEST_IID").is_some() {
        let project = |name: &str| env.get(name);
        return CiRun {
            branch: env.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
            // in a pipeline for merged results, CI_COMMIT_SHA is the trial merge
            commit: env.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA").or(sha),
            pull_request: env.number("CI_MERGE_REQUEST_IID"),
            base: env.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
            source: match (
                project("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"),
                project("CI_MERGE_REQUEST_PROJECT_ID"),
            ) {
                _ if env.is("CI_MERGE_REQUEST_EVENT_TYPE", "merge_train") => CodeSource::Queue,
                (Some(source), Some(target)) if source == target => CodeSource::Own,
                (Some(_), Some(_)) => CodeSource::Fork,
                _ => CodeSource::Unknown,
            },
            ..run
        };
    }
    if env.get("CI_EXTERNAL_PULL_REQUEST_IID").is_some() {
        let repository = |end: &str| env.get(&format!("CI_EXTERNAL_PULL_REQUEST_{end}_REPOSITORY"));
        return CiRun {
            branch: env.get("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME"),
            commit: env.get("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA").or(sha),
            pull_request: env.number("CI_EXTERNAL_PULL_REQUEST_IID"),
            base: env.get("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"),
            source: match (repository("SOURCE"), repository("TARGET")) {
                (Some(source), Some(target)) if source.eq_ignore_ascii_case(&target) => CodeSource::Own,
                (Some(_), Some(_)) => CodeSource::Fork,
                _ => CodeSource::Unknown,
            },
            ..run
        };
    }
    CiRun { branch: env.get("CI_COMMIT_BRANCH"), commit: sha, ..run }
}

/// `test 2/5` is `test`: the parts of a parallel job share its name.
fn without_index(name: String) -> String {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once(' ') {
        Some((job, index)) if index.split_once('/').is_some_and(|(one, all)| digits(one) && digits(all)) => {
            job.to_owned()
        }
        _ => name,
    }
}
