//! The package of a result whose rule is an advisory: each scanner writes it elsewhere.

use std::borrow::Cow;
use std::str::FromStr;

use packageurl::PackageUrl;

use crate::model::finding::{FindingKind, Package};
use crate::report::shared::{advisory, purl};

use crate::report::readers::code::sarif::rule::SarifAdvice;
use crate::report::readers::code::sarif::wire;

/// What a text tells of a package.
#[derive(Debug, Default, PartialEq)]
struct SarifTold<'t> {
    name: &'t str,
    version: &'t str,
    fixed: &'t str,
    /// The purl type.
    ecosystem: &'static str,
}

/// The package, and whether it is in a manifest or in an image.
///
/// `message` is the result's, `path` its location's; `image`: the scan was of an image.
pub(crate) fn package(
    advice: &SarifAdvice,
    result: &wire::SarifResult<'_>,
    message: &str,
    path: &str,
    image: bool,
) -> (Package<'static>, FindingKind) {
    let properties = result.properties.get();
    let own = properties
        .into_iter()
        .flat_map(|bag| bag.purl.some().into_iter().chain(bag.purls.iter().map(|p| &**p)));
    let url =
        own.chain(advice.purls.iter().map(|purl| &**purl)).find_map(|text| PackageUrl::from_str(text).ok());
    let mut told = told(message);
    for text in &advice.texts {
        told = told.or(self::told(text));
    }
    told = told.or(SarifTold { name: advice.package.as_deref().unwrap_or_default(), ..SarifTold::default() });
    let module = module(result, told.name);
    if let Some((name, version)) = module {
        (told.name, told.version) = (name, version);
    }
    if told.ecosystem.is_empty() {
        told.ecosystem = [advisory::ecosystem_of_id(&advice.advisory.id), purl::ecosystem_of_manifest(path)]
            .into_iter()
            .find(|ecosystem| !ecosystem.is_empty())
            .unwrap_or_default();
    }
    let container = image
        || message.contains(" found in image ")
        || matches!(told.ecosystem, "deb" | "rpm" | "apk" | "alpm")
        || url.as_ref().is_some_and(|url| matches!(url.ty(), "deb" | "rpm" | "apk" | "alpm"));
    let versions = told.fixed.split(',').map(str::trim);
    let versions = versions.filter(|version| version.bytes().any(|byte| byte.is_ascii_digit()));
    let fixed = versions.map(|version| Cow::Owned(version.to_owned())).collect();
    let unfixed = says_none(told.fixed);
    let package = match url {
        Some(url) => Package {
            name: full_name(&url).into(),
            version: url.version().unwrap_or(told.version).to_owned().into(),
            purl: purl::canonical(&url).into(),
            fixed,
            unfixed,
            path: Vec::new(),
        },
        None => Package {
            purl: purl::of(told.ecosystem, told.name, told.version).into(),
            name: told.name.to_owned().into(),
            version: told.version.to_owned().into(),
            fixed,
            unfixed,
            path: Vec::new(),
        },
    };
    (package, if container { FindingKind::Container } else { FindingKind::Dependency })
}

/// Whether what stands for the fixed version says that there is none: `No fix available`, `not fixed`.
fn says_none(text: &str) -> bool {
    let text = text.to_lowercase();
    ["no fix", "not fixed", "not-fixed", "wont-fix", "won't fix", "none", "n/a"]
        .iter()
        .any(|word| text.starts_with(word))
}

impl<'t> SarifTold<'t> {
    /// What is told here, else there; a version counts only for the package that it was told of.
    fn or(self, other: SarifTold<'t>) -> SarifTold<'t> {
        let same = self.name.is_empty() || other.name.is_empty() || self.name == other.name;
        let other = if same { other } else { SarifTold::default() };
        let text = |own: &'t str, other| if own.is_empty() { other } else { own };
        SarifTold {
            name: text(self.name, other.name),
            version: text(self.version, other.version),
            fixed: text(self.fixed, other.fixed),
            ecosystem: if self.ecosystem.is_empty() { other.ecosystem } else { self.ecosystem },
        }
    }
}

/// Reads the forms that Trivy, Grype, OSV-Scanner, govulncheck, cargo-audit and Snyk write.
fn told(text: &str) -> SarifTold<'_> {
    let between = |start: &str, end: &str| {
        let (_, rest) = text.split_once(start)?;
        Some(rest.split_once(end)?.0.trim()).filter(|found| !found.is_empty())
    };
    let line = |key: &str| {
        let found = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(':'));
        found.map(str::trim).unwrap_or_default()
    };
    // Trivy's messages and Grype's and Trivy's helps: `Package: openssl`, one member a line
    if text.contains("Package: ") {
        let version =
            [line("Installed Version"), line("Version")].into_iter().find(|version| !version.is_empty());
        let fixed =
            [line("Fixed Version"), line("Fix Version")].into_iter().find(|version| !version.is_empty());
        return SarifTold {
            name: line("Package"),
            version: version.unwrap_or_default(),
            fixed: fixed.unwrap_or_default(),
            ecosystem: purl::ecosystem(line("Type")),
        };
    }
    // OSV-Scanner: `Package 'regex@1.5.1' is vulnerable to …`
    if let Some(found) = between("Package '", "'") {
        let (name, version) = at(found);
        return SarifTold { name, version, ..SarifTold::default() };
    }
    // Grype: `The path … reports lodash at version 1 which would result in a vulnerable (npm) package`
    if let Some(name) = between(" reports ", " at version ") {
        let version = between(" at version ", " ").unwrap_or_default();
        let ecosystem = between("vulnerable (", ")").map_or("", purl::ecosystem);
        return SarifTold { name, version, ecosystem, ..SarifTold::default() };
    }
    // Grype on images: `A low vulnerability in rpm package: zlib, version 1.1 was found in image …`
    if let Some(name) = between(" package: ", ", version ") {
        let version = between(", version ", " was found").unwrap_or_default();
        let ecosystem = between("vulnerability in ", " package: ").map_or("", purl::ecosystem);
        return SarifTold { name, version, ecosystem, ..SarifTold::default() };
    }
    // Snyk: `This file introduces a vulnerable openssl package with a high severity vulnerability.`
    if let Some(name) = between(" introduces a vulnerable ", " package") {
        return SarifTold { name, ..SarifTold::default() };
    }
    // govulncheck: `Your code calls vulnerable functions in 1 package (html/template).`
    if text.starts_with("Your code ") {
        let name = between("(", ")").and_then(|names| names.split(", ").next()).unwrap_or_default();
        return SarifTold { name, ..SarifTold::default() };
    }
    // cargo-audit: `smallvec 0.6.13 is vulnerable to RUSTSEC-2021-0003 (Buffer overflow)`
    if let Some((found, _)) = text.split_once(" is vulnerable to ")
        && let Some((name, version)) = found.split_once(' ').filter(|(_, version)| !version.contains(' '))
    {
        return SarifTold { name, version, ..SarifTold::default() };
    }
    // Snyk's full description: `(CVE-2023-5363) openssl/libcrypto3@3.1.3-r0`
    let described = text.rsplit_once(") ").map_or(text, |(_, rest)| rest);
    if !described.contains(char::is_whitespace) && !described.contains("://") {
        let (name, version) = at(described);
        // the source package; the binary one is built from it
        let source = name.split_once('/').filter(|_| text.starts_with('(') && !name.contains('@'));
        if !version.is_empty() {
            return SarifTold {
                name: source.map_or(name, |(source, _)| source),
                version,
                ..SarifTold::default()
            };
        }
    }
    SarifTold::default()
}

