//! What is open, by severity and age, overdue tickets first: for the step summary of a refresh.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::section::TicketDetail;
use super::{columns, count, links};
use crate::document::{Block, Inline};
use crate::model::severity::Severity;
use crate::model::ticket::Ticket;

/// How many tickets are listed: a step summary holds 1 MiB.
const LISTED: usize = 100;

/// The age groups: the last day of each, and its name.
const AGES: [(i32, &str); 4] = [
    (7, "up to 7 days old"),
    (30, "8 to 30 days old"),
    (90, "31 to 90 days old"),
    (i32::MAX, "over 90 days old"),
];

/// The colours of severities, which differ in brightness too; critical is the strongest.
const COLOURS: [(&str, &str); 5] = [
    ("critical", "#a40e26"),
    ("high", "#e16f24"),
    ("medium", "#eac54f"),
    ("low", "#80ccff"),
    ("info", "#d0d7de"),
];

/// An open ticket with its age.
#[derive(Debug, Clone)]
struct AgedTicket<'t> {
    ticket: &'t Ticket,
    severity: Option<Severity>,
    /// In days.
    age: i32,
    /// By how many days it is overdue; 0: it is not.
    overdue: i32,
}

/// The open tickets.
#[derive(Debug, Clone)]
pub struct Overview<'t> {
    entries: Vec<AgedTicket<'t>>,
}

/// How many are open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// All of them.
    pub total: usize,
    /// Those whose due date has passed.
    pub overdue: usize,
    /// By severity; omitted where everybody can read it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_severity: BTreeMap<Severity, usize>,
}

impl<'t> Overview<'t> {
    /// Those of these tickets that are open, as of today. The age counts from the day on which the finding was first
    /// seen.
    pub fn of(tickets: impl IntoIterator<Item = &'t Ticket>, today: Date) -> Overview<'t> {
        let days = |from: Date| (today - from).get_days();
        let entry = |ticket: &'t Ticket| {
            let record = ticket.record.as_ref();
            let made = ticket.created.map(|at| at.to_zoned_datetime(TimeZone::UTC).date());
            let since = record.map(|record| record.first_seen).or(made).unwrap_or(today);
            AgedTicket {
                ticket,
                severity: record.map(|record| record.severity),
                age: days(since).max(0),
                overdue: ticket.due.map_or(0, |due| days(due).max(0)),
            }
        };
        let mut entries: Vec<_> = tickets.into_iter().filter(|one| one.is_open()).map(entry).collect();
        entries.sort_by_key(|one| {
            (Reverse(one.overdue), Reverse(one.severity), Reverse(one.age), one.ticket.id.id)
        });
        Overview { entries }
    }

    /// The counts, as far as a place may show them.
    pub fn sums(&self, detail: TicketDetail) -> Sums {
        let mut by_severity = BTreeMap::new();
        for severity in
            self.entries.iter().filter_map(|one| one.severity).filter(|_| detail == TicketDetail::Full)
        {
            *by_severity.entry(severity).or_default() += 1;
        }
        Sums { total: self.entries.len(), overdue: self.overdue(), by_severity }
    }

    /// The same with a table, a chart and the tickets, as far as a place may show them. `prefix` is that of each summary,
    /// which the list leaves out.
    pub fn blocks(&self, detail: TicketDetail, prefix: &str) -> Vec<Block> {
        let mut blocks =
            vec![Block::text(format!("{} open, {} overdue", self.entries.len(), self.overdue()))];
        if self.entries.is_empty() {
            return blocks;
        }
        blocks.push(self.table(detail));
        blocks.extend(self.chart(detail));
        if detail != TicketDetail::Counts {
            blocks.push(self.list(detail, prefix));
            if self.entries.len() > LISTED {
                blocks
                    .push(Block::text(format!("and {}", count(self.entries.len() - LISTED, "more ticket"))));
            }
        }
        blocks
    }

