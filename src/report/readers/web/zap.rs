//! OWASP ZAP's reports, JSON and XML, with or without requests and responses. Those and the evidence, which quotes them,
//! are not read: they contain cookies.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::model::finding::{Anchors, Confidence, ExclusionReason, FindingFact, FindingKind, Help, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::parse::xml::Xml;
use crate::report::readers::web;
use crate::report::readers::web::quoted::quoted;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{flaw, weakness, words};
use crate::report::sink::{Nobody, Sink};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "zap",
    scanners: "ZAP (traditional JSON and XML reports, with or without requests and responses)",
    recognised: "a JSON object with `site` and either `@programName` or `@version`, or XML with the root \
                 element `OWASPZAPReport`",
    kinds: &[FindingKind::Code],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    match outline.shape {
        ReportShape::Object => {
            outline.has("site") && (outline.has("@programName") || outline.has("@version"))
        }
        ReportShape::Markup => outline.root == "OWASPZAPReport",
        _ => false,
    }
}

/// The name that its SARIF uses.
const SCANNER: &str = "ZAP";

/// Elements of XML that are lists in JSON.
const LISTS: &[&str] = &["instances"];

objects! { "lowercase"
    /// A rule with the addresses at which it found something.
    struct ZapAlert {
        pluginid: LenientText<'a>,
        #[serde(rename = "alertRef")]
        alert_ref: LenientText<'a>,
        alert: LenientText<'a>,
        name: LenientText<'a>,
        riskcode: Number,
        confidence: Number,
        count: Number,
        desc: LenientText<'a>,
        instances: LenientList<Maybe<ZapInstance<'a>>>,
        /// In reports before 2.4.
        uri: LenientText<'a>,
        param: LenientText<'a>,
        solution: LenientText<'a>,
        reference: LenientText<'a>,
        cweid: LenientText<'a>,
        otherinfo: LenientText<'a>,
    }

    struct ZapInstance {
        uri: LenientText<'a>,
        method: LenientText<'a>,
        param: LenientText<'a>,
        attack: LenientText<'a>,
        otherinfo: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    if Outline::of(source)?.shape == ReportShape::Markup {
        return read_xml(source, sink);
    }
    let mut names = AlertNames::default();
    tool::read(source, sink, SCANNER, |json, tool| {
        json.each_entry(|json, key| match key {
            "@version" => tool.version(json),
            "site" => {
                tool.has_results = true;
                json.each_element(|json| {
                    json.each_entry(|json, key| match key {
                        "alerts" => tool.results::<ZapAlert<'_>>(json, |tool, alert, sink| {
                            emit(tool, &mut names, alert, sink);
                        }),
                        _ => Ok(()),
                    })
                })
            }
            _ => Ok(()),
        })
    })
}

fn read_xml(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut tool = ToolScan::new(source, SCANNER);
    let mut names = AlertNames::default();
    tool.version = version(source);
    let mut xml = Xml::new(&source.name, source.open()?, LISTS, sink);
    let end = xml.root(|xml, _| {
        tool.has_results = true;
        xml.each_child(|xml, name| match name {
            "site" => xml.each_child(|xml, name| match name {
                "alerts" => xml.each_child(|xml, _| {
                    xml.value::<ZapAlert<'_>, _>(|alert, sink| {
                        alert.get().map(|alert| emit(&mut tool, &mut names, alert, sink))
                    })?;
                    Ok(())
                }),
                _ => Ok(()),
            }),
            _ => Ok(()),
        })
    });
    tool.close(sink);
    end
}

/// The version in the outermost element.
fn version(source: &ReportSource) -> Option<String> {
    let mut nobody = Nobody;
    let mut found = None;
    // what fails here also fails when the report is read, and is reported there
    let _ = Xml::new(&source.name, source.open().ok()?, LISTS, &mut nobody).root(|xml, _| {
        found = xml.attribute("version");
        Ok(())
    });
    found
}

