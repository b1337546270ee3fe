//! The forms of single values: lines, days, paths, addresses, keys, labels.

use ipnet::IpNet;
use jiff::civil::Date;
use url::Url;

use super::ValueChecker;
use crate::config::place::ValuePosition;
use crate::config::raw::{OneOrMany, ScalarText};
use crate::model::ticket::{LABEL_LIMIT, TicketKey};

/// Jira has no longer names.
const MOST_CHARACTERS: usize = 255;
/// A hundred years.
const MOST_DAYS: u32 = 36_500;
/// How many labels are allowed besides casefile's own.
const MOST_LABELS: usize = 10;

impl ValueChecker<'_> {
    /// A name: one line, not empty, at most 255 characters.
    pub(super) fn one_line(&mut self, value: Option<ScalarText>, place: ValuePosition<'_>) -> Option<String> {
        let ScalarText(value) = value?;
        let line = value.trim();
        if line.is_empty() {
            self.note(place, "this is empty", "leave the key out, or give it a value");
        } else if line.chars().count() > MOST_CHARACTERS || line.chars().any(char::is_control) {
            self.note(place, format!("expected one line of at most {MOST_CHARACTERS} characters"), "");
        }
        Some(line.to_owned())
    }

    /// Names.
    pub(super) fn lines(
        &mut self,
        list: Option<OneOrMany<ScalarText>>,
        place: ValuePosition<'_>,
    ) -> Vec<String> {
        let OneOrMany(values) = list.unwrap_or(OneOrMany(Vec::new()));
        let values = values.into_iter().enumerate();
        values.filter_map(|(index, value)| self.one_line(Some(value), place.item(index))).collect()
    }

    /// A number with a limit.
    pub(super) fn at_most(&mut self, value: Option<u32>, most: u32, place: ValuePosition<'_>) -> Option<u32> {
        let value = value?;
        if value > most {
            self.note(place, format!("expected at most {most}"), "");
        }
        Some(value)
    }

    /// A number of days, at most a hundred years.
    pub(super) fn days(&mut self, value: Option<u32>, place: ValuePosition<'_>) -> Option<u32> {
        self.at_most(value, MOST_DAYS, place)
    }

    /// A day, e.g. `2027-01-31`.
    pub(super) fn date(&mut self, value: Option<String>, place: ValuePosition<'_>) -> Option<Date> {
        let value = value?;
        let date = Some(value.trim()).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        if date.is_none() {
            self.note(place, "expected a date in the form YYYY-MM-DD", "for example `2027-01-31`");
        }
        date
    }

    /// A path within the repository.
    pub(super) fn file(&mut self, value: Option<String>, place: ValuePosition<'_>) -> Option<String> {
        let path = self.one_line(value.map(ScalarText), place)?;
        let drive = path.as_bytes().get(1) == Some(&b':');
        if path.starts_with(['/', '\\']) || drive || path.split(['/', '\\']).any(|part| part == "..") {
            let hint = "write it relative to the repository's root, without `..`";
            self.note(place, "this path leads out of the repository", hint);
        }
        Some(path.trim_start_matches("./").to_owned())
    }

    /// What a report's paths are relative to: a folder of the repository, or the location of the checkout on another
    /// machine.
    pub(super) fn base(&mut self, value: Option<String>, place: ValuePosition<'_>) -> Option<String> {
        let folder = value.map(|value| value.trim().replace('\\', "/"));
        let is_drive = |path: &str| path.as_bytes().get(1) == Some(&b':');
        let is_absolute = folder.as_deref().is_some_and(|path| path.starts_with('/') || is_drive(path));
        let base = if is_absolute {
            self.one_line(folder.map(ScalarText), place)?
        } else {
            self.file(folder, place)?
        };
        if is_absolute && base.split('/').any(|part| part == "..") {
            self.note(
                place,
                "this path contains `..`",
                "write it as it appears at the beginning of the report's paths",
            );
        }
        let base = if is_absolute { base.trim_end_matches('/') } else { base.trim_matches('/') };
        (!base.is_empty() && base != ".").then(|| base.to_owned())
    }

    /// An address with `http` or `https` and a host. `variable` is where credentials belong.
    pub(super) fn url(
        &mut self,
        value: Option<String>,
        place: ValuePosition<'_>,
        variable: &str,
    ) -> Option<Url> {
        let value = value?;
        let Ok(url) = Url::parse(value.trim()) else {
            self.note(place, "this is not an address", "write it in full: `https://…`");
            return None;
        };
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            self.note(place, "expected an address that starts with `https://`", "");
            return None;
        }
        if !url.username().is_empty() || url.password().is_some() {
            let hint = format!("remove the credentials and set the environment variable {variable} instead");
            self.note(place, "an address in this file must not contain credentials", hint);
        }
        if url.query().is_some() || url.fragment().is_some() {
            self.note(place, "expected an address without `?` or `#`", "");
        }
        Some(url)
    }

    /// A network, or a single address.
    pub(super) fn networks(
        &mut self,
        list: Option<OneOrMany<String>>,
        place: ValuePosition<'_>,
    ) -> Vec<IpNet> {
        let OneOrMany(values) = list.unwrap_or(OneOrMany(Vec::new()));
        let mut networks = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let value = value.trim();
            match value.parse().or_else(|_| value.parse::<std::net::IpAddr>().map(IpNet::from)) {
                Ok(network) => networks.push(network),
                Err(_) => self.note(place.item(index), "this is not a network", "for example `10.20.0.0/16`"),
            }
        }
        networks
    }

    /// A project's key.
    pub(super) fn project(&mut self, value: Option<String>, place: ValuePosition<'_>) -> Option<String> {
        let value = value?;
        let key = value.trim();
        // the rule for ticket keys also applies to their projects
        if key.contains('-') || TicketKey::parse(&format!("{key}-1")).is_none() {
            let hint = "the keys of the project's tickets begin with it: `SEC` in SEC-12";
            self.note(place, "a project's key may contain only capital letters, digits and `_`", hint);
        }
        Some(key.to_owned())
    }

    /// A ticket's key.
    pub(super) fn key(&mut self, value: Option<String>, place: ValuePosition<'_>) -> Option<String> {
        let value = value?;
        let key = value.trim();
        if TicketKey::parse(key).is_none() {
            self.note(place, "expected the key of a ticket", "for example `SEC-1`");
        }
        Some(key.to_owned())
    }

    /// Labels in addition to casefile's own.
    pub(super) fn labels(
        &mut self,
        list: Option<OneOrMany<ScalarText>>,
        place: ValuePosition<'_>,
    ) -> Vec<String> {
        let labels: Vec<String> = list.map_or(Vec::new(), texts);
        if labels.len() > MOST_LABELS {
            self.note(
                place,
                format!("there are {} labels, but at most {MOST_LABELS} are allowed", labels.len()),
                "",
            );
        }
        for (index, label) in labels.iter().enumerate() {
            let place = place.item(index);
            if label.is_empty() || label.chars().count() > LABEL_LIMIT {
                self.note(place, format!("a label must have 1 to {LABEL_LIMIT} characters"), "");
            } else if label.chars().any(|c| c.is_whitespace() || c.is_control()) {
                self.note(place, "a label cannot contain spaces", "use `-` or `_` instead");
            } else if label.to_lowercase().starts_with("casefile") {
                self.note(place, "labels that begin with `casefile` are reserved for casefile", "");
            }
        }
        labels
    }
}

/// The strings themselves.
pub(super) fn texts(OneOrMany(texts): OneOrMany<ScalarText>) -> Vec<String> {
    texts.into_iter().map(|ScalarText(text)| text).collect()
}
