//! Answers that say the same in another way than the simulator's own: another site, version, language or proxy. Whatever
//! the way, the same tickets come of it, nothing is filed twice, and a second run writes nothing.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

use super::event::{Event, commit};
use super::sarif::rules;
use super::shop::{Deployment, Shop};
use crate::simulator::{Answer, Face, PullRequest, Request};

/// Makes another answer of an answer of either Jira.
type Bend = fn(&Request, &mut Answer);

#[rustfmt::skip]
const BENDS: &[(&str, Bend)] = &[
    ("keys that nobody knows", |_, answer| json(answer, |body| each(body, &|map| {
        map.insert("xTomorrow".to_owned(), json!({"a": [1, null]}));
    }))),
    ("null for what is empty", |_, answer| json(answer, |body| each(body, &|map| {
        for name in ["description", "self", "iconUrl", "avatarUrls", "errors", "issueErrors", "nextPageToken", "priority",
            "assignee", "resolution", "duedate", "allowedValues", "isAvailable", "hasDefaultValue", "subtask"] {
            if map.get(name).is_some_and(|value| !is_full(value)) {
                map.insert(name.to_owned(), Value::Null);
            }
        }
    }))),
    ("nothing for what is null", |_, answer| json(answer, |body| each(body, &|map| {
        map.retain(|_, value| !value.is_null());
    }))),
    ("hidden people", |_, answer| json(answer, |body| each(body, &|map| {
        if map.contains_key("accountId") || map.contains_key("displayName") {
            map.retain(|name, _| ["accountId", "name", "key", "active", "self"].contains(&name.as_str()));
        }
    }))),
    ("people without a name", |_, answer| json(answer, |body| each(body, &|map| {
        if map.contains_key("displayName") {
            map.insert("displayName".to_owned(), json!(""));
            map.insert("emailAddress".to_owned(), json!("?"));
        }
    }))),
    ("no word on the last page", |_, answer| json(answer, |body| each(body, &|map| {
        map.remove("isLast");
    }))),
    ("labels in another order", |_, answer| json(answer, |body| each(body, &|map| {
        if let Some(Value::Array(labels)) = map.get_mut("labels") {
            labels.reverse();
        }
    }))),
    ("text that was rewritten", |request, answer| json(answer, |body| each(body, &|map| match map.get_mut("description") {
        Some(Value::String(text)) if request.path.contains("/issue/") => *text = text.replace('\n', "\r\n"),
        Some(document @ Value::Object(_)) => each(document, &|node| {
            if let Some(Value::Array(marks)) = node.get_mut("marks") {
                marks.reverse();
            }
            if node.get("type").is_some_and(|kind| kind != "text" && kind != "doc") {
                let attrs = node.entry("attrs").or_insert_with(|| json!({}));
                attrs["localId"] = json!("a3d1");
            }
        }),
        _ => {}
    }))),
    ("no values to choose from", |_, answer| json(answer, |body| each(body, &|map| {
        map.remove("allowedValues");
    }))),
    ("no name but the untranslated one", |_, answer| json(answer, |body| each(body, &|map| {
        if map.contains_key("subtask") && let Some(name) = map.remove("name") {
            map.insert("untranslatedName".to_owned(), name);
        }
    }))),
    ("German", |_, answer| json(answer, |body| each(body, &|map| {
        let named = map.contains_key("statusCategory") || map.contains_key("iconUrl") || map.contains_key("subtask");
        let german = [("To Do", "Zu erledigen"), ("In Progress", "In Arbeit"), ("Done", "Fertig"), ("Highest", "Höchste"),
            ("High", "Hoch"), ("Medium", "Mittel"), ("Low", "Niedrig"), ("Lowest", "Niedrigste"), ("Bug", "Fehler"),
            ("Task", "Aufgabe"), ("Story", "Geschichte"), ("Sub-task", "Unteraufgabe")];
        let name = map.get("name").and_then(Value::as_str).and_then(|name| german.iter().find(|(own, _)| *own == name));
        if let (true, Some((_, name))) = (named, name) {
            map.insert("name".to_owned(), json!(name));
        }
    }))),
    ("200 with the issue for 204", |_, answer| if answer.status == 204 {
        *answer = Answer::json(200, &json!({"id": "10001", "key": "SEC-1"}));
    }),
    ("an empty body called JSON", |_, answer| if answer.body.is_empty() {
        *answer = answer.clone().with("content-type", "application/json;charset=UTF-8");
    }),
    ("packed", packed),
    ("a connection each", |_, answer| *answer = answer.clone().with("Connection", "close")),
    ("the last call that the limit allows", |_, answer| {
        *answer = answer.clone().with("X-RateLimit-Remaining", "0").with("X-RATELIMIT-RESET", "2026-11-22T10:00Z");
    }),
    ("space around", |_, answer| if !answer.body.is_empty() {
        answer.body.splice(0..0, *b"\n \n");
    }),
];

fn packed(_: &Request, answer: &mut Answer) {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&answer.body).unwrap();
    answer.body = packer.finish().unwrap();
    *answer = answer.clone().with("Content-Encoding", "gzip");
}

fn is_full(value: &Value) -> bool {
    match value {
        Value::Array(all) => !all.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Bool(said) => *said,
        value => !value.is_null(),
    }
}

fn json(answer: &mut Answer, change: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice(&answer.body) {
        change(&mut body);
        answer.body = body.to_string().into_bytes();
    }
}

/// Every object, the inner ones first; the record's own values stay as they are.
fn each(value: &mut Value, change: &impl Fn(&mut Map<String, Value>)) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| each(one, change)),
        Value::Object(map) => {
            let inner = map.iter_mut().filter(|(name, _)| *name != "properties");
            inner.for_each(|(_, one)| each(one, change));
            change(map);
        }
        _ => {}
    }
}

