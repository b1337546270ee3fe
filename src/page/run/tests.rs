//! What a run's page shows of each ticket, and that nothing from a finding has an effect in it.

use jiff::Timestamp;

use super::*;
use crate::compose::pointed::PointedFinding;
use crate::document::Inline;
use crate::model::fingerprint::Fingerprint;
use crate::model::run::Run;
use crate::model::severity::Severity;

fn finding(path: &str, line: u32) -> PointedFinding {
    PointedFinding {
        id: Fingerprint([1; 10]),
        title: "Something is wrong".to_owned(),
        rule: "R1".to_owned(),
        path: path.to_owned(),
        line,
        is_file: true,
        severity: Severity::High,
        scanner: "Finder".to_owned(),
    }
}

fn ticket(findings: Vec<PointedFinding>, more: usize) -> RunTicket {
    RunTicket {
        key: Some("SEC-1".to_owned()),
        url: "https://acme.atlassian.net/browse/SEC-1".to_owned(),
        action: "created",
        summary: "[casefile] Something is wrong".to_owned(),
        severity: Some(Severity::High),
        reached: None,
        status: "To Do".to_owned(),
        project: "SEC".to_owned(),
        findings,
        more,
    }
}

fn page(tickets: Vec<RunTicket>, detail: TicketDetail, rows: Vec<(PointedFinding, Inline)>) -> String {
    let provenance = Run::sample().provenance();
    let page = RunPage {
        repository: "github.com/acme/shop",
        place: "branch main",
        now: Timestamp::UNIX_EPOCH,
        provenance: &provenance,
        detail,
        counts: vec![("Created".to_owned(), tickets.len(), false), ("Failed".to_owned(), 0, true)],
        alerts: vec!["1 ticket was <b>not</b> filed".to_owned()],
        reached: None,
        overview: vec![Block::text("<b>1</b> finding")],
        tickets,
        findings: vec![FindingTable {
            id: "skipped",
            heading: "Skipped findings",
            notes: "Why",
            rows,
            all: 7,
        }],
        details: Vec::new(),
    };
    page.render()
}

#[test]
fn a_ticket_is_shown_with_the_places_of_its_findings() {
    let findings = (1..=5).map(|line| finding("src/a.py", line)).collect();
    let html = page(vec![ticket(findings, 2)], TicketDetail::Full, Vec::new());
    let place = format!("https://github.com/acme/shop/blob/{}/src/a.py#L4", "c".repeat(40));
    assert!(html.contains(&format!("<a href=\"{place}\" rel=\"noopener noreferrer\">src/a.py:4</a> R1")));
    assert!(html.contains("<summary>and 4 more</summary>"), "two are listed there, and two are not: {html}");
    assert!(html.contains("<p>and 2 more, which the JSON result lists</p>"));
    assert!(
        html.contains("<td class=\"wide\" data-label=\"Findings\">Something is wrong<ul"),
        "the prefix is left out"
    );
    assert!(html.contains("data-scanner=\"Finder\"") && html.contains("data-action=\"created\""));
    assert!(html.contains("<div class=\"\"><dt>Created</dt><dd>1</dd></div>"));
}

#[test]
fn findings_without_a_ticket_are_listed_with_the_reason() {
    let html = page(Vec::new(), TicketDetail::Full, vec![(finding("src/a.py", 4), Inline::text("ignored"))]);
    let (_, table) = html.split_once("<h2 id=\"skipped\">Skipped findings</h2>").unwrap();
    assert!(
        table.contains("Something is wrong <code>R1</code><br><a href=") && table.contains(">ignored</td>")
    );
    assert!(table.contains("and 6 more"), "{table}");
    assert!(!page(Vec::new(), TicketDetail::Full, Vec::new()).contains("Skipped findings"));
}

#[test]
fn what_everybody_can_read_has_keys_or_counts_alone() {
    let all = || vec![ticket(vec![finding("src/a.py", 1)], 0)];
    let keys = page(all(), TicketDetail::Keys, Vec::new());
    assert!(keys.contains(">SEC-1</a>") && keys.contains("To Do") && keys.contains("<script>"));
    let counts = page(all(), TicketDetail::Counts, Vec::new());
    assert!(counts.contains("<dt>Created</dt>") && !counts.contains("SEC-1") && !counts.contains("<script"));
    for html in [keys, counts] {
        for word in ["Something is wrong", "src/a.py", "class=\"severity high\"", "Finder"] {
            assert!(!html.contains(word), "{word}");
        }
    }
}

#[test]
fn what_a_finding_says_stays_text() {
    let hostile = "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>\" onload=\"x\u{202e}";
    let one = PointedFinding {
        title: hostile.to_owned(),
        rule: hostile.to_owned(),
        scanner: hostile.to_owned(),
        ..finding(hostile, 1)
    };
    let ticket = RunTicket {
        key: Some(hostile.to_owned()),
        url: "javascript:alert(1)".to_owned(),
        status: hostile.to_owned(),
        project: hostile.to_owned(),
        ..ticket(vec![one.clone()], 0)
    };
    let html = page(vec![ticket], TicketDetail::Full, vec![(one, Inline::text(hostile))]);
    assert_eq!(html.matches("<script").count(), 1, "casefile's own");
    assert!(!html.contains("<img") && !html.contains("javascript:") && !html.contains('\u{202e}'));
    assert!(!html.contains("\" onload=\"x") && !html.contains("<b>"));
}
