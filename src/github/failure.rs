//! How GitHub fails, by what can be done about it.

use std::time::Duration;

use serde::Deserialize;

use crate::error::Error;
use crate::http::seconds;

/// How much of GitHub's own words an error repeats, in characters.
const QUOTED: usize = 300;

/// Why GitHub did not do it. None of this contains the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GithubFailure {
    /// The token is not allowed to do this: it belongs to a fork or to Dependabot and can only read, or it lacks the
    /// permission.
    #[error("the token lacks permission to do this on pull requests")]
    ReadOnlyToken,
    /// There is no token, or it is wrong or expired.
    #[error("GitHub did not accept the token")]
    Credentials,
    /// It does not exist, or this token cannot see it.
    #[error("GitHub has no {0} that this token can see")]
    NotFound(String),
    /// The repository has another name now.
    #[error("{what} has moved; use the repository's current name")]
    Moved {
        /// What was asked for.
        what: String,
        /// The repository's number, and the path below it, if the answer names them.
        to: Option<(u64, String)>,
    },
    /// Too many requests; to be sent again after this long, if GitHub says so.
    #[error("GitHub's rate limit has been reached")]
    RateLimited(Option<Duration>),
    /// It understood and refused; nothing happened.
    #[error("GitHub refused: {0}")]
    Refused(String),
    /// It forbids this, and does not say that a permission is missing.
    #[error("GitHub refused: {0}")]
    Forbidden(String),
    /// What is there, or what was given, cannot be used, whatever the token is allowed to do.
    #[error("{0}")]
    Unsuitable(String),
    /// There was no answer that says what happened.
    #[error("the request to GitHub failed: {0}")]
    Unreachable(String),
    /// The answer is not one that GitHub's API gives; the request may have been carried out.
    #[error("GitHub's response is not in the expected format")]
    Strange,
}

impl From<GithubFailure> for Error {
    fn from(failure: GithubFailure) -> Error {
        let error = Error::remote(failure.to_string());
        match failure {
            GithubFailure::ReadOnlyToken => error.hint(
                "give the job `permissions: pull-requests: write`; runs for forks and for Dependabot \
                 cannot have this permission: use a `workflow_run` workflow instead (docs/workflows/forks.yml)",
            ),
            GithubFailure::Credentials => {
                error.hint("set the environment variable GITHUB_TOKEN to a valid token")
            }
            GithubFailure::Strange => {
                error.hint("check that GITHUB_API_URL is the address of GitHub's API, and check the \
                            network connection")
            }
            GithubFailure::NotFound(_) => {
                error.hint("give the job `permissions: contents: read` and `pull-requests: write`")
            }
            GithubFailure::RateLimited(Some(wait)) => {
                let minutes = wait.as_secs().div_ceil(60);
                let plural = if minutes == 1 { "" } else { "s" };
                error.hint(format!("run casefile again in {minutes} minute{plural}"))
            }
            GithubFailure::RateLimited(None) => error.hint("run casefile again in a few minutes"),
            GithubFailure::Unreachable(_) => error.hint(
                "run casefile again later; if the problem persists, check GITHUB_API_URL and the network \
                 connection",
            ),
            GithubFailure::Forbidden(_) => error.hint(
                "check that the job has `permissions: contents: read` and `pull-requests: write`, and that the \
                 organisation's rules do not restrict its token",
            ),
            GithubFailure::Refused(_) | GithubFailure::Unsuitable(_) | GithubFailure::Moved { .. } => error,
        }
    }
}

/// What an answer means, judging by its status, its headers and its text.
pub(super) fn of_answer(
    status: u16,
    header: &dyn Fn(&str) -> Option<String>,
    body: &[u8],
    what: &str,
) -> Option<GithubFailure> {
    if (200..300).contains(&status) {
        return None;
    }
    let ErrorBody { message, page } = ErrorBody::of(body);
    let lower = message.to_ascii_lowercase();
    let exhausted = header("x-ratelimit-remaining").as_deref() == Some("0");
    // the secondary limits, which older servers call abuse; the documentation's address names both
    let is_limit = |text: &str| ["rate limit", "rate-limit", "abuse"].iter().any(|word| text.contains(word));
    let limited = match status {
        429 => true,
        403 => exhausted || header("retry-after").is_some() || is_limit(&lower) || is_limit(&page),
        // "Validation Failed: was submitted too quickly", for content that is created
        422 => lower.contains("submitted too quickly"),
        _ => false,
    };
    let is_page = body.trim_ascii_start().starts_with(b"<");
    Some(match status {
        _ if limited => GithubFailure::RateLimited(wait_of(header)),
        401 => GithubFailure::Credentials,
        403 if lower.contains("resource not accessible by") => GithubFailure::ReadOnlyToken,
        404 | 410 => GithubFailure::NotFound(what.to_owned()),
        300..=399 => match header("location").map(moved_to) {
            // a login page in front of it, not a repository with another name
            Some(None) => GithubFailure::Strange,
            to => GithubFailure::Moved { what: what.to_owned(), to: to.flatten() },
        },
        401..=403 if is_page => GithubFailure::Strange,
        500.. => GithubFailure::Unreachable(format!("it responded with {status}")),
        _ => {
            let words = if message.is_empty() { format!("it responded with {status}") } else { message };
            if status == 403 { GithubFailure::Forbidden(words) } else { GithubFailure::Refused(words) }
        }
    })
}

