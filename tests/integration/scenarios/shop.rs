//! A shop whose pipeline runs casefile: a checkout with reports and a configuration, and both services on loopback.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::event::Event;
use super::sarif::{self, Found};
use crate::simulator::{Entry, Face, Fault, Issue, Kind, Moment, Nth, Options, Simulator};
use crate::specs::Judge;

/// Which Jira the shop has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deployment {
    Cloud,
    DataCenter,
}

impl Deployment {
    /// Both, for what has to be the same on either.
    pub(crate) const BOTH: [Deployment; 2] = [Deployment::Cloud, Deployment::DataCenter];

    /// The face of the simulator.
    pub(crate) fn face(self) -> Face {
        match self {
            Deployment::Cloud => Face::JiraCloud,
            Deployment::DataCenter => Face::JiraDataCenter,
        }
    }
}

/// The checkout, and the services that it talks to.
pub(crate) struct Shop {
    pub(crate) sim: Simulator,
    /// Every scenario's wire is held to the services' OpenAPI texts.
    _judge: Option<Judge>,
    deployment: Deployment,
    folder: TempDir,
    runs: AtomicUsize,
}

/// What a run left behind.
pub(crate) struct Ran {
    /// The exit code; -1: it was killed.
    pub(crate) code: i32,
    /// The JSON result; `Null` where it printed none.
    pub(crate) result: Value,
    /// Standard output as it is.
    pub(crate) printed: String,
    /// Standard error.
    pub(crate) errors: String,
    /// The file for step outputs.
    pub(crate) outputs: String,
    /// The step summary.
    pub(crate) summary: String,
}

/// A run that goes on.
pub(crate) struct Running {
    child: Child,
    files: PathBuf,
}

impl Shop {
    /// A shop whose Jira Cloud finds everything at once.
    pub(crate) fn open() -> Shop {
        Shop::on(Deployment::Cloud)
    }

    /// The same with this Jira.
    pub(crate) fn on(deployment: Deployment) -> Shop {
        Shop::of(deployment, Duration::ZERO)
    }

    /// A shop whose Jira Cloud finds changes only after a while.
    pub(crate) fn with_lag(lag: Duration) -> Shop {
        Shop::of(Deployment::Cloud, lag)
    }

