//! A release of this very binary, packed as the workflow packs it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::extras;

/// The version of the manifest.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The target whose archive holds the real binary: the one that a Linux runner of this machine's kind needs.
pub(super) const TARGET: &str =
    if cfg!(target_arch = "aarch64") { "aarch64-unknown-linux-musl" } else { "x86_64-unknown-linux-musl" };
/// The others, which are released with a file that stands in for a binary of another machine.
pub(super) const OTHERS: [&str; 5] = [
    if cfg!(target_arch = "aarch64") { "x86_64-unknown-linux-musl" } else { "aarch64-unknown-linux-musl" },
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
];

/// The repository at the tagged commit, and the files of its release.
pub(super) struct Release {
    folder: TempDir,
}

impl Release {
    /// Packed once for all tests, none of which changes it.
    pub(super) fn shared() -> &'static Release {
        static SHARED: OnceLock<Release> = OnceLock::new();
        SHARED.get_or_init(|| {
            let release = Release::unpacked();
            release.pack();
            release
        })
    }

    /// The repository as it is when a release begins, without its files.
    fn unpacked() -> Release {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repository");
        for path in ["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "action.yml"] {
            fs::create_dir_all(&root).unwrap();
            fs::copy(own(path), root.join(path)).unwrap();
        }
        for path in ["action", "setup", "packaging"] {
            fs::create_dir_all(root.join(path)).unwrap();
            for entry in fs::read_dir(own(path)).unwrap() {
                let from = entry.unwrap().path();
                if from.is_file() {
                    fs::copy(&from, root.join(path).join(from.file_name().unwrap())).unwrap();
                }
            }
        }
        let notes = format!(
            "# Changelog\n\n## [Unreleased]\n\nNot yet.\n\n## [{VERSION}] - 2026-12-01\n\n### Added\n\n- A test.\n\n\
             ## [0.0.1] - 2026-01-01\n\nOlder.\n\n[Unreleased]: https://example.com\n"
        );
        fs::write(root.join("CHANGELOG.md"), notes).unwrap();
        Release { folder }
    }

    fn pack(&self) {
        let binary = self.folder.path().join("casefile");
        let stripped =
            Command::new("strip").arg("-o").arg(&binary).arg(env!("CARGO_BIN_EXE_casefile")).status();
        if !stripped.is_ok_and(|status| status.success()) {
            fs::copy(env!("CARGO_BIN_EXE_casefile"), &binary).unwrap();
        }
        let stand_in = self.folder.path().join("stand-in");
        fs::write(&stand_in, "not for this machine\n").unwrap();
        extras::write(&self.extras(), TARGET).unwrap();
        for (target, binary) in [(TARGET, &binary)].into_iter().chain(OTHERS.map(|one| (one, &stand_in))) {
            self.well(&["archive", target, text(binary), text(&self.extras()), text(&self.files())]);
        }
        self.well(&["sums", text(&self.files())]);
        self.name();
    }

    /// Makes the commit that is tagged: it names the digests.
    pub(super) fn name(&self) {
        let digests = self.well(&["digests", text(&self.files())]);
        fs::write(self.root().join("action/digests.txt"), digests).unwrap();
        let formula = self.well(&["formula", text(&self.files())]);
        fs::create_dir_all(self.root().join("Formula")).unwrap();
        fs::write(self.root().join("Formula/casefile.rb"), formula).unwrap();
    }

    /// A copy that a test may change.
    pub(super) fn copy(&self) -> Release {
        let folder = tempfile::tempdir().unwrap();
        let copied =
            Command::new("cp").arg("-R").arg(self.folder.path().join(".")).arg(folder.path()).status();
        assert!(copied.unwrap().success());
        Release { folder }
    }

    /// The repository, which is the action as well.
    pub(super) fn root(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// What is attached to the release.
    pub(super) fn files(&self) -> PathBuf {
        self.folder.path().join("release")
    }

    pub(super) fn extras(&self) -> PathBuf {
        self.folder.path().join("extras")
    }

    /// The archive of the real binary.
    pub(super) fn archive(&self) -> PathBuf {
        self.files().join(archive_name())
    }

    /// What a server of releases hands out.
    pub(super) fn served(&self) -> HashMap<String, Vec<u8>> {
        let served = [archive_name(), smaller_name()]
            .map(|name| (format!("/download/v{VERSION}/{name}"), fs::read(self.files().join(name)).unwrap()));
        HashMap::from(served)
    }

    /// Runs a part of the release; the archives of debug builds may be large.
    pub(super) fn script(&self, arguments: &[&str], input: &str) -> Output {
        let stdin = self.folder.path().join(format!("stdin-{:?}", std::thread::current().id()));
        fs::write(&stdin, input).unwrap();
        Command::new("bash")
            .arg(self.root().join("packaging/release.sh"))
            .args(arguments)
            .env("LARGEST", "1000000000")
            .env("LEVEL", "1")
            .stdin(fs::File::open(stdin).unwrap())
            .output()
            .unwrap()
    }

    /// The same, which has to succeed; what it prints.
    pub(super) fn well(&self, arguments: &[&str]) -> String {
        let output = self.script(arguments, "");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, which has to fail; what it says.
    pub(super) fn refused(&self, arguments: &[&str], input: &str) -> String {
        let output = self.script(arguments, input);
        assert!(!output.status.success(), "{arguments:?} {input}");
        String::from_utf8(output.stderr).unwrap()
    }
}

pub(super) fn archive_name() -> String {
    format!("casefile-{VERSION}-{TARGET}.tar.gz")
}

/// The same archive as it is downloaded by a runner that has xz.
pub(super) fn smaller_name() -> String {
    format!("casefile-{VERSION}-{TARGET}.tar.xz")
}

/// A file of this repository.
pub(super) fn own(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
