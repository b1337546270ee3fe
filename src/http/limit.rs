//! The server's rate limit, shared by all requests of a client: none is sent that the limiter would refuse. Pure: the
//! time is passed in.
//!
//! Jira Data Center's limiter is a token bucket for each account: a request takes a token, and every
//! `X-RateLimit-Interval-Seconds` as many tokens are added as `X-RateLimit-FillRate` says, up to `X-RateLimit-Limit`
//! ("Adjusting your code for rate limiting", Atlassian's documentation). It is not known when the next ones are added,
//! so casefile waits for the whole interval.

use std::time::Duration;

use tokio::time::Instant;

use super::request::Response;

/// The longest interval that is believed.
const LONGEST_INTERVAL: u64 = 24 * 60 * 60;

/// The shared state.
#[derive(Debug)]
pub(super) struct Limiter {
    /// The time before which nothing is sent.
    hold: Instant,
    bucket: Option<TokenBucket>,
    /// How many requests have no answer yet: it is not known whether the server has counted them.
    under_way: u64,
}

/// The server's bucket, never assumed to be fuller than it is there.
#[derive(Debug)]
struct TokenBucket {
    tokens: u64,
    /// When more tokens are certain to be available.
    next: Instant,
    rate: Rate,
}

/// What the limiter's headers say about its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    /// How many tokens are added at once.
    fill: u64,
    /// How often they are added.
    pub(super) interval: Duration,
    /// The maximum.
    most: u64,
}

impl Rate {
    /// `None`: the answer does not say; Jira Cloud's answers never do.
    pub(super) fn of(answer: &Response) -> Option<Rate> {
        let number = |name| answer.header(name)?.trim().parse::<u64>().ok();
        let fill = number("x-ratelimit-fillrate").filter(|fill| *fill > 0)?;
        let seconds = number("x-ratelimit-interval-seconds").filter(|seconds| *seconds > 0)?;
        let most = number("x-ratelimit-limit").filter(|most| *most > 0).unwrap_or(fill);
        Some(Rate {
            fill: fill.min(most),
            interval: Duration::from_secs(seconds.min(LONGEST_INTERVAL)),
            most,
        })
    }
}

impl Limiter {
    pub(super) fn new(now: Instant) -> Limiter {
        Limiter { hold: now, bucket: None, under_way: 0 }
    }

    /// Takes what a request needs in order to be sent, or returns how long to wait before asking again.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        if self.hold > now {
            return Err(self.hold - now);
        }
        if let Some(bucket) = &mut self.bucket {
            if now >= bucket.next {
                bucket.tokens = bucket.tokens.saturating_add(bucket.rate.fill).min(bucket.rate.most);
                bucket.next = now + bucket.rate.interval;
            }
            if bucket.tokens == 0 {
                return Err(bucket.next - now);
            }
            bucket.tokens -= 1;
        }
        self.under_way += 1;
        Ok(())
    }

    /// Learns from an answer, before its request [leaves](Limiter::leave).
    pub(super) fn learn(&mut self, now: Instant, answer: &Response) {
        let Some(rate) = Rate::of(answer) else { return };
        let left = answer.header("x-ratelimit-remaining").and_then(|left| left.trim().parse::<u64>().ok());
        let known = self.bucket.as_ref().map_or(rate.most, |bucket| bucket.tokens);
        let tokens = match (answer.status, left) {
            (429, _) => 0,
            // it is not known whether the server has already counted the others in progress
            (_, Some(left)) => left.saturating_sub(self.under_way.saturating_sub(1)),
            (_, None) => known,
        };
        self.bucket = Some(TokenBucket { tokens, next: now + rate.interval, rate });
    }

    /// A request that was let through is no longer in progress.
    pub(super) fn leave(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// A pause that one request has to make applies to all.
    pub(super) fn hold(&mut self, now: Instant, pause: Duration) {
        self.hold = self.hold.max(now + pause);
        if let Some(bucket) = &mut self.bucket {
            // the limiter named the moment, or the interval has passed
            bucket.next = bucket.next.min(self.hold);
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName};

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
            .collect();
        Response { status, headers, body: Vec::new() }
    }

    fn response(status: u16, left: &str) -> Response {
        let headers = [
            ("x-ratelimit-limit", "10"),
            ("x-ratelimit-remaining", left),
            ("x-ratelimit-interval-seconds", "2"),
            ("x-ratelimit-fillrate", "3"),
        ];
        answer(status, &headers)
    }

    /// How many requests may be sent now.
    fn free(limiter: &mut Limiter, now: Instant) -> u64 {
        std::iter::from_fn(|| limiter.take(now).ok()).take(100).count() as u64
    }

    #[test]
    fn settings_are_believed_within_bounds() {
        let check = |fill: &str, interval: &str, expected: Option<(u64, u64)>| {
            let headers = [("x-ratelimit-fillrate", fill), ("x-ratelimit-interval-seconds", interval)];
            let found = Rate::of(&answer(200, &headers)).map(|rate| (rate.fill, rate.interval.as_secs()));
            assert_eq!(found, expected, "{fill} {interval}");
        };
        check("3", " 2 ", Some((3, 2)));
        check("0", "2", None);
        check("3", "0", None);
        check("-1", "2", None);
        check("3", "18446744073709551616", None);
        check("3", "18446744073709551615", Some((3, LONGEST_INTERVAL)));
    }

    #[test]
    fn nobody_is_sent_beyond_what_is_left() {
        let now = Instant::now();
        let at = |millis| now + Duration::from_millis(millis);
        let mut limiter = Limiter::new(now);
        assert_eq!(free(&mut limiter, now), 100, "nothing is known");
        (0..100).for_each(|_| limiter.leave());
        assert_eq!(free(&mut limiter, now), 100);
        (0..98).for_each(|_| limiter.leave());
        // besides this one, another one is under way and may not have been counted yet
        limiter.learn(now, &response(200, "5"));
        limiter.leave();
        assert_eq!(free(&mut limiter, now), 4);
        assert_eq!(limiter.take(at(500)), Err(Duration::from_millis(1500)));
        assert_eq!(free(&mut limiter, at(2000)), 3);
        assert_eq!(free(&mut limiter, at(3999)), 0);
        assert_eq!(free(&mut limiter, at(4000)), 3);
    }

    #[test]
    fn a_refusal_holds_everybody_and_then_lets_as_many_go_as_there_are_tokens() {
        let now = Instant::now();
        let at = |millis| now + Duration::from_millis(millis);
        let mut limiter = Limiter::new(now);
        assert!(limiter.take(now).is_ok());
        limiter.learn(now, &response(429, "0"));
        limiter.leave();
        limiter.hold(now, Duration::from_millis(700));
        assert_eq!(limiter.take(at(600)), Err(Duration::from_millis(100)));
        assert_eq!(free(&mut limiter, at(700)), 3);
        // without those headers, only the pause is known
        let mut limiter = Limiter::new(now);
        assert!(limiter.take(now).is_ok());
        limiter.learn(now, &answer(429, &[]));
        limiter.leave();
        limiter.hold(now, Duration::from_secs(1));
        assert_eq!(free(&mut limiter, at(999)), 0);
        assert_eq!(free(&mut limiter, at(1000)), 100);
    }
}
