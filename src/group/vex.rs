//! What VEX documents say, held against findings of advisories, wherever either came from.

use std::collections::HashMap;

use super::advisory::normal;
use super::identity;
use crate::model::finding::Statement;

/// All statements of a run, by the advisory's name.
pub(super) struct Excuses(HashMap<String, Vec<Statement>>);

impl Excuses {
    /// In an order of their own, so that the order of the reports does not show.
    pub(super) fn new(mut statements: Vec<Statement>) -> Excuses {
        statements.sort();
        let mut by_name: HashMap<String, Vec<Statement>> = HashMap::new();
        for statement in statements {
            by_name.entry(normal(&statement.advisory)).or_default().push(statement);
        }
        Excuses(by_name)
    }

    /// The statement about an advisory, under any name of its class, in a package that a manifest or an
    /// image brings in.
    pub(super) fn find(&self, class: &[String], purl: &str, place: &str) -> Option<&Statement> {
        let named = class.iter().filter_map(|name| self.0.get(name)).flatten();
        named.into_iter().find(|statement| match &statement.product {
            Some(product) => is_about(product, purl, place),
            None => true,
        })
    }
}

/// Whether a product is this package, or the image that it is in.
fn is_about(product: &str, purl: &str, place: &str) -> bool {
    let (name, version) = parts(product);
    if let Some(image) = name.strip_prefix("pkg:oci/").or_else(|| name.strip_prefix("pkg:docker/")) {
        let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
        return !place.is_empty() && last(image) == last(identity::path(place));
    }
    let (package, installed) = parts(purl);
    name == package && (version.is_empty() || version == installed)
}

/// A package URL without its version, and the version.
fn parts(purl: &str) -> (&str, &str) {
    purl.rsplit_once('@').unwrap_or((purl, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_a_package_or_an_image() {
        let check = |product, purl, place, expected| {
            assert_eq!(is_about(product, purl, place), expected, "{product} {purl} {place}");
        };
        check("pkg:npm/a@1", "pkg:npm/a@1", "package-lock.json", true);
        check("pkg:npm/a", "pkg:npm/a@1", "package-lock.json", true);
        check("pkg:npm/a@2", "pkg:npm/a@1", "package-lock.json", false);
        check("pkg:npm/a", "pkg:npm/ab@1", "package-lock.json", false);
        check("pkg:npm/%40s/a", "pkg:npm/%40s/a@1", "", true);
        check("pkg:oci/shop@sha256%3Aab", "pkg:apk/alpine/zlib@1", "ghcr.io/acme/shop:1.2", true);
        check("pkg:oci/shop", "pkg:apk/alpine/zlib@1", "ghcr.io/acme/cart:1.2", false);
        check("pkg:oci/shop", "pkg:apk/alpine/zlib@1", "", false);
    }
}
