//! What one scope saw of a ticket's findings at one place: version 1.
//!
//! A slice is an entity property under `casefile-` and 12 hex digits. A run writes only its own slices, so that
//! concurrent runs never overwrite each other's.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::digest::SliceDigest;
use super::fingerprint::{Fingerprint, Recipe};
use super::repository::Place;
use super::scan::Scope;
use super::severity::Severity;

/// Names a slice: 12 hex digits of its scope and place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SliceId(String);

impl SliceId {
    /// The slice of a scope at a place.
    pub fn of(scope: &Scope, place: &Place) -> SliceId {
        let recipe = Recipe::new("slice").fingerprint(scope.fingerprint());
        let recipe = match place {
            Place::Branch(name) => recipe.value("branch").value(name),
            Place::PullRequest(number) => recipe.value("pull-request").number(*number),
        };
        SliceId(format!("{:.12}", recipe.finish().to_string()))
    }

    /// The slice that a property's key identifies, if it is one.
    pub fn of_property(key: &str) -> Option<SliceId> {
        let id = key.strip_prefix("casefile-")?;
        (id.len() == 12 && id.bytes().all(|b| b.is_ascii_hexdigit())).then(|| SliceId(id.to_owned()))
    }

    /// The key of its property.
    pub fn property(&self) -> String {
        format!("{PROPERTY}-{}", self.0)
    }
}

impl fmt::Display for SliceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What one scope saw of a ticket's findings at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Slice {
    /// [`VERSION`](super::record::VERSION), or that of a later version of casefile.
    pub version: u32,
    /// The scope that looked.
    pub scope: Scope,
    /// The place that it looked at.
    pub place: Place,
    /// The commit at which it last changed.
    #[serde(default)]
    pub commit: String,
    /// The highest severity of the findings that are present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What this scope knows about the advisory that matters to people, hashed; 0: nothing.
    #[serde(default)]
    pub facts: u32,
    /// The findings that are present.
    #[serde(default)]
    pub kept: Entries,
    /// The findings that are present but skipped.
    #[serde(default)]
    pub skipped: Entries,
    /// Whether there were more than fit: in that case, a finding that is missing here is not proven gone.
    #[serde(default)]
    pub truncated: bool,
}

impl Slice {
    /// Its name.
    pub fn id(&self) -> SliceId {
        SliceId::of(&self.scope, &self.place)
    }

    /// The digest of what it holds.
    pub fn digest(&self) -> SliceDigest {
        let findings = |entries: &Entries| -> Vec<Fingerprint> {
            entries.0.iter().map(|entry| entry.fingerprint).collect()
        };
        let what = (self.severity, self.facts);
        SliceDigest::of(what, findings(&self.kept), findings(&self.skipped), self.truncated)
    }
}

/// Findings in the order of location and line, packed in base64 on the wire.
///
/// For each run of one rule at one path: the rule's and the path's hash (4 bytes each), how many (2), how many
/// aliases the rule has (1) and each of them (4), and for each finding its fingerprint (10) and its text's hash (4):
/// about 1,500 fit into a property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entries(pub Vec<Entry>);

/// What is kept of a finding in order to recognise it, and to rematch it when it was edited or moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The finding.
    pub fingerprint: Fingerprint,
    /// Scanner and rule, or advisory and package without its version, hashed.
    pub rule: u32,
    /// The rule under the other names of its advisory; 0: it has no more.
    pub aliases: Aliases,
    /// Its location's path, hashed.
    pub path: u32,
    /// The flagged line's text, hashed; for an advisory, its package in the upper half and the version in the lower; 0:
    /// unknown.
    pub text: u32,
}

/// An advisory's other names with its package, each hashed like the rule; 0: none.
pub type Aliases = [u32; 3];

impl Entry {
    fn run(&self) -> (u32, u32, Aliases) {
        (self.rule, self.path, self.aliases)
    }

    /// Its rule's aliases.
    pub fn aliases(&self) -> impl Iterator<Item = u32> {
        self.aliases.into_iter().filter(|alias| *alias != 0)
    }
}

/// How many bytes precede the packed findings of one rule at one path.
fn head(run: &Entry) -> usize {
    11 + 4 * run.aliases().count()
}

/// How many bytes of packed findings go into one property, besides the slice's other keys.
const PACKED_LIMIT: usize = 22_500;

impl Entries {
    /// Keeps what fits into `room` bytes; returns whether that was all, and how many bytes it takes.
    fn fit(&mut self, room: usize) -> (bool, usize) {
        let mut bytes = 0;
        let mut last = None;
        for (index, entry) in self.0.iter().enumerate() {
            let more = 14 + if last == Some(entry.run()) { 0 } else { head(entry) };
            last = Some(entry.run());
            if bytes + more > room {
                self.0.truncate(index);
                return (false, bytes);
            }
            bytes += more;
        }
        (true, bytes)
    }

