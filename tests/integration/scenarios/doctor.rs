//! `casefile doctor`: every state and every wrong configuration is found, and nothing is written.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Ran, Shop};
use crate::simulator::{Auth, Kind, Nth};

/// A shop with a report, and with this on top of its configuration.
fn shop(deployment: Deployment, more: Value) -> Shop {
    let shop = Shop::on(deployment);
    shop.report(&rules(1));
    shop.configure(more);
    shop
}

fn doctor(shop: &Shop, words: &[&str]) -> Ran {
    doctor_on(shop, &Event::push("main", 1), words)
}

fn doctor_on(shop: &Shop, event: &Event, words: &[&str]) -> Ran {
    let ran = shop.command(event, &[&["doctor"], words].concat());
    let printed = format!("{}{}", ran.printed, ran.errors);
    assert!(!printed.contains("sim-token") && !printed.contains("gh-token"), "{printed}");
    ran
}

/// The checks of a diagnosis that are not ok, as `state name: message | hint`.
fn found(ran: &Ran) -> Vec<String> {
    let checks = ran.result["checks"].as_array().unwrap_or_else(|| panic!("no result: {}", ran.errors));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = checks.iter().filter(|one| one["state"] != "ok").map(|one| {
        let [state, name, message, hint] = ["state", "name", "message", "hint"].map(|key| text(&one[key]));
        format!("{state} {name}: {message} | {hint}")
    });
    told.collect()
}

/// What a check that is ok says.
fn says(ran: &Ran, name: &str, words: &str) {
    let checks = ran.result["checks"].as_array().unwrap();
    let told = checks.iter().filter(|one| one["state"] == "ok" && one["name"] == name);
    let told: Vec<&str> = told.filter_map(|one| one["message"].as_str()).collect();
    assert!(told.iter().any(|message| message.contains(words)), "{name}: {words}: {told:#?}");
}

#[test]
fn where_all_is_well_nothing_is_found_and_nothing_written() {
    for deployment in Deployment::BOTH {
        let shop = shop(deployment, json!({}));
        let parent =
            shop.sim.state().add_issue("SEC", "alice", |issue| issue.summary = "Security".into()).unwrap();
        shop.configure(json!({
            "jira": {
                "labels": ["security"], "components": ["Payments"], "assignee": "alice@example.com", "parent": parent,
                "security-level": "internal", "due-in-days": {"high": 30}, "attach": ["csv"],
                "fields": {"team": "AppSec", "CVSS": {"from": "cvss.score"}, "Environment": "Production"},
            },
            "routes": [{"name": "ops", "match": {"path": "infra/**"}, "project": "OPS", "issue-type": "Task"}],
            "states": {"open": "To Do", "resolved": {"status": "done", "resolution": "Fixed"}, "closed": "Won't Do"},
        }));
        let ran = doctor(&shop, &[]);
        assert_eq!((ran.code, found(&ran)), (0, vec![]), "{}", ran.errors);
        assert_eq!(shop.writes(), [""; 0]);
        let (key, mode, url, way, revoked) = match deployment {
            Deployment::Cloud => {
                ("jira_cloud", "cloud", shop.sim.jira_url(), "api-token", "https://id.atlassian.com/")
            }
            Deployment::DataCenter => (
                "jira_data_center",
                "self-hosted",
                shop.sim.data_center_url(),
                "personal-access-token",
                "in Jira: profile",
            ),
        };
        let result = &ran.result;
        for (name, expected) in [
            ("version", json!(1)),
            ("provider_state", Value::Null),
            ("provider_key", json!(key)),
            ("deployment_mode", json!(mode)),
            ("base_url", json!(url)),
            ("auth_method", json!(way)),
            ("scopes", json!([])),
            ("allowlist_status", json!("allowed")),
            ("account", json!("casefile")),
            ("problems", json!([])),
            ("test_ticket", Value::Null),
        ] {
            assert_eq!(result[name], expected, "{name}");
        }
        assert!(result["revoke_at"].as_str().unwrap().starts_with(revoked), "{result}");
        let keys: Vec<&Value> =
            result["projects"].as_array().unwrap().iter().map(|one| &one["key"]).collect();
        assert_eq!(keys, ["SEC", "OPS", "TEAM"]);
        says(&ran, "branch", "findings on `main` are filed");
        says(&ran, "reports", "`reports/*.sarif` matches 1 file");
        says(&ran, "branches", "no branch matches `release/*` yet");
        says(&ran, "permissions in OPS", "browse, create, edit, comment, transition, link");
        says(&ran, "create screen of SEC, Bug", "it has a Labels field");
        says(&ran, "fields of SEC", "Assignee, CVSS, Components, Due date, Environment, Parent, Priority");
        says(&ran, "fields of OPS, route ops", "issue type Task");
        says(&ran, "states of SEC", "open is To Do, resolved is done, closed is Won't Do");
        says(&ran, "parent", &parent);
    }
}

