//! Trivy JSON: images, folders, repositories, SBOMs and Kubernetes clusters; schema 2, and the list of results that
//! preceded it.

use std::sync::Arc;

use crate::model::finding::FindingKind;
use crate::model::scan::{NotFinding, Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::shared::failures::Failures;
use crate::report::sink::{Nobody, Sink};

mod finding;
mod target;
mod wire;

use target::TrivyTarget;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "trivy",
    scanners: "Trivy",
    recognised: "a JSON object with `SchemaVersion` and `ArtifactName`, or with `ClusterName`; or a list \
                 of objects with `Target`",
    kinds: &[
        FindingKind::Dependency,
        FindingKind::Container,
        FindingKind::Infrastructure,
        FindingKind::Secret,
    ],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    let any = |keys: &[&str]| keys.iter().any(|key| outline.has(key));
    match outline.shape {
        ReportShape::Object if outline.has("SchemaVersion") => {
            any(&["ArtifactName", "ArtifactType", "Results", "ReportID"])
        }
        ReportShape::Object => outline.has("ClusterName") && any(RESOURCES),
        ReportShape::List => {
            outline.has("Target")
                && any(&["Vulnerabilities", "Misconfigurations", "Secrets", "Type", "Class"])
        }
        _ => false,
    }
}

/// Lists of a cluster's resources, by version.
const RESOURCES: &[&str] = &["Resources", "Findings", "Vulnerabilities", "Misconfigurations"];

/// What was scanned.
struct TrivyArtifact {
    scanner: Arc<str>,
    name: String,
    kind: String,
    /// An image's first tag.
    tag: Option<String>,
    version: Option<String>,
    commit: Option<String>,
    /// Whether it has results: Trivy omits them if it had nothing to scan, or nothing to report.
    has_results: bool,
    /// Whether a resource of the cluster has none.
    lacks_results: bool,
    /// The resources of the cluster that could not be scanned.
    failures: Failures,
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut artifact = TrivyArtifact {
        scanner: "Trivy".into(),
        name: String::new(),
        kind: String::new(),
        tag: None,
        version: None,
        commit: None,
        has_results: false,
        lacks_results: false,
        failures: Failures::default(),
    };
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = match json.peek()? {
        Some(b'[') => {
            artifact.has_results = true;
            results(&mut json, source, &artifact, None)
        }
        _ => json.each_entry(|json, key| {
            let is_list = json.peek()? == Some(b'[');
            match key {
                "Results" => {
                    artifact.has_results |= is_list;
                    if artifact.kind.is_empty() {
                        artifact.look(source)?;
                    }
                    results(json, source, &artifact, None)
                }
                key if RESOURCES.contains(&key) => {
                    artifact.has_results |= is_list;
                    json.each_element(|json| resource(json, source, &mut artifact))
                }
                key => artifact.member(json, key),
            }
        }),
    };
    let success = artifact.failures.emit("Trivy", source, json.sink());
    let has_results = artifact.has_results && !artifact.lacks_results;
    let TrivyArtifact { commit, version, .. } = artifact;
    json.sink().scan(Scan { commit, version, has_results, success, ..Scan::new("Trivy") });
    end
}

/// A Kubernetes resource: its results are about its manifest, or about the images that it runs. One that could not be
/// scanned says so, and has none.
fn resource(json: &mut Json<'_>, source: &ReportSource, artifact: &mut TrivyArtifact) -> Result<(), Problem> {
    let (begin, mut parts, mut has_results) = (json.offset(), TrivyParts::default(), false);
    let mut looked = false;
    json.each_entry(|json, key| {
        if key != "Results" {
            return parts.member(json, key);
        }
        has_results = json.peek()? == Some(b'[');
        if parts.name.is_empty() && !std::mem::replace(&mut looked, true) {
            // if something sorted the members, they come in an order different from Trivy's
            let mut nobody = Nobody;
            let input = json.again(key, source, begin)?;
            let _ =
                Json::new(&source.name, input, &mut nobody).each_entry(|json, key| parts.member(json, key));
        }
        results(json, source, artifact, Some(&parts.named()))
    })?;
    if parts.error.is_empty() {
        artifact.lacks_results |= !has_results;
    } else {
        artifact.failures.note(&parts.named(), &parts.error);
    }
    Ok(())
}

