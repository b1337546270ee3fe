//! A request as the faces see it, and their answer.

use axum::http::HeaderMap;
use serde_json::Value;

use super::Face;

/// A request, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) face: Face,
    pub(crate) method: String,
    /// Decoded.
    pub(crate) path: String,
    /// The path's parts, each decoded by itself.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(face: Face, parts: &axum::http::request::Parts, body: Vec<u8>) -> Self {
        let raw = parts.uri.path();
        let query = parts.uri.query().unwrap_or_default();
        Self {
            face,
            method: parts.method.to_string(),
            path: decode(raw),
            segments: raw.split('/').filter(|part| !part.is_empty()).map(decode).collect(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: parts.headers.clone(),
            body,
        }
    }

    /// The first value of a query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A numeric query parameter, or what stands for it.
    pub(crate) fn number(&self, name: &str, default: usize) -> usize {
        self.param(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON; `None` if it is none.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// What a face answers.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// For the journal only.
    pub(crate) note: Option<String>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json;charset=UTF-8", &body.to_string())
    }

    pub(crate) fn text(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.as_bytes().to_vec(), note: None }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), note: None }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// Percent-decoding; what is no escape stays.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(value) = escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(value);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
