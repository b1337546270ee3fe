//! Grype JSON: advisories that match packages of an image, a folder or an SBOM.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;

use crate::model::finding::{Cvss, ExclusionReason, FindingKind, FixOutlook, Location};
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::flaw::{self, Flaw};
use crate::report::shared::{cvss, path, purl, weakness};
use crate::report::sink::{Nobody, Sink};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "grype",
    scanners: "Grype",
    recognised: "a JSON object with `matches` and at least one of `source`, `descriptor` and `distro`",
    kinds: &[FindingKind::Dependency, FindingKind::Container],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && outline.has("matches")
            // Xeol writes the same about software that has reached its end of life
            && !["\"ReleaseCycle\"", "xeol.io/"].iter().any(|text| outline.head.contains(text))
            && (outline.head.contains("\"matchDetails\"")
                || ["descriptor", "distro", "source", "ignoredMatches"].iter().any(|key| outline.has(key)))
    },
    read,
};

objects! { "camelCase"
    struct GrypeMatch {
        vulnerability: Maybe<GrypeVulnerability<'a>>,
        related_vulnerabilities: LenientList<Maybe<GrypeVulnerability<'a>>>,
        artifact: Maybe<GrypeArtifact<'a>>,
        applied_ignore_rules: LenientList<Maybe<GrypeRule<'a>>>,
    }

    struct GrypeVulnerability {
        id: LenientText<'a>,
        data_source: LenientText<'a>,
        severity: LenientText<'a>,
        description: LenientText<'a>,
        cvss: LenientList<Maybe<GrypeScore<'a>>>,
        epss: LenientList<Maybe<GrypeEpss>>,
        known_exploited: LenientList<Maybe<GrypeWeakness<'a>>>,
        cwes: LenientList<Maybe<GrypeWeakness<'a>>>,
        fix: Maybe<GrypeFix<'a>>,
    }

    struct GrypeScore {
        vector: LenientText<'a>,
        metrics: Maybe<Metrics>,
    }

    struct GrypeWeakness {
        cve: LenientText<'a>,
        cwe: LenientText<'a>,
    }

    struct GrypeFix {
        versions: LenientList<LenientText<'a>>,
        state: LenientText<'a>,
    }

    struct GrypeArtifact {
        name: LenientText<'a>,
        version: LenientText<'a>,
        #[serde(rename = "type")]
        kind: LenientText<'a>,
        purl: LenientText<'a>,
        locations: LenientList<Maybe<GrypePlace<'a>>>,
    }

    struct GrypePlace {
        path: LenientText<'a>,
    }

    struct GrypeRule {
        namespace: LenientText<'a>,
    }

    struct GrypeTarget {
        #[serde(deserialize_with = "name")]
        user_input: LenientText<'a>,
        tags: LenientList<LenientText<'a>>,
    }

    struct GrypeDescriptor {
        version: LenientText<'a>,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Metrics {
    base_score: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct GrypeEpss {
    epss: Number,
}

/// What was scanned, and by which version. It comes after the matches, so it is read first.
#[derive(Default)]
struct GrypeContext {
    kind: String,
    target: String,
    version: Option<String>,
    has_matches: bool,
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut context = GrypeContext::default();
    let mut nobody = Nobody;
    // what fails here also fails when the report is read, and is reported there
    let _ = Json::new(&source.name, source.open()?, &mut nobody)
        .each_entry(|json, key| context.member(json, key));
    let scanner: Arc<str> = "Grype".into();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| match key {
        "matches" | "ignoredMatches" => json.each_element(|json| {
            json.fitting::<GrypeMatch<'_>>("match", |found, sink| {
                context.flaw(source, found).map(|flaw| sink.finding(flaw.finding(&scanner))).is_some()
            })
        }),
        _ => Ok(()),
    });
    json.sink().scan(Scan {
        version: context.version,
        has_results: context.has_matches,
        ..Scan::new("Grype")
    });
    end
}

