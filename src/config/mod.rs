//! The configuration file: what may be written (`raw`), and what the rest of casefile uses ([`Config`]), checked so
//! that all problems are reported at once.

mod branch;
mod check;
mod default_branch;
pub(crate) mod glob;
mod jira;
mod known;
mod place;
mod raw;
mod read;
mod schema;
pub mod template;
mod tree;
pub(crate) mod valid;
pub(crate) mod words;

pub use branch::{BadPattern, Branches, MOST_PATTERNS as MOST_BRANCHES};
pub use check::MOST_NEW;
pub use glob::Glob;
pub use jira::{FieldValue, JiraConfig, LOCAL_PROJECT, OwnerTarget, Route};
pub use schema::schema;
pub use valid::{
    Condition, Config, Github, GroupBy, Ignore, Notify, PullRequestConfig, Recurrence, Refresh, ReportEntry,
    ServeConfig, SeverityRule, SiteConfig, StateTarget, States,
};
pub use words::{
    Annotate, Attach, BranchSide, CommentEvent, Create, Deployment, DetailLevel, FindingScope,
    RecurrenceAction, Slack, TicketSection, TrackerKind,
};

use crate::model::scan::Problem;
use place::ValuePosition;
use read::ConfigIssue;
use tree::{ConfigNode, ConfigValue, FilePosition};

/// How many problems are reported; that is enough to start with.
const MOST_PROBLEMS: usize = 100;

/// Reads the text of a configuration file. `name` is how its problems refer to it.
///
/// # Errors
///
/// Everything that is wrong with it, ordered by line and column. No problem quotes a value, because it may be a secret.
pub fn parse(text: &str, name: &str) -> Result<Config, Vec<Problem>> {
    let mut node = match ConfigNode::parse(text) {
        Ok(node) => node,
        Err(error) => {
            let hint = String::new();
            return Err(problems(name, vec![ConfigIssue { spot: error.spot, message: error.message, hint }]));
        }
    };
    if matches!(node.value, ConfigValue::Null) {
        return Ok(Config::default());
    }
    let mut wrong = Vec::new();
    let Some(raw) = read::read(&mut node, &mut wrong) else { return Err(problems(name, wrong)) };
    let mut check = check::ValueChecker::new(name);
    let config = check.config(raw, ValuePosition::root(&node));
    wrong.append(&mut check.wrong);
    if wrong.is_empty() { Ok(config) } else { Err(problems(name, wrong)) }
}

/// The form of a problem's place: `casefile.yml:12:5`.
fn place(file: &str, spot: FilePosition) -> String {
    format!("{file}:{}:{}", spot.line, spot.column)
}

fn problems(file: &str, mut wrong: Vec<ConfigIssue>) -> Vec<Problem> {
    wrong.sort_by_key(|wrong| wrong.spot);
    let problem = |wrong: ConfigIssue| Problem::new(place(file, wrong.spot), wrong.message).hint(wrong.hint);
    let more = wrong.len() > MOST_PROBLEMS;
    wrong.truncate(MOST_PROBLEMS);
    let mut problems: Vec<Problem> = wrong.into_iter().map(problem).collect();
    if more {
        let message = format!("there are more than {MOST_PROBLEMS} problems; the others are not listed");
        problems.push(Problem::new(file, message));
    }
    problems
}

#[cfg(test)]
mod tests;
