//! TruffleHog's JSON of versions 2 and 3: one object per line, among lines of its log.
//!
//! What it found (`Raw`, `stringsFound`, …) is only read to be removed from the other texts, and the rest is never read.

use std::borrow::Cow;

use crate::model::finding::{Anchors, Finding, FindingKind, Location, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::lenient::{Flag, LenientList, LenientPairs, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::applicability::WORKS;
use crate::report::shared::secret;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "trufflehog",
    scanners: "TruffleHog",
    recognised: "JSON objects with `SourceMetadata` and `DetectorName`, or with `stringsFound` and `reason`",
    kinds: &[FindingKind::Secret],
    recognise: |outline| {
        let has = |keys: [&str; 2]| keys.into_iter().all(|key| outline.has(key));
        let inside = |key: &str| outline.head.contains(key);
        matches!(outline.shape, ReportShape::Object | ReportShape::List)
            && (has(["SourceMetadata", "DetectorName"])
                || has(["stringsFound", "reason"])
                // its log comes first if both streams were written to one file
                || has(["level", "logger"]) && inside("trufflehog")
                || has(["level", "msg"]) && inside("\"SourceMetadata\""))
    },
    read,
};

objects! { "PascalCase"
    struct TrufflehogLine {
        source_metadata: Maybe<TrufflehogMetadata<'a>>,
        detector_name: LenientText<'a>,
        detector_description: LenientText<'a>,
        verified: Flag,
        /// What was found; nothing of it is kept.
        raw: LenientText<'a>,
        raw_v2: LenientText<'a>,
        #[serde(rename = "stringsFound")]
        strings_found: LenientList<LenientText<'a>>,
        extra_data: Maybe<TrufflehogExtra<'a>>,
        /// Version 2.
        #[serde(rename = "reason")]
        reason: LenientText<'a>,
        #[serde(rename = "path")]
        path: LenientText<'a>,
        #[serde(rename = "commitHash")]
        commit_hash: LenientText<'a>,
        /// A line of the log.
        #[serde(rename = "level")]
        level: LenientText<'a>,
    }

    struct TrufflehogMetadata {
        /// By the kind of the source: Git, Filesystem, Docker, …
        data: LenientPairs<'a, Maybe<TrufflehogData<'a>>>,
    }

    struct TrufflehogExtra {
        #[serde(rename = "rotation_guide")]
        rotation_guide: LenientText<'a>,
    }

    struct TrufflehogData {
        #[serde(rename = "file")]
        file: LenientText<'a>,
        #[serde(rename = "line")]
        line: Number,
        #[serde(rename = "commit")]
        commit: LenientText<'a>,
        #[serde(rename = "image")]
        image: LenientText<'a>,
        #[serde(rename = "bucket")]
        bucket: LenientText<'a>,
        #[serde(rename = "link")]
        link: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "TruffleHog", |json, tool| {
        json.each_message(|json| {
            tool.results::<TrufflehogLine<'_>>(json, |tool, line, sink| {
                if !line.detector_name.is_empty() || !line.reason.is_empty() {
                    sink.finding(finding(tool, line));
                } else if matches!(&*line.level, "error" | "fatal" | "panic") {
                    // the message may hold an address with its password
                    tool.failed("", "its log contains an error");
                }
            })
        })
    })
}

fn finding<'r>(tool: &mut ToolScan<'_>, line: &'r TrufflehogLine<'r>) -> Finding<'r> {
    let found = line.strings_found.iter().map(|found| &**found);
    let credentials: Vec<&str> = [&*line.raw, &*line.raw_v2].into_iter().chain(found).collect();
    let id = line.detector_name.some().unwrap_or(&line.reason);
    let id = &*secret::hidden_in_name(id, &credentials);
    let rule = tool.rule(id, || Rule {
        name: id.to_owned(),
        description: secret::hidden((&*line.detector_description).into(), &credentials).into(),
        help_uri: line
            .extra_data
            .get()
            .and_then(|extra| extra.rotation_guide.owned())
            .filter(|page| secret::hidden(page.into(), &credentials) == *page),
        ..Rule::default()
    });
    // one that was tried and works
    let severity = if line.verified.0 == Some(true) { Severity::Critical } else { Severity::High };
    let data = line.source_metadata.get().and_then(|metadata| metadata.data.iter().next()?.1.get());
    let (location, commit) = match data {
        Some(data) => (place(data), &*data.commit),
        None => (tool::place(&line.path, 0, 0, 0), &*line.commit_hash),
    };
    let location = secret::without(location, &credentials);
    let mut finding = tool.finding(Hit {
        commit,
        anchors: Anchors::withheld(),
        assumed: true,
        ..Hit::new(rule, severity, location)
    });
    finding.detail.applicability = (line.verified.0 == Some(true)).then_some(Cow::Borrowed(WORKS));
    finding
}

