//! Where the code of a run comes from, as far as GitHub has to be asked: whether a name is a branch or a tag, and what
//! the default branch's configuration says if the checkout has another branch's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::apply::Stop;
use crate::cli::setup::configuration::{LIMIT, names, parse, root};
use crate::cli::setup::connect;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::files;
use crate::github::client::GithubClient;
use crate::github::context::{EventCheckout, EventContext, TriggerEvent};
use crate::github::failure::GithubFailure;
use crate::model::scan::Problem;
use crate::report::checkout::{committed, merged};

/// Who decides in a pull request.
const DECIDES: &str =
    "In a pull request, the default branch or the workflow's environment decides where secrets are sent.";

/// What was learnt about the origin of the code.
#[derive(Default)]
pub(crate) struct CodeOrigin {
    /// The default branch's configuration, if it restricts the checkout's.
    pub(crate) default: Option<Config>,
    /// Why nothing may be sent to the tracker.
    pub(crate) barred: Option<Error>,
    /// What people should know.
    pub(crate) problems: Vec<Problem>,
    /// Which of the checkout's settings for the network are not used; it is one of the problems.
    unused: Option<String>,
    /// How many requests were sent to GitHub for it.
    pub(crate) requests: u64,
}

impl CodeOrigin {
    /// Whether the default branch's configuration allows findings on these branches to become tickets, too; if it does
    /// not although the checkout's does, this is reported.
    pub(crate) fn allows(&mut self, head: &str, base: Option<&str>) -> bool {
        let Some(default) = &self.default else { return true };
        let allows = default.pattern(head, base).is_some();
        if !allows {
            let message = "`branches` or `pull-request.branch` allows more than the default branch's \
                           configuration, which applies until this change is merged, so nothing is filed";
            self.problems.push(Problem::new("branches", message));
        }
        allows
    }

    /// An error in the settings for the network, with what is not used of the checkout's.
    pub(crate) fn explain(&self, error: Error) -> Error {
        let Some(unused) = &self.unused else { return error };
        let hint = match error.advice() {
            Some(advice) => format!("{unused}; {advice}"),
            None => unused.clone(),
        };
        error.hint(hint)
    }

    fn add(&mut self, unused: Option<Problem>) {
        self.unused = unused.as_ref().map(|problem| problem.message.clone());
        self.problems.extend(unused);
    }
}

/// Refuses a configuration in a checkout of code other than the event's own, if the event has the default branch's
/// secrets. The folder that the command was started in is checked in the same way.
///
/// # Errors
/// A usage error that names both commits.
pub(crate) fn require_own_checkout(context: &EventContext, here: &Path, file: Option<&Path>) -> Result<()> {
    context.require_own_checkout(EventCheckout::commit(&root(here)).as_deref())?;
    let Some(checkout) = file.and_then(checkout_of) else { return Ok(()) };
    context.require_own_checkout(EventCheckout::commit(&checkout).as_deref())
}

/// Whether the configuration was put over the checkout's own in a workflow that runs after another one, e.g. by an
/// artifact that was unpacked there, which may be a stranger's. It is then restricted by the default branch's.
pub(crate) fn is_laid_over(context: &EventContext, here: &Path, file: Option<&Path>) -> bool {
    let Some(file) = file.filter(|_| context.event == TriggerEvent::WorkflowRun) else { return false };
    let (Some(root), Some(path)) = (checkout_of(file), path_in_checkout(here, file)) else { return false };
    let lines = |bytes: Vec<u8>| bytes.into_iter().filter(|byte| *byte != b'\r').collect::<Vec<u8>>();
    let own = committed(&root, &path).map(lines);
    own.is_none() || own != files::read(&root, file, LIMIT).ok().map(lines)
}

