//! Safety's JSON (Python): `safety check` of versions 2 and 3, and `safety scan` of version 3.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::finding::{ExclusionReason, FindingKind};
use crate::model::scan::Problem;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{
    AnyValue, LenientList, LenientPairs, LenientText, Maybe, Number, name, objects,
};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory, ends};
use crate::report::shared::{cvss, flaw, path, tool};
use crate::report::sink::{Nobody, Sink};

use crate::report::readers::dependency::safety::unpinned::SafetyUnpinned;

mod unpinned;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "safety",
    scanners: "Safety 2 and 3 (`safety check --json`, `safety scan --output json`)",
    recognised: "a JSON object with `report_meta` and either `vulnerabilities` or `affected_packages`, or \
                 with `meta` and `scan_results`",
    kinds: &[FindingKind::Dependency],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    let check =
        outline.has("report_meta") && (outline.has("affected_packages") || outline.has("vulnerabilities"));
    outline.shape == ReportShape::Object
        && (check || outline.has("meta") && outline.has("scan_results") && outline.head.contains("\"safety_"))
}

/// The scanner's name.
const SCANNER: &str = "Safety";

objects! { "snake_case"
    /// What a report says about its scan.
    struct SafetyMeta {
        scan_target: LenientText<'a>,
        scanned: LenientList<LenientText<'a>>,
        safety_version: LenientText<'a>,
        telemetry: Maybe<SafetyTelemetry<'a>>,
    }

    struct SafetyTelemetry {
        safety_version: LenientText<'a>,
    }

    /// A vulnerability of `safety check`.
    struct SafetyVulnerability {
        #[serde(deserialize_with = "name")]
        vulnerability_id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        package_name: LenientText<'a>,
        vulnerable_spec: LenientList<LenientText<'a>>,
        #[serde(deserialize_with = "name")]
        analyzed_version: LenientText<'a>,
        analyzed_requirement: Maybe<SafetyRequirement<'a>>,
        advisory: LenientText<'a>,
        fixed_versions: LenientList<LenientText<'a>>,
        ignored_reason: LenientText<'a>,
        #[serde(rename = "CVE", deserialize_with = "known_as")]
        cve: SafetyCve,
        severity: Maybe<SafetySeverity<'a>>,
        more_info_url: LenientText<'a>,
    }

    struct SafetyRequirement {
        found: LenientText<'a>,
    }

    struct SafetySeverity {
        cvssv2: Maybe<SafetyScore<'a>>,
        cvssv3: Maybe<SafetyScore<'a>>,
    }

    struct SafetyScore {
        base_score: Number,
        base_severity: LenientText<'a>,
        vector_string: LenientText<'a>,
    }

    /// A package in `safety scan`, with each way in which a file requires it.
    struct SafetyDependency {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        specifications: LenientList<Maybe<SafetySpecification<'a>>>,
    }

    struct SafetySpecification {
        raw: LenientText<'a>,
        vulnerabilities: Maybe<SafetyKnown<'a>>,
    }

    struct SafetyKnown {
        known_vulnerabilities: LenientList<Maybe<SafetyMatch<'a>>>,
        remediation: Maybe<SafetyRemediation<'a>>,
    }

    struct SafetyMatch {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        /// Why it is ignored; without members: it is not.
        ignored: LenientPairs<'a>,
        vulnerable_spec: LenientText<'a>,
    }

    struct SafetyRemediation {
        #[serde(deserialize_with = "name")]
        recommended: LenientText<'a>,
    }
}

/// The CVE of a vulnerability: only its name, or an object that also contains its scores.
#[derive(Debug, Default)]
pub(crate) struct SafetyCve {
    names: String,
    score: Option<f64>,
    vector: Option<String>,
    word: String,
}