/// A file of the repository; the image or bucket with the file in it; or only the page's address.
fn place<'r>(data: &'r TrufflehogData<'r>) -> Location<'r> {
    let line = data.line.position();
    let (path, logical) = match (data.image.some().or_else(|| data.bucket.some()), data.file.some()) {
        (Some(whole), file) => (whole, file),
        (None, Some(file)) => (file, None),
        (None, None) => ("", data.link.some()),
    };
    Location { logical: logical.map(Cow::Borrowed), ..tool::place(path, line, line, 0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded;

    fn check(report: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        recorded::check("trufflehog", report, show, expected);
    }

    const GIT: &str = r#"{"SourceMetadata":{"Data":{"Git":{"commit":"fbc14303ffbf8fb1c2c1914e8dda7d0121633aca","file":"keys","email":"x","line":4}}},
        "SourceType":16,"DetectorType":2,"DetectorName":"AWS","DetectorDescription":"Amazon's keys.","Verified":true,"Raw":"hunter2","Redacted":"hunter",
        "ExtraData":{"account":"hunter2","rotation_guide":"https://rotate"}}"#;

    #[test]
    fn a_line_is_a_finding_without_the_secret() {
        check(GIT, recorded::lines, &["secret AWS critical keys:4-4:0", "scan TruffleHog"]);
        check(GIT, recorded::words, &["Amazon's keys. | None at 0 | None None", "scan TruffleHog"]);
        check(GIT, recorded::facts, &["Commit: fbc14303ffbf8fb1c2c1914e8dda7d0121633aca", "scan TruffleHog"]);
        check(
            GIT,
            |finding| format!("{:?}", finding.detail.applicability),
            &["Some(\"Active\")", "scan TruffleHog"],
        );
        check(
            GIT,
            recorded::rule,
            &[r#"AWS | AWS | Amazon's keys. | None | Some("https://rotate") | [] [] []"#, "scan TruffleHog"],
        );
    }

    #[test]
    fn an_address_that_holds_the_secret_is_shown_without_it() {
        let line = r#"{"DetectorName":"URI","Raw":"hunter2x","SourceMetadata":{"Data":{"Postman":{"link":"https://p/?k=hunter2x#1"}}}}"#;
        check(line, recorded::lines, &["secret URI high :0-0:0 in https://p/?k=***#1", "scan TruffleHog"]);
    }

    #[test]
    fn a_name_of_several_lines_becomes_one() {
        let line = r#"{"DetectorName":"A\t\tkey\nof AWS","SourceMetadata":{"Data":{}}}"#;
        check(line, |finding| format!("{:?}", finding.rule.name), &[r#""A key of AWS""#, "scan TruffleHog"]);
    }

    #[test]
    fn every_source_has_a_place() {
        let check = |data: &str, expected: &str| {
            let line = format!(
                r#"{{"SourceMetadata":{{"Data":{{{data}}}}},"DetectorName":"URI","Verified":false}}"#
            );
            check(&line, recorded::lines, &[expected, "scan TruffleHog"]);
        };
        check(r#""Filesystem":{"file":"/github/workspace/a.env","line":2}"#, "secret URI high a.env:2-2:0");
        check(
            r#""Docker":{"image":"shop","file":"/app/k","tag":"1"}"#,
            "secret URI high shop:0-0:0 in /app/k",
        );
        check(r#""Postman":{"link":"https://p/1"}"#, "secret URI high :0-0:0 in https://p/1");
        check("", "secret URI high :0-0:0");
    }

    #[test]
    fn version_2_and_the_log_are_read() {
        let old = r#"{"branch":"main","commit":"m","commitHash":"288f35ed2e73145e3578207e896a4cf1600bea45","diff":"hunter2","path":"t.py",
            "printDiff":"hunter2","reason":"Generic Secret","stringsFound":["hunter2"]}"#;
        check(
            &format!("{old}\n{old}\n"),
            recorded::words,
            &[
                "Generic Secret | None at 0 | None None",
                "Generic Secret | None at 0 | None None",
                "scan TruffleHog",
            ],
        );
        let log = |level: &str| {
            format!(r#"{{"level":"{level}","ts":"t","logger":"trufflehog","msg":"no such branch"}}"#)
        };
        check(
            &format!("{}\n{GIT}\n{}\n", log("info-0"), log("error")),
            recorded::lines,
            &[
                "secret AWS critical keys:4-4:0",
                "problem TruffleHog did not scan everything: its log contains an error",
                "scan TruffleHog failed",
            ],
        );
    }
}
