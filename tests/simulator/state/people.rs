//! The accounts of the Jira site.

use super::World;

/// An account.
#[derive(Debug, Clone)]
pub(crate) struct User {
    /// Cloud's identity.
    pub(crate) account: String,
    /// Data Center's identity, and what a test calls the person.
    pub(crate) name: String,
    pub(crate) display: String,
    pub(crate) email: String,
    /// `None`: cannot log in over the API.
    pub(crate) token: Option<String>,
    pub(crate) active: bool,
}

impl World {
    /// The account with this id, name or address.
    pub(crate) fn user(&self, who: &str) -> Option<&User> {
        self.users
            .iter()
            .find(|user| user.account == who || user.name == who || user.email.eq_ignore_ascii_case(who))
    }

    /// The account id behind a name, or the name itself.
    pub(crate) fn account(&self, who: &str) -> String {
        self.user(who).map_or_else(|| who.to_owned(), |user| user.account.clone())
    }

    /// Data Center's account behind a personal access token, or behind a name and password: here they are
    /// the same secret.
    pub(crate) fn login_by_name(&self, name: Option<&str>, secret: &str) -> Option<&User> {
        let known = |user: &&User| {
            name.is_none_or(|name| user.name.eq_ignore_ascii_case(name))
                && user.token.as_deref() == Some(secret)
        };
        self.users.iter().filter(|user| user.active).find(known)
    }

    /// The account that these credentials belong to.
    pub(crate) fn login(&self, email: &str, token: &str) -> Option<&User> {
        let known =
            |user: &&User| user.email.eq_ignore_ascii_case(email) && user.token.as_deref() == Some(token);
        self.users.iter().filter(|user| user.active).find(known)
    }
}
