//! GitLab's security reports: SAST, dependency, container and secret detection (schemas 2 to 15).
//!
//! Which scanner it was, and of what kind, may come after the findings: the report is opened twice.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::finding::{
    Advisory, Anchors, Aside, Detail, Finding, Help, Kind, Location, Package, Rule, Subject,
};
use crate::model::scan::{Problem, Scan};
use crate::model::severity::Severity;

use super::each::Json;
use super::formats::{Format, Outline, Shape};
use super::lenient::{Flag, List, Maybe, Number, Text, objects};
use super::source::Source;
use super::{Nobody, Sink, advisory, cvss, kind, path, weakness, words};

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "gitlab",
    scanners: "GitLab's analyzers (SAST, dependency, container and secret detection)",
    recognised: "a JSON object with `version` and a list of `vulnerabilities`, with GitLab's `scan`, \
                 `remediations` or `identifiers`",
    kinds: &[Kind::Code, Kind::Dependency, Kind::Infrastructure, Kind::Container, Kind::Secret],
    recognise,
    read,
};

objects! { "snake_case"
    /// `scan`
    struct Run {
        r#type: Text<'a>,
        status: Text<'a>,
        scanner: Maybe<Scanner<'a>>,
    }

    /// Who found it
    struct Scanner {
        name: Text<'a>,
        id: Text<'a>,
        version: Text<'a>,
    }

    /// A finding
    struct Vulnerability {
        id: Text<'a>,
        category: Text<'a>,
        name: Text<'a>,
        message: Text<'a>,
        description: Text<'a>,
        severity: Text<'a>,
        solution: Text<'a>,
        scanner: Maybe<Scanner<'a>>,
        location: Maybe<Place<'a>>,
        identifiers: List<Maybe<Identifier<'a>>>,
        links: List<Maybe<Web<'a>>>,
        cvss_vectors: List<Maybe<Vector<'a>>>,
        flags: List<Maybe<Note<'a>>>,
        withdrawn: Flag,
    }

    /// Where
    struct Place {
        file: Text<'a>,
        start_line: Number,
        end_line: Number,
        class: Text<'a>,
        method: Text<'a>,
        image: Text<'a>,
        operating_system: Text<'a>,
        dependency: Maybe<Dependency<'a>>,
    }

    /// A package in a version
    struct Dependency {
        package: Maybe<Named<'a>>,
        version: Text<'a>,
    }

    /// A package
    struct Named {
        name: Text<'a>,
    }

    /// What it is called elsewhere
    struct Identifier {
        r#type: Text<'a>,
        name: Text<'a>,
        value: Text<'a>,
        url: Text<'a>,
    }

    /// Where to read more
    struct Web {
        url: Text<'a>,
    }

    /// A score
    struct Vector {
        vector: Text<'a>,
    }

    /// What an analyzer remarks, e.g. that it is likely no finding
    struct Note {
        r#type: Text<'a>,
    }
}

fn recognise(outline: &Outline) -> bool {
    let own = || {
        outline.has("scan")
            || outline.has("remediations")
            || outline.has("dependency_files")
            || outline.head.contains("\"identifiers\"")
    };
    outline.shape == Shape::Object && outline.has("version") && outline.has("vulnerabilities") && own()
}

/// What `scan` tells.
#[derive(Default)]
struct Context {
    scanner: Arc<str>,
    version: Option<String>,
    category: String,
    success: Option<bool>,
}

