//! Which authentication method to use, and its credentials, from the environment.

use std::path::PathBuf;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::config::Deployment;
use crate::error::{Error, Result};
use crate::http::{AddressPolicy, Base};
use crate::model::auth_method::AuthMethod;
use crate::tracker::jira::{Credentials, Gateway, OauthApp, Vault, is_cloud_id};

/// Atlassian's own addresses, unless `JIRA_API_GATEWAY` and `JIRA_AUTH_SERVER` say otherwise.
const GATEWAY: &str = "https://api.atlassian.com";
const SERVER: &str = "https://auth.atlassian.com";

/// The methods that are inferred from their variables, in the order in which the documentation lists them. A token
/// with scopes looks like one without, and a login is distinguished from client credentials by what is stored.
const INFERRED: [AuthMethod; 5] = [
    AuthMethod::ApiToken,
    AuthMethod::ServiceAccountToken,
    AuthMethod::ClientCredentials,
    AuthMethod::PersonalAccessToken,
    AuthMethod::Password,
];

/// Every variable that is set for Jira: whoever sets one expects tickets there.
pub(crate) const VARIABLES: [&str; 11] = [
    "JIRA_API_TOKEN",
    "JIRA_PERSONAL_ACCESS_TOKEN",
    "JIRA_CLIENT_SECRET",
    "JIRA_PASSWORD",
    "JIRA_USER_EMAIL",
    "JIRA_USERNAME",
    "JIRA_CLIENT_ID",
    "JIRA_CLOUD_ID",
    "JIRA_CLIENT_CERT",
    "JIRA_CLIENT_KEY",
    "JIRA_BASE_URL",
];

/// Reads variables of the environment.
pub(crate) type EnvironmentVariables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// What a configuration and an address say about the authentication method.
#[derive(Clone, Copy, Default)]
pub(crate) struct CredentialHints {
    /// `jira.auth`.
    pub(crate) auth: Option<AuthMethod>,
    /// `jira.deployment`, or what the address implies.
    pub(crate) deployment: Option<Deployment>,
}

/// The credentials for a site. Nothing is sent yet.
///
/// # Errors
/// `PROVIDER_AUTH_REQUIRED` with the name of a variable that is missing and how the credential is created; a
/// configuration error if it is unclear which method is meant.
pub(crate) fn credentials(
    known: CredentialHints,
    site: &Base,
    gate: &AddressPolicy,
    variable: EnvironmentVariables<'_>,
) -> Result<Credentials> {
    let vault = vault(variable);
    let is_signed_in = |client: &str| vault.as_ref().is_ok_and(|vault| vault.holds(&site.site(), client));
    let method = method(known, variable, is_signed_in)?;
    let text = |name: &str| required(name, method, known, variable);
    let secret = |name: &str| text(name).map(SecretString::from);
    Ok(match method {
        AuthMethod::ApiToken => {
            Credentials::ApiToken { email: text("JIRA_USER_EMAIL")?, token: secret("JIRA_API_TOKEN")? }
        }
        AuthMethod::ScopedApiToken => {
            let (email, token) = (text("JIRA_USER_EMAIL")?, secret("JIRA_API_TOKEN")?);
            Credentials::ScopedApiToken { email, token, via: gateway(gate, variable)? }
        }
        AuthMethod::ServiceAccountToken => Credentials::ServiceAccountToken {
            token: secret("JIRA_API_TOKEN")?,
            via: gateway(gate, variable)?,
        },
        AuthMethod::ClientCredentials => Credentials::ClientCredentials {
            id: text("JIRA_CLIENT_ID")?,
            secret: secret("JIRA_CLIENT_SECRET")?,
            servers: servers(gate, variable)?,
            via: gateway(gate, variable)?,
        },
        AuthMethod::Oauth => Credentials::Oauth { app: app(gate, variable)?, vault: vault? },
        AuthMethod::PersonalAccessToken => {
            Credentials::PersonalAccessToken { token: secret("JIRA_PERSONAL_ACCESS_TOKEN")? }
        }
        AuthMethod::Password => {
            Credentials::Password { user: text("JIRA_USERNAME")?, password: secret("JIRA_PASSWORD")? }
        }
    })
}

/// The OAuth app from the environment.
pub(crate) fn app(gate: &AddressPolicy, variable: EnvironmentVariables<'_>) -> Result<OauthApp> {
    Ok(OauthApp {
        id: required("JIRA_CLIENT_ID", AuthMethod::Oauth, CredentialHints::default(), variable)?,
        secret: required("JIRA_CLIENT_SECRET", AuthMethod::Oauth, CredentialHints::default(), variable)?
            .into(),
        server: base("JIRA_AUTH_SERVER", SERVER, gate, variable)?,
        gateway: base("JIRA_API_GATEWAY", GATEWAY, gate, variable)?,
    })
}

