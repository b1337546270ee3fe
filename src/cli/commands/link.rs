//! `casefile link` and `casefile unlink`.

use std::process::ExitCode;

use crate::cli::args::{CommonArgs, LinkArgs, OutputFormat, RunOptions, UnlinkArgs, WhichArgs};
use crate::cli::output::{printer, text};
use crate::cli::setup::prepare::{Prepared, local, prepare};
use crate::compose::section::TicketDetail;
use crate::config::{Glob, TrackerKind};
use crate::error::{Error, Result};
use crate::model::fingerprint::Fingerprint;
use crate::model::ticket::TicketKey;
use crate::pipeline::{self, Act, LinkResult};
use crate::plan::link::Which;
use crate::tracker::Write;

/// Links findings to a ticket.
pub(crate) async fn link(common: &CommonArgs, args: &LinkArgs) -> Result<ExitCode> {
    let which = which(&args.which)?;
    if which.is_empty() {
        return Err(Error::usage("`link` needs to know which findings to link").hint(
            "name them with `--finding`, `--group` or `--rule`; `casefile plan --format json` \
             prints the values for these flags",
        ));
    }
    act(common, Act::Link, &args.key, &which).await
}

/// Unlinks findings from a ticket.
pub(crate) async fn unlink(common: &CommonArgs, args: &UnlinkArgs) -> Result<ExitCode> {
    act(common, Act::Unlink, &args.key, &which(&args.which)?).await
}

async fn act(common: &CommonArgs, act: Act, key: &str, which: &Which) -> Result<ExitCode> {
    let key = TicketKey::parse(&key.trim().to_ascii_uppercase()).ok_or_else(|| {
        Error::usage(format!("`{key}` is not a ticket key")).hint("a key looks like SEC-12")
    })?;
    let prepared = prepare(common, &RunOptions::default()).await?;
    let linked = match prepared.config.tracker {
        TrackerKind::Local => {
            let (tracker, _turn) = local(&prepared).await?;
            carry_out(&tracker, &prepared, act, &key, which).await?
        }
        TrackerKind::Jira => {
            let tracker = prepared.jira(prepared.stop.clone())?;
            carry_out(&tracker, &prepared, act, &key, which).await?
        }
    };
    prepared.progress.end();
    print(linked, &prepared, common);
    Ok(ExitCode::SUCCESS)
}

async fn carry_out<T: Write>(
    tracker: &T,
    prepared: &Prepared,
    act: Act,
    key: &TicketKey,
    which: &Which,
) -> Result<LinkResult> {
    let job = prepared.job(&RunOptions::default(), tracker.site())?;
    pipeline::link(tracker, job, act, key, which).await
}

/// Prints what happened, as far as it may be shown there.
fn print(mut linked: LinkResult, prepared: &Prepared, common: &CommonArgs) {
    let count = linked.findings.len();
    if prepared.detail() != TicketDetail::Full {
        linked.summary.clear();
        linked.findings.clear();
        linked.problems.retain(|problem| !problem.foreign);
    }
    if common.format == OutputFormat::Json {
        return printer::json(&linked);
    }
    for problem in &linked.problems {
        printer::say(&text::line(problem));
    }
    if common.quiet {
        return;
    }
    let LinkResult { action, key, status, summary, .. } = &linked;
    printer::result(&format!("{action:<9} {key:<10} {status:<12} {summary}"));
    printer::result(&text::counted(count, "finding"));
    if !linked.moved_from.is_empty() {
        printer::result(&format!("previously in {}", linked.moved_from.join(", ")));
    }
}

fn which(args: &WhichArgs) -> Result<Which> {
    let ids = |texts: &[String]| -> Result<Vec<Fingerprint>> {
        let read = texts.iter().map(|id| id.parse()).collect::<std::result::Result<_, String>>();
        read.map_err(|why| Error::usage(why).hint("`casefile plan --format json` prints the IDs"))
    };
    let glob = |text: &Option<String>, read: fn(&str) -> std::result::Result<Glob, String>| {
        text.as_deref().map(read).transpose().map_err(Error::usage)
    };
    Ok(Which {
        findings: ids(&args.finding)?,
        groups: ids(&args.group)?,
        rule: glob(&args.rule, Glob::name)?,
        path: glob(&args.path, Glob::path)?,
    })
}
