//! Wrong configurations and the messages about them, as data.

use crate::config::parse;
use crate::model::scan::Problem;

/// A text, and the expected problems: line and column, message, hint; each from its beginning.
fn check(text: &str, expected: &[(&str, &str, &str)]) {
    let found = match parse(text, "c.yml") {
        Ok(_) => Vec::new(),
        Err(problems) => problems,
    };
    let is = |problem: &Problem, (place, message, hint): &(&str, &str, &str)| {
        problem.place == format!("c.yml:{place}")
            && problem.message.starts_with(message)
            && problem.hint.starts_with(hint)
            && problem.hint.is_empty() == hint.is_empty()
    };
    let same = found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| is(f, e));
    assert!(same, "{text}\nfound {found:#?}\nexpected {expected:#?}");
}

#[test]
fn wrong_keys() {
    check("projct: a", &[("1:1", "unknown key `projct`", "known here: reports")]);
    check(
        "minimum-severty: low",
        &[("1:1", "unknown key `minimum-severty`", "did you mean `minimum-severity`?")],
    );
    check(
        "minimumSeverity: low",
        &[("1:1", "unknown key `minimumSeverity`", "did you mean `minimum-severity`?")],
    );
    check("fail_on: low", &[("1:1", "unknown key `fail_on`", "did you mean `fail-on`?")]);
    check("project: A", &[("1:1", "unknown key `project`", "it belongs under `jira`, as `project`")]);
    check("issueType: A", &[("1:1", "unknown key `issueType`", "it belongs under `jira`, as `issue-type`")]);
    check("zebra: 1", &[("1:1", "unknown key `zebra`", "known here: reports, repository, branches")]);
    check("jira:\n  project: A\n  lables: [x]", &[("3:3", "unknown key `lables`", "did you mean `labels`?")]);
    check("recurrence: {grace: 3}", &[("1:14", "unknown key `grace`", "known here: action, grace-days")]);
    check("pull-request: {detial: full}", &[("1:16", "unknown key `detial`", "did you mean `detail`?")]);
    check("ignore: [{rul: a}]", &[("1:11", "unknown key `rul`", "did you mean `rule`?")]);
    check(
        "states: {done: Done}",
        &[("1:10", "unknown key `done`", "known here: open, in-progress, resolved, closed")],
    );
    check(
        "serve: {sites: {Ops: {url: https://a.example}}}",
        &[("1:17", "a site's name may contain only", "for example `ops`")],
    );
    check(
        "serve: {repositories: [shop]}",
        &[("1:24", "a repository must be written as host/owner/name", "for example")],
    );
    check("github: {}\ngithub: {}", &[("2:1", "key `github` appears twice", "the first one is on line 1")]);
    check(
        "jira: {project: A, fields: {a: 1, b: 2, a: 3}}",
        &[("1:41", "key `a` appears twice", "the first")],
    );
    check("'a=b': 1", &[("1:1", "unknown key (not shown)", "known here")]);
}

#[test]
fn secrets_are_sent_to_the_environment() {
    for (lead, key, variable) in [
        ("jira: {project: A, ", "api-token", "JIRA_API_TOKEN"),
        ("jira: {project: A, ", "apiToken", "JIRA_API_TOKEN"),
        ("jira: {project: A, ", "token", "JIRA_API_TOKEN"),
        ("jira: {project: A, ", "password", "JIRA_PASSWORD"),
        ("jira: {project: A, ", "personal-access-token", "JIRA_PERSONAL_ACCESS_TOKEN"),
        ("jira: {project: A, ", "client-secret", "JIRA_CLIENT_SECRET"),
        ("jira: {project: A, ", "email", "JIRA_USER_EMAIL"),
        ("github: {", "token", "GITHUB_TOKEN"),
        ("notify: {", "slack-webhook-url", "SLACK_WEBHOOK_URL"),
        ("notify: {", "secret", "SLACK_WEBHOOK_URL"),
        ("{", "JIRA_PASSWORD", "JIRA_PASSWORD"),
    ] {
        let place = format!("1:{}", lead.len() + 1);
        let message = format!("key `{key}` does not belong in this file");
        let hint = format!("set the environment variable {variable} instead");
        check(&format!("{lead}{key}: hunter2}}"), &[(&place, &message, &hint)]);
    }
}

