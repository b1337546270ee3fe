//! Which repository a run is for, and all its identities: runs in GitHub Actions and elsewhere have to mean the same
//! one.

use std::path::Path;
use std::time::Duration;

use crate::apply::Stop;
use crate::ci;
use crate::cli::setup::connect;
use crate::config::{Config, TrackerKind};
use crate::error::{Error, Result};
use crate::github::client::RetryDelays;
use crate::github::context::{EventCheckout, EventContext, TriggerEvent, in_actions, is_api_of};
use crate::github::failure::GithubFailure;
use crate::model::repository::Repository;
use crate::model::scan::Problem;

/// The longest pause that GitHub's rate limit may ask for; otherwise, the run goes on by name.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long GitHub may take in total.
const IN_ALL: Duration = Duration::from_secs(45);

/// What was learnt about a repository's identity before the run.
#[derive(Default)]
pub(crate) struct Learnt {
    /// What people should know.
    pub(crate) problem: Option<Problem>,
    /// Why nothing may be sent to the tracker: by its name alone, the repository would not have the tickets that were
    /// filed under its ID, and would file them all again.
    pub(crate) barred: Option<Error>,
    /// How many requests were sent to GitHub for it.
    pub(crate) requests: u64,
}

/// The run's context. A folder of tickets needs neither Git nor a server: without them, the repository is the folder.
/// The configuration may name the repository: outside GitHub Actions it says which one it is, and everywhere it lists
/// its other identities.
pub(crate) fn context(here: &Path, config: &Config) -> Result<EventContext> {
    let listed = config.repository.as_slice();
    let context = match (EventContext::read(here), listed.first()) {
        (Ok(context), Some(named)) if context.event == TriggerEvent::Checkout => {
            Ok(EventContext { repository: named.clone(), ..context })
        }
        (Err(_), Some(named)) if !in_actions(&connect::variable) => {
            EventContext::of_checkout(&connect::variable, &EventCheckout::of(here, named.clone()))
        }
        (Err(_), None) if config.tracker == TrackerKind::Local && !in_actions(&connect::variable) => {
            EventContext::of_checkout(&connect::variable, &EventCheckout::of_folder(here))
        }
        (context, _) => context,
    };
    let context = context?;
    let context = match context.event {
        TriggerEvent::Checkout => context.in_ci(ci::read(&connect::variable)),
        _ => context,
    };
    Ok(EventContext { repository: context.repository.clone().known_as(listed), ..context })
}

/// Makes sure that the run uses the same repository identity as runs in GitHub Actions, which know it by GitHub's
/// number: elsewhere, GitHub is asked for it. What the configuration lists are additional names: they alone would not
/// find what was filed under the number.
///
/// # Errors
/// The environment's settings for GitHub cannot be used.
pub(crate) async fn learn(
    context: &mut EventContext,
    config: &Config,
    root: &Path,
    stop: &Stop,
) -> Result<Learnt> {
    if context.event != TriggerEvent::Checkout {
        let problem = config.repository.first().and_then(|listed| misnamed(&context.repository, listed));
        return Ok(Learnt { problem, ..Learnt::default() });
    }
    let wanted = config.tracker == TrackerKind::Jira && context.repository.id.is_none();
    let repository = &context.repository;
    let Some(api) = context.runner.api.as_ref().filter(|_| wanted) else { return Ok(Learnt::default()) };
    if !is_api_of(api, &repository.host) {
        let elsewhere = || format!("GITHUB_API_URL points to {api}, which is not GitHub's API");
        let problem = (repository.host == "github.com").then(|| unknown(repository, &elsewhere(), config));
        return Ok(Learnt { problem, ..Learnt::default() });
    }
    let client = connect::github_as(context.runner.token.as_ref(), api, config, root, context, stop)?;
    let client = client.retry(RetryDelays { longest: LONGEST_PAUSE, ..RetryDelays::default() });
    let late = || GithubFailure::Unreachable("GitHub did not respond in time".to_owned());
    let about = stop.spare(IN_ALL, client.about()).await.unwrap_or_else(|| Err(late()));
    let mut barred = None;
    let problem = match about {
        Ok(about) => {
            context.head_repository = Some(about.name.clone());
            context.repository.id = Some(about.id);
            context.repository.name = about.name;
            context.visibility = about.visibility;
            None
        }
        Err(failure) if !is_permanent(&failure) && !is_listed_by_id(&context.repository, config) => {
            barred = Some(unanswered(&context.repository, &failure));
            None
        }
        Err(failure) => {
            let why = match &failure {
                GithubFailure::NotFound(_) if context.runner.token.is_none() => {
                    "there is no such public repository, and GITHUB_TOKEN is not set".to_owned()
                }
                failure => failure.to_string(),
            };
            Some(unknown(&context.repository, &why, config))
        }
    };
    Ok(Learnt { problem, barred, requests: client.requests() })
}

