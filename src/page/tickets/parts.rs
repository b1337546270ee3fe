//! The page's parts as HTML. Whatever comes from a ticket goes through [`escape`].

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::elements::{self, Card};
use super::super::list::{self, Cell, Column, Row};
use super::figures::{AGES, Figures, Week};
use super::row::TicketRow;
use crate::document::html::escape;
use crate::model::severity::Severity;

/// How many lines a breakdown has.
const BREAKDOWN_LINES: usize = 12;

/// The most important figures.
pub(super) fn cards(out: &mut String, figures: &Figures) {
    let severe = figures.severities.iter().filter(|count| count.severity >= Some(Severity::High));
    let severe: usize = severe.map(|count| count.open).sum();
    let (opened, resolved) = figures.weeks.last().map_or((0, 0), |week| (week.opened, week.resolved));
    let all = [
        ("Open", figures.open, false),
        ("Critical or high", severe, false),
        ("Overdue", figures.overdue, true),
        ("Unassigned", figures.unassigned, false),
        ("Opened this week", opened, false),
        ("Resolved this week", resolved, false),
    ];
    elements::cards(out, all.map(|(name, count, is_bad)| Card { name, count, is_bad }));
}

/// Open tickets by severity and age.
pub(super) fn severities(out: &mut String, figures: &Figures) {
    out.push_str(
        "<section aria-labelledby=\"by-severity\"><h2 id=\"by-severity\">Open by severity and age</h2>\n",
    );
    if figures.severities.is_empty() {
        out.push_str("<p>No open tickets.</p></section>\n");
        return;
    }
    out.push_str("<div class=\"scroll\"><table class=\"counts\"><thead><tr><th scope=\"col\">Severity</th>");
    for name in ["Open", "Overdue"].into_iter().chain(AGES.map(|(_, name)| name)) {
        out.push_str(&format!("<th scope=\"col\">{name}</th>"));
    }
    out.push_str("</tr></thead><tbody>\n");
    for count in &figures.severities {
        out.push_str(&format!("<tr><th scope=\"row\">{}</th>", elements::severity(count.severity)));
        for number in [count.open, count.overdue].into_iter().chain(count.by_age) {
            out.push_str(&if number == 0 { "<td>–</td>".to_owned() } else { format!("<td>{number}</td>") });
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div></section>\n");
}

/// That some done tickets are in no week, because nobody knows when they were done.
pub(super) fn undated(out: &mut String, figures: &Figures, dating: &str) {
    let why = match figures.undated {
        0 => return,
        1 => "1 done ticket is not counted as resolved in any week, because it has no resolution date."
            .to_owned(),
        many => format!(
            "{many} done tickets are not counted as resolved in any week, because they have no resolution date."
        ),
    };
    out.push_str(&format!("<p class=\"note\">{}</p>\n", escape(format!("{why} {dating}").trim_end())));
}

/// Opened and resolved week by week: as bars, and as a table for those who cannot see them.
pub(super) fn weeks(out: &mut String, figures: &Figures) {
    let most = figures.weeks.iter().map(|week| week.opened.max(week.resolved)).max().unwrap_or(0);
    out.push_str(
        "<section aria-labelledby=\"by-week\"><h2 id=\"by-week\">Opened and resolved per week</h2>\n",
    );
    if most == 0 {
        out.push_str("<p>Nothing was opened or resolved in the last 12 weeks.</p></section>\n");
        return;
    }
    out.push_str("<p class=\"legend\"><span class=\"opened\">opened</span> <span class=\"resolved\">resolved</span></p>\n");
    bars(out, &figures.weeks, most);
    week_table(out, &figures.weeks);
    out.push_str("</section>\n");
}

/// The weeks as bars. Across, all is in per cent, so that a narrow page has narrower bars, but not smaller letters.
fn bars(out: &mut String, weeks: &[Week], most: usize) {
    const HEIGHT: usize = 120;
    /// What stands over and under the bars: numbers and dates.
    const OVER: usize = 16;
    const UNDER: usize = 20;
    /// On a narrow page, every third week has a date, the last one among them.
    const DATED: usize = 3;
    let group = 100.0 / weeks.len().max(1) as f64;
    let (width, gap) = (group * 0.37, group * 0.03);
    // so many digits do not fit over each of the narrow bars
    let many = if most > 9 { " class=\"many\"" } else { "" };
    out.push_str(&format!(
        "<svg{many} height=\"{}\" role=\"img\" aria-label=\"Bar chart of the figures in the table below\">\n",
        OVER + HEIGHT + UNDER
    ));
    for (index, week) in weeks.iter().enumerate() {
        let minor = if (weeks.len() - 1 - index).is_multiple_of(DATED) { "" } else { "minor" };
        let middle = (index as f64 + 0.5) * group;
        let mut bar = |class: &str, x: f64, count: usize| {
            let height = (count * HEIGHT).div_ceil(most);
            let top = OVER + HEIGHT - height;
            out.push_str(&format!(
                "<rect class=\"{class}\" x=\"{x:.2}%\" y=\"{top}\" width=\"{width:.2}%\" height=\"{height}\" rx=\"2\"/>"
            ));
            if count > 0 {
                let (x, y) = (x + width / 2.0, top - 4);
                out.push_str(&format!(
                    "<text class=\"count {class} {minor}\" x=\"{x:.2}%\" y=\"{y}\">{count}</text>"
                ));
            }
        };
        bar("opened", middle - gap / 2.0 - width, week.opened);
        bar("resolved", middle + gap / 2.0, week.resolved);
        let (day, y) = (week.monday.strftime("%b %-d"), OVER + HEIGHT + 16);
        out.push_str(&format!("<text class=\"{minor}\" x=\"{middle:.2}%\" y=\"{y}\">{day}</text>\n"));
    }
    out.push_str("</svg>\n");
}

fn week_table(out: &mut String, weeks: &[Week]) {
    out.push_str(
        "<details><summary>As a table</summary><table class=\"counts\"><thead><tr><th scope=\"col\">Week of</th>\
         <th scope=\"col\">Opened</th><th scope=\"col\">Resolved</th></tr></thead><tbody>\n",
    );
    for Week { monday, opened, resolved } in weeks {
        out.push_str(&format!(
            "<tr><th scope=\"row\">{monday}</th><td>{opened}</td><td>{resolved}</td></tr>\n"
        ));
    }
    out.push_str("</tbody></table></details>\n");
}

/// The names under which a row is counted.
type Names<'n> = &'n dyn Fn(&TicketRow) -> Vec<String>;

/// Open tickets by project, owner, scanner and repository; each name filters the table.
pub(super) fn breakdowns(out: &mut String, rows: &[TicketRow]) {
    let one = |text: &str| vec![text.to_owned()];
    let owner = |row: &TicketRow| one(row.owner.as_deref().unwrap_or(NOBODY));
    let all: [(&str, &str, Names<'_>); 4] = [
        ("Project", "project", &|row| one(&row.project)),
        ("Owner", "owner", &owner),
        ("Scanner", "scanner", &|row| row.scanners.clone()),
        ("Repository", "repository", &|row| one(&row.repository)),
    ];
    let mut columns = String::new();
    for (title, filter, names) in all {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for name in rows.iter().filter(|row| row.is_open()).flat_map(names).filter(|name| !name.is_empty()) {
            *counts.entry(name).or_default() += 1;
        }
        // what all tickets have in common does not distinguish them
        if counts.len() < 2 {
            continue;
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        columns.push_str(&format!("<div><h3>{title}</h3><ul>\n"));
        for (name, count) in counts.iter().take(BREAKDOWN_LINES) {
            let name = escape(name);
            columns.push_str(&format!(
                "<li><button type=\"button\" data-filter=\"{filter}\" data-value=\"{name}\">{name}</button> \
                 <b>{count}</b></li>\n"
            ));
        }
        if counts.len() > BREAKDOWN_LINES {
            columns.push_str(&format!("<li>and {} more</li>\n", counts.len() - BREAKDOWN_LINES));
        }
        columns.push_str("</ul></div>\n");
    }
    if !columns.is_empty() {
        out.push_str(&format!(
            "<section aria-labelledby=\"by-name\"><h2 id=\"by-name\">Open by…</h2>\n\
             <div class=\"columns\">\n{columns}</div></section>\n"
        ));
    }
}

/// The owner of a ticket that has none.
const NOBODY: &str = "unassigned";

/// All tickets, one row each.
pub(super) fn tickets(out: &mut String, rows: &[TicketRow], today: Date) {
    let repositories = rows.iter().any(|row| row.repository != rows[0].repository);
    let columns = if repositories { &COLUMNS[..] } else { &COLUMNS[..COLUMNS.len() - 1] };
    let prefix = list::shared_prefix(rows.iter().map(|row| row.summary.as_str()));
    list::tickets(out, columns, rows.iter().map(|row| ticket(row, prefix, today)));
}

/// The columns, the repository last.
const COLUMNS: [Column; 9] = [
    Column { name: "Ticket", width: "key", sort: "" },
    Column { name: "Severity", width: "level", sort: "worst" },
    Column { name: "Summary", width: "", sort: "" },
    Column { name: "Status", width: "status", sort: "" },
    Column { name: "Owner", width: "name", sort: "" },
    Column { name: "Due", width: "day", sort: "" },
    Column { name: "First seen", width: "day", sort: "" },
    Column { name: "Scanner", width: "name", sort: "" },
    Column { name: "Repository", width: "repository", sort: "" },
];

fn ticket(row: &TicketRow, prefix: &str, today: Date) -> Row {
    let overdue = row.is_overdue(today);
    let state = if row.is_open() { "open" } else { "done" };
    let filters = vec![
        ("state", if overdue { format!("{state}\noverdue") } else { state.to_owned() }),
        ("severity", row.severity.map_or("", Severity::name).to_owned()),
        ("project", row.project.clone()),
        ("owner", row.owner.as_deref().unwrap_or(NOBODY).to_owned()),
        ("scanner", row.scanners.join("\n")),
        ("repository", row.repository.clone()),
    ];
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let due = match row.due {
        Some(due) if overdue => format!("<strong class=\"late\">{due}<br>overdue</strong>"),
        due => day(due),
    };
    let cells = vec![
        Cell::html(elements::link(&row.key, &row.url)),
        Cell::severity(row.severity),
        Cell::text(row.summary.strip_prefix(prefix).unwrap_or(&row.summary)),
        Cell::html(format!("<span class=\"{state}\">{}</span>", escape(&row.status))),
        Cell::text(row.owner.as_deref().unwrap_or_default()),
        Cell::html(due).sorted_by(day(row.due)),
        Cell::text(&day(row.since)),
        Cell::text(&row.scanners.join(", ")),
        Cell::text(&row.repository),
    ];
    Row { filters, cells }
}
