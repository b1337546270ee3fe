//! Sends calls to one site with its credentials, and reads the answers.

use futures_util::StreamExt;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use serde::de::DeserializeOwned;

use super::auth::Auth;
use super::dialect::Call;
use super::failure::{check, not_jira};
use crate::http::{self, Base, Request, Response};
use crate::model::answer::Failure;
use crate::model::write::Attachment;

/// One site as one account.
pub(super) struct Client {
    pub(super) http: http::Client,
    pub(super) base: Base,
    pub(super) auth: Auth,
}

impl Client {
    /// Asks something that changes nothing: without an answer nothing happened.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Failure> {
        let answer = self.send(call).await.and_then(check).map_err(|failure| match failure {
            Failure::Unknown(why) => Failure::Unreachable(why),
            other => other,
        })?;
        serde_json::from_slice(&answer.body)
            .map_err(|why| not_jira(&format!("an answer that cannot be read ({why})")))
    }

    /// Writes something; at a conflict with somebody else's change once more, for then nothing happened.
    pub(super) async fn tell(&self, call: &Call) -> Result<(), Failure> {
        let mut answer = self.send(call).await?;
        if answer.status == 409 {
            answer = self.send(call).await?;
        }
        check(answer).map(drop)
    }

    /// Sends a call and gives its answer, whatever it says.
    pub(super) async fn send(&self, call: &Call) -> Result<Response, Failure> {
        let request = self.request(call)?;
        let request = match &call.body {
            Some(body) => request.json(body).map_err(|why| unfit(&format!("it has no JSON form: {why}")))?,
            None => request,
        };
        self.http.send(&request).await
    }

    /// Sends a file as the part `file` of a form, past the check that is meant for browsers.
    pub(super) async fn upload(&self, call: &Call, file: &Attachment) -> Result<(), Failure> {
        let part = Part::bytes(file.content.clone()).file_name(file.name.clone());
        let part = part.mime_str(&file.media_type).map_err(|_| unfit("its media type is none"))?;
        let form = Form::new().part("file", part);
        let kind = format!("multipart/form-data; boundary={}", form.boundary());
        let kind = HeaderValue::from_str(&kind).map_err(|_| unfit("it has no form"))?;
        let mut body = Vec::with_capacity(file.content.len() + 512);
        let mut stream = std::pin::pin!(form.into_stream());
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk.map_err(|_| unfit("it has no form"))?);
        }
        let request = self.request(call)?.body(kind, body);
        let request = request
            .header(HeaderName::from_static("x-atlassian-token"), HeaderValue::from_static("no-check"));
        self.http.send(&request).await.and_then(check).map(drop)
    }

    /// A call with its URL and credentials, and without its body.
    fn request(&self, call: &Call) -> Result<Request, Failure> {
        let mut url = self.base.at(call.path.iter().map(String::as_str));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        // names of statuses and priorities come in the account's language unless both headers are there
        Ok(Request::new(call.method.clone(), url, call.repeat)
            .header(AUTHORIZATION, self.auth.header()?)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(ACCEPT_LANGUAGE, HeaderValue::from_static("en"))
            .header(HeaderName::from_static("x-force-accept-language"), HeaderValue::from_static("true")))
    }
}

fn unfit(why: &str) -> Failure {
    Failure::Refused { fields: Default::default(), message: why.to_owned() }
}
