//! Configurations and their results, as data.

mod schema;
mod wrong;

use super::*;
use crate::model::auth_method::AuthMethod;
use crate::model::finding::FindingKind;
use crate::model::property::Property;
use crate::model::record::{Mode, State};
use crate::model::severity::Severity;

const COMPLETE: &str = include_str!("../../../fixtures/config/complete.yml");

fn good(text: &str) -> Config {
    parse(text, "c.yml").unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"))
}

#[test]
fn the_complete_example_is_read_whole() {
    let config = good(COMPLETE);
    assert_eq!(config.reports.len(), 3);
    assert_eq!(config.reports[1].base.as_deref(), Some("services/a"));
    assert_eq!(config.fail_on, Some(Severity::Critical));
    assert_eq!(config.ignore.len(), 2);
    assert_eq!(config.ignore[0].place, "c.yml:20:5");
    assert_eq!(config.ignore[0].until.map(|day| day.to_string()).as_deref(), Some("2027-01-31"));
    assert_eq!(config.ignore[1].when.package.len(), 2);
    assert_eq!(config.recurrence.accepted_days, Some(180));
    assert_eq!(config.states.target(State::Resolved).unwrap().resolution.as_deref(), Some("Fixed"));
    assert_eq!(config.states.state("won't do", "7"), Some(State::Closed));
    assert_eq!(config.owners["@acme/payments"].components, ["Payments"]);
    assert_eq!((config.routes.len(), config.routes[1].continues), (2, true));
    assert_eq!(config.tracker, TrackerKind::Jira);
    let served: Vec<String> = config.serve.repositories.iter().map(ToString::to_string).collect();
    assert_eq!(served, ["github.com/acme/shop", "github.com/acme/desk"]);
    assert_eq!(config.serve.sites["ops"].projects, ["OPS"]);

    let jira = config.jira.unwrap();
    assert_eq!(jira.url.unwrap().as_str(), "https://acme.atlassian.net/");
    assert_eq!((jira.project.as_str(), jira.auth), ("SEC", Some(AuthMethod::ApiToken)));
    assert_eq!(jira.fields["Fix version"], FieldValue::Values(vec!["1.10".into()]));
    assert_eq!(jira.fields["CVSS"], FieldValue::From(Property::CvssScore));
    assert_eq!(jira.due_in_days[&Severity::High], 30);
    assert_eq!(jira.attach, [Attach::Csv]);
}

#[test]
fn a_key_is_not_looked_for_among_all_of_very_many() {
    let time = |keys: usize| {
        let text: String = (0..keys).map(|at| format!("  k{at}: x\n")).collect();
        let once = || {
            let before = std::time::Instant::now();
            let fields = good(&format!("jira:\n project: SEC\n fields:\n{text}")).jira.unwrap().fields;
            assert_eq!(fields.len(), keys);
            assert!(parse(&text, "c.yml").is_err());
            before.elapsed()
        };
        once().min(once())
    };
    // four times as many keys would take sixteen times as long
    let (few, many) = (time(10_000), time(40_000));
    assert!(many < few * 12, "{few:?} for 10,000 keys, {many:?} for 40,000");
}

#[test]
fn every_key_is_in_the_complete_example() {
    let written: serde_json::Value = serde_saphyr::from_str(COMPLETE).unwrap();
    let schema = schema();
    let keys = |schema: &serde_json::Value| -> Vec<String> {
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let within = |name: &str| keys(&schema["$defs"][name]);
    let has = |value: &serde_json::Value, keys: Vec<String>| {
        for key in keys {
            assert!(value.get(&key).is_some(), "{key}");
        }
    };
    has(&written, keys(&schema));
    for (key, name) in
        [("jira", "Jira"), ("states", "States"), ("recurrence", "Recurrence"), ("refresh", "Refresh")]
    {
        has(&written[key], within(name));
    }
    for (key, name) in [("pull-request", "PullRequest"), ("github", "Github"), ("notify", "Notify")] {
        has(&written[key], within(name));
    }
    let jira = within("Jira");
    assert!(super::known::OF_JIRA.iter().all(|key| jira.iter().any(|known| known == key)));
    has(&written["reports"][1], within("Report"));
    has(&written["serve"], within("Serve"));
    has(&written["serve"]["sites"]["ops"], within("Site"));
    has(&written["owners"]["@acme/payments"], within("Owner"));
}

#[test]
fn the_schema_accepts_what_is_read_and_nothing_else() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let accepts = |text: &str| {
        let value: serde_json::Value = serde_saphyr::from_str(text).unwrap();
        validator.is_valid(&value)
    };
    let complete: serde_json::Value = serde_saphyr::from_str(COMPLETE).unwrap();
    let errors: Vec<String> = validator.iter_errors(&complete).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for text in [
        "{reports: a.sarif}",
        "{group-by: {code: file}}",
        "{ignore: {rule: a, kind: code}}",
        "{jira: {project: A, sections: []}}",
        "{states: {open: 3}}",
        "{jira: {project: A, issue-type: 1, labels: 7}}",
    ] {
        good(text);
        assert!(accepts(text), "{text}");
    }
    for text in ["{nope: 1}", "{fail-on: worst}", "{ignore: [{until: soon, rule: a}]}", "{max-new: x}"] {
        assert!(parse(text, "c.yml").is_err(), "{text}");
        assert!(!accepts(text), "{text}");
    }
}

