//! What the names of its files and the texts of its workflows show about a checkout.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::host::Host;
use super::scanner::Scanner;
use crate::files;
use crate::github::context::{DefaultBranch, EventCheckout};

/// How many folders are searched: enough for a monorepo's upper levels.
const FOLDERS: usize = 2_000;

/// How deep the search goes.
const DEPTH: usize = 4;

/// The longest workflow that is read, in bytes.
const WORKFLOW_LIMIT: u64 = 1 << 20;

/// Folders that do not contain the repository's own code.
const PASSED_OVER: [&str; 6] = [".git", "node_modules", "vendor", "target", "dist", ".venv"];

/// Files that pin or list packages.
const PACKAGES: [&str; 21] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "requirements.txt",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "go.mod",
    "Cargo.lock",
    "Gemfile.lock",
    "composer.lock",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "gradle.lockfile",
    "packages.lock.json",
    "mix.lock",
    "pubspec.lock",
    "Package.resolved",
];

/// What the alerts of GitHub's code scanning come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CodeScanning {
    /// A workflow uploads the reports of other scanners.
    Upload,
    /// CodeQL, which analyses the code.
    CodeQl,
}

/// A scanner that a workflow without casefile already runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunningScanner {
    /// Which one.
    pub scanner: Scanner,
    /// The workflow's file name.
    pub workflow: String,
    /// Whether that workflow uploads its reports to code scanning, so that there are alerts to read.
    pub is_uploaded: bool,
}

/// What a checkout says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Observed {
    /// Whether packages are pinned or listed somewhere.
    pub has_packages: bool,
    /// Whether there is infrastructure as code, or a Dockerfile.
    pub has_infrastructure: bool,
    /// What a workflow sends to GitHub code scanning; `None`: nothing.
    pub code_scanning: Option<CodeScanning>,
    /// The scanners that already run in other workflows.
    pub scanners: Vec<RunningScanner>,
    /// The workflow that already runs casefile.
    pub casefile: Option<String>,
    /// The default branch of `origin`, or what is most likely it.
    pub branch: Option<DefaultBranch>,
    /// The server that has the repository.
    pub host: Host,
    /// Whether `origin` seems to be a fork.
    pub is_fork: bool,
}

impl Observed {
    /// The scanners that find something in a repository like this, unless code scanning already has their findings.
    pub(crate) fn proposed(&self) -> Vec<Scanner> {
        let is_uploaded = |scanner: Scanner| {
            self.scanners.iter().any(|running| running.scanner == scanner && running.is_uploaded)
        };
        let fits = |scanner: &Scanner| match scanner {
            Scanner::Semgrep => self.code_scanning != Some(CodeScanning::CodeQl),
            Scanner::Trivy => self.has_packages || self.has_infrastructure,
            Scanner::Gitleaks => true,
        };
        Scanner::ALL.into_iter().filter(fits).filter(|scanner| !is_uploaded(*scanner)).collect()
    }
}

/// Examines a checkout. Only workflows and Git's own notes about its branches and remotes are opened.
pub(crate) fn observe(root: &Path) -> Observed {
    let mut observed = Observed {
        branch: EventCheckout::default_branch(root),
        host: Host::of(EventCheckout::host(root).as_deref()),
        is_fork: EventCheckout::is_fork(root),
        ..Observed::default()
    };
    workflows(root, &mut observed);
    let mut folders = VecDeque::from([(root.to_owned(), 0)]);
    let mut left = FOLDERS;
    while let Some((folder, depth)) = folders.pop_front().filter(|_| left > 0) {
        left -= 1;
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // links are not followed
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < DEPTH && !PASSED_OVER.contains(&&*name) {
                folders.push_back((entry.path(), depth + 1));
            } else if kind.is_file() {
                observed.has_packages |= PACKAGES.contains(&&*name);
                observed.has_infrastructure |=
                    name.ends_with(".tf") || name == "Chart.yaml" || name.starts_with("Dockerfile");
            }
        }
    }
    observed
}

fn workflows(root: &Path, observed: &mut Observed) {
    let folder = Path::new(".github/workflows");
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".yml") || name.ends_with(".yaml"));
    names.sort();
    for name in names {
        let Ok(text) = files::read(root, &root.join(folder).join(&name), WORKFLOW_LIMIT) else { continue };
        // GitHub does not run a workflow that is not valid YAML either
        let Ok(text) = serde_saphyr::from_str::<Value>(&String::from_utf8_lossy(&text)) else { continue };
        let mut used = Steps::default();
        used.collect(&text);
        let runs_casefile = used.uses("casefile/casefile");
        // a workflow with casefile uploads what casefile has read
        let uploads = used.uses("github/codeql-action/upload-sarif") && !runs_casefile;
        let code_scanning = [
            used.uses("github/codeql-action/analyze").then_some(CodeScanning::CodeQl),
            uploads.then_some(CodeScanning::Upload),
        ];
        observed.code_scanning = observed.code_scanning.max(code_scanning.into_iter().flatten().max());
        if runs_casefile {
            observed.casefile.get_or_insert(name);
            continue;
        }
        for scanner in Scanner::ALL.into_iter().filter(|scanner| used.mentions(scanner.name())) {
            let workflow = name.clone();
            observed.scanners.push(RunningScanner { scanner, workflow, is_uploaded: uploads });
        }
    }
}

/// What the steps of a workflow do.
#[derive(Default)]
struct Steps {
    /// The actions and workflows that they use.
    actions: Vec<String>,
    /// The lines of their scripts, without comments.
    lines: Vec<String>,
}

impl Steps {
    fn collect(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(keys) => {
                for (key, value) in keys {
                    match (key.as_str(), value) {
                        ("uses", Value::String(action)) => self.actions.push(action.clone()),
                        ("run", Value::String(script)) => {
                            let lines = script.lines().map(str::trim).filter(|line| !line.starts_with('#'));
                            let code = lines.map(|line| line.split(" #").next().unwrap_or_default());
                            self.lines.extend(code.map(str::to_owned));
                        }
                        _ => self.collect(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether an action is used, in any version.
    fn uses(&self, action: &str) -> bool {
        let is_it = |used: &String| used.split('@').next() == Some(action);
        self.actions.iter().any(is_it)
    }

    /// Whether a word is part of what they do.
    fn mentions(&self, word: &str) -> bool {
        let mut texts = self.actions.iter().chain(&self.lines);
        texts.any(|text| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == word))
    }
}
