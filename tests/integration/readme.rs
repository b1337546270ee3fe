//! What the README and the guides say is so: their tables, their workflows and the first command.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use casefile::cli::Cli;
use casefile::config;
use casefile::error::ErrorClass;
use casefile::model::auth_method::AuthMethod;
use casefile::model::property::Property;
use casefile::report::detect::FORMATS;
use clap::CommandFactory;
use serde_json::Value;

#[test]
fn inputs_and_outputs_are_the_actions() {
    let action = yaml(&read("action.yml"));
    let of = |part: &str| action[part].as_object().unwrap().clone();
    let inputs: BTreeMap<_, _> = of("inputs")
        .into_iter()
        .map(|(name, input)| (name, input["default"].as_str().unwrap_or_default().to_owned()))
        .collect();
    let told = table("## Inputs").into_iter().map(|row| (bare(&row[0]), bare(&row[1])));
    assert_eq!(told.collect::<BTreeMap<_, _>>(), inputs);
    let outputs: BTreeSet<_> = of("outputs").into_iter().map(|(name, _)| name).collect();
    assert_eq!(first_cells("## Outputs"), outputs);
}

#[test]
fn commands_and_flags_are_the_command_lines() {
    let cli = Cli::command();
    let commands: BTreeSet<_> = cli.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    let [told, flags] = tables("## Commands").try_into().unwrap();
    assert_eq!(told.iter().map(|row| bare(&row[0])).collect::<BTreeSet<_>>(), commands);
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let long = |command: &clap::Command| {
        let names = command.get_arguments().filter_map(|one| Some(format!("--{}", one.get_long()?)));
        names.collect::<Vec<_>>()
    };
    for flag in long(&cli) {
        expected.entry(flag).or_default().insert("all".to_owned());
    }
    for command in cli.get_subcommands() {
        for flag in long(command) {
            expected.entry(flag).or_default().insert(command.get_name().to_owned());
        }
    }
    let told = flags.iter().map(|row| (bare(&row[0]), row[1].split(", ").map(bare).collect()));
    assert_eq!(told.collect::<BTreeMap<_, BTreeSet<_>>>(), expected);
}

#[test]
fn exit_codes_are_those_that_errors_have() {
    let own = [ErrorClass::Usage, ErrorClass::Report, ErrorClass::Remote, ErrorClass::Machine]
        .map(ErrorClass::exit_code);
    let all: BTreeSet<_> = [0, 1].into_iter().chain(own).map(|code| code.to_string()).collect();
    assert_eq!(first_cells("## Exit codes"), all);
}

#[test]
fn variables_are_those_that_are_read() {
    let told: BTreeSet<_> =
        table("## Environment").iter().flat_map(|row| row[0].split(", ").map(bare)).collect();
    let mut sources = String::new();
    let readers = ["setup/connect.rs", "setup/credentials.rs", "output/notify.rs", "commands/serve.rs"]
        .map(|name| format!("src/cli/{name}"));
    for path in readers.iter().map(String::as_str).chain(["src/github/context/mod.rs"]) {
        sources.push_str(&read(path));
    }
    let words = sources.split('"').filter(|word| {
        let known = [
            "JIRA_",
            "SLACK_",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "NO_PROXY",
            "GITHUB_TOKEN",
            "GITHUB_APP_",
            "GITHUB_API_URL",
        ];
        known.iter().any(|start| word.starts_with(start))
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    });
    assert_eq!(told, words.map(str::to_owned).collect());
}

#[test]
fn properties_are_those_that_fields_can_have() {
    let told = read("docs/fields.md");
    let told: BTreeSet<_> = told
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| {
            line.split('|').nth(1).unwrap().split(',').map(|cell| bare(cell.trim())).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(told, Property::ALL.map(|property| property.name().to_owned()).into());
}

#[test]
fn ways_to_sign_in_are_those_that_there_are() {
    let guide = read("docs/jira.md");
    let told: Vec<_> = guide
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains("JIRA_"))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            let variables: Vec<_> = cells[3].split('`').filter(|word| word.starts_with("JIRA_")).collect();
            (bare(cells[1].trim()), cells[2].contains("Cloud"), variables)
        })
        .collect();
    let all = AuthMethod::ALL
        .map(|method| (method.name().to_owned(), method.is_for_cloud(), method.variables().to_vec()));
    assert_eq!(told, all);
}

#[test]
fn formats_are_those_that_are_read() {
    let told = table("## What is read");
    let told: Vec<_> = told.iter().map(|row| (bare(&row[0]), row[1].clone(), row[2].clone())).collect();
    let all = FORMATS.iter();
    let all: Vec<_> =
        all.map(|one| (one.name.to_owned(), one.scanners.to_owned(), one.recognised.to_owned())).collect();
    assert_eq!(told, all);
}

