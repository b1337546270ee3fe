//! Prisma Cloud's JSON, which twistcli writes for images, hosts and repositories (`--output-file`).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::model::finding::{Finding, FindingKind, FixOutlook, Help, Location, Package, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientText, Number, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{cvss, path, purl, words};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "prisma",
    scanners: "Prisma Cloud, formerly Twistlock (`twistcli … --output-file`)",
    recognised: "a JSON object that contains only `results` and possibly `consoleURL`, with a \
                 `complianceDistribution` or a `distro` in the results; or one with `repository`, \
                 `vulnerabilities` and `vulnerabilityDistribution`",
    kinds: &[FindingKind::Container, FindingKind::Dependency, FindingKind::Infrastructure],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    is_repository(outline) || is_list(outline)
}

/// A scan of a repository is not in a list of results.
fn is_repository(outline: &Outline) -> bool {
    outline.shape == ReportShape::Object
        && ["repository", "vulnerabilities", "vulnerabilityDistribution"].iter().all(|key| outline.has(key))
}

fn is_list(outline: &Outline) -> bool {
    let tells = |key: &str| outline.head.contains(key);
    let own = ["\"vulnerabilityDistribution\"", "\"complianceDistribution\""];
    outline.shape == ReportShape::Object
        && outline.has("results")
        // others have results with packages, too, and more besides them
        && outline.keys.iter().all(|(key, _)| matches!(key.as_str(), "results" | "consoleURL"))
        // the packages of an image come before its vulnerabilities, and may be longer than the examined part
        && (own.into_iter().any(tells) || outline.has("consoleURL") || tells("\"distro\"") && tells("\"sha256:"))
}

/// The scanner's name.
const SCANNER: &str = "Prisma Cloud";

/// How many packages' kinds are remembered.
const MOST_PACKAGES: usize = 50_000;

objects! { "camelCase"
    struct PrismaVulnerability {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        status: LenientText<'a>,
        cvss: Number,
        vector: LenientText<'a>,
        description: LenientText<'a>,
        severity: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        package_name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        package_version: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        package_type: LenientText<'a>,
        package_path: LenientText<'a>,
        link: LenientText<'a>,
    }

    struct PrismaCompliance {
        id: LenientText<'a>,
        title: LenientText<'a>,
        severity: LenientText<'a>,
        cause: LenientText<'a>,
        description: LenientText<'a>,
        category: LenientText<'a>,
    }

    struct PrismaPackage {
        #[serde(rename = "type", deserialize_with = "name")]
        kind: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        path: LenientText<'a>,
    }
}

/// What is known about a result before its findings are read.
#[derive(Default)]
struct PrismaTarget {
    /// The image, the host or the repository.
    name: String,
    /// What identifies it if it has no name.
    id: String,
    distribution: String,
    /// It is a repository, so its packages are not in an image.
    repository: bool,
    packages: HashMap<String, PrismaListed>,
}

/// A package in the list of all: its kind, and the file that names it.
struct PrismaListed {
    kind: Arc<str>,
    path: Arc<str>,
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let repository = is_repository(&Outline::whole(source)?);
    tool::read(source, sink, SCANNER, |json, tool| {
        if repository {
            tool.has_results = true;
            return result(json, tool, true);
        }
        json.each_entry(|json, key| match key {
            "results" => {
                tool.has_results = true;
                json.each_element(|json| result(json, tool, false))
            }
            _ => Ok(()),
        })
    })
}

