//! The client against a scripted server on the loopback interface.

mod urls;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::*;

/// What the server does with one connection.
#[derive(Clone, Copy)]
enum Act {
    /// Answers with this and closes.
    Answer(&'static str),
    /// Reads the request and closes without answering.
    Cut,
    /// Reads the request and never answers.
    Silence,
}
use Act::{Answer, Cut, Silence};

/// Plays the script, one act per connection, and keeps the heads of the requests.
async fn server(script: &'static [Act]) -> (Url, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/rest", listener.local_addr().unwrap().port());
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heads);
    tokio::spawn(async move {
        for act in script {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let length = stream.read(&mut head).await.unwrap();
            kept.lock().await.push(String::from_utf8_lossy(&head[..length]).into_owned());
            match act {
                Answer(text) => stream.write_all(text.as_bytes()).await.unwrap(),
                Cut => {}
                Silence => {
                    let _ = stream.read(&mut head).await;
                }
            }
        }
        // later connections are refused
    });
    (url.parse().unwrap(), heads)
}

fn client(allow: &str, limit: Duration) -> Client {
    let gate = AddressPolicy::new(vec![allow.parse().unwrap()]);
    let retry = RetryPolicy {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(5),
        repeats: 3,
        asked: Duration::from_secs(30),
    };
    Client::new(Settings { retry, ..Settings::new(gate, Instant::now() + limit) }).unwrap()
}

