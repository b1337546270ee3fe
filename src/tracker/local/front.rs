//! A ticket's front matter: YAML that a person may edit. Only the entries that change are rewritten, so that a person's
//! own keys, order and comments stay as they are.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::model::write::Remote;

/// The fields of a ticket, in the order in which they are written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct FrontMatter {
    /// The key that casefile gave it: in a file with another number, it shows that the file is a person's copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    pub(super) summary: String,
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resolution: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "moment")]
    pub(super) resolved: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) priority: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) assignee: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "day")]
    pub(super) due: Option<Date>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "words")]
    pub(super) labels: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "words")]
    pub(super) components: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "words")]
    pub(super) links: Vec<String>,
    /// Links to the web.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) remote: Vec<Remote>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "moment")]
    pub(super) created: Option<Timestamp>,
    /// Which of the ticket's sidecars belongs to this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) revision: Option<u64>,
}

/// Why a text is not front matter, and the line that shows it (from 1).
#[derive(Debug, PartialEq)]
pub(super) struct Damage {
    pub(super) line: u64,
    pub(super) why: String,
}

impl FrontMatter {
    /// Reads it; keys that are not ours are up to the person.
    pub(super) fn read(yaml: &str) -> Result<FrontMatter, Damage> {
        let options = serde_saphyr::options! { with_snippet: false };
        serde_saphyr::from_str_with_options(yaml, options).map_err(|error| {
            let why = error.without_snippet().to_string();
            // YAML counts lines from the start of the front matter, which may not be the file's
            let why = why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why).to_owned();
            Damage { line: error.location().map_or(1, |at| at.line()), why }
        })
    }

    /// The text for these fields, with as much of the text `before` as is still correct. `None`: there is no YAML that
    /// would be read back as the same.
    pub(super) fn write(&self, before: &str) -> Option<String> {
        let fresh = self.yaml()?;
        let reads_back = |text: &String| FrontMatter::read(text).as_ref() == Ok(self);
        let merged = FrontMatter::read(before).ok().and_then(|old| Some(merge(before, &old.yaml()?, &fresh)));
        merged.filter(reads_back).or_else(|| Some(fresh).filter(reads_back))
    }

    /// Adds the labels that it does not have yet.
    pub(super) fn add_labels(&mut self, labels: &[String]) {
        for label in labels {
            if !self.labels.contains(label) {
                self.labels.push(label.clone());
            }
        }
    }

    fn yaml(&self) -> Option<String> {
        let options = serde_saphyr::ser_options! {
            prefer_block_scalars: false,
            yaml_12: true,
            no_lang_directive: true,
        };
        serde_saphyr::to_string_with_options(self, options).ok()
    }
}

/// One key with its value, or the lines in between (`key` is empty), as written.
#[derive(Clone, Copy)]
struct FrontMatterEntry<'a> {
    key: &'a str,
    text: &'a str,
}

/// `text` with those entries changed in which `new` differs from `old`.
fn merge(text: &str, old: &str, new: &str) -> String {
    let (old, new) = (entries(old), entries(new));
    let find = |all: &[FrontMatterEntry<'_>], key| all.iter().position(|entry| entry.key == key);
    let mut kept = entries(text);
    for entry in &old {
        if find(&new, entry.key).is_none() {
            kept.retain(|own| own.key != entry.key);
        }
    }
    let mut after = None;
    for entry in &new {
        let changed = find(&old, entry.key).is_none_or(|index| old[index].text != entry.text);
        let place = find(&kept, entry.key);
        match place {
            Some(index) if changed => kept[index] = *entry,
            None => kept.insert(after.map_or(0, |index: usize| index + 1), *entry),
            Some(_) => {}
        }
        after = find(&kept, entry.key);
    }
    let mut merged = String::new();
    for entry in kept {
        merged.push_str(entry.text);
        if !merged.ends_with('\n') {
            merged.push('\n');
        }
    }
    merged
}

/// The top level, split before each line that begins with a key or a comment.
fn entries(yaml: &str) -> Vec<FrontMatterEntry<'_>> {
    let mut starts: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for line in yaml.split_inclusive('\n') {
        let comment = line.starts_with('#');
        let inner = line.trim().is_empty() || line.starts_with([' ', '\t', '-', ']', '}']);
        match line.split_once(':') {
            _ if comment || at == 0 && inner => starts.push((at, "")),
            Some((key, _)) if !inner => starts.push((at, key.trim().trim_matches(['"', '\'']))),
            _ => {}
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([yaml.len()]);
    let cut = |(&(start, key), end)| FrontMatterEntry { key, text: &yaml[start..end] };
    starts.iter().zip(ends).map(cut).collect()
}

/// No word, one or several: `labels: x` is a list of one.
fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct WordsReader;
    impl<'de> Visitor<'de> for WordsReader {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list of words")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_str<E>(self, word: &str) -> Result<Self::Value, E> {
            Ok(vec![word.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut words = Vec::new();
            while let Some(word) = list.next_element::<String>()? {
                words.push(word);
            }
            Ok(words)
        }
    }
    deserializer.deserialize_any(WordsReader)
}

/// A day, e.g. `2026-12-01`.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.trim().parse().map_err(|_| not_a_day(&text))).transpose()
}

/// A moment, or a day as a person might write it.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let read = |text: String| {
        let day = || {
            text.trim()
                .parse::<Date>()
                .and_then(|day| day.to_zoned_datetime(TimeZone::UTC))
                .map(|day| day.timestamp())
        };
        text.trim().parse().or_else(|_| day()).map_err(|_| not_a_day(&text))
    };
    Option::<String>::deserialize(deserializer)?.map(read).transpose()
}

