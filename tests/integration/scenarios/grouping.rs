//! The modes, and going from one to another.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{Found, found};
use super::shop::{Shop, only};

/// Two rules in two files each.
fn four() -> Vec<Found> {
    vec![
        found("R1", "src/a.py", 3, "one(a)"),
        found("R1", "src/b.py", 4, "one(b)"),
        found("R2", "src/a.py", 5, "two(a)"),
        found("R2", "src/b.py", 6, "two(b)"),
    ]
}

fn shop(mode: &str) -> Shop {
    let shop = Shop::with(&four());
    shop.configure(json!({"group-by": mode}));
    shop
}

/// The findings as they are now have the tickets that they had.
fn keeps(shop: &Shop, all: &[Found], tickets: usize) {
    shop.report(all);
    let ran = shop.run_well(&Event::push("main", 2));
    assert!(
        ran.actions().keys().all(|action| action == "tracked" || action == "updated"),
        "{:?}",
        ran.tickets()
    );
    assert!(!shop.writes().iter().any(|write| write.starts_with("POST")), "{:?}", shop.writes());
    shop.one_ticket_a_group(tickets);
    shop.run_well(&Event::push("main", 3));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn each_mode_files_by_its_own_groups() {
    for (mode, tickets) in [("vulnerability", 4), ("type", 2), ("file", 2), ("package", 2)] {
        let shop = shop(mode);
        assert_eq!(shop.run_well(&Event::push("main", 1)).actions(), only("created", tickets), "{mode}");
        keeps(&shop, &four(), tickets);
    }
}

#[test]
fn a_mode_can_be_a_kinds_own() {
    let shop = Shop::with(&four());
    shop.configure(json!({"group-by": {"code": "vulnerability", "dependency": "file"}}));
    assert_eq!(shop.run_well(&Event::push("main", 1)).actions(), only("created", 4));
}

#[test]
fn an_edited_line_keeps_its_ticket() {
    let shop = shop("vulnerability");
    shop.run_well(&Event::push("main", 1));
    let mut edited = four();
    edited[0] = found("R1", "src/a.py", 3, "one(changed, twice)");
    keeps(&shop, &edited, 4);
}

#[test]
fn a_moved_file_keeps_its_ticket() {
    let shop = shop("vulnerability");
    shop.run_well(&Event::push("main", 1));
    let mut moved = four();
    moved[0] = found("R1", "lib/a.py", 30, "one(a)");
    moved[2] = found("R2", "lib/a.py", 50, "two(a)");
    keeps(&shop, &moved, 4);
}

#[test]
fn another_mode_files_nothing_that_is_held_already() {
    for (from, to) in [("type", "file"), ("file", "vulnerability"), ("vulnerability", "type")] {
        let shop = shop(from);
        let before = shop.run_well(&Event::push("main", 1)).tickets().len();
        shop.configure(json!({"group-by": to}));
        keeps(&shop, &four(), before);
        // What no ticket holds is filed in the new mode.
        let mut more = four();
        more.push(found("R3", "src/c.py", 9, "three(c)"));
        shop.report(&more);
        let ran = shop.run_well(&Event::push("main", 4));
        assert_eq!(ran.actions().get("created"), Some(&1), "{from} to {to}: {:?}", ran.tickets());
        shop.one_ticket_a_group(before + 1);
    }
}

/// Trivy's report of these advisories on one installed version of lodash, each with the version that fixes it.
fn lodash(installed: &str, advisories: &[(&str, &str, &str)]) -> String {
    let found = advisories.iter().map(|(id, severity, fixed)| {
        json!({"VulnerabilityID": id, "PkgName": "lodash", "InstalledVersion": installed, "FixedVersion": fixed,
            "PkgIdentifier": {"PURL": format!("pkg:npm/lodash@{installed}")}, "Severity": severity, "Title": format!("Fault {id}")})
    });
    let found: Vec<Value> = found.collect();
    json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem",
        "Results": [{"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": found}]})
    .to_string()
}

#[test]
fn a_package_has_one_ticket_that_follows_its_upgrades() {
    let shop = Shop::open();
    shop.configure(json!({"reports": ["trivy.json"], "group-by": {"dependency": "package"}}));
    let two = [("CVE-2020-8203", "HIGH", "4.17.19"), ("CVE-2021-23337", "CRITICAL", "4.17.21")];
    shop.write("trivy.json", &lodash("4.17.15", &two));
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.open_tickets(), ["SEC-1"]);
    let summary = "[casefile] Update lodash 4.17.15 → 4.17.21 (2 advisories, critical)";
    assert_eq!(shop.ticket("SEC-1").summary, summary);
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.writes(), [""; 0], "nothing changed");
    // an upgrade that fixes one of them
    shop.write("trivy.json", &lodash("4.17.19", &two[1..]));
    shop.run_well(&Event::push("main", 3));
    assert_eq!(shop.open_tickets(), ["SEC-1"]);
    let summary = "[casefile] Update lodash 4.17.19 → 4.17.21 (CVE-2021-23337, critical)";
    assert_eq!(shop.ticket("SEC-1").summary, summary);
    // a new one on what is installed joins the ticket
    let three = [two[1], ("CVE-2025-13465", "MEDIUM", "4.17.23")];
    shop.write("trivy.json", &lodash("4.17.19", &three));
    shop.run_well(&Event::push("main", 4));
    assert_eq!(shop.open_tickets(), ["SEC-1"]);
    assert!(shop.ticket("SEC-1").summary.contains("→ 4.17.23 (2 advisories, critical)"));
}