/// Asks GitHub whether the event's name is a branch's or a tag's, if that decides whether the run may write; returns
/// how many requests it took. Without an answer, the run only reads.
///
/// # Errors
/// The environment's settings for GitHub cannot be used.
pub(crate) async fn settle_ref(
    context: &mut EventContext,
    config: &Config,
    here: &Path,
    stop: &Stop,
) -> Result<u64> {
    let Some(name) = context.ref_to_ask().map(str::to_owned) else { return Ok(0) };
    let Some(client) = connect::github(config, here, context, stop)? else { return Ok(0) };
    match patiently(stop, refs(&client, &name)).await {
        Ok((is_branch, is_tag)) => context.ref_is(is_branch, is_tag),
        Err(failure) => {
            tracing::warn!(%failure, name, "GitHub did not say whether this is a branch or a tag")
        }
    }
    Ok(client.requests())
}

/// Asks GitHub where a pull request that another CI system or a flag names comes from, and what its base is; returns
/// how many requests it took. Without an answer, the run may do what the CI system's own information allows.
///
/// # Errors
/// The environment's settings for GitHub cannot be used.
pub(crate) async fn settle_pull(
    context: &mut EventContext,
    config: &Config,
    here: &Path,
    stop: &Stop,
) -> Result<u64> {
    let (Some(number), Some(api)) = (context.pull_to_ask(), context.own_api()) else { return Ok(0) };
    let token = context.runner.token.as_ref();
    // with a folder of tickets, GitHub is asked only if there is a token for it
    if token.is_none() && config.tracker == crate::config::TrackerKind::Local {
        return Ok(0);
    }
    let client = connect::github_as(token, api, config, here, context, stop)?;
    match patiently(stop, client.pull(number)).await {
        Ok(pull) => {
            let from = pull.head_repository.as_deref();
            let merged = merged(&root(here));
            context.pull_is(from, &pull.head_branch, &pull.head_commit, &pull.base_branch, &merged);
        }
        Err(failure) => {
            tracing::warn!(%failure, number, "GitHub did not say which repository the pull request comes from")
        }
    }
    Ok(client.requests())
}

/// How long GitHub may take for one of these answers: reports are read without them, too.
const PATIENCE: Duration = Duration::from_secs(45);

/// An answer from GitHub, or that it did not arrive in its share of the time.
async fn patiently<T>(
    stop: &Stop,
    answer: impl Future<Output = std::result::Result<T, GithubFailure>>,
) -> std::result::Result<T, GithubFailure> {
    stop.spare(PATIENCE, answer).await.unwrap_or_else(|| Err(late()))
}

fn late() -> GithubFailure {
    GithubFailure::Unreachable("GitHub did not respond in time".to_owned())
}

/// Whether there is a branch and whether there is a tag with this name.
async fn refs(client: &GithubClient, name: &str) -> std::result::Result<(bool, bool), GithubFailure> {
    let (branch, tag) = tokio::join!(client.tip(name), client.has_tag(name));
    Ok((branch?.is_some(), tag?))
}

