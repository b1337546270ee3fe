//! The documents of the repository: what they link to is there, and so is every document that a comment cites.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What is not part of the repository, or not its prose.
const LEFT_OUT: [&str; 6] = [".git", "target", "fixtures", "seeds", "corpus", "node_modules"];

#[test]
fn every_link_leads_somewhere() {
    let pages: BTreeMap<PathBuf, String> =
        files(&["md"]).into_iter().map(|path| (path.clone(), read(&path))).collect();
    assert!(pages.len() > 15, "only {} documents were found", pages.len());
    let anchors: BTreeMap<&PathBuf, BTreeSet<String>> =
        pages.iter().map(|(path, text)| (path, prose(text).lines().filter_map(anchor).collect())).collect();
    let mut broken = Vec::new();
    for (path, text) in &pages {
        for link in links(&prose(text)) {
            let (target, heading) = link.split_once('#').unwrap_or((&link, ""));
            let folder = path.parent().unwrap();
            let target = if target.is_empty() { path.clone() } else { normal(&folder.join(target)) };
            let is_there = root().join(&target).exists();
            let has_heading =
                anchors.get(&target).is_none_or(|all| heading.is_empty() || all.contains(heading));
            if !(is_there && has_heading) {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_path_of_the_sources_that_a_document_names_is_there() {
    let mut missing = Vec::new();
    for path in files(&["md"]) {
        for word in read(&path).split('`').skip(1).step_by(2) {
            let word = word.trim_end_matches('/');
            let is_path = ["src/", "tests/", "docs/", "fuzz/", "action/", ".github/", ".ci/"];
            let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
            // what a tool makes is there when it has run
            let made = word.starts_with("fuzz/artifacts");
            if is_path.iter().any(|start| word.starts_with(start))
                && plain
                && !made
                && !root().join(word).exists()
                // CODEOWNERS and the configuration of whoever uses casefile
                && !word.ends_with("CODEOWNERS")
            {
                missing.push(format!("{}: {word}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_document_that_a_comment_cites_is_there() {
    let mut missing = Vec::new();
    let mut count = 0;
    for path in files(&["rs", "sh", "yml", "toml"]) {
        for (at, line) in read(&path).lines().enumerate() {
            let slashes = line.split_once("//").filter(|(code, _)| !code.ends_with(':'));
            let comment = slashes.filter(|_| path.extension().is_some_and(|end| end == "rs"));
            // within quotes it begins no comment
            let hash = line.split_once("# ").filter(|(code, _)| code.matches('"').count().is_multiple_of(2));
            let Some((_, comment)) = comment.or(hash) else { continue };
            for word in comment.split(|c: char| !(c.is_ascii_alphanumeric() || "/._-".contains(c))) {
                let word = word.trim_end_matches('.');
                let is_page = word.ends_with(".md") && !word.contains("//");
                let near = path.parent().unwrap().join(word);
                if is_page && !word.starts_with(".md") {
                    count += 1;
                    if !(root().join(word).exists() || root().join(near).exists()) {
                        missing.push(format!("{}:{}: {word}", path.display(), at + 1));
                    }
                }
            }
            for name in ["DESIGN", "FACTS", "HOUSE"] {
                let cited = comment.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == name);
                if cited {
                    missing.push(format!("{}:{}: {name}", path.display(), at + 1));
                }
            }
        }
    }
    assert!(count > 10, "only {count} documents are cited");
    assert!(missing.is_empty(), "{missing:#?}");
}

/// A page without its blocks of code.
fn prose(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The relative targets of a page's links.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let targets = targets.map(|(target, _)| target.to_owned());
    targets.filter(|target| !target.contains("://") && !target.contains(' ')).collect()
}

/// What a heading is called in an address, as GitHub makes it.
fn anchor(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    Some(kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect())
}

/// The files with these endings, as paths from the repository's root.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = folder.join(&name);
            if LEFT_OUT.contains(&name.as_str()) || name.starts_with("casefile-") {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
