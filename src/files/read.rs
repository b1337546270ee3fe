//! What is opened: regular files of limited length, through no link in the checkout.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};

/// Reads a whole file from `root`. Below `root`, no part of the path may be a symbolic link, because whoever wrote the
/// checkout created it; what is elsewhere belongs to the machine, and its links are trusted. A pipe or a device is
/// never opened, because it could block a reader for ever. `limit`: in bytes.
///
/// # Errors
/// It does not exist, is not a regular file, is behind a link, is longer than the limit, or cannot be read.
pub(crate) fn read(root: &Path, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let whole = root.join(path);
    if let Some(link) = link_below(root, &whole) {
        let link = link.strip_prefix(root).unwrap_or(&link).display().to_string();
        return Err(io::Error::other(format!("{link} is a symbolic link, which is not followed")));
    }
    let not_regular = || io::Error::other("it is not a regular file");
    if !fs::metadata(&whole)?.is_file() {
        return Err(not_regular());
    }
    let file = File::open(&whole)?;
    if !file.metadata()?.is_file() {
        return Err(not_regular());
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it is larger than {}", size(limit))));
    }
    Ok(bytes)
}

/// A length in the form that people use.
fn size(bytes: u64) -> String {
    const MEBI: u64 = 1 << 20;
    if bytes >= MEBI && bytes.is_multiple_of(MEBI) {
        format!("{} MiB", bytes / MEBI)
    } else {
        format!("{bytes} bytes")
    }
}

/// The first part of a path relative to `root` that is a symbolic link.
pub(super) fn link_below(root: &Path, whole: &Path) -> Option<std::path::PathBuf> {
    let mut part = root.to_owned();
    whole.strip_prefix(root).ok()?.components().find_map(|component| {
        part.push(component);
        let is_link = part.symlink_metadata().is_ok_and(|data| data.is_symlink());
        (is_link && matches!(component, Component::Normal(_))).then(|| part.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_told_as_people_say_it() {
        let check = |bytes: u64, expected: &str| assert_eq!(size(bytes), expected);
        check(0, "0 bytes");
        check(4, "4 bytes");
        check(1 << 20, "1 MiB");
        check((1 << 20) + 1, "1048577 bytes");
        check(4 << 20, "4 MiB");
    }

    #[cfg(unix)]
    #[test]
    fn regular_files_alone_are_opened() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let (root, outside) = (place.path().join("checkout"), place.path().join("outside"));
        fs::create_dir_all(root.join("folder")).unwrap();
        fs::create_dir(&outside).unwrap();
        for file in [root.join("file"), root.join("folder/file"), outside.join("file")] {
            fs::write(file, "12345").unwrap();
        }
        symlink(outside.join("file"), root.join("link")).unwrap();
        symlink(root.join("file"), root.join("inner")).unwrap();
        symlink(&outside, root.join("linked")).unwrap();
        symlink("/dev/zero", root.join("zero")).unwrap();
        symlink(outside.join("file"), outside.join("link")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(root.join("pipe")).status().unwrap();
        assert!(pipe.success());
        let check = |path: &Path, limit: u64, expected: Result<&str, &str>| {
            let said = read(&root, path, limit).map(|bytes| String::from_utf8(bytes).unwrap());
            match expected {
                Ok(text) => assert_eq!(said.unwrap(), text, "{path:?}"),
                Err(why) => assert!(said.unwrap_err().to_string().contains(why), "{path:?}"),
            }
        };
        for name in ["file", "folder/file", "./folder/../file"] {
            check(Path::new(name), 5, Ok("12345"));
            check(Path::new(name), 4, Err("larger than 4 bytes"));
        }
        for name in ["link", "inner", "linked/file", "zero", "linked/../file"] {
            check(Path::new(name), 5, Err("symbolic link"));
        }
        for name in ["pipe", "folder", ".", "/dev/zero", "/dev/null"] {
            check(Path::new(name), 5, Err("not a regular file"));
        }
        check(&outside.join("file"), 5, Ok("12345"));
        check(&outside.join("link"), 5, Ok("12345"));
        assert_eq!(read(&root, Path::new("none"), 5).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