    fn overdue(&self) -> usize {
        self.entries.iter().filter(|one| one.overdue > 0).count()
    }

    /// Severities by age, with the overdue tickets in the first column; a single row where severities must not be
    /// shown.
    fn table(&self, detail: TicketDetail) -> Block {
        let row = |name: &str, wanted: &dyn Fn(&AgedTicket<'_>) -> bool| {
            let of: Vec<&AgedTicket<'_>> = self.entries.iter().filter(|one| wanted(one)).collect();
            let overdue = of.iter().filter(|one| one.overdue > 0).count();
            let ages = (0..AGES.len()).map(|age| of.iter().filter(|one| one.column() == age).count());
            let counts = std::iter::once(overdue).chain(ages).chain([of.len()]);
            let cells = counts.map(|count| if count == 0 { String::new() } else { count.to_string() });
            (!of.is_empty()).then(|| {
                std::iter::once(name.to_owned()).chain(cells).map(|cell| vec![Inline::text(cell)]).collect()
            })
        };
        let mut rows: Vec<Vec<Vec<Inline>>> = Vec::new();
        if detail == TicketDetail::Full {
            rows.extend(
                severities().filter_map(|severity| row(word(severity), &|one| one.severity == severity)),
            );
        }
        rows.extend(row("all", &|_| true));
        let ages = AGES.map(|(_, name)| name);
        let first = if detail == TicketDetail::Full { "Severity" } else { "Open tickets" };
        let head = [first, "Overdue"].into_iter().chain(ages).chain(["Total"]);
        Block::Table { head: head.map(|title| vec![Inline::text(title)]).collect(), rows }
    }

    /// A Mermaid chart, which GitHub draws; none for a single slice, which would say nothing. Its labels are casefile's
    /// own words: no text from a ticket gets into it.
    fn chart(&self, detail: TicketDetail) -> Option<Block> {
        let number =
            |wanted: &dyn Fn(&AgedTicket<'_>) -> bool| self.entries.iter().filter(|one| wanted(one)).count();
        let (what, mut slices): (_, Vec<(&str, usize)>) = if detail == TicketDetail::Full {
            let of = |severity| (word(severity), number(&|one| one.severity == severity));
            ("severity", severities().map(of).collect())
        } else {
            let of = |(column, (_, name))| (name, number(&|one| one.column() == column));
            ("age", AGES.into_iter().enumerate().map(of).collect())
        };
        // Mermaid refuses a chart with an empty slice
        slices.retain(|(_, count)| *count > 0);
        if detail == TicketDetail::Full {
            // some versions of Mermaid number slices by their order, others by their size: here, both are the same
            slices.sort_by_key(|(_, count)| Reverse(*count));
        }
        let lines: String =
            slices.iter().map(|(name, count)| format!("    \"{name}\" : {count}\n")).collect();
        let theme = if detail == TicketDetail::Full { theme(&slices) } else { String::new() };
        let text = format!("{theme}pie showData\n    title Open tickets by {what}\n{lines}");
        (slices.len() > 1).then(|| Block::Code { language: Some("mermaid".to_owned()), text })
    }

    /// The tickets one by one. Where severities must not be shown, the order does not reveal them either.
    fn list(&self, detail: TicketDetail, prefix: &str) -> Block {
        let head: &[&str] = match detail {
            TicketDetail::Full => &["Ticket", "Severity", "Summary", "Status", "Assignee", "Age", "Due"],
            _ => &["Ticket", "Status"],
        };
        let mut entries = self.entries.clone();
        if detail != TicketDetail::Full {
            entries.sort_by_key(|one| one.ticket.id.id);
        }
        columns::used(head, entries.iter().take(LISTED).map(|one| one.row(detail, prefix)).collect())
    }
}

impl AgedTicket<'_> {
    /// The index of its age in [`AGES`].
    fn column(&self) -> usize {
        AGES.iter().position(|(last, _)| self.age <= *last).unwrap_or(AGES.len() - 1)
    }

