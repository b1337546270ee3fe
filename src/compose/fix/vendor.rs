//! What vendors say about advisories on their products, in tickets that list several advisories; in others, it is said
//! with the place.

use std::collections::BTreeMap;

use crate::compose::{names, upgrade};
use crate::document::visible::one_line;
use crate::document::{Block, Inline};
use crate::model::finding::FindingFact;
use crate::model::survey::{Common, Group};

/// How many statements are shown.
const SHOWN: usize = 10;

/// The statements, each once, with the advisories that they are about if there are several.
pub(super) fn said(group: &Group) -> Vec<Block> {
    if !matches!(group.common, Common::Package(_) | Common::File(_)) {
        return Vec::new();
    }
    let mut said: Vec<(&FindingFact<'_>, Vec<String>)> = Vec::new();
    let mut advisories: BTreeMap<String, ()> = BTreeMap::new();
    for one in &group.exemplars {
        let id = upgrade::advisory(one);
        advisories.insert(id.clone(), ());
        let own = one
            .detail
            .facts
            .iter()
            .filter(|fact| upgrade::is_answer(fact) || fact.name == FindingFact::AFFECTED);
        for fact in own {
            match said.iter_mut().find(|(known, _)| *known == fact) {
                Some((_, ids)) if ids.contains(&id) => {}
                Some((_, ids)) => ids.push(id.clone()),
                None => said.push((fact, vec![id.clone()])),
            }
        }
    }
    let several = advisories.len() > 1;
    let line = |(fact, ids): (&FindingFact<'_>, Vec<String>)| {
        let ids: Vec<String> = ids.into_iter().filter(|id| several && names::is_id(id)).collect();
        let about = if ids.is_empty() { String::new() } else { format!(" ({})", ids.join(", ")) };
        let text = match (fact.name, about.is_empty()) {
            (FindingFact::ANALYSIS, true) => one_line(&fact.value),
            (name, _) => format!("{name}{about}: {}", one_line(&fact.value)),
        };
        Block::Paragraph(vec![Inline::text(text)])
    };
    said.into_iter().take(SHOWN).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples;
    use crate::document::{Document, plain};

    #[test]
    fn a_vendor_s_statement_is_shown_with_its_advisory() {
        let (mut group, _) = samples::package();
        let facts = [
            (FindingFact::STATEMENT, "Upgrade to the latest release."),
            (FindingFact::ANALYSIS, FindingFact::INVESTIGATING),
        ];
        for (one, (name, value)) in group.exemplars.iter_mut().zip(facts) {
            one.detail.facts = vec![FindingFact { name, value: value.into() }];
        }
        assert_eq!(
            plain::render(&Document::of(said(&group))).trim().replace('\n', " "),
            "Vendor's statement (CVE-2021-23337): Upgrade to the latest release. Vendor's analysis (CVE-2020-8203): \
             The vendor is still investigating whether this product is affected."
        );
        group.exemplars.remove(0);
        assert_eq!(plain::render(&Document::of(said(&group))).trim(), FindingFact::INVESTIGATING);
        group.common = Common::Advisory(std::sync::Arc::default());
        assert_eq!(said(&group), []);
    }
}
