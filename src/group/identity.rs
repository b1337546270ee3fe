//! The recipes: what makes a finding and a group the same as before. Version 1 (`docs/identity.md`).

use std::borrow::Cow;

use crate::model::finding::{Finding, FindingKind, Rule};
use crate::model::fingerprint::{Fingerprint, Recipe};
use crate::model::record::Mode;

/// The anchors of a finding at a location: the scanner's stable fingerprint, the flagged line's text (for a secret, a
/// value that gets an occurrence index), the start line. Scanner, rule and path are part of each: `rule` is the
/// beginning of the recipe, up to the rule. `text` is what [`text`] returns.
pub(super) fn anchors(rule: &Recipe, finding: &Finding<'_>, text: Option<&str>) -> [Option<Fingerprint>; 3] {
    let place = rule.clone().value(&finding.location.path);
    let of = |what: &str| place.clone().value(what);
    let stable = finding.anchors.stable.as_deref().map(|value| of("stable").value(value).finish());
    let text = match finding.kind {
        // Its text must not be hashed, and its line moves: within its file, it is identified only by its order.
        FindingKind::Secret => Some(of("secret").finish()),
        _ => text.map(|text| text_anchor(place.clone(), text)),
    };
    let line = of("line").number(u64::from(finding.location.line)).finish();
    [stable, text, Some(line)]
}

/// The anchor for a flagged line's text at a place: `place` is the beginning of the recipe, up to the path.
pub(super) fn text_anchor(place: Recipe, text: &str) -> Fingerprint {
    place.value("text").words(text).finish()
}

/// A scanner's rule by its id, hashed as in a sighting.
pub fn rule_hash(name: &str, rule: &str) -> u32 {
    Recipe::new("rule").value(&scanner(name)).value(rule).finish().short()
}

/// An advisory on a package in any version, hashed.
pub(super) fn package_alone(class: &[String], purl: &str) -> u32 {
    let name = class.first().map_or("", String::as_str);
    Recipe::new("advisory").value(name).value(package(purl)).finish().short()
}

/// A package URL without its version.
pub(super) fn package(purl: &str) -> &str {
    let package = purl.split(['?', '#']).next().unwrap_or(purl);
    match package.rsplit_once('@') {
        Some((package, version)) if !version.contains('/') => package,
        _ => package,
    }
}

/// The flagged line's text by itself, hashed: a moved file is recognised by it. 0: unknown.
pub(super) fn text_alone(text: Option<&str>) -> u32 {
    text.map_or(0, |text| Recipe::new("line").words(text).finish().short())
}

/// The text that identifies a finding: the flagged line or, if no line is flagged, what is said about the place. A
/// secret's text is never part of an identity.
pub(super) fn text<'f>(finding: &'f Finding<'_>, checkout_line: Option<&'f str>) -> Option<Cow<'f, str>> {
    let said = |text: &&str| !text.trim().is_empty();
    if finding.kind == FindingKind::Secret || finding.anchors.withheld {
        return None;
    }
    if let Some(line) = finding.anchors.text.as_deref().filter(said).or(checkout_line.filter(said)) {
        return Some(Cow::Borrowed(line));
    }
    if finding.location.line > 0 {
        return None;
    }
    let logical = finding.location.logical.as_deref().unwrap_or_default();
    let about = format!("{logical} {}", finding.detail.message);
    said(&about.as_str()).then_some(Cow::Owned(about))
}

/// The anchors of a finding of an advisory: by the best-known name of its class, with the package and the manifest or
/// image. A finding with a version also has the identities that reports without versions give it, under the two
/// best-known names; one without a version has those under three names.
pub(super) fn advisory_anchors(class: &[String], purl: &str, manifest: &str) -> [Option<Fingerprint>; 3] {
    let of = |name: &String, purl: &str| {
        Recipe::new("finding").value("advisory").value(name).value(purl).value(image_name(manifest)).finish()
    };
    let known = |at: usize, purl: &str| class.get(at).map(|name| of(name, purl));
    let package = package(purl);
    match package == purl {
        true => [known(0, purl), known(1, purl), known(2, purl)],
        false => [known(0, purl), known(0, package), known(1, package)],
    }
}

/// The package in its version by itself, hashed, to recognise a finding whose manifest moved or whose advisory got a
/// better-known name: the upper half depends only on the package, and the lower half is 0 if there is no version.
pub(super) fn package_text(purl: &str) -> u32 {
    let short = |text: &str| Recipe::new("package").value(text).finish().short();
    let package = package(purl);
    let version = if package == purl { 0 } else { (short(purl) & 0xffff).max(1) };
    (short(package) & 0xffff_0000).max(1 << 16) | version
}

/// A scanner's name as far as it identifies: case does not matter.
pub(super) fn scanner(name: &str) -> String {
    name.trim().to_lowercase()
}

/// What stands for the rule: its id, otherwise its name, otherwise the scanner's message.
pub(super) fn rule<'f>(finding: &'f Finding<'_>) -> Cow<'f, str> {
    rule_id(&finding.rule).map_or_else(|| Cow::Borrowed(finding.detail.message.as_ref()), Cow::Borrowed)
}

/// The rule's id, otherwise its name.
pub(super) fn rule_id(rule: &Rule) -> Option<&str> {
    [&rule.id, &rule.name].into_iter().map(String::as_str).find(|text| !text.is_empty())
}

/// An image without its tag and digest; any other path as it is.
fn image_name(manifest: &str) -> &str {
    let name = manifest.split_once("@sha256:").map_or(manifest, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((image, tag)) if !tag.contains('/') && !image.is_empty() => image,
        _ => name,
    }
}

/// The path of a scanner's finding, or of a manifest.
pub(super) fn path(path: &str) -> &str {
    image_name(path)
}

/// The name that a group has if a route with `continue` gives its findings an additional ticket.
pub fn routed(name: Fingerprint, route: &str) -> Fingerprint {
    Recipe::new("route").fingerprint(name).value(route).finish()
}

/// Names a group: repository, mode, and a key.
#[derive(Clone, Copy)]
pub(super) struct Namer {
    pub(super) repository: Fingerprint,
    pub(super) mode: Mode,
}

impl Namer {
    fn recipe(&self) -> Recipe {
        Recipe::new("group").fingerprint(self.repository).value(self.mode.name())
    }

    pub(super) fn rule(&self, scanner: &str, rule: &str) -> Fingerprint {
        self.recipe().value("rule").value(scanner).value(rule).finish()
    }

    pub(super) fn advisory(&self, name: &str) -> Fingerprint {
        self.recipe().value("advisory").value(name).finish()
    }

    pub(super) fn file(&self, scanner: &str, path: &str) -> Fingerprint {
        self.recipe().value("file").value(scanner).value(path).finish()
    }

    pub(super) fn manifest(&self, path: &str) -> Fingerprint {
        self.recipe().value("manifest").value(path).finish()
    }

    pub(super) fn package(&self, package: &str, image: &str) -> Fingerprint {
        self.recipe().value("package").value(package).value(image).finish()
    }

    pub(super) fn finding(&self, anchor: Fingerprint) -> Fingerprint {
        self.recipe().value("finding").fingerprint(anchor).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_without_tag_and_digest() {
        let check = |name, expected| assert_eq!(image_name(name), expected);
        check("alpine:3.19", "alpine");
        check("alpine@sha256:abc", "alpine");
        check("ghcr.io:443/acme/shop:1.2@sha256:abc", "ghcr.io:443/acme/shop");
        check("ghcr.io:443/acme/shop", "ghcr.io:443/acme/shop");
        check("services/a/package-lock.json", "services/a/package-lock.json");
    }
}
