//! What is retried, and after which pause, for trackers and for GitHub (whose own pauses are in
//! `github::client::RetryDelays`). Pure: the server's clock is read from its response, ours never.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use jiff::Timestamp;

use super::limit::Rate;
use super::request::{Repeat, Response};

/// How many refusals by a limiter that says how long to wait are waited out for one request.
const REFUSALS: usize = 20;

/// How patient to be.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    /// The first pause; each further one is twice as long, with jitter.
    pub first: Duration,
    /// The longest pause of our own.
    pub longest: Duration,
    /// The longest pause that a server may ask for; if one asks for more, nothing is sent to it again.
    pub asked: Duration,
    /// How many times a request is retried.
    pub repeats: usize,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(20),
            asked: Duration::from_secs(120),
            repeats: 5,
        }
    }
}

impl RetryPolicy {
    /// The pauses of one request.
    pub(crate) fn pauses(&self) -> Pauses {
        let own = ExponentialBuilder::new()
            .with_min_delay(self.first)
            .with_max_delay(self.longest)
            .with_max_times(self.repeats)
            .with_jitter()
            .build();
        Pauses { own, longest: self.longest, asked: self.asked, refusals: REFUSALS }
    }
}

/// The pauses before a request is retried, as often as that is allowed.
pub(crate) struct Pauses {
    own: ExponentialBackoff,
    longest: Duration,
    asked: Duration,
    /// How many refusals that named a pause may still be waited out.
    refusals: usize,
}

impl Pauses {
    /// How long to wait before it is retried after it ended in this way; `None`: it is not retried. A pause that the
    /// server asked for is respected or, if it is too long, nothing is sent again.
    pub(crate) fn after(
        &mut self,
        repeat: Repeat,
        ending: ResponseClass,
        wanted: Option<Duration>,
    ) -> Option<Duration> {
        if !again(repeat, ending) || wanted.is_some_and(|wanted| wanted > self.asked) {
            return None;
        }
        match (ending, wanted) {
            // a limiter that says how long works as it should: if many share it, they have to try more often
            (ResponseClass::Limited, Some(wanted)) if !wanted.is_zero() => {
                self.refusals = self.refusals.checked_sub(1)?;
                Some(wanted.max(self.own.next().unwrap_or_default().min(self.longest)))
            }
            _ => Some(wanted.unwrap_or_default().max(self.own.next()?)),
        }
    }
}

/// How sending ended, as far as that decides about a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseClass {
    /// No connection was made, so nothing was sent.
    NotSent,
    /// The server's rate limit refused it, so it was not processed.
    Limited,
    /// It was sent, at least partly, and the answer did not arrive, or is the error of a gateway or a server.
    Unclear,
    /// The answer is final.
    Answered,
}

impl ResponseClass {
    pub(super) fn of(answer: &Response) -> ResponseClass {
        match answer.status {
            _ if refused_by_limit(answer) => ResponseClass::Limited,
            408 | 425 | 500 | 502 | 503 | 504 => ResponseClass::Unclear,
            _ => ResponseClass::Answered,
        }
    }
}

/// Whether to retry it.
fn again(repeat: Repeat, ending: ResponseClass) -> bool {
    match ending {
        ResponseClass::NotSent | ResponseClass::Limited => true,
        ResponseClass::Unclear => repeat == Repeat::Yes,
        ResponseClass::Answered => false,
    }
}

/// Whether the server's rate limit refused it, so that it was certainly not processed. A 503 alone may come from a
/// gateway whose server went on working; with a reason from the limiter it does not.
pub(super) fn refused_by_limit(answer: &Response) -> bool {
    answer.status == 429 || (answer.status == 503 && answer.headers.contains_key("ratelimit-reason"))
}

/// How long the server asks to wait: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), otherwise
/// `X-RateLimit-Reset` as a date or in seconds since 1970, otherwise until a bucket is certain to have new tokens. A
/// date counts from the answer's own `Date`.
pub(super) fn asked(answer: &Response) -> Option<Duration> {
    if !matches!(answer.status, 429 | 503) {
        return None;
    }
    let until = |then: Timestamp| {
        let now = http_date(answer.header("date")?)?;
        // a date in the past asks for no pause
        Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
    };
    let after = answer.header("retry-after").and_then(|text| match seconds(text) {
        Some(pause) => Some(pause),
        None => until(http_date(text)?),
    });
    let reset = || {
        let text = answer.header("x-ratelimit-reset")?.trim();
        until(match text.parse() {
            Ok(seconds) => Timestamp::from_second(seconds).ok()?,
            Err(_) => date_and_time(text)?,
        })
    };
    let announced = after.or_else(reset);
    // Data Center rounds down, so that less than a second becomes zero
    let tokens = || Rate::of(answer).filter(|_| answer.status == 429).map(|rate| rate.interval);
    announced.filter(|pause| !pause.is_zero()).or_else(tokens).or(announced)
}

/// A number of seconds, of any size: more than can be counted means for ever.
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