    /// A shop whose Jira of this kind finds changes only after a while.
    pub(crate) fn of(deployment: Deployment, lag: Duration) -> Shop {
        let folder = TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("checkout/.github")).unwrap();
        let sim = Simulator::start(Options { lag, ..Options::default() });
        sim.state().face = deployment.face();
        let shop = Shop { _judge: Judge::of(&sim), sim, deployment, folder, runs: AtomicUsize::new(0) };
        fs::write(shop.checkout().join("README.md"), "A shop.\n").unwrap();
        for words in [
            "init -q",
            "remote add origin https://github.com/acme/shop",
            "add README.md",
            "-c user.name=a -c user.email=a@example.com commit -q -m first",
        ] {
            let git = Command::new("git").args(words.split(' ')).current_dir(shop.checkout()).status();
            assert!(git.unwrap().success(), "git {words}");
        }
        shop.configure(json!({}));
        shop
    }

    /// A shop with one report.
    pub(crate) fn with(found: &[Found]) -> Shop {
        let shop = Shop::open();
        shop.report(found);
        shop
    }

    /// Writes the configuration: what every shop has, and `more` on top, key by key.
    pub(crate) fn configure(&self, more: Value) {
        let (url, deployment) = match self.deployment {
            Deployment::Cloud => (self.sim.jira_url(), "cloud"),
            Deployment::DataCenter => (self.sim.data_center_url(), "data-center"),
        };
        let jira = json!({"url": url, "deployment": deployment, "project": "SEC", "allow-networks": ["127.0.0.0/8"]});
        let mut config = json!({
            "reports": ["reports/*.sarif"],
            "branches": ["main", "feature", "release/*"],
            "jira": jira,
        });
        lay_over(&mut config, more);
        self.write(".github/casefile.yml", &config.to_string());
    }

    /// Which Jira it has.
    pub(crate) fn deployment(&self) -> Deployment {
        self.deployment
    }

    /// Replaces the report of the made-up scanner.
    pub(crate) fn report(&self, found: &[Found]) {
        self.write("reports/finder.sarif", &sarif::report(found));
    }

    /// Replaces a report by one of `fixtures/reports`; those in folders there have the same name here.
    pub(crate) fn fixture(&self, path: &str) {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports").join(path);
        let name = source.file_name().unwrap().to_str().unwrap().to_owned();
        self.write(&format!("reports/{name}"), &fs::read_to_string(source).unwrap());
    }

    /// Writes a file of the checkout. A configuration is the default branch's as well.
    pub(crate) fn write(&self, path: &str, text: &str) {
        if path.contains("casefile.y") {
            let mut world = self.sim.state();
            let files = &mut world.github.repository_mut("acme/shop").unwrap().files;
            files.insert(path.to_owned(), text.as_bytes().to_vec());
        }
        let path = self.checkout().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file of the checkout, if it is there.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.checkout().join(path)).ok()
    }

    /// The names of the files in a folder of the checkout, in order.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.checkout().join(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Everything that runs leave on the disk: the checkout, and what they printed.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn checkout(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    /// `casefile run --format json` with the journal of its own requests alone.
    pub(crate) fn run(&self, event: &Event) -> Ran {
        self.run_with(event, &[])
    }

    /// The same with further arguments.
    pub(crate) fn run_with(&self, event: &Event, arguments: &[&str]) -> Ran {
        self.sim.clear_journal();
        self.start(event, arguments).end()
    }

    /// A run that is expected to do without complaint what it should.
    pub(crate) fn run_well(&self, event: &Event) -> Ran {
        let ran = self.run(event);
        assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
        ran
    }

    /// Another command, with `--format json` unless it names another, and the journal of its own requests alone.
    pub(crate) fn command(&self, event: &Event, words: &[&str]) -> Ran {
        self.sim.clear_journal();
        self.begin(event, words).end()
    }

    /// `casefile plan --format json`, which writes nothing.
    pub(crate) fn plan(&self, event: &Event) -> Ran {
        self.sim.clear_journal();
        let ran = self.begin(event, &["plan"]).end();
        assert_eq!(self.writes(), [""; 0]);
        ran
    }

    /// Puts a file of the checkout under version control.
    pub(crate) fn track(&self, path: &str) {
        let git = Command::new("git").args(["add", path]).current_dir(self.checkout()).status();
        assert!(git.unwrap().success(), "git add {path}");
    }

    /// Starts a run and leaves it alone.
    pub(crate) fn start(&self, event: &Event, arguments: &[&str]) -> Running {
        self.begin(event, &[&["run"], arguments].concat())
    }

    /// GitHub starts a workflow for the newest commit of a pull request, or of the branch that one comes from; only what
    /// is run again is about an older one.
    fn push_head(&self, event: &Event) {
        if event.old {
            return;
        }
        let (pull, mut world) = (&event.payload["pull_request"], self.sim.state());
        let mut repositories = world.github.repositories.iter_mut();
        let Some(repository) = repositories.find(|repository| repository.id == 4711) else { return };
        if let (Some(number), Some(commit)) = (pull["number"].as_u64(), pull["head"]["sha"].as_str()) {
            repository
                .pulls
                .get_mut(&number)
                .into_iter()
                .for_each(|pull| commit.clone_into(&mut pull.head.1));
        }
        let variable =
            |name: &str| event.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        let (Some(branch), Some(commit)) = (variable("GITHUB_REF_NAME"), variable("GITHUB_SHA")) else {
            return;
        };
        let is_push = variable("GITHUB_EVENT_NAME").is_some_and(|name| name == "push");
        if is_push && repository.pulls.values().any(|pull| pull.open && pull.head.0 == *branch) {
            repository.branches.insert(branch.clone(), commit.clone());
        }
    }

    fn begin(&self, event: &Event, words: &[&str]) -> Running {
        self.push_head(event);
        let files = self.folder.path().join(format!("run-{}", self.runs.fetch_add(1, Ordering::SeqCst)));
        fs::create_dir(&files).unwrap();
        let file = |name: &str| files.join(name);
        fs::write(file("event.json"), event.payload.to_string()).unwrap();
        let create = |name: &str| File::create(file(name)).unwrap();
        create("outputs");
        create("summary.md");
        let is_printed = words.contains(&"--format") || words.contains(&"report");
        let json: &[&str] = if is_printed { &[] } else { &["--format", "json"] };
        let child = Command::new(env!("CARGO_BIN_EXE_casefile"))
            .args(words)
            .args(json)
            .arg("--no-progress")
            .current_dir(self.checkout())
            .env_clear()
            .envs([("CI", "true"), ("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "acme/shop")])
            .envs([("GITHUB_REPOSITORY_ID", "4711"), ("GITHUB_SERVER_URL", "https://github.com")])
            .envs([("GITHUB_WORKFLOW", "CI"), ("GITHUB_JOB", "scan"), ("GITHUB_RUN_ID", "77")])
            .env("GITHUB_API_URL", self.sim.github_url())
            .env("GITHUB_EVENT_PATH", file("event.json"))
            .env("GITHUB_OUTPUT", file("outputs"))
            .env("GITHUB_STEP_SUMMARY", file("summary.md"))
            .envs(self.credentials().iter().copied())
            .envs(event.variables.iter().map(|(name, value)| (name, value)))
            .envs(self.default_commit(event))
            .stdout(create("stdout"))
            .stderr(create("stderr"))
            .spawn()
            .unwrap();
        Running { child, files }
    }

    /// Events that run on the default branch have the commit that is checked out, unless a test names another.
    fn default_commit(&self, event: &Event) -> Option<(&'static str, String)> {
        let told: Vec<&str> = event
            .variables
            .iter()
            .filter(|(name, _)| *name == "GITHUB_SHA")
            .map(|(_, id)| id.as_str())
            .collect();
        let name = event.variables.iter().rev().find(|(name, _)| *name == "GITHUB_EVENT_NAME")?;
        let is_default = !matches!(name.1.as_str(), "push" | "pull_request" | "merge_group" | "");
        (is_default && told.len() == 1).then(|| ("GITHUB_SHA", self.head()))
    }

    /// The commit that is checked out.
    pub(crate) fn head(&self) -> String {
        let git =
            Command::new("git").args(["rev-parse", "HEAD"]).current_dir(self.checkout()).output().unwrap();
        String::from_utf8(git.stdout).unwrap().trim().to_owned()
    }

    pub(crate) fn credentials(&self) -> &'static [(&'static str, &'static str)] {
        match self.deployment {
            Deployment::Cloud => &[("JIRA_USER_EMAIL", "bot@example.com"), ("JIRA_API_TOKEN", "sim-token")],
            Deployment::DataCenter => &[("JIRA_PERSONAL_ACCESS_TOKEN", "sim-token")],
        }
    }

    /// A run that is killed at its n-th request, before or after the service has handled it; says whether it
    /// got that far.
    pub(crate) fn run_killed(&self, event: &Event, nth: usize, moment: Moment) -> bool {
        self.killed(event, &["run"], nth, moment)
    }

    /// The same for another command.
    pub(crate) fn killed(&self, event: &Event, words: &[&str], nth: usize, moment: Moment) -> bool {
        let (ask, asked) = channel();
        let (tell, told) = channel();
        let hook = move || {
            let _ends = ask.send(());
            // the connection is cut when the process is gone, not before
            let _gone: Result<(), _> = told.recv_timeout(Duration::from_secs(10));
        };
        self.sim.on_request(nth, moment, Box::new(hook));
        let killed = self.begin(event, words).killed(&asked);
        let _heard = tell.send(());
        self.sim.clear_faults();
        killed
    }

    /// Every request that asked for a change since the last run began, in order, as `METHOD path status`: tickets by key.
    pub(crate) fn writes(&self) -> Vec<String> {
        let entries = self.sim.writes();
        entries.iter().map(|entry| self.named(entry)).collect()
    }

    /// How many requests Jira has seen since the last run began.
    pub(crate) fn calls(&self) -> usize {
        self.sim.journal().iter().filter(|entry| entry.face != Face::GitHub).count()
    }

    fn named(&self, entry: &Entry) -> String {
        let world = self.sim.state();
        let roots = ["/rest/api/3/", "/jira/rest/api/2/", "/repos/acme/shop/"];
        let path = roots.iter().find_map(|root| entry.path.strip_prefix(root)).unwrap_or(&entry.path);
        let key = |part: &str| {
            let issue = part.parse::<u64>().ok().and_then(|id| world.issues.get(&id));
            issue.map_or_else(|| part.to_owned(), |issue| issue.key.clone())
        };
        let path: Vec<String> = path.split('/').map(key).collect();
        let status = entry.status.map_or_else(|| "cut".to_owned(), |status| status.to_string());
        format!("{} {} {status}", entry.method, path.join("/"))
    }

    /// A ticket as it is.
    pub(crate) fn ticket(&self, key: &str) -> Issue {
        self.sim.state().find(key).unwrap_or_else(|| panic!("there is no {key}")).clone()
    }

    /// What a person does to a ticket.
    pub(crate) fn edit(&self, key: &str, act: impl FnOnce(&mut Issue)) {
        assert!(self.sim.state().edit_as("alice", key, act), "{key}");
    }

    /// A person moves a ticket to a status.
    pub(crate) fn go(&self, key: &str, status: &str) {
        assert!(self.sim.state().transition_as("alice", key, status), "{key}: {status}");
    }

    /// The open tickets' keys, oldest first.
    pub(crate) fn open_tickets(&self) -> Vec<String> {
        self.sim.state().open_issues().iter().map(|issue| issue.key.clone()).collect()
    }

    /// There are so many open tickets with casefile's marks, and no two with the same name of a group.
    pub(crate) fn one_ticket_a_group(&self, groups: usize) {
        let world = self.sim.state();
        let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut marked = Vec::new();
        for issue in
            world.open_issues().into_iter().filter(|issue| issue.labels.iter().any(|l| l == "casefile"))
        {
            marked.push(issue.key.as_str());
            for label in issue.labels.iter().filter(|label| label.len() == "casefile-".len() + 20) {
                names.entry(label).or_default().push(&issue.key);
            }
        }
        names.retain(|_, keys| keys.len() > 1);
        assert_eq!(names, BTreeMap::new(), "names that two open tickets share");
        assert_eq!(marked.len(), groups, "{marked:?}");
    }

    /// The description of a pull request.
    pub(crate) fn description(&self, pull: u64) -> String {
        let world = self.sim.state();
        world.github.pull("acme/shop", pull).and_then(|pull| pull.body.clone()).unwrap_or_default()
    }

    /// Which of these keys the section of a pull request shows.
    pub(crate) fn shown(&self, pull: u64, keys: &[&str]) -> Vec<String> {
        let body = self.description(pull);
        let linked = |key: &&&str| body.contains(&format!("/browse/{key})"));
        keys.iter().filter(linked).map(|key| (*key).to_owned()).collect()
    }

    /// Something goes wrong with Jira's requests whose path holds this.
    pub(crate) fn fault(&self, path: &str, nth: Nth, kind: Kind) {
        let path_contains = path.to_owned();
        let face = Some(self.deployment.face());
        self.sim.fault(Fault { face, method: None, path_contains, nth, kind });
    }
}

impl Running {
    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ran {
        let status = self.child.wait().unwrap();
        let file = |name: &str| fs::read_to_string(self.files.join(name)).unwrap();
        Ran {
            code: status.code().unwrap_or(-1),
            result: serde_json::from_str(&file("stdout")).unwrap_or(Value::Null),
            printed: file("stdout"),
            errors: file("stderr"),
            outputs: file("outputs"),
            summary: file("summary.md"),
        }
    }

    /// Tells it to end, as a runner does whose job is cancelled.
    pub(crate) fn terminate(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.unwrap().success());
    }

    /// Kills it when it is asked for; says whether it was.
    fn killed(mut self, asked: &Receiver<()>) -> bool {
        loop {
            if asked.recv_timeout(Duration::from_millis(2)).is_ok() {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
                return true;
            }
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
        }
    }
}

