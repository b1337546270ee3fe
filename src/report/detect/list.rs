//! A list of reports in one file.

use crate::report::detect::{Done, Listening, PASSED, ReportSource, Sink, recorded, too_many, unread};
use crate::report::parse::json::Json;

/// Reads a list of reports, as `jq --slurp` and `gh api --slurp` produce it; `None`: it is not such a list.
pub(crate) fn read(source: &ReportSource, sink: &mut dyn Sink) -> Option<Done> {
    let mut places = Vec::new();
    let mut json = Json::new(&source.name, source.open().ok()?, sink);
    if json.peek().ok()? != Some(b'[') {
        return None;
    }
    let end = json.each_element(|json| {
        let begin = json.offset();
        json.skip()?;
        places.push((begin, json.offset()));
        Ok(())
    });
    let report = |(begin, end): &(u64, u64)| source.between(*begin, *end);
    let mut done = Done { format: recorded(&report(places.first()?)).ok()?, cut: None };
    let mut passed = 0;
    for place in &places {
        passed += place.0;
        let report = report(place);
        if passed > PASSED {
            done.cut = Some(too_many(&report));
            return Some(done);
        }
        let failed = match recorded(&report) {
            Ok(format) => Listening::new(sink).read(&report, format),
            Err(problem) => Some(unread(problem)),
        };
        // what is missing from one of them may be missing from another, so no part of the list counts as complete
        match failed {
            Some(problem) if done.cut.is_some() => sink.problem(problem),
            failed => done.cut = done.cut.or(failed),
        }
    }
    done.cut = done.cut.or(end.err());
    Some(done)
}
