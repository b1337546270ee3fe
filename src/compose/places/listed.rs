//! Findings that are not shown in full, as a list of places.

use std::collections::BTreeSet;

use super::line::named;
use crate::compose::{Provenance, count};
use crate::document::Block;
use crate::model::finding::{FindingKind, Location};
use crate::model::survey::{Common, Group, Sighting, Survey};

/// How many places are listed in addition to those shown in full.
const FURTHER: usize = 50;

/// A place as a list tells it apart from others.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ListedPlace<'p> {
    path: &'p str,
    line: u32,
    /// A cloud resource or a parameter, if there is no line.
    logical: &'p str,
}

impl<'p> ListedPlace<'p> {
    fn of(location: &'p Location<'_>) -> ListedPlace<'p> {
        let logical = location.logical.as_deref().filter(|_| location.line == 0);
        ListedPlace { path: &location.path, line: location.line, logical: logical.unwrap_or_default() }
    }

    fn seen(sighting: &Sighting, survey: &'p Survey) -> ListedPlace<'p> {
        ListedPlace { path: survey.path(sighting), line: sighting.line, logical: survey.logical(sighting) }
    }
}

/// At how many places a group's findings are, as they are listed: several data flows may end at one of them.
pub(in crate::compose) fn number(group: &Group, survey: &Survey) -> usize {
    group.kept().map(|sighting| ListedPlace::seen(sighting, survey)).collect::<BTreeSet<_>>().len()
}

/// The kept sightings that are not shown in full, as links; each place once.
pub(in crate::compose) fn further(group: &Group, survey: &Survey, provenance: &Provenance) -> Vec<Block> {
    let shown: BTreeSet<_> = group.exemplars.iter().map(|one| one.id).collect();
    // in the ticket of a package or manifest, the place is the same for all
    let several = matches!(group.common, Common::Package(_) | Common::File(_));
    let there: BTreeSet<&str> = group.exemplars.iter().map(|one| &*one.location.path).collect();
    let places: BTreeSet<ListedPlace<'_>> =
        group.exemplars.iter().map(|one| ListedPlace::of(&one.location)).collect();
    let known = |one: &Sighting| {
        let here = several && one.line == 0 && there.contains(survey.path(one));
        here || places.contains(&ListedPlace::seen(one, survey))
    };
    let others = group.kept().filter(|sighting| !shown.contains(&sighting.id()) && !known(sighting));
    let lead = if shown.is_empty() { "" } else { "And in " };
    listed(lead, others, group.kind, survey, provenance)
}

/// Sightings as a list of links under a line that counts them; each place once.
pub(in crate::compose) fn listed<'s>(
    lead: &str,
    sightings: impl Iterator<Item = &'s Sighting>,
    kind: FindingKind,
    survey: &Survey,
    provenance: &Provenance,
) -> Vec<Block> {
    let places: BTreeSet<ListedPlace<'_>> =
        sightings.map(|sighting| ListedPlace::seen(sighting, survey)).collect();
    if places.is_empty() {
        return vec![];
    }
    let link = |place: &ListedPlace<'_>| {
        let &ListedPlace { path, line, logical } = place;
        let location = Location {
            path: path.into(),
            line,
            logical: (!logical.is_empty()).then(|| logical.into()),
            ..Location::default()
        };
        vec![Block::Paragraph(named(&location, kind, provenance))]
    };
    let mut items: Vec<Vec<Block>> = places.iter().take(FURTHER).map(link).collect();
    if places.len() > FURTHER {
        items.push(vec![Block::text(format!("and {} more", places.len() - FURTHER))]);
    }
    let more = if lead.is_empty() { "" } else { "more " };
    let line = format!("{lead}{}:", count(places.len(), &format!("{more}place")));
    vec![Block::text(line), Block::List { ordered: false, items }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples;
    use crate::document::{Document, markdown};

    #[test]
    fn resources_without_a_path_are_places_of_their_own() {
        let (mut group, mut survey) = samples::code(3);
        let name = |number: usize| format!("vpc-{number}");
        survey.paths = (0..5).map(|number| name(number).into()).chain(["".into()]).collect();
        for (number, one) in (0..).zip(&mut group.sightings) {
            (one.path, one.line, one.logical) = (5, 0, number);
        }
        for (number, one) in group.exemplars.iter_mut().enumerate() {
            one.location = Location { logical: Some(name(number).into()), ..Location::default() };
        }
        let text = markdown::render(&Document::of(further(&group, &survey, &samples::provenance())));
        assert_eq!(text, "And in 3 more places:\n\n- `vpc-2`\n- `vpc-3`\n- `vpc-4`\n");
    }
}
