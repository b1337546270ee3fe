//! The configuration as written: a tree of values, each with its place in the file. No message made
//! from it quotes a value, because any line of the file may hold a secret.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Options, Spanned};

/// The largest configuration that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// A line and a column in the file, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Spot {
    const START: Spot = Spot { line: 1, column: 1 };

    fn of(location: Location) -> Spot {
        Spot { line: location.line().max(1), column: location.column().max(1) }
    }
}

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) spot: Spot,
    pub(super) value: Value,
    /// Its bytes in the file: a number keeps its spelling, so that `1.10` is not `1.1`.
    bytes: Option<(usize, usize)>,
    /// Whether something was taken out of it: what it lacks may have been there.
    flawed: bool,
}

/// What a YAML node is.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// A number as it is spelled.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

impl Value {
    /// What it is, for messages.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// Whether it is one word, so that its own place says more than its key's.
    fn is_scalar(&self) -> bool {
        !matches!(self, Value::Null | Value::List(_) | Value::Map(_))
    }
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) spot: Spot,
    pub(super) key: String,
    pub(super) node: Node,
}

/// What makes a file unreadable as a whole.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) spot: Spot,
    pub(super) message: String,
}

impl Node {
    /// Reads a file. Depth, size, and what aliases expand to are bounded.
    pub(super) fn parse(text: &str) -> Result<Node, Unreadable> {
        if text.len() > MOST_BYTES {
            let message = "the configuration is larger than 1 MiB".to_owned();
            return Err(Unreadable { spot: Spot::START, message });
        }
        match serde_saphyr::from_str_with_options::<Node>(text, options()) {
            Ok(mut node) => {
                node.spell(text);
                Ok(node)
            }
            Err(error) => {
                let spot = error.location().map_or(Spot::START, Spot::of);
                Err(Unreadable { spot, message: plain(&error) })
            }
        }
    }

    /// Takes a value, or an element of a list, out of the tree; whether there was one.
    pub(super) fn remove(&mut self, path: &[usize]) -> bool {
        let Some((&last, way)) = path.split_last() else { return false };
        let mut node = self;
        for &index in way {
            let next = match &mut node.value {
                Value::List(items) => items.get_mut(index),
                Value::Map(entries) => entries.get_mut(index).map(|entry| &mut entry.node),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return false,
            }
        }
        match &mut node.value {
            Value::List(items) if last < items.len() => drop(items.remove(last)),
            Value::Map(entries) if last < entries.len() => drop(entries.remove(last)),
            _ => return false,
        }
        node.flawed = true;
        true
    }

    /// Gives numbers the spelling that they have in the file.
    fn spell(&mut self, text: &str) {
        match &mut self.value {
            Value::Number(spelling) => {
                let written = self.bytes.and_then(|(start, length)| text.get(start..start + length));
                if let Some(written) = written {
                    *spelling = written.to_owned();
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| item.spell(text)),
            Value::Map(entries) => entries.iter_mut().for_each(|entry| entry.node.spell(text)),
            Value::Null | Value::Bool(_) | Value::Text(_) => {}
        }
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: 24, flow_nesting_limit: 24, max_documents: 1 },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
        },
        // ours to refuse: together with all other problems, and with the place of the second one
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// The parser's words without the place, which is told beside them, and on one line.
fn plain(error: &serde_saphyr::Error) -> String {
    let options = serde_saphyr::render_options! { snippets: serde_saphyr::SnippetMode::Off };
    let words = error.without_snippet().render_with_options(options);
    let words = words.lines().next().unwrap_or_default();
    let words = words.split(" at line ").next().unwrap_or_default();
    format!("this is no YAML that can be read: {words}")
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Shape>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        let bytes = match (span.byte_offset(), span.byte_len()) {
            (Some(start), Some(length)) => usize::try_from(start).ok().zip(usize::try_from(length).ok()),
            _ => None,
        };
        Ok(Node { spot: Spot::of(spanned.referenced), value: spanned.value.0, bytes, flawed: false })
    }
}

/// A value on its way into a [`Node`].
struct Shape(Value);

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor).map(Shape)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let spot = Spot::of(key.referenced);
            entries.push(Entry { spot, key: key.value, node: map.next_value()? });
        }
        Ok(Value::Map(entries))
    }
}

/// Where a checked value stands in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'t> {
    spot: Spot,
    node: &'t Node,
}

impl<'t> Place<'t> {
    /// The whole file.
    pub(super) fn root(node: &'t Node) -> Place<'t> {
        Place { spot: node.spot, node }
    }

    /// The value of a key, or this place where it has no such key.
    pub(super) fn key(self, name: &str) -> Place<'t> {
        match &self.node.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == name).map_or(self, Place::entry),
            _ => self,
        }
    }

    /// An element of a list, or this place where one value stands for the list.
    pub(super) fn item(self, index: usize) -> Place<'t> {
        match &self.node.value {
            Value::List(items) => items.get(index).map_or(self, |node| Place { spot: node.spot, node }),
            _ => self,
        }
    }

    /// The key itself, with its value: what a check of a key points at.
    pub(super) fn name(self, name: &str) -> Place<'t> {
        match &self.node.value {
            Value::Map(entries) => entries
                .iter()
                .find(|entry| entry.key == name)
                .map_or(self, |entry| Place { spot: entry.spot, node: &entry.node }),
            _ => self,
        }
    }

    /// Whether the key is written, with a value or without.
    pub(super) fn has(self, name: &str) -> bool {
        matches!(&self.node.value, Value::Map(entries) if entries.iter().any(|entry| entry.key == name))
    }

    /// Whether nothing in it was found wrong before, so that what it lacks is really not there.
    pub(super) fn is_whole(self) -> bool {
        !self.node.flawed
    }

    /// The place that a path of positions leads to.
    pub(super) fn walk(self, path: &[usize]) -> Place<'t> {
        path.iter().fold(self, |place, &index| match &place.node.value {
            Value::List(_) => place.item(index),
            Value::Map(entries) => entries.get(index).map_or(place, Place::entry),
            _ => place,
        })
    }

    /// Its line and column: of the value if that is one word, else of its key.
    pub(super) fn spot(self) -> Spot {
        self.spot
    }

    fn entry(entry: &'t Entry) -> Place<'t> {
        let spot = if entry.node.value.is_scalar() { entry.node.spot } else { entry.spot };
        Place { spot, node: &entry.node }
    }
}