/// What every journey does, run by run: exit code, tickets, writes and problems.
const STORY: [&str; 5] = [
    r#"0 ["created SEC-1", "created SEC-2"] ["POST issue/bulk 201", "POST issue/bulk 201"] "#,
    r#"0 ["tracked SEC-1", "tracked SEC-2"] [] "#,
    r#"0 ["resolved SEC-1", "tracked SEC-2"] ["PUT issue/SEC-1 204", "POST issue/SEC-1/transitions 204", "PUT issue/SEC-1 204"] "#,
    r#"0 ["tracked SEC-2"] [] "#,
    r#"0 [] [] "#,
];

fn check(deployment: Deployment, name: &str, bend: Bend) {
    let shop = Shop::on(deployment);
    shop.sim.bend(move |request, answer| {
        if request.face != Face::GitHub {
            bend(request, answer);
        }
    });
    // by its id, for names are in the site's language
    shop.configure(json!({"states": {"resolved": "10001"}}));
    if (deployment, name) == (Deployment::DataCenter, "German") {
        // Data Center says no untranslated names, so an issue type that none names is not guessed
        shop.report(&rules(2));
        let ran = shop.run(&Event::push("main", 1));
        ran.fails(4, &["no issue type `Bug`", "Aufgabe, Fehler, Geschichte, Unteraufgabe"]);
        assert_eq!(shop.writes(), [""; 0]);
        shop.configure(json!({"states": {"resolved": "10001"}, "jira": {"issue-type": "Fehler"}}));
    }
    let tip = |number| {
        let mut world = shop.sim.state();
        world.github.repository_mut("acme/shop").unwrap().branches.insert("main".to_owned(), commit(number));
    };
    let mut story = Vec::new();
    for (number, count) in [(1, 2), (1, 2), (2, 1), (2, 1)] {
        tip(number);
        shop.report(&rules(count));
        let ran = shop.run(&Event::push("main", number));
        story.push(format!("{} {:?} {:?} {}", ran.code, ran.tickets(), shop.writes(), ran.problems()));
    }
    let ran = shop.command(&Event::schedule(), &["refresh"]);
    story.push(format!("{} [] {:?} {}", ran.code, shop.writes(), ran.problems()));
    assert_eq!(story, STORY, "{name} on {deployment:?}");
    assert_eq!(shop.ticket("SEC-2").priority.as_deref(), Some("2"), "{name} on {deployment:?}");
}

#[test]
fn whatever_the_way_the_same_is_done_on_cloud() {
    for (name, bend) in BENDS {
        check(Deployment::Cloud, name, *bend);
    }
}

#[test]
fn whatever_the_way_the_same_is_done_on_data_center() {
    for (name, bend) in BENDS {
        check(Deployment::DataCenter, name, *bend);
    }
}

/// Makes another answer of an answer of GitHub's.
#[rustfmt::skip]
const GITHUBS: &[(&str, Bend)] = &[
    ("keys that nobody knows", |_, answer| json(answer, |body| each(body, &|map| {
        map.insert("x_tomorrow".to_owned(), json!({"a": [1, null]}));
    }))),
    ("the least that it says", |_, answer| json(answer, |body| each(body, &|map| {
        let known = ["number", "state", "body", "head", "base", "ref", "sha", "repo", "full_name", "id", "created_at",
            "updated_at", "closed_at", "merged_at", "issue_url", "user", "type", "author_association", "object",
            "name", "private", "visibility", "squash_merge_commit_message", "content", "encoding"];
        map.retain(|name, _| known.contains(&name.as_str()));
    }))),
    ("forks that were deleted", |_, answer| json(answer, |body| each(body, &|map| {
        if map.get("number").is_some_and(|number| *number != 7) && let Some(head) = map.get_mut("head") {
            head["repo"] = Value::Null;
            head["user"] = Value::Null;
        }
    }))),
    ("no description", |_, answer| json(answer, |body| each(body, &|map| {
        if map.get("body").is_some_and(|body| body == "") {
            map.insert("body".to_owned(), Value::Null);
        }
    }))),
    ("packed", packed),
    ("a tag", |_, answer| *answer = answer.clone().with("ETag", "W/\"1\"").with("Cache-Control", "private, max-age=60")),
];

/// A run files, Jira moves a ticket, a refresh tells of it and one more finds nothing new; pages come short.
#[test]
fn whatever_github_says_the_section_is_kept() {
    for (name, bend) in GITHUBS {
        let shop = Shop::open();
        let bend = *bend;
        shop.sim.bend(move |request, answer| {
            if request.face == Face::GitHub {
                bend(request, answer);
            }
        });
        {
            let mut world = shop.sim.state();
            world.short_pages = Some(1);
            let here = world.github.repository_mut("acme/shop").unwrap();
            for number in 1..=3 {
                here.add_pull(PullRequest::new(number, "stranger/shop", &format!("b{number}"), "main"));
            }
        }
        shop.report(&rules(1));
        shop.run_well(&Event::pull_request(7, "feature", 1));
        shop.go("SEC-1", "In Progress");
        let refresh = || {
            let ran = shop.command(&Event::schedule(), &["refresh"]);
            assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{name}: {}", ran.errors);
            shop.writes()
        };
        assert_eq!(refresh(), ["POST issues/7/comments 201", "PATCH pulls/7 200"], "{name}");
        assert!(shop.description(7).contains("In Progress"), "{name}");
        assert_eq!(refresh(), [""; 0], "{name}");
        assert_eq!(shop.shown(7, &["SEC-1"]), ["SEC-1"], "{name}");
    }
}
