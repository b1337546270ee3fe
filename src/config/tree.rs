//! The configuration as written: a tree of values, each with its position in the file. No message made from it quotes a
//! value, because any line of the file may contain a secret.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Options, Spanned};

/// The largest configuration that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// A line and a column in the file, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FilePosition {
    pub(super) line: u64,
    pub(super) column: u64,
}

impl FilePosition {
    const START: FilePosition = FilePosition { line: 1, column: 1 };

    fn of(location: Location) -> FilePosition {
        FilePosition { line: location.line().max(1), column: location.column().max(1) }
    }
}

/// A value with its position.
#[derive(Debug)]
pub(super) struct ConfigNode {
    pub(super) spot: FilePosition,
    pub(super) value: ConfigValue,
    /// Its bytes in the file: a number keeps its spelling, so that `1.10` is not `1.1`.
    bytes: Option<(usize, usize)>,
    /// Whether something was removed from it: what it lacks may have been there.
    pub(super) flawed: bool,
}

/// What a YAML node is.
#[derive(Debug)]
pub(super) enum ConfigValue {
    Null,
    Bool(bool),
    /// A number as it is spelled.
    Number(String),
    Text(String),
    List(Vec<ConfigNode>),
    Map(Mapping),
}

impl ConfigValue {
    /// Its name in messages.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            ConfigValue::Null => "nothing",
            ConfigValue::Bool(_) => "true or false",
            ConfigValue::Number(_) => "a number",
            ConfigValue::Text(_) => "text",
            ConfigValue::List(_) => "a list",
            ConfigValue::Map(_) => "a mapping",
        }
    }

    /// Whether it is one word, so that its own position is more useful than its key's.
    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self, ConfigValue::Null | ConfigValue::List(_) | ConfigValue::Map(_))
    }
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct KeyValue {
    pub(super) spot: FilePosition,
    pub(super) key: String,
    pub(super) node: ConfigNode,
}

/// What makes a file unreadable as a whole.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) spot: FilePosition,
    pub(super) message: String,
}

/// Keys with their values, in the order of the file. Look-ups are fast however many there are.
#[derive(Debug, Default)]
pub(super) struct Mapping {
    entries: Vec<KeyValue>,
    /// The index of the first occurrence of each key, once one has been looked up.
    index: OnceCell<HashMap<String, usize>>,
}

impl Mapping {
    fn new(entries: Vec<KeyValue>) -> Mapping {
        Mapping { entries, index: OnceCell::new() }
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, KeyValue> {
        self.entries.iter()
    }

    pub(super) fn get(&self, at: usize) -> Option<&KeyValue> {
        self.entries.get(at)
    }

    /// The entry with this key.
    pub(super) fn find(&self, key: &str) -> Option<&KeyValue> {
        let index = self.index.get_or_init(|| {
            let mut index = HashMap::with_capacity(self.entries.len());
            for (at, entry) in self.entries.iter().enumerate() {
                index.entry(entry.key.clone()).or_insert(at);
            }
            index
        });
        index.get(key).and_then(|at| self.entries.get(*at))
    }

    /// The entries, to be changed.
    pub(super) fn change(&mut self) -> &mut Vec<KeyValue> {
        self.index.take();
        &mut self.entries
    }
}

impl ConfigNode {
    /// Reads a file. Depth, size, and what aliases expand to are bounded.
    pub(super) fn parse(text: &str) -> Result<ConfigNode, Unreadable> {
        if text.len() > MOST_BYTES {
            let message = "the configuration is larger than 1 MiB".to_owned();
            return Err(Unreadable { spot: FilePosition::START, message });
        }
        match serde_saphyr::from_str_with_options::<ConfigNode>(text, options()) {
            Ok(mut node) => {
                node.spell(text);
                Ok(node)
            }
            Err(error) => {
                let spot = error.location().map_or(FilePosition::START, FilePosition::of);
                Err(Unreadable { spot, message: plain(&error) })
            }
        }
    }

