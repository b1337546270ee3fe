//! Rich text on Cloud: ADF, bounded by the length of its JSON.

use serde_json::Value;

use super::super::adf;
use super::super::state::Texts;

/// Cloud's limit counts the serialized document.
const LIMIT: usize = 32_767;

/// How Cloud takes descriptions and other long texts.
pub(super) const ADF: Texts = Texts { check };

/// The words of the refusal, and the reason for the journal.
pub(super) fn check(value: &Value) -> Result<(), (String, String)> {
    if !value.is_object() {
        let words =
            "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
        return Err((words.to_owned(), "no object".to_owned()));
    }
    adf::check(value).map_err(|reason| ("INVALID_INPUT".to_owned(), reason))?;
    let length = value.to_string().encode_utf16().count();
    if length > LIMIT {
        return Err((
            "CONTENT_LIMIT_EXCEEDED".to_owned(),
            format!("{length} characters of ADF"),
        ));
    }
    Ok(())
}
