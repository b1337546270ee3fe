//! One name, one meaning: types that share a name are listed in the glossary, with the reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use syn::{Item, Visibility};

use crate::arrows::sources;

/// How many types of a hundred may share their name with another one.
const SHARED: usize = 8;

#[test]
fn public_types_that_share_a_name_are_in_the_glossary() {
    let listed = listed();
    let types = types();
    let shared = types.iter().filter(|(_, places)| places.iter().filter(|(_, public)| *public).count() > 1);
    let missing: Vec<String> = shared
        .filter(|(name, _)| !listed.contains_key(name.as_str()))
        .map(|(name, places)| format!("{name}: {places:?}"))
        .collect();
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
    let idle: Vec<&String> =
        listed.keys().filter(|name| types.get(*name).is_none_or(|all| all.len() < 2)).collect();
    assert!(idle.is_empty(), "listed, and shared by nobody: {idle:?}");
    assert!(listed.values().all(|reason| reason.len() > 10), "each has its reason");
}

#[test]
fn few_types_share_a_name() {
    let types = types();
    let all: usize = types.values().map(Vec::len).sum();
    let shared: usize = types.values().map(Vec::len).filter(|count| *count > 1).sum();
    assert!(all > 500, "only {all} types were found");
    let names: Vec<&String> =
        types.iter().filter(|(_, places)| places.len() > 1).map(|(name, _)| name).collect();
    assert!(shared * 100 < all * SHARED, "{shared} of {all} types share a name: {names:?}");
}

/// The types of the library by name: where each is, and whether it is public.
fn types() -> BTreeMap<String, Vec<(String, bool)>> {
    let mut types: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
    for file in sources() {
        let parsed = syn::parse_file(&file.text).unwrap();
        for item in &parsed.items {
            let (name, visibility) = match item {
                Item::Struct(one) => (&one.ident, &one.vis),
                Item::Enum(one) => (&one.ident, &one.vis),
                Item::Trait(one) => (&one.ident, &one.vis),
                Item::Type(one) => (&one.ident, &one.vis),
                _ => continue,
            };
            let public = matches!(visibility, Visibility::Public(_));
            types.entry(name.to_string()).or_default().push((file.module.join("::"), public));
        }
    }
    types
}

/// The names that the glossary lists, each with the reason.
fn listed() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/glossary.md");
    let text = fs::read_to_string(path).unwrap();
    let table =
        text.split_once("## Type names that two modules share").expect("the glossary has the table").1;
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .filter(|row| row.len() == 3)
        .map(|row| (row[0].trim_matches('`').to_owned(), row[2].to_owned()))
        .collect()
}
