//! The layers: who may import whom, who may write to a tracker, who may print. The sources are read as
//! tokens, along their `mod` lines; what is compiled for tests alone is free.

mod cycles;

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, TraitItem, UseTree};

/// The modules from the bottom (`docs/architecture.md`). A module may import itself and lower layers, but never
/// what follows it in brackets.
const LAYERS: &[&[(&str, &[&str])]] = &[
    &[("error", &[]), ("document", &[]), ("wildcard", &[])],
    &[("model", &[]), ("files", &[])],
    &[("config", &[]), ("report", &[]), ("http", &[]), ("ci", &[])],
    &[("policy", &[]), ("group", &[]), ("compose", &[])],
    &[("plan", &[])],
    &[("tracker", VALUES), ("github", VALUES)],
    &[("apply", &[]), ("export", &[]), ("init", &[]), ("notify", &[]), ("page", &[])],
    &[("pipeline", &[])],
    &[("serve", &[])],
    &[("cli", &[])],
    // the binary
    &[("main", &[])],
];

/// Trackers and GitHub are given values, so that they know nothing of where these come from.
const VALUES: &[&str] = &["config", "report", "policy", "group", "compose", "plan"];

/// Who may call what changes a tracker.
const WRITERS: &[&str] = &["apply", "tracker"];

/// The one module that prints.
const PRINTER: &[&str] = &["cli", "output", "printer"];

/// Whether a module's code may name another module.
fn may_import(module: &str, other: &str) -> Result<(), String> {
    let layer = |module: &str| {
        let at = LAYERS.iter().position(|layer| layer.iter().any(|(name, _)| *name == module));
        at.ok_or_else(|| format!("`{module}` is in no layer"))
    };
    let (here, there) = (layer(module)?, layer(other)?);
    let never = LAYERS[here].iter().any(|(name, never)| *name == module && never.contains(&other));
    if module == other || (there < here && !never) {
        return Ok(());
    }
    Err(format!("`{module}` may not import `{other}`"))
}

#[test]
fn imports_point_downwards() {
    let found = violations(&sources());
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_reader_sees_each_way_to_break_a_rule() {
    let check = |module: &[&str], text: &str, expected: &[&str]| {
        let file = File { path: "x.rs".into(), module: strings(module), text: text.to_owned() };
        assert_eq!(violations(&[file]), expected, "{text}");
    };
    let upward = &["x.rs:1: `model` may not import `plan`"];
    check(&["model", "ticket"], "use crate::{document, plan::Plan};", upward);
    check(&["model", "ticket"], "use super::super::plan;", upward);
    check(&["model", "ticket"], "fn f() -> crate::plan::Plan { todo() }", upward);
    check(&["model", "ticket"], "fn f() { let _ = format!(\"{}\", crate::plan::X); }", upward);
    check(&["model", "ticket"], "mod inner { use super::super::super::plan::X; }", upward);
    check(&["model", "ticket"], "use super::record::Record; use crate::document::Document;", &[]);
    check(&["model", "ticket"], "#[cfg(test)] mod tests { use crate::plan::X; }", &[]);
    check(&["model", "ticket"], "#[cfg(test)] use crate::plan::X;", &[]);
    check(&["config"], "use crate::http::X;", &["x.rs:1: `config` may not import `http`"]);
    check(&["github"], "use crate::config::X;", &["x.rs:1: `github` may not import `config`"]);
    check(&["news"], "use crate::model::X;", &["x.rs:1: `news` is in no layer"]);
    check(&["main"], "use casefile::nowhere;", &["x.rs:1: `nowhere` is in no layer"]);
    let write = &["x.rs:1: `pipeline` may not call a tracker's `create`"];
    check(&["pipeline", "run"], "fn f() { self.tracker.create(&[]); }", write);
    check(&["pipeline", "run"], "fn f() { Write::create(tracker, &[]); }", write);
    check(&["apply"], "fn f() { tracker.create(&[]); }", &[]);
    let print = |what: &str| vec![format!("x.rs:1: `cli` may not print: `{what}`")];
    let check_print = |module: &[&str], text: &str, expected: Vec<String>| {
        let file = File { path: "x.rs".into(), module: strings(module), text: text.to_owned() };
        assert_eq!(violations(&[file]), expected, "{text}");
    };
    check_print(&["cli", "run"], "fn f() { eprintln!(\"x\"); }", print("eprintln"));
    check_print(&["cli", "run"], "fn f() { std::io::stdout().lock(); }", print("stdout"));
    check_print(&["cli", "output", "printer"], "fn f() { std::io::stdout().lock(); }", Vec::new());
}

/// A source file, and the module that it is.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) module: Vec<String>,
    pub(crate) text: String,
}

