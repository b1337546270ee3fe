//! GitHub's own alerts as a source, and what becomes of them when people close or reopen tickets.

use serde_json::{Value, json};

use super::event::{Event, commit};
use super::sarif::rules;
use super::shop::Shop;
use crate::simulator::{Face, Fault, Kind, Nth, World};

const CODE: &str = "github:code-scanning";
const DEPENDABOT: &str = "github:dependabot";

/// A shop that reads these reports, while GitHub has these alerts.
fn shop(reports: Value, more: Value, arrange: impl FnOnce(&mut World)) -> Shop {
    let shop = Shop::open();
    let mut configuration = json!({"reports": reports});
    for (key, value) in more.as_object().into_iter().flatten() {
        configuration[key.as_str()] = value.clone();
    }
    shop.configure(configuration);
    arrange(&mut shop.sim.state());
    shop
}

/// One alert of code scanning, and one of Dependabot.
fn two(world: &mut World) {
    let alerts = &mut world.github.repository_mut("acme/shop").unwrap().alerts;
    alerts.analyse("Finder", "main", &commit(1));
    alerts.code(1, "Finder", "R1", "src/f1.py", 3);
    alerts.dependency(1, "lodash", "GHSA-aaaa-bbbb-cccc", "CVE-2026-1");
}

fn set(shop: &Shop, feed: &str, number: u64, fields: Value) {
    let mut world = shop.sim.state();
    assert!(world.github.repository_mut("acme/shop").unwrap().alerts.set(feed, number, fields));
}

fn alert(shop: &Shop, feed: &str, number: u64) -> Value {
    shop.sim.state().github.repository("acme/shop").unwrap().alerts.get(feed, number).unwrap().clone()
}

/// What GitHub is asked for, as `path?query`.
fn asked(shop: &Shop) -> Vec<String> {
    let github = shop.sim.journal().into_iter().filter(|one| one.face == Face::GitHub && one.method == "GET");
    github
        .map(|one| {
            let query: Vec<String> =
                one.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{}?{}", one.path.trim_start_matches("/repos/acme/shop/"), query.join("&"))
        })
        .filter(|path| path.contains("alerts") || path.contains("analyses"))
        .collect()
}

