//! The category of a scan if neither its report nor the configuration names one: the report's path, without what
//! changes in it from run to run.
//!
//! A report whose name contains something of its run (`scan-$GITHUB_SHA.sarif`, `out/2026-11-29/trivy.json`) is from
//! the same scan the next time. Reports of one run that would get the same name keep more of theirs: numbers may
//! distinguish parts or versions, and a part that is missing the next time must not count as clean.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// From this many digits on, a number is taken for a run's or a time, not a part's or a version's.
const LONG: usize = 5;

/// From this many characters on, a sequence of hexadecimal digits is taken for a commit: Git does not shorten any
/// further.
const COMMIT: usize = 7;

/// Stands for what was folded.
const FOLDED: char = '#';

/// How much of a name is folded.
#[derive(Clone, Copy, PartialEq)]
enum Fold {
    /// Commits, identifiers, and all numbers.
    Numbers,
    /// Commits, identifiers, dates with their times, and long numbers.
    Runs,
}

/// The categories of the reports of one run, by their paths.
pub(super) fn categories<'p>(paths: impl IntoIterator<Item = &'p str>) -> HashMap<String, String> {
    let mut all = HashMap::new();
    for (folded, paths) in by(paths, Fold::Numbers) {
        if let [one] = paths.as_slice() {
            all.insert((*one).to_owned(), folded);
            continue;
        }
        for (folded, paths) in by(paths, Fold::Runs) {
            let alone = paths.len() == 1;
            all.extend(paths.into_iter().map(|path| {
                let category = if alone { folded.clone() } else { path.to_owned() };
                (path.to_owned(), category)
            }));
        }
    }
    all
}

/// The category of a report that is the only one.
pub(super) fn category(path: &str) -> String {
    fold(path, Fold::Numbers)
}

fn by<'p>(paths: impl IntoIterator<Item = &'p str>, how: Fold) -> BTreeMap<String, Vec<&'p str>> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for path in paths.into_iter().collect::<BTreeSet<_>>() {
        groups.entry(fold(path, how)).or_default().push(path);
    }
    groups
}

fn fold(path: &str, how: Fold) -> String {
    let mut folded = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        let length = folds(rest.as_bytes(), how);
        if length == 0 {
            folded.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            folded.push(FOLDED);
            rest = &rest[length..];
        }
    }
    folded
}

/// How many of the bytes that follow are folded together; all of them are ASCII.
fn folds(rest: &[u8], how: Fold) -> usize {
    let unique = [uuid(rest), ulid(rest), month(rest)].into_iter().max().unwrap_or(0);
    if unique > 0 {
        return unique;
    }
    let hex = run(rest, u8::is_ascii_hexdigit);
    if hex >= COMMIT {
        return hex;
    }
    let digits = run(rest, u8::is_ascii_digit);
    match how {
        Fold::Numbers => digits,
        Fold::Runs if digits >= LONG => digits,
        Fold::Runs => date(rest),
    }
}

fn run(rest: &[u8], is: impl Fn(&u8) -> bool) -> usize {
    rest.iter().take_while(|byte| is(byte)).count()
}

/// The length of a UUID at the beginning, if there is one.
fn uuid(rest: &[u8]) -> usize {
    const LENGTH: usize = 36;
    let is = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    let found = rest.get(..LENGTH).is_some_and(|bytes| bytes.iter().enumerate().all(is));
    if found { LENGTH } else { 0 }
}

/// The length of a ULID at the beginning, if there is one: 26 of Crockford's digits, with a number in it.
fn ulid(rest: &[u8]) -> usize {
    const LENGTH: usize = 26;
    let is = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() && !b"ILOU".contains(byte);
    let found = rest.first().is_some_and(|byte| (b'0'..=b'7').contains(byte)) && run(rest, is) == LENGTH;
    if found { LENGTH } else { 0 }
}

/// The length of a date with the month's name at the beginning, if there is one: `29-Nov-2026`, `Nov-29-2026`.
fn month(rest: &[u8]) -> usize {
    const MONTHS: &[&str] =
        &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let separates = |at: usize| usize::from(rest.get(at).is_some_and(|byte| b"-_. ".contains(byte)));
    let digits = |at: usize| run(rest.get(at..).unwrap_or_default(), u8::is_ascii_digit);
    let name = |at: usize| {
        let letters = run(rest.get(at..).unwrap_or_default(), u8::is_ascii_alphabetic);
        let word = rest.get(at..at + letters).filter(|word| word.len() >= 3);
        let is = |word: &[u8]| MONTHS.iter().any(|month| word[..3].eq_ignore_ascii_case(month.as_bytes()));
        if word.is_some_and(is) { letters } else { 0 }
    };
    let day = digits(0);
    let (first, second) = match day {
        1 | 2 => (day, name(day + separates(day))),
        0 => (name(0), digits(name(0) + separates(name(0)))),
        _ => return 0,
    };
    let year = first + separates(first) + second;
    let year = year + separates(year);
    let whole = first > 0 && (1..=9).contains(&second) && digits(year) == 4;
    if whole { year + 4 } else { 0 }
}

