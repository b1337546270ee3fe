//! The scan that a run represents: whether it succeeded, what it checked, and what it could not scan.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use crate::model::scan::{Scan, Unread};
use crate::report::parse::lenient::{LenientText, Number};
use crate::report::parse::source::ReportSource;
use crate::report::readers::code::sarif::context::SarifContext;
use crate::report::readers::code::sarif::lookup::Lookup;
use crate::report::readers::code::sarif::notice::Notice;
use crate::report::readers::code::sarif::place::path_of;
use crate::report::readers::code::sarif::wire;
use crate::report::shared::path as paths;

/// The scan as the run reports it.
pub(crate) fn scan(context: &SarifContext, source: &ReportSource) -> Scan {
    let rules = || context.components.iter().flat_map(|component| &component.rules);
    // what was found under a former id was also checked
    let ids = rules().flat_map(|entry| entry.rule.former.iter().chain([&entry.rule.id]).cloned());
    let ids = ids.filter(|id| !id.is_empty());
    let idle = rules().any(|entry| !entry.used.load(Ordering::Relaxed));
    let (success, unread, reason) = settle(context, source);
    Scan {
        reason,
        scanner: context.scanner.to_string(),
        version: context.version.clone(),
        category: context.category.clone().or_else(|| source.category.clone()),
        success,
        unread,
        has_results: context.has_results,
        commit: context.commit.clone(),
        rules: ids.collect(),
        // many scanners only list the rules that found something, and a few not even all of these
        lists_all: idle && !context.unlisted.load(Ordering::Relaxed),
        products: Vec::new(),
    }
}

/// Whether the scan succeeded, and what it still could not scan. Something that failed in part (3.20.21, 3.20.22) does
/// not say what it would have found there; if it does not say where, nothing is known about other places, either.
fn settle(context: &SarifContext, source: &ReportSource) -> (Option<bool>, Vec<Unread>, String) {
    // Semgrep warns about timeouts and partly parsed files; others about anything
    let semgrep = context.scanner.starts_with("Semgrep");
    let mut success = context.success;
    let mut reason = context.why.clone();
    let mut unread: Vec<Unread> = Vec::new();
    for notice in context.notices.all.iter().filter(|notice| notice.error || semgrep) {
        let path = path(notice, context, source);
        match path.filter(|_| context.success == Some(true)) {
            Some(path) if unread.iter().any(|known| known.path == path) => {}
            Some(path) => unread.push(Unread { path, why: notice.text.clone() }),
            None => {
                success = Some(false);
                if reason.is_empty() {
                    reason.clone_from(&notice.text);
                }
            }
        }
    }
    if context.notices.more.0 || (semgrep && context.notices.more.1) {
        success = Some(false);
    }
    if success == Some(false) && reason.is_empty() {
        reason = context.code.map_or(String::new(), |code| format!("it exited with code {code}"));
    }
    (success, unread, reason)
}

/// The file that it is about, if that is certain to be a single file.
fn path(notice: &Notice, context: &SarifContext, source: &ReportSource) -> Option<String> {
    // the other engine follows data from file to file
    let alone = || (*context.scanner == *"Semgrep OSS").then(|| semgrep_file(&notice.text)).flatten();
    let (place, index) = match &notice.file {
        Some((place, index)) => (Some(place), *index),
        None => (None, Number::default()),
    };
    let uri = place.map_or_else(alone, |place| Some(&place.uri))?;
    let base = place.map_or("", |place| &place.base);
    let location = wire::ArtifactLocation {
        uri: LenientText(Cow::Borrowed(uri)),
        uri_base_id: LenientText(Cow::Borrowed(base)),
        index,
    };
    let path = path_of(&Lookup::new(context), source, &location);
    paths::is_one_file(uri, &path, source).then(|| path.into_owned())
}

