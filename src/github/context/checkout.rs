//! A plain checkout: branch, commit and origin from the files of `.git`, without running git.

use std::fs;
use std::path::{Component, Path, PathBuf};

use url::Url;

use super::is_repository_name;
use crate::error::{Error, Result};
use crate::files;
use crate::model::repository::Repository;

/// The longest of Git's files that is read; only `packed-refs` can get anywhere near it.
const LIMIT: u64 = 16 << 20;

/// Stands for the server of a repository that has none, and for the branch of a folder without Git.
const LOCAL: &str = "local";

/// What a checkout says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventCheckout {
    /// The repository that `origin` points to.
    pub repository: Repository,
    /// The branch that is checked out; `None`: none is.
    pub branch: Option<String>,
    /// The commit that is checked out; `None`: there is none yet, or it is unknown.
    pub commit: Option<String>,
}

/// The branch that a repository works on by default, as far as a clone knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DefaultBranch {
    /// Its name.
    pub name: String,
    /// Whether Git noted it when it cloned; otherwise it is a guess.
    pub is_noted: bool,
}

impl EventCheckout {
    /// Reads the checkout that contains `directory`.
    ///
    /// # Errors
    /// There is none, or `origin` does not point to a server.
    pub(crate) fn read(directory: &Path) -> Result<EventCheckout> {
        let git = Git::around(directory).ok_or_else(|| {
            Error::usage(format!("{} is not in a git checkout", directory.display())).hint(
                "run casefile in the repository, or name it in the configuration: `repository: \
                       github.com/owner/name`",
            )
        })?;
        let repository = git.remote("origin").and_then(|url| repository_of(&url));
        let repository = repository.ok_or_else(|| {
            Error::usage("the checkout has no remote `origin` that points to a server")
                .hint("name the repository in the configuration: `repository: github.com/owner/name`")
        })?;
        let head = git.head();
        Ok(EventCheckout { repository, branch: head.branch(), commit: git.commit(&head) })
    }

    /// The checkout that contains `directory`, for a repository that is named elsewhere: it may have no `origin`, and
    /// if there is no checkout at all, branch and commit are unknown.
    pub(crate) fn of(directory: &Path, repository: Repository) -> EventCheckout {
        let Some(git) = Git::around(directory) else {
            return EventCheckout { repository, branch: None, commit: None };
        };
        let head = git.head();
        EventCheckout { repository, branch: head.branch(), commit: git.commit(&head) }
    }

    /// The checkout that contains `directory`, if no server is named, or the plain folder.
    pub(crate) fn of_folder(directory: &Path) -> EventCheckout {
        let directory = fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
        let is_checkout = |folder: &&Path| Git::at(&folder.join(".git")).is_some();
        let checkout = directory.ancestors().find(is_checkout);
        let name = checkout.unwrap_or(&directory).file_name();
        let name = name.map_or_else(|| "folder".to_owned(), |name| name.to_string_lossy().into_owned());
        let repository = Repository { host: LOCAL.to_owned(), id: None, name, also: Vec::new() };
        let found = EventCheckout::of(&directory, repository);
        match checkout {
            Some(_) => found,
            None => EventCheckout { branch: Some(LOCAL.to_owned()), ..found },
        }
    }

