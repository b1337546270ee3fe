//! An advisory on a package as scanners of packages and images report it, turned into a finding.

use std::borrow::Cow;
use std::collections::HashSet;
use std::str::FromStr;
use std::sync::Arc;

use packageurl::PackageUrl;

use crate::model::finding::{
    Advisory, Anchors, Cvss, ExclusionReason, Finding, FindingDetail, FindingKind, Help, Location, Package,
    Rule, Subject,
};
use crate::model::severity::Severity;

use crate::report::shared::{advisory, description, purl, weakness, words};

/// What a report says about one advisory on one package. Unknown values are empty.
#[derive(Default)]
pub(crate) struct Flaw<'r> {
    /// The advisory's names, the scanner's own first.
    pub(crate) names: Vec<String>,
    /// A title, on one line.
    pub(crate) title: Cow<'r, str>,
    /// What it is about.
    pub(crate) description: Cow<'r, str>,
    /// Whether the format declares it as Markdown.
    pub(crate) is_markdown: bool,
    /// What to do.
    pub(crate) help: Help,
    /// Where to read more.
    pub(crate) url: Option<String>,
    /// Weaknesses by number.
    pub(crate) cwe: Vec<u32>,
    /// The severity in the scanner's word; `None`: it follows the score.
    pub(crate) severity: Option<Severity>,
    /// The score.
    pub(crate) cvss: Option<Cvss>,
    /// The chance of exploitation, from 0 to 1.
    pub(crate) epss: Option<f64>,
    /// Whether it is known to be exploited.
    pub(crate) exploited: bool,
    /// Whether the advisory was withdrawn.
    pub(crate) withdrawn: bool,
    /// The package.
    pub(crate) package: Package<'r>,
    /// Whether the package is in an image.
    pub(crate) image: bool,
    /// The manifest or image.
    pub(crate) location: Location<'r>,
    /// Why the report skips it.
    pub(crate) skipped: Option<ExclusionReason>,
}

/// How much of a package URL is read, in bytes.
pub(crate) const URL_LIMIT: usize = 4_096;

/// How much of an advisory's description and help is read, in bytes.
pub(crate) const TEXT_LIMIT: usize = 16 << 10;

/// How much of its title is read.
const TITLE_LIMIT: usize = 1_000;

/// How much of it each of several findings repeats, in bytes: more than is kept, so that it is visible where that ends.
pub(crate) const MESSAGE: usize = 2_100;

/// How many versions without the flaw are used for a package; no more are kept.
pub(crate) const MOST_FIXED: usize = 20;

/// What the findings of one advisory have in common, created once for all packages that it is about.
pub(crate) struct Shared {
    rule: Arc<Rule>,
    advisory: Arc<Advisory>,
    severity: Severity,
    /// Whether the report states no severity.
    assumed: bool,
    message: String,
}

/// The individual part of each.
#[derive(Default)]
pub(crate) struct Place<'r> {
    /// The package.
    pub(crate) package: Package<'r>,
    /// Whether the package is in an image.
    pub(crate) image: bool,
    /// The manifest or image.
    pub(crate) location: Location<'r>,
    /// Why the report skips it.
    pub(crate) skipped: Option<ExclusionReason>,
}

impl<'r> Flaw<'r> {
    /// The finding that a scanner reports with it.
    pub(crate) fn finding(self, scanner: &Arc<str>) -> Finding<'r> {
        let (mut shared, place) = self.parted();
        let message = std::mem::take(&mut shared.message);
        shared.recorded(scanner, place, message.into())
    }

    /// The same in two parts, for an advisory on several packages.
    pub(crate) fn parted(self) -> (Shared, Place<'r>) {
        let names = self.names.into_iter().filter(|name| !name.trim().is_empty());
        let mut names = names.map(|name| words::name(&name).into_owned());
        let id = names.next().unwrap_or_default();
        let mut seen = HashSet::new();
        let aliases = names
            .filter(|name| !name.eq_ignore_ascii_case(&id))
            .filter(|name| seen.insert(name.clone()))
            .take(advisory::MOST_NAMES)
            .collect();
        let severity =
            self.severity.or_else(|| self.cvss.as_ref().map(|cvss| Severity::of_score(cvss.score)));
        // all findings of an advisory repeat it, and not as much is shown of any
        let description = description::parted(description::said(words::start(&self.description, TEXT_LIMIT)));
        let title = description::parted(description::title(words::start(&self.title, TITLE_LIMIT)));
        let title = words::line(&title);
        let message = if title.is_empty() { description.to_string() } else { title.clone() };
        let help = match self.help {
            Help::Text(text) if text.len() > TEXT_LIMIT => Help::Text(words::start(&text, TEXT_LIMIT).into()),
            Help::Markdown(text) if text.len() > TEXT_LIMIT => {
                Help::Markdown(words::start(&text, TEXT_LIMIT).into())
            }
            help => help,
        };
        let rule = Rule {
            id: id.clone(),
            name: title,
            description: (&*description).into(),
            is_markdown: self.is_markdown,
            help,
            help_uri: self.url.filter(|url| !url.is_empty()),
            cwe: weakness::each_once(self.cwe),
            ..Rule::default()
        };
        let advisory = Advisory {
            id,
            aliases,
            cvss: self.cvss,
            epss: self.epss.filter(|chance| (0.0..=1.0).contains(chance)),
            exploited: self.exploited,
            withdrawn: self.withdrawn,
        };
        let (severity, assumed) = (severity.unwrap_or(Severity::Medium), severity.is_none());
        let mut package = self.package;
        if let (true, Help::Text(text) | Help::Markdown(text)) = (package.fixed.is_empty(), &rule.help) {
            package.fixed = recommended(text, &package.name).into_iter().map(Cow::Owned).collect();
        }
        let place = Place { package, image: self.image, location: self.location, skipped: self.skipped };
        (Shared { rule: Arc::new(rule), advisory: Arc::new(advisory), severity, assumed, message }, place)
    }
}

