//! An element as equivalent JSON.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart};
use serde_json::{Map, Value};

/// The member that holds an element's text next to its attributes.
pub(crate) const TEXT: &str = "$";

/// How many attributes of an element are read.
const MOST_ATTRIBUTES: usize = 1_000;

/// An element's start tag.
pub(crate) struct Start {
    pub(crate) name: String,
    attributes: Map<String, Value>,
    /// Written as `<a/>`.
    pub(crate) empty: bool,
}

impl Start {
    /// Reads a tag.
    pub(crate) fn of(tag: &BytesStart<'_>, empty: bool) -> Start {
        let mut attributes = Map::new();
        for attribute in tag.attributes().with_checks(false).flatten().take(MOST_ATTRIBUTES) {
            let key = String::from(attribute.key.as_ref());
            // a namespace is not a member
            if key != "xmlns" && !key.starts_with("xmlns:") && !key.starts_with("xsi:") {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                let value = value.map_or_else(|_| attribute.value.to_string(), |value| value.into_owned());
                attributes.insert(key, value.into());
            }
        }
        Start { name: String::from(tag.local_name().as_ref()), attributes, empty }
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.get(name)?.as_str().map(str::to_owned)
    }

    /// The element with its content: a string if there is nothing else, the children of a list, otherwise an object
    /// with everything that it has.
    pub(crate) fn value(self, children: Vec<(String, Value)>, text: &str, lists: &[&str]) -> Value {
        if lists.contains(&self.name.as_str()) {
            return children.into_iter().map(|(_, child)| child).collect();
        }
        let mut object = self.attributes;
        if object.is_empty() && children.is_empty() {
            return Value::from(text);
        }
        for (name, child) in children {
            match object.get_mut(&name) {
                None => {
                    object.insert(name, child);
                }
                Some(Value::Array(several)) => several.push(child),
                Some(one) => *one = Value::Array(vec![one.take(), child]),
            }
        }
        if !text.is_empty() {
            object.insert(TEXT.to_owned(), text.into());
        }
        Value::Object(object)
    }
}

/// What a reference stands for; one that XML does not define stays as it is written, so nothing expands.
pub(crate) fn character(reference: &BytesRef<'_>) -> String {
    match (reference.resolve_char_ref(), &**reference) {
        (Ok(Some(character)), _) => character.to_string(),
        (_, "lt") => "<".to_owned(),
        (_, "gt") => ">".to_owned(),
        (_, "amp") => "&".to_owned(),
        (_, "apos") => "'".to_owned(),
        (_, "quot") => "\"".to_owned(),
        (_, name) => format!("&{name};"),
    }
}