/// `name@version`; a leading `@` belongs to the name.
fn at(text: &str) -> (&str, &str) {
    text.rsplit_once('@').filter(|(name, _)| !name.is_empty()).unwrap_or((text, ""))
}

/// The Go module that holds a package, with its version, as govulncheck's flows have it.
fn module<'r>(result: &'r wire::SarifResult<'_>, package: &str) -> Option<(&'r str, &'r str)> {
    if package.is_empty() {
        return None;
    }
    let flow = result.code_flows.0.as_ref()?.get()?;
    let steps = flow.thread_flows.objects().flat_map(|thread| thread.locations.objects());
    let mut modules = steps.map(|step| at(&step.module)).filter(|(_, version)| !version.is_empty());
    // packages of the standard library have no dot before their first slash
    let standard = !package.split('/').next().unwrap_or_default().contains('.');
    modules.find(|(name, _)| match *name {
        "stdlib" => standard,
        name => package.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    })
}

/// Namespace and name as people write them.
fn full_name(url: &PackageUrl<'_>) -> String {
    match url.namespace() {
        Some(namespace) if matches!(url.ty(), "npm" | "golang" | "composer" | "github") => {
            format!("{namespace}/{}", url.name())
        }
        Some(namespace) if url.ty() == "maven" => format!("{namespace}:{}", url.name()),
        _ => url.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_read_from_what_scanners_write() {
        let check = |text: &str, name: &str, version: &str, fixed: &str, ecosystem: &str| {
            let found = told(text);
            let found = (found.name, found.version, found.fixed, found.ecosystem);
            assert_eq!(found, (name, version, fixed, ecosystem), "{text}");
        };
        check(
            "Package 'github.com/gogo/protobuf@1.3.1' is vulnerable to 'CVE-2021-3121'.",
            "github.com/gogo/protobuf",
            "1.3.1",
            "",
            "",
        );
        check("Package '@a/b@1' is vulnerable to", "@a/b", "1", "", "");
        check(
            "Package: openssl\nInstalled Version: 1.1.1c-r0\nVulnerability CVE-1\nFixed Version: 1.1.1d-r0\nLink: [x](y)",
            "openssl",
            "1.1.1c-r0",
            "1.1.1d-r0",
            "",
        );
        check(
            "Vulnerability CVE-1\nPackage: a\nVersion: 1.1\nFix Version: 1.2,2.0\nType: rpm\n",
            "a",
            "1.1",
            "1.2,2.0",
            "rpm",
        );
        check(
            "The path lib/a.jar reports a at version 1.0.1  which would result in a vulnerable (java-archive) package installed",
            "a",
            "1.0.1",
            "",
            "maven",
        );
        check(
            "A low vulnerability in rpm package: a, version 1.1 was found in image x at: y",
            "a",
            "1.1",
            "",
            "rpm",
        );
        check(
            "This file introduces a vulnerable openssl package with a high severity vulnerability.",
            "openssl",
            "",
            "",
            "",
        );
        check(
            "Your code calls vulnerable functions in 2 packages (a.org/x/text, a.org/y).",
            "a.org/x/text",
            "",
            "",
            "",
        );
        check("(CVE-2023-5363) openssl/libcrypto3@3.1.3-r0", "openssl", "3.1.3-r0", "", "");
        check("lodash@4.17.15", "lodash", "4.17.15", "", "");
        check("smallvec 0.6.13 is vulnerable to RUSTSEC-2021-0003 (Overflow)", "smallvec", "0.6.13", "", "");
        check("Whoever reads this is vulnerable to it", "", "", "", "");
        check("mail somebody@example.org for help", "", "", "", "");
        check("Package: ", "", "", "", "");
        check("", "", "", "", "");
    }
}