/// What is configured, what a Jira administrator did, and what is found: each check that is not ok.
type Row = (fn() -> Value, fn(&Shop), &'static [&'static str]);

fn require(shop: &Shop, field: &str) {
    shop.sim.state().project_mut("SEC").unwrap().require(field);
}

fn revoke(shop: &Shop, permission: &str) {
    shop.sim.state().project_mut("SEC").unwrap().revoke(permission);
}

const WRONG: &[Row] = &[
    (
        || json!({"jira": {"issue-type": "Nonsense"}}),
        |_| (),
        &[
            "failed issue type of SEC: jira.issue-type: project SEC has no issue type `Nonsense` | The project's issue types are: Task, Bug",
        ],
    ),
    (
        || json!({"jira": {"project": "NOPE"}}),
        |_| (),
        &["failed permissions in NOPE: PROVIDER_SCOPE_UNAVAILABLE: project NOPE does not exist"],
    ),
    (
        || json!({}),
        |shop| revoke(shop, "CREATE_ISSUES"),
        &["failed permissions in SEC: PROVIDER_SCOPE_UNAVAILABLE: the account lacks Create Issues"],
    ),
    (
        || json!({}),
        |shop| {
            revoke(shop, "ADD_COMMENTS");
            revoke(shop, "TRANSITION_ISSUES");
        },
        &[
            "warning permissions in SEC: PROVIDER_SCOPE_UNAVAILABLE: the account lacks Add Comments",
            "warning permissions in SEC: PROVIDER_SCOPE_UNAVAILABLE: the account lacks Transition Issues",
        ],
    ),
    (
        || json!({}),
        |shop| shop.sim.state().project_mut("SEC").unwrap().hide("labels"),
        &["failed create screen of SEC, Bug: SEC, Bug: the create screen has no Labels field"],
    ),
    (
        || json!({}),
        |shop| {
            require(shop, "customfield_10053");
            require(shop, "customfield_10050");
        },
        &[
            "failed fields of SEC: SEC, Bug: the field `Team` (customfield_10050) is required and has no value",
            "failed fields of SEC: SEC, Bug: the field `Environment` (customfield_10053) is required and \
             has no value | Give it a value under `jira.fields` in the configuration. It takes: production, \
             staging.",
        ],
    ),
    (
        || json!({"jira": {"fields": {"Environment": "moon"}}}),
        |_| (),
        &[
            "warning fields of SEC: jira.fields.Environment: SEC, Bug, the field `Environment` (customfield_10053): `moon` is not one",
        ],
    ),
    (
        || json!({"jira": {"fields": {"Environment": "moon"}}}),
        |shop| require(shop, "customfield_10053"),
        &[
            "failed fields of SEC: jira.fields.Environment: SEC, Bug, the field `Environment` (customfield_10053): `moon` is not one",
        ],
    ),
    (
        || json!({"jira": {"fields": {"Mood": "calm"}}}),
        |_| (),
        &["warning fields of SEC: jira.fields.Mood: SEC, Bug: the create screen has no field `Mood`"],
    ),
    (
        || json!({"jira": {"fields": {"CVSS": {"from": "cvss.score"}}}}),
        |shop| require(shop, "customfield_10051"),
        &[
            "warning fields of SEC: SEC, Bug: the field `CVSS` (customfield_10051) is required and has no value; because of this, findings of some kinds",
        ],
    ),
    (
        || json!({"jira": {"components": ["gone"], "security-level": "Secret", "assignee": "carol@example.com"}}),
        |_| (),
        &[
            "warning fields of SEC: jira.components: ",
            "warning fields of SEC: jira.assignee: ",
            "warning fields of SEC: jira.security-level: ",
        ],
    ),
    (
        || json!({"jira": {"priorities": {"high": "Urgent"}}}),
        |_| (),
        &["warning fields of SEC: jira.priorities.high: project SEC has no priority `Urgent`"],
    ),
    (
        || json!({"jira": {"parent": "SEC-99"}}),
        |_| (),
        &["warning parent: SEC-99 does not exist, or the account cannot see it | Correct `parent`"],
    ),
    (
        || json!({"jira": {"issue-type": "sub-task"}}),
        |_| (),
        &["failed fields of SEC: SEC, Sub-task: the field `Parent` (parent) is required"],
    ),
    (
        || json!({"states": {"resolved": "Finished", "closed": {"status": "Done", "resolution": "Mended"}}}),
        |_| (),
        &[
            "failed states of SEC: `states` names the status `Finished` for `resolved`, but there is no such status | The project's statuses are: To Do",
            "failed states of SEC: the state `closed` sets the resolution `Mended`, but there is no such resolution | The site's resolutions are: Done, Fixed",
        ],
    ),
    (
        || json!({"recurrence": {"accepted": ["Risk Accepted", "Waived"]}}),
        |_| (),
        &["warning recurrence.accepted: neither a status nor a resolution is called `Waived`"],
    ),
    (
        || json!({"jira": {"attach": ["csv"]}}),
        |shop| {
            shop.fault(
                "/attachment/meta",
                Nth::From(1),
                Kind::Status(200, Vec::new(), r#"{"enabled":false}"#.into()),
            )
        },
        &["warning attachments: they are disabled"],
    ),
    (
        || json!({}),
        |shop| shop.sim.state().link_types.retain(|kind| kind.name != "Relates"),
        &["warning links: there is no link type Relates"],
    ),
    (
        || json!({"routes": [{"name": "ops", "match": {"path": "infra/**"}, "project": "OPS", "issue-type": "Gone"}]}),
        |_| (),
        &["failed issue type of OPS, route ops: jira.issue-type: project OPS has no issue type `Gone`"],
    ),
    (
        || json!({"owners": {"@acme/pay": {"components": ["Nowhere"]}}}),
        |_| (),
        &["warning fields of SEC, owner @acme/pay: jira.components: "],
    ),
    (|| json!({"branches": ["main", "mian"]}), |_| (), &["warning branches: no branch is called `mian`"]),
    (
        || json!({"branches": ["develop*"]}),
        |_| (),
        &["warning branch: `main` does not match `branches`, so nothing is filed from here"],
    ),
    (
        || json!({"reports": ["out/*.json", "reports/*.sarif"]}),
        |_| (),
        &["warning reports: `out/*.json`: no file matches"],
    ),
    (
        || json!({}),
        |shop| shop.sim.state().github.repository_mut("acme/shop").unwrap().squash_message = "PR_BODY",
        &["warning squash merge: squash merges use the description as the commit message"],
    ),
    (
        || json!({"pull-request": {"annotate": "comment"}}),
        |shop| shop.sim.state().github.repository_mut("acme/shop").unwrap().squash_message = "PR_BODY",
        &[],
    ),
];

#[test]
fn every_wrong_configuration_is_found_before_anything_is_filed() {
    for (config, arrange, expected) in WRONG {
        for deployment in Deployment::BOTH {
            let shop = shop(deployment, config());
            arrange(&shop);
            let ran = doctor(&shop, &[]);
            let told = found(&ran);
            let same = told.len() == expected.len()
                && told.iter().zip(*expected).all(|(told, said)| told.starts_with(said));
            assert!(same, "{deployment:?} {}: {told:#?}", config());
            let failed = told.iter().any(|one| one.starts_with("failed"));
            assert_eq!(ran.code, if failed { 4 } else { 0 }, "{told:#?}");
            assert_eq!(ran.result["problems"].as_array().unwrap().len(), expected.len());
            assert_eq!(shop.writes(), [""; 0]);
        }
    }
}

/// Why it cannot be spoken to: the variables, what happens, the exit code, the state, and words of the check.
type Broken = (
    Deployment,
    &'static [(&'static str, &'static str)],
    fn(&Shop),
    i32,
    &'static str,
    &'static [&'static str],
);

