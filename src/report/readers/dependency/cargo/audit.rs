//! `cargo audit --json`: vulnerable crates in a lock file, and warnings about others.

use std::sync::Arc;

use crate::model::finding::{Finding, FindingKind, Help, Rule};
use crate::model::scan::Problem;
use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory, starts};
use crate::report::sink::Sink;

use crate::report::readers::dependency::cargo::{CargoAdvisory, CargoPackage, advise, lock_file, worth};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "cargo-audit",
    scanners: "cargo-audit (`cargo audit --json`)",
    recognised: "a JSON object with `vulnerabilities`, and either `database` and `lockfile` or RustSec advisories",
    kinds: &[FindingKind::Dependency],
    recognise,
    read,
};

objects! { "snake_case"
    /// A vulnerability, or a warning
    struct CargoAuditEntry {
        kind: LenientText<'a>,
        advisory: Maybe<CargoAdvisory<'a>>,
        versions: Maybe<CargoAuditVersions<'a>>,
        package: Maybe<CargoPackage<'a>>,
    }

    /// Which versions are good
    struct CargoAuditVersions {
        patched: LenientList<LenientText<'a>>,
    }
}

fn recognise(outline: &Outline) -> bool {
    let rust = || outline.head.contains("\"RUSTSEC-") && outline.head.contains("\"patched\"");
    outline.shape == ReportShape::Object
        && outline.has("vulnerabilities")
        && (outline.has("database") && outline.has("lockfile") || rust())
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let audit = lock_file("cargo-audit", source);
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| match key {
        // they are in `list`, with their number; other writers differ
        "vulnerabilities" => json.each_entry(|json, key| match key {
            "found" | "count" => Ok(()),
            _ => json.each_element(|json| entry(json, &audit)),
        }),
        "warnings" if json.peek()? == Some(b'[') => json.each_element(|json| entry(json, &audit)),
        "warnings" => json.each_entry(|json, _| json.each_element(|json| entry(json, &audit))),
        _ => Ok(()),
    });
    sink.scan(audit.scan(source, None));
    end
}

fn entry(json: &mut Json<'_>, audit: &Audit) -> Result<(), Problem> {
    json.fitting::<CargoAuditEntry<'_>>("vulnerability", |entry, sink| {
        if entry.advisory.get().is_none() && entry.package.get().is_none() {
            return false;
        }
        emit(audit, entry, sink);
        true
    })
}

fn emit(audit: &Audit, entry: &CargoAuditEntry<'_>, sink: &mut dyn Sink) {
    if let (None, "yanked", Some(package)) = (entry.advisory.get(), &*entry.kind, entry.package.get()) {
        return sink.finding(yanked(audit, package));
    }
    let mut recorded = entry.advisory.get().map_or_else(AuditAdvisory::default, advise);
    if let Some(package) = entry.package.get() {
        recorded.package = package.name.some().unwrap_or(recorded.package);
        recorded.version = &package.version;
    }
    let title = format!("{} {} is {}", recorded.package, recorded.version, &*entry.kind);
    if recorded.names.is_empty() {
        recorded.names.push(format!("{}-{}-{}", &*entry.kind, recorded.package, recorded.version));
        recorded.title = &title;
    }
    if recorded.severity.is_empty() {
        recorded.severity = worth(&entry.kind);
    }
    let patched = entry.versions.get().into_iter().flat_map(|versions| versions.patched.iter());
    recorded.fixed = patched.flat_map(|range| starts(range)).collect();
    recorded.unfixed = entry.advisory.get().is_some() && entry.versions.get().is_some();
    sink.finding(audit.finding(recorded));
}

/// A version that its author took back: there is no advisory.
fn yanked<'r>(audit: &'r Audit, package: &CargoPackage<'_>) -> Finding<'r> {
    let about = format!("{} {}", &*package.name, &*package.version);
    let message = format!("{}: version {} was yanked: use another one.", &*package.name, &*package.version);
    let mut finding = audit.rule("yanked", worth("yanked"), &message, &about);
    finding.rule = Arc::new(Rule {
        name: "Crate version was yanked".to_owned(),
        help: Help::Text("Use another version of the crate.".into()),
        ..(*finding.rule).clone()
    });
    finding
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn vulnerabilities_and_warnings_are_told() {
        let advisory = r#"{"id":"RUSTSEC-2020-0001","package":"left","title":"Bad","description":"Bad.",
            "aliases":["CVE-2020-1"],"cvss":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","withdrawn":null}"#;
        let found = "dependency critical RUSTSEC-2020-0001=CVE-2020-1 pkg:cargo/left@0.1.0 fixed 0.2.0,0.1.5 at Cargo.lock";
        check_lines(
            &FORMAT,
            &format!(
                r#"{{"database":{{}},"lockfile":{{}},"vulnerabilities":{{"found":true,"count":1,"list":[
                {{"advisory":{advisory},"versions":{{"patched":[">=0.2.0","^0.1.5"]}},"package":{{"name":"left","version":"0.1.0"}}}}]}},
                "warnings":{{"unmaintained":[{{"kind":"unmaintained","package":{{"name":"old","version":"1"}},
                "advisory":{{"id":"RUSTSEC-2021-2","package":"old","informational":"unmaintained"}}}}],
                "yanked":[{{"kind":"yanked","package":{{"name":"gone","version":"2"}},"advisory":null}},5]}}}}"#
            ),
            &[
                found,
                "dependency info RUSTSEC-2021-2 pkg:cargo/old@1 at Cargo.lock",
                "dependency info yanked: gone: version 2 was yanked: use another one. at Cargo.lock",
                "problem is not a vulnerability and was skipped",
                "scan cargo-audit",
            ],
        );
        check_lines(
            &FORMAT,
            &format!(
                r#"{{"vulnerabilities":{{"0":{{"advisory":{advisory},"versions":{{"patched":["0.2.0"]}}}}}},"meta":{{}}}}"#
            ),
            &[
                "dependency critical RUSTSEC-2020-0001=CVE-2020-1 pkg:cargo/left fixed 0.2.0 at Cargo.lock",
                "scan cargo-audit",
            ],
        );
    }
}
