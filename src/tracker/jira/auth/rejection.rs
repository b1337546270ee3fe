//! Whether an answer comes from a Jira that recognises us: a dead credential must never look like an empty answer.

use serde_json::Value;

use super::method::scopes;
use crate::http::{Response, SIGN_ON};
use crate::model::answer::{Denied, Failure};
use crate::model::auth_method::AuthMethod;
use crate::tracker::jira::dialect::Call;
use crate::tracker::jira::failure::words;
use crate::tracker::jira::page::LoginPage;

/// What to do about a CAPTCHA, whatever the method.
const CAPTCHA: &str = "Log in to Jira in a browser with the account that casefile uses and solve the \
                       CAPTCHA, then run casefile again. Check the credentials too: they may have caused the \
                       failed logins.";

/// Fails with advice if the answer says, in any of the possible ways, that the credentials are not accepted: with
/// status 401, as an anonymous user with status 200 (Cloud's expired tokens; Seraph's header, Data Center's anonymous
/// user), with a CAPTCHA, or because a scope is missing.
pub(in crate::tracker::jira) fn check_credentials(
    method: AuthMethod,
    call: &Call,
    answer: &Response,
) -> Result<(), Failure> {
    let denied = |why: &str, hint: String| Err(Failure::Credentials(Denied { why: why.to_owned(), hint }));
    if says(answer, "x-seraph-loginreason", &["AUTHENTICATION_DENIED"]) {
        denied(
            "Jira rejected the login and requires a CAPTCHA, because too many logins have failed",
            CAPTCHA.to_owned(),
        )
    } else if answer.status == 401 {
        let said = serde_json::from_slice::<Value>(&answer.body).map(|said| words(&said)).unwrap_or_default();
        if said.to_lowercase().contains("scope does not match") {
            return Err(Failure::Scope(format!("the credentials lack the scope `{}`", scope(call))));
        }
        let why = if said.is_empty() { "wrong or expired".to_owned() } else { said };
        let asks = answer.headers.get_all("www-authenticate").iter().filter_map(|value| value.to_str().ok());
        let asks: Vec<String> = asks.map(str::to_ascii_lowercase).collect();
        let is_desktops = asks.iter().any(|asks| asks.starts_with("negotiate") || asks.starts_with("ntlm"));
        let (why, advice) = match LoginPage::of(&answer.body) {
            _ if is_desktops => {
                (format!("{why}; the server asks for Kerberos or NTLM"), format!("{SIGN_ON} "))
            }
            Some(LoginPage::Login) => (format!("{why}; the response is a login page"), format!("{SIGN_ON} ")),
            _ => (why, String::new()),
        };
        let name = method.name();
        let advice = format!("{advice}{}", method.advice());
        denied(&format!("Jira rejected the credentials (401, {name}): {why}"), advice)
    } else if says(answer, "x-seraph-loginreason", &["AUTHENTICATED_FAILED", "OUT"])
        || says(answer, "x-ausername", &["anonymous"])
    {
        denied(nobody(), method.advice())
    } else {
        Ok(())
    }
}

/// Jira answered who we are, and it is nobody.
pub(in crate::tracker::jira) fn anonymous(method: AuthMethod) -> Failure {
    Failure::Credentials(Denied { why: nobody().to_owned(), hint: method.advice() })
}

fn nobody() -> &'static str {
    "Jira did not accept the credentials and treated the request as anonymous"
}

/// Whether a header, which may come several times or hold a list, has one of these values.
fn says(answer: &Response, header: &str, wanted: &[&str]) -> bool {
    let values = answer.headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|one| wanted.iter().any(|wanted| one.trim().eq_ignore_ascii_case(wanted)))
}