#[test]
fn no_message_holds_a_value() {
    let values = [
        "hunter2",
        "'hunter2'",
        "[hunter2]",
        "{hunter2: hunter2}",
        "!hunter2",
        "*hunter2",
        "!!int hunter2",
        "\"hunter2",
        "{hunter2",
        "@hunter2",
        "%hunter2",
        "hunter2: x",
        "|hunter2",
        "&hunter2",
        "!<hunter2> x",
        "https://x:hunter2@a.example/",
        "hunter2://a",
        "2026-hunter2-01",
        "\"\\hunter2\"",
    ];
    let keys = [
        "max-new",
        "fail-on",
        "create",
        "branches",
        "group-by",
        "ignore",
        "proxy",
        "repository",
        "baseline",
        "tracker",
        "states",
        "owners",
        "routes",
    ];
    let jira = ["url", "auth", "deployment", "project", "parent", "labels", "due-in-days", "allow-networks"];
    let top = keys.map(|key| format!("{key}: "));
    let deep = jira.map(|key| format!("jira:\n  {key}: "));
    for lead in top.iter().chain(&deep) {
        for value in values {
            let Err(problems) = parse(&format!("{lead}{value}\n"), "c.yml") else { continue };
            for problem in problems {
                // a key from the file may be named, because it is not a value
                let said = format!("{} {}", problem.message, problem.hint).replace("key `hunter2`", "");
                assert!(!said.contains("hunter2"), "{lead}{value}: {said}");
            }
        }
    }
}

#[test]
fn wrong_types_and_words() {
    check("- a", &[("1:1", "expected a mapping, found a list", "")]);
    check("just text", &[("1:1", "expected a mapping, found text", "")]);
    check("max-new: many", &[("1:10", "expected a whole number, 0 or more", "")]);
    check("max-new: -1", &[("1:10", "expected a whole number, 0 or more", "")]);
    check("max-new: [1]", &[("1:1", "expected a whole number, 0 or more, found a list", "")]);
    check("max-new: 1.5", &[("1:10", "expected a whole number, 0 or more", "")]);
    check(
        "fail-on: hihg",
        &[("1:10", "expected `info`, `low`, `medium`, `high` or `critical`", "did you mean `high`?")],
    );
    check("create: {}", &[("1:1", "expected `auto` or `manual`, found a mapping", "")]);
    check("github: {dismiss-alerts: yes}", &[("1:26", "expected `true` or `false`, found text", "")]);
    check("baseline: {a: b}", &[("1:1", "expected text, found a mapping", "")]);
    check("ignore: {epss: often}", &[("1:16", "expected a number, found text", "")]);
    check("ignore: {epss: 1.5}", &[("1:16", "expected a number from 0 to 1", "")]);
    check("severities: {cvss: -1, severity: low}", &[("1:20", "expected a number from 0 to 10", "")]);
    check("ignore: {confidence: sure}", &[("1:22", "expected `low`, `medium` or `high`", "")]);
    check("group-by: rule", &[("1:11", "expected `vulnerability`, `type`, `file` or `package`", "")]);
    check(
        "group-by: {code: types}",
        &[("1:18", "expected `vulnerability`, `type`, `file` or `package`", "did you mean `type`?")],
    );
    check("group-by: {codes: type}", &[("1:12", "expected `code`, `dependency`", "did you mean `code`?")]);
    check("jira: {project: A, priorities: {hi: x}}", &[("1:33", "expected `info`, `low`", "")]);
    check("jira: {project: A, priorities: {high: ~}}", &[("1:33", "expected text, found nothing", "")]);
    check("jira: {project: A, due-in-days: {high: soon}}", &[("1:40", "expected a whole number", "")]);
    check(
        "jira: {project: A, auth: api-tokn}",
        &[("1:26", "expected `api-token`, `scoped-api-token`", "did you mean `api-token`?")],
    );
    check(
        "jira: {project: A, fields: {T: ~}}",
        &[("1:29", "expected one word or a mapping, found nothing", "")],
    );
    check("reports: [{base: x}]", &[("1:11", "`path` is missing", "")]);
    check("states: {resolved: {resolution: Fixed}}", &[("1:10", "`status` is missing", "")]);
    check("routes: [{name: a, project: A}]", &[("1:10", "`match` is missing", "")]);
    check(
        "notify: {slack: 'https://hooks.slack.com/x'}",
        &[("1:17", "expected `failure`, `always` or `never`", "")],
    );
}

