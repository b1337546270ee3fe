//! `npm audit --json`, and what Yarn and pnpm pass on from the same registry.
//!
//! npm 6, pnpm and Yarn 2 and 3 print advisories by id ([`registry`]); npm 7 and later print packages by name
//! ([`tree`]); Yarn 1 and 4 print one per line ([`lines`]); Bun prints advisories by package ([`bulk`]). An object with
//! `error` means that the audit failed.

use crate::model::finding::FindingKind;
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::Audit;
use crate::report::sink::Sink;

mod bulk;
mod lines;
mod registry;
mod tree;

/// npm's own.
pub(crate) const NPM: Format = Format {
    name: "npm-audit",
    scanners: "npm 6 and later (`npm audit --json`), Yarn 2 and 3 (`yarn npm audit --json`), pnpm (`pnpm audit --json`)",
    recognised: "a JSON object with `auditReportVersion`, or with `actions` and `advisories`, or with an \
                 `error` from npm",
    kinds: &[FindingKind::Dependency],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && (outline.has("auditReportVersion") || registry::is_answer(outline) || is_error(outline))
    },
    read: read_npm,
};

/// pnpm's, which has no `actions`, unlike npm's.
pub(crate) const PNPM: Format = Format {
    name: "pnpm-audit",
    scanners: "pnpm (`pnpm audit --json`)",
    recognised: "a JSON object with `metadata` and with `advisories` keyed by ID, but without `actions`",
    kinds: &[FindingKind::Dependency],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && outline.has("advisories")
            && !outline.has("actions")
            && (outline.has("metadata") || outline.head.contains("\"module_name\""))
    },
    read: |source, sink| registry::read(&pnpm(source), source, sink),
};

/// Yarn's, one object per line.
pub(crate) const YARN: Format = Format {
    name: "yarn-audit",
    scanners: "Yarn 1 (`yarn audit --json`), Yarn 4 (`yarn npm audit --json`)",
    recognised: "JSON objects, one per line, with `type` and the `data` of an audit, or with `value` and \
                 `children`",
    kinds: &[FindingKind::Dependency],
    recognise: lines::recognise,
    read: |source, sink| lines::read(&yarn(source), source, sink),
};

/// Bun's, which is the registry's present answer as it is.
pub(crate) const BUN: Format = Format {
    name: "bun-audit",
    scanners: "Bun (`bun audit --json`), Yarn 4.0.0 (`yarn npm audit --json`)",
    recognised: "a JSON object that lists, for each package, objects with `vulnerable_versions`",
    kinds: &[FindingKind::Dependency],
    recognise: bulk::recognise,
    read: |source, sink| bulk::read(&Audit::new("bun audit", "npm", "bun.lock", source), source, sink),
};

fn npm(source: &ReportSource) -> Audit {
    Audit::new("npm audit", "npm", "package-lock.json", source)
}

fn pnpm(source: &ReportSource) -> Audit {
    Audit::new("pnpm audit", "npm", "pnpm-lock.yaml", source)
}

fn yarn(source: &ReportSource) -> Audit {
    Audit::new("yarn audit", "npm", "yarn.lock", source)
}

/// Whether it contains nothing but an error.
fn is_error(outline: &Outline) -> bool {
    const KEYS: [&str; 8] = ["error", "message", "method", "uri", "headers", "statusCode", "body", "code"];
    let objects = outline.has("error") && outline.value("error").is_none();
    objects && outline.keys.iter().all(|(key, _)| KEYS.contains(&key.as_str()))
}

fn read_npm(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let outline = Outline::whole(source)?;
    if outline.has("auditReportVersion") {
        return tree::read(&npm(source), source, sink);
    }
    if is_error(&outline) {
        let pnpm_wrote = outline.head.contains("ERR_PNPM");
        return failed(&if pnpm_wrote { pnpm(source) } else { npm(source) }, source, sink);
    }
    // all three pass on the same. npm adds a run number; pnpm's paths start at the project, and it does not distinguish
    // development dependencies, which it writes with a space that Yarn leaves out
    let pnpm_wrote = || Ok(source.mentions(b"\".>")? || source.mentions(b"\"devDependencies\": 0")?);
    let audit = match () {
        () if source.mentions(b"\"runId\"")? => npm(source),
        () if pnpm_wrote()? => pnpm(source),
        () => yarn(source),
    };
    registry::read(&audit, source, sink)
}

objects! { "camelCase"
    /// The score of an advisory
    struct NpmCvss {
        score: Number,
        vector_string: LenientText<'a>,
    }

    /// What `error` is
    struct NpmFailure {
        code: LenientText<'a>,
        summary: LenientText<'a>,
        detail: LenientText<'a>,
        message: LenientText<'a>,
    }
}

/// Reads npm's message that the audit failed.
fn failed(audit: &Audit, source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut said: Vec<String> = Vec::new();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| {
        if key == "message" {
            said.push(json.word()?);
        } else if key == "error" {
            said.extend(words(json)?);
        }
        Ok(())
    });
    said.retain(|text| !text.is_empty());
    sink.problem(audit_failed(source, &audit.scanner, &said.join(": ")));
    sink.scan(Scan { has_results: false, ..audit.scan(source, Some(false)) });
    end
}

/// What `error` says.
fn words(json: &mut Json<'_>) -> Result<Vec<String>, Problem> {
    let said = json.value::<NpmFailure<'_>, _>(|failure, _| {
        let failure = failure.get()?;
        let texts = [&failure.code, &failure.summary, &failure.message, &failure.detail];
        Some(texts.into_iter().filter_map(|text| text.owned()).collect())
    })?;
    Ok(said.flatten().unwrap_or_default())
}

/// The problem that an audit failed although it wrote a report.
fn audit_failed(source: &ReportSource, scanner: &str, said: &str) -> Problem {
    let said = if said.is_empty() { "the report gives no reason" } else { said };
    Problem::new(&source.name, format!("{scanner} failed: {said:.400}")).hint(
        "make sure that there is a lock file and that the registry answers audit requests, then run the \
         audit again",
    )
}

/// An advisory's names, GitHub's first.
fn names(github: &str, url: &str, cves: &LenientList<LenientText<'_>>, id: &str) -> Vec<String> {
    let mut names: Vec<String> =
        [github].into_iter().chain(crate::report::shared::advisory::ids(url)).map(str::to_owned).collect();
    names.extend(cves.iter().filter_map(LenientText::owned));
    names.retain(|name| !name.is_empty());
    if names.is_empty() && !id.is_empty() {
        names.push(format!("npm-advisory-{id}"));
    }
    names
}

/// Weaknesses as npm writes them: a string, or a list.
fn cwe(texts: &LenientList<LenientText<'_>>) -> Vec<u32> {
    texts.iter().flat_map(|text| crate::report::shared::weakness::cwe(text)).collect()
}

fn score(cvss: &Maybe<NpmCvss<'_>>) -> Option<crate::model::finding::Cvss> {
    cvss.get().and_then(|cvss| crate::report::shared::cvss::of(cvss.score.0, Some(&cvss.vector_string)))
}
