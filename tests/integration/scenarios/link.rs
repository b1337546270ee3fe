//! A person says which ticket stands for findings, and takes it back.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::event::{Event, commit};
use super::sarif::{found, rules};
use super::shop::{Deployment, Ran, Shop, only};

/// A shop whose team already has SEC-1 for something, written by a person.
fn shop(found: &[super::sarif::Found]) -> Shop {
    let shop = Shop::with(found);
    let made = shop.sim.state().add_issue("SEC", "alice", |issue| {
        issue.summary = "Get rid of the old deployment script".to_owned();
        issue.description = json!("It calls a shell.");
        issue.labels = vec!["cleanup".to_owned()];
    });
    assert_eq!(made.as_deref(), Some("SEC-1"));
    shop
}

fn main() -> Event {
    Event::push("main", 1)
}

/// A command that is expected to end well.
fn say(shop: &Shop, arguments: &[&str]) -> Ran {
    let ran = shop.command(&main(), arguments);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    ran
}

/// The groups of today, as `plan` prints them, each with its first finding; in order of summary.
fn groups(shop: &Shop) -> Vec<(String, String)> {
    let ran = say(shop, &["plan"]);
    let mut all: Vec<(String, String, String)> = ran.result["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            [&one["summary"], &one["group"], &one["findings"][0]["id"]]
                .map(|text| text.as_str().unwrap().to_owned())
                .into()
        })
        .collect();
    all.sort();
    all.into_iter().map(|(_, group, finding)| (group, finding)).collect()
}

/// The ticket's own text is as the person left it; comments say what was linked.
fn untouched(shop: &Shop) {
    let ticket = shop.ticket("SEC-1");
    assert_eq!(ticket.summary, "Get rid of the old deployment script");
    assert_eq!(ticket.description, json!("It calls a shell."));
    assert!(ticket.labels.contains(&"cleanup".to_owned()), "{ticket:?}");
    let texts = ticket.comment_texts();
    assert!(texts.iter().all(|text| text.contains("now tracked on this ticket")), "{texts:?}");
}

#[test]
fn a_group_is_linked_tracked_and_filed_again_when_it_is_unlinked() {
    let shop = shop(&rules(2));
    let (group, _) = groups(&shop).remove(0);
    let ran = say(&shop, &["link", "SEC-1", "--group", &group]);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
    assert_eq!((&ran.result["action"], &ran.result["key"]), (&json!("linked"), &json!("SEC-1")));
    assert_eq!(
        (&ran.result["status"], ran.result["findings"].as_array().map(Vec::len)),
        (&json!("To Do"), Some(1))
    );
    untouched(&shop);

    let ran = say(&shop, &["link", "sec-1", "--group", &group]);
    assert_eq!((&ran.result["action"], shop.writes().len()), (&json!("unchanged"), 0));

    let ran = shop.run_well(&main());
    assert_eq!(ran.tickets(), ["created SEC-2", "tracked SEC-1"]);
    shop.run_well(&main());
    assert_eq!(shop.writes(), [""; 0]);
    untouched(&shop);

    let ran = say(&shop, &["unlink", "SEC-1"]);
    assert_eq!(
        (&ran.result["action"], ran.result["findings"].as_array().map(Vec::len)),
        (&json!("unlinked"), Some(1))
    );
    let ticket = shop.ticket("SEC-1");
    assert_eq!((ticket.labels, ticket.properties.len()), (vec!["cleanup".to_owned()], 0));
    let ran = say(&shop, &["unlink", "SEC-1"]);
    assert_eq!((&ran.result["action"], shop.writes().len()), (&json!("unchanged"), 0));
    untouched(&shop);

    assert_eq!(shop.run_well(&main()).tickets(), ["created SEC-3", "tracked SEC-2"]);
    untouched(&shop);
}

#[test]
fn one_finding_is_linked_and_the_rest_of_its_group_is_filed() {
    let both = [found("R1", "src/a.py", 3, "call(x)"), found("R1", "src/b.py", 4, "call(y)")];
    let shop = shop(&both);
    say(&shop, &["link", "SEC-1", "--rule", "R*", "--path", "src/a.py"]);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
    let ran = shop.run_well(&main());
    assert_eq!(ran.tickets(), ["created SEC-2", "tracked SEC-1"]);
    assert!(!shop.ticket("SEC-2").description_text().contains("src/a.py"));
    shop.run_well(&main());
    assert_eq!(shop.writes(), [""; 0]);

    // taken off again it joins its group
    say(&shop, &["unlink", "SEC-1", "--rule", "R1"]);
    let ran = shop.run_well(&main());
    assert_eq!(ran.tickets(), ["updated SEC-2"]);
    untouched(&shop);
}