    fn row(&self, detail: TicketDetail, prefix: &str) -> Vec<Vec<Inline>> {
        let ticket = self.ticket;
        let key = vec![links::ticket(ticket.key.as_str(), Some(&ticket.url))];
        let status = vec![Inline::text(&ticket.status.name)];
        if detail != TicketDetail::Full {
            return vec![key, status];
        }
        let bare = ticket.summary.strip_prefix(prefix).map(str::trim_start);
        let assignee = ticket.assignee.as_ref().map(|person| person.name.clone());
        let due = ticket.due.map(columns::day).map_or(Inline::text(""), |due| match self.overdue {
            0 => Inline::text(due),
            1 => Inline::strong(format!("{due}, 1 day overdue")),
            days => Inline::strong(format!("{due}, {days} days overdue")),
        });
        vec![
            key,
            self.severity.map_or_else(|| vec![Inline::text(word(None))], super::marked),
            vec![Inline::text(bare.filter(|bare| !bare.is_empty()).unwrap_or(&ticket.summary))],
            status,
            vec![Inline::text(assignee.unwrap_or_default())],
            vec![Inline::text(count(usize::try_from(self.age).unwrap_or(0), "day").replace(' ', "\u{a0}"))],
            vec![due],
        ]
    }
}

/// A separate colour for each severity, the strongest for the worst.
fn theme(slices: &[(&str, usize)]) -> String {
    let colours = slices.iter().enumerate().map(|(at, (name, _))| {
        let colour = COLOURS.iter().find(|(known, _)| known == name).map_or("#8c959f", |(_, colour)| colour);
        format!("\"pie{}\": \"{colour}\"", at + 1)
    });
    let colours: Vec<String> = colours.collect();
    let variables = format!("{}, \"pieOpacity\": \"1\"", colours.join(", "));
    format!("%%{{init: {{\"theme\": \"base\", \"themeVariables\": {{{variables}}}}}}}%%\n")
}

/// From the worst; `None`: casefile's record on the ticket was lost.
fn severities() -> impl Iterator<Item = Option<Severity>> {
    Severity::ALL.into_iter().map(Some).chain([None])
}