const REQUIRED: &str = "PROVIDER_AUTH_REQUIRED";
const BLOCKED: &str = "PROVIDER_BASE_URL_BLOCKED";
const SCOPE: &str = "PROVIDER_SCOPE_UNAVAILABLE";
const UNREACHABLE: &str = "PROVIDER_UNREACHABLE";

const BROKEN: &[Broken] = &[
    (
        Deployment::Cloud,
        &[],
        |shop| shop.sim.state().users[0].token = Some("another".into()),
        4,
        REQUIRED,
        &["account", "JIRA_API_TOKEN"],
    ),
    (
        Deployment::Cloud,
        &[],
        |shop| shop.sim.state().auth = Auth::Nobody,
        4,
        REQUIRED,
        &["account", "JIRA_API_TOKEN"],
    ),
    (
        Deployment::DataCenter,
        &[],
        |shop| shop.sim.state().users[0].token = Some("another".into()),
        4,
        REQUIRED,
        &["account", "JIRA_PERSONAL_ACCESS_TOKEN", "Personal Access Tokens"],
    ),
    (
        Deployment::Cloud,
        &[("JIRA_API_TOKEN", "")],
        |_| (),
        4,
        REQUIRED,
        &["credentials", "JIRA_API_TOKEN is not set"],
    ),
    (
        Deployment::DataCenter,
        &[("JIRA_PERSONAL_ACCESS_TOKEN", "")],
        |_| (),
        4,
        REQUIRED,
        &["credentials", "JIRA_PERSONAL_ACCESS_TOKEN is not set"],
    ),
    (
        Deployment::Cloud,
        &[("JIRA_BASE_URL", "https://me:geheim@acme.example/?token=geheim")],
        |_| (),
        2,
        BLOCKED,
        &["address", "it contains a user name or a password"],
    ),
    (
        Deployment::Cloud,
        &[("JIRA_BASE_URL", "https://10.0.0.1")],
        |_| (),
        2,
        BLOCKED,
        &["address", "10.0.0.1", "allow-networks"],
    ),
    (
        Deployment::Cloud,
        &[],
        |shop| {
            let away = vec![("location", "https://evil.example/".to_owned())];
            shop.fault("/myself", Nth::From(1), Kind::Status(302, away, String::new()));
        },
        4,
        BLOCKED,
        &["account", "evil.example"],
    ),
    (
        Deployment::Cloud,
        &[],
        |shop| shop.fault("/myself", Nth::From(1), Kind::Status(200, Vec::new(), "<html>".into())),
        4,
        UNREACHABLE,
        &["account", "the response (status 200) is a web page", "Check the base URL too"],
    ),
];

