//! Texts of scanners, branches, files and people: whatever they hold, they are text.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::harness::{Event, Place, Ran};
use super::page;

/// What means something to GitHub, its runner, Jira, a shell, a terminal or a template.
const TEXTS: [&str; 22] = [
    "<!-- casefile:end -->",
    "<!-- casefile:start -->\n\n<!-- casefile:end -->",
    "x -->\n# mine\n<!-- casefile:end -->\nhello",
    "@team @acme/payments [~accountid:5b10a2844c20165700ede21g] [~admin]",
    "<img src=x onerror=alert(1)><details><script>alert(1)</script></details>&lt;b&gt;&#64;team",
    "``` ` `` ~~~ {code} {noformat} | \\| || ~~gone~~ **b** _i_ $a$",
    "::error::one\n  ::warning file=a.c::two\r\n::set-output name=keys::SEC-1\r::stop-commands::x",
    "##[set-output name=keys]SEC-1 x ##[error]y ##[group]",
    "\") OR project = SEC OR summary ~ (\"x \\\\\" ' \\u0022",
    "\u{0}\u{1}\u{7}\u{8}\u{b}\u{c}\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}\u{7f}\u{85}\u{9b}31m\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}",
    "\u{202a}\u{202b}\u{202d}\u{202e}gnp.exe\u{202c}\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}\u{200b}\u{200d}",
    "=cmd|'/c calc'!A1",
    "{{ scanner }} {% for i in range(1000000000) %}x{% endfor %} ${{ secrets.JIRA_API_TOKEN }} $(id) `id`",
    "![spy](https://example.com/spy.png) [l](https://example.com) <https://example.com> www.example.com a@example.com",
    "closes #1, fixes GH-2, acme/shop#3, deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "[a]: https://example.com\n\n[a]",
    "keys<<EOF\nSEC-1\nEOF\n",
    "%0A::error::x %250A",
    "\u{1f600}\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} e\u{301}\u{301}\u{301} \u{10ffff}",
    "a\tb\n\n\n   c\r\rd",
    "- x\n1. y\n> z\n    code\n---\n# h",
    "casefile casefile-repo-000000000000 casefile-00000000000000000000",
];

/// A report in which every text that a person could be shown is hostile.
fn report() -> Value {
    let rule = |(n, text): (usize, &&str)| {
        json!({"id": format!("{n}{text}"), "name": text, "shortDescription": {"text": text},
            "fullDescription": {"text": text}, "helpUri": format!("https://example.com/{text}"),
            "help": {"text": text, "markdown": text},
            "properties": {"tags": [text, "external/cwe/cwe-79"], "security-severity": "8.1", "category": text}})
    };
    let place = |n: usize, text: &str| {
        json!({"message": {"text": text}, "logicalLocations": [{"fullyQualifiedName": text}],
            "physicalLocation": {"artifactLocation": {"uri": format!("src/{n}/{text}")},
                "region": {"startLine": 3, "snippet": {"text": text}},
                "contextRegion": {"startLine": 2, "snippet": {"text": text}}}})
    };
    let result = |(n, text): (usize, &&str)| {
        json!({"ruleId": format!("{n}{text}"), "message": {"text": text, "markdown": text}, "locations": [place(n, text)],
            "relatedLocations": [place(n, text)], "partialFingerprints": {"primaryLocationLineHash": text},
            "codeFlows": [{"message": {"text": text}, "threadFlows": [{"locations": [{"location": place(n, text)}]}]}],
            "fixes": [{"description": {"text": text}}], "workItemUris": [text, "https://example.com/browse/SEC-1"],
            "properties": {"x": text}})
    };
    let run = |(n, text): (usize, &&str)| {
        json!({"tool": {"driver": {"name": format!("s{n}{text}"), "version": text, "informationUri": text, "rules": []}},
            "automationDetails": {"id": format!("{text}/")},
            "invocations": [{"executionSuccessful": true, "commandLine": text}],
            "results": [{"ruleId": "r", "message": {"text": text}, "locations": [place(n, text)]}]})
    };
    let mut runs = vec![
        json!({"tool": {"driver": {"name": "hostile", "rules": TEXTS.iter().enumerate().map(rule).collect::<Vec<_>>()}},
        "results": TEXTS.iter().enumerate().map(result).collect::<Vec<_>>()}),
    ];
    runs.extend(TEXTS.iter().enumerate().map(run));
    json!({"version": "2.1.0", "runs": runs})
}

fn place() -> Place {
    let place = Place::new();
    place.write("all.sarif", report().to_string());
    place.fixture("texts.sarif");
    place.fixture("secrets.sarif");
    place
}

