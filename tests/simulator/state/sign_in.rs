//! Who may come through Atlassian's gateway: tokens with scopes, apps, and what they were given.

use std::time::Duration;

use jiff::Timestamp;

use super::World;

/// What the gateway and the authorization server know.
#[derive(Clone)]
pub(crate) struct SignIn {
    pub(crate) cloud_id: String,
    /// What the gateway takes.
    pub(crate) tokens: Vec<Access>,
    pub(crate) apps: Vec<App>,
    /// Other sites that a consent is good for: cloud id and address.
    pub(crate) other_sites: Vec<(String, String)>,
    /// How long an access token lives.
    pub(crate) life: Duration,
    /// Which of the two hosts has a token endpoint (which one it is, is reported both ways).
    pub(crate) token_at_server: bool,
    pub(crate) token_at_gateway: bool,
    /// Jira requires a CAPTCHA after failed logins.
    pub(crate) captcha: bool,
    /// Counts what was given out, so that no two tokens are the same.
    pub(crate) given: u32,
}

/// A token that the gateway takes.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) token: String,
    pub(crate) account: String,
    pub(crate) scopes: Vec<String>,
    /// A person's comes as Basic with the address; all others as Bearer.
    pub(crate) persons: bool,
    pub(crate) until: Option<Timestamp>,
}

/// An OAuth app, or a service account's credentials.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) account: String,
    /// Whether it is a service account's, which needs no consent.
    pub(crate) is_service: bool,
    /// Codes that were given and not exchanged yet.
    pub(crate) codes: Vec<String>,
    /// The one refresh token that is good now.
    pub(crate) refresh: Option<String>,
}

/// What casefile needs.
pub(crate) const SCOPES: [&str; 3] = ["read:jira-work", "write:jira-work", "read:jira-user"];

impl SignIn {
    /// A scoped token `sim-scoped` and a service account's `sim-service`, an app and a service account's credentials, all for
    /// the same account.
    pub(super) fn with_defaults(account: &str) -> SignIn {
        let token = |token: &str, persons| Access {
            token: token.to_owned(),
            account: account.to_owned(),
            scopes: SCOPES.map(str::to_owned).into(),
            persons,
            until: None,
        };
        let app = |id: &str, secret: &str, is_service| App {
            id: id.to_owned(),
            secret: secret.to_owned(),
            account: account.to_owned(),
            is_service,
            codes: Vec::new(),
            refresh: None,
        };
        SignIn {
            cloud_id: "11111111-2222-4333-8444-555555555555".to_owned(),
            tokens: vec![token("sim-scoped", true), token("sim-service", false)],
            apps: vec![app("sim-client", "sim-client-secret", true), app("sim-app", "sim-app-secret", false)],
            other_sites: Vec::new(),
            life: Duration::from_secs(3600),
            token_at_server: true,
            token_at_gateway: false,
            captcha: false,
            given: 0,
        }
    }

    /// A name that nothing else has.
    pub(crate) fn fresh(&mut self, what: &str) -> String {
        self.given += 1;
        format!("sim-{what}-{}", self.given)
    }
}

impl World {
    /// A new access token for an account.
    pub(crate) fn give_access(&mut self, account: &str) -> String {
        let token = self.sign_in.fresh("access");
        let until = self.now().checked_add(self.sign_in.life).ok();
        let scopes = SCOPES.map(str::to_owned).into();
        let access =
            Access { token: token.clone(), account: account.to_owned(), scopes, persons: false, until };
        self.sign_in.tokens.push(access);
        token
    }

    /// The token behind a header's credentials; a person's only with the right address.
    pub(crate) fn access(&self, token: &str, email: Option<&str>) -> Option<&Access> {
        let now = self.now();
        let is_alive = |access: &&Access| access.until.is_none_or(|until| until > now);
        let is_owner = |access: &Access, email: &str| {
            self.user(&access.account).is_some_and(|user| user.email.eq_ignore_ascii_case(email))
        };
        let fits = |access: &&Access| match email {
            Some(email) => access.persons && is_owner(access, email),
            None => !access.persons,
        };
        let known = self.sign_in.tokens.iter().filter(|access| access.token == token);
        known.filter(is_alive).find(fits)
    }
}
