//! Reads the raw configuration from the tree and finds everything that does not fit: what is noted is removed from the
//! tree, and the rest is read again. In this way, all problems are reported at once.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::place::ValuePosition;
use super::tree::{ConfigNode, ConfigValue, FilePosition, KeyValue};
use super::{MOST_PROBLEMS, known};

/// Something that does not fit, with its place in the file.
#[derive(Debug)]
pub(super) struct ConfigIssue {
    pub(super) spot: FilePosition,
    pub(super) message: String,
    pub(super) hint: String,
}

/// Reads a value; what does not fit is noted, and left out of both the tree and the value. `None`: the value as a whole
/// does not fit.
pub(super) fn read<T: de::DeserializeOwned>(
    node: &mut ConfigNode,
    wrong: &mut Vec<ConfigIssue>,
) -> Option<T> {
    take_duplicates(node, wrong);
    loop {
        let misfit = match T::deserialize(NodeDeserializer(node)) {
            Ok(value) => return Some(value),
            Err(misfit) => misfit,
        };
        let path: Vec<usize> = misfit.path.iter().rev().copied().collect();
        let spot = misfit.spot.unwrap_or_else(|| ValuePosition::root(node).walk(&path).spot());
        wrong.push(ConfigIssue { spot, message: misfit.message, hint: misfit.hint });
        if wrong.len() > MOST_PROBLEMS || !node.remove(&path) {
            return None;
        }
    }
}

/// Notes keys that occur twice, and keeps the first of each.
fn take_duplicates(node: &mut ConfigNode, wrong: &mut Vec<ConfigIssue>) {
    match &mut node.value {
        ConfigValue::List(items) => items.iter_mut().for_each(|item| take_duplicates(item, wrong)),
        ConfigValue::Map(entries) => {
            let mut seen = std::collections::BTreeMap::<String, u64>::new();
            let entries = entries.change();
            entries.retain(|entry| match seen.get(&entry.key) {
                None => {
                    seen.insert(entry.key.clone(), entry.spot.line);
                    true
                }
                Some(line) => {
                    let message = format!("{} appears twice", known::quote(&entry.key));
                    let hint = format!("the first one is on line {line}: keep one of them");
                    wrong.push(ConfigIssue { spot: entry.spot, message, hint });
                    false
                }
            });
            entries.iter_mut().for_each(|entry| take_duplicates(&mut entry.node, wrong));
        }
        ConfigValue::Null | ConfigValue::Bool(_) | ConfigValue::Number(_) | ConfigValue::Text(_) => {}
    }
}

/// Why a value does not fit its type. It never quotes the value.
#[derive(Debug)]
struct Misfit {
    message: String,
    hint: String,
    /// Positions from the value up to the root.
    path: Vec<usize>,
    /// Its position, if it is a key that does not fit.
    spot: Option<FilePosition>,
}

impl Misfit {
    fn new(message: String) -> Misfit {
        Misfit { message, hint: String::new(), path: Vec::new(), spot: None }
    }

    fn expected(what: &str, found: &ConfigValue) -> Misfit {
        Misfit::new(format!("expected {what}, found {}", found.noun()))
    }

    /// The same, from the point of view of the surrounding list or mapping.
    fn within(mut self, index: usize) -> Misfit {
        self.path.push(index);
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Misfit::new(message.to_string())
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let found = match found {
            de::Unexpected::Seq => "a list",
            de::Unexpected::Map => "a mapping",
            de::Unexpected::Unit | de::Unexpected::Option => "nothing",
            _ => "something else",
        };
        Misfit::new(format!("expected {expected}, found {found}"))
    }

    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Misfit::new(format!("expected {expected}"))
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        let mut misfit = Misfit::new(format!("expected {}", known::choice(expected)));
        misfit.hint = known::suggestion(found, expected);
        misfit
    }

    fn unknown_field(found: &str, expected: &'static [&'static str]) -> Self {
        let (message, hint) = known::unknown_key(found, expected);
        Misfit { hint, ..Misfit::new(message) }
    }

    fn missing_field(field: &'static str) -> Self {
        Misfit::new(format!("`{field}` is missing"))
    }
}

/// Passes a node to serde.
struct NodeDeserializer<'n>(&'n ConfigNode);

impl<'n> NodeDeserializer<'n> {
    /// The spelling of a scalar.
    fn scalar(&self, what: &str) -> Result<&'n str, Misfit> {
        match &self.0.value {
            ConfigValue::Text(text) | ConfigValue::Number(text) => Ok(text),
            ConfigValue::Bool(true) => Ok("true"),
            ConfigValue::Bool(false) => Ok("false"),
            other => Err(Misfit::expected(what, other)),
        }
    }
}

/// Every value is requested by its type; a type that can be written in several ways requests any.
impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.0.value {
            ConfigValue::Null => visitor.visit_unit(),
            ConfigValue::List(items) => visitor.visit_seq(Items { items: items.iter().enumerate() }),
            ConfigValue::Map(entries) => {
                visitor.visit_map(MappingReader { entries: entries.iter().enumerate(), open: None })
            }
            _ => visitor.visit_str(self.scalar("a value")?),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0.value {
            ConfigValue::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0.value {
            ConfigValue::Bool(value) => visitor.visit_bool(value),
            ref other => Err(Misfit::expected("`true` or `false`", other)),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let what = "a whole number, 0 or more";
        match &self.0.value {
            ConfigValue::Number(text) | ConfigValue::Text(text) => match text.parse() {
                Ok(number) => visitor.visit_u32(number),
                Err(_) => Err(Misfit::new(format!("expected {what}"))),
            },
            other => Err(Misfit::expected(what, other)),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let what = "a number";
        match &self.0.value {
            ConfigValue::Number(text) => match text.parse() {
                Ok(number) => visitor.visit_f64(number),
                Err(_) => Err(Misfit::new(format!("expected {what}"))),
            },
            other => Err(Misfit::expected(what, other)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_str(self.scalar("text")?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let word = self.scalar(&known::choice(variants))?;
        StrDeserializer::new(word).deserialize_enum(name, variants, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.0.value {
            ConfigValue::Map(_) => self.deserialize_any(visitor),
            other => Err(Misfit::expected("a mapping", other)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 char bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct identifier ignored_any
    }
}

/// A list that is being passed to serde.
struct Items<'n> {
    items: std::iter::Enumerate<std::slice::Iter<'n, ConfigNode>>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        seed.deserialize(NodeDeserializer(node)).map(Some).map_err(|misfit| misfit.within(index))
    }
}

/// A mapping that is being passed to serde.
struct MappingReader<'n> {
    entries: std::iter::Enumerate<std::slice::Iter<'n, KeyValue>>,
    /// The entry whose key was passed and whose value comes next.
    open: Option<(usize, &'n ConfigNode)>,
}

impl<'de> MapAccess<'de> for MappingReader<'_> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((index, entry)) = self.entries.next() else { return Ok(None) };
        self.open = Some((index, &entry.node));
        let key = seed.deserialize(StrDeserializer::<Misfit>::new(&entry.key));
        key.map(Some).map_err(|misfit| Misfit { spot: Some(entry.spot), ..misfit.within(index) })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let Some((index, node)) = self.open.take() else {
            return Err(Misfit::new("a value without a key".to_owned()));
        };
        seed.deserialize(NodeDeserializer(node)).map_err(|misfit| misfit.within(index))
    }
}