/// Replaces what another branch's configuration says about where secrets are sent with what the default branch's says.
/// What the workflow itself provides, its environment and a file from outside the checkout, stays.
///
/// # Errors
/// The environment's settings for GitHub cannot be used.
pub(crate) async fn settle(
    context: &EventContext,
    config: &mut Config,
    here: &Path,
    file: Option<&Path>,
    stop: &Stop,
) -> Result<CodeOrigin> {
    let asks_tracker = config.tracker == crate::config::TrackerKind::Jira;
    if !context.is_off_default || !(asks_tracker || config.says_network()) {
        return Ok(CodeOrigin::default());
    }
    let names = match file.map(|file| path_in_checkout(here, file)) {
        Some(None) => return Ok(CodeOrigin::default()),
        Some(Some(own)) => candidates(own),
        None => names(),
    };
    let own = config.clone();
    *config = own.without_network();
    let Some(api) = context.own_api() else { return Ok(unreadable(&own, config, asks_tracker)) };
    let token = context.runner.token.as_ref();
    let client = connect::github_as(token, api, config, here, context, stop)?;
    let mut origin = CodeOrigin::default();
    match patiently(stop, read(&client, &names)).await {
        Ok(Some((name, text))) => match parse(&text, &format!("{name} of the default branch")) {
            Ok(default) => {
                *config = own;
                let keys = effective(config.take_network_of(&default));
                config.file_no_more_than(&default);
                origin.add(differing(&name, &keys));
                let files = stop.spare(PATIENCE, files(&client, here, &default)).await;
                match files.unwrap_or_else(|| Err(unasked(&late()))) {
                    Ok(files) => config.default_files = files,
                    Err(error) => origin.barred = Some(error),
                }
                origin.default = Some(default);
            }
            Err(error) => {
                let hint = "a pull request's own configuration does not decide where secrets are sent; fix \
                            the default branch's configuration first";
                origin.barred = Some(Error::usage(error.to_string()).hint(hint));
            }
        },
        Ok(None) => {
            let keys = effective(own.clone().take_network_of(&Config::default()));
            origin.add(
                unused(&keys, "; the default branch has no configuration yet, so merge one into it first")
                    .map(|problem| problem.hint(DECIDES)),
            );
        }
        Err(failure) => origin.barred = Some(unasked(&failure)),
    }
    if origin.barred.is_none() && asks_tracker && connect::address(config).is_none() {
        origin.barred = Some(unaddressed(&names));
    }
    origin.requests = client.requests();
    Ok(origin)
}

/// A pull request of a repository whose default branch cannot be read from here: its own configuration says nothing of
/// where secrets are sent, so the environment has to.
fn unreadable(own: &Config, config: &Config, asks_tracker: bool) -> CodeOrigin {
    let keys = effective(own.clone().take_network_of(&Config::default()));
    let problem = unused(&keys, "").map(|problem| {
        problem.hint(
            "Set JIRA_BASE_URL in the CI system, or name a configuration outside the checkout with `--config`.",
        )
    });
    let is_barred = asks_tracker && connect::address(config).is_none();
    let barred = is_barred.then(|| {
        Error::usage(
            "the Jira site is not known: a pull request's own configuration does not decide where secrets \
             are sent",
        )
        .hint("set JIRA_BASE_URL in the CI system")
    });
    let mut origin = CodeOrigin { barred, ..CodeOrigin::default() };
    origin.add(problem);
    origin
}

/// The files under which the default branch may have what the checkout has under this name: that name and, unless a
/// flag or another folder chose it, wherever a configuration is looked for.
fn candidates(own: String) -> Vec<String> {
    let all = names();
    let others = if all.contains(&own) { all } else { Vec::new() };
    let others: Vec<String> = others.into_iter().filter(|name| *name != own).collect();
    [vec![own], others].concat()
}

/// The first of the files that the default branch has, and its text.
async fn read(
    client: &GithubClient,
    names: &[String],
) -> std::result::Result<Option<(String, Vec<u8>)>, GithubFailure> {
    for name in names {
        if let Some(bytes) = client.default_file(name).await? {
            return Ok(Some((name.clone(), bytes)));
        }
    }
    // whoever cannot see the repository gets the same answer as if there were no such file
    client.about().await?;
    Ok(None)
}

/// The default branch's certificates and key, by the names in its configuration; those that are on the machine and not
/// in the checkout are left there.
async fn files(client: &GithubClient, here: &Path, default: &Config) -> Result<BTreeMap<String, Vec<u8>>> {
    let named = [
        ("ca-file", &default.ca_file),
        ("client-cert", &default.client_cert),
        ("client-key", &default.client_key),
    ];
    let mut files = BTreeMap::new();
    for (key, name) in named {
        let Some(name) = name.as_ref().filter(|name| !files.contains_key(*name)) else { continue };
        let Some(path) = path_in_checkout(here, &here.join(name)) else { continue };
        let bytes = client.default_file(&path).await.map_err(|failure| unasked(&failure))?;
        let bytes = bytes.ok_or_else(|| {
            Error::usage(format!("`{key}` {name} does not exist on the default branch"))
                .hint("add it there, or name a file outside the checkout in the configuration")
        })?;
        files.insert(name.clone(), bytes);
    }
    Ok(files)
}

