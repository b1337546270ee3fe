//! What the page counts, how its rows are ordered, and that nothing from a ticket has an effect in it.

use jiff::civil::{Date, date};

use super::super::MARK;
use super::super::frame::{SCRIPT, STYLE, hash};
use super::figures::Figures;
use super::*;
use crate::model::severity::Severity;
use crate::model::ticket::Category;

const TODAY: Date = date(2026, 11, 25);

fn row(key: &str, severity: Severity, since: Date) -> TicketRow {
    TicketRow {
        key: key.to_owned(),
        url: format!("https://acme.atlassian.net/browse/{key}"),
        summary: format!("finding of {key}"),
        severity: Some(severity),
        status: "To Do".to_owned(),
        category: Category::New,
        owner: None,
        due: None,
        since: Some(since),
        resolved: None,
        project: "SEC".to_owned(),
        repository: "github.com/acme/shop".to_owned(),
        scanners: vec!["Semgrep".to_owned()],
    }
}

fn page(rows: Vec<TicketRow>) -> String {
    let now = "2026-11-25T10:00:00Z".parse().unwrap();
    TicketPage { title: "github.com/acme/shop", source: "acme.atlassian.net", dating: "", now, rows }.render()
}

#[test]
fn what_is_counted() {
    let late = TicketRow { due: Some(date(2026, 11, 24)), ..row("SEC-1", Severity::High, date(2026, 8, 1)) };
    let today =
        TicketRow { due: Some(TODAY), owner: Some("Ann".to_owned()), ..row("SEC-2", Severity::High, TODAY) };
    let done = TicketRow {
        category: Category::Done,
        due: Some(date(2026, 11, 1)),
        resolved: Some(date(2026, 11, 22)),
        ..row("SEC-3", Severity::Critical, date(2026, 11, 16))
    };
    let figures = Figures::of(&[late, today, done], TODAY);
    assert_eq!((figures.open, figures.overdue, figures.unassigned, figures.done), (2, 1, 1, 1));
    let [high] = &figures.severities[..] else { panic!("{:?}", figures.severities) };
    assert_eq!((high.severity, high.open, high.by_age), (Some(Severity::High), 2, [1, 0, 0, 1]));
    // the 22nd is a Sunday, so it belongs to the week that began on the 16th
    let [.., before, current] = &figures.weeks[..] else { panic!("{:?}", figures.weeks) };
    assert_eq!((before.monday, before.opened, before.resolved), (date(2026, 11, 16), 1, 1));
    assert_eq!((current.monday, current.opened, current.resolved), (date(2026, 11, 23), 1, 0));
    assert_eq!(figures.weeks.len(), 12);
}

#[test]
fn a_done_ticket_without_a_date_is_mentioned() {
    let done = |resolved| TicketRow {
        category: Category::Done,
        resolved,
        ..row("SEC-1", Severity::High, date(2026, 11, 24))
    };
    let html = page(vec![done(None), done(Some(TODAY))]);
    assert!(html.contains("1 done ticket is not counted as resolved in any week"), "{html}");
    assert!(html.contains("<dt>Resolved this week</dt><dd>1</dd>"));
    assert!(!page(vec![done(Some(TODAY))]).contains("not counted"));
}

#[test]
fn what_is_empty_looks_the_same_in_each_column() {
    let html = page(vec![row("SEC-1", Severity::High, TODAY)]);
    for name in ["Owner", "Due"] {
        assert!(html.contains(&format!("data-label=\"{name}\" data-value=\"\">–</td>")), "{html}");
    }
}

#[test]
fn what_is_urgent_stands_first() {
    let late = TicketRow { due: Some(date(2026, 11, 1)), ..row("SEC-1", Severity::Low, TODAY) };
    let done = TicketRow { category: Category::Done, ..row("SEC-2", Severity::Critical, TODAY) };
    let old = row("SEC-3", Severity::High, date(2026, 1, 1));
    let high = |key| row(key, Severity::High, TODAY);
    let html = page(vec![done, high("SEC-10"), high("SEC-4"), old, late]);
    let at = |key: &str| html.find(&format!(">{key}</a>")).unwrap();
    let order = ["SEC-1", "SEC-3", "SEC-4", "SEC-10", "SEC-2"].map(at);
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn what_a_ticket_says_stays_text() {
    let hostile = "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>\" onload=\"x\u{202e}";
    let html = page(vec![TicketRow {
        key: hostile.to_owned(),
        url: "javascript:alert(1)".to_owned(),
        summary: hostile.to_owned(),
        status: hostile.to_owned(),
        owner: Some(hostile.to_owned()),
        project: hostile.to_owned(),
        repository: hostile.to_owned(),
        scanners: vec![hostile.to_owned()],
        ..row("SEC-1", Severity::High, TODAY)
    }]);
    assert_eq!(html.matches("<script").count(), 1, "casefile's own");
    assert!(!html.contains("<img") && !html.contains("javascript:") && !html.contains('\u{202e}'));
    assert!(!html.contains("\" onload=\"x"));
}

#[test]
fn the_page_loads_nothing_and_runs_its_own_script_alone() {
    let html = page(vec![row("SEC-1", Severity::High, TODAY)]);
    assert!(html.starts_with(MARK));
    assert!(html.contains("default-src 'none'; style-src 'sha256-"));
    let source = |text: &str| html.contains(&format!("'{}'", hash(text)));
    assert!(source(STYLE) && source(SCRIPT));
    let loads = [
        "src=",
        "url(http",
        "@import",
        "fetch(",
        "XMLHttpRequest",
        "innerHTML",
        "insertAdjacentHTML",
        "eval(",
    ];
    loads.iter().for_each(|word| assert!(!html.contains(word), "{word}"));
}

#[test]
fn a_page_without_tickets_says_so() {
    let html = page(Vec::new());
    assert!(html.contains("No open tickets.") && html.contains("Nothing was opened or resolved"));
}
