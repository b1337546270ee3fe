//! The ways in which a request is broken.

use std::time::Duration;

use crate::simulator::{Kind, Moment, Nth};

/// One way.
pub(super) struct Blow {
    pub(super) name: &'static str,
    pub(super) act: Act,
    /// What the broken run is called with.
    pub(super) arguments: &'static [&'static str],
}

/// What happens at the request.
pub(super) enum Act {
    /// This happens to it alone.
    Once(Kind),
    /// And to all that follow.
    FromThere(Kind),
    /// The process is killed, before or after the service has handled it.
    Kill(Moment),
    /// Nothing is broken: a person edits the pull request's description right before it.
    Person,
}

/// Short enough for a test, long enough for some requests.
const IN_TIME: &[&str] = &["--time-limit", "4s"];

/// All of them.
pub(super) fn blows() -> Vec<Blow> {
    let status = |code, headers: &[(&'static str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Kind::Status(code, headers, body.to_owned())
    };
    let once = |name, kind| Blow { name, act: Act::Once(kind), arguments: &[] };
    let on = |name, act| Blow { name, act, arguments: IN_TIME };
    let kill = |name, moment| Blow { name, act: Act::Kill(moment), arguments: &[] };
    // an expired token may answer so (`docs/facts.md`)
    let nobody = [("x-seraph-loginreason", "AUTHENTICATED_FAILED")];
    vec![
        once("429 with Retry-After", status(429, &[("retry-after", "1")], "")),
        once("429 without Retry-After", status(429, &[], "")),
        once("429 that asks for hours", status(429, &[("retry-after", "7200")], "")),
        once("500", status(500, &[], "")),
        once("502", status(502, &[], "<html>")),
        once("503 with Retry-After", status(503, &[("retry-after", "1")], "")),
        once("401", status(401, &[], "")),
        once("200 as nobody", status(200, &nobody, "{}")),
        once("cut before the write", Kind::CutBefore),
        once("cut after the write", Kind::CutAfter),
        once("502 after the write", Kind::StatusAfter(502)),
        once("garbage", Kind::Garbage),
        once("half an answer", Kind::Half),
        once("slow", Kind::Stall(Duration::from_millis(800))),
        on("stalled beyond the time limit", Act::Once(Kind::Stall(Duration::from_secs(6)))),
        on("gone from there on", Act::FromThere(Kind::CutBefore)),
        on("401 from there on", Act::FromThere(status(401, &[], ""))),
        on("429 from there on", Act::FromThere(status(429, &[("retry-after", "1")], ""))),
        kill("killed before the write", Moment::Before),
        kill("killed after the write", Moment::After),
        Blow { name: "a person edits the description", act: Act::Person, arguments: &[] },
    ]
}

impl Act {
    /// Which requests it strikes, and how; a kill strikes none, and neither does a person.
    pub(super) fn fault(&self, nth: usize) -> Option<(Nth, Kind)> {
        match self {
            Act::Once(kind) => Some((Nth::Only(nth), kind.clone())),
            Act::FromThere(kind) => Some((Nth::From(nth), kind.clone())),
            Act::Kill(_) | Act::Person => None,
        }
    }
}
