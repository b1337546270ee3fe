//! `--sarif-out`: the scans as SARIF again, with the tickets' pages, for GitHub's code scanning.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::cli::setup::prepare::Prepared;
use crate::compose::files::{GroupOccurrence, sarif};
use crate::error::Result;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Scope;
use crate::pipeline::result::CommandOutcome;
use crate::{export, files};

/// Writes a file for each scope whose scans were read to the end: what is missing from a broken one would count as
/// fixed.
pub(crate) fn write(folder: &Path, outcome: &CommandOutcome, prepared: &Prepared) -> Result<()> {
    let mut pages: HashMap<Fingerprint, &str> = HashMap::new();
    for ticket in &outcome.result.tickets {
        let page = ticket.url.as_deref().filter(|page| page.starts_with("http"));
        pages.extend(page.into_iter().flat_map(|page| ticket.findings.iter().map(move |id| (*id, page))));
    }
    let page = |one: &GroupOccurrence<'_>| pages.get(&one.sighting.id()).copied();
    let (survey, provenance) = (&outcome.survey, prepared.run.provenance());
    let mut scopes: BTreeMap<&Scope, Vec<(u32, bool)>> = BTreeMap::new();
    for (index, seen) in (0_u32..).zip(&survey.scans) {
        let whole = seen.whole && seen.scan.unread.is_empty();
        scopes.entry(&seen.scope).or_default().push((index, whole));
    }
    let whole = scopes.into_iter().filter(|(_, scans)| scans.iter().all(|(_, whole)| *whole));
    let scans: Vec<_> = whole
        .map(|(scope, scans)| {
            let scans: Vec<u32> = scans.into_iter().map(|(index, _)| index).collect();
            (scope.fingerprint(), sarif::of_scans(&scans, survey, &provenance, &page))
        })
        .collect();
    export::sarif(&files::checked(&prepared.root, folder)?, &scans)
}
