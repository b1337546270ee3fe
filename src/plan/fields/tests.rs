//! Configurations against create screens, as data.

use crate::model::answer::{Choice, FieldMeta};
use crate::model::write::FieldContent;
use crate::plan::tests::World;
use crate::plan::types::outcome::GroupAction;
use crate::plan::types::plan::{Plan, Step};

/// A field of a screen: id, name, type (or `array of` one), values; `!` after the id means that it is required.
fn field(words: &str) -> (String, FieldMeta) {
    let parts: Vec<&str> = words.split('|').map(str::trim).collect();
    let [id, name, kind, values] = parts[..] else { panic!("{words}") };
    let (schema, items) = match kind.strip_prefix("array of ") {
        Some(items) => ("array", Some(items.to_owned())),
        None => (kind, None),
    };
    let choice = |(at, name): (usize, &str)| Choice {
        id: (100 + at).to_string(),
        name: name.trim().to_owned(),
        children: Vec::new(),
    };
    let allowed = values.split(',').filter(|name| !name.is_empty()).enumerate().map(choice).collect();
    let custom = (kind == "rich").then(|| "x:textarea".to_owned());
    let meta = FieldMeta {
        name: name.to_owned(),
        required: id.ends_with('!'),
        schema: schema.to_owned(),
        items,
        custom,
        allowed,
        ..FieldMeta::default()
    };
    (id.trim_end_matches('!').to_owned(), meta)
}

const SCREEN: &[&str] = &[
    "components | Components | array of component | Payments, Web",
    "assignee | Assignee | user |",
    "duedate | Due date | date |",
    "parent | Parent | issuelink |",
    "security | Security Level | securitylevel | Internal",
    "cf1 | Team | string |",
    "cf2 | CVSS | number |",
    "cf3 | Environment | option | production, staging",
    "cf4 | Twice | string |",
    "cf5 | twice | string |",
    "cf6 | Notes | rich |",
    "cf7 | Odd | any |",
];

fn world(screen: &[&str], jira: &str) -> World {
    let mut world = World::new();
    world.screen.fields.extend(SCREEN.iter().chain(screen).map(|words| field(words)));
    world.config = format!("jira: {{project: SEC, {jira}}}");
    world
}

/// What the plan's only ticket gets besides its priority.
fn filled(plan: &Plan) -> Vec<String> {
    let fields = plan.creates.iter().flat_map(|draft| &draft.fields);
    let fields = fields.filter(|field| field.id != "priority");
    fields.map(|field| format!("{}={:?}", field.id, field.value)).collect()
}

fn problems(plan: &Plan) -> Vec<String> {
    plan.problems.iter().map(|one| format!("{}: {} {}", one.place, one.message, one.hint)).collect()
}

/// What a ticket gets of `jira`, and what is said about the rest: the beginning of each problem.
fn check(jira: &str, expected: &[&str], said: &[&str]) {
    check_on(&[], jira, expected, said);
}

fn check_on(screen: &[&str], jira: &str, expected: &[&str], said: &[&str]) {
    let plan = world(screen, jira).plan(&["A x:1 a", "B y:1 b"]);
    let twice: Vec<&str> = expected.iter().chain(expected).copied().collect();
    assert_eq!(filled(&plan), twice, "{jira}");
    let found = problems(&plan);
    let same =
        found.len() == said.len() && found.iter().zip(said).all(|(found, said)| found.starts_with(said));
    assert!(same, "{jira}: {found:#?}");
    assert_eq!(plan.creates.len(), 2, "{jira}");
}

