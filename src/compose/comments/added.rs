//! The comment that tells of findings which joined a ticket: what they are about, and where they are.

use std::collections::BTreeSet;

use super::{LISTED, seen, seen_on};
use crate::compose::{Provenance, count, names, places, upgrade};
use crate::document::{Block, Document, Inline};
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Common, Exemplar, Group, Sighting, Survey};

/// Findings joined the ticket.
pub fn added(group: &Group, survey: &Survey, provenance: &Provenance, new: &[Fingerprint]) -> Document {
    let joined: Vec<_> = group.kept().filter(|sighting| new.contains(&sighting.id())).collect();
    let more = count(joined.len(), "more finding");
    let mut line = vec![Inline::text(format!("{more}, detected {} ", seen(provenance)))];
    line.extend(seen_on(provenance));
    let mut blocks = vec![Block::Paragraph(line)];
    blocks.extend(named(group, &joined));
    blocks.extend(places::listed("", joined.into_iter(), group.kind, survey, provenance));
    Document::of(blocks)
}

/// What findings are about, as far as they are kept whole: the ticket of a package or a file is about several advisories
/// or rules, and that of an advisory about several packages. The ticket of a rule names it.
fn named(group: &Group, joined: &[&Sighting]) -> Option<Block> {
    let ids: BTreeSet<Fingerprint> = joined.iter().map(|one| one.id()).collect();
    let is_one_rule = matches!(group.common, Common::Rule(_));
    let known = |one: &&Exemplar| ids.contains(&one.id) && (one.package.is_some() || !is_one_rule);
    let known: Vec<&Exemplar> = group.exemplars.iter().filter(known).collect();
    let mut called: Vec<String> = Vec::new();
    let mut named: BTreeSet<Fingerprint> = BTreeSet::new();
    for one in known {
        let (title, id) = (names::exemplar(one), names::short_id(upgrade::advisory(one)));
        let id = if id.is_empty() || title.contains(&id) { String::new() } else { format!(" ({id})") };
        let words = title + &id;
        let is_said = called.contains(&words);
        if is_said || called.len() < LISTED {
            named.insert(one.id);
        }
        if !is_said && called.len() < LISTED {
            called.push(words);
        }
    }
    let mut items: Vec<Vec<Block>> = called.into_iter().map(|words| vec![Block::text(words)]).collect();
    if items.is_empty() {
        return None;
    }
    if let Some(left) = ids.len().checked_sub(named.len()).filter(|left| *left > 0) {
        items.push(vec![Block::text(format!("and {}", count(left, "more finding")))]);
    }
    Some(Block::List { ordered: false, items })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples;
    use crate::document::plain;

    #[test]
    fn what_joins_the_ticket_of_a_package_or_a_file_is_named() {
        let provenance = samples::provenance();
        let check = |(group, survey): (Group, Survey), expected: &str| {
            let new: Vec<Fingerprint> = group.exemplars.iter().map(|one| one.id).take(1).collect();
            let text = plain::fold(&plain::render(&added(&group, &survey, &provenance, &new)));
            assert_eq!(text, expected);
        };
        let lead = "1 more finding, detected on main at c0ffee.";
        check(
            samples::package(),
            &format!("{lead} lodash 4.17.20: Command injection (CVE-2021-23337) 1 place: package-lock.json"),
        );
        check(
            samples::file(),
            &format!(
                "{lead} Starting a process through a shell lets whoever controls the command run other commands \
                 (B602) 1 place: src/deploy.py:10"
            ),
        );
        let (group, survey) = samples::package();
        let several = |number: u64| {
            let mut group = group.clone();
            let (one, seen) = (group.exemplars[0].clone(), group.sightings[0]);
            (group.exemplars, group.sightings) = (Vec::new(), Vec::new());
            for at in 0..number {
                let mut other = one.clone();
                let mut package = other.package.take().unwrap();
                package.version = format!("1.{at}").into();
                (other.id, other.package) = (samples::id(at), Some(package));
                group.exemplars.push(other);
                let mut sighting = seen;
                sighting.anchors[0] = Some(samples::id(at));
                group.sightings.push(sighting);
            }
            let new: Vec<Fingerprint> = group.sightings.iter().map(Sighting::id).collect();
            for (one, id) in group.exemplars.iter_mut().zip(&new) {
                one.id = *id;
            }
            plain::render(&added(&group, &survey, &provenance, &new))
        };
        assert!(!several(8).contains("more findings\n"), "{}", several(8));
        assert!(several(10).contains("\nand 2 more findings\n"), "{}", several(10));
    }
}
