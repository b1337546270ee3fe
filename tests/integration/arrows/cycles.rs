//! Inside a module imports point one way as well: no two files import each other, directly or through others. What a
//! folder's page (`mod.rs`) declares or hands on is no import of its.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, Reader, sources, write_verbs};

const PAGE: &str = "the page is the story, and its parts share the types that it declares";
const READER: &str = "a reader is one program: its page walks the report, and its parts read the elements that the page declares";
const CONTEXT: &str = "a context is filled by what it is later asked for";

/// Files that may import each other: the first of them in order of their names, how many there are, and the reason. No
/// circle may grow.
const ALLOWED: &[(&str, usize, &str)] = &[
    ("compose::section", 5, PAGE),
    ("config", 5, PAGE),
    ("config::jira", 2, "a route has conditions, and the configuration has routes"),
    ("document::markdown", 3, PAGE),
    ("github::context", 6, PAGE),
    ("http", 2, "an answer becomes a failure, which names the client"),
    ("report::detect", 2, "a list of reports is read as its elements are"),
    ("report::detect::outline", 2, "what is unsupported is known by its outline, which tells it"),
    ("report::parse::json", 4, "a lenient type reads a stream, and the stream gives lenient types"),
    ("report::readers::alert::github", 4, READER),
    ("report::readers::code::gitlab", 2, READER),
    ("report::readers::dependency::cyclonedx::context", 2, CONTEXT),
    ("report::readers::dependency::npm", 5, READER),
    ("report::readers::dependency::snyk", 3, READER),
    ("report::readers::dependency::trivy", 3, READER),
    ("serve", 4, PAGE),
    ("tracker::jira", 4, PAGE),
    ("tracker::local", 2, PAGE),
];

/// A file by its module, with the modules that it names.
type Edges = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

#[test]
fn files_of_a_room_do_not_import_each_other_in_circles() {
    let files = sources();
    let found: Vec<String> =
        cycles(&edges(&files)).iter().filter(|one| !is_allowed(one)).map(|one| shown(one)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    let all = cycles(&edges(&files));
    let idle = ALLOWED.iter().filter(|(first, ..)| !all.iter().any(|one| one[0].join("::") == *first));
    let idle: Vec<&str> = idle.map(|(first, ..)| *first).collect();
    assert!(idle.is_empty(), "opened, and still listed: {idle:?}");
    assert!(ALLOWED.iter().all(|(.., reason)| reason.len() > 20), "each has its reason");
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let file = |module: &[&str], text: &str| File {
        path: "x.rs".into(),
        module: super::strings(module),
        text: text.to_owned(),
    };
    let check = |one: &str, other: &str, expected: usize| {
        let files = [
            file(&["plan"], "mod one; mod other;"),
            file(&["plan", "one"], one),
            file(&["plan", "other"], other),
        ];
        assert_eq!(cycles(&edges(&files)).len(), expected, "{one} {other}");
    };
    check("use super::other::X;", "use crate::plan::one::Y;", 1);
    check("use super::other::X;", "fn f() { super::one::g() }", 1);
    check("use super::other::X;", "use crate::model::one::Y;", 0);
    check("use super::other::X;", "#[cfg(test)] mod tests { use crate::plan::one::Y; }", 0);
    let through = [file(&["plan"], "mod one; fn f() { one::g() }"), file(&["plan", "one"], "use super::X;")];
    assert_eq!(cycles(&edges(&through)).len(), 1, "a folder's page is a file as well");
    let page = File { path: "mod.rs".into(), ..file(&["plan"], "mod one; pub use one::X; pub struct Y;") };
    assert_eq!(
        cycles(&edges(&[page, file(&["plan", "one"], "use super::Y;")])).len(),
        0,
        "what it hands on is none"
    );
}

/// What each file imports of its own module.
fn edges(files: &[File]) -> Edges {
    let verbs = write_verbs();
    let modules: BTreeSet<&Vec<String>> = files.iter().map(|file| &file.module).collect();
    let mut edges = Edges::new();
    for file in files.iter().filter(|file| !file.module.is_empty()) {
        let (mut found, mut named) = (Vec::new(), Vec::new());
        Reader::read(file, &verbs, &mut found, &mut named);
        let targets = named.iter().filter_map(|path| {
            let prefixes = (1..=path.len()).rev().map(|length| path[..length].to_vec());
            prefixes.into_iter().find(|prefix| modules.contains(prefix))
        });
        let inside = targets.filter(|target| target[0] == file.module[0] && *target != file.module);
        edges.insert(file.module.clone(), inside.collect());
    }
    edges
}

/// The groups of files each of which reaches every other.
fn cycles(edges: &Edges) -> Vec<Vec<Vec<String>>> {
    let reach: BTreeMap<&Vec<String>, BTreeSet<&Vec<String>>> =
        edges.keys().map(|from| (from, reached(edges, from))).collect();
    let mut left: BTreeSet<&Vec<String>> = edges.keys().filter(|one| reach[one].contains(one)).collect();
    let mut found = Vec::new();
    while let Some(first) = left.pop_first() {
        let with: Vec<&Vec<String>> = left
            .iter()
            .copied()
            .filter(|one| reach[first].contains(one) && reach[one].contains(first))
            .collect();
        left.retain(|one| !with.contains(one));
        found.push([first].into_iter().chain(with).cloned().collect());
    }
    found
}

fn reached<'e>(edges: &'e Edges, from: &Vec<String>) -> BTreeSet<&'e Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&Vec<String>> = edges[from].iter().collect();
    while let Some(one) = next.pop() {
        if seen.insert(one) {
            next.extend(edges.get(one).into_iter().flatten());
        }
    }
    seen
}

fn is_allowed(cycle: &[Vec<String>]) -> bool {
    ALLOWED.iter().any(|(first, most, _)| cycle[0].join("::") == *first && cycle.len() <= *most)
}

fn shown(cycle: &[Vec<String>]) -> String {
    cycle.iter().map(|module| module.join("::")).collect::<Vec<_>>().join(" ↔ ")
}
