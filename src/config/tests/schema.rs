//! The JSON Schema and the program agree on configurations, as data.

use super::COMPLETE;
use crate::config::{parse, schema};

/// Each of these has one mistake.
const WRONG: &[&str] = &[
    // keys
    "{nope: 1}",
    "{jira: {project: A, lables: [x]}}",
    "{recurrence: {grace: 3}}",
    "{pull-request: {detial: full}}",
    "{ignore: [{rul: a}]}",
    "{states: {done: Done}}",
    "{github: {dismiss: true}}",
    "{notify: {mail: always}}",
    "{refresh: {days: 1}}",
    "{serve: {repos: []}}",
    "{reports: [{path: a, bases: b}]}",
    "{routes: [{name: a, match: {rul: x}, project: A}]}",
    "{routes: [{name: a, match: {rule: x}, project: A, colour: red}]}",
    "{owners: {'@a': {lables: x}}}",
    // keys of mappings
    "{group-by: {codes: type}}",
    "{jira: {project: A, priorities: {hi: x}}}",
    "{jira: {project: A, due-in-days: {urgent: 1}}}",
    "{routes: [{match: {rule: x}, project: A, priorities: {hi: x}}]}",
    "{routes: [{match: {rule: x}, project: A, due-in-days: {hi: 1}}]}",
    "{owners: {payments: {assignee: x}}}",
    "{owners: {'@a b': {assignee: x}}}",
    "{serve: {sites: {Ops: {url: 'https://a.example'}}}}",
    "{jira: {project: A, fields: {Summary: x}}}",
    "{jira: {project: A, fields: {duedate: x}}}",
    "{routes: [{match: {rule: x}, project: A, fields: {Priority: x}}]}",
    // words and types
    "{fail-on: worst}",
    "{minimum-severity: hihg}",
    "{create: sometimes}",
    "{group-by: rule}",
    "{group-by: {code: types}}",
    "{tracker: github}",
    "{max-new: x}",
    "{max-new: 1.5}",
    "{max-new: -1}",
    "{baseline: {a: b}}",
    "{github: {dismiss-alerts: 'yes'}}",
    "{notify: {slack: sometimes}}",
    "{pull-request: {annotate: title}}",
    "{recurrence: {action: ignore}}",
    "{jira: {project: A, auth: api-tokn}}",
    "{jira: {project: A, deployment: server}}",
    "{jira: {project: A, sections: [why]}}",
    "{jira: {project: A, comments: [more]}}",
    "{jira: {project: A, attach: [pdf]}}",
    "{ignore: [{kind: codes}]}",
    "{ignore: [{severity: worst}]}",
    "{ignore: [{fixable: maybe}]}",
    // what is missing
    "{jira: {url: 'https://a.example'}}",
    "{tracker: jira}",
    "{reports: [{base: x}]}",
    "{states: {resolved: {resolution: Fixed}}}",
    "{routes: [{name: a, project: A}]}",
    "{routes: [{match: {kind: code}}]}",
    "{routes: {match: {kind: code}}}",
    "{routes: [{match: {}, project: A}]}",
    "{routes: [{match: {rule: []}, project: A}]}",
    "{routes: [{match: {kind: code}, project: A, continue: true}]}",
    "{ignore: [{reason: x}]}",
    "{ignore: [{rule: []}]}",
    "{ignore: {until: 2027-01-31}}",
    // limits
    "{max-new: 10001}",
    "{recurrence: {grace-days: 36501}}",
    "{recurrence: {accepted-days: 0}}",
    "{refresh: {closed-days: 99999}}",
    "{jira: {project: A, due-in-days: {high: 36501}}}",
    "{jira: {project: A, labels: [a,b,c,d,e,f,g,h,i,j,k]}}",
    "{owners: {'@a': {labels: [a,b,c,d,e,f,g,h,i,j,k]}}}",
    "{repository: [h/a/b, h/a/c, h/a/d, h/a/e, h/a/f, h/a/g, h/a/h, h/a/i]}",
    // formats
    "{jira: {project: sec}}",
    "{jira: {project: SEC-1}}",
    "{jira: {project: A, parent: 12}}",
    "{jira: {project: A, parent: SEC-0}}",
    "{jira: {project: A, labels: [a b]}}",
    "{jira: {project: A, labels: casefile-x}}",
    "{jira: {project: A, labels: ['']}}",
    "{jira: {project: A, issue-type: ''}}",
    "{jira: {project: A, components: ['  ']}}",
    "{jira: {project: A, assignee: ''}}",
    "{jira: {project: A, priorities: {high: ''}}}",
    "{jira: {project: A, url: acme.atlassian.net}}",
    "{jira: {project: A, url: 'ftp://a.example'}}",
    "{jira: {project: A, url: 'https://a.example/?x'}}",
    "{jira: {project: A, url: 'https://u:p@a.example/'}}",
    "{jira: {project: A, url: 'https://a.atlassian.net/jira'}}",
    "{jira: {project: A, auth: password, deployment: cloud}}",
    "{jira: {project: A, auth: oauth, deployment: data-center}}",
    "{jira: {project: A, auth: password, url: 'https://a.atlassian.net'}}",
    "{jira: {project: A, allow-networks: [10.0.0.0/33]}}",
    "{jira: {project: A, allow-networks: nowhere}}",
    "{jira: {project: A, fields: {A: {from: x, template: y}}}}",
    "{jira: {project: A, fields: {A: {from: cvss.scor}}}}",
    "{jira: {project: A, fields: {A: {}}}}",
    "{proxy: 'corp.example:3128'}",
    "{proxy: 'http://u:p@corp.example'}",
    "{proxy: 'http://corp.example/path'}",
    "{repository: shop}",
    "{repository: 'https://github.com/a/b'}",
    "{repository: github.com/a/b/c}",
    "{repository: 'github.com#7'}",
    "{repository: [github.com/a/b, '../../x']}",
    "{serve: {repositories: [shop]}}",
    "{serve: {repositories: ['github.com#7']}}",
    "{serve: {sites: {ops: {projects: [ops]}}}}",
    "{branches: ['[a']}",
    "{branches: ['[]']}",
    "{branches: '!main'}",
    "{branches: ['!a', '!b']}",
    "{branches: ['']}",
    "{branches: refs/heads/main}",
    "{branches: ['!/main', x]}",
    "{branches: 'main, develop'}",
    "{reports: ['a/**b']}",
    "{reports: 'github:dependbot'}",
    "{reports: ['']}",
    "{reports: ['../a.sarif']}",
    "{reports: {path: a, base: ../x}}",
    "{baseline: /etc/passwd}",
    "{baseline: a/../../b}",
    "{ca-file: ''}",
    "{states: {open: ''}}",
    "{ignore: {rule: '', severity: low}}",
    "{ignore: {path: 'a['}}",
    "{ignore: {rule: a, reason: ''}}",
    // days
    "{ignore: {rule: a, until: soon}}",
    "{ignore: {rule: a, until: 2027-02-30}}",
    "{ignore: {rule: a, until: 2027-02-29}}",
    "{ignore: {rule: a, until: 2027-13-01}}",
    "{ignore: {rule: a, until: 2027-1-1}}",
];

