//! Reports to a survey: find the files, get GitHub's alerts, read each of them, group the findings, skip what is in the
//! baseline.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::group::{Rules, SurveyBuilder};
use crate::model::alert::Feed;
use crate::model::finding::{ExclusionReason, Finding};
use crate::model::scan::Problem;
use crate::model::survey::Survey;
use crate::pipeline::job::Job;
use crate::pipeline::stages::alerts::{self, FeedAnswer};
use crate::pipeline::stages::changed_files::Changed;
use crate::policy::select::Selection;
use crate::report::checkout::GitCheckout;
use crate::report::source::{Halt, ReportSource};
use crate::report::tree::CheckoutTree;
use crate::report::{detect, files};

/// How long reports are still read when the run is over: small ones are then known, and can be exported.
const MOMENT: Duration = Duration::from_millis(250);

/// How long findings are still grouped when the run is over: if it ended during grouping, or before it, so that what
/// was read is exported.
const GROUPING: Duration = Duration::from_millis(300);
const CLOSING: Duration = Duration::from_millis(500);

/// How many threads read a long report at most: more of them would only wait for their turns.
const MOST_THREADS: usize = 8;

/// Everything that the job's reports say, including GitHub's alerts. `changed`: the files of the pull request, if only
/// they count.
pub(crate) async fn survey(job: &Job<'_>, changed: &Changed) -> Survey {
    let alerts = alerts::fetch(job).await;
    job.watch.stage("reading reports");
    let selection = Selection::new(job.config, job.run.today());
    let names = vec![job.run.repository.short().to_owned()];
    let tree = Arc::new(CheckoutTree::new(&job.root, names));
    let mut checkout = GitCheckout::of(tree.clone());
    let at_commit = checkout.commit().is_some_and(|head| is_same_commit(&head, job));
    let outside = |path: &str| match changed {
        Changed::All => false,
        Changed::Files(files) => !files.contains(path),
        Changed::Unknown(_) => true,
    };
    let mode = |kind| job.config.group_by.mode(kind);
    let severity = |finding: &Finding<'_>| selection.severity(finding);
    let judge = |finding: &Finding<'_>| {
        let skipped = selection.skipped(finding);
        skipped.or_else(|| outside(&finding.location.path).then(|| ExclusionReason::Unchanged.into()))
    };
    let mut line = |path: &str, line| if at_commit { checkout.line(path, line) } else { None };
    let mut gatherer = SurveyBuilder::new(Rules {
        repository: job.run.repository.identities(),
        job: job.run.job.clone(),
        mode: &mode,
        severity: &severity,
        judge: &judge,
        line: &mut line,
    });
    gatherer.until(|| job.stop.over_for() >= if job.stop.is_closing() { CLOSING } else { GROUPING });
    let (sources, mut problems) = sources(job, &tree, !alerts.is_empty());
    gatherer.expect(sources.iter().map(|source| source.name.as_str()));
    for (index, source) in sources.iter().enumerate() {
        job.watch.progress(index, sources.len());
        gatherer.begin(&source.name, source.category.clone());
        match detect::read(source, &mut gatherer) {
            Ok(done) => gatherer.end(done.format.name, done.cut),
            Err(problem) => gatherer.end("", Some(problem)),
        }
    }
    for answer in alerts {
        problems.extend(gather_alerts(&mut gatherer, answer));
    }
    if job.stop.is_over() {
        job.stop.close();
    }
    let mut survey = gatherer.survey();
    if at_commit && tree.is_known() {
        let untracked = survey.places().into_iter().filter(|path| !tree.has(path)).map(str::to_owned);
        survey.untracked = Arc::new(untracked.collect());
    }
    if job.stop.is_over() {
        job.stop.close();
    }
    problems.extend(job.known.iter().cloned());
    problems.extend(selection.problems());
    if let Changed::Unknown(problem) = changed {
        problems.push(problem.clone());
    }
    survey.problems.extend(problems);
    survey
}

/// Reads a feed of alerts; one that could not be requested counts as a report that could not be read. Returns why there
/// is nothing to read yet.
fn gather_alerts(gatherer: &mut SurveyBuilder<'_>, answer: FeedAnswer) -> Option<Problem> {
    match answer {
        FeedAnswer::Alerts(source, missing) => {
            gatherer.begin(&source.name, source.category.clone());
            match detect::read(&source, gatherer) {
                Ok(done) => gatherer.end(done.format.name, done.cut.or(missing)),
                Err(problem) => gatherer.end("", Some(problem)),
            }
        }
        FeedAnswer::Nothing(problem) => {
            gatherer.begin(&problem.place, None);
            gatherer.missing(problem);
        }
        FeedAnswer::NotYet(problem) => {
            gatherer.begin(&problem.place, None);
            gatherer.end(alerts::format(Feed::CodeScanning), None);
            return Some(problem);
        }
    }
    None
}

/// The files that the configuration's entries match, each once, with the settings of the first entry that matches.
fn sources(job: &Job<'_>, tree: &Arc<CheckoutTree>, has_alerts: bool) -> (Vec<ReportSource>, Vec<Problem>) {
    let mut seen = BTreeSet::new();
    let mut sources = Vec::new();
    let (mut problems, mut unmatched) = (Vec::new(), Vec::new());
    let stop = job.stop.clone();
    // if a signal came while waiting for GitHub's responses, they are still read as far as possible within a moment
    let halt = Halt::when(move || {
        stop.over().filter(|_| stop.over_for() >= MOMENT).map(|failure| failure.to_string())
    });
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(MOST_THREADS));
    for entry in job.config.reports.iter().filter(|entry| Feed::of_entry(&entry.path).is_none()) {
        let found = files::find(&job.root, &[&entry.path]);
        // One glob of several may well match nothing; a file that is named must exist.
        let optional = entry.path.contains(['*', '?', '[']);
        problems.extend(found.problems);
        if optional { &mut unmatched } else { &mut problems }.extend(found.unmatched);
        for path in found.files {
            if seen.insert(path.clone()) {
                let mut source = ReportSource::file(&path);
                source.name = name(&job.root, &path);
                source.base.clone_from(&entry.base);
                source.root = Some(job.root.display().to_string());
                source.tree = Some(tree.clone());
                source.category.clone_from(&entry.category);
                source.threads = threads;
                sources.push(source.until(&halt));
            }
        }
    }
    if job.config.reports.is_empty() {
        let problem = Problem::new("reports", "the configuration lists no reports");
        problems.push(
            problem.hint("remove `reports` to read every *.sarif file, or name files with `--reports`"),
        );
    }
    if (sources.is_empty() && !has_alerts) || job.config.reports.len() == 1 {
        problems.extend(unmatched);
    }
    (sources, problems)
}

fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

/// Whether the checkout is at the commit that was scanned, so that its lines are the scanned ones.
fn is_same_commit(head: &str, job: &Job<'_>) -> bool {
    head.eq_ignore_ascii_case(&job.run.commit) || head.eq_ignore_ascii_case(&job.run.checkout)
}
