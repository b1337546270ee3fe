//! Nuclei's JSON: one object per line (`-jsonl`), or a list of them (`-json-export`).
//!
//! Requests, answers and commands are not read, and neither are credentials that a template extracted.

use std::borrow::Cow;

use crate::model::finding::{Anchors, FindingKind, Help, Location, Rule};
use crate::model::scan::{NotFinding, Problem};
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::lenient::{Flag, LenientList, LenientText, Maybe, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::readers::web;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{weakness, words};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "nuclei",
    scanners: "Nuclei (`-jsonl`, `-json-export`)",
    recognised: "JSON objects, one per line or in a list, with `template-id` or `templateID`, and `info`",
    kinds: &[FindingKind::Code, FindingKind::Secret],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    matches!(outline.shape, ReportShape::Object | ReportShape::List)
        && outline.has("info")
        && (outline.has("template-id") || outline.has("templateID"))
}

/// How many of the strings that a template extracted are shown.
const SHOWN: usize = 5;

/// Tags of templates that extract confidential data.
const CREDENTIALS: &[&str] =
    &["token", "tokens", "keys", "secret", "secrets", "credential", "credentials", "default-login"];

objects! { "kebab-case"
    /// A match of a template.
    struct NucleiMatch {
        #[serde(alias = "templateID", deserialize_with = "name")]
        template_id: LenientText<'a>,
        template_url: LenientText<'a>,
        info: Maybe<NucleiInfo<'a>>,
        #[serde(alias = "matcher_name", deserialize_with = "name")]
        matcher_name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        extractor_name: LenientText<'a>,
        #[serde(rename = "type")]
        kind: LenientText<'a>,
        host: LenientText<'a>,
        #[serde(alias = "matched")]
        matched_at: LenientText<'a>,
        #[serde(alias = "extracted_results")]
        extracted_results: LenientList<LenientText<'a>>,
        /// With `-matcher-status`, false if the template did not match.
        matcher_status: Flag,
    }

    /// What the template is about.
    struct NucleiInfo {
        name: LenientText<'a>,
        tags: LenientList<LenientText<'a>>,
        description: LenientText<'a>,
        impact: LenientText<'a>,
        remediation: LenientText<'a>,
        reference: LenientList<LenientText<'a>>,
        severity: LenientText<'a>,
        classification: Maybe<NucleiClass<'a>>,
    }

    struct NucleiClass {
        cve_id: LenientList<LenientText<'a>>,
        cwe_id: LenientList<LenientText<'a>>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "Nuclei", |json, tool| {
        // a template that found nothing has no line
        tool.has_results = true;
        json.each_message(|json| match json.peek()? {
            Some(b'[') => tool.results::<NucleiMatch<'_>>(json, emit),
            _ => tool.one::<NucleiMatch<'_>>(json, emit),
        })
    })
}

fn emit(tool: &mut ToolScan<'_>, found: &NucleiMatch<'_>, sink: &mut dyn Sink) {
    if found.matcher_status.0 == Some(false) {
        return tool.not_finding(NotFinding::PassedCheck);
    }
    let info = found.info.get();
    let tags: Vec<String> = info.map_or(Vec::new(), |info| tags(info));
    let rule = tool.rule(&found.template_id, || rule(found, info, &tags));
    let severity = info.and_then(|info| words::severity(&info.severity)).unwrap_or(Severity::Info);
    let address = found.matched_at.some().unwrap_or(&found.host);
    let part = found.matcher_name.some().or(found.extractor_name.some());
    let place = match &*found.kind {
        "file" => Location { logical: part.map(Cow::Borrowed), ..tool::place(address, 0, 0, 0) },
        _ => web::place(address, part.map(Cow::Borrowed)),
    };
    let hidden = rule.kind == FindingKind::Secret
        || tags.iter().any(|tag| CREDENTIALS.iter().any(|word| tag.eq_ignore_ascii_case(word)));
    let extracted: Vec<&str> = match hidden {
        true => Vec::new(),
        false => found.extracted_results.iter().take(SHOWN).map(|text| text.trim()).collect(),
    };
    let about = info.map_or("", |info| info.description.trim());
    let message = match (about, extracted.is_empty()) {
        (about, true) => Cow::Owned(about.to_owned()),
        ("", false) => Cow::Owned(format!("Found: {}", extracted.join(", "))),
        (about, false) => Cow::Owned(format!("{about}\n\nFound: {}", extracted.join(", "))),
    };
    let stable = format!("Nuclei:{}", part.unwrap_or_default());
    sink.finding(tool.finding(Hit {
        message,
        anchors: Anchors { stable: Some(Cow::Owned(stable)), withheld: hidden, ..Anchors::default() },
        ..Hit::new(rule, severity, place)
    }));
}

