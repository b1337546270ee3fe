//! Links to what a ticket mentions; plain text if there is no address.

use url::Url;

use super::Provenance;
use super::names::short_id;
use super::pointed::PointedFinding;
use crate::document::Inline;
use crate::document::visible::one_line;
use crate::model::alert::Alert;
use crate::model::code_place::CodePlace;
use crate::model::finding::{FindingKind, Location};

/// The names in the addresses of OWASP's Top 10 of 2021, in order.
const OWASP_2021: [&str; 10] = [
    "Broken_Access_Control",
    "Cryptographic_Failures",
    "Injection",
    "Insecure_Design",
    "Security_Misconfiguration",
    "Vulnerable_and_Outdated_Components",
    "Identification_and_Authentication_Failures",
    "Software_and_Data_Integrity_Failures",
    "Security_Logging_and_Monitoring_Failures",
    "Server-Side_Request_Forgery_(SSRF)",
];

/// `path:line`, linking to these lines at the scanned commit.
///
/// An image is not a file of the repository, and a path that leaves the repository has no page.
pub fn place(location: &Location<'_>, kind: FindingKind, provenance: &Provenance) -> Inline {
    let path = one_line(&location.path);
    if path.is_empty() {
        return Inline::text("no location given");
    }
    let text = if location.line > 0 { format!("{path}:{}", location.line) } else { path };
    place_called(text, location, kind, provenance)
}

/// The same with another text.
pub(super) fn place_called(
    text: String,
    location: &Location<'_>,
    kind: FindingKind,
    provenance: &Provenance,
) -> Inline {
    let page = if kind == FindingKind::Container { None } else { permalink(location, provenance) };
    match page {
        Some(page) => Inline::link(text, page.as_str()),
        None => Inline::code(text),
    }
}

/// A place as a section remembers it, under this text, as a link to its line at the commit at which it was seen.
pub fn remembered(text: String, place: &CodePlace, provenance: &Provenance) -> Inline {
    let provenance = Provenance { commit: place.commit.clone(), ..provenance.clone() };
    let location = Location { path: place.path.as_str().into(), line: place.line, ..Location::default() };
    let kind = if place.commit.is_empty() { FindingKind::Container } else { FindingKind::Code };
    place_called(text, &location, kind, &provenance)
}

/// Whether a path is an address on the web instead of a file.
pub(super) fn is_address(path: &str) -> bool {
    path.starts_with("https://") || path.starts_with("http://")
}

/// `path:line` of a finding, as a link to it.
pub fn pointed(finding: &PointedFinding, provenance: &Provenance) -> Inline {
    let location = Location { path: finding.path.as_str().into(), line: finding.line, ..Location::default() };
    let kind = if finding.is_file { FindingKind::Code } else { FindingKind::Container };
    place(&location, kind, provenance)
}

/// A ticket's key, linking to its page if it has one on the web. As plain text it would be broken up, like text from a
/// stranger.
pub fn ticket(key: &str, page: Option<&str>) -> Inline {
    match page.map(|page| Inline::link(key, page)) {
        Some(Inline::Link(link)) => Inline::Link(link),
        _ => Inline::code(key),
    }
}

/// Whether an address is that of a site or of a repository as a whole: a scanner's own page, which says nothing about
/// one of its rules or advisories.
pub(super) fn is_front_page(page: &Url) -> bool {
    let depth = page.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).count();
    let hosts_code = matches!(page.host_str(), Some("github.com" | "gitlab.com"));
    let is_plain = page.fragment().is_none() && page.query().is_none();
    // a list of advisories is where a scanner has them from
    is_plain && depth <= if hosts_code { 2 } else { 0 } || hosts_code && depth <= 1
}

/// The page of the branch.
pub fn branch(name: &str, provenance: &Provenance) -> Inline {
    let mut segments = vec!["tree"];
    segments.extend(name.split('/'));
    to(one_line(name), page(provenance, &segments))
}

/// The page of the scanned commit, named by its first ten digits.
pub fn commit(provenance: &Provenance) -> Inline {
    let short: String = provenance.commit.chars().take(10).collect();
    to(one_line(&short), page(provenance, &["commit", &provenance.commit]))
}

/// GitHub's alert.
pub fn alert(alert: &Alert<'_>) -> Inline {
    let text = format!("GitHub's {}", alert.id);
    match &alert.url {
        Some(page) => Inline::link(text, page),
        None => Inline::text(text),
    }
}

