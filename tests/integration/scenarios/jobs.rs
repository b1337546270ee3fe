//! Jobs side by side that share tickets, on Jira Cloud and on Data Center: of one push, of two branches, of a matrix.

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::event::{Event, commit};
use super::sarif::{Found, found, rules};
use super::shop::{Deployment, Shop};

pub(super) const JOBS: [&str; 5] = ["ci/a", "ci/b", "ci/c", "ci/d", "ci/e"];

pub(super) fn shop(jira: Deployment, lag: Duration) -> Shop {
    let shop = Shop::of(jira, lag);
    let done = json!({"status": "Done", "resolution": "Fixed"});
    shop.configure(json!({"branches": ["main", "develop"], "states": {"open": "To Do", "resolved": done}}));
    shop
}

pub(super) fn tip(shop: &Shop, branch: &str, number: u64) -> Event {
    let mut world = shop.sim.state();
    world.github.repository_mut("acme/shop").unwrap().branches.insert(branch.to_owned(), commit(number));
    Event::push(branch, number)
}

/// Jobs of one push, all at once, with these findings.
fn at_once(shop: &Shop, jobs: &[&str], number: u64, findings: &[Found]) {
    shop.report(findings);
    let event = tip(shop, "main", number);
    let running: Vec<_> = jobs.iter().map(|job| shop.start(&event, &["--scope", job])).collect();
    for ran in running.into_iter().map(super::shop::Running::end) {
        assert_eq!(ran.code, 0, "{}", ran.errors);
    }
}