/// The name of a Kubernetes resource, and why it was not scanned.
#[derive(Default)]
struct TrivyParts {
    namespace: String,
    kind: String,
    name: String,
    error: String,
}

impl TrivyParts {
    fn member(&mut self, json: &mut Json<'_>, key: &str) -> Result<(), Problem> {
        match key {
            "Namespace" => self.namespace = json.word()?,
            "Kind" => self.kind = json.word()?,
            "Name" => self.name = json.word()?,
            "Error" => self.error = json.word()?,
            _ => {}
        }
        Ok(())
    }

    fn named(&self) -> String {
        let all: [&str; 3] = [&self.namespace, &self.kind, &self.name];
        let named: Vec<&str> = all.into_iter().filter(|part| !part.is_empty()).collect();
        named.join("/")
    }
}

fn results(
    json: &mut Json<'_>,
    source: &ReportSource,
    artifact: &TrivyArtifact,
    resource: Option<&str>,
) -> Result<(), Problem> {
    json.each_element(|json| {
        let begin = json.offset();
        let mut target = TrivyTarget::default();
        json.each_entry(|json, key| {
            let list = matches!(json.peek()?, Some(b'['));
            match key {
                "Vulnerabilities" | "Misconfigurations" | "Secrets" | "ExperimentalModifiedFindings"
                    if list =>
                {
                    if !target.is_known() {
                        // if something sorted the members, they come in an order different from Trivy's
                        target.look(json, key, source, begin)?;
                    }
                    target.settle(source, artifact, resource);
                    json.each_element(|json| finding::read(json, key, artifact, &target))
                }
                "Licenses" if list => json.each_element(|json| {
                    json.sink().not_findings(NotFinding::License, 1);
                    Ok(())
                }),
                key => target.member(json, key),
            }
        })
    })
}

impl TrivyArtifact {
    fn member(&mut self, json: &mut Json<'_>, key: &str) -> Result<(), Problem> {
        match key {
            "ArtifactName" => self.name = json.word()?,
            "ArtifactType" => self.kind = json.word()?,
            "Trivy" => {
                let version =
                    json.value::<wire::Trivy<'_>, _>(|recorded, _| recorded.get()?.version.owned())?;
                self.version = version.flatten();
            }
            "Metadata" => {
                let recorded = json.value::<wire::TrivyMetadata<'_>, _>(|recorded, _| {
                    let recorded = recorded.get()?;
                    Some((recorded.commit.owned(), recorded.repo_tags.iter().find_map(|tag| tag.owned())))
                })?;
                let (commit, tag) = recorded.flatten().unwrap_or_default();
                self.commit = commit;
                self.tag = tag;
            }
            _ => return Ok(()),
        }
        // an image that was in a file has its own name
        if self.name.is_empty() || self.name.ends_with(".tar.gz") {
            self.name = self.tag.clone().unwrap_or_else(|| std::mem::take(&mut self.name));
        }
        Ok(())
    }

    /// Reads the report without its results: something sorted its members, so that what was scanned comes after them.
    fn look(&mut self, source: &ReportSource) -> Result<(), Problem> {
        let mut nobody = Nobody;
        // what fails here also fails when the report is read, and is reported there
        let _ = Json::new(&source.name, source.open()?, &mut nobody)
            .each_entry(|json, key| self.member(json, key));
        Ok(())
    }

    fn is_image(&self) -> bool {
        self.kind == "container_image"
    }
}

#[cfg(test)]
mod tests;
