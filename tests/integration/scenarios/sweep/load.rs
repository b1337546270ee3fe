//! Much to file with a Jira that is busy all the time.

use serde_json::json;

use super::super::event::Event;
use super::super::sarif::{Found, found};
use super::super::shop::{Shop, only};
use crate::simulator::{Fault, Face, Kind, Nth};

const GROUPS: usize = 1_500;
const FINDINGS: usize = 5_000;

#[test]
fn fifteen_hundred_groups_are_filed_once_though_every_fifth_request_is_refused() {
    let all: Vec<Found> = (0..FINDINGS)
        .map(|n| found(&format!("R{}", n % GROUPS), &format!("src/f{n}.py"), 3, &format!("call_{n}(x)")))
        .collect();
    let shop = Shop::with(&all);
    shop.configure(json!({"max-new": GROUPS}));
    shop.sim.fault(Fault {
        face: Some(Face::JiraCloud),
        method: None,
        path_contains: String::new(),
        nth: Nth::Every(5),
        kind: Kind::Status(429, vec![("retry-after", "0".into())], String::new()),
    });
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.actions(), only("created", GROUPS));
    assert_eq!(ran.result["findings"]["kept"], FINDINGS);
    // a fifth of those sent are refused: ⌈1500/50⌉ creates, ⌈1500/100⌉ look-ups, and few more
    let (calls, refused) = (shop.calls(), shop.sim.journal().iter().filter(|one| one.status == Some(429)).count());
    assert!(calls - refused <= 30 + 15 + 8 && refused >= 9, "{calls} requests, {refused} refused");
    assert_eq!(shop.sim.state().issues.len(), GROUPS);
    shop.one_ticket_a_group(GROUPS);
    shop.sim.clear_faults();
    assert_eq!(shop.run_well(&Event::push("main", 2)).actions(), only("tracked", GROUPS));
    assert_eq!(shop.writes(), [""; 0]);
}
