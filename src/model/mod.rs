//! The vocabulary: what the stages pass on. No I/O, no foreign formats.

pub mod alert;
pub mod answer;
pub mod auth_method;
pub mod check;
pub mod code_place;
pub mod digest;
pub mod distinct;
pub mod field;
pub mod finding;
pub mod fingerprint;
pub mod new_finding;
pub mod property;
pub mod record;
pub mod remembered;
pub mod repository;
pub mod run;
pub mod scan;
pub mod section;
pub mod severity;
pub mod slice;
pub mod survey;
pub mod ticket;
mod ticket_id;
pub mod version;
pub mod write;
