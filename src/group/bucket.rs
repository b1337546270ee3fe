//! Where sightings are collected until all reports are read: by what is known about their group while reading.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::retention::RuleTexts;
use super::rule_identity::RuleIdentity;
use super::{advisory, identity};
use crate::model::alert::Alert;
use crate::model::finding::{Finding, FindingDetail, FindingKind, Rule, Subject};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Mode;
use crate::model::survey::{Exemplar, Sighting};

/// How many scanners of a group are named.
const MOST_SCANNERS: usize = 50;

/// What is known about a group while reading.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum GroupKey {
    /// Findings of a scanner's rule.
    Rule { scanner: Arc<str>, rule: Arc<str> },
    /// Findings of a scanner in a file.
    File { scanner: Arc<str>, path: String },
    /// Findings of an advisory under one of its names; if the mode requires it, on one package, or in one manifest or
    /// image.
    Advisory { name: String, package: String, manifest: String },
}

impl GroupKey {
    /// The key of a finding, with the identity of its rule.
    pub(super) fn of(finding: &Finding<'_>, rule: &RuleIdentity, mode: Mode) -> GroupKey {
        let scanner = || Arc::clone(&rule.scanner);
        match (&finding.subject, mode) {
            (Subject::Advisory(advisory, package), _) => {
                let place = || identity::path(&finding.location.path);
                let (package, manifest) = match mode {
                    Mode::Type => ("", ""),
                    Mode::Vulnerability | Mode::File => ("", place()),
                    // upgrading a package of an image means upgrading its base image or one of its own layers
                    Mode::Package if finding.kind == FindingKind::Container => {
                        (identity::package(&package.purl), place())
                    }
                    Mode::Package => (identity::package(&package.purl), ""),
                };
                GroupKey::Advisory {
                    name: advisory::normal(&advisory.id),
                    package: package.to_owned(),
                    manifest: manifest.to_owned(),
                }
            }
            (Subject::Rule, Mode::File) => {
                GroupKey::File { scanner: scanner(), path: finding.location.path.to_string() }
            }
            (Subject::Rule, _) => GroupKey::Rule { scanner: scanner(), rule: Arc::clone(&rule.rule) },
        }
    }
}

/// A finding of an advisory needs its class for its identity, so it waits, with whatever else that needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    /// The package URL, as an index into the gatherer's strings.
    pub(super) purl: u32,
    /// Why the report itself calls it not affected, likewise; an empty string: it does not.
    pub(super) justification: u32,
}

/// The sightings of one key.
#[derive(Debug)]
pub(super) struct GroupAccumulator {
    pub(super) mode: Mode,
    pub(super) rule: Arc<Rule>,
    /// The rule's former ids, according to the scanner.
    pub(super) former: BTreeSet<String>,
    pub(super) kind: FindingKind,
    pub(super) kinds: BTreeSet<FindingKind>,
    /// In order of appearance, each once.
    pub(super) scanners: Vec<Arc<str>>,
    pub(super) sightings: Vec<Sighting>,
    /// One for each sighting in buckets of advisories, otherwise empty.
    pub(super) waiting: Vec<Waiting>,
    /// GitHub's alerts, each with the index of its sighting.
    pub(super) alerts: Vec<(usize, Alert<'static>)>,
    /// Each with the index of its sighting, ordered by place.
    pub(super) exemplars: Vec<(usize, Box<Exemplar>)>,
}

impl GroupAccumulator {
    pub(super) fn new(mode: Mode, finding: &Finding<'_>, words: &mut RuleTexts) -> GroupAccumulator {
        GroupAccumulator {
            mode,
            rule: words.share(&finding.rule),
            former: BTreeSet::new(),
            kind: finding.kind,
            kinds: BTreeSet::new(),
            scanners: Vec::with_capacity(1),
            sightings: Vec::with_capacity(1),
            waiting: Vec::new(),
            alerts: Vec::new(),
            exemplars: Vec::with_capacity(1),
        }
    }

    pub(super) fn add(
        &mut self,
        finding: &Finding<'_>,
        sighting: Sighting,
        waiting: Option<Waiting>,
        words: &mut RuleTexts,
    ) {
        if self.scanners.len() < MOST_SCANNERS && !self.scanners.contains(&finding.scanner) {
            self.scanners.push(finding.scanner.clone());
        }
        for former in &finding.rule.former {
            if !self.former.contains(former) {
                self.former.insert(former.clone());
            }
        }
        let own = Arc::ptr_eq(&self.rule, &finding.rule) || words.is(&self.rule, &finding.rule);
        if !own && words.said(&finding.rule) > words.said(&self.rule) {
            self.rule = words.share(&finding.rule);
        }
        self.kind = self.kind.min(finding.kind);
        self.kinds.insert(finding.kind);
        if sighting.skipped.is_none() {
            self.keep_if_early(finding, words);
        }
        if let Some(alert) = &finding.detail.alert {
            self.alerts.push((self.sightings.len(), alert.kept()));
        }
        self.sightings.push(sighting);
        self.waiting.extend(waiting);
    }

