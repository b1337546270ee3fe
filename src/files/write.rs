//! How a file is written: under a name that nobody can predict, and then moved into place atomically.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// The beginning and the end of the names of drafts; what is between them cannot be predicted.
const PREFIX: &str = ".casefile-";
const SUFFIX: &str = ".tmp";

/// Writes a file completely: wherever this is cut off, what existed before still exists.
///
/// # Errors
/// The folder or the file cannot be written.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_by(path.parent().unwrap_or(Path::new("")), path, bytes)
}

/// The same, with the draft in another folder on the same disk.
///
/// # Errors
/// Either folder or the file cannot be written.
pub(crate) fn write_by(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = draft(folder)?;
    draft.write_all(bytes)?;
    // the file's permissions stay as they were
    if let Ok(old) = path.symlink_metadata()
        && old.is_file()
    {
        draft.as_file().set_permissions(old.permissions())?;
    }
    draft.as_file().sync_all()?;
    draft.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a new file completely, and nothing if one exists.
///
/// # Errors
/// There is a file with this name, or it cannot be written.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = draft(path.parent().unwrap_or(Path::new("")))?;
    draft.write_all(bytes)?;
    draft.as_file().sync_all()?;
    draft.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// Removes drafts that a killed writer left behind in one of our folders, to which nobody else is writing now.
///
/// # Errors
/// The folder cannot be read or written.
pub(crate) fn clear_drafts(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_draft = |name: &str| name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        if entry.file_name().to_str().is_some_and(is_draft) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Creates a file in a folder and deletes it again.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn probe(folder: &Path) -> io::Result<()> {
    draft(folder)?.close()
}

/// A new file with a random name: never an existing one, nor what a link with that name points to.
fn draft(folder: &Path) -> io::Result<NamedTempFile> {
    let here = Path::new(".");
    let folder = if folder.as_os_str().is_empty() { here } else { folder };
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        // like any new file: what the umask leaves of these permissions
        builder.permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_as_it_was() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        fs::create_dir(place.path().join("folder")).unwrap();
        fs::write(place.path().join("folder/kept"), "mine").unwrap();
        assert!(write(&place.path().join("folder"), b"x").is_err());
        assert!(write(&place.path().join("none/file"), b"x").is_err());
        let mut names: Vec<_> =
            fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["file", "folder"]);
    }

    #[cfg(unix)]
    #[test]
    fn who_may_read_it_stays() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let place = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs::metadata(place.path().join(name)).unwrap().permissions().mode() & 0o777;
        fs::write(place.path().join("usual"), "").unwrap();
        write(&place.path().join("new"), b"1").unwrap();
        assert_eq!(mode("new"), mode("usual"));
        fs::set_permissions(place.path().join("new"), fs::Permissions::from_mode(0o640)).unwrap();
        write(&place.path().join("new"), b"2").unwrap();
        assert_eq!(mode("new"), 0o640);
        // a link is replaced, and its target is never written to
        fs::write(place.path().join("target"), "mine").unwrap();
        symlink(place.path().join("target"), place.path().join("link")).unwrap();
        write(&place.path().join("link"), b"3").unwrap();
        assert_eq!(fs::read(place.path().join("target")).unwrap(), b"mine");
        probe(place.path()).unwrap();
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 4);
    }
}
