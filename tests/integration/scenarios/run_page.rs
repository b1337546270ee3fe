//! `casefile run --html`: one page of what a run found and filed.

use serde_json::json;

use super::event::{Event, commit};
use super::sarif::{found, rules};
use super::shop::{Deployment, Ran, Shop};

const PAGE: &str = "casefile.html";

fn run(shop: &Shop, event: &Event, more: &[&str]) -> (Ran, String) {
    let ran = shop.run_with(event, &[&["--html", PAGE], more].concat());
    let page = shop.read(PAGE).unwrap_or_else(|| panic!("no page: {}", ran.errors));
    (ran, page)
}

/// The row of the list that says this.
fn row<'p>(page: &'p str, words: &str) -> &'p str {
    let mut rows = page.split("<tr").filter(|row| row.contains("data-action="));
    rows.find(|row| row.contains(words)).unwrap_or_else(|| panic!("{words}: {page}"))
}

fn says(text: &str, words: &[&str]) {
    words.iter().for_each(|word| assert!(text.contains(word), "{word}: {text}"));
}

fn shows_the_tickets_of_a_run_and_of_an_unchanged_one(jira: Deployment) {
    let shop = Shop::on(jira);
    let mut all = rules(2);
    all.push(found("R1", "src/more.py", 8, "call_1(y)"));
    shop.report(&all);
    let (ran, first) = run(&shop, &Event::push("main", 1), &[]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    says(
        row(&first, "src/f1.py#L3\""),
        &["data-action=\"created\"", "src/more.py#L8\"", "/browse/SEC-", "To Do", "Finder"],
    );
    says(
        &first,
        &["<dt>Created</dt><dd>2</dd>", "reports/finder.sarif", "branch main", "3 findings in 1 report"],
    );
    let (ran, second) = run(&shop, &Event::push("main", 2), &[]);
    assert_eq!((ran.code, shop.writes()), (0, vec![]), "{}", ran.errors);
    says(row(&second, "src/more.py"), &["data-action=\"tracked\""]);
    shop.report(&[]);
    let mut world = shop.sim.state();
    world.github.repository_mut("acme/shop").unwrap().branches.insert("main".to_owned(), commit(3));
    drop(world);
    let (_, gone) = run(&shop, &Event::push("main", 3), &[]);
    says(row(&gone, "SEC-2<"), &["data-action=\"gone\""]);
}

#[test]
fn it_shows_the_tickets_of_a_run_and_of_an_unchanged_one() {
    Deployment::BOTH.into_iter().for_each(shows_the_tickets_of_a_run_and_of_an_unchanged_one);
}

#[test]
fn it_says_what_reached_fail_on_what_is_deferred_and_what_is_skipped() {
    let shop = Shop::with(&[rules(2), vec![found("R9", "tests/a.py", 3, "call_9(x)")]].concat());
    shop.configure(
        json!({"fail-on": "high", "max-new": 1, "ignore": [{"path": "tests/**", "reason": "fixtures"}]}),
    );
    let (ran, page) = run(&shop, &Event::push("main", 1), &[]);
    assert_eq!(ran.code, 1, "{}", ran.errors);
    says(&page, &["fail-on: high was reached by 2 findings", "max-new is 1: 1 ticket is deferred"]);
    says(row(&page, "data-action=\"deferred\""), &["\">–</td>", "src/f"]);
    says(&page, &["<a href=\"#reached\">fail-on: high was reached by 2 findings</a>"]);
    let (_, tables) = page.split_once("<h2 id=\"reached\">Findings that reached fail-on</h2>").unwrap();
    let (reached, tickets) = tables.split_once("<section id=\"tickets\"").unwrap();
    let (_, skipped) = tickets.split_once("<h2 id=\"skipped\">Skipped findings</h2>").unwrap();
    says(reached, &["/browse/SEC-1\"", ">deferred</td>"]);
    says(skipped, &["tests/a.py", ">ignored</td>"]);
    says(row(&page, "/browse/SEC-1\""), &["data-gate=\"reached\"", "reached fail-on</span>"]);
}

#[test]
fn a_ticket_that_did_not_reach_fail_on_has_no_mark() {
    let shop = Shop::with(&rules(1));
    let (_, page) = run(&shop, &Event::push("main", 1), &["--fail-on", "critical"]);
    assert!(!page.contains("href=\"#reached\"") && !page.contains("class=\"reached\""), "{page}");
    says(row(&page, "SEC-1<"), &["data-gate=\"not reached\""]);
}

#[test]
fn what_a_pull_request_brings_and_what_a_branch_does_not_file_is_shown_with_the_reason() {
    let shop = Shop::with(&rules(1));
    let (_, page) = run(&shop, &Event::fork(7, "feature", 1), &[]);
    says(&page, &["pull request #7", "1 new finding: ", "New findings without a ticket", "src/f1.py"]);
    let (_, page) = run(&shop, &Event::push("elsewhere", 2), &[]);
    let (_, skipped) = page.split_once("<h2 id=\"skipped\">Skipped findings</h2>").unwrap();
    says(skipped, &["src/f1.py", "branch-not-tracked"]);
}

#[test]
fn where_jira_fails_it_says_that_nothing_was_filed() {
    let shop = Shop::with(&rules(2));
    shop.sim.state().users[0].token = Some("another".into());
    let (ran, page) = run(&shop, &Event::push("main", 1), &[]);
    assert_eq!(ran.code, 4, "{}", ran.errors);
    says(&page, &["2 tickets were not filed.", "<dt>Not filed</dt><dd>2</dd>", "nothing was filed"]);
    says(row(&page, "src/f1.py"), &["data-action=\"not filed\"", "\">–</td>"]);
    let without = Event::push("main", 2).with("JIRA_API_TOKEN", "");
    let (ran, page) = run(&shop, &without, &[]);
    assert_eq!(ran.code, 4, "{}", ran.errors);
    says(&page, &["2 tickets were not filed.", "JIRA_API_TOKEN", "src/f2.py"]);
}

#[test]
fn a_report_that_cannot_be_read_is_named() {
    let shop = Shop::with(&rules(1));
    shop.write("reports/broken.sarif", "{\"version\": \"2.1.0\", \"runs\": [");
    let (ran, page) = run(&shop, &Event::push("main", 1), &[]);
    assert_eq!(ran.code, 3, "{}", ran.errors);
    says(&page, &["reports/broken.sarif", "could not be read completely", "<h2>Problems</h2>"]);
}

#[test]
fn what_reports_say_stays_text() {
    let hostile = "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}";
    let shop = Shop::with(&[found(hostile, &format!("src/{hostile}.py"), 3, hostile)]);
    let (_, page) = run(&shop, &Event::push("main", 1), &["--fail-on", "high"]);
    assert_eq!(page.matches("<script").count(), 1, "casefile's own");
    assert!(!page.contains("<img") && !page.contains('\u{202e}'), "{page}");
}

#[test]
fn what_everybody_can_read_has_no_details() {
    let shop = Shop::with(&[rules(1), vec![found("R9", "tests/a.py", 3, "call_9(x)")]].concat());
    shop.configure(json!({"fail-on": "high", "ignore": [{"path": "tests/**", "reason": "fixtures"}]}));
    let mut event = Event::pull_request(7, "feature", 1);
    event.payload["repository"]["visibility"] = json!("public");
    event.payload["repository"]["private"] = json!(false);
    let (_, page) = run(&shop, &event, &[]);
    says(&page, &["this page may be public", ">SEC-1</a>", "To Do"]);
    for secret in
        ["Something is wrong", "src/f1.py", "tests/a.py", "finder.sarif", "Finder", ">high<", "reached\""]
    {
        assert!(!page.contains(secret), "{secret}: {page}");
    }
}

#[test]
fn it_writes_over_nothing_but_a_page_of_casefiles() {
    let shop = Shop::with(&rules(1));
    shop.write(PAGE, "<!DOCTYPE html>\n<p>mine");
    let (ran, page) = run(&shop, &Event::push("main", 1), &[]);
    assert_eq!((ran.code, ran.tickets()), (4, vec!["created SEC-1".to_owned()]), "{}", ran.errors);
    assert!(ran.errors.contains("was not written by casefile") && page.ends_with("mine"), "{}", ran.errors);
    std::fs::remove_file(shop.checkout().join(PAGE)).unwrap();
    assert_eq!(shop.command(&Event::push("main", 2), &["report", "--html", PAGE]).code, 0);
    let (_, page) = run(&shop, &Event::push("main", 3), &[]);
    says(&page, &["Findings of one run"]);
}

#[test]
fn a_plan_has_a_page_as_well() {
    let shop = Shop::with(&rules(1));
    let ran = shop.command(&Event::push("main", 1), &["plan", "--html", PAGE]);
    assert_eq!((ran.code, shop.writes()), (0, vec![]), "{}", ran.errors);
    let page = shop.read(PAGE).unwrap();
    says(&page, &["This is a plan: nothing was written."]);
    says(row(&page, "src/f1.py"), &["data-action=\"create\"", "\">–</td>"]);
}
