//! The pages that people read: every link leads somewhere, and every command can be typed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use casefile::cli::Cli;
use clap::Parser;

/// The pages by their paths from the root.
fn pages() -> BTreeMap<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = BTreeMap::new();
    for folder in ["", "docs"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.strip_prefix(root).unwrap().to_owned();
                pages.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    assert!(pages.len() > 15, "only {} pages were found", pages.len());
    pages
}

/// The lines of a page that are text, and those of its blocks of code, each with the block's language.
fn parts(page: &str) -> (Vec<&str>, Vec<(&str, Vec<&str>)>) {
    let (mut text, mut blocks): (Vec<&str>, Vec<(&str, Vec<&str>)>) = (Vec::new(), Vec::new());
    let mut inside = false;
    for line in page.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            inside = !inside;
            if inside {
                blocks.push((language.trim(), Vec::new()));
            }
        } else if inside {
            blocks.last_mut().unwrap().1.push(line);
        } else {
            text.push(line);
        }
    }
    assert!(!inside, "a block of code has no end");
    (text, blocks)
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &str) -> Vec<String> {
    let (text, _) = parts(page);
    let headings =
        text.iter().filter_map(|line| line.strip_prefix('#')).map(|rest| rest.trim_start_matches('#').trim());
    let kept = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    headings
        .map(|heading| {
            heading.to_lowercase().chars().filter(|c| kept(*c)).collect::<String>().replace(' ', "-")
        })
        .collect()
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::ParentDir => assert!(plain.pop(), "{} leads out of the repository", path.display()),
            Component::CurDir => {}
            part => plain.push(part),
        }
        plain
    })
}

#[test]
fn every_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = pages();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (path, page) in &pages {
        let (text, _) = parts(page);
        let text = text.join("\n");
        let inline = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ', '\n']).next());
        let named =
            text.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: ").map(|(_, to)| to));
        for link in inline.chain(named).filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            count += 1;
            let (file, anchor) =
                link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
            let target =
                if file.is_empty() { path.clone() } else { plain(&path.parent().unwrap().join(file)) };
            let is_there = root.join(&target).exists();
            let has_anchor = anchor.is_none_or(|anchor| {
                pages.get(&target).is_none_or(|page| anchors(page).iter().any(|own| own == anchor))
            });
            if !is_there || !has_anchor {
                wrong.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(count > 100, "only {count} links were found");
}

#[test]
fn every_path_that_contributors_are_sent_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for page in ["docs/architecture.md", "docs/glossary.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        let spans = text.split('`').skip(1).step_by(2).filter_map(|span| span.split(' ').next());
        let starts = ["src/", "tests/", "fuzz/", "fixtures/", "benches/", "packaging/", "docs/", "action/"];
        for path in spans.filter(|span| starts.iter().any(|start| span.starts_with(start))) {
            assert!(root.join(path).exists(), "{page}: {path}");
            count += 1;
        }
    }
    assert!(count > 60, "only {count} paths were found");
}

/// The words of a line, as a shell splits it; what it would put in is a commit.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut is_word = false;
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                is_word = true;
            }
            (' ', None) => {
                if is_word {
                    words.push(std::mem::take(&mut word));
                }
                is_word = false;
            }
            (c, _) => {
                word.push(c);
                is_word = true;
            }
        }
    }
    if is_word {
        words.push(word);
    }
    let put_in = |word: String| if word.starts_with("$(") { "0".repeat(40) } else { word };
    words.into_iter().map(put_in).collect()
}

#[test]
fn every_command_of_the_guides_can_be_typed() {
    let mut count = 0;
    for (path, page) in pages() {
        let (_, blocks) = parts(&page);
        for (language, lines) in blocks {
            if !matches!(language, "sh" | "yaml" | "bash" | "console") {
                continue;
            }
            for line in lines.join("\n").replace("\\\n", " ").lines() {
                let line = line.trim().trim_start_matches("- run: ").trim_start_matches("$ ");
                let typed = line.split(" # ").next().unwrap().split(" | ").next().unwrap();
                let typed = typed.split(" > ").next().unwrap();
                let is_ours = typed.starts_with("casefile ") || typed.starts_with("cargo run -- ");
                if !is_ours {
                    continue;
                }
                let typed = typed.replacen("cargo run --", "casefile", 1);
                count += 1;
                let parsed = Cli::try_parse_from(words(&typed));
                let is_help = |error: &clap::Error| !error.use_stderr();
                if let Err(error) =
                    parsed.map(|_| ()).or_else(|error| if is_help(&error) { Ok(()) } else { Err(error) })
                {
                    panic!("{}: {typed}: {error}", path.display());
                }
            }
        }
    }
    assert!(count > 10, "only {count} commands were found");
}

#[test]
fn a_line_is_split_as_a_shell_does() {
    let check = |line: &str, expected: &[&str]| assert_eq!(words(line), expected, "{line}");
    check("a --b 'c d' \"e\"", &["a", "--b", "c d", "e"]);
    check("a ''  b", &["a", "", "b"]);
    check("a \"$(git rev-parse HEAD)\"", &["a", &"0".repeat(40)]);
}
