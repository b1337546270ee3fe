//! Writes the sections that changed, one pull request after another: GitHub asks clients not to hurry.

use crate::compose::section;
use crate::github::client::GithubClient;
use crate::github::rewrite::Written;
use crate::model::scan::Problem;
use crate::pipeline::annotate::post::{PostError, PostResult, Surface, post};
use crate::pipeline::annotate::section_builder::{MOST_REFERENCES, SectionBuilder, TicketSite};
use crate::pipeline::commands::refresh::look::Looked;
use crate::pipeline::commands::refresh::marked::Marked;
use crate::pipeline::commands::refresh::result::Refreshed;
use crate::pipeline::job::Job;
use crate::tracker::Read;

/// Brings each pull request up to date. If GitHub stops accepting requests, the rest is left for the next run.
pub(crate) async fn bring<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    client: &GithubClient,
    marked: &[Marked],
    looked: &Looked,
    done: &mut Refreshed,
) {
    for (index, pull) in marked.iter().enumerate() {
        job.watch.progress(index, marked.len());
        if job.stop.is_over() {
            left(marked.len() - index, done);
            return;
        }
        if pull.is_of_another(job, tracker.site()) {
            let message = "its section shows Jira tickets, so it is not refreshed";
            let problem = Problem::new(format!("pull request #{}", pull.pull.number), message);
            done.problems.push(problem.hint("omit `--tracker local` to refresh it"));
            continue;
        }
        let mut page = page(tracker, job, pull, looked);
        let posted = one(tracker, job, client, pull, &mut page).await;
        match posted {
            Ok(posted) => {
                if posted.written == Written::Contested {
                    let message = "somebody else overwrote its section after each attempt to update it; the next run \
                                   will try again";
                    done.problems.push(Problem::new(format!("pull request #{}", pull.pull.number), message));
                }
                done.refreshed(&pull.pull, &page, posted);
            }
            Err(PostError { error, failure, everywhere }) => {
                let place = format!("pull request #{}", pull.pull.number);
                let hint = error.advice().unwrap_or_default().to_owned();
                done.problems.push(Problem::new(place, error.to_string()).hint(hint));
                done.failed |= failure;
                if everywhere {
                    left(marked.len() - index - 1, done);
                    return;
                }
            }
        }
    }
}

fn left(count: usize, done: &mut Refreshed) {
    if count > 0 {
        let which = if count == 1 { "pull request was" } else { "pull requests were" };
        let message = format!("{count} {which} not checked; the next run will check what is left");
        done.problems.push(Problem::new("refresh", message));
        done.failed = true;
    }
}

fn page<'j, T: Read>(tracker: &T, job: &Job<'j>, pull: &Marked, looked: &Looked) -> SectionBuilder<'j> {
    let site = TicketSite::of(tracker, job);
    let references = pull.references(site);
    let known = references.iter().filter_map(|id| Some((*id, looked.found.get(id)?.clone()))).collect();
    let budget = MOST_REFERENCES.saturating_sub(looked.beyond(&references).count());
    let shown = (pull.detail(job), pull.standing());
    SectionBuilder::refreshed(tracker, job, shown, known, budget)
}

/// One pull request. If its texts are already up to date, no request is sent.
async fn one<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    client: &GithubClient,
    pull: &Marked,
    page: &mut SectionBuilder<'_>,
) -> Result<PostResult, PostError> {
    let labels = job.run.repository.labels();
    let mut same = true;
    for text in pull.texts() {
        page.verify_references(tracker, &labels, text).await?;
        same &= section::update(text, &page.update(&page.shown()))? == text;
    }
    if same {
        return Ok(PostResult { written: Written::Unchanged, changes: Vec::new() });
    }
    let at = Surface {
        client,
        number: pull.pull.number,
        description: pull.description.is_some(),
        comment: pull.comment.is_some(),
        no_comment: false,
        early: pull.description.as_deref(),
        today: job.run.today(),
    };
    post(&at, tracker, &labels, page).await
}