/// The length of a date at the beginning, with the time that follows, if there is one: `2026-11-29`,
/// `2026_11_29T07-45-00Z`.
fn date(rest: &[u8]) -> usize {
    let separates = |at: usize| rest.get(at).is_some_and(|byte| b"-_.".contains(byte));
    let number =
        |from: usize, to: usize| rest.get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    if !(number(0, 4) && separates(4) && number(5, 7) && separates(7) && number(8, 10)) {
        return 0;
    }
    let begins = rest.get(10).is_some_and(|byte| b"T_- ".contains(byte));
    if !(begins && number(11, 13)) {
        return 10;
    }
    let time = 11 + run(&rest[11..], |byte| byte.is_ascii_digit() || b"-_:".contains(byte));
    time + usize::from(rest.get(time) == Some(&b'Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports that two runs name differently have the same category, each on its own.
    fn same(one: &str, other: &str) {
        assert_eq!(category(one), category(other));
        assert_ne!(one, other);
    }

    #[test]
    fn what_a_run_puts_into_a_name_is_folded() {
        let (one, other) =
            ("1f0e3dad99908345f7439f8ffabdffc4a1b2c3d4", "b6d767d2f8ed5d21a44b0e5886680cb9deadbeef");
        same(&format!("scan-{one}.sarif"), &format!("scan-{other}.sarif"));
        same(&format!("out/{}/scan.sarif", &one[..7]), &format!("out/{}/scan.sarif", &other[..7]));
        // some short commit ids have no letters, and some have no digits
        same("scan-1234567.sarif", "scan-abcdefa.sarif");
        same("run-9.json", "run-10.json");
        same("trivy_18446744073_1.json", "trivy_18446749999_2.json");
        same("2026-11-29/trivy.json", "2026-12-01/trivy.json");
        same("scan-20261129T074500Z.sarif", "scan-20261201T235959Z.sarif");
        same("s-6fa459ea-ee8a-3ca4-894e-db77e160355e.xml", "s-16fd2706-8baf-433b-82eb-8c7fada847da.xml");
        same("scan-01HQ3K4N5M6P7Q8R9S0T1V2W3X.sarif", "scan-01HQ9ZZN5M6P7Q8R9S0T1V2W4Y.sarif");
        same("scan-29-Nov-2026.sarif", "scan-1-Dec-2026.sarif");
        same("scan_Nov_29_2026.sarif", "scan_December_1_2026.sarif");
        assert_eq!(category("marker-3.sarif"), "marker-#.sarif");
        assert_eq!(category("2-decimal.sarif"), "#-decimal.sarif");
        same("v1.2.3-14-g1a2b3c4.json", "v1.2.4-2-g9f8e7d6.json");
        assert_eq!(category("reports/semgrep.sarif"), "reports/semgrep.sarif");
        assert_eq!(category("reports/ünï.sarif"), "reports/ünï.sarif");
    }

    fn check(paths: &[&str], expected: &[&str]) {
        let found = categories(paths.iter().copied());
        let found: Vec<&str> = paths.iter().map(|path| found[*path].as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn parts_of_one_run_stay_apart() {
        check(&["node18.sarif", "node20.sarif"], &["node18.sarif", "node20.sarif"]);
        check(
            &["scan-1a2b3c4d-1.sarif", "scan-1a2b3c4d-2.sarif", "other-1a2b3c4d.sarif"],
            &["scan-#-1.sarif", "scan-#-2.sarif", "other-#.sarif"],
        );
        check(
            &["2026-11-29T07-45-00/py3.json", "2026-11-29T07-45-00/py2.json", "77.json"],
            &["#/py3.json", "#/py2.json", "#.json"],
        );
        // what cannot be distinguished in any other way keeps its name
        check(&["a-1a2b3c4.sarif", "a-2a2b3c4.sarif"], &["a-1a2b3c4.sarif", "a-2a2b3c4.sarif"]);
        check(&["a.sarif", "b.sarif"], &["a.sarif", "b.sarif"]);
    }
}
