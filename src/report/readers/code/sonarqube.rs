//! SonarQube's issues and hotspots, as its API lists them (`api/issues/search`, `api/hotspots/search`), as a plain
//! list, and as `sonar-report` writes them.

use std::borrow::Cow;

use crate::model::finding::{Anchors, ExclusionReason, FindingKind, FlowStep, Location, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{path, weakness, words};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "sonarqube",
    scanners: "SonarQube Server and Cloud (`api/issues/search`, `api/hotspots/search`), `sonar-report`",
    recognised: "a JSON object with `paging` and `issues` or `hotspots`, or with `sonarBaseURL` and `issues`; or a list of objects \
        with `key`, `component` and `project`, and `rule` or `securityCategory`",
    kinds: &[FindingKind::Code, FindingKind::Infrastructure, FindingKind::Secret],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    let has = |keys: &[&str]| keys.iter().all(|key| outline.has(key));
    match outline.shape {
        ReportShape::Object => {
            has(&["paging", "issues"]) || has(&["paging", "hotspots"]) || has(&["sonarBaseURL", "issues"])
        }
        ReportShape::List => {
            has(&["key", "component", "project"]) && (outline.has("rule") || outline.has("securityCategory"))
        }
        _ => false,
    }
}

/// How many steps of a flow are shown.
const MOST_STEPS: usize = 100;

objects! { "camelCase"
    struct SonarIssue {
        #[serde(deserialize_with = "name")]
        key: LenientText<'a>,
        /// For an issue, and for a hotspot.
        #[serde(alias = "ruleKey")]
        rule: LenientText<'a>,
        severity: LenientText<'a>,
        impacts: LenientList<Maybe<SonarImpact<'a>>>,
        vulnerability_probability: LenientText<'a>,
        security_category: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        component: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        project: LenientText<'a>,
        line: Number,
        text_range: Maybe<SonarRange<'a>>,
        flows: LenientList<Maybe<SonarFlow<'a>>>,
        status: LenientText<'a>,
        issue_status: LenientText<'a>,
        resolution: LenientText<'a>,
        message: LenientText<'a>,
        description: LenientText<'a>,
        tags: LenientList<LenientText<'a>>,
        #[serde(rename = "type")]
        kind: LenientText<'a>,
    }

    /// The impact of an issue on a software quality.
    struct SonarImpact {
        software_quality: LenientText<'a>,
        severity: LenientText<'a>,
    }

    struct SonarFlow {
        locations: LenientList<Maybe<SonarLocation<'a>>>,
    }

    struct SonarLocation {
        #[serde(deserialize_with = "name")]
        component: LenientText<'a>,
        text_range: Maybe<SonarRange<'a>>,
        msg: LenientText<'a>,
    }

    struct SonarPaging {
        #[serde(deserialize_with = "name")]
        total: LenientText<'a>,
    }

    /// The lines of a place, and its first column, counted from 0.
    struct SonarRange {
        start_line: Number,
        end_line: Number,
        start_offset: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "SonarQube", |json, tool| {
        let mut read = 0;
        if json.peek()? == Some(b'[') {
            return issues(json, tool, &mut read);
        }
        let mut total: usize = 0;
        json.each_entry(|json, key| match key {
            "issues" | "hotspots" => issues(json, tool, &mut read),
            "paging" => {
                let recorded =
                    json.value::<SonarPaging<'_>, _>(|paging, _| paging.get()?.total.parse().ok())?;
                total = recorded.flatten().unwrap_or(0);
                Ok(())
            }
            _ => Ok(()),
        })?;
        if read < total {
            tool.failed("", &format!("the report is only one page, with {read} of {total} issues"));
        }
        Ok(())
    })
}

fn issues(json: &mut Json<'_>, tool: &mut ToolScan<'_>, read: &mut usize) -> Result<(), Problem> {
    tool.results::<SonarIssue<'_>>(json, |tool, issue, sink| {
        *read += 1;
        emit(tool, issue, sink);
    })
}

