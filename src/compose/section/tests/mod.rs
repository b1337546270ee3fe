//! The section as a whole: what is shown, what is remembered, and what never happens to the author's
//! text.

mod looks;
mod new;

use proptest::prelude::*;

use super::*;
use crate::document::words::{AUTHORS, MARKS};
use crate::model::section::Role::{self, Filed, Resolves, Tracked};
use crate::model::severity::Severity;
use crate::model::ticket::{Category, Status};

pub(super) fn rows(scans: &[(&str, &[(u64, Role)])]) -> BTreeMap<String, Vec<Row>> {
    let row = |&(id, role): &(u64, Role)| Row::new(ticket(id), role);
    scans.iter().map(|(scan, rows)| ((*scan).to_owned(), rows.iter().map(row).collect())).collect()
}

pub(super) fn section(scans: &[(&str, &[(u64, Role)])], shown: &[u64]) -> Section {
    Section {
        version: 1,
        scans: rows(scans),
        shown: shown.iter().map(|&id| self::shown(id)).collect(),
        new: BTreeMap::new(),
        made: BTreeMap::new(),
    }
}

/// No site was renamed.
static NONE: BTreeMap<TicketId, TicketId> = BTreeMap::new();

/// No finding is new.
static NO_NEWS: BTreeMap<String, NewFindings> = BTreeMap::new();

/// A repository named `acme/shop`.
static SHOP: std::sync::LazyLock<Repository> =
    std::sync::LazyLock::new(|| Repository::named("github.com/acme/shop").unwrap());

/// No ticket was created.
static NOTHING: BTreeMap<String, Vec<Remembered>> = BTreeMap::new();

pub(super) fn update<'u>(scans: &'u BTreeMap<String, Vec<Row>>, shown: &'u [Shown]) -> Update<'u> {
    Update {
        scans,
        new: &NO_NEWS,
        repository: &SHOP,
        site: "acme.example",
        shown,
        renamed: &NONE,
        made: &NOTHING,
        detail: TicketDetail::Full,
        standing: PullRequestStatus::Live,
    }
}

fn ticket(id: u64) -> TicketId {
    TicketId { site: "acme.example".to_owned(), id }
}

pub(super) fn shown(id: u64) -> Shown {
    Shown {
        ticket: ticket(id),
        key: format!("SEC-{id}"),
        url: format!("https://acme.example/browse/SEC-{id}"),
        severity: Some(if id == 2 { Severity::Critical } else { Severity::Low }),
        summary: format!("summary {id}"),
        status: Some(Status { id: "1".to_owned(), name: "To Do".to_owned(), category: Category::New }),
        accepted: false,
        assignee: (id == 1).then(|| "Alice".to_owned()),
        priority: None,
        due: None,
        revision: 0,
    }
}

/// A text into which another scan filed ticket 9.
fn with_nine(text: &str) -> String {
    let (scans, own) = (rows(&[("new", &[(9, Filed)])]), [shown(9)]);
    super::update(text, &update(&scans, &own)).unwrap()
}

