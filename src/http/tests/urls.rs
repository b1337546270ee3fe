//! Base URLs, whether they may be reached, and what happens to a request there. Names resolve to what the row says:
//! nothing here queries a name server or connects to another machine.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{StatusCode, header::LOCATION};
use axum::response::{IntoResponse, Response};
use reqwest::Method;
use tokio::net::TcpListener;
use tokio::time::Instant;
use url::{Host, Url};

use super::super::AddressStanding::{Allowed, Blocked, Public};
use super::super::*;

/// A base URL, what its name resolves to, allow-networks, the state of a request, and `allowlist_status`.
type Row = (&'static str, &'static [&'static str], &'static [&'static str], &'static str, AddressStanding);

const FINE: &str = "";
const BLOCKED: &str = "PROVIDER_BASE_URL_BLOCKED";
const UNREACHABLE: &str = "PROVIDER_UNREACHABLE";
const HERE: &[&str] = &["127.0.0.0/8"];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // names
    ("https://acme.atlassian.net", &["104.192.142.18"], &[], FINE, Public),
    ("https://acme.atlassian.net/", &["104.192.142.18", "2401:1d80:3000::1"], &[], FINE, Public),
    ("https://ACME.atlassian.net.", &["104.192.142.18"], &[], FINE, Public),
    ("https://jira.example.org/jira", &["10.20.1.1"], &[], BLOCKED, Blocked),
    ("https://jira.example.org/jira", &["10.20.1.1"], &["10.20.0.0/16"], FINE, Allowed),
    ("https://jira.example.org/jira", &["10.21.1.1"], &["10.20.0.0/16"], BLOCKED, Blocked),
    ("https://jira.example.org", &["10.0.0.1", "104.192.142.18"], &[], FINE, Public),
    ("https://jira.example.org", &["10.0.0.1", "104.192.142.18"], &["10.0.0.0/8"], FINE, Allowed),
    ("https://jira.example.org", &[], &[], BLOCKED, Blocked),
    ("https://metadata.google.internal", &["169.254.169.254"], &[], BLOCKED, Blocked),
    ("https://localhost", &["127.0.0.1"], &[], BLOCKED, Blocked),
    ("https://localhost", &["127.0.0.1"], &["127.0.0.0/8"], FINE, Allowed),
    ("http://localhost:8080", &["127.0.0.1", "::1"], &["127.0.0.0/8"], FINE, Allowed),
    ("http://localhost.:8080", &["127.0.0.1"], &["127.0.0.0/8"], FINE, Allowed),
    ("http://localhost", &["104.192.142.18"], &["127.0.0.0/8"], BLOCKED, Blocked),
    ("http://jira.localhost", &["10.0.0.1"], &["10.0.0.0/8"], BLOCKED, Blocked),
    ("http://localhost.example.org", &["127.0.0.1"], &["127.0.0.0/8"], BLOCKED, Blocked),
    // schemes and user info
    ("http://acme.atlassian.net", &["104.192.142.18"], &[], BLOCKED, Blocked),
    ("http://10.20.1.1", &[], &["10.20.0.0/16"], BLOCKED, Blocked),
    ("ftp://acme.atlassian.net", &["104.192.142.18"], &[], BLOCKED, Blocked),
    ("file:///etc/passwd", &[], &[], BLOCKED, Blocked),
    ("https://user@acme.atlassian.net", &["104.192.142.18"], &[], BLOCKED, Blocked),
    ("https://user:word@acme.atlassian.net", &["104.192.142.18"], &[], BLOCKED, Blocked),
    ("https://acme.atlassian.net@10.0.0.1/", &[], &["10.0.0.0/8"], BLOCKED, Blocked),
    // IPv4, however it is written
    ("https://104.192.142.18", &[], &[], FINE, Public),
    ("https://127.0.0.1", &[], &[], BLOCKED, Blocked),
    ("https://127.0.0.1.", &[], &[], BLOCKED, Blocked),
    ("https://127.1", &[], &[], BLOCKED, Blocked),
    ("https://2130706433", &[], &[], BLOCKED, Blocked),
    ("https://0x7f000001", &[], &[], BLOCKED, Blocked),
    ("https://0177.0.0.1", &[], &[], BLOCKED, Blocked),
    ("https://%31%32%37.0.0.1", &[], &[], BLOCKED, Blocked),
    ("https://１２７.0.0.1", &[], &[], BLOCKED, Blocked),
    ("http://127.0.0.1:9", &[], &["127.0.0.1/32"], FINE, Allowed),
    ("https://0.0.0.0", &[], &[], BLOCKED, Blocked),
    ("https://10.1.2.3", &[], &[], BLOCKED, Blocked),
    ("https://100.64.0.1", &[], &[], BLOCKED, Blocked),
    ("https://100.128.0.1", &[], &[], FINE, Public),
    ("https://169.254.169.254", &[], &[], BLOCKED, Blocked),
    ("https://168.63.129.16", &[], &[], BLOCKED, Blocked),
    ("https://172.16.0.1", &[], &[], BLOCKED, Blocked),
    ("https://172.32.0.1", &[], &[], FINE, Public),
    ("https://192.0.0.8", &[], &[], BLOCKED, Blocked),
    ("https://192.0.2.1", &[], &[], BLOCKED, Blocked),
    ("https://192.168.1.1", &[], &["192.168.0.0/16"], FINE, Allowed),
    ("https://198.19.0.1", &[], &[], BLOCKED, Blocked),
    ("https://203.0.113.9", &[], &[], BLOCKED, Blocked),
    ("https://224.0.0.1", &[], &[], BLOCKED, Blocked),
    ("https://255.255.255.255", &[], &[], BLOCKED, Blocked),
    // IPv6
    ("https://[2401:1d80:3000::1]", &[], &[], FINE, Public),
    ("https://[::]", &[], &[], BLOCKED, Blocked),
    ("https://[::1]", &[], &[], BLOCKED, Blocked),
    ("http://[::1]:8080", &[], &["::1/128"], FINE, Allowed),
    ("https://[::ffff:10.0.0.1]", &[], &[], BLOCKED, Blocked),
    ("https://[::ffff:10.0.0.1]", &[], &["10.0.0.0/8"], FINE, Allowed),
    ("https://[::ffff:104.192.142.18]", &[], &[], FINE, Public),
    ("http://[::ffff:127.0.0.1]", &[], &["127.0.0.0/8"], FINE, Allowed),
    ("https://[::10.0.0.1]", &[], &[], BLOCKED, Blocked),
    ("https://[::104.192.142.18]", &[], &[], BLOCKED, Blocked),
    ("https://[2002:a00:1::]", &[], &[], BLOCKED, Blocked),
    ("https://[64:ff9b::10.0.0.1]", &[], &[], BLOCKED, Blocked),
    ("https://[64:ff9b::104.192.142.18]", &[], &[], FINE, Public),
    ("https://[64:ff9b:1::1]", &[], &[], BLOCKED, Blocked),
    ("https://[2001::1]", &[], &[], BLOCKED, Blocked),
    ("https://[2001:db8::1]", &[], &[], BLOCKED, Blocked),
    ("https://[3fff::1]", &[], &[], BLOCKED, Blocked),
    ("https://[fc00::1]", &[], &[], BLOCKED, Blocked),
    ("https://[fd12:3456::1]", &[], &["fd12:3456::/32"], FINE, Allowed),
    ("https://[fe80::1]", &[], &[], BLOCKED, Blocked),
    ("https://[fec0::1]", &[], &[], BLOCKED, Blocked),
    ("https://[ff02::1]", &[], &[], BLOCKED, Blocked),
    ("https://[100::1]", &[], &[], BLOCKED, Blocked),
    // names that resolve to what they should not
    ("https://localtest.example", &["127.0.0.1"], &[], BLOCKED, Blocked),
    ("https://metadata.example", &["169.254.169.254"], &[], BLOCKED, Blocked),
    ("https://metadata.example", &["169.254.169.254"], &["10.0.0.0/8"], BLOCKED, Blocked),
    ("https://mapped.example", &["::ffff:169.254.169.254"], &[], BLOCKED, Blocked),
    ("https://translated.example", &["64:ff9b::7f00:1"], &[], BLOCKED, Blocked),
    ("https://tunnelled.example", &["2002:7f00:1::"], &[], BLOCKED, Blocked),
    ("https://six.example", &["::1", "fd00::1"], &[], BLOCKED, Blocked),
    ("https://nowhere.example", &[], &["0.0.0.0/0"], BLOCKED, Blocked),
    // names in other scripts, and letters that only look like others
    ("https://bücher.example", &["104.192.142.18"], &[], FINE, Public),
    ("https://xn--bcher-kva.example", &["104.192.142.18"], &[], FINE, Public),
    ("https://ｌｏｃａｌｈｏｓｔ", &["127.0.0.1"], &[], BLOCKED, Blocked),
    ("https://xn--a", &[], &[], BLOCKED, Blocked),
    // ports, paths, and what does not belong in a base URL
    ("https://acme.atlassian.net:8443/jira", &["104.192.142.18"], &[], FINE, Public),
    ("https://acme.atlassian.net:99999", &[], &[], BLOCKED, Blocked),
    ("https://acme.atlassian.net/jira/../..", &["104.192.142.18"], &[], FINE, Public),
    ("https://acme.atlassian.net?x=1", &["104.192.142.18"], &[], BLOCKED, Blocked),
    ("https://acme.atlassian.net#x", &["104.192.142.18"], &[], BLOCKED, Blocked),
    ("https://acme.atlassian.net\\@10.0.0.1", &["104.192.142.18"], &[], FINE, Public),
    ("https:acme.atlassian.net", &["104.192.142.18"], &[], FINE, Public),
    ("//acme.atlassian.net", &[], &[], BLOCKED, Blocked),
    ("acme.atlassian.net", &[], &[], BLOCKED, Blocked),
    ("https://", &[], &[], BLOCKED, Blocked),
    ("https://a b.example", &[], &[], BLOCKED, Blocked),
    ("https://acme..atlassian.net", &[], &[], UNREACHABLE, Blocked),
    ("javascript:alert(1)", &[], &[], BLOCKED, Blocked),
    // services on this machine, where they are allowed
    ("http://127.0.0.1:PORT", &[], HERE, FINE, Allowed),
    ("http://2130706433:PORT/jira", &[], HERE, FINE, Allowed),
    ("http://0x7f.1:PORT", &[], HERE, FINE, Allowed),
    ("http://[::ffff:127.0.0.1]:PORT", &[], HERE, FINE, Allowed),
    ("http://localhost:PORT", &["127.0.0.1"], HERE, FINE, Allowed),
    ("http://jira.localhost:PORT", &["127.0.0.1", "104.192.142.18"], HERE, FINE, Allowed),
    ("http://127.0.0.1:PORT", &[], &["127.0.0.2/32"], BLOCKED, Blocked),
    // redirects: to another host, to another port, within the same one
    ("http://127.0.0.1:PORT/away", &[], HERE, BLOCKED, Allowed),
    ("http://localhost:PORT/away", &["127.0.0.1"], HERE, BLOCKED, Allowed),
    ("http://127.0.0.1:PORT/metadata", &[], HERE, BLOCKED, Allowed),
    ("http://127.0.0.1:PORT/port", &[], HERE, BLOCKED, Allowed),
    ("http://127.0.0.1:PORT/within", &[], HERE, UNREACHABLE, Allowed),
];

/// Answers on the loopback interface: a page everywhere, redirects at some paths. Returns its port.
async fn service() -> u16 {
    let answer = async |url: axum::http::Uri| -> Response {
        let to = match url.path().split('/').nth(1) {
            Some("away") => "https://evil.example/?token=geheim",
            Some("metadata") => "http://169.254.169.254/latest",
            Some("port") => "http://127.0.0.1:1/",
            Some("within") => "/login",
            _ => return "{}".into_response(),
        };
        (StatusCode::FOUND, [(LOCATION, to)]).into_response()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    port
}

fn client(gate: &AddressPolicy, url: &str, resolved: &[IpAddr]) -> Client {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    // a base URL loses the dot at the end
    let names = [host.trim_end_matches('.').to_owned(), host].map(|host| (host, resolved.to_vec()));
    let retry = RetryPolicy { repeats: 0, ..RetryPolicy::default() };
    let settings = Settings::new(gate.clone(), Instant::now() + Duration::from_secs(5));
    let names = Resolver::Fixed(Arc::new(BTreeMap::from(names)));
    Client::of(Settings { retry, ..settings }, names).unwrap()
}

#[tokio::test]
async fn base_urls_stand_where_they_should_and_are_used_only_there() {
    let port = service().await.to_string();
    for (text, resolved, allow, state, standing) in ROWS {
        let text = text.replace("PORT", &port);
        let gate = AddressPolicy::new(allow.iter().map(|network| network.parse().unwrap()).collect());
        let resolved: Vec<IpAddr> = resolved.iter().map(|address| address.parse().unwrap()).collect();
        let Ok(base) = Base::parse(&text, &gate) else {
            // it is refused before anything is requested
            assert_eq!((*state, *standing), (BLOCKED, Blocked), "{text} {resolved:?} {allow:?}");
            continue;
        };
        let client = client(&gate, &text, &resolved);
        let url = base.at(["rest"]);
        assert_eq!(client.standing(&url).await, Ok(*standing), "{text} {resolved:?} {allow:?}");
        let is_here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
            _ => resolved.iter().any(IpAddr::is_loopback),
        };
        if *standing == Blocked || (is_here && text.contains(&port)) {
            let ended = client.send(&Request::new(Method::GET, url, Repeat::Yes)).await;
            let said = ended.map_or_else(|failure| failure.to_string(), |_| FINE.to_owned());
            let is_so = if *state == FINE { said == FINE } else { said.starts_with(state) };
            assert!(is_so && !said.contains("geheim"), "{text} {resolved:?} {allow:?}: {said:?}");
        } else {
            assert_eq!(*state, FINE, "{text}");
        }
    }
    assert!(ROWS.len() > 100, "{}", ROWS.len());
}
