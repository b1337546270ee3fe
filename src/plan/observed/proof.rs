//! What it proves that the scopes of a run do not report a finding: for which findings, in which files, by which rules.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::config::FindingScope;
use crate::group::identity::rule_hash;
use crate::model::finding::FindingKind;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Record;
use crate::model::scan::Scope;
use crate::model::slice::{Entry, SliceId, path_hash};
use crate::model::survey::ScopedScan;
use crate::plan::observed::disposition::{Disposition, disposition_of};
use crate::plan::types::input::Input;
use crate::plan::types::snapshot::Snapshot;

/// What can be concluded from what the scopes of this run do not report.
pub(crate) struct Proof<'a> {
    input: &'a Input<'a>,
    /// The scans of scopes that were read to the end and succeeded.
    scopes: BTreeMap<&'a Scope, Vec<&'a ScopedScan>>,
    /// What they looked at: few plans need to know.
    coverage: OnceCell<BTreeMap<&'a Scope, ScopeCoverage>>,
    /// The scanners that list all rules that they check.
    listing: HashSet<String>,
    seen: OnceCell<HashMap<(&'a Scope, Fingerprint), Disposition>>,
    /// Whether a rule that is not listed was assumed to be one that found nothing.
    guessed: Cell<bool>,
}

/// What a scope looked at.
#[derive(Default)]
struct ScopeCoverage {
    /// The rules that its reports list; empty: they do not list them.
    rules: HashSet<u32>,
    /// Whether these are all the rules that it checks, and not only those that found something.
    all_rules: bool,
    /// The files that it could not scan, hashed as in an entry.
    unread: HashSet<u32>,
}

impl<'a> Proof<'a> {
    /// What a run can prove: nothing if it looks at only some of the findings.
    pub(crate) fn of(input: &'a Input<'a>, snapshot: &Snapshot) -> Proof<'a> {
        let changed =
            input.run.pull_request.is_some() && input.config.pull_request.scope == FindingScope::Changed;
        if changed || !input.only.is_empty() {
            return Proof::none(input);
        }
        let mut scopes: BTreeMap<&Scope, Vec<&ScopedScan>> = BTreeMap::new();
        for seen in &input.survey.scans {
            scopes.entry(&seen.scope).or_default().push(seen);
        }
        scopes.retain(|_, scans| scans.iter().all(|seen| seen.whole));
        Proof { scopes, listing: listing(input, snapshot), ..Proof::none(input) }
    }

    /// A run that proves nothing.
    pub(crate) fn none(input: &'a Input<'a>) -> Proof<'a> {
        Proof {
            input,
            scopes: BTreeMap::new(),
            coverage: OnceCell::new(),
            listing: HashSet::new(),
            seen: OnceCell::new(),
            guessed: Cell::new(false),
        }
    }

    /// The scopes whose silence counts as proof.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &'a Scope> {
        self.scopes.keys().copied()
    }

    /// What a scope of this run says about a finding, by any of its sightings; `None`: nothing.
    pub(crate) fn seen(&self, scope: &Scope, finding: Fingerprint) -> Option<Disposition> {
        let seen = self.seen.get_or_init(|| {
            let survey = self.input.survey;
            let mut seen: HashMap<(&Scope, Fingerprint), Disposition> = HashMap::new();
            for one in survey.groups.iter().flat_map(|group| &group.sightings) {
                let Some(scan) = survey.scans.get(one.scan as usize) else { continue };
                for anchor in one.anchors.iter().flatten() {
                    let known = seen.entry((&scan.scope, *anchor)).or_insert(Disposition::Gone);
                    *known = disposition_of(one.skipped).max(*known);
                }
            }
            seen
        });
        let (scope, _) = self.scopes.get_key_value(scope)?;
        seen.get(&(*scope, finding)).copied()
    }

    /// Whether a scope that does not report a finding has looked for it: in its file, and by its rule. Rules do not
    /// matter for advisories: no scanner lists the advisories that a package does not have.
    pub(crate) fn looks_for(&self, scope: &Scope, entry: &Entry, kinds: &BTreeSet<FindingKind>) -> bool {
        let coverage = self.coverage.get_or_init(|| {
            let all = |scans: &Vec<&ScopedScan>| {
                scans.iter().map(|seen| ScopeCoverage::of(seen, &self.listing)).reduce(ScopeCoverage::and)
            };
            self.scopes.iter().filter_map(|(scope, scans)| Some((*scope, all(scans)?))).collect()
        });
        let Some(coverage) = coverage.get(scope).filter(|coverage| !coverage.unread.contains(&entry.path))
        else {
            return false;
        };
        let advisory = |kind: &FindingKind| matches!(kind, FindingKind::Dependency | FindingKind::Container);
        let advisories = !kinds.is_empty() && kinds.iter().all(advisory);
        if advisories
            || coverage.rules.is_empty()
            || coverage.rules.contains(&self.input.survey.rule_now(entry.rule))
        {
            return true;
        }
        // most scanners list only the rules that found something
        self.guessed.set(self.guessed.get() || !coverage.all_rules);
        !coverage.all_rules
    }

    /// Whether a rule that a report does not list was assumed to be one that found nothing, because nothing shows that
    /// its scanner lists those, too.
    pub(crate) fn guessed(&self) -> bool {
        self.guessed.get()
    }
}

impl ScopeCoverage {
    fn of(seen: &ScopedScan, listing: &HashSet<String>) -> ScopeCoverage {
        let scan = &seen.scan;
        ScopeCoverage {
            rules: scan.rules.iter().map(|rule| rule_hash(&scan.scanner, rule)).collect(),
            all_rules: listing.contains(seen.scope.scanner.as_str()),
            unread: scan.unread.iter().map(|file| path_hash(&file.path)).collect(),
        }
    }

    /// Combines both parts of one scan.
    fn and(mut self, other: ScopeCoverage) -> ScopeCoverage {
        if self.rules.is_empty() || other.rules.is_empty() {
            // if one of them lists none, the rules are not known
            self.rules.clear();
        } else {
            self.rules.extend(other.rules);
        }
        self.unread.extend(other.unread);
        self
    }
}

/// The scanners that list all rules that they check, so that a rule that is not listed was removed: this run shows it,
/// or a ticket remembers it.
fn listing(input: &Input<'_>, snapshot: &Snapshot) -> HashSet<String> {
    let here = input.survey.scans.iter().filter(|seen| seen.whole && seen.scan.lists_all);
    let records = snapshot.tickets().filter_map(|ticket| ticket.record.as_ref());
    let remembered = records.flat_map(|record| &record.life.listing).map(String::as_str);
    here.map(|seen| seen.scope.scanner.as_str()).chain(remembered).map(str::to_owned).collect()
}

/// The scanners that showed in this run that they list all their rules, among those that have a slice of a ticket: its
/// record remembers them for the day on which every listed rule has found something.
pub(crate) fn listed<'a>(input: &'a Input<'_>, record: &'a Record) -> impl Iterator<Item = String> + use<'a> {
    let all = input.survey.scans.iter().filter(|seen| seen.whole && seen.scan.lists_all);
    let own = all.filter(|seen| record.slices.contains_key(&SliceId::of(&seen.scope, &input.run.place)));
    own.map(|seen| seen.scope.scanner.clone())
}