#[test]
fn every_key_of_the_schema_says_what_it_means() {
    fn undescribed(schema: &serde_json::Value, path: &str, found: &mut Vec<String>) {
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            if value.get("description").is_none() {
                found.push(format!("{path}.{key}"));
            }
        }
    }
    let schema = schema();
    let mut found = Vec::new();
    undescribed(&schema, "", &mut found);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        undescribed(definition, name, &mut found);
    }
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn nothing_means_the_defaults() {
    for text in ["", "# nothing\n", "{}", "\u{feff}", "---\n", "reports:\nbranches: ~\nignore: []\r\n"] {
        let config = good(text);
        let paths: Vec<&str> = config.reports.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["**/*.sarif", "**/*.sarif.json"], "{text:?}");
        assert_eq!((config.max_new, config.minimum_severity), (100, Severity::Low));
        assert_eq!((config.tracker, config.create), (TrackerKind::Local, Create::Auto));
        assert_eq!(config.recurrence, Recurrence::default());
        assert_eq!(config.branches.allows("any"), Some("**"));
    }
}

#[test]
fn what_people_mix_up_is_taken() {
    let config =
        good("reports: out.sarif\nbranches: main\nrepository: github.com/a/b\nrecurrence: {accepted: Nope}");
    assert_eq!(config.reports, [ReportEntry::glob("out.sarif")]);
    assert_eq!(config.branches.allows("main"), Some("main"));
    assert_eq!(config.branches.allows("other"), None);
    assert!(config.recurrence.accepts("NOPE"));
    assert!(!config.recurrence.accepts("False Positive"));

    let config = good(
        "jira: {project: SEC, labels: 2024, issue-type: 10001, parent: SEC-1, allow-networks: 10.1.2.3}",
    );
    let jira = config.jira.unwrap();
    assert_eq!(jira.labels, ["2024"]);
    assert_eq!(jira.issue_type.as_deref(), Some("10001"));
    assert_eq!(jira.allow_networks[0].to_string(), "10.1.2.3/32");
    assert_eq!(config.tracker, TrackerKind::Jira);

    let config =
        good("x: &l [a, b]\n".replace("x: &l", "jira:\n  project: A\n  labels: &l").as_str().trim_end());
    assert_eq!(config.jira.unwrap().labels, ["a", "b"]);

    let config = good("group-by: {dependency: file}\nstates: {open: 3}\ntracker: local\njira: {labels: [x]}");
    assert_eq!(config.group_by.mode(FindingKind::Dependency), Mode::File);
    assert_eq!(config.group_by.mode(FindingKind::Code), Mode::Type);
    assert_eq!(config.states.state("anything", "3"), Some(State::Open));
    assert_eq!(config.jira.unwrap().project, LOCAL_PROJECT);
}

#[test]
fn aliases_and_merges_are_followed() {
    let config = good(
        "routes:\n- &r {name: a, match: {kind: code}, project: A, labels: &l [x]}\n- {<<: *r, name: b}\n\
         - {name: c, match: {rule: x}, project: C, labels: *l}\n",
    );
    let routes: Vec<_> =
        config.routes.iter().map(|route| (route.name.as_str(), route.labels.clone())).collect();
    let labels = Some(vec!["x".to_owned()]);
    assert_eq!(routes, [("a", labels.clone()), ("b", labels.clone()), ("c", labels)]);
}
