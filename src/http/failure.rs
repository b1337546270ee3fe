//! What a failed exchange means: whether the request may have been processed anyway.

use std::error::Error;
use std::time::Duration;

use reqwest::header::LOCATION;
use rustls::AlertDescription;
use url::Url;

use super::policy::refused_by_limit;
use super::request::{Request, Response};
use super::{ANSWER_LIMIT, resolve};
use crate::model::answer::Failure;

/// What to do about a login page for people.
pub(crate) const SIGN_ON: &str = "Ask whoever operates the single sign-on system or the proxy in front of \
                                  Jira to let through API requests (/rest/) that carry a token, or use an \
                                  address at which API clients can reach Jira.";

/// What else an unexpected page may mean.
pub(crate) const CONTEXT: &str =
    "Check the base URL too: if Jira has a context path, such as /jira, the base URL must include it.";

/// A request that could not be sent, or whose answer did not begin.
pub(super) fn of_sending(to: &Url, error: reqwest::Error, has_identity: bool) -> Failure {
    let error = error.without_url();
    if let Some(refusal) = alert(&error).and_then(|alert| unknown_caller(to, alert, has_identity)) {
        return refusal;
    }
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

/// The TLS alert with which the server ended the connection. Under TLS 1.3 it comes after the handshake, where it
/// looks like an answer that broke off.
fn alert(error: &reqwest::Error) -> Option<AlertDescription> {
    causes(error).find_map(|cause| match tls(cause)? {
        rustls::Error::AlertReceived(alert) => Some(*alert),
        _ => None,
    })
}

/// An error of TLS, which is wrapped in as many `io::Error`s as there are layers.
fn tls<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    match error.downcast_ref::<std::io::Error>() {
        Some(wrapping) => tls(wrapping.get_ref()?),
        None => error.downcast_ref(),
    }
}

/// The server wants to know who calls (RFC 8446, 6.2): it has not read any request, so nothing happened.
fn unknown_caller(to: &Url, alert: AlertDescription, has_identity: bool) -> Option<Failure> {
    use AlertDescription as Alert;
    let host = to.host_str().unwrap_or("nowhere");
    let form = "`client-cert` and `client-key` (PEM files), or JIRA_CLIENT_CERT and JIRA_CLIENT_KEY";
    match alert {
        Alert::CertificateRequired | Alert::HandshakeFailure | Alert::NoCertificate if !has_identity => {
            let why = if alert == Alert::HandshakeFailure {
                "aborted the TLS handshake, as servers that require a client certificate (mTLS) do"
            } else {
                "requires a client certificate (mTLS), but none is configured"
            };
            Some(Failure::Unusable {
                blocked: false,
                why: format!("{host} {why}"),
                hint: format!(
                    "Set {form}. Whoever operates the server in front of Jira can provide the \
                     certificate and its key."
                ),
            })
        }
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied
        | Alert::CertificateRequired
        | Alert::HandshakeFailure
            if has_identity =>
        {
            Some(Failure::Unusable {
                blocked: false,
                why: format!("{host} rejected the client certificate (TLS alert {alert:?})"),
                hint: format!(
                    "Check that {form} contain a certificate that the server trusts and that has not expired."
                ),
            })
        }
        _ => None,
    }
}

/// An answer that broke off.
pub(super) fn of_reading(error: reqwest::Error) -> Failure {
    Failure::Unknown(format!("the response was cut off: {}", words(&error.without_url())))
}

/// An answer that is too long.
pub(super) fn too_long() -> Failure {
    Failure::Unknown(format!("the response is larger than {} MiB", ANSWER_LIMIT >> 20))
}

/// An answer that is a failure whatever the service: a redirect, which is not followed, and a rate limit that did not
/// end. All others are up to the caller.
pub(super) fn of_answer(request: &Request, answer: Response) -> Result<Response, Failure> {
    if matches!(answer.status, 300..=303 | 305..=308) {
        let to = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok());
        let to = to.and_then(|to| request.url.join(to).ok());
        return Err(redirected(&request.url, to.as_ref()));
    }
    if refused_by_limit(&answer) {
        return Err(limited(super::asked(&answer)));
    }
    Ok(answer)
}

/// The rate limit lasts longer than we wait.
pub(super) fn limited(pause: Option<Duration>) -> Failure {
    let pause = pause.filter(|pause| !pause.is_zero()).map(lasting);
    let (why, when) = match &pause {
        Some(pause) => (format!(" for another {pause}"), format!("in {pause}")),
        None => (String::new(), "in a few minutes".to_owned()),
    };
    Failure::Unusable {
        blocked: false,
        why: format!("the server's rate limit blocks further requests{why}"),
        hint: format!(
            "Run casefile again {when}: nothing is filed twice. If the limit is reached often, ask a Jira administrator \
             to raise it for the account, or run fewer jobs at once."
        ),
    }
}

/// A duration as a person would say it, rounded up.
fn lasting(pause: Duration) -> String {
    let seconds = pause.as_secs().saturating_add(u64::from(pause.subsec_nanos() > 0));
    let of = |count: u64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match seconds {
        0..=120 => of(seconds, "second"),
        121..=7200 => of(seconds.div_ceil(60), "minute"),
        7201..=172_800 => of(seconds.div_ceil(3600), "hour"),
        172_801..=31_536_000 => of(seconds.div_ceil(86_400), "day"),
        _ => "more than a year".to_owned(),
    }
}

/// Names only hosts: the path and the query of a redirect may contain something confidential. Only a redirect that
/// leads to the same API elsewhere corrects the address; every other one leads to a page for people.
fn redirected(from: &Url, to: Option<&Url>) -> Failure {
    let host = |url: &Url| url.host_str().unwrap_or("nowhere").to_owned();
    let own = host(from);
    let Some(to) = to else {
        return Failure::Unreachable(format!(
            "{own} responded to an API request with a redirect that has no target"
        ));
    };
    let is_elsewhere = host(to) != own || to.port_or_known_default() != from.port_or_known_default();
    match to.path().strip_suffix(from.path()) {
        Some(_) if is_elsewhere && to.scheme() == "https" => Failure::Blocked(format!(
            "{own} redirects to the same API at {}, but casefile does not follow redirects; if the new address \
             is right, use it as the base URL",
            host(to)
        )),
        Some(context) if !is_elsewhere && !context.is_empty() => Failure::Unusable {
            blocked: false,
            why: format!("{own} redirects to the same API under another path; the redirect is not followed"),
            hint: format!("Add the context path to the base URL: {}{context}", origin(from)),
        },
        _ => {
            let place = if is_elsewhere { host(to) } else { "another of its own pages".to_owned() };
            Failure::Unusable {
                blocked: is_elsewhere,
                why: format!(
                    "{own} responded to an API request with a redirect to {place}; the redirect is not followed. \
                     Either a login page or single sign-on is in front of Jira, or the address is not Jira's"
                ),
                hint: format!("{SIGN_ON} {CONTEXT}"),
            }
        }
    }
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// An error with its causes on one line, each once.
pub(super) fn words(error: &dyn Error) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in causes(error).map(ToString::to_string) {
        if !said.iter().any(|earlier| earlier.contains(&cause)) {
            said.push(cause);
        }
    }
    // the outermost only says that sending failed
    if said.is_empty() { error.to_string() } else { said.join(": ") }
}

fn causes(error: &dyn Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
