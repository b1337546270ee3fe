//! Queries in JQL. What goes into a query is quoted here and nowhere else.

use crate::model::fingerprint::Fingerprint;
use crate::model::ticket::{LABEL, label, token};

/// How many names one query holds: a hundred groups with as many names as they can have.
pub(super) const NAMES: usize = 800;

/// The tickets with any of the repository's labels that are not done.
pub(super) fn open(repository: &[String]) -> String {
    let (repository, casefile) = (any(repository), quoted(LABEL));
    format!("{repository} AND labels = {casefile} AND statusCategory != Done ORDER BY key ASC")
}

/// The tickets with any of the repository's labels that are done and were changed recently.
pub(super) fn done(repository: &[String]) -> String {
    let (repository, casefile) = (any(repository), quoted(LABEL));
    let lately = "statusCategory = Done AND updated >= \"-30d\"";
    format!("{repository} AND labels = {casefile} AND {lately} ORDER BY key ASC")
}

/// Both of them.
pub(super) fn open_and_done(repository: &[String]) -> String {
    let (repository, casefile) = (any(repository), quoted(LABEL));
    let either = "(statusCategory != Done OR updated >= \"-30d\")";
    format!("{repository} AND labels = {casefile} AND {either} ORDER BY key ASC")
}

/// All tickets with any of the repository's labels.
pub(super) fn marked(repository: &[String]) -> String {
    format!("{} ORDER BY key ASC", any(repository))
}

/// The tickets, done or not, with the label of any of these names.
pub(super) fn labelled(names: &[Fingerprint]) -> String {
    let labels: Vec<String> = names.iter().map(|name| label(*name)).collect();
    format!("{} ORDER BY key ASC", any_of(&labels))
}

/// How many words one query looks for in texts.
pub(super) const WORDS: usize = 300;

/// The tickets, done or not, with the reference word of any of these names in any of these fields: `description` and
/// `comment`, or all `text`.
pub(super) fn mentioned(fields: &[&str], names: &[Fingerprint]) -> String {
    let mut words = Vec::new();
    for word in names.iter().map(|name| quoted(&token(*name))) {
        words.extend(fields.iter().map(|field| format!("{field} ~ {word}")));
    }
    format!("({}) ORDER BY key ASC", words.join(" OR "))
}

/// The tickets of a project, newest first.
pub fn newest(project: &str) -> String {
    format!("project = {} ORDER BY key DESC", quoted(project))
}

/// Tickets that carry one of a repository's labels; usually there is only one.
fn any(labels: &[String]) -> String {
    match labels {
        [one] => format!("labels = {}", quoted(one)),
        several => any_of(several),
    }
}

fn any_of(labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| quoted(label)).collect();
    format!("labels in ({})", labels.join(", "))
}

/// A JQL string: `INT` and `DO` are reserved words unless quoted.
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
            open(&["casefile-repo-0123456789ab".to_owned()]),
            r#"labels = "casefile-repo-0123456789ab" AND labels = "casefile" AND statusCategory != Done ORDER BY key ASC"#,
        );
        check(
            done(&["casefile-repo-0123456789ab".to_owned()]),
            r#"labels = "casefile-repo-0123456789ab" AND labels = "casefile" AND statusCategory = Done AND updated >= "-30d" ORDER BY key ASC"#,
        );
        check(
            open_and_done(&["casefile-repo-0123456789ab".to_owned()]),
            r#"labels = "casefile-repo-0123456789ab" AND labels = "casefile" AND (statusCategory != Done OR updated >= "-30d") ORDER BY key ASC"#,
        );
        check(marked(&["casefile-repo-x".to_owned()]), r#"labels = "casefile-repo-x" ORDER BY key ASC"#);
        let both = ["casefile-repo-x".to_owned(), "casefile-repo-y".to_owned()];
        let listed = r#"labels in ("casefile-repo-x", "casefile-repo-y")"#;
        check(marked(&both), &format!("{listed} ORDER BY key ASC"));
        check(
            open(&both),
            &format!(r#"{listed} AND labels = "casefile" AND statusCategory != Done ORDER BY key ASC"#),
        );
        check(newest("DO"), r#"project = "DO" ORDER BY key DESC"#);
        check(newest(r#"A\" OR "B"#), r#"project = "A\\\" OR \"B" ORDER BY key DESC"#);
        let name = Recipe::new("x").finish();
        check(
            labelled(&[name, name]),
            &format!(r#"labels in ("casefile-{name}", "casefile-{name}") ORDER BY key ASC"#),
        );
        check(
            mentioned(&["text"], &[name, name]),
            &format!(r#"(text ~ "casefile{name}" OR text ~ "casefile{name}") ORDER BY key ASC"#),
        );
    }
}