fn result(json: &mut Json<'_>, tool: &mut ToolScan<'_>, repository: bool) -> Result<(), Problem> {
    let begin = json.offset();
    let mut target = PrismaTarget { repository, ..PrismaTarget::default() };
    json.each_entry(|json, key| match key {
        "name" | "repository" => {
            target.repository |= key == "repository";
            let name = json.word()?;
            if !name.is_empty() {
                target.name = name;
            }
            Ok(())
        }
        "id" => {
            target.id = json.word()?;
            Ok(())
        }
        "distro" => {
            target.distribution = json.word()?;
            Ok(())
        }
        "packages" => json.each_element(|json| {
            json.value::<PrismaPackage<'_>, _>(|package, _| {
                if let Some(package) = package.get().filter(|_| target.packages.len() < MOST_PACKAGES) {
                    target.packages.entry(package.name.to_string()).or_insert_with(|| PrismaListed {
                        kind: (*package.kind).into(),
                        path: (*package.path).into(),
                    });
                }
            })?;
            Ok(())
        }),
        "vulnerabilities" => {
            named(json, key, tool, begin, &mut target)?;
            json.each_element(|json| {
                json.object::<PrismaVulnerability<'_>>("vulnerability", |found, sink| {
                    sink.finding(vulnerability(found, &target, tool));
                })
            })
        }
        "compliances" | "complianceIssues" => {
            named(json, key, tool, begin, &mut target)?;
            tool.results::<PrismaCompliance<'_>>(json, |tool, found, sink| {
                compliance(tool, found, &target, sink)
            })
        }
        _ => Ok(()),
    })
}

/// Finds the target's name if it comes after its findings.
fn named(
    json: &mut Json<'_>,
    key: &str,
    tool: &ToolScan<'_>,
    begin: u64,
    target: &mut PrismaTarget,
) -> Result<(), Problem> {
    if target.name.is_empty() {
        let wanted = if target.repository { "repository" } else { "name" };
        target.name = tool::later(json, key, tool.source, begin, wanted)?;
    }
    if target.distribution.is_empty() {
        target.distribution = tool::later(json, key, tool.source, begin, "distro")?;
    }
    Ok(())
}

fn vulnerability<'r>(
    found: &'r PrismaVulnerability<'r>,
    target: &'r PrismaTarget,
    tool: &ToolScan<'_>,
) -> Finding<'r> {
    let package = package(found, target);
    let score = cvss::of(found.cvss.0, found.vector.some());
    let image = !target.repository;
    // in a repository, people can change the package's own file
    let listed = target.packages.get(&*found.package_name).map(|listed| &*listed.path);
    let file = found.package_path.some().or(listed).unwrap_or_default();
    let file = path::of_path(Cow::Borrowed(file), tool.source);
    let place = match image {
        false if !file.is_empty() && !path::is_foreign(&file) => file,
        _ => Cow::Borrowed(&*target.name),
    };
    let logical = inside(found, target, listed, &place);
    let flaw = Flaw {
        names: vec![found.id.to_string()],
        title: flaw::sentence(&found.description).into(),
        description: Cow::Borrowed(&*found.description),
        url: found.link.owned(),
        help: binaries(&found.package_name).map_or(Help::None, |(source, binaries)| {
            Help::Text(format!("Installed packages that are built from {source}: {binaries}.").into())
        }),
        severity: severity(&found.severity).or_else(|| flaw::severity("", score.as_ref())),
        cvss: score,
        package: Package {
            fixed: fixed(&found.status),
            unfixed: unfixed(&found.status),
            outlook: FixOutlook::of_word(&found.status),
            ..package
        },
        image,
        location: Location { path: place, logical, ..Location::default() },
        ..Flaw::default()
    };
    flaw.finding(&tool.scanner)
}

impl PrismaTarget {
    /// What the image or the host is called; its digest and its distribution if it has no name.
    fn label(&self) -> Cow<'_, str> {
        match (self.name.is_empty(), self.id.is_empty(), self.distribution.is_empty()) {
            (false, _, _) => Cow::Borrowed(&self.name),
            (true, false, false) => Cow::Owned(format!("{} ({})", self.id, self.distribution)),
            (true, false, true) => Cow::Borrowed(&self.id),
            (true, true, _) => Cow::Borrowed(&self.distribution),
        }
    }
}

