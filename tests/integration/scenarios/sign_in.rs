//! Every way to sign in files a ticket, and every way in which that fails is said as what it is.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use casefile::http::{AddressPolicy, Base, Client, Settings};
use casefile::model::answer::{Answer, Ask};
use casefile::tracker::Read as _;
use casefile::tracker::jira::{Credentials, Gateway, Jira};
use serde_json::json;
use tokio::time::Instant;
use url::Url;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Ran, Shop, only};
use crate::simulator::{Auth as Treats, Kind, Nth, Options, Simulator, World};

pub(super) type Variables = &'static [(&'static str, &'static str)];

const PERSON: &str = "bot@example.com";

/// The configuration's word, the variables, and where the calls go.
const WAYS: &[(&str, Variables, &str)] = &[
    ("api-token", &[("JIRA_USER_EMAIL", PERSON), ("JIRA_API_TOKEN", "sim-token")], "/rest/"),
    ("scoped-api-token", &[("JIRA_USER_EMAIL", PERSON), ("JIRA_API_TOKEN", "sim-scoped\n")], ROOM),
    ("service-account-token", &[("JIRA_API_TOKEN", "sim-service")], ROOM),
    (
        "client-credentials",
        &[("JIRA_CLIENT_ID", "sim-client"), ("JIRA_CLIENT_SECRET", "sim-client-secret\n")],
        ROOM,
    ),
    ("oauth", &[("JIRA_CLIENT_ID", "sim-app"), ("JIRA_CLIENT_SECRET", "sim-app-secret")], ROOM),
    ("personal-access-token", &[("JIRA_PERSONAL_ACCESS_TOKEN", "sim-token\n")], "/jira/rest/"),
    ("password", &[("JIRA_USERNAME", "casefile"), ("JIRA_PASSWORD", "sim-token\n")], "/jira/rest/"),
];

const ROOM: &str = "/_gateway/ex/jira/11111111-2222-4333-8444-555555555555/rest/";

pub(super) fn variables(way: &str) -> Variables {
    WAYS.iter().find(|(name, ..)| *name == way).unwrap().1
}

/// What the environment of every run here has: no credentials but the ones given.
pub(super) fn environment(shop: &Shop, given: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let url = shop.sim.jira_url();
    let mut all = vec![
        ("JIRA_USER_EMAIL", String::new()),
        ("JIRA_API_TOKEN", String::new()),
        ("JIRA_PERSONAL_ACCESS_TOKEN", String::new()),
        ("JIRA_API_GATEWAY", format!("{url}/_gateway")),
        ("JIRA_AUTH_SERVER", format!("{url}/_auth")),
        ("XDG_STATE_HOME", shop.folder().join("state").display().to_string()),
    ];
    all.extend(given.iter().map(|(name, value)| (*name, (*value).to_owned())));
    all
}

