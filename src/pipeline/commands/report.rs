//! `casefile report`: everything that casefile filed, open or done, for a page.

use crate::error::Error;
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::ticket::{LABEL, Ticket};
use crate::pipeline::job::Job;
use crate::tracker::Read;

/// Whose tickets a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This repository's.
    Own,
    /// Those of all repositories that casefile filed for on the site.
    All,
}

/// The tickets, open ones and done ones.
///
/// # Errors
/// The tracker could not be read.
pub(crate) async fn report<T: Read>(tracker: &T, job: &Job<'_>, whose: Whose) -> Result<Vec<Ticket>, Error> {
    job.watch.stage("reading tickets");
    let labels = match whose {
        Whose::Own => job.run.repository.labels(),
        Whose::All => vec![LABEL.to_owned()],
    };
    let read = async {
        // an expired token can make everything else look empty
        tracker.answer(&Ask::Account).await?;
        tracker.answer(&Ask::Marked { labels }).await
    };
    match read.await {
        Ok(Answer::Tickets(tickets)) => Ok(tickets),
        Ok(_) => {
            Err(unread(&Failure::Unknown("the tracker's responses do not match the queries".to_owned())))
        }
        Err(failure) => Err(unread(&failure)),
    }
}

fn unread(failure: &Failure) -> Error {
    Error::remote(format!("tickets could not be read, so no report was written: {failure}"))
        .hint(failure.hint())
}
