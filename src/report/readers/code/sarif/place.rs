//! SARIF locations (3.28) and code flows (3.36) as places in the repository.

use std::borrow::Cow;

use crate::model::finding::{FlowStep, Location};
use crate::report::parse::source::ReportSource;
use crate::report::shared::path;

use crate::report::readers::code::sarif::lookup::Lookup;
use crate::report::readers::code::sarif::message::say;
use crate::report::readers::code::sarif::rule::SarifEntry;
use crate::report::readers::code::sarif::wire;

/// How many steps of a flow, or related places, are read; `model::finding::kept` says how many of them are kept.
const STEPS: usize = 100;

/// The place of a location.
pub(crate) fn location<'r>(
    lookup: &Lookup<'r>,
    source: &ReportSource,
    location: &'r wire::SarifLocation<'r>,
) -> Location<'r> {
    let physical = location.physical_location.get();
    let artifact = physical.and_then(|physical| physical.artifact_location.get());
    let region = physical.and_then(|physical| physical.region.get());
    let logical = location.logical_locations.objects().find_map(|logical| lookup.logical(logical));
    Location {
        path: artifact.map_or(Cow::Borrowed(""), |artifact| path_of(lookup, source, artifact)),
        line: region.map_or(0, |region| region.start_line.position()),
        end_line: region.map_or(0, |region| region.end_line.position()),
        column: region.map_or(0, |region| region.start_column.position()),
        logical: logical.map(Cow::Borrowed),
    }
}

/// The path of an artifact. A base that is a folder on another machine, or a web address, says nothing about this
/// repository, so only the path after it is used.
pub(crate) fn path_of<'r>(
    lookup: &Lookup<'r>,
    source: &ReportSource,
    artifact: &'r wire::ArtifactLocation<'r>,
) -> Cow<'r, str> {
    let (whole, alone) = lookup.uri(artifact);
    let inside =
        whole.map(|whole| path::of_uri(Cow::Owned(whole), source)).filter(|path| !path::is_foreign(path));
    inside.unwrap_or_else(|| match alone {
        Cow::Borrowed(alone) if &*lookup.context.scanner == "KICS" => {
            path::of_uri(Cow::Borrowed(path::of_kics(alone)), source)
        }
        alone => path::of_uri(alone, source),
    })
}

/// The steps of the first code flow; the others are other ways to the same place.
pub(crate) fn flow<'r>(
    lookup: &Lookup<'r>,
    source: &ReportSource,
    entry: &SarifEntry,
    result: &'r wire::SarifResult<'r>,
) -> Vec<FlowStep<'r>> {
    let flow = result.code_flows.0.as_ref().and_then(|flow| flow.get());
    let threads = flow.into_iter().flat_map(|flow| flow.thread_flows.objects());
    let steps = threads.flat_map(|thread| thread.locations.objects());
    let locations = steps.filter_map(|step| step.location.get());
    FlowStep::ends(locations.map(|place| step(lookup, source, entry, place)), STEPS)
}

/// The other locations of the result, which are as important as the main one (3.27.12).
pub(crate) fn also<'r>(
    lookup: &Lookup<'r>,
    source: &ReportSource,
    entry: &SarifEntry,
    result: &'r wire::SarifResult<'r>,
    main: Option<&wire::SarifLocation<'_>>,
) -> Vec<FlowStep<'r>> {
    let others =
        result.locations.objects().filter(|other| main.is_none_or(|main| !std::ptr::eq(main, *other)));
    FlowStep::first(others.map(|place| step(lookup, source, entry, place)), STEPS)
}

/// Related locations.
pub(crate) fn related<'r>(
    lookup: &Lookup<'r>,
    source: &ReportSource,
    entry: &SarifEntry,
    result: &'r wire::SarifResult<'r>,
) -> Vec<FlowStep<'r>> {
    let places = result.related_locations.objects();
    FlowStep::first(places.map(|place| step(lookup, source, entry, place)), STEPS)
}

/// A step in Go's standard library or in a module, which is not a file of the repository (govulncheck).
fn outside(place: &wire::SarifLocation<'_>) -> Option<Location<'static>> {
    let physical = place.physical_location.get()?;
    let artifact = physical.artifact_location.get()?;
    if !matches!(&*artifact.uri_base_id, "%GOROOT%" | "%GOMODCACHE%") {
        return None;
    }
    let line = physical.region.get().map_or(0, |region| region.start_line.position());
    let line = if line > 0 { format!(":{line}") } else { String::new() };
    Some(Location { logical: Some(format!("{}{line}", &*artifact.uri).into()), ..Location::default() })
}

fn step<'r>(
    lookup: &Lookup<'r>,
    source: &ReportSource,
    entry: &SarifEntry,
    place: &'r wire::SarifLocation<'r>,
) -> FlowStep<'r> {
    let message = match place.message.get() {
        Some(message) if message.id.is_empty() => say(message, |_| None),
        Some(message) => Cow::Owned(say(message, |id| lookup.context.message(entry, id)).into_owned()),
        None => Cow::Borrowed(""),
    };
    FlowStep::new(outside(place).unwrap_or_else(|| location(lookup, source, place)), message)
}
