//! Which branches file tickets.

use crate::config::Branches;

impl Branches {
    /// The pattern that allows a branch, `**` if there are none at all; `None`: it is not allowed.
    ///
    /// The last pattern that matches the whole name decides, so the order matters: `!` revokes what patterns before it
    /// allowed, and a later one can allow it again.
    pub fn allows(&self, name: &str) -> Option<&str> {
        if self.patterns.is_empty() {
            return Some("**");
        }
        self.patterns
            .iter()
            .rev()
            .find(|pattern| pattern.expression.is_match(name))
            .filter(|pattern| !pattern.negative)
            .map(|pattern| pattern.text.as_str())
    }
}

impl Branches {
    /// The patterns that match none of these branches, each with whether it is a plain name: that is a mistake, while a
    /// wildcard may be meant for future branches.
    pub fn unused<'b>(&'b self, names: &[String]) -> Vec<(&'b str, bool)> {
        let unused = self.patterns.iter().filter(|pattern| {
            !pattern.negative && !names.iter().any(|name| pattern.expression.is_match(name))
        });
        unused.map(|pattern| (pattern.text.as_str(), !pattern.text.contains(['*', '?', '+', '[']))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patterns, a branch name, and the pattern that allows it.
    fn check(patterns: &[&str], name: &str, expected: Option<&str>) {
        let branches = Branches::new(patterns).unwrap_or_else(|bad| panic!("{patterns:?}: {bad:?}"));
        assert_eq!(branches.allows(name), expected, "{patterns:?} on {name}");
    }

    #[test]
    fn githubs_cheat_sheet() {
        let table: &[(&str, &[&str], &[&str])] = &[
            (
                "feature/*",
                &["feature/my-branch", "feature/your-branch"],
                &["feature/a/b", "feature", "xfeature/a"],
            ),
            ("feature/**", &["feature/beta-a/my-branch", "feature/mona/the/octocat"], &["feature"]),
            ("releases/mona-the-octocat", &["releases/mona-the-octocat"], &["releases/mona-the-octocat2"]),
            ("*", &["main", "releases"], &["all/the/branches"]),
            ("**", &["all/the/branches", "every/tag"], &[]),
            ("*feature", &["mona-feature", "feature", "ver-10-feature"], &["feature-x", "a/feature"]),
            ("v2*", &["v2", "v2.0", "v2.9"], &["v1", "v2/0"]),
            ("v[12].[0-9]+.[0-9]+", &["v1.10.1", "v2.0.0"], &["v3.0.0", "v1.0", "v1x0x0", "v1.0.0-rc"]),
            ("*.jsx?", &["page.js", "page.jsx"], &["page.jsxx", "page.j"]),
            ("Octoc?t", &["Octoct", "Octot"], &["Octocat"]),
            ("[CB]at", &["Cat", "Bat"], &["cat", "at"]),
            ("[1-2]00", &["100", "200"], &["300"]),
            ("**.js", &["index.js", "js/index.js"], &["index.ts"]),
            ("docs/**/*.md", &["docs/README.md", "docs/a/markdown/file.md"], &["docs.md", "xdocs/a.md"]),
            ("**/docs/**", &["docs/hello.md", "dir/docs/my-file.txt"], &["mydocs/a"]),
            ("**/*src/**", &["a/src/app.js", "my-src/code/js/app.js"], &["src"]),
        ];
        for (pattern, allowed, refused) in table {
            allowed.iter().for_each(|name| check(&[pattern], name, Some(pattern)));
            refused.iter().for_each(|name| check(&[pattern], name, None));
        }
    }

    #[test]
    fn the_last_match_decides() {
        let releases = ["releases/**", "!releases/**-alpha"];
        check(&releases, "releases/10", Some("releases/**"));
        check(&releases, "releases/beta/mona", Some("releases/**"));
        check(&releases, "releases/10-alpha", None);
        check(&releases, "main", None);
        check(&["!releases/**-alpha", "releases/**"], "releases/10-alpha", Some("releases/**"));
        check(&["**", "!wip/**", "wip/keep"], "wip/keep", Some("wip/keep"));
        check(&["**", "!wip/**", "wip/keep"], "wip/other", None);
    }

    #[test]
    fn patterns_that_allow_nothing_are_told() {
        let branches = Branches::new(&["main", "mian", "release/*", "!wip", "hotfix/**"]).unwrap();
        let names = ["main", "release/1", "wip"].map(str::to_owned);
        assert_eq!(branches.unused(&names), [("mian", true), ("hotfix/**", false)]);
    }

    #[test]
    fn no_pattern_allows_all() {
        check(&[], "any/thing", Some("**"));
    }

    #[test]
    fn special_characters_can_be_ordinary() {
        check(&[r"a\+b"], "a+b", Some(r"a\+b"));
        check(&[r"a\+b"], "aab", None);
        check(&[r"\!wip"], "!wip", Some(r"\!wip"));
        check(&["+1"], "+1", Some("+1"));
        check(&["a.b"], "axb", None);
        check(&["a!b"], "a!b", Some("a!b"));
        check(&["ä+"], "äää", Some("ä+"));
        check(&["a**/b"], "ax/b", Some("a**/b"));
        check(&["a**/b"], "ab", None);
        check(&["(a|b)$"], "a", None);
    }
}