#[test]
fn keys_of_their_own() {
    check("components: [web, 100]", &[r#"components=Ids(["101", "100"])"#], &[]);
    check(
        "components: [gone]",
        &[],
        &[
            "jira.components: SEC, Task, the field `Components` (components): `gone` is not one of its values, so it \
             is left out It takes: Payments, Web.",
        ],
    );
    check("assignee: alice@example.com", &[r#"assignee=Person("alice@example.com")"#], &[]);
    check(
        "assignee: carol",
        &[],
        &["jira.assignee: SEC, Task, the field `Assignee` (assignee): `carol` is not an active account"],
    );
    check("parent: SEC-1", &[r#"parent=Key("SEC-1")"#], &[]);
    check("security-level: internal", &[r#"security=Id("100")"#], &[]);
    check("due-in-days: {high: 30}", &["duedate=Date(1970-01-31)"], &[]);
    check("due-in-days: {low: 30}", &[], &[]);
}

#[test]
fn fields_by_name_or_id() {
    check("fields: {team: AppSec}", &[r#"cf1=Text("AppSec")"#], &[]);
    check("fields: {cf1: [a, b]}", &[r#"cf1=Text("a, b")"#], &[]);
    check("fields: {CVSS: 7.5}", &["cf2=Number(7.5)"], &[]);
    check(
        "fields: {CVSS: bad}",
        &[],
        &["jira.fields.CVSS: SEC, Task, the field `CVSS` (cf2): `bad` is not a number"],
    );
    check("fields: {Environment: STAGING}", &[r#"cf3=Id("101")"#], &[]);
    check(
        "fields: {Environment: x}",
        &[],
        &[
            "jira.fields.Environment: SEC, Task, the field `Environment` (cf3): `x` is not one of its values, so it \
             is left out It takes: production, staging.",
        ],
    );
    check(
        "fields: {Twice: x}",
        &[],
        &[
            "jira.fields.Twice: SEC, Task: several fields have this name, so none is set Use the ID of the field instead of its name: cf4 or cf5.",
        ],
    );
    check(
        "fields: {Nowhere: x}",
        &[],
        &["jira.fields.Nowhere: SEC, Task: the create screen has no field `Nowhere`"],
    );
    check(
        "fields: {Enviroment: staging}",
        &[],
        &[
            "jira.fields.Enviroment: SEC, Task: the create screen has no field `Enviroment`, so it is left out Did \
             you mean `Environment`?",
        ],
    );
    check(
        "fields: {Team: a, cf1: b}",
        &[r#"cf1=Text("a")"#],
        &["jira.fields.cf1: SEC, Task: another key already sets this field (cf1)"],
    );
    check(
        "fields: {Odd: x}",
        &[],
        &[
            "jira.fields.Odd: SEC, Task, the field `Odd` (cf7): casefile cannot set fields of this type (`any`)",
        ],
    );
}

#[test]
fn fields_that_are_worked_out() {
    check("fields: {Team: {from: scanner}}", &[r#"cf1=Text("Bandit")"#], &[]);
    check("fields: {CVSS: {from: cvss.score}}", &[], &[]);
    check("fields: {CVSS: {from: count}}", &["cf2=Number(1.0)"], &[]);
    check(
        "fields: {Environment: {from: kind}}",
        &[],
        &[
            "jira.fields.Environment: SEC, Task, the field `Environment` (cf3): `code` is not one of its values",
        ],
    );
    check(
        "fields: {Team: {template: '{{ scanner }} on {{ branch }}'}}",
        &[r#"cf1=Text("Bandit on main")"#],
        &[],
    );
    check(
        "fields: {Team: {template: '{{ cvss.score }}'}}",
        &[],
        &["jira.fields.Team: SEC, Task: the template cannot be rendered: undefined here: `cvss.score` \
             Check first whether a finding has the property: `{% if cvss is defined %}…{% endif %}`."],
    );
    check("fields: {Team: {template: '  '}}", &[], &[]);
}

#[test]
fn labels_are_added() {
    let plan = world(&[], "labels: [security], fields: {LABELS: [x]}");
    let mut plan = plan;
    let plan = plan.plan(&["A x:1 a"]);
    // only the screen knows a name in another language
    assert!(problems(&plan).is_empty(), "{:?}", problems(&plan));
    let labels = &plan.creates[0].labels;
    assert_eq!(labels[labels.len() - 2..], ["security", "x"]);
}

#[test]
fn what_casefile_fills_in_itself_is_left_to_it() {
    let screen = ["description | Beschreibung | string |"];
    check_on(
        &screen,
        "fields: {Beschreibung: x}",
        &[],
        &["jira.fields.Beschreibung: SEC, Task: casefile fills in this field itself"],
    );
    let screen = ["components | Komponenten | array of component | Web"];
    check_on(
        &screen,
        "fields: {Komponenten: Web}",
        &[],
        &[
            "jira.fields.Komponenten: SEC, Task: casefile fills in this field itself, so the configured value \
             is ignored Use the key `jira.components` instead.",
        ],
    );
}

#[test]
fn an_epic_has_a_field_of_its_own_on_older_screens() {
    let mut world = world(&[], "parent: SEC-1");
    world.screen.fields.remove("parent");
    let plan = world.plan(&["A x:1 a"]);
    assert!(
        problems(&plan)[0].starts_with("jira.parent: SEC, Task: the create screen has no field `Parent`")
    );
    let epic = FieldMeta {
        name: "Epic Link".into(),
        custom: Some("com.pyxis.greenhopper.jira:gh-epic-link".into()),
        ..FieldMeta::default()
    };
    world.screen.fields.insert("cf9".to_owned(), epic);
    assert_eq!(filled(&world.plan(&["A x:1 a"])), [r#"cf9=Text("SEC-1")"#]);
}

/// If a required field has no value, nothing is filed, and the plan says so.
fn refuses(screen: &[&str], jira: &str, said: &str) {
    let plan = world(screen, jira).plan(&["A x:1 a", "B y:1 b"]);
    assert!(plan.creates.is_empty());
    assert!(plan.outcomes.iter().all(|outcome| matches!(outcome.action, GroupAction::Impossible(_))));
    let found = problems(&plan);
    assert!(found.len() == 1 && found[0].starts_with(said), "{found:#?}");
}

#[test]
fn required_fields_need_a_value() {
    let required = ["cf8! | Impact | option | big, small"];
    check_on(&required, "fields: {impact: Big}", &[r#"cf8=Id("100")"#], &[]);
    refuses(
        &required,
        "fields: {}",
        "SEC, Task: the field `Impact` (cf8) is required and has no value Give it a value under \
         `jira.fields` in the configuration. It takes: big, small.",
    );
    refuses(
        &required,
        "fields: {Impact: vast}",
        "jira.fields.Impact: SEC, Task, the field `Impact` (cf8): `vast` is not one of its values, and the field is required \
         It takes: big, small.",
    );
    refuses(
        &required,
        "fields: {Impact: {from: cvss.score}}",
        "SEC, Task: the field `Impact` (cf8) is required and has no value",
    );
    refuses(
        &["components! | Components | array of component | Web"],
        "fields: {}",
        "SEC, Task: the field `Components` (components) is required and has no value Give it a value under \
         `jira.components`",
    );
    refuses(
        &[],
        "issue-type: sub-task",
        "SEC, Sub-task: `Sub-task` is a sub-task type, which needs a parent",
    );
}

/// The fields that an edit sets after the severity changed, if `act` was done to the ticket before.
fn follows(jira: &str, act: impl FnOnce(&mut crate::model::ticket::Ticket), expected: &[&str]) {
    let mut world = world(&[], jira);
    let plan = world.plan(&["A x:1 a low"]);
    world.apply(plan);
    act(world.ticket(1));
    let plan = world.plan(&["A x:1 a critical"]);
    let steps = plan.works.iter().flat_map(|work| &work.steps);
    let fields = steps.flat_map(|step| match step {
        Step::Edit(edit) => edit.fields.clone(),
        _ => Vec::new(),
    });
    let fields: Vec<String> = fields.map(|field| format!("{}={:?}", field.id, field.value)).collect();
    assert_eq!(fields, expected, "{jira}");
}

#[test]
fn priority_and_due_date_follow_the_severity() {
    let due = "due-in-days: {critical: 7, low: 90}";
    let highest = format!("priority={:?}", FieldContent::Name("Highest".into()));
    let day = "duedate=Date(1970-01-08)";
    follows(due, |_| (), &[&highest, day]);
    follows(due, |ticket| ticket.due = None, &[&highest]);
    follows(due, |ticket| ticket.priority = Some("Lowest".into()), &[day]);
    follows("due-in-days: {critical: 90, low: 7}", |_| (), &[&highest]);
    follows("due-in-days: {critical: 7}", |_| (), &[&highest, day]);
    follows("priorities: {critical: low}", |_| (), &[]);
    follows("priorities: {critical: Blocker}", |_| (), &[]);
}

#[test]
fn values_of_findings_that_a_field_does_not_take_are_told_once_a_field() {
    let mut world = world(&[], "fields: {Environment: {from: path}}");
    let found = problems(&world.plan(&["A x:1 a", "B y:1 b", "B y:9 c", "C z:1 c"]));
    let [found] = found.as_slice() else { panic!("{found:#?}") };
    let expected = "jira.fields.Environment: SEC, Task, the field `Environment` (cf3): 3 values are left out of 3 \
                    tickets; the first reason: `";
    assert!(found.starts_with(expected) && found.ends_with("It takes: production, staging."), "{found}");
    world.config = format!("max-new: 1\n{}", world.config);
    let found = problems(&world.plan(&["A x:1 a", "B y:1 b", "C z:1 c"]));
    let ours: Vec<_> = found.iter().filter(|found| found.contains("Environment")).collect();
    assert!(
        matches!(ours[..], [found] if found.contains("is not one of its values, so it is left out")),
        "{found:#?}"
    );
}