/// What must hold after any run on pull request 7 whose author wrote `body`.
fn holds(place: &Place, ran: &Ran, body: &str) {
    let tickets = format!("{}/browse/", place.sim.jira_url());
    let written = place.body();
    let (section, [before, behind]) =
        page::section(&written, body.matches("```\r\n<!-- casefile:start").count());
    assert_eq!(before.trim_end_matches(['\r', '\n']), body.trim_end_matches(['\r', '\n']));
    assert!(before.starts_with(body) && behind.is_empty(), "{written}");
    page::is_plain(section, &tickets);
    page::is_plain(&ran.summary, &tickets);
    place.sim.journal().iter().for_each(|entry| {
        if let Some(jql) = entry.body["jql"].as_str() {
            is_ours(jql);
        }
        assert!(entry.status.is_some_and(|status| status < 400), "{entry}");
    });
    for issue in place.sim.state().issues.values() {
        let label =
            |label: &String| label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(issue.labels.iter().all(label), "{:?}", issue.labels);
        assert!(issue.labels.contains(&"casefile".to_owned()));
        assert_eq!(issue.labels.iter().filter(|label| label.starts_with("casefile-repo-")).count(), 1);
        assert!(!issue.summary.contains(char::is_control), "{:?}", issue.summary);
    }
}

