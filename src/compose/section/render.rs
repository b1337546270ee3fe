//! What a reader of the pull request sees, cut to the available space.

use std::collections::{BTreeMap, BTreeSet};

use super::hidden::{self, RetentionStep};
use super::lines::{DataLine, END, START};
use super::new_rows::NewRows;
use super::splice::SectionSpace;
use super::tables::{self, PlaceLinks, TicketRow};
use super::{PullRequestStatus, TicketDetail};
use crate::compose::count;
use crate::model::distinct::Distinct;
use crate::model::section::{Role, Row, Section, Shown};
use crate::model::ticket::TicketId;

/// A section to be shown.
pub(super) struct SectionPage<'p> {
    /// What it remembers.
    pub(super) section: &'p Section,
    /// The tickets that the tracker confirms: the others are counted, not listed.
    pub(super) listed: &'p BTreeSet<&'p TicketId>,
    /// Makes links to places in the repository.
    pub(super) places: PlaceLinks,
    /// How much may be shown.
    pub(super) detail: TicketDetail,
    /// Whether the pull request is open, merged or closed.
    pub(super) standing: PullRequestStatus,
}

/// What the section shows, by its role in the pull request.
struct SectionParts<'p> {
    new: NewRows<'p>,
    filed: RoleRows<'p>,
    resolves: RoleRows<'p>,
    tracked: RoleRows<'p>,
}

/// The tickets with one role.
#[derive(Default)]
struct RoleRows<'p> {
    /// How many there are.
    count: usize,
    /// Those that can be listed, worst first.
    listed: Vec<TicketRow<'p>>,
}

/// How many rows of each part are shown.
struct Shares {
    new: usize,
    filed: usize,
    resolves: usize,
    tracked: usize,
}

impl SectionPage<'_> {
    /// The section's lines, including the markers: as many rows as fit, and complete hidden data as long as no row has
    /// to be dropped for it. `None`: not even the shortest fits.
    pub(super) fn fit(&self, room: SectionSpace) -> Option<Vec<String>> {
        let parts = self.parts();
        let rows = parts.rows();
        let packed = hidden::pack(self.section, self.detail, RetentionStep::All);
        let with = |rows: usize, packed: &str| {
            let lines = self.lines(&parts, rows, packed);
            room.holds(&lines).then_some(lines)
        };
        if let Some(all) = with(rows, &packed) {
            return Some(all);
        }
        let (mut fits, mut fails) = (None, rows);
        let mut least = 0;
        while least < fails {
            let middle = usize::midpoint(least, fails);
            match with(middle, &packed) {
                Some(lines) => (fits, least) = (Some(lines), middle + 1),
                None => fails = middle,
            }
        }
        let pack = |step: &RetentionStep| hidden::pack(self.section, self.detail, *step);
        fits.or_else(|| RetentionStep::ALL[1..].iter().find_map(|step| with(0, &pack(step))))
    }

    /// Everything that people see, with every row.
    pub(super) fn preview(&self) -> String {
        let parts = self.parts();
        self.visible(&parts, parts.rows()).join("\n")
    }

    fn lines(&self, parts: &SectionParts<'_>, rows: usize, packed: &str) -> Vec<String> {
        let mut inner = vec![String::new()];
        inner.extend(self.visible(parts, rows));
        inner.push(String::new());
        let mut all = vec![START.to_owned(), DataLine::line(&inner, packed)];
        all.extend(inner);
        all.push(END.to_owned());
        all
    }

    fn visible(&self, parts: &SectionParts<'_>, rows: usize) -> Vec<String> {
        let shares = parts.shares(rows);
        let mut lines = vec![parts.headline(self.standing)];
        let mut add = |title: Option<&str>, body: Vec<String>| {
            if !body.is_empty() {
                let title = title.into_iter().flat_map(|title| [String::new(), title.to_owned()]);
                lines.extend(title.chain([String::new()]).chain(body));
            }
        };
        add(None, parts.new.gate());
        let shown: BTreeMap<&TicketId, &Shown> = self.shown().collect();
        let new = &parts.new.listed[..shares.new];
        let (why, table) = tables::new_findings(new, &shown, &self.places);
        let doubt = parts.new.doubt().filter(|_| !new.is_empty());
        let said = why.into_iter().chain(doubt).collect::<Vec<_>>().join(" ");
        add(Some(said.as_str()).filter(|said| !said.is_empty()), table.lines());
        let is_named = !parts.new.listed.is_empty();
        if !is_named {
            add(None, tables::reasons(&parts.new.scans));
        }
        let table = |rows: &RoleRows<'_>, share: usize| {
            tables::tickets(&rows.listed[..share], self.detail == TicketDetail::Full, &self.places)
        };
        add(None, table(&parts.filed, shares.filed).lines());
        add(Some("**Resolved when merged**"), table(&parts.resolves, shares.resolves).lines());
        let tracked = table(&parts.tracked, shares.tracked).whole();
        if !tracked.is_empty() {
            let summary = format!("<details><summary>{} already tracked</summary>", parts.tracked.count);
            let fold = [summary, String::new()].into_iter().chain(tracked);
            add(None, fold.chain(["", "</details>"].map(str::to_owned)).collect());
        }
        let tickets = parts.tickets() - (shares.filed + shares.resolves + shares.tracked);
        let findings = if is_named { parts.new.unlisted(shares.new) } else { 0 };
        add(None, left_out(findings, tickets, rows > 0).into_iter().collect());
        lines
    }

    /// The tickets that can be named.
    fn shown(&self) -> impl Iterator<Item = (&TicketId, &Shown)> {
        let may_list =
            |shown: &&Shown| self.detail != TicketDetail::Counts && self.listed.contains(&shown.ticket);
        self.section.shown.iter().filter(may_list).map(|shown| (&shown.ticket, shown))
    }

    /// Each ticket once, in the first of its roles: a ticket that one scan resolves and another still sees is not
    /// resolved, and a pull request that is not open is not going to resolve anything.
    fn parts(&self) -> SectionParts<'_> {
        let mut rows: BTreeMap<&TicketId, (&Row, Distinct)> = BTreeMap::new();
        for row in self.section.scans.values().flatten() {
            let Some((known, places)) = rows.get_mut(&row.ticket) else {
                rows.insert(&row.ticket, (row, row.places()));
                continue;
            };
            *places = places.with(&row.places());
            let rank = |row: &Row| (row.role, row.at.is_none());
            if rank(row) < rank(known) {
                *known = row;
            }
        }
        let shown: BTreeMap<&TicketId, &Shown> = self.shown().collect();
        let mut parts = SectionParts {
            // a pull request that is not open brings nothing: its findings have tickets of their own, or are gone
            new: match self.standing {
                PullRequestStatus::Live => NewRows::of(self.section, self.detail == TicketDetail::Full),
                PullRequestStatus::Merged | PullRequestStatus::Closed => NewRows::default(),
            },
            filed: RoleRows::default(),
            resolves: RoleRows::default(),
            tracked: RoleRows::default(),
        };
        for (ticket, (row, places)) in rows {
            let part = match row.role {
                Role::Filed => &mut parts.filed,
                Role::Tracked => &mut parts.tracked,
                Role::Resolves if self.standing != PullRequestStatus::Live => &mut parts.tracked,
                Role::Resolves => &mut parts.resolves,
            };
            part.count += 1;
            let more = places.count.saturating_sub(1);
            part.listed.extend(shown.get(ticket).map(|&shown| TicketRow {
                shown,
                at: row.at.as_ref(),
                more,
            }));
        }
        for part in [&mut parts.filed, &mut parts.resolves, &mut parts.tracked] {
            part.listed.sort_by_key(|row| (std::cmp::Reverse(row.shown.severity), &row.shown.ticket));
        }
        parts
    }
}

