//! Jira Data Center's rate limiting: a bucket of tokens, and the headers that tell of it on every answer.
//!
//! Source: Atlassian, "Adjusting your code for rate limiting" (Jira Data Center): `X-RateLimit-Limit` is the most tokens
//! there can be, `-Remaining` how many are left, `-FillRate` how many come every `-Interval-Seconds`; a request that finds
//! none is answered 429. `retry-after` is documented too, and has been seen to be missing.

use std::time::{Duration, Instant};

use super::request::Answer;

/// The bucket of the account that casefile uses.
#[derive(Debug, Clone)]
pub(crate) struct Limiter {
    most: u64,
    fill: u64,
    interval: Duration,
    tokens: u64,
    filled: Instant,
    /// How many requests were let through, and how many refused.
    pub(crate) passed: usize,
    pub(crate) refused: usize,
}

impl Limiter {
    /// A full bucket.
    pub(crate) fn new(most: u64, fill: u64, interval: Duration) -> Self {
        let filled = Instant::now();
        Self { most, fill, interval, tokens: most, filled, passed: 0, refused: 0 }
    }

    /// Takes a token, or refuses.
    pub(crate) fn judge(&mut self) -> Option<Answer> {
        let batches = self.filled.elapsed().as_millis() / self.interval.as_millis();
        let batches = u32::try_from(batches).unwrap_or(u32::MAX);
        self.filled += self.interval * batches;
        self.tokens = (self.tokens + u64::from(batches) * self.fill).min(self.most);
        if let Some(left) = self.tokens.checked_sub(1) {
            self.tokens = left;
            self.passed += 1;
            return None;
        }
        self.refused += 1;
        Some(self.told(Answer::text(429, "application/json", "{\"message\":\"Rate limit exceeded.\"}")))
    }

    /// An answer with what the limiter says.
    pub(crate) fn told(&self, answer: Answer) -> Answer {
        answer
            .with("X-RateLimit-Limit", self.most.to_string())
            .with("X-RateLimit-Remaining", self.tokens.to_string())
            .with("X-RateLimit-Interval-Seconds", self.interval.as_secs().to_string())
            .with("X-RateLimit-FillRate", self.fill.to_string())
    }
}
