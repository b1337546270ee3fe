//! What a reader of the pull request sees, cut to the room there is.

use std::collections::{BTreeMap, BTreeSet};

use super::hidden::{self, RetentionStep};
use super::lines::{DataLine, END, START};
use super::splice::SectionSpace;
use super::{PullRequestStatus, TicketDetail};
use crate::compose::links;
use crate::document::Inline;
use crate::document::markdown::inline;
use crate::model::section::{Role, Section, Shown};
use crate::model::ticket::TicketId;

/// The longest summary that is shown, in characters: Jira's own limit.
const SUMMARY: usize = 255;

/// A section to be shown.
pub(super) struct SectionPage<'p> {
    /// What it remembers.
    pub(super) section: &'p Section,
    /// The tickets that the tracker vouches for: the others are counted, not listed.
    pub(super) listed: &'p BTreeSet<&'p TicketId>,
    /// How much may be shown.
    pub(super) detail: TicketDetail,
    /// How the pull request stands.
    pub(super) standing: PullRequestStatus,
}

/// The section's tickets by their part in the pull request.
struct Tickets<'p> {
    filed: RoleRows<'p>,
    resolves: RoleRows<'p>,
    tracked: RoleRows<'p>,
}

/// Tickets of one role.
#[derive(Default)]
struct RoleRows<'p> {
    /// How many there are.
    count: usize,
    /// Those that can be listed, worst first.
    listed: Vec<&'p Shown>,
}

