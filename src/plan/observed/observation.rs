//! What this run saw of a group, in the form in which its slices would keep it, and whether a ticket knows it already.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::digest::SliceDigest;
use crate::model::finding::{Advisory, Cvss};
use crate::model::fingerprint::Recipe;
use crate::model::record::{Record, VERSION};
use crate::model::repository::Place;
use crate::model::scan::Scope;
use crate::model::slice::{Entries, Entry, Slice, SliceId, path_hash};
use crate::model::survey::{Common, Group, Sighting, Survey};
use crate::model::ticket::Ticket;
use crate::plan::observed::disposition::{Disposition, disposition_of};
use crate::plan::observed::proof::Proof;
use crate::plan::observed::rematch::Candidate;
use crate::plan::types::input::Input;
use crate::plan::types::snapshot::Snapshot;

/// What one scope of this run saw of a group.
#[derive(Debug, Clone)]
pub(crate) struct Observation {
    pub(crate) slice: Slice,
    /// One for each finding that is present and that the slice would hold.
    pub(crate) candidates: Vec<Candidate>,
    /// The group's findings that are skipped, for whatever reason.
    pub(crate) skipped: Vec<Candidate>,
}

/// The run's own slices: one for each of its scopes, at the place that it scanned.
pub(crate) fn own(input: &Input<'_>) -> Vec<SliceId> {
    let scopes: BTreeSet<&Scope> = input.survey.scans.iter().map(|seen| &seen.scope).collect();
    scopes.into_iter().map(|scope| SliceId::of(scope, &input.run.place)).collect()
}

/// What each scope of this run saw of a group: the given findings as present, and the group's own that are skipped.
pub(crate) fn observe(input: &Input<'_>, group: &Group, there: &[Sighting]) -> Vec<Observation> {
    let mut scopes: BTreeMap<&Scope, (Vec<&Sighting>, Vec<&Sighting>)> = BTreeMap::new();
    let scope = |sighting: &Sighting| input.survey.scans.get(sighting.scan as usize).map(|seen| &seen.scope);
    for sighting in there {
        if let Some(scope) = scope(sighting) {
            scopes.entry(scope).or_default().0.push(sighting);
        }
    }
    for sighting in group.sightings.iter().filter(|sighting| sighting.skipped.is_some()) {
        if let Some(scope) = scope(sighting) {
            scopes.entry(scope).or_default().1.push(sighting);
        }
    }
    let facts = facts(group);
    let observation = |(scope, (there, skipped)): (&Scope, (Vec<&Sighting>, Vec<&Sighting>))| {
        let mut slice = nothing(input, scope);
        slice.severity = there.iter().map(|sighting| sighting.severity).max();
        slice.facts = if there.is_empty() { 0 } else { facts };
        let (candidates, skipped) = (freshen(input, there), freshen(input, skipped));
        slice.kept = Entries(candidates.iter().map(|one| one.entry).collect());
        let decided =
            skipped.iter().filter(|one| disposition_of(one.sighting.skipped) == Disposition::Skipped);
        slice.skipped = Entries(decided.map(|one| one.entry).collect());
        slice.fit();
        Observation { slice, candidates, skipped }
    };
    scopes.into_iter().map(observation).collect()
}

/// Adds the scopes of this run that saw nothing of a ticket although they have a slice of it. `has`: whether the ticket
/// has this slice.
pub(crate) fn complete(
    input: &Input<'_>,
    proof: &Proof<'_>,
    has: impl Fn(&SliceId) -> bool,
    observations: &mut Vec<Observation>,
) {
    for scope in proof.scopes() {
        let is_there = observations.iter().any(|observation| observation.slice.scope == *scope);
        if !is_there && has(&SliceId::of(scope, &input.run.place)) {
            observations.push(Observation {
                slice: nothing(input, scope),
                candidates: Vec::new(),
                skipped: Vec::new(),
            });
        }
    }
}

fn nothing(input: &Input<'_>, scope: &Scope) -> Slice {
    Slice {
        version: VERSION,
        scope: scope.clone(),
        place: input.run.place.clone(),
        commit: input.run.commit.clone(),
        severity: None,
        facts: 0,
        kept: Entries::default(),
        skipped: Entries::default(),
        truncated: false,
    }
}

