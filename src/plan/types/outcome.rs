//! What becomes of each group.

use crate::model::finding::Aside;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::ticket::TicketId;

/// What becomes of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// Its first name.
    pub group: Fingerprint,
    /// Its findings that this is about.
    pub findings: Vec<Fingerprint>,
    /// What happens.
    pub verdict: Verdict,
}

/// What happens to a group, or to a part of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// A ticket will be made.
    Create,
    /// A ticket will be made, linked to a done one.
    Refile(TicketId),
    /// A ticket exists, and there is nothing to tell it.
    Tracked(TicketId),
    /// A ticket exists and is changed.
    Update(TicketId),
    /// A done ticket is opened again.
    Reopen(TicketId),
    /// A done ticket is told, or was told and has its days of grace.
    Recurred(TicketId),
    /// Set aside.
    Aside(Aside, Option<TicketId>),
    /// Beyond `max-new`: the next run's.
    Held,
    /// The branch, or whose code it is, does not allow filing: why.
    NotAllowed(String),
    /// It cannot be filed: why.
    Impossible(Box<Problem>),
}

impl Verdict {
    /// The ticket that stands for the findings, where there is one.
    pub fn ticket(&self) -> Option<&TicketId> {
        match self {
            Verdict::Tracked(id) | Verdict::Update(id) | Verdict::Reopen(id) | Verdict::Recurred(id) => {
                Some(id)
            }
            Verdict::Aside(_, id) => id.as_ref(),
            _ => None,
        }
    }
}