impl Shared {
    /// The finding on a package.
    pub(crate) fn finding<'r>(&'r self, scanner: &Arc<str>, place: Place<'r>) -> Finding<'r> {
        self.recorded(scanner, place, Cow::Borrowed(words::start(&self.message, MESSAGE)))
    }

    fn recorded<'r>(&self, scanner: &Arc<str>, place: Place<'r>, message: Cow<'r, str>) -> Finding<'r> {
        Finding {
            kind: if place.image { FindingKind::Container } else { FindingKind::Dependency },
            scanner: scanner.clone(),
            rule: self.rule.clone(),
            severity: self.severity,
            subject: Subject::Advisory(self.advisory.clone(), place.package),
            location: place.location,
            anchors: Anchors::default(),
            detail: FindingDetail {
                message,
                assumed: self.assumed.then_some(self.severity),
                ..FindingDetail::default()
            },
            skipped: place.skipped,
        }
    }
}

/// The severity: by the scanner's word if there is one, because people see it and filter by it; otherwise by the score;
/// `None`: nobody says.
pub(crate) fn severity(word: &str, cvss: Option<&Cvss>) -> Option<Severity> {
    let scored = || cvss.filter(|cvss| cvss.score > 0.0).map(|cvss| Severity::of_score(cvss.score));
    words::severity(word).or_else(scored)
}

/// A package by its URL if the report has a valid one, otherwise by type, name and version.
pub(crate) fn package<'r>(url: &str, kind: &str, name: &str, version: &str) -> Package<'r> {
    let (name, version) = (words::name(name), words::name(version));
    let (name, version) = (&*name, &*version);
    let whole_url = Some(url).filter(|url| url.len() <= URL_LIMIT);
    let parsed =
        whole_url.and_then(|url| PackageUrl::from_str(url).ok()).filter(|url| !url.name().is_empty());
    let purl = match &parsed {
        Some(url) if url.version().is_none() && !version.is_empty() => {
            purl::of(url.ty(), &whole(url), version)
        }
        Some(url) => purl::canonical(url),
        None => purl::of(purl::ecosystem(kind), name, version),
    };
    let recorded = |text: &str, other: Option<String>| {
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        Cow::Owned(text.or(other).unwrap_or_default())
    };
    Package {
        purl: purl.into(),
        name: recorded(name, parsed.as_ref().map(called)),
        version: recorded(version, parsed.as_ref().and_then(|url| url.version().map(str::to_owned))),
        ..Package::default()
    }
}

/// Versions as scanners list them in one string: `1.2, 2.0`.
pub(crate) fn versions<'r>(text: &str) -> Vec<Cow<'r, str>> {
    let bare = |word: &'_ str| {
        word.trim_matches(['[', ']', '(', ')', '>', '<', '=', '~', '^', '"', '\'']).to_owned()
    };
    let versions = text.split([',', ' ', '|', ';']).map(bare);
    // `>=`, `and`, `No fix available` are not versions
    let is_version = |version: &String| version.bytes().any(|byte| byte.is_ascii_digit());
    versions.filter(is_version).map(Cow::Owned).collect()
}

