//! Azure Pipelines, for repositories on GitHub and in Azure Repos.
//!
//! <https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables>

use super::run::{CiRun, CodeSource};
use super::system::{CiReader, CiSystem, branch_of};

pub(super) const SYSTEM: CiSystem = CiSystem { name: "Azure Pipelines", marker: "TF_BUILD", read };

fn read(env: &CiReader<'_>) -> CiRun {
    let reference = env.get("BUILD_SOURCEBRANCH").unwrap_or_default();
    let run = CiRun {
        pipeline: env.get("BUILD_DEFINITIONNAME"),
        job: env.get("SYSTEM_JOBNAME").or_else(|| env.get("AGENT_JOBNAME")),
        url: page(env),
        ..CiRun::default()
    };
    if reference.starts_with("refs/tags/") {
        return CiRun { commit: env.get("BUILD_SOURCEVERSION"), source: CodeSource::Tag, ..run };
    }
    // for a repository on GitHub, the ID is Azure's own, and the number is GitHub's
    let value = ["SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"];
    let number = value.into_iter().find_map(|name| env.number(name));
    let of_ref = reference.strip_prefix("refs/pull/").and_then(|rest| rest.split('/').next()?.parse().ok());
    if let Some(number) = number.or(of_ref) {
        let branch = |end: &str| env.get(&format!("SYSTEM_PULLREQUEST_{end}BRANCH")).and_then(branch_of);
        return CiRun {
            branch: branch("SOURCE"),
            // BUILD_SOURCEVERSION is the trial merge
            commit: env.get("SYSTEM_PULLREQUEST_SOURCECOMMITID"),
            pull_request: Some(number),
            base: branch("TARGET"),
            source: match env.get("SYSTEM_PULLREQUEST_ISFORK") {
                Some(value) if value.eq_ignore_ascii_case("true") => CodeSource::Fork,
                Some(value) if value.eq_ignore_ascii_case("false") => CodeSource::Own,
                _ => CodeSource::Unknown,
            },
            ..run
        };
    }
    CiRun {
        branch: branch_of(reference).filter(|name| !name.is_empty()),
        commit: env.get("BUILD_SOURCEVERSION"),
        ..run
    }
}

fn page(env: &CiReader<'_>) -> Option<String> {
    let collection =
        env.get("SYSTEM_COLLECTIONURI").or_else(|| env.get("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"))?;
    let (project, build) = (env.get("SYSTEM_TEAMPROJECT")?, env.get("BUILD_BUILDID")?);
    let mut url = url::Url::parse(&collection).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend([project.as_str(), "_build", "results"]);
    url.query_pairs_mut().append_pair("buildId", &build);
    Some(url.into())
}
