//! Which versions an entry is about: `affects[].versions[]`, each one version or a range in `vers` notation.

use std::cmp::Ordering;

use crate::report::readers::dependency::cyclonedx::wire;

/// What an entry says about the installed version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CycloneDxWord {
    /// It is affected: named, or versions are not distinguished.
    Affected,
    /// It is not affected.
    Unaffected,
    /// Nothing: only other versions are named.
    Nothing,
}

/// What a list of versions says about the installed one (empty: unknown). A version without a status is affected, as in
/// the schema; one whose status is unknown counts as affected.
pub(crate) fn word<'v>(
    listed: impl Iterator<Item = &'v wire::Version<'v>>,
    installed: &str,
) -> CycloneDxWord {
    let mut any = false;
    let mut found = CycloneDxWord::Nothing;
    for one in listed {
        any = true;
        let word =
            if &*one.status == "unaffected" { CycloneDxWord::Unaffected } else { CycloneDxWord::Affected };
        let holds = match installed {
            "" => word == CycloneDxWord::Affected,
            _ => *one.version == *installed || holds(&one.range, installed),
        };
        // what is called both is affected
        if holds && found != CycloneDxWord::Affected {
            found = word;
        }
    }
    if any { found } else { CycloneDxWord::Affected }
}

/// Whether a range, e.g. `vers:generic/>=2.9|<=4.1`, contains a version; also false if that cannot be determined.
fn holds(range: &str, version: &str) -> bool {
    let Some((_, constraints)) = range.strip_prefix("vers:").and_then(|range| range.split_once('/')) else {
        return false;
    };
    // between two bounds, or beyond the only one on its side: bounds come in ascending order
    let mut above = None;
    let mut within = false;
    for constraint in constraints.split('|').map(str::trim) {
        let end = constraint.find(|c: char| !matches!(c, '<' | '>' | '=' | '!')).unwrap_or(constraint.len());
        let (comparator, bound) = constraint.split_at(end);
        if bound == "*" {
            return true;
        }
        let Some(order) = compare(version, bound) else { return false };
        match comparator {
            "" | "=" if order.is_eq() => return true,
            "!=" if order.is_eq() => return false,
            ">" => above = Some(order.is_gt()),
            ">=" => above = Some(order.is_ge()),
            "<" | "<=" => {
                let below = order.is_lt() || (comparator == "<=" && order.is_eq());
                let above = above.take().unwrap_or(true);
                within |= below && above;
            }
            _ => {}
        }
    }
    within || above == Some(true)
}

/// A range for people: `2.9 to 4.1` for `vers:generic/>=2.9|<=4.1`; `None`: it is in another notation.
pub(crate) fn in_words(range: &str) -> Option<String> {
    let (_, constraints) = range.strip_prefix("vers:")?.split_once('/')?;
    let constraints: Vec<&str> =
        constraints.split('|').map(str::trim).filter(|one| !one.is_empty()).collect();
    Some(match constraints.as_slice() {
        [] => return None,
        ["*"] => "all versions".to_owned(),
        [from, to] if from.starts_with(">=") && to.starts_with("<=") => {
            format!("{} to {}", &from[2..], &to[2..])
        }
        all => all.join(" "),
    })
}

/// The order of two numeric versions; `None`: they contain words, which each type of package orders in its own way.
fn compare(a: &str, b: &str) -> Option<Ordering> {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut numbers: Vec<u64> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        Some(numbers)
    };
    if a == b {
        return Some(Ordering::Equal);
    }
    Some(numbers(a)?.cmp(&numbers(b)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_said_in_words() {
        let check =
            |range: &str, expected: Option<&str>| assert_eq!(in_words(range).as_deref(), expected, "{range}");
        check("vers:generic/>=2.9|<=4.1", Some("2.9 to 4.1"));
        check("vers:npm/>=1|<2", Some(">=1 <2"));
        check("vers:npm/<1.2", Some("<1.2"));
        check("vers:npm/*", Some("all versions"));
        check("", None);
    }

    #[test]
    fn a_range_holds_what_is_between_its_bounds() {
        let check =
            |range, version, expected| assert_eq!(holds(range, version), expected, "{range} {version}");
        check("vers:generic/>=2.9|<=4.1", "2.9", true);
        check("vers:generic/>=2.9|<=4.1", "2.10", true);
        check("vers:generic/>=2.9|<=4.1", "4.1.0", true);
        check("vers:generic/>=2.9|<=4.1", "4.1.1", false);
        check("vers:generic/>2.9|<4.1", "2.9", false);
        check("vers:npm/<1.2|>=2|<2.3|>=5", "1.1", true);
        check("vers:npm/<1.2|>=2|<2.3|>=5", "1.2", false);
        check("vers:npm/<1.2|>=2|<2.3|>=5", "2.2", true);
        check("vers:npm/<1.2|>=2|<2.3|>=5", "2.3", false);
        check("vers:npm/<1.2|>=2|<2.3|>=5", "6", true);
        check("vers:npm/1.0|1.2", "1.2", true);
        check("vers:npm/1.0|!=1.2|<=2", "1.2", false);
        check("vers:npm/*", "rc", true);
        check("vers:npm/>=1|<3", "2-rc", false);
        check("", "1", false);
        check("vers:npm", "1", false);
    }
}
