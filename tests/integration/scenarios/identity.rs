//! One repository is one, in GitHub Actions and on somebody's own machine, under all its names; so is one Jira site.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::{Deployment, Ran, Shop, only};
use crate::simulator::Face;

/// A run on a person's machine of what the workflow's job scans.
const AT_HOME: [&str; 4] = ["--branch", "main", "--scope", "CI/scan"];

fn at_home(shop: &Shop, event: &Event) -> Ran {
    shop.run_with(event, &AT_HOME)
}

/// A person's machine to which GitHub does not tell the number of a private repository.
fn without_token() -> Event {
    Event::laptop().with("GITHUB_TOKEN", "")
}

/// Nothing is filed or written, and there is nothing to be said.
fn knows_all(shop: &Shop, ran: &Ran, tickets: usize) {
    assert_eq!(ran.problems(), "", "{}", ran.errors);
    tracks_all(shop, ran, tickets);
}

/// The same by name, which is said.
fn knows_all_by_name(shop: &Shop, ran: &Ran, tickets: usize) {
    let problems = ran.problems();
    assert_eq!(problems.lines().count(), 1, "{problems}");
    assert!(
        problems.contains("did not return its ID") && problems.contains("keep their marks"),
        "{problems}"
    );
    tracks_all(shop, ran, tickets);
}

fn tracks_all(shop: &Shop, ran: &Ran, tickets: usize) {
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert_eq!(ran.actions(), only("tracked", tickets));
    assert_eq!(shop.writes(), [""; 0]);
    shop.one_ticket_a_group(tickets);
}

/// What is written side by side comes in any order.
fn sorted(mut writes: Vec<String>) -> Vec<String> {
    writes.sort();
    writes
}

/// The paths that GitHub was asked for.
fn asked(shop: &Shop) -> Vec<String> {
    let journal = shop.sim.journal();
    journal.into_iter().filter(|entry| entry.face == Face::GitHub).map(|entry| entry.path).collect()
}

fn listing(names: &[&str]) -> Value {
    json!({"repository": names})
}

/// The present name, which is enough where GitHub does not tell the number.
const LISTED: [&str; 1] = ["github.com/acme/shop"];

#[test]
fn a_run_at_home_knows_what_a_workflow_filed_and_the_other_way_round() {
    let shop = Shop::with(&rules(2));
    shop.run_well(&Event::push("main", 1));
    let ran = at_home(&shop, &Event::laptop());
    knows_all(&shop, &ran, 2);
    assert_eq!(
        (asked(&shop), &ran.result["requests"]["github"]),
        (vec!["/repos/acme/shop".into()], &json!(1))
    );

    shop.report(&rules(3));
    assert_eq!(
        at_home(&shop, &Event::laptop()).tickets(),
        ["created SEC-3", "tracked SEC-1", "tracked SEC-2"]
    );
    knows_all(&shop, &shop.run(&Event::push("main", 2)), 3);
}

#[test]
fn at_home_every_command_means_the_repository_of_the_workflow() {
    let shop = Shop::with(&rules(2));
    shop.run_well(&Event::push("main", 1));
    let home = Event::laptop();
    let plan = shop.command(&home, &["plan", "--branch", "main"]);
    assert_eq!(plan.actions(), only("tracked", 2), "{}", plan.errors);
    let linked = shop.command(&home, &["link", "SEC-1", "--rule", "R1", "--branch", "main"]);
    assert_eq!((linked.code, &linked.result["moved_from"]), (0, &json!(["SEC-2"])), "{}", linked.errors);
    let export = shop.command(&home, &["export", "--out", "out", "--branch", "main"]);
    assert_eq!((export.code, asked(&shop)), (0, vec!["/repos/acme/shop".into()]), "{}", export.errors);
    let number =
        shop.ticket("SEC-1").labels.iter().find(|label| label.starts_with("casefile-repo-")).cloned();
    let csv = shop.files("out").into_iter().find(|name| name.ends_with(".csv")).unwrap();
    assert!(shop.read(&format!("out/{csv}")).unwrap().contains(&number.unwrap()));
    let gone = shop.command(&home, &["disconnect", "--yes"]);
    assert_eq!((gone.code, gone.problems().as_str()), (0, ""), "{}", gone.errors);
    assert_eq!((shop.ticket("SEC-1").labels.len(), shop.ticket("SEC-1").properties.len()), (0, 0));
    // `link` had taken the labels off already; the record says where its findings went
    assert_eq!(shop.ticket("SEC-2").labels.len(), 0);
}

