//! What the names of its files and the texts of its workflows show about a checkout.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;

use crate::files;
use crate::github::context::EventCheckout;

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

/// What a checkout says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Observed {
    /// Whether packages are pinned or listed somewhere.
    pub has_packages: bool,
    /// Whether there is infrastructure as code, or a Dockerfile.
    pub has_infrastructure: bool,
    /// Whether a workflow uploads to GitHub code scanning, as CodeQL's does.
    pub has_code_scanning: bool,
    /// The workflow that already runs casefile.
    pub casefile: Option<String>,
    /// The default branch of `origin`, or the one that is checked out.
    pub branch: Option<String>,
}

/// Examines a checkout. Only workflows and Git's own notes about its branches are opened.
pub(crate) fn observe(root: &Path) -> Observed {
    let mut observed = Observed { branch: EventCheckout::default_branch(root), ..Observed::default() };
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
        let text = String::from_utf8_lossy(&text);
        // an action in a comment is not used
        let uses = |action: &str| {
            text.lines().any(|line| {
                let line = line.trim_start().trim_start_matches("- ");
                line.strip_prefix("uses:").is_some_and(|used| used.trim_start().starts_with(action))
            })
        };
        observed.has_code_scanning |= uses("github/codeql-action/analyze");
        if observed.casefile.is_none() && uses("casefile/casefile") {
            observed.casefile = Some(name);
        }
    }
}
