//! The new findings of all jobs' scans, by the tickets that they have or will have: each once.

use std::collections::BTreeMap;

use crate::document::Inline;
use crate::document::markdown::inline;
use crate::model::distinct::Distinct;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::{NewFindings, NewGroup, counted};
use crate::model::section::Section;
use crate::model::severity::Severity;

/// What marks a finding that reaches `fail-on`.
pub(super) const FAILS: &str = "❌";

/// The new findings of all scans.
#[derive(Default)]
pub(super) struct NewRows<'p> {
    /// What each scan has.
    pub(super) scans: Vec<&'p NewFindings>,
    /// How many have no ticket.
    without_ticket: usize,
    /// How many tickets these will be; 0: not every scan's data say it.
    tickets: usize,
    /// How many reach `fail-on`.
    failing: usize,
    /// Those that can be listed, worst first.
    pub(super) listed: Vec<NewRow<'p>>,
}

/// The new findings of one ticket, as all scans saw them.
pub(super) struct NewRow<'p> {
    /// As the scan remembers it that has the worst.
    pub(super) group: &'p NewGroup,
    /// The branch that files it.
    pub(super) base: Option<&'p str>,
    /// How many places there are besides the first.
    pub(super) more: usize,
    findings: Distinct,
    failing: Distinct,
    places: Distinct,
}

impl<'p> NewRows<'p> {
    /// The new findings of a section. `is_named`: they may be listed.
    pub(super) fn of(section: &'p Section, is_named: bool) -> NewRows<'p> {
        let scans: Vec<&NewFindings> = section.new.values().collect();
        let is_known = scans.iter().all(|new| new.without_ticket.is_empty() || !new.tickets.is_empty());
        let tickets: usize = scans.iter().flat_map(|new| new.tickets.values()).sum();
        let mut rows = NewRows {
            without_ticket: scans.iter().flat_map(|new| new.without_ticket.values()).sum(),
            tickets: if is_known { tickets } else { 0 },
            failing: scans.iter().map(|new| new.failing).sum(),
            ..NewRows::default()
        };
        let mut seen: BTreeMap<Fingerprint, usize> = BTreeMap::new();
        let named = scans.iter().filter(|_| is_named);
        for (group, base) in named.flat_map(|new| new.listed.iter().map(|one| (one, new.base.as_deref()))) {
            let row = NewRow::of(group, base);
            match seen.get(&group.id) {
                Some(&at) => rows.join(at, row),
                None => {
                    seen.insert(group.id, rows.listed.len());
                    rows.listed.push(row);
                }
            }
        }
        for row in &mut rows.listed {
            row.more = row.places.count.saturating_sub(1);
        }
        rows.scans = scans;
        rows.listed.sort_by(|a, b| a.order().cmp(&b.order()));
        rows
    }

    /// Adds what another scan saw of a ticket's findings: several jobs may find the same ones.
    fn join(&mut self, at: usize, row: NewRow<'p>) {
        let known = &mut self.listed[at];
        let twice = |one: &Distinct, other: &Distinct| {
            (one.count + other.count).saturating_sub(one.with(other).count)
        };
        self.without_ticket = self.without_ticket.saturating_sub(twice(&known.findings, &row.findings));
        self.failing = self.failing.saturating_sub(twice(&known.failing, &row.failing));
        if known.group.why.is_some() && row.group.why.is_some() {
            self.tickets = self.tickets.saturating_sub(1);
        }
        let (group, base) =
            if row.order() < known.order() { (row.group, row.base) } else { (known.group, known.base) };
        *known = NewRow {
            group,
            base,
            more: 0,
            findings: known.findings.with(&row.findings),
            failing: known.failing.with(&row.failing),
            places: known.places.with(&row.places),
        };
    }

    /// How many findings have no ticket, and how many tickets they will be; nothing if there are none.
    pub(super) fn counted(&self) -> Option<String> {
        let why = self.scans.iter().flat_map(|new| new.without_ticket.keys()).copied();
        (self.without_ticket > 0).then(|| counted(self.without_ticket, self.tickets, why))
    }

    /// How many findings are neither among this many rows nor have a ticket that is.
    pub(super) fn unlisted(&self, rows: usize) -> usize {
        let shown = self.listed[..rows].iter().map(|row| row.findings.count).sum();
        self.without_ticket.saturating_sub(shown)
    }

    /// Says that what the base already has may be listed, too.
    pub(super) fn doubt(&self) -> Option<String> {
        let new = self.scans.iter().find(|new| new.first)?;
        let base =
            new.base.as_deref().map_or("the base branch".to_owned(), |base| inline(&[Inline::code(base)]));
        Some(format!(
            "If casefile has not run on {base} yet, this list includes findings that {base} already has."
        ))
    }

    /// Says that the check fails, and why.
    pub(super) fn gate(&self) -> Vec<String> {
        if self.failing == 0 {
            return Vec::new();
        }
        let limit: Option<Severity> = self.scans.iter().filter_map(|new| new.fail_on).min();
        let limit = limit.filter(|_| !self.listed.is_empty());
        let limit = limit.map_or_else(|| "`fail-on`".to_owned(), |limit| format!("`fail-on: {limit}`"));
        let findings =
            if self.failing == 1 { "1 finding".to_owned() } else { format!("{} findings", self.failing) };
        let marked = if self.listed.is_empty() { String::new() } else { format!(", marked {FAILS}") };
        vec![format!("{FAILS} **The check fails:** {findings} reached {limit}{marked}.")]
    }
}

impl<'p> NewRow<'p> {
    fn of(group: &'p NewGroup, base: Option<&'p str>) -> NewRow<'p> {
        // an earlier version of casefile remembered findings one by one
        let or_itself = |is: bool, known: &Distinct| match known.count {
            0 if is => Distinct::of([group.id.short()]),
            _ => known.clone(),
        };
        NewRow {
            group,
            base,
            more: 0,
            findings: or_itself(group.why.is_some(), &group.findings),
            failing: or_itself(group.fails, &group.failing),
            places: group.places(),
        }
    }

    /// What reaches `fail-on` comes first, then the worst.
    fn order(&self) -> impl Ord + use<'p> {
        let one = self.group;
        (!one.fails, std::cmp::Reverse(one.severity), &one.place, one.id)
    }
}