fn known_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SafetyCve, D::Error> {
    let AnyValue(value) = AnyValue::deserialize(deserializer)?;
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let names = value.as_str().map(str::to_owned).or_else(|| text(&value, "name")).unwrap_or_default();
    let Some(third) = value.get("cvssv3").filter(|score| score.is_object()) else {
        return Ok(SafetyCve { names, ..SafetyCve::default() });
    };
    Ok(SafetyCve {
        names,
        score: third.get("base_score").and_then(Value::as_f64),
        vector: text(third, "vector_string"),
        word: text(third, "base_severity").unwrap_or_default(),
    })
}

/// What a report says about its scan, wherever it is.
#[derive(Default)]
struct SafetyRun {
    version: Option<String>,
    /// The only file that was scanned.
    manifest: String,
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let run = run(source)?;
    let mut scan = Audit::new(SCANNER, "pypi", "", source).scan(source, None);
    (scan.version, scan.has_results) = (run.version.clone(), false);
    let mut unpinned = SafetyUnpinned::default();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| match key {
        "vulnerabilities" => {
            scan.has_results |= json.peek()? == Some(b'[');
            vulnerabilities(json, source, &run, None, &mut unpinned)
        }
        "ignored_vulnerabilities" => {
            vulnerabilities(json, source, &run, Some(ExclusionReason::Suppressed), &mut unpinned)
        }
        "scan_results" => json.each_entry(|json, key| match key {
            "files" => {
                scan.has_results |= json.peek()? == Some(b'[');
                files(json, source, &mut unpinned)
            }
            "projects" => {
                scan.has_results |= json.peek()? == Some(b'[');
                json.each_element(|json| {
                    json.each_entry(|json, key| match key {
                        "files" => files(json, source, &mut unpinned),
                        _ => Ok(()),
                    })
                })
            }
            _ => Ok(()),
        }),
        _ => Ok(()),
    });
    unpinned.emit(&mut scan, source, json.sink());
    json.sink().scan(scan);
    end
}

/// Looks for what the report says about its scan.
fn run(source: &ReportSource) -> Result<SafetyRun, Problem> {
    let mut run = SafetyRun::default();
    let mut nobody = Nobody;
    // what fails here also fails when the report is read, and is reported there
    let _ = Json::new(&source.name, source.open()?, &mut nobody).each_entry(|json, key| {
        if matches!(key, "report_meta" | "meta") {
            json.value::<SafetyMeta<'_>, _>(|meta, _| {
                let Some(meta) = meta.get() else { return };
                let of_scan = meta.telemetry.get().and_then(|telemetry| telemetry.safety_version.owned());
                run.version = meta.safety_version.owned().or(of_scan);
                if let [file] = &meta.scanned.0[..]
                    && matches!(&*meta.scan_target, "files" | "file")
                {
                    run.manifest = file.to_string();
                }
            })?;
        }
        Ok(())
    });
    Ok(run)
}

/// Reads what `safety check` lists.
fn vulnerabilities(
    json: &mut Json<'_>,
    source: &ReportSource,
    run: &SafetyRun,
    skipped: Option<ExclusionReason>,
    unpinned: &mut SafetyUnpinned,
) -> Result<(), Problem> {
    json.each_element(|json| {
        json.fitting::<SafetyVulnerability<'_>>("vulnerability", |found, sink| {
            if found.package_name.is_empty() {
                return false;
            }
            let place = found.analyzed_requirement.get().map_or("", |one| &*one.found);
            // for an environment, it is the folder in which the package is installed, which no repository has
            let place = path::of_path(place.into(), source);
            let manifest = if path::is_one_file(&place, &place, source) { &*place } else { &*run.manifest };
            let audit = Audit::new(SCANNER, "pypi", manifest, source);
            if skipped.is_some() && found.ignored_reason.contains("ignore-unpinned-requirements") {
                unpinned.note(&audit.manifest, source);
                return true;
            }
            let title = flaw::sentence(&found.advisory);
            sink.finding(audit.finding(AuditAdvisory { title: &title, skipped, ..advisory(found) }));
            true
        })
    })
}

