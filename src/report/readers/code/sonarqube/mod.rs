//! SonarQube's issues and hotspots, as its API lists them (`api/issues/search`, `api/hotspots/search`), as a plain
//! list, and as `sonar-report` writes them.

use std::borrow::Cow;

use crate::model::finding::{Anchors, ExclusionReason, FindingFact, FindingKind, FlowStep, Location, Rule};
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

mod about;

use about::About;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "sonarqube",
    scanners: "SonarQube Server and Cloud (`api/issues/search`, `api/hotspots/search`), `sonar-report`",
    recognised: "a JSON object with `paging` and either `issues` or `hotspots`, or with `sonarBaseURL` and \
                 `issues`; or a list of objects with `key`, `component`, `project`, and either `rule` or \
                 `securityCategory`",
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

/// How long the name of a component's file may be, in bytes.
const LONGEST_FILE: usize = 500;

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
        let (mut read, mut about) = (0, About::default());
        if json.peek()? == Some(b'[') {
            return issues(json, tool, &about, &mut read);
        }
        let mut total: usize = 0;
        json.each_entry(|json, key| match key {
            "issues" | "hotspots" => issues(json, tool, &about, &mut read),
            // `sonar-report` writes these before the issues
            "sonarBaseURL" => about.server(json),
            "sonarComponent" => about.component(json),
            "rules" if json.peek()? == Some(b'{') => about.rules(json),
            "paging" => {
                let recorded =
                    json.value::<SonarPaging<'_>, _>(|paging, _| paging.get()?.total.parse().ok())?;
                total = recorded.flatten().unwrap_or(0);
                Ok(())
            }
            _ => Ok(()),
        })?;
        if read < total {
            tool.failed("", &format!("the report contains only one page, with {read} of {total} issues"));
        }
        Ok(())
    })
}

fn issues(
    json: &mut Json<'_>,
    tool: &mut ToolScan<'_>,
    about: &About,
    read: &mut usize,
) -> Result<(), Problem> {
    tool.results::<SonarIssue<'_>>(json, |tool, issue, sink| {
        *read += 1;
        emit(tool, issue, about, sink);
    })
}

fn emit(tool: &mut ToolScan<'_>, issue: &SonarIssue<'_>, about: &About, sink: &mut dyn Sink) {
    let id = issue.rule.some().unwrap_or(&issue.security_category);
    let component = component(id, &issue.message);
    let rule = match component {
        Some(file) => tool.rule(&format!("{id}:{file}"), || Rule {
            name: format!("{file} has known vulnerabilities"),
            ..rule(id, issue)
        }),
        None => tool.rule(id, || about.described(rule(id, issue), id)),
    };
    let (line, end, column) = region(issue.text_range.get(), issue.line);
    let mut place = tool::place(inside(&issue.component, &issue.project), line, end, column);
    match component {
        Some(file) if place.path.is_empty() => place.path = Cow::Borrowed(file),
        Some(file) => place.logical = Some(Cow::Borrowed(file)),
        None => {}
    }
    let step = |step: &'_ SonarLocation<'_>| step_of(tool, step, &issue.project);
    // a flow with one step is another relevant place
    let several = issue.flows.objects().find(|flow| flow.locations.0.len() > 1);
    let related: Vec<FlowStep<'static>> = match several {
        Some(_) => Vec::new(),
        None => {
            let places = issue.flows.objects().flat_map(|flow| flow.locations.objects());
            FlowStep::first(places.map(step), MOST_STEPS)
        }
    };
    // SonarQube lists the flow from its end
    let flow = several.into_iter().flat_map(|flow| flow.locations.objects().rev());
    let flow = FlowStep::ends(flow.map(step), MOST_STEPS);
    // the file of a component may have such a name: `jose-jwt-9.jar`
    let quotes_none = component.is_some() || names_only(&issue.message);
    let stable = issue.key.some().map(|key| Cow::Owned(format!("SonarQube:{key}")));
    let severity = severity(issue);
    let mut finding = tool.finding(Hit {
        message: Cow::Borrowed(&*issue.message),
        flow,
        anchors: Anchors { stable, quotes_none, ..Anchors::default() },
        skipped: skipped(issue),
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Medium), place)
    });
    if finding.kind != FindingKind::Secret {
        finding.detail.related = related;
    }
    let is_hotspot = !issue.vulnerability_probability.is_empty() || &*issue.status == "TO_REVIEW";
    let page = about.page(&issue.project, &issue.key, is_hotspot);
    finding.detail.facts.extend(page.map(|page| FindingFact { name: "In SonarQube", value: page.into() }));
    sink.finding(finding);
}

/// The file of a component in a message of the plugin for Dependency-Check, `Filename: a-1.2.jar | … References:
/// CVE-…`. Its only rule is about all components, but each is updated by itself.
fn component<'r>(rule: &str, message: &'r str) -> Option<&'r str> {
    let (file, rest) = message.strip_prefix("Filename: ")?.split_once(" | ")?;
    let file = file.trim();
    let named = !file.is_empty() && file.len() <= LONGEST_FILE;
    (named && rule.starts_with("OWASP:") && rest.contains("Reference")).then_some(file)
}

/// Whether a message about a credential quotes only the word in the name of a variable, as SonarQube's own rules do:
/// `"password" detected here, make sure this is not a hard-coded credential.`
fn names_only(message: &str) -> bool {
    // the words that these rules look for
    const WORDS: &[&str] =
        &["apikey", "auth", "credential", "passphrase", "passwd", "password", "pwd", "secret", "token"];
    let Some((quote, after)) =
        ['"', '\''].iter().find_map(|quote| Some((*quote, message.strip_prefix(*quote)?)))
    else {
        return false;
    };
    let Some((name, rest)) = after.split_once(quote) else { return false };
    let name: String = name.chars().filter(|c| !matches!(c, '_' | '-' | '.')).collect();
    let plain = |c: char| c.is_ascii_alphabetic() || " ,-.".contains(c);
    WORDS.contains(&&*name.to_ascii_lowercase())
        && [" detected here, ", " detected in this expression, "].iter().any(|own| rest.starts_with(own))
        && rest.chars().all(plain)
        && rest.len() <= 100
}

/// A place that an issue names in addition to its own.
fn step_of(tool: &ToolScan<'_>, step: &SonarLocation<'_>, project: &str) -> FlowStep<'static> {
    let (line, end_line, column) = region(step.text_range.get(), Number(None));
    let file = path::of_path(Cow::Borrowed(inside(&step.component, project)), tool.source).into_owned();
    let location = Location { path: file.into(), line, end_line, column, logical: None };
    FlowStep::new(location, step.msg.to_string().into())
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
fn severity(issue: &SonarIssue<'_>) -> Option<Severity> {
    let of = |word: &str| match word {
        "MAJOR" => Some(Severity::Medium),
        word => words::severity(word),
    };
    let security = |impact: &&SonarImpact<'_>| impact.software_quality.eq_ignore_ascii_case("security");
    let impact = issue.impacts.objects().find(security).or(issue.impacts.objects().next());
    of(&issue.severity)
        .or_else(|| of(&issue.vulnerability_probability))
        .or_else(|| impact.and_then(|impact| of(&impact.severity)))
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
mod tests;