#[test]
fn a_finding_is_linked_to_one_ticket_at_most() {
    let shop = shop(&rules(1));
    let other = shop.sim.state().add_issue("SEC", "alice", |issue| issue.summary = "Another".to_owned());
    assert_eq!(other.as_deref(), Some("SEC-2"));
    let (_, finding) = groups(&shop).remove(0);
    say(&shop, &["link", "SEC-1", "--finding", &finding]);
    let ran = say(&shop, &["link", "SEC-2", "--finding", &finding]);
    assert_eq!(ran.result["moved_from"], json!(["SEC-1"]));
    assert_eq!(shop.ticket("SEC-1").labels, ["cleanup"]);
    assert_eq!(shop.run_well(&main()).tickets(), ["tracked SEC-2"]);
    say(&shop, &["link", "SEC-2", "--finding", &finding]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_ticket_that_casefile_made_is_told_and_left_as_it_is() {
    let shop = shop(&rules(1));
    shop.run_well(&main());
    let summary = shop.ticket("SEC-2").summary;
    let (group, _) = groups(&shop).remove(0);
    let ran = say(&shop, &["link", "SEC-1", "--group", &group]);
    let writes = shop.writes();
    assert_eq!(
        (&writes[..2], writes.len()),
        (&["PUT issue/SEC-1 204", "PUT issue/SEC-2 204"].map(str::to_owned)[..], 5)
    );
    assert_eq!(ran.result["moved_from"], json!(["SEC-2"]));
    let old = shop.ticket("SEC-2");
    assert_eq!(
        (&old.summary, old.labels.len(), old.properties.len()),
        (&summary, 0, 0),
        "nothing is left behind"
    );
    assert!(old.comment_texts()[0].contains("tracked in SEC-1"), "{:?}", old.comment_texts());
    say(&shop, &["link", "SEC-1", "--group", &group]);
    assert_eq!(shop.writes(), [""; 0]);
    assert_eq!(shop.run_well(&main()).tickets(), ["tracked SEC-1"]);
    untouched(&shop);
}

#[test]
fn findings_can_join_a_ticket_that_casefile_made_for_others() {
    let shop = Shop::with(&rules(2));
    shop.run_well(&main());
    let mut both = groups(&shop);
    let (group, finding) = both.remove(1);
    let (other, _) = both.remove(0);
    let target = if shop.ticket("SEC-1").labels.iter().any(|label| label.ends_with(&group)) {
        "SEC-2"
    } else {
        "SEC-1"
    };
    let summary = shop.ticket(target).summary;
    say(&shop, &["link", target, "--finding", &finding]);
    let ran = shop.run_well(&main());
    assert_eq!(ran.tickets(), [format!("tracked {target}"), format!("tracked {target}")]);
    assert_eq!(shop.ticket(target).summary, summary);
    shop.run_well(&main());
    assert_eq!(shop.writes(), [""; 0]);
    let own = if target == "SEC-1" { "SEC-2" } else { "SEC-1" };
    assert!(shop.ticket(own).labels.is_empty(), "its whole group is gone");
    let ran = say(&shop, &["unlink", target]);
    assert!(ran.problems().contains("still stands for the group"), "{}", ran.problems());
    let mut tickets = shop.run_well(&main()).tickets();
    tickets.sort();
    assert_eq!(tickets, ["created SEC-3".to_owned(), format!("tracked {target}")]);
    let ran = say(&shop, &["unlink", target, "--group", &other]);
    assert_eq!((&ran.result["action"], ran.problems().as_str()), (&json!("unlinked"), ""));
    assert_eq!(shop.run_well(&main()).tickets(), ["created SEC-4", "tracked SEC-3"]);
}

fn what_casefile_filed_can_be_taken_off_again(jira: Deployment) {
    let shop = Shop::on(jira);
    let place = |path: &str| found("R1", path, 3, path);
    shop.report(&[place("src/a.py"), place("src/b.py")]);
    let state = ["--state", "state.json"];
    shop.run_with(&main(), &state);
    let before = shop.ticket("SEC-1");
    let (group, finding) = groups(&shop).remove(0);

    // one finding of a group has no ticket of its own there
    let ran = say(&shop, &["unlink", "SEC-1", "--finding", &finding]);
    assert_eq!((&ran.result["action"], shop.writes().len()), (&json!("unchanged"), 0));
    assert!(ran.problems().contains("remains the whole group's ticket"), "{}", ran.problems());

    let named = ["unlink", "SEC-1", "--group", &group];
    let ran = say(&shop, if jira == Deployment::Cloud { &named } else { &named[..2] });
    assert_eq!(
        (&ran.result["action"], ran.result["findings"].as_array().map(Vec::len)),
        (&json!("unlinked"), Some(2))
    );
    let taken_off = |shop: &Shop| {
        let ticket = shop.ticket("SEC-1");
        assert_eq!((&ticket.summary, &ticket.description), (&before.summary, &before.description));
        assert_eq!((&ticket.status, ticket.comments.len()), (&before.status, 0));
        assert!(ticket.labels.iter().all(|label| !label.starts_with("casefile")), "{:?}", ticket.labels);
        assert_eq!(ticket.properties.len(), 0, "{:?}", ticket.properties);
    };
    taken_off(&shop);
    let ran = say(&shop, &["unlink", "SEC-1"]);
    assert_eq!((&ran.result["action"], shop.writes().len()), (&json!("unchanged"), 0));

    // also where its id is remembered
    let ran = shop.run_with(&main(), &state);
    assert_eq!((ran.code, ran.tickets()), (0, vec!["created SEC-2".to_owned()]), "{}", ran.errors);
    assert_eq!(shop.run_with(&main(), &state).tickets(), ["tracked SEC-2"]);
    assert_eq!(shop.writes(), [""; 0]);
    shop.report(&[]);
    shop.run_with(&main(), &state);
    taken_off(&shop);
}

#[test]
fn what_casefile_filed_can_be_taken_off_again_on_both() {
    Deployment::BOTH.into_iter().for_each(what_casefile_filed_can_be_taken_off_again);
}

/// What is gone from `main`'s newest commit is moved to Done.
fn with_states(found: &[super::sarif::Found]) -> Shop {
    let shop = shop(found);
    shop.configure(json!({"states": {"resolved": "Done"}}));
    let mut world = shop.sim.state();
    world.github.repository_mut("acme/shop").unwrap().branches.insert("main".to_owned(), commit(1));
    drop(world);
    shop
}

#[test]
fn what_was_linked_one_by_one_is_told_on_its_ticket_and_nowhere_else() {
    let shop = with_states(&rules(2));
    shop.run_well(&main());
    say(&shop, &["link", "SEC-1", "--rule", "R*"]);
    for key in ["SEC-2", "SEC-3"] {
        assert!(shop.ticket(key).labels.is_empty() && shop.ticket(key).comments.len() == 1, "{key}");
    }
    let ran = shop.run_well(&main());
    assert_eq!(ran.tickets(), ["tracked SEC-1", "tracked SEC-1"]);
    assert_eq!(shop.writes(), [""; 0], "what the former tickets held moved with them");
    untouched(&shop);

    shop.report(&rules(1));
    assert_eq!(shop.run_well(&main()).tickets(), ["updated SEC-1"]);
    assert!(
        shop.ticket("SEC-1").comment_texts()[1].contains("1 finding of this ticket is no longer detected")
    );
    shop.run_well(&main());
    assert_eq!(shop.writes(), [""; 0]);
    shop.report(&[]);
    shop.run_well(&main());
    assert_eq!(shop.open_tickets(), ["SEC-2", "SEC-3"]);
    let comments = ["SEC-1", "SEC-2", "SEC-3"].map(|key| shop.ticket(key).comments.len());
    assert_eq!(comments, [3, 1, 1]);
    shop.run_well(&main());
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_ticket_that_took_over_the_labels_of_others_is_told_once() {
    let shop = Shop::with(&rules(3));
    shop.run_well(&main());
    let others: Vec<String> = ["SEC-2", "SEC-3"].iter().flat_map(|key| shop.ticket(key).labels).collect();
    shop.edit("SEC-1", |issue| {
        issue.labels.extend(others);
        issue.labels.sort();
        issue.labels.dedup();
    });
    shop.sim.state().issues.retain(|_, issue| issue.key == "SEC-1");
    shop.run_well(&main());
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
    let comments = shop.ticket("SEC-1").comment_texts();
    assert_eq!((comments.len(), comments[0].matches("1 more finding, ").count()), (1, 2), "{comments:?}");
    assert_eq!(shop.run_well(&main()).actions(), only("tracked", 3));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_link_that_another_one_wrote_over_is_written_again_or_said() {
    let check = |lost: fn(usize) -> bool, expected: (i32, usize)| {
        let shop = shop(&rules(1));
        let reads = AtomicUsize::new(0);
        shop.sim.bend(move |request, answer| {
            // the first read is before the first write
            if request.path.ends_with("issue/bulkfetch") && lost(reads.fetch_add(1, Ordering::SeqCst)) {
                let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
                body["issues"][0]["properties"] = json!({});
                answer.body = body.to_string().into_bytes();
            }
        });
        let ran = shop.command(&main(), &["link", "SEC-1", "--rule", "R*"]);
        assert_eq!((ran.code, shop.writes().len()), expected, "{}", ran.errors);
    };
    check(|_| false, (0, 1));
    check(|read| read == 1, (0, 2));
    check(|read| read > 0, (4, 4));
}

#[test]
fn a_ticket_of_another_repository_is_taken_with_a_word_and_left_as_it_was() {
    let shop = shop(&rules(1));
    let others =
        ["casefile", "casefile-repo-0123456789ab", "casefile-0123456789abcdef0123"].map(str::to_owned);
    shop.edit("SEC-1", |issue| {
        issue.creator = "casefile".to_owned();
        issue.labels.extend(others.clone());
    });
    let before = shop.ticket("SEC-1").labels;
    let ran = say(&shop, &["link", "SEC-1", "--rule", "R*"]);
    assert!(ran.problems().contains("it also belongs to another repository"), "{}", ran.problems());
    assert_eq!(shop.run_well(&main()).tickets(), ["tracked SEC-1"]);
    assert_eq!(shop.writes(), [""; 0], "its own repository's runs may be called as these");
    say(&shop, &["unlink", "SEC-1"]);
    assert_eq!(shop.ticket("SEC-1").labels, before);
    assert_eq!(say(&shop, &["unlink", "SEC-1"]).result["action"], "unchanged");
}

#[test]
fn new_findings_of_a_linked_group_come_as_a_comment() {
    let shop = shop(&[found("R1", "src/a.py", 3, "call(x)")]);
    let (group, _) = groups(&shop).remove(0);
    say(&shop, &["link", "SEC-1", "--group", &group]);
    shop.run_well(&main());
    shop.report(&[found("R1", "src/a.py", 3, "call(x)"), found("R1", "src/b.py", 4, "call(y)")]);
    assert_eq!(shop.run_well(&main()).tickets(), ["updated SEC-1"]);
    let ticket = shop.ticket("SEC-1");
    assert_eq!(
        (ticket.summary.as_str(), &ticket.description),
        ("Get rid of the old deployment script", &json!("It calls a shell."))
    );
    assert!(ticket.comment_texts()[1].contains("src/b.py"));
}

#[test]
fn an_imported_ticket_can_be_linked_and_is_kept_from_then_on() {
    let shop = shop(&[found("R1", "src/a.py", 3, "call(x)")]);
    let (group, _) = groups(&shop).remove(0);
    shop.edit("SEC-1", |issue| issue.labels.extend(["casefile".to_owned(), format!("casefile-{group}")]));
    say(&shop, &["link", "SEC-1", "--group", &group]);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
    assert_eq!(shop.ticket("SEC-1").properties.len(), 1);
    say(&shop, &["link", "SEC-1", "--group", &group]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn more_findings_than_a_record_holds_are_linked_as_a_group_alone() {
    let many = |rule: &str| {
        (1..=1_200).map(|n| found(rule, &format!("src/f{n}.py"), 3, "call(x)")).collect::<Vec<_>>()
    };
    let shop = shop(&[many("R1"), many("R2")].concat());
    let ran = shop.command(&main(), &["link", "SEC-1", "--rule", "R*"]);
    ran.fails_early(2, &["cannot hold", "--group"]);
    say(&shop, &["link", "SEC-1", "--rule", "R1"]);
    assert_eq!(shop.run_well(&main()).tickets(), ["created SEC-2", "updated SEC-1"]);
    shop.run_well(&main());
    assert_eq!(shop.writes(), [""; 0]);
    say(&shop, &["link", "SEC-1", "--rule", "R1"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn without_the_permission_to_comment_it_is_linked_anyway() {
    let shop = shop(&rules(1));
    shop.sim.state().project_mut("SEC").unwrap().revoke("ADD_COMMENTS");
    let (group, _) = groups(&shop).remove(0);
    say(&shop, &["link", "SEC-1", "--group", &group]);
    assert!(shop.ticket("SEC-1").comments.is_empty());
    assert_eq!(shop.run_well(&main()).tickets(), ["tracked SEC-1"]);
}

#[test]
fn what_cannot_be_linked_is_said() {
    let shop = shop(&rules(1));
    let check = |arguments: &[&str], words: &[&str]| {
        let ran = shop.command(&main(), arguments);
        ran.fails_early(2, words);
        assert_eq!(shop.writes(), [""; 0], "{arguments:?}");
    };
    check(&["link", "SEC-99", "--rule", "R1"], &["no ticket SEC-99"]);
    check(&["link", "banana", "--rule", "R1"], &["`banana` is not a ticket key"]);
    check(&["link", "SEC-1"], &["--finding"]);
    check(&["link", "SEC-1", "--rule", "NOPE"], &["no finding"]);
    check(&["link", "SEC-1", "--finding", "x"], &["20 hexadecimal digits"]);
    check(&["unlink", "SEC-1", "--rule", "NOPE"], &["no finding"]);
    let fork = shop.command(&Event::fork(7, "feature", 1), &["link", "SEC-1", "--rule", "R1"]);
    fork.fails_early(2, &["this run is not allowed to link or unlink findings"]);
}
