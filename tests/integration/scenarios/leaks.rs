//! No credential in anything that a run prints or leaves behind, however it ends: every file and both streams
//! are searched for each secret in all its spellings.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use casefile::http::{AddressPolicy, Base};
use casefile::tracker::jira::{Credentials, Gateway, OauthApp, Vault};
use jiff::Timestamp;
use serde_json::json;

use super::event::{Event, commit};
use super::sarif::rules;
use super::shop::Shop;
use crate::simulator::{Auth as Treats, Face, Fault, Kind, Nth, World};

/// Every secret that can be set, with characters that each spelling writes in its own way.
const SECRETS: [(&str, &str); 8] = [
    ("JIRA_API_TOKEN", "Tok-s3cr3t/+&=%1"),
    ("JIRA_CLIENT_SECRET", "Cli-s3cr3t/+&=%2"),
    ("JIRA_PERSONAL_ACCESS_TOKEN", "Pat-s3cr3t/+&=%3"),
    ("JIRA_PASSWORD", "Pas-s3cr3t/+&=%4"),
    ("JIRA_WEBHOOK_SECRET", "Web-s3cr3t/+&=%5"),
    ("SLACK_WEBHOOK_URL", "https://hooks.example/Sla-s3cr3t/6"),
    ("GITHUB_TOKEN", "Git-s3cr3t/+&=%7"),
    ("HTTPS_PROXY", "http://user:Pro-s3cr3t8@127.0.0.1:9"),
];

fn secret(name: &str) -> &'static str {
    SECRETS.iter().find(|(known, _)| *known == name).unwrap().1
}

/// A secret as it is, in Base64 wherever it stands in what was encoded, and as a URL has it.
fn spellings(secret: &str) -> Vec<String> {
    let mut all = vec![
        secret.to_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        secret.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        secret.replace('/', "\\/"),
    ];
    for before in 0..3 {
        let padded = [vec![0; before], secret.as_bytes().to_vec()].concat();
        for encoded in [BASE64_STANDARD.encode(&padded), BASE64_URL_SAFE.encode(&padded)] {
            // without the letters that depend on what stands around it
            let first = (before * 8).div_ceil(6);
            all.push(encoded[first..encoded.len() - 4].to_owned());
        }
    }
    all
}

#[test]
fn a_secret_is_seen_in_every_spelling() {
    let secret = secret("JIRA_API_TOKEN");
    let basic = |user: &str| BASE64_STANDARD.encode(format!("{user}:{secret}:more"));
    let hidden = [
        format!("x{secret}y"),
        basic("a@example.com"),
        basic("ab@example.com"),
        basic("abc@example.com"),
        "Tok-s3cr3t%2F%2B%26%3D%251".to_owned(),
        serde_json::to_string(secret).unwrap(),
    ];
    for text in hidden {
        assert!(spellings(secret).iter().any(|spelling| text.contains(spelling)), "{text}");
    }
}