fn not_a_day<E: serde::de::Error>(text: &str) -> E {
    E::custom(format!("`{text}` is not a date such as 2026-12-01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDITED: &str =
        "# mine\nstatus:   Done # at last\nlabels: [a,\n  b]\nsprint: 5\nsummary: x\n# end\n";

    fn check(before: &str, change: impl Fn(&mut FrontMatter), expected: &str) {
        let mut front = FrontMatter::read(before).unwrap();
        change(&mut front);
        assert_eq!(front.write(before).unwrap(), expected);
    }

    #[test]
    fn what_a_person_wrote_stays() {
        check(EDITED, |_| {}, EDITED);
        let priority = |front: &mut FrontMatter| front.priority = Some("High".into());
        check(EDITED, priority, &EDITED.replace("at last\n", "at last\npriority: High\n"));
        let label = |front: &mut FrontMatter| front.add_labels(&["b".into(), "c".into()]);
        check(EDITED, label, &EDITED.replace("labels: [a,\n  b]\n", "labels:\n- a\n- b\n- c\n"));
        let none = |front: &mut FrontMatter| front.labels.clear();
        check(EDITED, none, &EDITED.replace("labels: [a,\n  b]\n", ""));
    }

    #[test]
    fn what_cannot_be_changed_in_place_is_written_anew() {
        let before = "summary: x\nstatus: y\nlabels:\n# mine\n- a\n";
        let label = |front: &mut FrontMatter| front.add_labels(&["b".into()]);
        check(before, label, "summary: x\nstatus: y\nlabels:\n- a\n- b\n");
    }

    #[test]
    fn a_hand_is_forgiven() {
        let read = |yaml: &str| FrontMatter::read(&format!("summary: 1.0\nstatus: done\n{yaml}")).unwrap();
        assert_eq!(read("").summary, "1.0");
        assert_eq!(read("labels: security").labels, ["security"]);
        assert_eq!(read("labels:").labels, [""; 0]);
        assert_eq!(read("labels: [1, yes]").labels, ["1", "yes"]);
        assert_eq!(read("assignee:").assignee, None);
        assert_eq!(read("due: 2026-12-01").due, Some(jiff::civil::date(2026, 12, 1)));
        assert_eq!(read("resolved: 2026-12-01").resolved, "2026-12-01T00:00:00Z".parse().ok());
    }

    #[test]
    fn damage_has_a_line() {
        let check = |yaml: &str, line, says: &str| {
            let damage = FrontMatter::read(yaml).unwrap_err();
            assert_eq!(damage.line, line, "{}", damage.why);
            assert!(damage.why.contains(says), "{}", damage.why);
        };
        check("summary: x\nstatus: [\n", 2, "string");
        check("summary: x\nstatus: Done\ndue: tomorrow\n", 3, "tomorrow");
        check("summary: x\n", 1, "status");
        check("summary: x\nsummary: y\nstatus: z\n", 2, "summary");
    }

    #[test]
    fn any_text_is_read_back() {
        for text in [
            "---",
            "a: b",
            "# x",
            "- x",
            "null",
            "~",
            "yes",
            "&a",
            "*a",
            "!!str x",
            "%x",
            "@x",
            "`x`",
            "'\"",
            "\u{0}\u{1b}[2J\u{7f}\u{85}\u{2028}\u{feff}",
            "{a}",
            "[b]",
            "| x",
            "> x",
            "\\n",
            "\t x \n y ",
            "\u{202e}x",
        ] {
            let front = FrontMatter {
                summary: text.into(),
                status: text.into(),
                assignee: Some(text.into()),
                labels: vec![text.into(), "x".into()],
                remote: vec![Remote {
                    id: text.into(),
                    title: text.into(),
                    url: text.into(),
                    resolved: true,
                }],
                ..FrontMatter::default()
            };
            assert_eq!(front.write("").map(|yaml| FrontMatter::read(&yaml)), Some(Ok(front)), "{text:?}");
        }
    }
}