#[test]
fn alerts_become_tickets_that_link_to_them() {
    let shop = shop(json!([CODE, DEPENDABOT, "github:secret-scanning"]), json!({}), |world| {
        two(world);
        world.github.repository_mut("acme/shop").unwrap().alerts.secret(9, "some_key", "a.env", 4);
    });
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.tickets(), ["created SEC-1", "created SEC-2", "created SEC-3"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 201"; 2]);
    let texts: String =
        ["SEC-1", "SEC-2", "SEC-3"].map(|key| shop.ticket(key).description.to_string()).concat();
    for page in ["code-scanning/1", "dependabot/1", "secret-scanning/9"] {
        assert!(
            texts.contains(&format!("https://github.com/acme/shop/security/{page}\"")),
            "{page}: {texts}"
        );
    }
    assert!(!texts.contains("hunter2"), "{texts}");
    assert_eq!(
        asked(&shop),
        [
            "code-scanning/analyses?ref=refs/heads/main&per_page=100",
            "code-scanning/alerts?ref=refs/heads/main&state=open&sort=created&direction=asc&per_page=100",
            "code-scanning/alerts?ref=refs/heads/main&state=dismissed&sort=created&direction=asc&per_page=100",
            "dependabot/alerts?state=open,dismissed,auto_dismissed&sort=created&direction=asc&per_page=100",
            "secret-scanning/alerts?hide_secret=true&sort=created&direction=asc&per_page=100",
        ]
    );
    assert_eq!(ran.result["reports"][0]["path"], json!(CODE));
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn all_pages_are_read() {
    let shop = shop(json!([CODE, DEPENDABOT]), json!({}), |world| {
        two(world);
        let alerts = &mut world.github.repository_mut("acme/shop").unwrap().alerts;
        (2..=250).for_each(|number| alerts.code(number, "Finder", "R1", &format!("src/f{number}.py"), 3));
        let advisory =
            |number| (format!("p{number}"), format!("GHSA-{number}"), format!("CVE-2026-{number}"));
        (2..=101).for_each(|number| {
            let (package, ghsa, cve) = advisory(number);
            alerts.dependency(number, &package, &ghsa, &cve);
        });
    });
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!(ran.result["findings"]["read"], json!(351), "{}", ran.errors);
    let pages: Vec<String> = asked(&shop)
        .iter()
        .map(|path| {
            let page = path.split_once("&page=").or(path.split_once("&after=")).map_or("", |(_, page)| page);
            format!("{} {page}", path.split('/').next().unwrap())
        })
        .collect();
    let code = ["", "", "3", "2", "", ""].map(|page| format!("code-scanning {page}"));
    let dependabot = ["", "cursor,100"].map(|page| format!("dependabot {page}"));
    assert_eq!(
        pages,
        [&code[..], &dependabot[..]].concat(),
        "the last page first: what moves up is not missed"
    );
}

#[test]
fn a_pull_request_reads_its_own_merge() {
    let shop = shop(json!([CODE]), json!({}), |_| {});
    let ran = shop.run(&Event::pull_request(7, "feature", 2));
    assert_eq!(asked(&shop), ["code-scanning/analyses?ref=refs/pull/7/merge&per_page=100"]);
    // its analysis may still be running
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert!(ran.errors.contains("no analysis of refs/pull/7/merge yet"), "{}", ran.errors);
}

#[test]
fn alerts_that_cannot_be_read_are_a_report_that_could_not_be_read() {
    let check = |feed: &str, event: &Event, words: &[&str]| {
        let shop = shop(json!([feed, "reports/*.sarif"]), json!({}), |_| {});
        shop.report(&rules(1));
        let ran = shop.run(event);
        ran.fails(3, words);
        assert_eq!(ran.tickets(), ["created SEC-1"], "the other report is handled");
    };
    let push = Event::push("main", 1);
    check(CODE, &push, &["no code-scanning analysis of refs/heads/main", "uploaded its results"]);
    check(DEPENDABOT, &push, &["Dependabot alerts are disabled", "vulnerability-alerts: read"]);
    check("github:secret-scanning", &push, &["that this token can see", "Secret scanning alerts: read"]);
    check(DEPENDABOT, &push.clone().with("GITHUB_TOKEN", ""), &["GITHUB_TOKEN is not set"]);
}

#[test]
fn a_token_without_the_permission_is_told_which_one() {
    let shop = shop(json!([DEPENDABOT]), json!({}), two);
    let body = json!({"message": "Resource not accessible by integration"}).to_string();
    refuse(&shop, "GET", Nth::From(1), Kind::Status(403, Vec::new(), body));
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(3, &["is not allowed to read these alerts", "vulnerability-alerts: read"]);
}

#[test]
fn a_rate_limit_is_waited_for() {
    let shop = shop(json!([DEPENDABOT]), json!({}), two);
    refuse(
        &shop,
        "GET",
        Nth::Only(1),
        Kind::Status(429, vec![("retry-after", "1".to_owned())], String::new()),
    );
    assert_eq!(shop.run_well(&Event::push("main", 1)).tickets(), ["created SEC-1"]);
}

fn refuse(shop: &Shop, method: &'static str, nth: Nth, kind: Kind) {
    let path_contains = "/alerts".to_owned();
    shop.sim.fault(Fault { face: Some(Face::GitHub), method: Some(method), path_contains, nth, kind });
}

#[test]
fn an_unknown_feed_is_a_wrong_argument() {
    let shop = shop(json!([CODE]), json!({}), two);
    let ran = shop.run_with(&Event::push("main", 1), &["--reports", "github:dependbot"]);
    ran.fails_early(2, &["github:dependbot", "github:dependabot"]);
}

#[test]
fn a_report_and_its_alerts_are_one_finding_whichever_comes_first() {
    for mode in ["type", "vulnerability", "file"] {
        for first in [CODE, "reports/*.sarif"] {
            let shop = shop(json!([first]), json!({"group-by": mode}), two);
            shop.report(&rules(1));
            assert_eq!(shop.run_well(&Event::push("main", 1)).tickets(), ["created SEC-1"]);
            shop.configure(json!({"reports": [CODE, "reports/*.sarif"], "group-by": mode}));
            let ran = shop.run_well(&Event::push("main", 2));
            assert_eq!(ran.actions().into_keys().collect::<Vec<_>>(), ["tracked"], "{mode}, first {first}");
            assert_eq!(ran.result["findings"]["read"], json!(2));
            shop.one_ticket_a_group(1);
            shop.run_well(&Event::push("main", 3));
            assert_eq!(shop.writes(), [""; 0], "{mode}, first {first}");
        }
    }
}

#[test]
fn an_accepted_finding_stays_accepted_when_its_alert_is_read_as_well() {
    let shop = shop(json!(["reports/*.sarif"]), json!({}), two);
    shop.report(&rules(1));
    shop.run_well(&Event::push("main", 1));
    shop.go("SEC-1", "Won't Do");
    shop.configure(json!({"reports": [CODE, "reports/*.sarif"]}));
    let ran = shop.run_well(&Event::push("main", 2));
    assert_eq!(ran.result["findings"], json!({"read": 2, "kept": 0, "set_aside": {"accepted": 2}}));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn what_a_person_dismissed_is_set_aside_wherever_it_came_from() {
    let shop = shop(json!([CODE, DEPENDABOT, "reports/*.sarif"]), json!({}), two);
    shop.report(&rules(2));
    let fields =
        json!({"state": "dismissed", "dismissed_reason": "false positive", "dismissed_comment": "No."});
    set(&shop, "code-scanning", 1, fields);
    set(&shop, "dependabot", 1, json!({"state": "auto_dismissed"}));
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.result["findings"], json!({"read": 4, "kept": 1, "set_aside": {"suppressed": 3}}));
    assert_eq!(ran.tickets(), ["created SEC-1"]);
}

#[test]
fn what_is_fixed_is_not_read() {
    let shop = shop(json!([CODE, DEPENDABOT]), json!({}), two);
    set(&shop, "code-scanning", 1, json!({"state": "fixed"}));
    set(&shop, "dependabot", 1, json!({"state": "fixed"}));
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.result["findings"]["read"], json!(0));
    let scanners: Vec<&Value> =
        ran.result["reports"].as_array().unwrap().iter().map(|one| &one["scanner"]).collect();
    assert_eq!(scanners, ["Finder", "Dependabot"], "they looked, and found nothing");
}

/// A shop with `github.dismiss-alerts` whose alerts have tickets: SEC-1 and SEC-2.
fn echoing() -> Shop {
    let shop = shop(json!([CODE, DEPENDABOT]), json!({"github": {"dismiss-alerts": true}}), two);
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.tickets(), ["created SEC-1", "created SEC-2"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 201"; 2]);
    shop
}

#[test]
fn an_accepted_ticket_dismisses_its_alert_and_a_reopened_one_opens_it() {
    let shop = echoing();
    ["SEC-1", "SEC-2"].iter().for_each(|key| shop.go(key, "Won't Do"));
    let planned = shop.plan(&Event::push("main", 2)).result["alerts"][0].clone();
    assert_eq!((&planned["action"], &planned["reason"]), (&json!("dismiss"), &json!("won't fix")));
    let ran = shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.writes(), ["PATCH code-scanning/alerts/1 200", "PATCH dependabot/alerts/1 200"]);
    assert_eq!(ran.result["findings"]["set_aside"], json!({"accepted": 2}));
    let told = |number: usize| ran.result["alerts"][number].clone();
    let (code, dependency) = (alert(&shop, "code-scanning", 1), alert(&shop, "dependabot", 1));
    for (told, alert, reason) in [(told(0), code, "won't fix"), (told(1), dependency, "tolerable_risk")] {
        assert_eq!((&alert["state"], &alert["dismissed_reason"]), (&json!("dismissed"), &json!(reason)));
        let comment = format!("casefile: {} is closed as accepted", told["ticket"].as_str().unwrap());
        assert_eq!(alert["dismissed_comment"], json!(comment));
        assert_eq!((&told["action"], &told["reason"]), (&json!("dismissed"), &json!(reason)));
    }

    let again = shop.run_well(&Event::push("main", 3));
    assert_eq!(again.result["findings"]["set_aside"], json!({"accepted": 2}));
    assert_eq!(shop.writes(), [""; 0]);

    ["SEC-1", "SEC-2"].iter().for_each(|key| shop.go(key, "To Do"));
    let ran = shop.run_well(&Event::push("main", 4));
    assert_eq!(ran.tickets(), ["tracked SEC-1", "tracked SEC-2"]);
    assert_eq!(shop.writes(), ["PATCH code-scanning/alerts/1 200", "PATCH dependabot/alerts/1 200"]);
    assert_eq!(alert(&shop, "code-scanning", 1)["state"], json!("open"));
    shop.run_well(&Event::push("main", 5));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn what_a_person_dismissed_is_not_opened_again() {
    let shop = echoing();
    set(&shop, "code-scanning", 1, json!({"state": "dismissed", "dismissed_reason": "won't fix"}));
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.open_tickets(), ["SEC-1", "SEC-2"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn only_those_who_may_dismiss_do() {
    let check = |event: &Event, more: Value| {
        let shop = echoing();
        ["SEC-1", "SEC-2"].iter().for_each(|key| shop.go(key, "Won't Do"));
        shop.sim.state().github.repository_mut("acme/shop").unwrap().alerts.analyse(
            "Finder",
            "other",
            &commit(2),
        );
        let mut configuration = json!({"reports": [DEPENDABOT], "github": {"dismiss-alerts": true}});
        for (key, value) in more.as_object().unwrap() {
            configuration[key.as_str()] = value.clone();
        }
        shop.configure(configuration);
        shop.run(event);
        let writes = shop.writes();
        assert!(!writes.iter().any(|write| write.contains("alerts")), "{writes:?}");
    };
    check(&Event::push("main", 2), json!({"github": {"dismiss-alerts": false}}));
    check(&Event::push("other", 2), json!({}));
    check(&Event::pull_request(7, "feature", 2), json!({}));
    check(&Event::fork(7, "feature", 2), json!({}));
    check(&Event::tag("main", 2), json!({}));
    check(&Event::merge_group(2), json!({}));
}

#[test]
fn a_file_of_alerts_dismisses_nothing() {
    let shop = echoing();
    let dump = json!([alert(&shop, "code-scanning", 1)]).to_string();
    shop.write("reports/alerts.json", &dump);
    shop.go("SEC-1", "Won't Do");
    shop.go("SEC-2", "Won't Do");
    shop.configure(json!({"reports": ["reports/alerts.json"], "github": {"dismiss-alerts": true}}));
    let ran = shop.run_well(&Event::push("main", 2));
    assert_eq!(ran.result["findings"]["set_aside"], json!({"accepted": 1}));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_refused_dismissal_costs_nothing_else() {
    let shop = echoing();
    ["SEC-1", "SEC-2"].iter().for_each(|key| shop.go(key, "Won't Do"));
    let alerts = |world: &mut World| {
        let alerts = &mut world.github.repository_mut("acme/shop").unwrap().alerts;
        alerts.code(2, "Finder", "R1", "src/f1.py", 30);
    };
    alerts(&mut shop.sim.state());
    let ran = shop.run(&Event::push("main", 2).with("GITHUB_TOKEN", "gh-read-only"));
    ran.fails(
        4,
        &["is not allowed to change these alerts", "security-events: write", "Dependabot alerts: write"],
    );
    assert_eq!(ran.tickets(), ["created SEC-3"]);
    assert_eq!(
        shop.writes(),
        ["POST issue/bulk 201", "PATCH code-scanning/alerts/1 403", "PATCH dependabot/alerts/1 403"]
    );
}

#[test]
fn a_refiled_finding_opens_its_alert_again() {
    let shop = echoing();
    ["SEC-1", "SEC-2"].iter().for_each(|key| shop.go(key, "Won't Do"));
    shop.run_well(&Event::push("main", 2));
    // what is no longer called accepted is refiled at once
    let more = json!({
        "reports": [CODE], "github": {"dismiss-alerts": true},
        "recurrence": {"accepted": ["Risk Accepted"], "grace-days": 0},
    });
    shop.configure(more);
    let ran = shop.run_well(&Event::push("main", 3));
    assert_eq!(ran.actions().into_keys().collect::<Vec<_>>(), ["refiled"]);
    assert_eq!(alert(&shop, "code-scanning", 1)["state"], json!("open"));
    assert_eq!(alert(&shop, "dependabot", 1)["state"], json!("dismissed"), "it was not read");
    shop.run_well(&Event::push("main", 4));
    assert_eq!(shop.writes(), [""; 0]);
}
