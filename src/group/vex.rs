//! Applies what VEX documents say to findings of advisories, wherever either came from.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use super::advisory::{self, Classes, normal};
use super::identity;
use crate::model::finding::{Effect, Statement};

/// All statements of a run, indexed by what they are about: a document may have as many as there are findings.
pub(super) struct StatementIndex {
    /// In a fixed order, so that the order of the reports does not matter: of several that match, the first counts.
    statements: Vec<Statement>,
    /// The first statement about a class of advisories and a product, within another one.
    first: HashMap<(usize, ProductIdentity<'static>, ProductIdentity<'static>), usize>,
    /// The first statement about a class of advisories in a whole product, whichever product that is.
    whole: HashMap<usize, usize>,
}

/// What identifies a product when it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum ProductIdentity<'p> {
    /// Any product.
    Any,
    /// A package, in a version or (if empty) in all.
    Package(Cow<'p, str>, Cow<'p, str>),
    /// An image, by the last part of its name and its digest: empty in a statement about any digest, `*` for an image
    /// whose digest is not known.
    Image(String, String),
    /// Whatever has exactly this name.
    Named(Cow<'p, str>),
}

impl StatementIndex {
    /// The statements of a run whose advisories are of these classes.
    pub(super) fn new(mut statements: Vec<Statement>, classes: &Classes) -> StatementIndex {
        statements.sort();
        statements.sort_by_cached_key(|one| advisory::order(&normal(&one.advisory)));
        // the latest statement goes first; of two made at the same moment, the one that excuses nothing
        statements.sort_by_key(|one| Reverse((one.said_at, one.effect)));
        let (mut first, mut whole) = (HashMap::new(), HashMap::new());
        for (at, statement) in statements.iter().enumerate() {
            let Some(class) = classes.index(&normal(&statement.advisory)) else { continue };
            let any = || vec![ProductIdentity::Any];
            let products = statement.product.as_deref().map_or_else(any, ProductIdentity::product);
            if products.contains(&ProductIdentity::Any) {
                whole.entry(class).or_insert(at);
            }
            let within = statement.within.as_deref();
            let named =
                within.map_or(ProductIdentity::Any, |name| ProductIdentity::Named(name.to_owned().into()));
            let packages = within.filter(|within| within.starts_with("pkg:")).map(ProductIdentity::product);
            let wholes: Vec<_> = packages.into_iter().flatten().chain([named]).collect();
            for product in products {
                for whole in &wholes {
                    first.entry((class, product.clone(), whole.clone())).or_insert(at);
                }
            }
        }
        StatementIndex { statements, first, whole }
    }

    /// The statement that excuses an advisory, under any name of its class, in a package that a manifest or an image
    /// brings in; `products`: what was scanned, as far as the report names it. Statements about this package take
    /// precedence over those about all; of several, the newest counts, and it may say that nothing is excused.
    pub(super) fn find(
        &self,
        class: Option<usize>,
        purl: &str,
        place: &str,
        products: &[String],
    ) -> Option<&Statement> {
        let class = class.filter(|_| !self.statements.is_empty())?;
        let own = ProductIdentity::of(purl, place);
        let mut within = vec![ProductIdentity::Any, ProductIdentity::Named(place.into())];
        within.extend_from_slice(&own);
        for name in products {
            within.push(ProductIdentity::Named(name.into()));
            within.extend(ProductIdentity::of(name, name));
        }
        let first = |product: &ProductIdentity<'_>| {
            let keys = within.iter().map(|within| (class, product.clone(), within.clone()));
            keys.filter_map(|key| self.look(&key)).min()
        };
        // a statement may be about everything that was scanned, as one product
        let scanned = products.iter().filter(|name| name.starts_with("pkg:"));
        let scanned = scanned.flat_map(|name| ProductIdentity::of(name, name));
        let own = own.iter().cloned().chain(scanned).filter_map(|product| first(&product)).min();
        // a statement about a whole product applies unless a report says that something else was scanned
        let whole = || match products.is_empty() {
            true => self.whole.get(&class).copied(),
            false => first(&ProductIdentity::Any),
        };
        self.statements.get(own.or_else(whole)?).filter(|statement| statement.effect == Effect::NotAffected)
    }

    fn look<'k>(&'k self, key: &(usize, ProductIdentity<'k>, ProductIdentity<'k>)) -> Option<usize> {
        let first: &HashMap<(usize, ProductIdentity<'k>, ProductIdentity<'k>), usize> = &self.first;
        first.get(key).copied()
    }
}

