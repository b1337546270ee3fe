//! Who owns a path: GitHub's CODEOWNERS.
//!
//! <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>

/// Where the file may lie, in the order in which GitHub looks; the first that is there counts.
pub const FILES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// How many bytes it may have: GitHub reads no larger one.
pub const LARGEST: u64 = 3 << 20;

/// Teams and people by the paths that they own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Owners {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    pattern: Vec<Part>,
    owners: Vec<String>,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    /// Any folders, at least so many names.
    Deep(usize),
    /// One name, in which `*` stands for any text and `?` for one character.
    Name(Vec<Symbol>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Symbol {
    Any,
    One,
    Is(char),
}

impl Owners {
    /// Reads the file. What GitHub does not understand it skips, and so does this.
    pub fn parse(text: &str) -> Owners {
        Owners { rules: text.lines().filter_map(rule).collect() }
    }

    /// Who owns a path, in the order of the file: the last line that matches says it, and may say nobody.
    pub fn of(&self, path: &str) -> &[String] {
        let names: Vec<&str> = path.split('/').collect();
        let last = self.rules.iter().rev().find(|rule| matches(&rule.pattern, &names));
        last.map_or(&[], |rule| &rule.owners)
    }
}

/// A line: a pattern and owners, up to a comment.
fn rule(line: &str) -> Option<Rule> {
    let (pattern, rest) = pattern_of(line.trim())?;
    let owners = rest.split_whitespace().take_while(|word| !word.starts_with('#'));
    let owners: Vec<String> = owners.map(str::to_owned).collect();
    owners.iter().all(|owner| owner.contains('@')).then(|| Rule { pattern: parts(&pattern), owners })
}

/// The pattern, in which `\` makes a blank part of it, and what follows.
fn pattern_of(line: &str) -> Option<(Vec<Symbol>, &str)> {
    // `!` and a leading `\#` mean nothing there, in contrast to .gitignore
    if line.is_empty() || line.starts_with(['#', '!']) || line.starts_with("\\#") {
        return None;
    }
    let mut pattern = Vec::new();
    let mut characters = line.char_indices();
    while let Some((at, c)) = characters.next() {
        pattern.push(match c {
            _ if c.is_whitespace() => return Some((pattern, &line[at..])),
            '\\' => Symbol::Is(characters.next()?.1),
            '*' => Symbol::Any,
            '?' => Symbol::One,
            c => Symbol::Is(c),
        });
    }
    Some((pattern, ""))
}

/// What each name of a path must be. As in .gitignore a pattern without `/` but at its end holds at any
/// depth, and one that names a folder holds for all that is in it; but `folder/*` stays within the folder.
fn parts(pattern: &[Symbol]) -> Vec<Part> {
    const SLASH: Symbol = Symbol::Is('/');
    let leading = pattern.first() == Some(&SLASH);
    let folder = pattern.last() == Some(&SLASH);
    let mut names: Vec<&[Symbol]> = pattern.split(|symbol| *symbol == SLASH).collect();
    names.retain(|name| !name.is_empty());
    let mut parts = Vec::new();
    if !leading && names.len() == 1 {
        parts.push(Part::Deep(0));
    }
    let last = names.len().saturating_sub(1);
    for (index, name) in names.iter().enumerate() {
        match name {
            [Symbol::Any, Symbol::Any] => parts.push(Part::Deep(usize::from(index == last))),
            [Symbol::Any] if index == last && !folder => parts.push(Part::Name(name.to_vec())),
            _ => {
                parts.push(Part::Name(name.to_vec()));
                if index == last {
                    parts.push(Part::Deep(usize::from(folder)));
                }
            }
        }
    }
    parts
}

/// Whether the parts cover all names of a path; `reached[n]`: the parts so far cover the first `n`.
fn matches(parts: &[Part], names: &[&str]) -> bool {
    if parts.is_empty() {
        return false;
    }
    let mut reached = vec![false; names.len() + 1];
    reached[0] = true;
    for part in parts {
        let mut next = vec![false; names.len() + 1];
        match part {
            Part::Deep(least) => {
                if let Some(first) = reached.iter().position(|reached| *reached) {
                    next.iter_mut().skip(first + least).for_each(|reached| *reached = true);
                }
            }
            Part::Name(symbols) => {
                for (index, name) in names.iter().enumerate() {
                    next[index + 1] = reached[index] && is_name(symbols, name);
                }
            }
        }
        if !next.contains(&true) {
            return false;
        }
        reached = next;
    }
    reached[names.len()]
}

/// Whether a name is of this form: after the last `*` it is tried again one character later.
fn is_name(symbols: &[Symbol], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut symbol) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < name.len() {
        match symbols.get(symbol) {
            Some(Symbol::Any) => {
                retry = Some((symbol, at));
                symbol += 1;
                continue;
            }
            Some(Symbol::One) => (),
            Some(Symbol::Is(c)) if *c == name[at] => (),
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                (symbol, at) = (star + 1, from + 1);
                continue;
            }
        }
        at += 1;
        symbol += 1;
    }
    symbols[symbol..].iter().all(|symbol| *symbol == Symbol::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pattern, paths that it matches, and paths that it does not.
    fn check(pattern: &str, matching: &[&str], others: &[&str]) {
        let owners = Owners::parse(&format!("{pattern} @a"));
        for path in matching {
            assert_eq!(owners.of(path), ["@a"], "{pattern} on {path}");
        }
        for path in others {
            assert_eq!(owners.of(path), [""; 0], "{pattern} on {path}");
        }
    }

    /// The example of GitHub's documentation, and .gitignore's rules.
    #[test]
    fn patterns() {
        check("*", &["a", "a/b/c.js"], &[]);
        check("*.js", &["a.js", "src/deep/a.js"], &["a.jsx", "ajs"]);
        check("/build/logs/", &["build/logs/x", "build/logs/a/b"], &["build/logs", "a/build/logs/x"]);
        check(
            "docs/*",
            &["docs/getting-started.md"],
            &["docs/build-app/troubleshooting.md", "a/docs/x.md", "docs"],
        );
        check("apps/", &["apps/a", "x/apps/a/b"], &["apps", "myapps/a"]);
        check("/docs/", &["docs/a", "docs/a/b"], &["x/docs/a"]);
        check("/scripts/", &["scripts/a"], &["b/scripts/a"]);
        check("**/logs", &["build/logs", "scripts/logs/a", "deeply/nested/logs/b", "logs/x"], &["alogs"]);
        check("/apps/github", &["apps/github", "apps/github/x"], &["apps/githubs", "x/apps/github"]);
        check("src/**/test", &["src/test", "src/a/b/test/c"], &["src/atest"]);
        check("a/**", &["a/b", "a/b/c"], &["a"]);
        check("src/?at.py", &["src/cat.py"], &["src/at.py", "src/chat.py"]);
        check("src/a*b*c", &["src/abc", "src/axxbyyc", "src/abbbc/x"], &["src/abd", "src/acb"]);
        check(r"a\ b/c", &["a b/c"], &["a b", "ab/c"]);
        check("app/[slug]/x", &["app/[slug]/x"], &["app/s/x"]);
        check("Docs/", &["Docs/a"], &["docs/a"]);
        check("/", &[], &["a"]);
    }

    #[test]
    fn the_last_line_that_matches_decides() {
        let owners = Owners::parse(
            "# all\n* @acme/all\n\n/src/ @acme/dev dev@example.com # the code\n/src/gen/\n\
             !/src/x @no\n[bad line\n/src/bad nobody\n\\#x @no\r\n*.md @docs\r\n",
        );
        let check = |path: &str, expected: &[&str]| assert_eq!(owners.of(path), expected, "{path}");
        check("README", &["@acme/all"]);
        check("src/a.rs", &["@acme/dev", "dev@example.com"]);
        check("src/gen/a.rs", &[]);
        check("src/x", &["@acme/dev", "dev@example.com"]);
        check("src/bad", &["@acme/dev", "dev@example.com"]);
        check("src/gen/a.md", &["@docs"]);
    }

    #[test]
    fn a_nasty_pattern_takes_no_time() {
        let pattern = "/*a".repeat(40) + &"*a".repeat(200);
        let path = "aaaa/".repeat(40) + &"a".repeat(4_000) + "b";
        check(&pattern, &[], &[&path]);
        check(&"**/".repeat(300), &["a/b/c"], &[]);
    }
}
