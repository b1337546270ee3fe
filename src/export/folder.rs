//! The folder that tickets are written to. Only what casefile itself wrote there is replaced or removed: it is listed
//! in `tickets.json`, and only names of this form are trusted.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::mask;
use crate::error::{Error, ErrorClass, Result};
use crate::files;

/// Lists the files, and contains the tickets.
const LIST: &str = "tickets.json";

/// The longest list that is read, in bytes.
const LIMIT: u64 = 256 << 20;

/// The beginning of each list, by which one that was cut off is recognised.
const BEGINS: &str = "{\n  \"written-by\": \"casefile\"";

/// A list as it is written.
#[derive(Serialize)]
struct WrittenList<'l> {
    #[serde(rename = "written-by")]
    written_by: &'static str,
    version: u32,
    files: &'l [String],
    tickets: &'l [Value],
}

/// The part of a list that is trusted.
#[derive(Deserialize)]
struct TrustedList {
    #[serde(rename = "written-by")]
    written_by: String,
    files: Vec<String>,
}

/// A folder, and what an earlier export wrote there.
pub(super) struct ExportFolder {
    path: PathBuf,
    own: BTreeSet<String>,
}

impl ExportFolder {
    /// Opens a folder, which need not exist.
    pub(super) fn open(path: &Path) -> Result<ExportFolder> {
        let wrong = |why: &str| failure(path, &io::Error::other(why));
        match path.symlink_metadata() {
            Ok(data) if data.is_symlink() => {
                return Err(wrong("it is a symbolic link, which is not followed"));
            }
            Ok(data) if !data.is_dir() => return Err(wrong("it is not a folder")),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failure(path, &error)),
        }
        let mut folder = ExportFolder { path: path.to_owned(), own: BTreeSet::new() };
        folder.own = folder.listed();
        Ok(folder)
    }

    /// Writes the files and the list in place of the former ones; returns all names.
    pub(super) fn replace(&self, files: &[(String, Vec<u8>)], tickets: &[Value]) -> Result<Vec<String>> {
        let mut names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
        names.push(LIST.to_owned());
        for name in &names {
            self.check(name)?;
        }
        let wrong = |error: io::Error| failure(&self.path, &error);
        fs::create_dir_all(&self.path).map_err(wrong)?;
        for name in self.own.iter().filter(|name| !names.contains(name)) {
            self.remove(name)?;
        }
        // The list comes first: what is written after it is recognised as ours, wherever this is cut off.
        let list = WrittenList { written_by: "casefile", version: 1, files: &names, tickets };
        let list = serde_json::to_vec_pretty(&list).unwrap_or_default();
        files::write(&self.path.join(LIST), &list).map_err(wrong)?;
        for (name, content) in files {
            let mut content = content.clone();
            mask::bytes(&mut content);
            let path = self.path.join(name);
            // one that is cut off is replaced by the next export, because the list names it
            let written = if self.own.contains(name) {
                files::write(&path, &content)
            } else {
                write_new(&path, &content)
            };
            written.map_err(wrong)?;
        }
        Ok(names)
    }

    /// Removes what the list names, finally the list itself, and the folder if nothing is left in it.
    pub(super) fn clear(&self) -> Result<()> {
        for name in self.own.iter().filter(|name| *name != LIST) {
            self.remove(name)?;
        }
        if self.own.contains(LIST) {
            self.remove(LIST)?;
            // files that somebody else put there stay, and so does the folder
            let _ = fs::remove_dir(&self.path);
        }
        Ok(())
    }

    /// The names in the list, as far as an export can create such names; and the list itself, if it is ours. If ours
    /// was cut off, it no longer says what it named: then every existing file with such a name counts.
    fn listed(&self) -> BTreeSet<String> {
        let Ok(text) = files::read(&self.path, Path::new(LIST), LIMIT) else { return BTreeSet::new() };
        let named = match serde_json::from_slice::<TrustedList>(&text) {
            Ok(listed) if listed.written_by == "casefile" => listed.files,
            Ok(_) => return BTreeSet::new(),
            Err(_) if text.is_empty() || text.starts_with(BEGINS.as_bytes()) => self.names(),
            Err(_) => return BTreeSet::new(),
        };
        let names = named.into_iter().filter(|name| is_ours_to_give(name));
        names.chain([LIST.to_owned()]).collect()
    }

    /// The names of everything in the folder.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    /// Fails if a file with this name belongs to somebody else, or is not a file.
    fn check(&self, name: &str) -> Result<()> {
        let path = self.path.join(name);
        let fine = match path.symlink_metadata() {
            Ok(data) => data.is_file() && self.own.contains(name),
            Err(_) => true,
        };
        if fine {
            return Ok(());
        }
        let message = format!("{} already exists and was not written by casefile", path.display());
        Err(Error::new(ErrorClass::Machine, message).hint("move it elsewhere, or choose another folder"))
    }

    fn remove(&self, name: &str) -> Result<()> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failure(&self.path, &error)),
            _ => Ok(()),
        }
    }
}

