//! Inside a room imports point one way as well: no two files import each other, directly or through others. What a
//! folder's page (`mod.rs`) declares or hands on is no import of its.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, Reader, sources, write_verbs};

/// Files that may import each other, by the room and the first of them in order of their names, each with the reason.
const ALLOWED: &[(&str, &str)] = &[];

/// A file by its module, with the modules that it names.
type Edges = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

#[test]
fn files_of_a_room_do_not_import_each_other_in_circles() {
    let files = sources();
    let found: Vec<String> =
        cycles(&edges(&files)).iter().filter(|one| !is_allowed(one)).map(|one| shown(one)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
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

/// What each file imports of its own room.
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
    ALLOWED.iter().any(|(first, _)| cycle[0].join("::") == *first)
}

fn shown(cycle: &[Vec<String>]) -> String {
    cycle.iter().map(|module| module.join("::")).collect::<Vec<_>>().join(" ↔ ")
}