fn emit(tool: &mut ToolScan<'_>, issue: &SonarIssue<'_>, sink: &mut dyn Sink) {
    let id = issue.rule.some().unwrap_or(&issue.security_category);
    let rule = tool.rule(id, || rule(id, issue));
    let (line, end, column) = region(issue.text_range.get(), issue.line);
    let place = tool::place(inside(&issue.component, &issue.project), line, end, column);
    let steps = |flow: &'_ SonarFlow<'_>| -> Vec<FlowStep<'static>> {
        let steps = flow.locations.objects().take(MOST_STEPS);
        steps.map(|step| self::step(tool, step, &issue.project)).collect()
    };
    // a flow with one step is another relevant place
    let several = issue.flows.objects().find(|flow| flow.locations.0.len() > 1);
    let related: Vec<FlowStep<'static>> = match several {
        Some(_) => Vec::new(),
        None => issue.flows.objects().take(MOST_STEPS).flat_map(steps).collect(),
    };
    let mut flow = several.map_or(Vec::new(), steps);
    // SonarQube lists the flow from its end
    flow.reverse();
    let stable = issue.key.some().map(|key| Cow::Owned(format!("SonarQube:{key}")));
    let mut finding = tool.finding(Hit {
        message: Cow::Borrowed(&*issue.message),
        flow,
        anchors: Anchors { stable, ..Anchors::default() },
        skipped: skipped(issue),
        ..Hit::new(rule, severity(issue), place)
    });
    if finding.kind != FindingKind::Secret {
        finding.detail.related = related;
    }
    sink.finding(finding);
}

/// A place that an issue names in addition to its own.
fn step(tool: &ToolScan<'_>, step: &SonarLocation<'_>, project: &str) -> FlowStep<'static> {
    let (line, end_line, column) = region(step.text_range.get(), Number(None));
    let file = path::of_path(Cow::Borrowed(inside(&step.component, project)), tool.source).into_owned();
    FlowStep {
        location: Location { path: file.into(), line, end_line, column, logical: None },
        message: step.msg.to_string().into(),
    }
}

fn rule(id: &str, issue: &SonarIssue<'_>) -> Rule {
    let kind = issue.kind.some().map(|kind| kind.to_lowercase().replace('_', "-"));
    let tags: Vec<String> = issue.tags.iter().filter_map(LenientText::owned).collect();
    let owasp = tags.iter().filter_map(|tag| weakness::owasp(tag)).collect();
    Rule {
        name: issue.description.to_string(),
        help_uri: page(id),
        cwe: tags.iter().flat_map(|tag| weakness::cwe(tag)).collect(),
        owasp,
        tags: kind.into_iter().chain(issue.security_category.owned()).chain(tags).collect(),
        ..Rule::default()
    }
}

/// Sonar's page of a rule: `java:S5411`, `csharpsquid:S2077`.
fn page(id: &str) -> Option<String> {
    let (repository, rule) = id.split_once(':')?;
    let number = rule.strip_prefix('S').filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))?;
    let language = match repository {
        "csharpsquid" => "csharp",
        "Web" => "html",
        "vbnet" | "java" | "javascript" | "typescript" | "python" | "php" | "kotlin" | "go" | "ruby"
        | "scala" | "swift" | "css" | "xml" | "c" | "cpp" | "objc" | "docker" | "terraform"
        | "cloudformation" | "kubernetes" | "secrets" => repository,
        _ => return None,
    };
    Some(format!("https://rules.sonarsource.com/{language}/RSPEC-{number}/"))
}

/// The path in `project:src/a.py`; a project's key may contain a colon, too.
fn inside<'r>(component: &'r str, project: &str) -> &'r str {
    if component == project {
        return "";
    }
    let within = component.strip_prefix(project).and_then(|rest| rest.strip_prefix(':'));
    within.unwrap_or_else(|| component.rsplit_once(':').map_or(component, |(_, path)| path))
}

/// First line, last line and first column.
fn region(range: Option<&SonarRange<'_>>, line: Number) -> (u32, u32, u32) {
    let Some(range) = range else { return (line.position(), line.position(), 0) };
    let column = range.start_offset.parse().map_or(0, |offset: u32| offset.saturating_add(1));
    (range.start_line.position(), range.end_line.position(), column)
}