fn emit(tool: &mut ToolScan<'_>, names: &mut AlertNames, alert: &ZapAlert<'_>, sink: &mut dyn Sink) {
    let rule = tool.rule(&names.id(alert), || rule(alert));
    let severity = severity(alert.riskcode);
    // ZAP's own value for a false positive
    let skipped = (alert.confidence.0 == Some(0.0)).then_some(ExclusionReason::Suppressed);
    // each place repeats it, and not as much is kept of any
    let text = web::text(words::start(&alert.desc, flaw::TEXT_LIMIT));
    let message = words::start(&text, flaw::MESSAGE);
    let about = words::start(name(alert), LONGEST_NAME);
    let other = other(about, &alert.otherinfo);
    let confidence = confidence(alert.confidence);
    let mut hit = |address: &str, method: &str, parameter: &str, facts: Vec<FindingFact<'_>>| {
        let part = part(about, parameter);
        let place = web::place(address, web::request(method, part.as_deref()));
        let stable = format!("ZAP:{method}|{parameter}");
        let mut finding = tool.finding(Hit {
            message: Cow::Borrowed(message),
            anchors: Anchors { stable: Some(Cow::Owned(stable)), ..Anchors::default() },
            confidence,
            skipped,
            ..Hit::new(rule.clone(), severity, place)
        });
        finding.detail.facts = facts;
        sink.finding(finding);
    };
    // what an alert says beside its places may be about the first of them
    let of_alert = other.as_deref().map(|text| fact(OTHER, Cow::Borrowed(text)));
    let unlisted = unlisted(alert);
    if alert.instances.0.is_empty() {
        hit(&alert.uri, "", &alert.param, of_alert.iter().cloned().collect());
    }
    for (at, instance) in alert.instances.objects().enumerate() {
        let attack = quoted(&instance.attack, ATTACK, about);
        let attack =
            Some(attack).filter(|text| !text.is_empty()).map(|text| fact(FindingFact::ATTACK, text.into()));
        let own = self::other(about, &instance.otherinfo).map(|text| fact(OTHER, text.into()));
        let facts = attack.into_iter().chain(own.or_else(|| of_alert.clone().filter(|_| at == 0)));
        let facts = facts.chain(unlisted.clone().filter(|_| at == 0));
        hit(&instance.uri, &instance.method, &instance.param, facts.collect());
    }
}

/// How much of an alert's name each place looks at, in bytes.
const LONGEST_NAME: usize = 1_000;

/// How much of what ZAP sent is shown, in bytes.
const ATTACK: usize = 300;

/// How much of what else it says is shown, in bytes.
const OTHER_TEXT: usize = 1_000;

/// What that is called.
const OTHER: &str = "Other information";

fn fact<'r>(name: &'static str, value: Cow<'r, str>) -> FindingFact<'r> {
    FindingFact { name, value }
}

/// What else ZAP says, without the values of credentials.
fn other(alert: &str, text: &str) -> Option<String> {
    let text = web::text(words::start(text, flaw::TEXT_LIMIT));
    Some(quoted(&text, OTHER_TEXT, alert)).filter(|text| !text.is_empty())
}