/// What is left out, in one line. `is_more`: something is listed.
fn left_out(findings: usize, tickets: usize, is_more: bool) -> Option<String> {
    let more = if is_more { "more " } else { "" };
    let parts = [(findings, format!("{more}new finding")), (tickets, format!("{more}ticket"))];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(*number, noun)).collect();
    let are = if findings + tickets == 1 { "is" } else { "are" };
    (!parts.is_empty()).then(|| format!("_{} {are} not listed here._", parts.join(" and ")))
}

impl SectionParts<'_> {
    fn roles(&self) -> [&RoleRows<'_>; 3] {
        [&self.filed, &self.resolves, &self.tracked]
    }

    /// How many tickets there are.
    fn tickets(&self) -> usize {
        self.roles().map(|part| part.count).into_iter().sum()
    }

    /// How many rows there are.
    fn rows(&self) -> usize {
        self.new.listed.len() + self.roles().map(|part| part.listed.len()).into_iter().sum::<usize>()
    }

    /// How this many rows are divided among the parts: new findings come first, and tracked tickets last.
    fn shares(&self, rows: usize) -> Shares {
        let mut left = rows;
        let mut take = |count: usize| {
            let taken = count.min(left);
            left -= taken;
            taken
        };
        Shares {
            new: take(self.new.listed.len()),
            filed: take(self.filed.listed.len()),
            resolves: take(self.resolves.listed.len()),
            tracked: take(self.tracked.listed.len()),
        }
    }

    fn headline(&self, standing: PullRequestStatus) -> String {
        let new = self.new.counted();
        let words = [
            (self.filed.count, "filed"),
            (self.tracked.count, "already tracked"),
            (self.resolves.count, "resolved when merged"),
        ];
        let mut noun = true;
        let tickets = words.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| {
            let tickets = match (std::mem::take(&mut noun), count) {
                (false, _) => "",
                (true, 1) => "ticket ",
                (true, _) => "tickets ",
            };
            format!("{count} {tickets}{word}")
        });
        let parts: Vec<String> = new.into_iter().chain(tickets).collect();
        let parts = if parts.is_empty() { "no tickets".to_owned() } else { parts.join(", ") };
        let closed = if standing == PullRequestStatus::Closed { " (closed without merging)" } else { "" };
        format!("### casefile: {parts}{closed}")
    }
}
