//! Each promise of SECURITY.md names tests that hold it; this holds SECURITY.md to the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// `module::…::name`, as the test runner calls it.
fn named(page: &str) -> Vec<&str> {
    page.split('`').skip(1).step_by(2).filter(|word| word.contains("::")).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files that may hold a test: its module's, or those of the modules around it.
fn files(modules: &[&str]) -> Vec<PathBuf> {
    let of = |folder: &str, modules: &[&str]| {
        let path = root().join(folder).join(modules.join("/"));
        [path.with_extension("rs"), path.join("mod.rs")]
    };
    let depths = 1..=modules.len();
    depths
        .rev()
        .flat_map(|depth| ["src", "tests/integration"].map(|folder| of(folder, &modules[..depth])))
        .flatten()
        .filter(|path| path.is_file())
        .collect()
}

/// Whether a function of that name is marked as a test, or made one by a macro.
fn is_test(text: &str, name: &str) -> bool {
    let function = format!("fn {name}(");
    let made = format!("{name},");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let marked = |at: usize| lines[at.saturating_sub(3)..at].iter().any(|line| line.starts_with("#["));
    lines.iter().enumerate().any(|(at, line)| line.contains(&function) && marked(at))
        || lines.iter().any(|line| line.contains(&made) || *line == name)
}

#[test]
fn every_test_that_a_promise_names_is_there() {
    let page = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let named = named(&page);
    assert!(named.len() >= 40, "only {} tests are named", named.len());
    let missing: BTreeSet<&str> = named
        .into_iter()
        .filter(|test| {
            let mut modules: Vec<&str> = test.split("::").collect();
            let name = modules.pop().unwrap_or_default();
            !files(&modules).iter().any(|file| is_test(&fs::read_to_string(file).unwrap(), name))
        })
        .collect();
    assert!(missing.is_empty(), "not found: {missing:#?}");
}

#[test]
fn every_promise_names_a_test() {
    let page = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| promise"));
    let bare: Vec<&str> = rows.filter(|row| !row.contains("::")).collect();
    assert!(bare.is_empty(), "no test: {bare:#?}");
}
