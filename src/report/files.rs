//! Which files the configuration's globs match. No symbolic link is followed, and nothing in `.git` is a report.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::model::scan::Problem;
use crate::wildcard::Wildcard;

/// What globs match.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct MatchedFiles {
    /// Regular files, ordered by path, each once.
    pub files: Vec<PathBuf>,
    /// Globs that are wrong.
    pub problems: Vec<Problem>,
    /// Globs that match nothing.
    pub unmatched: Vec<Problem>,
}

/// Finds the files below `root` that any of the globs matches. A glob may be an absolute path: the part before its
/// first wildcard is then used literally.
pub fn find(root: &Path, globs: &[impl AsRef<str>]) -> MatchedFiles {
    let mut files = BTreeSet::new();
    let (mut problems, mut unmatched) = (Vec::new(), Vec::new());
    for glob in globs.iter().map(AsRef::as_ref) {
        match matching(root, glob) {
            Ok(matched) if matched.is_empty() => unmatched.push(nothing(root, glob)),
            Ok(matched) => files.extend(matched),
            Err(message) => problems.push(Problem::new(glob, message)),
        }
    }
    MatchedFiles { files: files.into_iter().collect(), problems, unmatched }
}

/// What is reported about a glob that matches nothing: what was looked for, and where.
fn nothing(root: &Path, glob: &str) -> Problem {
    let problem = |message: String| Problem::new(glob, message);
    match fs::symlink_metadata(root.join(glob)) {
        Ok(data) if data.is_dir() => problem("this is a folder, but reports are files".to_owned())
            .hint(format!("use `{}/**` for the files in it", glob.trim_end_matches('/'))),
        Ok(data) if data.is_symlink() => problem("this is a symbolic link, which is not followed".to_owned())
            .hint("name the file that it points to"),
        _ => problem(match Path::new(glob).is_absolute() {
            true => "no file matches".to_owned(),
            false => format!("no file matches in {}", root.display()),
        })
        .hint(
            "make sure that the scanner has run, and check where it writes its reports; if they are elsewhere, use \
               `--reports GLOB`",
        ),
    }
}

/// Checks that a glob is valid.
///
/// # Errors
/// Why it is not, as a continuation of its name.
pub fn check(glob: &str) -> Result<(), String> {
    pattern(Path::new(glob)).map(drop)
}

fn matching(root: &Path, glob: &str) -> Result<Vec<PathBuf>, String> {
    let inside = Path::new(glob).strip_prefix(root).unwrap_or(Path::new(glob));
    let (start, pattern) = pattern(inside)?;
    let absolute = start.is_absolute();
    let start = if absolute { start } else { root.join(start) };
    let linked = |path: &Path| path.ancestors().take_while(|part| *part != root).any(is_link);
    let mut found = Vec::new();
    if is_git(&start) || !absolute && linked(&start) {
        return Ok(found);
    }
    if pattern.as_str().is_empty() {
        if fs::symlink_metadata(&start).is_ok_and(|metadata| metadata.is_file()) {
            found.push(start);
        }
        return Ok(found);
    }
    let deepest = if pattern.has_folders() { usize::MAX } else { pattern.as_str().split('/').count() };
    let all_seen = walk(&start, deepest, MOST_FILES, &mut |path| {
        let below = path.strip_prefix(&start).unwrap_or(path);
        if below.to_str().is_some_and(|below| pattern.matches(below)) {
            found.push(path.to_owned());
        }
    });
    match all_seen {
        true => Ok(found),
        false => Err(format!("there are more than {MOST_FILES} files under {}", start.display())),
    }
}

/// How many files and folders are examined for one glob.
const MOST_FILES: usize = 2_000_000;

/// Where the system shows processes and devices as files: no scanner writes there, and there is no end to them.
const SYSTEM: [&str; 3] = ["/proc", "/sys", "/dev"];

/// The folder or file at the beginning of a glob, and the pattern for what is below it.
fn pattern(glob: &Path) -> Result<(PathBuf, Wildcard), String> {
    let parts: Vec<Component<'_>> = glob.components().filter(|part| *part != Component::CurDir).collect();
    if parts.contains(&Component::ParentDir) {
        return Err("`..` is not allowed in a glob".to_owned());
    }
    let plain = |part: &&Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    let fixed = parts.iter().take_while(plain).count();
    let (start, rest): (PathBuf, PathBuf) =
        (parts[..fixed].iter().collect(), parts[fixed..].iter().collect());
    let rest = rest.to_str().ok_or("is not UTF-8")?;
    let pattern = Wildcard::path(rest).map_err(|why| format!("is not a valid glob: {why}"))?;
    Ok((start, pattern))
}