/// Writes a new file, and nothing through a link.
fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::File::create_new(path)?.write_all(content)
}

/// Whether a name is one that an export can create: a list from elsewhere cannot name any other file.
fn is_ours_to_give(name: &str) -> bool {
    let hash = name.strip_suffix(".md").is_some_and(|stem| {
        stem.len() == 20 && stem.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    });
    let table = name.strip_prefix("jira").and_then(|rest| rest.strip_suffix(".csv"));
    let table = table.is_some_and(|project| {
        project.is_empty()
            || project.strip_prefix('-').is_some_and(|key| {
                key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            })
    });
    hash || table || name == "index.md"
}

fn failure(folder: &Path, error: &io::Error) -> Error {
    let message = format!("the export folder {} cannot be written to: {error}", folder.display());
    Error::new(ErrorClass::Machine, message).hint(
        "delete or rename whatever is in the way, or give casefile write access to \
         the folder",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn files(names: &[&str]) -> Vec<(String, Vec<u8>)> {
        names.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec())).collect()
    }

    fn there(path: &Path) -> Vec<String> {
        let all = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut all: Vec<String> = all.collect();
        all.sort();
        all
    }

    const ONE: &str = "00000000000000000001.md";
    const TWO: &str = "00000000000000000002.md";

    #[test]
    fn a_later_export_takes_the_place_of_the_former() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("out");
        ExportFolder::open(&path).unwrap().replace(&files(&["index.md", ONE, "jira-SEC.csv"]), &[]).unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        ExportFolder::open(&path).unwrap().replace(&files(&["index.md", TWO]), &[]).unwrap();
        assert_eq!(there(&path), [TWO, "index.md", "notes.txt", LIST]);
        ExportFolder::open(&path).unwrap().clear().unwrap();
        assert_eq!(there(&path), ["notes.txt"]);
    }

    #[test]
    fn nothing_is_left_of_an_empty_folder() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("out");
        ExportFolder::open(&path).unwrap().replace(&files(&[ONE]), &[]).unwrap();
        ExportFolder::open(&path).unwrap().clear().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn another_ones_file_is_left_alone() {
        for name in ["index.md", LIST, ONE] {
            let place = tempfile::tempdir().unwrap();
            fs::write(place.path().join(name), "mine").unwrap();
            let said = ExportFolder::open(place.path()).unwrap().replace(&files(&["index.md", ONE]), &[]);
            assert!(said.unwrap_err().to_string().contains(name));
            ExportFolder::open(place.path()).unwrap().clear().unwrap();
            assert_eq!(fs::read_to_string(place.path().join(name)).unwrap(), "mine");
        }
    }

    #[test]
    fn a_list_from_elsewhere_names_no_other_file() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("out");
        fs::create_dir(&path).unwrap();
        fs::write(place.path().join("index.md"), "mine").unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        let list = json!({"written-by": "casefile", "files": ["../index.md", "notes.txt", "/etc/passwd"]});
        fs::write(path.join(LIST), list.to_string()).unwrap();
        ExportFolder::open(&path).unwrap().clear().unwrap();
        assert!(place.path().join("index.md").exists());
        assert_eq!(there(&path), ["notes.txt"]);
    }

    #[test]
    fn a_list_that_was_cut_off_blocks_nothing() {
        for cut in [0, BEGINS.len(), 60, 90] {
            let place = tempfile::tempdir().unwrap();
            let path = place.path().join("out");
            let write = |names: &[&str]| ExportFolder::open(&path).unwrap().replace(&files(names), &[]);
            write(&["index.md", ONE]).unwrap();
            fs::write(path.join("notes.txt"), "mine").unwrap();
            let whole = fs::read(path.join(LIST)).unwrap();
            assert!(whole.starts_with(BEGINS.as_bytes()) && whole.len() > 90);
            fs::write(path.join(LIST), &whole[..cut]).unwrap();
            write(&["index.md", TWO]).unwrap();
            assert_eq!(there(&path), [TWO, "index.md", "notes.txt", LIST], "{cut}");
            assert_eq!(fs::read_to_string(path.join("notes.txt")).unwrap(), "mine");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_written_through() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("out");
        ExportFolder::open(&path).unwrap().replace(&files(&["index.md"]), &[]).unwrap();
        let target = place.path().join("target");
        fs::write(&target, "mine").unwrap();
        fs::remove_file(path.join("index.md")).unwrap();
        std::os::unix::fs::symlink(&target, path.join("index.md")).unwrap();
        assert!(ExportFolder::open(&path).unwrap().replace(&files(&["index.md"]), &[]).is_err());
        assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
    }
}
