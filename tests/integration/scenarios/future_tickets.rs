//! What a pull request is told about tickets that do not exist yet, and about those that it resolves: one row for each,
//! with the title that it will have.

use serde_json::json;

use super::event::{Event, commit};
use super::sarif::{Found, found, rules};
use super::shop::Shop;

/// A base that has the first rule's finding.
fn shop() -> Shop {
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"branches": ["main"]}));
    shop.run_well(&Event::push("main", 1));
    shop
}

/// The base's finding, and a rule at these lines of a file.
fn with(rule: &str, lines: &[u64], score: &'static str) -> Vec<Found> {
    let new = |line: &u64| found(rule, "src/new.py", *line, &format!("call_{line}(y)")).scored(score);
    rules(1).into_iter().chain(lines.iter().map(new)).collect()
}

fn says(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn findings_that_become_one_ticket_are_one_row() {
    let shop = shop();
    let mut all = with("R2", &[3, 5, 8], "7.5");
    all.extend(rules(3).split_off(2));
    shop.report(&all);
    let ran = shop.run_well(&Event::pull_request(7, "feature/x", 2));
    let page = format!("https://github.com/acme/shop/blob/{}/src/new.py#L3", commit(2));
    let row = format!("Something is wrong by R2 (3 places)<br>[src/new.py:3]({page}) and 2 more |");
    let count = "4 new findings that will become 2 tickets";
    let body = shop.description(7);
    says(&body, &[&format!("### casefile: {count}, 1 ticket already tracked"), &row]);
    assert_eq!(body.matches("by R2").count(), 1, "{body}");
    says(&ran.summary, &[&format!("### {count}\n\nNo ticket yet: filed when merged into main.\n"), &row]);
    says(
        &ran.errors,
        &[
            "src/new.py:3 and 2 more\n",
            "4 new findings (2 tickets): filed when merged into main\n",
            "5 findings in 1 report: 1 reported, 4 waiting for the merge, 0 skipped\n",
        ],
    );
    assert_eq!(ran.errors.matches("Something is wrong by R2").count(), 1 + 3, "a row, and three annotations");
    let new = &ran.result["without_ticket"];
    assert_eq!((&new["count"], new["findings"].as_array().unwrap().len()), (&json!(4), 4));
    assert_eq!(ran.result["findings"]["set_aside"], json!({"branch-not-tracked": 4}));
    shop.run_well(&Event::pull_request(7, "feature/x", 3));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_new_finding_of_a_ticket_that_exists_is_shown_with_its_key() {
    let shop = shop();
    let mut all = rules(1);
    all.push(found("R1", "src/new.py", 8, "call_1(y)"));
    shop.report(&all);
    let ran = shop.run_well(&Event::pull_request(7, "feature/x", 2));
    let body = shop.description(7);
    says(
        &body,
        &["### casefile: 1 new finding of an existing ticket, 1 ticket already tracked", "[src/new.py:8]("],
    );
    let row = body.lines().find(|line| line.contains("src/new.py:8")).unwrap();
    says(row, &["SEC-1", "by R1", "<br>when merged into main |"]);
    says(&ran.summary, &["### 1 new finding of an existing ticket\n", "[SEC-1]("]);
    says(
        &ran.errors,
        &[
            "src/new.py:8\n",
            "  added to SEC-1 when merged into main\n",
            "1 new finding: added to the ticket when merged into main\n",
        ],
    );
    let listed = &ran.result["without_ticket"]["findings"][0];
    assert_eq!((&listed["path"], &listed["reason"]), (&json!("src/new.py"), &json!("joins-on-merge")));
    // what the base has is not new
    shop.report(&rules(1));
    shop.run_well(&Event::pull_request(7, "feature/x", 3));
    assert!(!shop.description(7).contains("new finding"), "{}", shop.description(7));
}

#[test]
fn the_summary_renders_code_and_links_to_the_pull_request() {
    let shop = shop();
    shop.report(&with("R2", &[3], "7.5"));
    let ran = shop.run_well(&Event::pull_request(7, "feature/x", 2));
    let merged =
        "nothing is filed from here: findings of this pull request are filed when it is merged into `main`\n";
    says(&ran.summary, &[merged, "pull request [#7](https://github.com/acme/shop/pull/7) was updated\n"]);
}

#[test]
fn a_vulnerable_package_says_what_to_update_however_it_is_grouped() {
    let flaw = |id: &str, fixed: &str| json!({"id": id, "fix_versions": [fixed], "aliases": [], "description": format!("{id} is bad.")});
    let report = json!({"dependencies": [
        {"name": "lxml", "version": "4.6.4", "vulns": [flaw("PYSEC-2021-852", "4.6.5")]},
        {"name": "twisted", "version": "18.9.0", "vulns": [flaw("PYSEC-2020-259", "20.3.0"), flaw("PYSEC-2020-260", "20.3.0")]},
    ], "fixes": []});
    for (mode, count, tickets) in [
        ("package", 3, "2 tickets"),
        ("type", 3, "3 tickets"),
        ("vulnerability", 3, "3 tickets"),
        ("file", 3, "1 ticket"),
    ] {
        let shop = shop();
        shop.configure(
            json!({"branches": ["main"], "reports": ["reports/*"], "group-by": {"dependency": mode}}),
        );
        shop.write("reports/audit.json", &report.to_string());
        let ran = shop.run_well(&Event::pull_request(7, "feature/x", 2));
        let count = format!("{count} new findings that will become {tickets}");
        for text in [shop.description(7), ran.summary.clone()] {
            says(&text, &[&count, "Update lxml 4.6.4 → 4.6.5"]);
        }
        says(&ran.errors, &["Update lxml 4.6.4 → 4.6.5"]);
        if mode == "package" {
            says(&ran.summary, &["| Update twisted 18.9.0 → 20.3.0 (2 advisories, "]);
        }
    }
}

#[test]
fn what_is_in_the_table_above_is_said() {
    let shop = shop();
    let mut all = with("R3", &[3, 5], "5.0");
    all.extend(rules(2).split_off(1));
    shop.report(&all);
    let ran = shop.run_with(&Event::pull_request(7, "feature/x", 2), &["--fail-on", "high"]);
    assert_eq!(ran.code, 1);
    let said =
        "### 3 new findings that will become 2 tickets\n\n1 of them is in the table above. No ticket yet: ";
    says(&ran.summary, &[said]);
    let (above, below) = ran.summary.split_once("### 3 new findings").unwrap();
    assert_eq!((above.matches("by R2").count(), below.matches("by R2").count()), (1, 0), "{}", ran.summary);
    assert_eq!((above.matches("by R3").count(), below.matches("by R3").count()), (0, 1), "{}", ran.summary);
}

#[test]
fn the_summary_says_what_the_pull_request_resolves_and_where_the_others_are() {
    let shop = Shop::with(&rules(2));
    shop.configure(json!({"branches": ["main"]}));
    shop.run_well(&Event::push("main", 1));
    shop.report(&rules(1));
    let ran = shop.run_well(&Event::pull_request(7, "feature/x", 2));
    let url = shop.sim.jira_url();
    let page = format!("https://github.com/acme/shop/blob/{}/src/f1.py#L3", commit(2));
    // tickets of the same severity are filed in any order
    let key = ["SEC-1", "SEC-2"].into_iter().find(|key| shop.ticket(key).summary.contains("R2")).unwrap();
    says(
        &ran.summary,
        &[
            &format!("resolved when the pull request is merged: [{key}]({url}/browse/{key})\n"),
            &format!("| [{key}]({url}/browse/{key}) | resolved when merged | "),
            &format!("| Something is wrong by R1<br>[src/f1.py:3]({page}) |"),
        ],
    );
    says(&ran.errors, &[&format!("resolved when the pull request is merged: {key}\n")]);
    let public = shop.run_well(&Event::pull_request(7, "feature/x", 3).public());
    says(&public.summary, &["resolved when the pull request is merged: "]);
    assert!(!public.summary.contains("f1.py"), "{}", public.summary);
}

#[test]
fn places_that_several_jobs_saw_are_added_up() {
    let shop = shop();
    shop.run_with(&Event::pull_request(7, "feature/x", 2), &["--scope", "one"]);
    shop.report(&with("R1", &[8], "7.5"));
    shop.run_with(&Event::pull_request(7, "feature/x", 2), &["--scope", "two"]);
    let body = shop.description(7);
    says(&body, &["/src/f1.py#L3) and 1 more |"]);
    shop.report(&with("R1", &[9], "7.5"));
    shop.run_with(&Event::pull_request(7, "feature/x", 2), &["--scope", "three"]);
    says(&shop.description(7), &["/src/f1.py#L3) and 2 more |"]);
}
