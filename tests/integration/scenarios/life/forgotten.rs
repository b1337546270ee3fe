//! A Jira that takes what casefile notes on tickets and does not keep it.

use serde_json::{Value, json};

use super::super::event::Event;
use super::super::sarif::rules;
use super::super::shop::{Deployment, Shop};
use super::{mapped, silent, tip};

/// A shop whose Jira drops entity properties.
fn forgetful(jira: Deployment) -> Shop {
    let shop = Shop::on(jira);
    shop.configure(mapped());
    shop.report(&rules(3));
    tip(&shop, "main", 1);
    shop.sim.bend(|_, answer| {
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return };
        let Some(fields) = body.as_object_mut() else { return };
        for issue in fields.get_mut("issues").and_then(Value::as_array_mut).into_iter().flatten() {
            issue["properties"] = json!({});
        }
        fields.entry("properties").and_modify(|kept| *kept = json!({}));
        answer.body = body.to_string().into_bytes();
    });
    shop
}

fn what_is_not_kept_is_said_once_a_run_and_comments_nothing(jira: Deployment) {
    let shop = forgetful(jira);
    let ran = shop.run(&Event::push("main", 1));
    let said = |problems: &str| problems.matches("was accepted but not kept").count();
    assert_eq!((ran.code, said(&ran.problems())), (0, 1), "{}", ran.problems());
    for number in 2..4 {
        tip(&shop, "main", number);
        let ran = shop.run(&Event::push("main", number));
        assert_eq!((ran.code, said(&ran.problems())), (0, 1), "{}", ran.problems());
        assert_eq!(ran.tickets(), ["tracked SEC-1", "tracked SEC-2", "tracked SEC-3"]);
        let writes = shop.writes();
        assert!(writes.iter().all(|write| write.contains("issue/SEC-1")), "one is tried: {writes:?}");
    }
    // done without a word of casefile's: each run could say again that it is still there
    shop.go("SEC-2", "Done");
    for _ in 0..2 {
        shop.run(&Event::push("main", 3));
    }
    for key in ["SEC-1", "SEC-2", "SEC-3"] {
        assert_eq!(shop.ticket(key).comments.len(), 0, "{key}: {:?}", shop.ticket(key).comment_texts());
    }
    assert_eq!(shop.sim.state().issues.len(), 3);
}

fn a_record_that_was_lost_is_begun_anew_without_a_word(jira: Deployment) {
    let shop = super::shop(jira, mapped(), &rules(3));
    for key in ["SEC-1", "SEC-2", "SEC-3"] {
        shop.edit(key, |issue| issue.properties.clear());
    }
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.tickets(), ["tracked SEC-1", "tracked SEC-2", "tracked SEC-3"]);
    for key in ["SEC-1", "SEC-2", "SEC-3"] {
        let ticket = shop.ticket(key);
        assert_eq!((ticket.comments.len(), ticket.properties.len()), (0, 2), "{key}");
    }
    silent(&shop, &Event::push("main", 1));
}

on_both! {
    what_is_not_kept_is_said_once_a_run_and_comments_nothing,
    a_record_that_was_lost_is_begun_anew_without_a_word,
}
