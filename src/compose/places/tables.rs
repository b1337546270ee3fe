//! Places as tables: those of packages, and the rules of a file.

use crate::compose::names::{self, is_secret};
use crate::compose::{Provenance, facts, links};
use crate::document::visible::one_line;
use crate::document::{Block, Inline};
use crate::model::finding::{FindingKind, Location, Package};
use crate::model::survey::{Common, Exemplar, Group};

/// A file's rules with the findings of each.
pub(in crate::compose) fn rule_table(group: &Group, provenance: &Provenance) -> Option<Block> {
    if !matches!(group.common, Common::File(_)) || group.exemplars.iter().any(|one| one.package.is_some()) {
        return None;
    }
    let row = |rule: &&crate::model::finding::Rule| {
        let own = || group.exemplars.iter().filter(|one| one.rule.id == rule.id);
        // one that a scanner states before one that was assumed
        let worst = own().max_by_key(|one| (one.severity, !facts::is_assumed(one)));
        let worst = worst.map_or_else(|| names::capital(group.severity.name()), facts::severity);
        let mut places = Vec::new();
        for one in own() {
            if !places.is_empty() {
                places.push(Inline::text(", "));
            }
            places.push(links::place(&one.location, group.kind, provenance));
        }
        let message = own().next().map(|one| &*one.detail.message).filter(|_| !is_secret(group.kind, rule));
        vec![vec![Inline::text(names::rule(rule, message, true))], vec![Inline::text(worst)], places]
    };
    let rows: Vec<_> = facts::distinct_rules(group).iter().map(row).collect();
    let head = ["What", "Severity", "Where"].map(|name| vec![Inline::text(name)]).to_vec();
    (!rows.is_empty()).then_some(Block::Table { head, rows })
}

/// Columns about which nothing is known are left out. If the advisories have their own table, each place is listed
/// once.
pub(super) fn package_table(
    packages: &[(&Exemplar, &Package<'_>)],
    group: &Group,
    provenance: &Provenance,
) -> Block {
    let several = matches!(group.common, Common::Package(_) | Common::File(_));
    let joined = |all: &[std::borrow::Cow<'_, str>], by: &str| {
        all.iter().map(|text| one_line(text)).collect::<Vec<_>>().join(by)
    };
    let mut rows: Vec<Vec<Vec<Inline>>> = Vec::new();
    for (one, package) in packages {
        let path = match package.path.as_slice() {
            // the package itself is not a path to it
            [own] if one_line(own) == one_line(&package.name) => "",
            _ => &joined(&package.path, " → "),
        };
        let cells = [
            one_line(&package.name),
            one_line(&package.version),
            if several { String::new() } else { joined(&package.fixed, ", ") },
            String::new(),
            path.to_owned(),
            String::new(),
        ];
        let mut cells = cells.map(|text| if text.is_empty() { vec![] } else { vec![Inline::text(text)] });
        // scanners give line 1 when they mean the whole file or image
        let whole = one.location.line == 1 || group.kind == FindingKind::Container;
        let line = if whole { 0 } else { one.location.line };
        let location = Location {
            line,
            end_line: if whole { 0 } else { one.location.end_line },
            ..one.location.clone()
        };
        let logical = one.location.logical.as_deref().map(one_line).filter(|name| !name.is_empty());
        let others = one.detail.also.iter().filter_map(|step| step.location.logical.as_deref()).map(one_line);
        let names: Vec<String> = logical.into_iter().chain(others).collect();
        if !location.path.is_empty() {
            cells[3].push(links::place(&location, group.kind, provenance));
            cells[3].extend((!names.is_empty()).then(|| Inline::text(": ")));
        }
        for (at, name) in names.into_iter().enumerate() {
            cells[3].extend((at > 0).then(|| Inline::text(", ")));
            cells[3].push(Inline::code(name));
        }
        cells[5].extend(one.detail.alert.as_deref().map(links::alert));
        let cells = cells.to_vec();
        if !several || !rows.contains(&cells) {
            rows.push(cells);
        }
    }
    // a report may name the version with some of the advisories alone
    let is_repeated = |row: &[Vec<Inline>]| {
        row[1].is_empty()
            && rows.iter().any(|other| !other[1].is_empty() && other[0] == row[0] && other[2..] == row[2..])
    };
    let rows: Vec<_> = rows.iter().filter(|row| !several || !is_repeated(row)).cloned().collect();
    let head = ["Package", "Installed", "Fixed in", "Where", "Dependency path", "Alert"];
    let known: Vec<usize> =
        (0..head.len()).filter(|&at| rows.iter().any(|row| !row[at].is_empty())).collect();
    Block::Table {
        head: known.iter().map(|&at| vec![Inline::text(head[at])]).collect(),
        rows: rows.iter().map(|row| known.iter().map(|&at| row[at].clone()).collect()).collect(),
    }
}
