//! What an answer other than a plain success means.

use std::collections::BTreeMap;

use serde_json::Value;

use super::page::LoginPage;
use crate::http::Response;
use crate::model::answer::Failure;

/// How much of Jira's text is passed on.
const WORDS: usize = 500;

/// The answer if its status means success, otherwise the failure that it means. [`Failure::Unknown`]: the server
/// failed, and may have done it anyway.
pub(super) fn check(answer: Response) -> Result<Response, Failure> {
    if (200..300).contains(&answer.status) { Ok(answer) } else { Err(of_status(answer.status, &answer.body)) }
}

/// What a status other than 2xx and its body mean.
pub(super) fn of_status(status: u16, body: &[u8]) -> Failure {
    let jira = serde_json::from_slice::<Value>(body).ok().filter(Value::is_object);
    let page = if jira.is_some() { None } else { LoginPage::of(body) };
    // the page of a server error does not say what is behind it
    if let Some(page @ (LoginPage::Login | LoginPage::Certificate)) =
        page.filter(|_| status != 401 && status < 500)
    {
        return page.failure(status);
    }
    match (status, jira) {
        (401, jira) => {
            let why = jira.map(|said| words(&said)).filter(|said| !said.is_empty());
            let why = why.unwrap_or_else(|| "wrong or expired".to_owned());
            Failure::Credentials(format!("rejected (401): {why}").into())
        }
        (408 | 425 | 500.., jira) => {
            let why = jira.map(|said| words(&said)).unwrap_or_default();
            let why = if why.is_empty() { why } else { format!(": {why}") };
            Failure::Unknown(format!("{} ({status}){why}", of_server(status)))
        }
        (413, None) => Failure::Refused { fields: BTreeMap::new(), message: "too large".to_owned() },
        (403, None) => Failure::Unusable {
            blocked: false,
            why:
                "refused (403) by something in front of Jira, such as an IP allowlist, a firewall or a proxy"
                    .to_owned(),
            hint:
                "Ask whoever operates it to let through requests to /rest/ from this machine's address; note \
                 that the addresses of GitHub's runners change."
                    .to_owned(),
        },
        (status, None) => not_jira(&format!("the response (status {status})")),
        (403, Some(said)) => Failure::Scope(words(&said)),
        (404, Some(_)) => Failure::Gone,
        (_, Some(said)) => refused(&said),
    }
}

/// What a status means that is not the request's fault.
fn of_server(status: u16) -> &'static str {
    match status {
        408 | 425 => "the request did not arrive in time",
        502..=504 => "the server in front of Jira got no response from Jira, which may be down or busy",
        _ => "Jira's server failed",
    }
}

/// A refusal in Jira's words: `ErrorCollection`.
pub(super) fn refused(said: &Value) -> Failure {
    let fields = said.get("errors").and_then(Value::as_object).into_iter().flatten();
    let mut fields: BTreeMap<String, String> =
        fields.map(|(field, why)| (short(field), short(&plain(why)))).collect();
    for words in said.get("errorMessages").and_then(Value::as_array).into_iter().flatten().map(plain) {
        if let Some(field) = named(&words) {
            fields.entry(short(field)).or_insert_with(|| short(&words));
        }
    }
    Failure::Refused { fields, message: message(said) }
}

/// The field that a message names in Jira's own sentence, if it is not listed among the `errors`.
fn named(words: &str) -> Option<&str> {
    let (field, _) = words.strip_prefix("Field '")?.split_once("' cannot be set.")?;
    Some(field)
}

/// The answer comes from something else: a login page, a proxy, another program.
pub(super) fn not_jira(what: &str) -> Failure {
    Failure::Unreachable(format!("{what} is not from Jira; check the base URL, including its context path"))
}