/// The number in `https://…/repositories/4711/pulls`, and the rest: no other part of the location is followed, so that
/// the token is sent nowhere else.
fn moved_to(location: String) -> Option<(u64, String)> {
    let (_, path) = location.split_once("/repositories/")?;
    let path = path.split('?').next()?;
    let (number, below) = path.split_at(path.find('/').unwrap_or(path.len()));
    Some((number.parse().ok()?, below.to_owned()))
}

/// `Retry-After` in seconds, otherwise the time from the answer's own date to the limit's reset.
fn wait_of(header: &dyn Fn(&str) -> Option<String>) -> Option<Duration> {
    if let Some(pause) = header("retry-after").and_then(|text| seconds(&text)) {
        return Some(pause);
    }
    if header("x-ratelimit-remaining")? != "0" {
        return None;
    }
    let reset: i64 = header("x-ratelimit-reset")?.parse().ok()?;
    let now = jiff::fmt::rfc2822::parse(&header("date")?).ok()?.timestamp().as_second();
    Some(Duration::from_secs(u64::try_from(reset.saturating_sub(now)).unwrap_or(0).max(1)))
}

/// What GitHub's response says.
#[derive(Default)]
struct ErrorBody {
    /// Its text, on one line.
    message: String,
    /// The page of the documentation that it names.
    page: String,
}

impl ErrorBody {
    fn of(body: &[u8]) -> ErrorBody {
        /// GitHub's form of an error; the parts of `errors` are objects or text.
        #[derive(Deserialize)]
        struct Refusal {
            #[serde(default)]
            message: String,
            #[serde(default)]
            errors: Vec<serde_json::Value>,
            documentation_url: Option<String>,
        }
        let Ok(refusal) = serde_json::from_slice::<Refusal>(body) else { return ErrorBody::default() };
        let details = refusal.errors.iter().filter_map(|error| error.as_str().or(error["message"].as_str()));
        let words = std::iter::once(refusal.message.as_str()).chain(details).collect::<Vec<_>>().join(": ");
        ErrorBody {
            message: words.chars().take(QUOTED).collect(),
            page: refusal.documentation_url.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let check = |status, headers: &[(&str, &str)], body: &str, expected: Option<GithubFailure>| {
            let header = |name: &str| {
                headers.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(of_answer(status, &header, body.as_bytes(), "pull request #7"), expected);
        };
        let seconds = |seconds| Some(GithubFailure::RateLimited(Some(Duration::from_secs(seconds))));
        let refused = |words: &str| Some(GithubFailure::Refused(words.to_owned()));
        check(201, &[], "{}", None);
        check(401, &[], r#"{"message":"Bad credentials"}"#, Some(GithubFailure::Credentials));
        let integration = r#"{"message":"Resource not accessible by integration","status":"403"}"#;
        check(403, &[], integration, Some(GithubFailure::ReadOnlyToken));
        check(404, &[], "<html>", Some(GithubFailure::NotFound("pull request #7".to_owned())));
        check(429, &[], "", Some(GithubFailure::RateLimited(None)));
        check(403, &[("retry-after", "61")], "", seconds(61));
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        check(403, &[("x-ratelimit-remaining", "4000")], secondary, Some(GithubFailure::RateLimited(None)));
        let abuse =
            r#"{"message":"You have triggered an abuse detection mechanism. Please wait a few minutes."}"#;
        check(403, &[], abuse, Some(GithubFailure::RateLimited(None)));
        let page = r#"{"message":"Forbidden","documentation_url":"https://docs.github.com/x#secondary-rate-limits"}"#;
        check(403, &[], page, Some(GithubFailure::RateLimited(None)));
        let page = r#"{"documentation_url":"https://docs.github.com/rest/overview#abuse-rate-limits"}"#;
        check(403, &[], page, Some(GithubFailure::RateLimited(None)));
        let quick = r#"{"message":"Validation Failed","errors":[{"message":"was submitted too quickly"}]}"#;
        check(422, &[], quick, Some(GithubFailure::RateLimited(None)));
        check(429, &[("retry-after", "99999999999999999999")], "", seconds(u64::MAX));
        let reset = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "784111807"),
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ];
        check(403, &reset, "", seconds(30));
        check(
            403,
            &[],
            r#"{"message":"Must have admin rights"}"#,
            Some(GithubFailure::Forbidden("Must have admin rights".to_owned())),
        );
        let long = r#"{"message":"Validation Failed","errors":[{"message":"body is too long"},"x",3]}"#;
        check(422, &[], long, refused("Validation Failed: body is too long: x"));
        check(418, &[], "tea", refused("it responded with 418"));
        let moved = |to| Some(GithubFailure::Moved { what: "pull request #7".to_owned(), to });
        check(301, &[], "", moved(None));
        let to = [("location", "https://api.github.com/repositories/4711/pulls/7")];
        check(301, &to, "", moved(Some((4711, "/pulls/7".to_owned()))));
        check(302, &[("location", "https://x.example/login")], "", Some(GithubFailure::Strange));
        check(403, &[], "<html>Sign in", Some(GithubFailure::Strange));
        check(502, &[], "", Some(GithubFailure::Unreachable("it responded with 502".to_owned())));
    }

    #[test]
    fn an_error_names_the_way_out() {
        let hint = |failure: GithubFailure| Error::from(failure).advice().unwrap_or("").to_owned();
        assert!(hint(GithubFailure::ReadOnlyToken).contains("workflow_run"));
        assert!(hint(GithubFailure::RateLimited(Some(Duration::from_secs(61)))).contains("2 minutes"));
        assert!(hint(GithubFailure::Forbidden("no".to_owned())).contains("pull-requests: write"));
        assert!(
            hint(GithubFailure::Unreachable("it responded with 502".to_owned()))
                .contains("run casefile again later")
        );
    }
}