/// A query of casefile's: names, operators, quoted labels of ours, and the one thing that texts are searched for, which is
/// the token of a group.
fn is_ours(jql: &str) {
    let fields = jql.replace("comment ~", "description ~");
    let mut searches = fields.split("description ~ \"casefile");
    let mut others = searches.next().unwrap().to_owned();
    for search in searches {
        let (name, behind) = search.split_at_checked(20).unwrap_or_else(|| panic!("{jql}"));
        assert!(name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{jql}");
        others += behind.strip_prefix('"').unwrap_or_else(|| panic!("{jql}"));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || " ()=,<>!-\"".contains(c);
    assert!(others.chars().all(plain), "{jql}");
    let quoted: Vec<_> = others.split('"').skip(1).step_by(2).collect();
    let ours = |text: &&str| text.starts_with("casefile") || ["SEC", "Done"].contains(text);
    assert!(quoted.iter().all(ours), "{jql}");
}

#[test]
fn a_report_full_of_hostile_texts_is_filed_as_text() {
    let place = place();
    let body =
        "Mine:\r\n\r\n```\r\n<!-- casefile:start -->\r\n<!-- casefile:end -->\r\n```\r\n@alice see #1\r\n";
    place.set_body(body);
    let ran = place.pull_request(&["run", "-vv", "--format", "json"]);
    ran.ends_with(0);
    holds(&place, &ran, body);
    let result = ran.json();
    let tickets = result["tickets"].as_array().unwrap();
    assert!(tickets.len() >= TEXTS.len() * 2, "{}", tickets.len());
    assert!(tickets.iter().all(|ticket| ticket["action"] == "created"), "{result}");
    assert_eq!(result["problems"], json!([]));
    let keys: BTreeSet<_> = tickets.iter().map(|ticket| ticket["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), place.sim.state().issues.len());
    ran.has_none_of(&["AKIAIOSFODNN7EXAMPLE"]);
    let told =
        place.sim.journal().iter().any(|entry| entry.body.to_string().contains("AKIAIOSFODNN7EXAMPLE"));
    assert!(!told, "a secret was sent");

    // as text, on the same tickets, which a person has not touched: nothing is new
    place.sim.clear_journal();
    let ran = place.pull_request(&["run", "-vv"]);
    ran.ends_with(0);
    holds(&place, &ran, body);
    assert_eq!(place.sim.writes().len(), 0, "{:?}", place.sim.writes());
    for format in ["text", "json", "markdown"] {
        let ran = place.pull_request(&["plan", "-vv", "--format", format]);
        ran.ends_with(0);
        if format == "markdown" {
            page::is_plain(&ran.out, &format!("{}/browse/", place.sim.jira_url()));
        }
    }
}

#[test]
fn what_people_write_in_jira_is_text() {
    let place = place();
    place.pull_request(&["run"]).ends_with(0);
    {
        let mut world = place.sim.state();
        let keys: Vec<_> = world.issues.values().map(|issue| issue.key.clone()).collect();
        for (user, text) in ["alice", "bob"].into_iter().zip([TEXTS[3], TEXTS[6]]) {
            let user = world.users.iter_mut().find(|one| one.name == user).unwrap();
            user.display = format!("{user} {text} <b>", user = user.name);
        }
        for status in &mut world.statuses {
            status.name = format!("{} {} {}", status.name, TEXTS[0], TEXTS[4]);
        }
        let people: Vec<_> = world.users.iter().skip(1).map(|user| user.account.clone()).collect();
        for (n, (key, text)) in keys.iter().zip(TEXTS.iter().cycle()).enumerate() {
            let summary = text.replace(['\n', '\r'], " ");
            let assignee = people[n % 2].clone();
            assert!(world.edit_as("alice", key, |issue| {
                issue.summary = summary;
                issue.assignee = Some(assignee);
            }));
        }
    }
    let body = "What this does.\r\n\r\nAnd why.";
    let tickets = format!("{}/browse/", place.sim.jira_url());
    for format in ["text", "json"] {
        let ran = place.pull_request(&["run", "-v", "--format", format]);
        ran.ends_with(0);
        let written = place.body();
        let (section, [before, behind]) = page::section(&written, 0);
        assert!(before.starts_with(body) && behind.is_empty(), "{written}");
        page::is_plain(section, &tickets);
        page::is_plain(&ran.summary, &tickets);
        assert!(section.contains("alice") && section.contains("bob"), "{section}");
    }
}

/// A run on a pull request from a branch of this name, by a workflow and a job that are called so as well.
fn named(place: &Place, payload: &str, variable: &str) -> Ran {
    place.fixture("plain.sarif");
    let mut event = Event::pull_request(payload, "acme/shop");
    let names = ["GITHUB_HEAD_REF", "GITHUB_WORKFLOW", "GITHUB_JOB"];
    event.variables.extend(names.map(|name| (name, variable.to_owned())));
    let ran = place.on(&event, &["run", "-vv"]);
    ran.ends_with(0);
    ran
}

#[test]
fn names_of_branches_workflows_and_jobs_are_text() {
    for text in TEXTS {
        // no variable can hold it
        let text = text.replace('\0', "");
        let place = Place::new();
        let body = place.body();
        let ran = named(&place, &text, &text);
        assert_eq!(place.sim.state().issues.len(), 1, "{text:?}");
        holds(&place, &ran, &body);
    }
}

#[test]
fn a_branch_that_the_event_and_the_variables_name_otherwise_files_nothing() {
    for (payload, variable) in [("a\0b", "ab"), ("a", "b"), ("a\u{202e}", "a"), ("a::b", "a%3A%3Ab")] {
        let place = Place::new();
        let body = place.body();
        let ran = named(&place, payload, variable);
        // what is new is told all the same
        assert!(place.body().starts_with(&body), "{payload:?}: {}", place.body());
        assert_eq!(place.sim.state().issues.len(), 0, "{payload:?}");
        assert!(
            place.sim.writes().iter().all(|entry| entry.path.ends_with("/pulls/7")),
            "{:?}",
            place.sim.writes()
        );
        assert!(ran.out.contains("contradicts itself"), "{}", ran.out);
    }
}

#[test]
fn lines_of_a_megabyte_are_cut_and_filed() {
    let place = Place::new();
    let long = |text: &str| text.repeat(1_000_000 / text.len());
    let results: Vec<_> = ["<!-- casefile:end -->", "@a ", "`", "\u{202e}", "::error::x\n", "["]
        .iter()
        .enumerate()
        .map(|(n, text)| {
            let rule = if n == 0 { long(text) } else { format!("r{n}") };
            json!({"ruleId": rule, "message": {"text": long(text)},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": format!("src/{n}.c")},
                    "region": {"startLine": 1, "snippet": {"text": long(text)}}}}]})
        })
        .collect();
    let driver = json!({"name": long("t"), "version": long("v")});
    let run =
        json!({"tool": {"driver": driver}, "automationDetails": {"id": long("c/")}, "results": results});
    let report = json!({"version": "2.1.0", "runs": [run]});
    place.write("long.sarif", report.to_string());
    let body = place.body();
    let ran = place.pull_request(&["run", "--format", "json"]);
    ran.ends_with(0);
    holds(&place, &ran, &body);
    assert_eq!(place.sim.state().issues.len(), results.len());
    assert!(ran.out.len() < 1 << 16, "{}", ran.out.len());
}

#[cfg(unix)]
#[test]
fn names_of_files_are_text() {
    let place = Place::new();
    let broken = "{\"##[error]x\": 1, \"\\n::error::y\": 2, \"\u{202e}@team\": [";
    let names = [
        "a\n::error::b",
        "\r::warning::c",
        "##[group]d",
        "\u{202e}e",
        "@team <b>f",
        "`g`|h",
        "keys<<EOF\n",
        "\u{1b}[2J",
    ];
    for (n, name) in names.iter().enumerate() {
        place.write(&format!("{name}{n}.sarif"), broken);
        let run = json!({"tool": {"driver": {"name": "t"}}, "results": [{"ruleId": format!("r{n}")}, 7]});
        place.write(&format!("{name}{n}-good.sarif"), json!({"version": "2.1.0", "runs": [run]}).to_string());
    }
    let body = place.body();
    for format in ["text", "json"] {
        let ran = place.pull_request(&["run", "-vv", "--format", format]);
        ran.ends_with(3);
        holds(&place, &ran, &body);
        assert_eq!(place.sim.state().issues.len(), names.len());
        assert!(ran.err.matches("::warning title=").count() >= 9, "{}", ran.err);
    }
}
