//! Statuses, their categories, and the ways between them.

use super::{Issue, Refusal, World};

/// Jira's three status categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    New,
    Indeterminate,
    Done,
}

impl Category {
    /// Id, key, colour and name, as every Jira has them.
    pub(crate) fn facts(self) -> (u8, &'static str, &'static str, &'static str) {
        match self {
            Self::New => (2, "new", "blue-gray", "To Do"),
            Self::Indeterminate => (4, "indeterminate", "yellow", "In Progress"),
            Self::Done => (3, "done", "green", "Done"),
        }
    }
}

/// A status.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) category: Category,
}

/// A way to a status.
#[derive(Debug, Clone)]
pub(crate) struct Transition {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Status id; `None`: from everywhere.
    pub(crate) from: Option<String>,
    pub(crate) to: String,
    /// Field ids on its screen.
    pub(crate) screen: Vec<String>,
    /// Resolution that the workflow sets where the screen did not.
    pub(crate) resolution: Option<&'static str>,
    /// Field ids of its screen without which it is refused (`required`, no `hasDefaultValue`).
    pub(crate) required: Vec<String>,
    /// What a validator of the workflow says, whatever is given; `None`: it lets all through.
    pub(crate) validator: Option<&'static str>,
}

impl World {
    /// The transitions open to an issue, by its project's workflow.
    pub(crate) fn transitions(&self, issue: &Issue) -> Vec<Transition> {
        let Some(project) = self.project(&issue.project) else {
            return Vec::new();
        };
        let open = |way: &&Transition| way.from.as_ref().is_none_or(|from| *from == issue.status);
        project.transitions.iter().filter(open).cloned().collect()
    }

    /// Goes a way of the workflow; `resolution` only where the transition's screen has it.
    pub(crate) fn go(
        &mut self,
        id: u64,
        author: &str,
        way: &Transition,
        resolution: Option<String>,
    ) -> Result<(), Refusal> {
        let done = self.status(&way.to).is_some_and(|status| status.category == Category::Done);
        let set = resolution.or_else(|| way.resolution.map(str::to_owned)).filter(|_| done);
        let act = |issue: &mut Issue| {
            issue.status.clone_from(&way.to);
            issue.resolution = set;
        };
        self.change(id, author, act).ok_or_else(Refusal::no_issue)
    }
}