    /// Keeps the finding whole if it is among the first by place, so that the order of reading does not matter.
    fn keep_if_early(&mut self, finding: &Finding<'_>, words: &mut RuleTexts) {
        let limit = self.limit(words);
        let Finding { location, detail, severity, .. } = finding;
        let place = (location.path.as_ref(), location.line, Reverse(*severity), detail.message.as_ref());
        let at = match self.mode {
            // each becomes a group of its own
            Mode::Vulnerability => self.exemplars.len(),
            _ => self.exemplars.partition_point(|(_, kept)| {
                let Exemplar { location, detail, severity, .. } = kept.as_ref();
                (location.path.as_ref(), location.line, Reverse(*severity), detail.message.as_ref()) <= place
            }),
        };
        if at >= limit {
            return;
        }
        let package = match &finding.subject {
            Subject::Advisory(_, package) => Some(package.kept()),
            Subject::Rule => None,
        };
        // an audit repeats its rule with each finding, and one copy of its text is enough
        let own = Arc::ptr_eq(&self.rule, &finding.rule) || words.is(&self.rule, &finding.rule);
        let rule = if own { self.rule.clone() } else { words.share(&finding.rule) };
        let mut detail = FindingDetail { fingerprint: fingerprint(finding), ..finding.detail.kept() };
        words.retention.fit(&mut detail);
        let exemplar = Exemplar {
            id: Fingerprint([0; 10]),
            rule,
            scanner: finding.scanner.clone(),
            severity: finding.severity,
            location: finding.location.kept(),
            package,
            advisory: None,
            detail,
        };
        self.exemplars.insert(at, (self.sightings.len(), Box::new(exemplar)));
        self.exemplars.truncate(limit);
    }

    /// Reduces what is kept to what there is room for by now.
    pub(super) fn keep_less(&mut self, words: &mut RuleTexts) {
        self.exemplars.truncate(self.limit(words));
        self.exemplars.shrink_to_fit();
        let rule = words.fit(&self.rule);
        for (_, exemplar) in &mut self.exemplars {
            words.retention.fit(&mut exemplar.detail);
            let own = Arc::ptr_eq(&exemplar.rule, &self.rule);
            exemplar.rule = if own { rule.clone() } else { words.fit(&exemplar.rule) };
        }
        self.rule = rule;
    }

    /// The same in parts, each with the sightings that share a home.
    pub(super) fn split<H: Ord + Copy>(self, home: impl Fn(&Sighting) -> H) -> BTreeMap<H, GroupAccumulator> {
        let mut parts: BTreeMap<H, GroupAccumulator> = BTreeMap::new();
        let mut places: Vec<(H, usize)> = Vec::with_capacity(self.sightings.len());
        for (index, sighting) in self.sightings.iter().enumerate() {
            let home = home(sighting);
            let part = parts.entry(home).or_insert_with(|| GroupAccumulator {
                mode: self.mode,
                rule: self.rule.clone(),
                former: BTreeSet::new(),
                kind: self.kind,
                kinds: self.kinds.clone(),
                scanners: self.scanners.clone(),
                sightings: Vec::new(),
                waiting: Vec::new(),
                alerts: Vec::new(),
                exemplars: Vec::new(),
            });
            places.push((home, part.sightings.len()));
            part.sightings.push(*sighting);
            part.waiting.extend(self.waiting.get(index));
        }
        for (index, exemplar) in self.exemplars {
            if let Some((home, index)) = places.get(index)
                && let Some(part) = parts.get_mut(home)
            {
                part.exemplars.push((*index, exemplar));
            }
        }
        parts
    }

    fn limit(&self, words: &RuleTexts) -> usize {
        if self.mode == Mode::Vulnerability { usize::MAX } else { words.retention.exemplars }
    }
}
/// The length of the longest fingerprint from a scanner that is kept, in bytes.
const LONGEST_FINGERPRINT: usize = 500;

/// The scanner's own fingerprint, unless it is that of a credential, which it may quote.
fn fingerprint(finding: &Finding<'_>) -> Option<Cow<'static, str>> {
    let stable = finding.anchors.stable.as_deref().filter(|_| finding.kind != FindingKind::Secret);
    let short = stable.filter(|value| value.len() <= LONGEST_FINGERPRINT && value.contains(':'));
    short.map(|value| Cow::Owned(value.to_owned()))
}
