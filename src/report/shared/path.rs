//! Paths as reports write them, made relative to the repository's root with `/`: two spellings of one file become one
//! path.
//!
//! Anything outside stays a text that leads nowhere: `/etc/passwd`, `../x`.

use std::borrow::Cow;
use std::path::Path;

use crate::model::fingerprint::Recipe;
use crate::report::parse::source::ReportSource;
use crate::report::shared::{roots, words};

/// The longest path, in bytes, as in Linux.
const PATH_LIMIT: usize = 4_096;

/// How KICS writes the paths in its image: the image's documentation mounts the checkout at `/path`, and KICS itself is
/// two folders deep.
const OF_KICS: &str = "../../path/";

/// A path of KICS, relative to the checkout.
pub(crate) fn of_kics(path: &str) -> &str {
    path.strip_prefix(OF_KICS).unwrap_or(path)
}

/// The path that an address or path in a report stands for.
///
/// `file:` is removed and percent escapes are resolved; other schemes stay as they are.
pub(crate) fn of_uri<'a>(uri: Cow<'a, str>, source: &ReportSource) -> Cow<'a, str> {
    let uri = bounded(uri);
    if !uri.bytes().any(|byte| matches!(byte, b'%' | b':')) {
        return of_path(uri, source);
    }
    let Some(local) = local(&uri) else { return uri };
    let decoded = decode(local);
    // `/D%3A/a` is a drive, too
    let decoded = match decoded.strip_prefix('/').filter(|rest| drive(rest)) {
        Some(rest) => rest.to_owned(),
        None => decoded,
    };
    of_path(Cow::Owned(decoded), source)
}

/// A path in the operating system's notation, relative to the root.
pub(crate) fn of_path<'a>(path: Cow<'a, str>, source: &ReportSource) -> Cow<'a, str> {
    let path = bounded(path);
    if path.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("file:/")) {
        return of_uri(path, source);
    }
    // an address is not a path, whatever it looks like
    if path.contains("://") {
        return path;
    }
    let base = source.base.as_deref().filter(|base| !is_absolute(base));
    if base.is_none() && is_plain(&path) {
        return path;
    }
    let path = match () {
        () if from_windows(&path) => Cow::Owned(path.replace('\\', "/")),
        () => path,
    };
    let path = match base {
        Some(base) if !path.is_empty() && !is_absolute(&path) => normal(&format!("{base}/{path}")),
        _ => normal(&path),
    };
    let Some(inside) = inside(&path, source) else { return Cow::Owned(path) };
    // compilers on Windows write names in lower case
    let tree = source.tree.as_deref().filter(|tree| drive(&path) && !tree.has(inside));
    Cow::Owned(tree.and_then(|tree| tree.but_for_capitals(inside)).unwrap_or(inside).to_owned())
}

/// The rest of a path that leads out of the repository, if it leads back into it.
fn inside<'p>(path: &'p str, source: &ReportSource) -> Option<&'p str> {
    if !is_absolute(path) && !path.starts_with("../") {
        return None;
    }
    let root = source.root.as_deref().unwrap_or_default();
    let root = if drive(root) { Cow::Owned(root.replace('\\', "/")) } else { Cow::Borrowed(root) };
    let absolute = |path: &&str| is_absolute(path);
    let base = source.base.as_deref().filter(absolute);
    roots::below(path, &root).or_else(|| roots::inside(path, base, source.tree.as_deref()))
}

/// Whether a path starts at a file system's root.
fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || drive(path)
}

/// A path as it is; one that is too long for any file system is cut, and gets a hash that distinguishes it from others.
pub(crate) fn bounded(path: Cow<'_, str>) -> Cow<'_, str> {
    if path.len() <= PATH_LIMIT {
        return path;
    }
    let hash = Recipe::new("path").value(&path).finish();
    Cow::Owned(format!("{}…{hash}", words::start(&path, PATH_LIMIT - 40)))
}

/// Whether a path that was made relative still leads out of the repository.
pub(crate) fn is_foreign(path: &str) -> bool {
    is_absolute(path) || path.starts_with("../") || path.contains("://")
}

/// Whether what a tool calls `written`, the repository's `path`, is certain to be a single file of it, and not a
/// folder, pattern or path on another machine. A file that the checkout does not have is judged by its name; in case of
/// doubt, it is not one.
pub(crate) fn is_one_file(written: &str, path: &str, source: &ReportSource) -> bool {
    if is_foreign(path) || written.ends_with(['/', '\\']) || path.ends_with('/') {
        return false;
    }
    let there = source.root.as_ref().and_then(|root| Path::new(root).join(path).metadata().ok());
    there.map_or_else(|| is_called_like_a_file(path), |there| there.is_file())
}

/// `a.py`, `.eslintrc.js`, `Dockerfile`; not `src`, `.github`, `v1.2`, `*.py`.
fn is_called_like_a_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.trim_start_matches('.').rsplit_once('.').map(|(_, ending)| ending);
    let ends = ending.is_some_and(|ending| {
        ending.starts_with(|c: char| c.is_ascii_alphabetic()) && ending.chars().all(char::is_alphanumeric)
    });
    let known = name.ends_with("file") && name.starts_with(|c: char| c.is_ascii_uppercase());
    (ends || known) && !path.contains(['*', '?', '{', '}', ':', '|', '<', '>', '\n'])
}

