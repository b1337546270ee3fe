//! Names of advisories and packages, as scanners write them.

use std::borrow::Cow;

use packageurl::PackageUrl;

/// How many names of one advisory are taken from one place: real ones have a few, and each is kept with each
/// package that it is about.
pub(super) const MOST_NAMES: usize = 100;

/// How the names of advisories start, and what is known of their packages: the purl type.
const FAMILIES: &[(&str, &str)] = &[
    ("CVE-", ""),
    ("GHSA-", ""),
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

/// Lock files and manifests, by the end of their names, and the purl type of what they list.
const MANIFESTS: &[(&str, &str)] = &[
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
    ("package.json", "npm"),
    ("yarn.lock", "npm"),
    ("pnpm-lock.yaml", "npm"),
    ("bun.lock", "npm"),
    ("Cargo.lock", "cargo"),
    ("Cargo.toml", "cargo"),
    ("go.mod", "golang"),
    ("go.sum", "golang"),
    ("poetry.lock", "pypi"),
    ("Pipfile.lock", "pypi"),
    ("pdm.lock", "pypi"),
    ("uv.lock", "pypi"),
    ("pylock.toml", "pypi"),
    ("pyproject.toml", "pypi"),
    ("requirements.txt", "pypi"),
    ("setup.py", "pypi"),
    ("pom.xml", "maven"),
    ("build.gradle", "maven"),
    ("build.gradle.kts", "maven"),
    ("gradle.lockfile", "maven"),
    (".jar", "maven"),
    ("Gemfile.lock", "gem"),
    (".gemspec", "gem"),
    ("composer.lock", "composer"),
    ("packages.lock.json", "nuget"),
    (".csproj", "nuget"),
    ("packages.config", "nuget"),
    (".deps.json", "nuget"),
    ("mix.lock", "hex"),
    ("pubspec.lock", "pub"),
    ("conan.lock", "conan"),
    ("Podfile.lock", "cocoapods"),
    ("Package.resolved", "swift"),
    ("renv.lock", "cran"),
];

/// What scanners call kinds of packages, in lower case, and the purl type.
const ECOSYSTEMS: &[(&str, &str)] = &[
    ("java-archive", "maven"),
    ("java", "maven"),
    ("maven", "maven"),
    ("gradle", "maven"),
    ("jar", "maven"),
    ("pom", "maven"),
    ("sbt", "maven"),
    ("python", "pypi"),
    ("python-pkg", "pypi"),
    ("pip", "pypi"),
    ("pipenv", "pypi"),
    ("poetry", "pypi"),
    ("pylock", "pypi"),
    ("uv", "pypi"),
    ("pypi", "pypi"),
    ("npm", "npm"),
    ("node-pkg", "npm"),
    ("yarn", "npm"),
    ("pnpm", "npm"),
    ("bun", "npm"),
    ("yarn-workspace", "npm"),
    ("gem", "gem"),
    ("rubygems", "gem"),
    ("bundler", "gem"),
    ("gemspec", "gem"),
    ("go-module", "golang"),
    ("go", "golang"),
    ("golang", "golang"),
    ("gobinary", "golang"),
    ("gomod", "golang"),
    ("gomodules", "golang"),
    ("golangdep", "golang"),
    ("rust-crate", "cargo"),
    ("crates.io", "cargo"),
    ("rust", "cargo"),
    ("cargo", "cargo"),
    ("rustbinary", "cargo"),
    ("deb", "deb"),
    ("debian", "deb"),
    ("ubuntu", "deb"),
    ("rpm", "rpm"),
    ("redhat", "rpm"),
    ("centos", "rpm"),
    ("alma", "rpm"),
    ("almalinux", "rpm"),
    ("rocky", "rpm"),
    ("rocky linux", "rpm"),
    ("red hat", "rpm"),
    ("amazon", "rpm"),
    ("oracle", "rpm"),
    ("fedora", "rpm"),
    ("photon", "rpm"),
    ("suse", "rpm"),
    ("opensuse", "rpm"),
    ("apk", "apk"),
    ("alpine", "apk"),
    ("wolfi", "apk"),
    ("chainguard", "apk"),
    ("dotnet", "nuget"),
    ("nuget", "nuget"),
    ("dotnet-core", "nuget"),
    ("php-composer", "composer"),
    ("composer", "composer"),
    ("packagist", "composer"),
    ("php", "composer"),
    ("hex", "hex"),
    ("erlang", "hex"),
    ("mix-lock", "hex"),
    ("pub", "pub"),
    ("conan", "conan"),
    ("cocoapods", "cocoapods"),
    ("pod", "cocoapods"),
    ("swift", "swift"),
    ("swifturl", "swift"),
    ("hackage", "hackage"),
    ("alpm", "alpm"),
    ("cran", "cran"),
    ("r-package", "cran"),
    ("githubactions", "github"),
    ("github actions", "github"),
    ("github-action", "github"),
    ("actions", "github"),
];

/// The name of an advisory at the start of a text, and how long it is: letters, digits and dashes up
/// to where its family's form ends, so that Grype's `CVE-2021-1-lodash` is told from its package.
pub fn id(text: &str) -> Option<&str> {
    let (family, _) = family(text)?;
    let rest = &text[family.len()..];
    // how many parts between dashes make the name
    let parts = match family {
        "CVE-" | "PYSEC-" | "RUSTSEC-" | "GO-" | "OSV-" | "MAL-" | "GMS-" | "RSEC-" | "HSEC-" | "EUVD-" => 2,
        "GHSA-" | "CGA-" | "PKSA-" => 3,
        _ => usize::MAX,
    };
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.' | '_' | '/');
    let mut end = rest.find(|c| !word(c)).unwrap_or(rest.len());
    if let Some((dash, _)) = rest[..end].match_indices('-').nth(parts.saturating_sub(1)) {
        end = dash;
    }
    let name = text[..family.len() + end].trim_end_matches([':', '.', '-', '/']);
    // what looks like a family and has no number is some rule: `GO-CRITICAL`
    let numbered = matches!(family, "GHSA-" | "PKSA-") || name.bytes().any(|byte| byte.is_ascii_digit());
    (name.len() > family.len() && numbered).then_some(name)
}

/// Whether an advisory's name stands for one flaw: a distribution's erratum fixes many.
pub fn is_shared(id: &str) -> bool {
    ["CVE-", "GHSA-", "PYSEC-", "RUSTSEC-", "GO-"].iter().any(|start| id.starts_with(start))
}

/// Every advisory that a text names.
pub fn ids(text: &str) -> impl Iterator<Item = &str> {
    let boundary = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':' | '.' | '_');
    text.split(boundary).filter_map(id)
}