fn read(source: &Source, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut context = Context::default();
    let mut nobody = Nobody;
    // what fails here fails in the second reading, and is told there
    let _ = Json::new(&source.name, source.open()?, &mut nobody).each_entry(|json, key| {
        if key == "scan" {
            json.value::<Run<'_>, _>(|run, _| run.get().map(|run| context = Context::of(run)))?;
        }
        Ok(())
    });
    let mut has_results = false;
    let nowhere = Place::default();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| {
        if key != "vulnerabilities" {
            return Ok(());
        }
        has_results = json.peek()? == Some(b'[');
        json.each_element(|json| {
            json.object::<Vulnerability<'_>>("vulnerability", |one, sink| {
                sink.finding(finding(&context, one, one.location.get().unwrap_or(&nowhere), source));
            })
        })
    });
    let name = Some(&*context.scanner).filter(|name| !name.is_empty()).unwrap_or("GitLab");
    if context.success == Some(false) {
        sink.problem(
            Problem::new(&source.name, format!("{name} says that its scan failed"))
                .hint("see the scanner's own output in the log of its job"),
        );
    }
    sink.scan(Scan {
        version: context.version.clone(),
        category: source.category.clone(),
        success: context.success,
        has_results,
        ..Scan::new(name)
    });
    end
}

impl Context {
    fn of(run: &Run<'_>) -> Context {
        let scanner = run.scanner.get();
        let name = scanner.and_then(|scanner| scanner.name.some().or(scanner.id.some()));
        Context {
            scanner: name.unwrap_or_default().into(),
            version: scanner.and_then(|scanner| scanner.version.owned()),
            category: run.r#type.to_string(),
            success: run.status.some().map(|status| status != "failure"),
        }
    }
}

fn finding<'r>(
    context: &Context,
    one: &'r Vulnerability<'r>,
    place: &'r Place<'r>,
    source: &Source,
) -> Finding<'r> {
    let own = one.scanner.get().and_then(|scanner| scanner.name.some().or(scanner.id.some()));
    let scanner: Arc<str> = match own {
        Some(own) if *own != *context.scanner => own.into(),
        _ if context.scanner.is_empty() => "GitLab".into(),
        _ => context.scanner.clone(),
    };
    let rule = rule(one);
    let category = one.category.some().unwrap_or(&context.category);
    let kind = kind(category, place, one, &scanner, &rule);
    let cvss =
        cvss::best(one.cvss_vectors.objects().filter_map(|vector| cvss::of(None, vector.vector.some())));
    let word = words::severity(&one.severity).unwrap_or(Severity::Medium);
    let severity = cvss.as_ref().map_or(word, |cvss| Severity::of_score(cvss.score));
    let subject = match kind {
        Kind::Dependency | Kind::Container => subject(place, one, cvss),
        _ => Subject::Rule,
    };
    let said = [&one.message, &one.description, &one.name].into_iter().find_map(Text::some);
    // the description is the rule's own; a message may quote the place
    let own_words = [&one.description, &one.name].into_iter().find_map(Text::some);
    let message = if kind == Kind::Secret { own_words } else { said };
    let logical = [place.class.some(), place.method.some()];
    let logical: Vec<&str> = logical.into_iter().flatten().collect();
    let file = if place.image.is_empty() { &place.file } else { &place.image };
    Finding {
        kind,
        scanner,
        rule: Arc::new(rule),
        severity,
        subject,
        location: Location {
            path: if place.image.is_empty() {
                path::of_path(Cow::Borrowed(file), source)
            } else {
                Cow::Borrowed(file)
            },
            line: place.start_line.position(),
            end_line: place.end_line.position(),
            column: 0,
            logical: Some(logical.join(".")).filter(|name| !name.is_empty()).map(Cow::Owned),
        },
        // GitLab's id is made of the line number as well, and its `cve` may hold the flagged text
        anchors: Anchors::default(),
        detail: Detail { message: Cow::Borrowed(message.unwrap_or_default().trim()), ..Detail::default() },
        aside: one
            .flags
            .objects()
            .any(|flag| &*flag.r#type == "flagged-as-likely-false-positive")
            .then_some(Aside::Suppressed),
    }
}

