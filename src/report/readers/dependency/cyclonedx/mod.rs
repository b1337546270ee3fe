//! CycloneDX 1.0 to 1.7, JSON and XML, with the vulnerability extension of 1.0 to 1.3. What is called not affected is
//! skipped here and wherever else it is found.
//!
//! Vulnerabilities name components that may come anywhere and may contradict each other, so a report with
//! vulnerabilities is read more than once.

use crate::model::finding::FindingKind;
use crate::model::scan::{NotFinding, Problem};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::parse::xml::Xml;
use crate::report::sink::{Nobody, Sink};

mod context;
mod finding;
mod versions;
mod wire;

use context::CycloneDxContext;
use finding::Opened;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "cyclonedx",
    scanners: "Trivy, Grype, Dependency-Track and any other tool that writes CycloneDX",
    recognised: "a JSON object with `bomFormat: CycloneDX`, or XML with the root element `bom` in \
                 CycloneDX's namespace",
    kinds: &[FindingKind::Dependency, FindingKind::Container],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    match outline.shape {
        ReportShape::Object => {
            outline.value("bomFormat") == Some("CycloneDX")
                || outline.value("$schema").is_some_and(|schema| schema.contains("cyclonedx.org/schema/bom"))
        }
        ReportShape::Markup => outline.root == "bom" && outline.head.contains("cyclonedx.org/schema/bom"),
        _ => false,
    }
}

/// Elements of XML that are lists in JSON.
const LISTS: &[&str] = &[
    "affects",
    "advisories",
    "components",
    "cwes",
    "occurrences",
    "properties",
    "ratings",
    "recommendations",
    "references",
    "versions",
    "vulnerabilities",
];

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut context = CycloneDxContext::default();
    let xml = Outline::of(source)?.shape == ReportShape::Markup;
    // the singular is used by the extension
    if source.mentions(b"vulnerabilit")? {
        // what ends this reading also ends the next, and is reported there
        let _ = walk(xml, source, &["metadata", "dependencies"], sink, &mut |part, _| match part {
            CycloneDxModPart::Metadata(metadata) => context.metadata(metadata),
            CycloneDxModPart::Dependency(dependency) => context.dependency(dependency),
            CycloneDxModPart::Component(_)
            | CycloneDxModPart::Vulnerabilities
            | CycloneDxModPart::Vulnerability(_) => {}
        });
        let _ = each_vulnerability(xml, source, &mut Nobody, &mut |found, _| {
            found.iter().for_each(|(one, within)| context.affected(one, within));
        });
        context.settle();
        // of hundreds of thousands of components, only those that are reported are kept
        let recorded: &mut dyn Sink = if xml { &mut Nobody } else { &mut *sink };
        let _ = walk(xml, source, &["components"], recorded, &mut |part, _| {
            if let CycloneDxModPart::Component(component) = part {
                context.component(component, false);
            }
        });
        if source.mentions(b"exploitable")? || source.mentions(b"in_triage")? {
            // if two entries contradict each other, neither order nor position decides
            let mut opened = Opened::default();
            let _ = each_vulnerability(xml, source, &mut Nobody, &mut |found, _| {
                found.iter().for_each(|(one, within)| opened.note(one, within, &context));
            });
            context.opened = opened;
        }
    }
    let mut has_results = false;
    let end = each_vulnerability(xml, source, sink, &mut |found, sink| {
        has_results = true;
        if let Some((one, within)) = found {
            finding::emit(one, within, &context, source, sink);
        }
    });
    context.has_results = has_results;
    if !has_results {
        let mut components = 0;
        // what ends this reading ended the one before, and was reported there
        let _ = walk(xml, source, &["components"], &mut Nobody, &mut |part, _| {
            components += usize::from(matches!(part, CycloneDxModPart::Component(_)));
        });
        sink.not_findings(NotFinding::Component, components);
    }
    sink.scan(context.scan());
    end
}

/// A part of a bill of materials.
enum CycloneDxModPart<'p, 'r> {
    Metadata(&'p wire::CycloneDxMetadata<'r>),
    Component(&'p wire::CycloneDxComponent<'r>),
    Dependency(&'p wire::CycloneDxDependency<'r>),
    /// A list of them begins.
    Vulnerabilities,
    Vulnerability(&'p wire::CycloneDxVulnerability<'r>),
}

type Visit<'v> = &'v mut dyn FnMut(CycloneDxModPart<'_, '_>, &mut dyn Sink);

/// Visits the parts under some keys, in the order of the file.
fn walk(
    xml: bool,
    source: &ReportSource,
    keys: &[&str],
    sink: &mut dyn Sink,
    visit: Visit<'_>,
) -> Result<(), Problem> {
    if xml { in_xml(source, keys, sink, visit) } else { in_json(source, keys, sink, visit) }
}