#[test]
fn a_local_folder_and_another_server_ask_github_nothing() {
    let shop = Shop::with(&rules(1));
    let ran = shop.run_with(&Event::laptop(), &["--branch", "main", "--tracker", "local"]);
    assert_eq!((ran.problems().as_str(), ran.actions()), ("", only("created", 1)), "{}", ran.errors);
    assert_eq!(asked(&shop), [""; 0]);

    let config = shop.read("../checkout/.git/config").unwrap();
    shop.write(".git/config", &config.replace("github.com", "gitlab.com"));
    let ran = shop.command(&Event::laptop().with("GITHUB_TOKEN", ""), &["plan", "--branch", "main"]);
    assert_eq!((ran.problems().as_str(), ran.actions()), ("", only("create", 1)), "{}", ran.errors);
    assert_eq!(asked(&shop), [""; 0]);
}

#[test]
fn where_github_does_not_tell_the_number_it_is_said_once() {
    let shop = Shop::with(&rules(1));
    let check = |event: &Event, why: &str| {
        let ran = shop.command(event, &["plan", "--branch", "main"]);
        assert_eq!((ran.code, ran.actions()), (0, only("create", 1)), "{}", ran.errors);
        let problems = ran.problems();
        assert_eq!(problems.lines().count(), 1, "{problems}");
        for word in
            ["github.com/acme/shop: ", why, "Tickets that were filed in GitHub Actions", "Set GITHUB_TOKEN"]
        {
            assert!(problems.contains(word), "{word}: {problems}");
        }
        assert!(problems.contains("`repository: github.com/acme/shop`"), "{problems}");
    };
    let home = Event::laptop;
    check(&home().with("GITHUB_TOKEN", ""), "GITHUB_TOKEN is not set");
    check(&home().with("GITHUB_API_URL", "https://ghe.acme.example/api/v3"), "GITHUB_API_URL points to");
    let refused = shop.command(&home().with("GITHUB_TOKEN", ""), &["doctor"]);
    assert!(refused.printed.contains("\"identity\""), "{}", refused.printed);
    let fine = shop.command(&home(), &["doctor"]);
    assert!(!fine.printed.contains("\"identity\""), "{}", fine.printed);
}

/// By its name only, a repository would have none of its tickets, and all of them would be filed again.
#[test]
fn where_github_fails_to_tell_the_number_nothing_is_filed() {
    let shop = Shop::with(&rules(2));
    shop.run_well(&Event::push("main", 1));
    let home = Event::laptop;
    let failing = [
        (home().with("GITHUB_TOKEN", "gh-expired"), 1000, "did not accept the token"),
        (home().with("GITHUB_API_URL", "http://127.0.0.1:1"), 1000, "the request to GitHub failed"),
        (home(), 0, "rate limit"),
    ];
    for (event, remaining, why) in &failing {
        shop.sim.state().github.remaining = *remaining;
        for command in ["run", "plan"] {
            let ran = shop.command(event, &[command, "--branch", "main"]);
            assert_eq!((ran.code, shop.writes()), (4, Vec::<String>::new()), "{command}: {}", ran.errors);
            for word in ["did not return its ID", why, "Run casefile again later", "github.com#ID"] {
                assert!(ran.errors.contains(word), "{word}: {}", ran.errors);
            }
        }
    }
    // who lists the ID does not depend on GitHub
    shop.sim.state().github.remaining = 1000;
    shop.configure(listing(&["github.com/acme/shop", "github.com#4711"]));
    let ran = shop.command(&failing[0].0, &["run", "--branch", "main"]);
    assert_eq!(ran.actions(), only("tracked", 2), "{}", ran.errors);
}

