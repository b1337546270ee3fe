//! Code as a ticket shows it.

use crate::compose::cut;

/// How many lines of a snippet are shown, and how many characters of a line.
const LINES: usize = 30;
pub(super) const LINE: usize = 300;

/// The lines without their common indentation, limited in number and length.
pub(super) fn snippet(text: &str) -> String {
    let text = text.trim_end().trim_start_matches(['\n', '\r']);
    let blank = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = text.lines().filter(|line| !line.trim().is_empty()).map(blank).min().unwrap_or(0);
    let shown = |line: &str| cut(line.get(common..).unwrap_or_default().trim_end(), LINE);
    let mut shown: Vec<String> = text.lines().take(LINES).map(shown).collect();
    if text.lines().count() > LINES {
        shown.push("…".to_owned());
    }
    shown.join("\n")
}

/// The language of a file, by its name, in the short form that renderers know.
pub(super) fn language(path: &str) -> Option<String> {
    let file = path.rsplit('/').next().unwrap_or_default();
    let name =
        match file.rsplit_once('.').map_or(file, |(_, extension)| extension).to_ascii_lowercase().as_str() {
            "py" => "python",
            "js" | "mjs" | "cjs" | "jsx" => "javascript",
            "ts" | "tsx" => "typescript",
            "rs" => "rust",
            "rb" => "ruby",
            "go" => "go",
            "java" => "java",
            "kt" | "kts" => "kotlin",
            "cs" => "csharp",
            "c" | "h" => "c",
            "cc" | "cpp" | "cxx" | "hpp" => "c++",
            "php" => "php",
            "swift" => "swift",
            "scala" => "scala",
            "sh" | "bash" => "bash",
            "sql" => "sql",
            "tf" | "hcl" => "hcl",
            "yml" | "yaml" => "yaml",
            "json" => "json",
            "xml" => "xml",
            "html" | "htm" => "html",
            _ if file.starts_with("Dockerfile") => "dockerfile",
            "dockerfile" => "dockerfile",
            _ => return None,
        };
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_bounded_and_moved_left() {
        let check = |text: &str, expected: &str| assert_eq!(snippet(text), expected, "{text:?}");
        check("\n    a\n\n      b\n", "a\n\n  b");
        check("\ta\r\n\tb", "a\nb");
        check(&"x".repeat(1_000), &format!("{}…", "x".repeat(300)));
        assert_eq!(snippet(&"x\n".repeat(100)).lines().count(), 31);
    }

    #[test]
    fn languages_are_told_from_names() {
        let check = |path, expected: Option<&str>| assert_eq!(language(path).as_deref(), expected, "{path}");
        check("src/a.py", Some("python"));
        check("deploy/Dockerfile", Some("dockerfile"));
        check("deploy/Dockerfile.web", Some("dockerfile"));
        check("LICENSE", None);
        check("", None);
    }
}
