//! The package of a result whose rule is an advisory: each scanner puts it somewhere else.

use std::borrow::Cow;
use std::str::FromStr;

use packageurl::PackageUrl;

use crate::model::finding::{FindingKind, FixOutlook, Introducer, Package};
use crate::report::readers::code::sarif::rule::SarifAdvice;
use crate::report::readers::code::sarif::{descriptor, jfrog, wire};
use crate::report::shared::{advisory, flaw, purl};

/// What a text says about a package.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct SarifTold<'t> {
    name: &'t str,
    version: &'t str,
    fixed: &'t str,
    /// The purl type.
    ecosystem: &'static str,
}

/// The package, and whether it is in a manifest or in an image.
///
/// `message` is the result's, `manifest` its location's path; `image`: an image was scanned.
pub(crate) fn package(
    advice: &SarifAdvice,
    result: &wire::SarifResult<'_>,
    message: &str,
    manifest: &str,
    image: bool,
) -> (Package<'static>, FindingKind) {
    let properties = result.properties.get();
    let (behind, version) = advice.package.as_deref().map_or(("", ""), named);
    let behind = SarifTold { name: behind, version, ..SarifTold::default() };
    let of_rule = !version.is_empty() && jfrog::names_direct_dependency(message, &advice.advisory.id);
    let mut recorded = if of_rule { behind } else { recorded(message) };
    for text in &advice.texts {
        recorded = recorded.or(self::recorded(text));
    }
    recorded = recorded.or(behind);
    let url = url(advice, result, message);
    let module = module(result, recorded.name);
    if let Some((name, version)) = module {
        (recorded.name, recorded.version) = (name, version);
    } else if message.starts_with("Your code ") && is_standard(recorded.name) {
        // govulncheck names the module only in its flows
        recorded.name = "stdlib";
    }
    if recorded.ecosystem.is_empty() {
        recorded.ecosystem =
            [advisory::ecosystem_of_id(&advice.advisory.id), purl::ecosystem_of_manifest(manifest)]
                .into_iter()
                .find(|ecosystem| !ecosystem.is_empty())
                .unwrap_or_default();
    }
    let container = image
        || message.contains(" found in image ")
        || matches!(recorded.ecosystem, "deb" | "rpm" | "apk" | "alpm")
        || url.as_ref().is_some_and(|url| matches!(url.ty(), "deb" | "rpm" | "apk" | "alpm"));
    let mut listed: Vec<String> = properties.into_iter().flat_map(|bag| descriptor::fixed(bag)).collect();
    if !recorded.fixed.is_empty() {
        listed.push(recorded.fixed.to_owned());
    }
    if listed.is_empty() {
        let name = url.as_ref().map_or_else(|| recorded.name.to_owned(), full_name);
        let own = advice.listed.iter().filter(|(package, _)| *package == name);
        listed.extend(own.map(|(_, version)| version.clone()));
    }
    if listed.is_empty() {
        listed.clone_from(&advice.fixed);
    }
    let mut fixed: Vec<Cow<'static, str>> =
        listed.iter().flat_map(|text| flaw::versions(text)).map(|one| Cow::Owned(one.into_owned())).collect();
    fixed.dedup();
    let outlook = listed.iter().find_map(|text| FixOutlook::of_word(text)).filter(|_| fixed.is_empty());
    let unfixed = fixed.is_empty() && (outlook.is_some() || listed.iter().any(|text| says_none(text)));
    let path: Vec<Cow<'static, str>> = advice.path.iter().map(|step| Cow::Owned(step.clone())).collect();
    let introducers = advice.introducers.iter().filter(|_| !container);
    let named = |name: &String| Introducer { name: Cow::Owned(name.clone()), ..Introducer::default() };
    let introduced_by = introducers.map(named).collect();
    let package = match url {
        Some(url) => Package {
            name: full_name(&url).into(),
            version: url.version().unwrap_or(recorded.version).to_owned().into(),
            purl: purl::canonical(&url).into(),
            fixed,
            unfixed,
            outlook,
            path,
            introduced_by,
        },
        None => Package {
            purl: purl::of(recorded.ecosystem, recorded.name, recorded.version).into(),
            name: jfrog::name(recorded.name).to_owned().into(),
            version: recorded.version.to_owned().into(),
            fixed,
            unfixed,
            outlook,
            path,
            introduced_by,
        },
    };
    (package, if container { FindingKind::Container } else { FindingKind::Dependency })
}

