//! OSV-Scanner JSON: OSV advisories on the packages of lock files, SBOMs and images.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::finding::{Cvss, FindingKind, Location};
use crate::model::scan::{NotFinding, Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::{advisory, cvss, path, purl, weakness};
use crate::report::sink::{Nobody, Sink};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "osv-scanner",
    scanners: "OSV-Scanner",
    recognised: "a JSON object whose `results` list sources and their packages, or one that contains only \
                 an empty list of `results`",
    kinds: &[FindingKind::Dependency, FindingKind::Container],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    // others have packages in their results, too, as members of a list without an object with that name
    let own = ["\"packages\"", "\"package\"", "\"source\""];
    outline.shape == ReportShape::Object
        && outline.has("results")
        && (outline.has("experimental_config")
            || outline.keys.iter().all(|(key, _)| OWN.contains(&key.as_str()))
                && (own.iter().all(|key| outline.head.contains(key)) || outline.is(r#"{"results":[]}"#)))
}

/// What the scanner writes besides its results.
const OWN: &[&str] =
    &["results", "experimental_config", "experimental_generic_findings", "license_summary", "image_metadata"];

objects! { "snake_case"
    struct OsvOrigin {
        path: LenientText<'a>,
        #[serde(rename = "type")]
        kind: LenientText<'a>,
    }

    struct OsvPackages {
        /// Licences that the policy forbids.
        license_violations: LenientList<LenientText<'a>>,
        package: Maybe<OsvPackage<'a>>,
        vulnerabilities: LenientList<Maybe<OsvVulnerability<'a>>>,
        groups: LenientList<Maybe<OsvGroup<'a>>>,
    }

    struct OsvPackage {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        ecosystem: LenientText<'a>,
    }

    struct OsvGroup {
        ids: LenientList<LenientText<'a>>,
        aliases: LenientList<LenientText<'a>>,
        max_severity: Number,
    }

    /// An OSV record.
    struct OsvVulnerability {
        id: LenientText<'a>,
        aliases: LenientList<LenientText<'a>>,
        upstream: LenientList<LenientText<'a>>,
        summary: LenientText<'a>,
        details: LenientText<'a>,
        withdrawn: LenientText<'a>,
        severity: LenientList<Maybe<OsvScore<'a>>>,
        affected: LenientList<Maybe<OsvAffected<'a>>>,
        database_specific: Maybe<Specific<'a>>,
    }

    struct OsvScore {
        score: LenientText<'a>,
    }

    struct OsvAffected {
        package: Maybe<OsvPackage<'a>>,
        ranges: LenientList<Maybe<Range<'a>>>,
        database_specific: Maybe<Specific<'a>>,
    }

    struct Range {
        #[serde(rename = "type")]
        kind: LenientText<'a>,
        events: LenientList<Maybe<OsvEvent<'a>>>,
    }

    struct OsvEvent {
        fixed: LenientText<'a>,
        last_affected: LenientText<'a>,
        limit: LenientText<'a>,
    }

    struct Specific {
        severity: LenientText<'a>,
        cwe_ids: LenientList<LenientText<'a>>,
        cwes: LenientList<Maybe<OsvWeakness<'a>>>,
    }

    struct OsvWeakness {
        #[serde(rename = "cweId")]
        cwe_id: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let scanner: Arc<str> = "OSV-Scanner".into();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let mut has_results = false;
    let end = json.each_entry(|json, key| match key {
        "results" => {
            has_results = json.peek()? == Some(b'[');
            json.each_element(|json| {
                let (begin, mut listed) = (json.offset(), None);
                json.each_entry(|json, key| match key {
                    "source" => {
                        listed = Some(OsvListed::read(json, source)?);
                        Ok(())
                    }
                    "packages" => {
                        let by = match &listed {
                            Some(by) => by,
                            // if something sorted the members, they come in a different order
                            None => listed.insert(OsvListed::look(json, source, begin)?),
                        };
                        packages(json, by, &scanner)
                    }
                    _ => Ok(()),
                })
            })
        }
        _ => Ok(()),
    });
    json.sink().scan(Scan { has_results, ..Scan::new("OSV-Scanner") });
    end
}

/// The file or image that lists packages.
#[derive(Default)]
struct OsvListed {
    /// The lock file, the SBOM or the image.
    path: String,
    /// Whether it is an image.
    image: bool,
}

impl OsvListed {
    fn read(json: &mut Json<'_>, source: &ReportSource) -> Result<OsvListed, Problem> {
        let recorded = json.value::<OsvOrigin<'_>, _>(|origin, _| {
            let origin = origin.get()?;
            let path = path::of_path(Cow::Borrowed(&*origin.path), source).into_owned();
            Some(OsvListed { path, image: matches!(&*origin.kind, "docker" | "image" | "artifact") })
        })?;
        Ok(recorded.flatten().unwrap_or_default())
    }

    /// Reads it from the result that begins at a byte of the report.
    fn look(json: &mut Json<'_>, source: &ReportSource, begin: u64) -> Result<OsvListed, Problem> {
        let (mut listed, mut nobody) = (OsvListed::default(), Nobody);
        // what fails here also fails when the report is read, and is reported there
        let input = json.again("packages", source, begin)?;
        let _ = Json::new(&source.name, input, &mut nobody).each_entry(|json, key| {
            if key == "source" {
                listed = OsvListed::read(json, source)?;
            }
            Ok(())
        });
        Ok(listed)
    }
}

fn packages(json: &mut Json<'_>, by: &OsvListed, scanner: &Arc<str>) -> Result<(), Problem> {
    json.each_element(|json| {
        let read = json.value::<OsvPackages<'_>, _>(|found, sink| {
            let found = found.get()?;
            sink.not_findings(NotFinding::License, found.license_violations.0.len());
            for flaw in flaws(found, &by.path, by.image) {
                sink.finding(flaw.finding(scanner));
            }
            Some(found.vulnerabilities.strays())
        })?;
        json.strays(read, "package", "vulnerability");
        Ok(())
    })
}