/// `2026-01-15T10:30:00Z`, or without seconds, as Jira writes it.
fn date_and_time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap()))
            .collect();
        Response { status, headers, body: Vec::new() }
    }

    #[test]
    fn pauses_asked_for_are_understood() {
        let date = ("date", "Sun, 22 Nov 2026 10:00:00 GMT");
        let check = |status, headers: &[(&str, &str)], seconds: Option<u64>| {
            assert_eq!(asked(&answer(status, headers)), seconds.map(Duration::from_secs), "{headers:?}");
        };
        check(429, &[("retry-after", "7")], Some(7));
        check(503, &[("retry-after", " 7 ")], Some(7));
        check(200, &[("retry-after", "7")], None);
        check(429, &[("retry-after", "Sun, 22 Nov 2026 10:00:30 GMT"), date], Some(30));
        check(429, &[("retry-after", "Sun, 22 Nov 2026 09:00:00 GMT"), date], Some(0));
        check(429, &[("retry-after", "Sun, 22 Nov 2026 10:00:30 GMT")], None);
        check(429, &[("retry-after", "soon")], None);
        check(429, &[("retry-after", "-1")], None);
        check(429, &[("x-ratelimit-reset", "2026-11-22T10:01:00Z"), date], Some(60));
        check(429, &[("x-ratelimit-reset", "2026-11-22T10:01Z"), date], Some(60));
        check(429, &[("x-ratelimit-reset", "1795341620"), date], Some(20));
        check(429, &[("retry-after", "3"), ("x-ratelimit-reset", "1795341620"), date], Some(3));
        check(429, &[("retry-after", "184467440737095516160")], Some(u64::MAX));
        let bucket = [("x-ratelimit-interval-seconds", "60"), ("x-ratelimit-fillrate", "5")];
        check(429, &bucket, Some(60));
        check(429, &[bucket[0], bucket[1], ("retry-after", "7")], Some(7));
        check(429, &[bucket[0], bucket[1], ("retry-after", "0")], Some(60));
        check(429, &bucket[..1], None);
        check(200, &bucket, None);
        check(429, &[], None);
    }

    #[test]
    fn only_what_may_be_repeated_is_repeated() {
        let limiter: &[(&str, &str)] = &[("ratelimit-reason", "jira-burst-based")];
        let check = |ending, yes, if_refused| {
            assert_eq!(again(Repeat::Yes, ending), yes, "{ending:?}");
            assert_eq!(again(Repeat::IfRefused, ending), if_refused, "{ending:?}");
        };
        check(ResponseClass::NotSent, true, true);
        check(ResponseClass::Unclear, true, false);
        let check = |status, headers, yes, if_refused| {
            check(ResponseClass::of(&answer(status, headers)), yes, if_refused);
        };
        check(429, &[], true, true);
        check(503, limiter, true, true);
        check(503, &[("retry-after", "1")], true, false);
        check(500, &[], true, false);
        check(502, &[], true, false);
        check(408, &[], true, false);
        check(400, &[], false, false);
        check(401, &[], false, false);
        check(201, &[], false, false);
    }

    #[test]
    fn pauses_grow_and_end() {
        let retry = RetryPolicy::default();
        let mut pauses = retry.pauses();
        let pauses: Vec<Duration> =
            std::iter::from_fn(|| pauses.after(Repeat::Yes, ResponseClass::NotSent, None)).collect();
        assert_eq!(pauses.len(), retry.repeats);
        assert!(pauses[0] >= retry.first && pauses[4] > pauses[0]);
    }

    #[test]
    fn a_limiter_that_says_how_long_is_obeyed_more_often_than_a_failure() {
        let retry = RetryPolicy::default();
        let check = |ending, wanted: Option<u64>, expected: usize| {
            let mut pauses = retry.pauses();
            let wanted = wanted.map(Duration::from_secs);
            let one = || pauses.after(Repeat::Yes, ending, wanted);
            let made: Vec<Duration> = std::iter::from_fn(one).take(100).collect();
            assert_eq!(made.len(), expected, "{ending:?} {wanted:?}");
            assert!(made.iter().all(|pause| Some(*pause) >= wanted && *pause <= retry.longest * 2));
        };
        check(ResponseClass::Limited, Some(2), REFUSALS);
        check(ResponseClass::Limited, Some(0), retry.repeats);
        check(ResponseClass::Limited, None, retry.repeats);
        check(ResponseClass::Unclear, Some(2), retry.repeats);
    }

    #[test]
    fn what_the_server_asks_for_is_kept_to_within_bounds() {
        let retry = RetryPolicy::default();
        let check = |wanted, expected: Option<Duration>| {
            assert_eq!(retry.pauses().after(Repeat::Yes, ResponseClass::Limited, Some(wanted)), expected);
        };
        check(Duration::from_secs(30), Some(Duration::from_secs(30)));
        check(retry.asked, Some(retry.asked));
        check(retry.asked + Duration::from_secs(1), None);
    }
}
