//! What is written, and how often.

use super::*;
use crate::document::{Block, Document};
use crate::model::write::MoveTarget;

fn drafts(count: u64) -> Vec<Draft> {
    let record = json!({"version": 1, "revision": 1, "repository": "h/o/n", "site": "s", "names": [],
        "mode": "type", "origin": {}, "first-seen": "2026-01-01", "severity": "low"});
    let draft = |n| Draft {
        group: Recipe::new("x").number(n).finish(),
        project: "SEC".to_owned(),
        issue_type: "1".to_owned(),
        summary: format!("s{n}"),
        body: Document::default(),
        describes: true,
        labels: Vec::new(),
        fields: Vec::new(),
        record: serde_json::from_value(record.clone()).unwrap(),
        slices: Vec::new(),
    };
    (0..count).map(draft).collect()
}

fn made(ids: &[u64]) -> (u16, Value) {
    let issues: Vec<Value> =
        ids.iter().map(|id| json!({"id": id.to_string(), "key": format!("SEC-{id}"), "self": "x"})).collect();
    (201, json!({"issues": issues, "errors": []}))
}

fn keys(outcomes: &[Result<Made, Failure>]) -> Vec<u64> {
    outcomes.iter().map(|outcome| outcome.as_ref().unwrap().key.number()).collect()
}

#[tokio::test]
async fn a_create_is_sent_once() {
    let (jira, script) = jira([(502, json!("bad gateway")), made(&[1, 2])]).await;
    let outcomes = jira.create(&drafts(2)).await;
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(Failure::is_ambiguous)));
    assert_eq!(script.paths(), ["POST issue/bulk"]);
}

#[tokio::test]
async fn a_create_that_the_rate_limit_refused_is_sent_again() {
    let (jira, script) = jira([(429, json!({})), made(&[1, 2])]).await;
    assert_eq!(keys(&jira.create(&drafts(2)).await), [1, 2]);
    assert_eq!(script.paths(), ["POST issue/bulk"; 2]);
}

