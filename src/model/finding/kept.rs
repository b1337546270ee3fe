//! Copies that outlive the report: bounded in size, without borrowing.

use std::borrow::Cow;

use super::{FindingDetail, FindingFact, FlowStep, Introducer, Location, Package};
use crate::model::alert::Alert;

/// The most of a path or a name that is kept, in bytes.
const NAME_LIMIT: usize = 1_024;

/// The most of a message or snippet that is kept, in bytes.
const TEXT_LIMIT: usize = 2_000;

/// The most steps that are kept.
const STEP_LIMIT: usize = 20;

impl Location<'_> {
    /// A copy of bounded size that no longer borrows from the report.
    pub fn kept(&self) -> Location<'static> {
        Location {
            path: owned(&self.path, NAME_LIMIT),
            line: self.line,
            end_line: self.end_line,
            column: self.column,
            logical: self.logical.as_deref().map(|name| owned(name, NAME_LIMIT)),
        }
    }
}

impl Package<'_> {
    /// A copy of bounded size that no longer borrows from the report.
    pub fn kept(&self) -> Package<'static> {
        let all = |texts: &[Cow<'_, str>]| {
            texts.iter().take(STEP_LIMIT).map(|text| owned(text, NAME_LIMIT)).collect()
        };
        Package {
            purl: owned(&self.purl, NAME_LIMIT),
            name: owned(&self.name, NAME_LIMIT),
            version: owned(&self.version, NAME_LIMIT),
            fixed: all(&self.fixed),
            unfixed: self.unfixed,
            outlook: self.outlook,
            path: all(&self.path),
            introduced_by: self.introduced_by.iter().take(STEP_LIMIT).map(Introducer::kept).collect(),
        }
    }
}

impl Introducer<'_> {
    fn kept(&self) -> Introducer<'static> {
        let Introducer { name, update_to, is_major } = self;
        let [name, update_to] = [name, update_to].map(|text| owned(text, NAME_LIMIT));
        Introducer { name, update_to, is_major: *is_major }
    }
}

impl FlowStep<'_> {
    fn kept(&self) -> FlowStep<'static> {
        let FlowStep { location, message, left_out } = self;
        let (location, message) = (location.kept(), owned(message, TEXT_LIMIT));
        FlowStep { location, message, left_out: *left_out }
    }
}

impl Alert<'_> {
    /// A copy of bounded size that no longer borrows from the report.
    pub fn kept(&self) -> Alert<'static> {
        Alert {
            id: self.id,
            url: self.url.as_deref().map(|url| owned(url, NAME_LIMIT)),
            state: self.state,
            why: owned(&self.why, NAME_LIMIT),
            live: self.live,
        }
    }
}

impl FindingFact<'_> {
    fn kept(&self) -> FindingFact<'static> {
        FindingFact { name: self.name, value: owned(&self.value, TEXT_LIMIT) }
    }
}

impl FindingDetail<'_> {
    /// A copy of bounded size that no longer borrows from the report.
    pub fn kept(&self) -> FindingDetail<'static> {
        FindingDetail {
            message: owned(&self.message, TEXT_LIMIT),
            markdown: self.markdown.as_deref().map(|text| owned(text, TEXT_LIMIT)),
            confidence: self.confidence,
            assumed: self.assumed,
            withheld: self.withheld,
            snippet: self.snippet.as_deref().map(|text| owned(text, TEXT_LIMIT)),
            snippet_line: self.snippet_line,
            usage: self.usage.as_deref().map(|text| owned(text, TEXT_LIMIT)),
            flow: FlowStep::ends(self.flow.iter().map(FlowStep::kept), STEP_LIMIT),
            also: FlowStep::first(self.also.iter().map(FlowStep::kept), STEP_LIMIT),
            related: FlowStep::first(self.related.iter().map(FlowStep::kept), STEP_LIMIT),
            facts: self.facts.iter().take(STEP_LIMIT).map(FindingFact::kept).collect(),
            work_items: self.work_items.iter().take(STEP_LIMIT).map(|uri| owned(uri, NAME_LIMIT)).collect(),
            applicability: self.applicability.as_deref().map(|text| owned(text, NAME_LIMIT)),
            justification: self.justification.as_deref().map(|text| owned(text, TEXT_LIMIT)),
            alert: self.alert.as_ref().map(|alert| Box::new(alert.kept())),
            fingerprint: self.fingerprint.as_deref().map(|text| owned(text, NAME_LIMIT)),
        }
    }
}

/// The text, or as much of it as the limit (in bytes) allows, with an ellipsis.
fn owned(text: &str, limit: usize) -> Cow<'static, str> {
    if text.len() <= limit {
        return Cow::Owned(text.to_owned());
    }
    let end = (0..=limit).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    Cow::Owned(format!("{}…", &text[..end]))
}
