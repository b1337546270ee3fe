//! What both simulated Jiras share as sites of the contract: the way in, and what stands behind.

use std::time::Duration;

use casefile::http::{AddressPolicy, Base, Client, Settings};
use casefile::model::write::Remote;
use casefile::tracker::Made;
use serde_json::Value;
use tokio::time::Instant;

use crate::rig::Behind;
use crate::simulator::{Issue, RemoteLink, Simulator};

/// A client that may reach the simulator, for a minute, and the address for it.
pub(crate) fn connect(url: &str) -> (Client, Base) {
    let gate = AddressPolicy::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let base = Base::parse(url, &gate).unwrap();
    let settings = Settings::new(gate, Instant::now() + Duration::from_secs(60));
    (Client::new(settings).unwrap(), base)
}

/// What the simulator has of a ticket beyond what a tracker tells.
pub(crate) fn behind(simulator: &Simulator, ticket: &Made) -> Behind {
    let world = simulator.state();
    let id = ticket.id.id;
    let issue = &world.issues[&id];
    Behind {
        comments: issue.comment_texts().join("\n"),
        links: world.links.iter().filter(|link| link.from == id || link.to == id).count(),
        files: files(issue),
        remote: remote(issue),
    }
}

/// The files of an issue of the simulator.
fn files(issue: &Issue) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> =
        issue.attachments.iter().map(|file| (file.name.clone(), file.bytes.clone())).collect();
    files.sort();
    files
}

/// The links of an issue of the simulator to the web.
fn remote(issue: &Issue) -> Vec<Remote> {
    let text = |body: &Value, path: &str| body.pointer(path).and_then(Value::as_str).unwrap().to_owned();
    let one = |link: &RemoteLink| Remote {
        id: link.global_id.clone().unwrap(),
        title: text(&link.body, "/object/title"),
        url: text(&link.body, "/object/url"),
        resolved: link.body.pointer("/object/status/resolved") == Some(&Value::Bool(true)),
    };
    issue.remote_links.iter().map(one).collect()
}