/// Where in the target the package is: its file, unless that is the place itself; otherwise the packages that are built
/// from it.
fn inside<'r>(
    found: &'r PrismaVulnerability<'r>,
    target: &'r PrismaTarget,
    listed: Option<&'r str>,
    place: &str,
) -> Option<Cow<'r, str>> {
    if target.repository {
        return found
            .package_path
            .some()
            .or(listed)
            .filter(|file| !file.is_empty() && place == target.name)
            .map(Cow::Borrowed);
    }
    let file = found.package_path.some().map(Cow::Borrowed);
    let file = file.or_else(|| Some(Cow::Owned(format!("used in {}", binaries(&found.package_name)?.1))));
    match target.name.is_empty() {
        false => file,
        true => {
            let parts = [Some(target.label()), file].into_iter().flatten().filter(|part| !part.is_empty());
            let parts: Vec<Cow<'_, str>> = parts.collect();
            (!parts.is_empty()).then(|| Cow::Owned(parts.join(": ")))
        }
    }
}

/// The source package and those that are built from it: `glibc (used in libc6, libc-bin)`.
fn binaries(name: &str) -> Option<(&str, &str)> {
    let (source, binaries) = name.split_once(" (used in ")?;
    Some((source, binaries.strip_suffix(')')?))
}

fn severity(word: &str) -> Option<Severity> {
    match word {
        "unimportant" => Some(Severity::Info),
        word => words::severity(word),
    }
}

