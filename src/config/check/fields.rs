//! Other fields of tickets: values, properties and templates.

use std::collections::BTreeMap;

use minijinja::Environment;

use super::ValueChecker;
use super::shapes::texts;
use crate::config::jira::FieldValue;
use crate::config::place::ValuePosition;
use crate::config::raw::{self, OneOf};
use crate::config::{known, template};
use crate::model::property::Property;

/// Fields that casefile fills in itself, and what determines them in the configuration.
const OWN: [(&[&str], &str); 14] = [
    (&["summary"], "`summary-prefix` sets the beginning of each summary"),
    (&["description"], "`sections` sets which parts the description has"),
    (&["project"], "use the key `project`"),
    (&["issuetype", "issue type"], "use the key `issue-type`"),
    (&["priority"], "`priorities` sets the priority for each severity"),
    (&["components", "component/s"], "use the key `components`"),
    (&["assignee"], "use the key `assignee`"),
    (&["duedate", "due date"], "use the key `due-in-days`"),
    (&["parent"], "use the key `parent`"),
    (&["security", "security level"], "use the key `security-level`"),
    (&["status", "resolution"], "`states` sets which status a ticket gets"),
    (&["attachment"], "use the key `attach`"),
    (&["comment"], "use the key `comments`"),
    (&["issuelinks", "linked issues"], "casefile links tickets itself"),
];

/// What templates may name besides properties: built-in functions.
const FUNCTIONS: [&str; 1] = ["range"];

impl ValueChecker<'_> {
    /// The fields of new tickets: none that casefile fills in itself.
    pub(super) fn ticket_fields(
        &mut self,
        fields: Option<BTreeMap<String, raw::RawFieldValue>>,
        place: ValuePosition<'_>,
    ) -> BTreeMap<String, FieldValue> {
        for name in fields.iter().flat_map(BTreeMap::keys) {
            let word = name.trim().to_lowercase();
            if let Some((_, hint)) = OWN.iter().find(|(names, _)| names.contains(&word.as_str())) {
                self.note(place.name(name), "casefile fills in this field itself", *hint);
            }
        }
        let fields = fields.unwrap_or_default().into_iter();
        fields.filter_map(|(name, raw)| Some((name.clone(), self.field(raw, place.key(&name))?))).collect()
    }

    /// The fields of a transition: the target state says nothing about a single finding.
    pub(super) fn state_fields(
        &mut self,
        fields: Option<BTreeMap<String, raw::RawFieldValue>>,
        place: ValuePosition<'_>,
    ) -> BTreeMap<String, Vec<String>> {
        let mut values = BTreeMap::new();
        for (name, raw) in fields.unwrap_or_default() {
            match raw {
                OneOf::Word(raw) => drop(values.insert(name, texts(raw))),
                OneOf::Map(_) => {
                    let hint = "properties and templates belong under `jira.fields`";
                    self.note(place.key(&name), "a field of a state takes one or more values", hint);
                }
            }
        }
        values
    }

    fn field(&mut self, raw: raw::RawFieldValue, place: ValuePosition<'_>) -> Option<FieldValue> {
        match raw {
            OneOf::Word(values) => Some(FieldValue::Values(texts(values))),
            OneOf::Map(raw::Computed { from: Some(from), template: None }) => match from.trim().parse() {
                Ok(property) => Some(FieldValue::From(property)),
                Err(_) => {
                    let near = known::suggestion(&from, &Property::ALL.map(Property::name));
                    let some = "for example `cvss.score`; text that combines several properties belongs under `template`";
                    let hint = if near.is_empty() { some.to_owned() } else { near };
                    self.note(place.key("from"), "this is not the name of a property", hint);
                    None
                }
            },
            OneOf::Map(raw::Computed { from: None, template: Some(template) }) => {
                self.template(&template, place.key("template"));
                Some(FieldValue::Template(template))
            }
            OneOf::Map(_) => {
                self.note(place, "expected a value, or either `from` or `template`", "");
                None
            }
        }
    }

    /// Whether a template can be read, and names only properties. Its text is not quoted.
    fn template(&mut self, source: &str, place: ValuePosition<'_>) {
        if let Err(refused) = template::check(source) {
            return self.note(place, refused.why, refused.hint);
        }
        let environment = Environment::empty();
        // what can be parsed as a tree can also be parsed as a template
        let Ok(template) = environment.template_from_str(source) else { return };
        let known = Property::ALL.map(|property| property.name().replace('-', "_"));
        let is_part = |name: &str| known.iter().any(|known| known.split('.').next() == Some(name));
        let mut names: Vec<String> = template.undeclared_variables(true).into_iter().collect();
        names.sort();
        for name in names {
            if !known.contains(&name) && !is_part(&name) && !FUNCTIONS.contains(&name.as_str()) {
                let near = known::suggestion(&name.replace('_', "-"), &Property::ALL.map(Property::name));
                let hint = if near.is_empty() { "for example `{{ cvss.score }}`".to_owned() } else { near };
                self.note(place, "this template names a property that does not exist", hint);
            }
        }
    }
}
