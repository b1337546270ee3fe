//! A server that lets few requests through is not asked more often than it wants.

use std::time::Duration;

use serde_json::json;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Shop};
use crate::simulator::{Kind, Limiter, Nth};

#[test]
fn a_low_rate_limit_without_retry_after_is_kept_to() {
    for (most, fill) in [(10, 10), (2, 2), (30, 5)] {
        let shop = Shop::on(Deployment::DataCenter);
        shop.report(&rules(12));
        shop.sim.limit(Some(Limiter::new(most, fill, Duration::from_secs(1))));
        let ran = shop.run_well(&Event::push("main", 1));
        assert_eq!(ran.result["tickets"].as_array().unwrap().len(), 12);
        let first = shop.sim.limit(Some(Limiter::new(most, fill, Duration::from_secs(1)))).unwrap();
        shop.run_well(&Event::push("main", 1));
        let second = shop.sim.limit(None).unwrap();
        println!("{most} by {fill}: {} and {} passed", first.passed, second.passed);
        println!("{most} by {fill}: {} and {} refused", first.refused, second.refused);
        // before the first answer nothing is known, and as many are on their way at once as a client sends
        assert!(first.refused <= 4 && second.refused <= 4, "{} and {}", first.refused, second.refused);
        shop.one_ticket_a_group(12);
    }
}

#[test]
fn a_long_pause_is_told_as_one_and_not_as_a_lost_network() {
    for deployment in Deployment::BOTH {
        let shop = Shop::on(deployment);
        shop.report(&rules(1));
        for (asked, expected) in
            [("1800", "30 minutes"), ("7201", "3 hours"), ("99999999999999999999999", "more than a year")]
        {
            let headers = vec![("Retry-After", asked.to_owned())];
            shop.fault("", Nth::From(1), Kind::Status(429, headers, "{}".to_owned()));
            let ran = shop.run(&Event::push("main", 1));
            shop.sim.clear_faults();
            assert_eq!(ran.code, 4, "{}", ran.errors);
            let why = format!("rate limit blocks further requests for another {expected}");
            assert!(ran.errors.contains(&why), "{}", ran.errors);
            assert!(ran.errors.contains(&format!("Run casefile again in {expected}")), "{}", ran.errors);
            assert!(!ran.errors.contains("Check the address, the network"), "{}", ran.errors);
        }
    }
}

#[test]
fn a_server_that_is_down_until_the_time_is_over_is_told_as_down() {
    for deployment in Deployment::BOTH {
        let shop = Shop::on(deployment);
        shop.configure(json!({}));
        shop.report(&rules(1));
        shop.fault("", Nth::From(1), Kind::Status(503, Vec::new(), "<html>maintenance".to_owned()));
        let ran = shop.run_with(&Event::push("main", 1), &["--time-limit", "2s"]);
        assert_eq!(ran.code, 4, "{}", ran.errors);
        assert!(ran.errors.contains("which may be down or busy (503)"), "{}", ran.errors);
        assert!(!ran.errors.contains("time limit"), "{}", ran.errors);
    }
}