impl<'p> ProductIdentity<'p> {
    /// What a product's name refers to. An image is looked up with and without its digest.
    fn product(name: &str) -> Vec<ProductIdentity<'static>> {
        let (name, version) = parts(name);
        match image(name) {
            Some(image) => {
                let digest = if version.starts_with(DIGEST) { version } else { "" };
                let of = |digest: &str| ProductIdentity::Image(last(image), digest.to_owned());
                vec![of(digest), of(ANY_DIGEST)]
            }
            None => vec![ProductIdentity::Package(name.to_owned().into(), version.to_owned().into())],
        }
    }

    /// Everything that refers to this package, or to the image that it is in.
    fn of(purl: &'p str, place: &str) -> Vec<ProductIdentity<'p>> {
        let (package, installed) = parts(purl);
        let mut all = vec![ProductIdentity::Package(package.into(), "".into())];
        if !installed.is_empty() {
            all.push(ProductIdentity::Package(package.into(), installed.into()));
        }
        if place.is_empty() {
            return all;
        }
        let (name, version) = parts(place);
        let of = |digest: &str| ProductIdentity::Image(last(identity::path(name)), digest.to_owned());
        match version.starts_with(DIGEST) {
            true => all.extend(["", version].map(of)),
            false => all.push(of(ANY_DIGEST)),
        }
        all
    }
}

/// How an image's digest begins.
const DIGEST: &str = "sha256:";

/// Stands for any digest.
const ANY_DIGEST: &str = "*";

/// The name of an image in a package URL without its version.
fn image(name: &str) -> Option<&str> {
    name.strip_prefix("pkg:oci/").or_else(|| name.strip_prefix("pkg:docker/"))
}

/// The last part of an image's name.
fn last(name: &str) -> String {
    name.rsplit('/').next().unwrap_or_default().to_lowercase()
}