#[test]
fn a_renamed_repository_is_found_by_its_former_name() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    {
        let github = &mut shop.sim.state().github;
        github.repository_mut("acme/shop").unwrap().full_name = "acme/store".to_owned();
        github.renamed.insert("acme/shop".to_owned(), 4711);
    }
    knows_all(&shop, &at_home(&shop, &Event::laptop()), 1);
    assert_eq!(asked(&shop), ["/repos/acme/shop", "/repositories/4711"]);
}

#[test]
fn a_pull_request_of_a_renamed_repository_is_told_under_its_former_name() {
    let shop = Shop::with(&rules(1));
    {
        let github = &mut shop.sim.state().github;
        github.repository_mut("acme/shop").unwrap().full_name = "acme/store".to_owned();
        github.renamed.insert("acme/shop".to_owned(), 4711);
    }
    shop.run_well(&Event::pull_request(7, "feature", 2));
    let body = shop.sim.state().github.pull("acme/store", 7).and_then(|pull| pull.body.clone());
    assert!(body.is_some_and(|body| body.contains("SEC-1")));
    let is_former = |path: &&String| path.starts_with("/repos/") && !path.contains("/contents/");
    let former = asked(&shop).iter().filter(is_former).count();
    assert_eq!(former, 1, "the number is known from then on: {:?}", asked(&shop));
}

#[test]
fn what_the_configuration_lists_is_enough_on_both_sides() {
    for group_by in ["type", "vulnerability", "file"] {
        for workflow_first in [true, false] {
            let shop = Shop::with(&rules(2));
            let mut config = listing(&LISTED);
            config["group-by"] = json!(group_by);
            shop.configure(config);
            let push = || shop.run(&Event::push("main", 1));
            let home = || at_home(&shop, &without_token());
            let (one, other): (&dyn Fn() -> Ran, &dyn Fn() -> Ran) =
                if workflow_first { (&push, &home) } else { (&home, &push) };
            assert_eq!(one().actions(), only("created", 2));
            assert_eq!(other().actions(), only("tracked", 2));
            // what is filed without the number gets its labels, in one edit a ticket
            let labels = ["PUT issue/SEC-1 204", "PUT issue/SEC-2 204"];
            assert_eq!(sorted(shop.writes()), if workflow_first { &[][..] } else { &labels[..] });
            knows_all(&shop, &push(), 2);
            knows_all_by_name(&shop, &home(), 2);
        }
    }
}

#[test]
fn where_not_all_names_fit_on_a_ticket_both_sides_know_it_and_neither_writes() {
    let shop = Shop::open();
    let mut config = listing(&LISTED);
    config["reports"] = json!(["reports/*"]);
    shop.configure(config);
    let aliases: Vec<String> = (1..=9).map(|n| format!("PYSEC-2020-{n}")).collect();
    let advisory = json!({"id": "GHSA-aaaa-bbbb-cccc", "aliases": aliases, "summary": "Bad"});
    let package = json!({"package": {"name": "x", "version": "1.0.0", "ecosystem": "PyPI"}, "vulnerabilities": [advisory]});
    let report = json!({"results": [{"source": {"path": "requirements.txt", "type": "lockfile"}, "packages": [package]}]});
    shop.write("reports/osv.json", &report.to_string());
    assert_eq!(at_home(&shop, &without_token()).actions(), only("created", 1));
    let names = || {
        let ticket = shop.ticket("SEC-1");
        ticket.labels.iter().filter(|label| label.len() == "casefile-".len() + 20).count()
    };
    assert_eq!(names(), 8, "{:?}", shop.ticket("SEC-1").labels);
    assert_eq!(shop.run(&Event::push("main", 1)).actions(), only("tracked", 1));
    assert_eq!((shop.writes(), names()), (vec!["PUT issue/SEC-1 204".to_owned()], 8));
    for _ in 0..2 {
        knows_all_by_name(&shop, &at_home(&shop, &without_token()), 1);
        knows_all(&shop, &shop.run(&Event::push("main", 1)), 1);
    }
}