fn word(severity: Option<Severity>) -> &'static str {
    severity.map_or("unknown", Severity::name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, markdown};
    use crate::model::record::Record;
    use crate::model::ticket::{Category, Status, TicketId, TicketKey};

    fn ticket(id: u64, severity: &str, first_seen: &str, due: Option<&str>) -> Ticket {
        let record = json!({"version": 1, "revision": 1, "repository": "r", "site": "s", "names": [],
            "mode": "type", "origin": {}, "first-seen": first_seen, "severity": severity});
        Ticket {
            id: TicketId { site: "s".to_owned(), id },
            key: TicketKey::parse(&format!("SEC-{id}")).unwrap(),
            url: format!("https://s.example/browse/SEC-{id}"),
            summary: format!("[casefile] summary | {id}"),
            status: Status { id: "1".to_owned(), name: "To Do".to_owned(), category: Category::New },
            resolution: None,
            resolved: None,
            priority: None,
            assignee: None,
            due: due.map(|day| day.parse().unwrap()),
            labels: Vec::new(),
            creator: None,
            created: None,
            record: Record::read(&record),
            own: std::collections::BTreeMap::new(),
        }
    }

    fn example() -> Vec<Ticket> {
        let mut done = ticket(9, "critical", "2026-01-01", Some("2026-01-02"));
        done.status.category = Category::Done;
        let mut lost = ticket(4, "low", "2026-06-30", None);
        lost.record = None;
        vec![
            ticket(1, "low", "2026-01-01", Some("2026-06-29")),
            ticket(2, "critical", "2026-06-20", None),
            ticket(3, "high", "2026-06-30", Some("2026-06-30")),
            lost,
            done,
        ]
    }

    fn shown(detail: TicketDetail) -> String {
        let tickets = example();
        let overview = Overview::of(&tickets, "2026-06-30".parse().unwrap());
        markdown::render(&Document::of(overview.blocks(detail, "[casefile]")))
    }

    #[test]
    fn what_is_open_is_told_by_severity_and_age() {
        assert_eq!(
            shown(TicketDetail::Full),
            "4 open, 1 overdue

| Severity | Overdue | up to 7 days old | 8 to 30 days old | 31 to 90 days old | over 90 days old | Total |
| --- | --- | --- | --- | --- | --- | --- |
| critical |  |  | 1 |  |  | 1 |
| high |  | 1 |  |  |  | 1 |
| low | 1 |  |  |  | 1 | 1 |
| unknown |  | 1 |  |  |  | 1 |
| all | 1 | 2 | 1 |  | 1 | 4 |

```mermaid
%%{init: {\"theme\": \"base\", \"themeVariables\": {\"pie1\": \"#a40e26\", \"pie2\": \"#e16f24\", \"pie3\": \"#80ccff\", \"pie4\": \"#8c959f\", \"pieOpacity\": \"1\"}}}%%
pie showData
    title Open tickets by severity
    \"critical\" : 1
    \"high\" : 1
    \"low\" : 1
    \"unknown\" : 1
```

| Ticket | Severity | Summary | Status | Age | Due |
| --- | --- | --- | --- | --- | --- |
| [SEC-1](https://s.example/browse/SEC-1) | 🔵 low | summary &#124; 1 | To Do | 180 days | **2026‑06‑29, 1 day overdue** |
| [SEC-2](https://s.example/browse/SEC-2) | 🔴 **critical** | summary &#124; 2 | To Do | 10 days |  |
| [SEC-3](https://s.example/browse/SEC-3) | 🟠 high | summary &#124; 3 | To Do | 0 days | 2026‑06‑30 |
| [SEC-4](https://s.example/browse/SEC-4) | unknown | summary &#124; 4 | To Do | 0 days |  |
"
        );
    }

    #[test]
    fn where_everybody_can_read_it_no_severity_is_told() {
        let keys = shown(TicketDetail::Keys);
        for word in ["critical", "high", "low", "summary", "2026"] {
            assert!(!keys.contains(word), "{word}: {keys}");
        }
        assert!(keys.contains("| [SEC-1](https://s.example/browse/SEC-1) | To Do |"), "{keys}");
        assert!(keys.contains("\"up to 7 days old\" : 2"), "{keys}");
        let counts = shown(TicketDetail::Counts);
        assert!(counts.contains("| Open tickets | Overdue | up to 7 days old |"), "{counts}");
        assert!(counts.contains("| all | 1 | 2 | 1 |") && !counts.contains("SEC-"), "{counts}");
    }

    #[test]
    fn a_chart_of_one_slice_is_left_out() {
        let check = |count: usize, charts: usize| {
            let tickets: Vec<Ticket> = example().into_iter().skip(1).take(count).collect();
            let overview = Overview::of(&tickets, "2026-06-30".parse().unwrap());
            let text = markdown::render(&Document::of(overview.blocks(TicketDetail::Full, "[casefile]")));
            assert_eq!(text.matches("mermaid").count(), charts, "{text}");
        };
        check(1, 0);
        check(2, 1);
    }

    #[test]
    fn nothing_open_is_said_in_a_line() {
        let overview = Overview::of(&[], "2026-06-30".parse().unwrap());
        let text = markdown::render(&Document::of(overview.blocks(TicketDetail::Full, "[casefile]")));
        assert_eq!(text, "0 open, 0 overdue\n");
        assert_eq!(
            overview.sums(TicketDetail::Full),
            Sums { total: 0, overdue: 0, by_severity: BTreeMap::new() }
        );
    }
}
