//! What a pull request's section says about new findings.

use super::*;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::{CodePlace, NewFinding, NoTicket};

/// A finding without a ticket; the first one of a scan is the most severe.
fn finding(id: u8, commit: &str) -> NewFinding {
    NewFinding {
        id: Fingerprint([id; 10]),
        title: format!("Wrong thing {id}"),
        rule: format!("R{id}"),
        severity: if id == 1 { Severity::Critical } else { Severity::High },
        place: CodePlace { path: format!("src/a b{id}.py"), line: u32::from(id), commit: commit.to_owned() },
        ticket: None,
        why: Some(NoTicket::OnMerge),
        fails: false,
    }
}

fn found(listed: Vec<NewFinding>) -> NewFindings {
    let without_ticket = [(NoTicket::OnMerge, listed.iter().filter(|one| one.ticket.is_none()).count())];
    NewFindings {
        base: Some("main".to_owned()),
        first: false,
        without_ticket: without_ticket.into_iter().filter(|(_, count)| *count > 0).collect(),
        fail_on: None,
        failing: 0,
        listed,
    }
}

/// The text after a job whose scan of this name found these.
fn after(text: &str, scan: &str, new: NewFindings, detail: TicketDetail) -> String {
    let (scans, new) = (rows(&[(scan, &[])]), BTreeMap::from([(scan.to_owned(), new)]));
    super::super::update(text, &Update { new: &new, detail, ..update(&scans, &[]) }).unwrap()
}

const COMMIT: &str = "c0ffee0000000000000000000000000000000000";

