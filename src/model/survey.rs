//! Everything that the reports say, ready for the plan.

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

/// What is kept of a finding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// Its anchors: the scanner's stable fingerprint, the flagged line's text, the start line. For an advisory, its
    /// best-known name with the package's version, then two of its names without.
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
    /// Where it is if that is not a line: a cloud resource, a parameter of a request; as an index into
    /// [`Survey::paths`]. It distinguishes places only where there is no line.
    pub logical: u32,
    /// The scan that made it, as an index into [`Survey::scans`].
    pub scan: u32,
    /// Its severity.
    pub severity: Severity,
    /// Why it is not filed, if it is not.
    pub skipped: Option<ExclusionReason>,
    /// The entry of the configuration's `ignore` that is the reason, counted from 1; 0: none, or one beyond the first
    /// 255.
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
    /// The scanner that found it.
    pub scanner: Arc<str>,
    /// Its severity.
    pub severity: Severity,
    /// Where.
    pub location: Location<'static>,
    /// The package, if it is a finding of an advisory.
    pub package: Option<Package<'static>>,
    /// The advisory under all its names, if it is a finding of one.
    pub advisory: Option<Arc<Advisory>>,
    /// Further details.
    pub detail: FindingDetail<'static>,
}

/// What the findings of a group have in common.
#[derive(Debug, Clone, PartialEq)]
pub enum Common {
    /// A scanner's rule: at one place in mode `vulnerability`, at any in mode `type`.
    Rule(Arc<Rule>),
    /// An advisory under all its names, the best known first; the packages are those of the exemplars.
    Advisory(Arc<Advisory>),
    /// A file, or a manifest.
    File(Arc<str>),
    /// A package by its URL without a version; the advisories are those of the exemplars.
    Package(Arc<str>),
}

/// The findings that one ticket stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its first name and the others; each becomes a label, at most 8.
    pub names: Vec<Fingerprint>,
    /// Those of its names that it may share with other versions of the same package: the identities that a report
    /// without versions would give it. They lead to a ticket only if no other name does.
    pub loose: Vec<Fingerprint>,
    /// How it was made.
    pub mode: Mode,
    /// The route that gave it a separate ticket (`continue`), if there is one.
    pub route: Option<String>,
    /// What its findings have in common.
    pub common: Common,
    /// The kind of problem; if there are several, the first in the order of [`FindingKind`].
    pub kind: FindingKind,
    /// All kinds of problems in it.
    pub kinds: BTreeSet<FindingKind>,
    /// The highest severity among findings that are not skipped, otherwise among all.
    pub severity: Severity,
    /// The scanners that found it, ordered by name.
    pub scanners: Vec<Arc<str>>,
    /// All its findings, ordered by path and line, including those that are skipped.
    pub sightings: Vec<Sighting>,
    /// A few of those that are not skipped, in the same order.
    pub exemplars: Vec<Exemplar>,
}

impl Group {
    /// What identifies it.
    pub fn name(&self) -> Fingerprint {
        self.names.first().copied().unwrap_or(Fingerprint([0; 10]))
    }

    /// The worst of the exemplars, the first among equals: it represents the group.
    pub fn worst(&self) -> Option<&Exemplar> {
        self.exemplars.iter().min_by_key(|exemplar| Reverse(exemplar.severity))
    }

    /// Whether this is a name of it, or of one of its findings.
    pub fn knows(&self, id: Fingerprint) -> bool {
        self.names.contains(&id) || self.sightings.iter().any(|one| one.is(id))
    }

    /// Its findings that are not skipped.
    pub fn kept(&self) -> impl Iterator<Item = &Sighting> {
        self.sightings.iter().filter(|sighting| sighting.skipped.is_none())
    }
}

/// A scan with its scope, and whether it can prove that something is gone.
#[derive(Debug, Clone, PartialEq)]
pub struct ScopedScan {
    /// As reported.
    pub scan: Scan,
    /// The stream of scans that it replaces the last one of.
    pub scope: Scope,
    /// The report it came in, as an index into [`Survey::reports`].
    pub report: usize,
    /// Whether it was read to the end, says that it succeeded, and has a place for findings.
    pub whole: bool,
}

/// One file that a scanner wrote, after reading.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct ReadReport {
    /// Its path, as it was named.
    pub path: String,
    /// The format's name; empty if it was not recognised.
    pub format: String,
    /// The scanners, in order of appearance, separated by `, `; only the first ones and `…` if there are very many.
    pub scanner: String,
    /// How many findings were read.
    pub findings: usize,
    /// How many elements could not be read.
    pub problems: usize,
    /// How many entries of each kind were read that are not findings.
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

