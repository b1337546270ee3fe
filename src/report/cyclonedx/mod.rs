//! CycloneDX 1.0 to 1.7, JSON and XML, with the vulnerability extension of 1.0 to 1.3. What is called
//! not affected is set aside here and wherever else it is found.
//!
//! Vulnerabilities name components that may come anywhere, so a report with vulnerabilities is read twice.

use std::io::Read;

use crate::model::finding::Kind;
use crate::model::scan::Problem;

use super::each::Json;
use super::formats::{Format, Outline, Shape};
use super::source::Source;
use super::xml::Xml;
use super::{Nobody, Sink};

mod context;
mod finding;
mod wire;

use context::Context;

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "cyclonedx",
    scanners: "Trivy, Grype, Dependency-Track and every other that writes CycloneDX",
    recognised: "a JSON object with `bomFormat: CycloneDX`, or XML with `bom` of CycloneDX's name space",
    kinds: &[Kind::Dependency, Kind::Container],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    match outline.shape {
        Shape::Object => {
            outline.value("bomFormat") == Some("CycloneDX")
                || outline.value("$schema").is_some_and(|schema| schema.contains("cyclonedx.org/schema/bom"))
        }
        Shape::Markup => outline.root == "bom" && outline.head.contains("cyclonedx.org/schema/bom"),
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

fn read(source: &Source, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut context = Context::default();
    let xml = Outline::of(source)?.shape == Shape::Markup;
    // the singular is the extension's
    if source.mentions(b"vulnerabilit")? {
        // what ends this reading ends the next as well, and is told there
        let _ = match xml {
            true => xml_parts(source, source.open()?, &mut context),
            false => json_parts(source, source.open()?, &mut context, sink),
        };
    }
    context.settle();
    let end = match xml {
        true => xml_vulnerabilities(source, &mut context, sink),
        false => json_vulnerabilities(source, &mut context, sink),
    };
    sink.scan(context.scan());
    end
}

fn json_parts(
    source: &Source,
    input: Box<dyn Read>,
    context: &mut Context,
    sink: &mut dyn Sink,
) -> Result<(), Problem> {
    Json::new(&source.name, input, sink).each_entry(|json, key| {
        match key {
            "metadata" => {
                json.value::<wire::Metadata<'_>, _>(|found, _| found.get().map(|one| context.metadata(one)))?;
            }
            "components" => json.each_element(|json| {
                json.value::<wire::Component<'_>, _>(|found, _| {
                    found.get().map(|one| context.component(one))
                })?;
                Ok(())
            })?,
            "dependencies" => json.each_element(|json| {
                json.value::<wire::Dependency<'_>, _>(|found, _| {
                    found.get().map(|one| context.dependency(one))
                })?;
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })
}

fn json_vulnerabilities(source: &Source, context: &mut Context, sink: &mut dyn Sink) -> Result<(), Problem> {
    Json::new(&source.name, source.open()?, sink).each_entry(|json, key| {
        if key == "vulnerabilities" && json.peek()? == Some(b'[') {
            context.has_results = true;
            return json.each_element(|json| {
                json.object::<wire::Vulnerability<'_>>("vulnerability", |one, sink| {
                    finding::tell(one, "", context, source, sink)
                })
            });
        }
        Ok(())
    })
}

fn xml_parts(source: &Source, input: Box<dyn Read>, context: &mut Context) -> Result<(), Problem> {
    let mut nobody = Nobody;
    Xml::new(&source.name, input, LISTS, &mut nobody).root(|xml, _| {
        xml.each_child(|xml, name| match name {
            "metadata" => {
                xml.value::<wire::Metadata<'_>, _>(|found, _| found.get().map(|one| context.metadata(one)))?;
                Ok(())
            }
            "components" => xml.each_child(|xml, _| {
                xml.value::<wire::Component<'_>, _>(|found, _| {
                    found.get().map(|one| context.component(one))
                })?;
                Ok(())
            }),
            "dependencies" => xml.each_child(|xml, _| {
                xml.value::<wire::Dependency<'_>, _>(|found, _| {
                    found.get().map(|one| context.dependency(one))
                })?;
                Ok(())
            }),
            _ => Ok(()),
        })
    })
}

