//! What else the environment says: who can see the repository, how the run is named, and what is rejected.

use serde_json::json;

use super::*;

#[test]
fn what_everybody_may_see_is_told() {
    let check = |repository: Value, visibility, exposed| {
        let context = context(&[], json!({ "repository": repository })).unwrap();
        assert_eq!((context.visibility, context.is_exposed()), (visibility, exposed));
    };
    check(json!({"visibility": "public"}), Visibility::Public, true);
    check(json!({"visibility": "internal", "private": true}), Visibility::Internal, false);
    check(json!({"private": true}), Visibility::Private, false);
    check(json!({"private": false}), Visibility::Public, true);
    check(json!({"visibility": "new", "private": true}), Visibility::Unknown, true);
    check(Value::Null, Visibility::Unknown, true);
}

#[test]
fn a_run_is_named() {
    let context = context(&[("RUNNER_DEBUG", "1")], json!({})).unwrap();
    assert_eq!(context.run_url.as_deref(), Some("https://github.com/acme/shop/actions/runs/77/attempts/2"));
    assert_eq!(context.scope(), "CI/scan");
    let leg = self::context(&[("CASEFILE_MATRIX", r#"{"os": "linux"}"#)], json!({})).unwrap();
    assert_eq!(leg.scope(), "CI/scan (os=linux)");
    let none = self::context(&[("CASEFILE_MATRIX", "null")], json!({})).unwrap();
    assert_eq!(none.scope(), "CI/scan");
    assert_eq!(context.repository.id, Some(OWN));
    assert!(context.debug && context.ci);
}

#[test]
fn the_token_is_neither_shown_nor_sent_in_the_clear() {
    let sent = |api| context(&[("GITHUB_API_URL", api)], json!({}));
    assert!(!format!("{:?}", sent("https://ghe.example/api/v3").unwrap()).contains("ghs_secret"));
    assert!(sent("http://127.0.0.1:8080").is_ok());
    assert!(sent("http://[::1]:8080").is_ok());
    for api in ["http://api.github.com", "https://a:b@api.github.com", "ftp://127.0.0.1", "nonsense"] {
        assert!(sent(api).is_err(), "{api}");
    }
}

#[test]
fn a_broken_environment_is_refused() {
    for (name, value) in [
        ("GITHUB_REPOSITORY_ID", "4711x"),
        ("GITHUB_REPOSITORY", ""),
        ("GITHUB_REPOSITORY", "acme/../x"),
        ("GITHUB_REPOSITORY", "acme/shop?x"),
        ("GITHUB_SERVER_URL", "github"),
        ("GITHUB_EVENT_NAME", ""),
    ] {
        assert!(context(&[(name, value)], json!({})).is_err(), "{name}={value}");
    }
}

#[test]
fn outside_github_a_checkout_is_all_there_is() {
    let checkout = EventCheckout {
        repository: Repository::named("github.com/acme/shop").unwrap(),
        branch: Some("main".to_owned()),
        commit: Some("5a5a".to_owned()),
    };
    let context = EventContext::of_checkout(&|_| None, &checkout).unwrap();
    assert_eq!(context.branch.as_deref(), Some("main"));
    assert!(!context.is_exposed() && context.trust == Trust::MayWrite);
    let in_ci = |name: &str| (name == "CI").then(|| "true".to_owned());
    assert!(EventContext::of_checkout(&in_ci, &checkout).unwrap().is_exposed());
}

#[test]
fn an_event_is_read_up_to_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("event.json");
    let check = |text: &str, ok: bool| {
        std::fs::write(&path, text).unwrap();
        assert_eq!(read_event(&path).is_ok(), ok, "{text}");
    };
    check("{\"number\": 7}", true);
    check("{", false);
    check("", false);
    File::create(&path).unwrap().set_len(EVENT_LIMIT + 1).unwrap();
    assert!(read_event(&path).unwrap_err().to_string().contains("larger than"));
    assert_eq!(read_event(&folder.path().join("none")).unwrap_err().kind(), ErrorClass::Machine);
}

#[test]
fn another_servers_api_is_not_asked() {
    let of = |repository: &str| {
        let checkout =
            EventCheckout { repository: Repository::named(repository).unwrap(), branch: None, commit: None };
        let context = EventContext::of_checkout(&|_| None, &checkout).unwrap();
        context.own_api().is_some()
    };
    assert!(of("github.com/acme/shop"));
    assert!(!of("gitlab.com/acme/shop"));
    assert!(context(&[("GITHUB_SERVER_URL", "https://ghe.example")], json!({})).unwrap().own_api().is_some());
}

#[test]
fn an_event_alone_says_that_it_is_actions() {
    let check = |variables: &[(&str, &str)], expected: bool| {
        let env =
            |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(in_actions(&env), expected, "{variables:?}");
    };
    check(&[("GITHUB_ACTIONS", "true")], true);
    check(&[("GITHUB_EVENT_NAME", "issue_comment")], true);
    check(&[("GITHUB_ACTIONS", "false"), ("GITHUB_EVENT_NAME", "push")], true);
    check(&[("GITHUB_ACTIONS", "false"), ("GITHUB_EVENT_NAME", " ")], false);
    check(&[], false);
}