/// The package's URL: the first of the result's own, otherwise that of the rule's that the result mentions.
fn url(advice: &SarifAdvice, result: &wire::SarifResult<'_>, message: &str) -> Option<PackageUrl<'static>> {
    let parsed = |text: &str| PackageUrl::from_str(text).ok().filter(|url| !url.name().is_empty());
    let bag = result.properties.get().into_iter();
    let own = bag.flat_map(|bag| bag.purl.some().into_iter().chain(bag.purls.iter().map(|purl| &**purl)));
    if let Some(url) = own.into_iter().find_map(parsed).or_else(|| within(message)) {
        return Some(url);
    }
    let logical = result.locations.objects().flat_map(|place| place.logical_locations.objects());
    let names = logical.flat_map(|one| [&*one.fully_qualified_name, &*one.name]);
    if let Some(url) = names.filter(|name| name.starts_with("pkg:")).find_map(parsed) {
        return Some(url);
    }
    let all: Vec<PackageUrl<'static>> = advice.purls.iter().filter_map(|purl| parsed(purl)).collect();
    let spoken = all.iter().find(|url| mentions(message, url));
    let described = || advice.texts.iter().find_map(|text| within(text));
    spoken.or(all.first()).cloned().or_else(described)
}

/// The package URL in a text, whatever surrounds it.
fn within(text: &str) -> Option<PackageUrl<'static>> {
    let (_, rest) = text.split_once("pkg:")?;
    let end = rest.find(|c: char| c.is_whitespace() || "`'\"<>|(),;".contains(c)).unwrap_or(rest.len());
    let url = format!("pkg:{}", rest[..end].trim_end_matches(['.', ':']));
    PackageUrl::from_str(&url).ok().filter(|url| !url.name().is_empty())
}

/// Whether a message mentions a package, by its name as a word and, if it has one, by its version.
fn mentions(message: &str, url: &PackageUrl<'_>) -> bool {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let word = |word: &str| message.split(|c| !inner(c)).any(|own| own.trim_matches('.') == word);
    word(url.name()) && url.version().is_none_or(|version| message.contains(version))
}

/// Name and version of what follows an advisory in a rule's id: `lodash_4.17.15`.
fn named(package: &str) -> (&str, &str) {
    let version = |(_, version): &(&str, &str)| version.starts_with(|c: char| c.is_ascii_digit());
    package.rsplit_once('_').filter(version).unwrap_or((package, ""))
}

/// Whether the text in place of the fixed version says that there is none: `No fix available`, `not fixed`.
fn says_none(text: &str) -> bool {
    let text = text.to_lowercase();
    ["no ", "not fixed", "not-fixed", "wont-fix", "won't fix", "none", "n/a"]
        .iter()
        .any(|word| text.starts_with(word))
}

impl<'t> SarifTold<'t> {
    /// The values here, otherwise those in the other; a version is used only with the package that it belongs to.
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
fn recorded(text: &str) -> SarifTold<'_> {
    let between = |start: &str, end: &str| {
        let (_, rest) = text.split_once(start)?;
        Some(rest.split_once(end)?.0.trim()).filter(|found| !found.is_empty())
    };
    let line = |key: &str| {
        let found =
            text.lines().find_map(|line| line.trim().strip_prefix(key)?.trim_start().strip_prefix(':'));
        found.map(str::trim).unwrap_or_default()
    };
    // Trivy's messages and the help texts of Grype and Trivy: `Package: openssl`, one member per line
    if text.contains("Package: ") || !line("Package").is_empty() {
        let version =
            [line("Installed Version"), line("Version")].into_iter().find(|version| !version.is_empty());
        let fixed = [line("Fixed Version"), line("Fix Version"), line("Fixed version")]
            .into_iter()
            .find(|version| !version.is_empty());
        // Docker Scout's package is a URL, which is read separately
        let name = Some(line("Package")).filter(|name| !name.starts_with("pkg:")).unwrap_or_default();
        return SarifTold {
            name,
            version: version.unwrap_or_default(),
            fixed: fixed.unwrap_or_default(),
            ecosystem: purl::ecosystem(line("Type")),
        };
    }
    if let Some((name, version)) = jfrog::package(text) {
        return SarifTold { name, version, ..SarifTold::default() };
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

/// The Go module that contains a package, with its version, as in govulncheck's flows.
fn module<'r>(result: &'r wire::SarifResult<'_>, package: &str) -> Option<(&'r str, &'r str)> {
    if package.is_empty() {
        return None;
    }
    let flow = result.code_flows.0.as_ref()?.get()?;
    let steps = flow.thread_flows.objects().flat_map(|thread| thread.locations.objects());
    let mut modules = steps.map(|step| at(&step.module)).filter(|(_, version)| !version.is_empty());
    let standard = is_standard(package);
    modules.find(|(name, _)| match *name {
        "stdlib" => standard,
        name => package.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    })
}

/// Whether a Go package is in the standard library: it has no dot before its first slash.
fn is_standard(package: &str) -> bool {
    !package.is_empty() && !package.split('/').next().unwrap_or_default().contains('.')
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
            let found = recorded(text);
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
        check("[CVE-2020-8203] lodash 4.17.15", "lodash", "4.17.15", "", "");
        check(
            "  Vulnerability   : CVE-1\n  Package         : pkg:deb/debian/zlib@1.2\n  Fixed version   : not fixed",
            "",
            "",
            "not fixed",
            "",
        );
        check("Package: ", "", "", "", "");
        check("", "", "", "", "");
    }
}