/// Every file that is compiled into the library or the binary outside tests.
pub(crate) fn sources() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &root.join("lib.rs"), Vec::new(), &mut files);
    walk(&root, &root.join("main.rs"), strings(&["main"]), &mut files);
    assert!(files.len() > 50, "only {} files were found", files.len());
    files
}

fn walk(folder: &Path, path: &Path, module: Vec<String>, files: &mut Vec<File>) {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for item in &parsed.items {
        let Item::Mod(inner) = item else { continue };
        if inner.content.is_some() || is_for_tests(&inner.attrs) {
            continue;
        }
        let name = inner.ident.to_string();
        let below = folder.join(&name);
        let beside = folder.join(format!("{name}.rs"));
        let path = if beside.exists() { beside } else { below.join("mod.rs") };
        let module = module.iter().cloned().chain([name]).collect();
        walk(&below, &path, module, files);
    }
    files.push(File { path: path.to_owned(), module, text });
}

/// What the files do against the rules, each with file and line.
fn violations(files: &[File]) -> Vec<String> {
    let verbs = write_verbs();
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.module.is_empty()) {
        Reader::read(file, &verbs, &mut found, &mut Vec::new());
    }
    found
}

/// The methods of the trait that writes to a tracker.
fn write_verbs() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tracker/mod.rs");
    let parsed = syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
    let verbs = parsed.items.iter().find_map(|item| match item {
        Item::Trait(one) if one.ident == "Write" => Some(&one.items),
        _ => None,
    });
    let verbs = verbs.expect("tracker/ has the trait Write").iter().filter_map(|item| match item {
        TraitItem::Fn(method) => Some(method.sig.ident.to_string()),
        _ => None,
    });
    verbs.collect()
}

/// Reads one file.
struct Reader<'a> {
    file: &'a File,
    verbs: &'a [String],
    /// Modules within the file.
    inside: Vec<String>,
    found: &'a mut Vec<String>,
    /// Every path that it names, from the crate's root, but for those that a folder's page hands on.
    named: &'a mut Vec<Vec<String>>,
    /// Whether what is read is a folder's page handing on what lies in its files.
    hands_on: bool,
}

impl<'a> Reader<'a> {
    /// Notes what a file does against the rules, and the paths that it names.
    fn read(
        file: &'a File,
        verbs: &'a [String],
        found: &'a mut Vec<String>,
        named: &'a mut Vec<Vec<String>>,
    ) {
        let parsed = syn::parse_file(&file.text).unwrap();
        Reader { file, verbs, inside: Vec::new(), found, named, hands_on: false }.visit_file(&parsed);
    }

    fn module(&self) -> &str {
        &self.file.module[0]
    }

