//! GitLab's vulnerabilities as findings.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::model::finding::{
    Advisory, Anchors, Cvss, ExclusionReason, Finding, FindingDetail, FindingKind, Help, Location, Package,
    Rule, Subject,
};
use crate::model::severity::Severity;
use crate::report::parse::lenient::LenientText;
use crate::report::parse::source::ReportSource;
use crate::report::shared::{advisory, cvss, flaw, kind, path, purl, weakness, words};

use crate::report::readers::code::gitlab::GitlabContext;
use crate::report::readers::code::gitlab::wire::{GitlabPlace, GitlabVulnerability, Scanner};

/// The finding at `place`.
pub(crate) fn finding<'r>(
    context: &GitlabContext,
    one: &'r GitlabVulnerability<'r>,
    place: &'r GitlabPlace<'r>,
    source: &ReportSource,
) -> Finding<'r> {
    let scanner: Arc<str> = match one.scanner.get().and_then(Scanner::called) {
        Some(own) if *own != *context.scanner => own.into(),
        _ if context.scanner.is_empty() => "GitLab".into(),
        _ => context.scanner.clone(),
    };
    let rule = rule(one);
    let category = one.category.some().unwrap_or(&context.category);
    let kind = kind(category, place, one, &scanner, &rule);
    let cvss =
        cvss::best(one.cvss_vectors.objects().filter_map(|vector| cvss::of(None, vector.vector.some())));
    let word = words::severity(&one.severity);
    let scored = || cvss.as_ref().map(|cvss| Severity::of_score(cvss.score));
    let stated = word.or_else(scored);
    let severity = stated.unwrap_or(Severity::Medium);
    let subject = match kind {
        FindingKind::Dependency | FindingKind::Container => subject(place, one, cvss),
        _ => Subject::Rule,
    };
    let said = [&one.message, &one.description, &one.name].into_iter().find_map(LenientText::some);
    // the description belongs to the rule; a message may quote the place
    let own_words = [&one.description, &one.name].into_iter().find_map(LenientText::some);
    let message = if kind == FindingKind::Secret { own_words } else { said };
    Finding {
        kind,
        scanner,
        rule: Arc::new(rule),
        severity,
        subject,
        location: location(place, source),
        // GitLab's id depends on the line number, and its `cve` may contain the flagged text
        anchors: Anchors::default(),
        detail: FindingDetail {
            message: Cow::Borrowed(message.unwrap_or_default().trim()),
            assumed: stated.is_none().then_some(severity),
            ..FindingDetail::default()
        },
        skipped: one
            .flags
            .objects()
            .any(|flag| &*flag.r#type == "flagged-as-likely-false-positive")
            .then_some(ExclusionReason::Suppressed),
    }
}

/// The image, otherwise the lines of a file.
fn location<'r>(place: &'r GitlabPlace<'r>, source: &ReportSource) -> Location<'r> {
    let logical = [place.class.some(), place.method.some()];
    let logical: Vec<&str> = logical.into_iter().flatten().collect();
    Location {
        path: match (place.image.some(), place.file.some()) {
            (Some(image), _) => Cow::Borrowed(image),
            (None, Some(file)) => path::of_path(Cow::Borrowed(file), source),
            (None, None) => Cow::Owned(format!("{}{}", &*place.hostname, &*place.path)),
        },
        line: place.start_line.position(),
        end_line: place.end_line.position(),
        column: 0,
        logical: Some(logical.join(".")).filter(|name| !name.is_empty()).map(Cow::Owned),
    }
}

/// The kind of finding: according to its category, otherwise to its location.
fn kind(
    category: &str,
    place: &GitlabPlace<'_>,
    one: &GitlabVulnerability<'_>,
    scanner: &str,
    rule: &Rule,
) -> FindingKind {
    let named = place.dependency.get().and_then(|dependency| dependency.package.get());
    let named = named.is_some_and(|package| package.name.some().is_some());
    match category {
        "secret_detection" => FindingKind::Secret,
        "container_scanning" | "cluster_image_scanning" => FindingKind::Container,
        "dependency_scanning" => FindingKind::Dependency,
        _ if place.image.some().is_some() || place.operating_system.some().is_some() => {
            FindingKind::Container
        }
        "sast" | "sast_iac" => kind::of_rule(scanner, rule, &[]),
        _ if named || advisories(one).next().is_some() => FindingKind::Dependency,
        _ => kind::of_rule(scanner, rule, &[category]),
    }
}

