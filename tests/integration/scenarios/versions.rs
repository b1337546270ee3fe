//! Scanners that have different ideas of a package's version see one hole: what was filed, accepted or done under one
//! of them stays so, whichever reports come, and in whichever order.

use serde_json::json;

use super::event::{Event, commit};
use super::shop::{Deployment, Shop};

/// A report that a scanner writes of lodash 4.17.20 in `package-lock.json`, with its file's name.
type Report = (&'static str, &'static str);

/// npm 7: an advisory of GitHub's, and no version.
const NPM: Report = (
    "npm-audit.json",
    r#"{"auditReportVersion":2,"vulnerabilities":{"lodash":{"name":"lodash","severity":"high","isDirect":true,"via":[{
        "source":1065,"name":"lodash","dependency":"lodash","title":"Command Injection in lodash",
        "url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","severity":"high","cwe":["CWE-94"],
        "cvss":{"score":7.2,"vectorString":"CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"},"range":"<4.17.21"}],
        "effects":[],"range":"<4.17.21","nodes":["node_modules/lodash"],"fixAvailable":true}},
        "metadata":{"vulnerabilities":{"high":1,"total":1}}}"#,
);

/// Trivy: the CVE alone, which no report joins with GitHub's advisory but Grype's and OSV-Scanner's.
const TRIVY: Report = (
    "trivy.json",
    r#"{"SchemaVersion":2,"ArtifactName":".","ArtifactType":"filesystem","Results":[{"Target":"package-lock.json",
        "Class":"lang-pkgs","Type":"npm","Vulnerabilities":[{"VulnerabilityID":"CVE-2021-23337","VendorIDs":["GHSA-35jh-r3h4-6jhm"],
        "PkgName":"lodash","PkgIdentifier":{"PURL":"pkg:npm/lodash@4.17.20"},"InstalledVersion":"4.17.20",
        "FixedVersion":"4.17.21","Severity":"HIGH","Title":"command injection via template"}]}]}"#,
);

const GRYPE: Report = (
    "grype.json",
    r#"{"matches":[{"vulnerability":{"id":"GHSA-35jh-r3h4-6jhm","severity":"High","description":"Command Injection in lodash",
        "fix":{"versions":["4.17.21"],"state":"fixed"}},"relatedVulnerabilities":[{"id":"CVE-2021-23337"}],"matchDetails":[],
        "artifact":{"name":"lodash","version":"4.17.20","type":"npm","purl":"pkg:npm/lodash@4.17.20",
        "locations":[{"path":"/package-lock.json"}]}}],
        "source":{"type":"directory","target":"."},"descriptor":{"name":"grype","version":"0.90.0"}}"#,
);

const OSV: Report = (
    "osv.json",
    r#"{"results":[{"source":{"path":"/home/runner/work/shop/shop/package-lock.json","type":"lockfile"},"packages":[{
        "package":{"name":"lodash","version":"4.17.20","ecosystem":"npm"},"vulnerabilities":[{"id":"GHSA-35jh-r3h4-6jhm",
        "aliases":["CVE-2021-23337"],"summary":"Command Injection in lodash","database_specific":{"severity":"HIGH"}}],
        "groups":[{"ids":["GHSA-35jh-r3h4-6jhm"],"aliases":["CVE-2021-23337","GHSA-35jh-r3h4-6jhm"],"max_severity":"7.2"}]}]}]}"#,
);

/// Trivy as it is where GitHub's advisory is not among the vendor's: the CVE alone.
const CVE: Report = (
    "trivy.json",
    r#"{"SchemaVersion":2,"ArtifactName":".","ArtifactType":"filesystem","Results":[{"Target":"package-lock.json",
        "Class":"lang-pkgs","Type":"npm","Vulnerabilities":[{"VulnerabilityID":"CVE-2021-23337",
        "PkgName":"lodash","PkgIdentifier":{"PURL":"pkg:npm/lodash@4.17.20"},"InstalledVersion":"4.17.20",
        "FixedVersion":"4.17.21","Severity":"HIGH","Title":"command injection via template"}]}]}"#,
);

/// A bill of materials that names no manifest, and the CVE alone.
const CYCLONEDX: Report = (
    "bom.json",
    r#"{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{"tools":[{"vendor":"acme","name":"bomber"}]},
        "components":[{"type":"library","bom-ref":"l","name":"lodash","version":"4.17.20","purl":"pkg:npm/lodash@4.17.20"}],
        "vulnerabilities":[{"id":"CVE-2021-23337","ratings":[{"severity":"high"}],"description":"Command Injection",
        "affects":[{"ref":"l"}]}]}"#,
);

const ALL: [Report; 4] = [NPM, TRIVY, GRYPE, OSV];