/// The checkout that contains a file.
fn checkout_of(file: &Path) -> Option<PathBuf> {
    EventCheckout::root(&std::fs::canonicalize(file.parent()?).ok()?)
}

/// A file's path from the root of the checkout that contains it; `None`: no checkout contains it, so that it is the
/// workflow's own.
fn path_in_checkout(here: &Path, file: &Path) -> Option<String> {
    let folder = std::fs::canonicalize(file.parent()?).ok()?;
    let whole = folder.join(file.file_name()?);
    let root = checkout_of(file).or_else(|| std::fs::canonicalize(here).ok())?;
    let below = whole.strip_prefix(&root).ok()?;
    let parts: Vec<&str> = below.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
    Some(parts.join("/"))
}

/// The keys that would matter: with the site in the environment, no configuration says where it is.
fn effective(mut keys: Vec<&'static str>) -> Vec<&'static str> {
    let is_named = connect::variable("JIRA_BASE_URL").is_some();
    keys.retain(|key| !is_named || *key != "jira.url");
    keys
}

/// Reports the keys that differ, but not their values: one of them may be a secret.
fn differing(name: &str, keys: &[&str]) -> Option<Problem> {
    if keys.is_empty() {
        return None;
    }
    let (list, is) = listed(keys);
    let message = format!(
        "{list} {is} different in the default branch's configuration, which applies until this change is merged"
    );
    Some(Problem::new(name, message).hint(DECIDES))
}

/// Reports the keys of a pull request's own configuration that are not used, without their values.
fn unused(keys: &[&str], addition: &str) -> Option<Problem> {
    let (list, is) = listed(keys);
    let message = format!("{list} {is} not taken from the pull request's own configuration{addition}");
    (!keys.is_empty()).then(|| Problem::new("configuration", message))
}

/// `a`, `b` and `c`, with the verb that follows.
fn listed(keys: &[&str]) -> (String, &'static str) {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    match quoted.as_slice() {
        [] => (String::new(), "are"),
        [one] => (one.clone(), "is"),
        [rest @ .., last] => (format!("{} and {last}", rest.join(", ")), "are"),
    }
}

fn unasked(failure: &GithubFailure) -> Error {
    Error::remote(format!(
        "nothing is sent, because the default branch's configuration, which says where the tracker is, \
         could not be read: {failure}"
    ))
    .hint(match failure {
        // these are temporary, or not about a missing permission
        GithubFailure::RateLimited(_)
        | GithubFailure::Unreachable(_)
        | GithubFailure::Strange
        | GithubFailure::Forbidden(_)
        | GithubFailure::Credentials => Error::from(failure.clone()).advice().unwrap_or_default().to_owned(),
        GithubFailure::Unsuitable(_) => {
            "make it a regular file of at most 1 MB on the default branch".to_owned()
        }
        _ => "give the job `permissions: contents: read`, and set the action's `github-token`".to_owned(),
    })
}