#[test]
fn every_state_is_told_with_what_to_do() {
    for (deployment, variables, arrange, code, state, words) in BROKEN {
        let shop = shop(*deployment, json!({}));
        arrange(&shop);
        let event =
            variables.iter().fold(Event::push("main", 1), |event, (name, value)| event.with(name, value));
        let ran = doctor_on(&shop, &event, &["--test-ticket"]);
        let told = found(&ran);
        assert_eq!((ran.code, ran.result["provider_state"].as_str()), (*code, Some(*state)), "{told:#?}");
        let failed: Vec<&String> = told.iter().filter(|one| one.starts_with("failed")).collect();
        assert_eq!(failed.len(), 1, "{told:#?}");
        assert!(words.iter().all(|word| failed[0].contains(word)), "{words:?}: {told:#?}");
        assert_eq!(ran.result["allowlist_status"], if *code == 2 { "blocked" } else { "allowed" });
        assert!(!format!("{}{}", ran.printed, ran.errors).contains("geheim"), "{}", ran.printed);
        assert_eq!(shop.writes(), [""; 0]);
    }
}

#[test]
fn a_scope_that_is_missing_is_named() {
    let shop = shop(Deployment::Cloud, json!({"jira": {"auth": "service-account-token"}}));
    let gateway = format!("{}/_gateway", shop.sim.jira_url());
    let event = Event::push("main", 1).with("JIRA_USER_EMAIL", "").with("JIRA_API_TOKEN", "sim-service");
    let event = event.with("JIRA_API_GATEWAY", &gateway);
    let ran = doctor_on(&shop, &event, &[]);
    assert_eq!((ran.code, found(&ran)), (0, vec![]));
    assert_eq!(ran.result["scopes"], json!(["read:jira-work", "write:jira-work", "read:jira-user"]));
    let lose = |scope: &str| {
        let mut world = shop.sim.state();
        world.sign_in.tokens.iter_mut().for_each(|token| token.scopes.retain(|one| one != scope));
    };
    // what is only missed when something is written shows with a test ticket
    for (scope, place, words) in [
        ("write:jira-work", "test ticket", &["--test-ticket"][..]),
        ("read:jira-work", "tracker", &[]),
        ("read:jira-user", "account", &[]),
    ] {
        lose(scope);
        let ran = doctor_on(&shop, &event, words);
        let told = found(&ran);
        assert_eq!((ran.code, ran.result["provider_state"].as_str()), (4, Some(SCOPE)), "{told:#?}");
        assert!(told[0].starts_with(&format!("failed {place}: ")) && told[0].contains(scope), "{told:#?}");
    }
}