/// The template's tags, which older versions write as one string.
fn tags(info: &NucleiInfo<'_>) -> Vec<String> {
    let all = info.tags.iter().flat_map(|tags| tags.split(','));
    all.map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

fn rule(found: &NucleiMatch<'_>, info: Option<&NucleiInfo<'_>>, tags: &[String]) -> Rule {
    let Some(info) = info else { return Rule::default() };
    let class = info.classification.get();
    let cves = class.into_iter().flat_map(|class| class.cve_id.iter()).filter_map(|id| id.some());
    // older versions write them as a list in one string
    let references = info.reference.iter().flat_map(|text| text.split_whitespace());
    let reference = references.map(|word| word.trim_start_matches('-')).find(|word| word.starts_with("http"));
    let text = [info.description.some(), info.impact.some()].into_iter().flatten().map(str::trim);
    Rule {
        name: words::line(&info.name),
        description: text.collect::<Vec<_>>().join("\n\n").into(),
        help: info.remediation.some().map_or(Help::None, |text| Help::Markdown(text.trim().into())),
        help_uri: reference.or(found.template_url.some()).map(str::to_owned),
        cwe: class.map_or(Vec::new(), |class| {
            class.cwe_id.iter().flat_map(|text| weakness::cwe_field(text).collect::<Vec<_>>()).collect()
        }),
        tags: tags.iter().cloned().chain(cves.map(str::to_uppercase)).collect(),
        ..Rule::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    const NEW: &str = r#"{"template":"cves/2018/x.yaml","template-url":"https://t","template-id":"CVE-2018-15473","info":{"name":"OpenSSH Enumeration","author":["x"],"tags":["network","cve"],
        "description":"Names can be guessed.\n","reference":["https://nvd"],"severity":"medium","remediation":"Update.","classification":{"cve-id":["cve-2018-15473"],"cwe-id":["cwe-362"],"cvss-score":5.3}},
        "type":"network","host":"shop.test","matched-at":"shop.test:22","extracted-results":["SSH-2.0-OpenSSH_7.4p1\n"],"request":"Cookie: x","curl-command":"curl -H 'Authorization: y'"}"#;

    const OLD: &str = r#"{"templateID":"headers","info":{"name":"Missing headers","severity":"info","tags":"misconfig,headers"},"matcher_name":"x-frame-options","type":"http","host":"https://shop.test",
        "matched":"https://shop.test/?id=7"}"#;

    #[test]
    fn matches_are_read_from_lines_and_from_a_list() {
        let new = NEW.replace('\n', "");
        for report in [format!("{new}\n{OLD}\n"), format!("[{NEW},\n{OLD}]")] {
            check(
                "nuclei",
                &report,
                recorded::lines,
                &[
                    "code CVE-2018-15473 medium shop.test:22:0-0:0",
                    "code headers info https://shop.test/:0-0:0 in x-frame-options",
                    "scan Nuclei",
                ],
            );
            check(
                "nuclei",
                &report,
                recorded::words,
                &[
                    "Names can be guessed.\n\nFound: SSH-2.0-OpenSSH_7.4p1 | None at 0 | Some(\"Nuclei:\") None",
                    "Missing headers | None at 0 | Some(\"Nuclei:x-frame-options\") None",
                    "scan Nuclei",
                ],
            );
        }
        check(
            "nuclei",
            &new,
            recorded::rule,
            &[
                r#"CVE-2018-15473 | OpenSSH Enumeration | Names can be guessed. | Markdown("Update.") | Some("https://nvd") | [362] [] ["network", "cve", "CVE-2018-15473"]"#,
                "scan Nuclei",
            ],
        );
    }

    #[test]
    fn what_a_template_for_credentials_extracted_stays_where_it_is() {
        let token = r#"{"template-id":"exposed-token","info":{"name":"Token","severity":"high","tags":["exposure","token"],"description":"A token is public."},"type":"http","matched-at":"https://shop.test/a.js","extracted-results":["hunter2"]}"#;
        let recorded = recorded::lines_of(token, recorded::words);
        assert!(
            recorded[0].starts_with("A token is public") && !recorded.concat().contains("hunter2"),
            "{recorded:?}"
        );
    }

    #[test]
    fn a_template_that_did_not_match_is_no_finding() {
        let none =
            r#"{"template-id":"x","info":{"severity":"high"},"host":"shop.test","matcher-status":false}"#;
        check("nuclei", none, recorded::place, &["1 passed check", "scan Nuclei"]);
    }
}