/// Everything that was searched for in every run: the secrets that were set, and what servers gave for them.
fn search(shop: &Shop, what: &str) {
    let mut wanted: Vec<String> = SECRETS.iter().flat_map(|(_, secret)| spellings(secret)).collect();
    wanted.extend(["s3cr3t".to_owned(), "sim-access-".into(), "sim-refresh-".into(), "sim-code-".into()]);
    let mut count = 0;
    for path in files(shop.folder()) {
        count += 1;
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let found = wanted.iter().find(|spelling| text.contains(spelling.as_str()));
        assert!(found.is_none(), "{what}: {found:?} in {}:\n{text}", path.display());
    }
    assert!(count > 10, "{what}: only {count} files were searched");
    // tickets and the pull request are outputs too
    let world = shop.sim.state();
    for shown in world.issues.values().map(|issue| format!("{issue:?}")) {
        assert!(!shown.contains("s3cr3t"), "{what}: {shown}");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Runs a command with every secret set, and keeps all that it says.
fn run(shop: &Shop, number: usize, more: &[(&str, String)], arguments: &[&str]) -> i32 {
    let event = Event::pull_request(7, "feature", 1);
    if let Some(pull) = shop.sim.state().github.pull_mut("acme/shop", 7) {
        // an older commit would change nothing
        pull.head.1 = commit(1);
    }
    let folder = shop.folder().join(format!("leaks-{number}"));
    fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name);
    fs::write(file("event.json"), event.payload.to_string()).unwrap();
    let url = shop.sim.jira_url();
    let status = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args(arguments)
        .args(["-vv", "--time-limit", "3s", "--state"])
        .arg(file("state.json"))
        .current_dir(shop.checkout())
        .env_clear()
        .envs([("CI", "true"), ("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "acme/shop")])
        .envs([("GITHUB_REPOSITORY_ID", "4711"), ("GITHUB_SERVER_URL", "https://github.com")])
        .envs([("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("RUNNER_DEBUG", "1")])
        .env("GITHUB_API_URL", shop.sim.github_url())
        .env("GITHUB_EVENT_PATH", file("event.json"))
        .env("GITHUB_OUTPUT", file("outputs"))
        .env("GITHUB_STEP_SUMMARY", file("summary.md"))
        .env("XDG_STATE_HOME", shop.folder().join("state"))
        .envs([("JIRA_API_GATEWAY", format!("{url}/_gateway")), ("JIRA_AUTH_SERVER", format!("{url}/_auth"))])
        .envs([
            ("JIRA_USER_EMAIL", "bot@example.com"),
            ("JIRA_CLIENT_ID", "sim-client"),
            ("JIRA_USERNAME", "u"),
        ])
        .envs(event.variables)
        .envs(SECRETS)
        .envs(more.iter().map(|(name, value)| (name, value)))
        .stdout(File::create(file("stdout")).unwrap())
        .stderr(File::create(file("stderr")).unwrap())
        .status()
        .unwrap();
    status.code().unwrap_or(-1)
}

/// The secrets are the right ones.
fn know(world: &mut World) {
    let token = secret("JIRA_API_TOKEN").to_owned();
    world.users[0].token = Some(token.clone());
    world.sign_in.tokens[0].token.clone_from(&token);
    world.sign_in.tokens[1].token = token;
    world.sign_in.apps[0].secret = secret("JIRA_CLIENT_SECRET").to_owned();
    world.github.tokens.insert(secret("GITHUB_TOKEN").to_owned(), true);
}

/// A server that quotes what it was sent: the header, the secret in it, and the secret of a body.
fn quote(shop: &Shop, path: &str, status: u16, way: &str) {
    let sent = secret(if way.ends_with("token") { "JIRA_API_TOKEN" } else { "JIRA_CLIENT_SECRET" });
    let pair = BASE64_STANDARD.encode(format!("bot@example.com:{sent}"));
    let header = if way.ends_with("api-token") { format!("Basic {pair}") } else { format!("Bearer {sent}") };
    let body = json!({
        "errorMessages": [format!("bad header: {header}")],
        "errors": {"summary": sent},
        "error": "invalid_client", "error_description": format!("of {sent}"),
    });
    let headers = vec![("location", format!("https://evil.example/?token={sent}"))];
    shop.fault(path, Nth::From(1), Kind::Status(status, headers, body.to_string()));
}

/// A GitHub, or a proxy in front of it, that quotes the token in every spelling, and other credentials of the process.
fn quote_of_github(shop: &Shop, method: &'static str, status: u16) {
    let token = secret("GITHUB_TOKEN");
    let basic = BASE64_STANDARD.encode(format!("x-access-token:{token}"));
    let url: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
    let other = secret("JIRA_PASSWORD");
    let said = format!("Bad Bearer {token}, Basic {basic}, ?access_token={url}, {other}");
    let body =
        json!({"message": said, "errors": [{"message": format!("of {token}")}], "documentation_url": token});
    let kind = Kind::Status(status, Vec::new(), body.to_string());
    let face = Some(Face::GitHub);
    let path_contains = "/pulls/7".to_owned();
    shop.sim.fault(Fault { face, method: Some(method), path_contains, nth: Nth::From(1), kind });
}

/// What goes wrong, and the exit code of a run that files.
type Case = (&'static str, fn(&Shop), i32);

const CASES: &[Case] = &[
    ("well", |_| (), 0),
    ("wrong", |shop| shop.sim.state().users[0].token = Some("x".into()), 4),
    (
        "nobody",
        |shop| {
            shop.sim.state().users[0].token = Some("x".into());
            shop.sim.state().auth = Treats::Nobody;
        },
        4,
    ),
    ("captcha", |shop| shop.sim.state().sign_in.captcha = true, 4),
    ("garbage", |shop| shop.fault("/rest/", Nth::From(1), Kind::Garbage), 4),
    ("cut", |shop| shop.fault("/issue/bulk", Nth::From(1), Kind::CutAfter), 4),
    ("refused", |shop| quote(shop, "/issue/bulk", 400, "api-token"), 4),
    ("quoted 401", |shop| quote(shop, "/myself", 401, "api-token"), 4),
    ("quoted 403", |shop| quote(shop, "/mypermissions", 403, "api-token"), 4),
    ("quoted 500", |shop| quote(shop, "/issue/bulk", 500, "api-token"), 4),
    ("GitHub's 403", |shop| quote_of_github(shop, "GET", 403), 4),
    ("GitHub's 422", |shop| quote_of_github(shop, "PATCH", 422), 4),
    ("GitHub's 404", |shop| quote_of_github(shop, "GET", 404), 4),
    ("a proxy's page", |shop| quote_of_github(shop, "GET", 451), 4),
    ("redirected", |shop| quote(shop, "/myself", 302, "api-token"), 4),
];

#[test]
fn no_secret_is_in_anything_that_a_run_leaves_however_it_ends() {
    for (what, goes_wrong, code) in CASES {
        let shop = Shop::with(&rules(2));
        shop.configure(json!({"jira": {"auth": "api-token"}}));
        know(&mut shop.sim.state());
        goes_wrong(&shop);
        let commands: [&[&str]; 5] = [
            &["plan", "--format", "markdown"],
            &["plan", "--format", "json", "--html", "plan.html"],
            &["run", "--format", "json"],
            &["run", "--format", "text"],
            &["run", "--on-tracker-error", "warn", "--html", "casefile.html"],
        ];
        let codes: Vec<i32> =
            commands.iter().enumerate().map(|(number, one)| run(&shop, number, &[], one)).collect();
        // an ambiguous create may have been found again by the second run
        assert_eq!(codes[2], *code, "{what}");
        search(&shop, what);
    }
}

#[test]
fn no_secret_is_told_by_any_way_to_sign_in() {
    for way in ["scoped-api-token", "service-account-token", "client-credentials", "oauth"] {
        for (path, status) in [
            ("/nothing", 400),
            ("/oauth/token", 401),
            ("/oauth/token", 302),
            ("/rest/api/3/issue", 401),
            ("/rest/api/3/issue", 400),
            ("/_edge/tenant_info", 400),
        ] {
            let shop = Shop::with(&rules(1));
            shop.configure(json!({"jira": {"auth": way}}));
            know(&mut shop.sim.state());
            quote(&shop, path, status, way);
            let code = run(&shop, 1, &[], &["run", "--format", "json"]);
            assert_eq!(
                code == 0,
                way != "oauth" && (path == "/nothing" || !reaches(way, path)),
                "{way} {path}"
            );
            search(&shop, &format!("{way}, {path} {status}"));
        }
    }
}

/// Whether a way to sign in asks there at all.
fn reaches(way: &str, path: &str) -> bool {
    path != "/oauth/token" || way == "client-credentials"
}

#[test]
fn no_secret_is_told_before_there_is_a_connection() {
    let shop = Shop::with(&rules(1));
    let token = secret("JIRA_API_TOKEN");
    let named = |name: &'static str, value: String| vec![(name, value)];
    for (number, more) in [
        // several ways at once
        Vec::new(),
        named("JIRA_BASE_URL", format!("https://u:{token}@a.example")),
        named("JIRA_BASE_URL", format!("https://a.example/?token={token}")),
        named("JIRA_BASE_URL", token.to_owned()),
        named("JIRA_API_GATEWAY", format!("https://{token}@a.example")),
        named("JIRA_AUTH_SERVER", format!("http://a.example/{token}")),
        named("JIRA_CLOUD_ID", token.to_owned()),
        named("JIRA_API_TOKEN", format!("{token}\n{token}")),
        named("JIRA_BASE_URL", "http://127.0.0.1:1".to_owned()),
    ]
    .iter()
    .enumerate()
    {
        for (auth, number) in [("service-account-token", number * 2), ("client-credentials", number * 2 + 1)]
        {
            if !more.is_empty() {
                shop.configure(json!({"jira": {"auth": auth}}));
            }
            assert_ne!(run(&shop, number, more, &["run", "--format", "json"]), 0, "{more:?}");
            search(&shop, &format!("{auth} {more:?}"));
        }
    }
}

#[test]
fn no_secret_is_in_a_debug_format() {
    let word = || secret("JIRA_CLIENT_SECRET").into();
    let base = Base::parse("https://a.example", &AddressPolicy::default()).unwrap();
    let via = || Gateway { api: base.clone(), cloud_id: Some("1-1".into()) };
    let app = OauthApp { id: "app".into(), secret: word(), server: base.clone(), gateway: base.clone() };
    let email = || "a@b.example".to_owned();
    let vault = Vault::new("/nowhere".into(), Timestamp::UNIX_EPOCH);
    let all = [
        Credentials::ApiToken { email: email(), token: word() },
        Credentials::ScopedApiToken { email: email(), token: word(), via: via() },
        Credentials::ServiceAccountToken { token: word(), via: via() },
        Credentials::ClientCredentials {
            id: "x".into(),
            secret: word(),
            servers: vec![base.clone()],
            via: via(),
        },
        Credentials::Oauth { app, vault },
        Credentials::PersonalAccessToken { token: word() },
        Credentials::Password { user: "u".into(), password: word() },
    ];
    for auth in all {
        let shown = format!("{auth:?} {auth:#?}");
        assert!(!shown.contains("s3cr3t"), "{shown}");
    }
}

/// What the kernel would write of a process that dies, even where the shell allows it.
#[cfg(target_os = "linux")]
#[test]
fn a_run_that_dies_leaves_no_core() {
    let shop = Shop::with(&rules(1));
    let stall = std::time::Duration::from_secs(20);
    shop.fault("/myself", Nth::From(1), Kind::Stall(stall));
    let (ask, asked) = std::sync::mpsc::channel();
    shop.sim.on_request(1, crate::simulator::Moment::Before, Box::new(move || ask.send(()).unwrap()));
    let mut child = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args(["run", "--branch", "main", "--format", "json"])
        .current_dir(shop.checkout())
        .env_clear()
        .envs([("JIRA_USER_EMAIL", "bot@example.com"), ("JIRA_API_TOKEN", "sim-token")])
        .envs([("GITHUB_API_URL", shop.sim.github_url().as_str()), ("GITHUB_TOKEN", "gh-token")])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    asked.recv_timeout(stall).unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
}
