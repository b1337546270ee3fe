//! Names and paths with wildcards, as used in conditions.

use std::fmt;

use crate::wildcard::Wildcard;

/// The longest pattern, in bytes.
const PATTERN_LIMIT: usize = 1024;

/// A name or a path with wildcards.
#[derive(Clone, PartialEq)]
pub struct Glob(Wildcard);

impl Glob {
    /// A path pattern: `*` stays within a folder, `**` stands for any number of folders, a trailing `/` for everything
    /// in the folder. Paths are relative to the repository's root, so a leading `./` or `/` has no effect.
    pub fn path(text: &str) -> Result<Glob, String> {
        let relative = text.trim_start_matches("./").trim_start_matches('/');
        let pattern = match relative.strip_suffix('/') {
            Some(folder) => format!("{folder}/**"),
            None => relative.to_owned(),
        };
        Glob::new(&pattern, Wildcard::path)
    }

    /// A pattern for a rule: `*` stands for any text.
    pub fn name(text: &str) -> Result<Glob, String> {
        Glob::new(text, Wildcard::name)
    }

    /// A pattern for names whose case does not matter: a scanner, an advisory, a package.
    pub fn word(text: &str) -> Result<Glob, String> {
        Glob::new(text, |text| Wildcard::name(text).map(Wildcard::ignoring_case))
    }

    fn new(text: &str, read: impl FnOnce(&str) -> Result<Wildcard, &'static str>) -> Result<Glob, String> {
        if text.is_empty() {
            return Err("a pattern is empty".to_owned());
        }
        if text.len() > PATTERN_LIMIT {
            return Err(format!("a pattern can have at most {PATTERN_LIMIT} characters"));
        }
        read(text).map(Glob).map_err(|why| format!("this is not a valid pattern: {why}"))
    }

    /// Whether the pattern matches a whole text.
    pub fn matches(&self, text: &str) -> bool {
        self.0.matches(text)
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Glob({:?})", self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sort_has_its_own_rules() {
        let check = |glob: Result<Glob, String>, text: &str, expected: bool| {
            assert_eq!(glob.as_ref().map(|glob| glob.matches(text)), Ok(expected), "{glob:?} on {text}");
        };
        check(Glob::path("tests/**"), "tests/a/b.py", true);
        check(Glob::path("tests/"), "tests/a/b.py", true);
        check(Glob::path("./tests/*"), "tests/b.py", true);
        check(Glob::path("/tests/*"), "tests/a/b.py", false);
        check(Glob::path("**/*.lock"), "Cargo.lock", true);
        check(Glob::path("tests/**"), "src/tests/a.py", false);
        check(Glob::path("README"), "readme", false);
        check(Glob::name("CKV_AWS_*"), "CKV_AWS_18", true);
        check(Glob::name("CKV_AWS_*"), "ckv_aws_18", false);
        check(Glob::name("pkg:npm/*"), "pkg:npm/%40acme/x@1", true);
        check(Glob::word("trivy"), "Trivy", true);
        check(Glob::word("cve-2021-*"), "CVE-2021-23337", true);
        check(Glob::word("[*]"), "*", true);
    }
}
