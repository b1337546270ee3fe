//! What VEX documents say, held against findings of advisories, wherever either came from.

use std::collections::HashMap;

use super::advisory::normal;
use super::identity;
use crate::model::finding::{Effect, Statement};

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

    /// The statement that excuses an advisory, under any name of its class, in a package that a manifest or an
    /// image brings in; `products`: what was scanned, as far as the report names it. Statements about this package
    /// go before those about all; of several the newest counts, and it may say that nothing is excused.
    pub(super) fn find(
        &self,
        class: &[String],
        purl: &str,
        place: &str,
        products: &[String],
    ) -> Option<&Statement> {
        let named = || class.iter().filter_map(|name| self.0.get(name)).flatten();
        let fits = |statement: &&Statement| {
            statement.within.as_ref().is_none_or(|within| is_within(within, purl, place, products))
        };
        let own = newest(named().filter(fits).filter(|statement| {
            statement.product.as_ref().is_some_and(|product| is_about(product, purl, place))
        }));
        // said of a whole product, it holds where no report says that this is another one
        let fits = |statement: &&Statement| products.is_empty() || fits(statement);
        let general = || newest(named().filter(fits).filter(|statement| statement.product.is_none()));
        own.or_else(general).filter(|statement| statement.effect == Effect::NotAffected)
    }
}

/// The statement that was made last. Of two made at one moment the one counts that excuses nothing; of the rest,
/// the first.
fn newest<'s>(statements: impl Iterator<Item = &'s Statement>) -> Option<&'s Statement> {
    statements.reduce(
        |best, next| {
            if (next.said_at, next.effect) > (best.said_at, best.effect) { next } else { best }
        },
    )
}

/// Whether a package that was found is part of a product, as far as that can be told: the product is the package
/// or its image, or the report names it.
fn is_within(product: &str, purl: &str, place: &str, products: &[String]) -> bool {
    let is_purl = product.starts_with("pkg:");
    let named = |name: &String| match is_purl {
        true => is_about(product, name, if name.starts_with("pkg:") { parts(name).0 } else { name }),
        false => product == name,
    };
    (is_purl && is_about(product, purl, place)) || product == place || products.iter().any(named)
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

    #[test]
    fn a_product_is_what_was_scanned() {
        let check = |product, place, products: &[&str], expected| {
            let products: Vec<String> = products.iter().map(|&name| name.to_owned()).collect();
            let found = is_within(product, "pkg:npm/a@1", place, &products);
            assert_eq!(found, expected, "{product} {place} {products:?}");
        };
        check("pkg:npm/a@1", "package-lock.json", &[], true);
        check("pkg:oci/shop@sha256:ab", "ghcr.io/acme/shop:1", &[], true);
        check("pkg:oci/shop", "ghcr.io/acme/cart:1", &[], false);
        check("pkg:oci/shop", "package-lock.json", &[], false);
        check("pkg:oci/shop", "package-lock.json", &["pkg:oci/shop@1"], true);
        check("pkg:npm/shop@2", "package-lock.json", &["pkg:npm/shop@2", "app"], true);
        check("pkg:npm/shop@2", "package-lock.json", &["pkg:npm/shop@3", "app"], false);
        check("pkg:npm/shop", "", &[], false);
        check("https://x/shop", "package-lock.json", &[], false);
        check("https://x/shop", "package-lock.json", &["https://x/shop"], true);
        check("Shop 1", "package-lock.json", &["app", "Shop 1"], true);
    }

    #[test]
    fn a_statement_about_the_package_goes_first() {
        let said = |product: Option<&str>, within: Option<&str>, words: &str| Statement {
            advisory: "CVE-1".to_owned(),
            product: product.map(str::to_owned),
            within: within.map(str::to_owned),
            justification: words.to_owned(),
            ..Statement::default()
        };
        let all = vec![
            said(None, None, "anywhere"),
            said(Some("pkg:npm/a@1"), Some("https://x/other"), "other product"),
            said(Some("pkg:npm/a@1"), None, "here"),
            said(Some("pkg:npm/b@1"), Some("https://x/shop"), "shop"),
        ];
        let excuses = Excuses::new(all);
        let check = |purl, products: &[&str], expected| {
            let products: Vec<String> = products.iter().map(|&name| name.to_owned()).collect();
            let found = excuses.find(&[normal("CVE-1")], purl, "", &products);
            assert_eq!(found.map(|statement| statement.justification.as_str()), Some(expected));
        };
        check("pkg:npm/a@1", &[], "here");
        check("pkg:npm/b@1", &["https://x/shop"], "shop");
        check("pkg:npm/b@1", &[], "anywhere");
        let excuses = Excuses::new(vec![said(None, Some("shop"), "shop")]);
        let check = |products: &[String], expected| {
            let found = excuses.find(&[normal("CVE-1")], "pkg:npm/a@1", "", products);
            assert_eq!(found.is_some(), expected, "{products:?}");
        };
        check(&[], true);
        check(&["shop".to_owned()], true);
        check(&["cart".to_owned()], false);
    }

    #[test]
    fn the_newest_statement_counts_whichever_document_it_is_from() {
        let said = |product: &str, effect, at: &str| Statement {
            advisory: "CVE-1".to_owned(),
            product: Some(product.to_owned()),
            effect,
            said_at: at.parse().ok(),
            ..Statement::default()
        };
        let check = |statements: &[Statement], excused: bool| {
            let mut statements = statements.to_vec();
            for _ in 0..2 {
                statements.reverse();
                let excuses = Excuses::new(statements.clone());
                let found = excuses.find(&[normal("CVE-1")], "pkg:npm/a@1", "package-lock.json", &[]);
                assert_eq!(found.is_some(), excused, "{statements:?}");
            }
        };
        let (january, february) = ("2026-01-01T00:00:00Z", "2026-01-31T23:00:00-02:00");
        let (not_affected, affected) = (Effect::NotAffected, Effect::Affected);
        check(&[said("pkg:npm/a@1", not_affected, january)], true);
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a@1", affected, february)], false);
        check(&[said("pkg:npm/a@1", not_affected, february), said("pkg:npm/a@1", affected, january)], true);
        // also where one speaks of all versions
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a", affected, february)], false);
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a@2", affected, february)], true);
        // without a time it is older than any with one; of two alike the cautious one counts
        check(&[said("pkg:npm/a@1", not_affected, ""), said("pkg:npm/a@1", affected, january)], false);
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a@1", affected, "")], true);
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a@1", affected, january)], false);
    }
}
