//! All that the reports say, ready for the plan.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::alert::Alert;
use super::finding::{Advisory, ExclusionReason, FindingDetail, FindingKind, Location, Package, Rule};
use super::fingerprint::Fingerprint;
use super::record::Mode;
use super::scan::{NotFinding, Problem, Scan, Scope};
use super::severity::Severity;
use super::slice::Aliases;

/// What stays of a finding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// Its anchors: the scanner's stable fingerprint, the flagged line's text, the start line.
    /// For an advisory its best known name with the package's version, then two of its names without.
    pub anchors: [Option<Fingerprint>; 3],
    /// Scanner and rule, or advisory and package without its version, hashed.
    pub rule: u32,
    /// The flagged line's text without its path, or the package in its version, hashed, to find a moved file again;
    /// 0: unknown.
    pub text: u32,
    /// Its location's path, as an index into [`Survey::paths`].
    pub path: u32,
    /// Its first line; 0: none.
    pub line: u32,
    /// The scan that made it, as an index into [`Survey::scans`].
    pub scan: u32,
    /// How bad it is.
    pub severity: Severity,
    /// Why it is not filed, if it is not.
    pub skipped: Option<ExclusionReason>,
    /// Which entry of the configuration's `ignore` says so, counted from 1; 0: none, or one beyond the first 255.
    pub ignored_by: u8,
}

impl Sighting {
    /// The finding's identity: the first anchor that it has.
    pub fn id(&self) -> Fingerprint {
        self.anchors.iter().flatten().next().copied().unwrap_or(Fingerprint([0; 10]))
    }

    /// Whether any of its anchors is this one.
    pub fn is(&self, fingerprint: Fingerprint) -> bool {
        self.anchors.contains(&Some(fingerprint))
    }
}

/// A finding that is kept whole, so that the ticket can show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Exemplar {
    /// The finding's identity.
    pub id: Fingerprint,
    /// What the scanner checked for.
    pub rule: Arc<Rule>,
    /// Who found it.
    pub scanner: Arc<str>,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub location: Location<'static>,
    /// The package, where it is an advisory's.
    pub package: Option<Package<'static>>,
    /// The advisory under all its names, where it is one's.
    pub advisory: Option<Arc<Advisory>>,
    /// Further details.
    pub detail: FindingDetail<'static>,
}

/// What the findings of a group have in common.
#[derive(Debug, Clone, PartialEq)]
pub enum Common {
    /// A scanner's rule: at one place in mode `vulnerability`, at any in mode `type`.
    Rule(Arc<Rule>),
    /// An advisory under all its names, the best known first; the package is the exemplars'.
    Advisory(Arc<Advisory>),
    /// A file, or a manifest.
    File(Arc<str>),
    /// A package by its URL without a version; its advisories are the exemplars'.
    Package(Arc<str>),
}

/// The findings that one ticket stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its first name and the further ones; each becomes a label, at most 8.
    pub names: Vec<Fingerprint>,
    /// Those of its names that it may share with other versions of the same package: what a report without versions
    /// means. They lead to a ticket where no other name does.
    pub loose: Vec<Fingerprint>,
    /// How it was made.
    pub mode: Mode,
    /// The route that made it a ticket of its own (`continue`), where one did.
    pub route: Option<String>,
    /// What its findings have in common.
    pub common: Common,
    /// What sort of thing is wrong; of several the first in the order of [`FindingKind`].
    pub kind: FindingKind,
    /// All sorts of thing that are wrong.
    pub kinds: BTreeSet<FindingKind>,
    /// The worst severity among findings that are not skipped, else among all.
    pub severity: Severity,
    /// Who found it, in order of name.
    pub scanners: Vec<Arc<str>>,
    /// All its findings in order of path and line, including those that are skipped.
    pub sightings: Vec<Sighting>,
    /// A few of those that are not skipped, in the same order.
    pub exemplars: Vec<Exemplar>,
}

impl Group {
    /// What it is known by.
    pub fn name(&self) -> Fingerprint {
        self.names.first().copied().unwrap_or(Fingerprint([0; 10]))
    }

    /// The worst of the findings that are kept whole, the first among equals: it speaks for the group.
    pub fn worst(&self) -> Option<&Exemplar> {
        self.exemplars.iter().min_by_key(|exemplar| Reverse(exemplar.severity))
    }

    /// Whether a name of it, or of one of its findings, is this.
    pub fn knows(&self, id: Fingerprint) -> bool {
        self.names.contains(&id) || self.sightings.iter().any(|one| one.is(id))
    }

    /// Its findings that are not skipped.
    pub fn kept(&self) -> impl Iterator<Item = &Sighting> {
        self.sightings.iter().filter(|sighting| sighting.skipped.is_none())
    }
}

