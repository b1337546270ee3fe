//! Package URLs in canonical form, and the types of packages behind scanners' names for them.

use std::borrow::Cow;

use packageurl::PackageUrl;

use crate::model::finding::Package;

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

/// Scanners' names for types of packages, in lower case, and the purl type.
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
    ("nodejs", "npm"),
    ("node", "npm"),
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

/// A package URL in canonical form. An empty or unknown type becomes `generic`.
pub(crate) fn of(ecosystem: &str, name: &str, version: &str) -> String {
    let ecosystem = if ecosystem.is_empty() { "generic" } else { ecosystem };
    let name: Cow<'_, str> = match ecosystem {
        "pypi" => folded(name).into(),
        "composer" | "github" | "nuget" => name.to_lowercase().into(),
        "maven" => name.replace(':', "/").into(),
        _ => name.into(),
    };
    // scanners write these versions with and without it
    let bare = version.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let version = bare.filter(|_| matches!(ecosystem, "golang" | "composer")).unwrap_or(version);
    let name = name.trim_matches('/');
    let (namespace, name) = match ecosystem {
        // a slash there is not part of a namespace
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
    built.unwrap_or_else(|_| Package::UNKNOWN.to_owned())
}

/// A name on PyPI: case does not matter, and `-`, `_` and `.` are the same, however many of them there are in a row.
fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        let c = if matches!(c, '_' | '.') { '-' } else { c };
        if c != '-' || !folded.ends_with('-') {
            folded.push(c);
        }
    }
    folded
}

/// The same for a package URL in a report: without qualifiers and subpath, in which scanners differ.
pub(crate) fn canonical(url: &PackageUrl<'_>) -> String {
    let name =
        url.namespace().map_or(url.name().to_owned(), |namespace| format!("{namespace}/{}", url.name()));
    of(url.ty(), &name, url.version().unwrap_or_default())
}

/// Whether packages of this type come with an image's system and never from a manifest.
pub(crate) fn is_system(purl: &str) -> bool {
    ["pkg:deb/", "pkg:rpm/", "pkg:apk/", "pkg:alpm/"].iter().any(|start| purl.starts_with(start))
}

/// The purl type of what a lock file or manifest lists; empty: unknown.
pub(crate) fn ecosystem_of_manifest(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let requirements = name.starts_with("requirements") && name.ends_with(".txt");
    let known = MANIFESTS.iter().find(|(end, _)| name.ends_with(end));
    known.map_or(if requirements { "pypi" } else { "" }, |(_, ecosystem)| ecosystem)
}

/// The purl type for a scanner's name for a type of package; empty: unknown.
pub(crate) fn ecosystem(word: &str) -> &'static str {
    let word = word.trim().to_lowercase();
    ECOSYSTEMS.iter().find(|(name, _)| *name == word).map_or("", |(_, ecosystem)| ecosystem)
}

/// The purl type of a distribution's packages, whatever name a scanner gives the distribution; empty: unknown.
pub(crate) fn of_distribution(distribution: &str) -> &'static str {
    const DISTRIBUTIONS: &[(&str, &str)] = &[
        ("debian", "deb"),
        ("ubuntu", "deb"),
        ("alpine", "apk"),
        ("wolfi", "apk"),
        ("red hat", "rpm"),
        ("rhel", "rpm"),
        ("centos", "rpm"),
        ("rocky", "rpm"),
        ("alma", "rpm"),
        ("amazon", "rpm"),
        ("oracle", "rpm"),
        ("fedora", "rpm"),
        ("suse", "rpm"),
        ("photon", "rpm"),
    ];
    let distribution = distribution.to_lowercase();
    DISTRIBUTIONS.iter().find(|(name, _)| distribution.contains(name)).map_or("", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_urls_are_canonical() {
        let check = |ecosystem, name, version, expected| assert_eq!(of(ecosystem, name, version), expected);
        check("npm", "lodash", "4.17.15", "pkg:npm/lodash@4.17.15");
        check("npm", "@babel/traverse", "7.0.0", "pkg:npm/%40babel/traverse@7.0.0");
        check("pypi", "Ruamel_Yaml", "0.1", "pkg:pypi/ruamel-yaml@0.1");
        check("maven", "org.apache:commons", "1", "pkg:maven/org.apache/commons@1");
        check("golang", "github.com/gogo/protobuf", "1.3.1", "pkg:golang/github.com/gogo/protobuf@1.3.1");
        check("golang", "stdlib", "v1.25.8", "pkg:golang/stdlib@1.25.8");
        check("pypi", "ruamel._yaml", "0.1", "pkg:pypi/ruamel-yaml@0.1");
        check("nuget", "Newtonsoft.Json", "1", "pkg:nuget/newtonsoft.json@1");
        check("composer", "Symfony/http-kernel", "v4.4.1", "pkg:composer/symfony/http-kernel@4.4.1");
        check("composer", "a/b", "vnext", "pkg:composer/a/b@vnext");
        check("", "thing", "", "pkg:generic/thing");
        let url = "pkg:deb/debian/openssl@1.1.1?arch=amd64&distro=debian-12".parse().unwrap();
        assert_eq!(canonical(&url), "pkg:deb/debian/openssl@1.1.1");
        check("npm", "", "1", "pkg:generic/unknown");
    }

    #[test]
    fn every_ecosystem_of_githubs_alerts_is_known() {
        // what GitHub's API accepts as `ecosystem` of Dependabot alerts
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