#[test]
fn keys_are_those_of_the_schema() {
    let schema = serde_json::to_value(config::schema()).unwrap();
    let mut keys = BTreeSet::new();
    for (key, value) in schema["properties"].as_object().unwrap() {
        keys.insert(key.clone());
        let mut inner = BTreeSet::new();
        properties(&schema, value, &mut inner);
        keys.extend(inner.into_iter().map(|name| format!("{key}.{name}")));
    }
    assert_eq!(first_cells("## Keys"), keys);
}

/// Set to write the schema instead of comparing it.
const UPDATES: &str = "CASEFILE_UPDATES_DOCS";

#[test]
#[expect(clippy::disallowed_methods, reason = "the variable is this test's own")]
fn the_schema_that_editors_load_is_the_programs() {
    let schema = serde_json::to_string_pretty(&config::schema()).unwrap() + "\n";
    let path = root().join("docs/casefile.schema.json");
    if std::env::var_os(UPDATES).is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let there = fs::read_to_string(path).unwrap_or_default();
    assert!(there == schema, "run this test with {UPDATES}=1, and look at what changed");
}

#[test]
fn a_default_that_is_told_changes_nothing() {
    let parse = |text: &str| format!("{:?}", config::parse(text, "casefile.yml").unwrap());
    let mut count = 0;
    for row in table("## Keys") {
        let (key, default) = (bare(&row[0]), &row[1]);
        let is_value =
            default.starts_with('`') && default.ends_with('`') && default.matches('`').count() == 2;
        if !is_value {
            continue;
        }
        count += 1;
        let value = bare(default);
        let (without, with) = match key.split_once('.') {
            None => (String::new(), format!("{key}: {value}")),
            Some(("jira", inner)) => {
                ("jira: {project: SEC}".to_owned(), format!("jira: {{project: SEC, {inner}: {value}}}"))
            }
            Some(("routes", inner)) => {
                let route = "name: a, match: {rule: x}, project: OPS";
                let before = format!("jira: {{project: SEC}}\nroutes: [{{{route}}}]");
                let after = format!("jira: {{project: SEC}}\nroutes: [{{{route}, {inner}: {value}}}]");
                (before, after)
            }
            Some((outer, inner)) => (String::new(), format!("{outer}: {{{inner}: {value}}}")),
        };
        assert_eq!(parse(&with), parse(&without), "{key}");
    }
    assert!(count > 10, "only {count} defaults were found");
}

#[test]
fn the_configuration_and_the_workflow_of_the_set_up_are_valid() {
    let [configuration, workflow] = blocks_of("docs/start.md", "yaml").try_into().unwrap();
    config::parse(&configuration, "casefile.yml").unwrap();
    let workflow = yaml(&workflow);
    let inputs = yaml(&read("action.yml"))["inputs"].clone();
    let mut uses = 0;
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        let text = job.to_string();
        assert_eq!(text.contains("secrets."), name == "casefile", "{name}");
        for step in job["steps"].as_array().unwrap() {
            if step["uses"].as_str().is_some_and(|action| action.starts_with("casefile/")) {
                uses += 1;
                for input in step["with"].as_object().unwrap().keys() {
                    assert!(inputs.get(input).is_some(), "{input} is no input");
                }
            }
        }
    }
    assert_eq!(uses, 1);
}

