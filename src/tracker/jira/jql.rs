//! Questions in JQL. What goes into one is quoted here and nowhere else.

use crate::model::fingerprint::Fingerprint;
use crate::model::ticket::{LABEL, label};

/// How many names one question holds: a hundred groups with eight names each.
pub(super) const NAMES: usize = 800;

/// The tickets with the repository's label that are not done.
pub(super) fn open(repository: &str) -> String {
    let (repository, casefile) = (quoted(repository), quoted(LABEL));
    format!("labels = {repository} AND labels = {casefile} AND statusCategory != Done ORDER BY key ASC")
}

/// The tickets with the repository's label that are done and were changed lately.
pub(super) fn done(repository: &str) -> String {
    let (repository, casefile) = (quoted(repository), quoted(LABEL));
    let lately = "statusCategory = Done AND updated >= \"-30d\"";
    format!("labels = {repository} AND labels = {casefile} AND {lately} ORDER BY key ASC")
}

/// All tickets with the repository's label.
pub(super) fn marked(repository: &str) -> String {
    format!("labels = {} ORDER BY key ASC", quoted(repository))
}

/// The tickets, done or not, with the label of any of these names.
pub(super) fn labelled(names: &[Fingerprint]) -> String {
    let labels: Vec<String> = names.iter().map(|name| quoted(&label(*name))).collect();
    format!("labels in ({}) ORDER BY key ASC", labels.join(", "))
}

/// The tickets of a project, the newest first.
pub fn newest(project: &str) -> String {
    format!("project = {} ORDER BY key DESC", quoted(project))
}

/// A string of JQL: `INT` and `DO` are reserved words unless quoted.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fingerprint::Recipe;

    #[test]
    fn questions_are_quoted() {
        let check = |made: String, expected: &str| assert_eq!(made, expected);
        check(
            open("casefile-repo-0123456789ab"),
            r#"labels = "casefile-repo-0123456789ab" AND labels = "casefile" AND statusCategory != Done ORDER BY key ASC"#,
        );
        check(
            done("casefile-repo-0123456789ab"),
            r#"labels = "casefile-repo-0123456789ab" AND labels = "casefile" AND statusCategory = Done AND updated >= "-30d" ORDER BY key ASC"#,
        );
        check(marked("casefile-repo-x"), r#"labels = "casefile-repo-x" ORDER BY key ASC"#);
        check(newest("DO"), r#"project = "DO" ORDER BY key DESC"#);
        check(newest(r#"A\" OR "B"#), r#"project = "A\\\" OR \"B" ORDER BY key DESC"#);
        let name = Recipe::new("x").finish();
        check(
            labelled(&[name, name]),
            &format!(r#"labels in ("casefile-{name}", "casefile-{name}") ORDER BY key ASC"#),
        );
    }
}
