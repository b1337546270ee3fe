//! Much to file with a Jira that is busy all the time.

use serde_json::json;

use super::super::event::Event;
use super::super::sarif::{Found, found};
use super::super::shop::{Shop, only};
use crate::simulator::{Face, Fault, Kind, Nth};

#[test]
fn four_hundred_groups_are_filed_once_though_every_fifth_request_is_refused() {
    filed_once(1_200, 400);
}

/// So many findings in so many groups.
pub(super) fn filed_once(findings: usize, groups: usize) {
    let all: Vec<Found> = (0..findings)
        .map(|n| found(&format!("R{}", n % groups), &format!("src/f{n}.py"), 3, &format!("call_{n}(x)")))
        .collect();
    let shop = Shop::with(&all);
    shop.configure(json!({"max-new": groups}));
    shop.sim.fault(Fault {
        face: Some(Face::JiraCloud),
        method: None,
        path_contains: String::new(),
        nth: Nth::Every(5),
        kind: Kind::Status(429, vec![("retry-after", "0".into())], String::new()),
    });
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.actions(), only("created", groups));
    assert_eq!(ran.result["findings"]["kept"], findings);
    // the budget of requests (`CONTRIBUTING.md`), and a fifth of those sent are refused
    let calls = shop.calls();
    let refused = shop.sim.journal().iter().filter(|one| one.status == Some(429)).count();
    assert!(
        calls - refused <= groups.div_ceil(50) + groups.div_ceil(100) + 8 && refused * 5 + 4 >= calls,
        "{calls} requests, {refused} refused"
    );
    assert_eq!(shop.sim.state().issues.len(), groups);
    shop.one_ticket_a_group(groups);
    shop.sim.clear_faults();
    assert_eq!(shop.run_well(&Event::push("main", 2)).actions(), only("tracked", groups));
    assert_eq!(shop.writes(), [""; 0]);
}