/// Everything that the reports say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Survey {
    /// The files.
    pub reports: Vec<ReadReport>,
    /// The scanners' runs.
    pub scans: Vec<ScopedScan>,
    /// The findings, by the ticket that each belongs to; ordered by their names.
    pub groups: Vec<Group>,
    /// The paths that sightings refer to, and other names of places.
    pub paths: Vec<Arc<str>>,
    /// The rules' ids, or the advisories' best-known names, by their hash in sightings: as many as a result can name.
    pub rules: HashMap<u32, Arc<str>>,
    /// Rules that have former ids, hashed as in a sighting: the former ones, and the present ones.
    pub renamed: BTreeMap<u32, u32>,
    /// Advisories with their packages by their hash in sightings, and the same under their other names.
    pub aliases: BTreeMap<u32, Aliases>,
    /// Why findings are skipped, in the words of a VEX document or of an alert's dismissal, by the
    /// findings' identities.
    pub justifications: BTreeMap<Fingerprint, String>,
    /// GitHub's alerts that findings were read from, by the findings' identities.
    pub alerts: BTreeMap<Fingerprint, Vec<Alert<'static>>>,
    /// The owners of each group's worst finding according to CODEOWNERS, by the group's first name; nobody if it has no
    /// entry.
    pub owners: BTreeMap<Fingerprint, Vec<String>>,
    /// What distinguishes groups whose titles would otherwise be equal, by their first names.
    pub distinctions: BTreeMap<Fingerprint, String>,
    /// Paths of findings at which the checkout of the scanned commit has no file: cluster resources, files of libraries.
    /// Nothing is known about others.
    pub untracked: Arc<BTreeSet<String>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Survey {
    /// The same with some of the groups alone.
    pub(crate) fn with_groups(&self, groups: Vec<Group>) -> Survey {
        Survey {
            groups,
            reports: self.reports.clone(),
            scans: self.scans.clone(),
            paths: self.paths.clone(),
            rules: self.rules.clone(),
            renamed: self.renamed.clone(),
            aliases: self.aliases.clone(),
            justifications: self.justifications.clone(),
            alerts: self.alerts.clone(),
            owners: self.owners.clone(),
            distinctions: self.distinctions.clone(),
            untracked: Arc::clone(&self.untracked),
            problems: self.problems.clone(),
        }
    }

    /// The paths of all places that tickets show.
    pub(crate) fn places(&self) -> BTreeSet<&str> {
        let exemplars = self.groups.iter().flat_map(|group| &group.exemplars);
        let places = exemplars.flat_map(|one| {
            let detail = &one.detail;
            let steps = detail.flow.iter().chain(&detail.also).chain(&detail.related);
            steps.map(|step| &step.location).chain([&one.location])
        });
        let kept =
            self.groups.iter().flat_map(Group::kept).filter_map(|one| self.paths.get(one.path as usize));
        places.map(|location| &*location.path).chain(kept.map(|path| &**path)).collect()
    }

    /// The groups, with each finding in exactly one of them: without those that routes added.
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

    /// Whether a page of the repository can show a finding's path: it is no image, and not known to be untracked.
    pub fn is_file(&self, group: &Group, path: &str) -> bool {
        !path.is_empty() && group.kind != FindingKind::Container && !self.untracked.contains(path)
    }

    /// The owners of a group's worst finding.
    pub fn owners(&self, group: &Group) -> &[String] {
        self.owners.get(&group.name()).map_or(&[], Vec::as_slice)
    }

    /// The rule of a sighting, or its advisory, by its id; empty if none is known.
    pub fn rule(&self, sighting: &Sighting) -> &str {
        self.rules.get(&sighting.rule).map_or("", |rule| rule)
    }

    /// The scanner of a sighting.
    pub fn scanner(&self, sighting: &Sighting) -> &str {
        self.scans.get(sighting.scan as usize).map_or("", |seen| &seen.scan.scanner)
    }

    /// The present hash of a rule that was recorded.
    pub fn rule_now(&self, rule: u32) -> u32 {
        self.renamed.get(&rule).copied().unwrap_or(rule)
    }

    /// The hashes of a sighting's advisory under its other names.
    pub fn aliases(&self, sighting: &Sighting) -> Aliases {
        self.aliases.get(&sighting.rule).copied().unwrap_or_default()
    }

    /// The path of a sighting.
    pub fn path(&self, sighting: &Sighting) -> &str {
        self.paths.get(sighting.path as usize).map_or("", |path| path)
    }

    /// Where a sighting without a line is, besides its path; empty if the report does not say.
    pub fn logical(&self, sighting: &Sighting) -> &str {
        let name = self.paths.get(sighting.logical as usize).filter(|_| sighting.line == 0);
        name.map_or("", |name| name)
    }
}