impl SectionPage<'_> {
    /// The section's lines, markers included: as many rows as fit, and what is remembered whole as long
    /// as no row has to go for it. `None`: not even the shortest fits.
    pub(super) fn fit(&self, room: SectionSpace) -> Option<Vec<String>> {
        let tickets = self.tickets();
        let rows = tickets.parts().map(|part| part.listed.len()).into_iter().sum();
        let word = hidden::pack(self.section, self.detail, RetentionStep::All);
        let with = |rows: usize, word: &str| {
            let lines = self.lines(&tickets, rows, word);
            room.holds(&lines).then_some(lines)
        };
        if let Some(all) = with(rows, &word) {
            return Some(all);
        }
        let (mut fits, mut fails) = (None, rows);
        let mut least = 0;
        while least < fails {
            let middle = usize::midpoint(least, fails);
            match with(middle, &word) {
                Some(lines) => (fits, least) = (Some(lines), middle + 1),
                None => fails = middle,
            }
        }
        let pack = |depth: &RetentionStep| hidden::pack(self.section, self.detail, *depth);
        fits.or_else(|| RetentionStep::ALL[1..].iter().find_map(|depth| with(0, &pack(depth))))
    }

    /// All that people see, with every row.
    pub(super) fn preview(&self) -> String {
        let tickets = self.tickets();
        let rows = tickets.parts().map(|part| part.listed.len()).into_iter().sum();
        self.visible(&tickets, rows).join("\n")
    }

    fn lines(&self, tickets: &Tickets<'_>, rows: usize, word: &str) -> Vec<String> {
        let mut inner = vec![String::new()];
        inner.extend(self.visible(tickets, rows));
        inner.push(String::new());
        let mut all = vec![START.to_owned(), DataLine::line(&inner, word)];
        all.extend(inner);
        all.push(END.to_owned());
        all
    }

    fn visible(&self, tickets: &Tickets<'_>, rows: usize) -> Vec<String> {
        let mut lines = vec![tickets.headline(self.standing)];
        let mut left = rows;
        let mut take = |part: &RoleRows<'_>| {
            let taken = part.listed.len().min(left);
            left -= taken;
            self.table(&part.listed[..taken])
        };
        let filed = take(&tickets.filed);
        let resolves = take(&tickets.resolves);
        let tracked = take(&tickets.tracked);
        if !filed.is_empty() {
            lines.push(String::new());
            lines.extend(filed);
        }
        if !resolves.is_empty() {
            lines.extend(["", "**Resolved when merged**", ""].map(str::to_owned));
            lines.extend(resolves);
        }
        if !tracked.is_empty() {
            let summary = format!("<details><summary>{} already tracked</summary>", tickets.tracked.count);
            lines.extend([String::new(), summary, String::new()]);
            lines.extend(tracked);
            lines.extend(["", "</details>"].map(str::to_owned));
        }
        let all: usize = tickets.parts().map(|part| part.count).into_iter().sum();
        let hidden = all - (rows - left);
        if hidden > 0 {
            let more = if hidden == all { "" } else { "more " };
            lines.extend([String::new(), format!("_{hidden} {more}not listed here._")]);
        }
        lines
    }

    fn table(&self, tickets: &[&Shown]) -> Vec<String> {
        let (head, rule) = match self.detail {
            TicketDetail::Full => {
                ("| Ticket | Severity | Summary | Status | Assignee |", "| --- | --- | --- | --- | --- |")
            }
            TicketDetail::Keys => ("| Ticket | Status |", "| --- | --- |"),
            TicketDetail::Counts => return Vec::new(),
        };
        if tickets.is_empty() {
            return Vec::new();
        }
        let rows = tickets.iter().map(|shown| format!("| {} |", self.cells(shown).join(" | ")));
        [head, rule].into_iter().map(str::to_owned).chain(rows).collect()
    }

    fn cells(&self, shown: &Shown) -> Vec<String> {
        let text = |text: &str| inline(&[Inline::text(text)]);
        let page = shown.status.is_some().then_some(shown.url.as_str());
        let key = inline(&[links::ticket(&shown.key, page)]);
        let status = shown.status.as_ref().map_or_else(|| "deleted".to_owned(), |status| text(&status.name));
        if self.detail == TicketDetail::Keys {
            return vec![key, status];
        }
        let severity = shown.severity.map_or_else(String::new, |severity| severity.to_string());
        let summary: String = shown.summary.chars().take(SUMMARY).collect();
        let assignee = shown.assignee.as_deref().unwrap_or_default();
        vec![key, severity, text(&summary), status, text(assignee)]
    }

    /// Each ticket once, in the first of its roles: what one scan resolves and another still sees is
    /// not resolved, and a pull request that is not open is not going to resolve anything.
    fn tickets(&self) -> Tickets<'_> {
        let mut roles: BTreeMap<&TicketId, Role> = BTreeMap::new();
        for row in self.section.scans.values().flatten() {
            let role = roles.entry(&row.ticket).or_insert(row.role);
            *role = row.role.min(*role);
        }
        let shown: BTreeMap<&TicketId, &Shown> =
            self.section.shown.iter().map(|shown| (&shown.ticket, shown)).collect();
        let mut tickets = Tickets {
            filed: RoleRows::default(),
            resolves: RoleRows::default(),
            tracked: RoleRows::default(),
        };
        for (ticket, role) in roles {
            let part = match role {
                Role::Filed => &mut tickets.filed,
                Role::Tracked => &mut tickets.tracked,
                Role::Resolves if self.standing != PullRequestStatus::Live => &mut tickets.tracked,
                Role::Resolves => &mut tickets.resolves,
            };
            part.count += 1;
            let may_list = self.detail != TicketDetail::Counts && self.listed.contains(ticket);
            part.listed.extend(shown.get(ticket).filter(|_| may_list));
        }
        for part in [&mut tickets.filed, &mut tickets.resolves, &mut tickets.tracked] {
            part.listed.sort_by_key(|shown| (std::cmp::Reverse(shown.severity), &shown.ticket));
        }
        tickets
    }
}

impl Tickets<'_> {
    fn parts(&self) -> [&RoleRows<'_>; 3] {
        [&self.filed, &self.resolves, &self.tracked]
    }

    fn headline(&self, standing: PullRequestStatus) -> String {
        let words = [
            (self.filed.count, "filed"),
            (self.tracked.count, "already tracked"),
            (self.resolves.count, "resolved when merged"),
        ];
        let mut told = words.into_iter().filter(|(count, _)| *count > 0);
        let Some((count, first)) = told.next() else { return "### casefile: no tickets".to_owned() };
        let tickets = if count == 1 { "ticket" } else { "tickets" };
        let line = told.fold(format!("### casefile: {count} {tickets} {first}"), |line, (count, word)| {
            format!("{line}, {count} {word}")
        });
        match standing {
            PullRequestStatus::Live | PullRequestStatus::Merged => line,
            PullRequestStatus::Closed => line + " (closed without merging)",
        }
    }
}
