//! Bad input as data: what a report or a configuration is, the exit code, and what is said. Each row is a
//! run of the binary.

use std::fs;
use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use tempfile::TempDir;

use super::harness::run_in;

/// How an input is made.
#[derive(Clone, Copy)]
enum Make {
    /// It is this.
    Text(&'static str),
    /// A SARIF report with these results.
    Results(&'static str),
    /// These bytes.
    Bytes(&'static [u8]),
    /// A text so many times between two others.
    Times(&'static str, &'static str, usize, &'static str),
    /// A text as UTF-16, and so many bytes cut from its end.
    Utf16(&'static str, usize),
    /// Zipped, and so many bytes cut from its end.
    Zipped(&'static str, usize),
    /// Zipped twice.
    Twice(&'static str),
}

use Make::{Bytes, Results, Text, Times, Twice, Utf16, Zipped};

/// A name, the input, the exit code, and what is said on either stream.
type Row = (&'static str, Make, i32, &'static str);

const RESULT: &str = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[{"ruleId":"R","message":{"text":"m"}}]}]}"#;

/// Reports, by what is wrong with them.
const REPORTS: &[Row] = &[
    // no report at all
    ("no byte", Text(""), 3, "is empty"),
    ("blanks alone", Text(" \n\t\r\n"), 3, "is empty"),
    ("a mark alone", Bytes(b"\xef\xbb\xbf"), 3, "is empty"),
    ("zero bytes", Bytes(&[0; 64]), 3, "is not JSON"),
    ("a log", Text("Error: no such option: --sarif\n"), 3, "is not JSON: it looks like plain text"),
    ("a picture", Bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), 3, "is not JSON"),
    ("a web page", Text("<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"), 3, "is a web page"),
    ("XML of somebody", Text("<?xml version='1.0'?><inventory/>"), 3, "is XML in an unknown format"),
    (
        "XML that bursts",
        Text("<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>"),
        3,
        "is XML in an unknown format",
    ),
    ("a number", Text("42"), 3, "a single value"),
    ("a text", Text("\"sarif\""), 3, "a single value"),
    ("a truth value", Text("true"), 3, "a single value"),
    ("null, an empty list of Go's", Text("null"), 0, "0 findings in 1 report"),
    ("an empty object", Text("{}"), 3, "an object without members"),
    ("an object of somebody", Text(r#"{"stars": 5, "forks": 7}"#), 3, "an object with stars, forks"),
    ("a list of numbers", Text("[1, 2]"), 3, "a list without objects"),
    ("a list of somebody's objects", Text(r#"[{"a": 1}]"#), 3, "a list of objects with a"),
    ("npm's warning first", Text("npm WARN x\n{\"auditReportVersion\":2}"), 3, "is not JSON"),
    ("a brace alone", Text("{"), 3, "starts like JSON, but the file is cut off"),
    ("a bracket alone", Text("["), 3, "starts like JSON, but the file is cut off"),
    ("a key without quotes", Text("{runs: []}"), 3, "is not JSON: a key is missing here"),
    ("single quotes", Text("{'runs': []}"), 3, "is not JSON: a key is missing here"),
    ("brackets without end", Times("", "[", 100_000, ""), 3, "starts like JSON, but the file is cut off"),
    ("SARIF 1.0", Text(r#"{"version":"1.0.0","runLogs":[]}"#), 3, "is JSON in an unknown format"),
    (
        "SARIF without runs",
        Text(r#"{"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json"}"#),
        3,
        "an object with version, $schema",
    ),
    // cut off
    ("cut in a key", Text(r#"{"runs":[{"tool"#), 3, "the file is cut off"),
    ("cut in a result", Text(r#"{"runs":[{"results":[{"ruleId":"R"},{"ru"#), 3, "1 finding in 1 report"),
    ("cut behind a result", Text(r#"{"runs":[{"results":[{"ruleId":"R"}"#), 3, "the file is cut off"),
    ("cut in an escape", Text(r#"{"runs":[{"results":[{"ruleId":"\u00"#), 3, "the file is cut off"),
    (
        "a log line behind",
        Text("{\"runs\":[]}\nDone in 3 s."),
        3,
        "is not a report: it and everything after it were skipped",
    ),
    (
        "another bracket behind",
        Text(r#"{"runs":[]}]"#),
        3,
        "is not a report: it and everything after it were skipped",
    ),
    (
        "XML cut off",
        Text(
            r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><vulnerabilities><vulnerability><id>CVE-1</id>"#,
        ),
        3,
        "is cut off",
    ),
    ("zipped and cut off", Zipped(RESULT, 12), 3, "the file is cut off"),
    ("zipped without content", Zipped("", 0), 3, "is empty"),
    ("no zip but its first bytes", Bytes(b"\x1f\x8bnonsense"), 3, "cannot be read"),
    ("zipped twice", Twice(RESULT), 3, "is not JSON"),
    // readable all the same
    ("nothing special", Text(RESULT), 0, "1 finding in 1 report"),
    ("zipped", Zipped(RESULT, 0), 0, "1 finding in 1 report"),
    ("UTF-16", Utf16(RESULT, 0), 0, "1 finding in 1 report"),
    ("UTF-16 cut within a character", Utf16(RESULT, 1), 3, "1 finding in 1 report"),
    ("two reports in one", Times("", RESULT, 2, ""), 0, "2 findings in 1 report"),
    ("no runs", Text(r#"{"runs":[]}"#), 0, "0 findings in 1 report"),
    (
        "runs that are null",
        Text(r#"{"runs":null}"#),
        3,
        "is not a list of runs, so the report says nothing about findings",
    ),
    (
        "rules but no results",
        Text(r#"{"runs":[{"tool":{"driver":{"name":"T","rules":[{"id":"R"}]}}}]}"#),
        0,
        "0 findings",
    ),
    ("an empty list", Text("[]"), 0, "0 findings in 1 report"),
    ("a result of nothing", Results("{}"), 0, "is not a result and was skipped"),
    (
        "a result of nulls",
        Results(r#"{"ruleId":null,"message":null,"locations":null,"level":null}"#),
        0,
        "is not a result and was skipped",
    ),
    ("a level of its own", Results(r#"{"ruleId":"R","level":"CATASTROPHIC"}"#), 0, "1 finding"),
    (
        "a line like no other",
        Results(r#"{"ruleId":"R","locations":[{"physicalLocation":{"region":{"startLine":3e76}}}]}"#),
        0,
        "1 finding",
    ),
    ("a rule's index far away", Results(r#"{"ruleIndex":99999999999}"#), 0, "1 finding"),
    ("an index below zero", Results(r#"{"ruleIndex":-7,"message":{"text":"m"}}"#), 0, "1 finding"),
    ("half a character", Results(r#"{"ruleId":"\ud800"}"#), 0, "1 finding"),
    ("a raw line break in a text", Results("{\"ruleId\":\"a\nb\"}"), 0, "1 finding"),
    ("Latin 1 in a text", Bytes(b"{\"runs\":[{\"results\":[{\"ruleId\":\"R\xfc\"}]}]}"), 0, "1 finding"),
    (
        "a workflow command as rule",
        Results(r#"{"ruleId":"\n::error::x","message":{"text":"\n::set-output name=a::b"}}"#),
        0,
        "1 finding",
    ),
    (
        "an old command as message",
        Results(r###"{"ruleId":"R","message":{"text":"a ##[error]b"}}"###),
        0,
        "1 finding",
    ),
    (
        "a terminal's controls",
        Results(r#"{"ruleId":"\u001b[2J","message":{"text":"\u202e\u0007"}}"#),
        0,
        "1 finding",
    ),
    (
        "a path out of the checkout",
        Results(
            r#"{"ruleId":"R","locations":[{"physicalLocation":{"artifactLocation":{"uri":"../../etc/passwd"}}}]}"#,
        ),
        0,
        "1 finding",
    ),
    (
        "a path to a device",
        Results(
            r#"{"ruleId":"R","locations":[{"physicalLocation":{"artifactLocation":{"uri":"file:///dev/zero"},"region":{"startLine":1}}}]}"#,
        ),
        0,
        "1 finding",
    ),
    (
        "keys twice",
        Results(r#"{"ruleId":"R","ruleId":"S","message":{"text":"m"},"message":null}"#),
        0,
        "1 finding",
    ),
    (
        "a member that nobody knows",
        Times(
            r#"{"x":"#,
            "[",
            90,
            concat!(
                "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
                "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
                r#","runs":[]}"#
            ),
        ),
        0,
        "0 findings",
    ),
    // an element is a problem, and its neighbours are not
    ("a result that is null", Results(r#"null,{"ruleId":"R"}"#), 0, "results[0] (byte 56): is not a result"),
    ("a result that is a number", Results(r#"7,{"ruleId":"R"}"#), 0, "results[0] (byte 53): is not a result"),
    (
        "a result without a value",
        Results(r#"{"ruleId":},{"ruleId":"R"}"#),
        0,
        "is not valid JSON: expected value",
    ),
    (
        "a result too deep",
        Times(r#"{"runs":[{"results":[{"ruleId":"R"},{"x":"#, "[", 200, "1"),
        3,
        "1 finding in 1 report",
    ),
    ("a run that is a text", Text(r#"{"runs":["x"]}"#), 3, "runs[0] (byte 9): is not a run"),
    (
        "results elsewhere",
        Text(
            r#"{"runs":[{"tool":{"driver":{"name":"T"}},"externalPropertyFileReferences":{"results":[{"location":{"uri":"/etc/passwd"}}]}}]}"#,
        ),
        0,
        "its results are in another file, which casefile does not open",
    ),
    // what failed and looks clean
    (
        "npm's own error",
        Text(r#"{"error":{"code":"ENOLOCK","summary":"no lock file"}}"#),
        0,
        "npm audit failed: ENOLOCK: no lock file",
    ),
    (
        "pip-audit's skipping",
        Text(r#"{"dependencies":[{"name":"a","skip_reason":"not on PyPI"}]}"#),
        0,
        "skipped every package: not on PyPI",
    ),
    (
        "SARIF of a scanner that failed",
        Text(
            r#"{"runs":[{"tool":{"driver":{"name":"T"}},"invocations":[{"executionSuccessful":false}],"results":[]}]}"#,
        ),
        0,
        "T says that its scan failed",
    ),
    (
        "a report that is not whole",
        Text(r#"{"error":{"code":"ENOLOCK","summary":"no lock file"}}"#),
        0,
        "1 of 1 report not read completely, or from a failed scan",
    ),
    (
        "Trivy's stray",
        Text(r#"{"SchemaVersion":2,"Results":[{"Target":"a","Vulnerabilities":[1]}]}"#),
        0,
        "Results[0].Vulnerabilities[0] (byte 64): is not a finding",
    ),
    (
        "Grype's stray",
        Text(r#"{"matches":[null],"source":{},"descriptor":{"name":"grype"}}"#),
        0,
        "matches[0] (byte 16): is not a match",
    ),
    (
        "Bandit's errors",
        Text(
            r#"{"errors":[{"filename":"a.py","reason":"syntax error"}],"generated_at":"x","metrics":{},"results":[]}"#,
        ),
        0,
        "Bandit did not fully scan a.py: syntax error",
    ),
    ("mix_audit", Text(r#"{"pass":true,"vulnerabilities":[]}"#), 3, "looks like a mix_audit report"),
];

/// Configurations, by what is wrong with them.
const CONFIGURATIONS: &[Row] = &[
    // no YAML, or too much of it
    ("an open bracket", Text("a: ["), 2, "casefile.yml:1:4: this is not YAML"),
    ("an open quote", Text("a: 'b"), 2, "casefile.yml:1:4: this is not YAML"),
    ("a tab", Text("jira:\n\tproject: A"), 2, "casefile.yml:2"),
    ("an unknown alias", Text("a: *b"), 2, "no anchor matches this alias"),
    ("an alias of itself", Text("a: &x [*x]"), 2, "an alias refers to itself"),
    ("a tag", Text("a: !!python/object x"), 2, "tags are not supported"),
    ("two documents", Text("--- {}\n--- {}"), 2, "the file contains more than one document"),
    ("a list as key", Text("[a]: b"), 2, "a key must be one word"),
    ("a key twice", Text("github: {}\ngithub: {}"), 2, "casefile.yml:2:1: key `github` appears twice"),
    ("brackets without end", Times("", "[", 5_000, ""), 2, "this is not YAML"),
    ("more than a megabyte", Times("#", "x", 1 << 20, "\n"), 2, "it is larger than 1 MiB"),
    (
        "aliases that burst",
        Text(
            "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
        ),
        2,
        "nested too deeply, or its aliases",
    ),
    ("not UTF-8", Bytes(b"reports: \xff\xfe\xfa"), 2, "UTF-8"),
    ("a zero byte", Bytes(b"reports: a\0b"), 2, "casefile.yml:1"),
    ("a list", Text("- a"), 2, "expected a mapping, found a list"),
    ("a text", Text("just text"), 2, "expected a mapping, found text"),
    // keys
    ("a typo", Text("minimum-severty: low"), 2, "did you mean `minimum-severity`?"),
    ("a key of elsewhere", Text("project: A"), 2, "it belongs under `jira`, as `project`"),
    ("a key of nowhere", Text("zebra: 1"), 2, "unknown key `zebra`"),
    (
        "a secret",
        Text("jira: {project: A, api-token: hunter2}"),
        2,
        "set the environment variable JIRA_API_TOKEN instead",
    ),
    ("a webhook", Text("notify: {slack-webhook-url: x}"), 2, "SLACK_WEBHOOK_URL"),
    ("twenty thousand typos", Times("", "zebra: 1\n", 20_000, ""), 2, "there are more than 100 problems"),
    // types and words
    ("a number as text", Text("max-new: many"), 2, "casefile.yml:1:10: expected a whole number"),
    ("a number below zero", Text("max-new: -1"), 2, "expected a whole number"),
    ("a number too large", Text("max-new: 1000000"), 2, "expected at most 10000"),
    ("a number beyond all", Text("max-new: 99999999999999999999999"), 2, "expected"),
    ("days without end", Text("jira: {project: A, due-in-days: {high: 99999}}"), 2, "expected at most 36500"),
    ("a severity", Text("fail-on: hihg"), 2, "did you mean `high`?"),
    ("a mapping as word", Text("create: {}"), 2, "expected `auto` or `manual`, found a mapping"),
    ("yes", Text("github: {dismiss-alerts: yes}"), 2, "expected `true` or `false`"),
    ("a report without path", Text("reports: [{base: x}]"), 2, "`path` is missing"),
    ("a report out of the checkout", Text("reports: {path: a, base: ../x}"), 2, "this path leads out"),
    ("alerts of nobody", Text("reports: github:dependbot"), 2, "did you mean `github:dependabot`?"),
    ("a glob", Text("reports: ['a/**b']"), 2, "is not a valid pattern"),
    (
        "a report outside",
        Text("reports: [{path: 'a/../../*.sarif'}]"),
        2,
        "1:18: `..` is not allowed in a glob",
    ),
    ("a branch pattern", Text("branches: ['[a']"), 2, "`[` has no `]`"),
    ("branches that allow none", Text("branches: '!main'"), 2, "no branch is allowed"),
    (
        "fifty-one branches",
        Times("branches: [", "b,", 51, "]"),
        2,
        "there are 51 branch patterns, but at most 50 are allowed",
    ),
    ("a repository", Text("repository: shop"), 2, "host/owner/name"),
    ("a baseline elsewhere", Text("baseline: /etc/passwd"), 2, "this path leads out"),
    ("a prefix of two lines", Text("summary-prefix: \"a\\nb\""), 2, "the prefix must be one line"),
    ("an entry that ignores all", Text("ignore: [{reason: x}]"), 2, "an entry without a condition"),
    (
        "a day that is none",
        Text("ignore: {rule: a, until: 2027-02-30}"),
        2,
        "expected a date in the form YYYY-MM-DD",
    ),
    (
        "a proxy with a password",
        Text("proxy: http://u:hunter2@corp.example"),
        2,
        "an address in this file must not contain credentials",
    ),
    ("a state without status", Text("states: {resolved: {resolution: Fixed}}"), 2, "`status` is missing"),
    // Jira
    ("Jira without project", Text("jira:"), 2, "`jira` needs `project`"),
    ("a tracker without Jira", Text("tracker: jira"), 2, "`tracker: jira` needs a `jira` section"),
    ("a project in small letters", Text("jira: {project: sec}"), 2, "a project's key may contain only"),
    (
        "a project that is JQL",
        Text("jira: {project: 'A\" OR project = \"B'}"),
        2,
        "a project's key may contain only",
    ),
    (
        "an address without https",
        Text("jira: {project: A, url: acme.atlassian.net}"),
        2,
        "this is not an address",
    ),
    (
        "an address of another kind",
        Text("jira: {project: A, url: 'file:///etc/passwd'}"),
        2,
        "expected an address",
    ),
    (
        "an address with a query",
        Text("jira: {project: A, url: 'https://a.example/?x'}"),
        2,
        "expected an address without `?`",
    ),
    (
        "an address with a password",
        Text("jira: {project: A, url: 'https://u:hunter2@a.example'}"),
        2,
        "credentials",
    ),
    (
        "this machine",
        Text("repository: github.com/a/b\njira: {project: A, url: 'http://127.0.0.1:9'}"),
        2,
        "127.0.0.1 is a private or reserved address",
    ),
    (
        "the cloud's own service",
        Text("repository: github.com/a/b\njira: {project: A, url: 'https://169.254.169.254'}"),
        2,
        "169.254.169.254 is a private or reserved address",
    ),
    (
        "a Cloud site's page",
        Text("jira: {project: A, url: 'https://a.atlassian.net/jira/projects'}"),
        2,
        "must not contain a path",
    ),
    (
        "a Cloud site with a port",
        Text("repository: github.com/a/b\njira: {project: A, url: 'https://a.atlassian.net:8443'}"),
        2,
        "write it as https://a.atlassian.net",
    ),
    ("a network", Text("jira: {project: A, allow-networks: [10.0.0.0/33]}"), 2, "this is not a network"),
    ("a label with a blank", Text("jira: {project: A, labels: [a b]}"), 2, "a label cannot contain spaces"),
    ("a label of casefile's", Text("jira: {project: A, labels: [casefile-x]}"), 2, "labels that begin with"),
    ("a route without condition", Text("routes: [{match: {}, project: A}]"), 2, "`match` has no condition"),
    ("an owner of nothing", Text("owners: {payments: {assignee: x}}"), 2, "as in CODEOWNERS"),
];

impl Make {
    fn bytes(self) -> Vec<u8> {
        match self {
            Text(text) => text.into(),
            Results(results) => {
                format!(r#"{{"runs":[{{"tool":{{"driver":{{"name":"T"}}}},"results":[{results}]}}]}}"#).into()
            }
            Bytes(bytes) => bytes.to_vec(),
            Times(before, text, times, after) => format!("{before}{}{after}", text.repeat(times)).into(),
            Utf16(text, cut) => {
                let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                bytes[..bytes.len() - cut].to_vec()
            }
            Zipped(text, cut) => {
                let bytes = zipped(text.as_bytes());
                bytes[..bytes.len() - cut].to_vec()
            }
            Twice(text) => zipped(&zipped(text.as_bytes())),
        }
    }
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// What is not as a row says, if anything is.
fn wrong(row: &Row, report: &[u8], configuration: &[u8]) -> Option<String> {
    let (name, _, code, said) = row;
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("r"), report).unwrap();
    fs::write(folder.path().join("casefile.yml"), configuration).unwrap();
    let credentials =
        [("JIRA_USER_EMAIL", "a@example.com".to_owned()), ("JIRA_API_TOKEN", "sim-token".to_owned())];
    let arguments = ["plan", "--branch", "main", "--reports", "r", "--time-limit", "20s", "-v"];
    let local = ["--tracker", "local"];
    // rows of a configuration say for themselves where tickets go
    let names_jira = configuration.windows(4).any(|word| word == b"jira");
    let arguments = [&arguments[..], if names_jira { &[] } else { &local }].concat();
    let output = run_in(folder.path(), &credentials, &arguments);
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("streams are UTF-8");
    let acts = |c: char| c.is_control() && c != '\n' && c != '\t' || c == '\u{202e}';
    let commands = text.lines().any(|line| line.trim_start().starts_with("::") || line.contains("##["));
    let harmless =
        !text.contains("panicked") && !text.contains("hunter2") && !text.contains(acts) && !commands;
    let left = fs::read_dir(folder.path()).unwrap().count();
    let right = output.status.code() == Some(*code) && text.contains(said) && harmless && left == 2;
    (!right).then(|| format!("{name}: {:?}, {left} files\n{text}", output.status.code()))
}

/// Runs every row; a few at once, because most of a run is waiting for a process.
fn check(rows: &[Row], run: impl Fn(&Row) -> Option<String> + Sync) {
    let (run, all): (_, Vec<String>) = (&run, Vec::new());
    let all = std::thread::scope(|scope| {
        let parts: Vec<_> = rows.chunks(rows.len().div_ceil(4)).collect();
        let threads: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(move || part.iter().filter_map(run).collect()))
            .collect();
        threads.into_iter().fold(all, |mut all, thread| {
            let found: Vec<String> = thread.join().unwrap();
            all.extend(found);
            all
        })
    });
    assert!(all.is_empty(), "{} of {}:\n{}", all.len(), rows.len(), all.join("\n"));
}

#[test]
fn every_bad_report_ends_as_the_table_says() {
    check(REPORTS, |row| wrong(row, &row.1.bytes(), b"repository: github.com/acme/shop\n"));
}

#[test]
fn every_bad_configuration_ends_as_the_table_says() {
    check(CONFIGURATIONS, |row| wrong(row, RESULT.as_bytes(), &row.1.bytes()));
}

#[test]
fn the_tables_are_long_enough() {
    let names: std::collections::BTreeSet<_> = REPORTS
        .iter()
        .map(|row| ("report", row.0))
        .chain(CONFIGURATIONS.iter().map(|row| ("", row.0)))
        .collect();
    assert_eq!(names.len(), REPORTS.len() + CONFIGURATIONS.len(), "two rows of one name");
    assert!(names.len() >= 100, "{}", names.len());
}