#[test]
fn wrong_values() {
    check("branches: ['[a']", &[("1:12", "`[` has no `]`", "")]);
    check(
        "branches: [main, '!x', 'a[z-a]', '[]']",
        &[("1:24", "a range in `[]`", ""), ("1:34", "`[]` is empty", "")],
    );
    check(r"branches: ['v\.1']", &[("1:12", r"`\` can only escape", "")]);
    check("branches: '!main'", &[("1:11", "if all patterns start with `!`, no branch is allowed", "")]);
    check("branches: ['']", &[("1:12", "a branch pattern is empty", "")]);
    check(
        "branches: refs/heads/main",
        &[("1:11", "branches are named without `refs/heads/`: write `main`", "")],
    );
    check(
        "branches: ['!refs/heads/x', main]",
        &[("1:12", "branches are named without `refs/heads/`: write `x`", "")],
    );
    check("branches: /main", &[("1:11", "a branch name cannot begin with `/`", "")]);
    check("branches: 'main, develop'", &[("1:11", "a branch name cannot contain a space", "")]);
    check("branches: 'origin:main'", &[("1:11", "a branch name cannot contain `:`", "")]);
    check(
        &format!("branches: [{}]", "b,".repeat(51)),
        &[("1:1", "there are 51 branch patterns, but at most 50 are allowed", "")],
    );
    check(
        &format!("branches: {}", "?".repeat(256)),
        &[("1:11", "a branch pattern can have at most 255", "")],
    );
    check(
        &format!("branches: a{}", "?".repeat(254)),
        &[("1:11", "this branch pattern has too many repetitions", "")],
    );
    for wrong in ["../../x", "github.com/my shop/x", "github.com/./x", "github.com/a/b/c", "gitlab.com/a//b"]
    {
        let message = "a repository must be written as host/owner/name";
        check(&format!("repository: [github.com/a/b, {wrong}]"), &[("1:30", message, "for example")]);
    }
    check(
        "repository: 'github.com#7'",
        &[("1:13", "the repository's current name must come first", "write the IDs")],
    );
    check(
        "serve: {repositories: ['github.com#7']}",
        &[("1:24", "a repository in `serve.repositories` must be written as host/owner/name", "")],
    );
    let eight: Vec<String> = (0..8).map(|n| format!("a.example/b/{n}")).collect();
    check(
        &format!("repository: [{}]", eight.join(", ")),
        &[("1:1", "there are 8 names, but at most 7 are allowed", "")],
    );
    check("repository: shop", &[("1:13", "a repository must be written as host/owner/name", "for example")]);
    check(
        "repository: 'https://github.com/a/b'",
        &[("1:13", "a repository must be written as host/owner/name", "for example")],
    );
    check("reports: ['a/**b']", &[("1:11", "this is not a valid pattern: recursive wildcards", "")]);
    check(
        "reports: github:dependbot",
        &[("1:10", "expected `github:code-scanning`", "did you mean `github:dependabot`?")],
    );
    check("reports: {path: a, base: ../x}", &[("1:26", "this path leads out", "write it relative")]);
    check("baseline: /etc/passwd", &[("1:11", "this path leads out", "write it relative")]);
    check("max-new: 1000000", &[("1:10", "expected at most 10000", "")]);
    check("summary-prefix: \"a\\nb\"", &[("1:17", "the prefix must be one line", "")]);
    check("ignore: [{reason: x}]", &[("1:10", "an entry without a condition", "give one of")]);
    check("ignore: [{rule: []}]", &[("1:10", "an entry without a condition", "give one of")]);
    check(
        "ignore: {rule: a, until: tomorrow}",
        &[("1:26", "expected a date in the form YYYY-MM-DD", "for example")],
    );
    check(
        "ignore: {rule: a, until: 2027-02-30}",
        &[("1:26", "expected a date in the form YYYY-MM-DD", "for example")],
    );
    check(
        "ignore: {path: 'a[', severity: low}",
        &[("1:16", "this is not a valid pattern: invalid range pattern", "")],
    );
    check("proxy: corp.example:3128", &[("1:8", "expected an address that starts with `https://`", "")]);
    check(
        "proxy: http://u:p@corp.example",
        &[(
            "1:8",
            "an address in this file must not contain credentials",
            "remove the credentials and set the environment variable HTTPS_PROXY",
        )],
    );
    check("tracker: jira", &[("1:10", "`tracker: jira` needs a `jira` section", "add")]);
    check(
        "recurrence: {accepted-days: 0}",
        &[("1:29", "an acceptance must be valid for at least 1 day", "an empty")],
    );
    check("recurrence: {grace-days: 99999}", &[("1:26", "expected at most 36500", "")]);
    check("states: {open: ''}", &[("1:16", "this is empty", "leave")]);
}

