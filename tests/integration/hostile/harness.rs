//! The real binary in a checkout of its own, against the simulator; after each run its streams and files
//! are held to what no run may ever do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::simulator::{Options, Simulator};

/// What would open a door: Jira's token, GitHub's, and what Basic authentication makes of the first.
const SECRETS: [&str; 3] = ["sim-token", "gh-token", "c2ltLXRva2Vu"];

/// How long the slowest run may take, in seconds; most of it is another test's use of the machine.
const PATIENCE: u64 = 60;

/// A repository's checkout, a runner's files, and the services.
pub(crate) struct Place {
    folder: TempDir,
    pub(crate) sim: Simulator,
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    /// The file of step outputs.
    pub(crate) outputs: String,
    pub(crate) summary: String,
}

/// The event that a run is about.
pub(crate) struct Event {
    pub(crate) name: &'static str,
    pub(crate) payload: Value,
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Place {
    /// A checkout with one commit, a configuration for the simulated Jira and no report.
    pub(crate) fn new() -> Place {
        let place = Place { folder: TempDir::new().unwrap(), sim: Simulator::start(Options::default()) };
        fs::create_dir_all(place.root().join("src")).unwrap();
        fs::create_dir_all(place.runner()).unwrap();
        place.write("src/a.c", "int main;\n");
        place.git(&["init", "-q", "-b", "main"]);
        place.git(&["remote", "add", "origin", "https://github.com/acme/shop.git"]);
        place.commit();
        place.configure("");
        place
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    /// Beside the checkout: the event and the files in which a step speaks to its runner.
    pub(crate) fn runner(&self) -> PathBuf {
        self.folder.path().join("runner")
    }

    /// Writes a file of the checkout. A configuration is the default branch's as well.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        if path.contains("casefile.y") {
            let mut world = self.sim.state();
            let files = &mut world.github.repository_mut("acme/shop").unwrap().files;
            files.insert(path.to_owned(), text.as_ref().to_vec());
        }
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A configuration that leads to the simulator, with these lines of its own.
    pub(crate) fn configure(&self, more: &str) {
        let url = self.sim.jira_url();
        let jira = format!("{{url: \"{url}\", project: SEC, allow-networks: [\"127.0.0.0/8\"]}}");
        self.write("casefile.yml", format!("reports: [\"*.sarif\"]\njira: {jira}\n{more}\n"));
    }

    /// Copies one of `fixtures/hostile` into the checkout.
    pub(crate) fn fixture(&self, name: &str) {
        fs::copy(fixtures().join(name), self.root().join(name)).unwrap();
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
            .args(arguments)
            .current_dir(self.root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits what is there; the commit.
    pub(crate) fn commit(&self) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// The description of pull request 7.
    pub(crate) fn body(&self) -> String {
        let world = self.sim.state();
        world.github.pull("acme/shop", 7).unwrap().body.clone().unwrap_or_default()
    }

    pub(crate) fn set_body(&self, body: &str) {
        let mut world = self.sim.state();
        world.github.pull_mut("acme/shop", 7).unwrap().body = Some(body.to_owned());
    }

    /// A run on pull request 7, whose head is this repository's branch `feature`.
    pub(crate) fn pull_request(&self, arguments: &[&str]) -> Ran {
        self.on(&Event::pull_request("feature", "acme/shop"), arguments)
    }

    /// A run of GitHub Actions.
    pub(crate) fn on(&self, event: &Event, arguments: &[&str]) -> Ran {
        let sha = self.git(&["rev-parse", "HEAD"]);
        if let Some(head) = event.payload["pull_request"]["head"]["sha"].as_str() {
            // GitHub starts a workflow for the newest commit of a pull request
            let mut world = self.sim.state();
            world.github.pull_mut("acme/shop", 7).unwrap().head.1 = head.to_owned();
        }
        let runner = self.runner();
        let file = |name: &str| runner.join(name).display().to_string();
        fs::write(runner.join("event.json"), event.payload.to_string()).unwrap();
        for name in ["output", "summary"] {
            fs::write(runner.join(name), "").unwrap();
        }
        let mut variables = vec![
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("CI", "true".to_owned()),
            ("GITHUB_REPOSITORY", "acme/shop".to_owned()),
            ("GITHUB_REPOSITORY_ID", "4711".to_owned()),
            ("GITHUB_WORKFLOW", "CI".to_owned()),
            ("GITHUB_JOB", "scan".to_owned()),
            ("GITHUB_RUN_ID", "77".to_owned()),
            ("GITHUB_API_URL", self.sim.github_url()),
            ("GITHUB_TOKEN", "gh-token".to_owned()),
            ("GITHUB_SHA", sha),
            ("GITHUB_EVENT_NAME", event.name.to_owned()),
            ("GITHUB_EVENT_PATH", file("event.json")),
            ("GITHUB_OUTPUT", file("output")),
            ("GITHUB_STEP_SUMMARY", file("summary")),
        ];
        variables.extend(event.variables.iter().cloned());
        self.run(&variables, arguments)
    }

    /// A run with the credentials for the simulated Jira.
    pub(crate) fn run(&self, variables: &[(&str, String)], arguments: &[&str]) -> Ran {
        let jira =
            [("JIRA_USER_EMAIL", "bot@example.com".to_owned()), ("JIRA_API_TOKEN", "sim-token".to_owned())];
        let variables: Vec<_> = jira.iter().chain(variables).cloned().collect();
        let begun = Instant::now();
        let ran = self.read(&run_in(&self.root(), &variables, arguments));
        assert!(begun.elapsed() < Duration::from_secs(PATIENCE), "{:?}", begun.elapsed());
        ran.is_harmless();
        ran.has_none_of(&SECRETS);
        self.files_have_none_of(self.folder.path());
        ran
    }

    fn read(&self, output: &Output) -> Ran {
        let file = |name| fs::read_to_string(self.runner().join(name)).unwrap_or_default();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("streams are UTF-8");
        Ran {
            code: output.status.code().expect("ended by itself"),
            out: text(&output.stdout),
            err: text(&output.stderr),
            outputs: file("output"),
            summary: file("summary"),
        }
    }

    /// No file that a run may have left holds a token.
    fn files_have_none_of(&self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() && entry.file_name() != ".git" {
                self.files_have_none_of(&entry.path());
            } else if kind.is_file() {
                let text = String::from_utf8_lossy(&fs::read(entry.path()).unwrap_or_default()).into_owned();
                for secret in SECRETS {
                    assert!(!text.contains(secret), "{secret} is in {}", entry.path().display());
                }
            }
        }
    }
}

/// The binary in a folder, with nothing of this process's environment but the way to git.
pub(crate) fn run_in(folder: &Path, variables: &[(&str, String)], arguments: &[&str]) -> Output {
    #[expect(clippy::disallowed_methods, reason = "git is where this process finds it")]
    let path = std::env::var("PATH").unwrap();
    Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args(arguments)
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hostile")
}

impl Ran {
    /// What a run answers as JSON: one document on standard output, and nothing else.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Everything that a run shows anywhere.
    pub(crate) fn everything(&self) -> [&str; 4] {
        [&self.out, &self.err, &self.outputs, &self.summary]
    }

    pub(crate) fn has_none_of(&self, texts: &[&str]) {
        for shown in self.everything() {
            for text in texts {
                assert!(!shown.contains(text), "{text:?} is shown:\n{shown}");
            }
        }
    }

    pub(crate) fn ends_with(&self, code: i32) -> &Ran {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    pub(crate) fn says(&self, texts: &[&str]) -> &Ran {
        for text in texts {
            assert!(self.err.contains(text), "{text:?} is not said:\n{}", self.err);
        }
        self
    }

    /// No panic; no workflow command but our own annotations; no control of a terminal, no mark that
    /// turns text around; outputs that are ours.
    pub(crate) fn is_harmless(&self) {
        assert!(!self.err.contains("panicked"), "{}", self.err);
        for stream in [&self.out, &self.err] {
            for line in stream.split(['\n', '\r', '\u{85}', '\u{2028}']) {
                assert!(!line.contains("##["), "an old command: {line:?}");
                let command = line.trim_start();
                assert!(!command.starts_with("::") || is_annotation(line), "a command: {line:?}");
            }
            let acts = |c: char| {
                c.is_control() && c != '\n' && c != '\t'
                    || "\u{61c}\u{200e}\u{200f}".contains(c)
                    || ('\u{202a}'..='\u{202e}').contains(&c)
                    || ('\u{2066}'..='\u{2069}').contains(&c)
            };
            assert!(!stream.contains(acts), "something acts: {stream:?}");
        }
        let mut lines = self.outputs.lines();
        while let Some(line) = lines.next() {
            let (name, delimiter) = line.split_once("<<").expect("a heredoc");
            assert!(["keys", "created", "updated", "resolved", "failed", "result"].contains(&name), "{line}");
            let value: Vec<_> = lines.by_ref().take_while(|line| *line != delimiter).collect();
            assert!(value.len() <= 1, "{value:?}");
        }
    }
}

/// `::warning file=…,line=…,title=…::…`: what the runner takes apart is all ours.
fn is_annotation(line: &str) -> bool {
    let levels = ["::warning", "::error", "::notice"];
    let rest = levels.into_iter().find_map(|level| line.strip_prefix(level));
    let Some((properties, _)) = rest.and_then(|rest| rest.split_once("::")) else { return false };
    let is_ours = |property: &str| {
        let (name, value) = property.split_once('=').unwrap_or_default();
        ["file", "line", "title"].contains(&name) && !value.contains(':')
    };
    properties.is_empty() || properties.strip_prefix(' ').is_some_and(|all| all.split(',').all(is_ours))
}

impl Event {
    /// Pull request 7 from a branch of a repository.
    pub(crate) fn pull_request(branch: &str, head: &str) -> Event {
        let id = if head == "acme/shop" { 4711 } else { 4712 };
        let own = json!({"id": 4711, "full_name": "acme/shop", "private": true, "visibility": "private"});
        Event {
            name: "pull_request",
            payload: json!({"number": 7, "repository": own, "pull_request": {
                "number": 7, "head": {"ref": branch, "sha": "f".repeat(40), "repo": {"id": id, "full_name": head}},
                "base": {"ref": "main", "sha": "b".repeat(40), "repo": own}}}),
            variables: vec![
                ("GITHUB_REF", "refs/pull/7/merge".to_owned()),
                ("GITHUB_REF_NAME", "7/merge".to_owned()),
                ("GITHUB_HEAD_REF", branch.to_owned()),
                ("GITHUB_BASE_REF", "main".to_owned()),
            ],
        }
    }

    /// Any other, on the branch `main` if the variables say nothing else.
    pub(crate) fn of(name: &'static str, payload: Value, variables: &[(&'static str, &str)]) -> Event {
        let usual =
            [("GITHUB_REF", "refs/heads/main"), ("GITHUB_REF_NAME", "main"), ("GITHUB_REF_TYPE", "branch")];
        let variables =
            usual.iter().chain(variables).map(|(name, value)| (*name, (*value).to_owned())).collect();
        Event { name, payload, variables }
    }

    /// The same in a repository that everybody can see; `None`: the event does not say.
    pub(crate) fn seen_by(mut self, visibility: Option<&str>) -> Event {
        self.payload["repository"] = match visibility {
            Some(name) => {
                json!({"id": 4711, "full_name": "acme/shop", "private": name != "public", "visibility": name})
            }
            None => json!({"id": 4711, "full_name": "acme/shop"}),
        };
        self
    }
}
