//! What it takes to start, and the webhooks that it registers.

use serde_json::json;

use super::super::sign_in;
use super::*;

const BASE: &str = "https://casefile.example.com/hooks/";
const REGISTERED: &str = "the webhook is registered";

/// A shop with an empty board, and the permission to register webhooks.
fn shop(deployment: Deployment) -> Shop {
    let shop = Shop::on(deployment);
    shop.configure(json!({"repository": "github.com/acme/shop"}));
    shop.sim.state().hooks.may = true;
    shop
}

#[test]
fn an_admins_webhook_is_made_once() {
    for deployment in Deployment::BOTH {
        let shop = shop(deployment);
        for done in ["made", "kept"] {
            let server = Server::start(&shop, &[], &["--register", BASE]);
            assert_eq!(server.wait_for(REGISTERED)["done"], done, "{deployment:?}");
        }
        let hooks = shop.sim.state().hooks.all.clone();
        assert_eq!(hooks.len(), 1);
        assert_eq!(hooks[0].url, "https://casefile.example.com/hooks/webhooks/jira");
        assert_eq!(hooks[0].secret.as_deref(), Some(SECRET));
        assert_eq!(hooks[0].filter, "labels = casefile");
        assert_eq!(hooks[0].events, ["jira:issue_updated", "jira:issue_deleted"]);
    }
}

#[test]
fn without_the_permission_it_serves_all_the_same_and_says_what_is_missing() {
    let shop = shop(Deployment::Cloud);
    shop.sim.state().hooks.may = false;
    let server = Server::start(&shop, &[], &["--register", BASE]);
    let line = server.wait_for("the webhook could not be registered");
    assert!(line["error"].as_str().unwrap().contains("Administer Jira"), "{line}");
    assert_eq!(server.get("/readyz"), 200);
}

#[test]
fn an_apps_webhook_is_renewed_and_vouched_for_by_the_app() {
    let shop = shop(Deployment::Cloud);
    sign_in::sign_in(&shop);
    for access in &mut shop.sim.state().sign_in.tokens {
        access.scopes.push("manage:jira-webhook".to_owned());
    }
    let variables = sign_in::environment(&shop, sign_in::variables("oauth"));
    let mut variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    variables.push(("JIRA_WEBHOOK_SECRET", ""));
    let mut server = Server::start(&shop, &variables, &["--register", BASE]);
    assert_eq!(server.wait_for(REGISTERED)["done"], "made");
    assert_eq!(server.end(), 0);
    let before = shop.sim.state().hooks.all.clone();
    assert_eq!((before.len(), before[0].filter.as_str()), (1, r#"project in ("SEC")"#));
    let server = Server::start(&shop, &variables, &["--register", BASE]);
    assert_eq!(server.wait_for(REGISTERED)["done"], "renewed");
    let after = shop.sim.state().hooks.all.clone();
    assert!(after.len() == 1 && after[0].until > before[0].until, "{after:?}");

    let key = shop.sim.state().add_issue("SEC", "alice", |_| {}).unwrap();
    let body = webhook(&shop, &key);
    let tell = |word: &str| {
        shop.sim.clear_journal();
        let head = format!(
            "POST /webhooks/jira HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {word}\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n",
            body.len()
        );
        assert_eq!(server.ask(&[head.as_bytes(), &body].concat()), 200);
        shop.sim.journal().len()
    };
    assert_eq!(tell(&word("sim-app-secret")), 1);
    assert_eq!(tell(&word("another")), 0);
    assert_eq!(tell(""), 0);
}

/// What Jira sends for an OAuth app: a JWT by HS256 that is signed with the app's secret.
fn word(secret: &str) -> String {
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let said = format!("{}.{}", encode(br#"{"alg":"HS256","typ":"JWT"}"#), encode(br#"{"iss":"sim"}"#));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), said.as_bytes());
    format!("{said}.{}", encode(tag.as_ref()))
}

#[test]
fn what_is_missing_is_said_before_anything_is_listened_to() {
    let shop = shop(Deployment::Cloud);
    let check = |variables: &[(&str, &str)], arguments: &[&str], code: i32, words: &[&str]| {
        let output = command(&shop, variables, arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        words.iter().for_each(|word| assert!(said.contains(word), "{word}: {said}"));
        assert_eq!(shop.sim.journal().len(), 0);
    };
    check(
        &[("JIRA_WEBHOOK_SECRET", "")],
        &[],
        2,
        &["JIRA_WEBHOOK_SECRET is not set or is empty", "long random string"],
    );
    check(&[("JIRA_WEBHOOK_SECRET", " \n")], &[], 2, &["JIRA_WEBHOOK_SECRET is not set or is empty"]);
    check(&[("GITHUB_TOKEN", "")], &[], 2, &["there is no GITHUB_TOKEN", "GITHUB_APP_ID"]);
    check(&[("GITHUB_APP_ID", "1")], &[], 2, &["GITHUB_APP_PRIVATE_KEY is not set"]);
    let key = [("GITHUB_APP_ID", "1"), ("GITHUB_APP_PRIVATE_KEY", "hunter2")];
    check(&key, &[], 2, &["GITHUB_APP_PRIVATE_KEY is not the private key", ".pem"]);
    check(&[("JIRA_API_TOKEN", "")], &[], 2, &["PROVIDER_AUTH_REQUIRED"]);
    check(&[], &["--register", "http://a.example"], 2, &["`--register`", "not https"]);
    check(&[], &["--format", "json"], 2, &["'--format'", "is an option of run, plan"]);
    check(&[], &["--tracker", "local"], 2, &["a local folder, which sends none", "casefile refresh"]);
    shop.configure(json!({"repository": "github.com/acme/shop", "serve": {"sites": {"ops": {}}}}));
    check(&[], &[], 2, &["`ops`", "JIRA_BASE_URL_OPS", "serve.sites.ops.url"]);
    shop.configure(json!({"serve": {"sites": {"ops": {"url": "https://ops.atlassian.net"}}}}));
    check(&[], &[], 2, &["site `ops`", "_OPS", "PROVIDER_AUTH_REQUIRED"]);
}
