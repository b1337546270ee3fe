//! Where sightings are collected until all reports are read: by what can be known of their group
//! while reading.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::alert::Alert;
use crate::model::finding::{Finding, Kind, Rule, Subject};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Mode;
use crate::model::survey::{Exemplar, Sighting};

/// How many findings of a group are kept whole; the ticket lists the others by place.
const EXEMPLARS: usize = 10;

/// What is known of a group while reading.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Key {
    /// Findings of a scanner's rule.
    Rule { scanner: String, rule: String },
    /// Findings of a scanner in a file.
    File { scanner: String, path: String },
    /// Findings of an advisory under one of its names, in modes by manifest or image.
    Advisory { name: String, manifest: String },
}

/// A finding of an advisory needs its class for its identity, so it waits with what else that takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    /// The package URL, as an index into the gatherer's texts.
    pub(super) purl: u32,
    /// Why the report itself calls it not affected, likewise; an empty text: it does not say.
    pub(super) excuse: u32,
}

/// The sightings of one key.
#[derive(Debug)]
pub(super) struct Bucket {
    pub(super) mode: Mode,
    pub(super) rule: Arc<Rule>,
    pub(super) kind: Kind,
    pub(super) kinds: BTreeSet<Kind>,
    pub(super) scanners: BTreeSet<Arc<str>>,
    pub(super) sightings: Vec<Sighting>,
    /// One a sighting in buckets of advisories, else empty.
    pub(super) waiting: Vec<Waiting>,
    /// GitHub's alerts, each with the index of its sighting.
    pub(super) alerts: Vec<(usize, Alert<'static>)>,
    /// Each with the index of its sighting; in order of place.
    pub(super) exemplars: Vec<(usize, Exemplar)>,
}

impl Bucket {
    pub(super) fn new(mode: Mode, finding: &Finding<'_>) -> Bucket {
        Bucket {
            mode,
            rule: finding.rule.clone(),
            kind: finding.kind,
            kinds: BTreeSet::new(),
            scanners: BTreeSet::new(),
            sightings: Vec::new(),
            waiting: Vec::new(),
            alerts: Vec::new(),
            exemplars: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, finding: &Finding<'_>, sighting: Sighting, waiting: Option<Waiting>) {
        if !self.scanners.contains(&finding.scanner) {
            self.scanners.insert(finding.scanner.clone());
        }
        if said(&finding.rule) > said(&self.rule) {
            self.rule = finding.rule.clone();
        }
        self.kind = self.kind.min(finding.kind);
        self.kinds.insert(finding.kind);
        if sighting.aside.is_none() {
            self.keep_if_early(finding);
        }
        if let Some(alert) = &finding.detail.alert {
            self.alerts.push((self.sightings.len(), alert.kept()));
        }
        self.sightings.push(sighting);
        self.waiting.extend(waiting);
    }

    /// Keeps the finding whole if it is among the first in order of place, so that the order of
    /// reading does not show.
    fn keep_if_early(&mut self, finding: &Finding<'_>) {
        let limit = if self.mode == Mode::Vulnerability { usize::MAX } else { EXEMPLARS };
        let place = (finding.location.path.as_ref(), finding.location.line, finding.detail.message.as_ref());
        let at = self.exemplars.partition_point(|(_, kept)| {
            (kept.location.path.as_ref(), kept.location.line, kept.detail.message.as_ref()) <= place
        });
        if at >= limit {
            return;
        }
        let package = match &finding.subject {
            Subject::Advisory(_, package) => Some(package.kept()),
            Subject::Rule => None,
        };
        // an audit tells its rule anew with each finding, and one copy of its words is enough
        let rule = if finding.rule == self.rule { &self.rule } else { &finding.rule };
        let exemplar = Exemplar {
            id: Fingerprint([0; 10]),
            rule: rule.clone(),
            scanner: finding.scanner.clone(),
            severity: finding.severity,
            location: finding.location.kept(),
            package,
            detail: finding.detail.kept(),
        };
        self.exemplars.insert(at, (self.sightings.len(), exemplar));
        self.exemplars.truncate(limit);
    }
}

/// How much a rule says: of several versions of its text the fullest is shown.
pub(super) fn said(rule: &Rule) -> (usize, &str) {
    use crate::model::finding::Help;
    let help = match &rule.help {
        Help::None => 0,
        Help::Text(text) | Help::Markdown(text) => text.len(),
    };
    (rule.name.len() + rule.description.len() + help, &rule.name)
}