#[tokio::test]
async fn a_create_that_is_too_large_is_sent_in_parts_and_in_order() {
    let answers = [(413, json!("too large")), made(&[1]), (413, json!("")), made(&[2]), made(&[3])];
    let (jira, script) = jira(answers).await;
    assert_eq!(keys(&jira.create(&drafts(3)).await), [1, 2, 3]);
    let counts: Vec<usize> =
        (0..5).map(|index| script.body(index)["issueUpdates"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [3, 1, 2, 1, 1]);
}

#[tokio::test]
async fn more_than_fit_are_sent_by_fifties() {
    let first: Vec<u64> = (1..=50).collect();
    let (jira, _) = jira([made(&first), made(&[51])]).await;
    assert_eq!(keys(&jira.create(&drafts(51)).await), (1..=51).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_edit_meets_a_conflict_once() {
    let edit = Edit { comment: Some(Document::of(vec![Block::text("x")])), ..Edit::default() };
    let conflict = || (409, json!({"errorMessages": ["conflict"]}));
    let (jira, script) = jira([conflict(), (204, json!(""))]).await;
    assert_eq!(jira.edit(&id(&jira, 7), &edit).await, Ok(()));
    assert_eq!(script.paths(), ["PUT issue/7"; 2]);

    let (jira, _) = super::jira([conflict(), conflict()]).await;
    assert!(matches!(jira.edit(&id(&jira, 7), &edit).await, Err(Failure::Refused { .. })));
    let (jira, script) = super::jira([(500, json!({})), (204, json!(""))]).await;
    assert!(matches!(jira.edit(&id(&jira, 7), &edit).await, Err(Failure::Unknown(_))));
    assert_eq!(script.paths().len(), 1);
}

#[tokio::test]
async fn what_is_not_ours_to_write_is_not_written() {
    let (jira, script) = jira([]).await;
    assert_eq!(jira.edit(&id(&jira, 7), &Edit::default()).await, Ok(()));
    let foreign = TicketId { site: "other.example".to_owned(), id: 7 };
    let edit = Edit { summary: Some("x".to_owned()), ..Edit::default() };
    let to =
        Move { to: MoveTarget::Status("Done".to_owned()), resolution: None, fields: Vec::new(), state: None };
    for ended in [
        jira.edit(&foreign, &edit).await,
        jira.link(&id(&jira, 1), LinkKind::Relates, &foreign).await,
        jira.go(&foreign, &to).await,
    ] {
        assert!(matches!(ended, Err(Failure::Refused { .. })));
    }
    assert!(script.paths().is_empty());
}

#[tokio::test]
async fn a_link_is_one_call() {
    let (jira, script) = jira([(201, json!({})), (404, json!({"errorMessages": ["no"]}))]).await;
    let (one, other) = (id(&jira, 1), id(&jira, 2));
    assert_eq!(jira.link(&one, LinkKind::Duplicates, &other).await, Ok(()));
    assert_eq!(script.body(0)["inwardIssue"], json!({"id": "1"}));
    let failure = jira.link(&one, LinkKind::Duplicates, &other).await.unwrap_err();
    assert!(matches!(failure, Failure::Refused { .. }));
}

mod moves {
    use super::*;

    fn at(name: &str) -> (u16, Value) {
        let status = json!({"id": "1", "name": name, "statusCategory": {"key": "new"}});
        (200, json!({"id": "7", "key": "SEC-7", "fields": {"status": status}}))
    }

    fn open(names: &[&str]) -> (u16, Value) {
        let transition = |name: &&str| {
            json!({"id": format!("t-{name}"), "name": "x", "fields": {"resolution": {}},
                "to": {"id": "9", "name": name, "statusCategory": {"key": "done"}}})
        };
        (200, json!({"transitions": names.iter().map(transition).collect::<Vec<_>>()}))
    }

    /// The answers, how it ends, and how many moves were sent.
    async fn check(answers: Vec<(u16, Value)>, expected: &str, moves: usize) {
        let (jira, script) = jira(answers).await;
        let to = Move {
            to: MoveTarget::Status("done".to_owned()),
            resolution: Some("Fixed".to_owned()),
            fields: Vec::new(),
            state: None,
        };
        let ended = jira.go(&id(&jira, 7), &to).await;
        let ended = ended.map_or_else(|failure| failure.to_string(), |()| "done".to_owned());
        assert!(ended.contains(expected), "{ended}");
        let sent = script.paths().iter().filter(|path| path.starts_with("POST")).count();
        assert_eq!(sent, moves, "{ended}");
    }

    #[tokio::test]
    async fn a_ticket_is_moved_once() {
        let conflict = || (409, json!({"errorMessages": ["conflict"]}));
        let fine = || (204, json!(""));
        check(vec![at("Done")], "done", 0).await;
        check(vec![at("To Do"), open(&["In Progress", "Done"]), fine()], "done", 1).await;
        check(vec![at("To Do"), open(&["Review"]), at("To Do")], "possible transitions: Review", 0).await;
        check(vec![at("To Do"), open(&[]), at("To Do")], "possible transitions: none", 0).await;
        let again = || vec![at("To Do"), open(&["Done"]), conflict(), at("To Do"), open(&["Done"])];
        check([again(), vec![fine()]].concat(), "done", 2).await;
        check([again(), vec![conflict(), at("To Do")]].concat(), "refused: conflict", 2).await;
        // the answer is unclear, but the move took effect
        check(vec![at("To Do"), open(&["Done"]), (500, json!({})), at("Done")], "done", 1).await;
        check(vec![(404, json!({"errorMessages": ["gone"]}))], "does not exist", 0).await;
    }

    #[tokio::test]
    async fn what_another_run_has_just_moved_there_is_no_refusal() {
        // how Jira puts it if the status changed after it was read
        let illegal = || {
            let said = "It seems that you have tried to perform an illegal workflow operation.";
            (400, json!({"errorMessages": [said], "errors": {}}))
        };
        check(vec![at("To Do"), open(&["Done"]), illegal(), at("Done")], "done", 1).await;
        check(vec![at("To Do"), open(&["Review"]), at("Done")], "done", 0).await;
        check(vec![at("To Do"), open(&["Done"]), illegal(), at("To Do")], "illegal workflow operation", 1)
            .await;
    }
}
