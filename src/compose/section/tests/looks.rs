//! What can be seen of a row at a glance.

use jiff::civil::date;

use super::*;
use crate::model::code_place::{CodePlace, FurtherPlaces};
use crate::model::distinct::Distinct;

fn row(shown: Shown, at: Option<CodePlace>, more: usize) -> String {
    let all = Distinct::known(more + 1, std::collections::BTreeSet::new());
    let further = at.as_ref().map(|at| FurtherPlaces::beside(at, &all)).unwrap_or_default();
    let row = Row { at, further, ..Row::new(shown.ticket.clone(), Filed) };
    let scans = BTreeMap::from([("a".to_owned(), vec![row])]);
    let text = preview(&update(&scans, &[shown]));
    text.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_row_tells_place_due_date_and_status() {
    let link = "[SEC-1](https://acme.example/browse/SEC-1)";
    let base = Shown { assignee: None, severity: Some(Severity::Medium), ..shown(1) };
    let at = |path: &str| Some(CodePlace { path: path.to_owned(), line: 7, commit: "c0ffee".to_owned() });
    assert_eq!(
        row(Shown { due: Some(date(2026, 7, 1)), ..base.clone() }, at("a.py"), 2),
        format!(
            "| {link} | 🟡&nbsp;medium | summary 1<br>[a.py:7](https://github.com/acme/shop/blob/c0ffee/a.py#L7) and 2 \
             more | To Do | 2026&#8209;07&#8209;01 |"
        )
    );
    let deep = format!("{}/last/file.py", "deep".repeat(30));
    assert!(row(base.clone(), at(&deep), 0).contains("[…/last/file.py:7]("), "{deep}");
    let status = |name: &str, category| Some(Status { id: "2".to_owned(), name: name.to_owned(), category });
    let check = |shown: Shown, expected: &str| {
        let line = row(shown, None, 0);
        assert!(line.ends_with(&format!("| summary 1 | {expected} |")), "{line}");
    };
    check(Shown { status: status("Doing", Category::InProgress), ..base.clone() }, "▶ Doing");
    check(Shown { status: status("Done", Category::Done), ..base.clone() }, "✔ Done");
    let accepted = Shown { accepted: true, status: status("Won't Do", Category::Done), ..base.clone() };
    check(accepted, "✔ Won't Do (accepted)");
    check(Shown { status: None, ..base }, "_deleted, or not visible_");
}

#[test]
fn places_of_several_scans_are_added_up() {
    let at = |path: &str| Some(CodePlace { path: path.to_owned(), ..CodePlace::default() });
    let row = |path: &str| Row { at: at(path), ..Row::new(ticket(1), Tracked) };
    let check = |scans: &[(&str, &str)], expected: &str| {
        let scans = scans.iter().map(|(scan, path)| ((*scan).to_owned(), vec![row(path)])).collect();
        let text = preview(&update(&scans, &[shown(1)]));
        assert!(text.contains(&format!("summary 1<br>`a.json`{expected} |")), "{text}");
    };
    check(&[("a", "a.json")], "");
    check(&[("a", "a.json"), ("b", "a.json")], "");
    check(&[("a", "a.json"), ("b", "b.json")], " and 1 more");
    check(&[("a", "a.json"), ("b", "b.json"), ("c", "b.json"), ("d", "d.json")], " and 2 more");
}

#[test]
fn ten_rows_are_seen_and_the_others_folded() {
    let many: Vec<(u64, Role)> = (10..=22).map(|id| (id, Filed)).collect();
    let (scans, own) = (rows(&[("a", &many)]), (10..=22).map(shown).collect::<Vec<_>>());
    let text = preview(&update(&scans, &own));
    let (seen, folded) = text.split_once("<details><summary>3 more</summary>").unwrap();
    assert_eq!((seen.matches("| [SEC-").count(), folded.matches("| [SEC-").count()), (10, 3), "{text}");
}

#[test]
fn a_long_key_widens_its_column() {
    let scans = rows(&[("a", &[(1, Filed)])]);
    let shown = [Shown { key: "PLATFORM-12345".to_owned(), ..shown(1) }];
    let head = preview(&update(&scans, &shown));
    let blanks = head.matches("&nbsp;").count();
    assert!(head.contains("| Ticket&nbsp;&nbsp;") && (20..=40).contains(&blanks), "{head}");
}