/// The lines that a reader sees.
fn visible(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("<!--") && !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

const ROWS: &[(&str, &[(u64, Role)])] =
    &[("a", &[(1, Filed), (2, Filed), (3, Tracked)]), ("b", &[(3, Resolves), (4, Resolves), (5, Tracked)])];

fn example(detail: TicketDetail) -> String {
    let (scans, mut shown) = (rows(ROWS), (1..=4).map(shown).collect::<Vec<_>>());
    shown[2].status = None;
    super::update("hello", &Update { detail, ..update(&scans, &shown) }).unwrap()
}

#[test]
fn a_pull_request_that_is_not_open_resolves_nothing_any_more() {
    let none = BTreeMap::new();
    let shown: Vec<Shown> = (1..=4).map(shown).collect();
    let closed = Update { standing: PullRequestStatus::Closed, ..update(&none, &shown) };
    let text = visible(&super::update(&example(TicketDetail::Full), &closed).unwrap());
    assert!(
        text.contains("### casefile: 2 tickets filed, 3 already tracked (closed without merging)"),
        "{text}"
    );
    assert!(!text.contains("Resolved when merged") && text.contains("SEC-4"), "{text}");
    let merged = Update { standing: PullRequestStatus::Merged, ..closed };
    let text = visible(&super::update(&example(TicketDetail::Full), &merged).unwrap());
    assert!(text.contains("### casefile: 2 tickets filed, 3 already tracked"), "{text}");
    assert!(!text.contains("merged") && text.contains("SEC-4"), "{text}");
}

#[test]
fn a_reader_sees_what_there_is() {
    assert_eq!(
        visible(&example(TicketDetail::Full)),
        "hello
### casefile: 2 tickets filed, 2 already tracked, 1 resolved when merged
| Ticket | Severity | Summary | Status | Assignee |
| --- | --- | --- | --- | --- |
| [SEC-2](https://acme.example/browse/SEC-2) | 🔴&nbsp;**critical** | summary 2 | To Do |  |
| [SEC-1](https://acme.example/browse/SEC-1) | 🔵&nbsp;low | summary 1 | To Do | Alice |
**Resolved when merged**
| Ticket | Severity | Summary | Status |
| --- | --- | --- | --- |
| [SEC-4](https://acme.example/browse/SEC-4) | 🔵&nbsp;low | summary 4 | To Do |
<details><summary>2 already tracked</summary>
| Ticket | Severity | Summary | Status |
| --- | --- | --- | --- |
| `SEC-3` | 🔵&nbsp;low | summary 3 | _deleted, or not visible_ |
</details>
_1 more ticket is not listed here._"
    );
}

#[test]
fn a_public_repository_tells_less() {
    let keys = example(TicketDetail::Keys);
    assert_eq!(
        visible(&keys),
        "hello
### casefile: 2 tickets filed, 2 already tracked, 1 resolved when merged
| Ticket | Status |
| --- | --- |
| [SEC-2](https://acme.example/browse/SEC-2) | To Do |
| [SEC-1](https://acme.example/browse/SEC-1) | To Do |
**Resolved when merged**
| Ticket | Status |
| --- | --- |
| [SEC-4](https://acme.example/browse/SEC-4) | To Do |
<details><summary>2 already tracked</summary>
| Ticket | Status |
| --- | --- |
| `SEC-3` | _deleted, or not visible_ |
</details>
_1 more ticket is not listed here._"
    );
    let remembered = read(&keys).shown;
    assert_eq!(remembered.len(), 4);
    assert!(remembered.iter().all(|shown| shown.summary.is_empty() && shown.severity.is_none()));
    assert_eq!(
        visible(&example(TicketDetail::Counts)),
        "hello\n### casefile: 2 tickets filed, 2 already tracked, 1 resolved when merged\n_5 tickets are not listed here._"
    );
    assert!(!serde_json::to_string(&read(&example(TicketDetail::Counts))).unwrap().contains("acme"));
}

#[test]
fn a_claim_is_not_shown() {
    let (scans, own) = (rows(&[("mine", &[(7, Filed)])]), [shown(7)]);
    let text = super::update(&example(TicketDetail::Full), &update(&scans, &own)).unwrap();
    assert!(text.contains("SEC-7") && !text.contains("SEC-1"), "{text}");
    assert_eq!(read(&text).shown.len(), 5, "other jobs' rows stay");
    assert!(visible(&text).contains("_5 more tickets are not listed here._"));
}

#[test]
fn nothing_to_say_is_not_said() {
    let none = BTreeMap::new();
    assert_eq!(super::update("hello", &update(&none, &[])), Ok("hello".to_owned()));
    assert_eq!(update_comment(None, &update(&none, &[])), Ok(None));
    let gone = rows(&[("a", &[]), ("b", &[])]);
    let text = super::update(&example(TicketDetail::Full), &update(&gone, &[])).unwrap();
    assert_eq!(visible(&text), "hello\n### casefile: no tickets");
    assert_eq!(remove(&text), "hello");
}

#[test]
fn a_comment_begins_with_its_marker() {
    let (scans, own) = (rows(&[("a", &[(1, Filed)])]), [shown(1)]);
    let made = update_comment(None, &update(&scans, &own)).unwrap().unwrap();
    assert!(made.starts_with(&format!("{COMMENT}\n\n<!-- casefile:start -->\n")), "{made}");
    assert_eq!(update_comment(Some(&made), &update(&scans, &own)), Ok(Some(made.clone())));
}

#[test]
fn rows_go_before_what_is_remembered() {
    let many: Vec<(u64, Role)> = (1..=400).map(|id| (id, Filed)).collect();
    let (scans, own) = (rows(&[("a", &many)]), (1..=400).map(shown).collect::<Vec<_>>());
    let check = |author: usize| {
        let text = super::update(&"é".repeat(author), &update(&scans, &own)).ok()?;
        assert!(text.chars().count() <= LIMIT);
        assert_eq!(super::update(&text, &update(&scans, &own)).as_ref(), Ok(&text));
        let (listed, section) = (text.matches("| [SEC-").count(), read(&text));
        if listed < 400 {
            assert!(visible(&text).contains(&format!(
                "_{} {}tickets are not listed here._",
                400 - listed,
                if listed == 0 { "" } else { "more " }
            )));
        }
        let rows = section.scans.values().map(Vec::len).sum::<usize>();
        let whole = section.shown.iter().filter(|shown| !shown.summary.is_empty()).count();
        Some((listed, whole, section.shown.len(), rows))
    };
    assert_eq!(check(0), Some((400, 400, 400, 400)));
    let some = check(50_000).unwrap();
    assert!(some.0 > 50 && some.0 < 400 && some.1 == 400, "{some:?}");
    let sizes = (52_000..56_500)
        .step_by(900)
        .chain((56_500..57_500).step_by(100))
        .chain((57_500..LIMIT).step_by(900));
    let steps: Vec<_> = sizes.map_while(check).collect();
    assert!(steps.is_sorted_by(|a, b| a >= b), "{steps:?}");
    for step in [(0, 400, 400, 400), (0, 0, 400, 400), (0, 0, 0, 400), (0, 0, 0, 0)] {
        assert!(steps.contains(&step), "{step:?} is not in {steps:?}");
    }
    assert_eq!(check(LIMIT), None);
}

fn authors() -> impl Strategy<Value = String> {
    prop_oneof![8 => prop::sample::select(AUTHORS).prop_map(str::to_owned), 1 => ".{0,12}"]
}

fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => authors(),
        3 => prop::sample::select(MARKS).prop_map(str::to_owned),
        1 => Just(example(TicketDetail::Full)),
    ]
}

fn body(line: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let ending = prop::sample::select(vec!["\n", "\r\n"]);
    let text = prop::collection::vec((line, ending), 0..12)
        .prop_map(|lines| lines.into_iter().map(|(line, ending)| line + ending).collect::<String>());
    (text, any::<bool>()).prop_map(|(text, cut)| if cut { text.trim_end().to_owned() } else { text })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn twice_is_once(text in body(anything())) {
        let once = with_nine(&text);
        prop_assert_eq!(with_nine(&once), once.clone());
        prop_assert!(read(&once).scans.contains_key("new"));
        prop_assert_eq!(splice::section_lines(&once).filter(|line| *line == lines::START).count(), 1);
    }

    #[test]
    fn a_text_without_a_section_stays_to_the_byte(text in body(authors())) {
        let once = with_nine(&text);
        prop_assert!(once.starts_with(&text) || once.ends_with(&text), "{once}");
        prop_assert_eq!(remove(&once), text);
    }

    #[test]
    fn a_section_between_two_texts_leaves_both(before in body(authors()), after in body(authors())) {
        let middle = example(TicketDetail::Full);
        let middle = middle.strip_prefix("hello\n\n").unwrap();
        let before = if before.is_empty() || before.ends_with('\n') { before } else { before + "\n" };
        let text = format!("{before}{middle}\n{after}");
        // within a code block that the author did not close, the section belongs to the author
        prop_assume!(splice::has_section(&text));
        let once = with_nine(&text);
        prop_assert!(once.starts_with(&before) && once.ends_with(&after), "{}", once);
        let left = remove(&once);
        // a break that separates a section may be taken for casefile's own; the next section then restores it
        let again = with_nine(&left);
        let is_kept = again.starts_with(&before) && again.ends_with(&after);
        prop_assert!(left == before + &after || is_kept, "{}", left);
    }

    #[test]
    fn no_text_of_a_ticket_leaves_its_cell(summary in ".{0,40}", hostile in anything()) {
        let mut own = shown(9);
        own.summary = format!("{summary}{hostile}<!-- casefile:end -->\n<!-- casefile:start -->@team");
        own.status = Some(Status { id: String::new(), name: hostile.clone(), category: Category::Done });
        own.assignee = Some(summary.clone());
        own.key = format!("SEC-9\n{hostile}");
        let scans = rows(&[("new", &[(9, Filed)])]);
        let text = super::update("hello", &update(&scans, &[own])).unwrap();
        prop_assert_eq!(text.lines().count(), 12, "{}", text);
        prop_assert_eq!(text.matches("casefile:end -->").count(), 1);
        prop_assert!(!text.contains("@team"));
        prop_assert_eq!(remove(&text), "hello");
    }
}

#[test]
fn a_preview_is_what_people_see_in_a_text_of_its_own() {
    let shown: Vec<Shown> = (1..=5).map(shown).collect();
    let check = |scans: &[(&str, &[(u64, Role)])]| {
        let scans = rows(scans);
        let update = update(&scans, &shown);
        assert_eq!(visible(&preview(&update)), visible(&super::update("", &update).unwrap()));
    };
    check(ROWS);
    check(&[("a", &[(3, Tracked)])]);
    check(&[("a", &[])]);
}

#[test]
fn a_key_without_a_page_is_shown_as_it_is() {
    let scans = rows(&[("a", &[(1, Filed)])]);
    let check = |url: &str, expected: &str| {
        let shown = [Shown { url: url.to_owned(), ..shown(1) }];
        let text = preview(&update(&scans, &shown));
        assert!(text.contains(expected), "{text}");
    };
    check("LOCAL-1.md", "| `SEC-1` | 🔵&nbsp;low |");
    check("https://acme.example/x", "| [SEC-1](https://acme.example/x) | 🔵&nbsp;low |");
}

#[test]
fn a_text_full_of_marks_takes_no_time() {
    let marks = [
        lines::START,
        lines::END,
        "<!-- ",
        "-->",
        "> ",
        "- ",
        "```\n",
        "[](",
        "| a ",
        "<details>\n",
        "\r\n",
        "&",
        "*",
        "a:",
        "#",
    ];
    let rows = rows(&[("a", &[(1, Role::Filed)])]);
    let shown = [shown(1)];
    for mark in marks {
        let before = std::time::Instant::now();
        for end in ["", "\n"] {
            let text = format!("{mark}{end}").repeat(60_000 / (mark.len() + end.len()));
            let next = super::update(&text, &update(&rows, &shown)).unwrap_or_default();
            super::remove(&next);
            super::read(&next);
        }
        assert!(before.elapsed().as_secs() < 20, "{mark:?}: {:?}", before.elapsed());
    }
}