/// One flaw per group of records that are aliases of each other, grouped by the scanner itself.
fn flaws<'r>(found: &'r OsvPackages<'r>, place: &'r str, image: bool) -> Vec<Flaw<'r>> {
    let Some(package) = found.package.get() else { return Vec::new() };
    let mut group_of: HashMap<&str, (usize, &'r OsvGroup<'r>)> = HashMap::new();
    for (index, group) in found.groups.objects().enumerate() {
        group_of.extend(group.ids.iter().map(|id| (&**id, (index, group))));
    }
    let mut made: Vec<Flaw<'r>> = Vec::new();
    let mut made_of: HashMap<usize, usize> = HashMap::new();
    let mut joined: BTreeSet<usize> = BTreeSet::new();
    for record in found.vulnerabilities.objects() {
        let group = group_of.get(&*record.id).copied();
        let known = group.and_then(|group| made_of.get(&group.0)).copied();
        match known.and_then(|index| Some((index, made.get_mut(index)?))) {
            Some((index, flaw)) => {
                join(flaw, flaw_of(package, record, None, place, image));
                joined.insert(index);
            }
            None => {
                made_of.extend(group.map(|(index, _)| (index, made.len())));
                made.push(flaw_of(package, record, group.map(|(_, group)| group), place, image));
            }
        }
    }
    for index in joined {
        if let Some(flaw) = made.get_mut(index) {
            flaw.package.fixed.sort();
            flaw.package.fixed.dedup();
        }
    }
    made
}

/// Adds what another record of the same flaw says.
fn join<'r>(flaw: &mut Flaw<'r>, other: Flaw<'r>) {
    flaw.names.extend(other.names);
    flaw.cwe.extend(other.cwe);
    flaw.package.unfixed |= other.package.unfixed;
    flaw.package.fixed.extend(other.package.fixed);
    flaw.severity = flaw.severity.or(other.severity);
    flaw.cvss = cvss::best(flaw.cvss.take().into_iter().chain(other.cvss));
    flaw.withdrawn &= other.withdrawn;
    if flaw.title.is_empty() {
        flaw.title = other.title;
    }
    if flaw.description.is_empty() {
        flaw.description = other.description;
    }
}

