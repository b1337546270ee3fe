//! Nuclei's JSON: one object per line (`-jsonl`), or a list of them (`-json-export`).
//!
//! Answers and commands are not read, of requests only the method, and neither are credentials and cookies that a
//! template extracted.

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
    recognised: "JSON objects, one per line or in a list, with `info` and either `template-id` or \
                 `templateID`",
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
const CREDENTIALS: &[&str] = &[
    "token",
    "tokens",
    "keys",
    "secret",
    "secrets",
    "credential",
    "credentials",
    "default-login",
    "cookie",
    "cookies",
];

/// Words of which a request begins with one.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"];

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
        /// With a slash before it in some reports that have no host.
        url: LenientText<'a>,
        request: LenientText<'a>,
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
    let severity = info.and_then(|info| words::severity(&info.severity));
    let url = || found.url.trim_start_matches('/');
    let address = found.matched_at.some().or(found.host.some()).unwrap_or_else(url);
    let part = found.matcher_name.some().or(found.extractor_name.some());
    let place = match &*found.kind {
        "file" => Location { logical: part.map(Cow::Borrowed), ..tool::place(address, 0, 0, 0) },
        _ => web::place(address, web::request(method(&found.request), about(found, part).as_deref())),
    };
    let hidden = rule.kind == FindingKind::Secret
        || tags.iter().any(|tag| CREDENTIALS.iter().any(|word| tag.eq_ignore_ascii_case(word)))
        || found.extracted_results.iter().any(|value| is_cookie(value));
    let extracted = if hidden { None } else { extracted(found) };
    let texts = [info.and_then(|info| info.description.some()).map(|text| text.trim().to_owned()), extracted];
    let message = Cow::Owned(texts.into_iter().flatten().collect::<Vec<_>>().join("\n\n"));
    let stable = format!("Nuclei:{}", part.unwrap_or_default());
    sink.finding(tool.finding(Hit {
        message,
        anchors: Anchors { stable: Some(Cow::Owned(stable)), withheld: hidden, ..Anchors::default() },
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Info), place)
    }));
}

/// The first word of a request over HTTP. The rest contains cookies.
fn method(request: &str) -> &'static str {
    let first = request.split(' ').next().unwrap_or_default();
    METHODS.iter().find(|method| **method == first).copied().unwrap_or_default()
}

/// What the template looked at: a matcher of one for missing headers is named after the header.
fn about<'r>(found: &NucleiMatch<'_>, part: Option<&'r str>) -> Option<Cow<'r, str>> {
    let missing = found.template_id.contains("missing") && found.template_id.contains("header");
    let what = if missing { "missing header" } else { "matched" };
    part.map(|part| Cow::Owned(format!("{what} {part}")))
}

/// What the template extracted, and how much more that is than what is shown.
fn extracted(found: &NucleiMatch<'_>) -> Option<String> {
    let mut all = found.extracted_results.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    let shown: Vec<&str> = all.by_ref().take(SHOWN).collect();
    let more = all.count();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!shown.is_empty()).then(|| format!("Found: {}{more}", shown.join(", ")))
}

/// Whether a value is a cookie, which may be that of a session: `PHPSESSID=…`, `a=b; HttpOnly`.
fn is_cookie(value: &str) -> bool {
    const NAMES: &[&str] = &["auth", "csrf", "jwt", "session", "sess", "sid", "token", "xsrf"];
    const ATTRIBUTES: &[&str] =
        &["domain=", "expires=", "httponly", "max-age=", "path=", "samesite", "secure"];
    let value = value.trim().to_ascii_lowercase();
    if ["cookie:", "set-cookie:"].iter().any(|header| value.starts_with(header)) {
        return true;
    }
    let Some((name, rest)) = value.split_once('=') else { return false };
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let attribute = |part: &str| ATTRIBUTES.iter().any(|own| part.trim().starts_with(own));
    is_name && (NAMES.iter().any(|own| name.contains(own)) || rest.split(';').skip(1).any(attribute))
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
    let mut references = references.map(|word| word.trim_start_matches('-')).filter(|word| !word.is_empty());
    let advice = web::advice(info.remediation.some().unwrap_or_default(), references.clone());
    let reference = references.find(|word| word.starts_with("http"));
    let text = [info.description.some(), info.impact.some()].into_iter().flatten().map(str::trim);
    Rule {
        name: words::line(&info.name),
        description: text.collect::<Vec<_>>().join("\n\n").into(),
        help: if advice.is_empty() { Help::None } else { Help::Markdown(advice.into()) },
        help_uri: found.template_url.some().or(reference).map(str::to_owned),
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
                    "code headers info https://shop.test/:0-0:0 in matched x-frame-options",
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
                r#"CVE-2018-15473 | OpenSSH Enumeration | Names can be guessed. | Markdown("Update.\n\nReferences:\n\n- https://nvd") | Some("https://t") | [362] [] ["network", "cve", "CVE-2018-15473"]"#,
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
    fn a_cookie_is_not_shown_and_what_is_left_out_is_counted() {
        let found = |tag: &str, extracted: &str| {
            let report = format!(
                r#"{{"template-id":"x","info":{{"name":"X","severity":"low","tags":["{tag}"]}},"type":"http","matched-at":"https://shop.test","extracted-results":[{extracted}]}}"#
            );
            recorded::lines_of(&report, recorded::words)[0].clone()
        };
        assert!(!found("cookie", r#""session_a""#).contains("session_a"));
        for value in ["PHPSESSID=0f3a", "Set-Cookie: a=0f3a", "a=0f3a; Path=/; HttpOnly"] {
            assert!(!found("tech", &format!(r#""{value}""#)).contains("0f3a"), "{value}");
        }
        assert!(found("tech", r#""version=0f3a""#).starts_with("Found: version=0f3a |"));
        let several = found("tech", r#""1","2","3","4","5","","6","7""#);
        assert!(several.starts_with("Found: 1, 2, 3, 4, 5 and 2 more |"), "{several}");
    }

    #[test]
    fn a_place_is_a_request_and_what_it_is_about() {
        let place = |members: &str| {
            let report = format!(r#"{{"info":{{"severity":"low"}},{members}}}"#);
            recorded::lines_of(&report, recorded::place)[0].clone()
        };
        assert_eq!(
            place(
                r#""template-id":"http-missing-security-headers","matcher-name":"x-frame-options","type":"http","url":"/http://shop.test/","matched-at":"http://shop.test/a","request":"GET /a HTTP/1.1\nCookie: b""#
            ),
            "code http-missing-security-headers http://shop.test/a:0 GET, missing header x-frame-options"
        );
        assert_eq!(
            place(
                r#""template-id":"cookies","type":"javascript","url":"/http://shop.test/","request":"content = x""#
            ),
            "code cookies http://shop.test/:0"
        );
        assert_eq!(
            place(r#""template-id":"waf","matcher-name":"generic","host":"http://a""#),
            "code waf http://a:0 matched generic"
        );
    }

    #[test]
    fn a_template_that_did_not_match_is_no_finding() {
        let none =
            r#"{"template-id":"x","info":{"severity":"high"},"host":"shop.test","matcher-status":false}"#;
        check("nuclei", none, recorded::place, &["1 passed check", "scan Nuclei"]);
    }
}
