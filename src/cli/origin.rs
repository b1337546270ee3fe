//! Whose code a run has at hand, as far as GitHub has to be asked for it.

use std::path::Path;

use super::connect;
use crate::apply::Stop;
use crate::config::Config;
use crate::error::Result;
use crate::github::client::Client;
use crate::github::context::Context;
use crate::github::failure::Failure;

/// Asks GitHub whether the event's name is a branch's or a tag's, where that decides whether the run may write;
/// gives how many requests it took. Without an answer the run only reads.
///
/// # Errors
/// GitHub cannot be asked as the environment has it.
pub(super) async fn settle_ref(
    context: &mut Context,
    config: &Config,
    root: &Path,
    stop: &Stop,
) -> Result<u64> {
    let Some(name) = context.ref_to_ask().map(str::to_owned) else { return Ok(0) };
    let Some(client) = connect::github(config, root, context, stop)? else { return Ok(0) };
    match refs(&client, &name).await {
        Ok((is_branch, is_tag)) => context.ref_is(is_branch, is_tag),
        Err(failure) => tracing::warn!(%failure, name, "GitHub did not say whether it is a branch or a tag"),
    }
    Ok(client.requests())
}

/// Whether there is a branch and whether there is a tag of this name.
async fn refs(client: &Client, name: &str) -> std::result::Result<(bool, bool), Failure> {
    let (branch, tag) = tokio::join!(client.tip(name), client.has_tag(name));
    Ok((branch?.is_some(), tag?))
}
