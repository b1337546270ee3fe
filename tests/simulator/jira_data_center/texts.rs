//! Rich text on Data Center: wiki markup, a plain string.

use serde_json::Value;

use super::super::state::Texts;

/// `jira.text.field.character.limit`, as it is set unless somebody changes it.
const LIMIT: usize = 32_767;

/// How Data Center takes descriptions, comments and other long texts: as they are.
pub(crate) const WIKI: Texts = Texts { check, stored: Value::clone };

fn check(value: &Value) -> Result<(), (String, String)> {
    let Some(text) = value.as_str() else {
        return Err(("Operation value must be a string".to_owned(), "no string".to_owned()));
    };
    let length = text.encode_utf16().count();
    if length > LIMIT {
        let words = "The entered text is too long. It exceeds the allowed limit of 32,767 characters.";
        return Err((words.to_owned(), format!("{length} characters")));
    }
    Ok(())
}
