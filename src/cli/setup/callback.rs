//! Where the browser returns after consent: one request, which must contain the state that was sent along.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Url;

use crate::error::{Error, Result};

/// How long the state is valid.
pub(crate) const LIFE: Duration = Duration::from_secs(600);

/// How long a browser may take to send its request.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many connections are handled at once, and how long it takes until a failed connection is followed by another.
const PLACES: usize = 32;
const PAUSE: Duration = Duration::from_millis(100);

/// The longest request header that is read, in bytes.
const HEAD: usize = 16 << 10;

/// A listener only on this machine, and the state that its one answer must contain.
pub(crate) struct Callback {
    listener: TcpListener,
    address: String,
    state: OauthState,
}

impl Callback {
    /// Listens on the port; 0 uses a free one.
    pub(crate) async fn listen(port: u16) -> Result<Callback> {
        let taken = |error: std::io::Error| {
            Error::usage(format!("cannot listen on 127.0.0.1:{port}: {error}"))
                .hint("choose another `--port`; the app's callback URL must have the same port")
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(taken)?;
        let port = listener.local_addr().map_err(taken)?.port();
        Ok(Callback {
            listener,
            address: format!("http://127.0.0.1:{port}/callback"),
            state: OauthState::new()?,
        })
    }

    /// The callback URL.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What is sent along and must come back.
    pub(crate) fn state(&self) -> &str {
        &self.state.text
    }

    /// Waits for the code. A request without the right state is turned away and ends nothing; one with the right state
    /// ends the listening, whether it contains a code or a refusal.
    pub(crate) async fn code(self) -> Result<String> {
        let deadline = Instant::now() + LIFE;
        let (heard, mut hears) = mpsc::channel::<(String, TcpStream)>(16);
        let listener = self.listener;
        let places = Arc::new(Semaphore::new(PLACES));
        // several at a time: browsers open connections in advance and send nothing on them
        let accepting = tokio::spawn(async move {
            loop {
                // whoever occupies all the slots is disconnected after a while
                let place = Arc::clone(&places).acquire_owned().await;
                let stream = match listener.accept().await {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        // a connection that broke at once, or no file descriptor is left
                        tracing::debug!(%error, "a connection could not be accepted");
                        sleep(PAUSE).await;
                        continue;
                    }
                };
                let heard = heard.clone();
                tokio::spawn(async move {
                    let _place = place;
                    if let Ok(Some(head)) = timeout(PATIENCE, read(stream)).await {
                        let _ = heard.send(head).await;
                    }
                });
            }
        });
        let ended = loop {
            let Ok(Some((target, mut stream))) = timeout_at(deadline, hears.recv()).await else {
                break Err(Error::remote("PROVIDER_AUTH_REQUIRED: nobody gave consent within ten minutes")
                    .hint("run `casefile login` again, and allow access in the browser"));
            };
            let answer = judge(&target, &self.state);
            let (status, text) = answer.page();
            let _ = timeout(PATIENCE, stream.write_all(page(status, text).as_bytes())).await;
            let _ = timeout(PATIENCE, stream.shutdown()).await;
            match answer {
                CallbackRequest::Code(code) => break Ok(code),
                CallbackRequest::Refused => {
                    break Err(Error::remote("PROVIDER_AUTH_REQUIRED: consent was refused in the browser")
                        .hint("run `casefile login` again, and allow access"));
                }
                CallbackRequest::NotThis | CallbackRequest::WrongState => {}
            }
        };
        accepting.abort();
        ended
    }
}

/// The state, and what it is compared with in constant time.
struct OauthState {
    text: String,
    key: hmac::Key,
    tag: hmac::Tag,
}

impl OauthState {
    fn new() -> Result<OauthState> {
        let random = SystemRandom::new();
        let unavailable =
            |_| Error::new(crate::error::ErrorClass::Machine, "the system did not provide random numbers");
        let mut bytes = [0; 32];
        random.fill(&mut bytes).map_err(unavailable)?;
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &random).map_err(unavailable)?;
        let text = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        Ok(OauthState { tag: hmac::sign(&key, text.as_bytes()), key, text })
    }

    fn is(&self, given: &str) -> bool {
        hmac::verify(&self.key, given.as_bytes(), self.tag.as_ref()).is_ok()
    }
}

/// What a request to the listener is.
#[derive(Debug, PartialEq, Eq)]
enum CallbackRequest {
    Code(String),
    Refused,
    WrongState,
    NotThis,
}

