//! The second-generation answer of the registry as it is: advisories by package, without what is installed.

use crate::model::scan::Problem;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory, endless, ends};
use crate::report::sink::Sink;

use crate::report::readers::dependency::npm::{NpmCvss, cwe, names, score};

objects! { "snake_case"
    /// An advisory on the package
    struct NpmBulkAdvisory {
        id: LenientText<'a>,
        title: LenientText<'a>,
        url: LenientText<'a>,
        severity: LenientText<'a>,
        vulnerable_versions: LenientText<'a>,
        cwe: LenientList<LenientText<'a>>,
        cvss: Maybe<NpmCvss<'a>>,
    }
}

/// Whether it contains nothing but packages with such advisories.
pub(crate) fn recognise(outline: &Outline) -> bool {
    outline.shape == ReportShape::Object
        && ["\"vulnerable_versions\"", "\"url\""].iter().all(|text| outline.head.contains(text))
        && outline.keys.iter().all(|(_, value)| value.is_none())
        && !["advisories", "vulnerabilities", "data"].iter().any(|key| outline.has(key))
}

/// Reads all packages.
pub(crate) fn read(audit: &Audit, source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, package| {
        json.each_element(|json| {
            json.object::<NpmBulkAdvisory<'_>>("advisory", |advisory, sink| {
                sink.finding(audit.finding(AuditAdvisory {
                    names: names("", &advisory.url, &LenientList::default(), &advisory.id),
                    title: &advisory.title,
                    url: advisory.url.owned(),
                    cwe: cwe(&advisory.cwe),
                    severity: &advisory.severity,
                    cvss: score(&advisory.cvss),
                    package,
                    fixed: ends(&advisory.vulnerable_versions),
                    unfixed: endless(&advisory.vulnerable_versions),
                    ..AuditAdvisory::default()
                }));
            })
        })
    });
    sink.scan(audit.scan(source, None));
    end
}

#[cfg(test)]
mod tests {
    use crate::report::readers::dependency::npm::BUN;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn advisories_are_told_by_package() {
        check_lines(
            &BUN,
            r#"{"@a/b":[{"id":1,"url":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc","title":"T","severity":"low",
                "vulnerable_versions":"<4.17.21","cwe":["CWE-77"],"cvss":{"score":7.2,"vectorString":null}},7],
               "c":[{"id":2,"url":"","severity":"critical","vulnerable_versions":"*"}]}"#,
            &[
                "dependency low GHSA-aaaa-bbbb-cccc pkg:npm/%40a/b fixed 4.17.21 at bun.lock",
                "problem is not an advisory and was skipped",
                "dependency critical npm-advisory-2 pkg:npm/c at bun.lock",
                "scan bun audit",
            ],
        );
    }
}