#[test]
fn what_is_new_is_shown_with_its_place_and_why_it_has_no_ticket() {
    let text = after("hello", "a", found(vec![finding(2, COMMIT), finding(1, "")]), TicketDetail::Full);
    assert_eq!(
        visible(&text),
        format!(
            "hello
### casefile: 2 new findings
No ticket yet: filed when merged into main.
| Severity | New finding |
| --- | --- |
| 🔴&nbsp;**critical** | Wrong thing 1 `R1`<br>`src/a b1.py:1` |
| 🟠&nbsp;high | Wrong thing 2 `R2`<br>[src/a b2.py:2](https://github.com/acme/shop/blob/{COMMIT}/src/a%20b2.py#L2) |"
        )
    );
    assert_eq!(remove(&text), "hello");
}

#[test]
fn before_the_first_ticket_it_is_said_that_the_bases_findings_are_listed_too() {
    let new = |base: Option<&str>| NewFindings {
        first: true,
        base: base.map(str::to_owned),
        ..found(vec![finding(1, "")])
    };
    let full = after("", "a", new(Some("main")), TicketDetail::Full);
    let said = "No ticket yet: filed when merged into main. If casefile has not run on `main` yet, this list includes \
                findings that `main` already has.";
    assert!(full.contains(said), "{full}");
    let other = after("", "a", new(None), TicketDetail::Full);
    assert!(other.contains("this list includes findings that the base branch already has."), "{other}");
    assert!(!after("", "a", new(None), TicketDetail::Keys).contains("already has"));
    assert!(!after("", "a", found(vec![finding(1, "")]), TicketDetail::Full).contains("already has"));
}

#[test]
fn a_public_repository_tells_how_many_and_why() {
    for detail in [TicketDetail::Keys, TicketDetail::Counts] {
        let mut new = found(vec![finding(1, COMMIT), finding(2, COMMIT)]);
        new.without_ticket.insert(NoTicket::Deferred, 1);
        (new.fail_on, new.failing) = (Some(Severity::High), 1);
        let text = after("hello", "a", new, detail);
        assert_eq!(
            visible(&text),
            "hello
### casefile: 3 new findings
❌ **The check fails:** 1 finding reached `fail-on`.
- 1 new finding: deferred: more than max-new
- 2 new findings: filed when merged into main"
        );
        let hidden = serde_json::to_string(&read(&text)).unwrap();
        for word in ["Wrong", "src/", "R1", "critical", "high", COMMIT] {
            assert!(!hidden.contains(word), "{word}: {hidden}");
        }
    }
}

#[test]
fn jobs_keep_each_others_findings_and_none_is_counted_twice() {
    let one = after("hello", "a", found(vec![finding(1, ""), finding(2, "")]), TicketDetail::Full);
    let both = after(&one, "b", found(vec![finding(2, ""), finding(3, "")]), TicketDetail::Full);
    assert!(visible(&both).contains("### casefile: 3 new findings"), "{both}");
    assert_eq!(both.matches("Wrong thing").count(), 3, "{both}");
    let less = after(&both, "a", found(Vec::new()), TicketDetail::Full);
    assert!(visible(&less).contains("### casefile: 2 new findings"), "{less}");
    assert_eq!(
        visible(&after(&less, "b", found(Vec::new()), TicketDetail::Full)),
        "hello\n### casefile: no tickets"
    );
}

#[test]
fn another_commit_changes_nothing() {
    let found_on =
        |text: &str, commit: &str| after(text, "a", found(vec![finding(1, commit)]), TicketDetail::Full);
    let first = found_on("hello", COMMIT);
    assert_eq!(found_on(&first, &"d".repeat(40)), first);
    let mut moved = finding(1, "dddd");
    moved.place.line = 9;
    assert!(after(&first, "a", found(vec![moved]), TicketDetail::Full).contains("/dddd/src/a%20b1.py#L9"));
}

#[test]
fn what_fails_the_check_is_said_first_and_marked() {
    let mut new = found(vec![finding(1, ""), finding(2, ""), finding(3, "")]);
    new.listed[1].fails = true;
    new.listed[2].ticket = Some(ticket(1));
    (new.listed[2].why, new.listed[2].fails) = (None, true);
    new.without_ticket.insert(NoTicket::OnMerge, 2);
    (new.fail_on, new.failing) = (Some(Severity::High), 2);
    let (scans, new) = (rows(&[("a", &[(1, Tracked)])]), BTreeMap::from([("a".to_owned(), new)]));
    let shown = [shown(1)];
    let text = super::super::update("hello", &Update { new: &new, ..update(&scans, &shown) }).unwrap();
    let seen = visible(&text);
    assert!(seen.contains("### casefile: 2 new findings, 1 ticket already tracked\n❌ **The check fails:** 2 findings reached `fail-on: high`, marked ❌.\n"), "{seen}");
    assert!(seen.contains("| ❌&nbsp;🟠&nbsp;high | Wrong thing 2 `R2`<br>`src/a b2.py:2` | filed when merged into main |\n| ❌&nbsp;🟠&nbsp;high | Wrong thing 3 `R3`<br>`src/a b3.py:3` | [SEC-1](https://acme.example/browse/SEC-1) |\n| 🔴&nbsp;**critical** | Wrong thing 1"), "{seen}");
    // a ticket that nobody confirms is only a claim
    let claimed = super::super::update("hello", &Update { new: &new, ..update(&scans, &[]) }).unwrap();
    assert!(!claimed.contains("SEC-1"), "{claimed}");
}

#[test]
fn a_pull_request_that_is_not_open_brings_nothing() {
    let open = after("hello", "a", found(vec![finding(1, "")]), TicketDetail::Full);
    let none = BTreeMap::new();
    for standing in [PullRequestStatus::Closed, PullRequestStatus::Merged] {
        let text = super::super::update(&open, &Update { standing, ..update(&none, &[]) }).unwrap();
        assert!(!visible(&text).contains("new finding"), "{text}");
    }
}

#[test]
fn no_text_of_a_finding_leaves_its_cell() {
    for hostile in
        ["<!-- casefile:end -->", "a | b", "@team", "x\n# y", "`", "[a](b)", "![](x)", "</details>"]
    {
        let mut one = finding(1, "../../x");
        (one.title, one.rule, one.place.path) =
            (hostile.to_owned(), hostile.to_owned(), format!("{hostile}/a"));
        let mut new = found(vec![one]);
        new.base = Some(hostile.to_owned());
        let text = after("hello", "a", new, TicketDetail::Full);
        assert_eq!(text.lines().count(), 14, "{text}");
        assert_eq!(remove(&text), "hello");
        // within an address or code, it is not a mention
        let outside: String = text.split('`').step_by(2).collect();
        assert!(!outside.replace("/@team/a#", "").contains("@team") && !text.contains("![](x)"), "{text}");
    }
}

#[test]
fn new_findings_go_last_where_there_is_no_room() {
    let many = (1..=50).map(|id| finding(id, COMMIT)).collect();
    let text = after(&"é".repeat(58_500), "a", found(many), TicketDetail::Full);
    assert!(text.chars().count() <= LIMIT);
    let listed = text.matches("Wrong thing").count();
    assert!(listed > 10 && listed < 50, "{listed}");
    assert!(visible(&text).contains(&format!("_{} more not listed here._", 50 - listed)), "{listed}");
    assert_eq!(read(&text).new.values().map(|new| new.listed.len()).sum::<usize>(), 50);
}
