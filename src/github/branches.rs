//! Branches and tags: the commits that they point to.

use serde::Deserialize;

use super::client::GithubClient;
use super::failure::GithubFailure;

impl GithubClient {
    /// The newest commit of a branch; `None`: there is no such branch. GitHub does not follow a branch's former name
    /// here (`git/get-ref`).
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn tip(&self, branch: &str) -> Result<Option<String>, GithubFailure> {
        self.git_ref("heads", branch, &format!("branch {branch}")).await
    }

    /// Whether there is a tag with this name (`git/get-ref`).
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn has_tag(&self, name: &str) -> Result<bool, GithubFailure> {
        Ok(self.git_ref("tags", name, &format!("tag {name}")).await?.is_some())
    }

    async fn git_ref(&self, space: &str, name: &str, what: &str) -> Result<Option<String>, GithubFailure> {
        match self.get::<WireRef>(&format!("git/ref/{space}/{}", path(name)), what).await {
            Ok(found) => Ok(Some(found.object.sha)),
            Err(GithubFailure::NotFound(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// A name with slashes as a part of an address.
pub(super) fn path(name: &str) -> String {
    name.split('/').map(encoded).collect::<Vec<_>>().join("/")
}

/// One part of a path: a branch may be called `a#b` or `100%`.
fn encoded(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    part.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[derive(Deserialize)]
struct WireRef {
    object: WireObject,
}

#[derive(Deserialize)]
struct WireObject {
    sha: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branchs_name_is_a_path() {
        assert_eq!(["fix#1", "100%", "ä", "v1.0"].map(encoded), ["fix%231", "100%25", "%C3%A4", "v1.0"]);
    }
}
