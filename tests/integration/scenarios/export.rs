//! Tickets as files: `export`, what a run could not file, and what becomes of both in the next run.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::rules;
use super::shop::{Shop, only};
use crate::simulator::{Kind, Nth};

/// A row of an import: column and value, as often as the column is there.
type Row = Vec<(String, String)>;

/// The rows of an import file.
fn rows(shop: &Shop, path: &str) -> Vec<Row> {
    let text = shop.read(path).unwrap_or_else(|| panic!("there is no {path}"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |row: csv::StringRecord| head.iter().cloned().zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|found| row(found.unwrap())).collect()
}

fn all<'r>(row: &'r Row, column: &str) -> Vec<&'r str> {
    let cells = row.iter().filter(|(name, value)| name == column && !value.is_empty());
    cells.map(|(_, value)| value.as_str()).collect()
}

/// What a person does with an import file: Jira's importer makes an issue of each row.
fn import(shop: &Shop, rows: &[Row]) {
    for row in rows {
        let made = shop.sim.state().add_issue("SEC", "alice", |issue| {
            issue.summary = all(row, "Summary")[0].to_owned();
            issue.description = json!(all(row, "Description")[0]);
            issue.labels = all(row, "Labels").into_iter().map(str::to_owned).collect();
        });
        assert!(made.is_some());
    }
}