/// The classic scope that a call needs; the gateway does not say which one was missing.
fn scope(call: &Call) -> &'static str {
    let is_read = matches!(
        call.path.last().map(String::as_str),
        Some("search" | "jql" | "bulkfetch" | "approximate-count" | "match" | "parse")
    );
    if call.path.iter().any(|segment| matches!(segment.as_str(), "myself" | "user" | "users")) {
        scopes::PEOPLE
    } else if call.method == reqwest::Method::GET || is_read {
        scopes::READ
    } else {
        scopes::WRITE
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Method as Verb;
    use reqwest::header::{HeaderMap, HeaderName};

    use super::*;
    use crate::http::Repeat;

    fn call(verb: Verb, path: &str) -> Call {
        let path = path.split('/').map(str::to_owned).collect();
        Call { method: verb, path, query: Vec::new(), body: None, repeat: Repeat::Yes }
    }

    fn check(status: u16, header: &str, body: &str, expected: &str) {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header.split_once(": ") {
            headers.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let answer = Response { status, headers, body: body.as_bytes().to_vec() };
        let said =
            match check_credentials(AuthMethod::ApiToken, &call(Verb::GET, "rest/api/3/issue/1"), &answer) {
                Ok(()) => "fine".to_owned(),
                Err(failure) => format!("{failure} {}", failure.hint()),
            };
        assert!(said.contains(expected), "{status} {header} {body}: {said}");
    }

    #[test]
    fn a_dead_credential_is_told_however_it_is_said() {
        let nobody = "x-seraph-loginreason: AUTHENTICATED_FAILED";
        check(200, "", "{}", "fine");
        check(204, "x-seraph-loginreason: OK", "", "fine");
        check(200, "x-ausername: alice", "", "fine");
        check(403, "x-seraph-loginreason: AUTHORISATION_FAILED", "{}", "fine");
        check(200, nobody, r#"{"issues":[]}"#, "PROVIDER_AUTH_REQUIRED: Jira did not accept");
        check(404, nobody, "{}", "treated the request as anonymous");
        check(200, "x-seraph-loginreason: OUT", "{}", "treated the request as anonymous");
        check(
            200,
            "x-seraph-loginreason: OK, authenticated_failed",
            "{}",
            "treated the request as anonymous",
        );
        check(200, "x-ausername: anonymous", "{}", "treated the request as anonymous");
        check(403, "X-Seraph-LoginReason: AUTHENTICATION_DENIED", "<html>", "solve the CAPTCHA");
        check(401, "x-seraph-loginreason: AUTHENTICATION_DENIED", "", "solve the CAPTCHA");
        check(
            401,
            "",
            "Client must be authenticated",
            "rejected the credentials (401, api-token): wrong or expired",
        );
        check(
            401,
            "",
            "<html>Please log in",
            "the response is a login page Ask whoever operates the single sign-on",
        );
        check(401, "www-authenticate: Negotiate", "", "the server asks for Kerberos or NTLM");
        check(401, "", r#"{"code":401,"message":"Unauthorized"}"#, "Unauthorized Check JIRA_BASE_URL");
    }

    #[test]
    fn a_missing_scope_is_named_by_what_was_asked() {
        let body = br#"{"code":401,"message":"Unauthorized; scope does not match"}"#.to_vec();
        let answer = Response { status: 401, headers: HeaderMap::new(), body };
        for (verb, path, scope) in [
            (Verb::GET, "rest/api/3/myself", "read:jira-user"),
            (Verb::GET, "rest/api/3/user/search", "read:jira-user"),
            (Verb::GET, "rest/api/3/issue/1", "read:jira-work"),
            (Verb::POST, "rest/api/3/search/jql", "read:jira-work"),
            (Verb::POST, "rest/api/3/issue/bulkfetch", "read:jira-work"),
            (Verb::POST, "rest/api/3/issue/bulk", "write:jira-work"),
            (Verb::PUT, "rest/api/3/issue/1", "write:jira-work"),
        ] {
            let failure =
                check_credentials(AuthMethod::ScopedApiToken, &call(verb, path), &answer).unwrap_err();
            let expected = format!("PROVIDER_SCOPE_UNAVAILABLE: the credentials lack the scope `{scope}`");
            assert_eq!(failure.to_string(), expected);
        }
    }
}