/// Those of which none but Grype's joins the CVE with GitHub's advisory.
const SOME: [Report; 4] = [NPM, CVE, GRYPE, CYCLONEDX];

fn shop(deployment: Deployment, mode: &str) -> Shop {
    let shop = Shop::on(deployment);
    shop.configure(json!({"reports": ["reports/*.json"], "group-by": mode}));
    shop
}

/// Replaces the reports.
fn put(shop: &Shop, reports: &[Report]) {
    for (name, _) in ALL.into_iter().chain(SOME) {
        let _gone: Result<(), _> = std::fs::remove_file(shop.checkout().join("reports").join(name));
    }
    reports.iter().for_each(|(name, text)| shop.write(&format!("reports/{name}"), text));
}

/// All subsets of the scanners that join a first one, or come in its place.
fn subsets(all: [Report; 4]) -> Vec<Vec<Report>> {
    (1..16_usize)
        .map(|bits| {
            all.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, one)| *one).collect()
        })
        .collect()
}

/// One ticket whatever comes, no word to people, and sums that add up.
fn check(deployment: Deployment, mode: &str, first: Report, act: impl Fn(&Shop)) {
    check_all(deployment, mode, ALL, first, act);
}

/// The same with these scanners.
fn check_all(deployment: Deployment, mode: &str, all: [Report; 4], first: Report, act: impl Fn(&Shop)) {
    let shop = shop(deployment, mode);
    put(&shop, &[first]);
    shop.run_well(&Event::push("main", 1));
    act(&shop);
    let comments = shop.ticket("SEC-1").comments.len();
    for (at, reports) in subsets(all).into_iter().enumerate() {
        let names: Vec<&str> = reports.iter().map(|(name, _)| *name).collect();
        put(&shop, &reports);
        let ran = shop.run(&Event::push("main", 2 + at as u64));
        let told = format!("{deployment:?} {mode} {first:?} then {names:?}: {:?}", ran.tickets());
        assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{told}");
        assert_eq!(shop.sim.state().issues.len(), 1, "{told}");
        assert_eq!(shop.ticket("SEC-1").comments.len(), comments, "{told}");
    }
}

#[test]
fn an_open_ticket_is_the_one_of_every_scanner_that_joins() {
    for mode in ["type", "vulnerability"] {
        ALL.iter().for_each(|first| check(Deployment::Cloud, mode, *first, |_| ()));
    }
}

#[test]
fn an_accepted_ticket_is_not_filed_again_when_a_scanner_joins() {
    for mode in ["type", "vulnerability", "file", "package"] {
        for first in ALL {
            check(Deployment::Cloud, mode, first, |shop| shop.go("SEC-1", "Won't Do"));
        }
    }
    check(Deployment::DataCenter, "type", NPM, |shop| shop.go("SEC-1", "Won't Do"));
}

/// Once one report joined the names, each of them is known; so is what names no manifest.
#[test]
fn an_accepted_ticket_is_known_by_each_name_and_without_its_manifest() {
    for mode in ["type", "vulnerability", "file", "package"] {
        check_all(Deployment::Cloud, mode, SOME, GRYPE, |shop| shop.go("SEC-1", "Won't Do"));
    }
    check_all(Deployment::DataCenter, "file", SOME, GRYPE, |shop| shop.go("SEC-1", "Won't Do"));
}

/// A report that names no manifest means each.
#[test]
fn what_was_accepted_without_a_manifest_is_accepted_in_each() {
    for mode in ["type", "vulnerability", "file", "package"] {
        let shop = shop(Deployment::Cloud, mode);
        put(&shop, &[CYCLONEDX]);
        shop.run_well(&Event::push("main", 1));
        shop.go("SEC-1", "Won't Do");
        let two = CVE.1.replace(
            r#""Results":["#,
            r#""Results":[{"Target":"web/package-lock.json","Class":"lang-pkgs","Type":"npm","Vulnerabilities":[{
            "VulnerabilityID":"CVE-2021-23337","PkgName":"lodash","PkgIdentifier":{"PURL":"pkg:npm/lodash@4.17.20"},
            "InstalledVersion":"4.17.20","Severity":"HIGH"}]},"#,
        );
        for reports in [vec![CVE], vec![CVE, CYCLONEDX], vec![GRYPE]] {
            put(&shop, &reports);
            if reports.contains(&CVE) {
                shop.write("reports/trivy.json", &two);
            }
            let ran = shop.run_well(&Event::push("main", 2));
            let told = format!("{mode} {reports:?}: {:?}", ran.tickets());
            let comments = shop.ticket("SEC-1").comments.len();
            assert_eq!((shop.sim.state().issues.len(), comments), (1, 0), "{told}");
        }
    }
}