fn rule(one: &GitlabVulnerability<'_>) -> Rule {
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
        name: words::line(&one.name),
        description: (&*one.description).into(),
        // as in GitLab
        is_markdown: true,
        help: one.solution.owned().map_or(Help::None, |text| Help::Text(text.into())),
        help_uri: page.or_else(|| one.links.objects().find_map(|link| link.url.owned())),
        cwe: weakness::each_once(cwe),
        owasp: categories.filter_map(|identifier| weakness::owasp_field(&identifier.value)).collect(),
        ..Rule::default()
    }
}

/// The names of advisories among its identifiers, CVEs first.
fn advisories<'r>(one: &'r GitlabVulnerability<'r>) -> impl Iterator<Item = &'r str> {
    let names = || {
        let texts = one.identifiers.objects().flat_map(|identifier| [&*identifier.value, &*identifier.name]);
        texts.filter_map(advisory::id)
    };
    let cve = |name: &&str| name.starts_with("CVE-");
    names().filter(cve).chain(names().filter(move |name| !cve(name)))
}

fn subject<'r>(
    place: &'r GitlabPlace<'r>,
    one: &'r GitlabVulnerability<'r>,
    cvss: Option<Cvss>,
) -> Subject<'r> {
    let mut seen = HashSet::new();
    let once = advisories(one).filter(|name| seen.insert(*name));
    let mut names: Vec<String> = once.take(advisory::MOST_NAMES).map(str::to_owned).collect();
    if names.is_empty() {
        let others = one.identifiers.objects().find_map(|identifier| identifier.name.owned());
        names.extend(others.or(one.id.owned()).or(one.name.owned()));
    }
    let mut names = names.into_iter();
    let id = names.next().unwrap_or_default();
    let dependency = place.dependency.get();
    let name = dependency.and_then(|dependency| dependency.package.get()?.name.some()).unwrap_or_default();
    let version = dependency.and_then(|dependency| dependency.version.some()).unwrap_or_default();
    let ecosystem = [ecosystem_of_system(&place.operating_system), purl::ecosystem_of_manifest(&place.file)];
    let ecosystem = ecosystem.into_iter().find(|ecosystem| !ecosystem.is_empty()).unwrap_or_default();
    let package = Package {
        purl: purl::of(ecosystem, name, version).into(),
        name: name.into(),
        version: version.into(),
        fixed: fixed(&one.solution).map(Cow::Borrowed).take(flaw::MOST_FIXED).collect(),
        unfixed: one.solution.contains("there is no solution available"),
        ..Package::default()
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

/// The versions that a solution names: `Upgrade apt from 1.4.8 to 1.4.9`, `Upgrade to versions 2.2.3, 3.1 or above.`
fn fixed(solution: &str) -> impl Iterator<Item = &str> {
    let edges = |c: char| !c.is_alphanumeric();
    let named = [" to version ", " to versions "].into_iter().find_map(|words| solution.split_once(words));
    let listed = || solution.strip_prefix("Upgrade ").and_then(|rest| rest.rsplit_once(" to "));
    let rest = named.or_else(listed).map_or("", |(_, rest)| rest);
    let words = rest.split([' ', ',', ';', '\n']).map(move |word| word.trim_matches(edges));
    // the list ends with the first word that belongs to no list
    let words = words
        .take_while(|word| is_version(word) || matches!(*word, "" | "or" | "and" | "version" | "versions"));
    words.filter(|word| is_version(word))
}

fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix(['v', 'V']).unwrap_or(word);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::fixed;

    #[test]
    fn a_solution_names_one_version_or_several() {
        let check = |solution: &str, expected: &[&str]| {
            assert_eq!(fixed(solution).collect::<Vec<_>>(), expected, "{solution}");
        };
        check("Upgrade apt from 1.4.8 to 1.4.9", &["1.4.9"]);
        check("Upgrade terser to 5.14.2, 4.8.1", &["5.14.2", "4.8.1"]);
        check("Upgrade to version 2.2.3 or above.", &["2.2.3"]);
        check("Upgrade to versions 1.2, 2.3, 3.4 or above.", &["1.2", "2.3", "3.4"]);
        check("Upgrade to version 1.2, version 2.3 or later.", &["1.2", "2.3"]);
        check("Upgrade to version 1.2 or 2.0.1.", &["1.2", "2.0.1"]);
        check("Upgrade left to 1:1.0-2+deb11u1.", &["1:1.0-2+deb11u1"]);
        check(
            "Upgrade to version v0.0.0-20201216223049-8b5274cf687f or above.",
            &["v0.0.0-20201216223049-8b5274cf687f"],
        );
        check("Upgrade to version 1.2 or above. Version 3.0 is not affected.", &["1.2"]);
        check("Upgrade to the latest version.", &[]);
        check("Unfortunately, there is no solution available yet.", &[]);
    }
}
