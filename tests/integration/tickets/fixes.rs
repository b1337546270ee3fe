//! Which fixed versions a report names, found without knowing its format: wherever an object names an advisory, and a
//! member of it that speaks of a fix holds a version.

use serde_json::Value;

/// What a report names, an advisory's name and a version each.
pub(super) struct Named(Vec<(Vec<String>, String)>);

impl Named {
    /// What a report of JSON names; of any other nothing.
    pub(super) fn of(report: &str) -> Named {
        let mut named = Named(Vec::new());
        let documents = serde_json::Deserializer::from_str(report.trim_start_matches('\u{feff}'));
        documents.into_iter::<Value>().map_while(Result::ok).for_each(|document| named.visit(&document));
        named
    }

    fn visit(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                let texts: Vec<String> =
                    members.values().filter_map(Value::as_str).map(str::to_owned).collect();
                if let Some(fix) = fix(value, 0).filter(|_| !texts.is_empty()) {
                    self.0.push((texts, fix));
                }
                members.values().for_each(|value| self.visit(value));
            }
            Value::Array(items) => items.iter().for_each(|item| self.visit(item)),
            _ => {}
        }
    }

    /// A version that is named with this advisory and package.
    pub(super) fn find(&self, advisory: &str, package: &str) -> Option<&str> {
        let named = |texts: &Vec<String>, name: &str| texts.iter().any(|text| text == name);
        let own = self.0.iter().find(|(texts, _)| {
            named(texts, advisory)
                && (named(texts, package) || texts.iter().all(|text| !text.is_empty()) && texts.len() < 40)
        });
        own.map(|(_, fix)| fix.as_str())
    }
}

/// The version in a member that speaks of a fix, in the object itself or right below.
fn fix(value: &Value, depth: usize) -> Option<String> {
    let members = value.as_object()?;
    for (key, value) in members {
        let key = key.to_lowercase();
        let speaks = ["fixedin", "fixed_in", "fixedversion", "fixed_version", "fix_version", "patched"]
            .iter()
            .any(|word| key.contains(word));
        if speaks && let Some(version) = version(value) {
            return Some(version);
        }
        if depth < 2
            && value.is_object()
            && let Some(found) = fix(value, depth + 1)
        {
            return Some(found);
        }
    }
    None
}

fn version(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let version = text.trim_start_matches(['>', '=', '~', '^', ' ', 'v']);
            let is = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
            is.then(|| text.clone())
        }
        Value::Array(items) => items.iter().find_map(version),
        _ => None,
    }
}