/// What sort of thing it is: by its category, else by what its place has.
fn kind(category: &str, place: &Place<'_>, one: &Vulnerability<'_>, scanner: &str, rule: &Rule) -> Kind {
    let named = place.dependency.get().and_then(|dependency| dependency.package.get());
    let named = named.is_some_and(|package| package.name.some().is_some());
    match category {
        "secret_detection" => Kind::Secret,
        "container_scanning" | "cluster_image_scanning" => Kind::Container,
        "dependency_scanning" => Kind::Dependency,
        _ if place.image.some().is_some() || place.operating_system.some().is_some() => Kind::Container,
        "sast" | "sast_iac" => kind::of_rule(scanner, rule),
        _ if named || advisories(one).next().is_some() => Kind::Dependency,
        _ => kind::of_rule(scanner, rule),
    }
}

fn rule(one: &Vulnerability<'_>) -> Rule {
    let named = |kind: &str| matches!(kind, "cwe" | "owasp");
    let main = one.identifiers.objects().find(|identifier| !named(&identifier.r#type));
    // some analyzers put the message where the rule's id belongs
    let id = main.and_then(|main| {
        let phrase = main.value.contains(char::is_whitespace);
        if phrase { main.name.some() } else { main.value.some() }.or(main.name.some())
    });
    let weaknesses = one.identifiers.objects().filter(|identifier| &*identifier.r#type == "cwe");
    let cwe = weaknesses.flat_map(|identifier| {
        weakness::cwe_field(&identifier.name).chain(weakness::cwe_field(&identifier.value))
    });
    let categories = one.identifiers.objects().filter(|identifier| &*identifier.r#type == "owasp");
    let page = main.and_then(|main| main.url.owned());
    Rule {
        id: id.or(one.name.some()).unwrap_or_default().to_owned(),
        name: one.name.to_string(),
        description: one.description.to_string(),
        help: one.solution.owned().map_or(Help::None, Help::Text),
        help_uri: page.or_else(|| one.links.objects().find_map(|link| link.url.owned())),
        cwe: weakness::each_once(cwe),
        owasp: categories.filter_map(|identifier| weakness::owasp_field(&identifier.value)).collect(),
        tags: Vec::new(),
    }
}

/// The names of advisories among its identifiers, CVEs first.
fn advisories<'r>(one: &'r Vulnerability<'r>) -> impl Iterator<Item = &'r str> {
    let names = || {
        let texts = one.identifiers.objects().flat_map(|identifier| [&*identifier.value, &*identifier.name]);
        texts.filter_map(advisory::id)
    };
    let cve = |name: &&str| name.starts_with("CVE-");
    names().filter(cve).chain(names().filter(move |name| !cve(name)))
}

fn subject<'r>(
    place: &'r Place<'r>,
    one: &'r Vulnerability<'r>,
    cvss: Option<crate::model::finding::Cvss>,
) -> Subject<'r> {
    let mut names: Vec<String> = Vec::new();
    for name in advisories(one).map(str::to_owned) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        let others = one.identifiers.objects().find_map(|identifier| identifier.name.owned());
        names.extend(others.or(one.id.owned()).or(one.name.owned()));
    }
    let mut names = names.into_iter();
    let id = names.next().unwrap_or_default();
    let dependency = place.dependency.get();
    let name = dependency.and_then(|dependency| dependency.package.get()?.name.some()).unwrap_or_default();
    let version = dependency.and_then(|dependency| dependency.version.some()).unwrap_or_default();
    let ecosystem =
        [ecosystem_of_system(&place.operating_system), advisory::ecosystem_of_manifest(&place.file)];
    let ecosystem = ecosystem.into_iter().find(|ecosystem| !ecosystem.is_empty()).unwrap_or_default();
    let package = Package {
        purl: advisory::purl(ecosystem, name, version).into(),
        name: name.into(),
        version: version.into(),
        fixed: fixed(&one.solution).into_iter().map(Cow::Borrowed).collect(),
        path: Vec::new(),
    };
    let advisory = Advisory {
        id,
        aliases: names.collect(),
        cvss,
        withdrawn: one.withdrawn.0 == Some(true),
        ..Advisory::default()
    };
    Subject::Advisory(Arc::new(advisory), package)
}

/// The purl type of an operating system's packages: `debian:9.4`, `alpine 3.15.1`.
fn ecosystem_of_system(system: &str) -> &'static str {
    let name = system.split([':', ' ']).next().unwrap_or_default().to_lowercase();
    match name.as_str() {
        "debian" | "ubuntu" => "deb",
        "alpine" | "wolfi" | "chainguard" => "apk",
        "rhel" | "redhat" | "red" | "centos" | "rocky" | "alma" | "almalinux" | "oracle" | "ol"
        | "amazon" | "amzn" | "fedora" | "suse" | "sles" | "opensuse" | "photon" | "mariner"
        | "azurelinux" => "rpm",
        _ => "",
    }
}