/// Visits the regular files below a folder, down to this depth and at most this many; false: there are more.
fn walk(folder: &Path, deepest: usize, most: usize, visit: &mut dyn FnMut(&Path)) -> bool {
    let mut folders = vec![(folder.to_owned(), 1)];
    let mut seen = 0;
    while let Some((folder, depth)) = folders.pop() {
        // a folder that cannot be read contains none of our reports
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            seen += 1;
            if seen > most {
                return false;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !entry.file_name().eq_ignore_ascii_case(".git") => {
                    let path = entry.path();
                    if depth < deepest && !SYSTEM.iter().any(|system| path == Path::new(system)) {
                        folders.push((path, depth + 1));
                    }
                }
                Ok(kind) if kind.is_file() => visit(&entry.path()),
                _ => {}
            }
        }
    }
    true
}

/// Whether the path itself is a symbolic link.
pub(crate) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// Whether the path leads into `.git`, however it is written.
pub(crate) fn is_git(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "a.sarif",
            "b/c.sarif",
            "b/d/e.sarif",
            "b/x.json",
            ".git/config",
            ".git/f.sarif",
            ".hidden/g.sarif",
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        fs::create_dir_all(folder.path().join("folder.sarif")).unwrap();
        folder
    }

    #[test]
    fn globs_mean_regular_files() {
        let folder = folder();
        let check = |globs: &[&str], expected: &[&str], problems: &[&str]| {
            let found = find(folder.path(), globs);
            let files: Vec<_> = found
                .files
                .iter()
                .map(|file| file.strip_prefix(folder.path()).unwrap().to_str().unwrap())
                .collect();
            assert_eq!(files, expected, "{globs:?}");
            let said = found.problems.iter().chain(&found.unmatched);
            let said: Vec<String> =
                said.map(|one| one.message.replace(folder.path().to_str().unwrap(), "HERE")).collect();
            assert_eq!(said, problems);
        };
        check(&["**/*.sarif"], &[".hidden/g.sarif", "a.sarif", "b/c.sarif", "b/d/e.sarif"], &[]);
        check(&["*.sarif", "./a.sarif", "b/c.sarif"], &["a.sarif", "b/c.sarif"], &[]);
        check(&["b/**/*.sarif"], &["b/c.sarif", "b/d/e.sarif"], &[]);
        check(&["b/*"], &["b/c.sarif", "b/x.json"], &[]);
        check(&[".git/config"], &[], &["no file matches in HERE"]);
        check(&[".git/*"], &[], &["no file matches in HERE"]);
        check(&["/nowhere/*.sarif"], &[], &["no file matches"]);
        check(&["folder.sarif", "a.sarif"], &["a.sarif"], &["this is a folder, but reports are files"]);
        check(&["../*.sarif"], &[], &["`..` is not allowed in a glob"]);
        check(
            &["a**.sarif"],
            &[],
            &["is not a valid glob: recursive wildcards must form a single path \
                                      component"],
        );
        let absolute = folder.path().join("b/*.sarif");
        check(&[absolute.to_str().unwrap()], &["b/c.sarif"], &[]);
        check(&["*/*.sarif"], &[".hidden/g.sarif", "b/c.sarif"], &[]);
    }

    #[test]
    fn no_more_is_looked_at_than_a_glob_may_mean() {
        let folder = folder();
        let check = |deepest, most, expected| {
            let mut count = 0;
            let all_seen = walk(folder.path(), deepest, most, &mut |_| count += 1);
            assert_eq!((all_seen, count), expected, "{deepest} {most}");
        };
        check(usize::MAX, usize::MAX, (true, 5));
        check(1, usize::MAX, (true, 1));
        check(2, usize::MAX, (true, 4));
        let mut count = 0;
        assert!(!walk(folder.path(), usize::MAX, 3, &mut |_| count += 1));
        assert!(count <= 3);
    }

    #[cfg(unix)]
    #[test]
    fn what_the_system_shows_as_files_is_not_gone_through() {
        let mut seen = Vec::new();
        walk(Path::new("/"), 2, usize::MAX, &mut |path| seen.push(path.to_owned()));
        let system = |path: &PathBuf| SYSTEM.iter().any(|system| path.starts_with(system));
        assert_eq!(seen.into_iter().find(system), None);
    }

    #[cfg(unix)]
    #[test]
    fn no_symbolic_link_is_followed() {
        use std::os::unix::fs::symlink;
        let (folder, outside) = (folder(), folder());
        symlink(outside.path().join("a.sarif"), folder.path().join("link.sarif")).unwrap();
        symlink(outside.path(), folder.path().join("out")).unwrap();
        for glob in ["link.sarif", "out/a.sarif", "out/*.sarif", "out/**/*.sarif", "l*.sarif", "ou?/*.sarif"]
        {
            assert_eq!(find(folder.path(), &[glob]).files, Vec::<PathBuf>::new(), "{glob}");
        }
        let said = find(folder.path(), &["link.sarif"]).unmatched.remove(0).message;
        assert_eq!(said, "this is a symbolic link, which is not followed");
    }
}
