//! The name of a checkout and the files that it tracks: by these, a path from another machine is recognised.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// A checkout's names and its tracked files, which are listed when they are first needed.
#[derive(Debug)]
pub struct CheckoutTree {
    root: PathBuf,
    names: Vec<String>,
    files: OnceLock<HashSet<String>>,
    /// The tracked files with their parts in reverse order, sorted, so that files with the same ending are next to each
    /// other.
    reversed: OnceLock<Vec<String>>,
    /// By their names in lower case, if these are unique.
    lower: OnceLock<HashMap<String, Option<String>>>,
}

impl CheckoutTree {
    /// The checkout at this folder, of a repository with these names (without their owners). Nothing is read yet.
    pub fn new(root: impl Into<PathBuf>, names: Vec<String>) -> CheckoutTree {
        CheckoutTree {
            root: root.into(),
            names,
            files: OnceLock::new(),
            reversed: OnceLock::new(),
            lower: OnceLock::new(),
        }
    }

    /// Its folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the repository has this name, like the folder of its checkout.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// Whether the tracked files are known.
    pub(crate) fn is_known(&self) -> bool {
        !self.files().is_empty()
    }

    /// Whether a path from the root is a tracked regular file.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files().contains(path)
    }

    /// Whether a path from the root is a tracked file and no other tracked file ends with it: in that case, a path from
    /// another machine that ends like this cannot mean any other file.
    pub(crate) fn has_alone(&self, path: &str) -> bool {
        if !self.has(path) {
            return false;
        }
        let reversed = self.reversed.get_or_init(|| {
            let mut all: Vec<String> = self.files().iter().map(|file| reverse(file)).collect();
            all.sort_unstable();
            all
        });
        let longer = reverse(path) + "/";
        let next = reversed.partition_point(|file| *file < longer);
        !reversed.get(next).is_some_and(|file| file.starts_with(&longer))
    }

    /// The only tracked file with this name, ignoring case.
    pub(crate) fn but_for_capitals(&self, path: &str) -> Option<&str> {
        let lower = self.lower.get_or_init(|| {
            let mut all = HashMap::new();
            for file in self.files() {
                all.entry(file.to_lowercase())
                    .and_modify(|known| *known = None)
                    .or_insert_with(|| Some(file.clone()));
            }
            all
        });
        lower.get(&path.to_lowercase())?.as_deref()
    }

    fn files(&self) -> &HashSet<String> {
        self.files.get_or_init(|| tracked(&self.root))
    }
}

fn reverse(path: &str) -> String {
    path.rsplit('/').collect::<Vec<_>>().join("/")
}

/// The regular files in the index.
fn tracked(root: &Path) -> HashSet<String> {
    let listed = git(root, &["ls-files", "-z", "--stage"]).unwrap_or_default();
    let entries = listed.split(|byte| *byte == 0).filter_map(|entry| std::str::from_utf8(entry).ok());
    // mode, object and stage, then a tab and the path; symbolic links and submodules have other modes
    let files = entries.filter_map(|entry| entry.strip_prefix("100")?.split_once('\t'));
    files.map(|(_, path)| path.to_owned()).collect()
}

/// How long `git` may take: the list of a million files takes a second.
const LONGEST: Duration = Duration::from_secs(10);

/// How many bytes it may answer.
const MOST_ANSWERED: u64 = 256 << 20;

/// The files in `.git` that it reads first. A pipe or a device in the place of one of them would hold it up.
const FIRST_FILES: [&str; 4] = ["HEAD", "config", "index", "packed-refs"];

/// What `git` answers, without our environment and without what a repository's configuration might run. `None`: it
/// fails, takes too long, or answers too much.
pub(crate) fn git(root: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let is_usable = |name: &&str| {
        let file = root.join(".git").join(name);
        file.metadata().map_or(true, |data| data.is_file())
    };
    if !FIRST_FILES.iter().all(is_usable) {
        return None;
    }
    let mut command = Command::new("git");
    // in a container, the checkout belongs to another user
    command.args(["-c", "core.fsmonitor=false", "-c", "safe.directory=*"]).args(arguments);
    command.env_clear().current_dir(root).stdin(Stdio::null()).stderr(Stdio::null());
    answer(&mut command, LONGEST)
}

/// The commands that are being waited for.
static RUNNING: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// Ends what is still being waited for: this process is about to end.
pub(crate) fn end_git() {
    for child in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
        // it may have ended by itself meanwhile
        let _ = child.kill();
    }
}

/// What a command writes, if it succeeds within some time; otherwise it is ended.
fn answer(command: &mut Command, longest: Duration) -> Option<Vec<u8>> {
    let mut child = command.stdout(Stdio::piped()).spawn().ok()?;
    let output = child.stdout.take()?;
    let id = child.id();
    let running = || RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running().push(child);
    let (done, written) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.take(MOST_ANSWERED).read_to_end(&mut bytes);
        // nobody waits any more if it took too long
        let _ = done.send(read.map(|_| bytes));
    });
    let written = written.recv_timeout(longest);
    let mut running = running();
    let at = running.iter().position(|child| child.id() == id)?;
    let mut child = running.swap_remove(at);
    drop(running);
    if written.is_err() {
        // it may have ended by itself meanwhile
        let _ = child.kill();
    }
    let status = child.wait().ok()?;
    written.ok()?.ok().filter(|_| status.success())
}

#[cfg(test)]
impl CheckoutTree {
    /// A tree that tracks these files, whatever is on the disk.
    pub(crate) fn of(root: &str, names: &[&str], files: &[&str]) -> CheckoutTree {
        let tree = CheckoutTree::new(root, names.iter().map(|name| (*name).to_owned()).collect());
        let _first = tree.files.set(files.iter().map(|file| (*file).to_owned()).collect());
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn git_does_not_hold_up_a_run() {
        let place = tempfile::tempdir().unwrap();
        let run = |program: &str, arguments: &[&str]| {
            let done = Command::new(program).args(arguments).current_dir(place.path()).output().unwrap();
            assert!(done.status.success(), "{program} {arguments:?}");
        };
        run("git", &["init", "--quiet"]);
        assert_eq!(git(place.path(), &["rev-parse", "--is-inside-work-tree"]), Some(b"true\n".to_vec()));
        std::fs::remove_file(place.path().join(".git/HEAD")).unwrap();
        run("mkfifo", &[".git/HEAD"]);
        assert_eq!(git(place.path(), &["rev-parse", "--verify", "HEAD"]), None);

        let begin = std::time::Instant::now();
        assert_eq!(answer(Command::new("sleep").arg("600"), Duration::from_millis(50)), None);
        assert!(begin.elapsed() < Duration::from_secs(300), "it is ended");
        assert_eq!(answer(Command::new("echo").arg("a"), LONGEST), Some(b"a\n".to_vec()));
        assert_eq!(answer(&mut Command::new("false"), LONGEST), None);
    }

    #[test]
    fn a_path_is_alone_if_no_other_file_ends_with_it() {
        let tree =
            CheckoutTree::of("/w", &["shop"], &["src/a.c", "src-b/a.c", "x/lib/b.c", "lib/b.c", "Makefile"]);
        let check = |path: &str, expected: bool| assert_eq!(tree.has_alone(path), expected, "{path}");
        check("src/a.c", true);
        check("x/lib/b.c", true);
        check("lib/b.c", false);
        check("b.c", false);
        check("src/no.c", false);
        assert!(tree.is_called("Shop") && !tree.is_called("shops"));
    }
}