/// The page of a pull request.
pub fn pull_request(number: u64, provenance: &Provenance) -> Inline {
    to(format!("#{number}"), page(provenance, &["pull", &number.to_string()]))
}

/// The repository's page.
pub fn repository(provenance: &Provenance) -> Inline {
    to(one_line(&provenance.repository.name), page(provenance, &[]))
}

/// GitHub's own list of these alerts: those of the branch and, if there is one, of the rule.
pub fn security_view(rule: &str, scanner: &str, provenance: &Provenance) -> Option<Inline> {
    let mut page = page(provenance, &["security", "code-scanning"])?;
    let quoted = |word: &str| {
        let word = one_line(word).replace('"', "");
        if word.contains([' ', ':']) { format!("\"{word}\"") } else { word }
    };
    let mut query = "is:open".to_owned();
    for (name, value) in [("branch", provenance.branch.as_str()), ("tool", scanner), ("rule", rule)] {
        if !value.is_empty() {
            query.push_str(&format!(" {name}:{}", quoted(value)));
        }
    }
    page.query_pairs_mut().append_pair("query", &query);
    Some(Inline::link("open alerts of this kind", page.as_str()))
}

/// A weakness by its number.
pub fn cwe(number: u32) -> Inline {
    Inline::link(format!("CWE-{number}"), &format!("https://cwe.mitre.org/data/definitions/{number}.html"))
}

/// An OWASP category; the Top 10 of 2021 by name, others as in the report.
pub fn owasp(category: &str) -> Inline {
    let category = one_line(category);
    let rank = category
        .strip_prefix('A')
        .and_then(|rest| rest.split_once(':'))
        .filter(|(_, year)| year.starts_with("2021"))
        .and_then(|(rank, _)| rank.parse::<usize>().ok())
        .filter(|rank| (1..=10).contains(rank));
    match rank {
        Some(rank) => {
            let name = OWASP_2021[rank - 1];
            let text = format!("A{rank:02}:2021 {}", name.replace('_', " "));
            let name = name.replace('(', "%28").replace(')', "%29");
            Inline::link(text, &format!("https://owasp.org/Top10/A{rank:02}_2021-{name}/"))
        }
        None if category.starts_with('M') => {
            Inline::link(category, "https://owasp.org/www-project-mobile-top-10/")
        }
        None if category.starts_with("API") => Inline::link(category, "https://owasp.org/API-Security/"),
        None => Inline::link(category, "https://owasp.org/www-project-top-ten/"),
    }
}

/// An advisory by any of its names.
pub fn advisory(id: &str) -> Inline {
    let id = one_line(id);
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let page = match id.split_once('-') {
        Some(("CVE", _)) if plain => format!("https://www.cve.org/CVERecord?id={id}"),
        Some(("GHSA", _)) if plain => format!("https://github.com/advisories/{id}"),
        Some(("SNYK", _)) if plain => format!("https://security.snyk.io/vuln/{id}"),
        Some(("OSSINDEX", number)) if plain => {
            format!("https://ossindex.sonatype.org/vulnerability/{}", number.to_lowercase())
        }
        Some(("PYSEC" | "RUSTSEC" | "GO" | "OSV" | "MAL", _)) if plain => {
            format!("https://osv.dev/vulnerability/{id}")
        }
        _ => return Inline::text(id),
    };
    Inline::link(short_id(id), &page)
}

fn permalink(location: &Location<'_>, provenance: &Provenance) -> Option<Url> {
    if provenance.untracked.contains(&*location.path) {
        return None;
    }
    let mut segments = vec!["blob", provenance.commit.as_str()];
    segments.extend(location.path.split('/'));
    let mut page = page(provenance, &segments)?;
    if location.line > 0 {
        // rendered pages have no line numbers
        if location.path.to_ascii_lowercase().ends_with(".md") {
            page.set_query(Some("plain=1"));
        }
        let mut lines = format!("L{}", location.line);
        if location.end_line > location.line {
            lines.push_str(&format!("-L{}", location.end_line));
        }
        page.set_fragment(Some(&lines));
    }
    Some(page)
}

/// A page below the repository's own; each segment is encoded. `None` if a segment would lead elsewhere, or the
/// repository has no known server and `owner/name`.
fn page(provenance: &Provenance, segments: &[&str]) -> Option<Url> {
    let repository = &provenance.repository;
    let strange = |segment: &str| {
        matches!(segment, "" | "." | "..")
            || segment.contains(['\\', ':'])
            || segment.contains(char::is_control)
    };
    let named = repository.name.split('/').count() == 2 && !repository.name.split('/').any(strange);
    if !named || !repository.host.contains('.') || segments.iter().any(|segment| strange(segment)) {
        return None;
    }
    let mut page = Url::parse(&format!("https://{}/", repository.host)).ok()?;
    page.path_segments_mut().ok()?.pop_if_empty().extend(repository.name.split('/')).extend(segments);
    Some(page)
}

