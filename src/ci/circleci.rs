//! CircleCI.
//!
//! <https://circleci.com/docs/reference/variables/>

use super::run::{CiRun, CodeSource};
use super::system::{CiReader, CiSystem};

pub(super) const SYSTEM: CiSystem = CiSystem { name: "CircleCI", marker: "CIRCLECI", read };

fn read(env: &CiReader<'_>) -> CiRun {
    let run = CiRun {
        commit: env.get("CIRCLE_SHA1"),
        job: env.get("CIRCLE_JOB"),
        url: env.get("CIRCLE_BUILD_URL"),
        ..CiRun::default()
    };
    if env.get("CIRCLE_TAG").is_some() {
        return CiRun { source: CodeSource::Tag, ..run };
    }
    let branch = env.get("CIRCLE_BRANCH");
    // a fork's pull request is built as `pull/7`, and its number is only given for forks
    let of_fork = branch.as_deref().and_then(|name| name.strip_prefix("pull/")?.parse().ok());
    if of_fork.is_some() || env.get("CIRCLE_PR_NUMBER").is_some() {
        let pull_request = env.number("CIRCLE_PR_NUMBER").or(of_fork);
        return CiRun {
            branch: branch.filter(|_| of_fork.is_none()),
            pull_request,
            source: CodeSource::Fork,
            ..run
        };
    }
    // if there are several pull requests, CircleCI names one at random, so none is used
    let several = env.get("CIRCLE_PULL_REQUESTS").is_some_and(|list| list.contains(','));
    let page = env.get("CIRCLE_PULL_REQUEST").filter(|_| !several);
    let pull_request = page.and_then(|page| page.trim_end_matches('/').rsplit('/').next()?.parse().ok());
    CiRun { branch, pull_request, ..run }
}
