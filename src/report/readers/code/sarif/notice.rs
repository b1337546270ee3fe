//! What a tool says that it could not do (3.58): on single files, or all in all.

use crate::model::scan::UNREAD;
use crate::report::parse::lenient::Number;
use crate::report::readers::code::sarif::artifact::SarifPlace;
use crate::report::readers::code::sarif::message::say;
use crate::report::readers::code::sarif::wire;

/// How long a notification's first line may be, in characters.
const NOTICE_LIMIT: usize = 300;

/// The notifications that report problems.
#[derive(Default)]
pub(crate) struct Notices {
    pub(crate) all: Vec<Notice>,
    /// Of those that there was no room for, whether one was an error, and whether one was a warning.
    pub(crate) more: (bool, bool),
}

/// One of them.
pub(crate) struct Notice {
    pub(crate) error: bool,
    /// The file that it is about and no other, as an address or an index.
    pub(crate) file: Option<(SarifPlace, Number)>,
    /// The first line of what is said.
    pub(crate) text: String,
}

impl Notices {
    /// Takes a notification; `execution`: it is of the tool's work, not of how it was configured.
    pub(crate) fn add(&mut self, one: &wire::SarifNotification<'_>, execution: bool) {
        let error = *one.level == *"error";
        let warning = execution && *one.level == *"warning";
        if !error && !warning {
            return;
        }
        if self.all.len() == UNREAD {
            self.more = (self.more.0 || error, self.more.1 || warning);
            return;
        }
        let text = one.message.get().map(|message| say(message, |_| None)).unwrap_or_default();
        let text = text.lines().next().unwrap_or_default().chars().take(NOTICE_LIMIT).collect();
        // a rule that failed may be off for all files
        let file = one.associated_rule.get().is_none().then(|| file(one)).flatten();
        self.all.push(Notice { error, file, text });
    }
}

/// The one file that a notification has a location in.
fn file(one: &wire::SarifNotification<'_>) -> Option<(SarifPlace, Number)> {
    let mut artifacts = one.locations.objects().map(|location| {
        let artifact = location.physical_location.get()?.artifact_location.get()?;
        Some((SarifPlace::of(artifact), artifact.index))
    });
    let first = artifacts.next()?;
    artifacts.next().is_none().then_some(first).flatten()
}