/// Where logins are stored: the state folder of the XDG base directories, or Windows' local application data.
pub(crate) fn vault(variable: EnvironmentVariables<'_>) -> Result<Vault> {
    // according to XDG, a relative path is to be ignored
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = folder("XDG_STATE_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".local/state")))
        .or_else(|| folder("LOCALAPPDATA"));
    let state = state.ok_or_else(|| {
        Error::usage("casefile does not know where to store logins")
            .hint("set XDG_STATE_HOME or HOME to an absolute path")
    })?;
    #[expect(clippy::disallowed_methods, reason = "whether a login has expired depends on the current time")]
    let now = Timestamp::now();
    Ok(Vault::new(state.join("casefile"), now))
}

/// The method to use: the configuration's, otherwise the one whose variables are set.
fn method(
    known: CredentialHints,
    variable: EnvironmentVariables<'_>,
    is_signed_in: impl Fn(&str) -> bool,
) -> Result<AuthMethod> {
    if let Some(auth) = known.auth {
        return Ok(auth);
    }
    let fits = |method: &AuthMethod| {
        known.deployment.is_none_or(|deployment| method.is_for_cloud() == (deployment == Deployment::Cloud))
    };
    let is_there = |name: &&&str| variable(name).is_some();
    let complete = |method: &AuthMethod| {
        // with an e-mail address, the token belongs to a person
        let is_persons = *method == AuthMethod::ServiceAccountToken && variable("JIRA_USER_EMAIL").is_some();
        method.variables().iter().all(|name| is_there(&name)) && !is_persons
    };
    let found: Vec<AuthMethod> = INFERRED.into_iter().filter(fits).filter(complete).collect();
    match found.as_slice() {
        [AuthMethod::ClientCredentials]
            if variable("JIRA_CLIENT_ID").is_some_and(|id| is_signed_in(id.trim())) =>
        {
            Ok(AuthMethod::Oauth)
        }
        [one] => Ok(*one),
        [] => {
            // the one that some variable was set for, otherwise the usual one
            let begun = INFERRED
                .into_iter()
                .filter(fits)
                .find(|method| method.variables().iter().any(|name| is_there(&name)));
            // Cloud is recognised by its address, so anything else is more likely to be Data Center
            let usual = if known.deployment == Some(Deployment::Cloud) {
                AuthMethod::ApiToken
            } else {
                AuthMethod::PersonalAccessToken
            };
            Ok(begun.unwrap_or(usual))
        }
        several => {
            let methods = several
                .iter()
                .map(|method| format!("{} ({})", method.name(), method.variables().join(", ")))
                .collect::<Vec<_>>();
            Err(Error::usage(format!(
                "credentials for several authentication methods are set: {}",
                methods.join("; ")
            ))
            .hint("select one with `jira.auth`, or unset the others"))
        }
    }
}

/// A variable without the line break that pasting leaves; only a password may contain spaces.
fn required(
    name: &str,
    method: AuthMethod,
    known: CredentialHints,
    variable: EnvironmentVariables<'_>,
) -> Result<String> {
    let value = variable(name).ok_or_else(|| {
        let missing: Vec<_> =
            method.variables().iter().copied().filter(|name| variable(name).is_none()).collect();
        let (names, verb) = (missing.join(" and "), if missing.len() == 1 { "is" } else { "are" });
        let way = method.name();
        Error::remote(format!("PROVIDER_AUTH_REQUIRED: {names} {verb} not set (authentication method {way})"))
            .hint(format!("{}{}", method.making(), other_kind(known, method)))
    })?;
    let trimmed = if name == "JIRA_PASSWORD" { value.trim_end_matches(['\r', '\n']) } else { value.trim() };
    // names and passwords may contain spaces
    let odd =
        |c: char| c.is_control() || c.is_whitespace() && !matches!(name, "JIRA_PASSWORD" | "JIRA_USERNAME");
    if trimmed.contains(odd) {
        let message = format!("PROVIDER_AUTH_REQUIRED: {name} contains a space or a line break");
        return Err(Error::remote(message).hint("set it again: only the value, on one line"));
    }
    Ok(trimmed.to_owned())
}

/// If it is not known which kind of Jira it is: what the other kind needs.
fn other_kind(known: CredentialHints, method: AuthMethod) -> &'static str {
    match (known, method) {
        (CredentialHints { auth: None, deployment: None }, AuthMethod::PersonalAccessToken) => {
            "; for Jira Cloud, set JIRA_USER_EMAIL and JIRA_API_TOKEN instead"
        }
        _ => "",
    }
}