/// Each of these is accepted.
const RIGHT: &[&str] = &[
    "{}",
    "{reports: a.sarif}",
    "{reports: ['**/*.sarif', {path: a.json, base: services/a, category: 7}, 'github:dependabot']}",
    "{reports: {path: a, base: /data/scan/shop}}",
    "{group-by: {code: file, container: vulnerability}}",
    "{group-by: type}",
    "{ignore: {rule: a, kind: code}}",
    "{ignore: [{fixable: false}, {severity: [low, info]}]}",
    "{ignore: {rule: a, until: 2028-02-29, reason: test}}",
    "{jira: {project: A, sections: []}}",
    "{jira: {project: A, url: 'https://acme.atlassian.net/', auth: api-token}}",
    "{jira: {project: A, url: 'https://jira.example/jira', auth: password}}",
    "{jira: {project: A, auth: personal-access-token, deployment: data-center}}",
    "{jira: {project: A, allow-networks: [10.1.2.3, 10.20.0.0/16, '::1', 'fd00::/8']}}",
    "{jira: {project: A, labels: [2024, a-b], issue-type: 10001, parent: SEC-1}}",
    "{jira: {project: A, fields: {CVSS: {from: cvss.score}, T: {template: '{{ rule }}'}, V: [a, 1]}}}",
    "{jira: {project: A, priorities: {critical: Highest}, due-in-days: {high: 30}}}",
    "{tracker: local, jira: {labels: [x]}}",
    "{tracker: local}",
    "{states: {open: 3, resolved: {status: Done, fields: {}}}}",
    "{repository: [github.com/acme/shop, 'ghe.example.com#4711', gitlab.example:8080/a/b/c]}",
    "{branches: [main, 'release/*', '!release/old', 'v[0-9]+']}",
    "{branches: []}",
    "{routes: [{match: {kind: code, branch: main}, project: OPS}]}",
    "{jira: {project: A}, routes: [{name: n, match: {path: 'infra/**'}, continue: true}]}",
    "{owners: {'@acme/payments': {components: Payments}, 'bob@example.com': {assignee: bob}}}",
    "{serve: {repositories: [github.com/acme/shop], sites: {ops: {url: 'https://ops.atlassian.net', projects: OPS}}}}",
    "{proxy: 'http://proxy.example:3128'}",
    "{recurrence: {accepted: [], accepted-days: 1, grace-days: 0}}",
    "{summary-prefix: ''}",
    "{max-new: 10000}",
    "{notify: {slack: never}, github: {dismiss-alerts: true}, refresh: {closed-days: 0}}",
];