/// How many places there are, if the report does not list all of them: ZAP limits them.
fn unlisted(alert: &ZapAlert<'_>) -> Option<FindingFact<'static>> {
    let (listed, all) = (alert.instances.objects().count(), alert.count.position() as usize);
    let value = format!("ZAP found this in {all} places and lists {listed} of them");
    (all > listed).then(|| fact("Not in the report", value.into()))
}

/// ZAP's confidence: 1 is low, 4 confirmed by a person.
fn confidence(number: Number) -> Option<Confidence> {
    match number.position() {
        1 => Some(Confidence::Low),
        2 => Some(Confidence::Medium),
        3 | 4 => Some(Confidence::High),
        _ => None,
    }
}

/// The plugin whose alerts are named after the method that the server accepts.
const METHODS: &str = "90028";

/// How many ids are remembered; ZAP has some hundred.
const MOST_IDS: usize = 10_000;

/// By each id, the name of the first alert with it.
#[derive(Default)]
struct AlertNames(HashMap<String, String>);

impl AlertNames {
    /// What identifies the rule. One plugin may report several things under one id, each with a name and a risk of its
    /// own (`Insecure HTTP Method - PUT`); they are different rules. Plugins for methods and scripts (six digits) are
    /// known for it, so that their ids do not depend on what else the report contains.
    fn id(&mut self, alert: &ZapAlert<'_>) -> String {
        let id = &*words::name(alert.alert_ref.some().unwrap_or(&alert.pluginid));
        let name = words::line(&words::name(name(alert)));
        let script = id.len() == 6 && id.bytes().all(|byte| byte.is_ascii_digit());
        let first = match self.0.get(id) {
            Some(first) => *first == name,
            None => {
                if self.0.len() < MOST_IDS {
                    self.0.insert(id.to_owned(), name.clone());
                }
                true
            }
        };
        let whole = first && id != METHODS && !script || name.is_empty();
        if whole { id.to_owned() } else { format!("{id} {name}") }
    }
}

/// What the alert is called.
fn name<'r>(alert: &'r ZapAlert<'r>) -> &'r str {
    alert.name.some().unwrap_or(&alert.alert)
}

/// What of the request or of the answer an alert is about. ZAP calls a header and a cookie a parameter, too.
fn part(alert: &str, parameter: &str) -> Option<String> {
    const HEADERS: &[&str] =
        &["cache-control", "content-type", "pragma", "referrer-policy", "server", "set-cookie"];
    const STARTS: &[&str] = &[
        "access-control-",
        "content-security-policy",
        "cross-origin-",
        "permissions-",
        "strict-transport-",
        "x-",
    ];
    let (alert, lower) = (alert.to_lowercase(), parameter.to_lowercase());
    let header = HEADERS.contains(&&*lower) || STARTS.iter().any(|start| lower.starts_with(start));
    let missing = ["missing", "not set"].iter().any(|word| alert.contains(word));
    let what = match (header, missing) {
        _ if parameter.is_empty() => return None,
        (true, true) => "missing header",
        (true, false) => "header",
        _ if alert.contains("cookie") => "cookie",
        _ => "parameter",
    };
    Some(format!("{what} {parameter}"))
}

fn rule(alert: &ZapAlert<'_>) -> Rule {
    let reference = web::text(&alert.reference);
    let solution = web::text(&alert.solution);
    // ZAP's placeholder for advice that nobody has written
    let solution = if solution.eq_ignore_ascii_case("TBA") { "" } else { &*solution };
    let advice = web::advice(solution, reference.split_whitespace());
    Rule {
        name: name(alert).to_owned(),
        description: web::text(words::start(&alert.desc, flaw::TEXT_LIMIT)).as_ref().into(),
        help: if advice.is_empty() { Help::None } else { Help::Text(advice.into()) },
        help_uri: page(&alert.pluginid),
        cwe: weakness::cwe_field(&alert.cweid).collect(),
        ..Rule::default()
    }
}

/// ZAP's own page about what a plugin reports.
fn page(plugin: &str) -> Option<String> {
    let is_number = (1..=6).contains(&plugin.len()) && plugin.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("https://www.zaproxy.org/docs/alerts/{plugin}/"))
}

