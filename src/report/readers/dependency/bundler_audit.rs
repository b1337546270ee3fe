//! `bundle-audit check --format json`: unpatched gems, and insecure sources.

use crate::model::finding::FindingKind;
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory, starts};
use crate::report::shared::cvss;
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "bundler-audit",
    scanners: "bundler-audit (`bundle-audit check --format json`)",
    recognised: "a JSON object with `version`, `created_at` and `results`",
    kinds: &[FindingKind::Dependency],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && ["version", "created_at", "results"].iter().all(|key| outline.has(key))
    },
    read,
};

objects! { "snake_case"
    /// A result
    struct BundlerAuditResult {
        r#type: LenientText<'a>,
        source: LenientText<'a>,
        gem: Maybe<Gem<'a>>,
        advisory: Maybe<BundlerAuditAdvisory<'a>>,
    }

    /// A gem
    struct Gem {
        name: LenientText<'a>,
        version: LenientText<'a>,
    }

    /// An advisory of ruby-advisory-db
    struct BundlerAuditAdvisory {
        id: LenientText<'a>,
        url: LenientText<'a>,
        title: LenientText<'a>,
        description: LenientText<'a>,
        cvss_v2: Number,
        cvss_v3: Number,
        cve: LenientText<'a>,
        ghsa: LenientText<'a>,
        patched_versions: Option<LenientList<LenientText<'a>>>,
        criticality: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> std::result::Result<(), Problem> {
    let audit = Audit::new("bundler-audit", "gem", "Gemfile.lock", source);
    let (mut version, mut listed) = (String::new(), false);
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| match key {
        "version" => json.word().map(|word| version = word),
        "results" => {
            listed = json.peek()? == Some(b'[');
            json.each_element(|json| {
                json.object::<BundlerAuditResult<'_>>("result", |result, sink| emit(&audit, result, sink))
            })
        }
        _ => Ok(()),
    });
    let version = Some(version).filter(|word| !word.is_empty());
    sink.scan(Scan { version, ..audit.scan(source, (!listed).then_some(false)) });
    end
}

fn emit(audit: &Audit, result: &BundlerAuditResult<'_>, sink: &mut dyn Sink) {
    let unknown = Gem::default();
    let gem = result.gem.get().unwrap_or(&unknown);
    let Some(advisory) = result.advisory.get() else {
        let message = format!("Insecure source: {}", &*result.source);
        sink.finding(audit.rule(&result.r#type, "", &message, ""));
        return;
    };
    // some versions write the whole name
    let with = |prefix: &str, number: &LenientText<'_>| {
        let has_prefix =
            |text: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        number.some().map(|text| match has_prefix(text) {
            true => format!("{prefix}{}", &text[prefix.len()..]),
            false => format!("{prefix}{text}"),
        })
    };
    let names = [advisory.id.owned(), with("CVE-", &advisory.cve), with("GHSA-", &advisory.ghsa)];
    let patched = advisory.patched_versions.iter().flat_map(|all| all.iter());
    sink.finding(audit.finding(AuditAdvisory {
        names: names.into_iter().flatten().collect(),
        title: &advisory.title,
        description: &advisory.description,
        url: advisory.url.owned(),
        severity: &advisory.criticality,
        cvss: cvss::of(advisory.cvss_v3.0, None).or_else(|| cvss::of(advisory.cvss_v2.0, None)),
        package: &gem.name,
        version: &gem.version,
        fixed: patched.flat_map(|range| starts(range)).collect(),
        unfixed: advisory.patched_versions.is_some(),
        ..AuditAdvisory::default()
    }));
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn gems_and_sources_are_told() {
        check_lines(
            &FORMAT,
            r#"{"version":"0.9","created_at":"2026","results":[
            {"type":"insecure_source","source":"http://gems.example"},
            {"type":"unpatched_gem","gem":{"name":"left","version":"1.0"},"advisory":{"id":"CVE-2020-1","cve":"2020-1",
             "ghsa":"aaaa-bbbb-cccc","title":"Bad","cvss_v3":9.1,"patched_versions":["~> 1.1.2",">= 2.0"],"criticality":"low"}},
            {"type":"unpatched_gem","gem":{"name":"old"},"advisory":{"id":"OSVDB-1","criticality":"low"}},
            {"type":"unpatched_gem","gem":{"name":"old"},"advisory":{"id":"CVE-2020-2","cve":"CVE-2020-2","ghsa":"ghsa-aaaa-bbbb-dddd"}},
            null]}"#,
            &[
                "dependency medium insecure_source: Insecure source: http://gems.example at Gemfile.lock",
                "dependency low CVE-2020-1=GHSA-aaaa-bbbb-cccc pkg:gem/left@1.0 fixed 1.1.2,2.0 at Gemfile.lock",
                "dependency low OSVDB-1 pkg:gem/old at Gemfile.lock",
                "dependency medium CVE-2020-2=GHSA-aaaa-bbbb-dddd pkg:gem/old at Gemfile.lock",
                "problem is not a result and was skipped",
                "scan bundler-audit 0.9",
            ],
        );
        check_lines(
            &FORMAT,
            r#"{"version":"0.9","created_at":"2026","results":null}"#,
            &["scan bundler-audit 0.9 failed"],
        );
    }
}
