//! Runs in one folder take turns. A folder has no index that shows what a concurrent run is creating, but it can make
//! that run wait.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use super::Local;
use super::folder::broken;
use crate::http::Stop;
use crate::model::answer::Failure;

/// The pause between attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// Held by a command from its first read to its last write; dropping it lets the next one in.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "held for its lock")] Option<File>);

impl Local {
    /// Waits until no other command writes here, for as long as this one has time.
    ///
    /// The lock is on the parent of the tickets' folder, so a run that files nothing leaves no trace. On systems that
    /// do not lock folders, commands do not take turns: duplicates are merged by the search after creating.
    ///
    /// # Errors
    /// The time limit was reached, or the run was stopped.
    pub async fn turn(&self, stop: &Stop) -> Result<Turn, Failure> {
        let Some(file) = self.folder.parent().and_then(open) else { return Ok(Turn(None)) };
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Turn(Some(file))),
                Err(TryLockError::Error(_)) => return Ok(Turn(None)),
                Err(TryLockError::WouldBlock) if stop.pause(PAUSE).await => {}
                Err(TryLockError::WouldBlock) => {
                    let why = "another command was still writing to the ticket folder when the time limit was \
                               reached";
                    let hint = "Run casefile again when the other command has finished.";
                    return Err(broken(why.to_owned(), hint));
                }
            }
        }
    }
}

fn open(folder: &Path) -> Option<File> {
    File::open(folder).ok()
}
