//! OAuth 2.0 for a person (3LO): the address that asks for consent, the code that comes back, and the sites that it is
//! valid for (Atlassian, "OAuth 2.0 (3LO) apps").

use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderValue};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::app::OauthApp;
use super::credentials::is_cloud_id;
use super::method::scopes;
use super::session::bearer;
use super::token::{Grant, TokenError, token};
use super::vault::{Login, Vault};
use crate::http::{Client, Repeat, Request};
use crate::model::answer::{Denied, Failure};
use crate::model::auth_method::AuthMethod;

/// A site that a consent is valid for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ConsentedSite {
    /// Its cloud id.
    pub id: String,
    /// Its address, e.g. `https://acme.atlassian.net`.
    pub url: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// What the consent allows there.
    #[serde(default)]
    pub scopes: Vec<String>,
}

impl OauthApp {
    /// Where a person gives consent. The answer goes to `redirect`, with a code and the same `state`. `webhooks`: also
    /// request consent to registering webhooks, which the app must be allowed to do.
    pub fn authorize(&self, redirect: &str, state: &str, webhooks: bool) -> Url {
        let mut url = self.server.at(["authorize"]);
        // without `offline_access` there is no refresh token
        let further = webhooks.then_some("manage:jira-webhook").into_iter().chain(["offline_access"]);
        let scopes = scopes::ALL.into_iter().chain(further).collect::<Vec<_>>().join(" ");
        url.query_pairs_mut()
            .append_pair("audience", "api.atlassian.com")
            .append_pair("client_id", &self.id)
            .append_pair("scope", &scopes)
            .append_pair("redirect_uri", redirect)
            .append_pair("state", state)
            .append_pair("response_type", "code")
            .append_pair("prompt", "consent");
        url
    }

    /// Exchanges the code that came back.
    ///
    /// # Errors
    /// [`Failure::Credentials`] if it is not accepted, and any failure on the way.
    pub async fn exchange(&self, http: &Client, code: &str, redirect: &str) -> Result<Grant, Failure> {
        let what = json!({"grant_type": "authorization_code", "client_id": self.id,
            "client_secret": self.secret.expose_secret(), "code": code, "redirect_uri": redirect});
        token(http, &self.server, &what, Repeat::IfRefused).await.map_err(|failure| match failure {
            TokenError::Denied(word) => Failure::Credentials(Denied {
                why: format!("Atlassian rejected the login: {word}"),
                hint: format!(
                    "Check JIRA_CLIENT_ID and JIRA_CLIENT_SECRET, and make sure that the app's callback URL is \
                     {redirect}."
                ),
            }),
            TokenError::Failed(failure) => failure,
        })
    }

    /// Exchanges a refresh token, which cannot be used again afterwards.
    pub(super) async fn refresh(&self, http: &Client, refresh: &str) -> Result<Grant, Failure> {
        let what = json!({"grant_type": "refresh_token", "client_id": self.id,
            "client_secret": self.secret.expose_secret(), "refresh_token": refresh});
        token(http, &self.server, &what, Repeat::IfRefused).await.map_err(|failure| match failure {
            TokenError::Denied(word) => Failure::Credentials(Denied {
                why: format!("the stored login has expired or was revoked: {word}"),
                hint: AuthMethod::Oauth.advice(),
            }),
            TokenError::Failed(failure) => failure,
        })
    }

    /// The Jira sites that the consent is valid for, by address: `accessible-resources`.
    ///
    /// # Errors
    /// Any failure on the way.
    pub async fn sites(&self, http: &Client, grant: &Grant) -> Result<Vec<ConsentedSite>, Failure> {
        let url = self.gateway.at(["oauth", "token", "accessible-resources"]);
        let request = Request::new(Method::GET, url, Repeat::Yes)
            .header(reqwest::header::AUTHORIZATION, bearer(&grant.access)?)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let answer = http.send(&request).await?;
        let read =
            serde_json::from_slice::<Vec<ConsentedSite>>(&answer.body).ok().filter(|_| answer.status == 200);
        let mut sites = read.ok_or_else(|| {
            Failure::Unreachable(format!("Atlassian did not list the sites (status {})", answer.status))
        })?;
        // a site with only Confluence has none of our scopes
        sites.retain(|site| {
            is_cloud_id(&site.id) && site.scopes.iter().any(|scope| scope.ends_with(":jira-work"))
        });
        sites.sort_by(|one, other| one.url.cmp(&other.url));
        sites.dedup_by(|one, other| one.id == other.id);
        Ok(sites)
    }

    /// Stores the login for a site, under the name by which tickets know the site.
    ///
    /// # Errors
    /// If it cannot be stored, or the consent did not provide a refresh token.
    pub async fn keep(&self, vault: &Vault, site: &str, cloud_id: &str, grant: Grant) -> Result<(), String> {
        let Some(refresh) = &grant.refresh else {
            return Err(
                "Atlassian returned no refresh token; the app must allow the scope offline_access".to_owned()
            );
        };
        let login = Login {
            cloud_id: cloud_id.to_owned(),
            refresh: refresh.expose_secret().to_owned(),
            access: grant.access.expose_secret().to_owned(),
            until: vault.now().checked_add(grant.life).unwrap_or_else(|_| vault.now()),
            scopes: grant.scopes,
        };
        let kept = async {
            let held = vault.lock().await?;
            vault.save(site, self, &login, &held)
        };
        kept.await
            .map_err(|error| format!("the login cannot be stored in {}: {error}", vault.folder().display()))
    }
}