#[test]
fn a_configuration_that_cannot_be_read_is_a_diagnosis_too() {
    let shop = shop(Deployment::Cloud, json!({}));
    shop.write(".github/casefile.yml", "branchs: [main]\njira: {project: SEC, issue-typ: x}\n");
    let ran = doctor(&shop, &[]);
    let told = found(&ran);
    assert_eq!((ran.code, told.len()), (2, 2), "{told:#?}");
    for (line, words) in told.iter().zip([["yml:1:1:", "branches"], ["yml:2:22:", "issue-type"]]) {
        assert!(line.starts_with("failed configuration: .github/casefile."), "{told:#?}");
        assert!(words.iter().all(|word| line.contains(word)), "{told:#?}");
    }
    assert!(shop.sim.journal().is_empty());
    shop.write(".github/casefile.yml", "tracker: jira\n");
    let ran = doctor(&shop, &[]);
    let told = found(&ran);
    assert!(ran.code == 2 && told.last().unwrap().contains("`jira` section"), "{told:#?}");
}

#[test]
fn a_test_ticket_is_filed_shown_and_deleted() {
    for deployment in Deployment::BOTH {
        let shop = shop(deployment, json!({"jira": {"labels": ["security"]}}));
        let ran = doctor(&shop, &["--test-ticket"]);
        assert_eq!((ran.code, found(&ran)), (0, vec![]), "{}", ran.errors);
        let writes = shop.writes();
        assert_eq!(writes.len(), 2, "{writes:?}");
        assert!(writes[0] == "POST issue/bulk 201" && writes[1].starts_with("DELETE issue/"), "{writes:?}");
        assert_eq!(
            (ran.result["test_ticket"]["key"].as_str(), &ran.result["test_ticket"]["deleted"]),
            (Some("SEC-1"), &json!(true))
        );
        says(&ran, "test ticket", "/browse/SEC-1");
        assert!(shop.sim.state().issues.is_empty());
    }
}

