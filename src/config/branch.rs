//! The pattern syntax of GitHub's `on.push.branches`, compiled.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet>

use std::fmt;

use regex_lite::Regex;

/// The maximum number of patterns in a configuration.
pub const MOST_PATTERNS: usize = 50;
/// GitHub does not accept longer names, so a longer pattern is a mistake.
const PATTERN_LIMIT: usize = 255;

/// Branch patterns in the order in which they are written; without any: all branches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Branches {
    pub(crate) patterns: Vec<Pattern>,
}

/// One branch pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    /// As it is written.
    pub(crate) text: String,
    /// Whether it revokes what earlier patterns allowed (`!` in front).
    pub(crate) negative: bool,
    /// What the whole name must match.
    pub(crate) expression: Regex,
}

impl PartialEq for Pattern {
    /// The text determines everything: the expression is derived from it.
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}

/// Why a pattern is invalid, or why the patterns together make no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPattern {
    /// The index of the pattern, from 0; `None`: all of them together.
    pub index: Option<usize>,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Branches {
    /// Compiles patterns, or returns what is wrong with each of them.
    pub fn new<S: AsRef<str>>(patterns: &[S]) -> Result<Branches, Vec<BadPattern>> {
        let mut compiled = Vec::new();
        let mut bad = Vec::new();
        for (index, text) in patterns.iter().map(AsRef::as_ref).enumerate() {
            match compile(text) {
                Ok(pattern) => compiled.push(pattern),
                Err(message) => bad.push(BadPattern { index: Some(index), message }),
            }
        }
        if patterns.len() > MOST_PATTERNS {
            let message = format!(
                "there are {} branch patterns, but at most {MOST_PATTERNS} are allowed",
                patterns.len()
            );
            bad.push(BadPattern { index: None, message });
        }
        if bad.is_empty() && !compiled.is_empty() && compiled.iter().all(|pattern| pattern.negative) {
            let message = "if all patterns start with `!`, no branch is allowed: put one without `!` \
                           before them";
            bad.push(BadPattern { index: None, message: message.to_owned() });
        }
        if bad.is_empty() { Ok(Branches { patterns: compiled }) } else { Err(bad) }
    }
}

fn compile(text: &str) -> Result<Pattern, String> {
    let (negative, body) = match text.strip_prefix('!') {
        Some(body) => (true, body),
        None => (false, text),
    };
    if body.is_empty() {
        return Err("a branch pattern is empty".to_owned());
    }
    if body.len() > PATTERN_LIMIT {
        return Err(format!("a branch pattern can have at most {PATTERN_LIMIT} characters"));
    }
    if let Some(name) = body.strip_prefix("refs/heads/") {
        return Err(format!("branches are named without `refs/heads/`: write `{name}`"));
    }
    if body.starts_with('/') {
        return Err("a branch name cannot begin with `/`".to_owned());
    }
    if let Some(sign) = body.chars().find(|&c| c.is_whitespace() || c.is_control() || "~^:".contains(c)) {
        let sign = if matches!(sign, '~' | '^' | ':') { format!("`{sign}`") } else { "a space".to_owned() };
        return Err(format!("a branch name cannot contain {sign}"));
    }
    let expression = format!("(?s)^{}$", expression(body)?);
    let expression =
        Regex::new(&expression).map_err(|_| "this branch pattern has too many repetitions".to_owned())?;
    Ok(Pattern { text: text.to_owned(), negative, expression })
}

/// The regular expression of a pattern, atom by atom, so that `?` and `+` apply to the last one.
fn expression(pattern: &str) -> Result<String, String> {
    let mut atoms: Vec<String> = Vec::new();
    let mut rest = pattern.chars().peekable();
    let mut folder_starts = true;
    while let Some(c) = rest.next() {
        let was_start = std::mem::replace(&mut folder_starts, c == '/');
        match c {
            '*' if rest.next_if_eq(&'*').is_some() => {
                // any number of whole folders, including none: `a/**/b` allows `a/b`
                if was_start && rest.next_if_eq(&'/').is_some() {
                    atoms.push("(?:.+/)?".to_owned());
                    folder_starts = true;
                } else {
                    atoms.push(".*".to_owned());
                }
            }
            '*' => atoms.push("[^/]*".to_owned()),
            '?' | '+' => match atoms.last_mut() {
                Some(last) => *last = format!("(?:{last}){c}"),
                None => atoms.push(literal(c)),
            },
            '[' => atoms.push(class(&mut rest)?),
            '\\' => match rest.next() {
                Some(c) if r"*?+[]!\".contains(c) => atoms.push(literal(c)),
                _ => return Err(r"`\` can only escape one of `*?+[]!\`".to_owned()),
            },
            c => atoms.push(literal(c)),
        }
    }
    Ok(atoms.concat())
}

/// The inside of brackets: letters, digits, and ranges within one kind of them.
fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut class = String::from("[");
    loop {
        let c = rest.next().ok_or("`[` has no `]`")?;
        match c {
            ']' if class.len() == 1 => return Err("`[]` is empty".to_owned()),
            ']' => return Ok(class + "]"),
            c if c.is_ascii_alphanumeric() => {
                class.push(c);
                if rest.next_if_eq(&'-').is_some() {
                    let end = rest.next().ok_or("`[` has no `]`")?;
                    let same = |sort: fn(&char) -> bool| sort(&c) && sort(&end);
                    let sort = same(char::is_ascii_lowercase)
                        || same(char::is_ascii_uppercase)
                        || same(char::is_ascii_digit);
                    if !sort || c > end {
                        return Err("a range in `[]` must be within a-z, A-Z or 0-9".to_owned());
                    }
                    class.push('-');
                    class.push(end);
                }
            }
            _ => return Err("`[]` may contain only letters, digits and ranges of them".to_owned()),
        }
    }
}

fn literal(c: char) -> String {
    regex_lite::escape(c.encode_utf8(&mut [0; 4]))
}