    /// The root of the checkout that contains `folder`: the nearest folder with a `.git`, even if Git could not use it,
    /// because whatever is inside it may be a stranger's.
    pub(crate) fn root(folder: &Path) -> Option<PathBuf> {
        folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned)
    }

    /// The default branch of `origin`: the one that Git noted when cloning, otherwise `main` or `master` if `origin` or
    /// else the clone has it, otherwise the one that is checked out.
    pub(crate) fn default_branch(directory: &Path) -> Option<DefaultBranch> {
        const ORIGIN: &str = "refs/remotes/origin";
        let git = Git::around(directory)?;
        let noted = read(&git.common.join(ORIGIN).join("HEAD"));
        if let Some(name) = noted.as_deref().and_then(|text| {
            text.trim_end().strip_prefix("ref: ")?.strip_prefix(ORIGIN)?.strip_prefix('/').map(str::to_owned)
        }) {
            return Some(DefaultBranch { name, is_noted: true });
        }
        let usual = |folder: &str| {
            let exists = |name: &&str| git.commit(&CheckedOutHead::Ref(format!("{folder}/{name}"))).is_some();
            ["main", "master"].into_iter().find(exists).map(str::to_owned)
        };
        let name = usual(ORIGIN).or_else(|| usual("refs/heads")).or_else(|| git.head().branch())?;
        Some(DefaultBranch { name, is_noted: false })
    }

    /// The host that `origin` points to, even if the rest of its address is not that of a repository on GitHub.
    pub(crate) fn host(directory: &Path) -> Option<String> {
        let (host, _) = host_and_path(&Git::around(directory)?.remote("origin")?)?;
        host.split(':').next().map(str::to_owned)
    }

    /// Whether `origin` seems to be a fork: there is also a remote `upstream`, as `gh repo fork` adds it, which points
    /// to another repository.
    pub(crate) fn is_fork(directory: &Path) -> bool {
        let Some(git) = Git::around(directory) else { return false };
        let repository = |remote: &str| git.remote(remote).and_then(|url| repository_of(&url));
        matches!((repository("origin"), repository("upstream")), (Some(one), Some(other)) if one != other)
    }

    /// The commit of the checkout that contains `directory`; `None`: unknown.
    pub(crate) fn commit(directory: &Path) -> Option<String> {
        let git = Git::around(directory)?;
        git.commit(&git.head())
    }
}

/// A repository's own files.
struct Git {
    /// Of this work tree: `HEAD`.
    own: PathBuf,
    /// Shared by all work trees: `config` and refs.
    common: PathBuf,
}

/// What is checked out.
enum CheckedOutHead {
    Ref(String),
    Commit(String),
    Unknown,
}

impl Git {
    fn around(directory: &Path) -> Option<Git> {
        let directory = fs::canonicalize(directory).ok()?;
        directory.ancestors().find_map(|folder| Git::at(&folder.join(".git")))
    }

    /// `.git` is a folder or, in a work tree or submodule, a file that points to one.
    fn at(path: &Path) -> Option<Git> {
        let kind = fs::metadata(path).ok()?;
        let own = if kind.is_dir() {
            path.to_owned()
        } else {
            join(path.parent()?, read(path)?.trim_end().strip_prefix("gitdir: ")?)
        };
        let common = read(&own.join("commondir")).map_or_else(|| own.clone(), |to| join(&own, to.trim_end()));
        own.join("HEAD").exists().then_some(Git { own, common })
    }

    fn head(&self) -> CheckedOutHead {
        let Some(text) = read(&self.own.join("HEAD")) else { return CheckedOutHead::Unknown };
        let text = text.trim_end();
        match text.strip_prefix("ref: ") {
            // what Git writes here if refs are not kept in files
            Some("refs/heads/.invalid") => CheckedOutHead::Unknown,
            Some(name) => CheckedOutHead::Ref(name.to_owned()),
            None => commit_id(text).map_or(CheckedOutHead::Unknown, CheckedOutHead::Commit),
        }
    }

    /// The address of a remote.
    fn remote(&self, name: &str) -> Option<String> {
        address(&read(&self.common.join("config"))?, name)
    }

    fn commit(&self, head: &CheckedOutHead) -> Option<String> {
        let name = match head {
            CheckedOutHead::Commit(id) => return Some(id.clone()),
            CheckedOutHead::Unknown => return None,
            CheckedOutHead::Ref(name) => name,
        };
        let is_inside = name.starts_with("refs/") && !name.split('/').any(|part| part == "..");
        let loose = is_inside.then(|| read(&self.common.join(name))).flatten();
        loose.and_then(|text| commit_id(text.trim_end())).or_else(|| self.packed(name))
    }

    fn packed(&self, name: &str) -> Option<String> {
        read(&self.common.join("packed-refs"))?.lines().find_map(|line| {
            let (id, packed) = line.split_once(' ')?;
            if packed == name { commit_id(id) } else { None }
        })
    }
}