fn push(shop: &Shop, given: &[(&'static str, &str)]) -> Event {
    environment(shop, given)
        .iter()
        .fold(Event::push("main", 1), |event, (name, value)| event.with(name, value))
}

/// A shop with the Jira that the way belongs to; its configuration names the way.
fn shop(way: Option<&str>) -> Shop {
    let shop = Shop::on(deployment(way.unwrap_or_default()));
    shop.report(&rules(1));
    if let Some(way) = way {
        shop.configure(json!({"jira": {"auth": way}}));
    }
    shop
}

fn deployment(way: &str) -> Deployment {
    let is_center = matches!(way, "personal-access-token" | "password");
    if is_center { Deployment::DataCenter } else { Deployment::Cloud }
}

/// What `casefile login` or `logout` did: exit code and both streams.
struct Did {
    code: i32,
    printed: String,
    errors: String,
}

/// Runs a command in the checkout; a person's browser answers an address that it prints.
fn command(shop: &Shop, given: &[(&'static str, &str)], arguments: &[&str]) -> Did {
    let mut child = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args(arguments)
        .current_dir(shop.checkout())
        .env_clear()
        .envs(environment(shop, given))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(address) = line.split_whitespace().find(|word| word.contains("/authorize?")) {
            let (status, back) = get(&Url::parse(address).unwrap());
            if status == 302 {
                let back = Url::parse(&back.unwrap()).unwrap();
                let guess = back.as_str().replace("state=", "state=guess-");
                assert_eq!(get(&Url::parse(&guess).unwrap()).0, 400);
                assert_eq!(get(&back).0, 200);
            }
        }
        errors.push_str(&line);
        errors.push('\n');
    }
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    Did { code: output.status.code().unwrap_or(-1), printed, errors }
}

/// What a browser gets: the status, and where it is sent.
fn get(url: &Url) -> (u16, Option<String>) {
    let port = url.port().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let target = &url[url::Position::BeforePath..];
    write!(stream, "GET {target} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let location = text.lines().find_map(|line| line.strip_prefix("location: ")).map(str::to_owned);
    (text[9..12].parse().unwrap(), location)
}

pub(super) fn sign_in(shop: &Shop) {
    let did = command(shop, variables("oauth"), &["login", "--port", "0", "--no-browser"]);
    assert_eq!(did.code, 0, "{}", did.errors);
    assert!(did.printed.contains(&format!("signed in to {}", shop.sim.jira_url())), "{}", did.printed);
}

fn count(shop: &Shop, path: &str) -> usize {
    shop.sim.journal().iter().filter(|entry| entry.path.ends_with(path)).count()
}

#[test]
fn every_way_files_a_ticket_that_people_find_on_the_site() {
    for (way, given, place) in WAYS {
        let shop = shop(Some(*way));
        if *way != "scoped-api-token" {
            // every other one is told from its variables
            shop.configure(json!({}));
        }
        if *way == "oauth" {
            sign_in(&shop);
        }
        let ran = shop.run(&push(&shop, given));
        assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{way}: {}", ran.errors);
        assert_eq!(ran.tickets(), ["created SEC-1"], "{way}");
        let site = match deployment(way) {
            Deployment::Cloud => shop.sim.jira_url(),
            Deployment::DataCenter => shop.sim.data_center_url(),
        };
        let page = format!("{site}/browse/SEC-1");
        assert_eq!(ran.result["tickets"][0]["url"], page, "{way}");
        let calls = shop.sim.journal();
        let calls = calls.iter().filter(|entry| entry.path.contains("/rest/api/"));
        assert!(
            calls.clone().count() > 3 && calls.clone().all(|entry| entry.path.starts_with(place)),
            "{way}"
        );
        assert!(count(&shop, "/_edge/tenant_info") <= 1 && count(&shop, "/oauth/token") <= 1, "{way}");
        let again = shop.run(&push(&shop, given));
        assert_eq!((again.actions(), shop.writes().len()), (only("tracked", 1), 0), "{way}");
    }
}

#[test]
fn a_cloud_id_that_is_known_is_not_looked_up() {
    let shop = shop(Some("scoped-api-token"));
    let given = [variables("scoped-api-token"), &[("JIRA_CLOUD_ID", "11111111-2222-4333-8444-555555555555")]];
    assert_eq!(shop.run(&push(&shop, &given.concat())).tickets(), ["created SEC-1"]);
    assert_eq!(count(&shop, "/_edge/tenant_info"), 0);
}

#[test]
fn a_cloud_id_of_another_site_is_told_as_that() {
    for way in ["scoped-api-token", "service-account-token"] {
        let shop = shop(Some(way));
        let given = [variables(way), &[("JIRA_CLOUD_ID", "99999999-2222-4333-8444-555555555555")]].concat();
        let ran = shop.run(&push(&shop, &given));
        assert_eq!(ran.code, 4, "{}", ran.errors);
        let own = "whose cloud ID is 11111111-2222-4333-8444-555555555555";
        assert!(
            ran.errors.contains("JIRA_CLOUD_ID does not match") && ran.errors.contains(own),
            "{}",
            ran.errors
        );
        assert_eq!(count(&shop, "/_edge/tenant_info"), 1, "{way}");
    }
}

#[test]
fn client_credentials_are_exchanged_wherever_the_endpoint_is() {
    let shop = shop(Some("client-credentials"));
    {
        let mut world = shop.sim.state();
        (world.sign_in.token_at_server, world.sign_in.token_at_gateway) = (false, true);
    }
    assert_eq!(shop.run(&push(&shop, variables("client-credentials"))).tickets(), ["created SEC-1"]);
    assert_eq!(count(&shop, "/_auth/oauth/token") + count(&shop, "/_gateway/oauth/token"), 2);
}

/// A way, what goes wrong, what is said.
type Row = (&'static str, fn(&Shop), &'static [&'static str]);

fn world(shop: &Shop, act: impl FnOnce(&mut World)) {
    act(&mut shop.sim.state());
}

fn fault(shop: &Shop, path: &str, status: u16, headers: Vec<(&'static str, String)>, body: &str) {
    shop.fault(path, Nth::From(1), Kind::Status(status, headers, body.to_owned()));
}

fn lose_scope(shop: &Shop, scope: &str) {
    world(shop, |world| {
        world.sign_in.tokens.iter_mut().for_each(|token| token.scopes.retain(|one| one != scope))
    });
}

fn end_tokens(shop: &Shop) {
    world(shop, |world| {
        let past = world.now() - Duration::from_secs(1);
        world.sign_in.tokens.iter_mut().for_each(|token| token.until = Some(past));
    });
}

const REQUIRED: &str = "PROVIDER_AUTH_REQUIRED";
const SCOPE: &str = "PROVIDER_SCOPE_UNAVAILABLE";
const UNREACHABLE: &str = "PROVIDER_UNREACHABLE";
const BLOCKED: &str = "PROVIDER_BASE_URL_BLOCKED";

const FAILURES: &[Row] = &[
    (
        "api-token",
        |shop| world(shop, |world| world.users[0].token = Some("another".into())),
        &[REQUIRED, "JIRA_API_TOKEN", "scoped-api-token"],
    ),
    (
        "api-token",
        |shop| {
            world(shop, |world| {
                world.users[0].token = Some("another".into());
                world.auth = Treats::Nobody;
            });
        },
        &[REQUIRED, "JIRA_API_TOKEN"],
    ),
    (
        "api-token",
        // 200 all along, but nobody
        |shop| {
            let nobody = vec![("x-seraph-loginreason", "AUTHENTICATED_FAILED".to_owned())];
            fault(shop, "/myself", 200, nobody, r#"{"accountId":"1","displayName":"x"}"#);
        },
        &[REQUIRED, "treated the request as anonymous", "JIRA_API_TOKEN"],
    ),
    (
        "api-token",
        |shop| fault(shop, "/myself", 200, Vec::new(), "{}"),
        &[REQUIRED, "treated the request as anonymous"],
    ),
    (
        "api-token",
        |shop| {
            fault(shop, "/myself", 200, vec![("x-ausername", "anonymous".to_owned())], r#"{"accountId":"1"}"#)
        },
        &[REQUIRED, "treated the request as anonymous"],
    ),
    (
        "api-token",
        |shop| world(shop, |world| world.sign_in.captcha = true),
        &[REQUIRED, "CAPTCHA", "in a browser"],
    ),
    ("scoped-api-token", end_tokens, &[REQUIRED, "Unauthorized", "auth: api-token"]),
    ("scoped-api-token", |shop| lose_scope(shop, "read:jira-user"), &[SCOPE, "read:jira-user"]),
    ("scoped-api-token", |shop| lose_scope(shop, "read:jira-work"), &[SCOPE, "read:jira-work"]),
    ("service-account-token", |shop| lose_scope(shop, "write:jira-work"), &[SCOPE, "write:jira-work"]),
    ("service-account-token", end_tokens, &[REQUIRED, "JIRA_USER_EMAIL"]),
    (
        "service-account-token",
        |shop| fault(shop, "/_edge/tenant_info", 404, Vec::new(), "<html>"),
        &[UNREACHABLE, "JIRA_CLOUD_ID"],
    ),
    (
        "service-account-token",
        |shop| {
            let away = vec![("location", "https://evil.example/".to_owned())];
            fault(shop, "/_edge/tenant_info", 302, away, "");
        },
        &[BLOCKED, "evil.example"],
    ),
    (
        "service-account-token",
        |shop| fault(shop, "/_edge/tenant_info", 200, Vec::new(), r#"{"cloudId":"../../x"}"#),
        &[UNREACHABLE, "JIRA_CLOUD_ID"],
    ),
    (
        "service-account-token",
        |shop| fault(shop, "/_edge/tenant_info", 200, Vec::new(), r#"{"cloudId":"0-0"}"#),
        &[UNREACHABLE, "404"],
    ),
    (
        "client-credentials",
        |shop| world(shop, |world| world.sign_in.apps[0].secret = "another".into()),
        &[REQUIRED, "access_denied", "JIRA_CLIENT_SECRET"],
    ),
    (
        "client-credentials",
        |shop| world(shop, |world| world.sign_in.token_at_server = false),
        &[UNREACHABLE, "token endpoint", "404"],
    ),
    (
        "client-credentials",
        |shop| fault(shop, "/oauth/token", 503, vec![("retry-after", "600".to_owned())], ""),
        &[UNREACHABLE, "token endpoint", "503"],
    ),
    (
        "client-credentials",
        |shop| shop.fault("/oauth/token", Nth::From(1), Kind::Garbage),
        &[UNREACHABLE, "token endpoint"],
    ),
    (
        "client-credentials",
        |shop| fault(shop, "/oauth/token", 302, vec![("location", "https://evil.example/".to_owned())], ""),
        &[BLOCKED, "evil.example"],
    ),
    ("client-credentials", kill_what_is_given, &[REQUIRED, "JIRA_CLIENT_SECRET"]),
    (
        "oauth",
        |shop| {
            sign_in(shop);
            end_tokens(shop);
            world(shop, |world| world.sign_in.apps[1].refresh = None);
        },
        &[REQUIRED, "invalid_grant", "casefile login"],
    ),
    ("oauth", |_| (), &[REQUIRED, "nobody has signed in", "casefile login"]),
    (
        "oauth",
        |shop| {
            sign_in(shop);
            end_tokens(shop);
            fault(shop, "/oauth/token", 404, Vec::new(), "<html>");
        },
        &[UNREACHABLE, "token endpoint"],
    ),
    (
        "personal-access-token",
        |shop| world(shop, |world| world.users[0].token = Some("another".into())),
        &[REQUIRED, "JIRA_PERSONAL_ACCESS_TOKEN", "Personal Access Tokens"],
    ),
    (
        "personal-access-token",
        |shop| {
            let nobody = vec![("x-ausername", "anonymous".to_owned())];
            fault(shop, "/rest/", 200, nobody, r#"{"issues":[],"total":0}"#);
        },
        &[REQUIRED, "treated the request as anonymous", "JIRA_PERSONAL_ACCESS_TOKEN"],
    ),
    (
        "password",
        |shop| world(shop, |world| world.users[0].token = Some("another".into())),
        &[REQUIRED, "JIRA_PASSWORD"],
    ),
    (
        "password",
        |shop| world(shop, |world| world.sign_in.captcha = true),
        &[REQUIRED, "CAPTCHA", "in a browser"],
    ),
];

/// Every token that is given out is dead at once.
fn kill_what_is_given(shop: &Shop) {
    fault(shop, "/_gateway/ex/jira/", 401, Vec::new(), r#"{"code":401,"message":"Unauthorized"}"#);
}

#[test]
fn every_failure_is_said_as_what_it_is_and_nothing_is_written() {
    for (way, goes_wrong, said) in FAILURES {
        let shop = shop(Some(way));
        goes_wrong(&shop);
        // the row, for whoever sees it fail
        println!("{way} {said:?}");
        let ran = shop.run(&push(&shop, variables(way)));
        ran.fails(4, said);
        assert!(shop.sim.state().issues.is_empty(), "{way} {said:?}");
        // the scope to write is missed when something is written
        let refused = shop.sim.writes().iter().all(|entry| entry.status == Some(401));
        assert!(refused, "{way} {said:?}: {:?}", shop.writes());
    }
}

#[test]
fn what_is_missing_is_named_before_anything_is_sent() {
    for (way, given, _) in WAYS {
        let shop = shop(Some(way));
        let (first, rest) = given.split_first().unwrap();
        let ran = shop.run(&push(&shop, rest));
        ran.fails_early(4, &[REQUIRED, first.0, "is not set", way]);
        assert!(shop.sim.journal().is_empty());
    }
    let shop = shop(None);
    let both = [variables("service-account-token"), variables("client-credentials")].concat();
    shop.run(&push(&shop, &both)).fails_early(2, &["several authentication methods", "jira.auth"]);
    let away = [variables("service-account-token"), &[("JIRA_API_GATEWAY", "https://10.0.0.1")]].concat();
    shop.run(&push(&shop, &away)).fails_early(2, &[BLOCKED, "JIRA_API_GATEWAY", "10.0.0.1"]);
    assert!(shop.sim.journal().is_empty());
}

#[test]
fn of_several_sites_the_one_that_is_named_is_signed_in_to() {
    let shop = shop(None);
    let other = "http://127.0.0.1:9";
    world(&shop, |world| world.sign_in.other_sites.push(("5-5".into(), other.into())));
    let login = |arguments: &[&str]| {
        command(&shop, variables("oauth"), &[&["login", "--port", "0", "--no-browser"], arguments].concat())
    };
    let did = login(&["--site", other, "--format", "json"]);
    assert_eq!(did.code, 0, "{}", did.errors);
    let told: serde_json::Value = serde_json::from_str(&did.printed).unwrap();
    assert_eq!(told["site"], other);
    let did = login(&["--site", "https://acme.atlassian.net"]);
    assert!(did.code == 4 && did.errors.contains(SCOPE) && did.errors.contains(other), "{}", did.errors);
    // without a site that is known otherwise
    shop.configure(json!({"jira": {"url": null}}));
    let did = login(&[]);
    assert!(did.code == 2 && did.errors.contains("--site") && did.errors.contains(other), "{}", did.errors);
}

#[test]
fn after_logout_nothing_is_left() {
    let shop = shop(None);
    sign_in(&shop);
    let kept = || {
        let folder = std::fs::read_dir(shop.folder().join("state/casefile")).unwrap();
        folder
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "lock")
            .count()
    };
    assert_eq!(kept(), 2);
    let did = command(&shop, &[], &["logout"]);
    assert!(did.code == 0 && did.printed.contains("1 login deleted"), "{}", did.errors);
    assert_eq!(kept(), 0);
    // without a login they are taken for a service account's
    shop.run(&push(&shop, variables("oauth"))).fails(4, &[REQUIRED]);
    let did = command(&shop, &[], &["logout", "--format", "json"]);
    assert_eq!(did.printed.split_whitespace().collect::<String>(), r#"{"deleted":0,"version":1}"#);
}

#[test]
fn consent_that_is_refused_or_worth_nothing_is_said() {
    let shop = shop(None);
    let login = ["login", "--port", "0", "--no-browser"];
    let did =
        command(&shop, &[("JIRA_CLIENT_ID", "sim-app"), ("JIRA_CLIENT_SECRET", "wrong-secret")], &login);
    assert!(did.code == 4 && did.errors.contains(REQUIRED), "{}", did.errors);
    assert!(did.errors.contains("callback URL is http://127.0.0.1:"), "{}", did.errors);
    let did = command(&shop, &[], &login);
    assert!(did.code == 4 && did.errors.contains("JIRA_CLIENT_ID and JIRA_CLIENT_SECRET"), "{}", did.errors);
}

#[test]
fn runs_side_by_side_renew_a_login_once_and_keep_it() {
    let shop = shop(Some("oauth"));
    sign_in(&shop);
    assert_eq!(shop.run(&push(&shop, variables("oauth"))).tickets(), ["created SEC-1"]);
    for _ in 0..2 {
        end_tokens(&shop);
        shop.sim.clear_journal();
        let running: Vec<_> = (0..4).map(|_| shop.start(&push(&shop, variables("oauth")), &[])).collect();
        let ran: Vec<Ran> = running.into_iter().map(super::shop::Running::end).collect();
        for ran in &ran {
            assert_eq!(ran.tickets(), ["tracked SEC-1"], "{}", ran.errors);
        }
        assert_eq!(count(&shop, "/oauth/token"), 1, "a refresh token is good once");
    }
}

#[tokio::test]
async fn a_token_is_renewed_in_a_long_run_once_for_all() {
    let sim = Simulator::start(Options::default());
    sim.state().sign_in.life = Duration::from_secs(2);
    let gate = AddressPolicy::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let base = |path: &str| Base::parse(&format!("{}{path}", sim.jira_url()), &gate).unwrap();
    let auth = Credentials::ClientCredentials {
        id: "sim-client".into(),
        secret: "sim-client-secret".into(),
        servers: vec![base("/_auth")],
        via: Gateway { api: base("/_gateway"), cloud_id: None },
    };
    assert!(!format!("{auth:?}").contains("sim-client-secret"));
    let settings = Settings::new(gate.clone(), Instant::now() + Duration::from_secs(30));
    let jira = Jira::cloud(Client::new(settings).unwrap(), base(""), auth);
    for renewals in 1..=2 {
        let asked = (0..6).map(|_| jira.answer(&Ask::Account));
        for answer in futures_util::future::join_all(asked).await {
            assert!(matches!(answer, Ok(Answer::Account(_))), "{answer:?}");
        }
        let tokens = sim.journal().iter().filter(|entry| entry.path.ends_with("/oauth/token")).count();
        assert_eq!(tokens, renewals);
        tokio::time::sleep(Duration::from_millis(1_900)).await;
    }
    // and one that is taken back before its end is replaced
    jira.answer(&Ask::Account).await.unwrap();
    sim.state().sign_in.tokens.clear();
    assert!(jira.answer(&Ask::Account).await.is_ok());
    assert_eq!(sim.journal().iter().filter(|entry| entry.path.ends_with("/_edge/tenant_info")).count(), 1);
}

/// As many open connections as a login can have files, or more, of people who only look.
#[cfg(unix)]
#[test]
fn a_login_that_has_no_files_left_goes_on_waiting() {
    let shop = shop(Some("oauth"));
    let script = "ulimit -n 24; exec \"$0\" login --port 0 --no-browser";
    let mut child = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_casefile")])
        .current_dir(shop.checkout())
        .env_clear()
        .envs(environment(&shop, variables("oauth")))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines.by_ref().map(Result::unwrap).find(|line| line.contains("/authorize?")).unwrap();
    let address = Url::parse(address.trim()).unwrap();
    let back = address.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    let port = Url::parse(&back).unwrap().port().unwrap();
    let silent: Vec<_> = (0..60).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    std::thread::sleep(Duration::from_secs(3));
    assert!(child.try_wait().unwrap().is_none(), "it waits for consent");
    drop(silent);
    let (status, consent) = get(&address);
    assert_eq!(status, 302);
    assert_eq!(get(&Url::parse(&consent.unwrap()).unwrap()).0, 200);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