/// The purl type that an advisory's name tells; empty: none.
pub fn ecosystem_of_id(id: &str) -> &'static str {
    family(id).map_or("", |(_, ecosystem)| ecosystem)
}

/// The purl type of what a lock file or manifest lists; empty: unknown.
pub fn ecosystem_of_manifest(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let requirements = name.starts_with("requirements") && name.ends_with(".txt");
    let known = MANIFESTS.iter().find(|(end, _)| name.ends_with(end));
    known.map_or(if requirements { "pypi" } else { "" }, |(_, ecosystem)| ecosystem)
}

/// The purl type of what a scanner calls a kind of package; empty: unknown.
pub fn ecosystem(word: &str) -> &'static str {
    let word = word.trim().to_lowercase();
    ECOSYSTEMS.iter().find(|(name, _)| *name == word).map_or("", |(_, ecosystem)| ecosystem)
}

/// A package URL in canonical form. An empty or unknown type becomes `generic`.
pub fn purl(ecosystem: &str, name: &str, version: &str) -> String {
    let ecosystem = if ecosystem.is_empty() { "generic" } else { ecosystem };
    let name: Cow<'_, str> = match ecosystem {
        "pypi" => name.to_lowercase().replace('_', "-").into(),
        "maven" => name.replace(':', "/").into(),
        _ => name.into(),
    };
    // scanners write Go's versions with and without it
    let bare = version.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let version = bare.filter(|_| ecosystem == "golang").unwrap_or(version);
    let name = name.trim_matches('/');
    let (namespace, name) = match ecosystem {
        // a slash there belongs to no namespace
        "pypi" | "cargo" | "gem" | "nuget" => ("", name),
        _ => name.rsplit_once('/').unwrap_or(("", name)),
    };
    let built = PackageUrl::new(ecosystem, name).and_then(|mut url| {
        if !namespace.is_empty() {
            url.with_namespace(namespace)?;
        }
        if !version.is_empty() {
            url.with_version(version)?;
        }
        Ok(url.to_string())
    });
    built.unwrap_or_else(|_| "pkg:generic/unknown".to_owned())
}

/// The same for a package URL as a report has it: without qualifiers and subpath, which scanners differ in.
pub fn canonical(url: &PackageUrl<'_>) -> String {
    let name =
        url.namespace().map_or(url.name().to_owned(), |namespace| format!("{namespace}/{}", url.name()));
    purl(url.ty(), &name, url.version().unwrap_or_default())
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

    #[test]
    fn package_urls_are_canonical() {
        let check = |ecosystem, name, version, expected| assert_eq!(purl(ecosystem, name, version), expected);
        check("npm", "lodash", "4.17.15", "pkg:npm/lodash@4.17.15");
        check("npm", "@babel/traverse", "7.0.0", "pkg:npm/%40babel/traverse@7.0.0");
        check("pypi", "Ruamel_Yaml", "0.1", "pkg:pypi/ruamel-yaml@0.1");
        check("maven", "org.apache:commons", "1", "pkg:maven/org.apache/commons@1");
        check("golang", "github.com/gogo/protobuf", "1.3.1", "pkg:golang/github.com/gogo/protobuf@1.3.1");
        check("golang", "stdlib", "v1.25.8", "pkg:golang/stdlib@1.25.8");
        check("", "thing", "", "pkg:generic/thing");
        let url = "pkg:deb/debian/openssl@1.1.1?arch=amd64&distro=debian-12".parse().unwrap();
        assert_eq!(canonical(&url), "pkg:deb/debian/openssl@1.1.1");
        check("npm", "", "1", "pkg:generic/unknown");
    }

    #[test]
    fn every_ecosystem_of_githubs_alerts_is_known() {
        // what GitHub's API takes as `ecosystem` of Dependabot alerts
        let all = "composer erlang actions go maven npm nuget pip pub rubygems rust swift";
        for word in all.split(' ') {
            assert_ne!(ecosystem(word), "", "{word}");
        }
    }

    #[test]
    fn manifests_tell_the_type() {
        let check = |path, expected| assert_eq!(ecosystem_of_manifest(path), expected);
        check("a/b/package-lock.json", "npm");
        check("requirements-dev.txt", "pypi");
        check("lib/x-1.0.jar", "maven");
        check("Dockerfile", "");
    }
}