impl CheckedOutHead {
    fn branch(&self) -> Option<String> {
        match self {
            CheckedOutHead::Ref(name) => name.strip_prefix("refs/heads/").map(str::to_owned),
            CheckedOutHead::Commit(_) | CheckedOutHead::Unknown => None,
        }
    }
}

/// Follows a path from a folder; `..` is resolved, because Windows does not allow it in canonical paths.
fn join(folder: &Path, to: &str) -> PathBuf {
    Path::new(to).components().fold(folder.to_owned(), |mut path, part| {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            part => path.push(part),
        }
        path
    })
}

/// One of Git's files: a pipe or a device would hold up the run before it checks a clock.
fn read(path: &Path) -> Option<String> {
    String::from_utf8(files::read(path.parent()?, Path::new(path.file_name()?), LIMIT).ok()?).ok()
}

/// SHA-1 has 40 digits, SHA-256 has 64.
fn commit_id(text: &str) -> Option<String> {
    let digits = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    digits.then(|| text.to_ascii_lowercase())
}

/// The address of a remote in Git's configuration; the last one counts, as in Git.
fn address(config: &str, remote: &str) -> Option<String> {
    let header = format!("[remote \"{remote}\"]");
    let mut inside = false;
    let mut found = None;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == header;
        } else if let Some((key, value)) = line.split_once('=')
            && inside
            && key.trim().eq_ignore_ascii_case("url")
        {
            found = Some(value.trim().trim_matches('"').to_owned());
        }
    }
    found
}

/// `https://host/owner/name.git`, `ssh://git@host/owner/name`, or Git's short form `git@host:owner/name`.
pub(super) fn repository_of(remote: &str) -> Option<Repository> {
    let (host, path) = host_and_path(remote)?;
    let path = path.trim_matches('/');
    let name = path.strip_suffix(".git").unwrap_or(path).to_owned();
    is_repository_name(&name).then_some(Repository { host, id: None, name, also: Vec::new() })
}

