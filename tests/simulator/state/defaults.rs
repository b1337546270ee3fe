//! The world that every simulator starts with.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::Face;
use super::github::GitHub;
use super::{
    Auth, Category, Component, Field, FieldKind, Index, IssueType, LinkType, Project, SignIn, Status,
    Transition, User, World,
};

/// Ids of the statuses below.
const TO_DO: &str = "10000";
const IN_PROGRESS: &str = "3";
const DONE: &str = "10001";
const WONT_DO: &str = "10002";

impl World {
    /// SEC (classic, free workflow), OPS (classic, one way only), TEAM (team-managed: no priority, no components); `casefile`,
    /// Alice, Bob, Carol who has left, and a service account; acme/shop with pull request 7.
    pub(crate) fn with_defaults() -> Self {
        Self {
            jira_url: String::new(),
            data_center_url: String::new(),
            face: Face::JiraCloud,
            auth: Auth::Checked,
            sign_in: SignIn::with_defaults("712020:00000000-0000-4000-8000-000000000001"),
            users: users(),
            projects: vec![
                project("10000", "SEC", "Security", false, free_ways()),
                project("10001", "OPS", "Operations", false, strict_ways()),
                team_managed(project("10002", "TEAM", "Team", true, free_ways())),
            ],
            statuses: vec![
                status(TO_DO, "To Do", Category::New),
                status(IN_PROGRESS, "In Progress", Category::Indeterminate),
                status(DONE, "Done", Category::Done),
                status(WONT_DO, "Won't Do", Category::Done),
            ],
            priorities: vec!["Highest", "High", "Medium", "Low", "Lowest"],
            resolutions: vec!["Done", "Fixed", "Won't Do", "Duplicate", "Cannot Reproduce", "Risk Accepted"],
            fields: fields(),
            link_types: link_types(),
            issues: BTreeMap::new(),
            links: Vec::new(),
            index: Index::default(),
            upload_limit: 1_000_000,
            clones_copy_properties: false,
            hides_addresses: false,
            short_pages: None,
            repeats_pages: false,
            hooks: Default::default(),
            github: GitHub::with_defaults(),
            ahead: Duration::ZERO,
            due: Vec::new(),
            deleted_keys: BTreeSet::new(),
            next_id: 10_000,
        }
    }
}

fn users() -> Vec<User> {
    let user = |number: u8, name: &str, display: &str, token: Option<&str>, active| User {
        account: format!("712020:00000000-0000-4000-8000-00000000000{number}"),
        name: name.to_owned(),
        display: display.to_owned(),
        email: if name == "casefile" { "bot@example.com".to_owned() } else { format!("{name}@example.com") },
        token: token.map(str::to_owned),
        active,
    };
    vec![
        user(1, "casefile", "casefile", Some("sim-token"), true),
        user(2, "alice", "Alice", None, true),
        user(3, "bob", "Bob", None, true),
        user(4, "carol", "Carol", None, false),
        // a service account, for when it takes over from a person's token
        user(5, "service", "Service", Some("service-token"), true),
    ]
}

fn status(id: &str, name: &str, category: Category) -> Status {
    Status { id: id.to_owned(), name: name.to_owned(), category }
}

fn project(id: &str, key: &str, name: &str, team_managed: bool, transitions: Vec<Transition>) -> Project {
    let on_screen = [
        "description",
        "labels",
        "priority",
        "assignee",
        "reporter",
        "components",
        "duedate",
        "parent",
        "security",
        "customfield_10050",
        "customfield_10051",
        "customfield_10052",
        "customfield_10053",
        "customfield_10054",
        "customfield_10055",
        "customfield_10056",
        "customfield_10057",
    ];
    let screen: BTreeSet<String> = on_screen.iter().map(|field| (*field).to_owned()).collect();
    let kind = |id: &str, name: &str, subtask| IssueType {
        id: id.to_owned(),
        name: name.to_owned(),
        subtask,
        epic: false,
    };
    let named = |id: &str, name: &str| Component { id: id.to_owned(), name: name.to_owned() };
    Project {
        id: id.to_owned(),
        key: key.to_owned(),
        name: name.to_owned(),
        team_managed,
        issue_types: vec![
            kind("10002", "Task", false),
            kind("10004", "Bug", false),
            kind("10001", "Story", false),
            kind("10003", "Sub-task", true),
        ],
        create_screen: screen.clone(),
        edit_screen: screen,
        required: BTreeSet::new(),
        components: vec![named("10100", "payments"), named("10101", "frontend")],
        security_levels: vec![named("10200", "Internal")],
        transitions,
        first_status: TO_DO.to_owned(),
        revoked: BTreeSet::new(),
        done_is_closed: false,
        closed_to_edits: BTreeSet::new(),
        hides_new: false,
        automation: Vec::new(),
        last_number: 0,
    }
}