/// What a schema cannot express, but the program refuses.
const BEYOND: &[&str] = &[
    // a template's syntax, and the names in it
    "{jira: {project: A, fields: {A: {template: '{{ scanner'}}}}",
    "{jira: {project: A, fields: {A: {template: '{{ fixed_verson }}'}}}}",
    // two entries of a list that must not be equal
    "{routes: [{name: a, match: {kind: code}, project: A}, {name: a, match: {rule: x}, project: B}]}",
    // the order of a range, and how often a pattern repeats something
    "{branches: ['a[z-a]']}",
];

#[test]
fn what_the_program_refuses_the_schema_refuses() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let accepts = |text: &str| {
        let value: serde_json::Value = serde_saphyr::from_str(text).unwrap();
        validator.is_valid(&value)
    };
    assert!(WRONG.len() > 100);
    let (mut wrong, mut refused) = (Vec::new(), Vec::new());
    for text in WRONG {
        if parse(text, "c.yml").is_ok() {
            wrong.push(format!("the program takes {text}"));
        }
        if accepts(text) {
            wrong.push(format!("the schema takes {text}"));
        }
    }
    for text in RIGHT.iter().chain(&[COMPLETE]) {
        if let Err(problems) = parse(text, "c.yml") {
            refused.push(format!("the program refuses {text}: {problems:?}"));
        }
        let value: serde_json::Value = serde_saphyr::from_str(text).unwrap();
        let errors = validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path()));
        let errors: Vec<String> = errors.collect();
        if !errors.is_empty() {
            refused.push(format!("the schema refuses {text}: {errors:?}"));
        }
    }
    for text in BEYOND {
        if parse(text, "c.yml").is_ok() || !accepts(text) {
            wrong.push(format!("is no longer beyond a schema: {text}"));
        }
    }
    wrong.extend(refused);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