impl GrypeContext {
    fn member(&mut self, json: &mut Json<'_>, key: &str) -> Result<(), Problem> {
        match key {
            "matches" => self.has_matches = json.peek()? == Some(b'['),
            "descriptor" => {
                let version =
                    json.value::<GrypeDescriptor<'_>, _>(|found, _| found.get()?.version.owned())?;
                self.version = version.flatten();
            }
            "source" => {
                return json.each_entry(|json, key| {
                    match (key, json.peek()?) {
                        ("type", _) => self.kind = json.word()?,
                        ("target", Some(b'{')) => {
                            let image =
                                json.value::<GrypeTarget<'_>, _>(|target, _| target.get().map(image))?;
                            self.target = image.flatten().unwrap_or_default();
                        }
                        ("target", _) => self.target = json.word()?,
                        _ => {}
                    }
                    Ok(())
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn flaw<'r>(&self, source: &ReportSource, found: &'r GrypeMatch<'r>) -> Option<Flaw<'r>> {
        let (own, artifact) = (found.vulnerability.get()?, found.artifact.get()?);
        let related = || found.related_vulnerabilities.objects();
        let all = || std::iter::once(own).chain(related());
        let score = own.best();
        let description = all().find_map(|one| one.description.some()).unwrap_or_default();
        let mut package = flaw::package(&artifact.purl, &artifact.kind, &artifact.name, &artifact.version);
        let versions = own.fix.get().map(|fix| &fix.versions);
        package.fixed = versions
            .into_iter()
            .flat_map(|all| all.iter().filter_map(LenientText::some).map(Cow::Borrowed))
            .collect();
        // `unknown` says nothing
        let state = own.fix.get().map_or("", |fix| &*fix.state);
        package.outlook = FixOutlook::of_word(state);
        package.unfixed = package.outlook.is_some() || state == "not-fixed";
        if package.outlook == Some(FixOutlook::WillNotFix) {
            package.fixed.clear();
        }
        let first = artifact.locations.objects().next().map_or("", |place| &*place.path);
        let image = self.kind == "image";
        let mut location = Location { path: self.place(source, first).into(), ..Location::default() };
        if image && !first.is_empty() {
            location.logical = Some(first.into());
        }
        let ignored = found.applied_ignore_rules.objects().next();
        Some(Flaw {
            names: all().map(|one| one.id.to_string()).collect(),
            title: flaw::sentence(description).into(),
            description: description.into(),
            url: own.data_source.owned(),
            cwe: all()
                .flat_map(|one| one.cwes.objects())
                .flat_map(|one| weakness::cwe_field(&one.cwe))
                .collect(),
            severity: flaw::severity(&own.severity, score.as_ref()),
            cvss: score.or_else(|| cvss::best(related().filter_map(GrypeVulnerability::best))),
            epss: all().flat_map(|one| one.epss.objects()).find_map(|one| one.epss.0),
            exploited: all().any(|one| one.known_exploited.objects().next().is_some()),
            image: image || purl::is_system(&package.purl),
            package,
            location,
            skipped: ignored.map(|rule| match &*rule.namespace {
                "vex" => ExclusionReason::NotAffected,
                _ => ExclusionReason::Suppressed,
            }),
            ..Flaw::default()
        })
    }

    /// The image, or the file that lists the package. Grype writes paths within a folder relative to its root.
    fn place(&self, source: &ReportSource, path: &str) -> String {
        if self.kind == "image" || path.is_empty() {
            return self.target.clone();
        }
        let path = path.trim_start_matches('/');
        let folder = self.target.trim_end_matches('/');
        let joined = match self.kind.as_str() {
            "directory" if !matches!(folder, "" | ".") => format!("{folder}/{path}"),
            _ => path.to_owned(),
        };
        let joined = path::of_path(joined.into(), source);
        if path::is_foreign(&joined) { path::of_path(path.into(), source) } else { joined }.into_owned()
    }
}

impl GrypeVulnerability<'_> {
    fn best(&self) -> Option<Cvss> {
        let scores = self.cvss.objects();
        cvss::best(scores.filter_map(|one| {
            cvss::of(one.metrics.get().and_then(|metrics| metrics.base_score.0), one.vector.some())
        }))
    }
}

/// An image's name for people: what was requested, unless that was its hash.
fn image(target: &GrypeTarget<'_>) -> String {
    let asked = &*target.user_input;
    let hash = asked.len() >= 12 && asked.bytes().all(|byte| byte.is_ascii_hexdigit());
    let tag = target.tags.iter().find_map(LenientText::some);
    tag.filter(|_| hash || asked.is_empty()).unwrap_or(asked).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    const MATCH: &str = r#"{"vulnerability":{"id":"GHSA-1","dataSource":"https://x/GHSA-1","severity":"High",
        "description":"Prototype pollution in merge. More.","cvss":[{"vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","metrics":{"baseScore":9.8}}],
        "epss":[{"cve":"CVE-1","epss":0.5}],"knownExploited":[{"cve":"CVE-1"}],"fix":{"versions":["2"],"state":"fixed"}},
        "relatedVulnerabilities":[{"id":"CVE-1","cvss":[]}],"matchDetails":[],
        "artifact":{"name":"a","version":"1","type":"npm","purl":"pkg:npm/a@1","locations":[{"path":"/web/package-lock.json"}]}}"#;

    #[test]
    fn a_match_is_a_finding() {
        let report = |source: &str| {
            format!(
                r#"{{"matches":[{MATCH},null],"source":{source},"descriptor":{{"name":"grype","version":"0.9"}}}}"#
            )
        };
        check(
            "grype",
            &report(r#"{"type":"directory","target":"."}"#),
            recorded::full,
            &[
                "dependency Grype high GHSA-1=CVE-1 pkg:npm/a@1 fixed 2 in web/package-lock.json:0 cvss 9.8 epss 0.5 exploited: Prototype pollution in merge",
                "problem is not a match and was skipped",
                "scan Grype 0.9",
            ],
        );
        check(
            "grype",
            &report(r#"{"type":"image","target":{"userInput":"0123456789abcdef","tags":["shop:1"]}}"#),
            recorded::place,
            &[
                "container pkg:npm/a@1 shop:1:0 /web/package-lock.json",
                "problem is not a match and was skipped",
                "scan Grype 0.9",
            ],
        );
    }

    #[test]
    fn what_is_ignored_is_set_aside() {
        let ignored = |rule: &str| MATCH.replacen('{', &format!(r#"{{"appliedIgnoreRules":[{rule}],"#), 1);
        let report = format!(
            r#"{{"matches":[],"ignoredMatches":[{},{}],"source":{{}}}}"#,
            ignored(r#"{"vulnerability":"GHSA-1"}"#),
            ignored(r#"{"namespace":"vex","vex-status":"not_affected"}"#)
        );
        check("grype", &report, recorded::skipped, &["suppressed", "not-affected", "scan Grype"]);
    }

    #[test]
    fn a_distributions_word_counts_where_it_has_no_score() {
        let report = r#"{"matches":[{"vulnerability":{"id":"CVE-1","severity":"Negligible"},
            "relatedVulnerabilities":[{"id":"CVE-1","cvss":[{"vector":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}]}],
            "artifact":{"name":"zlib","version":"1","type":"deb"}}],"source":{"type":"image","target":{"userInput":"debian:12"}}}"#;
        check(
            "grype",
            report,
            recorded::full,
            &["container Grype info CVE-1 pkg:deb/zlib@1 in debian:12:0 cvss 7.5: ", "scan Grype"],
        );
    }

    #[test]
    fn a_state_that_says_nothing_of_a_fix_is_not_one_without_a_fix() {
        for (fix, unfixed) in [
            (r#","fix":{"versions":[],"state":"unknown"}"#, ""),
            (r#","fix":{"versions":[],"state":""}"#, ""),
            ("", ""),
            (r#","fix":{"versions":[],"state":"not-fixed"}"#, " unfixed"),
            (r#","fix":{"versions":["fix_1"],"state":"wont-fix"}"#, " unfixed WillNotFix"),
        ] {
            let report = format!(
                r#"{{"matches":[{{"vulnerability":{{"id":"CVE-1","severity":"High"{fix}}},"artifact":{{"name":"zlib","version":"1",
                "type":"deb"}}}}],"source":{{"type":"image","target":{{"userInput":"debian:12"}}}}}}"#
            );
            let finding = format!("container Grype high CVE-1 pkg:deb/zlib@1{unfixed} in debian:12:0: ");
            check("grype", &report, recorded::full, &[&finding, "scan Grype"]);
        }
    }
}