/// ZAP's risks: 3 is high, 0 informational.
fn severity(risk: Number) -> Severity {
    match risk.position() {
        3.. => Severity::High,
        2 => Severity::Medium,
        1 => Severity::Low,
        0 => Severity::Info,
    }
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    const ALERT: &str = r#"{"pluginid":"40012","alertRef":"40012-1","alert":"Cross Site Scripting","name":"Cross Site Scripting (Reflected)","riskcode":"3","confidence":"2","riskdesc":"High (Medium)",
        "desc":"<p>Scripts are echoed.</p><p>Really.</p>","instances":[{"uri":"http://shop.test/search?q=%3Cscript%3E","method":"GET","param":"q","attack":"<script>","evidence":"<script>"},
        {"uri":"http://shop.test/login","method":"POST","param":""}],"count":"2","solution":"<p>Escape.</p>","reference":"<p>https://owasp.org/xss</p><p>https://x</p>","cweid":"79"}"#;

    fn json(alerts: &str) -> String {
        format!(
            r#"{{"@programName":"ZAP","@version":"2.15.0","site":[{{"@name":"http://shop.test","@host":"shop.test","alerts":[{alerts}]}}]}}"#
        )
    }

    const XML: &str = "<?xml version=\"1.0\"?><OWASPZAPReport programName=\"ZAP\" version=\"2.15.0\"><site name=\"http://shop.test\" host=\"shop.test\"><alerts><alertitem>
        <pluginid>40012</pluginid><alertRef>40012-1</alertRef><name>Cross Site Scripting (Reflected)</name><riskcode>3</riskcode><confidence>2</confidence>
        <desc>&lt;p&gt;Scripts are echoed.&lt;/p&gt;&lt;p&gt;Really.&lt;/p&gt;</desc><instances><instance><uri>http://shop.test/search?q=x</uri><method>GET</method><param>q</param></instance>
        <instance><uri>http://shop.test/login</uri><method>POST</method><param></param></instance></instances><solution>&lt;p&gt;Escape.&lt;/p&gt;</solution>
        <reference>&lt;p&gt;https://owasp.org/xss&lt;/p&gt;&lt;p&gt;https://x&lt;/p&gt;</reference><cweid>79</cweid></alertitem></alerts></site></OWASPZAPReport>";

    #[test]
    fn an_address_is_a_finding_whether_in_json_or_in_xml() {
        for report in [json(ALERT), XML.to_owned()] {
            check(
                "zap",
                &report,
                recorded::lines,
                &[
                    "code 40012-1 high http://shop.test/search:0-0:0 in GET, parameter q",
                    "code 40012-1 high http://shop.test/login:0-0:0 in POST",
                    "scan ZAP 2.15.0",
                ],
            );
            let rule = r#"40012-1 | Cross Site Scripting (Reflected) | Scripts are echoed.

Really. | Text("Escape.\n\nReferences:\n\n- https://owasp.org/xss\n- https://x") | Some("https://www.zaproxy.org/docs/alerts/40012/") | [79] [] []"#;
            check("zap", &report, recorded::rule, &[rule, rule, "scan ZAP 2.15.0"]);
        }
        check(
            "zap",
            &json(ALERT),
            recorded::words,
            &[
                "Scripts are echoed.\n\nReally. | None at 0 | Some(\"ZAP:GET|q\") None",
                "Scripts are echoed.\n\nReally. | None at 0 | Some(\"ZAP:POST|\") None",
                "scan ZAP 2.15.0",
            ],
        );
    }

    #[test]
    fn what_was_tried_and_what_else_is_known_is_shown_without_credentials() {
        let alert = |name: &str, other: &str, attack: &str| {
            format!(
                r#"{{"pluginid":"10027","name":"{name}","riskcode":"1","confidence":"3","instances":[{{"uri":"http://a","attack":"{attack}","evidence":"SID=38B1CFDD"}},{{"uri":"http://b"}}],"otherinfo":"<p>{other}</p>"}}"#
            )
        };
        let check = |name: &str, other: &str, attack: &str, expected: &str| {
            let all = recorded::lines_of(&json(&alert(name, other, attack)), |finding| {
                let facts = finding.detail.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value));
                format!("{:?} {}", finding.detail.confidence, facts.collect::<Vec<_>>().join(" | "))
            });
            assert_eq!((all[0].as_str(), all[1].as_str()), (expected, "Some(High) "));
        };
        check(
            "Suspicious Comments",
            "&lt;!-- TODO: remove --&gt;",
            "",
            "Some(High) Other information: <!-- TODO: remove -->",
        );
        check("SQL Injection", "", "' OR 1=1", "Some(High) Attack: ' OR 1=1");
        check(
            "Loosely Scoped Cookie",
            "shop.test SID=38B1CFDD",
            "token=38B1CFDD",
            "Some(High) Attack: token=*** | Other information: shop.test SID=***",
        );
    }

    #[test]
    fn places_that_the_report_does_not_list_are_counted() {
        let facts = |count: u8| {
            let alert = ALERT.replace(r#""count":"2""#, &format!(r#""count":"{count}""#));
            recorded::lines_of(&json(&alert), |finding| format!("{:?}", finding.detail.facts)).concat()
        };
        assert_eq!(
            facts(74).matches("ZAP found this in 74 places and lists 2 of them").count(),
            1,
            "{}",
            facts(74)
        );
        assert!(!facts(2).contains("lists"), "{}", facts(2));
    }

    #[test]
    fn one_instance_and_an_older_report_are_read() {
        let one = "<OWASPZAPReport version=\"2.9\"><site><alerts><alertitem><pluginid>1</pluginid><alert>A</alert><riskcode>1</riskcode><confidence>0</confidence><instances><instance><uri>http://a</uri></instance></instances></alertitem></alerts></site></OWASPZAPReport>";
        check("zap", one, recorded::lines, &["code 1 low http://a:0-0:0, suppressed", "scan ZAP 2.9"]);
        let old = r#"{"pluginid":"1","alert":"A","riskcode":"2","uri":"http://a","param":"p"}"#;
        check(
            "zap",
            &json(old),
            recorded::lines,
            &["code 1 medium http://a:0-0:0 in parameter p", "scan ZAP 2.15.0"],
        );
    }

    #[test]
    fn alerts_of_one_plugin_are_rules_of_their_own() {
        let alert = |id: &str, name: &str, risk: u8| {
            format!(
                r#"{{"pluginid":"{id}","alertRef":"{id}","alert":"{name}","name":"{name}","riskcode":"{risk}","instances":[{{"uri":"http://a","method":"PUT"}}],"solution":"<p>TBA</p>"}}"#
            )
        };
        let alerts = [
            alert("90028", "Insecure HTTP Method - PUT", 2),
            alert("90028", "Insecure HTTP Method - LOCK", 0),
            alert("100000", "A Client Error", 0),
            alert("10020", "Missing header", 2),
            alert("10020", "Two of them", 1),
        ];
        check(
            "zap",
            &json(&alerts.join(",")),
            recorded::lines,
            &[
                "code 90028 Insecure HTTP Method - PUT medium http://a:0-0:0 in PUT",
                "code 90028 Insecure HTTP Method - LOCK info http://a:0-0:0 in PUT",
                "code 100000 A Client Error info http://a:0-0:0 in PUT",
                "code 10020 medium http://a:0-0:0 in PUT",
                "code 10020 Two of them low http://a:0-0:0 in PUT",
                "scan ZAP 2.15.0",
            ],
        );
        let rules = recorded::lines_of(&json(&alerts[1]), recorded::rule);
        assert!(rules[0].contains("| Insecure HTTP Method - LOCK |"), "{rules:?}");
        assert!(!rules[0].contains("TBA") && rules[0].contains("| None |"), "{rules:?}");
    }

    #[test]
    fn a_part_is_what_it_is_and_not_always_a_parameter() {
        let check = |alert, parameter, expected: Option<&str>| {
            assert_eq!(super::part(alert, parameter).as_deref(), expected, "{alert} {parameter}");
        };
        check(
            "X-Content-Type-Options Header Missing",
            "X-Content-Type-Options",
            Some("missing header X-Content-Type-Options"),
        );
        check("Server Leaks Information", "Server", Some("header Server"));
        check("Cookie No HttpOnly Flag", "JSESSIONID", Some("cookie JSESSIONID"));
        check("SQL Injection", "id", Some("parameter id"));
        check("SQL Injection", "", None);
    }

    #[test]
    fn a_clean_scan_is_one() {
        check("zap", &json(""), recorded::lines, &["scan ZAP 2.15.0"]);
        check(
            "zap",
            "<OWASPZAPReport version=\"2.9\"><site><alerts></alerts></site></OWASPZAPReport>",
            recorded::lines,
            &["scan ZAP 2.9"],
        );
    }
}