/// Whether nothing has to be done to a path, which is usual.
fn is_plain(path: &str) -> bool {
    let bytes = path.as_bytes();
    let mut start = true;
    for (at, &byte) in bytes.iter().enumerate() {
        // an empty part, or one that starts with a dot
        if start && matches!(byte, b'/' | b'.') || matches!(byte, b'\\' | b':') {
            return false;
        }
        start = byte == b'/' && at + 1 < bytes.len();
    }
    true
}

/// What follows `file:` and its host; the text itself if it has no scheme.
fn local(uri: &str) -> Option<&str> {
    let Some(rest) = uri.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("file:")).map(|_| &uri[5..])
    else {
        return (!uri.contains("://")).then_some(uri);
    };
    let Some(rest) = rest.strip_prefix("//") else { return Some(rest) };
    let rest = rest.strip_prefix("localhost").filter(|rest| rest.starts_with('/')).unwrap_or(rest);
    // `/C:/x` is a drive; tools write `file://src/x` for a relative path
    Some(rest.strip_prefix('/').filter(|rest| drive(rest)).unwrap_or(rest))
}

/// Whether its parts are separated by backslashes. If both separators occur, a tool was given `src/` and went on from
/// there; but `dev-by\x2duuid.swap` is a systemd name.
fn from_windows(path: &str) -> bool {
    path.contains('\\') && !(path.contains('/') && path.contains("\\x")) || drive(path)
}

fn drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

