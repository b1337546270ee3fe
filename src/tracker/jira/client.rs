//! Sends calls to one site with its credentials, and reads the answers.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use serde::de::DeserializeOwned;

use super::auth::{Authorization, Credentials, Session, check_credentials};
use super::dialect::Call;
use super::failure::{check, not_jira};
use super::page::LoginPage;
use crate::http::{self, Base, Request, Response};
use crate::model::answer::Failure;
use crate::model::auth_method::AuthMethod;
use crate::model::write::Attachment;

/// What to do about a server that fails.
const DOWN: &str = "Run casefile again when Jira is back up: nothing is filed twice. Ask Jira's \
                    administrators about its status; for Jira Cloud, see https://status.atlassian.com.";

/// One site, accessed as one account.
pub(super) struct JiraClient {
    pub(super) http: http::Client,
    /// The site: what people see, and what ticket ids belong to. Calls may go to the gateway instead.
    pub(super) base: Base,
    session: Session,
    /// Whether any call was answered successfully, which shows that the calls go to the right place.
    has_answered: AtomicBool,
}

impl JiraClient {
    pub(super) fn new(http: http::Client, base: Base, auth: Credentials) -> JiraClient {
        JiraClient {
            session: Session::new(auth, base.clone()),
            http,
            base,
            has_answered: AtomicBool::new(false),
        }
    }

    /// The authentication method.
    pub(super) fn method(&self) -> AuthMethod {
        self.session.method()
    }

    /// Sends a request that changes nothing: if there is no answer, nothing happened.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Failure> {
        let answer = self.send(call).await;
        let is_down = answer.as_ref().is_ok_and(|answer| answer.status >= 500);
        let answer = answer.and_then(check).map_err(|failure| match failure {
            Failure::Unknown(why) if is_down => {
                Failure::Unusable { blocked: false, why, hint: DOWN.to_owned() }
            }
            Failure::Unknown(why) => Failure::Unreachable(why),
            other => other,
        })?;
        serde_json::from_slice(&answer.body).map_err(|why| match LoginPage::of(&answer.body) {
            Some(page) => page.failure(answer.status),
            None => not_jira(&format!("the response (unreadable: {why})")),
        })
    }

    /// Writes something; after a conflict with somebody else's change it tries once more, because nothing happened in
    /// that case.
    pub(super) async fn send_only(&self, call: &Call) -> Result<(), Failure> {
        let mut answer = self.send(call).await?;
        if answer.status == 409 {
            answer = self.send(call).await?;
        }
        check(answer).map(drop)
    }

    /// Sends a call and returns the answer, whatever it says, unless it says that it does not recognise us.
    pub(super) async fn send(&self, call: &Call) -> Result<Response, Failure> {
        self.deliver(call, |request| match &call.body {
            Some(body) => request
                .json(body)
                .map_err(|why| unfit(&format!("the request cannot be written as JSON: {why}"))),
            None => Ok(request),
        })
        .await
    }

    /// Sends a file as the part `file` of a form, bypassing the check that is meant for browsers.
    pub(super) async fn upload(&self, call: &Call, file: &Attachment) -> Result<(), Failure> {
        let part = Part::bytes(file.content.clone()).file_name(file.name.clone());
        let part =
            part.mime_str(&file.media_type).map_err(|_| unfit("the attachment's media type is not valid"))?;
        let form = Form::new().part("file", part);
        let kind = format!("multipart/form-data; boundary={}", form.boundary());
        let kind = HeaderValue::from_str(&kind).map_err(|_| unfit("the upload request cannot be built"))?;
        let mut body = Vec::with_capacity(file.content.len() + 512);
        let mut stream = std::pin::pin!(form.into_stream());
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk.map_err(|_| unfit("the upload request cannot be built"))?);
        }
        let no_check = (HeaderName::from_static("x-atlassian-token"), HeaderValue::from_static("no-check"));
        let fill = |request: Request| {
            Ok(request.body(kind.clone(), body.clone()).header(no_check.0.clone(), no_check.1.clone()))
        };
        self.deliver(call, fill).await.and_then(check).map(drop)
    }

    /// Sends a call whose body is complete; once more with a fresh token if the old one is not accepted.
    async fn deliver(
        &self,
        call: &Call,
        fill: impl Fn(Request) -> Result<Request, Failure>,
    ) -> Result<Response, Failure> {
        let mut authorization = self.session.authorization(&self.http, None).await?;
        let mut answer = self.http.send(&fill(self.request(call, &authorization).await?)?).await?;
        if answer.status == 401 && authorization.is_old {
            // an access token can be revoked before it expires; if it was refused, the call did nothing
            authorization = self.session.authorization(&self.http, Some(&authorization)).await?;
            answer = self.http.send(&fill(self.request(call, &authorization).await?)?).await?;
        }
        if !(200..300).contains(&answer.status) {
            self.session.mask(&authorization, &mut answer.body);
        }
        let checked = check_credentials(self.session.method(), call, &answer);
        if matches!(answer.status, 401 | 403 | 404)
            && !self.has_answered.load(Ordering::Relaxed)
            && let Some(wrong) = self.session.wrong_cloud_id(&self.http).await
        {
            return Err(wrong);
        }
        checked?;
        self.has_answered.fetch_or((200..300).contains(&answer.status), Ordering::Relaxed);
        Ok(answer)
    }

    /// A call with its URL and credentials, but without its body.
    async fn request(&self, call: &Call, authorization: &Authorization) -> Result<Request, Failure> {
        let root = self.session.root(&self.http).await?;
        let mut url = root.at(call.path.iter().map(String::as_str));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        // names of statuses and priorities come in the account's language unless both headers are there
        Ok(Request::new(call.method.clone(), url, call.repeat)
            .header(AUTHORIZATION, authorization.header.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(ACCEPT_LANGUAGE, HeaderValue::from_static("en"))
            .header(HeaderName::from_static("x-force-accept-language"), HeaderValue::from_static("true")))
    }
}

fn unfit(why: &str) -> Failure {
    Failure::Refused { fields: Default::default(), message: why.to_owned() }
}
