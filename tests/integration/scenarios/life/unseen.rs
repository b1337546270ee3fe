//! What a Jira does not show to the account, or has no place for.

use serde_json::Value;

use super::super::event::Event;
use super::super::sarif::{found, rules};
use super::super::shop::{Deployment, Shop};
use super::{mapped, push};

fn who_made_tickets_is_hidden_which_is_said_once(jira: Deployment) {
    let shop = Shop::on(jira);
    shop.configure(mapped());
    shop.report(&rules(2));
    shop.sim.bend(|_, answer| {
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return };
        let hide = |issue: &mut Value| {
            let fields = issue.get_mut("fields").and_then(Value::as_object_mut);
            let _creator = fields.and_then(|fields| fields.remove("creator"));
        };
        hide(&mut body);
        body.get_mut("issues").and_then(Value::as_array_mut).into_iter().flatten().for_each(hide);
        answer.body = body.to_string().into_bytes();
    });
    push(&shop, "main", 1);
    shop.report(&[rules(2), vec![found("R1", "src/new.py", 1, "more()")]].concat());
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!((ran.code, shop.writes().len()), (0, 0), "{:?}", shop.writes());
    assert_eq!(ran.problems().matches("`creator`").count(), 1, "{}", ran.problems());
    assert_eq!(ran.tickets(), ["tracked SEC-1", "tracked SEC-2"]);
}

on_both! {
    who_made_tickets_is_hidden_which_is_said_once,
}
