//! Creates without a clear response: their tickets are searched for, several times, and the creates are never sent again.

use std::collections::BTreeSet;
use std::time::Duration;

use super::outcomes::Outcomes;
use crate::http::Stop;
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::fingerprint::Fingerprint;
use crate::model::ticket::Ticket;
use crate::model::write::Draft;
use crate::tracker::{Made, Write};

/// Pauses between searches, in milliseconds: a search index lags by some 2 seconds, and a server that broke off may
/// still be working.
const PAUSES: [u64; 4] = [500, 1_500, 3_000, 5_000];

/// Finds out what became of drafts whose create was not answered. What is still unknown then is not filed: the next run
/// will know.
pub(super) async fn look<T: Write>(
    tracker: &T,
    lost: &[(&Draft, Failure)],
    stop: &Stop,
    outcomes: &mut Outcomes,
) {
    let mut missing: Vec<&(&Draft, Failure)> = lost.iter().collect();
    for pause in PAUSES {
        if missing.is_empty() || !stop.pause(Duration::from_millis(pause)).await {
            break;
        }
        let Some(tickets) = candidates(tracker, &missing, outcomes).await else { continue };
        missing.retain(|(draft, _)| match made(draft, &tickets, outcomes) {
            Some(made) => {
                outcomes.seen.insert(made.id.clone());
                outcomes.made.insert(draft.group, made);
                false
            }
            None => true,
        });
    }
    outcomes.unfiled.extend(missing.into_iter().map(|(draft, failure)| (draft.group, failure.clone())));
}

/// The tickets that a search by label finds and, bypassing the index, those that follow the newest known key.
async fn candidates<T: Write>(
    tracker: &T,
    missing: &[&(&Draft, Failure)],
    outcomes: &Outcomes,
) -> Option<Vec<Ticket>> {
    let names: Vec<Fingerprint> =
        missing.iter().flat_map(|(draft, _)| draft.record.names.iter().copied()).collect();
    let Ok(Answer::Tickets(mut tickets)) = tracker.answer(&Ask::Labelled(names)).await else { return None };
    let projects: BTreeSet<&str> = missing.iter().map(|(draft, _)| draft.project.as_str()).collect();
    for project in projects {
        let keys = outcomes.made.values().map(|made| &made.key);
        let newest = keys.filter(|key| key.project() == project).map(|key| key.number()).max();
        tickets.extend(tracker.newer(project, newest).await.ok()?);
    }
    Some(tickets)
}

/// The oldest open ticket that carries the draft's name and is not another draft's.
fn made(draft: &Draft, tickets: &[Ticket], outcomes: &Outcomes) -> Option<Made> {
    let taken: BTreeSet<u64> = outcomes.made.values().map(|made| made.id.id).collect();
    tickets
        .iter()
        .filter(|ticket| ticket.is_open() && !taken.contains(&ticket.id.id))
        .filter(|ticket| ticket.all_names().contains(&draft.group))
        .min_by_key(|ticket| ticket.id.id)
        .map(|ticket| Made { id: ticket.id.clone(), key: ticket.key.clone() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::document::Document;
    use crate::model::fingerprint::Recipe;
    use crate::model::record::Record;
    use crate::model::ticket::{Category, Status, TicketId, TicketKey, label};

    fn name(group: &str) -> Fingerprint {
        Recipe::new(group).finish()
    }

    fn draft(group: &str) -> Draft {
        let record = json!({"version": 1, "revision": 1, "repository": "r", "site": "s", "names": [name(group)],
            "mode": "type", "origin": {}, "first-seen": "2026-01-01", "severity": "low"});
        Draft {
            group: name(group),
            project: "SEC".to_owned(),
            issue_type: "1".to_owned(),
            summary: String::new(),
            body: Document::default(),
            describes: true,
            labels: Vec::new(),
            fields: Vec::new(),
            record: Record::read(&record).unwrap(),
            slices: Vec::new(),
        }
    }

    fn ticket(id: u64, group: &str, category: Category) -> Ticket {
        Ticket {
            id: TicketId { site: "s".to_owned(), id },
            key: TicketKey::parse(&format!("SEC-{id}")).unwrap(),
            url: String::new(),
            summary: String::new(),
            status: Status { id: "1".to_owned(), name: "x".to_owned(), category },
            resolution: None,
            resolved: None,
            priority: None,
            assignee: None,
            due: None,
            labels: vec![label(name(group))],
            creator: None,
            created: None,
            record: None,
            own: BTreeMap::new(),
        }
    }

    #[test]
    fn the_oldest_open_ticket_of_the_name_that_is_nobodys_is_the_one_that_was_made() {
        let mut outcomes = Outcomes::default();
        let all = [
            ticket(1, "a", Category::Done),
            ticket(2, "b", Category::New),
            ticket(3, "a", Category::New),
            ticket(5, "a", Category::New),
            ticket(4, "a", Category::InProgress),
        ];
        let mut found = |tickets: &[Ticket]| {
            let found = made(&draft("a"), tickets, &outcomes)?;
            outcomes.made.insert(name(&found.key.to_string()), found.clone());
            Some(found.id.id)
        };
        assert_eq!(found(&all[..2]), None, "one is done, and one is another group's");
        // each result belongs to one draft only
        assert_eq!([found(&all), found(&all), found(&all), found(&all)], [Some(3), Some(4), Some(5), None]);
    }
}
