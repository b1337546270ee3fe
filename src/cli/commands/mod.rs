//! One file per command.

pub(crate) mod disconnect;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod formats;
pub(crate) mod init;
pub(crate) mod link;
pub(crate) mod login;
pub(crate) mod plan;
pub(crate) mod refresh;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod serve;