fn advisory<'r>(found: &'r SafetyVulnerability<'r>) -> AuditAdvisory<'r> {
    let mut names: Vec<String> =
        found.cve.names.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    names.push(flaw::name(SCANNER, &found.vulnerability_id, &found.package_name));
    let scores = found.severity.get();
    let third = scores.and_then(|scores| scores.cvssv3.get());
    let second = scores.and_then(|scores| scores.cvssv2.get());
    let score = [third, second]
        .into_iter()
        .flatten()
        .find_map(|one| cvss::of(one.base_score.0, one.vector_string.some()))
        .or_else(|| cvss::of(found.cve.score, found.cve.vector.as_deref()));
    let mut fixed: Vec<_> =
        found.fixed_versions.iter().filter_map(LenientText::owned).map(Into::into).collect();
    if fixed.is_empty() {
        fixed = found.vulnerable_spec.iter().flat_map(|spec| ends(spec)).collect();
    }
    AuditAdvisory {
        names,
        description: &found.advisory,
        url: found.more_info_url.owned(),
        severity: third.map_or(found.cve.word.as_str(), |third| &third.base_severity),
        cvss: score,
        package: &found.package_name,
        version: &found.analyzed_version,
        fixed,
        ..AuditAdvisory::default()
    }
}

/// Reads the files that `safety scan` scanned.
fn files(json: &mut Json<'_>, source: &ReportSource, unpinned: &mut SafetyUnpinned) -> Result<(), Problem> {
    json.each_element(|json| {
        let begin = json.offset();
        let mut location = String::new();
        json.each_entry(|json, key| match key {
            "location" => {
                location = json.word()?;
                Ok(())
            }
            "results" => {
                if location.is_empty() {
                    location = tool::later(json, key, source, begin, "location")?;
                }
                let audit = Audit::new(SCANNER, "pypi", &location, source);
                json.each_entry(|json, key| match key {
                    "dependencies" => json.each_element(|json| dependency(json, &audit, source, unpinned)),
                    _ => Ok(()),
                })
            }
            _ => Ok(()),
        })
    })
}

fn dependency(
    json: &mut Json<'_>,
    audit: &Audit,
    source: &ReportSource,
    unpinned: &mut SafetyUnpinned,
) -> Result<(), Problem> {
    json.object::<SafetyDependency<'_>>("dependency", |package, sink| {
        for specification in package.specifications.objects() {
            let Some(known) = specification.vulnerabilities.get() else { continue };
            let fix_advice = known.remediation.get().map_or("", |fix_advice| &*fix_advice.recommended);
            for found in known.known_vulnerabilities.objects().filter(|found| !found.id.is_empty()) {
                if is_unpinned(found) {
                    unpinned.note(&audit.manifest, source);
                    continue;
                }
                let title =
                    format!("Known vulnerability in {} ({})", &*package.name, &*found.vulnerable_spec);
                let fixed = match fix_advice {
                    "" => ends(&found.vulnerable_spec),
                    version => vec![version.into()],
                };
                sink.finding(audit.finding(AuditAdvisory {
                    names: vec![flaw::name(SCANNER, &found.id, &package.name)],
                    title: &title,
                    package: &package.name,
                    version: pinned(&specification.raw),
                    fixed,
                    skipped: found.ignored.iter().next().map(|_| ExclusionReason::Suppressed),
                    ..AuditAdvisory::default()
                }));
            }
        }
    })
}

/// Whether it is ignored only because the version is not known.
fn is_unpinned(found: &SafetyMatch<'_>) -> bool {
    found.ignored.iter().any(|(key, code)| key == "code" && &**code == "unpinned-specification")
}

/// The only version that a requirement allows: `2.0` of `x==2.0; python_version>'3'`.
fn pinned(requirement: &str) -> &str {
    let exact =
        requirement.split_once("==").map_or("", |(_, version)| version.trim_start_matches(['=', ' ']));
    let end = exact.find([';', ',', ' ', '#', '"', '\'']).unwrap_or(exact.len());
    if requirement.contains(['<', '>', '~', '!', '*']) && !requirement.contains(';') {
        ""
    } else {
        &exact[..end]
    }
}

#[cfg(test)]
mod tests;
