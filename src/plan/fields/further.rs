//! The fields that the user names: looked up on the screen, and set to a value, a property or a template's text.

use crate::compose::template;
use crate::config::FieldValue;
use crate::model::answer::{FieldMeta, Screen};
use crate::model::field::words;
use crate::model::property::Property;
use crate::model::scan::Problem;
use crate::plan::fields::filler::{Filler, ValueSource, key_of};

impl Filler<'_, '_> {
    /// Sets the fields of `jira.fields` and the route's.
    pub(crate) fn further(&mut self) {
        let form = self.form;
        for (name, value) in &form.target.fields {
            let key = format!("jira.fields.{name}");
            match find(form.screen, name) {
                FieldMatch::One(id, meta) => self.one(&key, id, meta, value),
                FieldMatch::None => self.off_screen(&key, name, &near(form.screen, name)),
                FieldMatch::Several(ids) => {
                    let message = format!("{}: several fields have this name, so none is set", self.place());
                    let hint = format!("Use the ID of the field instead of its name: {}.", ids.join(" or "));
                    self.decision.problem(Problem::new(key, message).hint(hint));
                }
            }
        }
    }

    fn one(&mut self, key: &str, id: &str, meta: &FieldMeta, value: &FieldValue) {
        if self.filled.fields.iter().any(|field| field.id == id) && key_of(id).is_none() {
            let message = format!("{}: another key already sets this field ({id})", self.place());
            self.decision.problem(Problem::new(key, message).hint("Keep only one of the two keys."));
            return;
        }
        let Some(texts) = self.texts(key, value) else { return };
        if texts.is_empty() {
            return;
        }
        match (id, key_of(id)) {
            ("labels", _) => {
                let known = &self.filled.labels;
                let ours = |word: &String| word.to_lowercase().starts_with("casefile");
                let new: Vec<String> =
                    words(&texts).into_iter().filter(|word| !known.contains(word) && !ours(word)).collect();
                self.filled.labels.extend(new);
            }
            ("project" | "issuetype" | "summary" | "description", _) | (_, Some(_)) => {
                let hint = key_of(id).map_or(String::new(), |key| format!("Use the key `{key}` instead."));
                let message = format!(
                    "{}: casefile fills in this field itself, so the configured value is ignored",
                    self.place()
                );
                self.decision.problem(Problem::new(key, message).hint(hint));
            }
            _ => self.set(key, id, meta, &texts, source(value)),
        }
    }

    /// What the field is set to; empty if the finding does not have the property. `None`: that is not known, and a
    /// problem says so.
    fn texts(&mut self, key: &str, value: &FieldValue) -> Option<Vec<String>> {
        let properties = &self.form.properties;
        match value {
            FieldValue::Values(texts) => Some(texts.clone()),
            FieldValue::From(property) => Some(properties.values(*property)),
            FieldValue::Template(source) => match template::render(source, properties) {
                Ok(text) => Some(Some(text).filter(|text| !text.trim().is_empty()).into_iter().collect()),
                Err(template::Textless { why, hint }) => {
                    let message = format!("{}: the template cannot be rendered: {why}", self.place());
                    self.decision.problem(Problem::new(key, message).hint(hint));
                    None
                }
            },
        }
    }
}

fn source(value: &FieldValue) -> ValueSource {
    match value {
        FieldValue::Values(_) => ValueSource::Given,
        FieldValue::From(Property::Severity | Property::Kind) => ValueSource::Own,
        FieldValue::From(_) | FieldValue::Template(_) => ValueSource::Report,
    }
}

/// Names of fields on the screen that look like this one.
fn near<'s>(screen: &'s Screen, name: &str) -> Vec<&'s str> {
    let lower = name.trim().to_lowercase();
    let most = (lower.chars().count() / 4).clamp(1, 3);
    let is_near = |known: &&str| strsim::osa_distance(&known.to_lowercase(), &lower) <= most;
    screen.fields.values().map(|meta| meta.name.as_str()).filter(is_near).collect()
}

/// What a name means on a screen.
enum FieldMatch<'s> {
    One(&'s str, &'s FieldMeta),
    Several(Vec<&'s str>),
    None,
}

/// A field by its id, or by its name without regard to case.
fn find<'s>(screen: &'s Screen, name: &str) -> FieldMatch<'s> {
    let name = name.trim();
    if let Some((id, meta)) = screen.fields.get_key_value(name) {
        return FieldMatch::One(id, meta);
    }
    let lower = name.to_lowercase();
    let named: Vec<_> =
        screen.fields.iter().filter(|(_, meta)| meta.name.trim().to_lowercase() == lower).collect();
    match named.as_slice() {
        [] => FieldMatch::None,
        [(id, meta)] => FieldMatch::One(id, meta),
        several => FieldMatch::Several(several.iter().map(|(id, _)| id.as_str()).collect()),
    }
}
