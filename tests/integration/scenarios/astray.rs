//! What stands in front of Jira or GitHub and answers in its place is told as what it is, with what to do about it.

use serde_json::json;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Ran, Shop};
use crate::simulator::{Face, Fault, Kind, Nth};
use crate::tls;

const TLS13: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13];
const TLS12: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS12];

const NOT_SAID: [&str; 3] = ["expected value", "use it as the base URL", "Check the address, the network"];

/// A run that fails, and what it says.
fn told(ran: &Ran, said: &[&str], unsaid: &[&str]) {
    assert_eq!(ran.code, 4, "{}", ran.errors);
    for words in said {
        assert!(ran.errors.contains(words), "{words}: {}", ran.errors);
    }
    for words in unsaid {
        assert!(!ran.errors.contains(words), "{words}: {}", ran.errors);
    }
}

/// A status, headers, a body, and what is said of the answer.
type Answer<'a> = (u16, Vec<(&'static str, String)>, &'a str, &'a [&'a str]);

#[test]
fn whoever_answers_in_place_of_jira_is_named() {
    let login = "<!DOCTYPE html><html><title>Sign in to your account</title><form>";
    let to = |place: &str| vec![("location", place.to_owned())];
    let sso = "https://login.corp.example/adfs/ls/?SAMLRequest=geheim";
    let rows: Vec<Answer<'_>> = vec![
        (
            200,
            vec![],
            login,
            &["the response (status 200) is a login page", "single sign-on", "let through API requests"],
        ),
        (403, vec![], login, &["the response (status 403) is a login page", "let through API requests"]),
        (401, vec![], login, &["(401, ", "the response is a login page"]),
        (401, vec![], "{}", &["rejected the credentials (401, ", "wrong or expired"]),
        (401, vec![("www-authenticate", "Negotiate".to_owned())], "", &["(401, ", "Kerberos or NTLM"]),
        (
            403,
            vec![],
            "<html>Blocked",
            &["refused (403) by something in front of Jira", "this machine's address"],
        ),
        (200, vec![], "<html>Welcome to nginx", &["the response (status 200) is a web page", "context path"]),
        (
            302,
            to(sso),
            "",
            &["a redirect to login.corp.example", "login page or single sign-on", "let through API requests"],
        ),
        (302, to("/login.jsp?os_destination=x"), "", &["another of its own pages", "context path"]),
        (
            400,
            vec![],
            "<html>400 No required SSL certificate was sent",
            &["client certificate", "`client-cert`"],
        ),
        (503, vec![("retry-after", "1800".to_owned())], "", &["down or busy (503)"]),
    ];
    for deployment in Deployment::BOTH {
        for (status, headers, body, said) in &rows {
            let shop = Shop::on(deployment);
            shop.report(&rules(1));
            shop.fault("/rest/", Nth::From(1), Kind::Status(*status, headers.clone(), (*body).to_owned()));
            told(&shop.run_with(&Event::push("main", 1), &["--time-limit", "20s"]), said, &NOT_SAID);
        }
    }
}

#[test]
fn githubs_secondary_limit_is_no_want_of_permission() {
    let abuse = r#"{"message":"You have triggered an abuse detection mechanism. Please retry your request again later.",
        "documentation_url":"https://docs.github.com/rest/overview/resources-in-the-rest-api#abuse-rate-limits"}"#;
    for status in [403, 429] {
        let shop = Shop::with(&rules(1));
        let kind = Kind::Status(status, Vec::new(), abuse.to_owned());
        let face = Some(Face::GitHub);
        shop.sim.fault(Fault { face, method: None, path_contains: "/pulls".into(), nth: Nth::From(1), kind });
        let ran = shop.run_with(&Event::pull_request(7, "feature", 2), &["--time-limit", "20s"]);
        assert!(ran.errors.contains("GitHub's rate limit has been reached"), "{}", ran.errors);
        assert!(!ran.errors.contains("permission"), "{}", ran.errors);
    }
}

#[test]
fn a_required_field_without_a_value_fails_the_step_as_an_error() {
    let shop = Shop::with(&rules(1));
    shop.sim.state().project_mut("SEC").unwrap().require("customfield_10053");
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!(ran.code, 4, "{}", ran.errors);
    let annotation = ran
        .errors
        .lines()
        .find(|line| line.contains("is required and has no value") && line.starts_with("::"));
    assert!(annotation.is_some_and(|line| line.starts_with("::error ")), "{}", ran.errors);
}

#[test]
fn a_server_that_asks_who_calls_is_shown_a_certificate() {
    for versions in [TLS13, TLS12] {
        let shop = Shop::on(Deployment::DataCenter);
        shop.report(&rules(1));
        let behind = shop.sim.data_center_url();
        let behind = behind.trim_start_matches("http://").trim_end_matches("/jira");
        let port = tls::front(behind, versions);
        let own = json!({"jira": {"url": format!("https://localhost:{port}/jira")}, "ca-file": "ca.pem"});
        let files = json!({"client-cert": "client.pem", "client-key": "client.key"});
        for name in ["ca.pem", "client.pem", "client.key"] {
            shop.write(name, &tls::text(name));
        }
        let push = |certificate: &str| {
            let mut event = Event::push("main", 1);
            if !certificate.is_empty() {
                let text = |ending: &str| tls::text(&format!("{certificate}.{ending}"));
                event = event.with("JIRA_CLIENT_CERT", &text("pem")).with("JIRA_CLIENT_KEY", &text("key"));
            }
            event
        };
        shop.configure(own.clone());
        let said: &[&str] =
            &["client certificate (mTLS)", "`client-cert` and `client-key`", "JIRA_CLIENT_CERT"];
        told(&shop.run(&push("")), said, &NOT_SAID);
        told(&shop.run(&push("stranger")), &["rejected the client certificate"], &NOT_SAID);
        assert_eq!(shop.sim.state().issues.len(), 0);
        // the environment's text, then the configuration's files
        assert_eq!(shop.run(&push("client")).code, 0);
        let mut with_files = own;
        with_files.as_object_mut().unwrap().extend(files.as_object().unwrap().clone());
        shop.configure(with_files);
        let ran = shop.run(&push(""));
        assert_eq!((ran.code, ran.tickets()), (0, vec!["tracked SEC-1".to_owned()]), "{}", ran.errors);
        let key: Vec<String> = tls::text("client.key").lines().map(str::to_owned).collect();
        assert!(!key.iter().any(|line| ran.errors.contains(line)), "{}", ran.errors);
        shop.write(
            "client.key",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n",
        );
        let ran = shop.run(&push(""));
        assert!(ran.code == 2 && ran.errors.contains("its private key is encrypted"), "{}", ran.errors);
        shop.write("client.key", &tls::text("stranger.key"));
        let ran = shop.run(&push(""));
        assert!(ran.code == 2 && ran.errors.contains("do not match"), "{}", ran.errors);
    }
}
