//! Web pages that arrive instead of answers from Jira's API: who may have sent them, and what to do.

use crate::http::{CONTEXT, SIGN_ON};
use crate::model::answer::Failure;

/// How much of a page is examined, in bytes.
const LOOK: usize = 64 << 10;

/// Where the page comes from, as far as its text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginPage {
    /// A page where people sign in.
    Login,
    /// A web server that requires a client certificate (nginx says so in a page, with status 400).
    Certificate,
    /// Any other.
    Other,
}

impl LoginPage {
    /// `None`: it is not a web page.
    pub(super) fn of(body: &[u8]) -> Option<LoginPage> {
        let text = String::from_utf8_lossy(&body[..body.len().min(LOOK)]).to_lowercase();
        if !text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with('<') {
            return None;
        }
        // sign-in pages of Atlassian, Keycloak, Okta, Microsoft and others, and SAML forms that submit themselves
        let login = [
            "type=\"password\"",
            "type='password'",
            "type=password",
            "samlrequest",
            "samlresponse",
            "os_username",
            "sign in",
            "signin",
            "sign-in",
            "log in",
            "login",
            "log-in",
            "single sign-on",
            "sso",
            "oauth2/authorize",
        ];
        let certificate = ["no required ssl certificate", "ssl certificate error", "client certificate"];
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        Some(match () {
            () if says(&certificate) => LoginPage::Certificate,
            () if says(&login) => LoginPage::Login,
            () => LoginPage::Other,
        })
    }

    /// What such a page means if an answer from Jira was expected.
    pub(super) fn failure(self, status: u16) -> Failure {
        let (why, hint) = match self {
            LoginPage::Login => (
                format!(
                    "the response (status {status}) is a login page: Jira is behind single sign-on or a proxy"
                ),
                SIGN_ON.to_owned(),
            ),
            LoginPage::Certificate => (
                format!(
                    "the web server in front of Jira asks for a client certificate (mTLS; status {status})"
                ),
                "Set `client-cert` and `client-key` (PEM files), or JIRA_CLIENT_CERT and JIRA_CLIENT_KEY."
                    .to_owned(),
            ),
            LoginPage::Other => (
                format!("the response (status {status}) is a web page and does not come from Jira's API"),
                format!("The page may come from a proxy or be a maintenance page. {CONTEXT}"),
            ),
        };
        Failure::Unusable { blocked: false, why, hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_from_an_answer_and_by_its_words() {
        let check = |body: &str, expected: Option<LoginPage>| {
            assert_eq!(LoginPage::of(body.as_bytes()), expected, "{body}")
        };
        check("", None);
        check("{\"a\":\"<html>\"}", None);
        check("Client must be authenticated to access this resource.", None);
        check(" \u{feff}<!DOCTYPE html><title>Log in - Jira</title>", Some(LoginPage::Login));
        check("<html><input type=\"password\" name=p>", Some(LoginPage::Login));
        check("<form method=post><input name=\"SAMLRequest\" value=x>", Some(LoginPage::Login));
        check(
            "<html><head><title>400 No required SSL certificate was sent</title>",
            Some(LoginPage::Certificate),
        );
        check("<html><h1>It works!</h1>", Some(LoginPage::Other));
    }
}