#[test]
fn wrong_tickets() {
    let jira = |rest: &str| format!("jira:\n  project: SEC\n  {rest}");
    check("jira:", &[("1:1", "`jira` needs `project`", "add")]);
    check("jira: {url: 'https://a.example'}", &[("1:1", "`jira` needs `project`", "add")]);
    check("jira: {project: sec}", &[("1:17", "a project's key may contain only", "the keys of")]);
    check("jira: {project: SEC-1}", &[("1:17", "a project's key may contain only", "the keys of")]);
    check(&jira("url: acme.atlassian.net"), &[("3:8", "this is not an address", "write it in full")]);
    check(&jira("url: ftp://a.example"), &[("3:8", "expected an address that starts with", "")]);
    check(
        &jira("url: https://a.atlassian.net/jira"),
        &[("3:8", "a Cloud site's address must not contain a path", "write")],
    );
    let (cloud, center) = ("is for Jira Cloud", "is for Jira Data Center");
    for (rest, said) in [
        ("password, deployment: cloud", center),
        ("personal-access-token, url: 'https://a.atlassian.net'", center),
        ("oauth, deployment: data-center", cloud),
    ] {
        let message = format!("this authentication method {said}");
        check(&format!("jira: {{project: SEC, auth: {rest}}}"), &[("1:28", &message, "use `")]);
    }
    check(&jira("url: https://a.example/?x"), &[("3:8", "expected an address without `?`", "")]);
    check(&jira("allow-networks: [10.0.0.0/33, ::1]"), &[("3:20", "this is not a network", "for example")]);
    check(
        &jira("labels: [a b, casefile-x]"),
        &[
            ("3:12", "a label cannot contain spaces", "use `-` or `_`"),
            ("3:17", "labels that begin with", ""),
        ],
    );
    check(
        &jira("labels: [1,2,3,4,5,6,7,8,9,10,11]"),
        &[("3:3", "there are 11 labels, but at most 10 are allowed", "")],
    );
    check(&jira(&format!("labels: {}", "x".repeat(256))), &[("3:11", "a label must have 1 to 255", "")]);
    check(&jira("parent: 12"), &[("3:11", "expected the key of a ticket", "for example")]);
    check(&jira("fields: {A: {from: x, template: y}}"), &[("3:12", "expected a value, or either", "")]);
    check(
        &jira("fields: {A: {from: '{{ x }}'}}"),
        &[("3:22", "this is not the name of a property", "for example")],
    );
    check(
        &jira("fields: {A: {from: cvss.scor}}"),
        &[("3:22", "this is not the name of a property", "did you mean `cvss.score`?")],
    );
    check(
        &jira("fields: {A: {template: '{{ scanner'}}"),
        &[("3:26", "this template cannot be read", "for example")],
    );
    check(
        &jira(
            "fields: {A: {template: '{{ fixed_verson }} {{ rule.name }} {% if cvss %}{{ range(3) }}{% endif %}'}}",
        ),
        &[("3:26", "this template names a property that", "did you mean `fixed-version`?")],
    );
    check(
        &jira("fields: {A: {template: '{% include \"x\" %}'}}"),
        &[("3:26", "a template cannot include or import other templates", "put everything in one template")],
    );
    check(
        &jira("fields: {Labels: [a], Priority: High, duedate: 2027-01-01}"),
        &[
            ("3:25", "casefile fills in this field itself", "`priorities`"),
            ("3:41", "casefile fills in this field itself", "use the key `due-in-days`"),
        ],
    );
    check("routes: [{match: {kind: code}}]", &[("1:10", "this route has no `project`", "")]);
    check("routes: [{match: {}, project: A}]", &[("1:11", "`match` has no condition", "settings for")]);
    check(
        "routes: [{match: {branch: '!main'}, project: A}]",
        &[("1:27", "if all patterns start with `!`, no branch is allowed", "")],
    );
    check(
        "routes: [{match: {kind: code}, project: A, continue: true}]",
        &[("1:10", "a route with `continue: true` needs a `name`", "casefile recognises")],
    );
    check(
        "routes:\n- {name: a, match: {kind: code}, project: A}\n- {name: a, match: {rule: x}, project: B}",
        &[("3:10", "another route has this name", "give each")],
    );
    check(
        "owners: {payments: {assignee: x}}",
        &[("1:10", "an owner must be written as in CODEOWNERS", "for example")],
    );
}

