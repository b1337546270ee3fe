//! Where casefile may write a file: not through a link in the checkout, and not over a file that it did not write.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::read::link_below;
use super::write::write;
use crate::error::{Error, ErrorClass, Result};

/// What distinguishes our files from others.
pub(crate) struct Mark<'m> {
    /// Whether a complete file is ours.
    pub is_ours: &'m dyn Fn(&[u8]) -> bool,
    /// The beginning of each of ours, by which one that was cut off is recognised.
    pub begins: &'m str,
}

impl Mark<'_> {
    /// Whether a file is ours, complete or cut off. An empty one was made for us, or its writer was killed.
    pub(crate) fn is_on(&self, old: &[u8]) -> bool {
        old.is_empty() || old.starts_with(self.begins.as_bytes()) || (self.is_ours)(old)
    }
}

/// Writes a file that the user named, replacing one of ours if it exists. `limit`: how long one of ours may be, in
/// bytes.
///
/// # Errors
/// A link in the checkout is on the way, the file is somebody else's, or it cannot be written.
pub(crate) fn replace(root: &Path, path: &Path, limit: u64, mark: &Mark<'_>, text: &[u8]) -> Result<()> {
    let path = checked(root, path)?;
    match path.symlink_metadata() {
        Ok(data) if data.is_file() => {
            let mut old = Vec::new();
            let file = File::open(&path).map_err(|error| failure(&path, &error.to_string()))?;
            file.take(limit).read_to_end(&mut old).map_err(|error| failure(&path, &error.to_string()))?;
            if !mark.is_on(&old) {
                let message = format!("{} already exists and was not written by casefile", path.display());
                return Err(Error::new(ErrorClass::Machine, message)
                    .hint("move it elsewhere, or choose another file"));
            }
        }
        Ok(_) => return Err(failure(&path, "it is not a regular file")),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failure(&path, &error.to_string())),
    }
    write(&path, text).map_err(|error| failure(&path, &error.to_string()))
}

/// The path relative to the checkout's root, if no part of it is a link there. What is elsewhere is up to the user.
///
/// # Errors
/// A part of it is a link.
pub(crate) fn checked(root: &Path, path: &Path) -> Result<PathBuf> {
    let whole = root.join(path);
    match link_below(root, &whole) {
        Some(link) => {
            let why = format!("{} is a symbolic link, which is not followed", link.display());
            Err(failure(&whole, &why))
        }
        None => Ok(whole),
    }
}

fn failure(path: &Path, why: &str) -> Error {
    Error::new(ErrorClass::Machine, format!("{} cannot be written: {why}", path.display()))
        .hint("remove what is there, or choose another path")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn check(root: &Path, path: &str, expected: Option<&str>) {
        let mark = Mark { is_ours: &|old| old == b"ours, whole", begins: "ours," };
        let said = replace(root, Path::new(path), 100, &mark, b"ours, whole");
        assert_eq!(
            said.as_ref().err().map(ToString::to_string).is_some(),
            expected.is_some(),
            "{path} {said:?}"
        );
        if let Some(words) = expected {
            assert!(said.unwrap_err().to_string().contains(words), "{path}");
        }
    }

    #[test]
    fn only_a_file_of_ours_is_replaced() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("scan.sarif"), "mine").unwrap();
        check(place.path(), "scan.sarif", Some("was not written by casefile"));
        assert_eq!(fs::read_to_string(place.path().join("scan.sarif")).unwrap(), "mine");
        for _ in 0..2 {
            check(place.path(), "new", None);
        }
        for cut in ["", "ours,", "ours, wh"] {
            fs::write(place.path().join("new"), cut).unwrap();
            check(place.path(), "new", None);
            assert_eq!(fs::read_to_string(place.path().join("new")).unwrap(), "ours, whole");
        }
        fs::write(place.path().join("new"), "our").unwrap();
        check(place.path(), "new", Some("was not written by casefile"));
        check(place.path(), ".", Some("not a regular file"));
    }

    #[cfg(unix)]
    #[test]
    fn no_link_on_the_way_is_followed() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let (root, outside) = (place.path().join("checkout"), place.path().join("outside"));
        fs::create_dir(&root).unwrap();
        fs::create_dir(&outside).unwrap();
        symlink(&outside, root.join("folder")).unwrap();
        symlink(outside.join("file"), root.join("file")).unwrap();
        check(&root, "folder/file", Some("symbolic link"));
        check(&root, "file", Some("symbolic link"));
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
        check(&root, &outside.join("file").display().to_string(), None);
    }
}