fn xml_vulnerabilities(source: &Source, context: &mut Context, sink: &mut dyn Sink) -> Result<(), Problem> {
    Xml::new(&source.name, source.open()?, LISTS, sink).root(|xml, _| {
        xml.each_child(|xml, name| match name {
            "vulnerabilities" => {
                context.has_results = true;
                xml.each_child(|xml, _| {
                    xml.value::<wire::Vulnerability<'_>, _>(|found, sink| {
                        found.get().map(|one| finding::tell(one, "", context, source, sink))
                    })?;
                    Ok(())
                })
            }
            "components" => xml.each_child(|xml, _| {
                xml.value::<wire::Component<'_>, _>(|found, sink| {
                    found.get().map(|one| extension(one, context, source, sink))
                })?;
                Ok(())
            }),
            _ => Ok(()),
        })
    })
}

/// Vulnerabilities within a component.
fn extension(component: &wire::Component<'_>, context: &mut Context, source: &Source, sink: &mut dyn Sink) {
    let reference = Context::reference(component);
    for one in component.vulnerabilities.objects() {
        context.has_results = true;
        finding::tell(one, &reference, context, source, sink);
    }
    component.components.objects().for_each(|inner| extension(inner, context, source, sink));
}

#[cfg(test)]
mod tests {
    use crate::report::told::{self, check};

    const RATING: &str = r#"{"source":{"name":"nvd"},"score":7.5,"severity":"high","method":"CVSSv31","vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}"#;

    fn json(rest: &str) -> String {
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6",{rest}}}"#)
    }

