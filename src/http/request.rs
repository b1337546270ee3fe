//! A request as a value that itself says whether it may be repeated, and its answer.

use std::fmt;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use url::Url;

/// Whether a request may be sent again: according to its meaning, not its method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Sending it twice has the same effect as sending it once.
    Yes,
    /// Only if the first one was certainly not processed: it never reached the server, or the server's rate limit
    /// refused it.
    IfRefused,
}

/// A request, complete except for the connection. Its `Debug` shows neither headers nor body.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
    pub(super) repeat: Repeat,
}

impl Request {
    /// A request without a body.
    pub fn new(method: Method, url: Url, repeat: Repeat) -> Request {
        Request { method, url, headers: HeaderMap::new(), body: None, repeat }
    }

    /// Whether it changes nothing: a search is a POST that may be repeated.
    pub(super) fn reads(&self) -> bool {
        match self.method {
            Method::GET | Method::HEAD => true,
            Method::POST => self.repeat == Repeat::Yes,
            _ => false,
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Request {
        self.headers.insert(name, value);
        self
    }

    /// The same with a body of this media type.
    #[must_use]
    pub fn body(mut self, media_type: HeaderValue, body: Vec<u8>) -> Request {
        self.body = Some(body);
        self.header(CONTENT_TYPE, media_type)
    }

    /// The same with a JSON body.
    ///
    /// # Errors
    /// If the value has no JSON form.
    pub fn json(self, body: &impl Serialize) -> serde_json::Result<Request> {
        let body = serde_json::to_vec(body)?;
        Ok(self.body(HeaderValue::from_static("application/json"), body))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.url.path(), self.repeat)
    }
}

/// An answer, read completely.
#[derive(Clone)]
pub struct Response {
    /// The status code; never a redirect.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Response {
    /// A header's value, if it occurs once and is plain text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}