    /// Removes a value, or an element of a list, from the tree; returns whether there was one.
    pub(super) fn remove(&mut self, path: &[usize]) -> bool {
        let Some((&last, way)) = path.split_last() else { return false };
        let mut node = self;
        for &index in way {
            let next = match &mut node.value {
                ConfigValue::List(items) => items.get_mut(index),
                ConfigValue::Map(entries) => entries.change().get_mut(index).map(|entry| &mut entry.node),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return false,
            }
        }
        match &mut node.value {
            ConfigValue::List(items) if last < items.len() => drop(items.remove(last)),
            ConfigValue::Map(entries) if entries.get(last).is_some() => drop(entries.change().remove(last)),
            _ => return false,
        }
        node.flawed = true;
        true
    }

    /// Gives numbers the spelling that they have in the file.
    fn spell(&mut self, text: &str) {
        match &mut self.value {
            ConfigValue::Number(spelling) => {
                let written = self.bytes.and_then(|(start, length)| text.get(start..start + length));
                if let Some(written) = written {
                    *spelling = written.to_owned();
                }
            }
            ConfigValue::List(items) => items.iter_mut().for_each(|item| item.spell(text)),
            ConfigValue::Map(entries) => {
                entries.change().iter_mut().for_each(|entry| entry.node.spell(text));
            }
            ConfigValue::Null | ConfigValue::Bool(_) | ConfigValue::Text(_) => {}
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
        // we reject these ourselves: together with all other problems, and with the position of the second one
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// What is wrong, without quoting anything from the file: a tag or an anchor may be a secret that begins with `!` or
/// `&`.
fn plain(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error;
    use serde_saphyr::budget::BudgetBreach;
    let error = error.without_snippet();
    match error {
        Error::AliasError { error, .. } => plain(error),
        Error::MultipleDocuments { .. } | Error::Budget { breach: BudgetBreach::Documents { .. }, .. } => {
            "the file contains more than one document".to_owned()
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. } => {
            "the file is nested too deeply, or its aliases expand to too much data".to_owned()
        }
        Error::RecursiveReferencesRequireWeakTypes { .. } => "an alias refers to itself".to_owned(),
        Error::UnknownAnchor { .. } => {
            "no anchor matches this alias; text that begins with `*` needs quotes".to_owned()
        }
        Error::UnsupportedTag { .. } => {
            "tags are not supported; text that begins with `!` needs quotes".to_owned()
        }
        Error::Unexpected { .. } => "a key must be one word".to_owned(),
        other => {
            let snippets = serde_saphyr::SnippetMode::Off;
            let words = other.render_with_options(serde_saphyr::render_options! { snippets: snippets });
            let words = words.split(" at line ").next().unwrap_or_default();
            let words = if quotes(words) { "a value is not valid YAML" } else { words };
            format!("this is not YAML: {words}")
        }
    }
}

/// Whether a message contains more than one character in quotation marks.
fn quotes(words: &str) -> bool {
    let marks = ['`', '\'', '"'];
    words.matches(marks).count() > 1
        && words.split(marks).skip(1).step_by(2).any(|quoted| quoted.chars().count() > 1)
}

impl<'de> Deserialize<'de> for ConfigNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<NodeVisitor>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        let bytes = match (span.byte_offset(), span.byte_len()) {
            (Some(start), Some(length)) => usize::try_from(start).ok().zip(usize::try_from(length).ok()),
            _ => None,
        };
        Ok(ConfigNode {
            spot: FilePosition::of(spanned.referenced),
            value: spanned.value.0,
            bytes,
            flawed: false,
        })
    }
}

/// Builds a [`ConfigNode`] from a value.
struct NodeVisitor(ConfigValue);

impl<'de> Deserialize<'de> for NodeVisitor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor).map(NodeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = ConfigValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Null)
    }

    fn visit_none<E>(self) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<ConfigValue, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ConfigValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(ConfigValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ConfigValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let spot = FilePosition::of(key.referenced);
            entries.push(KeyValue { spot, key: key.value, node: map.next_value()? });
        }
        Ok(ConfigValue::Map(Mapping::new(entries)))
    }
}