/// The package: `glibc (used in libc6, libc-bin)` is `glibc`, `org.apache.cxf_cxf-core` a Java archive.
fn package(found: &PrismaVulnerability<'_>, target: &PrismaTarget) -> Package<'static> {
    let name = found.package_name.split_once(" (").map_or(&*found.package_name, |(name, _)| name);
    let listed = target.packages.get(name).map(|listed| &*listed.kind);
    let kind = found.package_type.some().or(listed).unwrap_or_else(|| guessed(found));
    let system = if kind == "os" { purl::of_distribution(&target.distribution) } else { kind };
    let ecosystem = purl::ecosystem(system);
    let name = match (ecosystem, name.split_once('_')) {
        ("maven", Some((group, artifact))) if group.contains('.') => format!("{group}:{artifact}"),
        _ => name.to_owned(),
    };
    flaw::package("", ecosystem, &name, &found.package_version)
}

/// The type of package, judging by its location, or by the source that says that it is vulnerable.
fn guessed(found: &PrismaVulnerability<'_>) -> &'static str {
    const TRACKERS: &[(&str, &str)] = &[
        ("security-tracker.debian.org", "os"),
        ("ubuntu.com", "os"),
        ("access.redhat.com", "os"),
        ("alpinelinux.org", "os"),
        ("alas.aws.amazon.com", "os"),
        ("suse.com", "os"),
    ];
    let path = &*found.package_path;
    if [".jar", ".war", ".ear"].iter().any(|ending| path.ends_with(ending)) {
        return "jar";
    }
    if path.contains("site-packages") || path.contains("dist-packages") {
        return "python";
    }
    if path.contains("node_modules") {
        return "npm";
    }
    TRACKERS.iter().find(|(host, _)| found.link.contains(host)).map_or("", |(_, kind)| kind)
}

/// The versions of `fixed in 4.1.3, 4.0.9`.
fn fixed<'r>(status: &str) -> Vec<Cow<'r, str>> {
    status.strip_prefix("fixed in ").map_or(Vec::new(), flaw::versions)
}

/// Whether a status says that there is no version without the flaw.
fn unfixed(status: &str) -> bool {
    let is_open = ["open", "affected", "needed"].iter().any(|word| status.eq_ignore_ascii_case(word));
    is_open || FixOutlook::of_word(status).is_some()
}

fn compliance(
    tool: &mut ToolScan<'_>,
    found: &PrismaCompliance<'_>,
    target: &PrismaTarget,
    sink: &mut dyn Sink,
) {
    let id = found.id.some().unwrap_or(&found.title);
    let mut rule = tool.rule(id, || Rule {
        name: found.title.to_string(),
        description: (&*found.description).into(),
        tags: found.category.owned().into_iter().collect(),
        ..Rule::default()
    });
    rule.kind = FindingKind::Infrastructure;
    let severity = severity(&found.severity);
    let message = found.cause.some().unwrap_or(&found.title);
    // the image is not a path in the repository
    let place = Location { logical: Some(target.label()), ..Location::default() };
    sink.finding(tool.finding(Hit {
        message: Cow::Borrowed(message),
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Medium), place)
    }));
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    const SCAN: &str = "scan Prisma Cloud";

    /// An image as twistcli describes it.
    fn image(rest: &str) -> String {
        format!(
            r#"{{"results":[{{"id":"sha256:f4c0","name":"acme/shop:1.2","distro":"Debian GNU/Linux 9 (stretch)",{rest},"vulnerabilityDistribution":{{"critical":1,"total":1}}}}],"consoleURL":"https://x"}}"#
        )
    }

    #[test]
    fn packages_of_an_image_are_read() {
        let found = r#""packages":[{"type":"python","name":"pycrypto","version":"2.6.1"}],"vulnerabilities":[
            {"id":"CVE-2013-7459","status":"fixed in 2.6.2, 2.7","cvss":9.8,"vector":"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","description":"Overflow. More.","severity":"high",
            "packageName":"pycrypto","packageVersion":"2.6.1","link":"https://nvd"},
            {"id":"CVE-2018-6485","status":"open","severity":"unimportant","packageName":"glibc (used in libc6, libc-bin)","packageVersion":"2.24-11","link":"https://security-tracker.debian.org/tracker/x"},
            {"id":"CVE-2025-48913","severity":"critical","packageName":"org.apache.cxf_cxf-core","packageVersion":"3.5.11","packagePath":"/opt/libs/cxf-core-3.5.11.jar","link":"x"},
            {"id":"PRISMA-2021-0013","severity":"medium","packageName":"marked","packageVersion":"0.3.9"}]"#;
        check(
            "prisma",
            &image(found),
            recorded::full,
            &[
                "container Prisma Cloud high CVE-2013-7459 pkg:pypi/pycrypto@2.6.1 fixed 2.6.2,2.7 in acme/shop:1.2:0 cvss 9.8: Overflow",
                "container Prisma Cloud info CVE-2018-6485 pkg:deb/glibc@2.24-11 unfixed in acme/shop:1.2:0: ",
                "container Prisma Cloud critical CVE-2025-48913 pkg:maven/org.apache.cxf/cxf-core@3.5.11 in acme/shop:1.2:0: ",
                "container Prisma Cloud medium PRISMA-2021-0013 pkg:generic/marked@0.3.9 in acme/shop:1.2:0: ",
                SCAN,
            ],
        );
        let last = r#"{"results":[{"vulnerabilities":[{"id":"CVE-1","packageName":"a","packageVersion":"1","packageType":"os"}],"complianceDistribution":{},"name":"shop","distro":"Alpine Linux"}]}"#;
        check("prisma", last, recorded::place, &["container pkg:apk/a@1 shop:0", SCAN]);
        check("prisma", &image(r#""vulnerabilities":null,"compliances":[]"#), recorded::place, &[SCAN]);
    }

    #[test]
    fn what_is_no_description_is_not_read_as_one() {
        let found = r#""vulnerabilities":[{"id":"CVE-1","description":"<div class=\"field\">","packageName":"a","packageType":"os"},
            {"id":"CVE-2","description":"DOCUMENTATION: No description is available for this CVE.","packageName":"a","packageType":"os"},
            {"id":"CVE-3","description":"DOCUMENTATION: A race was found. More.","packageName":"a","packageType":"os"}]"#;
        let said = recorded::lines_of(&image(found), |finding| {
            format!("{}: {}", finding.rule.name, &*finding.rule.description)
        });
        assert_eq!(said[..3], [": ", ": ", "A race was found: A race was found. More."]);
    }

    #[test]
    fn packages_of_a_repository_are_at_their_files() {
        let report = r#"{"results":[{"id":"x","repository":"acme/shop","complianceDistribution":{},"vulnerabilities":[{"id":"CVE-1","packageName":"a","packageVersion":"1","packageType":"nodejs","packagePath":"web/package.json"}]}]}"#;
        check("prisma", report, recorded::place, &["dependency pkg:npm/a@1 web/package.json:0", SCAN]);
    }

    #[test]
    fn a_repository_that_was_scanned_alone_is_read() {
        let report = r#"{"repository":"acme/shop","passed":true,"packages":[{"type":"jar","name":"org.acme_core","version":"2.1","path":"app/build.gradle"}],"complianceIssues":null,
            "complianceDistribution":{"total":0},"vulnerabilities":[{"id":"CVE-1","status":"fixed in 2.2","severity":"high","packageName":"org.acme_core","packageVersion":"2.1","description":"Bad."},
            {"id":"CVE-2","severity":"low","packageName":"other","packageVersion":"1"}],"vulnerabilityDistribution":{"high":1,"total":1}}"#;
        check(
            "prisma",
            report,
            recorded::full,
            &[
                "dependency Prisma Cloud high CVE-1 pkg:maven/org.acme/core@2.1 fixed 2.2 in app/build.gradle:0: Bad",
                "dependency Prisma Cloud low CVE-2 pkg:generic/other@1 in acme/shop:0: ",
                SCAN,
            ],
        );
        let clean = r#"{"repository":"acme/shop","passed":true,"vulnerabilities":null,"vulnerabilityDistribution":{"total":0}}"#;
        check("prisma", clean, recorded::full, &[SCAN]);
    }

    #[test]
    fn the_place_is_not_lost() {
        // a file outside of the checkout
        let report = r#"{"repository":"acme/shop","packages":[{"type":"jar","name":"a","version":"1","path":"/elsewhere/build.gradle"}],
            "vulnerabilities":[{"id":"CVE-1","packageName":"a","packageVersion":"1"}],"vulnerabilityDistribution":{"total":1}}"#;
        let expected = "dependency pkg:maven/a@1 acme/shop:0 /elsewhere/build.gradle";
        check("prisma", report, recorded::place, &[expected, SCAN]);
        // an image without a name, and packages that are built from a vulnerable one
        let found = r#""vulnerabilities":[{"id":"CVE-1","packageName":"glibc (used in libc6, libc-bin)","packageVersion":"1"}],
            "compliances":[{"id":41,"title":"Root"}]"#;
        let image = image(found);
        check(
            "prisma",
            &image.replace("acme/shop:1.2", ""),
            recorded::place,
            &[
                "container pkg:generic/glibc@1 :0 sha256:f4c0 (Debian GNU/Linux 9 (stretch)): used in libc6, libc-bin",
                "infrastructure 41 :0 sha256:f4c0 (Debian GNU/Linux 9 (stretch))",
                SCAN,
            ],
        );
        check(
            "prisma",
            &image,
            |finding| format!("{:?}", finding.rule.help),
            &["Text(\"Installed packages that are built from glibc: libc6, libc-bin.\")", "None", SCAN],
        );
    }

    #[test]
    fn what_does_not_comply_is_a_misconfiguration() {
        let found = r#""compliances":[{"id":41,"title":"(CIS) Image should not run as root","severity":"high","cause":"The image runs as root","description":"d","category":"Docker"}]"#;
        check(
            "prisma",
            &image(found),
            recorded::full,
            &[
                "infrastructure Prisma Cloud high 41 ((CIS) Image should not run as root) in :0: The image runs as root",
                SCAN,
            ],
        );
        check(
            "prisma",
            &image(found),
            recorded::lines,
            &["infrastructure 41 high :0-0:0 in acme/shop:1.2", SCAN],
        );
    }
}