impl CallbackRequest {
    fn page(&self) -> (&'static str, &'static str) {
        match self {
            CallbackRequest::Code(_) => ("200 OK", "Access was granted. You may close this window."),
            CallbackRequest::Refused => ("200 OK", "Access was not granted. You may close this window."),
            CallbackRequest::WrongState => {
                ("400 Bad Request", "This request does not belong to the login in progress.")
            }
            CallbackRequest::NotThis => ("404 Not Found", "There is nothing here."),
        }
    }
}

/// What the target of a request means (RFC 6749, 4.1.2).
fn judge(target: &str, state: &OauthState) -> CallbackRequest {
    let url = Url::parse("http://127.0.0.1").and_then(|base| base.join(target)).ok();
    let Some(url) = url.filter(|url| url.path() == "/callback") else { return CallbackRequest::NotThis };
    let value = |name: &str| {
        let mut values =
            url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        values.next().filter(|value| !value.is_empty() && values.next().is_none())
    };
    match (value("state"), value("code")) {
        (Some(given), _) if !state.is(&given) => CallbackRequest::WrongState,
        (None, _) => CallbackRequest::WrongState,
        (_, Some(code)) => CallbackRequest::Code(code),
        (_, None) => CallbackRequest::Refused,
    }
}

/// The target of a GET, and the stream to answer on.
async fn read(mut stream: TcpStream) -> Option<(String, TcpStream)> {
    let mut head = Vec::new();
    while !head.windows(4).any(|part| part == b"\r\n\r\n") {
        if head.len() > HEAD || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8(head).ok()?;
    let mut words = head.lines().next()?.split(' ');
    let is_get = words.next() == Some("GET");
    // with a leading slash it stays on this host
    let target = words.next().filter(|target| is_get && target.starts_with('/'))?.to_owned();
    Some((target, stream))
}

/// A page without any foreign content; the address, which contains the code, is not passed on.
fn page(status: &str, text: &str) -> String {
    let body = format!("<!doctype html><meta charset=\"utf-8\"><title>casefile</title><p>{text}</p>\n");
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         content-security-policy: default-src 'none'\r\nreferrer-policy: no-referrer\r\n\
         cache-control: no-store\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_state_brings_a_code() {
        let state = OauthState::new().unwrap();
        let check = |target: String, expected: CallbackRequest| {
            assert_eq!(judge(&target, &state), expected, "{target}")
        };
        let right = &state.text;
        check(format!("/callback?code=abc&state={right}"), CallbackRequest::Code("abc".to_owned()));
        check(format!("/callback?state={right}&code=a%2Bb"), CallbackRequest::Code("a+b".to_owned()));
        check(format!("/callback?error=access_denied&state={right}"), CallbackRequest::Refused);
        check(format!("/callback?code=&state={right}"), CallbackRequest::Refused);
        check(format!("/callback?code=abc&state={right}x"), CallbackRequest::WrongState);
        check("/callback?code=abc&state=".to_owned(), CallbackRequest::WrongState);
        check("/callback?code=abc".to_owned(), CallbackRequest::WrongState);
        check(format!("/callback?code=abc&state=x&state={right}"), CallbackRequest::WrongState);
        check("/callback?error=access_denied".to_owned(), CallbackRequest::WrongState);
        check(format!("/other?code=abc&state={right}"), CallbackRequest::NotThis);
        check("/favicon.ico".to_owned(), CallbackRequest::NotThis);
        assert_ne!(state.text, OauthState::new().unwrap().text);
    }

    #[tokio::test]
    async fn strangers_do_not_end_the_wait_and_the_state_serves_once() {
        let callback = Callback::listen(0).await.unwrap();
        let (address, state) = (callback.address().to_owned(), callback.state().to_owned());
        let port = address.split([':', '/']).nth(4).unwrap().parse::<u16>().unwrap();
        let waiting = tokio::spawn(callback.code());
        let _silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let get = async |target: &str| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
            stream.write_all(format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.ok()?;
            let mut text = String::new();
            stream.read_to_string(&mut text).await.ok()?;
            text.get(9..12).map(str::to_owned)
        };
        assert_eq!(get("/").await.as_deref(), Some("404"));
        assert_eq!(get("/callback?code=evil&state=guess").await.as_deref(), Some("400"));
        assert_eq!(get(&format!("/callback?code=good&state={state}")).await.as_deref(), Some("200"));
        assert_eq!(waiting.await.unwrap().unwrap(), "good");
        assert_eq!(get(&format!("/callback?code=again&state={state}")).await, None);
    }
}