fn team_managed(mut project: Project) -> Project {
    for field in ["priority", "components", "security"] {
        project.hide(field);
    }
    project
}

fn way(id: &str, name: &str, from: Option<&str>, to: &str, resolution: Option<&'static str>) -> Transition {
    let screen = if to == DONE { vec!["resolution".to_owned()] } else { Vec::new() };
    Transition {
        id: id.to_owned(),
        name: name.to_owned(),
        from: from.map(str::to_owned),
        to: to.to_owned(),
        screen,
        resolution,
        required: Vec::new(),
        validator: None,
    }
}

/// The simplified workflow: every status from everywhere.
fn free_ways() -> Vec<Transition> {
    vec![
        way("11", "To Do", None, TO_DO, None),
        way("21", "In Progress", None, IN_PROGRESS, None),
        way("31", "Done", None, DONE, Some("Done")),
        way("41", "Won't Do", None, WONT_DO, Some("Won't Do")),
    ]
}

/// No way from To Do to Done but through In Progress.
fn strict_ways() -> Vec<Transition> {
    vec![
        way("11", "Start", Some(TO_DO), IN_PROGRESS, None),
        way("21", "Finish", Some(IN_PROGRESS), DONE, Some("Done")),
        way("31", "Reject", Some(IN_PROGRESS), WONT_DO, Some("Won't Do")),
        way("41", "Reopen", Some(DONE), TO_DO, None),
    ]
}

fn fields() -> Vec<Field> {
    let field = |id: &str, name: &str, kind| Field { id: id.to_owned(), name: name.to_owned(), kind };
    vec![
        field("project", "Project", FieldKind::Origin),
        field("issuetype", "Issue Type", FieldKind::Origin),
        field("summary", "Summary", FieldKind::Summary),
        field("description", "Description", FieldKind::Text),
        field("labels", "Labels", FieldKind::Labels),
        field("priority", "Priority", FieldKind::Priority),
        field("assignee", "Assignee", FieldKind::User),
        field("reporter", "Reporter", FieldKind::User),
        field("components", "Components", FieldKind::Components),
        field("duedate", "Due date", FieldKind::Date),
        field("parent", "Parent", FieldKind::Parent),
        field("security", "Security Level", FieldKind::Security),
        field("status", "Status", FieldKind::Elsewhere),
        field("resolution", "Resolution", FieldKind::Elsewhere),
        field("attachment", "Attachment", FieldKind::Elsewhere),
        field("issuelinks", "Linked Issues", FieldKind::Elsewhere),
        field("comment", "Comment", FieldKind::Elsewhere),
        field("created", "Created", FieldKind::Elsewhere),
        field("updated", "Updated", FieldKind::Elsewhere),
        field("creator", "Creator", FieldKind::Elsewhere),
        field("customfield_10050", "Team", FieldKind::Line),
        field("customfield_10051", "CVSS", FieldKind::Number),
        field("customfield_10052", "Evidence", FieldKind::Text),
        field("customfield_10053", "Environment", FieldKind::Choice(vec!["production", "staging"])),
        field("customfield_10054", "Teams", FieldKind::Several(vec!["AppSec", "Platform", "Web"])),
        field(
            "customfield_10055",
            "Region",
            FieldKind::Cascade(vec![("EU", vec!["DE", "FR"]), ("US", vec!["East"])]),
        ),
        field("customfield_10056", "Reviewer", FieldKind::User),
        field("customfield_10057", "Checked until", FieldKind::Date),
        // on no screen unless a test puts them there
        field("timetracking", "Time tracking", FieldKind::TimeTracking),
        field(
            "customfield_10060",
            "Request Type",
            FieldKind::PlainString("com.atlassian.servicedesk:vp-origin"),
        ),
        field(
            "customfield_10061",
            "Delivery team",
            FieldKind::PlainString("com.atlassian.teams:rm-teams-custom-field-team"),
        ),
        field("customfield_10062", "Affected services", FieldKind::Services),
        field("customfield_10063", "Objects", FieldKind::Objects),
        field("customfield_10064", "Epic Name", FieldKind::EpicName),
    ]
}

fn link_types() -> Vec<LinkType> {
    let kind = |id: &str, name: &str, inward: &str, outward: &str| LinkType {
        id: id.to_owned(),
        name: name.to_owned(),
        inward: inward.to_owned(),
        outward: outward.to_owned(),
    };
    vec![
        kind("10000", "Blocks", "is blocked by", "blocks"),
        kind("10001", "Cloners", "is cloned by", "clones"),
        kind("10002", "Duplicate", "is duplicated by", "duplicates"),
        kind("10003", "Relates", "relates to", "relates to"),
    ]
}