    fn pack(&self) -> String {
        let mut bytes = Vec::with_capacity(self.0.len() * 15);
        let runs = self.0.chunk_by(|a, b| a.run() == b.run());
        for run in runs.flat_map(|run| run.chunks(usize::from(u16::MAX))) {
            bytes.extend(run[0].rule.to_be_bytes());
            bytes.extend(run[0].path.to_be_bytes());
            bytes.extend(u16::try_from(run.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.push(u8::try_from(run[0].aliases().count()).unwrap_or_default());
            run[0].aliases().for_each(|alias| bytes.extend(alias.to_be_bytes()));
            for entry in run {
                bytes.extend(entry.fingerprint.0);
                bytes.extend(entry.text.to_be_bytes());
            }
        }
        BASE64_STANDARD_NO_PAD.encode(bytes)
    }

    fn unpack(text: &str) -> Option<Entries> {
        let bytes = BASE64_STANDARD_NO_PAD.decode(text).ok()?;
        let mut rest = bytes.as_slice();
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let (head, tail) = rest.split_first_chunk::<11>()?;
            let rule = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
            let path = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
            let count = usize::from(u16::from_be_bytes([head[8], head[9]]));
            let mut aliases = Aliases::default();
            let (names, tail) = tail.split_at_checked(4 * usize::from(head[10]))?;
            for (alias, packed) in aliases.iter_mut().zip(names.chunks_exact(4)) {
                *alias = u32::from_be_bytes(packed.try_into().ok()?);
            }
            let (run, tail) = tail.split_at_checked(count * 14)?;
            for packed in run.chunks_exact(14) {
                let (fingerprint, text) = packed.split_first_chunk::<10>()?;
                let text = u32::from_be_bytes(text.try_into().ok()?);
                entries.push(Entry { fingerprint: Fingerprint(*fingerprint), rule, aliases, path, text });
            }
            rest = tail;
        }
        Some(Entries(entries))
    }
}

impl Slice {
    /// Makes it fit into one property; findings that are present come first.
    pub fn fit(&mut self) {
        let (all, taken) = self.kept.fit(PACKED_LIMIT);
        let (all_aside, _) = self.skipped.fit(PACKED_LIMIT.saturating_sub(taken));
        self.truncated |= !(all && all_aside);
    }

    /// Adds the findings that another slice of the same scope holds.
    pub fn take_in(&mut self, other: &Slice) {
        let held: Vec<_> = self.kept.0.iter().map(|entry| entry.fingerprint).collect();
        self.kept.0.extend(other.kept.0.iter().filter(|entry| !held.contains(&entry.fingerprint)));
        self.kept.0.sort_by_key(|entry| (entry.rule, entry.path));
        (self.severity, self.facts) = (self.severity.max(other.severity), other.facts);
        self.truncated |= other.truncated;
        self.fit();
    }
}

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.pack())
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Entries::unpack(&text).ok_or_else(|| de::Error::custom("packed findings that cannot be unpacked"))
    }
}

/// A path as it is kept in an entry.
pub(crate) fn path_hash(path: &str) -> u32 {
    Recipe::new("path").value(path).finish().short()
}

/// The property that holds the record.
pub const PROPERTY: &str = "casefile";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::VERSION;

    fn entry(n: u64, path: u32) -> Entry {
        let aliases = [n as u32 % 3, 0, 0];
        Entry { fingerprint: Recipe::new("test").number(n).finish(), rule: 7, aliases, path, text: n as u32 }
    }

    fn slice(count: u64) -> Slice {
        Slice {
            version: VERSION,
            scope: Scope { job: "ci/scan".into(), scanner: "Bandit".into(), category: "x".into() },
            place: Place::Branch("main".into()),
            commit: "0".repeat(40),
            severity: Some(Severity::High),
            facts: 0,
            kept: Entries((0..count).map(|n| entry(n, (n / 7) as u32)).collect()),
            skipped: Entries(vec![entry(9_999_999, 1)]),
            truncated: false,
        }
    }

    #[test]
    fn a_slice_is_read_back() {
        let slice = slice(40);
        let text = serde_json::to_string(&slice).unwrap();
        assert_eq!(serde_json::from_str::<Slice>(&text).unwrap(), slice);
    }

    #[test]
    fn a_slice_never_outgrows_its_property() {
        // the longest value of a Jira entity property, in characters
        const PROPERTY_LIMIT: usize = 32_768;
        for count in [0, 1, 1_400, 1_500, 1_700, 5_000] {
            let mut slice = slice(count);
            slice.fit();
            assert!(serde_json::to_string(&slice).unwrap().len() < PROPERTY_LIMIT - 1_000);
            assert_eq!(slice.truncated, slice.kept.0.len() < count as usize || slice.skipped.0.is_empty());
        }
    }

    #[test]
    fn the_digest_minds_content_not_order() {
        let one = slice(3);
        let mut other = one.clone();
        other.kept.0.reverse();
        other.commit = "1".repeat(40);
        assert_eq!(one.digest(), other.digest());
        other.kept.0.pop();
        assert_ne!(one.digest(), other.digest());
    }

    #[test]
    fn the_digest_minds_all_that_people_would_be_told_of() {
        let one = slice(3);
        let differs = |change: fn(&mut Slice)| {
            let mut other = one.clone();
            change(&mut other);
            assert_ne!(one.digest(), other.digest());
            one.digest().has_same_findings(other.digest())
        };
        assert!(!differs(|slice| slice.facts = 1), "e.g. a new fix version");
        assert!(!differs(|slice| slice.severity = Some(Severity::Critical)));
        assert!(differs(|slice| slice.truncated = true));
        assert!(differs(|slice| slice.skipped.0.clear()));
    }

    #[test]
    fn the_digest_tells_that_no_finding_is_there() {
        let mut slice = slice(1);
        assert!(!slice.digest().is_empty());
        slice.kept.0.clear();
        slice.severity = None;
        assert!(slice.digest().is_empty());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["!", "AAAA", "AAAAAAAB"] {
            assert!(Entries::unpack(text).is_none(), "{text}");
        }
    }
}
