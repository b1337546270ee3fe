//! Paths of other machines: whatever a report calls a file, it is the repository's file.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{self, Found, found};
use super::shop::{Shop, only};

/// Spellings of `src/app/a.py` that reports of other machines have.
const SPELLINGS: [&str; 16] = [
    "src/app/a.py",
    "./src//app/x/../a.py",
    "src\\app\\a.py",
    "D:\\a\\shop\\shop\\src\\app\\a.py",
    "file:///D:/a/shop/shop/src/app/a.py",
    "file:///D%3A/a/shop/shop/src/app/%61.py",
    "/__w/shop/shop/src/app/a.py",
    "/opt/actions-runner/_work/shop/shop/src/app/a.py",
    "/home/runner/work/shop/shop/src/app/a.py",
    "file:///builds/acme/shop/src/app/a.py",
    "/src/src/app/a.py",
    "/src/app/a.py",
    "file:///github/workspace/src/app/a.py",
    "../../src/app/a.py",
    "/data/elsewhere/src/app/a.py",
    "C:/Users/me/checkouts/it/src/app/a.py",
];

fn shop(found: &[Found]) -> Shop {
    let shop = Shop::open();
    shop.write("src/app/a.py", "one\ntwo\ncall(x)\n");
    shop.write("setup.py", "setup()\n");
    shop.track("src/app/a.py");
    shop.track("setup.py");
    shop.report(found);
    shop
}

fn at(path: &str) -> Found {
    found("R1", path, 3, "call(x)")
}

#[test]
fn every_spelling_is_one_file_with_one_ticket() {
    let shop = shop(&[at(SPELLINGS[0])]);
    shop.configure(json!({"group-by": "vulnerability"}));
    assert_eq!(shop.run_well(&Event::push("main", 1)).actions(), only("created", 1));
    let link = "/blob/";
    let text = shop.ticket("SEC-1").description.to_string();
    assert!(text.contains(link) && text.contains("src/app/a.py#L3"), "{text}");
    for (n, spelling) in SPELLINGS.iter().enumerate() {
        shop.report(&[at(spelling)]);
        let ran = shop.run_well(&Event::push("main", 2 + n as u64));
        assert_eq!((ran.actions(), shop.writes()), (only("tracked", 1), Vec::new()), "{spelling}");
    }
    let all: Vec<Found> = SPELLINGS.iter().map(|spelling| at(spelling)).collect();
    shop.report(&all);
    let ran = shop.run_well(&Event::push("main", 99));
    assert_eq!((ran.actions(), shop.writes()), (only("tracked", 1), Vec::new()));
}

#[test]
fn conditions_and_owners_see_every_spelling() {
    for spelling in SPELLINGS {
        let shop = shop(&[at(spelling)]);
        shop.write("CODEOWNERS", "/src/app/ @acme/payments\n");
        shop.track("CODEOWNERS");
        let ran = shop.run_well(&Event::push("main", 1));
        assert_eq!(ran.actions(), only("created", 1), "{spelling}");
        let text = shop.ticket("SEC-1").description_text();
        assert!(text.contains("@acme/payments"), "{spelling}: {text}");
        shop.configure(json!({"ignore": [{"path": "src/app/**", "reason": "generated"}]}));
        let ran = shop.run_well(&Event::push("main", 2));
        assert_eq!(ran.result["findings"]["set_aside"], json!({"ignored": 1}), "{spelling}");
    }
}

#[test]
fn what_belongs_to_a_system_or_a_dependency_is_no_file_of_the_repository() {
    for foreign in [
        "/usr/lib/python3/dist-packages/six/setup.py",
        "/usr/lib/python3/src/app/a.py",
        "/home/me/other/setup.py",
        "../setup.py",
        "/opt/it/node_modules/lib/src/app/a.py",
    ] {
        let shop = shop(&[at(foreign)]);
        shop.configure(json!({"ignore": [{"path": "setup.py"}, {"path": "src/**"}]}));
        let ran = shop.run_well(&Event::push("main", 1));
        assert_eq!(ran.actions(), only("created", 1), "{foreign}");
        let text = shop.ticket("SEC-1").description.to_string();
        assert!(!text.contains("/blob/"), "{foreign}: {text}");
    }
}

#[test]
fn a_base_of_another_machine_goes_before_what_a_report_says() {
    let mut report: Value = serde_json::from_str(&sarif::report(&[at("app/a.py")])).unwrap();
    let run = &mut report["runs"][0];
    run["originalUriBaseIds"] = json!({"SRC": {"uri": "file:///D:/a/shop/shop/src/"}});
    run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = json!("SRC");
    let shop = shop(&[]);
    shop.write("reports/finder.sarif", &report.to_string());
    shop.configure(json!({"ignore": [{"path": "src/app/**"}]}));
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.result["findings"]["set_aside"], json!({"ignored": 1}));
}

#[test]
fn the_configurations_absolute_base_is_taken_off() {
    let shop = shop(&[found("R1", "/var/scan-17/no/such.py", 3, "call(x)")]);
    shop.configure(json!({
        "reports": [{"path": "reports/*.sarif", "base": "/var/scan-17/"}],
        "ignore": [{"path": "no/**"}],
    }));
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.result["findings"]["set_aside"], json!({"ignored": 1}));
}