#[test]
fn what_is_no_yaml() {
    check("a: [", &[("1:4", "this is not YAML: unclosed bracket", "")]);
    check("a: 'b", &[("1:4", "this is not YAML: unclosed quote", "")]);
    check("a: *b", &[("1:4", "no anchor matches this alias", "")]);
    check("a: !b c", &[("1:7", "tags are not supported", "")]);
    check("a: &x [*x]", &[("1:8", "an alias refers to itself", "")]);
    check("--- {}\n--- {}", &[("2:1", "the file contains more than one document", "")]);
    check("[a]: b", &[("1:1", "a key must be one word", "")]);
    check(&"[".repeat(40), &[("1:25", "this is not YAML", "")]);
    check(&" ".repeat((1 << 20) + 1), &[("1:1", "the configuration is larger than 1 MiB", "")]);
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n\
                c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n\
                e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
    check(bomb, &[("5:5", "the file is nested too deeply, or its aliases", "")]);
}

#[test]
fn all_problems_come_at_once_in_order() {
    check(
        "max-new: x\nbranches: ['[']\nfial-on: high\njira:\n  token: x\n  url: nowhere\n  labels: [a b, \
         [c]]\nmax-new: 3\n",
        &[
            ("1:10", "expected a whole number", ""),
            ("2:12", "`[` has no `]`", ""),
            ("3:1", "unknown key `fial-on`", "did you mean `fail-on`?"),
            ("5:3", "key `token` does not belong", "set"),
            ("6:8", "this is not an address", "write"),
            ("7:12", "a label cannot contain spaces", "use `-` or `_`"),
            ("7:17", "expected text, found a list", ""),
            ("8:1", "key `max-new` appears twice", "the first one is on line 1"),
        ],
    );
}

#[test]
fn a_broken_file_is_told_and_never_panics() {
    let complete = crate::config::tests::COMPLETE;
    for (end, _) in complete.char_indices() {
        for problem in parse(&complete[..end], "c.yml").err().into_iter().flatten() {
            assert!(problem.place.starts_with("c.yml:"), "{end}: {problem:?}");
        }
    }
}

#[test]
fn so_many_problems_are_enough() {
    let text: String = (0..20_000).map(|n| format!("zebra{n}: x\n")).collect();
    let problems = parse(&text, "c.yml").unwrap_err();
    assert_eq!(problems.len(), 101);
    assert_eq!(problems[99].place, "c.yml:100:1");
    assert_eq!(problems[100].message, "there are more than 100 problems; the others are not listed");
    let twice = "refresh: {}\n".repeat(300);
    assert_eq!(parse(&twice, "c.yml").unwrap_err().len(), 101);
}