fn flaw_of<'r>(
    package: &'r OsvPackage<'r>,
    record: &'r OsvVulnerability<'r>,
    group: Option<&OsvGroup<'_>>,
    place: &'r str,
    image: bool,
) -> Flaw<'r> {
    // `Debian:12`, `Alpine:v3.18`
    let ecosystem = package.ecosystem.split(':').next().unwrap_or_default();
    let mut made = flaw::package("", ecosystem, &package.name, &package.version);
    let affected = || {
        let all = record.affected.objects();
        all.filter(|one| one.package.get().is_none_or(|other| other.name.eq_ignore_ascii_case(&package.name)))
    };
    let ranges = affected().flat_map(|one| one.ranges.objects()).filter(|range| &*range.kind != "GIT");
    let fixed = ranges.flat_map(|range| range.events.objects()).filter_map(|event| event.fixed.some());
    made.fixed = fixed.map(Cow::Borrowed).collect();
    made.fixed.dedup();
    // a range without an end: `last_affected` and `limit` are ends
    let mut ranges =
        affected().flat_map(|one| one.ranges.objects()).filter(|range| &*range.kind != "GIT").peekable();
    made.unfixed = made.fixed.is_empty()
        && ranges.peek().is_some()
        && ranges
            .flat_map(|range| range.events.objects())
            .all(|event| event.last_affected.is_empty() && event.limit.is_empty());
    let specific = || {
        record
            .database_specific
            .get()
            .into_iter()
            .chain(affected().filter_map(|one| one.database_specific.get()))
    };
    let scores =
        record.severity.objects().filter_map(|one| cvss::of(one.score.parse().ok(), one.score.some()));
    let highest = group.and_then(|group| group.max_severity.0);
    let score = cvss::best(scores).or_else(|| cvss::of(highest, None));
    let word = specific().find_map(|one| one.severity.some()).unwrap_or_default();
    let aliases = group.into_iter().flat_map(|group| group.aliases.iter().chain(group.ids.iter()));
    // a distribution's record names the CVE that it fixes as its upstream
    let upstream =
        record.upstream.iter().filter(|_| record.aliases.0.is_empty() && record.upstream.0.len() == 1);
    let names = std::iter::once(&record.id).chain(record.aliases.iter()).chain(upstream).chain(aliases);
    let cwes = specific().flat_map(|one| one.cwe_ids.iter().chain(one.cwes.objects().map(|cwe| &cwe.cwe_id)));
    Flaw {
        names: names.map(|name| name.to_string()).collect(),
        // if there is none, the details say it
        title: (&*record.summary).into(),
        description: (&*record.details).into(),
        // https://ossf.github.io/osv-schema/#summary-details-fields
        is_markdown: true,
        url: advisory::id(&record.id).map(|id| format!("https://osv.dev/vulnerability/{id}")),
        cwe: cwes.flat_map(|text| weakness::cwe_field(text).collect::<Vec<_>>()).collect(),
        severity: flaw::severity(word, score.as_ref()),
        cvss: score.filter(|cvss: &Cvss| cvss.score > 0.0),
        withdrawn: !record.withdrawn.is_empty(),
        image: image || purl::is_system(&made.purl),
        package: made,
        location: Location { path: place.into(), ..Location::default() },
        ..Flaw::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    fn report(packages: &str) -> String {
        format!(
            r#"{{"results":[{{"source":{{"path":"web/package-lock.json","type":"lockfile"}},"packages":[{packages}]}}]}}"#
        )
    }

    #[test]
    fn records_of_one_group_are_one_finding() {
        let packages = r#"{"package":{"name":"a","version":"1","ecosystem":"npm"},"vulnerabilities":[
            {"id":"GHSA-1","aliases":["CVE-1"],"summary":"Bad merge","details":"Long.",
             "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
             "affected":[{"package":{"name":"a","ecosystem":"npm"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2"}]},{"type":"GIT","events":[{"fixed":"abc"}]}]}],
             "database_specific":{"severity":"LOW","cwe_ids":["CWE-79"]}},
            {"id":"OSV-1","aliases":["CVE-1"]},
            {"id":"GHSA-2","withdrawn":"2024-01-01T00:00:00Z","database_specific":{"severity":"LOW"}}],
            "groups":[{"ids":["GHSA-1","OSV-1"],"aliases":["CVE-1","GHSA-1","OSV-1"],"max_severity":"7.5"},{"ids":["GHSA-2"]}]}"#;
        check(
            "osv-scanner",
            &report(packages),
            recorded::full,
            &[
                "dependency OSV-Scanner low GHSA-1=CVE-1=OSV-1 pkg:npm/a@1 fixed 2 in web/package-lock.json:0 cvss 7.5: Bad merge",
                "dependency OSV-Scanner low GHSA-2 pkg:npm/a@1 in web/package-lock.json:0 withdrawn: ",
                "scan OSV-Scanner",
            ],
        );
    }

    #[test]
    fn members_may_come_in_any_order() {
        let packages =
            |id| format!(r#""packages":[{{"package":{{"name":"a"}},"vulnerabilities":[{{"id":"{id}"}}]}}]"#);
        let text = format!(
            r#"{{"results":[{{{},"source":{{"path":"a.lock"}}}},{{{},"source":{{"path":"b","type":"docker"}}}},{{{}}}]}}"#,
            packages("CVE-1"),
            packages("CVE-2"),
            packages("CVE-3")
        );
        check(
            "osv-scanner",
            &text,
            recorded::place,
            &[
                "dependency pkg:generic/a a.lock:0",
                "container pkg:generic/a b:0",
                "dependency pkg:generic/a :0",
                "scan OSV-Scanner",
            ],
        );
    }

    #[test]
    fn a_distributions_record_is_its_cve() {
        let packages = r#"{"package":{"name":"zlib","version":"1","ecosystem":"Debian:12"},"vulnerabilities":[{"id":"DEBIAN-CVE-2023-1","upstream":["CVE-2023-1"]}]}"#;
        check(
            "osv-scanner",
            &report(packages),
            recorded::full,
            &[
                "container OSV-Scanner medium DEBIAN-CVE-2023-1=CVE-2023-1 pkg:deb/zlib@1 in web/package-lock.json:0: ",
                "scan OSV-Scanner",
            ],
        );
    }

    #[test]
    fn nothing_found_is_a_clean_scan() {
        check("osv-scanner", r#"{"results": []}"#, recorded::place, &["scan OSV-Scanner"]);
        check(
            "osv-scanner",
            &report(r#"{"package":{"name":"a"},"licenses":["MIT"]}"#),
            recorded::place,
            &["scan OSV-Scanner"],
        );
    }
}