/// The file in Semgrep's own words, which have no locations: `Syntax error at line a.py:2:`, `Timeout when running rule
/// on a.py:`.
fn semgrep_file(text: &str) -> Option<&str> {
    let said = text.strip_suffix(':')?;
    let line = said.split_once(" at line ").and_then(|(_, place)| place.rsplit_once(':'));
    let line = line.filter(|(_, line)| line.parse::<u32>().is_ok()).map(|(path, _)| path);
    line.or_else(|| Some(said.split_once(" when running ")?.1.split_once(" on ")?.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scan::UNREAD;
    use crate::report::shared::recorded;

    #[test]
    fn a_failed_scan_says_why() {
        #[derive(Default)]
        struct Reasons(Vec<String>);
        impl crate::report::Sink for Reasons {
            fn finding(&mut self, _: crate::model::finding::Finding<'_>) {}
            fn scan(&mut self, scan: crate::model::scan::Scan) {
                self.0.push(format!("{:?} {}", scan.success, scan.reason));
            }
            fn problem(&mut self, _: crate::model::scan::Problem) {}
        }
        let check = |invocation: &str, expected: &str| {
            let report = format!(
                r#"{{"runs":[{{"invocations":[{{{invocation}}}],"tool":{{"driver":{{"name":"s"}}}},"results":[]}}]}}"#
            );
            let mut reasons = Reasons::default();
            let source = ReportSource::bytes("r", report.as_bytes());
            crate::report::detect::read(&source, &mut reasons).unwrap();
            assert_eq!(reasons.0, [expected], "{invocation}");
        };
        let notice = r#""toolExecutionNotifications":[{"level":"error","message":{"text":"No license found.\nMore"}}]"#;
        check(&format!(r#""executionSuccessful":false,{notice}"#), "Some(false) No license found.");
        check(
            r#""executionSuccessful":false,"exitCodeDescription":"out of memory""#,
            "Some(false) out of memory",
        );
        check(
            r#""executionSuccessful":false,"processStartFailureMessage":"no such file""#,
            "Some(false) no such file",
        );
        check(
            r#""executionSuccessful":false,"toolExecutionNotifications":[{"level":"note","message":{"text":"Gave up"}}]"#,
            "Some(false) ",
        );
        check(r#""executionSuccessful":false,"exitCode":137"#, "Some(false) it exited with code 137");
        check(r#""executionSuccessful":false"#, "Some(false) ");
        check(r#""executionSuccessful":true"#, "Some(true) ");
    }

    #[test]
    fn what_a_tool_could_not_do_is_of_one_file_or_of_the_whole_scan() {
        let check = |name: &str, invocation: &str, expected: &str| {
            let report = format!(
                r#"{{"runs":[{{"invocations":[{{{invocation}}}],"tool":{{"driver":{{"name":"{name}"}}}},"results":[],
                "artifacts":[{{"location":{{"uri":"src/listed.py"}}}}]}}]}}"#
            );
            recorded::check("sarif", &report, recorded::lines, &[expected]);
        };
        let notices =
            |list: &str| format!(r#""executionSuccessful":true,"toolExecutionNotifications":[{list}]"#);
        let at = |artifact: &str| {
            let place = format!(r#"{{"physicalLocation":{{"artifactLocation":{{{artifact}}}}}}}"#);
            format!(r#""level":"error","message":{{"text":"odd\nmore"}},"locations":[{place}]"#)
        };
        let own = at(r#""uri":"./a%20b.py""#);
        check("s", &notices(&format!("{{{own}}}")), "scan s without a b.py: odd");
        check("s", &notices(&format!("{{{own}}},{{{own}}}")), "scan s without a b.py: odd");
        check("s", &notices(&format!("{{{}}}", at(r#""index":0"#))), "scan s without src/listed.py: odd");
        // no file is named, or several are, or it is a rule that failed
        check("s", &notices(&format!("{{{}}}", at(r#""index":7"#))), "scan s failed");
        check("s", &notices(r#"{"level":"error"}"#), "scan s failed");
        check("s", &notices(&format!("{{{}}}", own.replace("[{", "[{},{"))), "scan s failed");
        check("s", &notices(&format!(r#"{{{own},"associatedRule":{{"id":"R"}}}}"#)), "scan s failed");
        // the name may stand for several files, or for a file on another machine
        for uri in ["src/", "src", "/", ".", "", "src/*.py", "../co/a.py", "https://x/y.py", "file:///w/a.py"]
        {
            check("s", &notices(&format!("{{{}}}", at(&format!(r#""uri":"{uri}""#)))), "scan s failed");
        }
        // a run that does not say that it succeeded despite that has failed
        let silent = format!(r#""toolExecutionNotifications":[{{{own}}}]"#);
        check("s", &silent, "scan s failed");
        check("s", &format!(r#""executionSuccessful":false,{silent}"#), "scan s failed");

        let says = |text: &str| notices(&format!(r#"{{"level":"warning","message":{{"text":"{text}"}}}}"#));
        let line = r"Syntax error at line src/a b.py:2:\n `class` was unexpected";
        let time = r"Timeout when running r1 on big.py:\n ";
        check(
            "Semgrep OSS",
            &says(line),
            "scan Semgrep OSS without src/a b.py: Syntax error at line src/a b.py:2:",
        );
        check(
            "Semgrep OSS",
            &says(time),
            "scan Semgrep OSS without big.py: Timeout when running r1 on big.py:",
        );
        check("Semgrep OSS", &says("No luck"), "scan Semgrep OSS failed");
        check("Semgrep PRO", &says(time), "scan Semgrep PRO failed");
        check("s", &says(time), "scan s");

        let many = |count: usize| {
            let each = (0..count).map(|n| format!("{{{}}}", at(&format!(r#""uri":"f{n}.c""#))));
            notices(&each.collect::<Vec<_>>().join(","))
        };
        let all: String = (0..UNREAD).map(|n| format!(" without f{n}.c: odd")).collect();
        check("s", &many(UNREAD), &format!("scan s{all}"));
        check("s", &many(UNREAD + 1), &format!("scan s failed{all}"));
    }
}
