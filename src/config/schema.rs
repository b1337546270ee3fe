//! The JSON Schema of the configuration file: what the types say, narrowed by further checks, so that an editor rejects
//! what casefile would reject.
//!
//! What a schema cannot express is left to the program: that a template can be parsed, that two routes have different
//! names, that a key occurs only once, and that a range in a branch pattern is in order.

use serde_json::{Value, json};

use super::raw::Raw;
use crate::model::auth_method::AuthMethod;
use crate::model::finding::FindingKind;
use crate::model::property::Property;
use crate::model::severity::Severity;
use crate::model::ticket::LABEL_LIMIT;

/// A date that exists.
const DAY: &str = r"^\s*(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)\s*$";
/// One line of at most 255 characters that is not blank.
const LINE: &str = r"^\s*[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,253}[^\s\x00-\x1f\x7f])?\s*$";
/// An address without credentials, `?` and `#`.
const ADDRESS: &str = r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@\\]+(?:/[^?#]*)?\s*$";
/// A Cloud site's address with a path.
const CLOUD_PATH: &str = r"\.atlassian\.net\.?(?::\d+)?/+[^/\s]";
/// A path within the repository.
const INSIDE: &str = r"^\s*[/\\]|^\s*.:|(?:^|[/\\])\s*\.\.\s*(?:[/\\]|$)";
/// `..` as a part of a path.
const UPWARD: &str = r"(?:^|[/\\])\.\.(?:[/\\]|$)";
/// Wildcards that are wrong in a path: `**` within a part, and a bracket that is not closed.
const WRONG_PATH: &str = r"[^/]\*\*|\*\*[^/]|\[[^\]]*$";
/// A repository by its name, or by GitHub's number for it.
const REPOSITORY: &str = r"^\s*[A-Za-z0-9][A-Za-z0-9._-]*(?::\d{1,5})?(?:(?:/[^\s/#]+){2,}|#\d+)\s*$";
/// The same, by name only.
const NAMED: &str = r"^\s*[A-Za-z0-9][A-Za-z0-9._-]*(?::\d{1,5})?(?:/[^\s/#]+){2,}\s*$";
/// What no repository name contains: a part that is one or two dots, or more than two parts on GitHub.
const NOT_NAMED: &str =
    r"/\.\.?(?:/|\s*$)|^\s*(?:[Gg][Ii][Tt][Hh][Uu][Bb]\.[Cc][Oo][Mm]|[^/]*\.ghe\.com)(?:/[^/]+){3}";
/// A network, or a single address.
const NETWORK: &str = r"^\s*(?:(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3})(?:/(?:3[0-2]|[12]?\d))?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?:/(?:12[0-8]|1[01]\d|\d?\d))?)\s*$";
/// A branch pattern: no bracket that is empty or not closed, and no `\` before a character that needs none.
const BRANCH: &str = r"^!?(?:[^\[\]\\]|\\[*?+\[\]!\\]|\[[^\]]+\])+$";
/// What no branch name contains, or what no pattern for one begins with.
const NO_BRANCH: &str = r"^!?(?:refs/heads/|/)|[\s~^:\x00-\x1f\x7f]";
/// The keys of a project and of a ticket.
const PROJECT: &str = r"^\s*[A-Z][A-Z0-9_]*\s*$";
const TICKET: &str = r"^\s*[A-Z][A-Z0-9_]*-[1-9][0-9]*\s*$";
/// The characters of a label, which contains no spaces.
const LABEL: &str = r"^[^\s\x00-\x1f\x7f]";
/// Labels that are casefile's own.
const OWN_LABEL: &str = r"^[Cc][Aa][Ss][Ee][Ff][Ii][Ll][Ee]";
/// The name of a further Jira site.
const SITE: &str = r"^[a-z][a-z0-9-]{0,39}$";
/// The owners that CODEOWNERS supports.
const OWNER: &str = r"^\S*@\S*$";
/// Fields that casefile fills in itself, in lower case.
const OWN_FIELD: &str = r"^\s*(?:[Ss]ummary|[Dd]escription|[Pp]roject|[Ii]ssue ?[Tt]ype|[Pp]riority|[Cc]omponents?(?:/[Ss])?|[Aa]ssignee|[Dd]ue ?[Dd]ate|[Pp]arent|[Ss]ecurity(?: [Ll]evel)?|[Ss]tatus|[Rr]esolution|[Aa]ttachment|[Cc]omment|[Ii]ssuelinks|[Ll]inked [Ii]ssues)\s*$";

/// What an entry of `ignore` has besides its conditions.
const NO_CONDITIONS: [&str; 2] = ["reason", "until"];
/// The kinds of findings.
const KINDS: [FindingKind; 5] = [
    FindingKind::Code,
    FindingKind::Dependency,
    FindingKind::Infrastructure,
    FindingKind::Container,
    FindingKind::Secret,
];

/// The schema.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Raw).to_value();
    root(&mut schema);
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        for (name, definition) in definitions {
            match name.as_str() {
                "Jira" => jira(definition),
                "Route" => route(definition),
                "Owner" => target(definition),
                "Report" => report(definition),
                "Ignore" => ignore(definition),
                "Condition" => condition(definition),
                "States" => words(definition, &["open", "in-progress", "resolved", "closed"]),
                "StateTarget" => words(definition, &["status", "resolution"]),
                "Recurrence" => narrow(definition, "accepted", many(&text(LINE))),
                "Serve" => serve(definition),
                "Site" => site(definition),
                "Computed" => computed(definition),
                _ => {}
            }
        }
    }
    schema
}

