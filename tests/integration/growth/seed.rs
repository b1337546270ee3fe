//! Seeds: a small report of each format with all that it may list, and what it becomes where its parts grow.
//!
//! A seed is JSON, also where the report is XML or has a document a line. In its texts and keys `#` is the number of
//! the list's element, and `##` that of the next one; an object's member whose key has a `#` is one of many.

use std::fmt;
use std::fs;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value with its members in their order.
#[derive(Debug)]
enum Node {
    Object(Vec<(String, Node)>),
    List(Vec<Node>),
    Text(String),
    /// A number, a truth value or nothing, as it is written.
    Plain(String),
}

/// How a seed is written as a report.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Syntax {
    Json,
    /// The elements of the outermost list, one line each.
    Lines,
    /// An object is an element; its members are elements within it, or attributes where they begin with `@`.
    Xml,
}

/// A small report.
pub(super) struct Seed {
    /// The file's name, up to its first dot.
    pub(super) name: String,
    syntax: Syntax,
    root: Node,
}

/// By how much the parts of a seed grow: those that are in no list, or in the first elements of their lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth {
    /// How many elements each list has, and each object with members by number.
    pub(super) lists: usize,
    /// Whether all elements have the same number.
    pub(super) same: bool,
    /// How often each other list and object is there once more, empty and under the same key.
    pub(super) members: usize,
    /// Which of the texts is longer, by the order in the report, and by how many bytes.
    pub(super) text: Option<(usize, usize)>,
}

/// What a text grows by: of all that somebody splits texts at.
const FILLER: &str = "ab|c, d > e\nF/g.h: CVE-2024-1111 CWE-79 {0} {1} [x](y) <i> `k` 1.2.3 || <2 \n## Z ";

impl Growth {
    /// What a seed is as it stands.
    pub(super) const NONE: Growth = Growth { lists: 1, same: false, members: 0, text: None };
}

impl Seed {
    /// All seeds, by their names.
    pub(super) fn all() -> Vec<Seed> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/growth");
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
        paths.sort();
        paths.iter().map(|path| Seed::read(path)).collect()
    }

    fn read(path: &Path) -> Seed {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let syntax = match () {
            () if file.ends_with(".lines.json") => Syntax::Lines,
            () if file.ends_with(".xml.json") => Syntax::Xml,
            () => Syntax::Json,
        };
        let root = serde_json::from_str(&fs::read_to_string(path).unwrap())
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        Seed { name: file.split('.').next().unwrap_or_default().to_owned(), syntax, root }
    }

    /// The report that it becomes.
    pub(super) fn grown(&self, growth: Growth) -> String {
        self.written(growth).out
    }

    /// The texts that may grow, in their order.
    pub(super) fn texts(&self) -> Vec<String> {
        self.written(Growth::NONE).texts
    }

    fn written(&self, growth: Growth) -> Writer {
        let mut writer = Writer { growth, out: String::new(), texts: Vec::new() };
        match (&self.root, self.syntax) {
            (Node::List(documents), Syntax::Lines) => {
                writer.elements(documents, 0, true, "\n");
                writer.out.push('\n');
            }
            (Node::Object(members), Syntax::Xml) => {
                for (name, node) in members {
                    writer.xml(name, node, 0, true);
                }
            }
            (root, _) => writer.json(root, 0, true),
        }
        writer
    }
}

/// Writes a report.
struct Writer {
    growth: Growth,
    out: String,
    /// The texts that were written and may grow.
    texts: Vec<String>,
}

impl Writer {
    fn json(&mut self, node: &Node, number: usize, first: bool) {
        match node {
            Node::Object(members) => {
                self.out.push('{');
                for (at, (key, value)) in members.iter().enumerate() {
                    self.separate(at, ",");
                    self.member(key, value, number, first);
                }
                self.copies(members, first);
                self.out.push('}');
            }
            Node::List(elements) => {
                self.out.push('[');
                self.elements(elements, number, first, ",");
                self.out.push(']');
            }
            Node::Text(text) => {
                let text = self.text(text, number, first);
                self.quoted(&text);
            }
            Node::Plain(text) => self.out.push_str(text),
        }
    }

