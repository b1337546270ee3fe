//! The registry's answer of the second generation as it is: advisories by package, without what is installed.

use crate::model::scan::Problem;
use crate::report::detect::{Outline, Shape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{List, Maybe, Text, objects};
use crate::report::parse::source::Source;
use crate::report::shared::audit::{Audit, Told, endless, ends};
use crate::report::sink::Sink;

use crate::report::readers::dependency::npm::{Cvss, cwe, names, score};

objects! { "snake_case"
    /// An advisory on the package
    struct Advisory {
        id: Text<'a>,
        title: Text<'a>,
        url: Text<'a>,
        severity: Text<'a>,
        vulnerable_versions: Text<'a>,
        cwe: List<Text<'a>>,
        cvss: Maybe<Cvss<'a>>,
    }
}

/// Whether nothing but packages with such advisories is told.
pub(crate) fn recognise(outline: &Outline) -> bool {
    outline.shape == Shape::Object
        && ["\"vulnerable_versions\"", "\"url\""].iter().all(|text| outline.head.contains(text))
        && outline.keys.iter().all(|(_, value)| value.is_none())
        && !["advisories", "vulnerabilities", "data"].iter().any(|key| outline.has(key))
}

/// Reads all packages.
pub(crate) fn read(audit: &Audit, source: &Source, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, package| {
        json.each_element(|json| {
            json.object::<Advisory<'_>>("advisory", |advisory, sink| {
                sink.finding(audit.finding(Told {
                    names: names("", &advisory.url, &List::default(), &advisory.id),
                    title: &advisory.title,
                    url: advisory.url.owned(),
                    cwe: cwe(&advisory.cwe),
                    severity: &advisory.severity,
                    cvss: score(&advisory.cvss),
                    package,
                    fixed: ends(&advisory.vulnerable_versions),
                    unfixed: endless(&advisory.vulnerable_versions),
                    ..Told::default()
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
    use crate::report::shared::told::check_lines;

    #[test]
    fn advisories_are_told_by_package() {
        check_lines(
            &BUN,
            r#"{"@a/b":[{"id":1,"url":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc","title":"T","severity":"low",
                "vulnerable_versions":"<4.17.21","cwe":["CWE-77"],"cvss":{"score":7.2,"vectorString":null}},7],
               "c":[{"id":2,"url":"","severity":"critical","vulnerable_versions":"*"}]}"#,
            &[
                "dependency high GHSA-aaaa-bbbb-cccc pkg:npm/%40a/b fixed 4.17.21 at bun.lock",
                "problem is no advisory: it is passed over",
                "dependency critical npm-advisory-2 pkg:npm/c at bun.lock",
                "scan bun audit",
            ],
        );
    }
}