    #[test]
    fn a_vulnerability_is_a_finding_a_component() {
        let report = json(&format!(
            r#""vulnerabilities":[{{"id":"GHSA-1","source":{{"name":"ghsa","url":"https://x"}},"references":[{{"id":"CVE-1"}}],"ratings":[{RATING}],"cwes":[79],
            "description":"Bad merge. More.","affects":[{{"ref":"a"}},{{"ref":"b","versions":[{{"version":"2","status":"unaffected"}}]}}]}}],
            "metadata":{{"tools":{{"components":[{{"name":"trivy","version":"0.69"}}]}},"component":{{"bom-ref":"app","type":"application","name":"."}}}},
            "components":[{{"bom-ref":"lock","type":"application","name":"web/package-lock.json"}},
            {{"bom-ref":"a","type":"library","name":"a","version":"1","purl":"pkg:npm/a@1","components":[{{"bom-ref":"b","name":"b","version":"1","purl":"pkg:npm/b@1"}}]}}],
            "dependencies":[{{"ref":"app","dependsOn":["lock"]}},{{"ref":"lock","dependsOn":["a"]}},{{"ref":"a","dependsOn":["b"]}}]"#
        ));
        check(
            "cyclonedx",
            &report,
            told::full,
            &[
                "dependency Trivy high GHSA-1=CVE-1 pkg:npm/a@1 in web/package-lock.json:0 cvss 7.5: Bad merge",
                "dependency Trivy high GHSA-1=CVE-1 pkg:npm/b@1 fixed 2 by a>b in web/package-lock.json:0 cvss 7.5: Bad merge",
                "scan Trivy 0.69",
            ],
        );
    }

    #[test]
    fn an_image_is_where_its_packages_are() {
        let report = json(
            r#""metadata":{"tools":[{"name":"grype","version":"[not provided]"}],"component":{"bom-ref":"i","type":"container","name":"shop:1"}},
            "components":[{"bom-ref":"z","name":"zlib","purl":"pkg:apk/alpine/zlib@1"}],
            "vulnerabilities":[{"id":"CVE-1","affects":[{"ref":"z"}]}]"#,
        );
        check("cyclonedx", &report, told::place, &["container pkg:apk/alpine/zlib@1 shop:1:0", "scan Grype"]);
    }

    #[test]
    fn an_analysis_sets_aside_here_and_elsewhere() {
        let one = |state: &str, reference: &str| {
            format!(
                r#"{{"id":"CVE-1","references":[{{"id":"GHSA-1"}}],"analysis":{{"state":"{state}","justification":"code_not_reachable","detail":"d"}},"affects":[{{"ref":"{reference}"}}]}}"#
            )
        };
        let report = json(&format!(
            r#""metadata":{{"component":{{"bom-ref":"app","name":"shop"}}}},"vulnerabilities":[{},{},{},{}]"#,
            one("not_affected", "pkg:npm/a@1"),
            one("false_positive", "app"),
            one("resolved", "urn:cdx:1/1#pkg:npm/b@2"),
            one("exploitable", "app"),
        ));
        let words = "code_not_reachable: d";
        check(
            "cyclonedx",
            &report,
            told::aside,
            &[
                &format!("vex CVE-1=GHSA-1 pkg:npm/a@1: not_affected, {words}"),
                "not-affected",
                &format!("vex CVE-1=GHSA-1 anywhere: false_positive, {words}"),
                "not-affected",
                &format!("vex CVE-1=GHSA-1 pkg:npm/b@2: resolved, {words}"),
                "not-affected",
                "kept",
                "scan CycloneDX",
            ],
        );
    }

    #[test]
    fn a_bill_without_vulnerabilities_holds_no_findings() {
        check(
            "cyclonedx",
            &json(r#""components":[{"name":"a"}]"#),
            told::place,
            &["scan CycloneDX without results"],
        );
        check("cyclonedx", &json(r#""vulnerabilities":[]"#), told::place, &["scan CycloneDX"]);
        let xml = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components/></bom>"#;
        check("cyclonedx", xml, told::place, &["scan CycloneDX without results"]);
    }

    #[test]
    fn what_is_cut_off_is_told() {
        let report = json(r#""vulnerabilities":[{"id":"CVE-1","affects":[{"ref":"pkg:npm/a@1"}]}"#);
        let cut = report.trim_end_matches('}');
        check("cyclonedx", cut, told::place, &["scan CycloneDX", "cut the file ends in the middle"]);
    }

    #[test]
    fn xml_is_read_alike() {
        let report = r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1">
            <metadata><tools><tool><vendor>v</vendor><name>Dependency-Track</name><version>4</version></tool></tools><component bom-ref="app" type="application"><name>shop</name></component></metadata>
            <components><component bom-ref="a" type="library"><group>org.a</group><name>a</name><version>1</version><purl>pkg:maven/org.a/a@1</purl>
            <components><component bom-ref="b"><name>b</name><version>1</version><purl>pkg:maven/b@1</purl></component></components></component></components>
            <dependencies><dependency ref="app"><dependency ref="a"/></dependency><dependency ref="a"><dependency ref="b"/></dependency></dependencies>
            <vulnerabilities><vulnerability><id>CVE-1</id><source><name>NVD</name></source><references><reference><id>GHSA-1</id></reference></references>
            <ratings><rating><source><name>NVD</name></source><score>9.8</score><severity>critical</severity><method>CVSSv3</method></rating></ratings>
            <cwes><cwe>79</cwe></cwes><description>Bad &amp; ugly</description>
            <affects><target><ref>b</ref><versions><version><version>1</version><status>affected</status></version></versions></target></affects></vulnerability></vulnerabilities></bom>"#;
        check(
            "cyclonedx",
            report,
            told::full,
            &[
                "dependency Dependency-Track critical CVE-1=GHSA-1 pkg:maven/b@1 by org.a:a>b in :0 cvss 9.8: Bad & ugly",
                "scan Dependency-Track 4",
            ],
        );
    }

    #[test]
    fn the_old_extension_is_read() {
        let report = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.2" xmlns:v="http://cyclonedx.org/schema/ext/vulnerability/1.0">
            <components><component bom-ref="a"><name>a</name><version>1</version><purl>pkg:npm/a@1</purl>
            <v:vulnerabilities><v:vulnerability ref="a"><v:id>CVE-1</v:id><v:ratings><v:rating><v:score><v:base>9.8</v:base></v:score><v:severity>Critical</v:severity>
            <v:method>CVSSv3</v:method><v:vector>AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</v:vector></v:rating></v:ratings></v:vulnerability></v:vulnerabilities></component></components>
            <v:vulnerabilities><v:vulnerability ref="a"><v:id>CVE-2</v:id></v:vulnerability></v:vulnerabilities></bom>"#;
        check(
            "cyclonedx",
            report,
            |finding| format!("{} {}", finding.rule.id, finding.severity),
            &["CVE-1 critical", "CVE-2 medium", "scan CycloneDX"],
        );
    }
}