    fn member(&mut self, key: &str, value: &Node, number: usize, first: bool) {
        let many = key.contains('#');
        for at in 0..if many && first { self.growth.lists } else { 1 } {
            self.separate(at, ",");
            let number = if many && first { at } else { number };
            let name = if many { self.text(key, number, first && at == 0) } else { key.to_owned() };
            self.quoted(&name);
            self.out.push(':');
            self.json(value, number, first && at == 0);
        }
    }

    /// The members that are there once more.
    fn copies(&mut self, members: &[(String, Node)], first: bool) {
        for (key, value) in members.iter().filter(|_| first) {
            let empty = match value {
                Node::Object(_) => "{}",
                Node::List(_) => "[]",
                _ => continue,
            };
            for _ in 0..self.growth.members {
                self.out.push(',');
                self.quoted(key);
                self.out.push(':');
                self.out.push_str(empty);
            }
        }
    }

    fn elements(&mut self, elements: &[Node], number: usize, first: bool, between: &str) {
        for (at, element, number, first) in self.repeated(elements, number, first) {
            self.separate(at, between);
            self.json(element, number, first);
        }
    }

    /// The elements of a list with their numbers. Those that a seed has itself hold what grows within them.
    fn repeated<'n>(
        &self,
        elements: &'n [Node],
        number: usize,
        first: bool,
    ) -> impl Iterator<Item = (usize, &'n Node, usize, bool)> + use<'n> {
        let count = if first && !elements.is_empty() { self.growth.lists } else { 0 };
        (0..count.max(elements.len())).map(move |at| {
            let element = &elements[at % elements.len()];
            (at, element, if first { at } else { number }, first && at < elements.len())
        })
    }

    fn xml(&mut self, name: &str, node: &Node, number: usize, first: bool) {
        match node {
            Node::List(elements) => {
                for (_, element, number, first) in self.repeated(elements, number, first) {
                    self.xml(name, element, number, first);
                }
            }
            Node::Object(members) => {
                self.out.push_str(&format!("<{name}"));
                for (key, value) in members {
                    if let (Some(key), Node::Text(text)) = (key.strip_prefix('@'), value) {
                        let value = escaped(&self.text(text, number, first));
                        self.out.push_str(&format!(" {key}=\"{value}\""));
                    }
                }
                self.out.push('>');
                for (key, value) in members.iter().filter(|(key, _)| !key.starts_with('@')) {
                    self.xml(key, value, number, first);
                }
                self.out.push_str(&format!("</{name}>"));
            }
            Node::Text(text) => {
                let text = escaped(&self.text(text, number, first));
                self.out.push_str(&format!("<{name}>{text}</{name}>"));
            }
            Node::Plain(text) => self.out.push_str(&format!("<{name}>{text}</{name}>")),
        }
    }

    fn separate(&mut self, at: usize, between: &str) {
        if at > 0 {
            self.out.push_str(between);
        }
    }

    fn quoted(&mut self, text: &str) {
        self.out.push_str(&serde_json::to_string(text).unwrap());
    }

    fn text(&mut self, text: &str, number: usize, first: bool) -> String {
        let number = if self.growth.same { 0 } else { number };
        let mut text = text.replace("##", &(number + 1).to_string()).replace('#', &number.to_string());
        if first {
            let index = self.texts.len();
            self.texts.push(text.clone());
            if let Some((_, bytes)) = self.growth.text.filter(|(grown, _)| *grown == index) {
                text.push_str(&FILLER.repeat(bytes / FILLER.len()));
            }
        }
        text
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Node::Object(members))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    elements.push(element);
                }
                Ok(Node::List(elements))
            }

            fn visit_str<E>(self, text: &str) -> Result<Node, E> {
                Ok(Node::Text(text.to_owned()))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Plain(value.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
                Ok(Node::Plain(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
                Ok(Node::Plain(number.to_string()))
            }

            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Plain("null".to_owned()))
            }
        }

        deserializer.deserialize_any(Visit)
    }
}