/// A package URL without its version, and the version.
fn parts(purl: &str) -> (&str, &str) {
    purl.rsplit_once('@').unwrap_or((purl, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn justifications(statements: Vec<Statement>) -> (StatementIndex, Option<usize>) {
        let classes = Classes::new(statements.iter().map(|one| (&one.advisory, one.aliases.iter())));
        (StatementIndex::new(statements, &classes), classes.index("CVE-1"))
    }

    fn said(product: Option<&str>, within: Option<&str>, words: &str) -> Statement {
        Statement {
            advisory: "CVE-1".to_owned(),
            product: product.map(str::to_owned),
            within: within.map(str::to_owned),
            justification: words.to_owned(),
            ..Statement::default()
        }
    }

    #[test]
    fn a_product_is_a_package_or_an_image() {
        let check = |product, purl, place, expected| {
            let (justifications, class) = justifications(vec![said(Some(product), None, "x")]);
            let found = justifications.find(class, purl, place, &[]).is_some();
            assert_eq!(found, expected, "{product} {purl} {place}");
        };
        check("pkg:npm/a@1", "pkg:npm/a@1", "package-lock.json", true);
        check("pkg:npm/a", "pkg:npm/a@1", "package-lock.json", true);
        check("pkg:npm/a@2", "pkg:npm/a@1", "package-lock.json", false);
        check("pkg:npm/a", "pkg:npm/ab@1", "package-lock.json", false);
        check("pkg:npm/%40s/a", "pkg:npm/%40s/a@1", "", true);
        check("pkg:oci/shop@sha256%3Aab", "pkg:apk/alpine/zlib@1", "ghcr.io/acme/shop:1.2", true);
        check("pkg:oci/shop", "pkg:apk/alpine/zlib@1", "ghcr.io/acme/cart:1.2", false);
        check("pkg:oci/shop", "pkg:apk/alpine/zlib@1", "", false);
        // another build of the same image
        check("pkg:oci/shop@sha256:ab", "pkg:apk/alpine/zlib@1", "ghcr.io/acme/shop@sha256:ab", true);
        check("pkg:oci/shop@sha256:ab", "pkg:apk/alpine/zlib@1", "ghcr.io/acme/shop:1@sha256:cd", false);
        check("pkg:oci/shop", "pkg:apk/alpine/zlib@1", "ghcr.io/acme/shop@sha256:cd", true);
    }

    #[test]
    fn all_that_was_scanned_is_a_product() {
        let check = |product: &str, products: &[&str], expected| {
            let products: Vec<String> = products.iter().map(|&name| name.to_owned()).collect();
            let (justifications, class) = justifications(vec![said(Some(product), None, "x")]);
            let found = justifications.find(class, "pkg:npm/a@1", "package-lock.json", &products).is_some();
            assert_eq!(found, expected, "{product} {products:?}");
        };
        check("pkg:npm/shop@2", &["pkg:npm/shop@2", "app"], true);
        check("pkg:npm/shop", &["pkg:npm/shop@2"], true);
        check("pkg:npm/shop@2", &["pkg:npm/shop@3"], false);
        check("pkg:npm/shop@2", &[], false);
        check("pkg:oci/shop@sha256:ab", &["pkg:oci/shop@sha256:ab"], true);
        check("pkg:oci/shop@sha256:ab", &["pkg:oci/shop@sha256:cd"], false);
    }

    #[test]
    fn a_product_is_what_was_scanned() {
        let check = |product, place, products: &[&str], expected| {
            let products: Vec<String> = products.iter().map(|&name| name.to_owned()).collect();
            let (justifications, class) = justifications(vec![said(Some("pkg:npm/a"), Some(product), "x")]);
            let found = justifications.find(class, "pkg:npm/a@1", place, &products).is_some();
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
        let all = vec![
            said(None, None, "anywhere"),
            said(Some("pkg:npm/a@1"), Some("https://x/other"), "other product"),
            said(Some("pkg:npm/a@1"), None, "here"),
            said(Some("pkg:npm/b@1"), Some("https://x/shop"), "shop"),
        ];
        let (all, class) = justifications(all);
        let check = |purl, products: &[&str], expected| {
            let products: Vec<String> = products.iter().map(|&name| name.to_owned()).collect();
            let found = all.find(class, purl, "", &products);
            assert_eq!(found.map(|statement| statement.justification.as_str()), Some(expected));
        };
        check("pkg:npm/a@1", &[], "here");
        check("pkg:npm/b@1", &["https://x/shop"], "shop");
        check("pkg:npm/b@1", &[], "anywhere");
        let (whole, class) = justifications(vec![said(None, Some("shop"), "shop")]);
        let check = |products: &[String], expected| {
            let found = whole.find(class, "pkg:npm/a@1", "", products);
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
                let (justifications, class) = justifications(statements.clone());
                let found = justifications.find(class, "pkg:npm/a@1", "package-lock.json", &[]);
                assert_eq!(found.is_some(), excused, "{statements:?}");
            }
        };
        let (january, february) = ("2026-01-01T00:00:00Z", "2026-01-31T23:00:00-02:00");
        let (not_affected, affected) = (Effect::NotAffected, Effect::Affected);
        check(&[said("pkg:npm/a@1", not_affected, january)], true);
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a@1", affected, february)], false);
        check(&[said("pkg:npm/a@1", not_affected, february), said("pkg:npm/a@1", affected, january)], true);
        // even if one statement is about all versions
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a", affected, february)], false);
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a@2", affected, february)], true);
        // a statement without a time counts as older than any with one; of two equal ones, the cautious one counts
        check(&[said("pkg:npm/a@1", not_affected, ""), said("pkg:npm/a@1", affected, january)], false);
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a@1", affected, "")], true);
        check(&[said("pkg:npm/a@1", not_affected, january), said("pkg:npm/a@1", affected, january)], false);
    }
}