fn to(text: String, page: Option<Url>) -> Inline {
    match page {
        Some(page) => Inline::link(text, page.as_str()),
        None => Inline::code(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{location, provenance};
    use super::*;

    fn shown(inline: &Inline) -> String {
        match inline {
            Inline::Link(link) => format!("{} -> {}", link.text(), link.to()),
            Inline::Text(text) | Inline::Code(text) => text.clone(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn places_lead_to_lines_at_the_commit() {
        let base = "https://github.com/acme/shop/blob/c0ffee";
        let check = |path, line, end_line, expected: &str| {
            let location = Location { end_line, ..location(path, line) };
            let shown = shown(&place(&location, FindingKind::Code, &provenance()));
            assert_eq!(shown.replace(base, "~"), expected);
        };
        check("src/a.py", 10, 0, "src/a.py:10 -> ~/src/a.py#L10");
        check("src/a.py", 10, 12, "src/a.py:10 -> ~/src/a.py#L10-L12");
        check("a b/c#d?%.py", 0, 0, "a b/c#d?%.py -> ~/a%20b/c%23d%3F%25.py");
        check("README.md", 3, 3, "README.md:3 -> ~/README.md?plain=1#L3");
        check("../etc/passwd", 1, 0, "../etc/passwd:1");
        check("/etc/passwd", 1, 0, "/etc/passwd:1");
        check("C:\\x.cs", 1, 0, "C:\\x.cs:1");
        check("", 1, 0, "no location given");
        let mut elsewhere = provenance();
        elsewhere.untracked = std::sync::Arc::new(["default/Deployment/web".to_owned()].into());
        let resource = location("default/Deployment/web", 7);
        assert_eq!(
            shown(&place(&resource, FindingKind::Infrastructure, &elsewhere)),
            "default/Deployment/web:7"
        );
        let image = shown(&place(&location("alpine:3", 0), FindingKind::Container, &provenance()));
        assert_eq!(image, "alpine:3");
    }

    #[test]
    fn without_a_server_nothing_is_linked() {
        let mut provenance = provenance();
        provenance.repository.host = "local".into();
        assert_eq!(shown(&place(&location("a.py", 1), FindingKind::Code, &provenance)), "a.py:1");
        assert_eq!(shown(&commit(&provenance)), "c0ffee");
        assert_eq!(security_view("B602", "Bandit", &provenance), None);
    }

    #[test]
    fn what_has_a_page_is_linked() {
        let check = |inline: Inline, expected: &str| assert_eq!(shown(&inline), expected);
        let provenance = provenance();
        check(cwe(79), "CWE-79 -> https://cwe.mitre.org/data/definitions/79.html");
        check(owasp("A03:2021"), "A03:2021 Injection -> https://owasp.org/Top10/A03_2021-Injection/");
        check(
            owasp("A03:2021 - Injection"),
            "A03:2021 Injection -> https://owasp.org/Top10/A03_2021-Injection/",
        );
        check(owasp("A1:2017"), "A1:2017 -> https://owasp.org/www-project-top-ten/");
        check(owasp("M1"), "M1 -> https://owasp.org/www-project-mobile-top-10/");
        check(
            advisory("CVE-2021-23337"),
            "CVE-2021-23337 -> https://www.cve.org/CVERecord?id=CVE-2021-23337",
        );
        check(advisory("CVE-1&x=<y>"), "CVE-1&x=<y>");
        check(
            advisory("OSSINDEX-A86C2790-B37F-4290-A069-08FC9C4B6AC0"),
            "OSSINDEX-A86C2790 -> https://ossindex.sonatype.org/vulnerability/a86c2790-b37f-4290-a069-08fc9c4b6ac0",
        );
        check(branch("release/1", &provenance), "release/1 -> https://github.com/acme/shop/tree/release/1");
        check(
            security_view("js/x y", "Bandit", &provenance).unwrap(),
            "open alerts of this kind -> https://github.com/acme/shop/security/code-scanning\
             ?query=is%3Aopen+branch%3Amain+tool%3ABandit+rule%3A%22js%2Fx+y%22",
        );
    }
}