/// The host, with its port if it is that of the server's pages, and the path of a remote's address.
fn host_and_path(remote: &str) -> Option<(String, String)> {
    let (host, path) = match Url::parse(remote) {
        Ok(url) if url.host_str().is_some() => {
            // the port of an ssh address is not that of the server's pages
            let port = url.port().filter(|_| url.scheme().starts_with("http"));
            let host = url.host_str()?.to_ascii_lowercase();
            (port.map_or_else(|| host.clone(), |port| format!("{host}:{port}")), url.path().to_owned())
        }
        _ => {
            let (host, path) = remote.split_once(':')?;
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            (host.to_ascii_lowercase(), path.to_owned())
        }
    };
    // a single letter is a drive of Windows
    (host.len() > 1 && !host.contains('/')).then_some((host, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_leads_to_a_repository() {
        let check = |remote: &str, expected: Option<&str>| {
            let found = repository_of(remote).map(|repository| repository.to_string());
            assert_eq!(found.as_deref(), expected, "{remote}");
        };
        check("https://github.com/acme/shop.git", Some("github.com/acme/shop"));
        check("https://user:secret@GitHub.com/acme/shop", Some("github.com/acme/shop"));
        check("https://ghe.acme.example:8443/acme/shop/", Some("ghe.acme.example:8443/acme/shop"));
        check("ssh://git@github.com:22/acme/shop.git", Some("github.com/acme/shop"));
        check("git@github.com:acme/shop.git", Some("github.com/acme/shop"));
        check("git@github.com:/acme/shop", Some("github.com/acme/shop"));
        check("../shop", None);
        check("C:\\code\\shop", None);
        check("C:/code/shop", None);
        check("file:///srv/git/shop.git", None);
        check("https://github.com/acme", None);
        check("git@github.com:acme/shop/../x", None);
        check("", None);
    }

    #[test]
    fn origin_is_told_from_other_remotes() {
        let check = |config: &str, expected: Option<&str>| {
            assert_eq!(address(config, "origin").as_deref(), expected, "{config}");
        };
        check("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = a:b/c\n\tfetch = x\n", Some("a:b/c"));
        check("[remote \"upstream\"]\n\turl = a:b/c\n", None);
        check("[remote \"origin\"]\nURL=\"a:b/c\"\n[remote \"x\"]\nurl = no\n", Some("a:b/c"));
    }

    /// Files as git writes them, in a new folder.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    const ID: &str = "0123456789012345678901234567890123456789";
    const CONFIG: (&str, &str) = (".git/config", "[remote \"origin\"]\n url = git@github.com:acme/shop\n");

    #[test]
    fn branch_and_commit_are_read_wherever_git_keeps_them() {
        let check = |files: &[(&str, &str)], below: &str, branch: Option<&str>, commit: Option<&str>| {
            let root = folder(files);
            let checkout = EventCheckout::read(&root.path().join(below)).unwrap();
            assert_eq!(checkout.branch.as_deref(), branch, "{files:?}");
            assert_eq!(checkout.commit.as_deref(), commit, "{files:?}");
            assert_eq!(checkout.repository.to_string(), "github.com/acme/shop");
        };
        let on_branch = (".git/HEAD", "ref: refs/heads/release/1\n");
        check(&[CONFIG, on_branch], "", Some("release/1"), None);
        check(&[CONFIG, on_branch, (".git/refs/heads/release/1", ID)], "", Some("release/1"), Some(ID));
        let packed = format!("# pack-refs with: peeled\n{ID} refs/heads/release/1\n^{ID}\n");
        check(&[CONFIG, on_branch, (".git/packed-refs", &packed)], "", Some("release/1"), Some(ID));
        check(&[CONFIG, (".git/HEAD", ID)], "", None, Some(ID));
        check(&[CONFIG, (".git/HEAD", ID), ("src/deep/x", "")], "src/deep", None, Some(ID));
        check(&[CONFIG, (".git/HEAD", "ref: refs/heads/.invalid")], "", None, None);
        check(&[CONFIG, (".git/HEAD", "ref: refs/../../secret"), ("secret", ID)], "", None, None);
        let tree = [
            CONFIG,
            (".git/HEAD", "ref: refs/heads/main"),
            (".git/refs/heads/side", ID),
            (".git/worktrees/w/HEAD", "ref: refs/heads/side"),
            (".git/worktrees/w/commondir", "../..\n"),
            ("w/.git", "gitdir: ../.git/worktrees/w\n"),
        ];
        check(&tree, "w", Some("side"), Some(ID));
    }

    #[test]
    fn the_default_branch_is_not_just_the_one_that_is_checked_out() {
        let check = |files: &[(&str, &str)], name: &str, is_noted: bool| {
            let root = folder(files);
            let expected = DefaultBranch { name: name.to_owned(), is_noted };
            assert_eq!(EventCheckout::default_branch(root.path()), Some(expected), "{files:?}");
        };
        let on_c = (".git/HEAD", "ref: refs/heads/c\n");
        let noted = (".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/trunk\n");
        let remote = |name: &str| (format!(".git/refs/remotes/origin/{name}"), ID);
        let (main, master) = (remote("main"), remote("master"));
        let (main, master) = ((&*main.0, main.1), (&*master.0, master.1));
        check(&[on_c, noted, main], "trunk", true);
        check(&[on_c, main, master], "main", false);
        check(&[on_c, master, (".git/refs/heads/main", ID)], "master", false);
        let packed = format!("# pack-refs with: peeled\n{ID} refs/remotes/origin/main\n");
        check(&[on_c, (".git/packed-refs", &packed)], "main", false);
        check(&[on_c, (".git/refs/heads/master", ID)], "master", false);
        check(&[on_c, (".git/refs/heads/c", ID)], "c", false);
        // nothing was committed yet
        check(&[on_c], "c", false);
    }

    #[test]
    fn a_host_is_known_even_if_the_path_is_not_githubs_and_a_fork_by_its_upstream() {
        let check = |remotes: &[(&str, &str)], host: Option<&str>, is_fork: bool| {
            let config = remotes.iter().map(|(name, url)| format!("[remote \"{name}\"]\n\turl = {url}\n"));
            let config: String = config.collect();
            let root = folder(&[(".git/HEAD", "ref: refs/heads/main"), (".git/config", &config)]);
            assert_eq!(EventCheckout::host(root.path()).as_deref(), host, "{remotes:?}");
            assert_eq!(EventCheckout::is_fork(root.path()), is_fork, "{remotes:?}");
        };
        let origin = ("origin", "git@github.com:me/shop.git");
        check(&[], None, false);
        check(&[origin], Some("github.com"), false);
        check(&[origin, ("upstream", "https://github.com/acme/shop")], Some("github.com"), true);
        check(&[origin, ("upstream", "https://github.com/me/shop")], Some("github.com"), false);
        check(&[("upstream", "https://github.com/acme/shop")], None, false);
        check(&[("origin", "https://acme@dev.azure.com/acme/p/_git/shop")], Some("dev.azure.com"), false);
        check(&[("origin", "git@gitlab.com:acme/team/shop.git")], Some("gitlab.com"), false);
        check(&[("origin", "https://ghe.acme.example:8443/a/b")], Some("ghe.acme.example"), false);
        check(&[("origin", "/srv/git/shop.git")], None, false);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_of_gits_holds_up_nothing() {
        for odd in [".git/HEAD", ".git/config", ".git/refs/heads/main", ".git/packed-refs", ".git/commondir"]
        {
            let root = folder(&[CONFIG, (".git/HEAD", "ref: refs/heads/main"), (".git/refs/heads/x", ID)]);
            let path = root.path().join(odd);
            let _ = fs::remove_file(&path);
            assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
            assert_eq!(EventCheckout::commit(root.path()), None, "{odd}");
            let _ = EventCheckout::read(root.path());
            fs::remove_file(&path).unwrap();
            std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
            assert_eq!(EventCheckout::commit(root.path()), None, "{odd}");
        }
    }

    #[test]
    fn without_an_origin_the_way_out_is_named() {
        let root = folder(&[(".git/HEAD", "ref: refs/heads/main"), (".git/config", "[core]\n")]);
        let error = EventCheckout::read(root.path()).unwrap_err();
        assert!(error.advice().unwrap().contains("repository:"), "{error}");
    }

    #[test]
    fn a_folder_that_no_server_names_is_known_by_its_own_name() {
        let check = |files: &[(&str, &str)], at: &str, branch: Option<&str>, commit: Option<&str>| {
            let root = folder(files);
            let shop = root.path().join("shop");
            let found = EventCheckout::of_folder(&shop.join(at));
            assert_eq!(found.repository.to_string(), "local/shop", "{files:?}");
            assert_eq!((found.branch.as_deref(), found.commit.as_deref()), (branch, commit), "{files:?}");
        };
        check(&[("shop/r.sarif", "")], "", Some("local"), None);
        let git = [("shop/.git/HEAD", "ref: refs/heads/main"), ("shop/.git/refs/heads/main", ID)];
        check(&[git[0], git[1], ("shop/src/a", "")], "src", Some("main"), Some(ID));
        check(&[("shop/.git/HEAD", ID)], "", None, Some(ID));
    }

    #[test]
    fn a_named_repository_needs_no_origin_to_tell_its_branch() {
        let check = |files: &[(&str, &str)], branch: Option<&str>, commit: Option<&str>| {
            let named = repository_of("https://github.com/acme/shop").unwrap();
            let expected = EventCheckout {
                repository: named.clone(),
                branch: branch.map(str::to_owned),
                commit: commit.map(str::to_owned),
            };
            assert_eq!(EventCheckout::of(folder(files).path(), named), expected);
        };
        let on_branch = (".git/HEAD", "ref: refs/heads/main");
        check(&[on_branch, (".git/refs/heads/main", ID)], Some("main"), Some(ID));
        check(&[(".git/HEAD", ID)], None, Some(ID));
        check(&[], None, None);
    }
}
