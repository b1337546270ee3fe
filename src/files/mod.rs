//! Files that a configuration or a flag names: which of them are opened, and how one of ours is written so that it
//! exists either completely or not at all.

mod own;
mod read;
mod write;

pub(crate) use self::own::{Mark, checked, replace};
pub(crate) use self::read::read;
pub(crate) use self::write::{clear_drafts, create, probe, write, write_by};