/// A scan with its scope, and whether it may prove that something is gone.
#[derive(Debug, Clone, PartialEq)]
pub struct ScopedScan {
    /// As reported.
    pub scan: Scan,
    /// What it replaces.
    pub scope: Scope,
    /// The report it came in, as an index into [`Survey::reports`].
    pub report: usize,
    /// Whether it was read whole, says that it succeeded, and has a place for findings.
    pub whole: bool,
}

/// One file that a scanner wrote, after reading.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct ReadReport {
    /// As it was named.
    pub path: String,
    /// The format's name; empty where it was not recognised.
    pub format: String,
    /// The scanners, in order of appearance, separated by `, `; of very many the first, and `…`.
    pub scanner: String,
    /// How many findings were read.
    pub findings: usize,
    /// How many elements could not be read.
    pub problems: usize,
    /// What was read and is not a finding, and how many of each.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub not_findings: BTreeMap<NotFinding, usize>,
    /// How many VEX statements were read.
    #[serde(skip)]
    pub statements: usize,
    /// Whether it was read to its end and nothing in it failed.
    pub whole: bool,
    /// Whether it could not be read, or not to its end.
    #[serde(skip)]
    pub broken: bool,
}

/// All that the reports say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Survey {
    /// The files.
    pub reports: Vec<ReadReport>,
    /// The scanners' runs.
    pub scans: Vec<ScopedScan>,
    /// The findings, by the ticket that each belongs to; in order of their names.
    pub groups: Vec<Group>,
    /// The paths that sightings refer to.
    pub paths: Vec<Arc<str>>,
    /// The rules' ids, or the advisories' best known names, by what sightings have of them: as many as a result can
    /// name.
    pub rules: HashMap<u32, Arc<str>>,
    /// Rules that had other ids once, hashed as in a sighting: what each was called, and what it is called now.
    pub renamed: BTreeMap<u32, u32>,
    /// Advisories with their packages by what sightings have of them, and the same under their further names.
    pub aliases: BTreeMap<u32, Aliases>,
    /// Why findings are skipped, in the words of a VEX document or of an alert's dismissal, by the
    /// findings' identities.
    pub justifications: BTreeMap<Fingerprint, String>,
    /// GitHub's alerts that findings were read from, by the findings' identities.
    pub alerts: BTreeMap<Fingerprint, Vec<Alert<'static>>>,
    /// Who owns each group's worst finding by CODEOWNERS, by the group's first name; nobody where it has
    /// no entry.
    pub owners: BTreeMap<Fingerprint, Vec<String>>,
    /// What distinguishes groups whose titles would otherwise be equal, by their first names.
    pub distinctions: BTreeMap<Fingerprint, String>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Survey {
    /// The groups, each finding in one of them: without those that routes added.
    pub fn own(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| group.route.is_none())
    }

    /// How many findings were read.
    pub fn read(&self) -> usize {
        self.own().map(|group| group.sightings.len()).sum()
    }

    /// How many findings are skipped, by reason.
    pub fn skipped(&self) -> BTreeMap<ExclusionReason, usize> {
        let mut counts = BTreeMap::new();
        for reason in self.own().flat_map(|group| &group.sightings).filter_map(|sighting| sighting.skipped) {
            *counts.entry(reason).or_default() += 1;
        }
        counts
    }

    /// How many findings are not affected, by the words of the VEX statement that says so.
    pub fn not_affected(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        let all = self.own().flat_map(|group| &group.sightings);
        for sighting in all.filter(|one| one.skipped == Some(ExclusionReason::NotAffected)) {
            if let Some(words) = self.justifications.get(&sighting.id()).filter(|words| !words.is_empty()) {
                *counts.entry(words.clone()).or_default() += 1;
            }
        }
        counts
    }

    /// Who owns a group's worst finding.
    pub fn owners(&self, group: &Group) -> &[String] {
        self.owners.get(&group.name()).map_or(&[], Vec::as_slice)
    }

    /// The rule of a sighting, or its advisory, by its id; empty where none is known.
    pub fn rule(&self, sighting: &Sighting) -> &str {
        self.rules.get(&sighting.rule).map_or("", |rule| rule)
    }

    /// Who made a sighting.
    pub fn scanner(&self, sighting: &Sighting) -> &str {
        self.scans.get(sighting.scan as usize).map_or("", |seen| &seen.scan.scanner)
    }

    /// What a rule that was recorded is called now, hashed.
    pub fn rule_now(&self, rule: u32) -> u32 {
        self.renamed.get(&rule).copied().unwrap_or(rule)
    }

    /// What a sighting's advisory is under its further names.
    pub fn aliases(&self, sighting: &Sighting) -> Aliases {
        self.aliases.get(&sighting.rule).copied().unwrap_or_default()
    }

    /// The path of a sighting.
    pub fn path(&self, sighting: &Sighting) -> &str {
        self.paths.get(sighting.path as usize).map_or("", |path| path)
    }
}