#[test]
fn the_guide_shows_what_is_printed() {
    let guide = include_str!("../../../docs/doctor.md");
    let shown = guide.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let shown: Value = serde_json::from_str(shown).unwrap();
    let shop = shop(Deployment::Cloud, json!({}));
    let told = doctor(&shop, &["--test-ticket"]).result;
    for path in ["", "/projects/0", "/checks/0", "/test_ticket", "/requests"] {
        let keys = |value: &Value| {
            value.pointer(path).unwrap().as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(keys(&shown), keys(&told), "{path}");
    }
}

#[test]
fn a_test_ticket_that_is_kept_is_nobody_elses() {
    let shop = shop(Deployment::Cloud, json!({}));
    for key in ["SEC-1", "SEC-2"] {
        let ran = doctor(&shop, &["--test-ticket", "--keep"]);
        assert_eq!((ran.code, shop.writes()), (0, vec!["POST issue/bulk 201".to_owned()]), "{}", ran.errors);
        assert_eq!(
            (&ran.result["test_ticket"]["key"], &ran.result["test_ticket"]["deleted"]),
            (&json!(key), &json!(false))
        );
        let ticket = shop.ticket(key);
        assert!(ticket.summary.contains("Test ticket from casefile doctor"), "{}", ticket.summary);
        assert!(ticket.labels.iter().any(|label| label.starts_with("casefile-repo-")), "{:?}", ticket.labels);
    }
    shop.one_ticket_a_group(2);
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.tickets(), ["created SEC-3"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 201"]);
    shop.report(&[]);
    shop.run(&Event::push("main", 2));
    assert!(
        shop.writes().iter().all(|write| !write.contains("SEC-1 ") && !write.contains("SEC-2 ")),
        "{:?}",
        shop.writes()
    );
}

#[test]
fn a_test_ticket_that_may_not_be_deleted_is_put_away() {
    for deployment in Deployment::BOTH {
        let shop = shop(deployment, json!({}));
        revoke(&shop, "DELETE_ISSUES");
        let ran = doctor(&shop, &["--test-ticket"]);
        let told = found(&ran);
        let page = ran.result["test_ticket"]["url"].as_str().unwrap();
        assert_eq!((ran.code, told.len()), (0, 1), "{told:#?}");
        assert!(
            told[0].starts_with("warning test ticket: SEC-1 was filed but could not be deleted"),
            "{told:#?}"
        );
        assert!(
            told[0].contains("it was closed") && told[0].ends_with(&format!("yourself: {page}")),
            "{told:#?}"
        );
        let ticket = shop.ticket("SEC-1");
        assert!(ticket.labels.is_empty() && ticket.properties.is_empty(), "{ticket:?}");
        assert!(shop.open_tickets().is_empty());
    }
}

#[test]
fn no_test_ticket_where_it_could_not_be_filed_or_should_not() {
    let shop = shop(Deployment::Cloud, json!({"jira": {"issue-type": "Nonsense"}}));
    let ran = doctor(&shop, &["--test-ticket"]);
    assert!(found(&ran).last().unwrap().starts_with("warning test ticket: not filed"), "{:#?}", found(&ran));
    assert_eq!(shop.writes(), [""; 0]);
    let shop = self::shop(Deployment::Cloud, json!({}));
    let ran = doctor_on(&shop, &Event::fork(7, "feature", 1), &["--test-ticket"]);
    let told = found(&ran);
    assert!(
        ran.code == 4
            && told.last().unwrap().contains("nothing is filed from here: the code comes from another"),
        "{told:#?}"
    );
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn transitions_and_edit_screens_are_seen_on_tickets_that_are_there() {
    for deployment in Deployment::BOTH {
        let states = json!({"states": {"resolved": "Done"}, "jira": {"project": "OPS"}});
        let shop = shop(deployment, states);
        shop.run_well(&Event::push("main", 1));
        shop.sim.state().project_mut("OPS").unwrap().edit_screen.remove("labels");
        let ran = doctor(&shop, &[]);
        let told = found(&ran);
        assert_eq!((ran.code, told.len(), shop.writes().len()), (0, 2, 0), "{told:#?}");
        assert!(
            told[0].starts_with("warning states of OPS: no transition leads from `To Do` to `Done`"),
            "{told:#?}"
        );
        assert!(told[1].starts_with("warning edit screen of OPS: it has no Labels field"), "{told:#?}");
    }
}

#[test]
fn github_is_asked_as_far_as_it_tells() {
    let shop = shop(Deployment::Cloud, json!({}));
    let with = |token: &str| Event::push("main", 1).with("GITHUB_TOKEN", token);
    let told = found(&doctor_on(&shop, &with(""), &[]));
    assert!(told.len() == 1 && told[0].starts_with("warning GitHub: GITHUB_TOKEN is not set"), "{told:#?}");
    let ran = doctor_on(&shop, &with("wrong"), &[]);
    let told = found(&ran);
    assert!(ran.code == 4 && told.len() == 1 && told[0].starts_with("failed GitHub: "), "{told:#?}");
    shop.sim.state().github.repository_mut("acme/shop").unwrap().private = false;
    let ran = doctor_on(&shop, &Event::push("main", 1).public(), &[]);
    says(&ran, "repository", "it is public, so casefile shows only ticket keys");
    assert_eq!((&ran.result["account"], &ran.result["projects"]), (&Value::Null, &json!([])));
}

#[test]
fn a_folder_of_tickets_is_looked_at_like_jira() {
    let shop = shop(Deployment::Cloud, json!({}));
    shop.write(".github/casefile.yml", r#"{"reports": ["reports/*.sarif"], "tracker": "local"}"#);
    let ran = doctor(&shop, &["--test-ticket"]);
    assert_eq!((ran.code, found(&ran)), (0, vec![]), "{}", ran.errors);
    assert_eq!((&ran.result["provider_key"], &ran.result["base_url"]), (&json!("local"), &Value::Null));
    assert_eq!(ran.result["test_ticket"]["deleted"], true);
    let checks = ran.result["checks"].as_array().unwrap();
    let names: Vec<&str> = checks.iter().filter_map(|check| check["name"].as_str()).collect();
    assert_eq!(
        names,
        ["configuration", "tracker", "branch", "reports", "GitHub", "repository", "folder", "test ticket"]
    );
    assert!(!ran.result.to_string().contains("credentials"), "{}", ran.result);
    assert_eq!(shop.read("casefile-tickets/LOCAL-1.md"), None);
    let shop = self::shop(Deployment::Cloud, json!({}));
    shop.write(".github/casefile.yml", r#"{"reports": ["reports/*.sarif"], "tracker": "local"}"#);
    shop.write("casefile-tickets", "a file");
    let ran = doctor(&shop, &[]);
    assert!(ran.code == 4 && found(&ran)[0].starts_with("failed folder: "), "{:#?}", found(&ran));
}

#[test]
fn people_read_a_table_that_nothing_foreign_can_break() {
    let shop = shop(Deployment::Cloud, json!({"jira": {"fields": {"Mood": "calm"}}}));
    shop.sim.state().projects[0].name = "\u{1b}[31m\n::error::Security".into();
    let ran = doctor(&shop, &["--format", "text", "--color", "never"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let text = &ran.printed;
    let begins = |word: &str| text.lines().any(|line| line.starts_with(word));
    for word in
        ["tracker      jira_cloud (cloud)", "auth method  api-token", "✓ configuration", "! fields of SEC"]
    {
        assert!(begins(word), "{word}: {text}");
    }
    assert!(text.contains("→ Remove the key") && text.contains(" ok, 1 warning, 0 failed"), "{text}");
    assert!(!text.contains('\u{1b}') && !begins("::"), "{text}");
    let ran = doctor(&shop, &["--format", "text", "--color", "always", "--quiet"]);
    assert!(ran.printed.starts_with("\u{1b}[33m!\u{1b}[0m fields of SEC"), "{}", ran.printed);
}