impl Ran {
    /// Its tickets as `action key`, in order.
    pub(crate) fn tickets(&self) -> Vec<String> {
        let list = self.result["tickets"].as_array().unwrap_or_else(|| panic!("no result: {}", self.errors));
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let mut all: Vec<String> =
            list.iter().map(|one| format!("{} {}", text(&one["action"]), text(&one["key"]))).collect();
        all.sort();
        all
    }

    /// How many tickets had each action.
    pub(crate) fn actions(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for ticket in self.tickets() {
            *counts.entry(ticket.split(' ').next().unwrap_or_default().to_owned()).or_default() += 1;
        }
        counts
    }

    /// All its problems, one per line.
    pub(crate) fn problems(&self) -> String {
        let list = self.result["problems"].as_array().unwrap_or_else(|| panic!("no result: {}", self.errors));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let lines = list
            .iter()
            .map(|one| format!("{}: {} {}", text(&one["where"]), text(&one["message"]), text(&one["hint"])));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The exit code and what it says, for a run that should have failed in this way.
    pub(crate) fn fails(&self, code: i32, words: &[&str]) {
        let problems = self.problems();
        assert_eq!(self.code, code, "{problems} {}", self.errors);
        for word in words {
            assert!(
                problems.contains(word) || self.errors.contains(word),
                "{word}: {problems} {}",
                self.errors
            );
        }
    }

    /// The same for one that ended before there was a result.
    pub(crate) fn fails_early(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}", self.errors);
        assert!(self.result["tickets"].is_null(), "{}", self.result);
        words.iter().for_each(|word| assert!(self.errors.contains(word), "{word}: {}", self.errors));
    }
}

/// Merges objects key by key; anything else replaces.
fn lay_over(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                lay_over(below.entry(key).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

/// A count of one action alone.
pub(crate) fn only(action: &str, count: usize) -> BTreeMap<String, usize> {
    BTreeMap::from([(action.to_owned(), count)])
}
