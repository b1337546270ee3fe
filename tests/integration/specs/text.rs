//! An OpenAPI text (version 3.0): its operations, and its schemas as JSON Schema. Parts are read when they are first
//! asked for, because the texts have megabytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::gaps;

/// Where the texts lie, beside the project.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/specs");

/// Which way a value goes: some properties of a schema are there in one direction alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    Request,
    Answer,
}

/// One service's text.
pub(super) struct Text {
    paths: BTreeMap<String, Box<RawValue>>,
    components: BTreeMap<String, BTreeMap<String, Box<RawValue>>>,
    /// By path, method and what of it is meant.
    validators: Mutex<BTreeMap<(String, Way), Arc<Validator>>>,
}

#[derive(Deserialize)]
struct Whole {
    paths: BTreeMap<String, Box<RawValue>>,
    components: BTreeMap<String, BTreeMap<String, Box<RawValue>>>,
}

/// What a text says of one method on one path.
pub(super) struct Operation {
    /// The path with its parameters' names, after the method.
    pub(super) name: String,
    /// `Operation Object`.
    pub(super) said: Value,
    /// `Parameter Object`s, the path's own among them.
    pub(super) parameters: Vec<Value>,
}

impl Text {
    /// The text in this file; `None` where it is not there.
    pub(super) fn open(file: &str) -> Option<Text> {
        let text = fs::read(Path::new(FOLDER).join(file)).ok()?;
        let Whole { paths, components } = serde_json::from_slice(&text).unwrap();
        Some(Text { paths, components, validators: Mutex::default() })
    }

    /// What is said of a request; of several paths that fit, the one with the fewest parameters is meant.
    pub(super) fn operation(&self, method: &str, segments: &[&str]) -> Option<Operation> {
        let fitting = self.paths.iter().filter_map(|(path, said)| Some((fits(path, segments)?, path, said)));
        let (_, path, said) = fitting.min_by_key(|(parameters, ..)| *parameters)?;
        let said: Value = serde_json::from_str(said.get()).unwrap();
        let operation = said.get(method.to_lowercase())?.clone();
        let parameters = [&said["parameters"], &operation["parameters"]].into_iter();
        let parameters = parameters.filter_map(Value::as_array).flatten().map(|one| self.meant(one));
        Some(Operation {
            name: format!("{method} {path}"),
            parameters: parameters.collect(),
            said: operation,
        })
    }

    /// What a reference leads to, or the value itself.
    pub(super) fn meant(&self, value: &Value) -> Value {
        match value["$ref"].as_str() {
            Some(reference) => self.meant(&self.component(reference)),
            None => value.clone(),
        }
    }

    fn component(&self, reference: &str) -> Value {
        let (kind, rest) = reference.trim_start_matches("#/components/").split_once('/').unwrap();
        let (name, inside) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let part: Value = serde_json::from_str(self.components[kind][name].get()).unwrap();
        part.pointer(inside).unwrap().clone()
    }

    /// Why a value does not fit a schema of the text, if it does not. `name` tells the schema from others.
    pub(super) fn judge(&self, name: &str, schema: &Value, way: Way, value: &Value) -> Vec<String> {
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = known.entry((name.to_owned(), way)).or_insert_with(|| {
            let mut parts = Map::new();
            let root = self.schema(schema, way, &mut parts);
            Arc::new(jsonschema::validator_for(&json!({"allOf": [root], "$defs": parts})).unwrap())
        });
        let validator = Arc::clone(validator);
        drop(known);
        let errors = validator.iter_errors(value);
        errors
            .map(|error| format!("{}: {}", pattern(&error.instance_path().to_string()), error.masked()))
            .collect()
    }

    /// A schema of OpenAPI 3.0 as JSON Schema, with what it refers to gathered in `parts`. Objects are closed: what is not
    /// among their properties is refused, also where the text leaves the door open beside a list of properties.
    fn schema(&self, schema: &Value, way: Way, parts: &mut Map<String, Value>) -> Value {
        let Value::Object(said) = schema else { return schema.clone() };
        if let Some(reference) = said.get("$ref").and_then(Value::as_str) {
            let name = reference.trim_start_matches("#/components/schemas/").replace('/', ".");
            if !parts.contains_key(&name) {
                parts.insert(name.clone(), Value::Bool(true));
                let part = self.schema(&gaps::mended(&name, self.component(reference)), way, parts);
                parts.insert(name.clone(), part);
            }
            return json!({"$ref": format!("#/$defs/{name}")});
        }
        let mut made = Map::new();
        for (key, value) in said {
            let value = match key.as_str() {
                "properties" => {
                    let all = value.as_object().into_iter().flatten();
                    let ours = all.filter(|(_, one)| goes(one, way));
                    ours.map(|(name, one)| (name.clone(), self.schema(one, way, parts))).collect()
                }
                "required" => {
                    let goes = |name: &&Value| {
                        name.as_str().is_some_and(|name| {
                            schema["properties"].get(name).is_none_or(|one| goes(one, way))
                        })
                    };
                    value.as_array().into_iter().flatten().filter(goes).cloned().collect()
                }
                "items" | "additionalProperties" => self.schema(value, way, parts),
                "allOf" | "anyOf" | "oneOf" => {
                    value.as_array().into_iter().flatten().map(|one| self.schema(one, way, parts)).collect()
                }
                "type" | "enum" | "minimum" | "maximum" | "minLength" | "maxLength" | "minItems"
                | "maxItems" | "maxProperties" | "uniqueItems" | "pattern" => value.clone(),
                // words for people, and what OpenAPI has beside JSON Schema
                _ => continue,
            };
            made.insert(key.clone(), value);
        }
        let open =
            made.get("additionalProperties").is_none_or(|more| *more == json!(true) || *more == json!({}));
        if open && made.contains_key("properties") {
            made.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        if said.get("nullable") == Some(&Value::Bool(true)) {
            return json!({"anyOf": [made, {"type": "null"}]});
        }
        made.into()
    }
}

/// How many parameters of a path stand for these segments; `None`: they are no such path.
fn fits(path: &str, segments: &[&str]) -> Option<usize> {
    let own: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_parameter = |part: &str| part.starts_with('{');
    let fit = own.len() == segments.len()
        && own.iter().zip(segments).all(|(own, asked)| own == asked || is_parameter(own));
    fit.then(|| own.into_iter().filter(|part| is_parameter(part)).count())
}

/// Whether a property goes this way.
fn goes(schema: &Value, way: Way) -> bool {
    let never = match way {
        Way::Request => "readOnly",
        Way::Answer => "writeOnly",
    };
    schema.get(never) != Some(&Value::Bool(true))
}

/// A path into a value, the same for each element of a list.
fn pattern(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.parse::<usize>().is_ok() { "*" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