const OK: Act = Answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
const BUSY: Act =
    Answer("HTTP/1.1 429 Too Many\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
const LONG: Act =
    Answer("HTTP/1.1 429 Too Many\r\nretry-after: 31\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
const DOWN: Act = Answer("HTTP/1.1 503 Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
const ELSEWHERE: Act = Answer(
    "HTTP/1.1 302 Found\r\nlocation: https://login.example/?token=geheim\r\ncontent-length: 0\r\n\r\n",
);
const LOGIN: Act = Answer("HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n");
const MOVED: Act = Answer(
    "HTTP/1.1 301 Moved\r\nlocation: https://jira.example/rest?token=geheim\r\ncontent-length: 0\r\n\r\n",
);
const BELOW: Act = Answer("HTTP/1.1 302 Found\r\nlocation: /jira/rest\r\ncontent-length: 0\r\n\r\n");
const SHORT: Act = Answer("HTTP/1.1 200 OK\r\ncontent-length: 200\r\nconnection: close\r\n\r\n{");

/// Sends one request against a script, and checks how it ended and how many requests that took.
async fn check(script: &'static [Act], repeat: Repeat, expected: &str, requests: u64) {
    let (url, heads) = server(script).await;
    let client = client("127.0.0.0/8", Duration::from_secs(20));
    let request = Request::new(Method::POST, url, repeat).json(&serde_json::json!({})).unwrap();
    let ended = match client.send(&request).await {
        Ok(answer) => answer.status.to_string(),
        Err(failure) => format!("{failure:?}"),
    };
    assert!(ended.contains(expected), "{ended}");
    assert!(!ended.contains("geheim"), "{ended}");
    assert_eq!(client.requests(), requests, "{ended}");
    assert!(heads.lock().await.len() as u64 <= requests);
}

#[tokio::test]
async fn what_may_be_repeated_is_repeated_until_it_works() {
    check(&[OK], Repeat::Yes, "200", 1).await;
    check(&[DOWN, Cut, SHORT, OK], Repeat::Yes, "200", 4).await;
    check(&[DOWN, DOWN, DOWN, DOWN], Repeat::Yes, "503", 4).await;
    check(&[Cut, Cut, Cut, Cut], Repeat::Yes, "Unknown", 4).await;
}

#[tokio::test]
async fn what_may_have_happened_is_not_repeated() {
    check(&[Cut, OK], Repeat::IfRefused, "Unknown", 1).await;
    check(&[SHORT, OK], Repeat::IfRefused, "Unknown(\"the response was cut off", 1).await;
    check(&[DOWN, OK], Repeat::IfRefused, "503", 1).await;
}

#[tokio::test]
async fn a_refusal_is_waited_for_as_long_as_asked() {
    let begun = Instant::now();
    check(&[BUSY, OK], Repeat::IfRefused, "200", 2).await;
    assert!(begun.elapsed() >= Duration::from_secs(1));
    check(&[LONG, OK], Repeat::IfRefused, "blocks further requests for another 31 seconds", 1).await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    check(
        &[ELSEWHERE, OK],
        Repeat::Yes,
        "with a redirect to login.example; the redirect is not followed. Either a login page",
        1,
    )
    .await;
    check(&[LOGIN, OK], Repeat::Yes, "a redirect to another of its own pages", 1).await;
    check(&[MOVED, OK], Repeat::Yes, "Blocked(\"localhost redirects to the same API at jira.example, but", 1)
        .await;
    check(&[BELOW, OK], Repeat::Yes, "Add the context path to the base URL: http://localhost:", 1).await;
}

#[tokio::test]
async fn where_nothing_listens_nothing_was_sent() {
    check(&[], Repeat::IfRefused, "Unreachable", 4).await;
}

#[tokio::test]
async fn a_failed_handshake_sent_nothing() {
    let (mut url, _) = server(&[DOWN, DOWN, DOWN, DOWN]).await;
    url.set_scheme("https").unwrap();
    let client = client("127.0.0.0/8", Duration::from_secs(5));
    let failure = client.send(&Request::new(Method::POST, url, Repeat::IfRefused)).await.unwrap_err();
    assert!(matches!(&failure, Failure::Unreachable(_)), "{failure:?}");
}

#[tokio::test]
async fn behind_a_proxy_names_are_its_business() {
    let (proxy, heads) = server(&[DOWN, DOWN, DOWN, DOWN]).await;
    let proxy = Proxy { url: proxy.to_string().into(), except: None };
    let settings = Settings::new(AddressPolicy::default(), Instant::now() + Duration::from_secs(2));
    let client = Client::new(Settings { proxy: Some(proxy), ..settings }).unwrap();
    let url = "https://no-such-name.invalid/".parse().unwrap();
    let failure = client.send(&Request::new(Method::GET, url, Repeat::Yes)).await.unwrap_err();
    assert!(matches!(&failure, Failure::OutOfTime | Failure::Unreachable(_)), "{failure:?}");
    assert!(heads.lock().await[0].starts_with("CONNECT no-such-name.invalid:443 "));
}

#[tokio::test]
async fn the_deadline_ends_waiting_and_pausing() {
    let check = async |script: &'static [Act], repeat, expected| {
        let (url, _) = server(script).await;
        let client = client("127.0.0.0/8", Duration::from_millis(300));
        let failure = client.send(&Request::new(Method::GET, url, repeat)).await.unwrap_err();
        assert_eq!(failure, expected);
    };
    let unknown = Failure::Unknown("the time limit was reached before the response arrived".to_owned());
    check(&[Silence], Repeat::Yes, Failure::OutOfTime).await;
    check(&[Silence], Repeat::IfRefused, unknown).await;
    // more time would not have helped against a server that refuses or fails, so that is reported
    check(&[BUSY, OK], Repeat::IfRefused, failure::limited(Some(Duration::from_secs(1)))).await;
}

#[tokio::test]
async fn after_the_deadline_nothing_is_sent() {
    let (url, heads) = server(&[OK]).await;
    let client = client("127.0.0.0/8", Duration::ZERO);
    let failure = client.send(&Request::new(Method::GET, url, Repeat::Yes)).await.unwrap_err();
    assert_eq!((failure, client.requests()), (Failure::OutOfTime, 0));
    assert!(heads.lock().await.is_empty());
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_never_connected_to() {
    let (url, heads) = server(&[OK]).await;
    let client = client("10.0.0.0/8", Duration::from_secs(5));
    assert_eq!(client.standing(&url).await, Ok(AddressStanding::Blocked));
    for host in ["localhost", "127.0.0.1"] {
        let mut url = url.clone();
        url.set_host(Some(host)).unwrap();
        let failure = client.send(&Request::new(Method::GET, url, Repeat::Yes)).await.unwrap_err();
        assert!(matches!(&failure, Failure::Blocked(_)), "{failure:?}");
    }
    assert!(heads.lock().await.is_empty());
}

#[tokio::test]
async fn it_says_who_it_is_and_hides_what_it_carries() {
    let (url, heads) = server(&[OK]).await;
    let client = client("127.0.0.0/8", Duration::from_secs(5));
    let request = Request::new(Method::GET, url, Repeat::Yes)
        .header(reqwest::header::AUTHORIZATION, "Basic geheim".parse().unwrap());
    assert!(!format!("{request:?}").contains("geheim"));
    let answer = client.send(&request).await.unwrap();
    assert!(!format!("{answer:?}").contains("{}"));
    let head = heads.lock().await[0].to_lowercase();
    assert!(head.contains(&format!("user-agent: casefile/{}", env!("CARGO_PKG_VERSION"))), "{head}");
    assert!(head.contains("accept-encoding: gzip") && head.contains("authorization: basic geheim"));
}

#[tokio::test]
async fn a_proxy_that_is_none_is_refused_without_its_password() {
    let proxy = Proxy { url: "http//me:geheim@proxy".to_owned().into(), except: None };
    let settings = Settings::new(AddressPolicy::default(), Instant::now());
    let failure = Client::new(Settings { proxy: Some(proxy), ..settings.clone() }).err().unwrap();
    assert!(!format!("{failure:?}").contains("geheim"));
    assert!(Client::new(Settings { authorities: Some(b"none".to_vec()), ..settings }).is_err());
}