/// The severity, by SonarQube's own word. It uses `MAJOR` for what it also calls a medium impact.
fn severity(issue: &SonarIssue<'_>) -> Severity {
    let of = |word: &str| match word {
        "MAJOR" => Some(Severity::Medium),
        word => words::severity(word),
    };
    let security = |impact: &&SonarImpact<'_>| impact.software_quality.eq_ignore_ascii_case("security");
    let impact = issue.impacts.objects().find(security).or(issue.impacts.objects().next());
    of(&issue.severity)
        .or_else(|| of(&issue.vulnerability_probability))
        .or_else(|| impact.and_then(|impact| of(&impact.severity)))
        .unwrap_or(Severity::Medium)
}

/// What people or the next analysis decided.
fn skipped(issue: &SonarIssue<'_>) -> Option<ExclusionReason> {
    match (&*issue.issue_status, &*issue.resolution, &*issue.status) {
        ("FIXED", ..) | (_, "FIXED" | "REMOVED", _) | (_, "", "CLOSED" | "RESOLVED") => {
            Some(ExclusionReason::Absent)
        }
        ("FALSE_POSITIVE" | "ACCEPTED", ..)
        | (_, "FALSE-POSITIVE" | "WONTFIX" | "SAFE" | "ACKNOWLEDGED", _) => Some(ExclusionReason::Suppressed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, check};

    fn page_of(total: usize, issues: &str) -> String {
        format!(
            r#"{{"total":{total},"p":1,"ps":500,"paging":{{"pageIndex":1,"pageSize":500,"total":{total}}},"issues":[{issues}],"components":[],"facets":[]}}"#
        )
    }

    const ISSUE: &str = r#"{"key":"AZg9","rule":"python:S5131","severity":"BLOCKER","component":"com.acme:shop:src/app.py","project":"com.acme:shop","line":12,
        "textRange":{"startLine":12,"endLine":13,"startOffset":4,"endOffset":9},"flows":[{"locations":[{"component":"com.acme:shop:src/app.py","textRange":{"startLine":12},"msg":"sink"},
        {"component":"com.acme:shop:src/in.py","textRange":{"startLine":3},"msg":"source"}]}],"status":"OPEN","message":"Change this code to not reflect user input.","tags":["cwe-79","injection"],"type":"VULNERABILITY"}"#;

    #[test]
    fn issues_of_the_api_are_read() {
        let report = page_of(1, ISSUE);
        check(
            "sonarqube",
            &report,
            recorded::lines,
            &["code python:S5131 critical src/app.py:12-13:5", "scan SonarQube"],
        );
        check(
            "sonarqube",
            &report,
            recorded::rule,
            &[
                r#"python:S5131 |  |  | None | Some("https://rules.sonarsource.com/python/RSPEC-5131/") | [79] [] ["vulnerability", "cwe-79", "injection"]"#,
                "scan SonarQube",
            ],
        );
        let steps: fn(&crate::model::finding::Finding<'_>) -> String = |finding| {
            let steps = finding.detail.flow.iter();
            steps
                .map(|step| format!("{}:{} {};", step.location.path, step.location.line, step.message))
                .collect()
        };
        check("sonarqube", &report, steps, &["src/in.py:3 source;src/app.py:12 sink;", "scan SonarQube"]);
        check("sonarqube", &page_of(0, ""), recorded::lines, &["scan SonarQube"]);
        check(
            "sonarqube",
            &format!("[{ISSUE}]"),
            recorded::place,
            &["code python:S5131 src/app.py:12", "scan SonarQube"],
        );
    }

    #[test]
    fn single_steps_are_other_places() {
        let issue = ISSUE.replace(
            r#"},
        {"component":"com.acme:shop:src/in.py""#,
            r#"}]},{"locations":[
        {"component":"com.acme:shop:src/in.py""#,
        );
        let places: fn(&crate::model::finding::Finding<'_>) -> String = |finding| {
            let related = finding.detail.related.iter();
            let related: String =
                related.map(|step| format!("{}:{};", step.location.path, step.location.line)).collect();
            format!("{} {related}", finding.detail.flow.len())
        };
        check("sonarqube", &page_of(1, &issue), places, &["0 src/app.py:12;src/in.py:3;", "scan SonarQube"]);
    }

    #[test]
    fn a_page_is_not_the_whole() {
        check(
            "sonarqube",
            &page_of(1240, ISSUE),
            recorded::place,
            &[
                "code python:S5131 src/app.py:12",
                "problem SonarQube did not scan everything: the report is only one page, with 1 of 1240 \
                 issues",
                "scan SonarQube failed",
            ],
        );
    }

    #[test]
    fn what_was_decided_counts() {
        let check = |decided: &str, expected: &str| {
            let issue = ISSUE.replace(r#""status":"OPEN""#, decided);
            assert_eq!(recorded::lines_of(&page_of(1, &issue), recorded::skipped)[0], expected, "{decided}");
        };
        check(r#""status":"CONFIRMED""#, "kept");
        check(r#""status":"REOPENED","issueStatus":"OPEN""#, "kept");
        check(r#""status":"CLOSED","resolution":"FIXED""#, "absent");
        check(r#""status":"CLOSED","resolution":"REMOVED""#, "absent");
        check(r#""status":"RESOLVED","resolution":"FALSE-POSITIVE""#, "suppressed");
        check(r#""status":"RESOLVED","resolution":"WONTFIX","issueStatus":"ACCEPTED""#, "suppressed");
    }

    #[test]
    fn severities_are_sonarqubes() {
        let check = |words: &str, expected: &str| {
            let issue = ISSUE.replace(r#""severity":"BLOCKER""#, words);
            let recorded = recorded::lines_of(&page_of(1, &issue), recorded::lines);
            assert!(recorded[0].contains(expected), "{words}: {recorded:?}");
        };
        check(r#""severity":"CRITICAL""#, " critical ");
        check(r#""severity":"MAJOR""#, " medium ");
        check(r#""severity":"MINOR""#, " low ");
        check(r#""severity":"INFO""#, " info ");
        check(
            r#""impacts":[{"softwareQuality":"RELIABILITY","severity":"LOW"},{"softwareQuality":"SECURITY","severity":"HIGH"}]"#,
            " high ",
        );
        check(
            r#""severity":"MAJOR","impacts":[{"softwareQuality":"SECURITY","severity":"HIGH"}]"#,
            " medium ",
        );
    }

    #[test]
    fn hotspots_and_a_report_of_sonar_report_are_read() {
        let hotspots = r#"{"paging":{"pageIndex":1,"pageSize":100,"total":2},"hotspots":[{"key":"h1","component":"shop:src/a.ts","project":"shop","securityCategory":"xss","vulnerabilityProbability":"HIGH",
            "status":"TO_REVIEW","line":47,"message":"Make sure this is safe.","textRange":{"startLine":47,"endLine":47,"startOffset":0},"ruleKey":"typescript:S6268"},
            {"key":"h2","component":"shop:src/b.ts","project":"shop","securityCategory":"xss","vulnerabilityProbability":"LOW","status":"REVIEWED","resolution":"SAFE","line":1,"message":"m","ruleKey":"typescript:S6268"}],"components":[]}"#;
        check(
            "sonarqube",
            hotspots,
            recorded::lines,
            &[
                "code typescript:S6268 high src/a.ts:47-47:1",
                "code typescript:S6268 low src/b.ts:1-1:0, suppressed",
                "scan SonarQube",
            ],
        );
        let report = r#"{"sonarBaseURL":"https://sonar","rules":{"python:S4502":{"name":"CSRF"}},"issues":[{"rule":"python:S4502","severity":"CRITICAL","status":"TO_REVIEW","component":"app.py","line":8,
            "description":"Disabling CSRF protections is security-sensitive","message":"Make sure disabling CSRF protection is safe here.","key":"k"}],"hotspotKeys":["k"]}"#;
        check(
            "sonarqube",
            report,
            recorded::full,
            &[
                "code SonarQube critical python:S4502 (Disabling CSRF protections is security-sensitive) in app.py:8: Make sure disabling CSRF protection is safe here.",
                "scan SonarQube",
            ],
        );
    }

    #[test]
    fn a_component_is_a_path_behind_its_project() {
        let check = |component, project, expected| assert_eq!(inside(component, project), expected);
        check("shop:src/a.py", "shop", "src/a.py");
        check("com.acme:shop:src/a.py", "com.acme:shop", "src/a.py");
        check("com.acme:module:src/a.py", "com.acme:shop", "src/a.py");
        check("shop", "shop", "");
        check("app.py", "", "app.py");
    }
}
