//! The checkout's own files: lines of them, for findings whose report does not include the text, and CODEOWNERS.
//!
//! Only regular, tracked files under the root are opened, without following symbolic links and bounded in size. A
//! line's text is only hashed and never shown.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::report::files::{is_git, is_link};
use crate::report::shared::words;
use crate::report::tree::{CheckoutTree, git};

/// How many bytes a file may have.
const FILE_LIMIT: u64 = 2 << 20;

/// How many files are kept in memory: findings in one file usually come together.
const KEPT: usize = 8;

/// How many bytes of a checkout are read, counting files again that are read again: findings that alternate between
/// large files cost this much and no more.
const MOST_BYTES_READ: u64 = 1 << 30;

/// How much of a line is used, in bytes: thousands of findings may be on one line.
const LONGEST_LINE: usize = 4_096;

/// A Git checkout.
#[derive(Debug)]
pub struct GitCheckout {
    tree: Arc<CheckoutTree>,
    commit: Option<Option<String>>,
    kept: Vec<(String, Option<TrackedLines>)>,
    /// How many bytes have been read to find lines.
    read: u64,
}

#[derive(Debug)]
struct TrackedLines {
    text: String,
    /// Where each line starts.
    starts: Vec<usize>,
}

/// A file in the checked-out commit. `None`: it has none, or `git` does not know.
pub fn committed(root: &Path, path: &str) -> Option<Vec<u8>> {
    git(root, &["cat-file", "blob", &format!("HEAD:{path}")])
}

/// The commits of which the checked-out one is a merge; none if it is not one, or `git` does not know. They are known
/// even in a shallow clone, because they are part of the commit itself.
pub fn merged(root: &Path) -> Vec<String> {
    let commit = git(root, &["cat-file", "commit", "HEAD"]).unwrap_or_default();
    let commit = String::from_utf8_lossy(&commit);
    let head = commit.lines().take_while(|line| !line.is_empty());
    let parents: Vec<String> =
        head.filter_map(|line| line.strip_prefix("parent ").map(str::to_owned)).collect();
    if parents.len() > 1 { parents } else { Vec::new() }
}

impl GitCheckout {
    /// The checkout at this folder. Nothing is read yet.
    pub fn open(root: impl Into<PathBuf>) -> GitCheckout {
        GitCheckout::of(Arc::new(CheckoutTree::new(root, Vec::new())))
    }

    /// The checkout of a tree, sharing its list of files.
    pub fn of(tree: Arc<CheckoutTree>) -> GitCheckout {
        GitCheckout { tree, commit: None, kept: Vec::new(), read: 0 }
    }

    /// The commit that is checked out; `None`: `git` does not know.
    pub fn commit(&mut self) -> Option<String> {
        if self.commit.is_none() {
            let said = git(self.tree.root(), &["rev-parse", "--verify", "HEAD"]);
            let commit =
                said.and_then(|said| String::from_utf8(said).ok()).map(|said| said.trim().to_owned());
            self.commit = Some(commit);
        }
        self.commit.clone().flatten()
    }

    /// A line of a file, from 1, without its line break. `None`: the file must not be read, or it has no such line.
    pub fn line(&mut self, path: &str, line: u32) -> Option<String> {
        let at = (line as usize).checked_sub(1)?;
        let kept = match self.kept.iter().position(|(kept, _)| kept == path) {
            Some(kept) => kept,
            None => {
                let lines = self.may_read(path).then(|| self.read(path)).flatten();
                if self.kept.len() == KEPT {
                    self.kept.remove(0);
                }
                self.kept.push((path.to_owned(), lines));
                self.kept.len() - 1
            }
        };
        self.kept.get(kept)?.1.as_ref()?.get(at).map(str::to_owned)
    }

    /// A file's whole text. `None`: it must not be read, or is longer than `most` bytes.
    pub fn text(&mut self, path: &str, most: u64) -> Option<String> {
        // most of the requested files do not exist, which can be found out without the list of tracked files
        let is_there = fs::symlink_metadata(self.tree.root().join(path)).is_ok();
        (is_there && self.may_read(path)).then(|| self.read_text(path, most)).flatten()
    }