/// Whether GitHub will say the same next time: it does not show such a repository.
fn is_permanent(failure: &GithubFailure) -> bool {
    matches!(failure, GithubFailure::NotFound(_) | GithubFailure::Moved { .. })
}

/// Whether the configuration names the repository's ID, so that its tickets are found without GitHub.
fn is_listed_by_id(own: &Repository, config: &Config) -> bool {
    config.repository.iter().any(|one| one.id.is_some() && one.host.eq_ignore_ascii_case(&own.host))
}

fn unanswered(repository: &Repository, failure: &GithubFailure) -> Error {
    let Repository { host, name, .. } = repository;
    Error::remote(format!("{repository}: GitHub did not return its ID: {failure}")).hint(format!(
        "nothing is filed, because casefile would not find the tickets that were filed under that ID and \
         would file them again. Run casefile again later, or list the ID in the configuration, so that casefile does not \
         have to ask GitHub for it: `repository: [{repository}, {host}#ID]`, with the number that `gh api repos/{name} \
         --jq .id` prints in place of ID"
    ))
}

/// The run goes on by name.
fn unknown(repository: &Repository, why: &str, config: &Config) -> Problem {
    let name = repository.to_string();
    let message = format!("GitHub did not return its ID: {why}");
    let token = "Set GITHUB_TOKEN to a token that can read the repository";
    if config.repository.is_empty() {
        let message = format!("{message}. Tickets that were filed in GitHub Actions are not visible here");
        Problem::new(&name, message).hint(format!(
            "{token}, or set `repository: {name}` in the configuration that is used here and in the workflow."
        ))
    } else {
        let message = format!(
            "{message}. Tickets and pull requests that were marked only with this ID in GitHub Actions are \
             not visible here, so they keep their marks"
        );
        Problem::new(&name, message).hint(format!("{token}."))
    }
}

/// With a configuration that was copied from another repository, that repository's tickets would be taken for this
/// one's.
fn misnamed(own: &Repository, listed: &Repository) -> Option<Problem> {
    if listed.to_string().eq_ignore_ascii_case(&own.to_string()) {
        return None;
    }
    let message =
        format!("`repository` begins with {listed}, so that repository's tickets are treated as this one's");
    Some(
        Problem::new(own.to_string(), message)
            .hint(format!("Write `{own}` first, followed only by former names of this repository.")),
    )
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn a_server_has_its_own_api() {
        let check = |api: &str, host: &str, expected: bool| {
            assert_eq!(is_api_of(&Url::parse(api).unwrap(), host), expected, "{api} {host}");
        };
        check("https://api.github.com", "github.com", true);
        check("https://api.github.com", "gitlab.com", false);
        check("https://ghe.acme.example/api/v3", "ghe.acme.example", true);
        check("https://ghe.acme.example:8443/api/v3", "ghe.acme.example:8443", true);
        check("https://ghe.acme.example/api/v3", "github.com", false);
        check("https://api.acme.ghe.com", "acme.ghe.com", true);
        check("http://127.0.0.1:4000", "github.com", true);
        check("http://127.0.0.1:4000", "gitlab.com", false);
    }

    #[test]
    fn a_configuration_of_another_repository_is_noticed() {
        let named = |text| Repository::named(text).unwrap();
        let own = Repository { id: Some(7), ..named("github.com/acme/shop") };
        assert_eq!(misnamed(&own, &named("GitHub.com/Acme/Shop")), None);
        let problem = misnamed(&own, &named("github.com/acme/other")).unwrap();
        assert!(
            problem.message.contains("acme/other") && problem.hint.contains("`github.com/acme/shop`"),
            "{problem:?}"
        );
    }
}
