//! What a pull request's section says about new findings.

use super::*;
use crate::model::code_place::{self, CodePlace, FurtherPlaces};
use crate::model::distinct::Distinct;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::{NewGroup, NoTicket};

/// A finding without a ticket, the only one of its group; the first one of a scan is the most severe.
fn finding(id: u8, commit: &str) -> NewGroup {
    NewGroup {
        id: Fingerprint([id; 10]),
        title: format!("Wrong thing {id} (R{id})"),
        fix: String::new(),
        severity: if id == 1 { Severity::Critical } else { Severity::High },
        place: CodePlace { path: format!("src/a b{id}.py"), line: u32::from(id), commit: commit.to_owned() },
        further: FurtherPlaces::default(),
        ticket: None,
        why: Some(NoTicket::OnMerge),
        fails: false,
        findings: Distinct::of([u32::from(id)]),
        failing: Distinct::default(),
    }
}

/// Several findings of a group, in these lines.
fn several(id: u8, lines: &[u32]) -> NewGroup {
    let one = finding(id, "");
    let place = CodePlace { line: lines[0], ..one.place };
    let all = lines.iter().map(|line| code_place::digest(&place.path, *line));
    let further = FurtherPlaces::beside(&place, &Distinct::of(all));
    NewGroup { further, place, findings: Distinct::of(lines.iter().copied()), ..one }
}

