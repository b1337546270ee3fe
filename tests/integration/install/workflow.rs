//! The workflows `release` and `publish` against what they call and what the action expects of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::release::{OTHERS, TARGET, own};

fn workflow(name: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(own(&format!(".github/workflows/{name}.yml"))).unwrap())
        .unwrap()
}

/// The jobs of both, by name.
fn jobs() -> BTreeMap<String, Value> {
    let all = ["release", "publish"].map(workflow);
    let jobs =
        all.iter().flat_map(|one| one["jobs"].as_object().unwrap().clone()).collect::<BTreeMap<_, _>>();
    assert_eq!(jobs.len(), 8);
    jobs
}

fn scripts(job: &Value) -> String {
    let steps = job["steps"].as_array().unwrap().iter();
    steps.filter_map(|step| step["run"].as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_targets_are_the_same_everywhere() {
    let expected: BTreeSet<String> = [TARGET].into_iter().chain(OTHERS).map(str::to_owned).collect();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let jobs = jobs();
    let built = jobs["build"]["strategy"]["matrix"]["include"].as_array().unwrap();
    assert_eq!(built.iter().map(|one| text(&one["target"])).collect::<BTreeSet<_>>(), expected);
    let attested = jobs["attest-sbom"]["strategy"]["matrix"]["target"].as_array().unwrap();
    assert_eq!(attested.iter().map(text).collect::<BTreeSet<_>>(), expected);
    let script = fs::read_to_string(own("action/binary.sh")).unwrap();
    let known = script.lines().filter_map(|line| line.split("') echo ").nth(1));
    let known: BTreeSet<String> = known.map(|rest| rest.trim_end_matches(" ;;").to_owned()).collect();
    assert_eq!(known, expected);
    let guide = fs::read_to_string(own("docs/install.md")).unwrap();
    for target in &expected {
        let ending = if target.contains("windows") { "zip" } else { "tar.gz" };
        assert!(
            guide.contains(&format!("`casefile-{}-{target}.{ending}`", env!("CARGO_PKG_VERSION"))),
            "{target}"
        );
    }
}

#[test]
fn each_part_of_a_release_is_called_by_a_workflow() {
    let script = fs::read_to_string(own("packaging/release.sh")).unwrap();
    let known: BTreeSet<&str> =
        script.lines().filter_map(|line| line.strip_prefix("#   release.sh ")?.split(' ').next()).collect();
    let all: String = jobs().values().map(scripts).collect::<Vec<_>>().join("\n");
    let called: BTreeSet<&str> = all
        .split("packaging/release.sh ")
        .skip(1)
        .map(|rest| rest.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(called, known);
    let offered = script.lines().find(|line| line.contains("check:1 |")).unwrap();
    for command in known {
        assert!(offered.contains(&format!("{command}:")), "{command}");
    }
}

#[test]
fn who_may_write_or_sign_builds_nothing() {
    assert_eq!(workflow("release")["permissions"], serde_json::json!({}));
    assert_eq!(workflow("publish")["permissions"], serde_json::json!({}));
    let mut writers = BTreeSet::new();
    for (name, job) in jobs() {
        let permissions = job["permissions"].as_object().unwrap();
        let writes: BTreeSet<&str> = permissions
            .iter()
            .filter(|(_, level)| *level == "write")
            .map(|(scope, _)| scope.as_str())
            .collect();
        let script = scripts(&job);
        let is_building = script.contains("cargo ") || script.contains("rustup ");
        assert!(writes.is_empty() || !is_building, "{name} builds, and may write {writes:?}");
        // who signs what was built runs nothing of this repository beside it
        assert!(!name.starts_with("attest") || (script.is_empty() && !writes.contains("contents")), "{name}");
        if writes.contains("contents") {
            assert_eq!(job["environment"], "release", "{name}");
            writers.insert(name);
        }
    }
    assert_eq!(writers, ["draft".to_owned(), "release".to_owned()].into());
}
