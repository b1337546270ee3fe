//! Dates and periods in queries.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};

/// A date, a date with time (the account's zone is UTC here), or a period like `-4w 2d`.
pub(super) fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    let dashed = text.trim().replace('/', "-");
    if let Ok(date) = dashed.parse::<civil::Date>() {
        return date.to_zoned_datetime(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    }
    if let Ok(time) = civil::DateTime::strptime("%Y-%m-%d %H:%M", &dashed) {
        return time.to_zoned_datetime(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    }
    let (back, period) = match dashed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, dashed.as_str()),
    };
    let mut minutes: i64 = 0;
    for part in period.split_whitespace() {
        let unit = part.chars().last()?;
        let count: i64 = part.strip_suffix(unit)?.parse().ok()?;
        minutes += count.checked_mul(match unit {
            'w' => 7 * 24 * 60,
            'd' => 24 * 60,
            'h' => 60,
            'm' => 1,
            _ => return None,
        })?;
    }
    if period.is_empty() {
        return None;
    }
    let span = SignedDuration::from_mins(minutes);
    if back { now.checked_sub(span).ok() } else { now.checked_add(span).ok() }
}