fn in_json(
    source: &ReportSource,
    keys: &[&str],
    sink: &mut dyn Sink,
    visit: Visit<'_>,
) -> Result<(), Problem> {
    Json::new(&source.name, source.open()?, sink).each_entry(|json, key| {
        match key {
            _ if !keys.contains(&key) => {}
            "metadata" => {
                json.value::<wire::CycloneDxMetadata<'_>, _>(|found, sink| {
                    found.get().map(|one| visit(CycloneDxModPart::Metadata(one), sink))
                })?;
            }
            "components" => json.each_element(|json| {
                json.value::<wire::CycloneDxComponent<'_>, _>(|found, sink| {
                    found.get().map(|one| visit(CycloneDxModPart::Component(one), sink))
                })?;
                Ok(())
            })?,
            "dependencies" => json.each_element(|json| {
                json.value::<wire::CycloneDxDependency<'_>, _>(|found, sink| {
                    found.get().map(|one| visit(CycloneDxModPart::Dependency(one), sink))
                })?;
                Ok(())
            })?,
            "vulnerabilities" if json.peek()? == Some(b'[') => {
                visit(CycloneDxModPart::Vulnerabilities, &mut Nobody);
                json.each_element(|json| {
                    json.object::<wire::CycloneDxVulnerability<'_>>("vulnerability", |one, sink| {
                        visit(CycloneDxModPart::Vulnerability(one), sink);
                    })
                })?;
            }
            "vulnerabilities" if json.peek()? != Some(b'n') => {
                let problem = json.problem("is not a list of vulnerabilities and was skipped");
                json.sink().problem(problem);
            }
            _ => {}
        }
        Ok(())
    })
}

fn in_xml(
    source: &ReportSource,
    keys: &[&str],
    sink: &mut dyn Sink,
    visit: Visit<'_>,
) -> Result<(), Problem> {
    Xml::new(&source.name, source.open()?, LISTS, sink).root(|xml, _| {
        xml.each_child(|xml, name| match name {
            _ if !keys.contains(&name) => Ok(()),
            "metadata" => {
                xml.value::<wire::CycloneDxMetadata<'_>, _>(|found, sink| {
                    found.get().map(|one| visit(CycloneDxModPart::Metadata(one), sink))
                })?;
                Ok(())
            }
            "components" => xml.each_child(|xml, _| {
                xml.value::<wire::CycloneDxComponent<'_>, _>(|found, sink| {
                    found.get().map(|one| visit(CycloneDxModPart::Component(one), sink))
                })?;
                Ok(())
            }),
            "dependencies" => xml.each_child(|xml, _| {
                xml.value::<wire::CycloneDxDependency<'_>, _>(|found, sink| {
                    found.get().map(|one| visit(CycloneDxModPart::Dependency(one), sink))
                })?;
                Ok(())
            }),
            "vulnerabilities" => {
                visit(CycloneDxModPart::Vulnerabilities, &mut Nobody);
                xml.each_child(|xml, _| {
                    xml.value::<wire::CycloneDxVulnerability<'_>, _>(|found, sink| {
                        found.get().map(|one| visit(CycloneDxModPart::Vulnerability(one), sink))
                    })?;
                    Ok(())
                })
            }
            _ => Ok(()),
        })
    })
}

/// A vulnerability, and the reference of the component that contains it; empty: none does.
type CycloneDxHeld<'p, 'r> = (&'p wire::CycloneDxVulnerability<'r>, &'p str);

/// Visits each vulnerability; `None`: a list of them starts here.
fn each_vulnerability(
    xml: bool,
    source: &ReportSource,
    sink: &mut dyn Sink,
    visit: &mut dyn FnMut(Option<CycloneDxHeld<'_, '_>>, &mut dyn Sink),
) -> Result<(), Problem> {
    // in the extension, which is XML, they are within components
    let keys: &[&str] = if xml { &["components", "vulnerabilities"] } else { &["vulnerabilities"] };
    walk(xml, source, keys, sink, &mut |part, sink| match part {
        CycloneDxModPart::Component(component) => extension(component, sink, visit),
        CycloneDxModPart::Vulnerabilities => visit(None, sink),
        CycloneDxModPart::Vulnerability(one) => visit(Some((one, "")), sink),
        CycloneDxModPart::Metadata(_) | CycloneDxModPart::Dependency(_) => {}
    })
}

/// Visits the vulnerabilities within a component.
fn extension(
    component: &wire::CycloneDxComponent<'_>,
    sink: &mut dyn Sink,
    visit: &mut dyn FnMut(Option<CycloneDxHeld<'_, '_>>, &mut dyn Sink),
) {
    let reference = CycloneDxContext::reference(component);
    component.vulnerabilities.objects().for_each(|one| visit(Some((one, &reference)), sink));
    component.components.objects().for_each(|inner| extension(inner, sink, visit));
}

#[cfg(test)]
mod tests;