fn tickets(shop: &Shop, folder: &str) -> Vec<Value> {
    let text = shop.read(&format!("{folder}/tickets.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["tickets"].as_array().unwrap().clone()
}

#[test]
fn what_is_exported_and_imported_is_tracked() {
    let shop = Shop::with(&rules(3));
    shop.configure(json!({"jira": {"labels": ["security"], "issue-type": "Task"}}));
    let ran = shop.command(&Event::push("main", 1), &["export", "--out", "out"]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    assert_eq!(ran.actions(), only("create", 3));
    assert_eq!(shop.calls(), 0, "no tracker is asked");

    let rows = rows(&shop, "out/jira-SEC.csv");
    assert_eq!(rows.len(), 3);
    for row in &rows {
        assert_eq!((all(row, "Issue Type"), all(row, "Priority")), (vec!["Task"], vec!["High"]));
        assert!(all(row, "Labels").contains(&"casefile") && all(row, "Labels").contains(&"security"));
        assert!(all(row, "Description")[0].contains("src/f"), "{row:?}");
    }
    import(&shop, &rows);
    let next = shop.run_well(&Event::push("main", 2));
    assert_eq!(next.actions(), only("tracked", 3));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn an_import_has_the_configured_fields_by_name() {
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"jira": {
        "components": ["Web", "API"],
        "assignee": "alice@example.com",
        "due-in-days": {"high": 30},
        "fields": {"Team": "AppSec", "Rule": {"from": "rule"}, "Areas": ["a", "b"], "Region": "EU > DE",
            "Evidence": {"template": "{{ scanner }}: {{ rule }}"}},
    }}));
    let ran = shop.command(&Event::push("main", 1), &["export", "--out", "out"]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    let rows = rows(&shop, "out/jira-SEC.csv");
    let check = |column: &str, expected: &[&str]| assert_eq!(all(&rows[0], column), expected, "{column}");
    check("Component", &["Web", "API"]);
    check("Assignee", &["alice@example.com"]);
    check("Team", &["AppSec"]);
    check("Areas", &["a", "b"]);
    check("Region", &["EU -> DE"]);
    check("Rule", &["R1"]);
    check("Evidence", &["Finder: R1"]);
    let due = all(&rows[0], "Due Date")[0];
    assert!(due.len() == 10 && due.as_bytes()[4] == b'-', "{due}");
}

#[test]
fn an_export_has_pages_and_an_index() {
    let shop = Shop::with(&rules(2));
    shop.configure(json!({"create": "manual", "max-new": 1}));
    shop.command(&Event::push("main", 1), &["export", "--out", "out"]);
    let index = shop.read("out/index.md").unwrap();
    let tickets = tickets(&shop, "out");
    assert_eq!(tickets.len(), 2, "neither `create` nor `max-new` is about files");
    for ticket in tickets {
        let file = ticket["file"].as_str().unwrap();
        assert!(index.contains(&format!("]({file})")), "{index}");
        let page = shop.read(&format!("out/{file}")).unwrap();
        assert!(page.contains("| Priority | High |") && page.contains("src/f"), "{page}");
        assert_eq!((ticket["project"].as_str(), ticket["issue-type"].as_str()), (Some("SEC"), Some("Bug")));
        assert_eq!(ticket["fields"]["Priority"], json!(["High"]));
    }
    // a later export takes its place
    shop.report(&rules(1));
    shop.command(&Event::push("main", 1), &["export", "--out", "out"]);
    assert_eq!(self::tickets(&shop, "out").len(), 1);
    assert_eq!(shop.read("out/index.md").unwrap().matches(".md)").count(), 1);
}

#[test]
fn a_folder_with_another_ones_file_is_left_alone() {
    let shop = Shop::with(&rules(1));
    shop.write("docs/index.md", "Our handbook.");
    let ran = shop.command(&Event::push("main", 1), &["export", "--out", "docs"]);
    ran.fails_early(4, &["docs/index.md", "was not written by casefile"]);
    assert_eq!(shop.read("docs/index.md").as_deref(), Some("Our handbook."));
}

#[test]
fn a_branch_that_is_not_allowed_exports_nothing() {
    let shop = Shop::with(&rules(1));
    let ran = shop.command(&Event::push("other", 1), &["export", "--out", "out"]);
    assert_eq!((ran.code, ran.actions()), (0, BTreeMap::new()), "{}", ran.errors);
    assert_eq!(tickets(&shop, "out"), [json!(null); 0]);
}

#[test]
fn what_a_run_could_not_file_is_exported_until_a_later_one_files_it() {
    let shop = Shop::with(&rules(3));
    shop.run_well(&Event::push("main", 1));
    shop.report(&rules(5));
    shop.fault("/issue/bulk", Nth::From(1), Kind::Status(400, Vec::new(), "{}".to_owned()));
    let ran = shop.run(&Event::push("main", 2));
    ran.fails(4, &["2 tickets were written to this folder instead"]);
    let rows = rows(&shop, "casefile-export/jira-SEC.csv");
    assert_eq!(rows.len(), 2, "those and no others");
    assert_eq!((all(&rows[0], "Issue Type"), all(&rows[0], "Priority")), (vec!["Bug"], vec!["High"]));

    shop.sim.clear_faults();
    shop.write("casefile-export/notes.txt", "mine");
    let next = shop.run_well(&Event::push("main", 3));
    assert_eq!(next.actions(), BTreeMap::from([("created".to_owned(), 2), ("tracked".to_owned(), 3)]));
    assert_eq!(shop.read("casefile-export/tickets.json"), None);
    assert_eq!(shop.read("casefile-export/jira-SEC.csv"), None);
    assert_eq!(shop.read("casefile-export/notes.txt").as_deref(), Some("mine"));
}

#[test]
fn where_jira_cannot_be_read_everything_is_exported() {
    let shop = Shop::with(&rules(2));
    shop.configure(json!({"routes": [{"name": "ops", "match": {"path": "src/f1.py"}, "project": "OPS"}]}));
    shop.fault("/search", Nth::Every(1), Kind::Status(403, Vec::new(), "{}".to_owned()));
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, &["2 tickets were written to this folder instead"]);
    assert_eq!(rows(&shop, "casefile-export/jira-SEC.csv").len(), 1);
    assert_eq!(rows(&shop, "casefile-export/jira-OPS.csv").len(), 1);
}

#[test]
fn without_credentials_everything_is_exported() {
    let shop = Shop::with(&rules(2));
    let event = Event::push("main", 1).with("JIRA_API_TOKEN", "");
    let ran = shop.run(&event);
    ran.fails_early(4, &["PROVIDER_AUTH_REQUIRED", "2 tickets were written to this folder instead"]);
    assert_eq!(rows(&shop, "casefile-export/jira-SEC.csv").len(), 2);
    assert_eq!(shop.run_well(&Event::push("main", 1)).actions(), only("created", 2));
    assert_eq!(shop.read("casefile-export/tickets.json"), None);
}

#[test]
fn what_no_draft_can_be_made_of_is_exported_too() {
    let shop = Shop::with(&rules(1));
    shop.sim.state().project_mut("SEC").unwrap().require("customfield_10053");
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, &["customfield_10053", "1 ticket was written to this folder instead"]);
    assert_eq!(rows(&shop, "casefile-export/jira-SEC.csv").len(), 1);
}
