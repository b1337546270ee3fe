//! What a failed exchange means: whether it may have been processed all the same.

use std::error::Error;

use reqwest::header::LOCATION;
use url::Url;

use super::policy::refused_by_limit;
use super::request::{Request, Response};
use super::{ANSWER_LIMIT, resolve};
use crate::model::answer::Failure;

/// A request that could not be sent, or whose answer did not begin.
pub(super) fn of_sending(to: &Url, error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let words = |error: &reqwest::Error| format!("{}: {}", to.host_str().unwrap_or("nowhere"), words(error));
    if let Some(blocked) = causes(&error).find_map(|cause| cause.downcast_ref::<resolve::Blocked>()) {
        return Failure::Blocked(blocked.to_string());
    }
    if error.is_connect() || error.is_builder() {
        Failure::Unreachable(words(&error))
    } else {
        Failure::Unknown(words(&error))
    }
}

/// An answer that broke off.
pub(super) fn of_reading(error: reqwest::Error) -> Failure {
    Failure::Unknown(format!("the answer broke off: {}", words(&error.without_url())))
}

/// An answer beyond all measure.
pub(super) fn too_long() -> Failure {
    Failure::Unknown(format!("the answer is longer than {} MiB", ANSWER_LIMIT >> 20))
}

/// An answer that is a failure whatever the service: a redirect, which is not followed, and a rate
/// limit that stayed shut. All others are the caller's to read.
pub(super) fn of_answer(request: &Request, answer: Response) -> Result<Response, Failure> {
    if matches!(answer.status, 300..=303 | 305..=308) {
        let to = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok());
        let to = to.and_then(|to| request.url.join(to).ok());
        return Err(redirected(&request.url, to.as_ref()));
    }
    if refused_by_limit(&answer) {
        let pause = super::asked(&answer)
            .map(|pause| format!(" and asks to wait {} s", pause.as_secs()))
            .unwrap_or_default();
        return Err(Failure::Unreachable(format!("its rate limit refuses further requests{pause}")));
    }
    Ok(answer)
}

/// Names the host alone: path and query of a redirect may hold what is nobody's business.
fn redirected(from: &Url, to: Option<&Url>) -> Failure {
    let host = |url: &Url| url.host_str().unwrap_or("nowhere").to_owned();
    match to {
        Some(to) if host(to) != host(from) || to.port_or_known_default() != from.port_or_known_default() => {
            Failure::Blocked(format!(
                "{} redirects to {}, which is not followed; if that is the right one, give it as base URL",
                host(from),
                host(to)
            ))
        }
        _ => Failure::Unreachable(format!(
            "{} answers an API request with a redirect within itself, which is not followed; the base \
             URL may lack the context path, or a login page stands in front",
            host(from)
        )),
    }
}

/// An error with its causes in one line, each said once.
pub(super) fn words(error: &dyn Error) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in causes(error).map(ToString::to_string) {
        if !said.iter().any(|earlier| earlier.contains(&cause)) {
            said.push(cause);
        }
    }
    // the outermost says only that sending failed
    if said.is_empty() { error.to_string() } else { said.join(": ") }
}

fn causes(error: &dyn Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
