//! Ranges of versions that have a flaw, as Dependency-Check lists them.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::report::parse::lenient::AnyValue;
use crate::report::parse::xml::TEXT;

/// A range of versions of a product that has the flaw.
#[derive(Debug, Default)]
pub(crate) struct DependencyCheckSoftware {
    /// Vendor, product and version, with the range itself instead of the version for npm's advisories.
    cpe: String,
    /// Whether it is the one by which the dependency was recognised.
    pub(super) matched: bool,
    /// The first version without the flaw.
    pub(super) end: String,
}

/// Reads those ranges that may name a version without the flaw; an entry for a single version says nothing about it.
pub(super) fn software<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<DependencyCheckSoftware>, D::Error> {
    const MOST_RANGES: usize = 1_000;
    let AnyValue(value) = AnyValue::deserialize(deserializer)?;
    let one = |entry: &Value| {
        let entry = entry.get("software").unwrap_or(entry);
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        // in XML, it is the text of the element, which is a string if there are no attributes
        let cpe = entry.as_str().map(|cpe| cpe.trim().to_owned());
        let cpe = cpe.unwrap_or_else(|| [text("id"), text(TEXT)].concat());
        let matched = text("vulnerabilityIdMatched") == "true";
        DependencyCheckSoftware { cpe, matched, end: text("versionEndExcluding") }
    };
    let entries = value.as_array().into_iter().flatten().map(one);
    Ok(entries
        .filter(|one| one.matched || !one.end.is_empty() || one.range().is_some())
        .take(MOST_RANGES)
        .collect())
}

impl DependencyCheckSoftware {
    /// A part of the CPE between its colons, without the escapes.
    fn part(&self, at: usize) -> String {
        self.cpe.split(':').nth(at).unwrap_or_default().replace('\\', "")
    }

    /// The range of npm's advisories: `<1.2.3||>=2.0.0<2.1.1`.
    pub(super) fn range(&self) -> Option<String> {
        Some(self.part(5)).filter(|range| range.contains(['<', '>']))
    }

    /// The product's name.
    pub(super) fn product(&self) -> String {
        self.part(4)
    }

    /// Whether the product has the name of this package.
    pub(super) fn is_product(&self, package: &str) -> bool {
        let letters = |name: &str| name.to_lowercase().replace(['-', '_'], "");
        let short = package.rsplit(['/', ':']).next().unwrap_or(package);
        letters(&self.part(4)) == letters(short)
    }
}