fn gateway(gate: &AddressPolicy, variable: EnvironmentVariables<'_>) -> Result<Gateway> {
    let cloud_id = variable("JIRA_CLOUD_ID").map(|id| id.trim().to_owned());
    if cloud_id.as_ref().is_some_and(|id| !is_cloud_id(id)) {
        return Err(Error::usage("the value of JIRA_CLOUD_ID is not a cloud ID").hint(
            "https://SITE/_edge/tenant_info shows the site's cloud ID; if JIRA_CLOUD_ID is not set, \
             casefile looks the ID up there",
        ));
    }
    Ok(Gateway { api: base("JIRA_API_GATEWAY", GATEWAY, gate, variable)?, cloud_id })
}

/// Where client credentials are exchanged: the authorization server, then the gateway. If only one of the two is
/// overridden, the secret is sent only there.
fn servers(gate: &AddressPolicy, variable: EnvironmentVariables<'_>) -> Result<Vec<Base>> {
    let server = base("JIRA_AUTH_SERVER", SERVER, gate, variable)?;
    let gateway = base("JIRA_API_GATEWAY", GATEWAY, gate, variable)?;
    Ok(match (variable("JIRA_AUTH_SERVER"), variable("JIRA_API_GATEWAY")) {
        (Some(_), None) => vec![server],
        (None, Some(_)) => vec![gateway],
        _ => vec![server, gateway],
    })
}

