//! Names of advisories, as scanners write them.

/// How many names of one advisory are used from one place: real ones have a few, and each is kept with each package
/// that it is about.
pub(crate) const MOST_NAMES: usize = 100;

/// The prefixes of advisories' names, and what they say about their packages: the purl type.
const FAMILIES: &[(&str, &str)] = &[
    ("CVE-", ""),
    ("GHSA-", ""),
    ("XRAY-", ""),
    ("PYSEC-", "pypi"),
    ("RUSTSEC-", "cargo"),
    ("GO-", "golang"),
    ("OSV-", ""),
    ("MAL-", ""),
    ("GMS-", ""),
    ("RSEC-", "cran"),
    ("HSEC-", "hackage"),
    ("PKSA-", "composer"),
    ("BIT-", ""),
    ("EUVD-", ""),
    ("DSA-", "deb"),
    ("DLA-", "deb"),
    ("DTSA-", "deb"),
    ("USN-", "deb"),
    ("LSN-", "deb"),
    ("TEMP-", "deb"),
    ("RHSA-", "rpm"),
    ("RHBA-", "rpm"),
    ("RHEA-", "rpm"),
    ("ELSA-", "rpm"),
    ("ALAS", "rpm"),
    ("RLSA-", "rpm"),
    ("ALSA-", "rpm"),
    ("SUSE-SU-", "rpm"),
    ("openSUSE-SU-", "rpm"),
    ("CESA-", "rpm"),
    ("CGA-", "apk"),
    ("SNYK-JS-", "npm"),
    ("SNYK-PYTHON-", "pypi"),
    ("SNYK-JAVA-", "maven"),
    ("SNYK-GOLANG-", "golang"),
    ("SNYK-RUBY-", "gem"),
    ("SNYK-PHP-", "composer"),
    ("SNYK-DOTNET-", "nuget"),
    ("SNYK-RUST-", "cargo"),
    ("SNYK-HEX-", "hex"),
    ("SNYK-SWIFT-", "swift"),
    ("SNYK-COCOAPODS-", "cocoapods"),
    ("SNYK-ALPINE", "apk"),
    ("SNYK-WOLFI", "apk"),
    ("SNYK-CHAINGUARD", "apk"),
    ("SNYK-DEBIAN", "deb"),
    ("SNYK-UBUNTU", "deb"),
    ("SNYK-RHEL", "rpm"),
    ("SNYK-CENTOS", "rpm"),
    ("SNYK-AMZN", "rpm"),
    ("SNYK-ORACLE", "rpm"),
    ("SNYK-ROCKY", "rpm"),
    ("SNYK-SLES", "rpm"),
    ("SNYK-UNMANAGED-", "generic"),
    ("npm:", "npm"),
];

/// The name of an advisory at the start of a text: letters, digits and dashes up to the end of its family's form, so
/// that Grype's `CVE-2021-1-lodash` is separated from its package.
pub(crate) fn id(text: &str) -> Option<&str> {
    let (family, _) = family(text)?;
    let rest = &text[family.len()..];
    // how many parts between dashes belong to the name
    let parts = match family {
        "CVE-" | "PYSEC-" | "RUSTSEC-" | "GO-" | "OSV-" | "MAL-" | "GMS-" | "RSEC-" | "HSEC-" | "EUVD-" => 2,
        "GHSA-" | "CGA-" | "PKSA-" => 3,
        "XRAY-" => 1,
        _ => usize::MAX,
    };
    // what follows a name of a known form is a package: `CVE-2021-1/lodash`, `CVE-2021-1_lodash_4.17.15`
    let more = if parts == usize::MAX { &[':', '.', '_', '/'][..] } else { &[':', '.'] };
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || more.contains(&c);
    let mut end = rest.find(|c| !word(c)).unwrap_or(rest.len());
    if let Some((dash, _)) = rest[..end].match_indices('-').nth(parts.saturating_sub(1)) {
        end = dash;
    }
    let name = text[..family.len() + end].trim_end_matches([':', '.', '-', '/']);
    // what looks like a family and has no number is some rule: `GO-CRITICAL`
    let numbered = matches!(family, "GHSA-" | "PKSA-") || name.bytes().any(|byte| byte.is_ascii_digit());
    (name.len() > family.len() && numbered).then_some(name)
}

/// Whether an advisory's name may stand for several flaws: a distribution's erratum fixes many.
pub(crate) fn is_shared(id: &str) -> bool {
    ["CVE-", "GHSA-", "PYSEC-", "RUSTSEC-", "GO-"].iter().any(|start| id.starts_with(start))
}

/// Every advisory that a text names.
pub(crate) fn ids(text: &str) -> impl Iterator<Item = &str> {
    let boundary = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':' | '.' | '_');
    text.split(boundary).filter_map(id)
}

/// The purl type that an advisory's name implies; empty: none.
pub(crate) fn ecosystem_of_id(id: &str) -> &'static str {
    family(id).map_or("", |(_, ecosystem)| ecosystem)
}

fn family(text: &str) -> Option<(&'static str, &'static str)> {
    FAMILIES.iter().copied().find(|(start, _)| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_advisories_are_told() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(id(text), expected, "{text}");
        check("CVE-2008-0732-geronimo-j2ee-management_1.1_spec", Some("CVE-2008-0732"));
        check("GHSA-c3h9-896r-86jm-github.com/gogo/protobuf", Some("GHSA-c3h9-896r-86jm"));
        check("CVE-2022-24713: Regexes", Some("CVE-2022-24713"));
        check("GO-2026-4864", Some("GO-2026-4864"));
        check("SNYK-ALPINE318-OPENSSL-6032386", Some("SNYK-ALPINE318-OPENSSL-6032386"));
        check("npm:lodash:20180130", Some("npm:lodash:20180130"));
        check("OSV-1", Some("OSV-1"));
        check("RHSA-2020:1234", Some("RHSA-2020:1234"));
        check("SNYK-CC-K8S-6", None);
        check("CVE-", None);
        check("GO-CRITICAL", None);
        check("js/xss", None);
    }

    #[test]
    fn names_are_found_in_prose() {
        let check = |text: &str, expected: &[&str]| assert_eq!(ids(text).collect::<Vec<_>>(), expected);
        check(
            "(also known as 'RUSTSEC-2022-0013', 'GHSA-m5pq-gvj9-9vr8').",
            &["RUSTSEC-2022-0013", "GHSA-m5pq-gvj9-9vr8"],
        );
        check("High severity - CVE-2023-5363 vulnerability in openssl", &["CVE-2023-5363"]);
        check("nothing", &[]);
    }
}
