//! Workflow commands: how a step annotates files and hides secrets. A value cannot become a command.

use std::fmt::Write;

use crate::document::terminal;

/// How important an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Something failed.
    Error,
    /// Something deserves a look.
    Warning,
    /// Worth knowing.
    Notice,
}

/// A remark that GitHub shows on the run's page and, if it has one, at a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Annotation {
    /// How important it is.
    pub level: Level,
    /// One line; may be empty.
    pub title: String,
    /// What it says.
    pub message: String,
    /// The file's path from the repository's root, and its line from 1 (0: none).
    pub at: Option<(String, u32)>,
}

/// How many annotations of one level GitHub shows for a step.
const SHOWN: usize = 10;

/// The commands for these annotations, one per line, as many of each level as GitHub shows; if there are more, the last
/// one says how many are left out, including those of `unlisted`, for which no annotation was made.
pub(crate) fn annotations(all: &[Annotation], unlisted: &[(Level, usize)]) -> String {
    let mut text = String::new();
    for level in [Level::Error, Level::Warning, Level::Notice] {
        let of_level: Vec<&Annotation> = all.iter().filter(|one| one.level == level).collect();
        let beyond: usize = unlisted.iter().filter(|(of, _)| *of == level).map(|(_, count)| count).sum();
        let all = of_level.len() + beyond;
        let kept = if all > SHOWN { of_level.len().min(SHOWN - 1) } else { of_level.len() };
        of_level.iter().take(kept).for_each(|one| one.write(&mut text));
        if all > kept {
            let message = format!("and {} more: see the step summary", all - kept);
            Annotation { level, title: String::new(), message, at: None }.write(&mut text);
        }
    }
    text
}

impl Annotation {
    fn write(&self, text: &mut String) {
        let level = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        };
        let mut properties = Vec::new();
        if let Some((path, line)) = &self.at {
            properties.push(format!("file={}", property(path)));
            if *line > 0 {
                properties.push(format!("line={line}"));
            }
        }
        if !self.title.is_empty() {
            properties.push(format!("title={}", property(&self.title)));
        }
        let space = if properties.is_empty() { "" } else { " " };
        let _ = writeln!(
            text,
            "::{level}{space}{}::{}",
            properties.join(","),
            data(&terminal::shown(&self.message))
        );
    }
}

/// The runner's escapes for a command's message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The runner's escapes for a command's property.
fn property(text: &str) -> String {
    data(&terminal::shown(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning(message: &str, title: &str, at: Option<(&str, u32)>) -> Annotation {
        Annotation {
            level: Level::Warning,
            title: title.to_owned(),
            message: message.to_owned(),
            at: at.map(|(path, line)| (path.to_owned(), line)),
        }
    }

    #[test]
    fn values_stay_values() {
        let check = |message, title, at, expected: &str| {
            assert_eq!(annotations(&[warning(message, title, at)], &[]), expected);
        };
        check("plain", "", None, "::warning::plain\n");
        check("a\n::error::b", "", None, "::warning::a%0A\\::error::b\n");
        check("100%0A", "", None, "::warning::100%250A\n");
        check("x", "a::b, c", None, "::warning title=a%3A%3Ab%2C c::x\n");
        check("x", "", Some(("a,b:c\r\n.py", 3)), "::warning file=a%2Cb%3Ac%0A.py,line=3::x\n");
        check("##[error]x", "", None, "::warning::##\\[error]x\n");
        check("x", "", Some(("a.py", 0)), "::warning file=a.py::x\n");
        check("\u{1b}[2J\u{202e}x", "", None, "::warning::\\u{1b}[2J\\u{202e}x\n");
    }

    #[test]
    fn what_github_would_not_show_is_counted() {
        let check = |warnings: usize, lines: usize, last: &str| {
            let text = annotations(&vec![warning("x", "", None); warnings], &[]);
            assert_eq!((text.lines().count(), text.lines().last().unwrap_or("")), (lines, last));
        };
        check(0, 0, "");
        check(10, 10, "::warning::x");
        check(11, 10, "::warning::and 2 more: see the step summary");
        check(500, 10, "::warning::and 491 more: see the step summary");
        let beyond = annotations(&[warning("x", "", None)], &[(Level::Warning, 40), (Level::Error, 2)]);
        assert_eq!(
            beyond,
            "::error::and 2 more: see the step summary\n::warning::x\n::warning::and 40 more: see the step summary\n"
        );
    }
}
