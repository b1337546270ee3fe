//! `casefile serve`: the real binary between a Jira that sends webhooks and the simulated services.

mod load;
mod places;
mod set_up;
mod trouble;
mod webhooks;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ring::hmac;
use serde_json::{Value, json};

use super::refresh::{FIRST_CHANGE, filed, filed_on, row, timeline};
use super::shop::{Deployment, Shop};

/// What a webhook that changes nothing leaves in the journal of writes.
const NOTHING: [&str; 0] = [];

const SECRET: &str = "It's a Secret to Everybody";

/// A server, which is killed at the end of its test.
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
    lines: Arc<Mutex<Vec<String>>>,
    reading: Option<JoinHandle<()>>,
}

/// A shop whose pull request 7 filed so many tickets, and a server for it that is ready.
pub(super) fn served(count: usize) -> (Shop, Server) {
    let shop = filed(count);
    shop.configure(json!({"repository": "github.com/acme/shop"}));
    let server = Server::start(&shop, &[], &[]);
    shop.sim.clear_journal();
    (shop, server)
}

impl Server {
    /// Starts it with these variables beside the usual ones and these arguments, and waits until it is ready.
    fn start(shop: &Shop, variables: &[(&str, &str)], arguments: &[&str]) -> Server {
        let server = Server::begin(shop, variables, arguments);
        server.wait_for("ready");
        assert_eq!(server.get("/readyz"), 200);
        server
    }

    /// The same without waiting.
    fn begin(shop: &Shop, variables: &[(&str, &str)], arguments: &[&str]) -> Server {
        let mut child = command(shop, variables, arguments).spawn().unwrap();
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let output = BufReader::new(child.stderr.take().unwrap());
        let reading = std::thread::spawn({
            let lines = Arc::clone(&lines);
            move || output.lines().map_while(Result::ok).for_each(|line| lines.lock().unwrap().push(line))
        });
        let mut server = Server { child, address: ([127, 0, 0, 1], 0).into(), lines, reading: Some(reading) };
        let listening = server.wait_for("listening");
        server.address = listening["address"].as_str().unwrap().parse().unwrap();
        server
    }

    /// Waits for a line of the log.
    fn wait_for(&self, message: &str) -> Value {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(line) = self.log().into_iter().find(|line| line["message"] == message) {
                return line;
            }
            assert!(Instant::now() < until, "{message}: {:#?}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The log, each line an object.
    fn log(&self) -> Vec<Value> {
        let object = |line: &String| match serde_json::from_str(line) {
            Ok(Value::Object(object)) => Value::Object(object),
            _ => panic!("a line of the log is no object: {line}"),
        };
        self.lines.lock().unwrap().iter().map(object).collect()
    }

    /// What the server answers to a GET.
    fn get(&self, path: &str) -> u16 {
        self.ask(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes())
    }

    /// What it answers to a webhook at this path with this signature.
    fn post(&self, path: &str, signature: Option<&str>, body: &[u8]) -> u16 {
        let signature = signature.map(|text| format!("x-hub-signature: {text}\r\n")).unwrap_or_default();
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
             x-atlassian-webhook-identifier: 1\r\n{signature}connection: close\r\n\r\n"
        );
        self.ask(&[head.as_bytes(), body].concat())
    }

    /// What it answers when Jira tells that a ticket changed.
    pub(super) fn tell(&self, shop: &Shop, key: &str) -> u16 {
        let body = webhook(shop, key);
        self.post("/webhooks/jira", Some(&sign(SECRET, &body)), &body)
    }

    fn ask(&self, request: &[u8]) -> u16 {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(request).unwrap();
        status(&mut stream)
    }

    /// Asks it to end, as a process manager does, and gives its exit code.
    fn end(&mut self) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        self.reading.take().unwrap().join().unwrap();
        code
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // it may have ended by itself
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn command(shop: &Shop, variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casefile"));
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(arguments)
        .current_dir(shop.checkout())
        .env_clear()
        .env("GITHUB_API_URL", shop.sim.github_url())
        .envs([("GITHUB_TOKEN", "gh-token"), ("JIRA_WEBHOOK_SECRET", SECRET)])
        .envs(shop.credentials().iter().copied())
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// The status of an answer; 0: the connection ended without one.
fn status(stream: &mut TcpStream) -> u16 {
    let mut bytes = Vec::new();
    // an answer that came before the connection broke counts
    let _broken = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// The body of `jira:issue_updated`, as in `docs/facts.md`.
fn webhook(shop: &Shop, key: &str) -> Vec<u8> {
    let ticket = shop.ticket(key);
    let body = json!({
        "timestamp": 1_795_000_000_000_u64, "webhookEvent": "jira:issue_updated",
        "issue_event_type_name": "issue_generic", "user": {"displayName": "Alice"},
        "issue": {"id": ticket.id.to_string(), "key": key, "fields": {"labels": ticket.labels}},
        "changelog": {"items": [{"field": "status", "fieldId": "status", "fromString": "To Do", "toString": "Lies"}]},
    });
    body.to_string().into_bytes()
}

fn sign(secret: &str, body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body);
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}
