//! Removes casefile's marks from tickets, which otherwise stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::record::{Pending, Record};
use crate::model::repository;
use crate::model::repository::Repository;
use crate::model::scan::Problem;
use crate::model::ticket::{LABEL, Ticket, label_name};
use crate::model::write::{Edit, Ref};
use crate::plan::pull_request::retract::global_ids;
use crate::plan::types::plan::{Plan, Step, Work};

/// Removes labels, record, slices and links to pull requests from a repository's tickets, done or not. `resolving`: for
/// each ticket, the pull requests whose section says that they resolve it, because a record forgets those that were
/// merged.
///
/// A ticket that two repositories share loses only this one's labels. What a later version of casefile wrote is left
/// alone.
pub fn disconnect(
    tickets: &[Ticket],
    repository: &Repository,
    resolving: &BTreeMap<u64, BTreeSet<u64>>,
) -> Plan {
    let mut plan = Plan::default();
    let own = repository.labels();
    for ticket in tickets.iter().filter(|ticket| ticket.has_any(&own)) {
        if ticket.record.as_ref().is_some_and(Record::is_later) {
            let message =
                "a later version of casefile wrote this ticket's record, so the ticket is left unchanged";
            let problem = Problem::new(ticket.key.as_str(), message);
            plan.problems.push(problem.hint("Run `casefile disconnect` with that version, or a later one."));
            continue;
        }
        let shared = ticket.labels.iter().any(|label| repository::is_label(label) && !own.contains(label));
        let steps = if shared {
            let labels_removed = ticket.labels.iter().filter(|label| own.contains(label)).cloned().collect();
            vec![Step::Edit(Box::new(Edit { labels_removed, ..Edit::default() }))]
        } else {
            let links = links(ticket, repository, resolving).into_iter().map(Step::Unremote);
            links.chain([unmark(ticket, &own)]).collect()
        };
        plan.works.push(Work { on: Ref::Known(ticket.id.clone()), steps });
    }
    plan.naming(tickets)
}

fn unmark(ticket: &Ticket, own: &[String]) -> Step {
    let is_ours = |label: &&String| *label == LABEL || own.contains(label) || label_name(label).is_some();
    let labels = ticket.labels.iter().filter(is_ours).cloned().collect();
    let slices = ticket.record.iter().flat_map(|record| record.slices.keys()).cloned().collect();
    Step::Unmark(labels, slices)
}

/// The ids of the links that casefile made, or may have made.
fn links(
    ticket: &Ticket,
    repository: &Repository,
    resolving: &BTreeMap<u64, BTreeSet<u64>>,
) -> BTreeSet<String> {
    let record = ticket.record.iter();
    let pending = record.clone().flat_map(|record| &record.pending).filter_map(|pending| match pending {
        Pending::Remote { id, .. } => Some(id.clone()),
        Pending::Link(..) | Pending::Go(_) | Pending::Attach(_) => None,
    });
    let announced = record.flat_map(|record| &record.remediation);
    let shown = resolving.get(&ticket.id.id).into_iter().flatten();
    let pulls = announced.chain(shown).flat_map(|number| global_ids(repository, *number));
    pulls.chain(pending).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::fingerprint::Recipe;
    use crate::model::ticket::{Category, Status, TicketId, TicketKey, label};

    fn repository() -> Repository {
        Repository {
            host: "github.com".to_owned(),
            id: Some(4711),
            name: "acme/shop".to_owned(),
            also: Vec::new(),
        }
    }

    fn ticket(labels: &[&str], record: serde_json::Value) -> Ticket {
        let mut all = json!({"version": 1, "revision": 1, "repository": "r", "site": "s", "names": [],
            "mode": "type", "origin": {}, "first-seen": "2026-01-01", "severity": "low"});
        all.as_object_mut().unwrap().extend(record.as_object().unwrap().clone());
        Ticket {
            id: TicketId { site: "s".to_owned(), id: 5 },
            key: TicketKey::parse("SEC-5").unwrap(),
            url: String::new(),
            summary: String::new(),
            status: Status { id: "1".to_owned(), name: "Done".to_owned(), category: Category::Done },
            resolution: None,
            resolved: None,
            priority: None,
            assignee: None,
            due: None,
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            creator: None,
            created: None,
            record: Record::read(&all),
            own: BTreeMap::new(),
        }
    }

    /// The steps for a ticket, and the number of problems.
    fn check(labels: &[&str], record: serde_json::Value, expected: &[Step], problems: usize) {
        check_of(&repository(), labels, record, expected, problems);
    }

    fn check_of(
        repository: &Repository,
        labels: &[&str],
        record: serde_json::Value,
        expected: &[Step],
        problems: usize,
    ) {
        let resolving = BTreeMap::from([(5, BTreeSet::from([7, 8])), (6, BTreeSet::from([9]))]);
        let plan = disconnect(&[ticket(labels, record)], repository, &resolving);
        let steps: Vec<Step> = plan.works.into_iter().flat_map(|work| work.steps).collect();
        assert_eq!((steps.as_slice(), plan.problems.len()), (expected, problems));
    }

    #[test]
    fn every_mark_goes_and_nothing_of_peoples() {
        let own = repository().labels().concat();
        let name = label(Recipe::new("x").finish());
        let labels = ["casefile", &own, &name, "casefile-friends", "security"];
        let link = |number| Step::Unremote(global_ids(&repository(), number).concat());
        let ours: Vec<String> = labels[..3].iter().map(|label| (*label).to_owned()).collect();
        let unmark = Step::Unmark(ours, Vec::new());
        let seven_eight_nine = [link(7), link(8), link(9), unmark.clone()];
        check(&labels, json!({"remediation": [8, 9]}), &seven_eight_nine, 0);
        let owed = json!({"pending": [{"remote": {"id": "z", "title": "t", "url": "u"}}]});
        check(&labels, owed, &[link(7), link(8), Step::Unremote("z".to_owned()), unmark], 0);
    }

    #[test]
    fn a_repository_that_is_known_by_several_names_loses_all_of_them() {
        let named = Repository::named("github.com/acme/shop").unwrap();
        let known = repository().known_as(&[named]);
        let [number, name] = known.labels().try_into().unwrap();
        let links: Vec<Step> =
            [7, 8].into_iter().flat_map(|pull| global_ids(&known, pull)).map(Step::Unremote).collect();
        assert_eq!(links.len(), 4);
        let unmark =
            |labels: &[&str]| Step::Unmark(labels.iter().map(|label| (*label).to_owned()).collect(), vec![]);
        let check = |labels: &[&str]| {
            let mut steps = links.clone();
            steps.sort_by_key(|step| format!("{step:?}"));
            steps.push(unmark(labels));
            check_of(&known, labels, json!({}), &steps, 0);
        };
        check(&["casefile", &number, &name]);
        check(&["casefile", &name]);
        let less = Edit { labels_removed: vec![number.clone(), name.clone()], ..Edit::default() };
        let shared = ["casefile", &number, &name, "casefile-repo-000000000000"];
        check_of(&known, &shared, json!({}), &[Step::Edit(Box::new(less))], 0);
    }

    #[test]
    fn what_is_not_this_repositorys_alone_stays() {
        let own = repository().labels().concat();
        let less = Edit { labels_removed: vec![own.clone()], ..Edit::default() };
        check(&["casefile", &own, "casefile-repo-000000000000"], json!({}), &[Step::Edit(Box::new(less))], 0);
        check(&["casefile", "casefile-repo-000000000000"], json!({}), &[], 0);
        check(&["casefile", &own], json!({"version": 2}), &[], 1);
    }
}