#[test]
fn the_key_marks_older_tickets_once_and_ends_twins() {
    let shop = Shop::with(&rules(2));
    shop.run_well(&Event::push("main", 1));
    let alone = without_token();
    shop.configure(json!({"max-new": 1}));
    assert_eq!(at_home(&shop, &alone).actions().get("created"), Some(&1), "a duplicate");
    shop.configure(listing(&LISTED));
    assert_eq!(shop.run_well(&Event::push("main", 2)).actions(), only("tracked", 2));
    shop.one_ticket_a_group(2);
    knows_all(&shop, &shop.run(&Event::push("main", 3)), 2);
    knows_all_by_name(&shop, &at_home(&shop, &alone), 2);
    let ran = shop.command(&alone, &["disconnect", "--yes"]);
    assert!(ran.problems().contains("keep their marks"), "{}", ran.problems());
    assert_eq!(shop.ticket("SEC-1").labels.len(), 4, "its number's label keeps the others there");
    let ran = shop.command(&Event::laptop(), &["disconnect", "--yes"]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    assert_eq!(shop.ticket("SEC-1").labels, [""; 0]);
}

#[test]
fn a_name_that_is_listed_later_files_nothing_twice_at_home() {
    let shop = Shop::with(&rules(2));
    assert_eq!(at_home(&shop, &Event::laptop()).actions(), only("created", 2));
    shop.configure(listing(&LISTED));
    let ran = at_home(&shop, &Event::laptop());
    assert_eq!((ran.problems().as_str(), ran.actions()), ("", only("tracked", 2)), "{}", ran.errors);
    assert_eq!(sorted(shop.writes()), ["PUT issue/SEC-1 204", "PUT issue/SEC-2 204"], "the name's labels");
    knows_all(&shop, &at_home(&shop, &Event::laptop()), 2);
    knows_all(&shop, &shop.run(&Event::push("main", 1)), 2);
}

#[test]
fn at_home_every_label_is_taken_off_though_the_configuration_lists_the_name() {
    let shop = Shop::with(&rules(1));
    shop.configure(listing(&LISTED));
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.ticket("SEC-1").labels.len(), 5);
    let ran = shop.command(&Event::laptop(), &["disconnect", "--yes"]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    assert_eq!(shop.ticket("SEC-1").labels, [""; 0]);
}

/// A workflow on the company's own server.
fn on_former_server(number: u64) -> Event {
    let mut event = Event::push("main", number)
        .with("GITHUB_SERVER_URL", "https://ghe.acme.example")
        .with("GITHUB_REPOSITORY_ID", "12");
    event.payload["repository"]["id"] = json!(12);
    event
}

#[test]
fn a_repository_that_moved_to_another_server_keeps_its_tickets() {
    let check = |before: &[&str], after: &[&str]| {
        let shop = Shop::with(&rules(2));
        shop.configure(listing(before));
        shop.run_well(&on_former_server(1));
        shop.configure(listing(after));
        let first = shop.run_well(&Event::push("main", 2));
        assert_eq!(first.actions(), only("tracked", 2));
        assert_eq!(sorted(shop.writes()), ["PUT issue/SEC-1 204", "PUT issue/SEC-2 204"]);
        knows_all(&shop, &shop.run(&Event::push("main", 3)), 2);
        // what is fixed is known to be gone
        shop.report(&rules(1));
        shop.sim
            .state()
            .github
            .repository_mut("acme/shop")
            .unwrap()
            .branches
            .insert("main".into(), super::event::commit(4));
        let ran = shop.run_well(&Event::push("main", 4));
        assert_eq!(ran.actions().get("resolved"), Some(&1), "{:?}", ran.tickets());
    };
    check(&[], &["github.com/acme/shop", "ghe.acme.example#12"]);
    let former = "ghe.acme.example/acme/shop";
    check(&[former], &["github.com/acme/shop", former]);
}

#[test]
fn a_configuration_that_names_another_repository_is_noticed() {
    let shop = Shop::with(&rules(1));
    shop.configure(listing(&["github.com/acme/template"]));
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!(ran.code, 0);
    assert!(
        ran.problems().contains("`repository` begins with github.com/acme/template"),
        "{}",
        ran.problems()
    );
}

/// Lets the Jira be reached under this name.
fn call_jira(shop: &Shop, deployment: Deployment, name: &str) {
    let url = match deployment {
        Deployment::Cloud => shop.sim.jira_url(),
        Deployment::DataCenter => shop.sim.data_center_url(),
    };
    let networks = json!(["127.0.0.0/8", "::1/128"]);
    shop.configure(json!({"jira": {"url": url.replace("127.0.0.1", name), "allow-networks": networks}}));
}

#[test]
fn a_jira_that_has_another_name_now_is_the_same() {
    for deployment in Deployment::BOTH {
        let shop = Shop::on(deployment);
        shop.report(&rules(2));
        shop.run_well(&Event::pull_request(7, "feature", 1));
        // one record names its ticket already, the other does not
        shop.report(&[rules(2), vec![found("R1", "src/new.py", 8, "call_1(y)")]].concat());
        assert_eq!(
            shop.run_well(&Event::pull_request(7, "feature", 1)).tickets(),
            ["tracked SEC-1", "updated SEC-2"]
        );
        let site = |key: &str| shop.ticket(key).properties["casefile"]["site"].as_str().unwrap().to_owned();
        let former = site("SEC-2");

        call_jira(&shop, deployment, "localhost");
        let ran = shop.run_well(&Event::pull_request(7, "feature", 1));
        assert_eq!(ran.actions(), only("tracked", 2));
        assert_eq!(shop.writes(), ["PATCH pulls/7 200"], "the links lead to the new name");
        assert_eq!(shop.shown(7, &["SEC-1", "SEC-2"]), ["SEC-1", "SEC-2"]);
        assert_eq!((site("SEC-2"), shop.ticket("SEC-2").comments.len()), (former.clone(), 1));

        // the next edit writes the name, and the description is still casefile's to write
        shop.report(&[rules(2), vec![found("R2", "src/more.py", 8, "call_2(y)")]].concat());
        shop.run_well(&Event::push("main", 2));
        assert_eq!(site("SEC-1"), former.replace("127.0.0.1", "localhost"));
        let told: Vec<String> =
            shop.ticket("SEC-1").comments.iter().map(|comment| comment.body.to_string()).collect();
        assert!(told.iter().all(|comment| !comment.contains("Somebody")), "{told:?}");
    }
}

#[test]
fn what_other_jobs_said_of_a_jira_that_has_another_name_now_stays_and_is_not_doubled() {
    let refreshed_first = |shop: &Shop| {
        let ran = shop.command(&Event::schedule(), &["refresh"]);
        assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    };
    let run_first = |shop: &Shop| drop(shop.run_well(&Event::pull_request(7, "feature", 1)));
    let firsts: [&dyn Fn(&Shop); 2] = [&refreshed_first, &run_first];
    for first in firsts {
        let shop = Shop::with(&rules(2));
        shop.run_with(&Event::pull_request(7, "feature", 1), &["--scope", "other"]);
        shop.report(&rules(1));
        shop.run_well(&Event::pull_request(7, "feature", 1));
        let tickets = || {
            let section = casefile::compose::section::read(&shop.description(7));
            let rows = section.scans.values().map(Vec::len).collect::<Vec<_>>();
            let sites: std::collections::BTreeSet<String> =
                section.scans.into_values().flatten().map(|row| row.ticket.site).collect();
            (rows.iter().sum::<usize>(), section.shown.len(), sites)
        };
        let (rows, shown, sites) = tickets();
        assert_eq!((rows, shown, sites.len()), (3, 2, 1));

        call_jira(&shop, Deployment::Cloud, "localhost");
        first(&shop);
        assert_eq!(shop.shown(7, &["SEC-1", "SEC-2"]), ["SEC-1", "SEC-2"], "{}", shop.description(7));
        let present: Vec<String> = sites.iter().map(|site| site.replace("127.0.0.1", "localhost")).collect();
        let (rows, shown, sites) = tickets();
        assert_eq!((rows, shown, sites.into_iter().collect::<Vec<_>>()), (3, 2, present));
        run_first(&shop);
        refreshed_first(&shop);
        assert_eq!(shop.writes(), [""; 0]);
    }
}
