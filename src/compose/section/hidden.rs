//! What the section remembers, as a comment that readers of the page do not see: JSON, compressed, in base64, so that
//! nothing in it can end the comment.

use std::io::{Read, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::TicketDetail;
use super::merge::VERSION;
use crate::model::code_place::FurtherPlaces;
use crate::model::fingerprint::Recipe;
use crate::model::section::{Row, Section, Shown};
use crate::model::ticket::TicketId;

/// How long the unpacked data may be. Whatever fits into a description is far shorter when unpacked.
const UNPACKED_LIMIT: u64 = 4 << 20;

/// How many tickets are taken from a description.
const TICKET_LIMIT: usize = 10_000;

/// How much is remembered; each step less than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RetentionStep {
    /// Rows, new findings, and tickets as they were shown.
    All,
    /// Rows, how many findings are new, and for each ticket the key, page and status.
    Keys,
    /// Rows, and how many findings are new.
    Rows,
    /// Nothing.
    Nothing,
}

impl RetentionStep {
    /// From the most detailed to the least.
    pub(super) const ALL: [RetentionStep; 4] =
        [RetentionStep::All, RetentionStep::Keys, RetentionStep::Rows, RetentionStep::Nothing];
}

/// The section's data as a base64 word, limited to what may be shown.
pub(super) fn pack(section: &Section, detail: TicketDetail, step: RetentionStep) -> String {
    if step == RetentionStep::Nothing {
        return String::new();
    }
    let json = serde_json::to_vec(&reduce(section, detail, step)).unwrap_or_default();
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let packed = encoder.write_all(&json).and_then(|()| encoder.finish());
    BASE64_STANDARD_NO_PAD.encode(packed.unwrap_or_default())
}

/// Unpacks a word. If anything is wrong with it, it is treated as missing; of what a later version of casefile wrote,
/// only what this version knows is used.
pub(super) fn unpack(word: &str) -> Option<Section> {
    let packed = BASE64_STANDARD_NO_PAD.decode(word).ok()?;
    let mut json = Vec::new();
    DeflateDecoder::new(&*packed).take(UNPACKED_LIMIT).read_to_end(&mut json).ok()?;
    let section: Section = serde_json::from_slice(&json).ok()?;
    let rows: usize = section.scans.values().map(Vec::len).sum();
    let new: usize = section.new.values().map(|new| new.listed.len()).sum();
    let fits = rows.max(section.shown.len()).max(new) <= TICKET_LIMIT && section.new.len() <= TICKET_LIMIT;
    (section.version >= VERSION && fits).then_some(section)
}

/// The data of a line, if it is the one that holds it.
pub(super) fn read(line: &str) -> Option<Section> {
    unpack(super::lines::DataLine::parse(line)?.word)
}

fn reduce(section: &Section, detail: TicketDetail, step: RetentionStep) -> Section {
    let mut section = section.clone();
    if detail == TicketDetail::Counts {
        section.scans.values_mut().flatten().for_each(cover);
        section.shown.clear();
    }
    if detail != TicketDetail::Full || step != RetentionStep::All {
        let bare = |row: &mut Row| (row.at, row.further) = (None, FurtherPlaces::default());
        section.scans.values_mut().flatten().for_each(bare);
        section.new.values_mut().for_each(|new| new.listed.clear());
    }
    if detail != TicketDetail::Full {
        section.new.values_mut().for_each(|new| new.fail_on = None);
        // the names are hashes of what was found, which somebody who guesses it could verify
        section.made.clear();
    }
    if step != RetentionStep::All {
        section.made.values_mut().for_each(|made| made.retain(|one| one.hidden));
        section.made.retain(|_, made| !made.is_empty());
    }
    if step == RetentionStep::Rows {
        section.shown.clear();
    }
    if step == RetentionStep::Keys || detail == TicketDetail::Keys {
        section.shown.iter_mut().for_each(|shown| *shown = keys(shown));
    }
    section
}

/// A ticket's key, page and status, and the revision at which the status was set.
fn keys(shown: &Shown) -> Shown {
    Shown {
        ticket: shown.ticket.clone(),
        key: shown.key.clone(),
        url: shown.url.clone(),
        status: shown.status.clone(),
        accepted: shown.accepted,
        severity: None,
        summary: String::new(),
        assignee: None,
        priority: None,
        due: None,
        revision: shown.revision,
    }
}

/// Where only counts may be seen, a row must still be distinguishable from another job's row for the same ticket, but
/// must not name it.
fn cover(row: &mut Row) {
    if row.ticket.site.is_empty() {
        return;
    }
    let recipe = Recipe::new("covered").value(&row.ticket.site).number(row.ticket.id);
    row.ticket = TicketId { site: String::new(), id: u64::from(recipe.finish().short()) };
}

#[cfg(test)]
mod tests {
    use super::super::tests::section;
    use super::*;
    use crate::model::section::Role::{Filed, Tracked};

    fn example() -> Section {
        section(&[("a", &[(1, Filed)]), ("b", &[(1, Tracked), (2, Tracked)])], &[1, 2])
    }

    #[test]
    fn what_is_packed_is_read_back() {
        for step in RetentionStep::ALL {
            for detail in [TicketDetail::Full, TicketDetail::Keys, TicketDetail::Counts] {
                let word = pack(&example(), detail, step);
                assert!(
                    word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')),
                    "{word}"
                );
                let expected = (step != RetentionStep::Nothing).then(|| reduce(&example(), detail, step));
                assert_eq!(unpack(&word), expected);
            }
        }
        assert_eq!(unpack(&pack(&example(), TicketDetail::Full, RetentionStep::All)), Some(example()));
    }

    #[test]
    fn what_is_damaged_is_nothing() {
        let word = pack(&example(), TicketDetail::Full, RetentionStep::All);
        for damaged in ["", "!", "AAAA", &word[1..], &word[..word.len() / 2]] {
            assert_eq!(unpack(damaged), None, "{damaged}");
        }
        let later = Section { version: 0, ..example() };
        assert_eq!(unpack(&pack(&later, TicketDetail::Full, RetentionStep::All)), None);
    }

    #[test]
    fn what_would_unpack_without_end_is_nothing() {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![b' '; 64 << 20]).unwrap();
        encoder.write_all(b"{\"version\":1,\"scans\":{},\"shown\":[]}").unwrap();
        assert_eq!(unpack(&BASE64_STANDARD_NO_PAD.encode(encoder.finish().unwrap())), None);
    }

    #[test]
    fn where_counts_alone_may_be_seen_nothing_is_named() {
        let covered = reduce(&example(), TicketDetail::Counts, RetentionStep::All);
        let text = serde_json::to_string(&covered).unwrap();
        assert!(!text.contains("SEC-") && !text.contains("acme"), "{text}");
        let of = |scan: &str, row: usize| &covered.scans[scan][row].ticket;
        assert_eq!(of("a", 0), of("b", 0));
        assert_ne!(of("b", 0), of("b", 1));
        assert_eq!(reduce(&covered, TicketDetail::Counts, RetentionStep::All), covered);
    }
}
