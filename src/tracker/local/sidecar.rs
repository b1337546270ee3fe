//! What belongs to a ticket but is not shown to people: the record, its slices, and the body as casefile wrote it.
//! Losing it loses detail, not deduplication.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Record, WrittenValues};
use crate::model::slice::{Slice, SliceId};

/// One JSON file beside the tickets. What this version of casefile cannot read is kept as it is.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Sidecar {
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    slices: BTreeMap<SliceId, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Body>,
}

/// The body as casefile last wrote it.
#[derive(Debug, Serialize, Deserialize)]
struct Body {
    /// The Markdown, hashed, to notice a person's edits.
    markdown: Fingerprint,
    /// The same as plain text.
    plain: String,
}

impl Sidecar {
    /// Reads it; a damaged one is treated as missing.
    pub(super) fn read(json: &[u8]) -> Option<Sidecar> {
        serde_json::from_slice(json).ok()
    }

    /// The text to write; `None`: it cannot be written.
    pub(super) fn write(&self) -> Option<String> {
        serde_json::to_string_pretty(self).ok()
    }

    /// The record, if there is one that can be read.
    pub(super) fn record(&self) -> Option<Record> {
        Record::read(self.record.as_ref()?)
    }

    /// A slice, if there is one that can be read.
    pub(super) fn slice(&self, id: &SliceId) -> Option<Slice> {
        Slice::deserialize(self.slices.get(id)?).ok()
    }

    /// All slices that exist.
    pub(super) fn slice_ids(&self) -> impl Iterator<Item = &SliceId> {
        self.slices.keys()
    }

    /// A body as plain text: if it is as casefile wrote it, the plain text from then.
    pub(super) fn plain(&self, markdown: &str) -> String {
        match &self.body {
            Some(body) if body.markdown == WrittenValues::text(markdown) => body.plain.clone(),
            _ => markdown.to_owned(),
        }
    }

    /// Remembers a body.
    pub(super) fn set_body(&mut self, markdown: &str, plain: String) {
        self.body = Some(Body { markdown: WrittenValues::text(markdown), plain });
    }

    /// Forgets the record and these slices.
    pub(super) fn unset(&mut self, slices: &[SliceId]) {
        self.record = None;
        self.slices.retain(|name, _| !slices.contains(name));
    }

    /// Adds a new record and new slices; others stay.
    pub(super) fn set(&mut self, record: Option<&Record>, slices: &[Slice]) -> serde_json::Result<()> {
        if let Some(record) = record {
            self.record = Some(serde_json::to_value(record)?);
        }
        for slice in slices {
            self.slices.insert(slice.id(), serde_json::to_value(slice)?);
        }
        Ok(())
    }
}