    fn report(&mut self, at: Span, what: impl Display) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = self.file.path.strip_prefix(root).unwrap_or(&self.file.path).display();
        self.found.push(format!("{path}:{}: {what}", at.start().line));
    }

    /// A path as it is written: from the crate's root, or upwards from here.
    fn path(&mut self, words: &[String], at: Span) {
        let Some(absolute) = self.absolute(words) else { return };
        let upward = matches!(words.first().map(String::as_str), Some("crate" | "casefile" | "super"));
        let target = absolute.first().filter(|_| upward).cloned();
        if !self.hands_on {
            self.named.push(absolute);
        }
        if let Some(Err(why)) = target.map(|target| may_import(self.module(), &target)) {
            self.report(at, why);
        }
        let last = words.last().map(String::as_str).unwrap_or_default();
        if matches!(last, "stdout" | "stderr") {
            self.prints(last, at);
        }
        if words.iter().rev().nth(1).is_some_and(|word| word == "Write") {
            self.writes(last, at);
        }
    }

    /// The same path from the crate's root; a path from somewhere else stays as it is.
    fn absolute(&self, words: &[String]) -> Option<Vec<String>> {
        let here: Vec<String> = self.file.module.iter().chain(&self.inside).cloned().collect();
        let up = words.iter().take_while(|word| *word == "super").count();
        let (base, rest) = match words.first()?.as_str() {
            "crate" | "casefile" => (Vec::new(), &words[1..]),
            "self" => (here, &words[1..]),
            "super" => (here[..here.len().saturating_sub(up)].to_vec(), &words[up..]),
            _ => (here, words),
        };
        Some(base.into_iter().chain(rest.iter().cloned()).collect())
    }

    fn prints(&mut self, what: &str, at: Span) {
        if self.file.module != PRINTER {
            self.report(at, format!("`{}` may not print: `{what}`", self.module()));
        }
    }

    fn writes(&mut self, verb: &str, at: Span) {
        if self.verbs.iter().any(|one| one == verb) && !WRITERS.contains(&self.module()) {
            self.report(at, format!("`{}` may not call a tracker's `{verb}`", self.module()));
        }
    }

    fn tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |word: &syn::Ident| before.iter().cloned().chain([word.to_string()]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            UseTree::Name(name) => self.path(&with(&name.ident), name.ident.span()),
            UseTree::Rename(name) => self.path(&with(&name.ident), name.ident.span()),
            UseTree::Glob(glob) => self.path(before, glob.star_token.spans[0]),
            UseTree::Group(group) => group.items.iter().for_each(|one| self.tree(one, before)),
        }
    }

    /// A macro's input has no grammar of its own: paths in it are told by their `::`.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut words: Vec<String> = Vec::new();
        let mut colons = 0;
        let mut at = Span::call_site();
        for token in tokens {
            match token {
                TokenTree::Ident(word) => {
                    if colons != 2 {
                        self.path(&std::mem::take(&mut words), at);
                        at = word.span();
                    }
                    words.push(word.to_string());
                    colons = 0;
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => colons = 0,
            }
        }
        self.path(&words, at);
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Mod(one) => &one.attrs,
            Item::Use(one) => &one.attrs,
            Item::Fn(one) => &one.attrs,
            Item::Impl(one) => &one.attrs,
            _ => &[],
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, inner: &'ast syn::ItemMod) {
        self.inside.push(inner.ident.to_string());
        visit::visit_item_mod(self, inner);
        self.inside.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_page = self.file.path.ends_with("mod.rs") || self.file.path.ends_with("lib.rs");
        self.hands_on = is_page && !matches!(item.vis, syn::Visibility::Inherited);
        self.tree(&item.tree, &[]);
        self.hands_on = false;
    }

    /// Who may see an item is no import.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.path(&words, path.segments[0].ident.span());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().unwrap().ident.to_string();
        if matches!(name.as_str(), "print" | "println" | "eprint" | "eprintln" | "dbg") {
            self.prints(&name, call.path.segments[0].ident.span());
        }
        self.tokens(call.tokens.clone());
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let receiver = match &*call.receiver {
            Expr::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
            Expr::Field(field) => match &field.member {
                syn::Member::Named(name) => Some(name.to_string()),
                syn::Member::Unnamed(_) => None,
            },
            _ => None,
        };
        if receiver.as_deref() == Some("tracker") {
            self.writes(&call.method.to_string(), call.method.span());
        }
        visit::visit_expr_method_call(self, call);
    }
}

/// Whether an item is compiled for tests alone.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
