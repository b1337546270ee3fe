//! A pull request's configuration is whatever its author wrote: the default branch says where the credential goes, and
//! what may be filed at most.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::rules;
use super::shop::Shop;
use crate::simulator::{Face, Fault, Kind, Nth, Options, Simulator};

const FILE: &str = ".github/casefile.yml";

/// A shop whose default branch is configured in one way, and its pull request in another.
fn shop(default: Value, own: Value) -> Shop {
    let shop = Shop::with(&rules(1));
    shop.configure(default);
    let of_default = shop.read(FILE).unwrap();
    shop.configure(own);
    on_default(&shop, FILE, Some(&of_default));
    shop
}

/// What the default branch has at a path.
fn on_default(shop: &Shop, path: &str, text: Option<&str>) {
    let mut world = shop.sim.state();
    let files = &mut world.github.repository_mut("acme/shop").unwrap().files;
    match text {
        Some(text) => files.insert(path.to_owned(), text.as_bytes().to_vec()),
        None => files.remove(path),
    };
}

fn pull() -> Event {
    Event::pull_request(7, "feature", 2)
}

#[test]
fn the_default_branch_says_where_the_credential_goes_and_a_difference_is_told() {
    let foreign = Simulator::start(Options::default());
    let url = foreign.jira_url();
    let cases = [
        (json!({"jira": {"url": url}}), "`jira.url` is different in the default branch's"),
        (json!({"proxy": url}), "`proxy` is different"),
        (json!({"ca-file": "evil.pem"}), "`ca-file` is different"),
        (
            json!({"jira": {"url": url, "allow-networks": ["0.0.0.0/0"]}}),
            "`jira.url` and `jira.allow-networks` are different",
        ),
        (json!({"jira": {"auth": "scoped-api-token"}}), "`jira.auth` is different"),
    ];
    for (own, said) in cases {
        let shop = shop(json!({}), own.clone());
        let ran = shop.run(&pull());
        assert_eq!((ran.code, ran.tickets()), (0, vec!["created SEC-1".to_owned()]), "{own} {}", ran.errors);
        assert!(ran.problems().contains(said), "{own}: {}", ran.problems());
        assert!(!ran.problems().contains(&url), "{}", ran.problems());
        assert!(foreign.journal().is_empty(), "{own}");
    }
    let shop = shop(json!({}), json!({}));
    shop.run_well(&pull());
}

#[test]
fn without_the_default_branchs_word_nothing_is_sent_and_all_is_exported() {
    let refused = |status: u16| {
        Kind::Status(
            status,
            Vec::new(),
            r#"{"message": "Resource not accessible by integration"}"#.to_owned(),
        )
    };
    for kind in [refused(403), refused(401), Kind::Status(200, Vec::new(), "nonsense".to_owned())] {
        let shop = shop(json!({}), json!({}));
        let path_contains = "contents".to_owned();
        shop.sim.fault(Fault {
            face: Some(Face::GitHub),
            method: None,
            path_contains,
            nth: Nth::Every(1),
            kind,
        });
        let ran = shop.run(&pull());
        ran.fails_early(4, &["the default branch's configuration", "nothing is sent"]);
        assert_eq!(shop.calls(), 0);
        assert!(shop.read("casefile-export/tickets.json").is_some(), "{}", ran.errors);
        let ran = shop.run_with(&pull(), &["--on-tracker-error", "warn"]);
        assert_eq!(ran.code, 0, "{}", ran.errors);
        // on the default branch nobody has to be asked
        shop.run_well(&Event::push("main", 3));
    }
}

#[test]
fn a_default_branch_without_a_configuration_leaves_the_workflows_word() {
    let shop = shop(json!({}), json!({}));
    on_default(&shop, FILE, None);
    shop.run(&pull()).fails_early(2, &["the Jira site is not known", "JIRA_BASE_URL"]);
    assert_eq!(shop.calls(), 0);
    // a private network is the default branch's to allow
    let named = pull().with("JIRA_BASE_URL", &shop.sim.jira_url());
    let why = "`jira.allow-networks` are not taken from the pull request's own configuration; the default branch has no";
    shop.run(&named).fails_early(2, &["PROVIDER_BASE_URL_BLOCKED", why]);
    assert_eq!(shop.calls(), 0);
    // another name that the default branch has counts as well
    let text = shop.read(FILE).unwrap();
    on_default(&shop, "casefile.yml", Some(&text));
    assert_eq!(shop.run(&pull()).tickets(), ["created SEC-1"]);
}

#[test]
fn a_broken_configuration_of_the_default_branch_is_named() {
    let shop = shop(json!({}), json!({}));
    on_default(&shop, FILE, Some("jira: [sEcReT"));
    let ran = shop.run(&pull());
    ran.fails_early(2, &[".github/casefile.yml of the default branch"]);
    assert!(!ran.errors.contains("sEcReT"), "{}", ran.errors);
    on_default(&shop, FILE, Some(&"x".repeat(2_000_000)));
    shop.run(&pull()).fails_early(4, &["larger than 1 MB"]);
    assert_eq!(shop.calls(), 0);
}

#[test]
fn a_pull_request_files_no_more_than_the_default_branch_lets_it() {
    let check = |default: Value, own: Value, files: bool, said: &str| {
        let shop = shop(default.clone(), own.clone());
        let ran = shop.run(&pull());
        assert_eq!(ran.code, 0, "{}", ran.errors);
        assert_eq!(!shop.open_tickets().is_empty(), files, "{default} {own} {}", ran.problems());
        assert!(ran.problems().contains(said), "{}", ran.problems());
    };
    let main = || json!({"branches": ["main"]});
    let all = || json!({"branches": ["**"]});
    check(main(), all(), false, "allows more than the default branch's configuration");
    check(
        main(),
        json!({"branches": ["main"], "pull-request": {"branch": "base"}}),
        false,
        "allows more than",
    );
    check(json!({"create": "manual"}), json!({"create": "auto"}), false, "");
    check(all(), all(), true, "");
    check(all(), main(), false, "");
}

