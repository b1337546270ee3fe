//! Findings to groups: fingerprints, alias classes, occurrence indexes; what the reports say becomes a survey.
//!
//! The gatherer takes findings one by one and keeps a sighting of each. Once all reports have been read, advisories
//! with several names are joined, values that do not identify a finding by themselves get their occurrence indexes, and
//! the buckets become groups. The order of the reports does not matter.

mod advisory;
mod alerts;
mod assess;
mod bucket;
mod build;
mod category;
mod finish;
mod gather;
pub mod identity;
mod ledger;
mod limits;
mod occurrence;
mod places;
mod retention;
mod rule_identity;
mod synonyms;
#[cfg(test)]
mod tests;
mod versions;
mod vex;
mod whole;

pub use gather::{Rules, SurveyBuilder};
