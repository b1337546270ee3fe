//! Files on the default branch.
//!
//! REST: "Get repository content".

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::branches;
use super::client::GithubClient;
use super::failure::GithubFailure;

impl GithubClient {
    /// The file at a path from the repository's root on its default branch; `None`: there is none.
    ///
    /// # Errors
    /// GitHub could not be asked, there is something other than a file at the path, or GitHub does not return it
    /// because of its size (1 MB).
    pub async fn default_file(&self, path: &str) -> Result<Option<Vec<u8>>, GithubFailure> {
        let route = format!("contents/{}", branches::path(path));
        let entry: WireEntry = match self.get(&route, &format!("file {path}")).await {
            Ok(entry) => entry,
            Err(GithubFailure::NotFound(_)) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let WireEntry::File(file) = entry else {
            return Err(GithubFailure::Unsuitable(format!("{path} is not a file on the default branch")));
        };
        if file.encoding != "base64" {
            return Err(GithubFailure::Unsuitable(format!(
                "{path} is larger than 1 MB on the default branch"
            )));
        }
        let text: String = file.content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        BASE64_STANDARD.decode(text).map(Some).map_err(|_| GithubFailure::Strange)
    }
}

/// `content-file`, or what else may be at a path: a `content-directory` is a list, a `content-submodule` has no
/// content.
#[derive(Deserialize)]
#[serde(untagged)]
enum WireEntry {
    File(WireContents),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct WireContents {
    content: String,
    encoding: String,
}
