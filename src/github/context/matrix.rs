//! The values of a matrix job, as the action passes them on (`toJSON(matrix)`).

use serde_json::Value;

/// The values as one line, whatever their order: `os=ubuntu-24.04, python=3.12`. `None`: the job has no matrix.
pub(super) fn values(json: &str) -> Option<String> {
    match serde_json::from_str(json) {
        Ok(Value::Object(values)) => {
            let mut all: Vec<(&String, &Value)> = values.iter().collect();
            all.sort_by_key(|(name, _)| *name);
            let all: Vec<String> =
                all.into_iter().map(|(name, value)| format!("{name}={}", value_text(value))).collect();
            Some(all.join(", "))
        }
        Ok(Value::Null) => None,
        Ok(value) => Some(value_text(&value)),
        // it still distinguishes legs
        Err(_) => Some(json.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
    .filter(|values| !values.is_empty())
}

/// A value: plain if it is a plain word, otherwise as JSON with its members in order.
fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        Value::Object(members) => {
            let mut all: Vec<(&String, &Value)> = members.iter().collect();
            all.sort_by_key(|(name, _)| *name);
            let all: Vec<String> =
                all.into_iter().map(|(name, value)| format!("{name}={}", value_text(value))).collect();
            format!("{{{}}}", all.join(", "))
        }
        Value::Array(elements) => {
            let all: Vec<String> = elements.iter().map(value_text).collect();
            format!("[{}]", all.join(", "))
        }
        other => other.to_string(),
    }
}

/// Whether a string cannot be mistaken for anything else in a line of values.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(['=', ',', '{', '}', '[', ']', '(', ')', '"', '\n', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Option<&str>) {
        assert_eq!(values(json).as_deref(), expected, "{json}");
    }

    #[test]
    fn the_values_alone_name_a_leg() {
        check("null", None);
        check("{}", None);
        check("", None);
        check(r#"{"os": "ubuntu-24.04", "python": 3.12}"#, Some("os=ubuntu-24.04, python=3.12"));
        check(r#"{"python": "3.12",  "os": "ubuntu-24.04"}"#, Some("os=ubuntu-24.04, python=3.12"));
        check(r#"{"a": "x, b=y"}"#, Some(r#"a="x, b=y""#));
        check(r#"{"a": "x", "b": "y"}"#, Some("a=x, b=y"));
        check(
            r#"{"app": {"path": "services/a", "name": "a"}, "on": [true, null]}"#,
            Some("app={name=a, path=services/a}, on=[true, null]"),
        );
        check("not\n json", Some("not json"));
    }
}