/// An open ticket is the one of a report without a manifest as well, and nothing is said of that.
#[test]
fn an_open_ticket_is_known_without_its_manifest() {
    for mode in ["type", "vulnerability", "package"] {
        check_all(Deployment::Cloud, mode, SOME, GRYPE, |_| ());
    }
}

#[test]
fn a_done_ticket_has_its_days_of_grace_whichever_scanner_joins() {
    for first in ALL {
        check(Deployment::Cloud, "type", first, |shop| {
            shop.go("SEC-1", "Done");
            // it is told once that the finding is still there
            shop.run_well(&Event::push("main", 1));
        });
    }
}

#[test]
fn two_versions_of_one_package_are_what_an_audit_without_versions_means() {
    let two = TRIVY.1.replace(
        r#""Title":"command injection via template"}"#,
        r#""Title":"command injection via template"},{"VulnerabilityID":"CVE-2021-23337","VendorIDs":["GHSA-35jh-r3h4-6jhm"],
        "PkgName":"lodash","PkgIdentifier":{"PURL":"pkg:npm/lodash@3.10.1"},"InstalledVersion":"3.10.1","Severity":"HIGH"}"#,
    );
    for status in [None, Some("Won't Do")] {
        let shop = shop(Deployment::Cloud, "type");
        put(&shop, &[NPM]);
        shop.run_well(&Event::push("main", 1));
        if let Some(status) = status {
            shop.go("SEC-1", status);
        }
        put(&shop, &[NPM, GRYPE]);
        shop.write("reports/trivy.json", &two);
        let ran = shop.run_well(&Event::push("main", 2));
        let comments = shop.ticket("SEC-1").comments.len();
        assert_eq!((shop.sim.state().issues.len(), comments), (1, 0), "{status:?}");
        assert_eq!(ran.result["findings"]["read"], json!(4));
        put(&shop, &[NPM]);
        shop.run_well(&Event::push("main", 3));
        let comments = shop.ticket("SEC-1").comments.len();
        assert_eq!((shop.sim.state().issues.len(), comments), (1, 0), "{status:?}");
    }
}

/// Trivy's version does no harm by a VEX document, and the audit cannot know that.
#[test]
fn what_was_closed_with_its_version_stays_closed_when_an_audit_comes_alone() {
    let shop = shop(Deployment::Cloud, "type");
    shop.configure(json!({"reports": ["reports/*.json"], "states": {"closed": "Won't Do"}}));
    put(&shop, &[GRYPE]);
    shop.run_well(&Event::push("main", 1));
    let vex = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://acme.example/vex/1", "author": "Acme",
        "timestamp": "2026-01-01T00:00:00Z", "version": 1,
        "statements": [{"vulnerability": {"name": "CVE-2021-23337"}, "status": "not_affected",
            "products": [{"@id": "pkg:npm/lodash@4.17.20"}], "justification": "vulnerable_code_not_in_execute_path"}],
    });
    shop.write("reports/vex.json", &vex.to_string());
    // only the newest commit proves anything
    shop.sim
        .state()
        .github
        .repository_mut("acme/shop")
        .unwrap()
        .branches
        .insert("main".to_owned(), commit(2));
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.open_tickets(), [""; 0]);
    for (number, reports) in [(3, vec![NPM, GRYPE]), (4, vec![NPM]), (5, vec![NPM, TRIVY])] {
        put(&shop, &reports);
        let ran = shop.run_well(&Event::push("main", number));
        assert_eq!(shop.sim.state().issues.len(), 1, "{number} {:?}", ran.tickets());
        let count = reports.len();
        assert_eq!(ran.result["findings"]["set_aside"], json!({"not-affected": count}), "{number}");
    }
}

/// The lock file moves: its tickets and what people decided of them stay.
#[test]
fn a_lock_file_that_moves_keeps_its_tickets() {
    for mode in ["type", "vulnerability", "file"] {
        for status in [None, Some("Won't Do")] {
            let shop = shop(Deployment::Cloud, mode);
            put(&shop, &[TRIVY]);
            shop.run_well(&Event::push("main", 1));
            if let Some(status) = status {
                shop.go("SEC-1", status);
            }
            shop.write(
                "reports/trivy.json",
                &TRIVY.1.replace("package-lock.json", "web/app/package-lock.json"),
            );
            for number in [2, 3] {
                let ran = shop.run_well(&Event::push("main", number));
                let told = format!("{mode} {status:?} {number}: {:?}", ran.tickets());
                assert_eq!(shop.sim.state().issues.len(), 1, "{told}");
                assert_eq!(shop.ticket("SEC-1").comments.len(), 0, "{told}");
                assert!(!ran.tickets().iter().any(|one| one.starts_with("resolved")), "{told}");
            }
            assert_eq!(shop.writes(), [""; 0], "{mode} {status:?}");
        }
    }
}