/// The versions that a text recommends for a package: `Upgrade lodash to version 4.17.21 or higher`. What it says about
/// other packages does not apply to this one.
pub(crate) fn recommended(text: &str, package: &str) -> Vec<String> {
    const VERSIONS_READ: usize = 8;
    let short = package.rsplit([':', '/']).next().unwrap_or(package).to_lowercase();
    let lower = text.to_ascii_lowercase();
    for verb in ["upgrade", "update"] {
        for (at, _) in lower.match_indices(verb) {
            if !begins(&text[..at]) {
                continue;
            }
            let line = text[at + verb.len()..].lines().next().unwrap_or_default();
            let Some((about, to)) = line.split_once(" to ").filter(|(about, _)| about.len() < 120) else {
                continue;
            };
            let about = about.to_lowercase();
            if !(about.trim().is_empty() || short.is_empty() || about.contains(&short)) {
                continue;
            }
            let edges = |c: char| !c.is_alphanumeric();
            let words = to.split([' ', ',', ';']).filter(|word| !word.is_empty());
            let words = words.skip_while(|word| {
                matches!(word.trim_matches(edges), "version" | "versions" | "at" | "least")
            });
            let words = words.take_while(|word| {
                let bare = word.trim_matches(edges);
                bare.is_empty() || bare == "and" || bare == "or" || is_version(bare)
            });
            let found: Vec<String> = words
                .map(|word| word.trim_matches(edges))
                .filter(|word| is_version(word))
                .take(VERSIONS_READ)
                .map(str::to_owned)
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

/// Whether what follows begins a line or a sentence, or is what somebody should do.
fn begins(before: &str) -> bool {
    let words = before.trim_end();
    words.is_empty()
        || before.ends_with('\n')
        || words.ends_with(['.', ':', '*', '-', '>', '!'])
        || ["should", "please", "Please"].iter().any(|word| words.ends_with(word))
}

fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix(['v', 'V']).unwrap_or(word);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

/// An advisory's commonly used name; if a source has its own numbers or sentences, something that cannot mean another
/// one.
pub(crate) fn name(source: &str, name: &str, package: &str) -> String {
    let name = name.trim();
    let has_source = name.get(..source.len()).is_some_and(|start| start.eq_ignore_ascii_case(source))
        && name[source.len()..].starts_with('-');
    if name.is_empty() || advisory::id(name) == Some(name) || source.is_empty() || has_source {
        name.to_owned()
    } else if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        format!("{source}-{name}")
    } else {
        format!("{source}: {} ({package})", words::line(name))
    }
}

/// A text's first sentence, if a report has no title; a long one is cut. A heading before it, which says what kind of
/// text follows (`### Impact`), is no sentence.
pub(crate) fn sentence(text: &str) -> String {
    const SENTENCE_LIMIT: usize = 120;
    const LOOKED_AT: usize = 2_000;
    let text = words::line(words::start(description::title(without_headings(text)), LOOKED_AT));
    let first = text.split_once(". ").map_or(text.as_str(), |(first, _)| first).trim_end_matches('.');
    if first.chars().count() <= SENTENCE_LIMIT {
        return first.to_owned();
    }
    let cut: String = first.chars().take(SENTENCE_LIMIT).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}

/// The page among an advisory's references to read more at: one that names it, otherwise one that is not that of another
/// CVE.
pub(crate) fn page<'t>(
    references: impl Iterator<Item = &'t str> + Clone,
    names: &[String],
) -> Option<String> {
    // an issue may have as many CVEs as references, and each looks through them
    const LOOKED_AT: usize = 100;
    let usable = references.map(str::trim).filter(|page| !page.is_empty() && page.len() <= URL_LIMIT);
    let mut usable = usable.take(LOOKED_AT);
    let named = |page: &str| {
        let upper = page.to_uppercase();
        advisory::ids(&upper).filter(|id| id.starts_with("CVE-")).map(str::to_owned).collect::<Vec<_>>()
    };
    let own =
        |page: &&str| named(page).iter().any(|id| names.iter().any(|name| name.eq_ignore_ascii_case(id)));
    // a repository that is named after an advisory is not shown, because it is the front page of something
    let page = usable.clone().find(|page| own(page) && !is_repository(page));
    let page = page.or_else(|| usable.clone().find(own));
    let page = page.or_else(|| usable.find(|page| named(page).is_empty()));
    page.map(str::to_owned)
}

/// Whether a page is that of a repository as a whole: `https://github.com/owner/CVE-2024-1`.
fn is_repository(page: &str) -> bool {
    let path = page.strip_prefix("https://github.com/").or_else(|| page.strip_prefix("https://gitlab.com/"));
    path.is_some_and(|path| path.trim_end_matches('/').matches('/').count() < 2)
}

/// The text behind the Markdown headings at its beginning; with nothing behind them, the whole text.
fn without_headings(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(line) = rest.lines().next().filter(|line| is_heading(line)) {
        rest = rest[line.len()..].trim_start();
    }
    if rest.is_empty() { text.trim_start() } else { rest }
}

fn is_heading(line: &str) -> bool {
    let words = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - words.len())) && words.starts_with(' ')
}

fn whole(url: &PackageUrl<'_>) -> String {
    let separator = if url.ty() == "maven" { ':' } else { '/' };
    url.namespace().map_or(url.name().to_owned(), |space| format!("{space}{separator}{}", url.name()))
}