/// Resolves percent escapes; what is not one, or would not be UTF-8, stays.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        let code = others.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|byte| first == b'%' && *byte != 0)
        {
            Some(byte) => {
                bytes.push(byte);
                rest = &others[2..];
            }
            None => {
                bytes.push(first);
                rest = others;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Without `.`, empty parts and `x/..`; what leads upwards from the start stays visible.
fn normal(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let relative = parts.join("/");
    if absolute { format!("/{relative}") } else { relative }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_as_it_is() {
        let source = ReportSource::bytes("r", Vec::new());
        for address in ["https://shop.test//a/../b", "http://shop.test"] {
            assert_eq!(of_path(address.into(), &source), address);
        }
    }

    #[test]
    fn a_path_is_seen_from_the_root() {
        let check = |uri: &str, expected: &str| {
            let mut source = ReportSource::bytes("x", *b"");
            source.root = Some("/home/r/work/shop".into());
            assert_eq!(of_uri(Cow::Borrowed(uri), &source), expected, "{uri}");
        };
        check("src/a.c", "src/a.c");
        check("./src//a.c", "src/a.c");
        check("src/../a.c", "a.c");
        check("src/", "src/");
        check("a.c", "a.c");
        check(".github/workflows/ci.yml", ".github/workflows/ci.yml");
        check("a%20b/%C3%A4.c", "a b/ä.c");
        check("100%/x%zz", "100%/x%zz");
        check("%ff", "%ff");
        check("a%00b", "a%00b");
        check("file:///home/r/work/shop/src/a.c", "src/a.c");
        check("file:/home/r/work/shop/src/a.c", "src/a.c");
        check("file://localhost/home/r/work/shop/a.c", "a.c");
        check("file://src/a.c", "src/a.c");
        check("/home/r/work/shop/src/a.c", "src/a.c");
        check("/github/workspace/src/a.c", "src/a.c");
        check("D:\\a\\shop\\shop\\src\\a.c", "src/a.c");
        check("file:///D:/a/shop/shop/src/a%20b.c", "src/a b.c");
        check("file:///D%3A/a/shop/shop/src/a.c", "src/a.c");
        check("file:///d:\\a\\shop\\shop\\src\\a.c", "src/a.c");
        check("D%3A%5Ca%5Cshop%5Cshop%5Csrc%5Ca.c", "src/a.c");
        check("/builds/acme/shop/src/../a.c", "a.c");
        check("/home/r/work/shopping/a.c", "/home/r/work/shopping/a.c");
        check("src\\win\\a.c", "src/win/a.c");
        check("./src/win\\a.c", "src/win/a.c");
        check("etc/systemd/dev-by\\x2duuid.swap", "etc/systemd/dev-by\\x2duuid.swap");
        check("file:///C:/b/a.c", "C:/b/a.c");
        check("C:\\b\\a.c", "C:/b/a.c");
        check("/etc/passwd", "/etc/passwd");
        check("/home/r/work/shop/../../x", "/home/r/x");
        check("../../etc/passwd", "../../etc/passwd");
        check("a/../../b", "../b");
        check("/../x", "/x");
        check("https://example.org/a%20b", "https://example.org/a%20b");
        check("library/ubuntu:18.04", "library/ubuntu:18.04");
        check("", "");
    }

    #[test]
    fn a_path_may_be_an_address_and_windows_has_no_capitals() {
        let check = |path: &str, expected: &str| {
            let mut source = ReportSource::bytes("x", *b"");
            let files = ["src/Api/A.cpp", "lib/x.c", "lib/X.c"];
            source.tree =
                Some(std::sync::Arc::new(crate::report::tree::CheckoutTree::of("/w", &["shop"], &files)));
            assert_eq!(of_path(Cow::Borrowed(path), &source), expected, "{path}");
        };
        check("file:///builds/acme/shop/lib/x.c", "lib/x.c");
        check("FILE:///D:/a/shop/shop/src/Api/A.cpp", "src/Api/A.cpp");
        check("d:\\a\\shop\\shop\\src\\api\\a.cpp", "src/Api/A.cpp");
        check("D:\\a\\shop\\shop\\SRC\\API\\A.CPP", "src/Api/A.cpp");
        // two files may be meant, or none
        check("D:\\a\\shop\\shop\\LIB\\X.C", "LIB/X.C");
        check("D:\\a\\shop\\shop\\lib\\X.c", "lib/X.c");
        check("D:\\a\\shop\\shop\\src\\b.cpp", "src/b.cpp");
        // in other places, letter case matters
        check("/builds/acme/shop/src/api/a.cpp", "src/api/a.cpp");
    }

    #[test]
    fn the_base_goes_before_relative_paths() {
        let check = |path: &str, expected: &str| {
            let mut source = ReportSource::bytes("x", *b"");
            (source.root, source.base) = (Some("/w".into()), Some("services/a".into()));
            assert_eq!(of_uri(Cow::Borrowed(path), &source), expected, "{path}");
        };
        check("go.mod", "services/a/go.mod");
        check("../b/go.mod", "services/b/go.mod");
        check("/w/go.mod", "go.mod");
        check("/x/go.mod", "/x/go.mod");
        check("", "");
    }

    #[test]
    fn an_ordinary_path_is_not_copied() {
        assert!(matches!(
            of_uri(Cow::Borrowed("src/a.c"), &ReportSource::bytes("x", *b"")),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn one_file_is_told_from_what_may_be_many() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("Acme.Shop")).unwrap();
        std::fs::write(root.join("run"), "").unwrap();
        std::fs::write(root.join("[id].tsx"), "").unwrap();
        let check = |written: &str, expected: bool| {
            let mut source = ReportSource::bytes("x", *b"");
            source.root = Some(root.display().to_string());
            let path = of_uri(Cow::Borrowed(written), &source);
            assert_eq!(is_one_file(written, &path, &source), expected, "{written}");
        };
        for file in ["a.py", "src/a.py", "./src/a.py", "a%20b.py", ".eslintrc.js", "Dockerfile", "build.1.R"]
        {
            check(file, true);
        }
        check(&root.join("src/a.py").display().to_string(), true);
        // the checkout contains it
        check("run", true);
        check("[id].tsx", true);
        check("Acme.Shop", false);
        check("", false);
        for other in
            ["src", "src/", "./src.d/", "src.d\\", "/", ".", "..", ".github", "v1.2", "profile", "a."]
        {
            check(other, false);
        }
        for pattern in ["src/*.py", "**/a.py", "src/?.py", "src/{a,b}.py", "a.py:3", "<stdin>.py"] {
            check(pattern, false);
        }
        for foreign in ["../co/src/a.py", "/home/r/a.py", "file:///home/r/a.py", "https://x/y.py", "C:\\a.py"]
        {
            check(foreign, false);
        }
    }
}