fn base(name: &str, default: &str, gate: &AddressPolicy, variable: EnvironmentVariables<'_>) -> Result<Base> {
    let address = variable(name).unwrap_or_else(|| default.to_owned());
    Base::parse(&address, gate).map_err(|why| {
        Error::usage(format!("PROVIDER_BASE_URL_BLOCKED: the address in {name} cannot be used: {why}")).hint(
            "give an https address, or unset the variable; if the address is on a private network, list the \
             network in `jira.allow-networks`",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAIL: &str = "JIRA_USER_EMAIL";
    const TOKEN: &str = "JIRA_API_TOKEN";
    const ID: &str = "JIRA_CLIENT_ID";
    const SECRET: &str = "JIRA_CLIENT_SECRET";
    const PAT: &str = "JIRA_PERSONAL_ACCESS_TOKEN";
    const USER: &str = "JIRA_USERNAME";
    const PASSWORD: &str = "JIRA_PASSWORD";
    const CLOUD: Option<Deployment> = Some(Deployment::Cloud);
    const CENTER: Option<Deployment> = Some(Deployment::DataCenter);

    /// What is known and which variables are set; expected is the method, or what is wrong.
    fn check(auth: Option<AuthMethod>, deployment: Option<Deployment>, set: &[&str], expected: &str) {
        let variable = |name: &str| match name {
            "XDG_STATE_HOME" => Some("/nowhere".to_owned()),
            name => set.contains(&name).then(|| "value-1".to_owned()),
        };
        let gate = AddressPolicy::default();
        let site = Base::parse("https://a.example", &gate).unwrap();
        let said = match credentials(CredentialHints { auth, deployment }, &site, &gate, &variable) {
            Ok(auth) => auth.method().name().to_owned(),
            Err(error) => format!("{error} | {}", error.advice().unwrap_or_default()),
        };
        assert!(said.contains(expected), "{set:?}: {said}");
    }

    #[test]
    fn the_way_is_told_from_the_variables_that_are_there() {
        check(None, None, &[EMAIL, TOKEN], "api-token");
        check(None, None, &[TOKEN], "service-account-token");
        check(None, None, &[ID, SECRET], "client-credentials");
        check(None, None, &[PAT], "personal-access-token");
        check(None, None, &[USER, PASSWORD], "password");
        check(None, CLOUD, &[EMAIL, TOKEN, PAT], "api-token");
        check(None, CENTER, &[EMAIL, TOKEN, PAT], "personal-access-token");
        check(Some(AuthMethod::ScopedApiToken), None, &[EMAIL, TOKEN], "scoped-api-token");
        check(Some(AuthMethod::ServiceAccountToken), None, &[EMAIL, TOKEN], "service-account-token");
        check(Some(AuthMethod::Oauth), None, &[ID, SECRET], "oauth");
    }

    #[test]
    fn several_ways_at_once_are_not_guessed_at() {
        check(
            None,
            None,
            &[EMAIL, TOKEN, PAT],
            "api-token (JIRA_USER_EMAIL, JIRA_API_TOKEN); personal-access",
        );
        check(None, CLOUD, &[TOKEN, ID, SECRET], "select one with `jira.auth`");
        check(
            None,
            CENTER,
            &[PAT, USER, PASSWORD],
            "personal-access-token (JIRA_PERSONAL_ACCESS_TOKEN); password",
        );
        check(Some(AuthMethod::Password), CENTER, &[PAT, USER, PASSWORD], "password");
    }

    #[test]
    fn what_is_missing_is_named_with_how_it_is_made() {
        check(
            None,
            None,
            &[],
            "JIRA_PERSONAL_ACCESS_TOKEN is not set (authentication method personal-access-token) | create \
             a",
        );
        check(None, None, &[], "; for Jira Cloud, set JIRA_USER_EMAIL and JIRA_API_TOKEN");
        check(
            None,
            CLOUD,
            &[],
            "JIRA_USER_EMAIL and JIRA_API_TOKEN are not set (authentication method api-token)",
        );
        check(None, CENTER, &[], "JIRA_PERSONAL_ACCESS_TOKEN is not set");
        check(None, None, &[EMAIL], "JIRA_API_TOKEN is not set");
        check(None, None, &[ID], "JIRA_CLIENT_SECRET is not set");
        check(None, None, &[USER], "JIRA_PASSWORD is not set");
        check(None, CENTER, &[EMAIL, TOKEN], "JIRA_PERSONAL_ACCESS_TOKEN is not set");
        for (auth, expected) in [
            (AuthMethod::ApiToken, "id.atlassian.com"),
            (AuthMethod::ScopedApiToken, "write:jira-work"),
            (AuthMethod::ServiceAccountToken, "admin.atlassian.com"),
            (AuthMethod::ClientCredentials, "admin.atlassian.com"),
            (AuthMethod::Oauth, "casefile login"),
            (AuthMethod::PersonalAccessToken, "Personal Access Tokens"),
            (AuthMethod::Password, "JIRA_USERNAME and JIRA_PASSWORD are not set"),
        ] {
            check(Some(auth), None, &[], "PROVIDER_AUTH_REQUIRED: ");
            check(Some(auth), None, &[], expected);
        }
    }

    #[test]
    fn a_value_that_was_pasted_wrongly_is_named() {
        let check = |set: &[(&str, &str)], expected: &str| {
            let variable =
                |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
            let gate = AddressPolicy::default();
            let site = Base::parse("https://a.example", &gate).unwrap();
            let said = match credentials(CredentialHints::default(), &site, &gate, &variable) {
                Ok(auth) => auth.method().name().to_owned(),
                Err(error) => format!("{error} | {}", error.advice().unwrap_or_default()),
            };
            assert!(said.contains(expected) && !said.contains("geheim"), "{said}");
        };
        check(&[(PAT, " geheim\n")], "personal-access-token");
        check(&[(PAT, "geheim\ngeheim")], "JIRA_PERSONAL_ACCESS_TOKEN contains a space or a line break");
        check(&[(EMAIL, "a@b.example"), (TOKEN, "geheim geheim")], "JIRA_API_TOKEN contains a space");
        check(&[(EMAIL, "a@b. example"), (TOKEN, "geheim")], "JIRA_USER_EMAIL contains a space");
        check(&[(USER, "Alice A"), (PASSWORD, " geheim geheim \n")], "password");
        check(&[(USER, "a"), (PASSWORD, "geheim\ngeheim")], "JIRA_PASSWORD contains a space or a line break");
    }

    #[test]
    fn a_secret_goes_to_no_server_but_those_that_were_named() {
        let check = |set: &[(&str, &str)], expected: &[&str]| {
            let variable =
                |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
            let found = servers(&AddressPolicy::default(), &variable).unwrap();
            assert_eq!(found.iter().map(Base::as_str).collect::<Vec<_>>(), expected);
        };
        let (server, gateway) =
            (("JIRA_AUTH_SERVER", "https://s.example"), ("JIRA_API_GATEWAY", "https://g.example"));
        check(&[], &[SERVER, GATEWAY]);
        check(&[server], &["https://s.example"]);
        check(&[gateway], &["https://g.example"]);
        check(&[server, gateway], &["https://s.example", "https://g.example"]);
    }

    #[test]
    fn addresses_and_ids_from_the_environment_are_checked() {
        for (name, value, expected) in [
            (
                "JIRA_API_GATEWAY",
                "http://g.example",
                "PROVIDER_BASE_URL_BLOCKED: the address in JIRA_API_GATEWAY",
            ),
            ("JIRA_API_GATEWAY", "https://169.254.169.254", "169.254.169.254"),
            ("JIRA_CLOUD_ID", "../../evil", "the value of JIRA_CLOUD_ID is not a cloud ID"),
        ] {
            let variable = |asked: &str| match asked {
                asked if asked == name => Some(value.to_owned()),
                TOKEN => Some("x".to_owned()),
                _ => None,
            };
            let gate = AddressPolicy::default();
            let site = Base::parse("https://a.example", &gate).unwrap();
            let error = credentials(CredentialHints::default(), &site, &gate, &variable).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