#[test]
fn the_ready_workflows_are_valid_and_the_readmes() {
    let [_, workflow] = blocks_of("docs/start.md", "yaml").try_into().unwrap();
    assert_eq!(read("docs/workflows/casefile.yml"), workflow);
    let inputs = yaml(&read("action.yml"))["inputs"].clone();
    let action = |text: &str| {
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("- uses: casefile/"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    for name in ["refresh", "dispatch"] {
        let text = read(&format!("docs/workflows/{name}.yml"));
        assert_eq!(action(&text), action(&workflow), "{name}");
        let steps = yaml(&text)["jobs"]["refresh"]["steps"].clone();
        for input in steps[1]["with"].as_object().unwrap().keys() {
            assert!(inputs.get(input).is_some(), "{input} is no input");
        }
        assert_eq!(steps[1]["with"]["command"], "refresh");
    }
    let types = yaml(&read("docs/workflows/dispatch.yml"))["on"]["repository_dispatch"]["types"].clone();
    let [body] = blocks_of("docs/refresh.md", "json").try_into().unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(types, serde_json::json!([body["event_type"]]));
    assert!(body["client_payload"]["ticket"].is_string(), "{body}");
}

#[test]
fn the_state_is_cached_around_the_action() {
    let [steps] = blocks_of("docs/failures.md", "yaml").try_into().unwrap();
    let steps = yaml(&steps);
    let inputs = yaml(&read("action.yml"))["inputs"].clone();
    let [restore, casefile, save] = steps.as_array().unwrap().as_slice() else { panic!("{steps}") };
    assert_eq!(restore["uses"].as_str().unwrap().replace("/restore@", "/save@"), save["uses"]);
    for step in [restore, save] {
        assert_eq!(
            (&step["with"]["path"], &step["with"]["key"]),
            (&casefile["with"]["state"], &save["with"]["key"])
        );
    }
    let key = save["with"]["key"].as_str().unwrap();
    assert!(key.starts_with(restore["with"]["restore-keys"].as_str().unwrap()), "{key}");
    for input in casefile["with"].as_object().unwrap().keys() {
        assert!(inputs.get(input).is_some(), "{input} is no input");
    }
}

#[test]
fn the_first_command_files_and_shows_the_section() {
    let command = blocks("sh").remove(0);
    let words = command.trim().strip_prefix("cargo run -- ").unwrap().replace('"', "");
    let folder = tempfile::tempdir().unwrap();
    copy(".github/casefile.yml", folder.path());
    for entry in fs::read_dir(root().join("fixtures/reports")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            copy(path.strip_prefix(root()).unwrap(), folder.path());
        }
    }
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casefile"));
        let output = command.args(words.split(' ')).env_clear().current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let first = run();
    assert!(first.contains("tickets: 100 created"), "{first}");
    assert!(first.contains("### casefile: 100 tickets filed"), "{first}");
    assert!(first.contains("| `LOCAL-100` | "), "{first}");
    let second = run();
    assert!(second.contains(" created, 100 tracked"), "{second}");
    let third = run();
    let tickets = third.lines().find(|line| line.starts_with("tickets: ")).unwrap();
    assert!(tickets.ends_with(" tracked") && !tickets.contains(','), "{third}");
    assert!(folder.path().join("casefile-tickets/LOCAL-1.md").is_file());
}

#[test]
fn every_file_that_is_named_is_there() {
    for name in ["LICENSE-MIT", "LICENSE-APACHE", ".ci/run", "action.yml", "tests/simulator/main.rs"] {
        assert!(root().join(name).is_file(), "{name}");
    }
    assert!(read("LICENSE-MIT").contains("casefile contributors"));
}

/// The keys of the objects that a schema's value can be, or can hold.
fn properties(schema: &Value, value: &Value, keys: &mut BTreeSet<String>) {
    if let Some(name) = value["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        properties(schema, &schema["$defs"][name], keys);
    }
    if let Some(all) = value["properties"].as_object() {
        keys.extend(all.keys().cloned());
    }
    for inner in ["items", "additionalProperties"] {
        properties_of_each(schema, value.get(inner), keys);
    }
    for inner in value["anyOf"].as_array().into_iter().flatten() {
        properties_of_each(schema, Some(inner), keys);
    }
}

fn properties_of_each(schema: &Value, value: Option<&Value>, keys: &mut BTreeSet<String>) {
    if let Some(value) = value.filter(|value| value.is_object()) {
        properties(schema, value, keys);
    }
}

/// The rows of the one table below a heading.
fn table(heading: &str) -> Vec<Vec<String>> {
    let [table] = tables(heading).try_into().unwrap();
    table
}

fn first_cells(heading: &str) -> BTreeSet<String> {
    table(heading).iter().map(|row| bare(&row[0])).collect()
}

/// The tables below a heading of one of the guides, each as rows of cells.
fn tables(heading: &str) -> Vec<Vec<Vec<String>>> {
    let guides =
        ["action", "commands", "formats", "configuration"].map(|name| read(&format!("docs/{name}.md")));
    let guide = guides.iter().find(|guide| guide.lines().any(|line| line == heading));
    let guide = guide.unwrap_or_else(|| panic!("no guide has {heading}"));
    let lines = guide.lines().skip_while(|line| *line != heading).skip(1);
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    let mut before = "";
    for line in lines.take_while(|line| !line.starts_with("## ")) {
        if line.starts_with("|---") {
            tables.push(Vec::new());
        } else if line.starts_with('|') && before.starts_with('|') {
            let cells = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned());
            tables.last_mut().unwrap().push(cells.collect());
        }
        before = line;
    }
    assert!(!tables.is_empty(), "there is no table below {heading}");
    tables
}

/// A cell without its backticks.
fn bare(cell: &str) -> String {
    cell.trim_matches('`').to_owned()
}

/// The README's blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    blocks_of("README.md", language)
}

fn blocks_of(path: &str, language: &str) -> Vec<String> {
    let text = read(path);
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn copy(path: impl AsRef<Path>, to: &Path) {
    let target = to.join(&path);
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::copy(root().join(path), target).unwrap();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