/// Adds a requirement for the value of a key.
fn narrow(definition: &mut Value, key: &str, also: Value) {
    // several definitions share the requirements for a key, and not each of them has the key
    let Some(property) = definition.get_mut("properties").and_then(|all| all.get_mut(key)) else { return };
    match property.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(all) => all.push(also),
        None => property["allOf"] = json!([also]),
    }
}

/// Adds a requirement for the whole.
fn require(definition: &mut Value, also: Value) {
    match definition.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(all) => all.push(also),
        None => definition["allOf"] = json!([also]),
    }
}

/// A string that matches a pattern. Other types are not affected.
fn text(pattern: &str) -> Value {
    json!({ "pattern": pattern })
}

/// One, or several.
fn many(each: &Value) -> Value {
    json!({ "if": { "type": "array" }, "then": { "items": each }, "else": each })
}

/// The same with a maximum number.
fn at_most(most: usize, each: &Value) -> Value {
    json!({ "if": { "type": "array" }, "then": { "maxItems": most, "items": each }, "else": each })
}

/// Names of one line each.
fn words(definition: &mut Value, keys: &[&str]) {
    for key in keys {
        narrow(definition, key, text(LINE));
    }
}

fn label() -> Value {
    let pattern = format!("{LABEL}{{1,{LABEL_LIMIT}}}$");
    json!({ "pattern": pattern, "not": { "type": "string", "pattern": OWN_LABEL } })
}

fn branch() -> Value {
    json!({ "pattern": BRANCH, "maxLength": 256, "not": { "type": "string", "pattern": NO_BRANCH } })
}

/// Branch patterns, at least one of which allows something.
fn branches() -> Value {
    let mut all = at_most(50, &branch());
    let allows = json!({ "pattern": "^[^!]" });
    all["then"]["anyOf"] = json!([{ "maxItems": 0 }, { "contains": allows }]);
    all["else"] = json!({ "allOf": [branch(), allows] });
    all
}

/// A pattern for a name, and one for a path.
fn name_glob() -> Value {
    json!({ "pattern": r"\S", "maxLength": 1024, "not": { "type": "string", "pattern": r"\[[^\]]*$" } })
}

fn path_glob() -> Value {
    json!({ "pattern": r"\S", "maxLength": 1024, "not": { "type": "string", "pattern": WRONG_PATH } })
}

