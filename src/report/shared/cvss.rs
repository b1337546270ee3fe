//! CVSS vectors of all versions as scores.

use std::str::FromStr;

use crate::model::finding::Cvss;

/// The metrics of version 3 that make up the base score; the others only modify it.
const BASE: &[&str] = &["AV", "AC", "PR", "UI", "S", "C", "I", "A"];

/// A score with its vector. The report's own score is used if it has one; a score of 0 without a vector means that
/// nobody scored it.
pub(crate) fn of(score: Option<f64>, vector: Option<&str>) -> Option<Cvss> {
    let vector = vector.map(str::trim).filter(|vector| vector.contains('/'));
    let recorded = score.filter(|score| (0.0..=10.0).contains(score) && (*score > 0.0 || vector.is_some()));
    let score = recorded.or_else(|| vector.and_then(score_of))?;
    Some(Cvss { score, vector: vector.map(str::to_owned) })
}

/// The most useful one of several: version 3, which nearly every advisory has, so that scanners agree; then 4, then 2;
/// one with a vector before one without; among equals the highest, and the later vector.
pub(crate) fn best(all: impl IntoIterator<Item = Cvss>) -> Option<Cvss> {
    let rank = |cvss: &Cvss| match cvss.vector.as_deref() {
        Some(vector) if vector.starts_with("CVSS:3") => 3,
        Some(vector) if vector.starts_with("CVSS:4") => 2,
        Some(_) => 1,
        None => 0,
    };
    all.into_iter().max_by(|a, b| {
        rank(a).cmp(&rank(b)).then(a.score.total_cmp(&b.score)).then_with(|| a.vector.cmp(&b.vector))
    })
}

/// The base score that a vector stands for; `None`: it is not a vector.
pub(crate) fn score_of(vector: &str) -> Option<f64> {
    let vector = vector.trim().trim_matches(['(', ')']);
    if vector.starts_with("CVSS:3") {
        let mut parts = vector.split('/');
        let version = parts.next()?;
        let base = parts.filter(|part| part.split_once(':').is_some_and(|(name, _)| BASE.contains(&name)));
        let base = std::iter::once(version).chain(base).collect::<Vec<_>>().join("/");
        return cvss::Cvss::from_str(&base).ok().map(|parsed| parsed.score());
    }
    if vector.starts_with("CVSS:") {
        return cvss::Cvss::from_str(vector).ok().map(|parsed| parsed.score());
    }
    second(vector)
}

/// Version 2 (FIRST, A Complete Guide to CVSS 2.0, section 3.2.1), which the crate does not score.
fn second(vector: &str) -> Option<f64> {
    let metric = |name: &str, weights: &[(&str, f64)]| {
        let value = vector.split('/').find_map(|part| part.strip_prefix(name)?.strip_prefix(':'))?;
        weights.iter().find(|(own, _)| *own == value).map(|(_, weight)| *weight)
    };
    let harm = |name| metric(name, &[("N", 0.0), ("P", 0.275), ("C", 0.660)]);
    let access = metric("AV", &[("L", 0.395), ("A", 0.646), ("N", 1.0)])?;
    let complexity = metric("AC", &[("H", 0.35), ("M", 0.61), ("L", 0.71)])?;
    let authentication = metric("Au", &[("M", 0.45), ("S", 0.56), ("N", 0.704)])?;
    let impact = 10.41 * (1.0 - (1.0 - harm("C")?) * (1.0 - harm("I")?) * (1.0 - harm("A")?));
    let exploitability = 20.0 * access * complexity * authentication;
    let weight = if impact == 0.0 { 0.0 } else { 1.176 };
    let score = (0.6 * impact + 0.4 * exploitability - 1.5) * weight;
    Some((score * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_scored() {
        let check = |vector, expected| assert_eq!(score_of(vector), expected, "{vector}");
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(9.8));
        check("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(6.1));
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H/E:P/RL:O", Some(7.5));
        check("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Some(9.3));
        check("AV:N/AC:L/Au:N/C:P/I:P/A:P", Some(7.5));
        check("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", Some(10.0));
        check("AV:L/AC:H/Au:N/C:C/I:C/A:C", Some(6.2));
        check("AV:N/AC:M/Au:N/C:N/I:N/A:N", Some(0.0));
        check("CVSS:9.9/AV:N", None);
        check("AV:N/AC:L", None);
        check("", None);
    }

    #[test]
    fn the_reports_own_score_counts() {
        let check = |score, vector, expected: Option<f64>| {
            assert_eq!(of(score, vector).map(|cvss| cvss.score), expected);
        };
        let vector = Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
        check(Some(5.5), vector, Some(5.5));
        check(Some(75.0), vector, Some(9.8));
        check(None, vector, Some(9.8));
        check(Some(0.0), None, None);
        check(Some(7.5), Some("high"), Some(7.5));
        check(None, None, None);
    }

    #[test]
    fn version_three_is_shown_first() {
        let of = |score, vector: Option<&str>| Cvss { score, vector: vector.map(str::to_owned) };
        let (two, three, four) =
            (of(10.0, Some("AV:N/AC:L")), of(5.0, Some("CVSS:3.1/")), of(9.0, Some("CVSS:4.0/")));
        assert_eq!(best([two.clone(), three.clone(), four.clone()]), Some(three));
        assert_eq!(best([two.clone(), four.clone(), of(10.0, None)]), Some(four));
        // regardless of the order among equals
        let (first, later) = (of(5.0, Some("CVSS:3.0/")), of(5.0, Some("CVSS:3.1/")));
        assert_eq!(best([later.clone(), first.clone()]), Some(later.clone()));
        assert_eq!(best([first, later.clone()]), Some(later));
        assert_eq!(best([]), None);
    }
}
