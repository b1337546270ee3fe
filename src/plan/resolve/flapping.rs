//! The guard against flapping (`docs/life.md`): what was resolved and came back again and again is left alone.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::fingerprint::Fingerprint;
use crate::model::record::{FLAPPED, Record};
use crate::model::scan::Problem;
use crate::model::ticket::Ticket;
use crate::plan::planner::Planner;

/// What was resolved and came back this often ...
const FLAPS: usize = 2;
/// ... within this many days is left alone.
const FLAP_DAYS: i64 = 7;

/// A finding comes and goes: it was resolved, on this ticket or on tickets that it follows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flapping {
    times: usize,
    /// The day of the first time.
    since: Date,
    /// The first day on which it is not left alone any more.
    until: Date,
}

/// Whether what was `resolved` on these days was resolved often enough lately to be left alone.
pub(crate) fn flapping(resolved: &[Date], today: Date) -> Option<Flapping> {
    let mut days: Vec<Date> = resolved.iter().filter(|day| is_late(**day, today)).copied().collect();
    days.sort();
    let first = days.len().checked_sub(FLAPS)?;
    let until = days[first].checked_add((FLAP_DAYS + 1).days()).ok()?;
    Some(Flapping { times: days.len(), since: days[0], until })
}

/// Notes another day on which a ticket is resolved with these findings, and drops those that no longer count.
pub(crate) fn note(record: &mut Record, findings: BTreeSet<Fingerprint>, today: Date) {
    record.resolved.retain(|day| is_late(*day, today));
    record.resolved.push(today);
    let flaps = flapping(&record.resolved, today).is_some() && findings.len() <= FLAPPED;
    record.life.flapped = if flaps { findings } else { BTreeSet::new() };
}

fn is_late(day: Date, today: Date) -> bool {
    day.checked_add(FLAP_DAYS.days()).is_ok_and(|last| last >= today)
}

/// Reports that a ticket is left alone, and how: `what` follows the days.
pub(crate) fn report_flapping(decision: &mut Planner<'_>, ticket: &Ticket, flapping: &Flapping, what: &str) {
    let Flapping { times, since, until } = flapping;
    let message = format!(
        "it has been resolved {times} times since {since}, and its findings came back each time, so it is left alone \
         until {until}: {what}"
    );
    let hint = "Check why the scanner does not report these findings every time.";
    decision.problem(Problem::new(ticket.key.to_string(), message).hint(hint));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The days of the month on which it was resolved, today, and until when it is left alone.
    fn check(resolved: &[i8], today: i8, expected: Option<i8>) {
        let day = |day| Date::constant(2026, 10, day);
        let days: Vec<Date> = resolved.iter().copied().map(day).collect();
        let until = flapping(&days, day(today)).map(|flapping| flapping.until);
        assert_eq!(until, expected.map(day), "{resolved:?} on {today}");
    }

    #[test]
    fn twice_within_seven_days_is_too_often() {
        check(&[], 1, None);
        check(&[1], 1, None);
        check(&[1, 1], 1, Some(9));
        check(&[1, 5], 8, Some(9));
        check(&[1, 5], 9, None);
        check(&[1, 5, 6], 9, Some(13));
        check(&[6, 5], 7, Some(13));
    }
}
