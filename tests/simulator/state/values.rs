//! The values that fields take, read from JSON; the errors are Jira's words.

use serde_json::Value;

use super::project::Component;

pub(super) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

pub(super) fn named(known: &[Component], value: &Value, what: &str) -> Result<String, String> {
    let by_id = text(value, "id").and_then(|id| known.iter().find(|one| one.id == id));
    let by_name =
        text(value, "name").and_then(|name| known.iter().find(|one| one.name.eq_ignore_ascii_case(name)));
    let found = by_id.or(by_name).map(|one| one.id.clone());
    found.ok_or_else(|| {
        format!(
            "{what} name '{}' is not valid",
            text(value, "name").or(text(value, "id")).unwrap_or_default()
        )
    })
}

/// The number that a choice's first option has; the others follow.
pub(crate) const FIRST_OPTION: usize = 10_300;

/// The option that is meant by its id or its value.
pub(super) fn option<'o>(values: &[&'o str], value: &Value) -> Result<&'o str, String> {
    let by_id = text(value, "id").map(|id| {
        let place = id.parse::<usize>().ok().and_then(|id| id.checked_sub(FIRST_OPTION));
        let known = place.and_then(|place| values.get(place)).copied();
        known.ok_or_else(|| format!("Option id '{id}' is not valid"))
    });
    let by_value = text(value, "value").map(|given| {
        let known = values.iter().find(|known| **known == given).copied();
        known.ok_or_else(|| format!("Option value '{given}' is not valid"))
    });
    by_id.or(by_value).unwrap_or_else(|| {
        Err("Could not find valid 'id' or 'value' in the Parent Option object.".to_owned())
    })
}

/// The option and the one below it, which are numbered behind the first ones: 100 for each of these.
pub(super) fn cascade<'o>(values: &[(&'o str, Vec<&'o str>)], value: &Value) -> Result<Vec<&'o str>, String> {
    let parents: Vec<&str> = values.iter().map(|(parent, _)| *parent).collect();
    let parent = option(&parents, value)?;
    let Some(child) = value.get("child") else { return Ok(vec![parent]) };
    let place = parents.iter().position(|known| *known == parent).unwrap_or_default();
    let id = text(child, "id").ok_or("Could not find valid 'id' or 'value' in the Child Option object.")?;
    let below = id.parse::<usize>().ok().and_then(|id| id.checked_sub(first_child(place)));
    let child = below.and_then(|below| values[place].1.get(below)).copied();
    child.map(|child| vec![parent, child]).ok_or_else(|| format!("Option id '{id}' is not valid"))
}

/// The number of the first option below one.
pub(crate) fn first_child(parent: usize) -> usize {
    FIRST_OPTION + 100 * (parent + 1)
}

pub(super) fn summary_of(value: &Value) -> Result<String, String> {
    let summary = value.as_str().ok_or("Operation value must be a string")?;
    if summary.trim().is_empty() {
        return Err("You must specify a summary of the issue.".to_owned());
    }
    if summary.contains(['\n', '\r']) {
        return Err("The summary is invalid because it contains newline characters.".to_owned());
    }
    if summary.encode_utf16().count() > 255 {
        return Err("Summary can't exceed 255 characters.".to_owned());
    }
    Ok(summary.trim().to_owned())
}

pub(super) fn labels_of(value: &Value) -> Result<Vec<String>, String> {
    let mut labels: Vec<String> = Vec::new();
    for label in value.as_array().ok_or("data was not an array")? {
        let label = label_of(label)?;
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    Ok(labels)
}

pub(super) fn label_of(value: &Value) -> Result<String, String> {
    let label = value.as_str().ok_or("string expected at index 0")?;
    if label.is_empty() || label.chars().any(char::is_whitespace) {
        return Err(format!("The label '{label}' contains spaces which is invalid."));
    }
    if label.encode_utf16().count() > 255 {
        return Err(format!(
            "The label '{label}' exceeds the maximum length for a single label of 255 characters."
        ));
    }
    Ok(label.to_owned())
}

pub(super) fn date_of(value: &Value) -> Result<Option<String>, String> {
    if value.is_null() {
        return Ok(None);
    }
    let given = value.as_str().ok_or("Operation value must be a string")?;
    let date = given.parse::<jiff::civil::Date>().ok().filter(|_| given.len() == 10);
    date.map(|date| Some(date.to_string())).ok_or_else(|| format!("Error parsing date string: {given}"))
}
