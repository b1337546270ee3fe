//! Who owns a path: GitHub's CODEOWNERS.
//!
//! <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>

use std::cell::Cell;
use std::collections::HashMap;

/// Where the file may be, in the order in which GitHub looks; the first that exists counts.
pub(crate) const FILES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// How many bytes it may have: GitHub does not read larger ones.
pub(crate) const FILE_LIMIT: u64 = 3 << 20;

/// Teams and people by the paths that they own.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    rules: Vec<OwnersRule>,
    /// Rules, by index, that begin with a plain name at the root.
    at_root: HashMap<String, Vec<usize>>,
    /// Those that begin with a plain name at any depth.
    anywhere: HashMap<String, Vec<usize>>,
    /// All others.
    others: Vec<usize>,
    /// How much has been compared so far.
    spent: Cell<usize>,
}

/// How long a pattern may be, in characters.
const PATTERN_LIMIT: usize = 1_024;

/// How much is compared for one file, in characters of paths and patterns: thousands of lines and thousands of paths
/// need less.
const MOST_COMPARED: usize = 400_000_000;

#[derive(Debug, Clone, PartialEq)]
struct OwnersRule {
    pattern: Vec<PatternSegment>,
    owners: Vec<String>,
    /// How many wildcards it has: after each of them, a name may be tried again.
    wildcards: usize,
}

/// A name without wildcards.
fn plain(name: &[Symbol]) -> Option<String> {
    name.iter().map(|symbol| if let Symbol::Is(c) = symbol { Some(*c) } else { None }).collect()
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum PatternSegment {
    /// Any folders, at least this many names.
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
    /// Reads the file. What GitHub does not understand, it skips, and so does this.
    pub(crate) fn parse(text: &str) -> Owners {
        let mut owners = Owners { rules: text.lines().filter_map(rule).collect(), ..Owners::default() };
        for (at, rule) in owners.rules.iter().enumerate() {
            let list = match rule.pattern.as_slice() {
                [PatternSegment::Name(name), ..] => {
                    plain(name).map(|name| owners.at_root.entry(name).or_default())
                }
                [PatternSegment::Deep(0), PatternSegment::Name(name), ..] => {
                    plain(name).map(|name| owners.anywhere.entry(name).or_default())
                }
                _ => None,
            };
            list.unwrap_or(&mut owners.others).push(at);
        }
        owners
    }

    /// Who owns a path, in the order of the file: the last line that matches decides, and may name nobody. After
    /// [`Owners::is_spent`], no owners are known.
    pub(crate) fn of(&self, path: &str) -> &[String] {
        let names: Vec<&str> = path.split('/').collect();
        let mut parts: Vec<&str> = names.clone();
        parts.sort_unstable();
        parts.dedup();
        let root = names.first().and_then(|name| self.at_root.get(*name));
        let lists = parts.iter().filter_map(|name| self.anywhere.get(*name)).chain(root);
        let lists = lists.chain(std::iter::once(&self.others));
        let fits = |at: &usize| self.rules.get(*at).is_some_and(|rule| self.is_one(rule, path, &names));
        // the last match of each list, and the last of these
        let last = lists.filter_map(|list| list.iter().rev().find(|at| fits(at))).max();
        last.and_then(|at| self.rules.get(*at)).filter(|_| !self.is_spent()).map_or(&[], |rule| &rule.owners)
    }

    /// Whether the file has so many patterns, and was asked about so many paths, that no more are compared.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent.get() > MOST_COMPARED
    }

    fn is_one(&self, rule: &OwnersRule, path: &str, names: &[&str]) -> bool {
        let cost = names.len() + path.len() * (1 + rule.wildcards);
        self.spent.set(self.spent.get().saturating_add(cost));
        !self.is_spent() && matches(&rule.pattern, names)
    }
}

/// A line: a pattern and owners, up to a comment.
fn rule(line: &str) -> Option<OwnersRule> {
    let (pattern, rest) = pattern_of(line.trim())?;
    let owners = rest.split_whitespace().take_while(|word| !word.starts_with('#'));
    let owners: Vec<String> = owners.map(str::to_owned).collect();
    let wildcards = pattern.iter().filter(|symbol| **symbol == Symbol::Any).count();
    let is_rule = pattern.len() <= PATTERN_LIMIT && owners.iter().all(|owner| owner.contains('@'));
    is_rule.then(|| OwnersRule { pattern: parts(&pattern), owners, wildcards })
}

/// The pattern, in which `\` makes a space part of it, and the rest of the line.
fn pattern_of(line: &str) -> Option<(Vec<Symbol>, &str)> {
    // `!` and a leading `\#` have no meaning there, unlike in .gitignore
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

/// What each name of a path must be. As in .gitignore, a pattern without `/`, except at its end, applies at any depth,
/// and one that names a folder applies to everything in it; but `folder/*` stays within the folder.
fn parts(pattern: &[Symbol]) -> Vec<PatternSegment> {
    const SLASH: Symbol = Symbol::Is('/');
    let leading = pattern.first() == Some(&SLASH);
    let folder = pattern.last() == Some(&SLASH);
    let mut names: Vec<&[Symbol]> = pattern.split(|symbol| *symbol == SLASH).collect();
    names.retain(|name| !name.is_empty());
    let mut parts = Vec::new();
    if !leading && names.len() == 1 {
        parts.push(PatternSegment::Deep(0));
    }
    let last = names.len().saturating_sub(1);
    for (index, name) in names.iter().enumerate() {
        match name {
            [Symbol::Any, Symbol::Any] => parts.push(PatternSegment::Deep(usize::from(index == last))),
            [Symbol::Any] if index == last && !folder => parts.push(PatternSegment::Name(name.to_vec())),
            _ => {
                parts.push(PatternSegment::Name(name.to_vec()));
                if index == last {
                    parts.push(PatternSegment::Deep(usize::from(folder)));
                }
            }
        }
    }
    parts
}

/// Whether the parts cover all names of a path; `reached[n]`: the parts so far cover the first `n`.
fn matches(parts: &[PatternSegment], names: &[&str]) -> bool {
    if parts.is_empty() {
        return false;
    }
    let mut reached = vec![false; names.len() + 1];
    reached[0] = true;
    for part in parts {
        let mut next = vec![false; names.len() + 1];
        match part {
            PatternSegment::Deep(least) => {
                if let Some(first) = reached.iter().position(|reached| *reached) {
                    next.iter_mut().skip(first + least).for_each(|reached| *reached = true);
                }
            }
            PatternSegment::Name(symbols) => {
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

/// Whether a name matches: after the last `*`, it is tried again one character later.
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

    /// The example from GitHub's documentation, and .gitignore's rules.
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

    #[test]
    fn a_file_of_very_many_patterns_is_asked_for_so_much_and_no_more() {
        let many: String = (0..40_000).map(|at| format!("/folder{at}/*x*y*.py @a{at}\n")).collect();
        let owners = Owners::parse(&many);
        (0..20_000).for_each(|at| assert_eq!(owners.of(&format!("folder{at}/axby.py")), [format!("@a{at}")]));
        assert!(!owners.is_spent(), "what begins with another name is not even looked at");
        let many: String = (0..40_000).map(|at| format!("*x*y{at}*.py @a\n")).collect();
        let owners = Owners::parse(&many);
        (0..4_000).for_each(|at| assert_eq!(owners.of(&format!("folder{at}/{}", "x".repeat(200))), [""; 0]));
        assert!(owners.is_spent());
        assert_eq!(owners.of("axy1.py"), [""; 0]);
    }
}
