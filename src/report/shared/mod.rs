//! Terms and types that formats share.

pub(crate) mod advisory;
pub(crate) mod applicability;
pub(crate) mod audit;
pub(crate) mod censor;
pub(crate) mod cvss;
pub(crate) mod description;
pub(crate) mod empty_list;
pub(crate) mod failures;
pub(crate) mod fix_table;
pub(crate) mod flaw;
pub(crate) mod graph;
pub(crate) mod kind;
pub(crate) mod moment;
pub(crate) mod path;
pub(crate) mod purl;
#[cfg(test)]
pub(crate) mod recorded;
pub(crate) mod roots;
pub(crate) mod secret;
pub(crate) mod tool;
pub(crate) mod tools;
pub(crate) mod weakness;
pub(crate) mod words;
