//! A ticket with several advisories: what they are, the worst first.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::names;
use super::{count, either, facts, links, upgrade};
use crate::document::visible::one_line;
use crate::document::{Block, Inline};
use crate::model::survey::{Common, Exemplar, Group};

/// How many advisories are listed.
const ADVISORIES_SHOWN: usize = 100;

/// `django 3.2.1: 20 advisories, worst severity critical`.
pub(super) fn headline(group: &Group) -> Block {
    let number = group.kept().map(|one| one.rule).collect::<BTreeSet<u32>>().len();
    let name = names::group(group);
    let versions: BTreeSet<String> =
        group.exemplars.iter().filter_map(|one| Some(one_line(&one.package.as_ref()?.version))).collect();
    let versions: Vec<String> = versions.into_iter().filter(|version| !version.is_empty()).collect();
    let installed =
        if (1..=3).contains(&versions.len()) { format!(" {}", versions.join(", ")) } else { String::new() };
    let words = match number {
        1 => format!("{name}{installed}: 1 advisory, {}", group.severity),
        _ => format!("{name}{installed}: {number} advisories, worst severity {}", group.severity),
    };
    Block::Paragraph(vec![Inline::strong(words)])
}

/// Each advisory on each package once, in groups with several advisories.
pub(super) fn table(group: &Group) -> Vec<Block> {
    if !matches!(group.common, Common::File(_) | Common::Package(_)) {
        return Vec::new();
    }
    let of_package = matches!(group.common, Common::Package(_));
    let mut all: Vec<&Exemplar> = group.exemplars.iter().filter(|one| one.package.is_some()).collect();
    // one that a scanner states before one that was assumed
    all.sort_by_key(|one| (Reverse(one.severity), Reverse(score(one)), facts::is_assumed(one)));
    let mut seen = BTreeSet::new();
    all.retain(|one| {
        let package = one.package.as_ref().map_or("", |package| &package.purl);
        let package = package.rsplit_once('@').map_or(package, |(bare, _)| bare);
        seen.insert((upgrade::advisory(one), if of_package { String::new() } else { package.to_owned() }))
    });
    if all.is_empty() {
        return Vec::new();
    }
    let rows: Vec<Vec<Vec<Inline>>> = all.iter().take(ADVISORIES_SHOWN).map(|one| row(one)).collect();
    let head = ["Severity", "Advisory", "Package", "What", "Fixed in"];
    let known = |at: usize| (at != 2 || !of_package) && rows.iter().any(|row| !row[at].is_empty());
    let known: Vec<usize> = (0..head.len()).filter(|&at| known(at)).collect();
    let mut blocks = vec![Block::Table {
        head: known.iter().map(|&at| vec![Inline::text(head[at])]).collect(),
        rows: rows.iter().map(|row| known.iter().map(|&at| row[at].clone()).collect()).collect(),
    }];
    if all.len() > ADVISORIES_SHOWN {
        let more = all.len() - ADVISORIES_SHOWN;
        let (advisories, are) = (count(more, "more advisory"), either(more, "is", "are"));
        blocks.push(Block::text(format!("{advisories} of the same or lower severity {are} not listed.")));
    }
    blocks
}

fn score(one: &Exemplar) -> u32 {
    let cvss = one.advisory.as_ref().and_then(|advisory| advisory.cvss.as_ref());
    cvss.map_or(0, |cvss| (cvss.score * 10.0) as u32)
}

fn row(one: &Exemplar) -> Vec<Vec<Inline>> {
    let package = one.package.as_ref();
    let name = package.map(|package| one_line(&package.name)).unwrap_or_default();
    let version = package.map(|package| one_line(&package.version)).unwrap_or_default();
    let id = upgrade::advisory(one);
    let title =
        one.advisory.as_ref().map(|advisory| names::advisory(advisory, Some(&one.rule), &[&*name].into()));
    let title = title.filter(|title| *title != id).map(|title| names::without_package(&title, &name));
    let fixed: Vec<String> =
        package.iter().flat_map(|package| &package.fixed).map(|one| one_line(one)).collect();
    let text = |text: String| if text.is_empty() { vec![] } else { vec![Inline::text(text)] };
    let mut severity = text(facts::severity(one));
    if one.advisory.as_ref().is_some_and(|advisory| advisory.exploited) {
        severity.push(Inline::strong(", exploited"));
    }
    vec![
        severity,
        if names::is_id(&id) { vec![links::advisory(&id)] } else { vec![] },
        text(format!("{name} {version}").trim().to_owned()),
        text(title.unwrap_or_default()),
        text(fixed.join(", ")),
    ]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::compose::samples;
    use crate::document::Document;
    use crate::document::plain;
    use crate::model::finding::Advisory;

    #[test]
    fn a_severity_that_was_assumed_is_marked_in_its_row() {
        let (mut group, _) = samples::package();
        let second = &mut group.exemplars[1];
        second.detail.assumed = Some(second.severity);
        let text = plain::render(&Document::of(table(&group)));
        assert!(text.contains("High (assumed)") && !text.contains("Critical (assumed)"), "{text}");
    }

    #[test]
    fn advisories_that_are_not_listed_are_counted() {
        let rendered = |advisories: usize| {
            let (mut group, _) = samples::package();
            let first = group.exemplars[0].clone();
            group.exemplars = (0..advisories)
                .map(|number| {
                    let advisory = Advisory { id: format!("CVE-2026-{number}"), ..Advisory::default() };
                    Exemplar { advisory: Some(Arc::new(advisory)), ..first.clone() }
                })
                .collect();
            plain::render(&Document::of(table(&group)))
        };
        assert!(!rendered(ADVISORIES_SHOWN).contains("not listed"));
        let one = rendered(ADVISORIES_SHOWN + 1);
        assert!(one.contains("1 more advisory of the same or lower severity is not listed."), "{one}");
        let two = rendered(ADVISORIES_SHOWN + 2);
        assert!(two.contains("2 more advisories of the same or lower severity are not listed."), "{two}");
    }
}
