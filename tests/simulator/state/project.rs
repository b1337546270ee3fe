//! Projects with their issue types, screens, components and permissions; the fields there are.

use std::collections::BTreeSet;

use super::automation::Automation;
use super::workflow::Transition;

/// A project; its permissions are those of the accounts that come over the API.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) name: String,
    /// Team-managed ("simplified", "next-gen").
    pub(crate) team_managed: bool,
    pub(crate) issue_types: Vec<IssueType>,
    /// Field ids on the create screen.
    pub(crate) create_screen: BTreeSet<String>,
    pub(crate) edit_screen: BTreeSet<String>,
    /// Field ids without which nothing is created, beside project, issue type and summary.
    pub(crate) required: BTreeSet<String>,
    pub(crate) components: Vec<Component>,
    pub(crate) security_levels: Vec<Component>,
    pub(crate) transitions: Vec<Transition>,
    /// Status of a new issue.
    pub(crate) first_status: String,
    /// Permission keys that are missing.
    pub(crate) revoked: BTreeSet<String>,
    /// Done issues take no edit (`jira.issue.editable=false` on their statuses).
    pub(crate) done_is_closed: bool,
    /// Ids of statuses with the property `jira.issue.editable=false`: issues there take no edit.
    pub(crate) closed_to_edits: BTreeSet<String>,
    /// Issues created over the API cannot be seen there (a default security level without the account).
    pub(crate) hides_new: bool,
    /// What its administrators' rules do to tickets.
    pub(crate) automation: Vec<Automation>,
    pub(crate) last_number: u64,
}

/// A kind of issue, the same in all projects that offer it.
#[derive(Debug, Clone)]
pub(crate) struct IssueType {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) subtask: bool,
    /// An epic's: level 1 on Cloud, and on Data Center a create screen that needs the epic's name.
    pub(crate) epic: bool,
}

/// Something of a project with an id and a name: a component, a security level.
#[derive(Debug, Clone)]
pub(crate) struct Component {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A field of the site.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: FieldKind,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Summary,
    /// The face's rich text.
    Text,
    /// A line of at most 255 characters.
    Line,
    Number,
    Date,
    Labels,
    Priority,
    User,
    Components,
    Parent,
    Security,
    /// One of these values.
    Choice(Vec<&'static str>),
    /// Several of these values.
    Several(Vec<&'static str>),
    /// One of these values, and one of those below it.
    Cascade(Vec<(&'static str, Vec<&'static str>)>),
    /// A service desk's request type, or Data Center's team (its kind): a plain string sets it.
    PlainString(&'static str),
    /// `{"originalEstimate": "2d"}` (`timetracking`).
    TimeTracking,
    /// Services of Jira Service Management: a list of objects with an `id`.
    Services,
    /// Objects of Assets (`com.atlassian.jira.plugins.cmdb:cmdb-object-cftype`).
    Objects,
    /// What Data Center's epics need (`com.pyxis.greenhopper.jira:gh-epic-label`).
    EpicName,
    /// Project and issue type: given at creation alone.
    Origin,
    /// Written by other operations (attachments, links), or by Jira itself.
    Elsewhere,
}

impl Project {
    /// Takes a permission (`CREATE_ISSUES`, …) away from everybody on the API.
    pub(crate) fn revoke(&mut self, permission: &str) {
        self.revoked.insert(permission.to_owned());
    }

    pub(crate) fn grants(&self, permission: &str) -> bool {
        !self.revoked.contains(permission)
    }

    /// Makes a field required on the create screen, and puts it there.
    pub(crate) fn require(&mut self, field: &str) {
        self.create_screen.insert(field.to_owned());
        self.required.insert(field.to_owned());
    }

    /// Takes a field from both screens.
    pub(crate) fn hide(&mut self, field: &str) {
        self.create_screen.remove(field);
        self.edit_screen.remove(field);
    }

    /// The issue type with this id or name.
    pub(crate) fn issue_type(&self, id_or_name: &str) -> Option<&IssueType> {
        self.issue_types.iter().find(|kind| kind.id == id_or_name || kind.name == id_or_name)
    }
}