    fn may_read(&self, path: &str) -> bool {
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if path.is_empty() || !Path::new(path).components().all(plain) || is_git(Path::new(path)) {
            return false;
        }
        let root = self.tree.root();
        let whole = root.join(path);
        self.tree.has(path) && !whole.ancestors().take_while(|part| *part != root).any(is_link)
    }

    fn read_text(&self, path: &str, most: u64) -> Option<String> {
        let whole = self.tree.root().join(path);
        let metadata = fs::symlink_metadata(&whole).ok()?;
        if !metadata.is_file() || metadata.len() > most {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(whole).ok()?.take(most).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn read(&mut self, path: &str) -> Option<TrackedLines> {
        if self.read > MOST_BYTES_READ {
            return None;
        }
        let text = self.read_text(path, FILE_LIMIT)?;
        self.read += text.len() as u64;
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1));
        let starts = starts.collect();
        Some(TrackedLines { text, starts })
    }
}

impl TrackedLines {
    fn get(&self, at: usize) -> Option<&str> {
        let line = self.text.get(*self.starts.get(at)?..)?.lines().next()?;
        Some(words::start(line, LONGEST_LINE))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn run(root: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let done = Command::new("git").args(identity).args(arguments).current_dir(root).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    }

    fn checkout() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("src")).unwrap();
        fs::write(root.join("src/a.c"), "one\r\ntwo\n\nfour").unwrap();
        fs::write(root.join("large.c"), "x\n".repeat(FILE_LIMIT as usize)).unwrap();
        fs::write(root.join("bytes.c"), b"\xff\n").unwrap();
        run(root, &["init", "-q"]);
        run(root, &["add", "."]);
        run(root, &["commit", "-qm", "first"]);
        fs::write(root.join("untracked.c"), "secret\n").unwrap();
        folder
    }

    #[test]
    fn lines_of_tracked_files_alone_are_read() {
        let folder = checkout();
        let mut checkout = GitCheckout::open(folder.path());
        let mut check = |path: &str, line, expected: Option<&str>| {
            assert_eq!(checkout.line(path, line).as_deref(), expected, "{path}:{line}");
        };
        check("src/a.c", 1, Some("one"));
        check("src/a.c", 2, Some("two"));
        check("src/a.c", 3, Some(""));
        check("src/a.c", 4, Some("four"));
        check("src/a.c", 5, None);
        check("src/a.c", 0, None);
        check("bytes.c", 1, Some("\u{fffd}"));
        check("large.c", 1, None);
        check("untracked.c", 1, None);
        check(".git/config", 1, None);
        check("src/../src/a.c", 1, None);
        check("../src/a.c", 1, None);
        check(folder.path().join("src/a.c").to_str().unwrap(), 1, None);
        check("src", 1, None);
        check("", 1, None);
        assert_eq!(checkout.commit().map(|commit| commit.len()), Some(40));
        assert_eq!(checkout.text("src/a.c", 99).as_deref(), Some("one\r\ntwo\n\nfour"));
        assert_eq!(checkout.text("src/a.c", 9), None, "too large");
        assert_eq!(checkout.text("untracked.c", 99), None);
        assert_eq!(checkout.text("../src/a.c", 99), None);
    }

    #[cfg(unix)]
    #[test]
    fn no_symbolic_link_is_followed() {
        use std::os::unix::fs::symlink;
        let folder = checkout();
        let root = folder.path();
        symlink("untracked.c", root.join("link.c")).unwrap();
        run(root, &["add", "link.c"]);
        // tracked as files, but replaced by links since then
        fs::write(root.join("later.c"), "x\n").unwrap();
        run(root, &["add", "later.c"]);
        fs::remove_file(root.join("later.c")).unwrap();
        symlink("untracked.c", root.join("later.c")).unwrap();
        fs::rename(root.join("src"), root.join("moved")).unwrap();
        symlink("moved", root.join("src")).unwrap();
        let mut checkout = GitCheckout::open(root);
        for path in ["link.c", "later.c", "src/a.c"] {
            assert_eq!(checkout.line(path, 1), None, "{path}");
        }
    }

    #[test]
    fn a_folder_that_git_does_not_know_has_no_lines() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.c"), "x\n").unwrap();
        let mut checkout = GitCheckout::open(folder.path());
        assert_eq!((checkout.line("a.c", 1), checkout.commit()), (None, None));
    }
}
