//! `pip-audit --format json`: packages with their vulnerabilities, or with why they were skipped.

use crate::model::finding::FindingKind;
use crate::model::scan::Problem;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "pip-audit",
    scanners: "pip-audit (`--format json`)",
    recognised: "a JSON object that contains only `dependencies` and possibly `fixes`, or a list of \
                 objects with `name` and either `vulns` or `skip_reason`",
    kinds: &[FindingKind::Dependency],
    recognise,
    read,
};

objects! { "snake_case"
    /// A package
    struct PipAuditPackage {
        name: LenientText<'a>,
        version: LenientText<'a>,
        vulns: LenientList<Maybe<PipAuditVulnerability<'a>>>,
        skip_reason: LenientText<'a>,
    }

    /// A vulnerability of its version
    struct PipAuditVulnerability {
        id: LenientText<'a>,
        fix_versions: Option<LenientList<LenientText<'a>>>,
        aliases: LenientList<LenientText<'a>>,
        description: LenientText<'a>,
    }
}

fn recognise(outline: &Outline) -> bool {
    let known = |key: &str| matches!(key, "dependencies" | "fixes");
    match outline.shape {
        // manifests of other tools have dependencies, too
        ReportShape::Object => {
            let inside = ["\"vulns\"", "\"skip_reason\""].iter().any(|key| outline.head.contains(key));
            outline.has("dependencies")
                && outline.keys.iter().all(|(key, _)| known(key))
                && (inside || outline.has("fixes") || outline.is(r#"{"dependencies":[]}"#))
        }
        ReportShape::List => outline.has("name") && (outline.has("vulns") || outline.has("skip_reason")),
        _ => false,
    }
}

/// What was skipped, and the first reason: nothing is proven about these.
#[derive(Default)]
struct Skipped {
    packages: usize,
    skipped: usize,
    reason: String,
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let audit = Audit::new("pip-audit", "pypi", "", source);
    let mut skipped = Skipped::default();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = if json.peek()? == Some(b'[') {
        packages(&mut json, &audit, &mut skipped)
    } else {
        json.each_entry(|json, key| match key {
            "dependencies" => packages(json, &audit, &mut skipped),
            _ => Ok(()),
        })
    };
    let failed = skipped.skipped > 0;
    if failed {
        let every = skipped.skipped == skipped.packages;
        let (what, hint) = match every {
            true => (
                "every package".to_owned(),
                "make sure that pip-audit can reach its vulnerability \
                                                  service",
            ),
            false => (
                format!("{} of {} packages", skipped.skipped, skipped.packages),
                "the findings are read, but no finding counts as gone; exclude from the audit any packages \
                 that are not on an index",
            ),
        };
        let message = format!("pip-audit skipped {what}: {:.200}", skipped.reason);
        sink.problem(Problem::new(&source.name, message).hint(hint));
    }
    sink.scan(audit.scan(source, failed.then_some(false)));
    end
}

fn packages(json: &mut Json<'_>, audit: &Audit, skipped: &mut Skipped) -> Result<(), Problem> {
    json.each_element(|json| {
        let read = json.value::<PipAuditPackage<'_>, _>(|package, sink| {
            let package = package.get()?;
            skipped.packages += 1;
            if let Some(reason) = package.skip_reason.some() {
                skipped.skipped += 1;
                if skipped.reason.is_empty() {
                    reason.clone_into(&mut skipped.reason);
                }
            }
            for one in package.vulns.objects() {
                let names = [&one.id].into_iter().chain(one.aliases.iter());
                sink.finding(
                    audit.finding(AuditAdvisory {
                        names: names.filter_map(LenientText::owned).collect(),
                        description: &one.description,
                        is_markdown: true,
                        package: &package.name,
                        version: &package.version,
                        fixed: one
                            .fix_versions
                            .iter()
                            .flat_map(|all| all.iter())
                            .filter_map(LenientText::some)
                            .map(Into::into)
                            .collect(),
                        unfixed: one.fix_versions.is_some(),
                        ..AuditAdvisory::default()
                    }),
                );
            }
            Some(package.vulns.strays())
        })?;
        json.strays(read, "package", "vulnerability");
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn packages_are_told() {
        let package = r#"{"name":"Some_Thing","version":"1.0","vulns":[{"id":"PYSEC-2020-1","fix_versions":["1.1","1.2"],
            "aliases":["CVE-2020-1"],"description":"Bad."}]}"#;
        let found = "dependency medium PYSEC-2020-1=CVE-2020-1 pkg:pypi/some-thing@1.0 fixed 1.1,1.2";
        let skipped = r#"{"name":"own","skip_reason":"not found"}"#;
        check_lines(
            &FORMAT,
            &format!(r#"{{"dependencies":[{package},{skipped}],"fixes":[]}}"#),
            &[found, "problem pip-audit skipped 1 of 2 packages: not found", "scan pip-audit failed"],
        );
        check_lines(
            &FORMAT,
            &format!("[{package},7]"),
            &[found, "problem is not a package and was skipped", "scan pip-audit"],
        );
        check_lines(&FORMAT, r#"{"dependencies":[]}"#, &["scan pip-audit"]);
        check_lines(
            &FORMAT,
            &format!("[{skipped}]"),
            &["problem pip-audit skipped every package: not found", "scan pip-audit failed"],
        );
    }
}