fn found(listed: Vec<NewGroup>) -> NewFindings {
    let without = listed.iter().filter(|one| one.ticket.is_none());
    let (findings, tickets) = (without.clone().map(|one| one.findings.count).sum(), without.count());
    let of =
        |count: usize| [(NoTicket::OnMerge, count)].into_iter().filter(|(_, count)| *count > 0).collect();
    NewFindings {
        base: Some("main".to_owned()),
        first: false,
        without_ticket: of(findings),
        tickets: of(tickets),
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
### casefile: 2 new findings that will become 2 tickets
No ticket yet: filed when merged into main.
| Severity | New finding |
| --- | --- |
| 🔴&nbsp;**critical** | Wrong thing 1 (R1)<br>`src/a b1.py:1` |
| 🟠&nbsp;high | Wrong thing 2 (R2)<br>[src/a b2.py:2](https://github.com/acme/shop/blob/{COMMIT}/src/a%20b2.py#L2) |"
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
        (new.without_ticket, new.tickets) = (
            [(NoTicket::OnMerge, 3), (NoTicket::Deferred, 1)].into(),
            [(NoTicket::OnMerge, 2), (NoTicket::Deferred, 1)].into(),
        );
        (new.fail_on, new.failing) = (Some(Severity::High), 1);
        let text = after("hello", "a", new, detail);
        assert_eq!(
            visible(&text),
            "hello
### casefile: 4 new findings that will become 3 tickets
❌ **The check fails:** 1 finding reached `fail-on`.
- 3 new findings (2 tickets): filed when merged into main
- 1 new finding: deferred to a later run, because max-new limits how many tickets one run files"
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
    assert!(visible(&both).contains("### casefile: 3 new findings that will become 3 tickets\n"), "{both}");
    assert_eq!(both.matches("Wrong thing").count(), 3, "{both}");
    let less = after(&both, "a", found(Vec::new()), TicketDetail::Full);
    assert!(visible(&less).contains("### casefile: 2 new findings that will become 2 tickets\n"), "{less}");
    assert_eq!(
        visible(&after(&less, "b", found(Vec::new()), TicketDetail::Full)),
        "hello\n### casefile: no tickets"
    );
}

#[test]
fn findings_of_one_ticket_are_one_row() {
    let mut package = finding(3, "");
    (package.title, package.place) = ("Wrong (CVE-1)".to_owned(), CodePlace::default());
    package.fix = "Update lxml 4.6.4 → 4.6.5".to_owned();
    let text = after("", "a", found(vec![several(2, &[4, 5, 9]), package]), TicketDetail::Full);
    let seen = visible(&text);
    assert!(seen.contains("### casefile: 4 new findings that will become 2 tickets\n"), "{seen}");
    assert!(seen.contains("| Wrong thing 2 (R2)<br>`src/a b2.py:4` and 2 more |"), "{seen}");
    assert!(seen.contains("| Wrong (CVE-1)<br>Update lxml 4.6.4 → 4.6.5 |"), "{seen}");
}

#[test]
fn findings_of_one_ticket_from_several_jobs_are_added_up() {
    let both = |one: &[u32], other: &[u32]| {
        let text = after("", "a", found(vec![several(2, one)]), TicketDetail::Full);
        visible(&after(&text, "b", found(vec![several(2, other)]), TicketDetail::Full))
    };
    let check = |seen: String, count: &str, row: &str| {
        assert!(seen.contains(&format!("### casefile: {count}\n")), "{seen}");
        assert!(seen.contains(row), "{seen}");
    };
    let row = "<br>`src/a b2.py:4` and 2 more |";
    check(both(&[4, 5, 9], &[4, 5, 9]), "3 new findings that will become 1 ticket", row);
    check(both(&[5], &[4, 9]), "3 new findings that will become 1 ticket", row);
    check(both(&[4], &[4]), "1 new finding", "<br>`src/a b2.py:4` |");
    let many: Vec<u32> = (4..40).collect();
    let row = "<br>`src/a b2.py:4` and 35 more |";
    check(both(&many, &many), "36 new findings that will become 1 ticket", row);
}

#[test]
fn what_an_earlier_version_remembered_is_one_finding_each() {
    let old = serde_json::json!({"id": Fingerprint([1; 10]).to_string(), "title": "Wrong", "rule": "R1",
        "severity": "high", "path": "a.py", "line": 3, "why": "on-merge"});
    let old: NewGroup = serde_json::from_value(old).unwrap();
    let new = NewFindings { tickets: BTreeMap::new(), ..found(vec![old]) };
    let new = NewFindings { without_ticket: [(NoTicket::OnMerge, 1)].into(), ..new };
    let one = after("", "a", new.clone(), TicketDetail::Full);
    let both = visible(&after(&one, "b", new, TicketDetail::Full));
    assert!(
        both.contains("### casefile: 1 new finding\n") && both.contains("| Wrong<br>`a.py:3` |"),
        "{both}"
    );
}

#[test]
fn what_waits_for_a_later_run_says_so_in_one_sentence() {
    let mut one = finding(2, "");
    one.why = Some(NoTicket::Deferred);
    let new = NewFindings { without_ticket: [(NoTicket::Deferred, 1)].into(), ..found(vec![one]) };
    let text = after("", "a", new, TicketDetail::Full);
    let said =
        "\nNo ticket yet: deferred to a later run, because max-new limits how many tickets one run files.\n";
    assert!(text.contains(said), "{text}");
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
    (new.without_ticket, new.tickets) = ([(NoTicket::OnMerge, 2)].into(), [(NoTicket::OnMerge, 2)].into());
    (new.fail_on, new.failing) = (Some(Severity::High), 2);
    let (scans, new) = (rows(&[("a", &[(1, Tracked)])]), BTreeMap::from([("a".to_owned(), new)]));
    let shown = [shown(1)];
    let text = super::super::update("hello", &Update { new: &new, ..update(&scans, &shown) }).unwrap();
    let seen = visible(&text);
    assert!(seen.contains("### casefile: 2 new findings that will become 2 tickets, 1 ticket already tracked\n❌ **The check fails:** 2 findings reached `fail-on: high`, marked ❌.\n"), "{seen}");
    assert!(seen.contains("| ❌&nbsp;🟠&nbsp;high | Wrong thing 2 (R2)<br>`src/a b2.py:2` | filed when merged into main |\n| ❌&nbsp;🟠&nbsp;high | Wrong thing 3 (R3)<br>`src/a b3.py:3` | [SEC-1](https://acme.example/browse/SEC-1) |\n| 🔴&nbsp;**critical** | Wrong thing 1"), "{seen}");
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
        (one.title, one.fix, one.place.path) =
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
    let left = format!("_{} more new findings are not listed here._", 50 - listed);
    assert!(visible(&text).contains(&left), "{left}: {}", visible(&text));
    assert_eq!(read(&text).new.values().map(|new| new.listed.len()).sum::<usize>(), 50);
}
