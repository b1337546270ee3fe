//! The statuses of a local ticket, and the meaning of other words that people write.

use crate::model::ticket::{Category, Status};

/// The statuses that casefile itself moves a ticket to: id, name, meaning.
const OWN: [(&str, &str, Category); 4] = [
    ("to-do", "To Do", Category::New),
    ("in-progress", "In Progress", Category::InProgress),
    ("done", "Done", Category::Done),
    ("wont-do", "Won't Do", Category::Done),
];

/// Other words that people use for work that has not begun.
const NEW: [&str; 6] = ["todo", "open", "new", "backlog", "reopened", "selected for development"];

/// Other words that people use for work that is finished.
const DONE: [&str; 14] = [
    "closed",
    "resolved",
    "fixed",
    "finished",
    "complete",
    "completed",
    "won't fix",
    "wontfix",
    "false positive",
    "risk accepted",
    "duplicate",
    "cancelled",
    "canceled",
    "rejected",
];

/// The status in which a ticket begins.
pub(super) const FIRST: &str = OWN[0].1;

/// The status that a word in a file stands for; an unknown word means work in progress.
pub(super) fn status(word: &str) -> Status {
    target(word).unwrap_or_else(|| {
        let folded = fold(word);
        let category = match folded.as_str() {
            word if NEW.contains(&word) => Category::New,
            word if DONE.contains(&word) => Category::Done,
            _ => Category::InProgress,
        };
        Status { id: folded, name: word.trim().to_owned(), category }
    })
}

/// The status that a ticket can be moved to, by name (ignoring case) or id.
pub(super) fn target(word: &str) -> Option<Status> {
    let word = fold(word);
    OWN.iter().find(|(id, name, _)| *id == word || fold(name) == word).map(|(id, name, category)| Status {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
        category: *category,
    })
}

/// The statuses that a ticket can be moved to.
pub(super) fn all() -> Vec<Status> {
    OWN.iter().filter_map(|(id, ..)| target(id)).collect()
}

/// The first status of this category.
pub(super) fn first(category: Category) -> Status {
    let own = OWN.iter().find(|(_, _, means)| *means == category);
    target(own.map_or(FIRST, |(_, name, _)| name)).unwrap_or_else(|| status(FIRST))
}

/// The names of the statuses that a ticket can be moved to, for an error.
pub(super) fn names() -> String {
    OWN.map(|(_, name, _)| name).join(", ")
}

fn fold(word: &str) -> String {
    word.trim().to_lowercase().replace('\u{2019}', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_a_meaning() {
        let check = |word, name: &str, category| {
            let status = status(word);
            assert_eq!((status.name.as_str(), status.category), (name, category), "{word}");
        };
        check("To Do", "To Do", Category::New);
        check(" DONE ", "Done", Category::Done);
        check("Won\u{2019}t Do", "Won't Do", Category::Done);
        check("wont-do", "Won't Do", Category::Done);
        check("Backlog", "Backlog", Category::New);
        check("Risk Accepted", "Risk Accepted", Category::Done);
        check("Waiting for Bob", "Waiting for Bob", Category::InProgress);
        check("", "", Category::InProgress);
    }
}