/// The name that people use: a system's package is not called by its distribution.
fn called(url: &PackageUrl<'_>) -> String {
    if matches!(url.ty(), "alpm" | "apk" | "deb" | "rpm") { url.name().to_owned() } else { whole(url) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_once() {
        assert_eq!(name("VULNDB", "4711", "a"), "VULNDB-4711");
        assert_eq!(name("VulnDB", "VULNDB-4711", "a"), "VULNDB-4711");
        assert_eq!(name("NVD", "CVE-2020-1", "a"), "CVE-2020-1");
    }

    #[test]
    fn a_heading_is_no_sentence() {
        let check = |text: &str, expected: &str| assert_eq!(sentence(text), expected, "{text}");
        check("### Impact\n\nFiles are created. More.", "Files are created");
        check("# A\r\n## B\r\nIt fails.", "It fails");
        check("#1 is bad", "#1 is bad");
        check("### Impact", "### Impact");
    }

    #[test]
    fn the_page_of_another_advisory_is_not_its_own() {
        let check = |pages: &[&str], expected: Option<&str>| {
            assert_eq!(page(pages.iter().copied(), &["CVE-2020-2".into()]).as_deref(), expected, "{pages:?}");
        };
        check(
            &["https://a/", "https://nvd/CVE-2020-1", "https://nvd/cve-2020-2"],
            Some("https://nvd/cve-2020-2"),
        );
        check(&["https://nvd/CVE-2020-1", "https://a/"], Some("https://a/"));
        check(&["https://nvd/CVE-2020-20"], None);
        check(
            &["https://github.com/somebody/CVE-2020-2", "https://nvd/CVE-2020-2"],
            Some("https://nvd/CVE-2020-2"),
        );
    }

    #[test]
    fn packages_have_one_name() {
        let check = |url, kind, name, version, expected: (&str, &str, &str)| {
            let made = package(url, kind, name, version);
            assert_eq!((&*made.purl, &*made.name, &*made.version), expected);
        };
        check("pkg:npm/a@1?x=y", "", "", "", ("pkg:npm/a@1", "a", "1"));
        check("pkg:maven/org.a/b@1", "", "", "", ("pkg:maven/org.a/b@1", "org.a:b", "1"));
        check("pkg:maven/org.a/b", "", "org.a:b", "2", ("pkg:maven/org.a/b@2", "org.a:b", "2"));
        check("", "python-pkg", "Ruamel_Yaml", "1", ("pkg:pypi/ruamel-yaml@1", "Ruamel_Yaml", "1"));
        check("nonsense", "", "a", "", ("pkg:generic/a", "a", ""));
    }

    #[test]
    fn versions_are_read_out_of_advice() {
        let check = |text: &str, package: &str, expected: &[&str]| {
            assert_eq!(recommended(text, package), expected, "{text}");
        };
        check("Upgrade `lodash` to version 4.17.21 or higher.", "lodash", &["4.17.21"]);
        check(
            "## Remediation\nUpgrade `Alpine:3.18` `openssl` to version 3.1.4-r0 or higher.",
            "openssl",
            &["3.1.4-r0"],
        );
        check("Upgrade to versions 2.1.1, 3.0.0 or above.", "a", &["2.1.1", "3.0.0"]);
        check("Update org.a:b to 1.2", "org.a:b", &["1.2"]);
        check("Upgrade webpack to 5.0.0.", "lodash", &[]);
        check("Users should upgrade to 2.0.", "a", &["2.0"]);
        check("The update from 1.0 to 2.0 broke it.", "a", &[]);
        check("There is no upgrade. Update to the latest version.", "a", &[]);
        check("", "a", &[]);
    }

    #[test]
    fn fixed_versions_are_versions() {
        let check = |text: &str, expected: &[&str]| assert_eq!(versions(text), expected, "{text}");
        check("2.2.28, 3.2.13, 4.0.4", &["2.2.28", "3.2.13", "4.0.4"]);
        check("[4.17.21]", &["4.17.21"]);
        check(">= 1.2 || >= 2.0", &["1.2", "2.0"]);
        check("No fix available", &[]);
        check("", &[]);
    }

    #[test]
    fn a_word_goes_before_a_score() {
        let cvss = |score| Cvss { score, vector: None };
        assert_eq!(severity("low", Some(&cvss(9.8))), Some(Severity::Low));
        assert_eq!(severity("CRITICAL", Some(&cvss(5.0))), Some(Severity::Critical));
        assert_eq!(severity("unknown", Some(&cvss(9.8))), Some(Severity::Critical));
        assert_eq!(severity("", Some(&cvss(0.0))), None);
        assert_eq!(severity("unknown", None), None);
    }
}
