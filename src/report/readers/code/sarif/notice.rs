//! What a tool says it could not do (3.58): for single files, or in general.

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
    /// Among those that there was no room for, whether any was an error, and whether any was a warning.
    pub(crate) more: (bool, bool),
}

/// One of them.
pub(crate) struct Notice {
    pub(crate) error: bool,
    /// The only file that it is about, as an address or an index.
    pub(crate) file: Option<(SarifPlace, Number)>,
    /// The first line of its text.
    pub(crate) text: String,
}

impl Notices {
    /// Adds a notification; `execution`: it is about the tool's run, not about its configuration.
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
        // a rule that failed may be disabled for all files
        let file = one.associated_rule.get().is_none().then(|| file(one)).flatten();
        self.all.push(Notice { error, file, text });
    }
}

/// The one file in which a notification has a location.
fn file(one: &wire::SarifNotification<'_>) -> Option<(SarifPlace, Number)> {
    let mut artifacts = one.locations.objects().map(|location| {
        let artifact = location.physical_location.get()?.artifact_location.get()?;
        Some((SarifPlace::of(artifact), artifact.index))
    });
    let first = artifacts.next()?;
    artifacts.next().is_none().then_some(first).flatten()
}
