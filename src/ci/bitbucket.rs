//! Bitbucket Pipelines. It does not build pull requests from forks in the repository that they target.
//!
//! <https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/>

use super::run::{CiRun, CodeSource};
use super::system::{CiReader, CiSystem};

pub(super) const SYSTEM: CiSystem =
    CiSystem { name: "Bitbucket Pipelines", marker: "BITBUCKET_BUILD_NUMBER", read };

fn read(env: &CiReader<'_>) -> CiRun {
    let run = CiRun {
        // for a pull request, too, it is the head's commit, although the merge is checked out
        commit: env.get("BITBUCKET_COMMIT"),
        url: page(env),
        visibility: env.get("BITBUCKET_REPO_IS_PRIVATE").and_then(|value| match value.as_str() {
            "true" => Some("private".to_owned()),
            "false" => Some("public".to_owned()),
            _ => None,
        }),
        ..CiRun::default()
    };
    if env.get("BITBUCKET_TAG").is_some() {
        return CiRun { source: CodeSource::Tag, ..run };
    }
    CiRun {
        branch: env.get("BITBUCKET_BRANCH"),
        pull_request: env.number("BITBUCKET_PR_ID"),
        base: env.get("BITBUCKET_PR_DESTINATION_BRANCH"),
        ..run
    }
}

fn page(env: &CiReader<'_>) -> Option<String> {
    let (repository, build) = (env.get("BITBUCKET_REPO_FULL_NAME")?, env.get("BITBUCKET_BUILD_NUMBER")?);
    Some(format!("https://bitbucket.org/{repository}/pipelines/results/{build}"))
}