fn unaddressed(names: &[String]) -> Error {
    let name = names.first().map_or("the configuration", String::as_str);
    Error::usage(format!(
        "the Jira site is not known: in a pull request, it is taken from {name} on the default branch, \
         but that file does not name one"
    ))
    .hint(
        "set the action's input `jira-base-url` (JIRA_BASE_URL) in the workflow, or first merge a configuration \
         with `jira.url` into the default branch",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_path_in_its_checkout() {
        let place = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(place.path()).unwrap();
        for folder in ["shop/.git", "shop/sub", "shop/nested/.git", "elsewhere"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        let check = |here: &str, file: &str, expected: Option<&str>| {
            let found = path_in_checkout(&root.join(here), &root.join(file));
            assert_eq!(found.as_deref(), expected, "{here} {file}");
        };
        check("shop", "shop/casefile.yml", Some("casefile.yml"));
        check("shop/sub", "shop/sub/casefile.yml", Some("sub/casefile.yml"));
        check("shop/sub", "shop/sub/../casefile.yml", Some("casefile.yml"));
        check("shop", "shop/nested/casefile.yml", Some("casefile.yml"));
        check("shop", "elsewhere/casefile.yml", None);
        check("elsewhere", "elsewhere/casefile.yml", Some("casefile.yml"));
        check("shop", "none/casefile.yml", None);
    }

    #[test]
    fn what_is_laid_over_the_checkout_is_not_taken_for_the_commits() {
        let place = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(place.path()).unwrap();
        let git = |words: &[&str]| {
            let who =
                ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
            let done = std::process::Command::new("git").args(who).args(words).current_dir(&root).output();
            assert!(done.unwrap().status.success(), "{words:?}");
        };
        let file = root.join("casefile.yml");
        let write = |text: &str| std::fs::write(&file, text).unwrap();
        git(&["init", "-q"]);
        write("max-new: 1\n");
        git(&["add", "."]);
        git(&["commit", "-q", "-m", "x"]);
        let context = |event: &str| {
            let variables = [("GITHUB_REPOSITORY", "acme/shop"), ("GITHUB_EVENT_NAME", event)];
            let variable = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            EventContext::of(&variable, None).unwrap()
        };
        let check = |event: &str, file: Option<&Path>, expected: bool| {
            assert_eq!(is_laid_over(&context(event), &root, file), expected, "{event} {file:?}");
        };
        check("workflow_run", Some(&file), false);
        check("workflow_run", None, false);
        write("max-new: 1\r\n");
        check("workflow_run", Some(&file), false);
        write("max-new: 2\n");
        check("workflow_run", Some(&file), true);
        check("schedule", Some(&file), false);
        // one that the commit does not contain, and one from outside the checkout
        let other = root.join(".github/casefile.yml");
        std::fs::create_dir(root.join(".github")).unwrap();
        std::fs::write(&other, "max-new: 1\n").unwrap();
        check("workflow_run", Some(&other), true);
        let elsewhere = tempfile::tempdir().unwrap();
        let outside = elsewhere.path().join("casefile.yml");
        std::fs::write(&outside, "max-new: 1\n").unwrap();
        check("workflow_run", Some(&outside), false);
    }

    #[test]
    fn what_passes_is_not_told_as_a_want_of_permissions() {
        let check = |failure: GithubFailure, hint: &str| {
            let error = unasked(&failure);
            let said = error.advice().unwrap_or_default();
            assert!(said.contains(hint), "{failure}: {said}");
            assert_eq!(said.contains("contents: read"), hint == "contents: read", "{failure}: {said}");
        };
        check(GithubFailure::RateLimited(Some(Duration::from_secs(61))), "in 2 minutes");
        check(GithubFailure::RateLimited(None), "in a few minutes");
        check(late(), "run casefile again later");
        check(GithubFailure::Strange, "GITHUB_API_URL");
        check(GithubFailure::Credentials, "GITHUB_TOKEN");
        check(GithubFailure::ReadOnlyToken, "contents: read");
        check(GithubFailure::NotFound("repository a/b".to_owned()), "contents: read");
    }

    #[test]
    fn a_difference_is_told_by_its_keys() {
        let message = |keys: &[&str]| differing("casefile.yml", keys).map(|problem| problem.message);
        assert_eq!(message(&[]), None);
        let said = message(&["jira.url"]).unwrap();
        assert!(said.starts_with("`jira.url` is different"), "{said}");
        let said = message(&["ca-file", "proxy", "jira.url"]).unwrap();
        assert!(said.starts_with("`ca-file`, `proxy` and `jira.url` are different"), "{said}");
    }
}
