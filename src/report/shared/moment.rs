//! Points in time as reports write them, so that they are compared as moments and not as strings.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// The moment that a text names: RFC 3339 with any offset; a date or time without an offset is UTC.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let civil = || {
        text.parse::<DateTime>()
            .ok()
            .or_else(|| Some(text.parse::<Date>().ok()?.to_datetime(Default::default())))
    };
    text.parse().ok().or_else(|| Some(civil()?.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_compare_whatever_their_offset() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(moment(text).map(|moment| moment.to_string()).as_deref(), expected, "{text}");
        };
        check("2026-01-01T00:00:00Z", Some("2026-01-01T00:00:00Z"));
        check("2026-01-01T01:30:00+02:00", Some("2025-12-31T23:30:00Z"));
        check("2026-01-01T00:00:00.25-01:00", Some("2026-01-01T01:00:00.25Z"));
        check("2026-01-01T00:00:00", Some("2026-01-01T00:00:00Z"));
        check("2026-01-01 10:00:00", Some("2026-01-01T10:00:00Z"));
        check("2026-01-01", Some("2026-01-01T00:00:00Z"));
        check("yesterday", None);
        check("", None);
    }
}
