//! `composer audit --format=json`: advisories by package, ignored ones separately, and abandoned packages.

use crate::model::finding::{ExclusionReason, FindingKind};
use crate::model::scan::Problem;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::advisory;
use crate::report::shared::audit::{Audit, AuditAdvisory, endless, ends};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "composer-audit",
    scanners: "Composer (`composer audit --format=json`)",
    recognised: "a JSON object with `advisories` grouped by package, and with either `abandoned` or an \
                 `advisoryId` in the advisories",
    kinds: &[FindingKind::Dependency],
    recognise,
    read,
};

objects! { "camelCase"
    /// An advisory of Packagist
    struct ComposerAuditAdvisory {
        advisory_id: LenientText<'a>,
        package_name: LenientText<'a>,
        affected_versions: LenientText<'a>,
        title: LenientText<'a>,
        cve: LenientText<'a>,
        link: LenientText<'a>,
        severity: LenientText<'a>,
        sources: LenientList<Maybe<ComposerAuditOrigin<'a>>>,
    }

    /// Who else has it
    struct ComposerAuditOrigin {
        remote_id: LenientText<'a>,
    }
}

fn recognise(outline: &Outline) -> bool {
    let own = || outline.has("abandoned") || outline.head.contains("\"advisoryId\"");
    outline.shape == ReportShape::Object
        && outline.has("advisories")
        && (own() || outline.keys.len() == 1)
        && !outline.head.contains("\"module_name\"")
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let audit = Audit::new("composer audit", "composer", "composer.lock", source);
    let (mut listed, mut unreachable) = (false, Vec::new());
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| match key {
        "advisories" => {
            listed = matches!(json.peek()?, Some(b'{' | b'['));
            packages(json, &audit, None)
        }
        "unreachable-repositories" => {
            json.each_element(|json| json.word().map(|word| unreachable.push(word)))
        }
        "ignored-advisories" => packages(json, &audit, Some(ExclusionReason::Suppressed)),
        "abandoned" => json.each_entry(|json, package| {
            let instead = json.word()?;
            let advice = match instead.as_str() {
                "" | "true" | "false" => String::new(),
                package => format!("; use {package} instead"),
            };
            let title = format!("{package} is abandoned{advice}");
            json.sink().finding(audit.finding(AuditAdvisory {
                names: vec![format!("abandoned-{package}")],
                title: &title,
                severity: "info",
                package,
                ..AuditAdvisory::default()
            }));
            Ok(())
        }),
        _ => Ok(()),
    });
    if let Some(first) = unreachable.first() {
        let message =
            format!("Composer could not query {} of its repositories: {first:.200}", unreachable.len());
        sink.problem(
            Problem::new(&source.name, message)
                .hint("its findings are read, but no finding counts as gone; run the audit again")
                .foreign(),
        );
    }
    let failed = !listed || !unreachable.is_empty();
    sink.scan(audit.scan(source, failed.then_some(false)));
    end
}

fn packages(json: &mut Json<'_>, audit: &Audit, skipped: Option<ExclusionReason>) -> Result<(), Problem> {
    json.each_entry(|json, package| {
        // PHP writes a list with gaps as an object
        if json.peek()? == Some(b'{') {
            json.each_entry(|json, _| emit(json, audit, package, skipped))
        } else {
            json.each_element(|json| emit(json, audit, package, skipped))
        }
    })
}

fn emit(
    json: &mut Json<'_>,
    audit: &Audit,
    package: &str,
    skipped: Option<ExclusionReason>,
) -> Result<(), Problem> {
    json.object::<ComposerAuditAdvisory<'_>>("advisory", |advisory, sink| {
        let remote = advisory.sources.objects().filter_map(|origin| advisory::id(&origin.remote_id));
        let own = [advisory.advisory_id.owned(), advisory.cve.owned()];
        let others = remote.chain(advisory::ids(&advisory.link)).map(str::to_owned);
        sink.finding(audit.finding(AuditAdvisory {
            names: own.into_iter().flatten().chain(others).collect(),
            title: &advisory.title,
            url: advisory.link.owned(),
            severity: &advisory.severity,
            package: advisory.package_name.some().unwrap_or(package),
            fixed: ends(&advisory.affected_versions),
            unfixed: endless(&advisory.affected_versions),
            skipped,
            ..AuditAdvisory::default()
        }));
    })
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn packages_are_told() {
        let advisory = r#"{"advisoryId":"PKSA-aaaa-bbbb-cccc","packageName":"a/left","affectedVersions":">=2.0,<2.1.1|<1.1.4",
            "title":"Bad","cve":"CVE-2020-1","link":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc","severity":"high",
            "sources":[{"name":"GitHub","remoteId":"GHSA-aaaa-bbbb-cccc"},{"name":"Friends","remoteId":"a/left/CVE-2020-1.yaml"}]}"#;
        let found = "dependency high PKSA-aaaa-bbbb-cccc=CVE-2020-1=GHSA-aaaa-bbbb-cccc pkg:composer/a/left fixed 2.1.1,1.1.4 at composer.lock";
        check_lines(
            &FORMAT,
            &format!(
                r#"{{"advisories":{{"a/left":[{advisory},1],"b/left":{{"1":{advisory}}}}},"ignored-advisories":{{"a/left":[{advisory}]}},
                "abandoned":{{"c/old":"c/new","d/old":null}}}}"#
            ),
            &[
                found,
                "problem is not an advisory and was skipped",
                found,
                &format!("{found} suppressed"),
                "dependency info abandoned-c/old pkg:composer/c/old at composer.lock",
                "dependency info abandoned-d/old pkg:composer/d/old at composer.lock",
                "scan composer audit",
            ],
        );
        check_lines(&FORMAT, r#"{"advisories":[]}"#, &["scan composer audit"]);
        check_lines(&FORMAT, r#"{"advisories":null}"#, &["scan composer audit failed"]);
        check_lines(
            &FORMAT,
            r#"{"advisories":[],"abandoned":[],"unreachable-repositories":["https://x: timeout","y"]}"#,
            &[
                "problem Composer could not query 2 of its repositories: https://x: timeout",
                "scan composer audit failed",
            ],
        );
    }
}