/// One job alone.
fn job(shop: &Shop, job: &str, number: u64, findings: &[Found]) {
    shop.report(findings);
    let ran = shop.run_with(&tip(shop, "main", number), &["--scope", job]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
}

fn status(shop: &Shop) -> String {
    let id = shop.ticket("SEC-1").status;
    shop.sim.state().statuses.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default()
}

/// So many jobs join a ticket at once; as long as one has its finding it stays open, and it is filed once.
fn join(jira: Deployment, lag: Duration, jobs: &[&str]) {
    let shop = shop(jira, lag);
    job(&shop, "ci/first", 1, &rules(1));
    std::thread::sleep(lag);
    at_once(&shop, jobs, 2, &rules(1));
    std::thread::sleep(lag);
    let slices =
        shop.ticket("SEC-1").properties.keys().filter(|key| key.len() == "casefile-".len() + 12).count();
    assert_eq!(slices, jobs.len() + 1);
    // none of them has anything to write
    for name in jobs {
        job(&shop, name, 2, &rules(1));
        assert_eq!(shop.writes(), [""; 0], "{name}");
    }
    let mut all = vec!["ci/first"];
    all.extend(jobs);
    let (last, others) = all.split_last().unwrap();
    for name in others {
        job(&shop, name, 3, &[]);
        assert_eq!(status(&shop), "To Do", "{name}");
    }
    assert_eq!(shop.ticket("SEC-1").comments.len(), 0);
    job(&shop, last, 3, &[]);
    assert_eq!((status(&shop).as_str(), shop.ticket("SEC-1").comments.len()), ("Done", 1));
    for name in all {
        job(&shop, name, 3, &[]);
        assert_eq!(shop.writes(), [""; 0], "{name}");
    }
    assert_eq!(shop.sim.state().issues.len(), 1);
}

/// So many jobs lose a shared finding at once: then its ticket is done, at the latest after the next run of one.
fn fix(jira: Deployment, lag: Duration, jobs: &[&str]) {
    let shop = shop(jira, lag);
    for name in jobs {
        job(&shop, name, 1, &rules(1));
        std::thread::sleep(lag);
    }
    at_once(&shop, jobs, 2, &[]);
    std::thread::sleep(lag);
    job(&shop, jobs.last().unwrap(), 3, &[]);
    assert_eq!((status(&shop).as_str(), shop.ticket("SEC-1").comments.len()), ("Done", 1));
    std::thread::sleep(lag);
    for name in jobs {
        job(&shop, name, 4, &[]);
        assert_eq!(shop.writes(), [""; 0], "{name}");
    }
    assert_eq!(shop.sim.state().issues.len(), 1);
}

/// Two and five jobs, with an index that knows all at once and one that lags.
fn each(scenario: impl Fn(Deployment, Duration, &[&str]) + Sync) {
    std::thread::scope(|scope| {
        for jira in Deployment::BOTH {
            for (jobs, lag) in [(5, 0), (2, 2), (5, 2)] {
                let scenario = &scenario;
                scope.spawn(move || scenario(jira, Duration::from_secs(lag), &JOBS[..jobs]));
            }
        }
    });
}

#[test]
fn jobs_that_join_a_ticket_at_once_all_keep_it_open() {
    each(join);
}

#[test]
fn jobs_that_fix_a_finding_at_once_resolve_its_ticket_once() {
    each(fix);
}

#[test]
fn two_branches_at_once_keep_each_others_findings() {
    for jira in Deployment::BOTH {
        let shop = shop(jira, Duration::ZERO);
        shop.report(&rules(1));
        let (main, develop) = (tip(&shop, "main", 1), tip(&shop, "develop", 2));
        assert_eq!(shop.run_well(&main).tickets(), ["created SEC-1"]);
        let mut more = rules(1);
        more.push(found("R1", "src/new.py", 8, "call_1(y)"));
        shop.report(&more);
        let running = [&main, &develop].map(|event| shop.start(event, &[]));
        running.into_iter().for_each(|running| assert_eq!(running.end().code, 0));
        shop.report(&[]);
        shop.run_well(&tip(&shop, "main", 3));
        assert_eq!(status(&shop), "To Do", "{jira:?}");
        shop.run_well(&tip(&shop, "develop", 4));
        assert_eq!(status(&shop), "Done", "{jira:?}");
        assert_eq!(shop.sim.state().issues.len(), 1);
    }
}

/// Runs the action's script as GitHub does in a job of a matrix: with the index and the values of its leg.
fn leg(
    shop: &Shop,
    number: u64,
    index: usize,
    matrix: &serde_json::Value,
    findings: &[Found],
) -> serde_json::Value {
    shop.report(findings);
    let event = tip(shop, "main", number);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let temporary = shop.folder().join(format!("leg-{number}-{index}"));
    std::fs::create_dir(&temporary).unwrap();
    let file = |name: &str| temporary.join(name);
    std::fs::write(file("event.json"), event.payload.to_string()).unwrap();
    let action = std::fs::read_to_string(root.join("action.yml")).unwrap();
    let expressions = [
        ("strategy.job-index", index.to_string()),
        ("strategy.job-total", "9".to_owned()),
        ("toJSON(matrix)", matrix.to_string()),
    ];
    // the variables of the step whose values the job decides
    let variables = action.lines().filter_map(|line| {
        let (name, value) = line.trim().split_once(": ${{ ")?;
        let value = value.strip_suffix(" }}")?;
        let (_, value) = expressions.iter().find(|(expression, _)| *expression == value)?;
        Some((name.to_owned(), value.clone()))
    });
    let ended = Command::new("bash")
        .arg(root.join("action/run.sh"))
        .current_dir(shop.checkout())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("CASEFILE_BINARY", env!("CARGO_BIN_EXE_casefile"))
        .envs([("CI", "true"), ("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "acme/shop")])
        .envs([("GITHUB_REPOSITORY_ID", "4711"), ("GITHUB_SERVER_URL", "https://github.com")])
        .envs([("GITHUB_WORKFLOW", "CI"), ("GITHUB_JOB", "scan"), ("GITHUB_RUN_ID", "77")])
        .env("GITHUB_API_URL", shop.sim.github_url())
        .env("GITHUB_EVENT_PATH", file("event.json"))
        .env("GITHUB_OUTPUT", file("outputs"))
        .env("GITHUB_STEP_SUMMARY", file("summary.md"))
        .env("RUNNER_TEMP", &temporary)
        .envs(shop.credentials().iter().copied())
        .envs(event.variables.iter().map(|(name, value)| (name, value)))
        .envs(variables)
        .output()
        .unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let outputs = std::fs::read_to_string(file("outputs")).unwrap();
    let result = outputs.lines().find_map(|line| line.strip_prefix("result=")).unwrap();
    serde_json::from_str(&std::fs::read_to_string(result).unwrap()).unwrap()
}

#[test]
fn a_new_leg_of_a_matrix_shifts_nothing() {
    let shop = shop(Deployment::Cloud, Duration::ZERO);
    let all = rules(2);
    let python = |version: &str| json!({"python": version, "os": "ubuntu-24.04"});
    // each leg finds something else
    leg(&shop, 1, 0, &python("3.11"), &all[..1]);
    leg(&shop, 2, 1, &python("3.12"), &all[1..]);
    assert_eq!(shop.open_tickets(), ["SEC-1", "SEC-2"]);
    // a leg that comes first, and finds nothing; the others write nothing
    shop.sim.clear_journal();
    leg(&shop, 3, 0, &python("3.10"), &[]);
    leg(&shop, 4, 1, &python("3.11"), &all[..1]);
    leg(&shop, 5, 2, &json!({"os": "ubuntu-24.04", "python": "3.12"}), &all[1..]);
    assert_eq!(
        (shop.writes(), shop.open_tickets()),
        (Vec::new(), vec!["SEC-1".to_owned(), "SEC-2".to_owned()])
    );
    // and what a leg had is gone when that leg lacks it
    leg(&shop, 6, 2, &python("3.12"), &[]);
    assert_eq!(shop.open_tickets(), ["SEC-1"]);
}

#[test]
fn reports_that_are_named_by_their_run_are_one_scan() {
    for jira in Deployment::BOTH {
        let shop = shop(jira, Duration::ZERO);
        let report = |number: u64, findings: &[Found]| {
            let _first = std::fs::remove_dir_all(shop.checkout().join("reports"));
            shop.write(
                &format!("reports/2026-11-{number:02}/scan-{}.sarif", commit(number)),
                &super::sarif::report(findings),
            );
        };
        shop.configure(json!({"reports": ["reports/**/*.sarif"]}));
        report(10, &rules(2));
        shop.run_well(&tip(&shop, "main", 10));
        report(11, &rules(2));
        shop.run_well(&tip(&shop, "main", 11));
        assert_eq!(shop.writes(), [""; 0], "{jira:?}");
        report(12, &rules(1));
        shop.run_well(&tip(&shop, "main", 12));
        let told: usize = ["SEC-1", "SEC-2"].iter().map(|key| shop.ticket(key).comments.len()).sum();
        assert_eq!(told, 1, "one is gone: {jira:?}");
    }
}

#[test]
fn renamed_rules_resolve_nothing_however_often_that_is_run() {
    for jira in Deployment::BOTH {
        let shop = shop(jira, Duration::ZERO);
        let renamed = |prefix: &str| -> Vec<Found> {
            (1..=20)
                .map(|n| found(&format!("{prefix}{n}"), &format!("src/f{n}.py"), 3, &format!("call_{n}(x)")))
                .collect()
        };
        shop.report(&renamed("old-"));
        shop.run_well(&tip(&shop, "main", 1));
        shop.report(&renamed("new-"));
        for number in 2..=4 {
            let ran = shop.run(&tip(&shop, "main", number));
            ran.fails(0, &["20 tickets would be resolved", "--allow-mass-resolve"]);
            assert_eq!(shop.open_tickets().len(), 40, "{number} {jira:?}");
            assert!(number == 2 || shop.writes().is_empty(), "{:?}", shop.writes());
        }
        shop.run_with(&tip(&shop, "main", 5), &["--allow-mass-resolve"]);
        assert_eq!(shop.open_tickets().len(), 20, "{jira:?}");
    }
}
