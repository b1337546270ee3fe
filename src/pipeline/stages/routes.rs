//! What is known about groups before the plan: the routes that give them an additional ticket, and their owners.

use std::collections::BTreeMap;

use crate::compose::ticket::tell_apart;
use crate::config::Route;
use crate::group::identity::routed;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::survey::{Group, Survey};
use crate::pipeline::job::Job;
use crate::pipeline::stages::empty_tracker;
use crate::policy::condition::Facts;
use crate::policy::owners::{self, Owners};
use crate::policy::route::way;
use crate::report::checkout::GitCheckout;

/// The survey with an additional group for each route with `continue`, and with the groups' owners.
pub(crate) fn route(job: &Job<'_>, mut survey: Survey) -> Survey {
    let also = also(&survey.groups, &job.config.routes, &job.run.branch);
    survey.groups.extend(also);
    survey.groups.sort_by_key(Group::name);
    // a stopped run does so for the groups for which it plans
    if !job.stop.is_over() || !empty_tracker::leaves_out(&survey) {
        tell_apart(&mut survey);
    }
    let mut checkout = GitCheckout::open(&job.root);
    let text = owners::FILES.iter().find_map(|path| checkout.text(path, owners::FILE_LIMIT));
    if let Some(text) = text {
        let codeowners = Owners::parse(&text);
        let mut known: BTreeMap<&str, &[String]> = BTreeMap::new();
        for group in &survey.groups {
            let Some(worst) = group.worst() else { continue };
            let of = known.entry(&worst.location.path).or_insert_with_key(|path| codeowners.of(path));
            if !of.is_empty() {
                survey.owners.insert(group.name(), of.to_vec());
            }
        }
        if codeowners.is_spent() {
            let message =
                "has too many patterns to compare with this many paths, so some owners were not determined";
            survey.problems.push(Problem::new("CODEOWNERS", message).hint(
                "start patterns at the root (`/`), and use few wildcards in the name of their first folder",
            ));
        }
    }
    survey
}

/// The groups of routes with `continue`: the same findings under different names.
pub(crate) fn also(groups: &[Group], routes: &[Route], branch: &str) -> Vec<Group> {
    let mut also = Vec::new();
    for group in groups {
        let Some(facts) = Facts::of_worst(group) else { continue };
        for route in way(routes, &facts.on(branch)).also {
            let named = |names: &[Fingerprint]| names.iter().map(|name| routed(*name, &route.name)).collect();
            let (names, loose) = (named(&group.names), named(&group.loose));
            also.push(Group { names, loose, route: Some(route.name.clone()), ..group.clone() });
        }
    }
    also
}