/// An issue in the answer lacks what every issue has.
pub(super) fn unreadable(why: &str) -> Failure {
    Failure::Unusable {
        blocked: false,
        why: format!("Jira returned an issue that cannot be read: {why}"),
        hint: "Run casefile again; if that does not help, check whether an app or a proxy changes Jira's \
               answers."
            .to_owned(),
    }
}

/// Everything that Jira says, on one line.
pub(super) fn words(said: &Value) -> String {
    match refused(said) {
        Failure::Refused { fields, message } => {
            let fields = fields.into_iter().map(|(field, why)| format!("{field}: {why}"));
            let all = (!message.is_empty()).then_some(message).into_iter().chain(fields);
            short(&all.collect::<Vec<_>>().join("; "))
        }
        other => other.to_string(),
    }
}

/// What is not about a field: `errorMessages`, or the single message from a gateway.
fn message(said: &Value) -> String {
    let several = said.get("errorMessages").and_then(Value::as_array).into_iter().flatten();
    let several = several.filter(|one| one.as_str().and_then(named).is_none());
    let one = ["errorMessage", "message"].into_iter().filter_map(|key| said.get(key));
    short(&several.chain(one).map(plain).collect::<Vec<_>>().join("; "))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// One line of bounded length.
fn short(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    fn check(status: u16, body: &str, expected: &str) {
        let answer = Response { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() };
        let said = match super::check(answer) {
            Ok(_) => "fine".to_owned(),
            Err(failure) => format!("{failure:?}"),
        };
        assert!(said.contains(expected), "{status} {body}: {said}");
    }

    #[test]
    fn answers_mean_what_they_should() {
        let refused = r#"{"errorMessages":["no"],"errors":{"priority":"not on\nthe screen"}}"#;
        check(200, "{}", "fine");
        check(401, "Client must be authenticated", "rejected (401): wrong or expired");
        check(401, r#"{"message":"no"}"#, "Credentials(Denied { why: \"rejected (401): no\"");
        check(403, "<html>Please log in", "the response (status 403) is a login page");
        check(404, "<html><input type=password>", "the response (status 404) is a login page");
        check(400, "<html>400 No required SSL certificate was sent", "a client certificate");
        check(403, r#"{"errorMessages":["may not"],"errors":{}}"#, r#"Scope("may not")"#);
        check(
            403,
            "<html>firewall</html>",
            "Unusable { blocked: false, why: \"refused (403) by something in front",
        );
        check(403, "", "IP allowlist");
        check(404, r#"{"errorMessages":["Issue does not exist"],"errors":{}}"#, "Gone");
        check(404, "<html>not found</html>", "Unreachable(");
        check(400, refused, r#"Refused { fields: {"priority": "not on the screen"}, message: "no" }"#);
        let sentence =
            r#"{"errorMessages":["Field 'priority' cannot be set. It is not on the screen."],"errors":{}}"#;
        check(400, sentence, r#"Refused { fields: {"priority": "Field 'priority' cannot be set."#);
        check(409, r#"{"errorMessages":["conflict"]}"#, r#"message: "conflict""#);
        check(422, r#"{"errorMessage":"workflow"}"#, r#"message: "workflow""#);
        check(400, r#"{"errors":{"x":{"deep":1}}}"#, r#""x": "{\"deep\":1}""#);
        check(400, "null", "Unreachable(");
        check(413, "<html>nginx</html>", "Refused {");
        check(408, "", "Unknown(\"the request did not arrive in time (408)\")");
        check(503, "<html>", "which may be down or busy (503)\")");
        check(500, r#"{"errorMessages":["oops"]}"#, "Unknown(\"Jira's server failed (500): oops\")");
    }

    #[test]
    fn jiras_words_are_bounded() {
        let body = format!(r#"{{"errorMessages":["{}"],"errors":{{"f":"{0}"}}}}"#, "x".repeat(100_000));
        assert!(of_status(400, body.as_bytes()).to_string().len() < 3 * WORDS);
        assert!(of_status(403, body.as_bytes()).to_string().len() < 3 * WORDS);
    }
}
