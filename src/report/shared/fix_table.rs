//! Tables of fixed versions in Markdown, as OSV-Scanner's help texts have them.

/// How many rows are read.
const ROWS: usize = 100;

/// The packages with a fixed version each, from the first table that has a column for either.
pub(crate) fn versions(text: &str) -> Vec<(String, String)> {
    let mut lines = text.lines().map(cells);
    let column = |head: &[&str], names: &[&str]| {
        head.iter().position(|cell| names.iter().any(|name| cell.eq_ignore_ascii_case(name)))
    };
    let found = lines.by_ref().find_map(|head| {
        let package = column(&head, &["package name", "package"])?;
        Some((package, column(&head, &["fixed version", "fix version", "fixed in"])?))
    });
    let Some((package, fixed)) = found else { return Vec::new() };
    let rows = lines.skip(1).take_while(|row| !row.is_empty()).take(ROWS);
    let pairs = rows.filter_map(|row| Some((row.get(package)?.to_string(), row.get(fixed)?.to_string())));
    pairs.filter(|(_, version)| version.bytes().any(|byte| byte.is_ascii_digit())).collect()
}

/// The cells of a table's line; none: it is another line.
fn cells(line: &str) -> Vec<&str> {
    let line = line.trim();
    let Some(inner) = line.strip_prefix('|') else { return Vec::new() };
    inner.strip_suffix('|').unwrap_or(inner).split('|').map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_versions_are_read_from_tables() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found = versions(text);
            let found: Vec<(&str, &str)> =
                found.iter().map(|(name, version)| (&**name, &**version)).collect();
            assert_eq!(found, expected, "{text}");
        };
        let head = "### Fixed\n\n| Vulnerability ID | Package Name | Fixed Version |\n| --- | --- | --- |\n";
        check(
            &format!("{head}| GHSA-1 | regex | 1.5.5 |\n| GHSA-2 | regex | 1.5.6 |\n\n| x | y | 9 |"),
            &[("regex", "1.5.5"), ("regex", "1.5.6")],
        );
        check(&format!("{head}| GHSA-1 | regex | --- |\n| GHSA-1 | regex"), &[]);
        check("| Package | Version | Fix Version |\n|---|---|---|\n| a | 1 |  |\n| b | 1 | 2", &[("b", "2")]);
        check("| Source | Package Name | Package Version |\n|---|---|---|\n| a | b | 1 |", &[]);
        check("no table", &[]);
    }
}
