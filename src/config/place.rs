//! Where a checked value is in the file: the tree, walked in parallel with the raw configuration.

use super::tree::{ConfigNode, ConfigValue, FilePosition, KeyValue};

/// Where a checked value is in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct ValuePosition<'t> {
    spot: FilePosition,
    node: &'t ConfigNode,
}

impl<'t> ValuePosition<'t> {
    /// The whole file.
    pub(super) fn root(node: &'t ConfigNode) -> ValuePosition<'t> {
        ValuePosition { spot: node.spot, node }
    }

    /// The value of a key, or this place if it has no such key.
    pub(super) fn key(self, name: &str) -> ValuePosition<'t> {
        match &self.node.value {
            ConfigValue::Map(entries) => entries.find(name).map_or(self, ValuePosition::entry),
            _ => self,
        }
    }

    /// An element of a list, or this place if a single value stands for the list.
    pub(super) fn item(self, index: usize) -> ValuePosition<'t> {
        match &self.node.value {
            ConfigValue::List(items) => {
                items.get(index).map_or(self, |node| ValuePosition { spot: node.spot, node })
            }
            _ => self,
        }
    }

    /// The key itself, with its value: what a check of a key points at.
    pub(super) fn name(self, name: &str) -> ValuePosition<'t> {
        match &self.node.value {
            ConfigValue::Map(entries) => {
                entries.find(name).map_or(self, |entry| ValuePosition { spot: entry.spot, node: &entry.node })
            }
            _ => self,
        }
    }

    /// Whether the key is written, with a value or without.
    pub(super) fn has(self, name: &str) -> bool {
        matches!(&self.node.value, ConfigValue::Map(entries) if entries.find(name).is_some())
    }

    /// Whether nothing in it was found to be wrong before, so that what it lacks is really missing.
    pub(super) fn is_whole(self) -> bool {
        !self.node.flawed
    }

    /// The place that a path of positions leads to.
    pub(super) fn walk(self, path: &[usize]) -> ValuePosition<'t> {
        path.iter().fold(self, |place, &index| match &place.node.value {
            ConfigValue::List(_) => place.item(index),
            ConfigValue::Map(entries) => entries.get(index).map_or(place, ValuePosition::entry),
            _ => place,
        })
    }

    /// Its line and column: of the value if that is one word, else of its key.
    pub(super) fn spot(self) -> FilePosition {
        self.spot
    }

    fn entry(entry: &'t KeyValue) -> ValuePosition<'t> {
        let spot = if entry.node.value.is_scalar() { entry.node.spot } else { entry.spot };
        ValuePosition { spot, node: &entry.node }
    }
}