/// The version that a solution names: `Upgrade apt from 1.4.8 to 1.4.9`, `Upgrade to version 2.2.3 or above.`
fn fixed(solution: &str) -> Option<&str> {
    let (_, rest) = solution
        .split_once(" to version ")
        .or_else(|| solution.strip_prefix("Upgrade ").and_then(|rest| rest.rsplit_once(" to ")))?;
    let version = rest.split([' ', ',']).next()?.trim_end_matches('.');
    Some(version).filter(|version| version.bytes().any(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::told::check_lines;

    const SCAN: &str =
        r#""scan":{"type":"sast","status":"success","scanner":{"id":"s","name":"Scan","version":"1.2"}}"#;

    #[test]
    fn code_is_told_by_its_rule() {
        check_lines(
            &FORMAT,
            &format!(
                r#"{{"version":"15.0.0","vulnerabilities":[
                {{"id":"x","name":"Bad call","message":"eval() here","description":"Do not.","severity":"High","location":{{"file":"a.py","start_line":3}},
                 "identifiers":[{{"type":"cwe","name":"CWE-95","value":"95"}},{{"type":"rule","name":"Rule B1","value":"B1"}}],
                 "flags":[{{"type":"flagged-as-likely-false-positive"}}]}},
                {{"name":"Key","message":"the key is hunter2","severity":"Unknown","scanner":{{"name":"Gitleaks"}},"location":{{"file":"b"}},
                 "identifiers":[{{"type":"g","name":"Rule Key","value":"some key"}}]}}, 5],"remediations":[],{SCAN}}}"#
            ),
            &[
                "code high B1: eval() here at a.py:3 suppressed",
                "secret medium Rule Key: Key at b",
                "problem is no vulnerability: it is passed over",
                "scan Scan 1.2",
            ],
        );
    }

    #[test]
    fn packages_are_told_by_their_advisories() {
        let vulnerability = |place: &str, solution: &str| {
            format!(
                r#"{{"version":"15.0.0","scan":{{"type":"","status":"failure","scanner":{{"name":"S"}}}},"vulnerabilities":[
                {{"name":"Bad","severity":"Critical","solution":"{solution}","location":{{{place},"dependency":{{"package":{{"name":"left"}},"version":"1.0"}}}},
                "identifiers":[{{"type":"ghsa","name":"GHSA-aaaa-bbbb-cccc","value":"GHSA-aaaa-bbbb-cccc"}},{{"type":"cve","name":"CVE-2020-1","value":"CVE-2020-1"}}]}}]}}"#
            )
        };
        let end = ["problem S says that its scan failed", "scan S failed"];
        check_lines(
            &FORMAT,
            &vulnerability(r#""file":"x/package-lock.json""#, "Upgrade to version 1.1 or above."),
            &[
                "dependency critical CVE-2020-1=GHSA-aaaa-bbbb-cccc pkg:npm/left@1.0 fixed 1.1 at x/package-lock.json",
                end[0],
                end[1],
            ],
        );
        check_lines(
            &FORMAT,
            &vulnerability(
                r#""image":"r/shop:1","operating_system":"debian:12""#,
                "Upgrade left from 1.0 to 1.0-2.",
            ),
            &[
                "container critical CVE-2020-1=GHSA-aaaa-bbbb-cccc pkg:deb/left@1.0 fixed 1.0-2 at r/shop:1",
                end[0],
                end[1],
            ],
        );
    }
}
