//! Xray's component ids as packages: `gav://org.yaml:snakeyaml:1.16`, `deb://debian:stretch:libx11:2:1.6.4-3`.

use crate::model::finding::Package;
use crate::report::shared::{flaw, purl};

/// Xray's names for types of components, and those that others use.
const KINDS: &[(&str, &str)] =
    &[("gav", "maven"), ("alpine", "apk"), ("rubygems", "gem"), ("docker", "docker"), ("helm", "helm")];

/// The package that a component's id names. In each type, name and version have their own positions.
pub(crate) fn package(id: &str) -> Package<'static> {
    let (scheme, rest) = id.split_once("://").unwrap_or(("", id));
    let (name, version) = match scheme {
        // distribution, its release, name, and a version that may have an epoch
        "deb" => system(rest, 2),
        "rpm" | "alpine" => system(rest, 1),
        // without a scheme, it may be a file in an image, or what a layer installed
        "" => bare(rest),
        _ => rest.rsplit_once(':').unwrap_or((rest, "")),
    };
    named(scheme, name, version)
}

/// The package for a name and a version that a report gives separately.
pub(crate) fn named(kind: &str, name: &str, version: &str) -> Package<'static> {
    let name = match purl::ecosystem(kind_of(kind)) {
        "deb" if name.matches(':').count() == 2 => name.rsplit(':').next().unwrap_or(name),
        "rpm" | "apk" => name.split_once(':').map_or(name, |(_, name)| name),
        _ => name,
    };
    flaw::package("", kind_of(kind), name, version)
}

/// The type of packages that others know under this name.
fn kind_of(scheme: &str) -> &str {
    KINDS.iter().find(|(own, _)| own.eq_ignore_ascii_case(scheme)).map_or(scheme, |(_, kind)| kind)
}

/// Whether an id is an image's; if so, its name.
pub(crate) fn image(id: &str) -> Option<&str> {
    let (scheme, name) = id.split_once("://")?;
    matches!(scheme, "docker" | "oci").then_some(name)
}

/// Whether a step of a path is a layer of an image, which each build names anew: `sha256__9e88….tar`.
pub(crate) fn is_layer(id: &str) -> bool {
    let name = id.split_once("://").map_or(id, |(_, name)| name);
    name == "sha256" || name.starts_with("sha256:") || name.starts_with("sha256__")
}

/// The file in an image whose layer was unpacked to be scanned, into a folder that each scan names anew.
pub(crate) fn unpacked(file: &str) -> &str {
    let layer = file.split_once("unpacked/sha256/").and_then(|(_, rest)| rest.split_once('/'));
    let is_digest = |digest: &str| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    match layer {
        Some((digest, path)) if is_digest(digest) => &file[file.len() - path.len() - 1..],
        _ => file,
    }
}

/// Name and version after this many parts that name the distribution.
fn system(rest: &str, distribution: usize) -> (&str, &str) {
    let mut parts = rest.splitn(distribution + 2, ':');
    let skipped = parts.by_ref().take(distribution).last();
    match (skipped, parts.next(), parts.next()) {
        (Some(_), Some(name), Some(version)) => (name, version),
        (Some(_), Some(name), None) => (name, ""),
        _ => (rest, ""),
    }
}

/// `3.12:ssl_client:1.31.1-r20`, `name:1.0`, `okio-jvm-2.8.0.jar`.
fn bare(rest: &str) -> (&str, &str) {
    match rest.matches(':').count() {
        0 => file(rest),
        1 => rest.rsplit_once(':').unwrap_or((rest, "")),
        _ if rest.starts_with(|c: char| c.is_ascii_digit()) => system(rest, 1),
        _ => system(rest, 2),
    }
}

/// How the files of libraries end.
const ARCHIVES: [&str; 7] = [".jar", ".war", ".ear", ".whl", ".tgz", ".gem", ".nupkg"];

/// Whether a file may contain others.
pub(crate) fn is_archive(file: &str) -> bool {
    ARCHIVES.iter().any(|ending| file.ends_with(ending))
}

/// A library's file name without its extension, and the version in it.
fn file(name: &str) -> (&str, &str) {
    let stem = ARCHIVES.iter().find_map(|ending| name.strip_suffix(ending));
    let Some(stem) = stem else { return (name, "") };
    let version =
        stem.match_indices('-').find(|(at, _)| stem[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    version.map_or((stem, ""), |(at, _)| (&stem[..at], &stem[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_packages() {
        let check = |id, expected: &str| assert_eq!(package(id).purl, expected, "{id}");
        check("npm://lodash:4.17.0", "pkg:npm/lodash@4.17.0");
        check("npm://@babel/core:7.1.0", "pkg:npm/%40babel/core@7.1.0");
        check("gav://org.yaml:snakeyaml:1.16", "pkg:maven/org.yaml/snakeyaml@1.16");
        check("pypi://Jinja2:2.11.2", "pkg:pypi/jinja2@2.11.2");
        check("go://github.com/acme/lib:v1.2.3", "pkg:golang/github.com/acme/lib@1.2.3");
        check("deb://debian:stretch:libx11:2:1.6.4-3", "pkg:deb/libx11@2:1.6.4-3");
        check("alpine://3.18:libssl3:3.1.1-r1", "pkg:apk/libssl3@3.1.1-r1");
        check("rpm://8:openssl:1:1.1.1k", "pkg:rpm/openssl@1:1.1.1k");
        check("pypi://pip", "pkg:pypi/pip");
        check("3.12:ssl_client:1.31.1-r20", "pkg:generic/ssl_client@1.31.1-r20");
        check("okio-jvm-2.8.0.jar", "pkg:generic/okio-jvm@2.8.0");
        check("", "pkg:generic/unknown");
    }

    #[test]
    fn layers_are_no_part_of_a_path() {
        assert!(["generic://sha256:9e/sha256__9e.tar", "sha256__9e.tar", "sha256"].into_iter().all(is_layer));
        assert!(!["npm://sha256-js:1", "deb://debian:12:a:1"].into_iter().any(is_layer));
        let digest = "9e".repeat(32);
        assert_eq!(
            unpacked(&format!("temp/T/tmpx_3d1/unpacked/sha256/{digest}/usr/app/x.js")),
            "/usr/app/x.js"
        );
        assert_eq!(unpacked("unpacked/sha256/x/y.js"), "unpacked/sha256/x/y.js");
    }

    #[test]
    fn a_name_loses_its_distribution() {
        let check = |kind, name, expected: &str| assert_eq!(named(kind, name, "1").purl, expected);
        check("deb", "debian:bookworm:libssl3", "pkg:deb/libssl3@1");
        check("Maven", "org.yaml:snakeyaml", "pkg:maven/org.yaml/snakeyaml@1");
        check("npm", "lodash", "pkg:npm/lodash@1");
    }
}
