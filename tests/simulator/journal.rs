//! What was asked and what became of it.

use std::fmt;

use serde_json::{Value, json};

use super::Face;
use super::request::Request;

/// One request, with its answer's status.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) face: Face,
    pub(crate) method: String,
    /// Decoded, without the query.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// `Null` where the body is empty or no JSON.
    pub(crate) body: Value,
    /// `None`: the connection was cut.
    pub(crate) status: Option<u16>,
    /// It asks for a change (a search by POST does not).
    pub(crate) write: bool,
    /// The service has handled it, also where its answer was lost.
    pub(crate) handled: bool,
    /// Why it was refused, where the service's own words say too little.
    pub(crate) note: Option<String>,
}

impl Entry {
    pub(crate) fn new(request: &Request) -> Self {
        Self {
            face: request.face,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            body: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
            status: None,
            write: is_write(request),
            handled: false,
            note: None,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "face": format!("{:?}", self.face), "method": self.method, "path": self.path, "query": self.query,
            "body": self.body, "status": self.status, "write": self.write, "handled": self.handled, "note": self.note,
        })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.map_or_else(|| "cut".to_owned(), |code| code.to_string());
        write!(f, "{:?} {status} {} {}", self.face, self.method, self.path)?;
        for (place, (name, value)) in self.query.iter().enumerate() {
            write!(f, "{}{name}={value}", if place == 0 { '?' } else { '&' })?;
        }
        self.note.as_ref().map_or(Ok(()), |note| write!(f, "   ({note})"))
    }
}

/// Reading by POST: Jira's searches and bulk fetch, and tokens.
fn is_write(request: &Request) -> bool {
    let reads = ["/search", "/search/jql", "/issue/bulkfetch", "/oauth/token"];
    !matches!(request.method.as_str(), "GET" | "HEAD") && !reads.iter().any(|end| request.path.ends_with(end))
}
