//! Webhooks. Dynamic ones as `registerDynamicWebhooks`, `getDynamicWebhooksForApp` and `refreshWebhooks` of the OpenAPI
//! text; admin ones as Atlassian's guide "Webhooks" shows them, which no OpenAPI text has: Cloud's
//! `/rest/webhooks/1.0/webhook`, and `/rest/jira-webhook/1.0/webhooks` of Data Center 10.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::request::{Answer, Request};
use super::super::state::{Hook, Refusal, World};
use super::{Reply, body};

/// The events that a dynamic webhook takes (`WebhookDetails`), as far as they are about issues.
const EVENTS: [&str; 3] = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"];

/// Answers requests about admin webhooks; `None`: it is something else.
pub(in super::super) fn of_admin(world: &mut World, request: &Request, parts: &[&str]) -> Option<Reply> {
    let cloud = match parts {
        ["rest", "webhooks", "1.0", "webhook"] => true,
        ["rest", "jira-webhook", "1.0", "webhooks"] => false,
        _ => return None,
    };
    if !world.hooks.may {
        return Some(Err(Refusal::new(403, "You are not permitted to manage webhooks.")));
    }
    Some(match request.method.as_str() {
        "GET" => Ok(list(world)),
        "POST" => body(request).and_then(|body| add(world, &body, cloud)),
        _ => Ok(super::not_found()),
    })
}

/// No secret is ever shown.
fn list(world: &World) -> Answer {
    let shown = |hook: &Hook| {
        json!({"id": hook.id, "name": "webhook", "url": hook.url, "events": hook.events, "enabled": true,
            "filters": {"issue-related-events-section": hook.filter}, "isSigned": hook.secret.is_some()})
    };
    let all = world.hooks.all.iter().filter(|hook| hook.until.is_none());
    Answer::json(200, &all.map(shown).collect())
}

fn add(world: &mut World, body: &Value, cloud: bool) -> Reply {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (Some(_), Some(url)) = (text(&body["name"]), text(&body["url"])) else {
        return Err(Refusal::new(400, "A webhook needs a name and a URL."));
    };
    // Data Center takes no secret but this one, and says nothing
    let secret = if cloud { &body["secret"] } else { &body["configuration"]["SECRET"] };
    let hook = Hook {
        id: world.fresh_id(),
        url,
        events: events(&body["events"]),
        secret: text(secret),
        filter: text(&body["filters"]["issue-related-events-section"]).unwrap_or_default(),
        until: None,
    };
    world.hooks.all.push(hook);
    Ok(Answer::json(201, &json!({"name": body["name"], "url": body["url"]})))
}

/// `registerDynamicWebhooks`, which OAuth apps alone may use.
pub(super) fn register(world: &mut World, body: &Value) -> Reply {
    let mut results = Vec::new();
    for wanted in body["webhooks"].as_array().into_iter().flatten() {
        let filter = wanted["jqlFilter"].as_str().unwrap_or_default();
        // "Only a subset of JQL can be used": of what casefile could ask for, labels are not in it
        if filter.is_empty() || filter.contains("labels") {
            results.push(json!({"errors": ["The clause labels is unsupported"]}));
            continue;
        }
        let events = events(&wanted["events"]);
        if events.is_empty() || !events.iter().all(|event| EVENTS.contains(&event.as_str())) {
            results.push(json!({"errors": ["The list of events is wrong"]}));
            continue;
        }
        let hook = Hook {
            id: world.fresh_id(),
            url: body["url"].as_str().unwrap_or_default().to_owned(),
            events,
            secret: None,
            filter: filter.to_owned(),
            until: month(world),
        };
        results.push(json!({"createdWebhookId": hook.id}));
        world.hooks.all.push(hook);
    }
    Ok(Answer::json(200, &json!({"webhookRegistrationResult": results})))
}

/// `getDynamicWebhooksForApp`.
pub(super) fn of_app(world: &World) -> Reply {
    let shown = |hook: &Hook| {
        json!({"id": hook.id, "url": hook.url, "events": hook.events, "jqlFilter": hook.filter,
            "expirationDate": hook.until.map(|until| until.as_millisecond())})
    };
    let values: Vec<Value> = world.hooks.all.iter().filter(|hook| hook.until.is_some()).map(shown).collect();
    let total = values.len();
    Ok(Answer::json(
        200,
        &json!({"isLast": true, "maxResults": 100, "startAt": 0, "total": total, "values": values}),
    ))
}

/// `refreshWebhooks`.
pub(super) fn refresh(world: &mut World, body: &Value) -> Reply {
    let until = month(world);
    let ids: Vec<u64> =
        body["webhookIds"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    for hook in world.hooks.all.iter_mut().filter(|hook| hook.until.is_some() && ids.contains(&hook.id)) {
        hook.until = until;
    }
    Ok(Answer::json(200, &json!({"expirationDate": until.map(|until| until.as_millisecond())})))
}

fn month(world: &World) -> Option<jiff::Timestamp> {
    world.now().checked_add(SignedDuration::from_hours(30 * 24)).ok()
}

fn events(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|event| event.as_str().map(str::to_owned)).collect()
}
