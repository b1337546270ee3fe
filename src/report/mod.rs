//! Bytes to findings, scans and problems: one file per format, all of one shape.
//!
//! [`files`] finds the reports, [`detect`] tells what each is and reads it, [`source`] opens it. A JSON format walks
//! down to its elements with `parse::json` and parses them into structs made of the types of `parse::lenient`.
//!
//! | folder | what is in it |
//! |---|---|
//! | `parse` | bytes to elements: JSON and XML as streams, gzip, lenient types |
//! | `shared` | what formats share: packages, advisories, paths, weaknesses, secrets |
//! | `readers` | one file or folder per format, by what its tools look for |
//! | `detect` | the table of formats, and which one a report is |
//!
//! [`checkout`] has the flagged lines that a report lacks, [`tree`] the names of a checkout's files.

pub mod checkout;
pub mod detect;
pub mod files;
mod parse;
mod readers;
mod shared;
mod sink;
pub mod tree;

pub use parse::source;
pub use sink::{Assessment, FindingAnchors, Prepared, Preparer, Sink};