/// The same slice without any findings.
pub(crate) fn emptied(slice: &Slice) -> Slice {
    Slice { kept: Entries::default(), severity: None, facts: 0, truncated: false, ..slice.clone() }
}

/// A slice of the same scope and place that holds nothing at all.
pub(crate) fn bare(slice: &Slice) -> Slice {
    Slice { skipped: Entries::default(), ..emptied(slice) }
}

/// What a record keeps of a finding.
pub(crate) fn entry(survey: &Survey, sighting: &Sighting) -> Entry {
    Entry {
        fingerprint: sighting.id(),
        rule: sighting.rule,
        aliases: survey.aliases(sighting),
        path: path_hash(survey.path(sighting)),
        text: sighting.text,
    }
}

/// The findings, each once, in the order in which a record keeps them.
fn freshen(input: &Input<'_>, sightings: Vec<&Sighting>) -> Vec<Candidate> {
    let mut seen = BTreeSet::new();
    let each = sightings.into_iter().filter(|sighting| seen.insert(sighting.id()));
    let mut candidates: Vec<_> = each
        .map(|sighting| Candidate { entry: entry(input.survey, sighting), sighting: *sighting })
        .collect();
    candidates.sort_by_key(|one| (one.entry.rule, one.entry.path, one.sighting.line));
    candidates
}

/// What people would want to know about when it changes: not EPSS, which changes daily.
pub(crate) fn facts(group: &Group) -> u32 {
    let advisories: Vec<&Advisory> = match &group.common {
        Common::Advisory(advisory) => vec![advisory],
        Common::Package(_) => {
            let mut all: Vec<&Advisory> =
                group.exemplars.iter().filter_map(|one| one.advisory.as_deref()).collect();
            all.sort_by(|a, b| a.id.cmp(&b.id));
            all.dedup_by(|a, b| a.id == b.id);
            all
        }
        Common::Rule(_) | Common::File(_) => return 0,
    };
    let mut recipe = Recipe::new("facts");
    for Advisory { id, aliases, cvss, exploited, .. } in advisories.iter().copied() {
        let mut names: Vec<&String> = aliases.iter().chain([id]).collect();
        names.sort();
        recipe = names.into_iter().fold(recipe, |recipe, name| recipe.value(name));
        // for a single advisory these come last, as in existing records
        if advisories.len() > 1 {
            recipe = recipe.number(scored(cvss.as_ref())).number(u64::from(*exploited));
        }
    }
    let mut fixed: Vec<_> =
        group.exemplars.iter().filter_map(|one| one.package.as_ref()).flat_map(|one| &one.fixed).collect();
    fixed.sort();
    fixed.dedup();
    let recipe = fixed.into_iter().fold(recipe, |recipe, version| recipe.value(version));
    let worst = advisories.iter().map(|one| scored(one.cvss.as_ref())).max().unwrap_or(0);
    let exploited = advisories.iter().any(|one| one.exploited);
    recipe.number(worst).number(u64::from(exploited)).finish().short()
}

fn scored(cvss: Option<&Cvss>) -> u64 {
    cvss.map_or(0, |cvss| (cvss.score * 10.0) as u64)
}

/// Whether a ticket's digests say that it already knows all this.
pub(crate) fn known(
    observations: &[Observation],
    snapshot: &Snapshot,
    ticket: &Ticket,
    record: &Record,
) -> bool {
    observations.iter().all(|observation| {
        let digest = observation.slice.digest();
        let own = snapshot.digest(ticket, record, &observation.slice.id());
        match observation.slice.place {
            Place::Branch(_) => own == Some(digest),
            Place::PullRequest(_) => {
                own.is_some_and(|own| own.has_same_findings(digest))
                    || (own.is_none() || !digest.is_empty())
                        && is_elsewhere(&observation.slice, digest, record)
            }
        }
    })
}

/// Whether what a pull request has is also recorded elsewhere: not at another pull request, which may be abandoned.
fn is_elsewhere(slice: &Slice, digest: SliceDigest, record: &Record) -> bool {
    let pulls = record.life.stands.iter().filter(|place| matches!(place, Place::PullRequest(_)));
    let pulls: BTreeSet<SliceId> = pulls.map(|place| SliceId::of(&slice.scope, place)).collect();
    let mut others = record.slices.iter().filter(|(id, _)| !pulls.contains(*id));
    others.any(|(_, known)| known.has_same_findings(digest))
}