fn days_by_severity() -> Value {
    json!({ "propertyNames": { "enum": severities() }, "additionalProperties": { "maximum": 36500 } })
}

fn severities() -> Vec<&'static str> {
    Severity::ALL.iter().map(|severity| severity.name()).collect()
}

/// A schema that a value has to meet if it is a mapping.
fn mapping(also: Value) -> Value {
    json!({ "if": { "type": "object" }, "then": also })
}

fn root(schema: &mut Value) {
    let path = json!({
        "if": { "type": "string", "pattern": "^github:" },
        "then": { "enum": ["github:code-scanning", "github:dependabot", "github:secret-scanning"] },
        "else": { "allOf": [path_glob(), { "not": { "type": "string", "pattern": UPWARD } }] },
    });
    narrow(schema, "reports", many(&path));
    let repository = json!({ "pattern": REPOSITORY, "not": { "type": "string", "pattern": NOT_NAMED } });
    let mut repositories = at_most(7, &repository);
    // the current name comes first
    repositories["then"]["allOf"] = json!([{ "prefixItems": [text("^[^#]*$")] }]);
    repositories["else"] = json!({ "allOf": [repository, text("^[^#]*$")] });
    narrow(schema, "repository", repositories);
    narrow(schema, "branches", branches());
    let kinds = KINDS.map(FindingKind::name);
    narrow(schema, "group-by", mapping(json!({ "propertyNames": { "enum": kinds } })));
    narrow(schema, "summary-prefix", json!({ "pattern": r"^[^\x00-\x1f\x7f]{0,60}$" }));
    narrow(schema, "baseline", inside());
    words(schema, &["ca-file", "client-cert", "client-key"]);
    narrow(schema, "proxy", text(r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@\\]+/?\s*$"));
    narrow(schema, "owners", mapping(json!({ "propertyNames": { "pattern": OWNER } })));
    let local = json!({ "properties": { "tracker": { "const": "local" } }, "required": ["tracker"] });
    require(
        schema,
        json!({
            "if": { "required": ["jira"], "not": local },
            "then": { "properties": { "jira": { "type": "object", "required": ["project"] } } },
        }),
    );
    require(
        schema,
        json!({
            "if": { "properties": { "tracker": { "const": "jira" } }, "required": ["tracker"] },
            "then": { "required": ["jira"] },
        }),
    );
    // a route without a project uses Jira's
    let project = json!({ "required": ["project"] });
    let each =
        json!({ "if": { "type": "array" }, "then": { "items": project }, "else": mapping(project.clone()) });
    require(
        schema,
        json!({ "if": { "not": { "required": ["jira"] } }, "then": { "properties": { "routes": each } } }),
    );
}

/// A path within the repository.
fn inside() -> Value {
    json!({ "allOf": [text(LINE), { "not": { "type": "string", "pattern": INSIDE } }] })
}

fn report(definition: &mut Value) {
    let alerts = json!({ "enum": ["github:code-scanning", "github:dependabot", "github:secret-scanning"] });
    let glob = json!({ "allOf": [path_glob(), { "not": { "type": "string", "pattern": UPWARD } }] });
    narrow(definition, "path", json!({ "if": text("^github:"), "then": alerts, "else": glob }));
    narrow(
        definition,
        "base",
        json!({ "allOf": [text(LINE), { "not": { "type": "string", "pattern": UPWARD } }] }),
    );
    words(definition, &["category"]);
}

/// The conditions, each a pattern.
fn conditions(definition: &mut Value) {
    for key in ["rule", "package", "advisory", "scanner"] {
        narrow(definition, key, many(&name_glob()));
    }
    narrow(definition, "path", many(&path_glob()));
}

/// Requires at least one of the conditions.
fn says_something(definition: &Value) -> Value {
    let keys = definition["properties"].as_object().into_iter().flat_map(|all| all.keys());
    let says = keys.filter(|key| !NO_CONDITIONS.contains(&key.as_str())).map(|key| {
        let something =
            json!({ "not": { "anyOf": [{ "type": "null" }, { "type": "array", "maxItems": 0 }] } });
        json!({ "required": [key], "properties": { (key): something } })
    });
    json!({ "anyOf": says.collect::<Vec<_>>() })
}

fn ignore(definition: &mut Value) {
    conditions(definition);
    narrow(definition, "until", text(DAY));
    words(definition, &["reason"]);
    let says = says_something(definition);
    require(definition, says);
}

fn condition(definition: &mut Value) {
    conditions(definition);
    narrow(definition, "branch", branches());
    let says = says_something(definition);
    require(definition, says);
}

/// What tickets of a target, a route or an owner have.
fn target(definition: &mut Value) {
    words(definition, &["issue-type", "assignee", "security-level", "name"]);
    narrow(definition, "labels", at_most(10, &label()));
    narrow(definition, "components", many(&text(LINE)));
    narrow(definition, "project", text(PROJECT));
    narrow(definition, "parent", json!({ "pattern": TICKET, "maxLength": 255 }));
    let lines = json!({ "propertyNames": { "enum": severities() }, "additionalProperties": text(LINE) });
    narrow(definition, "priorities", mapping(lines));
    narrow(definition, "due-in-days", mapping(days_by_severity()));
    let fields = json!({ "propertyNames": { "not": { "pattern": OWN_FIELD } } });
    narrow(definition, "fields", mapping(fields));
}

fn route(definition: &mut Value) {
    target(definition);
    let continues = json!({ "properties": { "continue": { "const": true } }, "required": ["continue"] });
    require(definition, json!({ "if": continues, "then": { "required": ["name"] } }));
}

fn jira(definition: &mut Value) {
    target(definition);
    site(definition);
}

/// A Jira site: its address, and an authentication method that fits it.
fn site(definition: &mut Value) {
    let address = json!({ "pattern": ADDRESS, "not": { "type": "string", "pattern": CLOUD_PATH } });
    narrow(definition, "url", address);
    narrow(definition, "allow-networks", many(&text(NETWORK)));
    narrow(definition, "projects", many(&text(PROJECT)));
    let center: Vec<&str> =
        AuthMethod::ALL.into_iter().filter(|method| !method.is_for_cloud()).map(AuthMethod::name).collect();
    let is = |key: &str, also: Value| json!({ "properties": { (key): also }, "required": [key] });
    let cloud = json!({ "anyOf": [
        is("deployment", json!({ "const": "cloud" })),
        { "allOf": [
            is("url", json!({ "type": "string", "pattern": r"^[^/]*//[^/]*\.atlassian\.net\.?(?::\d+)?(?:/|\s*$)" })),
            { "not": { "required": ["deployment"] } },
        ] },
    ] });
    let of_center: Vec<Option<&str>> = center.iter().copied().map(Some).chain([None]).collect();
    require(
        definition,
        json!({ "if": cloud, "then": { "properties": { "auth": { "not": { "enum": center } } } } }),
    );
    require(
        definition,
        json!({
            "if": is("deployment", json!({ "const": "data-center" })),
            "then": { "properties": { "auth": { "enum": of_center } } },
        }),
    );
}

fn serve(definition: &mut Value) {
    let repository = json!({ "pattern": NAMED, "not": { "type": "string", "pattern": NOT_NAMED } });
    narrow(definition, "repositories", many(&repository));
    narrow(definition, "sites", mapping(json!({ "propertyNames": { "pattern": SITE } })));
}

/// A property, or a template.
fn computed(definition: &mut Value) {
    let names: Vec<String> =
        Property::ALL.iter().map(|property| regex_lite::escape(property.name())).collect();
    narrow(definition, "from", text(&format!(r"^\s*(?:{})\s*$", names.join("|"))));
    require(definition, json!({ "oneOf": [{ "required": ["from"] }, { "required": ["template"] }] }));
}