#[test]
fn the_certificates_are_the_default_branchs_as_well() {
    let shop = shop(json!({"ca-file": "corp.pem"}), json!({"ca-file": "corp.pem"}));
    shop.write("corp.pem", "what the pull request made of it");
    shop.run(&pull()).fails_early(2, &["corp.pem does not exist on the default branch"]);
    assert_eq!(shop.calls(), 0);
    on_default(&shop, "corp.pem", Some("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"));
    let ran = shop.run(&pull());
    assert!(ran.code != 0 && ran.errors.contains("certificate"), "{}", ran.errors);
}

/// Puts something in a file's place.
#[cfg(unix)]
type Place = fn(&Shop, &str);

#[cfg(unix)]
#[test]
fn a_file_that_is_none_or_never_ends_holds_up_nothing() {
    use std::os::unix::fs::symlink;
    let hostile: [(&str, Place); 4] = [
        ("a pipe", |shop, name| {
            let made = std::process::Command::new("mkfifo").arg(shop.checkout().join(name)).status();
            assert!(made.unwrap().success());
        }),
        ("a link to a device", |shop, name| symlink("/dev/zero", shop.checkout().join(name)).unwrap()),
        ("a link out of the checkout", |shop, name| {
            std::fs::write(shop.folder().join("outside"), "{}").unwrap();
            symlink(shop.folder().join("outside"), shop.checkout().join(name)).unwrap();
        }),
        ("a folder", |shop, name| std::fs::create_dir(shop.checkout().join(name)).unwrap()),
    ];
    for (what, make) in hostile {
        for key in ["ca-file", "baseline"] {
            let shop = Shop::with(&rules(1));
            make(&shop, "hostile");
            shop.configure(json!({key: "hostile"}));
            let ran = shop.run(&Event::push("main", 1));
            ran.fails_early(2, &["hostile cannot be read"]);
            assert!(shop.writes().is_empty(), "{what} {key}");
        }
        let shop = Shop::with(&rules(1));
        make(&shop, "hostile");
        let ran = shop.run_with(&Event::push("main", 1), &["--state", "hostile"]);
        assert_eq!(ran.code, 0, "{what}: {}", ran.errors);
        assert!(ran.errors.contains("hostile cannot be written"), "{what}: {}", ran.errors);
        let ran = shop.run_with(&Event::push("main", 1), &["--config", "hostile"]);
        ran.fails_early(2, &["the configuration hostile cannot be read"]);
    }
    for device in ["/dev/zero", "/dev/null"] {
        let shop = Shop::with(&rules(1));
        shop.configure(json!({"ca-file": device}));
        shop.run(&Event::push("main", 1)).fails_early(2, &["not a regular file"]);
        shop.run_with(&Event::push("main", 1), &["--config", device]).fails_early(2, &["not a regular file"]);
    }
}

#[cfg(unix)]
#[test]
fn doctor_touches_no_file_that_is_there() {
    use std::os::unix::fs::symlink;
    for folder in ["", "casefile-tickets/"] {
        let shop = Shop::open();
        shop.configure(json!({"tracker": "local"}));
        let path = format!("{folder}.casefile-doctor");
        shop.write(&path, "mine");
        let ran = shop.command(&Event::push("main", 1), &["doctor"]);
        assert_eq!(shop.read(&path).as_deref(), Some("mine"), "{}", ran.errors);
        std::fs::write(shop.folder().join("outside"), "mine").unwrap();
        std::fs::remove_file(shop.checkout().join(&path)).unwrap();
        symlink(shop.folder().join("outside"), shop.checkout().join(&path)).unwrap();
        let before = shop.files(folder);
        shop.command(&Event::push("main", 1), &["doctor"]);
        assert_eq!(std::fs::read_to_string(shop.folder().join("outside")).unwrap(), "mine");
        assert_eq!(shop.files(folder), before);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_is_lost_is_a_failure() {
    use std::fs::OpenOptions;
    use std::process::Command;
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"tracker": "local"}));
    for words in [
        &["run", "--format", "json"][..],
        &["run"],
        &["plan", "--format", "markdown"],
        &["formats"],
        &["schema"],
        &["completions", "bash"],
        &["--help"],
        &["--version"],
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_casefile"))
            .args(words)
            .current_dir(shop.checkout())
            .env_clear()
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(4), "{words:?} {}", String::from_utf8_lossy(&output.stderr));
    }
    // the files in which a step speaks to its runner, and those that a flag names
    let event = || Event::push("main", 1);
    for variable in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
        let ran = shop.run(&event().with(variable, "/dev/full"));
        assert!(ran.code == 4 && ran.result["tickets"].is_array(), "{variable} {}", ran.errors);
    }
    shop.write("taken", "mine");
    for words in [
        &["run", "--sarif-out", "taken"][..],
        &["plan", "--sarif-out", "taken"],
        &["run", "--html", "taken"],
        &["plan", "--write-baseline", "taken"],
    ] {
        let ran = shop.command(&event(), words);
        assert!(ran.code == 4 && ran.result["tickets"].is_array(), "{words:?} {} {}", ran.code, ran.errors);
        assert_eq!(shop.read("taken").as_deref(), Some("mine"));
    }
}
